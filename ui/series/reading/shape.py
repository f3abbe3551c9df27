"""What kind of table it is: one row after another in time, years along the columns, or series one below another."""

import re

import numpy as np
import pandas as pd

from ui.series.reading.choice import Choice, unique
from ui.series.reading.dates import is_date, month_number
from ui.series.reading.numerals import as_floats
from ui.series.reading.times import PARTS, Times

YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
SEPARATOR = " / "


def turned(cells: pd.DataFrame, given: bool | None) -> tuple[pd.DataFrame, Choice, list[str]]:
    """The table with its columns of years or months as rows, if that is what they are."""
    dated = [name for name in cells if YEAR.fullmatch(name) or is_date(name)]
    months = [name for name in cells if month_number(name.rstrip("."))]
    labels = [name for name in cells if name not in dated]
    by_month = len(months) == 12 and len({month_number(m.rstrip(".")) for m in months}) == 12
    wide = len(dated) > 2 and len(dated) >= 0.5 * cells.shape[1] and (len(cells) <= max(2, len(dated)) or bool(labels))
    because = "the columns are named by months" if by_month else "the columns are named by years or dates"
    choice = Choice(by_month or wide, because if by_month or wide else "each row is a time", not wide, (True, False))
    choice = choice.or_given(given)
    if not choice.value or not (by_month or len(dated) > 1):
        return cells, choice, []
    if by_month and not wide:
        return months_below(cells, months), choice, ["Months stand in columns: the table is turned, one row a month."]
    return years_below(cells, dated, labels, choice)


def months_below(cells: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """One row a month out of one row a year."""
    rest = [name for name in cells if name not in months]
    year = next((name for name in rest if re.fullmatch(PARTS["year"], name.strip(), re.I)), rest[0] if rest else None)
    rows = cells[months].to_numpy().reshape(-1)
    dates = [
        f"{year_} {month[:3]}" for year_ in (cells[year] if year else range(1, len(cells) + 1)) for month in months
    ]
    whole = [f"{date.split()[0]}-{month_number(date.split()[-1]):02d}" for date in dates]
    return pd.DataFrame({"month": whole, "value": rows}, dtype=object, index=np.repeat(cells.index, 12))


def years_below(
    cells: pd.DataFrame, dated: list[str], labels: list[str], choice: Choice
) -> tuple[pd.DataFrame, Choice, list[str]]:
    """One column for each row, one row for each year."""
    words = [name for name in labels if not (cells[name] == "").all()]
    names = cells[words[0]] if words else pd.Series("", cells.index)
    if words and names.duplicated().any():
        names = cells[words].agg(SEPARATOR.join, axis=1)
    keep = cells[dated].ne("").any(axis=1)
    names = [name or f"row {row}" for name, row in zip(names[keep], cells.index[keep], strict=True)]
    table = cells.loc[keep, dated].T
    table.columns = pd.Index(unique(names))
    table = table.reset_index(names="date").astype(object)
    table.index = pd.RangeIndex(1, len(table) + 1)
    note = f"The columns are years or dates, from {dated[0]} to {dated[-1]}: the table is turned"
    return table, choice, [note + (f", and each of its {len(names)} rows is a column." if len(names) > 1 else ".")]


def guess_id(cells: pd.DataFrame, times: Times, taken: dict[str, str]) -> Choice:
    """The columns that tell which series a row of a long table belongs to; () where there is one series."""
    rest = [name for name in cells if name not in times.columns]
    when = times.dates.when if times.dates is not None else None
    options = tuple((name,) for name in rest if 1 < cells[name].nunique() <= len(cells) / 2)
    none = Choice((), "every row has a time of its own", True, (*options, ()))
    if when is None:
        return blocks(cells, options, taken, none)
    stamps = pd.factorize(when)[0]
    if when.duplicated().mean() < 0.05 or not options:
        return none
    chosen: tuple[str, ...] = ()
    names = sorted((o[0] for o in options if repeats(cells[o[0]], stamps)), key=lambda name: taken[name] == "number")
    for name in names:
        with_it = doubles(cells, stamps, (*chosen, name))
        if with_it < doubles(cells, stamps, chosen) - 0.01:
            chosen = (*chosen, name)
        if with_it < 0.02:
            break
    if not chosen or doubles(cells, stamps, chosen) > 0.05:
        return none
    return Choice(chosen, "the same times come again for each of its values", False, (*options, ()))


def repeats(column: "pd.Series[str]", stamps: np.ndarray) -> bool:
    """Whether a column's values come often, as an id's do and a measurement's do not."""
    return column.nunique() <= max(2, len(column) / 4)


def doubles(cells: pd.DataFrame, stamps: np.ndarray, ids: tuple[str, ...]) -> float:
    """How many rows have the time of another one with the same ids, as a part of all."""
    return float(pd.DataFrame({"": stamps, **{name: cells[name].to_numpy() for name in ids}}).duplicated().mean())


def blocks(cells: pd.DataFrame, options: tuple[tuple[str, ...], ...], taken: dict[str, str], none: Choice) -> Choice:
    """Without dates: a column of few values, each in one block of rows, beside a count that begins anew, or all of
    the same length.
    """
    for (name,) in options:
        column = cells[name].to_numpy()
        starts = np.r_[0, np.flatnonzero(column[1:] != column[:-1]) + 1]
        lengths = np.diff(np.r_[starts, len(column)])
        if not 1 < len(starts) == cells[name].nunique() <= len(column) / 3 or lengths.min() < 3:
            continue
        counts = [other for other in cells if other != name and begins_anew(cells[other], starts)]
        if counts or (taken[name] == "words" and len(set(lengths)) == 1):
            because = f"{counts[0]!r} begins anew with each of its values" if counts else "blocks of equal length"
            return Choice((name,), because, False, none.options)
    return none


def begins_anew(column: "pd.Series[str]", starts: np.ndarray) -> bool:
    """Whether a column counts on within every block and goes back where one begins."""
    numbers = as_floats(column).to_numpy(float)
    steps = np.diff(numbers)
    back = np.zeros(len(steps), bool)
    back[starts[1:] - 1] = True
    return bool((steps[back] < 0).all() and (steps[~back] > 0).all() and len(set(numbers[starts])) == 1)
