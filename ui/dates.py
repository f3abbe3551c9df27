"""Dates as people write them: ISO, day first, month first, months and quarters, years; and how they go on."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, pstdev

ENOUGH = 0.95  # of the cells must be dates for a column to hold dates
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: k for k, name in enumerate(_NAMES, 1)}
TIME = re.compile(
    r"(.*?\d)(?:T|,? +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*([AP]M)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?",
    re.I,
)
Parse = Callable[[re.Match], tuple[int, int, int]]  # year, month, day


def _year(text: str) -> int:
    """A year; of two digits, the one between 1970 and 2069."""
    return int(text) if len(text) > 2 else (2000 if int(text) < 70 else 1900) + int(text)


def _month(name: str) -> int:
    """1 to 12; 0, which is no month, for a word that is none."""
    return MONTHS.get(name[:3].lower(), 0)


_SEP = r"[-/. ]"
LAYOUTS: dict[str, tuple[re.Pattern, Parse]] = {
    "year first": (
        re.compile(rf"(\d{{4}})({_SEP})(\d{{1,2}})\2(\d{{1,2}})"),
        lambda m: (int(m[1]), int(m[3]), int(m[4])),
    ),
    "day first": (
        re.compile(rf"(\d{{1,2}})({_SEP})(\d{{1,2}})\2(\d{{4}}|\d{{2}})"),
        lambda m: (_year(m[4]), int(m[3]), int(m[1])),
    ),
    "month first": (
        re.compile(rf"(\d{{1,2}})({_SEP})(\d{{1,2}})\2(\d{{4}}|\d{{2}})"),
        lambda m: (_year(m[4]), int(m[1]), int(m[3])),
    ),
    "year and month": (re.compile(r"(\d{4})(?:[-/]|-?M)(\d{1,2})"), lambda m: (int(m[1]), int(m[2]), 1)),
    "month and year": (re.compile(r"(\d{1,2})/(\d{4})"), lambda m: (int(m[2]), int(m[1]), 1)),
    "quarter": (re.compile(r"(\d{4})[- ]?Q([1-4])", re.I), lambda m: (int(m[1]), 3 * int(m[2]) - 2, 1)),
    "named month and year": (
        re.compile(r"([A-Za-z]{3,9})\.?[-, ]+(\d{4}|\d{2})"),
        lambda m: (_year(m[2]), _month(m[1]), 1),
    ),
    "day, named month, year": (
        re.compile(r"(\d{1,2})\.?[- ]+([A-Za-z]{3,9})\.?[-, ]+(\d{4}|\d{2})"),
        lambda m: (_year(m[3]), _month(m[2]), int(m[1])),
    ),
    "named month, day, year": (
        re.compile(r"([A-Za-z]{3,9})\.? +(\d{1,2}),? +(\d{4})"),
        lambda m: (int(m[3]), _month(m[1]), int(m[2])),
    ),
}


@dataclass(frozen=True)
class Dates:
    """The dates of the rows, None where a cell was none; and what must be said about how they were read."""

    when: tuple[datetime | None, ...]
    said: str = ""


def dates(cells: Sequence[str]) -> Dates | None:
    """A column's cells as dates, if nearly all of them are, in one layout."""
    if not cells or not any(cells):
        return None
    first = next(cell for cell in cells if cell)
    found = {}
    for name, (pattern, parse) in LAYOUTS.items():
        if name == "month first" and "." in first.split(" ")[0]:  # nobody writes the month first and then a point
            continue
        if read_one(first, pattern, lambda m: (2000, 1, 1)):  # a layout that the first cell does not have is not tried
            when = tuple(read_one(cell, pattern, parse) for cell in cells)
            if sum(w is not None for w in when) >= ENOUGH * len(cells):
                found[name] = when
    if not found:
        return None
    if len(found) == 1:
        return Dates(next(iter(found.values())))
    counts = {name: sum(w is not None for w in when) for name, when in found.items()}
    best = [name for name in found if counts[name] == max(counts.values())]
    if len(best) == 1:
        return Dates(found[best[0]])
    name = min(best, key=lambda name: unevenness(found[name]))
    return Dates(found[name], f"Dates such as {first[:20]!r} were read with the {name}; ISO dates leave no doubt.")


def read_one(cell: str, pattern: re.Pattern, parse: Parse) -> datetime | None:
    if not 4 < len(cell) <= 40:
        return None
    timed = TIME.fullmatch(cell)
    match = pattern.fullmatch(timed[1] if timed else cell)
    if not match:
        return None
    try:
        day = datetime(*parse(match))
        if not timed:
            return day
        _, hour, minute, second, fraction, half = timed.groups()
        hours = int(hour) % 12 + 12 * (half.upper() == "PM") if half else int(hour)
        return day.replace(
            hour=hours, minute=int(minute), second=int(second or 0), microsecond=int((fraction or "0").ljust(6, "0"))
        )
    except ValueError:
        return None


def years(cells: Sequence[str]) -> Dates | None:
    """A column of years: whole numbers of four digits, each one more than the one before, or one less."""
    if len(cells) < 2 or not all(re.fullmatch(r"[12]\d{3}", cell) for cell in cells):
        return None
    steps = {int(b) - int(a) for a, b in pairwise(cells)}
    return Dates(tuple(datetime(int(cell), 1, 1) for cell in cells)) if steps in ({1}, {-1}) else None


def unevenness(when: Sequence[datetime | None]) -> float:
    """How much the steps between dates differ: deviation over mean, infinite where they go back and forth."""
    known = [w for w in when if w]
    steps = [(b - a).total_seconds() for a, b in pairwise(known)]
    if not steps or not fmean(steps) or (min(steps) < 0 < max(steps)):
        return float("inf")
    return pstdev(steps) / abs(fmean(steps))


def going_on(when: Sequence[datetime], n: int) -> list[datetime] | None:
    """The n dates after the last, where the steps are even in months or in seconds; else None."""
    months = [12 * w.year + w.month - 1 for w in when]
    rests = {(w.day, w.time()) for w in when}
    try:
        if len(rests) == 1 and len(steps := {b - a for a, b in pairwise(months)}) == 1:
            step = steps.pop()
            later = [months[-1] + step * k for k in range(1, n + 1)]
            return [when[-1].replace(year=m // 12, month=m % 12 + 1) for m in later] if step > 0 else None
        gaps = {b - a for a, b in pairwise(when)}
        gap = gaps.pop() if len(gaps) == 1 else timedelta(0)
        return [when[-1] + gap * k for k in range(1, n + 1)] if gap > timedelta(0) else None
    except (ValueError, OverflowError):  # beyond the year 9999, or a month without such a day
        return None


def written(when: Sequence[datetime]) -> list[str]:
    """Dates as ISO writes them, as short as they all can be: 1700, 1949-01, 2020-02-29, 2020-02-29 12:00."""
    pattern = "%Y-%m-%d %H:%M:%S"
    for shorter, same in (
        ("%Y-%m-%d %H:%M", lambda w: w.second == 0),
        ("%Y-%m-%d", lambda w: (w.hour, w.minute) == (0, 0)),
        ("%Y-%m", lambda w: w.day == 1),
        ("%Y", lambda w: w.month == 1),
    ):
        if not all(same(w) for w in when):
            break
        pattern = shorter
    return [w.strftime(pattern).zfill(4) if pattern == "%Y" else w.strftime(pattern) for w in when]
