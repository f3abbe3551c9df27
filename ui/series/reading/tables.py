"""What kind of table it is: one row after another in time, years along the columns, or several series one below another.

Also what each column is taken for, and which rows are no time: totals, units, repeated headers, footnotes, rules.
"""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ui.series.reading.choice import Choice, listed
from ui.series.reading.dates import is_date, month_number
from ui.series.reading.headers import RULE, kind
from ui.series.reading.numerals import as_floats, is_gap, is_number, split_number
from ui.series.reading.times import PARTS, Times

TOTAL = re.compile(
    r"(?:.*\b)?(?:sub-?total|grand total|totals?|sum|mean|average|avg|gesamt|summe|mittelwert|total general|totale|somme"
    r"|moyenne|suma|media|count|std|min|max)\b.*|.*(?:合计|总计|小计|合計|計|平均)",
    re.I,
)
YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
SEPARATOR = " / "
SPARSE = 0.2  # of a column's values missing
INDEXES = re.compile(r"|no\.?|nr\.?|n|id|index|row|rows|rownames|unnamed: 0|#|obs|t|column 1", re.I)
TAKEN = {"number": "numbers", "date": "dates", "words": "words", "index": "a count of the rows"}


class Column(NamedTuple):
    """taken_for: date, id, number, words, index or left out; why: a few words for people."""

    name: str
    taken_for: str
    why: str


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
    unique: list[str] = []
    for name in names:
        unique.append(name if name not in unique else f"{name} ({len(unique) + 1})")
    table.columns = pd.Index(unique)
    table = table.reset_index(names="date").astype(object)
    table.index = pd.RangeIndex(1, len(table) + 1)
    note = f"The columns are years or dates, from {dated[0]} to {dated[-1]}: the table is turned"
    return table, choice, [note + (f", and each of its {len(names)} rows is a column." if len(names) > 1 else ".")]


def odd_rows(cells: pd.DataFrame, times: Times) -> dict[int, str]:
    """Positions of rows that are no time, and why: found anywhere, they cost nothing else."""
    reasons: dict[int, str] = {}
    rule = cells.map(lambda cell: not cell or (bool(RULE.fullmatch(cell)) and cell not in ("--", "---"))).all(axis=1)
    rule |= cells.map(lambda cell: not cell or bool(re.fullmatch(r":?-{3,}:?", cell))).all(axis=1)
    header = (cells == list(cells.columns)).all(axis=1)
    undated = times.dates.when.isna().to_numpy() if times.dates is not None else np.zeros(len(cells), bool)
    lone = cells.shape[1] > 1
    counter = counting_column(cells) if times.dates is None else None
    texts = cells.to_numpy()
    for at in np.flatnonzero((rule | header).to_numpy(bool) | undated | suspects(cells, counter, lone)):
        row = list(texts[at])
        if rule.iloc[at] or header.iloc[at]:
            reasons[at] = "a rule" if rule.iloc[at] else "the header again"
        elif any(len(cell) < 60 and TOTAL.fullmatch(cell) for cell in row):
            reasons[at] = "a total"
        elif undated[at]:
            reasons[at] = "no date"
        elif counter is not None and not is_number(row[list(cells).index(counter)]):
            reasons[at] = "no number where the rows are counted"
        elif lone and not any(is_number(cell) for cell in row) and any(not is_gap(cell) for cell in row):
            reasons[at] = "no number"
    return reasons


def suspects(cells: pd.DataFrame, counter: str | None, lone: bool) -> np.ndarray:
    """Rows that begin otherwise than most do, or hold no digit; only these are looked at closely."""
    found = (
        cells.iloc[:, 0]
        .str.contains(r"(?i)total|sum|mean|average|avg|gesamt|mittel|计|計|平均")
        .to_numpy(bool, copy=True)
    )
    if counter is not None:
        found |= ~cells[counter].str.fullmatch(r"\d+(?:\.0)?").to_numpy(bool)
    if lone:
        digits = np.zeros(len(cells), bool)
        for name in cells:
            digits |= cells[name].str.contains(r"\d").to_numpy(bool)
        found |= ~digits
    return found


def counting_column(cells: pd.DataFrame) -> str | None:
    """The first column, where it counts the rows."""
    numbers = as_floats(cells.iloc[:, 0]).dropna()
    few = len(numbers) < max(3, 0.7 * len(cells)) or cells.shape[1] < 2
    return None if few or (numbers.diff().iloc[1:] != 1).mean() > 0.1 else cells.columns[0]


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


def roles(cells: pd.DataFrame) -> dict[str, str]:
    """What every column's cells are: number, date, words, or nothing; told by a sample."""
    step = max(1, len(cells) // 400)
    found = {}
    for name in cells:
        kinds = [kind(cell) for cell in cells[name].iloc[::step]]
        if set(kinds) <= {"gap"}:
            kinds = [kind(cell) for cell in cells[name]]
        numbers = sum(is_number(cell) for cell in cells[name].iloc[::step])
        values, words = kinds.count("value"), kinds.count("word")
        if values + words == 0:
            found[name] = "empty"
        elif values < words and not common_unit(cells[name].iloc[::step]):
            found[name] = "words"
        else:
            found[name] = "date" if values > 2 * numbers and words <= values else "number"
    return found


def common_unit(column: "pd.Series[str]") -> bool:
    """Whether most cells are numbers with one long unit."""
    parts = [split_number(cell) for cell in column if not is_gap(cell)]
    units = [p.unit for p in parts if p]
    return bool(units) and units.count(max(set(units), key=units.count)) > 0.5 * len(parts)


def explained(cells: pd.DataFrame, taken: dict[str, str], times: Times, ids: tuple[str, ...]) -> tuple[Column, ...]:
    """Every column with what it is taken for, and why."""
    found = []
    for name in cells:
        what = taken[name]
        if name in times.columns:
            found.append(Column(name, "date", "says when"))
        elif name in ids:
            found.append(Column(name, "id", "says which series"))
        elif what == "empty":
            found.append(Column(name, "left out", "nothing stands in it"))
        elif what == "number":
            why = left_aside(cells[name], name)
            found.append(Column(name, "index" if why == "it counts" else "number", why or "numbers"))
        else:
            example = next(cell for cell in cells[name] if not is_gap(cell))
            found.append(Column(name, what, f"{TAKEN[what]}, as {example[:40]!r}"))
    return tuple(found)


def left_aside(column: "pd.Series[str]", name: str) -> str:
    """Why a column of numbers is not the likely one: it counts, is constant, sparse, or a part of a date."""
    sample = column[~column.map(is_gap)] if len(column) < 2000 else column.iloc[:2000][~column.iloc[:2000].map(is_gap)]
    numbers = as_floats(sample).to_numpy(float)
    steps = np.diff(numbers)
    if len(steps) > 1 and np.isfinite(steps).all():
        usual = float(np.median(steps))
        same = np.abs(steps - usual) <= 1e-6 * max(1.0, abs(usual))
        if usual != 0 and (same.all() or (same.mean() > 0.9 and INDEXES.fullmatch(name.strip()))):
            return "it counts"
    if sample.nunique() == 1:
        return "the same in every row"
    known = np.flatnonzero(~column.map(is_gap).to_numpy(bool))
    if len(known) and len(known) < (1 - SPARSE) * (known[-1] - known[0] + 1):
        return f"{100 * (1 - len(known) / len(column)):.0f} % of it is missing"
    if any(re.fullmatch(pattern, name.strip(), re.I) for pattern in PARTS.values()) or re.fullmatch(
        "weekday|dow|week", name, re.I
    ):
        return "a part of the date"
    return ""


def guess_column(columns: tuple[Column, ...]) -> Choice:
    """The column that is probably meant: the first of numbers that nothing speaks against."""
    numbers = [column for column in columns if column.taken_for == "number"]
    counts = [column for column in columns if column.taken_for == "index"]
    options = tuple(column.name for column in (*numbers, *counts))
    good = [column for column in numbers if column.why == "numbers"]
    if not options:
        words = [column for column in columns if column.taken_for != "left out"]
        what = f"column {words[0].name!r} holds {words[0].why}" if words else "it holds nothing but gaps"
        raise ValueError(f"{what.replace('says when', 'dates and nothing else')}; a series needs a column of numbers")
    if good:
        aside = listed([column.name for column in numbers if column not in good])
        because = "the first column of numbers" + (f" that is whole; not {aside}" if aside else "")
        return Choice(good[0].name, because, len(good) == 1, options)
    return Choice(options[0], (numbers or counts)[0].why, False, options)
