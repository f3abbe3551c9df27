"""What was understood of a table: its rows, what each column was taken for, and the choices that read it otherwise."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from rnn_core.words import fill, t
from ui.frame.address import quoted
from ui.series.desk import OWN, SeriesDesk, mark_of
from ui.series.reading import CHOICES, Choice, Reading, Understood, checked
from ui.series.reading.columns import KINDS, Column

ADDRESS = "series-reading"  # in the address: a file's mark, and the choices of how it is read
ROWS, ODD = 12, 12  # shown: the first ones, and at most so many that are left out
STRUCK = "\u0336"  # goes through the letter before it
NAMES: dict[str, dict[Any, str]] = {
    "sep": {"": t("none"), ";": t("semicolon"), "\t": t("tab"), "|": t("bar"), ",": t("comma"), "\\s+": t("spaces")},
    "decimal": {".": t("point"), ",": t("comma")},
    "thousands": {"": t("none"), ".": t("point"), ",": t("comma"), " ": t("space"), "'": t("apostrophe")},
    "dayfirst": {True: t("day first"), False: t("month first")},
    "turn": {True: t("turned"), False: t("as it stands")},
    "zone": {"": t("as the clock shows")},
    "dates": {(): t("none: rows are counted")},
    "id_columns": {(): t("none: one series")},
}
LABELS = {
    "sep": t("Delimiter"),
    "decimal": t("Decimal mark"),
    "thousands": t("Thousands mark"),
    "skiprows": t("Rows above the table"),
    "header_rows": t("Header rows"),
    "dates": t("Dates"),
    "dayfirst": t("Order in dates"),
    "zone": t("Time zone"),
    "id_columns": t("Id column"),
    "id": t("Series"),
    "turn": t("Layout"),
    "na_values": t("Codes for missing"),
    "encoding": t("Encoding"),
}


def preview(s: SeriesDesk) -> None:
    """The table as it was read; a click on a column's name chooses it; and how it was read, to change."""
    reading = s.draft.reading if s.draft else s.table.reading
    size = {"rows": f"{len(reading.table):,}", "columns": reading.table.shape[1]}
    title = t("The table: {rows} rows, {columns} columns", **size)
    if s.draft:
        file = quoted(s.draft.name)
        title = t(
            "The table of {file}, of which nothing is learned yet: {rows} rows, {columns} columns", file=file, **size
        )
    with st.expander(title, expanded=bool(s.draft) or s.parts.source == OWN):
        table(s, reading)
        if s.draft or s.parts.source == OWN:
            choices(s, reading)


def table(s: SeriesDesk, reading: Reading | Understood) -> None:
    """The first rows, and those that are left out, struck out; each column with what it was taken for."""
    cells, left_out = reading.table, reading.left_out
    odd = [row for row in left_out if row in cells.index and row not in cells.index[:ROWS]]
    at = cells.index[:ROWS].union(pd.Index(odd[:ODD]), sort=False)
    shown = cells.loc[~cells.index.duplicated()].reindex(at)
    for row in set(left_out) & set(at):
        shown.loc[row] = [STRUCK.join([*str(cell), ""]) for cell in shown.loc[row]]
    shown.index = pd.Index([f"{row}: {left_out[row]}" if row in left_out else str(row) for row in at], name=t("row"))
    key = f"series-table-{s.readings}-{id(reading.table)}"
    st.dataframe(
        shown,
        key=key,
        column_config={column.name: heading(column) for column in reading.columns},
        on_select=lambda: pick(s, reading, key),
        selection_mode="single-column",
        height="content",
    )
    st.caption(
        t(
            "The first rows as they stand in the file and {count} more rows that are left out. Click the head of a "
            "column to forecast it.", count=len(odd) - ODD
        )
        if len(odd) > ODD
        else t("The first rows as they stand in the file. Click the head of a column to forecast it.")
    )


def heading(column: Column) -> Any:
    """A column's name with what it was taken for; why, at a hover."""
    return st.column_config.Column(f"{column.name[:40]} · {KINDS[column.taken_for]}", help=column.why)


def pick(s: SeriesDesk, reading: Reading | Understood, key: str) -> None:
    """A column was clicked."""
    chosen = st.session_state[key]["selection"]["columns"]
    s.notes = ()  # about the column that was clicked before
    if not chosen or s.draft or chosen[0] == s.parts.column:
        return
    if chosen[0] in s.table.columns:
        st.session_state["series-column"] = chosen[0]
        s.other = True
    else:
        result = next((column for column in reading.columns if column.name == chosen[0]), None)
        wrong = (
            t("Column {column} holds the dates; click a column of numbers. {other} stays.")
            if result and result.taken_for == "date"
            else t("Column {column} holds words; click a column of numbers. {other} stays.")
        )
        s.notes = (fill(wrong, {"column": quoted(chosen[0]), "other": quoted(s.parts.column)}),)


def choices(s: SeriesDesk, reading: Reading | Understood) -> None:
    """Every choice with its guess and what that rests on; the ones that are no safe guess come first."""
    result = {name: choice for name, choice in reading.guesses.items() if name in LABELS and matters(name, choice)}
    order = sorted(result, key=lambda name: (result[name].safe, list(LABELS).index(name)))
    if unsure := to_check(s, reading):
        check = t("Please check: {choices}.", choices=", ".join(unsure))
        st.html(f'<p class="asked" role="status">{escape(check)}</p>')
    with st.container(horizontal=True, key="reading", gap="medium"):
        for name in order:
            with st.container(width=196, gap=None):
                one(s, name, result[name])


def to_check(s: SeriesDesk, reading: Reading | Understood) -> list[str]:
    """The choices that are no safe guess, as a person reads them."""
    guesses = reading.guesses
    unsure = [label.lower() for name, label in LABELS.items() if name in guesses and not guesses[name].safe]
    column = guesses.get("column")
    if column and not column.safe and s.parts.column == column.value and len(column.options) > 1:
        unsure.append(t("the column, in the sidebar"))
    return unsure


def matters(name: str, choice: Choice) -> bool:
    """Whether there is something to choose."""
    others = set(choice.options) - {choice.value}
    return name == "na_values" or bool(others and (name != "zone" or choice.value))


def one(s: SeriesDesk, name: str, choice: Choice) -> None:
    """One choice: its control, and under it what its guess rests on."""
    key, label = f"series-read-{s.readings}-{name}", LABELS[name]
    if not choice.safe:
        label = t("{label} · please check", label=label)
    if name == "na_values":
        text = " ".join(f"{code:g}" for code in choice.value)
        st.text_input(label, text, key=key, placeholder="-999 9999", on_change=code, args=(s, key))
    else:
        options = list(dict.fromkeys((*choice.options, choice.value)))
        st.selectbox(
            label,
            options,
            options.index(choice.value),
            key=key,
            format_func=lambda value: in_words(name, value),
            on_change=lambda: s.reread(name, st.session_state[key]),
            filter_mode=None if len(options) < 20 else "fuzzy",
        )
    st.caption(choice.because.replace("[", r"\[").replace("$", r"\$"))


def in_words(name: str, value: Any) -> str:
    """An option as a person reads it."""
    if value in NAMES.get(name, {}):
        return NAMES[name][value]
    return " + ".join(value) if isinstance(value, tuple) else str(value)


def code(s: SeriesDesk, key: str) -> None:
    """Codes for missing were typed."""
    try:
        s.reread("na_values", tuple(float(part) for part in st.session_state[key].replace(";", " ").split()))
    except ValueError:
        s.readings += 1
        typed = quoted(st.session_state[key])
        s.notes = (
            t(
                "Codes for missing are {typed}; they must be numbers with spaces between, such as -999 9999.",
                typed=typed,
            ),
        )


def remember(s: SeriesDesk, query: Mapping[str, list[str]]) -> None:
    """Take from an address how a file is to be read, once it is brought."""
    text = (query.get(ADDRESS) or [""])[-1]
    try:
        mark, given = text[:8], json.loads(text[9:] or "{}")
        s.remembered = {mark: checked({name: given[name] for name in CHOICES if name in given})} if given else {}
    except (ValueError, TypeError, AttributeError, RecursionError):
        s.notes = (*s.notes, t("How a table was read is not to be understood in this address; it is read by guesses."))


def put_into_address(s: SeriesDesk) -> None:
    """How the table is read, as far as somebody chose it, so that the same file opens the same way."""
    given = s.own.given if s.own and s.parts.source == OWN else {}
    text = f"{mark_of(s.own.data)}:{json.dumps(given, separators=(',', ':'))}" if given and s.own else ""
    if text != st.query_params.get(ADDRESS, ""):
        if text:
            st.query_params[ADDRESS] = text
        elif s.own:
            st.query_params.pop(ADDRESS, None)
