"""A series out of a file as it really comes: read with guesses that are shown, and again with the ones somebody changes.

Every choice (delimiter, header rows, decimal mark, dates, id, column, codes) has a guess that says what it rests on.
pandas reads with these choices; what was understood, left out and put right is told in sentences.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ui.address import quoted
from ui.series.reading import calendar
from ui.series.reading.choice import Choice, listed, rows_in_words
from ui.series.reading.files import decode
from ui.series.reading.grid import ROWS, read_grid
from ui.series.reading.numerals import (
    Numbers,
    evidence,
    guess_codes,
    guess_decimal,
    guess_thousands,
    is_gap,
    to_numbers,
)
from ui.series.reading.tables import (
    SEPARATOR,
    Column,
    explained,
    guess_column,
    guess_id,
    odd_rows,
    roles,
    turned,
)
from ui.series.reading.times import Times, find_times

CHOICES = (
    "encoding", "sep", "skiprows", "header_rows", "turn", "dates", "dayfirst", "zone", "id_columns", "id",
    "column", "decimal", "thousands", "na_values",
)  # fmt: skip
SOME = 2000  # rows that tell of a column's decimal mark


@dataclass(frozen=True)
class Reading:
    """values (n,), NaN for a gap, on index: dates, periods or a plain range. frequency: pandas' name for its steps.

    table: the cells as they stand in the file, by the rows' numbers; left_out: rows that are no time, with the reason.
    columns: what each was taken for. guesses: every choice with what it rests on; choices: their values, which read the
    same again. rows (n,): where each value stands in the file, 0 for a row that is missing there.
    """

    values: np.ndarray
    index: pd.Index
    frequency: str | None
    column: str
    notes: tuple[str, ...]
    guesses: dict[str, Choice] = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...] = field(repr=False)
    left_out: dict[int, str] = field(repr=False)
    rows: np.ndarray = field(repr=False)

    @property
    def choices(self) -> dict[str, Any]:
        """The choices in force, as keyword arguments that read the same again."""
        return {name: choice.value for name, choice in self.guesses.items() if name != "column"}

    @property
    def to_ask(self) -> tuple[str, ...]:
        """The choices whose guess is not safe."""
        return tuple(name for name, choice in self.guesses.items() if not choice.safe)

    def later(self, n: int) -> pd.Index:
        """The n entries of the index that come after the last."""
        return calendar.later(self.index, self.frequency, n)


def read_series(data: bytes, name: str, column: str | None = None, **choices: Any) -> Reading:
    """A file's bytes as a series; choices (see CHOICES) take the place of guesses.

    Raises ValueError, one sentence with the way out, for whatever cannot be read; nothing else.
    """
    try:
        if unknown := set(choices) - set(CHOICES):
            raise ValueError(f"there is no choice {min(unknown)!r}; the choices are {', '.join(CHOICES)}")
        return read(data, name, {**choices, "column": column})
    except ValueError as problem:
        raise ValueError(f"{quoted(name)} was not read: {problem}.") from None


def read(data: bytes, name: str, given: dict[str, Any]) -> Reading:
    """As read_series, the choices in one dictionary, and the sentence of an error without its beginning and end."""
    text, encoding, notes = decode(data, name, given.get("encoding"))
    grid = read_grid(text, given)
    guesses = {"encoding": encoding, **grid.choices}
    notes += grid.notes
    if len(grid.cells) > ROWS:
        notes.append(f"The table goes on after {ROWS:,} rows; the first {ROWS:,} are read.")
    cells, guesses["turn"], said = turned(grid.cells.iloc[:ROWS], given.get("turn"))
    notes += said
    times = find_times(cells, given.get("dates"), given.get("dayfirst"))
    reasons = odd_rows(cells, times)
    left_out = {int(cells.index[at]): why for at, why in reasons.items()}
    keep = np.setdiff1d(np.arange(len(cells)), list(reasons))
    table, cells, times = cells, cells.iloc[keep], kept(times, keep)
    if not len(cells):
        raise ValueError("it has no row of numbers; choose the file that holds them")
    guesses["dates"] = times.choice
    taken = roles(cells)
    cells, times, ids, said = one_series(cells, times, taken, given, guesses)
    notes += said
    columns = explained(cells, taken, times, ids)
    guesses["column"] = chosen_column(cells, columns, given.get("column"))
    notes += [*of_rows(left_out), *of_dates(times, columns, cells)]
    numbers, said = numbers_of(cells, columns, times, given, guesses)
    notes += said
    return on_time(cells, times, numbers, given, guesses, notes, (table, columns, left_out))


def kept(times: Times, rows: np.ndarray) -> Times:
    """The times of some of the rows."""
    if times.dates is None:
        return times
    dates = times.dates
    when = dates.when.iloc[rows].reset_index(drop=True)
    offsets = None if dates.offsets is None else dates.offsets[rows]
    return times._replace(dates=dates._replace(when=when, offsets=offsets))


def one_series(
    cells: pd.DataFrame, times: Times, taken: dict[str, str], given: dict[str, Any], guesses: dict[str, Choice]
) -> tuple[pd.DataFrame, Times, tuple[str, ...], list[str]]:
    """Of a long table, the rows of one series; of any other, all."""
    ids = guess_id(cells, times, taken).or_given(given.get("id_columns"))
    if missing := [name for name in ids.value if name not in cells]:
        raise ValueError(f"it has no column {missing[0]!r}; choose among {', '.join(map(repr, cells))}")
    guesses["id_columns"], guesses["id"] = ids, Choice("", "one series")
    if not ids.value:
        return cells, times, (), []
    joined = cells[list(ids.value)].agg(SEPARATOR.join, axis=1)
    options = tuple(dict.fromkeys(joined))
    chosen = Choice(options[0], "the first one", len(options) == 1, options).or_given(given.get("id") or None)
    if chosen.value not in options:
        raise ValueError(f"it has no series {str(chosen.value)[:60]!r}; choose one of {listed(options)}")
    guesses["id"] = chosen
    rows = np.flatnonzero(joined == chosen.value)
    named = quoted(SEPARATOR.join(ids.value))
    note = f"Column {named} tells {len(options)} series apart ({listed(options)}); {quoted(chosen.value)} is read."
    return cells.iloc[rows], kept(times, rows), tuple(ids.value), [note]


def chosen_column(cells: pd.DataFrame, columns: tuple[Column, ...], given: str | None) -> Choice:
    """The column that is read. Raises ValueError where the chosen one has no numbers."""
    if given is not None and given not in cells:
        raise ValueError(f"it has no column {given!r}; choose one of {listed([repr(c.name) for c in columns], 10)}")
    found = next((c for c in columns if c.name == given), None)
    choice = guess_column(columns)
    if found and found.taken_for not in ("number", "index"):
        why = "dates" if found.taken_for == "date" else found.why
        raise ValueError(f"column {given!r} holds {why}; choose {listed([repr(name) for name in choice.options], 10)}")
    return choice.or_given(given)


def numbers_of(
    cells: pd.DataFrame,
    columns: tuple[Column, ...],
    times: Times,
    given: dict[str, Any],
    guesses: dict[str, Choice],
) -> tuple[Numbers, list[str]]:
    """The column's numbers with the choices that they need; codes for missing are gaps."""
    name, step = guesses["column"].value, max(1, len(cells) // SOME)
    sample = {c.name: evidence(cells[c.name].iloc[::step]) for c in columns[:50] if c.taken_for == "number"}
    own = evidence(cells[name].iloc[::step])
    others = [found for each, found in sample.items() if each != name]
    guess = guess_decimal(own, others, guesses["sep"].value, dotted(cells, times))
    guesses["decimal"] = guess.or_given(given.get("decimal"))
    decimal = guesses["decimal"].value
    guesses["thousands"] = guess_thousands(cells[name], decimal).or_given(given.get("thousands"))
    numbers = to_numbers(cells[name], decimal, guesses["thousands"].value)
    codes = guess_codes(numbers.values)
    guesses["na_values"] = codes.or_given(given.get("na_values"))
    missing = np.isin(numbers.values, np.array(guesses["na_values"].value, float))
    notes = []
    if not guess.safe:
        notes.append(f"Numbers such as {example(cells[name])} are read with {decimal!r} before the decimals.")
    if missing.any():
        shown = listed([f"{code:g}" for code in guesses["na_values"].value])
        at = rows_in_words(cells.index[missing])
        notes.append(f"{shown} stands apart from all other values and is taken as missing, {at}.")
    if len(numbers.odd):
        shown = listed([f"{quoted(cells[name].iloc[at])} in row {cells.index[at]}" for at in numbers.odd])
        notes.append(f"No number: {shown}; treated as gaps.")
    return Numbers(np.where(missing, np.nan, numbers.values), numbers.odd), notes


def dotted(cells: pd.DataFrame, times: Times) -> bool:
    """Whether dates are written 31.12.2020."""
    if not times.columns:
        return False
    return bool(cells[times.columns[0]].iloc[:100].str.match(r"(?:\d{1,2}\.){1,2}\d{4}").mean() > 0.5)


def example(cells: "pd.Series[str]") -> str:
    """The first cell whose number can be read two ways."""
    return quoted(next((cell for cell in cells if re.search(r"\d[.,]\d{3}\b", cell)), cells.iloc[0]))


def of_rows(left_out: dict[int, str]) -> list[str]:
    """Sentences about the rows that are left out, one for each reason."""
    reasons: dict[str, list[int]] = {}
    for row, why in left_out.items():
        reasons.setdefault(why, []).append(row)
    return [f"Left out: {rows_in_words(rows)} ({why})." for why, rows in reasons.items()]


def of_dates(times: Times, columns: tuple[Column, ...], cells: pd.DataFrame) -> list[str]:
    """Sentences about dates that could be read otherwise, and about what may be dates and is not known to be."""
    if times.dates is None:
        first = columns[0]
        unknown = first.taken_for in ("words", "date") and len(columns) > 1 and cells[first.name].is_unique
        cell = quoted(next((cell for cell in cells[first.name] if not is_gap(cell)), ""))
        return [f"Column {quoted(first.name)} has no dates that are known, as {cell}: the rows are counted."] * unknown
    if times.dates.dayfirst is None:
        return []
    choice = times.dates.dayfirst
    both = cells[times.columns[0]].str.match(r"(?:0?[1-9]|1[0-2])[-/ ](?:0?[1-9]|1[0-2])[-/ ]").all()
    order = "day" if choice.value else "month"
    cell = quoted(cells[times.columns[0]].iloc[0][:20])
    return [f"Dates such as {cell} are read with the {order} first; ISO dates leave no doubt."] * bool(both)


def on_time(
    cells: pd.DataFrame,
    times: Times,
    numbers: Numbers,
    given: dict[str, Any],
    guesses: dict[str, Choice],
    notes: list[str],
    seen: tuple[pd.DataFrame, tuple[Column, ...], dict[int, str]],
) -> Reading:
    """The numbers on their calendar, without the gaps before the first and after the last."""
    values, rows = numbers.values, cells.index.to_numpy()
    frequency: str | None = None
    guesses["dayfirst"] = (
        times.dates.dayfirst or Choice(None, "no date could be read both ways")
        if times.dates
        else Choice(None, "no dates")
    )
    guesses["zone"] = Choice("", "no cell tells", True, ("", *calendar.ZONES))
    index: pd.Index = pd.RangeIndex(1, len(values) + 1)
    if times.dates is not None:
        order, when, zone, said = in_order(times, rows, given.get("zone") or None)
        guesses["zone"] = Choice(zone, "the offsets or the hours of the clock change", True, ("", *calendar.ZONES))
        notes += said
        found = calendar.on_calendar(when)
        index, frequency = found.index, found.frequency
        on_grid, at = np.full(len(index), np.nan), np.zeros(len(index), int)
        on_grid[found.at], at[found.at] = values[order], rows[order]
        values, rows = on_grid, at
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        odd = f", as {quoted(cells[guesses['column'].value].iloc[numbers.odd[0]])}" if len(numbers.odd) else ""
        raise ValueError(
            f"column {quoted(guesses['column'].value)} has {len(known)} number{'s' * (len(known) != 1)}{odd}; "
            "choose another column or upload more rows"
        )
    whole = slice(known[0], known[-1] + 1)
    cut = len(values) - known[-1] - 1
    for what, count in (("first", known[0]), ("last", cut)):
        notes += [f"The {what} {count} rows have no value and are left out."] * bool(count > 0)
    values, index, rows = values[whole], index[whole], rows[whole]
    if frequency is None and isinstance(index, pd.RangeIndex):
        index = pd.RangeIndex(1, len(values) + 1)
    notes += of_missing(index, rows, frequency, times)
    table, columns, left_out = seen
    return Reading(
        values, index, frequency, guesses["column"].value, tuple(notes), guesses, table, columns, left_out, rows
    )


def in_order(times: Times, rows: np.ndarray, zone: str | None) -> tuple[np.ndarray, pd.DatetimeIndex, str, list[str]]:
    """The rows' positions by their times, each time once; the times; their zone; what was put right.

    Raises ValueError where so many times stand twice that these are several series.
    """
    assert times.dates is not None
    when, offsets, notes = pd.DatetimeIndex(times.dates.when).as_unit("us"), times.dates.offsets, []
    order = np.arange(len(when))
    steps = np.diff(when.asi8)
    if (steps < 0).sum() > (steps > 0).sum():
        order, when = order[::-1], when[::-1]
        offsets = None if offsets is None else offsets[::-1]
        notes.append("The newest row stands first in the file: the series is turned.")
    when, zone_found = calendar.with_zone(when, offsets, zone)
    if not when.is_monotonic_increasing:
        late = int(np.flatnonzero(np.diff(when.asi8) < 0)[0]) + 1
        notes.append(f"The dates are not in order (row {rows[order[late]]} is before the row above it): sorted.")
        by_time = np.argsort(when.asi8, kind="stable")
        order, when = order[by_time], when[by_time]
    double = np.flatnonzero(when.duplicated())
    if len(double) > max(1, 0.05 * len(when)):
        one, other = rows[order[double[0] - 1]], rows[order[double[0]]]
        raise ValueError(
            f"column {quoted(times.columns[0])} has the same date in rows {one} and {other}, and {len(double) - 1} times "
            "more; keep one row for each date, or choose the column that tells the series apart"
        )
    if len(double):
        pairs = listed([f"{rows[order[at - 1]]} and {rows[order[at]]}" for at in double])
        notes.append(f"The same date stands in rows {pairs}: the first of each is kept.")
    once = ~when.duplicated()
    return order[once], when[once], zone_found, notes


def of_missing(index: pd.Index, rows: np.ndarray, frequency: str | None, times: Times) -> list[str]:
    """Sentences about rows that the calendar has and the file has not."""
    missing = index[rows == 0]
    if frequency is None:
        return ["The dates have no even steps; the rows are taken one after another."] * (times.dates is not None)
    if not len(missing):
        return []
    what = calendar.steps_in_words(frequency)
    shown = listed([str(each).removesuffix(" 00:00:00") for each in missing])
    return [f"{len(missing)} of {len(index)} {what} are missing ({shown}); they are gaps."]
