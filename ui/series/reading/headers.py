"""Where a table begins: what stands above it, its header rows, and the names that they give its columns."""

import re

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.series.reading.choice import Choice, unique
from ui.series.reading.dates import is_date
from ui.series.reading.numerals import as_floats, is_gap, is_number

HEAD = 120  # rows that are looked at
RULE = re.compile(r"[-=:_+ ]{2,}")


def kind(cell: str) -> str:
    """value: a number or a date; gap; word."""
    if is_gap(cell) or RULE.fullmatch(cell):
        return "gap"
    return "value" if is_number(cell) or is_date(cell) else "word"


def guess_header(raw: pd.DataFrame) -> tuple[Choice, Choice]:
    """How many rows stand above the header, and how many it has."""
    sample = raw.iloc[:HEAD, :300]
    kinds = sample.map(kind).to_numpy()
    first = first_data(sample, kinds)
    while first > 0 and is_unknown(sample.iloc[first - 1]):
        first -= 1
    filled = (sample != "").to_numpy().sum(axis=1)
    start = first
    while start > 0 and filled[start - 1] > 0:
        start -= 1
    if start == first:  # a blank row between header and data
        while start > 0 and filled[start - 1] == 0:
            start -= 1
        start = max(0, start - 1)
    block = range(start, first)
    one = sample.shape[1] == 1
    full = [k for k in block if one or ((filled[k] > 1 or sample.iloc[k, 0] == "") and not is_metadata(sample.iloc[k]))]
    start = full[0] if full else first
    start = max(start, first - 5)
    because = t("words above the first row of numbers") if first > start else t("the first row looks like the others")
    return (
        Choice(start, t("the table begins there"), True, tuple(range(min(20, first + 1)))),
        Choice(first - start, because, True, (0, 1, 2, 3)),
    )


def is_unknown(row: "pd.Series[str]") -> bool:
    """Whether a row says of all of its cells that they are missing."""
    filled = [cell for cell in row if cell]
    return bool(filled) and all(map(is_gap, filled)) and not all(map(RULE.fullmatch, filled))


def is_metadata(row: "pd.Series[str]") -> bool:
    """Whether a row describes the table: a title, Source: …"""
    return bool(re.search(r":$", row.iloc[0]))


def first_data(sample: pd.DataFrame, kinds: np.ndarray) -> int:
    """The first row that has values where the columns below have them."""
    below = kinds[len(kinds) // 2 :]
    values, words = ((below == what).sum(axis=0) for what in ("value", "word"))
    columns = (values >= words) & (values > 0)
    if not columns.any():
        return first_of_words(sample)
    result = (kinds[:, columns] == "value").sum(axis=1) > (kinds[:, columns] == "word").sum(axis=1)
    first = int(result.argmax()) if result.any() else 0
    if first + 1 < len(sample) and (is_numbered(sample, first) or is_sequence(sample, first, columns)):
        first += 1
    return first


def first_of_words(sample: pd.DataFrame) -> int:
    """Words all over: the first full row is taken as the header."""
    full = (sample != "").to_numpy().sum(axis=1)
    return max(1, min(int(full.argmax()) + 1, len(sample) - 1))


def is_sequence(sample: pd.DataFrame, row: int, columns: np.ndarray) -> bool:
    """Whether a row of numbers is a header of years, or of dates, that go on to the right."""
    cells = [cell for cell, fits in zip(sample.iloc[row], columns, strict=True) if fits and cell]
    below = [cell for cell, fits in zip(sample.iloc[row + 1], columns, strict=True) if fits and cell]
    if all(re.fullmatch(r"(?:1[5-9]|20|21)\d\d", cell) for cell in cells) and len(cells) > 1:
        steps = set(np.diff(np.array(cells, int)))
        return len(steps) == 1 and steps != {0} and not all(re.fullmatch(r"(?:1[5-9]|20|21)\d\d", c) for c in below)
    return len(cells) > 2 and all(map(is_date, cells)) and not any(map(is_date, below))


def is_numbered(sample: pd.DataFrame, row: int) -> bool:
    """Whether a row is the header ,0,1,2 that pandas writes where nothing has a name."""
    cells = list(sample.iloc[row])
    return len(cells) > 1 and cells[0] == "" and cells[1:] == [str(k) for k in range(len(cells) - 1)]


def names_from(head: pd.DataFrame, cells: pd.DataFrame) -> list[str]:
    """The columns' names, all different, out of the header rows."""
    rows = [list(row) for row in head.itertuples(index=False) if not all(not c or RULE.fullmatch(c) for c in row)]
    width = cells.shape[1]
    shift = int(bool(rows) and row_names(rows[-1], cells))
    groups = filled(rows)
    result = []
    for k in range(width):
        name = name_of([row[k - shift] if k >= shift else "" for row in groups], rows, k - shift)
        first = "row" if shift and k == 0 else f"column {k + 1}"
        result.append(" ".join(name.split())[:100] or first)
    return unique(result)


def filled(rows: list[list[str]]) -> list[list[str]]:
    """Header rows whose groups stand over all of their columns; the last row stays as it is."""
    groups = []
    for row in rows[:-1]:
        wide, last = [], ""
        for k, cell in enumerate(row):
            last = cell or (last if k > 0 else "")
            wide.append(last)
        groups.append(wide)
    return groups + rows[-1:]


def name_of(cells: list[str], rows: list[list[str]], k: int) -> str:
    """One column's name: the first row's where that has one for each column, else all of its header cells."""
    only = [row[k] for row in rows if len(rows) > 1 and [j for j, cell in enumerate(row) if cell] == [k]]
    if only:
        return only[-1]
    if len(rows) > 1 and all(rows[0]) and len(set(rows[0])) == len(rows[0]):
        return cells[0]
    name = " ".join(dict.fromkeys(cell for cell in cells if cell))
    return re.sub(r"^#\s*(?=\S)", "", name) if k == 0 else name


def row_names(last: list[str], cells: pd.DataFrame) -> bool:
    """Whether the header is one cell short because the rows' names come first, as R writes a table."""
    if len(last) < 2 or last[-1] or not all(last[:-1]) or (cells.iloc[:, -1] == "").mean() > 0.1:
        return False
    first = cells.iloc[:, 0]
    numbers = as_floats(first)
    return bool((numbers.diff().iloc[1:] == 1).all() or (first.is_unique and (first.map(kind) == "word").all()))
