"""Trainer: the run. It is pulled, never pushing: no thread, no callback; the only thing in the engine that changes."""

import copy
import dataclasses
import time
from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np

from rnn_core import checkpoint
from rnn_core.config import Config
from rnn_core.history import CAPACITY
from rnn_core.recording import Kept, Recording
from rnn_core.registry import short
from rnn_core.snapshot import Change, Divergence, Snapshot, View, note
from rnn_core.stepper import Stepper
from rnn_core.tasks import Batch, Task
from rnn_core.view import Reader, Reading
from rnn_core.weights import Weights


class Trainer(Stepper):
    """A run of a Config. Same Config, same numbers: advance(7) then advance(13) is advance(20).

    task: what is learned, where that is not TASKS[config.task]: a person's own text or series. plain: train on the
    loops of bptt.py and network.py, as a cell without a kernel does, some four times slower.

    step: training steps taken.
    history: the run so far, columns by name (History); held_out_loss is NaN at a step that no Snapshot shows.
    recording: how its gradients change over training (Recording), from record() on; None before. A file that save
    writes has none.
    changes: what was set since the start, one entry for each step and name; the last thousand of them.
    held_out: the Batch that is never trained on; shown: which of its sequences a Snapshot shows; typed: one to show in
    its place (Task.encode).
    diverged: None, or the first array that was not finite; the weights are then back where the last step started
    whose numbers were all finite, and training stands still until rewind() is called. sound_step: where that leads.

    A copy, or a run that was pickled, goes on to the same numbers by itself.
    Raises ValueError for a config that is no Config, or a task that is no Task or draws what does not fit.
    """

    def __copy__(self) -> "Trainer":
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        return checkpoint.state_to_pickle(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        checkpoint.restore_pickled(self, state)

    def __iter__(self) -> Iterator[Snapshot]:
        while not self.diverged:
            yield self.advance()

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
        spaced; of none, one where the numbers diverge.
        """
        start, taken, snapshots, parts = time.perf_counter(), 0, [], max(1, frames)
        for frame in range(1, parts + 1):
            until = None if steps is None else steps * frame // parts
            before = taken
            while not self.diverged and (until is None or taken < until):
                self._advance(1)
                taken += 1
                if time.perf_counter() - start >= seconds * frame / parts:
                    break
            if taken > before and frames:
                snapshots.append(self.snapshot())
            if self.diverged or (snapshots and time.perf_counter() - start >= seconds):
                break
        return snapshots or ([self.snapshot()] if frames or self.diverged else [])

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

    def evaluate(self) -> tuple[float, float]:
        """(loss, metric) on the held-out sequences."""
        with np.errstate(all="ignore"):
            batch, _, loss = self.reader.read(self.held_out, self._held_out_trace)
            return loss.total, self.task.score(loss.y_hat, batch.y, batch.mask)

    @property
    def reader(self) -> Reader:
        """The network as it stands, to read any batch of its task."""
        return Reader(self.network, self.params, self.task)

    def save(self, file: checkpoint.File, rows: int = CAPACITY) -> None:
        """Write the run to one file (a path, or an open binary file): weights, optimizer, history.

        rows: of the history, at most, thinned as History does; its curve has all steps all the same.
        """
        checkpoint.save(self, file, rows)

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

    def record(self) -> None:
        """Record from now on how its gradients change, unless that is done already."""
        self.recording = self.recording or Recording(self.step)

    def look_back(self, kept: Kept) -> Snapshot:
        """The run as it was when this was kept: the same sequences, read with the weights of then.

        Of the training batch it has the loss and the norms; its arrays are empty, (T,0,B), and its metric is NaN.
        """
        with np.errstate(all="ignore"):
            now = self.snapshot()
            reader = self.reader._replace(params=Weights(kept.theta, self.params, self.network))
            held_out = reader.read(self.held_out)
            loss, metric = held_out.loss, self.task.score(held_out.loss.y_hat, held_out.batch.y, held_out.batch.mask)
            dh_norm, dh_output, dh_future = kept.norms
            total, grad_norm, clip_ratio = kept.numbers
            return Snapshot(
                step=kept.step,
                loss=total,
                metric=np.nan,
                **{name: getattr(now, name)[:, :0] for name in ("x", "y", "y_hat", "h")},
                mask=now.mask,
                dh_norm=dh_norm,
                dh_output=dh_output,
                dh_future=dh_future,
                layer_norms=(),
                loss_t=np.full(len(dh_norm), np.nan),
                grad_norm=grad_norm,
                clip_ratio=clip_ratio,
                diverged=None,
                held_out_loss=loss.total,
                held_out_metric=metric,
                shown=self.shown_by(reader, held_out),
            )

    def _diverge(self, divergence: Divergence) -> None:
        """Go back to where the last step started whose numbers were all finite, those of held-out sequences too."""
        self.diverged = divergence
        for start in sorted(filter(None, (self._runaway, self._last_finite)), key=lambda kept: -kept.step):
            self.step, self._memory[:], self.state = start
            self.last = None
            shown = self.snapshot()
            if np.isfinite([shown.loss, shown.held_out_loss, *shown.dh_norm, *shown.shown.loss_t]).all():
                break
