"""What a run hands out: a Snapshot of where it stands, a View of one sequence, and what happened on the way."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

CHANGES = 1000  # that are kept


class Divergence(NamedTuple):
    """The first array that held a number that is not finite: its name, the training step, the time step (1 … T) if it
    has one.
    """

    array: str
    step: int
    time: int | None


class Change(NamedTuple):
    """A setting that was changed while the network trained: after this many steps, from one value to another."""

    step: int
    name: str
    before: Any
    after: Any


def note(changes: list[Change], change: Change) -> None:
    """Keep a change; of several at one step, as from a slider that is drawn along, from the first to the last."""
    now: list[Change] = []
    while changes and changes[-1].step == change.step:
        now.insert(0, changes.pop())
    same = [c for c in now if c.name == change.name]
    change = change._replace(before=same[0].before) if same else change
    changes += [c for c in now if c not in same]
    if change.before != change.after:
        changes.append(change)
    del changes[:-CHANGES]


@dataclass(frozen=True)
class View:
    """One held-out sequence as the network reads it now, always the same one. T steps, H units of the top layer.

    x (T,D), y (T,O), mask (T,): where a target is known; answered (T,): where an answer is shown; ends: what comes from
    this step on is padding. y_hat (T,O): probabilities or values; loss_t (T,): this sequence's own loss at each step;
    h (T,H); terms: the numbers in the cell's equation, (T,H) each, of the top layer.
    Of every layer, from the lowest: layers: h, c and the gates by name, (T,H) each; layer_terms: its terms; layer_x:
    what it reads, (T,D) of the lowest, (T,H) above.
    encoder_steps: so many steps, the first, are the encoder's. free_running (T,): where it reads its own last
    prediction.
    """

    x: np.ndarray
    y: np.ndarray
    mask: np.ndarray
    answered: np.ndarray
    ends: int
    y_hat: np.ndarray
    loss_t: np.ndarray
    h: np.ndarray
    layers: tuple[dict[str, np.ndarray], ...]
    layer_terms: tuple[dict[str, np.ndarray], ...]
    layer_x: tuple[np.ndarray, ...]
    encoder_steps: int
    free_running: np.ndarray

    @property
    def terms(self) -> dict[str, np.ndarray]:
        return self.layer_terms[-1]


@dataclass(frozen=True)
class Snapshot:
    """The run at one step, copied: what comes later does not change it.

    Of the training batch: loss, metric, x (T,D,B), y, y_hat (T,O,B), h (T,H,B), mask (T,B), loss_t (T,).
    dh_norm (T,): mean over the B sequences of ‖∂L/∂h_t‖, L the batch's loss, before clipping; dh_output, dh_future
    (T,): the same of its two parts, what step t's own output asks and what comes back from step t+1.
    layer_norms: of every layer, from the lowest (those above are of the top one), the norms for "h" and "c" by name.
    grad_norm: of all weights' gradients together, before clipping; clip_ratio: the share of it that clipping left,
    1 where nothing was cut. Of held-out sequences: held_out_loss, held_out_metric, and shown, one of them.
    """

    step: int
    loss: float
    metric: float
    x: np.ndarray
    y: np.ndarray
    y_hat: np.ndarray
    h: np.ndarray
    mask: np.ndarray
    dh_norm: np.ndarray
    dh_output: np.ndarray
    dh_future: np.ndarray
    layer_norms: tuple[dict[str, np.ndarray], ...]
    loss_t: np.ndarray
    grad_norm: float
    clip_ratio: float
    diverged: Divergence | None
    held_out_loss: float
    held_out_metric: float
    shown: View


def mean_norm(dh: np.ndarray) -> np.ndarray:
    """The mean over B of ‖dh_t‖ for dh (T,H,B), ∂L/∂h_t or ∂L/∂c_t -> (T,).

    Summed in float64: in float32 the squares of a vanished gradient read exactly 0.
    """
    wide = dh.astype(np.float64)
    return np.add.reduce(np.sqrt(np.einsum("thb,thb->tb", wide, wide)), axis=1) / dh.shape[2]
