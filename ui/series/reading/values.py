"""One column's numbers, with the choices that they need and notes about them."""

import re
from typing import Any

import numpy as np
import pandas as pd

from rnn_core.words import t
from ui.frame.address import quoted
from ui.series.reading.choice import Choice, listed, rows_in_words
from ui.series.reading.columns import Column
from ui.series.reading.marks import evidence, guess_codes, guess_decimal, guess_thousands
from ui.series.reading.numerals import Numbers, to_numbers
from ui.series.reading.times import Times

SOME = 1000  # rows by which the decimal mark is judged


def numbers_of(
    cells: pd.DataFrame,
    columns: tuple[Column, ...],
    times: Times,
    given: dict[str, Any],
    guesses: dict[str, Choice],
) -> tuple[Numbers, list[str]]:
    """The column's numbers with the choices that they need; codes for missing are gaps."""
    name, step = guesses["column"].value, max(1, len(cells) // SOME)
    own = evidence(cells[name].iloc[::step])
    others = [c.name for c in columns if c.taken_for == "number" and c.name != name][:10]
    rest = [evidence(cells[each].iloc[:: 5 * step]) for each in others]
    guess = guess_decimal(own, rest, guesses["sep"].value, dotted(cells, times))
    guesses["decimal"] = guess.or_given(given.get("decimal"))
    decimal = guesses["decimal"].value
    guesses["thousands"] = guess_thousands(cells[name], decimal).or_given(given.get("thousands"))
    numbers = to_numbers(cells[name], decimal, guesses["thousands"].value)
    guesses["na_values"] = guess_codes(numbers.values).or_given(given.get("na_values"))
    codes = [float(code) for code in guesses["na_values"].value]
    missing = np.isin(numbers.values, codes)
    notes = []
    if not guess.safe:
        notes.append(t(
            "Numbers such as {number} are read with {mark} before the decimals.",
            number=example(cells[name]), mark=repr(decimal)
        ))
    if missing.any():
        shown, at = listed([f"{code:g}" for code in codes]), rows_in_words(cells.index[missing])
        notes.append(t(
            "{codes} stands apart from all other values and is taken as missing, {rows}.", codes=shown, rows=at
        ))
    if len(numbers.odd):
        odd = [t("{cell} in row {row}", cell=quoted(cells[name].iloc[at]), row=cells.index[at]) for at in numbers.odd]
        notes.append(t("No number: {cells}; treated as gaps.", cells=listed(odd)))
    return Numbers(np.where(missing, np.nan, numbers.values), numbers.odd), notes


def dotted(cells: pd.DataFrame, times: Times) -> bool:
    """Whether dates are written 31.12.2020."""
    if not times.columns:
        return False
    return bool(cells[times.columns[0]].iloc[:100].str.match(r"(?:\d{1,2}\.){1,2}\d{4}").mean() > 0.5)


def example(cells: "pd.Series[str]") -> str:
    """The first cell whose number can be read two ways."""
    return quoted(next((cell for cell in cells if re.search(r"\d[.,]\d{3}\b", cell)), cells.iloc[0]))
