"""Numbers that are dates: 20210131, 202101, 1960, 1960.25, seconds since 1970, days since 1900."""

import re

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.series.reading.dates import ENOUGH, Dates
from ui.series.reading.numerals import as_floats, is_gap

YEAR = r"year|yr|yyyy|yy|jahr|annee|année|año|ano|anno|年"
DATED = re.compile(rf"{YEAR}|.*(?:date|datum|fecha|time|zeit|period|month|monat|日期|年月|日付).*|ds|t", re.I)
EPOCHS = {"s": 1e9, "ms": 1e12, "us": 1e15, "ns": 1e18}


def may_count(sample: "pd.Series[str]", name: str) -> bool:
    """Whether a column may be numbers that are dates: named so, or in order."""
    numbers = as_floats(sample).dropna()
    return bool(DATED.fullmatch(name.strip())) or numbers.is_monotonic_increasing or numbers.is_monotonic_decreasing


def read_numbers(cells: "pd.Series[str]", name: str) -> Dates | None:
    """A column of numbers as dates, by the first kind that all of them are; None if they are none."""
    filled = cells[(cells != "") & ~cells.map(is_gap)]
    numbers = as_floats(cells).reset_index(drop=True)
    known = numbers.dropna()
    if len(known) < 2 or len(known) < ENOUGH * len(filled):
        return None
    steps = np.sign(np.diff(known))
    ordered = abs(steps.sum()) == len(steps)
    dated = bool(DATED.fullmatch(name.strip()))
    restarts = dated and len(known) > known.nunique()
    if not (ordered or restarts or (dated and len(set(known)) == len(known))):
        return None
    for read in (read_digits, read_epoch, read_years, read_serial):
        dates = read(numbers, cells.reset_index(drop=True), dated)
        if dates and dates.when.notna().sum() >= 0.99 * len(known):
            return dates
    return None


def read_digits(numbers: "pd.Series[float]", cells: "pd.Series[str]", dated: bool) -> Dates | None:
    """20210131 and 202101; 2021.01 where every part after the point is a month."""
    known = numbers.dropna()
    months = cells.str.extract(r"^((?:1[4-9]|20|21)\d\d)\.?(0[1-9]|1[0-2])$")
    if months[0].notna().sum() >= 0.99 * len(known):
        when = pd.to_datetime(months[0] + months[1], format="%Y%m", errors="coerce")
        return Dates(when, because=t("six digits"))
    for pattern, form in ((r"(?:19|20)\d{8}", "%Y%m%d%H"), (r"(?:19|20)\d{10}", "%Y%m%d%H%M")):
        hours = pd.to_datetime(cells.where(cells.str.fullmatch(pattern), None), format=form, errors="coerce")
        if hours.notna().sum() >= 0.99 * len(known):
            return Dates(hours.astype("datetime64[us]"), because=t("digits as {form} writes them", form=form))
    days = cells.where(cells.str.fullmatch(r"(?:1[4-9]|20|21)\d{6}"), None)
    when = pd.to_datetime(days, format="%Y%m%d", errors="coerce")
    return Dates(when, because=t("eight digits")) if when.notna().sum() >= 0.99 * len(known) else None


def read_epoch(numbers: "pd.Series[float]", cells: "pd.Series[str]", dated: bool) -> Dates | None:
    """Seconds, or their thousandths, since 1970: between 1980 and 2100 in one of these units, in even steps."""
    known = numbers.dropna()
    if not dated and np.unique(np.diff(known), return_counts=True)[1].max() < 0.5 * len(known):
        return None
    for unit, scale in EPOCHS.items():
        if known.between(0.315 * scale, 4.1 * scale).all():
            when = pd.to_datetime((numbers * (1e15 / scale)).round(), unit="us")
            return Dates(when.astype("datetime64[us]"), because=t("numbers that count {unit} since 1970", unit=unit))
    return None


def read_years(numbers: "pd.Series[float]", cells: "pd.Series[str]", dated: bool) -> Dates | None:
    """1960, 1961 and, as R writes its series, 1960, 1960.25 or 1960.083."""
    known = numbers.dropna()
    steps = np.abs(np.diff(known))
    usual = float(np.median(steps))
    even = usual > 0 and (np.abs(steps - usual) < 0.01).mean() > 0.9
    if not known.between(1000 if dated else 1500, 2200).all() or not (even or dated):
        return None
    twelfths = (known * 12).round()
    if (np.abs(known * 12 - twelfths) > 0.1).any():
        return None
    whole = (known == known.round()).all()
    if not (whole and (dated or usual in (1, 5, 10))) and not (even and not whole and usual > 0.08):
        return None
    months = (numbers * 12).round()
    table = pd.DataFrame({"year": months // 12, "month": months % 12 + 1, "day": 1})
    return Dates(pd.to_datetime(table, errors="coerce"), because=t("numbers that count years"))


def read_serial(numbers: "pd.Series[float]", cells: "pd.Series[str]", dated: bool) -> Dates | None:
    """Days since 1900, as a spreadsheet keeps dates, in a column that is named a date."""
    if not dated or not numbers.dropna().between(15_000, 80_000).all():
        return None
    when = pd.to_datetime(numbers, unit="D", origin="1899-12-30", errors="coerce")
    return Dates(when.astype("datetime64[us]"), because=t("numbers that count days since 1900"))
