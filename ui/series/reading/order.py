"""Rows on their calendar: in the order of their times, each once, without what is empty at both ends."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from rnn_core.words import plural, t
from ui.frame.address import quoted
from ui.series.reading import calendar
from ui.series.reading.choice import listed
from ui.series.reading.times import Times


class Placed(NamedTuple):
    """values (n,) on index (n,); rows (n,): each value's row in the file, 0 for one that is missing there."""

    values: np.ndarray
    index: pd.Index
    frequency: str | None
    rows: np.ndarray
    zone: str = ""
    notes: tuple[str, ...] = ()


def on_time(values: np.ndarray, rows: np.ndarray, times: Times, zone: str | None) -> Placed:
    """The values on the calendar of their times, with gaps where it has more entries than the file; or counted."""
    if times.dates is None:
        return Placed(values, pd.RangeIndex(1, len(values) + 1), None, rows)
    order, when, zone_there, notes = in_order(times, rows, zone)
    result = calendar.on_calendar(when)
    on_grid, at = np.full(len(result.index), np.nan), np.zeros(len(result.index), int)
    on_grid[result.at], at[result.at] = values[order], rows[order]
    return Placed(on_grid, result.index, result.frequency, at, zone_there, tuple(notes))


def without_ends(placed: Placed, column: str, odd: list[str]) -> tuple[Placed, list[str]]:
    """From the first value to the last. Raises ValueError where there are not even two."""
    values, index = placed.values, placed.index
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        numbers = plural("{count} number", "{count} numbers", len(known))
        if odd:
            numbers = t("{numbers}, and {cell}", numbers=numbers, cell=quoted(odd[0]))
        raise ValueError(t(
            "column {column} has {numbers}; choose another column or upload more rows",
            column=quoted(column), numbers=numbers
        ))
    first, last = int(known[0]), int(known[-1])
    notes = []
    if first:
        notes.append(plural(
            "The first row has no value and is left out.", "The first {count} rows have no value and are left out.",
            first, count=first
        ))
    if after := len(values) - last - 1:
        notes.append(plural(
            "The last row has no value and is left out.", "The last {count} rows have no value and are left out.",
            after, count=after
        ))
    whole = slice(first, last + 1)
    index = pd.RangeIndex(1, last - first + 2) if isinstance(index, pd.RangeIndex) else index[whole]
    return placed._replace(values=values[whole], index=index, rows=placed.rows[whole]), notes


def in_order(times: Times, rows: np.ndarray, zone: str | None) -> tuple[np.ndarray, pd.DatetimeIndex, str, list[str]]:
    """The rows' positions by their times, each time once; the times; their zone; what was put right.

    Raises ValueError where so many times are repeated that these are several series.
    """
    assert times.dates is not None
    when, offsets, notes = pd.DatetimeIndex(times.dates.when).as_unit("us"), times.dates.offsets, []
    order = np.arange(len(when))
    steps = np.diff(when.asi8)
    if (steps < 0).sum() > (steps > 0).sum():
        order, when = order[::-1], when[::-1]
        offsets = None if offsets is None else offsets[::-1]
        notes.append(t("The newest row stands first in the file: the series is turned."))
    when, zone_there = calendar.with_zone(when, offsets, zone)
    if not when.is_monotonic_increasing:
        late = int(np.flatnonzero(np.diff(when.asi8) < 0)[0]) + 1
        notes.append(t(
            "The dates are not in order (row {row} is before the row above it): sorted.", row=rows[order[late]]
        ))
        by_time = np.argsort(when.asi8, kind="stable")
        order, when = order[by_time], when[by_time]
    double = np.flatnonzero(when.duplicated())
    if len(double) > max(1, 0.05 * len(when)):
        one, other = rows[order[double[0] - 1]], rows[order[double[0]]]
        raise ValueError(t(
            "column {column} has the same date in rows {one} and {other}, and {count} times more; keep one row for "
            "each date, or choose the column that tells the series apart",
            column=quoted(times.columns[0]), one=one, other=other, count=len(double) - 1
        ))
    if len(double):
        pairs = listed([t("{one} and {other}", one=rows[order[at - 1]], other=rows[order[at]]) for at in double])
        notes.append(t("The same date stands in rows {pairs}: the first of each is kept.", pairs=pairs))
    once = ~when.duplicated()
    return order[once], when[once], zone_there, notes


def of_missing(placed: Placed, times: Times) -> list[str]:
    """Sentences about rows that the calendar has and the file has not."""
    if placed.frequency is None:
        uneven = times.dates is not None and len(placed.index) > 2
        return [t("The dates have no even steps; the rows are taken one after another.")] * uneven
    missing = placed.index[placed.rows == 0]
    shown = listed([str(each).removesuffix(" 00:00:00") for each in missing])
    what = calendar.steps_in_words(placed.frequency)
    return [
        t(
            "{missing} of {all} {steps} are missing ({shown}); they are gaps.",
            missing=len(missing), all=len(placed.index), steps=what, shown=shown
        )
    ] * bool(len(missing))
