"""What the engine's tests share: small sizes, weights that are zero nowhere, how far two arrays are apart.

The engine's own answer is put into the oracle's form here, so that new inner names of the engine touch one function.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core import CELLS, SHAPES, TASKS, Config
from rnn_core.fast.network import FastNetwork
from rnn_core.losses import mean_loss
from rnn_core.network import Network
from rnn_core.tasks import Batch
from tests.engine.oracle import Gradients, Setting

LENGTHS = (6, 8, 12, 20, 40)
CLASSES = ("cross-entropy",)  # losses whose targets are one-hot


def small(task: str = "echo", shortest: int = 0, **changes: Any) -> Config:
    """A Config of a few small steps, `shortest` at least, that the task accepts."""
    fields = {"hidden_size": 3, "batch_size": 2, "k": 2, "learning_rate": 0.02} | changes
    for length in [length for length in LENGTHS if length >= shortest]:
        try:
            return Config(**{"task": task, "length": length, **fields})
        except ValueError:
            if length == LENGTHS[-1]:
                raise
    raise AssertionError


def relative(found: np.ndarray, wanted: np.ndarray) -> float:
    """The largest difference over the largest number wanted."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape, f"{found.shape} is not {wanted.shape}"
    return float(np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-6))


def weights(rng: np.random.Generator, cell: str, D: int, H: int, scale: float = 0.6) -> dict[str, np.ndarray]:
    """One layer's weights, every number drawn, biases too."""
    G = len(CELLS[cell].gates)
    shapes = {"W_xh": (G * H, D), "W_hh": (G * H, H), "b_h": (G * H,), **dict.fromkeys(CELLS[cell].biases, (H,))}
    return {name: rng.normal(0, scale, shape) for name, shape in shapes.items()}


class Case(NamedTuple):
    """A whole network's weights and one batch: x (T,D,B), y (T,O,B), mask (T,B), state [layer] (states,H,B), lengths
    (B,) or None.
    """

    params: dict[str, np.ndarray]
    x: np.ndarray
    y: np.ndarray
    mask: np.ndarray
    setting: Setting
    state: list[np.ndarray]
    lengths: np.ndarray | None = None


def case(setting: Setting, seed: int = 0, T: int = 4, D: int = 3, H: int = 2, O: int = 3, B: int = 2,
         mask: np.ndarray | None = None, lengths: np.ndarray | None = None) -> Case:
    """A drawn Case. mask: which steps answer (None: drawn, at least one does, and no padding)."""
    rng = np.random.default_rng(seed)
    params: dict[str, np.ndarray] = {}
    for stack in ("", "decoder_")[: 1 + bool(setting.read)]:
        for layer in range(setting.layers):
            own = weights(rng, setting.cell, H if layer else D, H)
            params |= {f"{stack}{name}_{layer + 1}" if layer else stack + name: own[name] for name in own}
    params |= {"W_hy": rng.normal(0, 0.6, (O, H)), "b_y": rng.normal(0, 0.6, O)}
    if setting.loss in CLASSES:
        y = np.moveaxis(np.eye(O)[rng.integers(0, O, (T, B))], 2, 1)
    else:
        y = rng.random((T, O, B)).round(0 if setting.loss.startswith("binary") else 3)
    if mask is None:
        mask = (rng.random((T, B)) < 0.6).astype(float)
        mask[-1, rng.integers(B)] = 1
    if lengths is not None:
        mask[: setting.read][np.arange(setting.read)[:, None] >= lengths] = 0
    state = [rng.normal(0, 0.6, (len(CELLS[setting.cell].states), H, B)) for _ in range(setting.layers)]
    return Case(params, rng.normal(0, 1, (T, D, B)), y, mask, setting, state, lengths)


def network_of(c: Case, kind: type[Network] = FastNetwork) -> tuple[Network, Batch]:
    """The engine's own records for a Case, fast ones or the plain Network."""
    setting, H, D, O = c.setting, c.params["W_hh"].shape[1], c.x.shape[1], c.y.shape[1]
    decoder = bool(setting.read)
    network = kind(CELLS[setting.cell], D, H, O, setting.layers, setting.skip, decoder, setting.window)
    return network, Batch(c.x, c.y, c.mask, setting.read, c.lengths)


def engine(c: Case, kind: type[Network] = FastNetwork) -> Gradients:
    """The engine's answer to a Case, in the oracle's form."""
    network, batch = network_of(c, kind)
    trace = network.forward(c.params, batch, [tuple(s) for s in c.state])
    loss = network.loss(c.setting.loss, trace, batch)
    params = network.backward(c.params, trace, batch, loss.dy)
    states = []
    for layer in range(c.setting.layers):
        flows = [stack[layer] for stack in trace.flows]
        parts = [[flow.dh, flow.dc] if len(flow.state) == 2 else [flow.dh] for flow in flows]
        states.append(np.concatenate([np.stack(part, axis=1) for part in parts]))
    dx = np.concatenate([stack[0].dx for stack in trace.flows])
    return Gradients(float(loss.loss_t.sum()), params, dx, [np.stack(flow.state) for flow in trace.flows[0]], states)


def engine_loss(c: Case, kind: type[Network] = FastNetwork) -> float:
    """The engine's forward pass alone."""
    network, batch = network_of(c, kind)
    trace = network.forward(c.params, batch, [tuple(s) for s in c.state])
    return network.loss(c.setting.loss, trace, batch).total


def assert_close(found: Gradients, wanted: Gradients, tolerance: float) -> None:
    """Every gradient of two Gradients, and the loss, by relative error; what is apart is told all together."""
    assert found.params.keys() == wanted.params.keys()
    pairs = [("loss", np.array(found.loss), np.array(wanted.loss)), ("x", found.x, wanted.x)]
    pairs += [(name, array, wanted.params[name]) for name, array in found.params.items()]
    for layer in range(len(wanted.state)):
        pairs.append((f"state_0 of layer {layer + 1}", found.state[layer], wanted.state[layer]))
        pairs.append((f"h_t, c_t of layer {layer + 1}", found.states[layer], wanted.states[layer]))
    apart = {name: relative(a, b) for name, a, b in pairs if not relative(a, b) <= tolerance}
    assert not apart, apart


def names(registry: Any) -> list[str]:
    """A registry's names, sorted."""
    return sorted(registry)


ALL_TASKS = names(TASKS)
ALL_CELLS = names(CELLS)


def paired(first: Sequence[Any], second: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each of both at least once, in turn: for what varies by one or by the other, but not by both."""
    return [(first[k % len(first)], second[k % len(second)]) for k in range(max(len(first), len(second)))]


def of_shape(shape: str) -> list[str]:
    """The tasks of a shape."""
    return [task for task in ALL_TASKS if TASKS[task].shape == shape]


# Every task, and with each shape of task every cell.
PAIRS = [pair for shape in SHAPES for pair in paired(of_shape(shape), ALL_CELLS)]


# Of a task's draws, for the tests of tasks.


def draw(config: Config, seed: int = 0, split: str = "train") -> Batch:
    return TASKS[config.task].draw(np.random.default_rng(seed), config, split)


def wide(task: str, **changes: Any) -> Config:
    """A thousand sequences, in float64."""
    fields: dict[str, Any] = {"batch_size": 1000, "dtype": "float64"} | changes
    return small(task, **fields)


def letters(y: np.ndarray) -> np.ndarray:
    """One-hot (T,O,B) -> which row, (T,B)."""
    return y.argmax(axis=1)


def loss_of(config: Config, y: np.ndarray, batch: Batch) -> float:
    return mean_loss(TASKS[config.task].loss, y, batch.y, batch.mask).total
