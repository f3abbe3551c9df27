"""A registry: choices by name, as OPTIMIZERS. A name that it does not have is refused in one sentence."""

import dataclasses
from collections.abc import Mapping
from pickle import PicklingError
from typing import Any, NoReturn, Self, TypeVar

Entry = TypeVar("Entry")


class UnknownName(KeyError, ValueError):
    """A KeyError, as of any dict, and a ValueError, as of any value that cannot be; its text is a plain sentence."""

    __str__ = ValueError.__str__


class Registry(dict[str, Entry]):
    """A dict whose entries are all of one kind, which is what its refusals call them: "cell", "task"."""

    def __init__(self, kind: str, entries: Mapping[str, Entry]) -> None:
        super().__init__(entries)
        self.kind = kind

    def __missing__(self, name: object) -> NoReturn:
        raise UnknownName(f"{self.kind} is {short(name)}; it must be one of {', '.join(self)}")


class Named:
    """A frozen dataclass that a registry may hold by its name. It is pickled as that name, and a copy is the record
    itself, because nothing of it changes.
    """

    name: str

    @staticmethod
    def registry() -> Registry[Any]:
        """Where it is, if it is anywhere."""
        raise NotImplementedError

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """One that is in no registry is pickled field by field. Raises PicklingError for a function that pickle cannot
        find again: a lambda, or one that was defined inside another.
        """
        if self.registry().get(self.name) is self:
            return entry, (type(self), self.name)
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]
        for field, value in fields.items():
            if "<" in getattr(value, "__qualname__", ""):
                raise PicklingError(
                    f"{field} of {short(self.name)} is {value.__qualname__}, which cannot be pickled; define it with "
                    "def at the top of a module"
                )
        return type(self), tuple(fields.values())


def entry(kind: type[Named], name: str) -> Any:
    """A registry's record of this name."""
    return kind.registry()[name]


def short(value: object) -> str:
    """A value as it stands in a sentence: quoted, and cut where somebody sent a page of it."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        text = f"a {type(value).__name__} too long to write"
    return text if len(text) <= 60 else f"{text[:57]}…"
