"""A race: networks that differ in one setting, trained step for step on the same batches, each with several seeds.

In a tick they take turns until all have taken the same number of steps; only then is anything shown of it. So whatever
stands beside one another on the page is of the same training step, and the numbers do not depend on the clock: at
preset steps (`next_look`) every network is asked about the held-out sequences, as a sweep asks its own.
"""

from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass, replace
from math import inf
from time import perf_counter, thread_time
from typing import Any, NamedTuple

import numpy as np

from rnn_core import Config, Snapshot, Trainer
from rnn_core.analysis.reach import gradient_reach
from rnn_core.idle import idle_fields
from rnn_core.snapshot import Divergence
from rnn_core.sweep import contestants
from rnn_core.sweep.runs import EVERY
from ui.figures.race import Beside
from ui.frame.address import plain
from ui.run.governor import LEAST, SHORTEST, turn
from ui.run.session import steps_in
from ui.run.together import AsOne

FEWEST, MOST = 2, 6  # contestants
SEEDS = 5
MOST_STEPS = 20_000  # of a race
FRAMES = 6  # pictures of a board in a tick, about
SELDOM, CHARTS = 0.3, 0.25  # seconds between two drawings of the charts; part of a slice that they may take over time
SELDOM_ASKED = 8  # ticks between two questions how far back a network hears, in a class
BARE = ("cell", "optimizer", "initializer")  # fields whose values say by themselves what they are


class Setup(NamedTuple):
    """What differs, and in what: base with `field` set to each of `values`, with base's seed and the next ones.

    equal: where the field is the cell, each with the H whose parameters are nearest in number to base's. steps: after
    so many, and again so many, the race pauses.
    """

    base: Config
    field: str
    values: tuple[Any, ...]
    equal: bool = False
    seeds: int = 1
    steps: int = 2000

    def contestants(self) -> dict[Any, Config]:
        """The Config of every value, with base's seed. Raises ValueError in one sentence that names the contestant."""
        if not FEWEST <= len(self.values) <= MOST:
            raise ValueError(f"{counted(self.field, self.values)}; a race has {FEWEST} to {MOST}")
        return contestants(self.base, self.field, self.values, self.equal)

    def name(self, value: Any) -> str:
        """A contestant's name: "lstm", "forget bias 3"."""
        if self.field in BARE:
            return plain(value)
        words = plain(value) if isinstance(value, str) else plain(value).replace("-", "−")
        return f"{self.field.replace('_', ' ')} {words}"


def counted(name: str, values: Sized) -> str:
    """How many values a field has, as a sentence begins."""
    return f"{name} has {len(values)} value{'' if len(values) == 1 else 's'}"


def next_look(step: int) -> int:
    """The first step after this one at which the held-out sequences are asked: 1 … 10, 20 … 500, 525, 550 …"""
    every = 1 if step < 10 else 10 if step < 500 else EVERY // 2
    return (step // every + 1) * every


@dataclass
class Listed:
    """What differs and its values, as the address has them: text, when this run of the page began; written, when the
    last one ended; known: whether the browser has had that address since. One that has, and comes with another, went
    back; one that has not is only late.
    """

    text: str = " "
    written: str = " "
    known: bool = False

    def came_back(self, text: str) -> bool:
        """Whether the browser comes with an address that it went back to."""
        self.text = text
        return self.known and text != self.written

    def wrote(self, text: str) -> None:
        """The page's run leaves the address so."""
        self.written, self.known = text, text == self.text


class Lane:
    """One contestant: its runs with n seeds, at the same step.

    losses, scores (n,): of the held-out sequences, and training (n,): the mean training loss, at every look so far;
    NaN from the look on at which a run had diverged. beats: of each run, the first look at a multiple of EVERY at
    which it beat the baseline. reach: of each, how many steps back it hears, and at which step that was asked.
    """

    def __init__(self, name: str, config: Config, seeds: int) -> None:
        self.name, self.config = name, config
        self.trainers = [Trainer(replace(config, seed=config.seed + k)) for k in range(seeds)]
        first = self.trainers[0]
        self.task, self.parameters = first.task, first.theta.size
        self.baseline = first.task.baseline(config)
        held_out = first.held_out  # the longest sequence is shown: little of it is padding
        first.shown = int((held_out.x.any(axis=1) + held_out.mask).sum(axis=0).argmax())
        self.losses: list[np.ndarray] = []
        self.scores: list[np.ndarray] = []
        self.training: list[np.ndarray] = []
        self.beats: list[int | None] = [None] * seeds
        self.reach: list[tuple[int, int | None]] = [(-1, None)] * seeds
        self.frames: list[Snapshot] = []
        self.gradients = np.empty((seeds, 0))
        self.seconds, self._clipped, self._counted, self._before = 0.0, 0, 0, 0

    def ask(self, question: Callable[..., Any], *args: Any) -> Any:
        """As Run.ask, of the run with the first seed."""
        return question(self.trainers[0], *args)

    def train(self, trainer: Trainer, steps: int) -> None:
        """One of its runs, for so many steps."""
        before = thread_time()
        trainer._advance(steps)
        self.seconds += thread_time() - before

    def look(self, step: int) -> None:
        """Ask all of its runs about the held-out sequences."""
        nothing = (np.nan, np.nan)
        losses, scores = zip(*(nothing if t.diverged else t.evaluate() for t in self.trainers), strict=True)
        since, self._before = step - self._before, step
        fine = [since > 0 and not t.diverged for t in self.trainers]
        rows = [t.history.last("loss", since if ok else 1) for t, ok in zip(self.trainers, fine, strict=True)]
        self.losses.append(np.array(losses))
        self.scores.append(np.array(scores))
        self.training.append(np.array([row.mean() if ok else np.nan for row, ok in zip(rows, fine, strict=True)]))
        going = [t for t, ok in zip(self.trainers, fine, strict=True) if ok]
        self._counted += since * len(going)
        self._clipped += sum(int((t.history.last("clip_ratio", since) < 1).sum()) for t in going)
        for k, loss in enumerate(losses):
            if step % EVERY == 0 and step and self.beats[k] is None and loss < self.baseline.loss:
                self.beats[k] = step

    def picture(self) -> None:
        """Another picture for the board, of its first run."""
        self.frames.append(self.trainers[0].snapshot())

    def gradient(self) -> None:
        """‖∂L/∂h_t‖ of every run's last training batch, (n,T), before clipping."""
        others = [t.snapshot() for t in self.trainers[1:]]
        self.gradients = np.array([s.dh_norm for s in (self.frames[-1], *others)])

    def listen(self, k: int) -> None:
        """Ask its run k how far back it hears."""
        try:
            with np.errstate(all="ignore"):
                found = gradient_reach(self.trainers[k])
        except ValueError:  # numbers that are not finite
            found = None
        self.reach[k] = self.trainers[k].step, found

    @property
    def diverged(self) -> list[Divergence]:
        """What first was not finite, of the runs that diverged."""
        return [t.diverged for t in self.trainers if t.diverged]

    @property
    def taken(self) -> int:
        """Training steps of all its runs."""
        return sum(t.step for t in self.trainers)

    @property
    def clipped(self) -> float:
        """The share of steps whose gradient was clipped, up to the last look; of runs that diverged, until then."""
        return self._clipped / max(1, self._counted)


class Race(AsOne):
    """A race and whether it plays. run counts starts, races those of another race, film what was shown. looks: the
    steps that were looked at.

    wanted: what else than base is asked for; `apply` starts a race with it, if that is another one. problem: why what
    is asked for cannot be. chosen: how many presets were. said, refused: sentences for the page; address: what stood in
    its page's. instead: what is shown in its place. charted: the film that the charts are to show, sent: the one that
    they do; in a class, where a slice is short, they follow seldom. charts: what they were made of, and they.
    asked: the contestant that is to be opened in the playground; keeps: those that are to be kept. kept: kept runs, in
    the first chart beside its own; weight: of its smoothing. heard: the number of the last act of the viewer;
    postponed: of the one that is to be done again, now that it stands still; not_opened: of one that was refused.
    listed: what differs, in the address.
    """

    usual = 0.012

    def __init__(self, setup: Setup, said: tuple[str, ...] = ()) -> None:
        self.speed = "full"
        super().__init__()
        self.run = self.races = self.film = self.ticks = self.step = self.goal = 0
        self.refused, self.problem, self.chosen = "", "", 0
        self.address: dict[str, list[str]] = {}
        self.instead: AsOne | None = None
        self.charted, self.sent, self._rests = 0, 0, float("-inf")
        self.asked, self.keeps = "", ()  # type: tuple[str, tuple[str, ...]]
        self.charts: tuple[Any, dict[str, Any]] | None = None
        self.kept: list[Beside] = []
        self.listed, self.heard, self.postponed, self.not_opened = Listed(), 0, 0, 0
        self.weight = 0.0
        self.setup = self.wanted = setup
        self._start(setup, said)

    @property
    def config(self) -> Config:
        return self.setup.base

    @property
    def films(self) -> tuple[int, ...]:
        return self.instead.films if self.instead else (self.film,)

    def apply(self, config: Config) -> None:
        """Race with this base, and with what else is wanted, from a new start. Raises ValueError, and changes nothing,
        for what cannot be.
        """
        if self.problem:
            raise ValueError(self.problem)
        wanted = self.wanted._replace(base=config)
        if wanted._replace(steps=self.setup.steps) != self.setup:
            self.take(wanted)
        elif wanted != self.setup:
            self.setup, self.goal = wanted, min(MOST_STEPS, (self.step // wanted.steps + 1) * wanted.steps)

    def take(self, setup: Setup, said: tuple[str, ...] = ()) -> None:
        """Race that, from a new start. said: what was put right in asking for it. Raises ValueError as Setup does."""
        with self.lock:
            self._start(setup, said)
            self.races += 1

    def play(self) -> None:
        """Play on; after a rest at the goal, to the next one."""
        with self.lock:
            if self.step >= self.goal:
                self.goal = min(MOST_STEPS, self.goal + self.setup.steps)
            if self.step < self.goal and not self.over:
                super().play()

    def pause(self) -> None:
        """Stand still, all at the same step, each board at the last picture of its film."""
        with self.lock:
            was = self.playing
            super().pause()
            if was:
                if self._next > self.step:
                    self._lap_done(inf)
                    self._arrive()
                self._show()

    def reset(self) -> None:
        """The same start again, standing still."""
        with self.lock:
            self._start(self.setup)

    def tick(self, now: float) -> None:
        """Train for a slice of time, all to the same step."""
        if not self.due(now):
            return
        self.ticks += 1
        with turn(patience=self.pace.period / 2):
            self._train()
        if self.step >= self.goal or self.over:
            self.pause()
        if self.slice() > 2 * LEAST or self.ticks % SELDOM_ASKED == 0:  # in a class an answer costs half a slice
            self.listen(0.0)

    def listen(self, seconds: float) -> None:
        """Ask those runs that have trained since how far back they hear, for so long, or one of them: the one first
        whose answer is the oldest.
        """
        end = perf_counter() + seconds
        ages = [(at, lane, k) for lane in self.lanes for k, (at, _) in enumerate(lane.reach)]
        for at, lane, k in sorted(ages, key=lambda age: age[0]):
            if at != lane.trainers[k].step:
                lane.listen(k)
                if perf_counter() >= end:
                    return

    def charts_sent(self, seconds: float) -> None:
        """The charts were made, which took so long: until they are made again they rest for long enough."""
        self.sent = self.charted
        self._rests = perf_counter() + max(SELDOM, seconds * self.pace.period / (CHARTS * self.pace.slice))

    @property
    def shortest(self) -> float:  # type: ignore[override]
        """Shorter than others have: the charts come with a tick. At other speeds half a second has whole steps."""
        return 0.0 if self.speed == "full" else SHORTEST

    @property
    def trained(self) -> float:
        return sum(lane.seconds for lane in self.lanes)

    @property
    def over(self) -> bool:
        """Whether all have diverged."""
        return all(t.diverged for _, t in self._runs())

    def _start(self, setup: Setup, said: tuple[str, ...] = ()) -> None:
        seeds = 1 if setup.field == "seed" else setup.seeds
        lanes = [Lane(setup.name(value), config, seeds) for value, config in setup.contestants().items()]
        self.pause()
        self.lanes = lanes
        idle = [(lane.name, idle_fields(lane.config).get(setup.field)) for lane in lanes]
        why = [f"{name}: its {setup.field} makes no difference, for {reason}." for name, reason in idle if reason]
        self.said = (*said, *why)
        self.setup = self.wanted = setup
        self.run += 1
        self.step, self.goal, self.looks = 0, setup.steps, [0]
        self._next, self._step_costs = 0, 0.0
        for lane in self.lanes:
            lane.look(0)
        self._show()

    def _runs(self) -> Iterator[tuple[Lane, Trainer]]:
        return ((lane, trainer) for lane in self.lanes for trainer in lane.trainers)

    def _train(self) -> None:
        """Laps as long as they fit into the slice. The first one of a tick may be left in the middle and goes on in the
        next; any other is one that fits, so that all stand at the same step whenever something is shown.
        """
        begin, slice_ = perf_counter(), self.slice()
        most = steps_in(self.pace.period, self.speed, self.step) or max(FRAMES, self.step)
        end, first = min(self.goal, self.step + most), self.step
        before = self.trained
        for lane in self.lanes:
            lane.frames = lane.frames[-1:]
        while self.step < end and not self.over:
            if self._next == self.step:
                self._next = min(self.step + self._lap(slice_, most), next_look(self.step), end)
                left = begin + slice_ - perf_counter()
                if self.step > first and (self._next - self.step) * self._step_costs > left:
                    self._next = self.step
                    break
            if not self._lap_done(begin + slice_ if self.step == first else inf):
                break
            self._arrive()
        if self.step > first:
            self._step_costs = (self.trained - before) / (self.step - first)
            self._show(len(self.lanes[0].frames) - 1)

    def _lap(self, slice_: float, most: int) -> int:
        """So many steps that FRAMES laps fit into the slice."""
        return max(1, round(min(most, slice_ / max(self._step_costs, 1e-6)) / FRAMES))

    def _lap_done(self, until: float) -> bool:
        """Train each run to where the lap ends; one at least, and no more when the time has come."""
        trained = False
        for lane, trainer in self._runs():
            if trainer.step < self._next and not trainer.diverged:
                if trained and perf_counter() >= until:
                    return False
                lane.train(trainer, self._next - trainer.step)
                trained = True
        return True

    def _arrive(self) -> None:
        """All have come to where the lap ends."""
        self.step = self._next
        if self.step in (next_look(self.looks[-1]), self.goal):
            self.looks.append(self.step)
            for lane in self.lanes:
                lane.look(self.step)
        for lane in self.lanes:
            lane.picture()

    def _show(self, frames: int = 1) -> None:
        """Something new to be seen: the last so many pictures of every board, and the gradients."""
        self.film += 1
        for lane in self.lanes:
            if not lane.frames:
                lane.picture()
            lane.frames = lane.frames[-frames:]
        if not self.playing or perf_counter() >= self._rests:
            self._chart()

    def _chart(self) -> None:
        """Let the charts show how it stands now."""
        self.charted = self.film
        for lane in self.lanes:
            lane.gradient()
