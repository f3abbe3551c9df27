"""A series out of a file as it comes: read with guesses that are shown, and again with what somebody changes.

Every choice (delimiter, header rows, decimal mark, dates, id, column, codes) has a guess and what it rests on.
pandas reads with these choices; what was left out and put right is noted in sentences.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rnn_core.words import fill, t
from ui.frame.address import quoted
from ui.series.reading import calendar
from ui.series.reading.choice import Choice, rows_in_words
from ui.series.reading.columns import Column, chosen_column, explained, roles
from ui.series.reading.files import decode
from ui.series.reading.grid import ROWS, Grid, read_grid
from ui.series.reading.numerals import is_gap
from ui.series.reading.order import Placed, of_missing, on_time, without_ends
from ui.series.reading.rows import odd_rows
from ui.series.reading.shape import one_series, turned
from ui.series.reading.times import Times, find_times, kept
from ui.series.reading.values import numbers_of

CHOICES: dict[str, type] = {
    "encoding": str,
    "sep": str,
    "skiprows": int,
    "header_rows": int,
    "turn": bool,
    "dates": tuple,
    "dayfirst": bool,
    "zone": str,
    "id_columns": tuple,
    "id": str,
    "decimal": str,
    "thousands": str,
    "na_values": tuple,
}
COLUMNS, TURNED = 100, 1000  # at most, and of a table that is turned


@dataclass(frozen=True)
class Reading:
    """values (n,), NaN for a gap, on index: dates, periods or a plain range. frequency: pandas' name for its steps.

    rows (n,): each value's row in the file, 0 for one that is missing there. guesses: every choice with what it
    rests on; choices: their values, which read the same again. table: the cells as they stand in the file, by the rows'
    numbers; above: the rows over it, header and all. left_out: rows that are no time, and what they are. columns: what
    each was taken for.
    """

    values: np.ndarray
    index: pd.Index
    frequency: str | None
    rows: np.ndarray = field(repr=False)
    column: str
    notes: tuple[str, ...]
    guesses: dict[str, Choice] = field(repr=False)
    above: pd.DataFrame = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    columns: tuple[Column, ...] = field(repr=False)
    left_out: dict[int, str] = field(repr=False)

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


class Understood(NamedTuple):
    """What was understood of a table that could not be read as a series: its cells, and choices to change."""

    guesses: dict[str, Choice]
    above: pd.DataFrame
    table: pd.DataFrame
    columns: tuple[Column, ...] = ()
    left_out: dict[int, str] = {}  # noqa: RUF012


class NoSeries(ValueError):
    """A table whose cells were read, and no series in it. understood: what can be shown and changed."""

    def __init__(self, problem: str, understood: Understood) -> None:
        super().__init__(problem)
        self.understood = understood


def read_series(data: bytes, name: str, column: str | None = None, **choices: Any) -> Reading:
    """A file's bytes as a series; choices, by the names in CHOICES, take the place of guesses.

    Raises ValueError, one sentence with the way out, for whatever cannot be read; nothing else.
    """
    try:
        return read(data, name, {**checked(choices), "column": column})
    except NoSeries as problem:
        raise NoSeries(
            t("{file} was not read: {problem}.", file=quoted(name), problem=problem), problem.understood
        ) from None
    except ValueError as problem:
        raise ValueError(t("{file} was not read: {problem}.", file=quoted(name), problem=problem)) from None


def checked(choices: dict[str, Any]) -> dict[str, Any]:
    """The choices, each of its kind. Raises ValueError for one that there is not."""
    result = {}
    for name, value in choices.items():
        if name not in CHOICES:
            raise ValueError(f"there is no choice {name!r}; the choices are {', '.join(CHOICES)}")
        kind = CHOICES[name]
        if kind is tuple and value is not None:
            value = tuple(value) if isinstance(value, list | tuple) else (value,)
        if value is not None and not isinstance(value, kind):
            raise ValueError(f"{name} is {value!r}; it must be of the kind {kind.__name__}")
        result[name] = value
    if result.get("decimal") not in (None, ".", ","):
        raise ValueError(f"decimal is {result['decimal']!r}; it must be a point or a comma")
    return result


def read(data: bytes, name: str, given: dict[str, Any]) -> Reading:
    """As read_series, the choices in one dictionary, and the sentence of an error without its beginning and end."""
    text, encoding, notes = decode(data, name, given.get("encoding"))
    grid = read_grid(text, given)
    guesses = {"encoding": encoding, **grid.choices}
    try:
        return read_table(grid, guesses, [*notes, *grid.notes], given)
    except ValueError as problem:
        raise NoSeries(str(problem), Understood(guesses, grid.above, grid.cells.iloc[:ROWS])) from None


def read_table(grid: Grid, guesses: dict[str, Choice], notes: list[str], given: dict[str, Any]) -> Reading:
    """A grid of cells as a series; guesses grows by what is chosen on the way, also where it raises ValueError."""
    if len(grid.cells) > ROWS:
        notes.append(t("The table goes on after {count} rows; the first {count} are read.", count=f"{ROWS:,}"))
    table, guesses["turn"], turn_notes = turned(grid.cells.iloc[:ROWS], given.get("turn"))
    refuse_wider(table, bool(guesses["turn"].value))
    if len(table) == 1:
        raise ValueError(t("it has 1 row of values; upload the rows before it as well"))
    cells, times, left_out = rows_in_time(table, given)
    guesses["dates"] = times.choice
    taken = roles(cells)
    cells, times, ids, id_notes = one_series(cells, times, taken, given, guesses)
    columns = explained(cells, taken, times, ids)
    guesses["column"] = chosen_column(cells, columns, given.get("column"))
    notes += [*turn_notes, *id_notes, *of_rows(left_out), *of_dates(times, columns, cells)]
    over = grid.above.index[: max(0, guesses["skiprows"].value)]
    left_out |= dict.fromkeys(map(int, over), t("above the table"))
    result = on_calendar(cells, columns, times, given, guesses)
    notes += result.notes
    return Reading(*result[:4], guesses["column"].value, tuple(notes), guesses, grid.above, table, columns, left_out)


def rows_in_time(table: pd.DataFrame, given: dict[str, Any]) -> tuple[pd.DataFrame, Times, dict[int, str]]:
    """The rows that are times, their times, and the other rows with what they are."""
    times = find_times(table, given.get("dates"), given.get("dayfirst"))
    reasons = odd_rows(table, times)
    keep = np.setdiff1d(np.arange(len(table)), list(reasons))
    if not len(keep):
        raise ValueError(t("it has no row of numbers; choose the file that holds them"))
    return table.iloc[keep], kept(times, keep), {int(table.index[at]): why for at, why in reasons.items()}


def on_calendar(
    cells: pd.DataFrame,
    columns: tuple[Column, ...],
    times: Times,
    given: dict[str, Any],
    guesses: dict[str, Choice],
) -> Placed:
    """The chosen column's numbers, from the first to the last, on the calendar of their times."""
    name = guesses["column"].value
    numbers, notes = numbers_of(cells, columns, times, given, guesses)
    placed = on_time(numbers.values, cells.index.to_numpy(), times, given.get("zone") or None)
    guesses["dayfirst"] = (times.dates and times.dates.dayfirst) or Choice(None, t("no date could be read both ways"))
    guesses["zone"] = Choice(placed.zone, t("what the clock shows"), True, ("", *calendar.ZONES))
    placed, end_notes = without_ends(placed, name, [cells[name].iloc[at] for at in numbers.odd[:1]])
    return placed._replace(notes=(*notes, *placed.notes, *end_notes, *of_missing(placed, times)))


def refuse_wider(cells: pd.DataFrame, turn: bool) -> None:
    """Raise ValueError for more columns than can be looked at."""
    if (width := cells.shape[1]) > (most := TURNED if turn else COLUMNS):
        wider = (
            t("it has {count} rows to turn into columns and at most {most} can be read; keep those that you need")
            if turn
            else t("it has {count} columns and at most {most} can be read; keep those that you need")
        )
        raise ValueError(fill(wider, {"count": width, "most": f"{most:,}"}))


def of_rows(left_out: dict[int, str]) -> list[str]:
    """Sentences about the rows that are left out, one for each reason."""
    reasons: dict[str, list[int]] = {}
    for row, why in left_out.items():
        reasons.setdefault(why, []).append(row)
    return [t("Left out: {rows} ({why}).", rows=rows_in_words(rows), why=why) for why, rows in reasons.items()]


def of_dates(times: Times, columns: tuple[Column, ...], cells: pd.DataFrame) -> list[str]:
    """Sentences about dates that could be read otherwise, and about what may be dates and is not known to be."""
    if times.dates is None:
        first = columns[0]
        unknown = first.taken_for in ("words", "date") and len(columns) > 1 and cells[first.name].is_unique
        unknown = unknown and times.choice.options == ((),)
        cell = quoted(next((cell for cell in cells[first.name] if not is_gap(cell)), ""))
        return [
            t(
                "Column {column} has no dates that are known, as {cell}: the rows are counted.",
                column=quoted(first.name), cell=cell
            )
        ] * unknown
    if times.dates.dayfirst is None:
        return []
    choice = times.dates.dayfirst
    both = cells[times.columns[0]].str.match(r"(?:0?[1-9]|1[0-2])[-/ ](?:0?[1-9]|1[0-2])[-/ ]").all()
    cell = quoted(cells[times.columns[0]].iloc[0][:20])
    note = (
        t("Dates such as {cell} are read with the day first; ISO dates leave no doubt.", cell=cell)
        if choice.value
        else t("Dates such as {cell} are read with the month first; ISO dates leave no doubt.", cell=cell)
    )
    return [note] * bool(both)
