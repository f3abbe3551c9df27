"""Timestamps on a calendar: their zone, their frequency, the rows that are missing, and the ones that come next.

A frequency is one of pandas' offsets (days, business days, month ends, hours, …) on whose grid every row lies.
"""

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnn_core.words import t

MOST_MISSING = 0.2  # of a calendar's entries; one with more is not the one that was meant
ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Athens", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Sao_Paulo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
NAMES = {"B": t("business days"), "D": t("days"), "W": t("weeks"), "M": t("months"), "Q": t("quarters"),
         "Y": t("years"), "h": t("hours"), "min": t("minutes"), "s": t("seconds")}  # fmt: skip
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class Calendar(NamedTuple):
    """index: every entry from first to last, those that are missing too. at: the rows' positions in it."""

    index: pd.Index
    frequency: str | None
    at: np.ndarray

    @property
    def missing(self) -> pd.Index:
        return self.index.delete(self.at)


def on_calendar(index: pd.DatetimeIndex) -> Calendar:
    """Sorted timestamps, each once, on the calendar that fits them best; as they are where none does."""
    stay = Calendar(index, None, np.arange(len(index)))
    if len(index) < 3:
        return stay
    result = [fitted(index, frequency) for frequency in frequencies(index)]
    days = index.normalize()
    if not any(result) and days.is_unique and not (days == index).all():  # every day at another time
        return on_calendar(days)
    if not any(result) and index.tz is None:
        result = [periods(index, frequency) for frequency in ("M", "Q", "Y")]
    fits = [calendar for calendar in result if calendar]
    return min(fits, key=lambda calendar: len(calendar.index)) if fits else stay


def frequencies(index: pd.DatetimeIndex) -> Iterator[str]:
    """Frequencies that the rows may have, from the step that is most common."""
    local = index.tz_localize(None)
    months = local.year * 12 + local.month
    step = common(np.diff(months)) if (local.day == local.day[0]).all() or local.is_month_end.all() else 0
    month = _MONTHS[local.month[0] - 1]
    if step > 0 and local.is_month_end.all():
        yield {1: "ME", 3: f"QE-{month}", 12: f"YE-{month}"}.get(
            step, f"{step // 12}YE-{month}" if step % 12 == 0 else f"{step}ME"
        )
    elif step > 0 and (local.day == 1).all():
        yield {1: "MS", 3: f"QS-{month}", 12: f"YS-{month}"}.get(
            step, f"{step // 12}YS-{month}" if step % 12 == 0 else f"{step}MS"
        )
    span = pd.Timedelta(common(index.as_unit("us").asi8[1:] - index.as_unit("us").asi8[:-1]), unit="us")
    if span < pd.Timedelta(days=1):
        yield pd.tseries.frequencies.to_offset(span).freqstr
        return
    yield "D"
    yield "B"
    yield f"W-{_DAYS[local.day_of_week[0]]}"
    yield "BME"
    if span.days > 1 and span.days != 7:
        yield f"{span.days}D"


def common(steps: np.ndarray) -> int:
    """The step that occurs most often."""
    values, counts = np.unique(np.asarray(steps), return_counts=True)
    return int(values[counts.argmax()])


def fitted(index: pd.DatetimeIndex, frequency: str) -> Calendar | None:
    """The rows on the grid of a frequency, if all of them lie on it and not too much of it is missing."""
    offset = pd.tseries.frequencies.to_offset(frequency)
    most = 1.2 * len(index) / (1 - MOST_MISSING)
    try:
        two = pd.date_range(index[0], periods=2, freq=offset, unit="us")
        if two[0] != index[0] or (index[-1] - index[0]) / (two[1] - two[0]) > most:
            return None
        grid = pd.date_range(index[0], index[-1], freq=offset, unit="us")
    except ValueError:  # a midnight that the clocks of its zone never show
        return None
    if len(index) < (1 - MOST_MISSING) * len(grid):
        return None
    at = grid.get_indexer(index)
    return Calendar(grid, frequency, at) if (at >= 0).all() else None


def periods(index: pd.DatetimeIndex, frequency: str) -> Calendar | None:
    """One row in every month, quarter or year, on whatever day, as periods."""
    rows = index.to_period(frequency)
    grid = pd.period_range(rows[0], rows[-1], freq=frequency)
    if not rows.is_unique or len(rows) < (1 - MOST_MISSING) * len(grid):
        return None
    return Calendar(grid, frequency, grid.get_indexer(rows))


def later(index: pd.Index, frequency: str | None, n: int) -> pd.Index:
    """The n entries that come after the last; where there is no frequency, numbers that go on from the rows."""
    if frequency is None:
        start = index[-1] + 1 if isinstance(index, pd.RangeIndex) else len(index)
        return pd.RangeIndex(start, start + n)
    if isinstance(index, pd.PeriodIndex):
        return pd.period_range(index[-1], periods=n + 1, freq=index.freq)[1:]
    offset = pd.tseries.frequencies.to_offset(frequency)
    try:
        return pd.date_range(index[-1], periods=n + 1, freq=offset, unit="us")[1:]
    except (ValueError, OverflowError, NotImplementedError):  # beyond the year 9999
        return pd.RangeIndex(len(index), len(index) + n)


def steps_in_words(frequency: str | None) -> str:
    """What the entries of a frequency are called: days, month ends, quarters."""
    if frequency is None:
        return t("rows")
    letters = frequency.split("-")[0].lstrip("0123456789")
    if letters != frequency.split("-")[0]:
        return t("rows")
    return NAMES.get(letters) or NAMES.get(letters.rstrip("SE").lstrip("B")) or t("rows")


def with_zone(when: pd.DatetimeIndex, offsets: np.ndarray | None, zone: str | None) -> tuple[pd.DatetimeIndex, str]:
    """Local times, in the file's order, with their zone: by the cells' offsets, or by the hours that a clock change
    leaves out or repeats; "" where there is no evidence.
    """
    if zone and not is_zone(zone):
        raise ValueError(t(
            "there is no time zone {zone}; choose one such as {zones}", zone=repr(zone[:40]), zones=", ".join(ZONES[:3])
        ))
    if offsets is not None:
        utc = (when - pd.to_timedelta(offsets, unit="m")).tz_localize("UTC")
        minutes = np.unique(offsets[~np.isnan(offsets)])
        if len(minutes) == 1:
            fixed = timezone(timedelta(minutes=float(minutes[0]))) if minutes[0] else "UTC"
            return utc.tz_convert(fixed), str(fixed)
        named = [zone] if zone else [each for each in ZONES if same_offsets(utc, when, each)]
        return (utc.tz_convert(named[0]), named[0]) if named else (utc, "UTC")
    if zone:
        result = local(when, zone)
        return result, "" if result is when else zone
    steps = np.diff(when.asi8)
    if len(when) < 24 or (steps == steps[0]).all() or not 0 < common(steps) < 12 * 3600e6:
        return when, ""
    uneven = (steps != common(steps)).sum()
    for each in ZONES:
        result = local(when, each)
        if result is not when and (np.diff(result.asi8) != common(steps)).sum() < uneven:
            return result, each
    return when, ""


def is_zone(zone: str) -> bool:
    try:
        return pd.Timestamp(0, tz=zone) is not None
    except (KeyError, ValueError, OSError):
        return False


def same_offsets(utc: pd.DatetimeIndex, when: pd.DatetimeIndex, zone: str) -> bool:
    try:
        return bool((utc.tz_convert(zone).tz_localize(None) == when).all())
    except KeyError:  # no such zone on this machine
        return False


def local(when: pd.DatetimeIndex, zone: str) -> pd.DatetimeIndex:
    """The times on the clocks of a zone; as they are where those clocks never show them."""
    try:
        return when.tz_localize(zone, ambiguous="infer", nonexistent="raise")
    except (KeyError, ValueError):
        return when
