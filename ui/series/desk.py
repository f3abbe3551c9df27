"""A series and the network that forecasts it: a Session that also knows the table, the split, the rules, the scores."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnn_core import Config
from rnn_core.forecast import Errors, errors, roll, roll_shuffled, rules, season
from rnn_core.tasks.own_series import LEAST_WINDOWS, Split, series_task, shuffled_task
from rnn_core.tasks.task import DATA
from ui.board.words import short
from ui.run.session import Session
from ui.series.table import Series, Table

EXAMPLES = {name: DATA / f"{name}.csv" for name in ("sunspots", "airline") if (DATA / f"{name}.csv").exists()}
DEFAULTS: dict[str, Any] = {"task": "sunspots", "cell": "gru", "hidden_size": 16, "learning_rate": 0.005}
WINDOW, HORIZON, PERIOD = 60, 60, 400  # at most
BEFORE = 4  # earlier forecasts that stay in the picture while it plays
HOLD_OUT = 20  # per cent of the series
ROOMS = 8  # that are remembered
OWN = "own"


class Room(NamedTuple):
    """What a series has room for. season: the one found, 0: none. longest, farthest: the most of window and horizon."""

    table: Table
    series: Series
    split: Split
    season: int
    longest: int
    farthest: int

    @property
    def window(self) -> int:
        """The one that suits where nobody chose one: two seasons."""
        return max(1, min(2 * self.season or 20, self.longest))

    @property
    def horizon(self) -> int:
        """The one that suits where nobody chose one: a season."""
        return max(1, min(self.season or 12, self.farthest))


@dataclass(frozen=True)
class Parts:
    """What is learned of which table: source is the name of an example, or OWN; hold_out is in per cent of the series;
    period is the season, 0: the one that is found.
    """

    source: str
    column: str
    window: int = 0
    horizon: int = 0
    hold_out: int = HOLD_OUT
    period: int = 0


class Control(Session):
    """The same training on windows whose order is shuffled, until it has taken as many steps."""

    def __init__(self, s: "Desk") -> None:
        self.steps, self.split = s.trainer.step, s.split
        super().__init__(s.config, task=shuffled_task(s.split))

    def tick(self, now: float) -> None:
        """A slice; it stands still once it is there."""
        super().tick(now)
        if self.playing and self.trainer.step >= self.steps:
            self.pause()

    def _train(self, steps: int, more: bool) -> list[Any]:
        return super()._train(min(steps, self.steps - self.trainer.step), more=False)

    def scores(self) -> Errors:
        """On the held-out part, each window shuffled: the same shuffles whenever it is asked."""
        at = self.split.origins
        said = roll_shuffled(self.trainer.network, self.trainer.params, self.split, at, np.random.default_rng(0))
        return errors(said, self.split.truth(at))


class Desk(Session):
    """A run on a series. own: the table that somebody brought, or None. origin: the index of the first value that the
    shown forecast is for; len(series) is the future. wanted: a file that waits to be read. uploads: how many came.
    unrolled: whether the board is shown; opened: the film for which a slow step opened it. other: another series was
    chosen, whose window and horizon are its own.
    """

    def __init__(self) -> None:
        self.own: Table | None = None
        self.wanted: tuple[str, bytes] | None = None
        self.uploads, self.unrolled, self.opened, self.other = 0, False, 0, False
        self.control: Control | None = None
        self._examples: dict[str, Table] = {}
        self._rooms: dict[tuple[str, str, int], Room] = {}
        self._scored: tuple[tuple[object, ...], Errors] | None = None
        self._shown: tuple[object, list[tuple[int, np.ndarray]]] = (None, [])
        source = next(iter(EXAMPLES))
        self._take(Parts(source, self.open(source).likely))
        super().__init__(Config(**DEFAULTS, length=self.parts.window), task=self.task)

    def open(self, source: str) -> Table:
        """The table of that name."""
        if source == OWN and self.own:
            return self.own
        if source not in self._examples:
            self._examples[source] = Table(source, Path(EXAMPLES[source]).read_bytes())
        return self._examples[source]

    @property
    def table(self) -> Table:
        return self.open(self.parts.source)

    @property
    def sources(self) -> list[str]:
        return [*([OWN] if self.own else []), *EXAMPLES]

    def want(self, name: str, data: bytes) -> None:
        """Somebody brought a file."""
        self.wanted = (name, data)

    def bring(self) -> None:
        """Take the file that is wanted, once. Raises ValueError in one sentence, and changes nothing, where that cannot
        be.
        """
        wanted, self.wanted = self.wanted, None
        if wanted is None:
            return
        table = Table(*wanted)
        table.series(table.likely)
        before, self.own = self.own, table
        try:
            self.choose(Parts(OWN, table.likely))
        except ValueError:
            self.own = before
            raise

    def choose(self, parts: Parts) -> None:
        """Learn this from now on: from a new start, unless only the horizon or the season is another.

        Raises ValueError in one sentence, and changes nothing, where that cannot be.
        """
        if parts == self.parts and self.table is self._taken:
            return
        run = self._of_run
        self._take(parts)
        if self._of_run != run:
            with self.lock:
                self.pause()
                self.control = None
                self._start(dataclasses.replace(self.config, length=self.parts.window))
            self.said, self.refused = (), ""
            self.news = f"A new run started: {self.split.train:,} values to learn from, window {self.parts.window}."

    @property
    def _of_run(self) -> tuple[object, ...]:
        """What a run is made of; another one means a new run."""
        return id(self._taken), self.parts.column, self.parts.window, self.parts.hold_out

    def room(self, source: str, column: str, hold_out: int) -> "Room":
        """What a series has room for. Raises ValueError in one sentence where nothing can be learned of it."""
        table = self.open(source)
        if (found := self._rooms.get((source, column, hold_out))) and found.table is table:
            return found
        series = table.series(column)
        held_out = max(1, round(len(series) * hold_out / 100))
        split = Split(series.values, series.known, 1, 1, held_out)  # to find the season, before the window is known
        longest = min(WINDOW, split.train - LEAST_WINDOWS)
        room = self._rooms[source, column, hold_out] = Room(
            table, series, split, season(split), longest, min(HORIZON, held_out)
        )
        if len(self._rooms) > ROOMS:
            del self._rooms[next(iter(self._rooms))]
        return room

    def _take(self, parts: Parts) -> None:
        room = self.room(parts.source, parts.column, parts.hold_out)
        parts = dataclasses.replace(
            parts,
            window=max(1, min(parts.window or room.window, room.longest)),
            horizon=max(1, min(parts.horizon or room.horizon, room.farthest)),
        )
        split = dataclasses.replace(room.split, window=parts.window, horizon=parts.horizon)
        period = min(parts.period or room.season, split.train)
        made = rules(split, period)
        at, truth = split.origins, split.truth(split.origins)
        self.rules = [(rule, unrounded(errors(rule.forecast(at), truth), split)) for rule in made]
        self.parts, self.series, self.split, self.period, self.found = parts, room.series, split, period, room.season
        self._taken = room.table
        self.origin = split.train
        self.task = series_task(split, f"Forecast {self.series.name[:40]}", short)

    def apply(self, config: Config) -> None:
        """As for every session; the control belongs to the run before."""
        run = self.run
        super().apply(config)
        if self.run != run:
            self.control = None

    def scores(self) -> Errors:
        """The network's, on the held-out part, as it stands."""
        now = (self.run, self.trainer.step, id(self.split))
        if self._scored is None or self._scored[0] != now:
            said = self.forecast(self.split.origins)
            self._scored = (now, errors(said, self.split.truth(self.split.origins)))
        return self._scored[1]

    def forecast(self, origins: np.ndarray) -> np.ndarray:
        """The network's roll from each origin, (horizon, origins)."""
        with np.errstate(all="ignore"):
            return roll(self.trainer.network, self.trainer.params, self.split, origins)

    def lines(self) -> dict[str, np.ndarray]:
        """Every method's forecast from the origin that is shown, (horizon,) by name."""
        at = np.array([self.origin])
        return {"network": self.forecast(at)[:, 0]} | {rule.name: rule.forecast(at)[:, 0] for rule, _ in self.rules}

    def earlier(self, now: np.ndarray) -> list[np.ndarray]:
        """The network's forecasts of the last films, the latest first, while it plays; `now` is the next of them."""
        of = (self.run, id(self.split), self.origin)
        if self._shown[0] != of:
            self._shown = of, []
        before = [line for step, line in self._shown[1] if step < self.trainer.step][:BEFORE]
        self._shown = of, [(self.trainer.step, now), *((k, v) for k, v in self._shown[1] if k < self.trainer.step)]
        del self._shown[1][BEFORE + 1 :]
        return before if self.playing else []

    def labels(self) -> list[str]:
        """The names of the values that the shown forecast is for."""
        after = self.series.labels[self.origin : self.origin + self.split.horizon]
        missing = self.split.horizon - len(after)
        return after + (self.series.later(missing) if missing else [])


def unrounded(found: Errors, split: Split) -> Errors:
    """The same errors, 0 where they are no more than float64's own rounding: a rule that is exact is said to be."""
    least = 1e-9 * split.deviation + 1e-12 * float(np.abs(split.values).max())
    return Errors(*(np.where(error < least, 0.0, error) for error in found))
