"""The engine against PyTorch's own numbers, read from a file: one pass forward and back, and ten steps of training.

torch need not be installed here; golden_torch.py makes the file, and says how PyTorch's two biases were made one.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn_core import CELLS, Config
from rnn_core.cells import Params
from rnn_core.fast.network import FastNetwork
from rnn_core.interchange import TORCH, from_torch, to_torch
from rnn_core.network import Network
from rnn_core.step import forward_backward, norm, update
from rnn_core.tasks import Batch
from rnn_core.weights import Weights, flat
from tests.engine.golden_torch import FILE, LAYERS, STEPS
from tests.engine.small import relative

GOLDEN = json.loads(Path(FILE).read_text("utf-8"))
CLIP, EPSILON = GOLDEN["clip"], 1e-6  # PyTorch clips to g · CLIP / (‖g‖ + EPSILON), the engine to g · CLIP / ‖g‖

of_every_network = pytest.mark.parametrize(
    ("cell", "layers", "kind"), list(product(sorted(TORCH), LAYERS, [Network, FastNetwork]))
)


def swapped(array: Any) -> np.ndarray:
    """PyTorch's (…,B,H) as the engine has it, (…,H,B)."""
    return np.array(array, float).swapaxes(-1, -2)


def set_up(golden: dict[str, Any], cell: str, layers: int, kind: type[Network]) -> tuple[Network, Params, Batch]:
    """The engine's records for what PyTorch was given."""
    params = from_torch({name: np.array(weight, float) for name, weight in golden["weights"].items()}, cell)
    x, classes, (O, H) = swapped(golden["x"]), np.array(golden["classes"]), params["W_hy"].shape
    network = kind(CELLS[cell], x.shape[1], H, O, layers)
    return network, params, Batch(x, swapped(np.eye(O)[classes]), np.ones(classes.shape))


def by_state(layers: list[Any]) -> list[np.ndarray]:
    """Each layer's (H,B) for h and, where there is one, c -> (layers,H,B) for each of these."""
    return [np.stack(parts) for parts in zip(*layers, strict=True)]


def test_every_cell_that_pytorch_has_is_held():
    assert GOLDEN["runs"].keys() == TORCH.keys()
    for cell, runs in GOLDEN["runs"].items():
        assert runs.keys() == {str(layers) for layers in LAYERS}
        norms = np.array([run["norms"] for run in runs.values()])
        assert norms.shape == (len(LAYERS), STEPS)
        assert (norms > CLIP).any() and (norms < CLIP).any(), f"{cell} is never clipped, or always"


@of_every_network
def test_a_pass_forward_and_back_as_pytorch_makes_it(cell: str, layers: int, kind: type[Network]):
    golden = GOLDEN["runs"][cell][str(layers)]
    network, params, batch = set_up(golden, cell, layers, kind)
    trace, loss, grads = forward_backward(network, params, batch, "cross-entropy")
    found = {"y": trace.y, "h": trace.h, "loss": np.array(loss.total), "dx": trace.flows[0][0].dx}
    wanted = {"loss": np.array(golden["loss"])} | {name: swapped(golden[name]) for name in ("y", "h", "dx")}
    states = {"state": trace.state, "dstate_0": [flow.state for flow in trace.flows[0]]}
    for name, parts in states.items():
        found |= {f"{name} {k}": part for k, part in enumerate(by_state(parts))}
        wanted |= {f"{name} {k}": swapped(part) for k, part in enumerate(golden[name])}
    found |= {f"gradient of {name}": array for name, array in to_torch(grads, cell).items()}
    wanted |= {f"gradient of {name}": np.array(array, float) for name, array in golden["gradients"].items()}
    assert found.keys() == wanted.keys()
    apart = {name: relative(found[name], wanted[name]) for name in found}
    assert all(far <= 1e-10 for far in apart.values()), {name: far for name, far in apart.items() if not far <= 1e-10}


@pytest.mark.parametrize(("epsilon", "tolerance"), [(EPSILON, 1e-9), (0.0, 1e-7)], ids=["its clipping", "ours"])
@of_every_network
def test_ten_steps_as_pytorch_takes_them(
    cell: str, layers: int, kind: type[Network], epsilon: float, tolerance: float
):
    golden = GOLDEN["runs"][cell][str(layers)]
    network, params, batch = set_up(golden, cell, layers, kind)
    theta = flat(params)
    slots: tuple[np.ndarray, ...] = (np.zeros_like(theta),) * 2
    losses, norms = [], []
    for step in range(1, STEPS + 1):
        _, loss, grads = forward_backward(network, Weights(theta, params), batch, "cross-entropy")
        size = norm(flat(grads))
        threshold = CLIP * size / (size + epsilon)
        config = Config(
            optimizer="adam", clip="norm", clip_threshold=threshold, learning_rate=GOLDEN["learning_rate"]
        )
        theta, slots, _ = update(theta, flat(grads), slots, config, step)
        losses.append(loss.total)
        norms.append(size)
    assert losses == pytest.approx(golden["losses"], rel=tolerance, abs=0)
    assert norms == pytest.approx(golden["norms"], rel=tolerance, abs=0)
