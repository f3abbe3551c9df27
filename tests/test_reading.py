"""The reader of files that people bring: each form that was met gives its series, any bytes give one sentence.

tests/cases holds made-up files in forms that people brought, expected.csv what they hold.
"""

import csv
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ui.series.reading import CHOICES, Reading, read_series
from ui.series.reading.files import BYTES
from ui.series.reading.grid import ROWS, SEPS
from ui.series.reading.numerals import to_numbers

CASES = Path(__file__).parent / "cases"
EXPECTED = list(csv.DictReader((CASES / "expected.csv").read_text("utf-8").splitlines()))
N = 48
VALUES = [round(100 + 20 * np.sin(k) + k / 7, 2) for k in range(N)]
DAYS = pd.date_range("2021-01-01", periods=N, freq="D")
MONTHS = pd.date_range("2010-01-01", periods=N, freq="MS")


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def table(head: str, form: str, when: Any = DAYS, values: Any = VALUES, sep: str = ",") -> bytes:
    """A file of dates in a form, such as %d.%m.%Y, and values."""
    return lines(head, *(f"{w:{form}}{sep}{v}" for w, v in zip(when, values, strict=False)))


def comma(values: Any = VALUES) -> list[str]:
    return [str(v).replace(".", ",") for v in values]


def same(one: Reading, other: Reading) -> bool:
    return (
        np.array_equal(one.values, other.values, equal_nan=True)
        and one.index.equals(other.index)
        and (one.frequency, one.column, one.choices, one.notes)
        == (other.frequency, other.column, other.choices, other.notes)
    )


def refused(data: bytes, name: str = "my.csv", **choices: Any) -> str:
    """The one sentence, with a way out, that a file is refused with."""
    with pytest.raises(ValueError) as problem:
        read_series(data, name, **choices)
    return sentence(str(problem.value))


def sentence(said: str) -> str:
    assert said.startswith("'") and "' was not read: " in said and said.endswith(".")
    assert "\n" not in said and len(said) < 400 and ";" in said, said
    return said


def day(entry: Any) -> str:
    return str(entry).removesuffix(" 00:00:00")


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case["file"])
def test_every_form_that_was_met_gives_its_series_and_again_with_its_choices(case: dict[str, str]):
    data = (CASES / case["file"]).read_bytes()
    if case["column"] == "refused":
        assert case["says"] in refused(data, case["file"])
        return
    r = read_series(data, case["file"])
    assert (r.column, str(len(r.values)), r.frequency or "") == (case["column"], case["n"], case["frequency"])
    assert (r.values[0], r.values[-1]) == (float(case["first"]), float(case["last"]))
    assert int(np.isnan(r.values).sum()) == int(case["gaps"])
    assert (day(r.index[0]), day(r.index[-1])) == (case["first_date"], case["last_date"])
    assert day(r.later(1)[0]) == case["next"] and len(r.later(7)) == 7
    assert case["says"] in " ".join(r.notes)
    assert same(r, read_series(data, case["file"], r.column, **r.choices))


def test_every_case_is_expected():
    assert {case["file"] for case in EXPECTED} | {"expected.csv"} == {path.name for path in CASES.iterdir()}


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


@pytest.mark.parametrize(
    ("extra", "at", "why"),
    [
        ("Total,5000.5", N, "a total"),
        ("Total 2021,5000.5", 31, "a total"),
        ("yyyy-mm-dd,degC", 0, ""),
        ("date,y", 20, "the header again"),
        ("Source: Bureau of X", N, "no"),
        ("* provisional", N, "no"),
        ("---,---", 20, "a rule"),
    ],
)
def test_rows_that_are_no_time_are_marked_anywhere_and_cost_nothing_else(extra: str, at: int, why: str):
    rows = table("date,y", "%Y-%m-%d").decode().split("\n")
    rows.insert(at + 1, extra)
    r = read_series(lines(*rows), "my.csv")
    assert r.values.tolist() == VALUES and r.frequency == "D"
    assert len(r.table) == N + bool(why)
    assert not why or (list(r.left_out) == [at + 2] and r.left_out[at + 2].startswith(why))
    assert (r.rows == [k + 2 + (k >= at) for k in range(N)]).all()


def test_what_stands_above_the_table_is_kept_to_be_shown():
    r = read_series((CASES / "c11_metadata_above.csv").read_bytes(), "my.csv")
    assert list(r.above.iloc[0]) == ["Title:", "Monthly sales of a shop"]
    assert list(r.above.iloc[-1]) == ["Date", "Sales"]
    assert r.left_out == dict.fromkeys([1, 2, 3, 4], "above the table")


def test_an_empty_row_of_a_single_column_is_told():
    data = lines("y", *map(str, VALUES[:9]), "", *map(str, VALUES[9:]))
    r = read_series(data, "my.csv")
    assert r.values.tolist() == VALUES and r.notes[0].startswith("Row 11 is empty and left out; write NA")


def test_many_footnotes_cost_few_rows_nothing():
    data = table("date,y", "%Y-%m-%d", DAYS[:24]) + b"\nSource: X, 2021\n* provisional\nNote: 3\nx\ny\n"
    assert read_series(data, "my.csv").values.tolist() == VALUES[:24]


def test_a_total_without_dates_is_no_value():
    data = lines("no;s", *(f"{k};{v}" for k, v in enumerate(VALUES)), "mean;100", "sum;4800")
    r = read_series(data, "my.csv")
    assert r.values.tolist() == VALUES and set(r.left_out.values()) == {"a total"}


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


def test_one_row_is_the_series():
    rows = lines("shop," + ",".join(f"week {k}" for k in range(N)), "a," + ",".join(map(str, VALUES)))
    r = read_series(rows, "my.csv")
    assert (r.values.tolist(), r.column) == (VALUES, "a") and "turn" in r.to_ask
    assert read_series(lines(",".join(map(str, VALUES))), "my.csv").values.tolist() == VALUES


def test_a_series_as_pandas_writes_it():
    r = read_series(pd.Series(VALUES, DAYS, name="a").to_csv().encode(), "my.csv")
    assert (r.column, r.frequency, r.values.tolist()) == ("a", "D", VALUES)
    two = pd.DataFrame({("x", "a"): VALUES, ("x", "b"): VALUES}, DAYS)
    assert read_series(two.to_csv().encode(), "my.csv").column == "x a"


def test_newest_first_is_turned():
    rows = table("date,y", "%Y-%m-%d").decode().split("\n")
    r = read_series(lines(rows[0], *reversed(rows[1:])), "my.csv")
    assert r.values.tolist() == VALUES and r.rows[0] == N + 1 and "turned" in r.notes[0]


def test_absent_rows_are_counted_named_and_stay_gaps():
    when = pd.bdate_range("2021-01-04", periods=N)
    rows = [(w, v) for k, (w, v) in enumerate(zip(when, VALUES, strict=True)) if k not in (20, 33)]
    r = read_series(lines("d,y", *(f"{w:%Y-%m-%d},{v}" for w, v in rows)), "my.csv")
    assert r.frequency == "B" and np.flatnonzero(np.isnan(r.values)).tolist() == [20, 33]
    assert r.rows[20] == 0
    assert "2 of 48 business days are missing (2021-02-01, 2021-02-18)" in r.notes[0]
    assert r.later(2).tolist() == list(pd.bdate_range(when[-1], periods=3)[1:])


def test_uneven_dates_are_told_and_go_on_by_number():
    when = [DAYS[0] + pd.Timedelta(days=11 * k + k * k % 7) for k in range(N)]
    r = read_series(table("d,y", "%Y-%m-%d", when), "my.csv")
    assert r.frequency is None and "no even steps" in r.notes[0] and r.later(2).tolist() == [N, N + 1]


LONG = [(c, m, v + o) for o, c in enumerate(("France", "Spain", "Italy")) for m, v in zip(MONTHS, VALUES, strict=True)]


@pytest.mark.parametrize(
    ("data", "ids", "count"),
    [
        (lines("date,country,v", *(f"{m:%Y-%m-%d},{c},{v}" for c, m, v in LONG)), "country", 3),
        (lines("date,country,v", *sorted(f"{m:%Y-%m-%d},{c},{v}" for c, m, v in LONG)),
         "country", 3),
        (lines("Entity,Code,Year,v", *(f"{c},{c[:2]},{m.month + m.year * 12 - 22170},{v}" for c, m, v in LONG)),
         "Entity", 3),
        (lines("v,country", *(f"{v},{c}" for c, _, v in LONG)), "country", 3),
        (lines("id,t,y", *(f"{k // N},{k % N},{x[2]}" for k, x in enumerate(LONG))), "id", 3),
        (lines("c,sex,year,v", *(f"{c},{s},{1950 + k},{k * k}" for c in "AB" for s in "fm" for k in range(N))),
         "c / sex", 4),
    ],
)  # fmt: skip
def test_series_one_below_another_are_never_glued(data: bytes, ids: str, count: int):
    r = read_series(data, "my.csv")
    assert len(r.values) == N and f"Column '{ids}' tells {count} series apart" in " ".join(r.notes)
    assert {"id", "id_columns"} <= set(r.to_ask) and len(r.guesses["id"].options) == count
    last = read_series(data, "my.csv", id=r.guesses["id"].options[-1])
    assert (len(last.values) == N and last.values[0] != r.values[0]) or ids == "c / sex"
    assert same(last, read_series(data, "my.csv", **last.choices))


def test_blocks_of_words_that_may_be_series_are_noted_and_asked_about():
    data = lines("v,phase", *(f"{v},{'before' if k < 20 else 'after'}" for k, v in enumerate(VALUES)))
    r = read_series(data, "my.csv")
    assert r.values.tolist() == VALUES and "several series one below another" in r.notes[0]
    assert same(r, read_series(data, "my.csv", **r.choices))
    assert "id_columns" in r.to_ask and len(read_series(data, "my.csv", id_columns="phase").values) == 20


def test_years_and_months_in_columns_are_turned():
    years = ",".join(str(1960 + k) for k in range(N))
    wide = lines(
        '"Data Source","World Development Indicators",', "", "Country,Code," + years + ",",
        *(f"{c},{c[:2]}," + ",".join(map(str, VALUES)) + "," for c in ("Aruba", "Chad")),
    )  # fmt: skip
    r = read_series(wide, "my.csv")
    assert (r.column, r.frequency, len(r.values)) == ("Aruba", "YS-JAN", N) and "turn" in r.to_ask
    assert read_series(wide, "my.csv", "Chad", **r.choices).column == "Chad"
    assert len(read_series(wide, "my.csv", turn=False).values) == 2
    head = "Year," + ",".join(f"{m:%b}" for m in MONTHS[:12])
    months = lines(head, *(f"{2010 + y}," + ",".join(map(str, VALUES[12 * y : 12 * y + 12])) for y in range(4)))
    r = read_series(months, "my.csv")
    assert r.values.tolist() == VALUES and r.frequency == "MS" and day(r.index[0]) == "2010-01-01"


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("Umsätze", "utf-8-sig"), ("Umsätze", "utf-16"), ("Umsätze", "utf-16-le"), ("Umsätze größer", "cp1252"),
     ("销售额", "gb18030"), ("売上データ", "shift_jis"), ("銷售額", "big5"), ("Продажи", "cp1251")],
)  # fmt: skip
def test_every_encoding_gives_its_names(name: str, encoding: str):
    data = "\n".join([f"Tag;{name}", *(f"{d:%d.%m.%Y};{v}" for d, v in zip(DAYS, comma(), strict=True))])
    assert read_series(data.encode(encoding), "my.csv").column == name


def test_mixed_encodings_are_read_line_by_line_and_noted():
    data = "größe,x\n".encode() + "naïve,1\n".encode("cp1252") + "\n".join(f"ä,{k * k}" for k in range(N)).encode()
    r = read_series(data, "my.csv")
    assert list(r.table) == ["größe", "x"] and r.table["größe"].iloc[0] == "naïve"
    assert r.notes[0].startswith("Row 2 is not UTF-8 and was read as Windows-1252")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"  \r\n \n", "it is empty"),
        (lines("name", "anna", "bob", *["eve"] * 30), "column 'name' holds words, as 'anna' in row 2"),
        (lines("date", *(d.isoformat() for d in DAYS)), "column 'date' holds dates and nothing else"),
        (lines("a", "1", "x"), "column 'a' has 1 number, and 'x'; choose another column or upload more rows"),
        (lines("a,b"), "it has a header and no row below it"),
        (lines("a,b", "1,2"), "it has 1 row of values; upload"),
        (b"x" * 50_000_000, "it has 50.0 MB and at most 5 MB can be read"),
        (lines(*[",".join(["1"] * 101)] * 30), "it has 101 columns and at most 100 can be read"),
        (b",".join([b"1"] * 100_000), "it has 100000 columns in row 1"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a PNG picture by its first bytes"),
        (b"PK\x03\x04\x14\0\x06\0", "it is a workbook or a ZIP archive"),
        (bytes(range(256)) * 9, "it is not text"),
        (b"\xff\xfea\0,\0\xd8", "it begins as UTF-16 and is none from row 1 on"),
        (b'[{"a": 1}, {"a": 2}]', "it is JSON"),
        (b'{"a": [1, 2, 3]}', "it is JSON"),
        (b"[" * 100_000, "it is JSON"),
        (b"<!DOCTYPE html><p>1,2", "it is HTML"),
        (lines("a", "nan", "inf", *["-inf"] * 30), "holds words, as 'inf' in row 3"),
        (lines("d,a", *(f"{d},nan" for d in DAYS)), "column 'd' holds dates and nothing else"),
        (lines("a,b", *["-,"] * 30), "it holds nothing but gaps"),
        (lines("d,a", *(f"{d.date()},{k}" for k, d in enumerate([*DAYS, *DAYS]))), "the same date in rows 2 and 50"),
        (lines("a,b", *["1,2"] * 9, '1,"2', *["1,2"] * 40), "it has a quotation mark in row 11 that opens"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_one_sentence_with_the_way_out(data: bytes, said: str):
    begin = time.process_time()
    assert said in refused(data)
    assert time.process_time() - begin < 8


def test_a_workbook_is_refused_by_its_name():
    assert "it is a workbook, as Excel keeps it; open it there and save it as CSV" in refused(
        b"PK\x03\x04\x14\0\x06\0" + bytes(99), "sales.xlsx"
    )


def test_a_name_is_quoted_and_cut():
    said = refused(b"", "<script>alert(1)</script>" * 9)
    assert said.startswith("'<script>alert(1)</script><script>alert(1…' was not read: ")


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"column": "z"}, "it has no column 'z'; choose one of 'd', 'w', 'y'"),
        ({"column": "w"}, "column 'w' holds words, as 'a' in row 2; choose 'y'"),
        ({"column": "d"}, "column 'd' holds dates; choose 'y'"),
        ({"dates": "w"}, "column 'w' has no dates that are known"),
        ({"dates": ("q",)}, "it has no column 'q' for the dates; choose among d, w, y"),
        ({"id_columns": ("q",)}, "it has no column 'q'"),
        ({"id_columns": "w", "id": "b"}, "it has no series 'b'; choose one of a"),
        ({"encoding": "rot13"}, "it cannot be read as 'rot13'; choose one of utf-8"),
        ({"sep": "#"}, "'#' is no delimiter"),
        ({"zone": "Europe/Nowhere"}, "there is no time zone 'Europe/Nowhere'; choose one such as Europe/Berlin"),
        ({"decimal": "x"}, "decimal is 'x'; it must be"),
        ({"header_rows": "two"}, "header_rows is 'two'; it must be"),
        ({"header_rows": 999}, "it has a header and no row below it"),
        ({"colour": 1}, "there is no choice 'colour'; the choices are encoding, "),
    ],
)
def test_a_choice_that_cannot_be_is_refused_by_its_name(choices: dict[str, Any], said: str):
    data = lines("d,w,y", *(f"{d:%Y-%m-%d},a,{v}" for d, v in zip(DAYS, VALUES, strict=True)))
    assert said in refused(data, **choices)


def test_what_was_understood_is_told_and_can_be_changed():
    data = lines("d;no;label;y;z", *(f"0{k % 9 + 1}/0{k % 8 + 1}/2021;{k};a;{k * k};" for k in range(20)))
    r = read_series(data, "my.csv", dates=())
    taken = {column.name: column.taken_for for column in r.columns}
    assert taken == {"d": "date", "no": "index", "label": "words", "y": "number", "z": "left out"}
    assert set(r.guesses) == {*CHOICES, "column"} and set(r.choices) == set(CHOICES)
    assert all(choice.because for choice in r.guesses.values())
    assert read_series(data, "my.csv", "no", dates=()).column == "no"
    two = table("d,y", "%d/%m/%Y", pd.date_range("2021-01-01", periods=12, freq="MS"))
    assert read_series(two, "my.csv").to_ask == ("dayfirst",)
    assert read_series(two, "my.csv", dayfirst=False).index[-1] == pd.Timestamp("2021-01-12")
    assert read_series(two, "my.csv", dayfirst=True).frequency == "MS"


def test_a_hundred_thousand_rows_are_read_and_one_more_is_told():
    rows = b"".join(b"%d\n" % (k * 7 % 1000) for k in range(ROWS + 1))
    begin = time.process_time()
    whole = read_series(b"a\n" + rows[:-2], "my.csv")
    assert len(whole.values) == ROWS and whole.notes == ()
    more = read_series(b"a\n" + rows, "my.csv")
    assert len(more.values) == ROWS and "the first 100,000 are read" in more.notes[0]
    assert time.process_time() - begin < 8


@pytest.mark.parametrize(
    "data",
    [b"9" * BYTES, b"," * BYTES, b"1 " * (BYTES // 2), b'"' * BYTES, b'"\n' * 9_000, b"1\n" * 2_000_000,
     (b"1," * 90 + b"\n") * 500, (b"(" * 190 + b"\n") * 5000, (b"-" * 190 + b"\n") * 5000, b"1'" * (BYTES // 2),
     b"1,2\n" * 20_000 + b"1" + b",1" * 4000, table("d,y", "%Y-%m-%d") + b"\nx," + b"z" * 4_000_000,
     b"99999-99-99,1\n" * 20_000, (b",".join([b"1960"] * 4000) + b"\n") * 30],
    ids=lambda data: repr(data[:12]),
)  # fmt: skip
def test_hostile_files_end_in_time(data: bytes):
    begin = time.process_time()
    try:
        read_series(data, "my.csv")
    except ValueError as problem:
        sentence(str(problem))
    assert time.process_time() - begin < 8


def test_reading_needs_no_streamlit():
    code = "import sys, ui.series.reading; assert 'streamlit' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=CASES.parents[1])


FORMS = {
    "%Y-%m-%d": "D", "%d.%m.%Y": "D", "%d/%m/%Y": "D", "%m/%d/%Y": "D", "%d %B %Y": "D", "%b %d, %Y": "D",
    "%Y-%m-%dT%H:%M:%S": "h", "%Y-%m": "MS", "%b %Y": "MS", "%m/%Y": "MS", "%YQ%q": "QS", "Q%q %Y": "QS", "%Y": "YS",
}  # fmt: skip


def stamps(form: str, start: date, rows: int) -> tuple[pd.DatetimeIndex, list[str]]:
    when = pd.date_range(start, periods=rows, freq=FORMS[form], unit="us")
    return when, [w.strftime(form.replace("%q", str((w.month + 2) // 3))) for w in when]


def formatted(value: float, places: int, decimal: str, thousands: str) -> str:
    text = f"{value:,.{places}f}" if thousands else f"{value:.{places}f}"
    return text.replace(",", "_").replace(".", decimal).replace("_", thousands)


@st.composite
def written_frames(draw: st.DrawFn) -> tuple[bytes, pd.DatetimeIndex | None, dict[str, list[float]]]:
    """A frame as pandas writes it in some dialect: the bytes, its dates, its columns."""
    rows, width = draw(st.integers(26, 40)), draw(st.integers(1, 3))
    form = draw(st.sampled_from([None, *FORMS]))
    header = draw(st.booleans()) or not form
    decimal, places = draw(st.sampled_from(".,")), draw(st.sampled_from([0, 1, 2, 4]))
    sep = draw(st.sampled_from([s for s in SEPS if s != decimal]))
    groups = ["", " ", "'", *([{",": ".", ".": ","}[decimal]] if places and sep != "," else [])]
    thousands = draw(st.sampled_from(groups))
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    numbers = rng.uniform(-1, 1, (width, rows)) * 10.0 ** rng.integers(1, 6, (width, rows))
    numbers[0, 0] = 1234567.25  # so that grouped digits are seen to be
    numbers[:, 1:-1][rng.random((width, rows - 2)) < draw(st.sampled_from([0, 0.1]))] = np.nan
    values = {f"größe {k}": [round(float(x), places) + 0.0 for x in numbers[k]] for k in range(width)}
    frame = pd.DataFrame(
        {name: [None if x != x else formatted(x, places, decimal, thousands) for x in v] for name, v in values.items()}
    )
    when = None
    if form:
        when, texts = stamps(form, draw(st.dates(date(1950, 1, 1), date(2020, 12, 31))), rows)
        frame.insert(0, "Tag", texts)
    gap = draw(st.sampled_from(["NA", "-", "NaN"] if width + bool(form) == 1 else ["", "NA", "-", "NaN"]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = frame.to_csv(None, sep=sep, header=header, index=False, na_rep=gap, lineterminator=end)
    if not header:
        values = {f"column {k + 2}": column for k, column in enumerate(values.values())}
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))), when, values


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(written_frames())
def test_any_frame_in_any_dialect_reads_back_to_itself(written: tuple):
    data, when, values = written
    r = read_series(data, "my.csv")
    for name, column in values.items():
        r = read_series(data, "my.csv", name, na_values=())
        np.testing.assert_array_equal(r.values, column)
        if when is None:
            assert r.index.equals(pd.RangeIndex(1, len(column) + 1))
        else:
            assert r.index.equals(when) and r.frequency is not None
    assert same(r, read_series(data, "my.csv", r.column, **r.choices))


SCRAPS = [
    b"1,2\n", b"a;b\r\n",
    b'"', b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"2020-01-01,", b"nan\n", b"\x89PNG\r\n\x1a\n", b"1.5\t",
    b"9" * 50, b"\xe9", b"PK\x03\x04", b"sep=;\n", b"#", b"1e999\n", b"\n" * 9, b"32.13.2020,4\n", b"Q1 2020;",
    b"date,id,y\n", b"2020,1,3\n", b"year,month,v\n", b"Total,", b"|---|\n", b"-999,", b"1,234;", b"\xb2\xe2,", b"(12)",
    b"2020-01-01 02:00+01:00,", b"12:30,", b"1609459200,", b"Jan 99,5\n", b"1960,1961,1962\n", "１２年3月,".encode(),
]  # fmt: skip


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=400)
    | st.lists(st.sampled_from(SCRAPS), max_size=60).map(b"".join)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    | st.text("0123456789,.;-+eE\n\t|/: '\"aTZQ", max_size=300).map(str.encode)
    | st.tuples(st.sampled_from(SCRAPS), st.sampled_from(SCRAPS), st.integers(2, 40)).map(
        lambda t: (t[0] + t[1]) * t[2]
    ),
    st.integers(0, 99),
)
@example(b"\xff\xfe\x00\xd8", 0)
@example(b'"' + b"a" * 200_000, 0)
@example(b"0000-01-01,1\n" * 30, 0)
@example(b"9999-12-31,1\n9999-12-30,2\n9999-12-29,3\n", 0)
def test_any_bytes_give_a_reading_or_one_sentence(data: bytes, pick: int):
    try:
        r = read_series(data, "my.csv")
    except ValueError as problem:
        sentence(str(problem))
        return
    assert len(r.values) == len(r.index) == len(r.rows) > 1
    assert np.isfinite(r.values[[0, -1]]).all() and not np.isinf(r.values).any()
    assert len(r.later(7)) == 7
    assert same(r, read_series(data, "my.csv", r.column, **r.choices))
    name, choice = list(r.guesses.items())[pick % len(r.guesses)]
    for option in choice.options[pick % 3 : pick % 3 + 1]:
        try:
            read_series(data, "my.csv", **{name: option})
        except ValueError as problem:
            sentence(str(problem))
