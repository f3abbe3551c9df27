"""Text as a table of strings: the delimiter, what stands above the table, its header rows, the columns' names.

pandas cuts the text into cells (`read_csv`); here its arguments are proposed, from how alike the rows are under each.
"""

import csv
import re
from collections import Counter
from contextlib import suppress
from io import StringIO
from typing import Any, NamedTuple

import pandas as pd
from pandas.errors import ParserError

from rnn_core.words import t
from ui.series.reading.choice import Choice
from ui.series.reading.dates import is_date
from ui.series.reading.headers import guess_header, names_from
from ui.series.reading.numerals import PLAIN, is_gap, is_number, split_number

ROWS, WIDEST, CELLS = 100_000, 5_000, 1_000_000
SAMPLE = 60  # rows by which the delimiter is judged
LONGEST = 200  # characters of a cell that are kept
SEPS = (";", "\t", "|", ",")
SPACES = r"\s+"


class Grid(NamedTuple):
    """cells: the rows below the header, strings, by their numbers in the file. above: the rows over them."""

    cells: pd.DataFrame
    above: pd.DataFrame
    choices: dict[str, Choice]
    notes: list[str]


def read_grid(text: str, given: dict[str, Any]) -> Grid:
    """The table in a text. Raises ValueError in one sentence that begins with "it" where there is none."""
    if not text.strip():
        raise ValueError(t("it is empty; choose the file that holds the numbers"))
    sep, text = find_sep(text)
    sep = sep.or_given(given.get("sep"))
    if sep.value not in ("", *SEPS, SPACES):
        raise ValueError(t(
            "{mark} is no delimiter; choose one of ; tab | , spaces or none", mark=repr(str(sep.value)[:10])
        ))
    raw, notes = cut(text, sep.value), []
    skip, head = guess_header(raw)
    skip, head = skip.or_given(given.get("skiprows")), head.or_given(given.get("header_rows"))
    start, below = (max(0, min(int(n), len(raw))) for n in (skip.value, skip.value + head.value))
    cells = raw.iloc[below:]
    filled = (cells != "").any(axis=1)
    if raw.shape[1] == 1:
        notes += blank_rows(filled)
    cells = cells[filled]
    if not len(cells):
        raise ValueError(t("it has a header and no row below it; write rows of values there"))
    names = names_from(raw.iloc[start:below], cells)
    used = (cells != "").any(axis=0).to_numpy() | [not name.startswith("column ") for name in names]
    cells.columns = pd.Index(names)
    cells = cells.loc[:, used]
    above = raw.iloc[:below]
    if int(head.value) > 1:
        notes.append(t(
            "Rows {first} to {last} are the header.",
            first=raw.index[start], last=raw.index[start] + int(head.value) - 1
        ))
    if (above.iloc[:start] != "").any(axis=None):
        notes.append(t("What stands above row {row} is left out, for the table begins there.", row=raw.index[start]))
    cells, joined = join_decimals(cells, sep.value, bool(head.value))
    if joined:
        notes.append(joined)
    return Grid(cells, above, {"sep": sep, "skiprows": skip, "header_rows": head}, notes)


def blank_rows(filled: "pd.Series[bool]") -> list[str]:
    """A sentence about empty rows between the others of a single column, which may be gaps."""
    rows = filled.index[filled.to_numpy()]
    blank = [row for row in filled.index[~filled.to_numpy()] if len(rows) and rows[0] < row < rows[-1]]
    return [t("Row {row} is empty and left out; write NA there if a value is missing.", row=blank[0])] if blank else []


def cut(text: str, sep: str) -> pd.DataFrame:
    """Every row of the text, blank ones too, numbered from 1; cells without outer spaces."""
    lines = text.split("\n")
    lines = lines[: ROWS + 40]  # a header and what stands above it too
    widths = [len(each.split()) if sep == SPACES else each.count(sep) + 1 if sep else 1 for each in lines]
    width = max(widths)
    if width > WIDEST or width * len(lines) > max(CELLS, 2 * sum(widths)):
        row = widths.index(width)
        raise ValueError(t(
            "it has {count} columns in row {row} and at most {most} can be read there; keep the dates and the numbers "
            "that you need", count=width, row=row + 1, most=f"{min(WIDEST, CELLS // len(lines)):,}"
        ))
    if not sep:
        rows = [[each[1:-1].replace('""', '"') if re.fullmatch('".*"', each) else each] for each in lines]
        raw = pd.DataFrame(rows, dtype=object)
    else:
        raw = parse("\n".join(lines), sep, width)
    stripped = [[cell.strip()[:LONGEST] for cell in row] for row in raw.to_numpy(object)]
    raw = pd.DataFrame(stripped, pd.RangeIndex(1, len(raw) + 1), dtype=object)
    return raw.loc[:, : max(0, int((raw != "").any().to_numpy().nonzero()[0].max(initial=0)))]


def parse(text: str, sep: str, width: int) -> pd.DataFrame:
    try:
        raw = pd.read_csv(
            StringIO(text), sep=sep, header=None, names=range(width), index_col=False, dtype=str, na_filter=False,
            skip_blank_lines=False, engine="c",
        )  # fmt: skip
    except ParserError as problem:
        row = re.search(r"row (\d+)", str(problem))
        at = int(row[1]) + 1 if row else 1
        raise unclosed(at) from None
    for column in raw if '"' in text else []:
        if (long := raw[column].str.count("\n") > 20).any():
            raise unclosed(int(long.argmax()) + 1)
    return raw


def unclosed(row: int) -> ValueError:
    return ValueError(t(
        "it has a quotation mark in row {row} that opens and never closes; close it and try again", row=row
    ))


def find_sep(text: str) -> tuple[Choice, str]:
    """The delimiter, and the text without a first line such as sep=; that names it."""
    options = ("", *SEPS, SPACES)
    if match := re.match(r"sep=(.)\n", text, re.I):
        if match[1] in SEPS:
            return Choice(match[1], t("the first line names it"), True, options), text[5:]
        text = text[5:]
    lines = [each[:20_000] for each in text[:200_000].split("\n")[: SAMPLE + 10]]
    lines = [each for each in lines if each.strip() and each[0] != "#"]
    scores = {sep: likeness(split(lines, sep), sep) for sep in SEPS}
    best = max(scores, key=lambda sep: scores[sep])
    if scores[best] > 0 and not (best == "," and one_column(split(lines, ","))):
        rivals = [sep for sep in SEPS if sep != best and scores[sep] > 0.8 * scores[best]]
        return Choice(best, t("the rows are most alike under it"), not rivals, options), text
    words = split([" ".join(each.split()) for each in lines], " ")
    widths = {len(row) for row in words[1:] or words}
    if scores[best] == 0 and len(widths) == 1 and max(widths) > 1 and likeness(words[1:] or words, SPACES) > 0.7:
        return Choice(SPACES, t("every row has as many words"), True, options), text
    return Choice("", t("nothing parts the rows into cells alike"), True, options), text


def split(lines: list[str], sep: str) -> list[list[str]]:
    """The lines' cells; a quotation mark that never closes ends them."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows += csv.reader((f"{each}\n" for each in lines), delimiter=sep)
    return [[cell.strip() for cell in row] for row in rows]


def one_column(rows: list[list[str]]) -> bool:
    """Whether one name stands above what are numbers with commas of their own."""
    joined = [",".join(row) for row in rows[1:]]
    numbers = [split_number(text) for text in joined]
    fits = [
        is_gap(text) or (p and any(form.fullmatch(p.body) for form in PLAIN.values()))
        for text, p in zip(joined, numbers, strict=True)
    ]
    return len(rows[0]) == 1 and all(fits)


def likeness(rows: list[list[str]], sep: str) -> float:
    """From 0 to 1: how alike the rows' widths are, times how many cells are a number, a date or a gap."""
    rows = rows[:SAMPLE]
    widths = Counter(len(row) for row in rows)
    width = max(widths, key=lambda w: (w > 1, widths[w]), default=0)
    if width < 2:
        return 0.0
    others = [other for other in SEPS[:3] if other != sep]
    marks = [mark(cell, others) for row in rows[1:] or rows for cell in row[:100]]
    alike = sum(count for w, count in widths.items() if w == width or 1 < w < width)  # the last cells may be empty
    return (alike / len(rows)) ** 2 * sum(marks) / max(1, len(marks))


def mark(cell: str, others: list[str]) -> float:
    if is_gap(cell) or is_number(cell) or is_date(cell) or re.fullmatch(r"[\d.:/TZ+ -]{1,40}", cell):
        return 1.0
    return 0.0 if any(other in cell for other in others) else 0.6


def join_decimals(cells: pd.DataFrame, sep: str, headed: bool) -> tuple[pd.DataFrame, str]:
    """The table with 103,52 in one cell, where decimal commas in a file of commas cut every number in two."""
    named = [name for name in cells if not name.startswith("column ")]
    dates, width = cells.columns[0], cells.shape[1]
    if sep != "," or not headed or width != 2 * len(named) - 1 or width < 3:
        return cells, ""
    body = cells.iloc[:, 1:]
    whole = body.iloc[:, ::2].map(lambda cell: bool(re.fullmatch(r"[+-]?\d+|", cell)))
    parts = body.iloc[:, 1::2].map(lambda cell: bool(re.fullmatch(r"\d{1,6}|", cell)))
    dated = cells[dates].map(is_date)
    cut_in_two = (body.iloc[:, 1::2] != "").mean().min() > 0.6
    if not (whole.to_numpy().mean() > 0.95 and parts.to_numpy().mean() > 0.95 and dated.mean() > 0.9 and cut_in_two):
        return cells, ""
    if len(named) > 2 and (body == "").any().any():  # which numbers were cut is then unknown
        return cells, ""
    joined = {
        name: (body.iloc[:, 2 * k] + "," + body.iloc[:, 2 * k + 1]).str.rstrip(",") for k, name in enumerate(named[1:])
    }
    note = t(
        "Commas part the cells and the decimals too: two cells are taken as one number, as in {number}.",
        number=next(iter(joined.values())).iloc[0],
    )
    return cells[[dates]].assign(**joined), note
