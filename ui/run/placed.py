"""What may stand in this process or in another: asked by methods alone, with plain data in and out."""

from abc import ABC, abstractmethod
from typing import Any

from ui.run.governor import Playing


class Placed(ABC):
    """What ui/run/elsewhere.py needs of what it lets stand on a worker, and what is so where it stands here."""

    worker = ""  # it stands in the server's process
    playing: Playing | None = None
    went_on: int | None = None
    spent = late = 0.0
    beside = 0

    @property
    @abstractmethod
    def status(self) -> Any:
        """How it stands: a record, its step among it."""

    @abstractmethod
    def keep(self) -> bytes:
        """All that `resume` needs to go on from here elsewhere."""

    @abstractmethod
    def resume(self, kept: bytes) -> None:
        """Go on from where another of this kind, made of the same, was kept: bytes that `keep` made, no others."""

    def do(self, *calls: tuple[Any, ...]) -> list[Any]:
        """Several calls, each a method's name and its arguments -> their answers."""
        return [getattr(self, name)(*args) for name, *args in calls]
