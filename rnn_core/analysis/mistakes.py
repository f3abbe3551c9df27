"""Backward passes with one mistake each, and the parameters whose gradient check shows it.

Most of them still learn something, so that a falling loss proves nothing; the check does (Karpathy, "A recipe for
training neural networks", 2019; central differences as in diagnostics.py). Each is the right backward pass with one
thing changed.

Some mistakes need time to show: W_hh's gradient is 0 at T = 1, where h_0 = 0, and it is right at T = 2 without the
transpose and without the future.
"""

import dataclasses
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np

from rnn_core.analysis.diagnostics import GradientReport, Slopes, central_differences
from rnn_core.analysis.exact import Exact, last_batch
from rnn_core.cells import Cell, Params, State
from rnn_core.fast.network import build_network
from rnn_core.losses import answer_weights
from rnn_core.registry import Registry
from rnn_core.step import LOSSES
from rnn_core.tasks import Batch
from rnn_core.trainer import Trainer
from rnn_core.words import t

Backward = tuple[Params, np.ndarray, State]
FULL_SLOPE = {"rnn": ("h", 0.0), "rnn-relu": ("h", 1.0), "residual": ("tanh_a", 0.0)}  # where the unit's slope is 1


# In a cell's backward: each has its arguments, after the cell.


def no_transpose(cell: Cell, p: Params, step: Any, dstate: State) -> Backward:
    """dh_{t−1} = W_hh da in place of W_hhᵀ da, in every gate's block."""
    H = p["W_hh"].shape[1]
    turned = p["W_hh"].reshape(-1, H, H).swapaxes(1, 2).reshape(-1, H)
    return cell.backward({**p, "W_hh": turned}, step, dstate)


def no_slope(cell: Cell, p: Params, step: Any, dstate: State) -> Backward:
    """da = dh in place of dh (1 − h²)."""
    name, value = FULL_SLOPE[cell.name]
    return cell.backward(p, step._replace(**{name: np.full_like(step.h, value)}), dstate)


def no_future(cell: Cell, p: Params, step: Any, dstate: State) -> Backward:
    """∂L/∂h_t has only its part through y_t: what comes back from step t+1 is forgotten. BPTT with a window of 1."""
    grads, dx, dstate_prev = cell.backward(p, step, dstate)
    return grads, dx, [np.zeros_like(part) for part in dstate_prev]


def h_of_same_step(cell: Cell, p: Params, step: Any, dstate: State) -> Backward:
    """dW_hh = da h_tᵀ in place of da h_{t−1}ᵀ."""
    return cell.backward(p, step._replace(h_prev=step.h), dstate)


# In ∂L/∂y: each has the outputs y (T,O,B), the batch and the loss's name -> ∂L/∂y (T,O,B).


def loss_at_every_step(y: np.ndarray, batch: Batch, loss: str) -> np.ndarray:
    """Every step up to the last answer is held to its target: the exact gradient of the wrong loss."""
    at, last = unanswered(batch), last_answer(batch)
    sequences, weight = np.arange(y.shape[2]), answer_weights(batch.mask, y.dtype)
    target = np.where(at[:, None], batch.y[last, :, sequences].T, batch.y)
    return LOSSES[loss](y, target)[2] * np.where(at, weight[last, sequences], weight)[:, None]


def answer_at_every_step(y: np.ndarray, batch: Batch, loss: str) -> np.ndarray:
    """∂L/∂y of the last answer is added at every step up to it, as in a loop over t whose dy does not depend on t."""
    dy = LOSSES[loss](y, batch.y)[2] * answer_weights(batch.mask, y.dtype)[:, None]
    return np.where(unanswered(batch)[:, None], dy[last_answer(batch), :, np.arange(y.shape[2])].T, dy)


def no_output(y: np.ndarray, batch: Batch, loss: str) -> np.ndarray:
    """What a state hears of the loss through its own output is forgotten, but for the last answer's."""
    dy = LOSSES[loss](y, batch.y)[2] * answer_weights(batch.mask, y.dtype)[:, None]
    return np.where(np.arange(len(y))[:, None, None] == last_answer(batch), dy, 0)


def last_answer(batch: Batch) -> np.ndarray:
    """The last step of each sequence that has a target, (B,)."""
    return len(batch.mask) - 1 - (batch.mask[::-1] > 0).argmax(axis=0)


def unanswered(batch: Batch) -> np.ndarray:
    """The steps before a sequence's last answer that have no target, an encoder's left out, (T,B)."""
    at = np.arange(len(batch.mask))[:, None]
    return (batch.mask == 0) & (at < last_answer(batch)) & (at >= batch.encoder_steps)


class Mistake(NamedTuple):
    """title: what is wrong, for people. cells: the names of the cells that it can be made in; None: all. backward, dy:
    the one of the two in which it is. several: whether it needs several answers, and not one; it is then in what the
    states hear alone, and the read-out's gradient is right.
    """

    title: str
    cells: Collection[str] | None = None
    backward: Callable[[Cell, Params, Any, State], Backward] | None = None
    dy: Callable[[np.ndarray, Batch, str], np.ndarray] | None = None
    several: bool = False

    def applies(self, exact: Exact) -> bool:
        """Whether it can be made with this cell and, where it is in ∂L/∂y, with as many answers as there are."""
        answers = np.count_nonzero(exact.batch.mask, axis=0)
        fits = (answers > 1).any() if self.several else (answers == 1).all() and unanswered(exact.batch).any()
        if self.dy and not fits:
            return False
        return self.cells is None or exact.network.cell.name in self.cells

    def gradients(self, exact: Exact) -> Params:
        """What it makes of ∂L/∂(every weight), by name."""
        network, trace = dataclasses.replace(exact.network, window=0), exact.forward()
        right = network.loss(exact.loss, trace, exact.batch).dy
        dy = self.dy(trace.y, exact.batch, exact.loss) if self.dy else right
        if self.backward:
            for tapes in trace.tapes:
                tapes[:] = [dataclasses.replace(tape, cell=with_mistake(tape.cell, self.backward)) for tape in tapes]
        result = network.backward(exact.params, trace, exact.batch, dy)
        if self.several:
            read_out = network.backward(exact.params, trace, exact.batch, right)
            result |= {name: read_out[name] for name in ("W_hy", "b_y")}
        return result


def with_mistake(cell: Cell, wrong: Callable[[Cell, Params, Any, State], Backward]) -> Cell:
    """The cell with this backward."""
    return dataclasses.replace(cell, backward=lambda p, step, dstate: wrong(cell, p, step, dstate))


def check_mistakes(
    trainer: Trainer, *, entries: int = 10, epsilon: float = 1e-5, tolerance: float = 1e-4, seed: int = 0
) -> dict[str, GradientReport]:
    """Every mistake that applies against central differences of the true loss, and first "none", the right gradient.

    On the batch of the last Snapshot, in float64, without truncation. entries: how many numbers of each parameter are
    tried, drawn by seed. Each error is the largest |gradient − difference| over the largest number of the true gradient
    or, where that is 0, of the wrong one. Raises ValueError in one sentence for what is no Trainer, entries below 1,
    and numbers that are not finite.
    """
    if entries < 1:
        raise ValueError(f"entries is {entries}; of each parameter at least 1 must be tried")
    exact = last_batch(trainer)
    right = exact.backward()[2]
    fast = dataclasses.replace(build_network(trainer.config, trainer.task), window=0)
    state = exact.state and exact.network.reset(exact.state, exact.batch)
    slopes = central_differences(fast, exact.params, exact.batch, exact.loss, right, np.random.default_rng(seed),
                                 entries, epsilon, tolerance, state)  # fmt: skip
    result = {"none": right}
    result |= {name: mistake.gradients(exact) for name, mistake in MISTAKES.items() if mistake.applies(exact)}
    return {name: GradientReport(errors(slopes, grads, right), tolerance) for name, grads in result.items()}


def errors(slopes: dict[str, Slopes], grads: Params, right: Params) -> dict[str, float]:
    """How far gradients are from the slopes, relative to the true gradient, by parameter."""
    scales = {name: s.scale(right[name]) for name, s in slopes.items()}
    scales |= {name: s.scale(grads[name]) for name, s in slopes.items() if scales[name] <= 1e-6}
    return {name: float(s.apart(grads[name]).max()) / scales[name] for name, s in slopes.items()}


MISTAKES = Registry(
    "mistake",
    {
        "no-transpose": Mistake(t("W_hh without its transpose"), backward=no_transpose),
        "no-slope": Mistake(t("The unit's slope, 1 − h², left out"), FULL_SLOPE, backward=no_slope),
        "no-future": Mistake(t("What comes back from step t+1 forgotten"), backward=no_future),
        "no-output": Mistake(t("What comes from a step's own output forgotten, but for the last"), dy=no_output,
                             several=True),
        "same-step": Mistake(t("h_t in place of h_{t−1} in ∂L/∂W_hh"), ("rnn", "rnn-relu", "residual", "lstm"),
                             backward=h_of_same_step),
        "loss-at-every-step": Mistake(t("The loss taken at every step, though only the last is read"),
                                      dy=loss_at_every_step),
        "answer-at-every-step": Mistake(t("The last answer's ∂L/∂y added at every step"), dy=answer_at_every_step),
    },
)  # fmt: skip
