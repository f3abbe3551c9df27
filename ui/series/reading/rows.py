"""Rows that are no time, wherever they stand: totals, units, repeated headers, footnotes, rules."""

import re

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.series.reading.numerals import as_floats, is_gap, is_number
from ui.series.reading.times import Times

TOTAL = re.compile(
    r"(?:.*\b)?(?:sub-?total|grand total|totals?|sum|mean|average|avg|gesamt|summe|mittelwert|totale|somme"
    r"|moyenne|suma|media|count|std|min|max)\b.*|.*(?:合计|总计|小计|合計|計|平均)",
    re.I,
)
TOTAL_LIKE = r"(?i)total|sum|mean|average|avg|gesamt|mittel|moyenne|media|计|計|平均"


def odd_rows(cells: pd.DataFrame, times: Times) -> dict[int, str]:
    """Positions of rows that are no time, and why: found anywhere, they cost nothing else."""
    undated = times.dates.when.isna().to_numpy() if times.dates is not None else np.zeros(len(cells), bool)
    counter = counting_column(cells) if times.dates is None else None
    texts = cells.to_numpy()
    result = {
        int(at): reason(list(texts[at]), cells, counter) for at in np.flatnonzero(undated | suspects(cells, counter))
    }
    for at in np.flatnonzero(undated):
        result[int(at)] = result[int(at)] or t("no date")
    return {at: why for at, why in result.items() if why}


def reason(row: list[str], cells: pd.DataFrame, counter: str | None) -> str:
    """Why a row is no time; "" if nothing speaks against it."""
    if all(not cell or re.fullmatch(r":?-{3,}:?|[=_+]{2,}|-{4,}", cell) for cell in row):
        return t("a rule")
    if row == list(cells):
        return t("the header again")
    if any(len(cell) < 60 and TOTAL.fullmatch(cell) for cell in row):
        return t("a total")
    if counter is not None and not is_number(row[cells.columns.get_loc(counter)]):
        return t("no number where the rows are counted")
    if len(row) > 1 and not any(map(is_number, row)) and not all(map(is_gap, row)):
        return t("no number")
    return ""


def suspects(cells: pd.DataFrame, counter: str | None) -> np.ndarray:
    """Rows that begin as a total does or as the header, or hold no digit; only these are looked at closely."""
    first = cells.iloc[:, 0]
    result = (first.str.contains(TOTAL_LIKE) | (first == cells.columns[0])).to_numpy(bool, copy=True)
    if counter is not None:
        result |= ~cells[counter].str.fullmatch(r"\d+(?:\.0)?").to_numpy(bool)
    empty = np.arange(len(cells))  # without a digit so far
    for name in cells:
        empty = empty[~cells[name].iloc[empty].str.contains(r"\d").to_numpy(bool)]
    result[empty] = True
    return result


def counting_column(cells: pd.DataFrame) -> str | None:
    """The first column, where it counts the rows."""
    numbers = as_floats(cells.iloc[:, 0]).dropna()
    few = len(numbers) < max(3, 0.7 * len(cells)) or cells.shape[1] < 2
    return None if few or (numbers.diff().iloc[1:] != 1).mean() > 0.1 else cells.columns[0]
