"""The race of a visitor: what is raced, whether it plays, and what is known of it; its run may stand elsewhere.

The page asks the run once in a tick, and reads what came of it: plain data of every network, of one training step.
"""

from collections.abc import Sized
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple

from rnn_core import Config
from rnn_core.idle import idle_fields
from rnn_core.sweep import contestants
from rnn_core.words import plural, t
from ui.compare.run import Lane, RaceRun, Report, Request
from ui.controls.names import name_of
from ui.figures.race import Beside
from ui.frame.address import plain
from ui.run.governor import ALONE, LEAST, SHORTEST
from ui.run.places import place
from ui.run.records import Order
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
            raise ValueError(t("{counted}; a race has {low} to {high}",
                               counted=counted(self.field, self.values), low=FEWEST, high=MOST))  # fmt: skip
        return contestants(self.base, self.field, self.values, self.equal)

    def lanes(self) -> tuple[dict[str, Config], int]:
        """What a RaceRun is made of: every contestant by its name, and how many seeds. Raises as `contestants` does."""
        named = {self.name(value): config for value, config in self.contestants().items()}
        return named, 1 if self.field == "seed" else self.seeds

    def name(self, value: Any) -> str:
        """A contestant's name: "lstm", "forget bias 3"."""
        if self.field in BARE:
            return plain(value)
        words = plain(value) if isinstance(value, str) else plain(value).replace("-", "−")
        return t("{setting} {value}", setting=name_of(self.field), value=words)


def counted(name: str, values: Sized) -> str:
    """How many values a field has, as a sentence begins."""
    return plural("{name} has {count} value", "{name} has {count} values", len(values), name=name)


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


class Race(AsOne):
    """A race and whether it plays. run: asked through its methods alone, for it may stand elsewhere. lanes, looks: what
    is known of its contestants, and the steps at which they were looked at. races counts those that were started, of
    what was not raced before.

    wanted: what else than base is asked for; `apply` starts a race with it, if that is another one. problem: why what
    is asked for cannot be. chosen: how many presets were. notes, refused: sentences for the page; address: what stood
    in its page's. instead: what is shown in its place. charted: the film that the charts are to show, sent: the one
    that they do; in a class, where a slice is short, they follow seldom. charts: what they were made of, and they.
    to_open: the contestant that is to be opened in the playground; keeps: those that are to be kept. kept: kept runs,
    in the first chart beside its own; weight: of its smoothing. heard: the number of the last act of the viewer;
    postponed: of the one that is to be done again, now that it stands still; not_opened: of one that was refused.
    listed: what differs, in the address.
    """

    usual = 0.012
    noun = t("race")
    run: RaceRun

    def __init__(self, setup: Setup, notes: tuple[str, ...] = ()) -> None:
        self.speed = "full"
        super().__init__()
        self.races = self.ticks = self.goal = 0
        self.refused, self.problem, self.chosen = "", "", 0
        self.address: dict[str, list[str]] = {}
        self.instead: AsOne | None = None
        self.sent, self._rests, self._trained = 0, float("-inf"), 0.0
        self.to_open, self.keeps = "", ()  # type: tuple[str, tuple[str, ...]]
        self.charts: tuple[Any, dict[str, Any]] | None = None
        self.kept: list[Beside] = []
        self.listed, self.heard, self.postponed, self.not_opened = Listed(), 0, 0, 0
        self.weight = 0.0
        self.setup = self.wanted = setup
        self.notes = notes
        self.lanes: list[Lane] = []
        self.looks: list[int] = []
        self.run = place().make(RaceRun, *setup.lanes())
        self._ask()
        self._begin(setup, notes)

    @property
    def config(self) -> Config:
        return self.setup.base

    @property
    def step(self) -> int:
        """Training steps that all have taken."""
        return self.run.status.step

    @property
    def film(self) -> int:
        """How many films there were."""
        return self.run.status.film

    @property
    def restarts(self) -> int:
        """How often a race started."""
        return self.run.status.restarts

    @property
    def charted(self) -> int:
        """The film that the charts are to show."""
        return self.run.status.charted

    @property
    def over(self) -> bool:
        """Whether all have diverged."""
        return self.run.status.over

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

    def take(self, setup: Setup, notes: tuple[str, ...] = ()) -> None:
        """Race that, from a new start. parts: what was put right in asking for it. Raises ValueError as Setup does."""
        with self.lock:
            self._start(setup, notes)
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
                self._ask(("still",))

    def reset(self) -> None:
        """The same start again, standing still."""
        with self.lock:
            self._start(self.setup)

    def tick(self, now: float) -> None:
        """Train for a slice of time, all to the same step."""
        if not self.due(now):
            return
        self.ticks += 1
        slice_ = self.slice()
        charts = perf_counter() + slice_ >= self._rests
        listens = slice_ > 2 * LEAST or self.ticks % SELDOM_ASKED == 0  # in a class an answer costs half a slice
        self._hear(self.run.train(self._order(slice_), charts, listens, self._so_far()))
        if self.step >= self.goal or self.over:
            self.pause()

    def slice(self) -> float:
        """As for all that plays; elsewhere no longer than here: the charts that come with it fit into the period."""
        left = super().slice()
        return max(LEAST, min(left, ALONE * self.pace.period - self.cost)) if self.there else left

    def listen(self, seconds: float) -> None:
        """Ask those runs that have trained since how far back they hear, for so long, or one of them."""
        if any(at != step for lane in self.lanes for (at, _), step in zip(lane.reach, lane.steps, strict=True)):
            self._ask(("listen", seconds))

    def shown(self) -> list[Lane]:
        """The contestants as they stand, with their films for the boards as they play now."""
        if self._known != self._now():
            self._ask()
        return self.lanes

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
        return self._trained

    def _start(self, setup: Setup, notes: tuple[str, ...] = ()) -> None:
        lanes = setup.lanes()
        super().pause()
        self._ask(("start", *lanes))
        self._begin(setup, notes)

    def _begin(self, setup: Setup, notes: tuple[str, ...]) -> None:
        """A race has started."""
        self.setup = self.wanted = setup
        self.goal = setup.steps
        idle = [(lane.name, idle_fields(lane.config).get(setup.field)) for lane in self.lanes]
        why = [
            t("{name}: its {setting} makes no difference, for {reason}.", name=name, setting=setup.field, reason=reason)
            for name, reason in idle if reason
        ]  # fmt: skip
        self.notes = (*notes, *why)

    def _order(self, slice_: float) -> Order:
        """How to train in this tick."""
        period, step = self.pace.period, self.step
        return Order(slice_, period, FRAMES, steps_in(period, self.speed, step) or max(FRAMES, step), goal=self.goal)

    def _so_far(self) -> Request:
        return Request(self.restarts, len(self.looks), [-1, *self.looks][-1], self.playing, self.pace.period)

    def _ask(self, *calls: tuple[Any, ...]) -> None:
        """Let the run do that, and take what is new of it."""
        self._hear(self.run.do(*calls, ("report", self._so_far()))[-1])

    def _hear(self, report: Report) -> None:
        if report.first:
            pairs = zip(report.lanes, self.lanes, strict=True)
            report = report._replace(lanes=[new.after(known, report.first) for new, known in pairs])
        self.lanes = report.lanes
        self.looks[report.first :] = report.looks
        self._trained += 0.0 if self.there else report.trained
        self._known = self._now()

    def _now(self) -> tuple[Any, ...]:
        """What the lanes depend on."""
        return self.run.worker, self.run.status, self.playing, self.pace.period
