"""Stepper: what a run does at every training step, and what it keeps to go back to where numbers diverge.

one step:  draw a batch -> forward -> loss -> backward -> clip -> update
"""

import dataclasses
from collections.abc import Sequence
from math import isfinite

import numpy as np

from rnn_core import divergence
from rnn_core.batches import TRAIN, BatchSampler
from rnn_core.cells import Params, State
from rnn_core.config import Config, checked
from rnn_core.fast.network import build_network, forward_backward_into
from rnn_core.fast.update import plain_update, update
from rnn_core.free_running import free_running
from rnn_core.history import History
from rnn_core.network import Trace
from rnn_core.optimizers import OPTIMIZERS
from rnn_core.recording import Recording
from rnn_core.registry import short
from rnn_core.snapshot import Change, Divergence
from rnn_core.step import norm
from rnn_core.tasks import Batch, Task, task_of
from rnn_core.view import Pass, Start
from rnn_core.weights import Weights, fitting, flat

HELD_OUT = 64  # sequences that are never trained on
RUNAWAY = 1000  # a loss of this many times the first is finite still, but no place to go on from


class Stepper:
    """The state of a run, and a training step; Trainer has the rest, and says what the attributes are."""

    def __init__(self, config: Config, task: Task | None = None, *, plain: bool = False) -> None:
        self.config = checked(config)
        self.task = task_of(config.task, task)
        self.task.check(config)
        if not isinstance(plain, bool):
            raise ValueError(f"plain is {short(plain)}; it must be True or False")
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
        self.recording: Recording | None = None
        self._first_loss = 0.0
        self.state: Sequence[State] | None = None
        self._last_finite = Start(0, self._memory.copy(), None)
        self._runaway: Start | None = None

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

    def look_ahead(self) -> Pass:
        """The pass that the next step will make, which changes nothing yet; the coming snapshot tells of it."""
        with np.errstate(all="ignore"):
            self.last = self._pass(self._draw())
        return self.last

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
                    self._last_finite.memory[...] = self._memory
                    now.start = self._last_finite = Start(self.step, self._last_finite.memory, state)
                else:
                    now.start = self._runaway = Start(self.step, self._memory.copy(), state)
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
                if self.recording and self.step >= self.recording.due:
                    self.recording.add(self.step, now, self.network, self.params, self.theta)

    def _draw(self) -> Batch:
        """The next training batch, with the network's own answers where teacher forcing leaves it alone."""
        batch, alone = self.sampler.at(self.step)
        return batch if alone is None else free_running(self.network, self.params, batch, alone, self.state)

    def _pass(self, batch: Batch) -> Pass:
        """Forward, loss, backward; the gradients go to self._g."""
        self._trace, loss = forward_backward_into(
            self._trace, self._grads, self.network, self.params, batch, self.task.loss, self.state
        )
        return Pass(self.step, batch, self._trace, loss, loss.total, self._g, norm(self._g))

    @property
    def sound_step(self) -> int:
        """The step that a rewind leads to: everything was finite on from there, and the loss not yet RUNAWAY times the
        first. Of a run that has not diverged, the step where it stands.
        """
        return self._last_finite.step if self.diverged else self.step

    def rewind(self) -> int:
        """After a divergence, back to the last sound step -> that step. Leaves any other run alone."""
        if self.diverged:
            self.go_back(self._last_finite)
        return self.step

    def bookmark(self) -> Start:
        """Where the run stands now, copied, for `go_back`."""
        return Start(self.step, self._memory.copy(), self.state)

    def go_back(self, start: Start) -> None:
        """Back to a bookmark of this run, from which it goes on to the same numbers; what came after is forgotten."""
        self.step, self._memory[:], self.state = start
        self._runaway = None
        self.history.cut(self.step)
        if self.recording:
            self.recording.cut(self.step)
        self.diverged = self.last = None
        self.changes = [c._replace(step=min(c.step, self.step)) for c in self.changes]

    def _diverge(self, divergence: Divergence) -> None:
        """Go back to where the last step started whose numbers were all finite."""
        raise NotImplementedError
