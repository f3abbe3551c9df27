"""Cells as people write them: dates, numbers, codes for missing."""


import numpy as np
import pandas as pd
import pytest

from tests.series_files import DAYS, MONTHS, VALUES, N, comma, day, lines, same, table
from ui.series.reading import read_series
from ui.series.reading.numerals import to_numbers

HOURS = pd.date_range("2021-03-01", periods=N, freq="h")
AUTUMN = pd.date_range("2021-10-30", periods=N, freq="h", tz="Europe/Berlin")
QUARTERS = [f"{k % 4 + 1}Q{10 + k // 4}" for k in range(N)]


@pytest.mark.parametrize(
    ("data", "first", "frequency"),
    [
        (table("d,y", "%Y/%m/%d"), "2021-01-01", "D"),
        (table("d,y", "%d/%m/%y"), "2021-01-01", "D"),
        (table("d,y", "%m/%d/%Y"), "2021-01-01", "D"),
        (table("d,y", "%y-%m-%d"), "2021-01-01", "D"),
        (table("d,y", "%Y-%b-%d"), "2021-01-01", "D"),
        (table("d,y", "%d%b%Y"), "2021-01-01", "D"),
        (table("d,y", "%d %b %Y"), "2021-01-01", "D"),
        (table("d,y", "%a %d/%m/%Y"), "2021-01-01", "D"),
        (table("d;y", "%d. %B %Y", DAYS, comma(), ";"), "2021-01-01", "D"),
        (table("d,y", "%Y%m%d"), "2021-01-01", "D"),
        (table("d,y", "%Y-%m", MONTHS), "2010-01-01", "MS"),
        (table("d;y", "%Y.%m", MONTHS, comma(), ";"), "2010-01-01", "MS"),
        (table("d,y", "%YM%m", MONTHS), "2010-01-01", "MS"),
        (table("d,y", "%Y %b", MONTHS), "2010-01-01", "MS"),
        (table("d,y", "%b-%y", pd.date_range("1964-01-01", periods=N, freq="MS")), "1964-01-01", "MS"),
        (table("d,y", "%Y-%m-%d", MONTHS + pd.Timedelta(14, "D")), "2010-01", "M"),
        (table("d,y", "%Y-%m-%d", pd.date_range("2010-01-01", periods=N, freq="BME")), "2010-01-29", "BME"),
        (table("d,y", "%G-W%V", pd.date_range("2020-01-06", periods=N, freq="7D")), "2020-01-06", "W-MON"),
        (lines("q,y", *(f"{q},{v}" for q, v in zip(QUARTERS, VALUES, strict=True))), "2010-01-01", "QS-JAN"),
        (lines("q,y", *(f"{2010 + k // 4}Q{k % 4 + 1},{v}" for k, v in enumerate(VALUES))), "2010-01-01", "QS-JAN"),
        (lines("t,y", *(f"{1960 + k / 4},{v}" for k, v in enumerate(VALUES))), "1960-01-01", "QS-JAN"),
        (lines("year,y", *(f"{1700 + 10 * k},{v}" for k, v in enumerate(VALUES))), "1700-01-01", "10YS-JAN"),
        (lines("Date,y", *(f"{44197 + k},{v}" for k, v in enumerate(VALUES))), "2021-01-01", "D"),
        (table("d,y", "%m/%d/%Y %I:%M %p", HOURS), "2021-03-01", "h"),
        (table("d,y", "%Y-%m-%dT%H:%M:%SZ", HOURS), "2021-03-01 00:00:00+00:00", "h"),
        (table("d,y", "%Y-%m-%d %H:%M", AUTUMN), "2021-10-30 00:00:00+02:00", "h"),
        (table("d,y", "%Y-%m-%d %H:%M:%S%z", AUTUMN), "2021-10-30 00:00:00+02:00", "h"),
        (table("d,y", "%Y-%m-%d %H:%M %Z", AUTUMN), "2021-10-30 00:00:00+02:00", "h"),
        (table("d,y", "%Y%m%d%H", HOURS), "2021-03-01", "h"),
        (lines("y,v", *(f"{1950 + k}/{51 + k},{v}" for k, v in enumerate(VALUES))), "1", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_dates_as_people_write_them(data: bytes, first: str, frequency: str):
    r = read_series(data, "my.csv")
    assert (day(r.index[0]), r.frequency or "") == (first, frequency)
    np.testing.assert_array_equal(r.values, VALUES)
    assert same(r, read_series(data, "my.csv", **r.choices))


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1 234,5", ",", 1234.5),
        ("1\u202f234,5", ",", 1234.5),
        ("1'234.5", ".", 1234.5),
        ("−3", ".", -3),
        ("(12)", ".", -12),
        ("($1,200.50)", ".", -1200.5),
        ("16.28-", ".", -16.28),
        ("5 %", ".", 5),
        ("€ 2,50", ",", 2.5),
        ("2,50 €", ",", 2.5),
        ("¥1200", ".", 1200),
        ("1.234.567,8", ",", 1234567.8),
        ("12,34,567", ".", 1234567),
        ("11.95K", ".", 11950),
        ("1.5 bn", ".", 1.5e9),
        ("９８．７", ".", 98.7),
        ("٣٫٥", ".", 3.5),
        (".5", ".", 0.5),
        ("1e-3", ".", 0.001),
        ("124.5 p", ".", 124.5),
        ("124.5e", ".", 124.5),
        ("124.5(r)", ".", 124.5),
        ("124.5[2]", ".", 124.5),
        ("119.32*", ".", 119.32),
        ("119^", ".", 119),
        ("1,5", ".", None),
        ("1_0", ".", None),
        ("0x1", ".", None),
        ("1" * 61, ".", None),
        ("", ".", None),
        ("e5", ".", None),
        ("n/a", ".", None),
        ("<5", ".", None),
        ("3 rooms 2 baths", ".", None),
    ],
)
def test_numbers_as_people_write_them(cell: str, decimal: str, value: float | None):
    thousands = {",": ".", ".": ","}[decimal]
    read = to_numbers(pd.Series([cell, "7", "8"], dtype=object), decimal, "" if cell == "1,5" else thousands)
    np.testing.assert_array_equal(read.values, [np.nan if value is None else value, 7, 8])


def test_a_unit_counts_where_most_cells_have_it():
    rain = pd.Series(["5 mm", "6 mm", "7 mm", "8 rooms"], dtype=object)
    np.testing.assert_array_equal(to_numbers(rain).values, [5, 6, 7, np.nan])


THREE = [f"{k},{k:03d}" for k in range(1, N)]


@pytest.mark.parametrize(
    ("data", "value", "asked"),
    [
        (lines("v", *THREE), 2.002, True),
        (lines("a;b", *(f"{x};{x}" for x in THREE)), 2.002, True),
        (lines("a;b", *(f"x;1{k},{k + 100}" for k in range(N))), 11_101, True),
        (lines("a,b", *(f'x,"{k},500"' for k in range(1, N))), 2500, False),
        (lines("a;b", *(f"0,5;{k * k}.500" for k in range(1, 30))), 4500, False),
        (lines("d;b", *(f"{d:%d.%m.%Y};1,{400 + k}" for k, d in enumerate(DAYS))), 1.401, False),
        (lines("d;b", *(f"{d:%d.%m.%Y};{k + 1}.400" for k, d in enumerate(DAYS))), 2400, False),
        (lines("d,b", *(f"{d:%Y-%m-%d},{k + 1}.400" for k, d in enumerate(DAYS))), 2.4, False),
        (lines("d;b", *(f"{d:%Y-%m-%d};{900 + 50 * k:_}".replace("_", ".") for k, d in enumerate(DAYS))), 950, False),
        (lines("d;b", *(f"{d:%Y-%m-%d};{1000 + k}.{k % 9}" for k, d in enumerate(DAYS))), 1001.1, False),
    ],
)  # fmt: skip
def test_thousands_are_no_decimals(data: bytes, value: float, asked: bool):
    r = read_series(data, "my.csv", "b" if b"b" in data[:5] else None)
    assert r.values[1] == value
    assert ("decimal" in r.to_ask) == asked


def test_decimals_cut_in_two_by_the_delimiter_are_one_number_and_never_half_of_one():
    data = table("d,y", "%d.%m.%Y", DAYS, comma())
    r = read_series(data, "my.csv")
    assert r.values.tolist() == VALUES and "two cells are taken as one number" in r.notes[0]
    assert same(r, read_series(data, "my.csv", **r.choices))
    one_more = table("d,y", "%Y-%m-%d") + b"\n2021-02-18,5,"
    assert read_series(one_more, "my.csv").values.tolist() == [*VALUES, 5]
    names = read_series(lines("a,b", *(f"{k},{k * k},{k % 7}" for k in range(N))), "my.csv").columns
    assert [column.name for column in names] == ["row", "a", "b"]


@pytest.mark.parametrize("code", ["-999", "9999", "1e30", "-99.9", "-32768"])
def test_codes_for_missing_are_proposed_where_they_stand_apart(code: str):
    rows = [code if k in (3, 9) else v for k, v in enumerate(VALUES)]
    data = table("date,y", "%Y-%m-%d", DAYS, rows)
    r = read_series(data, "my.csv")
    assert np.isnan(r.values[[3, 9]]).all() and np.isnan(r.values).sum() == 2
    assert r.choices["na_values"] == (float(code),) and "na_values" in r.to_ask
    assert np.isfinite(read_series(data, "my.csv", na_values=()).values).all()


def test_a_nine_among_others_is_a_number():
    data = lines("y", *(str(k * 37 % 1100) for k in range(N)), "999", "99")
    assert read_series(data, "my.csv").choices["na_values"] == ()


def test_the_order_in_the_file_tells_the_century_and_no_year_lies_in_the_future():
    years = pd.date_range("1935-01-01", periods=90, freq="YS")
    data = lines("d,y", *(f"01/{w.month:02d}/{w:%y},{k * k}" for k, w in enumerate(years)))
    assert [w.year for w in read_series(data, "my.csv").index] == [w.year for w in years]
    soon = pd.Timestamp.now() + pd.DateOffset(years=3)
    ahead = pd.date_range(end=soon, periods=N, freq="MS")
    r = read_series(table("d,y", "%d.%m.%y", ahead), "my.csv")
    assert r.index[-1].year == ahead[-1].year - 100
