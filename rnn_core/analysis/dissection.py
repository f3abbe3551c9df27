"""One training step taken apart: what a reader who has all the time in the world would see of `Trainer.advance(1)`.

    forward t = 1 … T, with the loss at every step that has a target -> backward t = T … 1 -> clipping -> update
    -> the same batch read again

Nothing here is worked out by another formula: a Dissection holds what the Trainer's own pass left in its buffers.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnn_core.analysis.diagnostics import shares_of_steps
from rnn_core.config import Config
from rnn_core.fast.network import forward_into
from rnn_core.network import key
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.snapshot import Snapshot, View
from rnn_core.step import CLIPPING
from rnn_core.trainer import Trainer
from rnn_core.view import Pass, Reading
from rnn_core.weights import Weights, flat

SUMS = 60_000  # numbers of all the sums on the way back, that are kept
Arrays = dict[str, np.ndarray]


class Stage(NamedTuple):
    """kind: forward, loss, backward, clip, update or again; t: the time step, from 0, or −1 where it is of none."""

    kind: str
    t: int = -1


class Shares(NamedTuple):
    """How ∂L/∂W_hh = Σ_t G_t of the top layer comes together, (T,) each; an encoder's and a decoder's are two sums.

    share: as shares_of_steps. part: ‖G_t‖. so_far: ‖Σ_{s ≥ t} G_s‖, what the way back has gathered once it is at t.
    sums (T,G·H,H): these sums themselves, or (0,) where they are more than SUMS numbers.
    """

    share: np.ndarray
    part: np.ndarray
    so_far: np.ndarray
    sums: np.ndarray


class GateSum(NamedTuple):
    """What a gate is σ or tanh of, of one sequence, (T,H) each: W_x x_t, W_h h_{t−1} and b. Where another gate
    multiplies the product first, as r does of a GRU's n, from_h has that product's own bias in it.
    """

    from_x: np.ndarray
    from_h: np.ndarray
    b: np.ndarray


class Move(NamedTuple):
    """Of one weight matrix the number that the step changed most, where it is, and the terms of the optimizer's
    equation there; size: ‖Δ‖ of the whole matrix.
    """

    name: str
    at: tuple[int, ...]
    before: float
    after: float
    terms: dict[str, float]
    size: float


@dataclass(frozen=True)
class Dissection:
    """One training step, number `step`. T time steps, H units of the top layer, B sequences, the first one shown.

    config: as it was set for this step. view: the shown sequence as the weights before the step read it. answers (T,):
    how many of the B sequences have a target at t; loss_t (T,): the shares of L. error (T,): the shown sequence's own
    error at t, not yet divided by the number of answers; NaN where there is no target.
    dh, dh_output, dh_future (T,H): ∂L/∂h_t of the shown sequence, and its two parts: what step t's own output asks, and
    what comes back from step t+1. gates: of the shown sequence, by name. shares: of ∂L/∂W_hh, whose name is weights[t].
    gradient, clipped, before, after: by the weights' names, the gradient before and after clipping, the weights
    before and after the update. moves: one for each weight matrix, the largest first.
    again, loss_t_again: view and loss_t, had the weights after the step read the very same inputs.
    """

    config: Config
    step: int
    view: View
    answers: np.ndarray
    loss_t: np.ndarray
    error: np.ndarray
    dh: np.ndarray
    dh_output: np.ndarray
    dh_future: np.ndarray
    gates: dict[str, GateSum]
    shares: Shares
    weights: tuple[str, ...]
    grad_norm: float
    clip_ratio: float
    gradient: Arrays
    clipped: Arrays
    before: Arrays
    after: Arrays
    moves: tuple[Move, ...]
    again: View
    loss_t_again: np.ndarray

    @property
    def unit(self) -> int:
        """The unit that the loss has most to say to: of the largest Σ_t |∂L/∂h_t|."""
        return int(np.abs(self.dh).sum(axis=0).argmax())

    @property
    def p(self) -> np.ndarray:
        """What the shown sequence's answers give to the target, (T,): of one-hot targets the target's probability."""
        return (self.view.y * self.view.y_hat).sum(axis=1)

    @property
    def cut(self) -> int:
        """How many numbers of the gradient clipping changed."""
        return sum(int((g != self.clipped[name]).sum()) for name, g in self.gradient.items())

    @property
    def alike(self) -> int:
        """How many weights moved as far as the one that moved farthest, within 1 %: in Adam's first step nearly all."""
        change = np.abs(flat(self.after).astype(np.float64) - flat(self.before))
        return int((change >= 0.99 * change.max()).sum())

    @property
    def sizes(self) -> tuple[float, float]:
        """‖θ‖ before the step, and ‖Δθ‖, both summed in float64."""
        theta, after = (flat(arrays).astype(np.float64) for arrays in (self.before, self.after))
        return float(np.linalg.norm(theta)), float(np.linalg.norm(after - theta))

    @property
    def stages(self) -> list[Stage]:
        """The step's stages in their order."""
        steps = range(len(self.dh))
        ahead = [Stage(kind, t) for t in steps for kind in ("forward", "loss") if kind == "forward" or self.answers[t]]
        back = [Stage("backward", t) for t in reversed(steps)]
        return [*ahead, *back, Stage("clip"), Stage("update"), Stage("again")]


def dissect(trainer: Trainer) -> tuple[Snapshot, Dissection | None]:
    """Take one training step, an ordinary advance(1) -> the Snapshot after it, and how it came about.

    The pass is made once to be looked at and once by the step itself: the same weights, batch and code, so the same
    numbers. None where the step diverges, or the run already has.
    """
    if trainer.diverged:
        return trainer.snapshot(), None
    config, before = trainer.config, trainer.theta.copy()
    now = trainer.look_ahead()
    gradient, size, state = now.g.copy(), now.grad_norm, trainer.state
    batch = now.batch._replace(x=now.batch.x.copy())
    view = trainer.reader.view(Reading(batch, now.trace, now.loss), 0)
    shares, weights = gathered(trainer, now)
    gates = gate_sums(trainer, now)
    parts = (now.trace.dh, now.trace.dh_output, now.trace.dh_future)
    dh, dh_output, dh_future = (part[..., 0].copy() for part in parts)
    snapshot = trainer.advance()
    if trainer.diverged:
        return snapshot, None
    with np.errstate(all="ignore"):
        clipped, ratio = CLIPPING[config.clip](gradient, config.clip_threshold, size)
        terms = OPTIMIZERS[config.optimizer].terms(clipped, trainer.slots, trainer.step)
        trace = forward_into(None, trainer.network, trainer.params, batch, state)
        again = Reading(batch, trace, trainer.network.loss(trainer.task.loss, trace, batch))
    after = trainer.theta.copy()

    def named(theta: np.ndarray) -> Arrays:
        return Weights(theta, trainer.params)

    return snapshot, Dissection(
        config=config,
        step=trainer.step,
        view=view,
        answers=np.count_nonzero(batch.mask, axis=1),
        loss_t=snapshot.loss_t,
        error=np.where(view.mask, view.loss_t * np.count_nonzero(view.mask), np.nan),
        dh=dh,
        dh_output=dh_output,
        dh_future=dh_future,
        gates=gates,
        shares=shares,
        weights=weights,
        grad_norm=size,
        clip_ratio=ratio,
        gradient=named(gradient),
        clipped=named(clipped),
        before=named(before),
        after=named(after),
        again=trainer.reader.view(again, 0),
        loss_t_again=again.loss.loss_t,
        moves=moves(named(before), named(after), {name: named(array) for name, array in terms.items()}),
    )


def gathered(trainer: Trainer, now: Pass) -> tuple[Shares, tuple[str, ...]]:
    """The top layer's Shares, and the name of the matrix that each step adds to."""
    top = trainer.network.layers - 1
    result: list[Shares] = []
    weights: list[str] = []
    with np.errstate(all="ignore"):
        for (prefix, start, stop), flows in zip(now.trace.segments, now.trace.flows, strict=True):
            parts = flows[top].W_hh_shares().astype(np.float64)
            sums = np.cumsum(parts[::-1], axis=0)[::-1]
            part, so_far = [np.sqrt(np.square(array).sum(axis=(1, 2))) for array in (parts, sums)]
            kept = sums if sums[0].size * len(now.batch.x) <= SUMS else np.empty(0)
            result.append(Shares(shares_of_steps(flows[top]), part, so_far, kept))
            weights += [key(prefix, "W_hh", top)] * (stop - start)
    return Shares(*map(np.concatenate, zip(*result, strict=True))), tuple(weights)


def gate_sums(trainer: Trainer, now: Pass) -> dict[str, GateSum]:
    """The top layer's, of the batch's first sequence."""
    network, top, result = trainer.network, trainer.network.layers - 1, list[list[GateSum]]()
    cell = network.cell
    for (prefix, _, _), stack in zip(now.trace.segments, now.trace.tapes, strict=True):
        own = network.layer(trainer.params, prefix, top)
        x, h_prev = (stack[top][name][..., 0] for name in ("x", "h_prev"))
        from_x, from_h = (np.split(a @ own[W].T, len(cell.gates), axis=1) for a, W in ((x, "W_xh"), (h_prev, "W_hh")))
        biases = np.split(own["b_h"], len(cell.gates))
        for k, gate in enumerate(cell.gates):
            if gate in cell.through:
                from_h[k] = from_h[k] + own["b_hn"]
        b = [np.broadcast_to(each, from_x[0].shape) for each in biases]
        result.append([GateSum(*parts) for parts in zip(from_x, from_h, b, strict=True)])
    whole = [GateSum(*map(np.concatenate, zip(*parts, strict=True))) for parts in zip(*result, strict=True)]
    return {name: part for name, part in zip(cell.gates, whole, strict=True) if name in cell.recorded_gates}


def moves(before: Arrays, after: Arrays, terms: dict[str, Arrays]) -> tuple[Move, ...]:
    """One Move for every weight matrix, the largest change first."""
    result = []
    for name, was in before.items():
        change = after[name].astype(np.float64) - was
        farthest = np.abs(change) >= (1 - 1e-6) * np.abs(change).max()  # of several that move equally far, the first
        at = tuple(map(int, np.unravel_index(int(farthest.argmax()), change.shape)))
        numbers = {term: float(arrays[name][at]) for term, arrays in terms.items()}
        result.append(Move(name, at, float(was[at]), float(after[name][at]), numbers, float(np.linalg.norm(change))))
    return tuple(sorted(result, key=lambda move: -abs(move.after - move.before)))
