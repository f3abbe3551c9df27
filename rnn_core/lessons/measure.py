"""What several checks ask of a run. Nothing here changes it."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np

from rnn_core.cells import Params
from rnn_core.config import Config
from rnn_core.trainer import Trainer

SOLVED = 0.95  # of the held-out answers
GUESSED = 0.4  # of five letters: twice what guessing gets


def accuracy(run: Trainer) -> float:
    """The share of held-out answers that are right."""
    return run.evaluate()[1]


def states(run: Trainer) -> np.ndarray:
    """h of all held-out sequences, whichever is shown, (T,H,B)."""
    return np.array(run.network.forward(run.params, run.held_out).h)


def gradient_ratio(run: Trainer, state: str = "h") -> float:
    """‖∂L/∂h_1‖ / ‖∂L/∂h_T‖ of the last batch, as the board's bars have it; state "c": of the cell state."""
    norms = run.snapshot().layer_norms[-1][state]
    return float(norms[0] / norms[-1]) if norms[-1] else 0.0


def fresh(config: Config, **changes: Any) -> Trainer:
    """An untrained run of the same Config with these changes."""
    return Trainer(replace(config, **changes))


def with_weights(run: Trainer, **arrays: np.ndarray) -> Trainer:
    """A copy of the run with these arrays of weights in place of its own."""
    other = copy.copy(run)
    for name, array in arrays.items():
        other.params[name] = array
    return other


def changed_weights(run: Trainer) -> dict[str, np.ndarray]:
    """Where the weights are not those that the run's Config starts from: by name, True at each, where any is."""
    start: Params = Trainer(run.config).params
    moved = {name: np.asarray(run.params[name]) != array for name, array in start.items()}
    return {name: where for name, where in moved.items() if where.any()}


def lowest(run: Trainer, column: str = "held_out_loss") -> float:
    """The least number in a column of the history, where it has one."""
    return float(np.nanmin(run.history[column]))


def at_first(run: Trainer, steps: int) -> float:
    """The mean training loss of the first steps."""
    return float(run.history["loss"][:steps].mean())


def lately(run: Trainer, steps: int = 50) -> float:
    """The mean training loss of the last steps."""
    return float(run.history.last("loss", steps).mean())


def longer(run: Trainer, **changes: Any) -> Trainer:
    """The run's weights in a network of the same Config with these changes, of length say, not truncated."""
    other = fresh(run.config, bptt_window=0, **changes)
    for name, array in run.params.items():
        other.params[name] = array
    return other


def read_held_out(run: Trainer, forced: bool = False) -> tuple[float, float]:
    """(loss, share of sequences of which every answer is right) on the held-out sequences. forced: the decoder reads
    the right symbol at every step, as in teacher forcing; otherwise its own last prediction.
    """
    batch = run.held_out._replace(free_running=None) if forced else run.held_out
    with np.errstate(all="ignore"):
        batch, _, loss = run.reader.read(batch)
    right = (loss.y_hat.argmax(axis=1) == batch.y.argmax(axis=1)) | (batch.mask == 0)
    return loss.total, float(right.all(axis=0).mean())
