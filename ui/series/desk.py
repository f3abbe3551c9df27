"""A series and the networks that learn it: a Session that also knows the table, the split, the rules, the scores."""

import dataclasses
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from rnn_core import Config
from rnn_core.forecast import Errors, errors, rules
from rnn_core.tasks import Task
from rnn_core.tasks.own_series import Split, series_task
from rnn_core.tasks.task import DATA
from rnn_core.words import t
from ui.figures.numbers import short
from ui.frame.address import quoted
from ui.run.desk import Desk
from ui.run.places import place
from ui.run.records import Order
from ui.run.session import Session
from ui.series.parts import LESS, Parts, Room, lags, room_of, splits_of
from ui.series.reading import NoSeries, Reading, Understood
from ui.series.reading.files import too_large
from ui.series.run import ControlRun, Selected, SeriesRun
from ui.series.table import Table

EXAMPLES = {name: DATA / f"{name}.csv" for name in ("sunspots", "airline") if (DATA / f"{name}.csv").exists()}
DEFAULTS: dict[str, Any] = {"task": "sunspots", "cell": "gru", "hidden_size": 16, "learning_rate": 0.005}
ROOMS = 8  # that are remembered
LAGS = 30  # at which a forecast is compared with the values
OWN = "own"


class Draft(NamedTuple):
    """A file of which nothing is learned: how it was read, for somebody to change."""

    name: str
    data: bytes
    given: dict[str, Any]
    reading: Reading | Understood


class Control(Session):
    """The same training on windows whose order is shuffled, until it has taken as many steps as the best network."""

    run: ControlRun

    def __init__(self, s: "SeriesDesk") -> None:
        self.steps, self.split = s.best_step, s.splits[s.selected.name]
        super().__init__(s.config)

    def make(self, config: Config) -> ControlRun:
        return place().make(ControlRun, config, self.split)

    def tick(self, now: float) -> None:
        """A slice; it stands still once it is there."""
        super().tick(now)
        if self.playing and self.status.step >= self.steps:
            self.pause()

    def order(self) -> Order:
        order = super().order()
        return order._replace(steps=min(order.steps, self.steps - self.status.step), more=False)

    def scores(self) -> Errors:
        """On the held-out part, each window shuffled: the same shuffles whenever it is asked."""
        return self.run.scores()


class SeriesDesk(Desk):
    """A run on a series: several candidates train, and the board shows the one that validates best.

    own: the table that somebody brought, or None. origin: the index of the first value that the
    shown forecast is for; len(series) is the future. wanted: a file's name and bytes, and the choices of how it is
    read, None: as it was read before, or by guesses. other: another series was chosen, whose window and horizon are its
    own. draft: a file that was brought and could not be learned as it was; readings: how many were made; remembered:
    how somebody read a file, by `mark_of` it.
    """

    judged = "validation"
    run: SeriesRun

    def __init__(self) -> None:
        self.own: Table | None = None
        self.draft: Draft | None = None
        self.again = 0  # a step up to which it is to be trained
        self.readings, self.remembered = 0, dict[str, dict[str, Any]]()
        self.other = False
        self.control: Control | None = None
        self._examples: dict[str, Table] = {}
        self._rooms: dict[tuple[str, str, int], Room] = {}
        self._selected: tuple[tuple[int, int], Selected] | None = None
        self._tested: tuple[tuple[object, ...], np.ndarray, np.ndarray] | None = None
        source = next(iter(EXAMPLES))
        self._take(Parts(source, self.open(source).likely))
        super().__init__(Config(**DEFAULTS, length=self.parts.window))

    def make(self, config: Config) -> SeriesRun:
        return place().make(SeriesRun, config, self.splits, self.title)

    @property
    def title(self) -> str:
        """Of the task."""
        return t("Forecast {series}", series=self.series.name[:40])

    @property
    def task(self) -> Task:
        return series_task(self.split.without_test, self.title, short)

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

    def reread(self, name: str, value: Any) -> None:
        """Read the file that is shown again, with another choice."""
        if shown := self.draft or self.own:
            self.want(shown.name, shown.data, {**shown.given, name: value})

    def bring(self) -> str:
        """As every desk does; what could not be learned is the draft, if it is a table at all."""
        wanted, self.wanted = self.wanted, None
        if wanted is None:
            return ""
        name, data, given = wanted if len(wanted) == 3 else (*wanted, None)
        again, self.readings = given is not None, self.readings + 1
        given = given if given is not None else self.remembered.get(mark_of(data), {})
        before, table = self.own, None
        try:
            table = Table(name, data, given)
            column = self.parts.column if again and self.parts.column in table.columns else table.learnable
            self.own = table
            parts = self.parts if again else Parts(OWN, "")
            note = self._choose_some(dataclasses.replace(parts, source=OWN, column=column))
        except ValueError as problem:
            self.own = before
            understood = problem.understood if isinstance(problem, NoSeries) else table and table.reading
            self.draft = Draft(name, data, given, understood) if understood else self.draft if again else None
            raise
        self.draft, self.remembered = None, {mark_of(data): given} if given else {}
        return note

    def too_large(self, name: str, size: int) -> str:
        return t("{file} was not read: {problem}", file=name, problem=too_large(size))

    def stays(self, problem: str) -> str:
        return t("{problem}. {table} stays as it was.", problem=problem.rstrip("."), table=quoted(self.table.name))

    def _choose_some(self, parts: Parts) -> str:
        """Learn this; where with so much held out nothing can be, hold out less -> and say so."""
        for hold_out in (parts.hold_out, *(less for less in LESS if less < parts.hold_out)):
            try:
                self.choose(dataclasses.replace(parts, hold_out=hold_out))
            except ValueError:
                if hold_out <= LESS[-1]:
                    raise
                continue
            break
        if self.parts.hold_out == parts.hold_out:
            return ""
        return t(
            "{held_out} % are held out: with {wanted} % nothing could be learned from the rest.",
            held_out=self.parts.hold_out, wanted=parts.hold_out
        )

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
                self.remake(dataclasses.replace(self.config, length=self.parts.window))
            self.notes, self.refused = (), ""
            self.news = t(
                "A new run started: {count} values to learn from, window {window}.",
                count=f"{self.split.train:,}", window=self.parts.window
            )

    @property
    def _of_run(self) -> tuple[object, ...]:
        """What a run is made of; another one means a new run."""
        return id(self._taken), self.parts.column, self.parts.window, self.parts.hold_out, *lags(self.splits)

    def room(self, source: str, column: str, hold_out: int) -> "Room":
        """What a series has room for. Raises ValueError in one sentence where nothing can be learned of it."""
        table = self.open(source)
        if (result := self._rooms.get((source, column, hold_out))) and result.table is table:
            return result
        self._rooms[source, column, hold_out] = room = room_of(table, column, hold_out)
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
        period = min(parts.period or room.season.period, split.train)
        splits = splits_of(split, period, parts.learn)
        made = rules(split, period)
        at, truth = split.origins, split.truth(split.origins)
        self.rules = [(rule, unrounded(errors(rule.forecast(at), truth), split)) for rule in made]
        self.parts, self.series, self.split, self.period, self.found = parts, room.series, split, period, room.season
        self._taken, self.splits = room.table, splits
        inner, at = split.without_test, split.without_test.origins
        made = rules(inner, period if period <= inner.train else 0)
        self.validation_rule = min(float(errors(rule.forecast(at), inner.truth(at)).rmse[0]) for rule in made)
        if "run" in vars(self):
            self.run.set_horizon(parts.horizon)
        self.origin = split.train

    def apply(self, config: Config) -> None:
        """As for every session; the control belongs to the run before."""
        before = self.restarts
        super().apply(config)
        if self.restarts != before:
            self.control = None

    @property
    def selected(self) -> Selected:
        """What validation has chosen so far."""
        now = self.restarts, self.film
        if self._selected is None or self._selected[0] != now:
            self._selected = now, self.run.selected()
        return self._selected[1]

    @property
    def best_step(self) -> int:
        """The step whose network forecasts; 0 before the first."""
        return self.selected.best_step or 0

    @property
    def can_go_back(self) -> bool:
        """What forecasts is the best step's network already."""
        return False

    def answer(self) -> None:
        """As for every session; a run that was kept is trained again to its step, once its page is there."""
        again, self.again = self.again, 0
        if again:
            with self.lock:
                self.skip_to(again)
        super().answer()

    def keep_pace(self, now: float) -> None:
        """A film of few frames where no board shows it: every frame costs a look at the validation part."""
        super().keep_pace(now)
        if not self.unrolled:
            self.pace = self.pace._replace(frames=2)

    def scores(self) -> tuple[Errors, Errors]:
        """On the test part: the best network's, and of the network as it stands."""
        truth = self.split.truth(self.split.origins)
        best, last = (errors(result, truth) for result in self.tested())
        return best, last

    def tested(self) -> tuple[np.ndarray, np.ndarray]:
        """The forecasts that are scored, of the best network and of the network as it stands."""
        now = self.restarts, self.best_step, self.selected.refit_step, id(self.split)
        if self._tested is None or self._tested[0] != now:
            self._tested = now, *self.forecasts(self.split.origins)
        return self._tested[1:]

    def forecasts(self, origins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the best network and of the one as it stands, from each origin, (horizon, origins)."""
        best, last = self.run.forecasts(origins)
        return best[: self.split.horizon], last[: self.split.horizon]

    def lines(self) -> dict[str, np.ndarray]:
        """Every method's forecast from the origin that is shown, (horizon,) by name."""
        at = np.array([self.origin])
        best, last = self.forecasts(at)
        networks = {"network": best[:, 0], "last step": last[:, 0]}
        return networks | {rule.name: rule.forecast(at)[:, 0] for rule, _ in self.rules}

    def band(self, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(low, high) of 80 % around a forecast of the best network, (horizon,) or (horizon, origins)."""
        return self.run.band(forecast)

    def coverage(self) -> float:
        """The part of the test part's values that lie within the band, over all origins and leads."""
        (result, _), truth = self.tested(), self.split.truth(self.split.origins)
        low, high = self.band(result)
        known = np.isfinite(truth) & np.isfinite(low)
        return float(((low <= truth) & (truth <= high))[known].mean()) if known.any() else float("nan")

    def best_lag(self) -> int:
        """The lag at which the forecasts one step ahead correlate best with the values: 0 as it should be."""
        at = self.split.origins
        text = self.tested()[0][0]
        lags = range(min(LAGS, int(at[0])) + 1)
        with np.errstate(all="ignore"):
            alike = [np.corrcoef(text, self.split.values[at - lag])[0, 1] for lag in lags]
        return int(np.nanargmax(alike)) if np.isfinite(alike).any() else 0

    def labels(self) -> list[str]:
        """The names of the values that the shown forecast is for."""
        after = self.series.labels[self.origin : self.origin + self.split.horizon]
        missing = self.split.horizon - len(after)
        return after + (self.series.later(missing) if missing else [])


def unrounded(result: Errors, split: Split) -> Errors:
    """The same errors, 0 where they are no more than float64's own rounding: a rule that is exact is said to be."""
    least = 1e-9 * split.deviation + 1e-12 * float(np.abs(split.values).max())
    return Errors(*(np.where(error < least, 0.0, error) for error in result))


def mark_of(data: bytes) -> str:
    """By which a file is known again."""
    return f"{crc32(data):08x}"
