"""A series and the network that forecasts it: a Session that also knows the table, the split, the rules, the scores."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnn_core import Config
from rnn_core.forecast import Errors, Rule, errors, roll, roll_shuffled, rules, season
from rnn_core.tasks.own_series import LEAST_WINDOWS, Split, series_task, shuffled_task
from rnn_core.tasks.task import DATA
from ui.board.words import short
from ui.session import Session
from ui.tables import Series, Table, read_table

EXAMPLES = {name: DATA / f"{name}.csv" for name in ("sunspots", "airline") if (DATA / f"{name}.csv").exists()}
DEFAULTS: dict[str, Any] = {"task": "sunspots", "cell": "gru", "hidden_size": 16, "learning_rate": 0.005}
WINDOW, HORIZON, PERIOD = 60, 60, 400  # at most
HOLD_OUT = 20  # per cent of the series
OWN = "own"


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
    unrolled: whether the board is shown; opened: the film for which a slow step opened it.
    """

    def __init__(self) -> None:
        self.own: Table | None = None
        self.wanted: tuple[str, bytes] | None = None
        self.uploads, self.unrolled, self.opened = 0, False, 0
        self.control: Control | None = None
        self._examples: dict[str, Table] = {}
        self._scored: tuple[tuple[object, ...], Errors] | None = None
        source = next(iter(EXAMPLES))
        self._take(Parts(source, self.open(source).likely))
        super().__init__(Config(**DEFAULTS, length=self.parts.window), task=self.task)

    def open(self, source: str) -> Table:
        """The table of that name."""
        if source == OWN and self.own:
            return self.own
        if source not in self._examples:
            self._examples[source] = read_table(source, Path(EXAMPLES[source]).read_bytes())
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
        table = read_table(*wanted)
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

    def _take(self, parts: Parts) -> None:
        table = self.open(parts.source)
        series = table.series(parts.column)
        held_out = held_out_of(series, parts.hold_out)
        first = Split(series.values, series.known, 1, 1, held_out)  # to find the season, before the window is known
        found = season(first)
        period = parts.period or found
        window, horizon = most(len(series), held_out)
        parts = dataclasses.replace(
            parts,
            window=max(1, min(parts.window or 2 * found or 20, window)),
            horizon=max(1, min(parts.horizon or found or 12, horizon)),
        )
        split = dataclasses.replace(first, window=parts.window, horizon=parts.horizon)
        period = min(period, split.train)
        made = rules(split, period)
        at, truth = split.origins, split.truth(split.origins)
        self.rules: list[tuple[Rule, Errors]] = [(rule, errors(rule.forecast(at), truth)) for rule in made]
        self.parts, self.series, self.split, self.period, self.found = parts, series, split, period, found
        self._taken = table
        self.origin = split.train
        self.task = series_task(split, f"Forecast {series.name[:40]}", short)

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

    def labels(self) -> list[str]:
        """The names of the values that the shown forecast is for."""
        after = self.series.labels[self.origin : self.origin + self.split.horizon]
        missing = self.split.horizon - len(after)
        return after + (self.series.later(missing) if missing else [])


def held_out_of(series: Series, per_cent: int) -> int:
    return max(1, round(len(series) * per_cent / 100))


def most(n: int, held_out: int) -> tuple[int, int]:
    """The longest window and the longest horizon for a series of n values."""
    return min(WINDOW, n - held_out - LEAST_WINDOWS), min(HORIZON, held_out)
