"""A sweep's results as a CSV file: a row for each run, with every setting, so that a run in the file is known again."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any, Protocol, TextIO

from rnn_core.config import Config
from rnn_core.registry import short
from rnn_core.sweep.runs import Result

OUTCOMES = ("loss", "metric", "beats_baseline_at", "gradient_ratio", "diverged", "error", "seconds")
COLUMNS = (*Config.fields(), "steps", *OUTCOMES)
Run = tuple[Config, int]  # what is trained, and for how many steps


class Writer(Protocol):
    def writerow(self, row: Any, /) -> Any: ...


def row(result: Result, steps: int) -> list[str]:
    """A result as the strings of its row: floats in full, nothing for None."""
    settings = [getattr(result.config, name) for name in Config.fields()]
    outcomes = [getattr(result, name) for name in OUTCOMES]
    return [as_text(value) for value in (*settings, steps, *outcomes)]


def as_text(value: Any) -> str:
    """A setting or an outcome in a cell; of a Divergence the array and the step, as "h at step 12"."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"{value[0]} at step {value[1]}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def done(path: Path) -> set[Run]:
    """The runs that a file has; one with an error does not count. A row that was cut off while it was written, and
    those with errors, are taken out of the file.

    Raises ValueError in one sentence for a file that is no table of a sweep.
    """
    if not path.exists() or not path.stat().st_size:
        return set()
    try:
        text = path.read_text("utf-8")
        header, *rows = csv.reader(StringIO(text))
        if tuple(header) != COLUMNS:
            raise ValueError("its columns are others")
        if not text.endswith("\n"):
            rows = [*rows[:-1], []]
        good = [line for line in rows if len(line) == len(COLUMNS) and not line[COLUMNS.index("error")]]
        result = {run_of(line) for line in good}
    except (ValueError, csv.Error) as problem:
        raise ValueError(f"{short(str(path))} is no table of a sweep of this version: {problem}") from None
    if len(good) < len(rows):
        rewrite(path, good)
    return result


def run_of(line: list[str]) -> Run:
    """What a row was trained on."""
    settings = dict(zip(COLUMNS, line, strict=True))
    return Config.from_mapping({name: settings[name] for name in Config.fields()}), int(settings["steps"])


def rewrite(path: Path, rows: list[list[str]]) -> None:
    """The file with these rows, whole at any moment."""
    beside = path.with_name(f"{path.name}.part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    os.replace(beside, path)


@contextmanager
def appended(path: Path | None, otherwise: TextIO) -> Iterator[Any]:
    """What writes rows at the end of a file, which begins with its columns; without a path into another stream."""
    if path is None:
        csv.writer(otherwise).writerow(COLUMNS)
        yield csv.writer(otherwise)
        return
    empty = not path.exists() or not path.stat().st_size
    with path.open("a", encoding="utf-8", newline="", buffering=1) as file:
        if empty:
            csv.writer(file).writerow(COLUMNS)
        yield csv.writer(file)
