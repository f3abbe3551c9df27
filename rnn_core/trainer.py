"""Trainer: the run. It is pulled, never pushing: no thread, no callback; the only thing in the engine that changes.

one step:  draw a batch -> forward -> loss -> backward -> clip -> update
"""

import copy
import dataclasses
import time
from collections.abc import Iterator, Sequence
from math import isfinite
from numbers import Integral
from typing import Any

import numpy as np

from rnn_core import checkpoint, divergence
from rnn_core.batches import TRAIN, BatchSampler
from rnn_core.cells import Params, State
from rnn_core.config import Config, checked
from rnn_core.fast.network import build_network
from rnn_core.fast.update import plain_update, update
from rnn_core.free_running import free_running
from rnn_core.history import History
from rnn_core.network import Trace
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.registry import short
from rnn_core.snapshot import Change, Divergence, Snapshot, View, note
from rnn_core.step import forward_backward, norm
from rnn_core.tasks import Batch, Task, task_of
from rnn_core.view import Pass, Reader, Reading, Start
from rnn_core.weights import Weights, fitting, flat

HELD_OUT = 64  # sequences that are never trained on
RUNAWAY = 1000  # a loss of this many times the first is finite still, but no place to go on from
BUFFERS = ("_theta", "slots", "_numbers", "sampler", "_g", "_grads", "_trace", "_held_out_trace", "last", "_update")


class Trainer:
    """A run of a Config. Same Config, same numbers: advance(7) then advance(13) is advance(20).

    task: what is learned, where that is not TASKS[config.task]: a person's own text or series. plain: train on the
    loops of bptt.py and network.py, as a cell without a kernel does, some four times slower.

    step: training steps taken.
    history: the run so far, columns by name (History); held_out_loss is NaN at a step that no Snapshot shows.
    changes: what was set since the start, one entry for each step and name; the last thousand of them.
    held_out: the Batch that is never trained on; shown: which of its sequences a Snapshot shows; typed: one to show in
    its place (Task.encode).
    diverged: None, or where the numbers left the finite ones; the weights are then back where the last step started
    whose numbers were all finite, and training stands still until rewind() is called. sound_step: where that leads.

    A copy, or a run that was pickled, goes on to the same numbers by itself.
    Raises ValueError for a config that is no Config, or a task that is no Task or draws what does not fit.
    """

    def __init__(self, config: Config, task: Task | None = None, *, plain: bool = False) -> None:
        self.config = checked(config)
        self.task = task_of(config.task, task)
        self.task.check(config)
        self.plain = plain
        self.network = build_network(config, self.task, plain=plain)
        streams = np.random.SeedSequence(config.seed).spawn(TRAIN)
        params = self.network.init(np.random.default_rng(streams[0]), config)
        theta = flat(params)
        self._memory = np.zeros((1 + len(OPTIMIZERS[config.optimizer].slots), theta.size), theta.dtype)
        self._memory[0] = theta
        self._make_buffers(params)
        self.held_out = self.task.draw(
            np.random.default_rng(streams[1]), dataclasses.replace(config, batch_size=HELD_OUT), "held-out"
        )
        self.task.check_drawn(self.held_out, config)
        self.step, self.shown = 0, 0
        self.typed: Batch | None = None
        self.changes: list[Change] = []
        self.diverged: Divergence | None = None
        self.history = History()
        self._first_loss = 0.0
        self.state: Sequence[State] | None = None
        self._kept = Start(0, self._memory.copy(), None)
        self._wild: Start | None = None

    def _make_buffers(self, like: Params) -> None:
        """What the rest decides: views into _memory, and buffers that a pass writes over. like: weights by name."""
        self._theta, self.slots, self._numbers = self._memory[0], self._memory[1:], self._memory.reshape(-1)
        self._params: Params = Weights(self._theta, like, self.network)
        self.sampler = BatchSampler(self.task, self.config)
        self._g = np.zeros_like(self._theta)
        self._grads = Weights(self._g, like)
        self._trace: Trace | None = None
        self._held_out_trace: Trace | None = None
        self.last: Pass | None = None
        self._update = plain_update if self.plain else update

    def __copy__(self) -> "Trainer":
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        """All but the buffers; of the last pass, what it is made again from."""
        state = {name: value for name, value in vars(self).items() if name not in BUFFERS}
        last = self.last if self.last and self.last.start else None
        return state | {"last": last and (last.batch, last.start, last.clip_ratio, last.shown)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy, or the run that was pickled: it goes on to the same numbers."""
        last = state.pop("last")
        vars(self).update(state)
        self._make_buffers(self._params)
        if last:
            now = self.step, self.theta.copy(), self.state
            batch, start, clip_ratio, shown = last
            self.step, self.theta[:], self.state = start.step, start.memory[0], start.state
            with np.errstate(all="ignore"):
                self.last = dataclasses.replace(self._pass(batch), clip_ratio=clip_ratio, start=start, shown=shown)
            self.step, self.theta[:], self.state = now

    def __iter__(self) -> Iterator[Snapshot]:
        while not self.diverged:
            yield self.advance()

    @property
    def params(self) -> Params:
        """The weights by name, views into theta; what is assigned is copied in. Raises ValueError as Weights does."""
        return self._params

    @params.setter
    def params(self, params: Params) -> None:
        self._params.update(params)

    @property
    def theta(self) -> np.ndarray:
        """All weights (N,). What is assigned is copied in."""
        return self._theta

    @theta.setter
    def theta(self, theta: np.ndarray) -> None:
        self._theta[...] = fitting("theta", theta, self._theta)

    @property
    def batch(self) -> Batch:
        """The batch of the last Snapshot: the last one that it trained on or, at the start, the one to come."""
        return (self.last or self.look_ahead()).batch

    def advance(self, steps: int = 1) -> Snapshot:
        """Take training steps, fewer if the numbers diverge -> the Snapshot after the last.

        Raises ValueError for what is no whole number from 0.
        """
        if not isinstance(steps, Integral) or steps < 0:
            raise ValueError(f"steps is {short(steps)}; it must be a whole number of at least 0")
        self._advance(int(steps))
        return self.snapshot()

    def run(self, seconds: float, frames: int = 8, steps: int | None = None) -> list[Snapshot]:
        """Train for this long, at least one step and at most `steps` -> as many as `frames` Snapshots, evenly
        spaced.
        """
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
        """Change what may change without a restart: learning_rate, clip, clip_threshold. Raises ValueError for any
        other.
        """
        for name in changes:
            if name not in Config.fields() or not Config.fields()[name].live:
                live = ", ".join(field.name for field in Config.fields().values() if field.live)
                raise ValueError(f"{name} cannot change while the network trains; only {live} can")
        before, self.config = self.config, dataclasses.replace(self.config, **changes)
        for name in changes:
            note(self.changes, Change(self.step, name, getattr(before, name), getattr(self.config, name)))

    def look_ahead(self) -> Pass:
        """The pass that the next step will make, which changes nothing yet; the coming snapshot tells of it."""
        with np.errstate(all="ignore"):
            self.last = self._pass(self._draw())
        return self.last

    def evaluate(self) -> tuple[float, float]:
        """(loss, metric) on the held-out sequences."""
        with np.errstate(all="ignore"):
            batch, _, loss = self.reader.read(self.held_out, self._held_out_trace)
            return loss.total, self.task.score(loss.y_hat, batch.y, batch.mask)

    @property
    def sound_step(self) -> int:
        """The step that a rewind leads to: everything was finite on from there, and the loss not yet RUNAWAY times the
        first. Of a run that has not diverged, the step where it stands.
        """
        return self._kept.step if self.diverged else self.step

    def rewind(self) -> int:
        """After a divergence, back to the last sound step -> that step. Leaves any other run alone."""
        if self.diverged:
            self.step, self._memory[:], self.state = self._kept
            self._wild = None
            self.history.cut(self.step)
            self.diverged = self.last = None
            self.changes = [c._replace(step=min(c.step, self.step)) for c in self.changes]
        return self.step

    @property
    def reader(self) -> Reader:
        """The network as it stands, to read any batch of its task."""
        return Reader(self.network, self.params, self.task)

    def save(self, file: checkpoint.File) -> None:
        """Write the run to one file (a path, or an open binary file): weights, optimizer, history."""
        checkpoint.save(self, file)

    @classmethod
    def load(cls, file: checkpoint.File, task: Task | None = None) -> "Trainer":
        """The run that save wrote; it goes on to the very same numbers. task: the one that it was made with, if any.

        Raises ValueError in one sentence for a file that is cut off, foreign, newer, does not fit its own settings, or
        is a run of another task.
        """
        return checkpoint.load(cls, file, task)

    def snapshot(self) -> Snapshot:
        """The run as it stands. At step 0, and once weights were set by hand, the coming batch's loss and gradient,
        which are not applied.
        """
        with np.errstate(all="ignore"):
            if self.last and self.last.shown is not None and (self.last.shown != self.theta).any():
                self.last = None  # weights were set since it was shown
            now, reader = self.last or self.look_ahead(), self.reader
            now.shown = self.theta.copy()
            held_out = reader.read(self.held_out, self._held_out_trace)
            self._held_out_trace = held_out.trace
            self.history.note(self.step, held_out.loss.total)
            return reader.snapshot(now, held_out, self.shown_by(reader, held_out), self.step, self.diverged)

    def shown_by(self, reader: Reader, held_out: Reading) -> View:
        """The sequence that a Snapshot shows, as this reader reads it: the typed one, or one of those held out."""
        if self.typed:
            return reader.view(reader.read(self.typed, targets=False), 0)
        return reader.view(held_out, self.shown)

    def _advance(self, steps: int) -> None:
        with np.errstate(all="ignore"):  # what leaves the finite numbers is named by _diverge
            for _ in range(steps):
                if self.diverged:
                    return
                now, state = self._pass(self._draw()), self.state
                if not (isfinite(now.grad_norm) and isfinite(now.total)):
                    self._diverge(divergence.of_pass(now, self._grads))
                    return
                self._first_loss = self._first_loss or now.total
                if now.total <= RUNAWAY * self._first_loss:
                    self._kept.memory[...] = self._memory
                    now.start = self._kept = Start(self.step, self._kept.memory, state)
                else:
                    now.start = self._wild = Start(self.step, self._memory.copy(), state)
                now.clip_ratio = self._update(
                    self.theta, self._g, self.slots, self.config, self.step + 1, now.grad_norm
                )
                # the square tells at a tenth of the price whether to look closer
                if not isfinite(self._numbers.dot(self._numbers)) and not np.isfinite(self._numbers).all():
                    names = OPTIMIZERS[self.config.optimizer].slots
                    slots = dict(zip(names, self.slots, strict=True))
                    self._diverge(divergence.of_update(self.step + 1, self.config.optimizer, slots, self.params))
                    return
                self.step += 1
                if self.config.start == "carried":
                    self.state = [tuple(np.array(array) for array in layer) for layer in now.trace.state]
                self.last = now
                self.history.add(self.step, now.total, np.nan, now.grad_norm, now.clip_ratio, self.config.learning_rate)

    def _draw(self) -> Batch:
        """The next training batch, with the network's own answers where teacher forcing leaves it alone."""
        batch, alone = self.sampler.at(self.step)
        return batch if alone is None else free_running(self.network, self.params, batch, alone, self.state)

    def _pass(self, batch: Batch) -> Pass:
        """Forward, loss, backward; the gradients go to self._g."""
        self._trace, loss, _ = forward_backward(
            self.network, self.params, batch, self.task.loss, self.state, self._trace, self._grads
        )
        return Pass(self.step, batch, self._trace, loss, loss.total, self._g, norm(self._g))

    def _diverge(self, found: Divergence) -> None:
        """Go back to where the last step started whose numbers were all finite, those of held-out sequences too."""
        self.diverged = found
        for start in sorted(filter(None, (self._wild, self._kept)), key=lambda kept: -kept.step):
            self.step, self._memory[:], self.state = start
            self.last = None
            shown = self.snapshot()
            if np.isfinite([shown.loss, shown.held_out_loss, *shown.dh_norm, *shown.shown.loss_t]).all():
                break
