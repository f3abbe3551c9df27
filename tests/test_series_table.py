"""A table and its columns as series: what no network can learn is refused, gaps are kept from what comes after them."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from ui.series.table import LEAST, Series, Table, written

DAYS = [date(2019, 12, 20) + timedelta(days=k) for k in range(60)]


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def many(n: int = 30, start: int = 0) -> list[str]:
    return [str(k * k) for k in range(start, start + n)]


def taken(data: bytes) -> Series:
    found = Table("my.csv", data)
    return found.series(found.likely)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (csv("a", *many(23)), f"Column 'a' has 23 numbers, and a forecast needs at least {LEAST}; choose another"),
        (csv("a", *many(20), *["NaN"] * 9, *many(9)), "lacks 9 of 38 values, the first in row 22, and at most 20 %"),
        (csv("a", *["3"] * 40), "Column 'a' is 3 in every row; choose another"),
        (csv("a", *(f"{k}e155" for k in range(30))), "Column 'a' is 2.9e+156 in row 31, too large to"),
    ],
)
def test_what_no_network_can_learn_is_refused_in_one_sentence(data: bytes, said: str):
    with pytest.raises(ValueError, match=";") as problem:
        taken(data)
    assert said in str(problem.value) and str(problem.value).endswith(".")


def test_a_gap_takes_the_value_before_it_and_never_one_after():
    series = taken(csv("a", "NA", "1", "2", *["NA", "9"] * 4, *many(30, 3), "NA"))
    assert series.values[:6].tolist() == [1, 2, 2, 9, 9, 9]
    assert series.known[:6].tolist() == [True, True, False, True, False, True]
    assert len(series) == 40 and "Nothing known in rows 5, 7, 9 and 1 more." in series.notes


def test_a_row_that_the_calendar_has_and_the_file_has_not_is_a_gap():
    series = taken(csv("d,a", *(f"{d},{k * k}" for k, d in enumerate(DAYS) if k != 7)))
    assert not series.known[7] and series.values[7] == 36 and len(series) == 60
    assert "1 of 60 days are missing (2019-12-27)" in series.notes[0]


@pytest.mark.parametrize(
    ("index", "first", "later"),
    [
        (pd.date_range("1949-01", periods=30, freq="MS"), "1949-01", ["1951-07", "1951-08"]),
        (pd.date_range("1700", periods=30, freq="YS", unit="us"), "1700", ["1730", "1731"]),
        (pd.date_range("2020-01-30", periods=30, freq="D"), "2020-01-30", ["2020-02-29", "2020-03-01"]),
        (pd.date_range("2020-01-01", periods=24, freq="h"), "2020-01-01 00:00",
         ["2020-01-02 00:00", "2020-01-02 01:00"]),
        (pd.date_range("2020-01-01", periods=30, freq="ME"), "2020-01-31", ["2022-07-31", "2022-08-31"]),
        (pd.DatetimeIndex([DAYS[0] + timedelta(11 * k + k * k % 7) for k in range(30)]), "2019-12-20", ["+1", "+2"]),
    ],
)  # fmt: skip
def test_rows_are_named_by_their_dates_and_go_on(index: pd.DatetimeIndex, first: str, later: list[str]):
    series = taken(csv("d,a", *(f"{when},{k * k}" for k, when in enumerate(index))))
    assert (series.labels[0], series.later(2)) == (first, later) and series.dated


def test_rows_without_dates_are_counted():
    series = taken(csv("a", *many()))
    assert (series.labels[0], series.later(2), series.dated) == ("1", ["31", "32"], False)


def test_an_hour_that_comes_twice_has_two_names():
    names = written(pd.date_range("2021-10-31 01:00", periods=4, freq="h", tz="Europe/Berlin"))
    assert names[1:3] == ["2021-10-31 02:00+0200", "2021-10-31 02:00+0100"]


def test_every_column_of_numbers_can_be_chosen():
    table = Table("my.csv", csv("n,w,a,b", *(f"{k},x,{k * k},{k % 7}" for k in range(30))))
    assert (table.columns, table.likely, len(table.reading.table)) == (["n", "a", "b"], "a", 30)
    assert table.series("b").values[:3].tolist() == [0, 1, 2]
    np.testing.assert_array_equal(table.series("n").values, range(30))


def test_a_script_in_a_header_stays_text_and_all_names_differ():
    assert taken(csv("<script>alert(1)</script>", *many())).name == "<script>alert(1)</script>"
    table = Table("my.csv", csv("a,a,,a (2)", *(f"{k},{k * k},{k % 5},{k}" for k in range(30))))
    assert len(set(table.columns)) == 4 and table.columns[2] == "column 3"
