"""The CSV reader: any table in any dialect gives the same numbers back; any bytes give a Table or one sentence."""

import re
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ui import dialect, tables
from ui.dates import dates, going_on, written, years
from ui.tables import Series, read_table

DAYS = [date(2019, 12, 20) + timedelta(days=k) for k in range(60)]
LAYOUTS = {"iso": "%Y-%m-%d", "slashes": "%Y/%m/%d", "day first": "%d.%m.%Y", "month first": "%m/%d/%Y",
           "named": "%d %b %Y", "with time": "%Y-%m-%dT%H:%M:%S"}  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")


def sentence(problem: ValueError, start: str = "") -> str:
    """The message, after looking that it is one sentence with a way out."""
    said = str(problem)
    assert said.startswith(start)
    assert said.endswith(".") and "\n" not in said and len(said) < 400, said
    assert ";" in said, said  # what is wrong; the way out
    return said


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def many(n: int = 30, start: int = 0) -> list[str]:
    return [str(k * k) for k in range(start, start + n)]


def refused(data: bytes, name: str = "my.csv") -> str:
    try:
        table = read_table(name, data)
        table.series(table.likely)
    except ValueError as problem:
        return sentence(problem)
    raise AssertionError("it was taken")


def taken(data: bytes) -> Series:
    table = read_table("my.csv", data)
    return table.series(table.likely)


def column(rng: np.random.Generator, rows: int, places: int, some: list[float]) -> list[float | None]:
    """Numbers of every size, these among them, and gaps but at both ends; drawn one by one they take ten times as long.
    """
    sizes = rng.uniform(-1, 1, rows) * 10.0 ** rng.integers(0, 7, rows)
    drawn = [round(float(x), places) + 0.0 for x in sizes]
    kinds = rng.random(rows)
    mixed = [some[k % len(some)] if kinds[k] < 0.3 else drawn[k] for k in range(rows)]
    return [None if kinds[k] > 0.6 and 0 < k < rows - 1 else x for k, x in enumerate(mixed)]


@st.composite
def written_tables(draw: st.DrawFn) -> tuple[bytes, list[list[float | None]], list[str] | None, bool]:
    """A table of numbers in some dialect: the bytes, the numbers by column, the names, and whether it has dates."""
    rows, width = draw(st.integers(24, 40)), draw(st.integers(1, 4))
    comma = draw(st.booleans())
    dated = draw(st.sampled_from([None, *LAYOUTS]))
    delimiter = draw(st.sampled_from([";", "\t", "|"] if comma else [",", ";", "\t", "|"]))
    header = draw(st.booleans()) or (comma and width == 1)
    places = draw(st.sampled_from([0, 1, 2, 6]))
    value = st.floats(-1e6, 1e6).map(lambda x: round(x, places) + 0.0)
    some, rng = draw(st.lists(value, min_size=1, max_size=4)), np.random.default_rng(draw(st.integers(0, 9999)))
    gap = draw(st.sampled_from(["", "NA", "NaN", "null", "-"])) if width > 1 or dated else "NA"
    numbers = [column(rng, rows, places, some) for _ in range(width)]
    quote = draw(st.booleans())
    lines = []
    for k in range(rows):
        cells = [gap if column[k] is None else f"{column[k]:.{places}f}" for column in numbers]
        cells = [cell.replace(".", ",") if comma and cell != gap else cell for cell in cells]
        cells = [f'"{cell}"' for cell in cells] if quote else cells
        day = datetime(DAYS[k].year, DAYS[k].month, DAYS[k].day, 7)
        lines.append(delimiter.join(([day.strftime(LAYOUTS[dated])] if dated else []) + cells))
    names = [f"größe {k}" for k in range(width)]
    if header:
        lines.insert(0, delimiter.join((["Tag"] if dated else []) + names))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(lines) + draw(st.sampled_from(["", end, end * 3]))
    return text.encode(draw(st.sampled_from(ENCODINGS))), numbers, names if header else None, bool(dated)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(written_tables())
def test_any_table_in_any_dialect_gives_the_same_numbers_back(written: tuple):
    data, numbers, names, dated = written
    table = read_table("my.csv", data)
    assert (table.when is not None) == dated
    if dated:
        assert [w.date() for w in table.when or ()] == DAYS[: len(numbers[0])]
    wanted = names or [f"column {k + 1 + dated}" for k in range(len(numbers))]
    given = dict(zip(wanted, numbers, strict=True))
    assert set(table.columns) == {name for name, column in given.items() if any(x is not None for x in column)}
    for name, column in table.columns.items():
        assert column.odd == ()
        np.testing.assert_array_equal(column.numbers, [np.nan if x is None else x for x in given[name]])


def test_the_property_above_meets_every_dialect():
    """What it draws from is what the reader says it can."""
    assert set(dialect.DELIMITERS) == {",", ";", "\t", "|"}


SCRAPS = [b"1,2\n", b"a;b\r\n", b'"', b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"2020-01-01,", b"nan\n",
          b"\x89PNG\r\n\x1a\n",
          b"1.5\t", b"9" * 50,
          b"\xe9", b"PK\x03\x04", b"sep=;\n", b"#", b"1e999\n", b"\n" * 9, b"32.13.2020,4\n"]  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.binary(max_size=400) | st.lists(st.sampled_from(SCRAPS), max_size=60).map(b"".join)
       | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
       | st.text("0123456789,.;-+eE\n\t|/: '\"aTZ", max_size=300).map(str.encode))  # fmt: skip
@example(b"\xff\xfe\x00\xd8")
@example(b"1\n" * 23)
@example(b'"' + b"a" * 200_000)
@example(b"9" * 200_000)
@example(b"99999-99-99,1\n" * 30)
@example(b"0000-01-01,1\n" * 30)
def test_any_bytes_give_a_table_or_one_sentence(data: bytes):
    try:
        table = read_table("my.csv", data)
    except ValueError as problem:
        sentence(problem, "'my.csv' was not read: ")
        return
    assert table.columns
    for name in table.columns:
        try:
            series = table.series(name)
        except ValueError as problem:
            sentence(problem, "Column ")
            continue
        assert len(series) >= tables.LEAST
        assert np.isfinite(series.values).all() and series.known[0] and series.known[-1]
        assert len(series.labels) == len(series)
        assert len(series.later(7)) == 7


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"  \r\n \n", "it is empty"),
        (csv("name", "anna", "bob", *["eve"] * 30), "column 'name' holds words, as 'anna' in row 2"),
        (csv("date", *(day.isoformat() for day in DAYS)), "column 'date' holds dates and nothing else"),
        (csv("a,b", "1,2"), "it has 1 row of values and a forecast needs at least 24"),
        (csv("a,b"), "it has a header and no row below it; write 24 rows of values there or more."),
        (csv("a", *many(23)), "Column 'a' has 23 numbers"),
        (b"1\n" * 5_000_000, "it has 10.0 MB and at most 5 MB can be read"),
        (b"1\n" * 2_400_000, "it goes on after row 100000 and at most 100,000 rows can be read"),
        (b"x" * 50_000_000, "it has 50.0 MB"),
        (csv(*[",".join(["1"] * 101)] * 30), "it has 101 columns in row 1 and at most 100 can be read"),
        (csv(*[",".join(["1"] * 90)] * 12_000), "at most 1,000,000 cells can be read"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a PNG picture by its first bytes"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "it is a JPEG picture"),
        (b"PK\x03\x04\x14\0\x06\0", "it is a workbook or a ZIP archive"),
        (bytes(range(256)) * 9, "it is not text"),
        (b"\xff\xfea\0,\0\xd8", "it begins as UTF-16 and is none from row 1 on"),
        (csv("a", "nan", "inf", *["-inf"] * 30), "column 'a' holds infinities, as 'inf' in row 3"),
        (csv("d,a", *(f"{day},nan" for day in DAYS)), "column 'a' holds nothing but gaps, as 'nan' in row 2"),
        (csv("a,b", *["-,"] * 30), "holds nothing but gaps, as '-' in row 2"),
        (csv("a", *many(20), *["NaN"] * 9, *many(9)), "lacks 9 of 38 values, the first in row 22"),
        (csv("a", *["3"] * 40), "is 3 in every row"),
        (csv("a", *many(30), "1e200"), "is 1e+200 in row 32, too large"),
        (csv("d,a", *(f"{day},{k}" for k, day in enumerate(2 * DAYS))), "the same date in rows 2 and 62, and 59 times"),
        (
            csv("a,b", *["1,2"] * 9, '1,"2', *["1,2"] * 40),
            "it has a quotation mark in row 11 that opens and never closes",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_one_sentence_with_the_place_and_the_way_out(data: bytes, said: str):
    assert said in refused(data)


def test_a_name_is_quoted_and_cut():
    said = refused(b"", "<script>alert(1)</script>" * 9)
    assert said.startswith("'<script>alert(1)</script><script>alert(1…' was not read: ")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a", *many(20), "NaN", *many(9)], "Nothing known in row 22: "),
        (["a", *many(20), "inf", "-Infinity", *many(9)], "No number: 'inf' in row 22, '-Infinity' in row 23"),
        (["a", *many(20), "n.b.", *many(9)], "No number: 'n.b.' in row 22"),
        (["d;a", *(f"{d};{k}" for k, d in enumerate([*DAYS[:9], DAYS[11], DAYS[10], *DAYS[12:]]))],
         "The dates are not in order (row 12 is before the row above it): sorted."),
        (["d;a", *(f"{d};{k}" for k, d in enumerate([*DAYS[:9], DAYS[8], *DAYS[9:]]))],
         "The same date stands in rows 10 and 11: the first of each is kept."),
        (["d;a", *(f"{d};{k}" for k, d in enumerate(DAYS)), "sum;99"], "No date in row 62 of column 'd': left out."),
        (["Sales of 2020", "", "d;a", *(f"{d};{k}" for k, d in enumerate(DAYS))], "What stands above row 3 is left"),
        (["a", *many(25), "", *many(9)], "Row 27 is empty and left out"),
        (["a;b;", *(f"{k};{k * k};" for k in range(30)), ";;"], ""),
        (["a;b", *many(25), "1;2;3", *many(9)], "Row 27 has 3 cells where the table has 2 columns"),
        (["d;a", *(f"{d.month:02d}/{d.day:02d}/2020;{k}" for k, d in enumerate(DAYS[12:24]) for d in [d] * 2)], None),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_can_be_put_right_is_put_right_and_said_with_its_row(lines: list[str], said: str | None):
    if said is None:
        assert "same date" in refused(csv(*lines))
        return
    series = taken(csv(*lines))
    assert any(sentence.startswith(said) for sentence in series.said) if said else not series.said, series.said


def test_mixed_encodings_are_read_line_by_line_and_said():
    data = "größe,x\n".encode() + "naïve,1\n".encode("cp1252") + "\n".join(f"ä,{k}" for k in range(30)).encode()
    table = read_table("my.csv", data)
    assert list(table.head) == ["größe", "x"]
    assert table.head["größe"][:2] == ["naïve", "ä"]
    assert table.said[0].startswith("Row 2 is not UTF-8 and was read as Windows-1252")


def test_unsorted_dates_bring_their_numbers_along():
    lines = [f"{day};{k}" for k, day in enumerate(DAYS)]
    assert (taken(csv("d;a", *reversed(lines))).values == np.arange(60)).all()


def test_a_gap_takes_the_value_before_it_and_never_one_after():
    series = taken(csv("a", "NA", "1", "2", *["NA", "9"] * 4, *many(30, 3), "NA"))
    assert series.values[:6].tolist() == [1, 2, 2, 9, 9, 9]
    assert series.known[:6].tolist() == [True, True, False, True, False, True]
    assert len(series) == 40


def test_a_decimal_comma_of_three_places_and_a_thousands_comma():
    three = [f"{k},{k:03d}" for k in range(1, 40)]
    assert taken(csv("v", *three)).values[1] == 2.002
    assert taken(csv("a;b", *(f"{x};{x}" for x in three))).values[1] == 2.002
    assert taken(csv("v", *(f'"{k},{k % 10}00"' for k in range(1, 40)))).values[0] == 1.1
    assert taken(csv("a,b", *(f'x,"{k},500"' for k in range(1, 40)))).values[0] == 1500
    assert taken(csv("a;b", *(f"0,5;{k * k}.500" for k in range(1, 30)))).name == "b"


@pytest.mark.parametrize(
    ("cell", "comma", "value"),
    [("1 234,5", True, 1234.5), ("1'234.5", False, 1234.5), ("−3", False, -3), ("5 %", False, 5), ("€ 2,50", True, 2.5),
     ("1.234.567,8", True, 1234567.8), (".5", False, 0.5), ("1e-3", False, 0.001), ("1,5", False, None),
     ("1_0", False, None),
     ("0x1", False, None), ("1" * 41, False, None), ("", False, None), ("e5", False, None)],
)  # fmt: skip
def test_numbers_as_people_write_them(cell: str, comma: bool, value: float | None):
    assert dialect.number(cell, comma) == value


@pytest.mark.parametrize(
    ("cells", "last"),
    [
        (["2020-01-31", "2020-02-29"], "2020-02-29"),
        (["31.01.20", "01.02.20"], "2020-02-01"),
        (["12/30/2019", "01/02/2020"], "2020-01-02"),
        (["30/12/2019", "02/01/2020"], "2020-01-02"),
        ([f"{k % 12 + 1:02d}/01/{2020 + k // 12}" for k in range(14)], "2021-02-01"),  # even in months, uneven in days
        (["1949-01", "1949-02"], "1949-02-01"),
        (["2020Q1", "2020Q2"], "2020-04-01"),
        (["Jan 2020", "Feb 2020"], "2020-02-01"),
        (["2020-01-01 11:00 PM", "2020-01-02 1:00 AM"], "2020-01-02"),
        (["2020-02-30", "2020-01-01"], None),
        (["10:30", "11:30"], None),
        (["1.5", "2.5"], None),
    ],
)
def test_dates_as_people_write_them(cells: list[str], last: str | None):
    found = dates(cells)
    when = found.when[-1] if found else None
    assert (when.date().isoformat() if when else None) == last


def test_an_ambiguous_date_is_said():
    pointed = dates([f"01.{k % 12 + 1:02d}.{2020 + k // 12}" for k in range(14)])
    assert pointed and pointed.when[-1] == datetime(2021, 2, 1) and not pointed.said
    found = dates([f"{k % 12 + 1:02d}/01/{2020 + k // 12}" for k in range(14)])
    assert found and "month first" in found.said


@pytest.mark.parametrize(
    ("when", "next"),
    [
        ([datetime(1949, k, 1) for k in range(1, 13)], ["1950-01", "1950-02"]),
        ([datetime(y, 1, 1) for y in range(1700, 1710)], ["1710", "1711"]),
        ([datetime(2020, 2, 27), datetime(2020, 2, 28)], ["2020-02-29", "2020-03-01"]),
        ([datetime(2020, 1, 1, h) for h in range(3)], ["2020-01-01 03:00", "2020-01-01 04:00"]),
        ([datetime(2020, 1, 1), datetime(2020, 1, 2), datetime(2020, 1, 7)], ["+1", "+2"]),
        ([datetime(9998, 1, 1), datetime(9999, 1, 1)], ["+1", "+2"]),
    ],
)
def test_dates_go_on_evenly_or_are_counted(when: list[datetime], next: list[str]):
    series = Series("a", np.zeros(len(when)), np.ones(len(when), bool), tuple(when))
    assert series.later(2) == next
    assert (going_on(when, 2) is None) == (next[0] == "+1")


def test_years_are_dates_and_a_counter_is_not():
    assert years(["1700", "1701"]) and not years(["1", "2"]) and not years(["1700", "1900"])
    assert written([datetime(1700, 1, 1)]) == ["1700"]
    assert read_table("my.csv", csv("n,a", *(f"{k},{k * k}" for k in range(30)))).likely == "a"


def test_a_script_in_a_header_stays_text():
    series = taken(csv("<script>alert(1)</script>", *many()))
    assert series.name == "<script>alert(1)</script>"


def test_all_names_differ():
    table = read_table("my.csv", csv("a,a,,a (2)", *(f"{k},{k * k},{k},{k}" for k in range(30))))
    assert len(table.columns) == 4 and re.fullmatch("column 3", list(table.columns)[2])
