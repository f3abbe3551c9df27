"""Numbers as people write them, as floats: which mark parts the decimals, what stands around a number, which are codes.

pandas makes the numbers (`to_numeric`); here signs, units and marks are taken off and the decimal mark is proposed.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from ui.series.reading.choice import Choice

LONGEST = 60  # characters of a number, a date
GAPS = frozenset(
    [
        "",
        "na",
        "n/a",
        "#n/a",
        "#n/v",
        "#nv",
        "nan",
        "null",
        "(null)",
        "none",
        "nil",
        "nd",
        "n.d.",
        "n/d",
        "n.a.",
        "n.a",
        "k.a.",
        "k. a.",
        "s/d",
        "-",
        "--",
        "---",
        "–",
        "—",
        ".",
        "..",
        "...",
        "?",
        ":",
        "x",
        "*",
        "missing",
        "<na>",
        "nat",
        "#value!",
        "#ref!",
        "#div/0!",
        "#num!",
        "无",
        "缺失",
        "欠測",
        "…",
    ]
)
SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "mn": 1e6, "mio": 1e6, "mln": 1e6, "B": 1e9, "bn": 1e9, "mrd": 1e9, "万": 1e4,
          "亿": 1e8}  # fmt: skip
CURRENCY = r"(?:US\$|[ACR]\$|[$€£¥₹₽₩₺₴฿]|EUR|USD|GBP|CHF|JPY|CNY|Rs\.?|kr\.?)"
NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*{CURRENCY}?\s*(?P<after>[+-])?\s*"
    r"(?P<body>[.,]?\d[\d.,'’ ]*(?:[eE][+-]?\d{1,4}(?!\d))?)(?P<tail>.*)",
    re.S,
)
MARK = re.compile(r"(?:[*†‡^§#~¹²³]|\[\w{1,3}\]|\((?:[a-zA-Z]|[ivx]+)\)|(?:prov|est|rev)\.?|[a-z]|\b[A-Z])+", re.I)
PLAIN = {
    decimal: re.compile(
        rf"(?:\d+|\d{{1,3}}(?:[{groups}]\d{{3}})+|\d{{1,2}}(?:[{groups}]\d\d)+[{groups}]\d{{3}})(?:[{decimal}]\d*)?"
        rf"(?:[eE][+-]?\d{{1,4}})?|[{decimal}]\d+(?:[eE][+-]?\d{{1,4}})?"
    )
    for decimal, groups in ((".", ",'’ "), (",", ".'’ "))
}
_ZEROS = [0x660, 0x6F0, 0x966, 0x9E6]  # Arabic, Persian, Hindi, Bengali
ASCII = {zero + k: str(k) for zero in _ZEROS for k in range(10)} | {c: chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
ASCII |= dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u3000\u2007"), " ") | dict.fromkeys(map(ord, "−‒–"), "-")
ASCII |= {ord("٫"): ".", ord("٬"): ",", ord("￥"): "¥", 0x200E: "", 0x200F: "", 0xFEFF: ""}


def as_floats(cells: "pd.Series[str]") -> "pd.Series[float]":
    """Plain numbers as floats, NaN for whatever else stands there."""
    numbers = pd.to_numeric(cells.where(cells.str.len() < LONGEST, ""), errors="coerce").astype(float)
    return numbers.where(np.isfinite(numbers))


class Parts(NamedTuple):
    """A number's digits and marks as written, its sign, its scale, and what stands after it: a unit, if anything."""

    body: str
    sign: int
    scale: float
    unit: str
    odd: bool  # the unit may as well be a footnote's mark


def is_gap(cell: str) -> bool:
    """Whether a cell says that nothing was measured."""
    return cell.lower() in GAPS


def ascii_digits(cell: str) -> str:
    """A cell with full-width, Arabic and other digits, signs and spaces as ASCII has them."""
    return cell if cell.isascii() else cell.translate(ASCII).strip()


def split_number(cell: str) -> Parts | None:
    """The parts of a number in a cell; None where it does not begin with one."""
    if len(cell) > LONGEST or not (match := NUMBER.fullmatch(ascii_digits(cell))):
        return None
    tail = match["tail"].strip()
    negative = (match["sign"] or match["after"]) == "-"
    if match["open"]:
        if ")" not in tail:
            return None
        tail, negative = tail.replace(")", "", 1).strip(), True
    if tail[:1] == "-" and not tail[1:].strip("$€£¥% "):
        tail, negative = tail[1:].strip(), True
    if any(c.isdigit() and c not in "¹²³" for c in tail) and not MARK.fullmatch(tail):
        return None
    scale = SCALES.get(tail, SCALES.get(tail.lower(), 1.0) if len(tail) > 1 else 1.0)
    unit = "" if scale != 1 or re.fullmatch(rf"%|{CURRENCY}|,-|[*†‡^¹²³]+", tail) else tail
    return Parts(match["body"].strip(), -1 if negative else 1, scale, unit, bool(MARK.fullmatch(unit)))


def is_number(cell: str) -> bool:
    """Whether a cell alone looks like a number, with whatever decimal mark, and perhaps a short unit."""
    parts = split_number(cell)
    return parts is not None and len(parts.unit) < 5 and any(p.fullmatch(parts.body) for p in PLAIN.values())


class Numbers(NamedTuple):
    """values (N,), NaN for a gap; odd: the positions of cells that hold something else."""

    values: np.ndarray
    odd: np.ndarray


def to_numbers(cells: "pd.Series[str]", decimal: str = ".", thousands: str = "") -> Numbers:
    """A column's cells as numbers, read with these marks; a unit counts where most cells have the same."""
    codes, texts = pd.factorize(cells)
    parts = [None if is_gap(text) else split_number(text) for text in texts]
    units = Counter(p.unit for p in parts if p and p.unit)
    common = {unit for unit, count in units.items() if count > 0.5 * sum(p is not None for p in parts)}
    fits = [p is not None and (not p.unit or p.odd or p.unit in common) for p in parts]
    bodies = pd.Series([p.body if p and fit else "" for p, fit in zip(parts, fits, strict=True)], dtype=object)
    bodies = bodies.where(bodies.str.fullmatch(PLAIN[decimal].pattern), "")
    for mark in {thousands, "'", "’", " "} - {""}:
        bodies = bodies.str.replace(mark, "", regex=False)
    numbers = pd.to_numeric(bodies.str.replace(decimal, ".", regex=False), errors="coerce").to_numpy(float, copy=True)
    with np.errstate(over="ignore"):
        numbers = numbers * np.array([p.sign * p.scale if p else 1.0 for p in parts], float)
    numbers[~np.isfinite(numbers)] = np.nan
    gap = np.array([is_gap(text) for text in texts], bool)
    return Numbers(numbers[codes], np.flatnonzero((np.isnan(numbers) & ~gap)[codes]))


class Evidence(NamedTuple):
    """How many cells only one decimal mark explains, and what the cells are that either explains."""

    point: int
    comma: int
    mark: str  # of cells such as 1.234, "" if there are none
    least: float  # the smallest number before that mark
    unmarked: bool  # there are whole numbers, all below 1000, beside them


def evidence(cells: Iterable[str]) -> Evidence:
    """What a column's cells tell of its decimal mark."""
    bodies = [p.body for p in map(split_number, cells) if p]
    counts, marks, plain = Counter[str](), Counter[str](), []
    for body in bodies:
        found = [c for c in body if c in ".,"]
        digits = re.split(r"[.,]", re.split("[eE]", body)[0])
        if not found:
            plain.append(len(body))
        elif len(set(found)) == 2:
            counts[found[-1]] += 1
        elif len(found) > 1:
            counts["," if found[0] == "." else "."] += 1
        elif len(digits[1]) != 3 or not re.fullmatch(r"[1-9]\d?\d?", digits[0]):
            counts[found[0]] += 1
        else:
            marks[found[0]] += 1
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
        return Choice("." if own.point > own.comma else ",", "its own cells", not few, options)
    mark = own.mark
    if mark and own.unmarked:
        return Choice(other(mark), "whole numbers below 1000 beside ones with three places", True, options)
    point, comma = (sum(getattr(o, name) for o in others) for name in ("point", "comma"))
    if point != comma:
        return Choice("." if point > comma else ",", "the other columns", True, options)
    if not mark:
        return Choice(".", "no cell has a mark", True, options)
    if sep == ",":
        return Choice(".", "commas part the cells", mark == ",", options)
    if dotted:
        return Choice(",", "dates such as 31.12.2020, beside which a comma parts the decimals", True, options)
    if mark == ",":  # fixed decimals cluster anywhere, thousands seldom begin just above 1,000
        return Choice("," if own.least < 2 else ".", "every number has three places after its comma", False, options)
    return Choice(".", "every number has three places after its point", False, options)


def guess_thousands(cells: Iterable[str], decimal: str) -> Choice:
    """The mark between thousands, as it stands in the cells."""
    options = ("", other := "," if decimal == "." else ".", " ", "'")
    for p in map(split_number, cells):
        for mark in (other, " ", "'", "’"):
            if p and mark in p.body and PLAIN[decimal].fullmatch(p.body):
                return Choice(mark, f"cells such as {p.body}", True, options)
    return Choice("", "no cell has one", True, options)


def guess_codes(values: np.ndarray) -> Choice:
    """Codes for missing (−999, 9999, 1e30) that stand apart from all other values."""
    known = values[np.isfinite(values)]
    found = [float(v) for v in np.unique(known) if is_code(float(v))] if len(known) > 4 else []
    rest = known[~np.isin(known, found)]
    if not found or len(rest) < len(known) / 2 or len(rest) < 4:
        return Choice((), "no number stands apart as a code would", True)
    low, high, spread = rest.min(), rest.max(), np.ptp(rest)
    apart = tuple(v for v in found if v < low - spread or v > high + spread or (v < 0 <= low))
    return Choice(apart, "they stand apart from all other values" if apart else "no number stands apart", not apart)


def is_code(value: float) -> bool:
    """Whether somebody may have written this for what is missing: nines, a large power of ten, the least of 16 bits."""
    return bool(re.fullmatch(r"99+(\.?9+)?(\.0)?", repr(abs(value)))) or abs(value) >= 1e20 or value in (-32768, 32767)
