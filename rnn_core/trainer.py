"""Trainer: the run. It is pulled, never pushing: no thread, no callback; the only thing in the engine that changes.

    one step:  draw a batch -> forward -> loss -> backward -> clip -> update
"""

import copy
import dataclasses
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from rnn_core.cells import Step
from rnn_core.clipping import CLIPPING, norm
from rnn_core.config import Config
from rnn_core.losses import LOSSES, Loss
from rnn_core.network import Network, Trace, flat, views
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.tasks import TASKS, Batch

HELD_OUT = 64  # sequences that are never trained on
RUNAWAY = 1000  # a loss of this many times the first is finite still, but no place to go on from
COLUMNS = ("step", "loss", "held_out_loss", "grad_norm", "clip_ratio", "learning_rate")


class Divergence(NamedTuple):
    """The first array that held a number that is not finite: its name, the training step, the time step (1 … T) if it has one."""

    array: str
    step: int
    time: int | None


@dataclass(frozen=True)
class View:
    """One held-out sequence as the network reads it now, always the same one. T steps, H units of the top layer.

    x (T,D), y (T,O), mask (T,), y_hat (T,O): probabilities or values, loss_t (T,): this sequence's own loss at each step,
    h (T,H), terms: the numbers in the cell's equation, (T,H) each.
    """

    x: np.ndarray
    y: np.ndarray
    mask: np.ndarray
    y_hat: np.ndarray
    loss_t: np.ndarray
    h: np.ndarray
    terms: dict[str, np.ndarray]


@dataclass(frozen=True)
class Snapshot:
    """The run at one step. loss, metric, x (T,D,B), y, y_hat (T,O,B), h (T,H,B), mask (T,B), loss_t (T,): the training batch.

    dh_norm (T,): mean over the B sequences of ‖∂L/∂h_t‖, L the batch's loss, before clipping; dh_output, dh_future (T,): the
    same of its two parts, what step t's own output asks and what comes back from step t+1. grad_norm: of all weights'
    gradients together, before clipping; clip_ratio: the share of it that clipping left, 1 where nothing was cut.
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
    loss_t: np.ndarray
    grad_norm: float
    clip_ratio: float
    diverged: Divergence | None
    held_out_loss: float
    held_out_metric: float
    shown: View


class Pass(NamedTuple):
    """One pass over a batch, forward and back; the arrays are the Trainer's buffers."""

    batch: Batch
    trace: Trace
    loss: Loss
    grad_norm: float
    clip_ratio: float = 1.0


class Kept(NamedTuple):
    """What a step started from: the weights and the optimizer's numbers, and the state of the random numbers."""

    step: int
    memory: np.ndarray
    rng: Mapping[str, Any]


class Trainer:
    """A run of a Config. Same Config, same numbers: advance(7) then advance(13) is advance(20).

    params: the weights by name, views into theta. step: training steps taken. held_out: the Batch that is never trained on.
    diverged: None, or where the numbers left the finite ones; the weights are then back where the last sound step started,
    and training stands still until rewind() is called.
    """

    def __init__(self, config: Config) -> None:
        streams = np.random.SeedSequence(config.seed).spawn(3)
        self.config = config
        self.task, self.network = TASKS[config.task], Network.of(config)
        theta, params = flat(self.network.init(np.random.default_rng(streams[0]), config))
        self._memory = np.zeros((1 + OPTIMIZERS[config.optimizer].slots, theta.size), theta.dtype)
        self.theta, self.slots = self._memory[0], self._memory[1:]
        self.theta[:], self.params = theta, views(self.theta, params)
        self.held_out = self.task.draw(np.random.default_rng(streams[1]),
                                       dataclasses.replace(config, batch_size=HELD_OUT), "held-out")
        self.rng = np.random.default_rng(streams[2])
        self.step = 0
        self.diverged: Divergence | None = None
        self._g = np.zeros_like(theta)
        self._grads = views(self._g, params)
        self._history = History()
        self._trace: Trace | None = None
        self._held_out_trace: Trace | None = None
        self._last: Pass | None = None
        self._first_loss = 0.0
        self._kept = Kept(0, self._memory.copy(), self.rng.bit_generator.state)

    def __iter__(self) -> Iterator[Snapshot]:
        while not self.diverged:
            yield self.advance()

    @property
    def history(self) -> Mapping[str, np.ndarray]:
        """The run so far, one entry per step: step, loss, held_out_loss (NaN where it was not asked), grad_norm, …"""
        return self._history.columns

    def advance(self, steps: int = 1) -> Snapshot:
        """Take training steps, fewer if the numbers diverge -> the Snapshot after the last."""
        self._advance(steps)
        return self.snapshot()

    def run(self, seconds: float, frames: int = 8, steps: int | None = None) -> list[Snapshot]:
        """Train for this long, at least one step and at most `steps` -> as many as `frames` Snapshots, evenly spaced."""
        start, taken, snapshots = time.perf_counter(), 0, []
        for frame in range(1, frames + 1):
            until = None if steps is None else steps * frame // frames
            before = taken
            while not self.diverged and (until is None or taken < until):
                self._advance(1)
                taken += 1
                if time.perf_counter() - start >= seconds * frame / frames:
                    break
            if taken > before:
                snapshots.append(self.snapshot())
            if self.diverged or (snapshots and time.perf_counter() - start >= seconds):
                break
        return snapshots or [self.snapshot()]

    def set(self, **changes: Any) -> None:
        """Change what may change without a restart: learning_rate, clip, clip_threshold. Raises ValueError for any other."""
        for name in changes:
            if name not in Config.fields() or not Config.fields()[name].live:
                live = ", ".join(field.name for field in Config.fields().values() if field.live)
                raise ValueError(f"{name} cannot change while the network trains; only {live} can")
        self.config = dataclasses.replace(self.config, **changes)

    def evaluate(self) -> tuple[float, float]:
        """(loss, metric) on the held-out sequences."""
        with np.errstate(all="ignore"):
            _, loss = self._evaluate()
            return float(loss.loss_t.sum()), self.task.score(loss.y_hat, self.held_out.y, self.held_out.mask)

    def rewind(self) -> int:
        """After a divergence, back to the last sound step, random state included -> that step.

        Sound: everything was finite on from there, and the loss not yet RUNAWAY times the first. Leaves any other run alone.
        """
        if self.diverged:
            self._history.cut(self.step)
            self.diverged = None
        return self.step

    def snapshot(self) -> Snapshot:
        """The run as it stands. At step 0, the coming batch's loss and gradient, which are not applied."""
        with np.errstate(all="ignore"):
            return self._snapshot()

    def _snapshot(self) -> Snapshot:
        if self._last is None:
            self._last = self._pass(self.task.draw(copy.deepcopy(self.rng), self.config, "train"))
        batch, trace, loss, grad_norm, clip_ratio = self._last
        output, flow = np.matmul(self.params["W_hy"].T, loss.dy), trace.flows[-1]
        held_out_trace, held_out = self._evaluate()
        held_out_loss = float(held_out.loss_t.sum())
        self._history.note(held_out_loss)
        return Snapshot(
            self.step, float(loss.loss_t.sum()), self.task.score(loss.y_hat, batch.y, batch.mask), batch.x, batch.y, loss.y_hat,
            trace.outputs[-1].copy(), batch.mask, mean_norm(flow.dh), mean_norm(output), mean_norm(flow.dh - output), loss.loss_t,
            grad_norm, clip_ratio, self.diverged, held_out_loss, self.task.score(held_out.y_hat, self.held_out.y, self.held_out.mask),
            self._view(held_out_trace, held_out, 0))

    def _advance(self, steps: int) -> None:
        update = OPTIMIZERS[self.config.optimizer].update
        for _ in range(steps):
            if self.diverged:
                return
            rng = self.rng.bit_generator.state
            batch = self.task.draw(self.rng, self.config, "train")
            with np.errstate(all="ignore"):  # what leaves the finite numbers is named by _diverge
                now = self._pass(batch)
                if not (isfinite(now.grad_norm) and isfinite(now.loss.loss_t.sum())):
                    return self._diverge(now)
                self._first_loss = self._first_loss or float(now.loss.loss_t.sum())
                if now.loss.loss_t.sum() <= RUNAWAY * self._first_loss:
                    np.copyto(self._kept.memory, self._memory)
                    self._kept = Kept(self.step, self._kept.memory, rng)
                ratio = CLIPPING[self.config.clip](self._g, self.config.clip_threshold, now.grad_norm)
                update(self.theta, self._g, self.slots, self.config.learning_rate, self.step + 1)
            if not np.isfinite(self._memory).all():
                return self._diverge(now)
            self.step += 1
            self._last = now._replace(clip_ratio=ratio)
            self._history.add(self.step, float(now.loss.loss_t.sum()), np.nan, now.grad_norm, ratio, self.config.learning_rate)

    def _pass(self, batch: Batch) -> Pass:
        """Forward, loss, backward; the gradients go to self._g."""
        self._trace = self.network.forward(self.params, batch.x, trace=self._trace)
        loss = LOSSES[self.task.loss](self._trace.y, batch.y, batch.mask)
        for name, array in self.network.backward(self.params, self._trace, loss.dy).items():
            self._grads[name][...] = array
        return Pass(batch, self._trace, loss, norm(self._g))

    def _diverge(self, now: Pass) -> None:
        """Name the first array that is not finite, in the order in which a step makes them, and go back."""
        tapes, flows, T = now.trace.tapes, now.trace.flows, len(now.batch.x)
        made = [*(("h", tape.h[t], t) for t in range(T) for tape in tapes), *(("y", now.trace.y[t], t) for t in range(T)),
                ("loss", now.loss.loss_t, None), *(("dh", flow.dh[t], t) for t in reversed(range(T)) for flow in reversed(flows)),
                *((f"d{name}", array, None) for name, array in self._grads.items()),
                *((name, array, None) for name, array in self.params.items()),
                *((f"{self.config.optimizer}'s average", array, None) for array in self.slots)]
        array, time_step = next((name, t) for name, values, t in made if not np.isfinite(values).all())
        self.diverged = Divergence(array, self.step + 1, None if time_step is None else time_step + 1)
        self.step, self._memory[:], self.rng.bit_generator.state = self._kept
        self._last = None

    def _evaluate(self) -> tuple[Trace, Loss]:
        self._held_out_trace = self.network.forward(self.params, self.held_out.x, trace=self._held_out_trace)
        return self._held_out_trace, LOSSES[self.task.loss](self._held_out_trace.y, self.held_out.y, self.held_out.mask)

    def _view(self, trace: Trace, loss: Loss, i: int) -> View:
        one = Batch(*(array[..., i : i + 1] for array in self.held_out))
        tape = trace.tapes[-1]
        alone = LOSSES[self.task.loss](trace.y[..., i : i + 1], one.y, one.mask)
        arrays = {name: array[..., i] for name, array in tape.arrays.items()} | {"x": tape.x[..., i]}
        terms = self.network.cell.terms(self.network.layer(self.params, self.network.layers - 1), Step(**arrays))
        return View(one.x[..., 0], one.y[..., 0], one.mask[:, 0] > 0, loss.y_hat[..., i], alone.loss_t, trace.outputs[-1][..., i].copy(),
                    {name: np.array(array) for name, array in terms.items()})


class History:
    """The columns of a run, in arrays that grow by doubling."""

    def __init__(self) -> None:
        self.table, self.size = np.empty((len(COLUMNS), 256)), 0

    @property
    def columns(self) -> dict[str, np.ndarray]:
        return dict(zip(COLUMNS, self.table[:, : self.size], strict=True))

    def add(self, *row: float) -> None:
        if self.size == self.table.shape[1]:
            self.table = np.concatenate([self.table, np.empty_like(self.table)], axis=1)
        self.table[:, self.size] = row
        self.size += 1

    def note(self, held_out_loss: float) -> None:
        """The held-out loss after the last step."""
        if self.size:
            self.table[COLUMNS.index("held_out_loss"), self.size - 1] = held_out_loss

    def cut(self, step: int) -> None:
        """Forget what came after a step."""
        self.size = min(self.size, step)


def mean_norm(dh: np.ndarray) -> np.ndarray:
    """The mean over B of ‖dh_t‖ for dh (T,H,B) -> (T,), in float64: in float32 a vanished gradient reads exactly 0."""
    return np.sqrt(np.square(dh, dtype=np.float64).sum(axis=1)).mean(axis=1)
