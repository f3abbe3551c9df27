"""The time of day in a date, and its offset from UTC: 7:05 PM, 24:00, +01:00, CET."""

import re

import numpy as np
import pandas as pd

ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "MEZ": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3,
         "JST": 9, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}  # fmt: skip
CLOCK = (
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AP])?\.?(?(half)M)\.?\s*(?P<zone>Z|[A-Z]{2,4}T|UTC|[+-]\d{2}:?\d{2})?"
)
ONLY_CLOCK = re.compile(f"^{CLOCK}$", re.I)


def clock(parts: pd.DataFrame) -> "pd.Series[pd.Timedelta]":
    """Hours, minutes and seconds since midnight; nothing where a cell has none, NaT where they are no time."""
    if "hour" not in parts or not parts["hour"].notna().any():
        return pd.Series(pd.Timedelta(0), parts.index).astype("timedelta64[us]")
    hour = pd.to_numeric(parts["hour"]).fillna(0)
    half = parts["half"].str.upper()
    hour = hour.where(half.isna(), hour % 12) + 12 * (half == "P")
    minute, second = (pd.to_numeric(parts[name]).fillna(0) for name in ("minute", "second"))
    micro = (pd.to_numeric("0." + parts["fraction"].fillna("0")) * 1e6).round()
    wrong = (hour > 24) | (minute > 59) | (second > 59) | ((hour == 24) & (minute + second > 0))
    span = pd.to_timedelta(((hour * 60 + minute) * 60 + second) * 1e6 + micro, unit="us")
    return span.astype("timedelta64[us]").mask(wrong)


def offsets(parts: pd.DataFrame) -> np.ndarray | None:
    """Minutes from UTC of every row, if all that have a clock give theirs."""
    zones = parts["zone"].dropna()
    if not len(zones) or len(zones) < parts["hour"].notna().sum():
        return None
    minutes = {z: minutes_from_utc(z) for z in set(zones)}
    return None if None in minutes.values() else parts["zone"].map(minutes).to_numpy(float)


def minutes_from_utc(zone: str) -> float | None:
    """+01:00, CET and Z in minutes; None for letters that are not known."""
    if zone[0] in "+-":
        return int(zone[0] + "1") * (int(zone[1:3]) * 60.0 + int(zone[-2:]))
    hours = ZONES.get(zone.upper())
    return None if hours is None else 60.0 * hours
