"""Which columns hold the times: one of dates, a date and a clock, a year and a month, or numbers that are dates."""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.series.reading.choice import Choice, listed
from ui.series.reading.clocks import ONLY_CLOCK, clock
from ui.series.reading.dates import ENOUGH, Dates, is_date, month_number, read_dates, whole_years
from ui.series.reading.numerals import as_floats
from ui.series.reading.serials import YEAR, may_count, read_numbers

PARTS = {
    "year": YEAR,
    "month": r"month|mon|mo|mm|monat|mois|mes|mese|月",
    "quarter": r"quarter|qtr|q|quartal|trimestre",
    "day": r"day|dy|dd|dom|tag|jour|dia|day of month|日",
    "hour": r"hour|hr|hh|stunde|heure|hora",
    "minute": r"minute|min",
}
LIMITS = {"month": (1, 12), "quarter": (1, 4), "day": (1, 31), "hour": (0, 24), "minute": (0, 59)}


class Times(NamedTuple):
    """columns: the names of those that hold the times, () if none does. dates: the times. choice: with the others."""

    columns: tuple[str, ...]
    dates: Dates | None
    choice: Choice


def kept(times: Times, rows: np.ndarray) -> Times:
    """The times of some of the rows."""
    if times.dates is None:
        return times
    dates = times.dates
    when = dates.when.iloc[rows].reset_index(drop=True)
    offsets = None if dates.offsets is None else dates.offsets[rows]
    return times._replace(dates=dates._replace(when=when, offsets=offsets))


def find_times(cells: pd.DataFrame, given: tuple[str, ...] | None, dayfirst: bool | None) -> Times:
    """The columns that hold the times, and the timestamps. Raises ValueError where chosen columns do not."""
    result = candidates(cells)
    options = (*result, ())
    if given is not None:
        return chosen(cells, given, dayfirst, options)
    for columns in result:
        if dates := read_columns(cells, columns, dayfirst):
            because = dates.because
            if len(result) > 1:
                because = t("{because}, the first of several", because=because)
            return Times(columns, dates, Choice(columns, because, True, options))
    return Times((), None, Choice((), t("no column has dates that are known"), True, options))


def chosen(cells: pd.DataFrame, given: tuple[str, ...], dayfirst: bool | None, options: tuple) -> Times:
    """The times in the columns that somebody chose. Raises ValueError where there are none."""
    if unknown := [name for name in given if name not in cells]:
        raise ValueError(t(
            "it has no column {column} for the dates; choose among {columns}",
            column=repr(unknown[0]), columns=listed(list(cells), 10)
        ))
    dates = read_columns(cells, given, dayfirst) if given else None
    if given and dates is None:
        raise ValueError(t(
            "column {column} has no dates that are known; choose another, or none", column=repr(given[0])
        ))
    return Times(given, dates, Choice(given, t("chosen"), True, options))


def candidates(cells: pd.DataFrame) -> list[tuple[str, ...]]:
    """Columns that may hold the times, the likeliest first: dates, then parts of them, then numbers."""
    sample = cells.iloc[:: max(1, len(cells) // 100)]
    dated = [name for name in cells if share(sample[name], is_date) >= ENOUGH]
    clocks = [name for name in cells if share(sample[name], lambda cell: bool(ONLY_CLOCK.match(cell))) > ENOUGH]
    named = part_columns(sample)
    result: list[tuple[str, ...]] = []
    for name in dated:
        repeated = cells[name].duplicated().mean() > 0.5
        beside = [each for each in (*clocks, named.get("hour", "")) if each] if repeated else []
        result += [(name, beside[0])] if beside else []
        result.append((name,))
    if "year" in named and len(named) > 1:
        result.append(tuple(named[part] for part in PARTS if part in named and not skipped(part, named)))
    rest = [name for name in cells if name not in dated and cells.shape[1] > 1 and may_count(sample[name], name)]
    return result + [(name,) for name in rest if read_numbers(cells[name], name)]


def skipped(part: str, named: dict[str, str]) -> bool:
    """Whether a part means nothing because a larger one is absent."""
    needs = {"quarter": [], "month": [], "day": ["month"], "hour": ["month", "day"], "minute": ["month", "day", "hour"]}
    return any(need not in named for need in needs.get(part, [])) or (part == "quarter" and "month" in named)


def share(cells: "pd.Series[str]", fits: Callable[[str], bool]) -> float:
    """How many of the cells that hold anything fit."""
    filled = [cell for cell in cells if cell]
    return sum(map(fits, filled)) / max(1, len(filled))


def part_columns(sample: pd.DataFrame) -> dict[str, str]:
    """Columns named year, month, day, … that hold such numbers, or months' names."""
    named: dict[str, str] = {}
    for name in sample:
        for part, pattern in PARTS.items():
            if part not in named and re.fullmatch(pattern, name.strip(), re.I) and fits_part(sample[name], part):
                named[part] = name
    return named


def fits_part(cells: "pd.Series[str]", part: str) -> bool:
    numbers = part_numbers(cells, part).dropna()
    low, high = LIMITS.get(part, (0, 2200))
    fits = (numbers >= low) & (numbers <= high) & (numbers == numbers.round())
    if part == "year":
        fits &= (numbers < 100) | (numbers >= 1000)
    return fits.sum() >= max(1, ENOUGH * (cells != "").sum())


def part_numbers(cells: "pd.Series[str]", part: str) -> "pd.Series[float]":
    if part == "month":
        cells = cells.map(lambda cell: str(month_number(cell) or cell))
    if part == "quarter":
        cells = cells.str.replace(r"^[QqTt]", "", regex=True)
    return as_floats(cells)


def read_columns(cells: pd.DataFrame, columns: tuple[str, ...], dayfirst: bool | None) -> Dates | None:
    """The timestamps that these columns make together; None where they make none."""
    first = cells[columns[0]].reset_index(drop=True)
    if dates := read_dates(first, dayfirst):
        return with_clock(dates, cells[columns[1]].reset_index(drop=True)) if len(columns) > 1 else dates
    if len(columns) == 1:
        return read_numbers(first, columns[0])
    return read_parts({name: cells[name].reset_index(drop=True) for name in columns})


def with_clock(dates: Dates, cells: "pd.Series[str]") -> Dates:
    """Dates with the times of day, or hours, of another column."""
    parts = cells.str.extract(ONLY_CLOCK)
    span = clock(parts).where(parts["hour"].notna()) if parts["hour"].notna().any() else None
    if span is None:
        span = pd.to_timedelta(part_numbers(cells, "hour"), unit="h")
    return dates._replace(when=dates.when + span)


def read_parts(columns: dict[str, "pd.Series[str]"]) -> Dates | None:
    """Year, month or quarter, day, hour in columns of their own."""
    parts = {}
    for name, cells in columns.items():
        for part, pattern in PARTS.items():
            if re.fullmatch(pattern, name.strip(), re.I):
                parts[part] = part_numbers(cells, part)
    if "year" not in parts:
        return None
    if (parts["year"].dropna() < 100).all():
        written = parts["year"].map(lambda y: f"{y:02.0f}" if y == y else None)
        parts["year"] = whole_years(written.astype(object))
    month = parts.pop("quarter") * 3 - 2 if "quarter" in parts else 1
    table = pd.DataFrame({"year": parts["year"], "month": parts.get("month", month), "day": parts.get("day", 1)})
    when = pd.to_datetime(table, errors="coerce").astype("datetime64[us]")
    when += pd.to_timedelta(parts.get("hour", 0) * 60 + parts.get("minute", 0), unit="m")
    if when.notna().mean() < ENOUGH:
        return None
    return Dates(when, because=t("columns named {columns}", columns=", ".join(columns)))
