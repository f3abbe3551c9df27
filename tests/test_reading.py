"""The reader of files that people bring: each form that was met gives its series, any bytes give one sentence.

tests/cases holds made-up files in forms that people brought, expected.csv what they hold.
"""

import csv
import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.series_files import CASES, DAYS, MONTHS, VALUES, N, day, lines, refused, same, sentence, table
from ui.series.reading import read_series
from ui.series.reading.grid import SEPS

EXPECTED = list(csv.DictReader((CASES / "expected.csv").read_text("utf-8").splitlines()))


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
