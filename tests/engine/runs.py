"""What the tests of the analyses share: runs of every kind with weights that are zero nowhere, and one written anew."""

from typing import Any

import numpy as np

from rnn_core import CELLS, Trainer
from rnn_core.analysis.exact import Exact, held_out_sequence
from tests.engine.small import small

# Kinds of network: one stack, layers on one another, an encoder whose sequences are of unequal length, and its layers.
KINDS: dict[str, dict[str, Any]] = {
    "one layer": {"task": "echo"},
    "three layers, skipped": {"task": "temporal-order", "layers": 3, "layer_skip": True},
    "encoder": {"task": "reverse"},
    "encoder, two layers": {"task": "reverse", "layers": 2, "layer_skip": True},
}


def run(cell: str = "rnn", scale: float = 0.6, seed: int = 0, **changes: Any) -> Trainer:
    """A run in float64 with drawn weights, biases too."""
    trainer = Trainer(small(**{"task": "echo", "cell": cell, "dtype": "float64", **changes}))
    rng = np.random.default_rng(seed)
    for name, array in trainer.params.items():
        trainer.params[name] = rng.normal(0, scale, array.shape)
    return trainer


def ended(trainer: Trainer) -> int:
    """A held-out sequence that its encoder pads, or sequence 1."""
    batch = trainer.held_out
    return 1 if batch.lengths is None else int(np.argmin(batch.lengths))


def waiting(exact: Exact) -> np.ndarray:
    """The time steps at which the one sequence waits for its decoder, (T,)."""
    t, batch = np.arange(len(exact.batch.x)), exact.batch
    return np.zeros(len(t), bool) if batch.lengths is None else (t >= batch.lengths[0]) & (t < batch.encoder_steps)


def way(exact: Exact, start: int, states: list[np.ndarray]) -> list[np.ndarray]:
    """Every layer's state after steps start … T, the way it takes from encoder to decoder, (T+1−start, S·H) each, where
    it begins with these (S·H,). Network.forward does the work.
    """
    H, T, waits = exact.network.H, len(exact.batch.x), waiting(exact)[start:]
    first = [tuple(part[:, None] for part in state.reshape(-1, H)) for state in states]
    trace = exact.network.forward(exact.params, exact.batch.part(start, T), first)
    found = []
    for layer, state in enumerate(states):
        parts = [np.concatenate([tape[name][..., 0] for name in CELLS[exact.network.cell.name].states], axis=1)
                 for tape in (stack[layer] for stack in trace.tapes)]  # fmt: skip
        after = [state, *np.concatenate(parts)]
        for t in np.flatnonzero(waits):
            after[t + 1] = after[t]
        found.append(np.array(after))
    return found


def differences_along(trainer: Trainer, sequence: int, epsilon: float = 1e-6) -> np.ndarray:
    """∂state_t/∂state_s of the top layer by central differences, (T+1 for t, T+1 for s, S·H, S·H); NaN for s > t."""
    exact = held_out_sequence(trainer, sequence)
    T, n = len(exact.batch.x), exact.network.H * len(exact.network.cell.states)
    base = way(exact, 0, [np.zeros(n)] * exact.network.layers)
    found = np.full((T + 1, T + 1, n, n), np.nan)
    found[T, T] = np.eye(n)
    for s in range(T):
        for k in range(n):
            above, below = ([*(states[s] for states in base[:-1]), base[-1][s] + sign * epsilon * np.eye(n)[k]]
                            for sign in (1, -1))  # fmt: skip
            found[s:, s, :, k] = (way(exact, s, above)[-1] - way(exact, s, below)[-1]) / (2 * epsilon)
    return found
