"""A table that somebody brought, and each of its columns as a series that a network can learn."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from rnn_core.words import fill, t
from ui.frame.address import quoted
from ui.series.reading import Reading, read_series
from ui.series.reading.choice import rows_in_words

LEAST = 24  # values of a series, for a training part and some to hold out
GAPS = 0.2  # of a series may be missing


@dataclass(frozen=True)
class Series:
    """values (N,): a gap holds the value before it, so that nothing later shows through; known (N,): false there.

    notes: what was understood and put right, in sentences.
    """

    name: str
    values: np.ndarray
    known: np.ndarray
    reading: Reading
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def dated(self) -> bool:
        """Whether the rows have dates."""
        return not isinstance(self.reading.index, pd.RangeIndex)

    @cached_property
    def labels(self) -> list[str]:
        """The rows' names: dates, or numbers from 1."""
        return written(self.reading.index)

    def later(self, n: int) -> list[str]:
        """The names of the n rows after the last."""
        after = self.reading.later(n)
        if self.dated and isinstance(after, pd.RangeIndex):
            return [f"+{k}" for k in range(1, n + 1)]
        return written(self.reading.index.append(after))[-n:]


def written(index: pd.Index) -> list[str]:
    """Dates as ISO writes them, as short as they all can be: 1700, 1949-01, 2020-02-29, 2020-02-29 12:00."""
    if not isinstance(index, pd.DatetimeIndex):
        return [str(entry) for entry in index]
    pattern = "%Y-%m-%d %H:%M:%S"
    for shorter, fits in (
        ("%Y-%m-%d %H:%M", index.second == 0),
        ("%Y-%m-%d", (index.hour == 0) & (index.minute == 0)),
        ("%Y-%m", index.day == 1),
        ("%Y", index.month == 1),
    ):
        if not fits.all():
            break
        pattern = shorter
    names = index.strftime(pattern)
    if not names.is_unique:  # an hour that a clock change repeats
        names = index.strftime(pattern + "%z")
    return [str(name) for name in names]


class Table:
    """What a file holds. columns: the names of those that are numbers; likely: the one that is probably meant.

    given: the choices that somebody made of how it is read. Raises ValueError, one sentence, for what is no table.
    """

    def __init__(self, name: str, data: bytes, given: Mapping[str, Any] | None = None) -> None:
        self.name, self.data, self.given = name, data, dict(given or {})
        first = read_series(data, name, **self.given)
        self.likely, self._readings = first.column, {first.column: first}
        self.columns = [c.name for c in first.columns if c.taken_for in ("number", "index")]

    @property
    def reading(self) -> Reading:
        """Of the likely column."""
        return self._readings[self.likely]

    @property
    def learnable(self) -> str:
        """The likely column, or the first other one that a network can learn. Raises ValueError for the likely one."""
        for column in (self.likely, *self.columns):
            try:
                self.series(column)
                return column
            except ValueError:
                continue
        self.series(self.likely)
        raise AssertionError

    def series(self, column: str) -> Series:
        """One column as a series. Raises ValueError in one sentence where it cannot be learned."""
        if column not in self._readings:
            self._readings[column] = read_series(self.data, self.name, column, **self.given)
        reading = self._readings[column]
        known = np.isfinite(reading.values)
        refuse_unfit(reading, known)
        notes = list(reading.notes)
        if len(blank := reading.rows[~known & (reading.rows > 0)]):
            notes.append(t("Nothing known in {rows}.", rows=rows_in_words(blank)))
        if not known.all():
            notes.append(t(
                "Each gap takes the value before it when it is read, and is left out where answers are scored."
            ))
        before = np.maximum.accumulate(np.where(known, np.arange(len(known)), 0))
        return Series(column, reading.values[before], known, reading, tuple(notes))


def refuse_unfit(reading: Reading, known: np.ndarray) -> None:
    """Raise ValueError for a series that no network can learn: short, full of gaps, constant, too large to square."""
    values, column = reading.values, quoted(reading.column)
    if known.sum() < LEAST:
        raise ValueError(t(
            "Column {column} has {count} numbers, and a forecast needs at least {least}; choose another column or "
            "upload more rows.", column=column, count=known.sum(), least=LEAST
        ))
    missing = np.flatnonzero(~known)
    if len(missing) > GAPS * len(values):
        gaps = (
            t(
                "Column {column} lacks {missing} of {all} values, the first in row {row}, and at most {most} % may be "
                "missing; fill them or choose another."
            )
            if reading.rows[missing[0]]
            else t(
                "Column {column} lacks {missing} of {all} values and at most {most} % may be missing; fill them or "
                "choose another."
            )
        )
        content = {"column": column, "missing": len(missing), "all": len(values), "row": reading.rows[missing[0]]}
        raise ValueError(fill(gaps, {**content, "most": f"{100 * GAPS:.0f}"}))
    if np.ptp(values[known]) == 0:
        raise ValueError(t(
            "Column {column} is {value} in every row; choose another, for there is nothing to learn.",
            column=column, value=f"{values[0]:g}"
        ))
    with np.errstate(over="ignore"):
        if not np.isfinite(values[known].std() ** 2):
            largest = int(np.nanargmax(np.abs(values)))
            raise ValueError(t(
                "Column {column} is {value} in row {row}, too large to compute with; write it in a larger unit.",
                column=column, value=f"{values[largest]:g}", row=reading.rows[largest]
            ))
