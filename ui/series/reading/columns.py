"""What each column is taken for, and why; and which one is probably meant."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnn_core.words import fill, t
from ui.series.reading.choice import Choice, listed
from ui.series.reading.headers import kind
from ui.series.reading.numerals import GAPS, as_floats, is_gap, is_number, split_number
from ui.series.reading.times import PARTS, Times

MANY = 2000  # rows by which a column is judged to count
SAMPLE = 100  # rows by which a column is judged
SPARSE = 0.2  # of a column's values missing
INDEXES = re.compile(r"|no\.?|nr\.?|n|id|index|row|rows|rownames|unnamed: 0|#|obs|t|column 1", re.I)
PART = re.compile("|".join((*PARTS.values(), "weekday|dow|week")), re.I)
NUMBERS, COUNTS = t("numbers"), t("it counts")
TAKEN = {"number": NUMBERS, "date": t("dates"), "words": t("words"), "index": t("a count of the rows")}
KINDS = {  # Column.taken_for, as a person reads it
    "date": t("date"),
    "id": t("id"),
    "number": t("number"),
    "words": t("words"),
    "index": t("index"),
    "left out": t("left out"),
}


class Column(NamedTuple):
    """taken_for: date, id, number, words, index or left out; why: a few words for people."""

    name: str
    taken_for: str
    why: str


def roles(cells: pd.DataFrame) -> dict[str, str]:
    """What every column's cells are: number, date, words, or nothing; judged by a sample."""
    result = {}
    for name in cells:
        known = cells[name][~gaps(cells[name])]
        sample = known.iloc[:: max(1, len(known) // SAMPLE)]
        kinds = [kind(cell) for cell in sample]
        numbers = sum(map(is_number, sample))
        values, words = kinds.count("value"), kinds.count("word")
        if values + words == 0:
            result[name] = "empty"
        elif values < words and not common_unit(sample):
            result[name] = "words"
        else:
            result[name] = "date" if values > 2 * numbers and words <= values else "number"
    return result


def gaps(column: "pd.Series[str]") -> "pd.Series[bool]":
    return column.str.lower().isin(GAPS)


def common_unit(column: "pd.Series[str]") -> bool:
    """Whether most cells are numbers with one long unit."""
    parts = [split_number(cell) for cell in column]
    units = [p.unit for p in parts if p]
    return bool(units) and units.count(max(set(units), key=units.count)) > 0.5 * len(parts)


def explained(cells: pd.DataFrame, taken: dict[str, str], times: Times, ids: tuple[str, ...]) -> tuple[Column, ...]:
    """Every column with what it is taken for, and why."""
    result = []
    for name in cells:
        what = taken[name]
        if name in times.columns:
            result.append(Column(name, "date", t("dates")))
        elif name in ids:
            result.append(Column(name, "id", t("the names of the series")))
        elif what == "empty" or gaps(cells[name]).all():
            result.append(Column(name, "left out", t("empty")))
        elif what == "number":
            why = left_aside(cells[name], name)
            result.append(Column(name, "index" if why == COUNTS else "number", why or NUMBERS))
        else:
            row, example = next((row, cell) for row, cell in cells[name].items() if not is_gap(cell))
            why = t("{what}, as {example} in row {row}", what=TAKEN[what], example=repr(example[:40]), row=row)
            result.append(Column(name, what, why))
    return tuple(result)


def left_aside(column: "pd.Series[str]", name: str) -> str:
    """Why a column of numbers is not the likely one: it counts, is constant, sparse, or a part of a date."""
    gap = gaps(column).to_numpy(bool)
    sample = column[~gap].iloc[:MANY]
    numbers = as_floats(sample).to_numpy(float)
    steps = np.diff(numbers)
    if len(steps) > 1 and np.isfinite(steps).all():
        usual = float(np.median(steps))
        same = np.abs(steps - usual) <= 1e-6 * max(1.0, abs(usual))
        if usual != 0 and (same.all() or (same.mean() > 0.9 and INDEXES.fullmatch(name.strip()))):
            return COUNTS
    if sample.nunique() == 1 and column[~gap].nunique() == 1:
        return t("the same in every row")
    known = np.flatnonzero(~gap)
    if len(known) and len(known) < (1 - SPARSE) * (known[-1] - known[0] + 1):
        return t("{share} % of it is missing", share=f"{100 * (1 - len(known) / len(column)):.0f}")
    if PART.fullmatch(name.strip()):
        return t("a part of the date")
    return ""


def guess_column(columns: tuple[Column, ...]) -> Choice:
    """The column that is probably meant: the first of numbers that nothing speaks against."""
    numbers = [column for column in columns if column.taken_for == "number"]
    counts = [column for column in columns if column.taken_for == "index"]
    options = tuple(column.name for column in (*numbers, *counts))
    good = [column for column in numbers if column.why == NUMBERS]
    if not options:
        words = [column for column in columns if column.taken_for != "left out"]
        wrong = t("it holds nothing but gaps")
        if words:
            wrong = (
                t("column {column} holds {what} and nothing else")
                if words[0].taken_for == "date"
                else t("column {column} holds {what}")
            )
            wrong = fill(wrong, {"column": repr(words[0].name), "what": words[0].why})
        raise ValueError(t("{wrong}; a series needs a column of numbers", wrong=wrong))
    if good:
        aside = listed([column.name for column in numbers if column not in good])
        because = (
            t("the first column of numbers that is whole; not {others}", others=aside)
            if aside
            else t("the first column of numbers")
        )
        return Choice(good[0].name, because, len(good) == 1, options)
    return Choice(options[0], (numbers or counts)[0].why, False, options)


def chosen_column(cells: pd.DataFrame, columns: tuple[Column, ...], given: str | None) -> Choice:
    """The column that is read. Raises ValueError where the chosen one has no numbers."""
    if given is not None and given not in cells:
        raise ValueError(t(
            "it has no column {column}; choose one of {columns}",
            column=repr(given), columns=listed([repr(c.name) for c in columns], 10)
        ))
    result = next((c for c in columns if c.name == given), None)
    choice = guess_column(columns)
    if result and result.taken_for not in ("number", "index"):
        raise ValueError(t(
            "column {column} holds {what}; choose {columns}",
            column=repr(given), what=result.why, columns=listed([repr(name) for name in choice.options], 10)
        ))
    return choice.or_given(given)
