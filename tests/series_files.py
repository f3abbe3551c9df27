"""What tests of the reader share: files made of lines, and what a refusal is."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ui.series.reading import Reading, read_series

CASES = Path(__file__).parent / "cases"
N = 48
VALUES = [round(100 + 20 * np.sin(k) + k / 7, 2) for k in range(N)]
DAYS = pd.date_range("2021-01-01", periods=N, freq="D")
MONTHS = pd.date_range("2010-01-01", periods=N, freq="MS")


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def table(head: str, form: str, when: Any = DAYS, values: Any = VALUES, sep: str = ",") -> bytes:
    """A file of dates in a form, such as %d.%m.%Y, and values."""
    return lines(head, *(f"{w:{form}}{sep}{v}" for w, v in zip(when, values, strict=False)))


def comma(values: Any = VALUES) -> list[str]:
    return [str(v).replace(".", ",") for v in values]


def same(one: Reading, other: Reading) -> bool:
    return (
        np.array_equal(one.values, other.values, equal_nan=True)
        and one.index.equals(other.index)
        and (one.frequency, one.column, one.choices, one.notes)
        == (other.frequency, other.column, other.choices, other.notes)
    )


def refused(data: bytes, name: str = "my.csv", **choices: Any) -> str:
    """The one sentence, with a way out, that a file is refused with."""
    with pytest.raises(ValueError) as problem:
        read_series(data, name, **choices)
    return sentence(str(problem.value))


def sentence(said: str) -> str:
    assert said.startswith("'") and "' was not read: " in said and said.endswith(".")
    assert "\n" not in said and len(said) < 400 and ";" in said, said
    return said


def day(entry: Any) -> str:
    return str(entry).removesuffix(" 00:00:00")
