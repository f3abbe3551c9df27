"""Dates as people write them, as timestamps: layouts by regular expression, years of two digits, clocks and zones.

A layout only takes a cell apart; pandas puts the parts together (`to_datetime`), so that 30 February is none.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.series.reading.choice import Choice
from ui.series.reading.clocks import CLOCK, clock, offsets
from ui.series.reading.numerals import LONGEST, ascii_digits

ENOUGH = 0.7  # of what stands in a column must be dates; the other rows are totals, units, footnotes
SAMPLE = 200
LAST = 3000  # years beyond are none, and calendars have room to go on
_MONTHS = (
    "january januar janvier enero gennaio janeiro januari январь января",
    "february februar fevrier febrero febbraio fevereiro februari февраль февраля",
    "march marz mars marzo marco maart mrt mrz март марта",
    "april avril abril aprile апрель апреля",
    "may mai mayo maggio maio mei май мая",
    "june juni juin junio giugno junho июнь июня",
    "july juli juillet julio luglio julho июль июля",
    "august aout agosto augustus август августа",
    "september septembre septiembre settembre setembro сентябрь сентября",
    "october oktober octobre octubre ottobre outubro октябрь октября",
    "november novembre noviembre novembro ноябрь ноября",
    "december dezember decembre diciembre dicembre dezembro декабрь декабря",
)
MONTHS = {name[:k]: m for m, names in enumerate(_MONTHS, 1) for name in names.split() for k in range(len(name), 2, -1)}
MONTHS |= {"sept": 9, "jun": 6, "jul": 7, "mar": 3}
_NAME = r"(?P<name>[^\W\d_]{3,12})\.?"
_YEAR = r"(?P<year>\d{4}|'?\d{2})"
LAYOUTS = {
    "year, month, day": r"(?P<year>\d{4})(?P<s>[-/. ])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})\.?",
    "day and month": rf"(?P<one>\d{{1,2}})(?P<s>[-/. ])(?P<two>\d{{1,2}})(?P=s){_YEAR}",
    "year, month": r"(?P<year>\d{4})(?:[-/]|[-. ]?M)(?P<month>\d{1,2})",
    "month, year": r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})",
    "year, quarter": r"(?P<year>\d{4})[-/. :]*[QT](?P<quarter>[1-4])",
    "quarter, year": r"(?:[QT](?P<quarter>[1-4])|(?P<nth>[1-4])\.? ?Q(?:uart\w+)?)[-/. ']*(?P<year>\d{4}|\d{2})",
    "year, week": r"(?P<year>\d{4})[- ]?W(?P<week>\d{1,2})",
    "named month, year": rf"{_NAME}[-,/ ']*(?P<year>\d{{4}}|\d{{2}})",
    "year, named month, day": rf"(?P<year>\d{{4}})[-/ ]+{_NAME}[-/ ]+(?P<day>\d{{1,2}})",
    "year, named month": rf"(?P<year>\d{{4}})[-,/. ]*{_NAME}",
    "day, named month, year": rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[- /]*(?:de )?{_NAME}[-,/ ]*(?:del? )?{_YEAR}",
    "named month, day, year": rf"{_NAME}[- ]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-, ]+(?P<year>\d{{4}})",
}
SAID = {  # what they are to a person
    "year, month, day": t("year, month, day"),
    "day and month": t("day and month"),
    "year, month": t("year, month"),
    "month, year": t("month, year"),
    "year, quarter": t("year, quarter"),
    "quarter, year": t("quarter, year"),
    "year, week": t("year, week"),
    "named month, year": t("named month, year"),
    "year, named month, day": t("year, named month, day"),
    "year, named month": t("year, named month"),
    "day, named month, year": t("day, named month, year"),
    "named month, day, year": t("named month, day, year"),
}
_TIMED = {name: re.compile(rf"^(?:{layout})(?:[T, ]+{CLOCK})?$", re.I) for name, layout in LAYOUTS.items()}
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?, *(?=\w)|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.? +(?=\d)", re.I)
_RANGE = re.compile(r"^(.*\d.*\S) *(?: [-–—/] |\bto\b|\bbis\b|–) *\S.*\d.*$")
_ISO = re.compile(r"\d[\d:.T/+-]*(?: [\d:.+-]+)?")  # nothing to take off
_EAST = [(re.compile(r"[年년]\s*(?=\d)|[月월]\s*(?=\d)"), "-"), (re.compile(r"[年月日년월일]"), "")]


class Dates(NamedTuple):
    """when (N,): timestamps, NaT where a cell is none. dayfirst: None where no date could be read both ways.

    offsets (N,): minutes from UTC where the cells give them, else None. because: what was recognized.
    """

    when: "pd.Series[pd.Timestamp]"
    dayfirst: Choice | None = None
    offsets: np.ndarray | None = None
    because: str = ""


def plain(cell: str) -> str:
    """A cell without weekday, the end of a range, and 年 月 日; months keep their names."""
    if _ISO.fullmatch(cell):
        return cell
    cell = " ".join(ascii_digits(cell[: LONGEST + 1]).split())
    for pattern, with_ in _EAST:
        cell = pattern.sub(with_, cell) if not cell.isascii() else cell
    match = _RANGE.match(cell) if len(cell) > 12 else None
    if match and is_layout(_WEEKDAY.sub("", match[1])):
        cell = match[1]
    return _WEEKDAY.sub("", cell) if cell[:1].isalpha() else cell


def is_layout(cell: str) -> bool:
    return any(matches(cell, name) for name in LAYOUTS)


def matches(cell: str, layout: str) -> bool:
    result = _TIMED[layout].match(cell) if len(cell) <= LONGEST else None
    if result is None:
        return False
    parts = result.groupdict()
    return month_number(parts["name"]) > 0 if "name" in parts else int(parts.get("month") or 1) < 13


def is_date(cell: str) -> bool:
    """Whether a cell alone is a date in words or in parts; a number such as 20210131 is not known to be one."""
    return 3 < len(cell) <= LONGEST and _is_date(cell)


@lru_cache(20_000)  # as for numbers
def _is_date(cell: str) -> bool:
    return is_layout(plain(cell))


def month_number(name: str) -> int:
    """1 to 12 for a month's name or the beginning of one in one of seven languages; 0 for another word."""
    letters = normalize("NFKD", name.lower()) if not name.isascii() else name.lower()
    return MONTHS.get("".join(c for c in letters if not "\u0300" <= c <= "\u036f" or "а" <= name[0].lower() <= "я"), 0)


def read_dates(cells: "pd.Series[str]", dayfirst: bool | None = None) -> Dates | None:
    """A column's cells as dates, if most are, in one layout; None if not."""
    filled = cells[cells.str.len() > 0]
    step = max(1, len(filled) // SAMPLE)
    sample = [plain(cell) for cell in filled.iloc[::step]]
    fits = {name: sum(matches(cell, name) for cell in sample) for name in LAYOUTS}
    layout = max(fits, key=lambda name: fits[name])
    if not sample or fits[layout] < ENOUGH * len(sample):
        return None
    codes, texts = pd.factorize(cells)
    parts = pd.Series([plain(text) for text in texts], dtype=object).str.extract(_TIMED[layout])
    parts = parts.iloc[codes].reset_index(drop=True)
    year = whole_years(parts["year"])
    if layout == "day and month":
        choice, when = day_or_month(parts, year, dayfirst)
    else:
        choice, when = None, together(parts, year, number(parts, "month"), number(parts, "day"))
    return Dates(when, choice, offsets(parts), SAID[layout]) if when.notna().sum() >= ENOUGH * len(filled) else None


def number(parts: pd.DataFrame, name: str) -> "pd.Series[float]":
    """One part of the dates as numbers; months by their names, quarters and weeks as the month they begin in."""
    if name == "month" and "name" in parts:
        names = parts["name"]
        return names.map({n: month_number(n) for n in names.dropna().unique()}).astype(float)
    if name == "month" and "quarter" in parts:
        quarter = parts["quarter"].fillna(parts["nth"]) if "nth" in parts else parts["quarter"]
        return pd.to_numeric(quarter, errors="coerce") * 3 - 2
    if name not in parts:
        return pd.Series(1.0, parts.index)
    return pd.to_numeric(parts[name], errors="coerce")


def whole_years(years: "pd.Series[str]") -> "pd.Series[float]":
    """Years of four digits. Two digits go on in the file's order, and the latest lies in no future."""
    written = years.str.lstrip("'")
    year = pd.to_numeric(written, errors="coerce").astype(float)
    year = year.where(year < LAST)
    short = written.str.len() == 2
    if not short.any():
        return year
    now, two = pd.Timestamp.now().year, year[short]
    steps = np.diff(two.to_numpy())
    down = (np.sign(steps) * (np.abs(steps) < 50)).sum() < 0
    wraps = np.r_[0, np.cumsum(steps > 50 if down else steps < -50)]
    if wraps[-1] > 1:  # in no order at all
        year[short] = two + np.where(two > now % 100, 1900, 2000)
        return year
    full = two.to_numpy() + 100 * (wraps[-1] - wraps if down else wraps)
    year[short] = full + 100 * ((now - full.max()) // 100)
    return year


def day_or_month(
    parts: pd.DataFrame, year: "pd.Series[float]", dayfirst: bool | None
) -> tuple[Choice | None, pd.Series]:
    """The dates with the day first or the month: by numbers above 12, by points, by the evenness of the steps."""
    one, two = number(parts, "one"), number(parts, "two")
    read = {True: together(parts, year, two, one), False: together(parts, year, one, two)}
    result = {first: int(when.notna().sum()) for first, when in read.items()}
    options = (True, False)
    if (parts["year"].str.len() < 4).all():  # 21-01-31
        short = together(parts, whole_years(parts["one"]), two, number(parts, "year"))
        whole = short.notna().sum() >= max(result.values())
        if whole and unevenness(short) < min(map(unevenness, read.values())):
            return None, short
    if (parts["s"].dropna() == ".").all():
        choice = Choice(True, t("points between the parts: the day stands first"), True, options)
    elif result[True] != result[False]:
        choice = Choice(result[True] > result[False], t("a part above 12, which is no month"), True, options)
    else:
        uneven = {first: unevenness(when) for first, when in read.items()}
        choice = Choice(uneven[True] <= uneven[False], t("the steps are more even so"), False, options)
    choice = choice.or_given(dayfirst)
    return choice, read[bool(choice.value)]


def unevenness(when: "pd.Series[pd.Timestamp]") -> float:
    """How much the steps between dates differ: deviation over mean, infinite where they go back and forth."""
    steps = when.dropna().diff().dropna().dt.total_seconds().to_numpy()
    if not len(steps) or steps.min() < 0 < steps.max() or not steps.mean():
        return float("inf")
    return float(steps.std() / abs(steps.mean()))


def together(parts: pd.DataFrame, year: pd.Series, month: pd.Series, day: pd.Series) -> "pd.Series[pd.Timestamp]":
    """Year, month, day and clock as timestamps, NaT where they make none; 24:00 is the next day's 0:00."""
    when = pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": day}), errors="coerce")
    if "week" in parts:
        monday = when - pd.to_timedelta((when.dt.day_of_week + 3) % 7 - 3, unit="D")
        when = monday + pd.to_timedelta(7 * (number(parts, "week") - 1), unit="D")
    return when.astype("datetime64[us]") + clock(parts)
