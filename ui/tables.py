"""A table out of a file that somebody uploads, and a series out of one of its columns.

What can be put right is put right and said, with the row: gaps, other signs for numbers, unsorted dates. What cannot is
one ValueError, one sentence that names the row or the column and the way out. Nothing is written to a disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import numpy as np

from ui import dialect
from ui.dates import dates, going_on, written, years
from ui.dialect import is_gap, number
from ui.frame.address import quoted

LEAST = 24  # values of a series, for a training part and some to hold out
GAPS = 0.2  # of a series may be missing
REPEATED = 0.05  # of the dates may stand twice
HEAD = 100  # rows of the preview


@dataclass(frozen=True)
class Column:
    """numbers (N,), NaN where there is none; odd: (row in the file, what stands there) where that is not a gap."""

    name: str
    numbers: np.ndarray
    odd: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Series:
    """values (N,): a gap holds the value before it, so that nothing later shows through; known (N,): false there.

    when: the dates of the rows, if they have any. said: what was put right, in sentences.
    """

    name: str
    values: np.ndarray
    known: np.ndarray
    when: tuple[datetime, ...] | None
    said: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def labels(self) -> list[str]:
        """The rows' names: dates, or numbers from 1."""
        return written(self.when) if self.when else [str(k) for k in range(1, len(self) + 1)]

    def later(self, n: int) -> list[str]:
        """The names of the n rows after the last."""
        after = going_on(self.when, n) if self.when else None
        if self.when and after:
            return written([*self.when, *after])[-n:]
        return [f"+{k}" if self.when else str(len(self) + k) for k in range(1, n + 1)]


@dataclass(frozen=True)
class Table:
    """rows (N,): the rows' numbers in the file. columns: those that hold numbers. head: the first rows as they stand.

    when: each row's date, if a column has dates; dated is that column. said: what was put right for the whole table.
    """

    name: str
    rows: np.ndarray
    columns: dict[str, Column]
    head: dict[str, list[str]]
    when: tuple[datetime, ...] | None = None
    dated: str = ""
    said: tuple[str, ...] = ()

    @property
    def likely(self) -> str:
        """The column that is probably meant: the first that does not just count."""
        counting = [name for name, c in self.columns.items() if len(set(np.diff(c.numbers[:50]))) == 1]
        return next((name for name in self.columns if name not in counting), next(iter(self.columns)))

    def series(self, name: str) -> Series:
        """One column as a series. Raises ValueError in one sentence where it cannot be one."""
        column = self.columns[name]
        known = np.isfinite(column.numbers)
        there = np.flatnonzero(known)
        first, last = (int(there[0]), int(there[-1]) + 1) if len(there) else (0, 0)
        values, known, rows = column.numbers[first:last], known[first:last], self.rows[first:last]
        if len(there) < LEAST:
            row = f" ({entry(*column.odd[0])})" if column.odd else ""
            raise ValueError(
                f"Column {quoted(name)} has {len(there)} numbers{row}, and a forecast needs at least {LEAST}; "
                "choose another column or upload more rows."
            )
        missing = np.flatnonzero(~known)
        if len(missing) > GAPS * len(values):
            raise ValueError(
                f"Column {quoted(name)} lacks {len(missing)} of {len(values)} values, the first in row "
                f"{rows[missing[0]]}, and at most {100 * GAPS:.0f} % may be missing; fill them or choose another."
            )
        if np.ptp(values[known]) == 0:
            raise ValueError(
                f"Column {quoted(name)} is {values[0]:g} in every row, so there is nothing to forecast; choose another."
            )
        with np.errstate(over="ignore"):
            if not np.isfinite(values[known].std() ** 2):
                largest = int(np.nanargmax(np.abs(values)))
                raise ValueError(
                    f"Column {quoted(name)} is {values[largest]:g} in row {rows[largest]}, too large to compute with; "
                    "write it in a larger unit."
                )
        said = [*self.said, *odd_in_words(column)]
        if len(missing):
            named = "row" if len(missing) == 1 else "rows"
            said.append(
                f"Nothing known in {named} {listed(rows[missing])}: each gap takes the value before it when it is "
                "read, and is left out where answers are scored."
            )
        before = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
        when = self.when[first:last] if self.when else None
        return Series(name, values[before], known, when, tuple(said))


def read_table(name: str, data: bytes) -> Table:
    """A file's bytes as a Table. Raises ValueError, one sentence, for whatever cannot be one; nothing else."""
    try:
        rows, delimiter, said = dialect.cells(data)
        names, body = headed(rows)
        numbers = np.array([row for row, _ in body])
        width = len(names)
        texts = {name: [row[k] if k < len(row) else "" for _, row in body] for k, name in enumerate(names)}
        texts = {name: texts[name] for k, name in enumerate(names) if any(texts[name]) or name != unnamed(k)}
        if not body:
            raise ValueError(f"it has a header and no row below it; write {LEAST} rows of values there or more")
        if len(body) < 2:
            raise ValueError(
                f"it has 1 row of values and a forecast needs at least {LEAST}; upload the rows before it as well"
            )
        wide = next(((row, len(cells)) for row, cells in body if any(cells[width:])), None)
        if wide:
            said.append(f"Row {wide[0]} has {wide[1]} cells where the table has {width} columns; the rest is left out.")
        dated, when, about = dated_by(texts)
        said += [about] if about else []
        columns = read_columns({n: t for n, t in texts.items() if n != dated}, numbers, delimiter)
        if not columns:
            left = next((n for n in texts if n != dated), names[0])
            raise ValueError(
                f"column {quoted(left)} holds {what_for(texts[left], numbers, left == dated)}; "
                "a series needs a column of numbers"
            )
        table = Table(name, numbers, columns, {n: t[:HEAD] for n, t in texts.items()}, None, dated, tuple(said))
        return ordered(table, when) if when else table
    except ValueError as problem:
        raise ValueError(f"{quoted(name)} was not read: {problem}.") from None


def what_for(cells: list[str], rows: np.ndarray, dated: bool) -> str:
    """What a column holds that holds no numbers."""
    word = next((k for k, cell in enumerate(cells) if not is_gap(cell)), None)
    if word is None:
        gap = next((k for k, cell in enumerate(cells) if cell), 0)
        return f"nothing but gaps, as {entry(rows[gap], cells[gap])}"
    what = "words" if number(cells[word], False) is None else "infinities"
    return "dates and nothing else" if dated else f"{what}, as {entry(rows[word], cells[word])}"


def headed(rows: list[dialect.Row]) -> tuple[list[str], list[dialect.Row]]:
    """The columns' names, all different, and the rows below them. A first row that looks like the others is no head."""
    first, body = rows[0][1], rows[1:]
    width = len(first)
    if not is_head(first, body):
        body = rows
        width = max((len(row) for _, row in rows[:HEAD]), default=1)
        first = []
    width = max(width, max((len(row) for _, row in body[:HEAD]), default=1)) if len(first) < 2 else width
    names: list[str] = []
    for k in range(width):
        name = " ".join(first[k].split())[:100] if k < len(first) else ""
        name = name or unnamed(k)
        while name in names:
            name = f"{name} ({k + 1})"
        names.append(name)
    return names, body


def unnamed(k: int) -> str:
    return f"column {k + 1}"


def is_head(first: list[str], body: list[dialect.Row]) -> bool:
    """Whether some cell of the first row is a word above numbers or dates; or all are words, above words."""
    for k, cell in enumerate(first):
        below = [row[k] for _, row in body[:HEAD] if k < len(row) and not is_gap(row[k])]
        if not is_gap(cell) and not is_value(cell) and below and all(map(is_value, below[:5])):
            return True
    return bool(first) and not any(is_value(cell) for cell in first if not is_gap(cell))


def is_value(cell: str) -> bool:
    return number(cell, False) is not None or number(cell, True) is not None or dates([cell]) is not None


def dated_by(texts: dict[str, list[str]]) -> tuple[str, list[datetime | None], str]:
    """The first column that holds dates, the dates, and what to say of them; "" where none does."""
    for name, cells in texts.items():
        if found := years(cells) or dates(cells):
            return name, list(found.when), found.said
    return "", [], ""


def read_columns(texts: dict[str, list[str]], rows: np.ndarray, delimiter: str) -> dict[str, Column]:
    """The columns in which at least half of what stands there is numbers."""
    commas = {name: comma_in(cells) for name, cells in texts.items()}
    anyone = True if True in commas.values() else False if False in commas.values() else None
    columns = {}
    for name, cells in texts.items():
        comma = commas[name]
        if comma is None:  # 1,234 may be either: the other columns tell, or else whether a comma parts the cells
            comma = anyone if anyone is not None else delimiter != "," and any("," in cell for cell in cells)
        column = read_column(name, cells, rows, comma)
        found = np.isfinite(column.numbers).sum()
        if found and found >= len(column.odd):
            columns[name] = column
    return columns


def comma_in(cells: list[str]) -> bool | None:
    """Whether a column has a decimal comma; None where it reads either way."""
    marked = [cell for cell in cells if "," in cell or "." in cell]
    point, comma = (sum(number(cell, style) is not None for cell in marked) for style in (False, True))
    return None if point == comma else comma > point


def read_column(name: str, cells: list[str], rows: np.ndarray, comma: bool) -> Column:
    numbers, odd = np.full(len(cells), np.nan), []
    for k, cell in enumerate(cells):
        value = None if is_gap(cell) else number(cell, comma)
        if value is not None and np.isfinite(value):
            numbers[k] = value
        elif not is_gap(cell):
            odd.append((int(rows[k]), cell[:60]))
    return Column(name, numbers, tuple(odd))


def ordered(table: Table, when: list[datetime | None]) -> Table:
    """The table by its dates: rows without one are left out, unsorted ones sorted, and of two with one the first kept.

    Raises ValueError where so many dates stand twice that these are several series.
    """
    said = list(table.said)
    undated = [int(row) for row, w in zip(table.rows, when, strict=True) if w is None]
    if undated:
        said.append(f"No date in row {listed(undated)} of column {quoted(table.dated)}: left out.")
    dated = [(w, k) for k, w in enumerate(when) if w is not None]
    by_date = sorted(dated)
    keep: list[tuple[datetime, int]] = []
    double: list[tuple[int, int]] = []
    for before, (w, k) in zip([None, *(w for w, _ in by_date)], by_date, strict=False):
        if w == before:
            double.append((int(table.rows[keep[-1][1]]), int(table.rows[k])))
        else:
            keep.append((w, k))
    if len(double) > max(1, REPEATED * len(dated)):
        one, other = double[0]
        raise ValueError(
            f"column {quoted(table.dated)} has the same date in rows {one} and {other}, and {len(double) - 1} times "
            "more; keep one row for each date"
        )
    if double:
        said.append(
            "The same date stands in rows "
            + ", ".join(f"{a} and {b}" for a, b in double[:3])
            + f"{' and others' * (len(double) > 3)}: the first of each is kept."
        )
    if dated != by_date:
        late = next(k for (a, _), (b, k) in pairwise(dated) if b < a)
        said.append(f"The dates are not in order (row {table.rows[late]} is before the row above it): sorted.")
    order = np.array([k for _, k in keep], int)
    columns = {n: Column(n, c.numbers[order], c.odd) for n, c in table.columns.items()}
    return Table(
        table.name, table.rows[order], columns, table.head, tuple(w for w, _ in keep), table.dated, tuple(said)
    )


def odd_in_words(column: Column) -> list[str]:
    """What stands in a column of numbers and is none."""
    if not column.odd:
        return []
    more = f", and {len(column.odd) - 3} more" if len(column.odd) > 3 else ""
    return [f"No number: {', '.join(entry(*o) for o in column.odd[:3])}{more}; treated as gaps."]


def entry(row: int, text: str) -> str:
    return f"{quoted(text)} in row {row}"


def listed(rows: Sequence[int] | np.ndarray) -> str:
    """Row numbers as a person lists them: 3, 4, 9 and 17 more."""
    first = ", ".join(str(int(row)) for row in rows[:5])
    return f"{first} and {len(rows) - 5} more" if len(rows) > 5 else first
