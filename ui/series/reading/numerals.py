"""Numbers as people write them, as floats: whatever stands around them.

pandas makes the numbers (`to_numeric`); here signs, units and footnotes' marks are taken off.
"""

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

LONGEST = 60  # characters of a number, a date
_MISSING = (
    "|na|n/a|#n/a|#n/v|#nv|nan|null|(null)|none|nil|nd|n.d.|n/d|n.a.|n.a|k.a.|k. a.|s/d|-|--|---|–|—|.|..|...|?|:|*"
    "|missing|<na>|nat|#value!|#ref!|#div/0!|#num!|无|缺失|欠測|…"
)
GAPS = frozenset(_MISSING.split("|"))
SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "mn": 1e6, "mio": 1e6, "mln": 1e6, "B": 1e9, "bn": 1e9, "mrd": 1e9, "万": 1e4,
          "亿": 1e8}  # fmt: skip
CURRENCY = r"(?:US\$|[ACR]\$|[$€£¥₹₽₩₺₴฿]|EUR|USD|GBP|CHF|JPY|CNY|Rs\.?|kr\.?)"
NUMBER = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*{CURRENCY}?\s*(?P<after>[+-])?\s*"
    r"(?P<body>[.,]?\d[\d.,'’ ]*(?:[eE][+-]?\d{1,4}(?!\d))?)(?P<tail>.*)",
    re.S,
)
_SIGNS = r"(?:[*†‡^§#~¹²³]|\[\w{1,3}\]|\((?:[a-zA-Z]|[ivx]+)\))*"
MARK = re.compile(rf"{_SIGNS} *(?:[a-zA-Z]|prov|est|rev)?\.? *{_SIGNS}")
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
    return len(cell) <= LONGEST and _is_number(cell)


@lru_cache(20_000)  # every cell of the first rows is looked at four times
def _is_number(cell: str) -> bool:
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
