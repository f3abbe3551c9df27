"""A map as it fills: its runs on a Dask cluster where the environment names one, else on worker processes that all
visitors share, or here in ticks where there are none.
"""

from time import perf_counter

import streamlit as st

from rnn_core import Config
from rnn_core.idle import idle_fields
from rnn_core.sweep import Pool, Result, Sweep, named_cluster, process_pool, sweep
from rnn_core.words import t
from ui.compare.plan import Cell, Plan
from ui.run.together import AsOne


@st.cache_resource(show_spinner=False)
def shared_pool() -> Pool:
    """The workers of this server: one for every core but one, started by the first map."""
    return process_pool()


class Map(AsOne):
    """A plan and its results by cell. It plays while it fills; chosen: the cell whose numbers are shown;
    shown_cell: the one that the page around it knows of.

    seconds: how long it has filled. notes, refused, problem, address: as a Race has them.
    """

    def __init__(self, plan: Plan, notes: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.film, self.chosen = 0, (0, 0)
        self.shown_cell = self.chosen
        self.refused = self.problem = ""
        self.address: dict[str, list[str]] = {}
        self._sweep: Sweep | None = None
        self._news: list[str] = []  # no method of this map: a sweep that holds it would outlive a tab that is closed
        self.plan = plan
        self.take(plan, notes)

    @property
    def config(self) -> Config:
        return self.plan.base

    @property
    def films(self) -> tuple[int, ...]:
        return (self.film,)

    @property
    def done(self) -> int:
        return sum(map(len, self.results.values()))

    @property
    def total(self) -> int:
        return len(self.cells)

    def apply(self, config: Config) -> None:
        """Map this base, and what else is wanted. Raises ValueError for what cannot be; the one before stays."""
        if self.problem:
            raise ValueError(self.problem)
        wanted = self.wanted._replace(base=config)
        if wanted._replace(outcome=self.plan.outcome) != self.plan:
            self.take(wanted)
        elif wanted != self.plan:
            self.plan, self.film = wanted, self.film + 1

    def take(self, plan: Plan, notes: tuple[str, ...] = ()) -> None:
        """Another map, empty. Raises ValueError as Plan does."""
        cells = plan.configs()
        with self.lock:
            self.pause()
            self.plan = self.wanted = plan
            self.cells: dict[Config, Cell] = cells
            idle = [(name, {idle_fields(run).get(name) for run in cells}) for name in (plan.across, plan.down)]
            why = [
                t("{setting} makes no difference, for {reason}.", setting=name, reason=min(map(str, all_)))
                for name, all_ in idle if None not in all_
            ]  # fmt: skip
            self.notes = (*notes, *why)
            self.reset()

    def reset(self) -> None:
        """Empty again."""
        with self.lock:
            self.pause()
            self.results: dict[Cell, list[Result]] = {}
            self.seconds = 0.0
            self.chosen = min(self.chosen[0], len(self.plan.xs) - 1), min(self.chosen[1], len(self.plan.ys) - 1)
            self.film += 1

    def play(self) -> None:
        """Fill what is not filled yet."""
        with self.lock:
            had = {result.config for results in self.results.values() for result in results}
            left = [config for config in self.cells if config not in had]
            if self.playing or not left:
                return
            workers = named_cluster(self._news.append) or shared_pool()
            self._sweep = sweep(left, self.plan.steps, workers, tell=self._news.append)
            self._last = perf_counter()
            super().play()

    def pause(self) -> None:
        """Stop: what waits is dropped, what a worker has begun ends by itself, unheard."""
        with self.lock:
            super().pause()
            if self._sweep:
                self._sweep.close()
                self._sweep = None

    def tick(self, now: float) -> None:
        """Take what is done; where there are no workers, train for a slice."""
        if not self._sweep or not self.due(now):
            return
        had, left, until = self.done, 1.0, perf_counter() + self.slice()
        while left > 0 and not self._sweep.finished:
            left = until - perf_counter()
            for result in self._sweep.ready(max(0.0, left)):
                self.results.setdefault(self.cells[result.config], []).append(result)
        self.notes += tuple(f"{each[0].upper()}{each[1:]}." for each in self._news)
        self._news.clear()
        before, self._last = self._last, perf_counter()
        self.seconds += self._last - before
        self.film += self.done > had
        if self._sweep.finished:
            self.pause()

    def choose(self, side: int, place: int) -> None:
        """Show the numbers of another cell: side 0 is across, 1 is down. It comes from a browser: a place that is none
        changes nothing.
        """
        if 0 <= place < len((self.plan.xs, self.plan.ys)[side]):
            x, y = self.chosen
            self.chosen, self.film = ((place, y), (x, place))[side], self.film + 1

    def choose_value(self, side: int, value: object) -> None:
        """The same by a value of that side."""
        self.choose(side, (self.plan.xs, self.plan.ys)[side].index(value))

    @property
    def remaining(self) -> float:
        """Seconds until it is filled, by what has been done."""
        return self.seconds * (self.total - self.done) / self.done if self.done else 0.0
