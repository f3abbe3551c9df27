"""Guesses about a column's numbers: the mark before its decimals, the one between thousands, codes for missing."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.series.reading.choice import Choice
from ui.series.reading.numerals import PLAIN, split_number

SOME = 200  # cells that may show a mark between thousands


class Evidence(NamedTuple):
    """How many cells only one decimal mark explains, and what the cells are that either explains."""

    point: int
    comma: int
    mark: str  # of cells such as 1.234, "" if there are none
    least: float  # the smallest number before that mark
    unmarked: bool  # there are whole numbers, all below 1000, beside them


def evidence(cells: Iterable[str]) -> Evidence:
    """Evidence in a column's cells for its decimal mark."""
    bodies = [p.body for p in map(split_number, cells) if p]
    counts, marks, plain = Counter[str](), Counter[str](), []
    for body in bodies:
        result = [c for c in body if c in ".,"]
        digits = re.split(r"[.,]", re.split("[eE]", body)[0])
        if not result:
            plain.append(len(body))
        elif len(set(result)) == 2:
            counts[result[-1]] += 1
        elif len(result) > 1:
            counts["," if result[0] == "." else "."] += 1
        elif len(digits[1]) != 3 or not re.fullmatch(r"[1-9]\d?\d?", digits[0]):
            counts[result[0]] += 1
        else:
            marks[result[0]] += 1
    mark = max(marks, key=lambda m: marks[m]) if marks else ""
    least = min((float(b.split(mark)[0]) for b in bodies if mark and re.fullmatch(r"\d+[.,]\d{3}", b)), default=0)
    if mark and any(length > 3 for length in plain):
        counts[mark] += 1
    return Evidence(counts["."], counts[","], mark, least, bool(plain) and marks.total() > 2)


def guess_decimal(own: Evidence, others: Iterable[Evidence], sep: str, dotted: bool) -> Choice:
    """The decimal mark of a column: by its own cells, by the others, by the dates, by the delimiter."""

    def other(mark: str) -> str:
        return "," if mark == "." else "."

    options = (".", ",")
    if own.point != own.comma:
        few = min(own.point, own.comma) > 0
        return Choice("." if own.point > own.comma else ",", t("its own cells"), not few, options)
    mark = own.mark
    if mark and own.unmarked:
        return Choice(other(mark), t("whole numbers below 1000 beside ones with three places"), True, options)
    point, comma = (sum(getattr(o, name) for o in others) for name in ("point", "comma"))
    if point != comma:
        return Choice("." if point > comma else ",", t("the other columns"), True, options)
    if not mark:
        return Choice(".", t("no cell has a mark"), True, options)
    if dotted:
        return Choice(",", t("dates such as 31.12.2020, beside which a comma parts the decimals"), True, options)
    if sep == ",":
        return Choice(".", t("commas part the cells"), True, options)
    if mark == ",":  # fixed decimals cluster anywhere, thousands seldom begin just above 1,000
        return Choice("," if own.least < 2 else ".", t("every number has three places after its comma"), False, options)
    return Choice(".", t("every number has three places after its point"), False, options)


def guess_thousands(cells: "pd.Series[str]", decimal: str) -> Choice:
    """The mark between thousands, as it stands in the cells."""
    options = ("", other := "," if decimal == "." else ".", " ", "'")
    for cell in cells[cells.str.contains(r"\d[^\w-]\d\d\d")].iloc[:SOME]:
        p = split_number(cell)
        for mark in (other, " ", "'", "’"):
            if p and mark in p.body and PLAIN[decimal].fullmatch(p.body):
                return Choice(mark, t("cells such as {cell}", cell=p.body), True, options)
    return Choice("", t("no cell has one"), True, options)


def guess_codes(values: np.ndarray) -> Choice:
    """Codes for missing (−999, 9999, 1e30) that stand apart from all other values."""
    known = values[np.isfinite(values)]
    result = [float(v) for v in np.unique(known) if is_code(float(v))] if len(known) > 4 else []
    rest = known[~np.isin(known, result)]
    if not result or len(rest) < len(known) / 2 or len(rest) < 4:
        return Choice((), t("no number stands apart as a code would"), True)
    low, high, spread = rest.min(), rest.max(), np.ptp(rest)
    apart = tuple(v for v in result if v < low - spread or v > high + spread or (v < 0 <= low))
    return Choice(
        apart, t("they stand apart from all other values") if apart else t("no number stands apart"), not apart
    )


def is_code(value: float) -> bool:
    """Whether somebody may have written this for what is missing: nines, a large power of ten, the least of 16 bits."""
    return bool(re.fullmatch(r"99+(\.?9+)?(\.0)?", repr(abs(value)))) or abs(value) >= 1e20 or value in (-32768, 32767)
