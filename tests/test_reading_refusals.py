"""What cannot be read is one sentence with the way out; encodings, limits, and choices that cannot be."""

import time
from typing import Any

import pandas as pd
import pytest

from tests.series_files import DAYS, VALUES, N, comma, lines, refused, sentence, table
from ui.series.reading import CHOICES, read_series
from ui.series.reading.files import BYTES
from ui.series.reading.grid import ROWS


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
