"""A choice about a table: what is in force, what the guess rests on, and whether it is safe or is a question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rnn_core.words import plural, t


@dataclass(frozen=True)
class Choice:
    """value in force; because: what the guess rests on; safe: no question is needed; options: what else there is."""

    value: Any
    because: str
    safe: bool = True
    options: tuple[Any, ...] = ()

    def or_given(self, given: Any) -> "Choice":
        """The same choice with somebody's own value, if there is one."""
        return self if given is None else replace(self, value=given, because=t("chosen"), safe=True)


def unique(names: Iterable[str]) -> list[str]:
    """The names, each followed by its place where it stands there already."""
    result: dict[str, None] = {}
    for k, name in enumerate(names, 1):
        while name in result:
            name = f"{name} ({k})"
        result[name] = None
    return list(result)


def listed(items: Sequence[Any], most: int = 3) -> str:
    """A list for a sentence: 3, 4, 9 and 17 more."""
    first = ", ".join(map(str, items[:most]))
    return t("{first} and {count} more", first=first, count=len(items) - most) if len(items) > most else first


def rows_in_words(rows: Sequence[int]) -> str:
    """Row numbers for a sentence: row 3; rows 3, 4, 9 and 17 more."""
    return plural("row {rows}", "rows {rows}", len(rows), rows=listed([int(row) for row in rows]))
