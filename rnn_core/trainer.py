"""Trainer: the run. It is pulled, never pushing: no thread, no callback; the only thing in the engine that changes.

one step:  draw a batch -> forward -> loss -> backward -> clip -> update
"""

import copy
import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Integral
from operator import index
from typing import Any, NamedTuple

import numpy as np

from rnn_core import checkpoint
from rnn_core.batches import TRAIN, BatchSampler
from rnn_core.cells import Params, State
from rnn_core.config import Config, checked
from rnn_core.fast.network import build_network
from rnn_core.fast.update import plain_update, update
from rnn_core.free_running import free_running
from rnn_core.history import History
from rnn_core.losses import Loss, mean_loss
from rnn_core.network import Trace
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.registry import short
from rnn_core.snapshot import Change, Divergence, Snapshot, View, mean_norm
from rnn_core.step import forward_backward, norm
from rnn_core.tasks import Batch, Task, task_of
from rnn_core.weights import Weights, fitting, flat

HELD_OUT = 64  # sequences that are never trained on
CHANGES = 1000  # that are kept
RUNAWAY = 1000  # a loss of this many times the first is finite still, but no place to go on from
BUFFERS = ("_theta", "slots", "_numbers", "sampler", "_g", "_grads", "_trace", "_held_out_trace", "_last", "_update")


@dataclass(slots=True)
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
    start: "Kept | None" = None  # what the step started from; None where no step has followed
    shown: np.ndarray | None = None  # the weights (N,) when a Snapshot was last made of it


class Kept(NamedTuple):
    """What a step started from: weights and the optimizer's numbers, and the network's state."""

    step: int
    memory: np.ndarray
    state: Sequence[State] | None


class Trainer:
    """A run of a Config. Same Config, same numbers: advance(7) then advance(13) is advance(20).

    task: what is learned, where that is not TASKS[config.task]: a person's own text or series. plain: train on the
    loops of bptt.py and network.py, as a cell without a kernel does, some four times slower.

    step: training steps taken.
    history: the run so far, columns by name (History); held_out_loss is NaN at a step that no Snapshot shows.
    changes: what was set since the start, one entry for each step and name; the last CHANGES of them.
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
        self._state: Sequence[State] | None = None
        self._kept = Kept(0, self._memory.copy(), None)
        self._wild: Kept | None = None

    def _make_buffers(self, like: Params) -> None:
        """What the rest decides: views into _memory, and buffers that a pass writes over. like: weights by name."""
        self._theta, self.slots, self._numbers = self._memory[0], self._memory[1:], self._memory.reshape(-1)
        self._params: Params = Weights(self._theta, like, self.network)
        self.sampler = BatchSampler(self.task, self.config)
        self._g = np.zeros_like(self._theta)
        self._grads = Weights(self._g, like)
        self._trace: Trace | None = None
        self._held_out_trace: Trace | None = None
        self._last: Pass | None = None
        self._update = plain_update if self.plain else update

    def __copy__(self) -> "Trainer":
        return copy.deepcopy(self)

    def __getstate__(self) -> dict[str, Any]:
        """All but the buffers; of the last pass, what it is made again from."""
        state = {name: value for name, value in vars(self).items() if name not in BUFFERS}
        last = self._last if self._last and self._last.start else None
        return state | {"last": last and (last.batch, last.start, last.clip_ratio, last.shown)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy, or the run that was pickled: it goes on to the same numbers."""
        last = state.pop("last")
        vars(self).update(state)
        self._make_buffers(self._params)
        if last:
            now = self.step, self.theta.copy(), self._state
            batch, start, clip_ratio, shown = last
            self.step, self.theta[:], self._state = start.step, start.memory[0], start.state
            with np.errstate(all="ignore"):
                self._last = dataclasses.replace(self._pass(batch), clip_ratio=clip_ratio, start=start, shown=shown)
            self.step, self.theta[:], self._state = now

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
        return (self._last or self.look_ahead()).batch

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
            self._note(Change(self.step, name, getattr(before, name), getattr(self.config, name)))

    def _note(self, change: Change) -> None:
        """Keep a change; of several at one step, as from a slider that is drawn along, from the first to the last."""
        now: list[Change] = []
        while self.changes and self.changes[-1].step == change.step:
            now.insert(0, self.changes.pop())
        same = [c for c in now if c.name == change.name]
        change = change._replace(before=same[0].before) if same else change
        self.changes += [c for c in now if c not in same]
        if change.before != change.after:
            self.changes.append(change)
        del self.changes[:-CHANGES]

    def look_ahead(self) -> Pass:
        """The pass that the next step will make, which changes nothing yet; the coming snapshot tells of it."""
        with np.errstate(all="ignore"):
            self._last = self._pass(self._draw())
        return self._last

    def evaluate(self) -> tuple[float, float]:
        """(loss, metric) on the held-out sequences."""
        with np.errstate(all="ignore"):
            batch, _, loss = self._evaluate()
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
            self.step, self._memory[:], self._state = self._kept
            self._wild = None
            self.history.cut(self.step)
            self.diverged = self._last = None
            self.changes = [c._replace(step=min(c.step, self.step)) for c in self.changes]
        return self.step

    def save(self, file: checkpoint.File) -> None:
        """Write the run to one file (a path, or an open binary file): weights, optimizer, history."""
        kept = self._kept
        carried = {"now": self._state, "kept": kept.state}
        arrays = {"memory": self._memory, "kept": kept.memory}
        arrays |= {"history": self.history.table(), "buckets": self.history.buckets}
        for when, state in carried.items():
            for layer, parts in enumerate(state or []):
                arrays |= {f"{when}:{layer}:{part}": np.asarray(array) for part, array in enumerate(parts)}
        notes = {
            "config": dataclasses.asdict(self.config),
            "task": self.task.traits(self.config),
            "step": [self.step, kept.step],
            "diverged": self.diverged,
            "first_loss": self._first_loss,
            "changes": self.changes,
        }
        checkpoint.write(file, notes, arrays)

    @classmethod
    def load(cls, file: checkpoint.File, task: Task | None = None) -> "Trainer":
        """The run that save wrote; it goes on to the very same numbers. task: the one that it was made with, if any.

        Raises ValueError in one sentence for a file that is cut off, foreign, newer, does not fit its own settings, or
        is a run of another task.
        """
        notes, arrays = checkpoint.read(file)
        try:
            config = Config(**notes["config"])
            checkpoint.check_task(notes.get("task"), config, task)
            trainer = cls(config, task)
            wanted = trainer._memory.shape
            if arrays["memory"].shape != wanted or arrays["kept"].shape != wanted:
                raise ValueError(
                    f"the file's weights have shape {arrays['memory'].shape}, and task {trainer.task.name} with its "
                    f"settings needs {wanted}; pass the task that the run was made with, if it was a text of your own"
                )
            trainer._memory[:] = arrays["memory"]
            trainer.step, kept_step = map(index, notes["step"])
            kept = np.empty_like(trainer._memory)
            kept[:] = arrays["kept"]
            trainer._kept = Kept(kept_step, kept, _carried(arrays, "kept"))
            trainer._state = _carried(arrays, "now")
            trainer.diverged = Divergence(*notes["diverged"]) if notes["diverged"] else None
            trainer._first_loss = notes["first_loss"]
            trainer.changes = [Change(*change) for change in notes["changes"]]
            trainer.history = History.of(arrays["history"], arrays.get("buckets"))  # version 3 has no buckets
        except (KeyError, TypeError, IndexError) as problem:
            raise ValueError(f"the file lacks a part of a saved run ({problem}); save the run again") from None
        return trainer

    def snapshot(self) -> Snapshot:
        """The run as it stands. At step 0, and once weights were set by hand, the coming batch's loss and gradient,
        which are not applied.
        """
        with np.errstate(all="ignore"):
            return self._snapshot()

    def _snapshot(self) -> Snapshot:
        if self._last and self._last.shown is not None and (self._last.shown != self.theta).any():
            self._last = None  # weights were set since it was shown
        now = self._last or self.look_ahead()
        now.shown = self.theta.copy()
        batch, trace, loss = now.batch, now.trace, now.loss
        states = self.network.cell.states
        held_out, held_out_trace, held_out_loss = self._evaluate()
        total = held_out_loss.total
        self.history.note(self.step, total)
        return Snapshot(
            step=self.step,
            loss=now.total,
            metric=self.task.score(loss.y_hat, batch.y, batch.mask),
            x=batch.x,
            y=batch.y,
            y_hat=loss.y_hat,
            h=trace.h.copy(),
            mask=batch.mask,
            dh_norm=mean_norm(trace.dh),
            dh_output=mean_norm(trace.dh_output),
            dh_future=mean_norm(trace.dh_later),
            layer_norms=tuple(
                {name: np.concatenate([mean_norm(flow.states[k]) for flow in flows]) for k, name in enumerate(states)}
                for flows in zip(*trace.flows, strict=True)
            ),
            loss_t=loss.loss_t,
            grad_norm=now.grad_norm,
            clip_ratio=now.clip_ratio,
            diverged=self.diverged,
            held_out_loss=total,
            held_out_metric=self.task.score(held_out_loss.y_hat, held_out.y, held_out.mask),
            shown=self._read(self.typed)
            if self.typed
            else self.view(held_out, held_out_trace, held_out_loss, self.shown),
        )

    def _advance(self, steps: int) -> None:
        with np.errstate(all="ignore"):  # what leaves the finite numbers is named by _diverge
            for _ in range(steps):
                if self.diverged:
                    return
                now, state = self._pass(self._draw()), self._state
                if not (isfinite(now.grad_norm) and isfinite(now.total)):
                    self._diverge(self._made_by_pass(now))
                    return
                self._first_loss = self._first_loss or now.total
                if now.total <= RUNAWAY * self._first_loss:
                    self._kept.memory[...] = self._memory
                    now.start = self._kept = Kept(self.step, self._kept.memory, state)
                else:
                    now.start = self._wild = Kept(self.step, self._memory.copy(), state)
                now.clip_ratio = self._update(
                    self.theta, self._g, self.slots, self.config, self.step + 1, now.grad_norm
                )
                # the square tells at a tenth of the price whether to look closer
                if not isfinite(self._numbers.dot(self._numbers)) and not np.isfinite(self._numbers).all():
                    self._diverge(self._made_by_update())
                    return
                self.step += 1
                if self.config.start == "carried":
                    self._state = [tuple(np.array(array) for array in layer) for layer in now.trace.state]
                self._last = now
                self.history.add(self.step, now.total, np.nan, now.grad_norm, now.clip_ratio, self.config.learning_rate)

    def _draw(self) -> Batch:
        """The next training batch, with the network's own answers where teacher forcing leaves it alone."""
        batch, alone = self.sampler.at(self.step)
        return batch if alone is None else free_running(self.network, self.params, batch, alone, self._state)

    def _pass(self, batch: Batch) -> Pass:
        """Forward, loss, backward; the gradients go to self._g."""
        self._trace, loss, _ = forward_backward(
            self.network, self.params, batch, self.task.loss, self._state, self._trace, self._grads
        )
        return Pass(self.step, batch, self._trace, loss, loss.total, self._g, norm(self._g))

    def _diverge(self, made: list[tuple[str, np.ndarray, int | None]]) -> None:
        """Name the first array that is not finite, and go back to where the last step started whose numbers were all
        finite, those of the held-out sequences too.
        """
        found = next(((name, t) for name, values, t in made if not np.isfinite(values).all()), ("loss", None))
        self.diverged = Divergence(found[0], self.step + 1, found[1])
        for start in sorted(filter(None, (self._wild, self._kept)), key=lambda kept: -kept.step):
            self.step, self._memory[:], self._state = start
            self._last = None
            shown = self._snapshot()
            if np.isfinite([shown.loss, shown.held_out_loss, *shown.dh_norm, *shown.shown.loss_t]).all():
                break

    def _made_by_pass(self, now: Pass) -> list[tuple[str, np.ndarray, int | None]]:
        """What a pass makes, in its order: name, values, and the time step where there is one."""
        made: list[tuple[str, np.ndarray, int | None]] = []
        for name, array in (("h", now.trace.h), ("y", now.trace.y)):
            made += [(name, array[t], t + 1) for t in range(len(array))]
        made += [("loss", now.loss.loss_t, None)]
        made += [("dh", now.trace.dh[t], t + 1) for t in reversed(range(len(now.trace.h)))]
        made += [(f"d{name}", array, None) for name, array in self._grads.items()]
        return [*made, ("grad_norm", np.array(now.grad_norm), None)]

    def _made_by_update(self) -> list[tuple[str, np.ndarray, int | None]]:
        names = OPTIMIZERS[self.config.optimizer].slots
        averages = [(f"{self.config.optimizer}'s {name}", a, None) for name, a in zip(names, self.slots, strict=True)]
        return [*averages, *((name, array, None) for name, array in self.params.items())]

    def _evaluate(self) -> tuple[Batch, Trace, Loss]:
        """The held-out sequences, read without help: whatever can be fed is the network's own answer."""
        batch = self.held_out
        if batch.feed is not None:
            alone = np.broadcast_to(batch.feed[:, None], batch.mask.shape)
            batch = free_running(self.network, self.params, batch, alone)
        self._held_out_trace = self.network.forward(self.params, batch, trace=self._held_out_trace)
        return batch, self._held_out_trace, self.network.loss(self.task.loss, self._held_out_trace, batch)

    def _read(self, batch: Batch) -> View:
        """A sequence that somebody typed, read without help; its targets may be unknown."""
        if batch.feed is not None:
            alone = np.broadcast_to(batch.feed[:, None], batch.mask.shape)
            batch = free_running(self.network, self.params, batch, alone)
        trace = self.network.forward(self.params, batch)
        every = batch._replace(mask=np.ones_like(batch.mask))
        return self.view(batch, trace, self.network.loss(self.task.loss, trace, every), 0)

    def view(self, batch: Batch, trace: Trace, loss: Loss, i: int) -> View:
        """Sequence i by itself, and the numbers in its equations."""
        one, cell = batch.one(i), self.network.cell
        known, loss_t = one.mask[:, 0] > 0, np.zeros(len(one.x))
        if known.any():
            loss_t = mean_loss(self.task.loss, trace.y[..., i : i + 1], one.y, one.mask).loss_t
        stacks = list(zip(*trace.tapes, strict=True))  # of each layer, its tapes: the encoder's, the decoder's
        layers = tuple(
            {name: np.concatenate([tape[name][..., i] for tape in tapes]) for name in (*cell.states, *cell.kept)}
            for tapes in stacks
        )
        h, fed = trace.h[..., i].copy(), np.zeros(len(one.x), bool)
        return View(
            x=one.x[..., 0],
            y=one.y[..., 0],
            mask=known,
            asked=known if one.asked is None else one.asked[:, 0] > 0,
            ends=len(h) if one.lengths is None or one.read else int(one.lengths[0]),
            y_hat=loss.y_hat[..., i],
            loss_t=loss_t,
            h=h,
            layers=layers,
            layer_terms=tuple(self._terms(trace, layer, i) for layer in range(len(stacks))),
            layer_x=tuple(np.concatenate([tape.x[..., i] for tape in tapes]) for tapes in stacks),
            read=one.read,
            fed=fed if one.feed is None else one.feed > 0,
        )

    def _terms(self, trace: Trace, layer: int, i: int) -> dict[str, np.ndarray]:
        """The numbers in the equations of one layer, for sequence i, (T,H) each."""
        parts = []
        for segment, stack in zip(trace.segments, trace.tapes, strict=True):
            own = self.network.layer(self.params, segment.prefix, layer)
            parts.append(self.network.cell.terms(own, OneSequence(stack[layer], i)))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class OneSequence:
    """Sequence i of a Tape: its quantities as attributes, (T,…) each."""

    def __init__(self, tape: Any, i: int) -> None:
        self._tape, self._i = tape, i

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._tape[name][..., self._i]


def _carried(arrays: Mapping[str, np.ndarray], when: str) -> Sequence[State] | None:
    """The carried state as save wrote it, layer by layer; None where there was none."""
    layers: dict[str, list[np.ndarray]] = {}
    for name, array in arrays.items():
        if name.startswith(f"{when}:"):
            layers.setdefault(name.split(":")[1], []).append(array)
    return [tuple(parts) for parts in layers.values()] or None
