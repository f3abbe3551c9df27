"""What a viewer tries out in the board: weights set by hand, and a sequence of one's own. The run stays as it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from rnn_core import Config, Snapshot, Trainer
from rnn_core.analysis.what_if import Weight, placed, what_if
from rnn_core.cells import Params
from rnn_core.tasks import Task

LONGEST = 400  # characters of a typed sequence
NOTHING = {"moment": 0, "weights": []} | dict.fromkeys(
    ("refused_weight", "refused_text", "typing", "typed", "unread"), ""
)


class Imagined(NamedTuple):
    """The run with weights set by hand: its Snapshot, and all its weights."""

    weights: tuple[Weight, ...]
    snapshot: Snapshot
    params: Params


class Exploring:
    """What is tried out with one Trainer. moment: changes with every press, and what was set before then is dropped.

    given: weights that a page set, which stay until the viewer sets or undoes one.
    typed: the sequence that is shown, "" for none; unread: a sentence on what of it is passed over.
    refused_…: one sentence for what was asked last and could not be.
    """

    def __init__(self) -> None:
        self.moment = 0
        self.imagined: Imagined | None = None
        self.given: tuple[Weight, ...] = ()
        self.typed = self.unread = self.refused_text = self.refused_weight = ""
        self._made: tuple[object, ...] = ()
        self._read: tuple[object, ...] = ()

    def drop(self) -> None:
        """The run goes on, or starts anew: weights set by hand are no longer its own."""
        self.moment += 1
        self.imagined, self.given, self.refused_weight, self._made = None, (), "", ()

    def give(self, trainer: Trainer, weights: Sequence[Weight]) -> None:
        """Set these weights for the viewer, in place of those that were set."""
        self.drop()
        self.given = tuple(weights)
        self.imagine(trainer, (), 0)

    def imagine(self, trainer: Trainer, weights: Sequence[Weight], moment: int) -> bool:
        """Set these weights, if they were set at this moment -> whether there is something new to show."""
        weights = tuple(weights) if moment == self.moment else self.given
        wanted = (weights, trainer.step, trainer.shown, self.typed, trainer.config)
        if wanted == self._made or (not weights and not self._made):
            return False
        self._made, before = wanted, self.imagined
        self.imagined, self.refused_weight = None, ""
        if weights:
            try:
                self.imagined = Imagined(weights, what_if(trainer, weights), placed(trainer.params, weights))
            except ValueError as problem:
                self.imagined, self.refused_weight = before, f"{problem}."
        return True

    def read(self, trainer: Trainer, text: str) -> bool:
        """Show this sequence instead of a held-out one, or a held-out one again for "" -> whether that is new."""
        wanted = (text, trainer.config, trainer)
        if wanted == self._read or (not text and not self._read):
            return False
        self._read, self.refused_text, self.unread, before = wanted, "", "", trainer.typed
        encode = trainer.task.encode
        if not text or encode is None:
            self.typed, trainer.typed = "", None
        else:
            try:
                trainer.typed, self.typed = encode(text[:LONGEST], trainer.config), text
                self.unread = trainer.task.unread(text[:LONGEST])
            except ValueError as problem:
                self.refused_text = f"{problem}."
                if trainer.typed is None:
                    self.typed = ""
        return trainer.typed is not before

    def described(self, trainer: Trainer) -> dict[str, object]:
        """Of all this, what the board says."""
        weights = self.imagined.weights if self.imagined else ()
        return {
            "moment": self.moment,
            "weights": [[*weight, value_of(trainer.params, weight)] for weight in weights],
            "refused_weight": self.refused_weight,
            "typing": typing(trainer.task, trainer.config),
            "typed": self.typed,
            "unread": self.unread,
            "refused_text": self.refused_text,
        }


def value_of(params: Params, weight: Weight) -> float:
    """What a weight is in the run."""
    place = (weight.row,) if weight.column is None else (weight.row, weight.column)
    return float(params[weight.name][place])


def typing(task: Task, config: Config) -> str:
    """What may be typed, in words; "" where nothing may."""
    return task.typing(config) if task.encode else ""


def weights_of(view: Any) -> tuple[tuple[Weight, ...], int]:
    """The weights that a browser sent, and their moment. Raises what a foreign shape raises; board.read catches it."""
    query = view.get("imagined") or {}
    weights = [
        Weight(str(name), int(row), None if column is None else int(column), float(value))
        for name, row, column, value in query.get("weights", [])[:50]
    ]
    return tuple(weights), int(query.get("moment", 0))
