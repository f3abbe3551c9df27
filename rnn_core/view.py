"""From a pass to a Snapshot: what a training batch and a held-out sequence look like, in copies that stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnn_core.cells import Params, State
from rnn_core.fast.network import forward_into
from rnn_core.free_running import free_running
from rnn_core.losses import Loss
from rnn_core.network import Network, Trace
from rnn_core.snapshot import Divergence, Snapshot, View, mean_norm
from rnn_core.tasks import Batch, Task


class Start(NamedTuple):
    """What a step started from: weights and the optimizer's slots, (1+n, N), and the network's carried state."""

    step: int
    memory: np.ndarray
    state: Sequence[State] | None


@dataclass
class Pass:
    """One pass over a batch, forward and back; total is the loss, step whose weights made it, g (N,) the whole
    gradient, until clipping and update write over it. The arrays are the Trainer's buffers.
    """

    step: int
    batch: Batch
    trace: Trace
    loss: Loss
    total: float
    g: np.ndarray
    grad_norm: float
    clip_ratio: float = 1.0
    start: Start | None = None  # what the step started from; None where no step has followed
    shown: np.ndarray | None = None  # the weights (N,) when a Snapshot was last made of it


class Reader(NamedTuple):
    """A network with its weights, and the task that it reads."""

    network: Network
    params: Params
    task: Task

    def read(self, batch: Batch, trace: Trace | None = None, *, targets: bool = True) -> "Reading":
        """Read sequences free-running, without a gradient. trace: one of this size, to write over. targets: whether
        the batch's mask says where they are known; otherwise its y is only a place holder.
        """
        if batch.free_running is not None:
            alone = np.broadcast_to(batch.free_running[:, None], batch.mask.shape)
            batch = free_running(self.network, self.params, batch, alone)
        trace = forward_into(trace, self.network, self.params, batch)
        scored = batch if targets else batch._replace(mask=np.ones_like(batch.mask))
        return Reading(batch, trace, self.network.loss(self.task.loss, trace, scored))

    def snapshot(self, now: Pass, held_out: "Reading", shown: View, step: int, diverged: Divergence | None) -> Snapshot:
        """The Snapshot of the run after `step` steps: of its last pass, and of held-out sequences."""
        batch, trace, loss = now.batch, now.trace, now.loss
        layer_norms = tuple(map(self.norms, zip(*trace.flows, strict=True)))
        return Snapshot(
            step=step,
            loss=now.total,
            metric=self.task.score(loss.y_hat, batch.y, batch.mask),
            x=batch.x,
            y=batch.y,
            y_hat=loss.y_hat,
            h=trace.h.copy(),
            mask=batch.mask,
            dh_norm=layer_norms[-1]["h"],
            dh_output=mean_norm(trace.dh_output),
            dh_future=mean_norm(trace.dh_future),
            layer_norms=layer_norms,
            loss_t=loss.loss_t,
            grad_norm=now.grad_norm,
            clip_ratio=now.clip_ratio,
            diverged=diverged,
            held_out_loss=held_out.loss.total,
            held_out_metric=self.task.score(held_out.loss.y_hat, held_out.batch.y, held_out.batch.mask),
            shown=shown,
        )

    def norms(self, flows: Sequence[Any]) -> dict[str, np.ndarray]:
        """Of one layer's Flows, the encoder's and the decoder's, ‖∂L/∂h_t‖ and ‖∂L/∂c_t‖ by name, (T,) each."""
        states = zip(self.network.cell.states, *(flow.states for flow in flows), strict=True)
        return {name: np.concatenate(list(map(mean_norm, parts))) for name, *parts in states}

    def view(self, reading: "Reading", i: int) -> View:
        """Sequence i by itself, and the numbers in its equations."""
        batch, trace, loss = reading
        one, cell = batch.one(i), self.network.cell
        known = one.mask[:, 0] > 0
        errors = loss.errors.reshape(batch.mask.shape)[:, i]
        stacks = list(zip(*trace.tapes, strict=True))  # of each layer, its tapes: the encoder's, the decoder's
        names = (*cell.states, *cell.recorded_gates)
        layers = tuple(
            {name: np.concatenate([tape[name][..., i] for tape in tapes]) for name in names} for tapes in stacks
        )
        return View(
            x=one.x[..., 0],
            y=one.y[..., 0],
            mask=known,
            answered=known if one.answered is None else one.answered[:, 0] > 0,
            ends=len(one.x) if one.lengths is None or one.encoder_steps else int(one.lengths[0]),
            y_hat=loss.y_hat[..., i],
            loss_t=np.where(known, errors, 0) / max(1, np.count_nonzero(known)),
            h=trace.h[..., i].copy(),
            layers=layers,
            layer_terms=tuple(self.terms(trace, layer, i) for layer in range(len(stacks))),
            layer_x=tuple(np.concatenate([tape.x[..., i] for tape in tapes]) for tapes in stacks),
            encoder_steps=one.encoder_steps,
            free_running=np.zeros(len(one.x), bool) if one.free_running is None else one.free_running > 0,
        )

    def terms(self, trace: Trace, layer: int, i: int) -> dict[str, np.ndarray]:
        """The numbers in the equations of one layer, for sequence i, (T,H) each."""
        parts = []
        for segment, stack in zip(trace.segments, trace.tapes, strict=True):
            own = self.network.layer(self.params, segment.prefix, layer)
            parts.append(self.network.cell.terms(own, OneSequence(stack[layer], i)))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class Reading(NamedTuple):
    """Sequences as they were read: with the network's own predictions where it reads them, its Trace, its Loss."""

    batch: Batch
    trace: Trace
    loss: Loss


class OneSequence:
    """Sequence i of a Tape: its quantities as attributes, (T,…) each."""

    def __init__(self, tape: Any, i: int) -> None:
        self._tape, self._i = tape, i

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._tape[name][..., self._i]
