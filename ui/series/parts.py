"""What may be learned of a table: the parts of a series, what they have room for, and whether values or changes."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from rnn_core.season import Season, find_season
from rnn_core.tasks.own_series import LEAST_WINDOWS, Split
from rnn_core.words import t
from ui.series.table import Series, Table

WINDOW, HORIZON, PERIOD = 60, 60, 400  # at most
HOLD_OUT = 20  # per cent of the series
LESS = (10, 5)  # where with so much nothing is left to learn
AUTO, LEVELS, CHANGES, SEASONAL = LEARN = ("auto", "levels", "changes", "seasonal changes")
USUAL = {"D": (7, 365), "B": (5, 260), "W": (52,), "h": (24, 168), "MS": (12,), "ME": (12,), "QS": (4,), "QE": (4,)}


class Room(NamedTuple):
    """What a series has room for. season: the one found; longest, farthest: the most of window and horizon."""

    table: Table
    series: Series
    split: Split
    season: Season
    longest: int
    farthest: int

    @property
    def window(self) -> int:
        """The one that suits where nobody chose one: two seasons."""
        return max(1, min(2 * self.season.period or 20, self.longest))

    @property
    def horizon(self) -> int:
        """The one that suits where nobody chose one: a season."""
        return max(1, min(self.season.period or 12, self.farthest))


@dataclass(frozen=True)
class Parts:
    """What is learned of which table: source is the name of an example, or OWN; hold_out is in per cent of the series;
    period is the season, 0: the one that is found; learn is one of LEARN.
    """

    source: str
    column: str
    window: int = 0
    horizon: int = 0
    hold_out: int = HOLD_OUT
    period: int = 0
    learn: str = AUTO


def room_of(table: Table, column: str, hold_out: int) -> Room:
    """What a column has room for. Raises ValueError in one sentence where nothing can be learned of it."""
    series = table.series(column)
    held_out = max(1, round(len(series) * hold_out / 100))
    split = Split(series.values, series.known, 1, 1, held_out)  # before window and horizon are known
    longest = min(WINDOW, split.without_test.train - 1 - LEAST_WINDOWS)
    season = find_season(split.values[: split.train], USUAL.get((series.reading.frequency or "").split("-")[0], ()))
    return Room(table, series, split, season, longest, min(HORIZON, held_out))


def splits_of(split: Split, period: int, learn: str) -> dict[str, Split]:
    """What may be learned of a series, by name. Raises ValueError in one sentence where the chosen one cannot be."""
    if learn == SEASONAL and period < 2:
        raise ValueError(t("learn is seasonal changes and no season was found; set one under More, or learn changes"))
    lags = {LEVELS: 0, CHANGES: 1} | ({SEASONAL: period} if period > 1 else {})
    result: dict[str, Split] = {}
    for name, lag in lags.items():
        if learn in (AUTO, name):
            try:
                parted = replace(split, lag=lag)
                _ = parted.without_test  # it is refused here, or nowhere
            except ValueError:
                if learn != AUTO or name == LEVELS:
                    raise
                continue
            result[name] = parted
    return result


def lags(splits: dict[str, Split]) -> list[tuple[str, int]]:
    return [(name, split.lag) for name, split in splits.items()]
