"""What kind of table it is: one row after another in time, years along the columns, or series one below another."""

import re
from typing import Any

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.frame.address import quoted
from ui.series.reading.choice import Choice, listed, unique
from ui.series.reading.dates import is_date, month_number
from ui.series.reading.numerals import as_floats, is_number
from ui.series.reading.times import PARTS, Times, kept

YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
ALONG = 6  # numbers in one row, and it is the series
SEPARATOR = " / "
BLOCKS = t("a column of words has each of its values in one block of rows")


def turned(cells: pd.DataFrame, given: bool | None) -> tuple[pd.DataFrame, Choice, list[str]]:
    """The table with its columns of years or months as rows, if that is what they are or what was chosen."""
    dated = [name for name in cells if YEAR.fullmatch(name) or is_date(name)]
    months = [name for name in cells if month_number(name.rstrip("."))]
    labels = [name for name in cells if name not in dated]
    by_month = len(months) == 12 and len({month_number(m.rstrip(".")) for m in months}) == 12
    wide = len(dated) > 2 and len(dated) >= 0.5 * cells.shape[1] and (len(cells) <= max(2, len(dated)) or bool(labels))
    single = len(cells) == 1 and cells.shape[1] > ALONG
    if wide:
        because = t("the columns are named by years or dates")
    elif by_month:
        because = t("the columns are named by months")
    else:
        because = t("it has one row") if single else t("each row is a time")
    guess = Choice(by_month or wide or single, because, not (wide or single), (True, False))
    choice = guess.or_given(given)
    if not choice.value or cells.shape[1] < 3:
        return cells, choice, []
    if by_month and not wide:
        note = t("Months stand in columns: the table is turned, one row a month.")
        return months_below(cells, months), choice, [note]
    if not wide:
        first = int(not is_number(cells.iloc[0, 0]))  # a name, or a number already
        labels, dated = list(cells.columns[:first]), list(cells.columns[first:])
    table = years_below(cells, dated, labels)
    rows = table.shape[1] - 1
    named = (
        t("The columns are years or dates, from {first} to {last}", first=dated[0], last=dated[-1])
        if wide
        else t("The columns go on, from {first} to {last}", first=dated[0], last=dated[-1])
    )
    note = (
        t("{columns}: the table is turned, and each of its {count} rows is a column.", columns=named, count=rows)
        if rows > 1
        else t("{columns}: the table is turned.", columns=named)
    )
    return table, choice, [note]


def months_below(cells: pd.DataFrame, months: list[str]) -> pd.DataFrame:
    """One row a month out of one row a year."""
    rest = [name for name in cells if name not in months]
    year = next((name for name in rest if re.fullmatch(PARTS["year"], name.strip(), re.I)), rest[0] if rest else None)
    years = cells[year] if year else pd.Series(range(1, len(cells) + 1))
    dates = [f"{y}-{month_number(month.rstrip('.')):02d}" for y in years for month in months]
    ids = {name: np.repeat(cells[name].to_numpy(), 12) for name in rest if name != year}
    values = cells[months].to_numpy().reshape(-1)
    names = unique(["month", *ids, "value"])
    columns = dict(zip(names, [dates, *ids.values(), values], strict=True))
    return pd.DataFrame(columns, dtype=object, index=np.repeat(cells.index, 12))


def years_below(cells: pd.DataFrame, dated: list[str], labels: list[str]) -> pd.DataFrame:
    """One column for each row, one row for each year."""
    words = [name for name in labels if not (cells[name] == "").all()]
    names = cells[words[0]] if words else pd.Series("", cells.index)
    if words and names.duplicated().any():
        names = cells[words].agg(SEPARATOR.join, axis=1)
    keep = cells[dated].ne("").any(axis=1)
    names = [name or f"row {row}" for name, row in zip(names[keep], cells.index[keep], strict=True)]
    table = pd.DataFrame(cells.loc[keep, dated].to_numpy().T, dtype=object, columns=names)
    table.insert(0, "date", dated, allow_duplicates=True)
    table.columns = pd.Index(unique(table.columns))
    table.index = pd.RangeIndex(1, len(table) + 1)
    return table


def guess_id(cells: pd.DataFrame, times: Times, taken: dict[str, str]) -> Choice:
    """The columns that name the series a row of a long table belongs to; () where there is one series."""
    rest = [name for name in cells if name not in times.columns]
    when = times.dates.when if times.dates is not None else None
    options = tuple((name,) for name in rest if 1 < cells[name].nunique() <= len(cells) / 2)
    none = Choice((), t("every row has a time of its own"), True, (*options, ()))
    if when is None:
        return blocks(cells, options, taken, none)
    stamps = pd.factorize(when)[0]
    if when.duplicated().mean() < 0.05 or not options:
        return none
    chosen: tuple[str, ...] = ()
    names = sorted((o[0] for o in options if repeats(cells[o[0]])), key=lambda name: taken[name] == "number")
    for name in names:
        with_it = doubles(cells, stamps, (*chosen, name))
        if with_it < doubles(cells, stamps, chosen) - 0.01:
            chosen = (*chosen, name)
        if with_it < 0.02:
            break
    if not chosen or doubles(cells, stamps, chosen) > 0.05:
        return none
    return Choice(chosen, t("the same times come again for each of its values"), False, (*options, ()))


def repeats(column: "pd.Series[str]") -> bool:
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
        if counts or taken[name] == "words":
            because = t("{column} begins anew with each of its values", column=repr(counts[0])) if counts else BLOCKS
            return Choice((name,) if counts or len(set(lengths)) == 1 else (), because, False, none.options)
    return none


def begins_anew(column: "pd.Series[str]", starts: np.ndarray) -> bool:
    """Whether a column counts on within every block and goes back where one begins."""
    numbers = as_floats(column).to_numpy(float)
    steps = np.diff(numbers)
    back = np.zeros(len(steps), bool)
    back[starts[1:] - 1] = True
    return bool((steps[back] < 0).all() and (steps[~back] > 0).all() and len(set(numbers[starts])) == 1)


def one_series(
    cells: pd.DataFrame, times: Times, taken: dict[str, str], given: dict[str, Any], guesses: dict[str, Choice]
) -> tuple[pd.DataFrame, Times, tuple[str, ...], list[str]]:
    """Of a long table, the rows of one series; of any other, all."""
    guess = guess_id(cells, times, taken)
    ids = guess.or_given(given.get("id_columns"))
    if missing := [name for name in ids.value if name not in cells]:
        raise ValueError(t(
            "it has no column {column}; choose among {columns}",
            column=repr(missing[0]), columns=", ".join(map(repr, cells))
        ))
    guesses["id_columns"], guesses["id"] = ids, Choice("", t("one series"))
    if not ids.value:
        maybe = t("If these rows are several series one below another, choose the column that names them.")
        return cells, times, (), [maybe] * (guess.because == BLOCKS)
    joined = cells[ids.value[0]].str.cat([cells[name] for name in ids.value[1:]], sep=SEPARATOR)
    options = tuple(dict.fromkeys(joined))
    chosen = Choice(options[0], t("the first one"), len(options) == 1, options).or_given(given.get("id") or None)
    if chosen.value not in options:
        raise ValueError(t(
            "it has no series {series}; choose one of {names}",
            series=repr(str(chosen.value)[:60]), names=listed(options)
        ))
    guesses["id"] = chosen
    rows = np.flatnonzero(joined == chosen.value)
    named = quoted(SEPARATOR.join(ids.value))
    note = t(
        "Column {column} tells {count} series apart ({names}); {chosen} is read.",
        column=named, count=len(options), names=listed(options), chosen=quoted(chosen.value)
    )
    return cells.iloc[rows], kept(times, rows), tuple(ids.value), [note]
