"""What a task is: a function that draws a batch, and the words around it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnn_core.losses import METRICS
from rnn_core.registry import Named, Registry
from rnn_core.tasks.settings import Settings

DATA = Path(__file__).parents[1] / "data"


class Batch(NamedTuple):
    """x (T,D,B), y (T,O,B): one-hot for classes, else values; mask (T,B): 1 where a step has a target.

    encoder_steps: so many of the T steps, the first, are the encoder's (encoder-decoder only). lengths (B,): how many
    of those each sequence really has; the rest is padding. free_running (T,): the steps at which the network, without
    teacher forcing, reads its own last prediction in the last O rows of x. answered (T,B): where it answers, be the
    target known or not (None: where mask is 1). reset (B,): sequences that begin with a state of zeros, though a state
    is carried over to the others. x_codes, y_codes (T,B): where each one-hot column of x and of y has its 1, for what
    would be multiplied by it to be looked up; who changes x or y drops them (None).
    """

    x: np.ndarray
    y: np.ndarray
    mask: np.ndarray
    encoder_steps: int = 0
    lengths: np.ndarray | None = None
    free_running: np.ndarray | None = None
    answered: np.ndarray | None = None
    reset: np.ndarray | None = None
    x_codes: np.ndarray | None = None
    y_codes: np.ndarray | None = None

    def part(self, start: int, stop: int) -> "Batch":
        """The time steps from start up to stop."""
        x, y, mask = (array[start:stop] for array in self[:3])
        codes = (None if array is None else array[start:stop] for array in (self.x_codes, self.y_codes))
        lengths = None if self.lengths is None else np.clip(self.lengths - start, 0, stop - start)
        return Batch(x, y, mask, max(0, min(self.encoder_steps, stop) - start), lengths, None, None, None, *codes)

    def one(self, i: int) -> "Batch":
        """Sequence i alone, views."""
        shared = ("encoder_steps", "free_running")
        own = {name: array for name, array in self._asdict().items() if name not in shared and array is not None}
        return self._replace(**{name: array[..., i : i + 1] for name, array in own.items()})

    def split(self, count: int) -> list["Batch"]:
        """Batches of B / count sequences each, every one in memory of its own; in that of y a time step's neighbour is
        the next, so that the loss, which wants an answer in each column, finds it as it is.
        """
        x, y, mask = (_apart(array, count) for array in (self.x, self.y.swapaxes(0, 1), self.mask))
        some = (self.lengths, self.answered, self.reset, self.x_codes, self.y_codes)
        lengths, *others = (repeat(None) if array is None else _apart(array, count) for array in some)
        same = repeat(self.encoder_steps), repeat(self.free_running)
        parts = zip(x, y.swapaxes(1, 2), mask, same[0], lengths, same[1], *others, strict=False)
        return list(map(Batch._make, parts))


def _apart(array: np.ndarray, count: int) -> np.ndarray:
    """(…, B) -> (count, …, B / count)."""
    apart = array.reshape(*array.shape[:-1], count, -1)
    return apart.transpose(-2, *range(array.ndim - 1), -1).copy()


class Baseline(NamedTuple):
    """What a model without memory scores: its name, its loss, and why."""

    name: str
    loss: float
    why: str


class Description(NamedTuple):
    """A sequence as a person reads it, T strings each; "" where a step has no target. predictions: None without
    y_hat.
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    predictions: tuple[str, ...] | None


class Sizes(NamedTuple):
    """D inputs, O outputs."""

    D: int
    O: int


class Writing(NamedTuple):
    """What a network of a task can be asked to write, reading its own letters (rnn_core/sampling.py).

    things: what it writes, as "names"; ask: what is chosen to start from, as "Country"; starts: each choice, and the
    input that is 1 at the first step; read(symbols) -> what they spell, up to the task's `end`.
    """

    things: str
    ask: str
    starts: Mapping[str, int]
    read: Callable[[Iterable[int]], str]


def no_symbols(config: Settings) -> None:
    """The output is a number."""


def no_typing(config: Settings) -> str:
    """Nothing can be typed."""
    return ""


def nothing_unread(text: str) -> str:
    """All that was typed is read."""
    return ""


def no_check(config: Settings) -> None:
    """Any Config will do."""


@dataclass(frozen=True)
class Task(Named):
    """A sequence task. Its functions take the Config, because the words and sizes may depend on it.

    draw(rng, config, split) -> Batch of config.batch_size sequences; split is "train" or "held-out".
    read(x_t (D,)) -> how a person reads an input; symbols: the names of the classes, or None where the output is a
    number.
    scale: what one unit of the output is to a person (mean, standard deviation), where the data were standardized;
    unit: what a person counts it in, and so the metric too ("": a number without one, or a share).
    stream(config, step, split) -> the batch of this training step, where sequences follow on one another: with
    start="carried" each goes on where its own one of the step before ended.
    encode(text, config) -> what somebody typed as a Batch of one sequence: the inverse of describe, with the targets
    that follow from it. ValueError in one sentence for what cannot be read. typing(config): what may be typed;
    unread(text): of what was typed, a sentence on what is passed over.
    end: the symbol with which what a network writes is at its end, where there is one. writing: what it can be asked to
    write by itself.
    finite: whether it trains on a set of examples that has an end, and so can overfit.
    image: rows and columns of the pixels, from 0 to 1, that x_t begins with; a step has an image if any is not 0.
    """

    name: str
    title: str
    shape: str
    loss: str
    metric: str
    question: Callable[[Settings], str]
    baseline: Callable[[Settings], Baseline]
    sizes: Callable[[Settings], Sizes]
    draw: Callable[[np.random.Generator, Settings, str], Batch]
    read: Callable[[np.ndarray], str]
    symbols: Callable[[Settings], tuple[str, ...] | None] = no_symbols
    stream: Callable[[Settings, int, str], Batch] | None = None
    encode: Callable[[str, Settings], Batch] | None = None
    typing: Callable[[Settings], str] = no_typing
    unread: Callable[[str], str] = nothing_unread
    check: Callable[[Settings], None] = no_check
    scale: tuple[float, float] = (0.0, 1.0)
    end: str = ""
    writing: Writing | None = None
    unit: str = ""
    finite: bool = False
    image: tuple[int, int] | None = None
    fields: tuple[str, ...] = ()  # what it reads of Config beside the common fields
    defaults: Mapping[str, object] = field(default_factory=dict)  # what it wants changed of Config's defaults

    def traits(self, config: Settings) -> dict[str, Any]:
        """What tells it from another task in a file of a run, as JSON has it."""
        return {
            "name": self.name,
            "sizes": list(self.sizes(config)),
            "symbols": list(self.symbols(config) or ()),
            "scale": list(self.scale),
        }

    def check_drawn(self, batch: Batch, config: Settings) -> None:
        """Raises ValueError for a batch of this task whose x, y and mask do not fit its sizes, or one another."""
        D, O = self.sizes(config)
        T, B = (*np.shape(batch.mask), 0, 0)[:2]
        for name, shape in {"mask": (T, B), "x": (T, D, B), "y": (T, O, B)}.items():
            array = getattr(batch, name)
            if not isinstance(array, np.ndarray) or array.shape != shape:
                given = array.shape if isinstance(array, np.ndarray) else f"of a {type(array).__name__}"
                raise ValueError(f"{self.name} draws {name} {given}; it must be an array {shape}")
        if batch.y.dtype != config.dtype:
            raise ValueError(f"{self.name} draws y of dtype {batch.y.dtype}; it must be {config.dtype}, config.dtype")

    @staticmethod
    def registry() -> "Registry[Task]":
        from rnn_core.tasks import TASKS

        return TASKS

    def score(self, y_hat: np.ndarray, y: np.ndarray, mask: np.ndarray) -> float:
        """The metric, in the units of a person."""
        return METRICS[self.metric](y_hat, y, mask) * self.scale[1]

    def describe(
        self, batch: Batch, i: int, y_hat: np.ndarray | None = None, *, symbols: tuple[str, ...] | None = None
    ) -> Description:
        """Sequence i of a batch, and what y_hat (T,O,B) says of it, in words. symbols: from self.symbols(config)."""
        answered = batch.mask[:, i] > 0

        def answers(y: np.ndarray) -> tuple[str, ...]:
            return tuple(self.answer(y[t, :, i], symbols) if answered[t] else "" for t in range(len(answered)))

        inputs = tuple(self.read(x) for x in batch.x[:, :, i])
        return Description(inputs, answers(batch.y), None if y_hat is None else answers(y_hat))

    def decide(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Outputs or targets (T,O) -> what they say, an index into symbols or a number, and how sure, both (T,)."""
        if self.loss == "cross-entropy":
            return y.argmax(axis=1), y.max(axis=1)
        if self.loss == "binary-cross-entropy":  # each output is a yes or no: the index has a bit for each
            return (y > 0.5) @ (1 << np.arange(y.shape[1])), np.maximum(y, 1 - y).min(axis=1)
        mean, deviation = self.scale
        return y[:, 0] * deviation + mean, np.ones(len(y))

    def over(self, y_hat: np.ndarray, answered: np.ndarray, fed: np.ndarray, symbols: tuple[str, ...] | None) -> int:
        """From which step on what is answered is no longer written: T, or the step after the network's own `end`.

        y_hat (T,O); answered (T,): where it answers; fed (T,): where it reads its own last answer. An end that it does
        not go on from, because the true sequence is read next, is a wrong answer and ends nothing.
        """
        if not (self.end and symbols):
            return len(fed)
        ended_there = np.logical_and(answered, self.decide(y_hat)[0] == symbols.index(self.end))
        ends = np.flatnonzero(np.logical_and(ended_there[:-1], fed[1:]))
        return int(ends[0]) + 1 if len(ends) else len(fed)

    def answer(self, y: np.ndarray, symbols: tuple[str, ...] | None) -> str:
        """An output or a target (O,) as a person reads it."""
        decided = self.decide(y[None])[0][0]
        return symbols[int(decided)] if symbols else f"{float(decided):.{2 if self.scale[1] < 2 else 0}f}"


TABLE = 256  # classes of which there is a table of one-hot columns


@cache
def identity(O: int, dtype: str) -> np.ndarray:
    """The one-hot columns of all classes, (O,O); not to be written to."""
    table = np.eye(O, dtype=dtype)
    table.flags.writeable = False
    return table


def one_hot(classes: np.ndarray, O: int, dtype: str) -> np.ndarray:
    """Class numbers (T,B) -> (T,O,B). Raises ValueError for a class that is not one of 0 … O−1."""
    if classes.size and int(np.maximum.reduce(classes.astype(np.uint64), axis=None)) >= O:  # −1 is the largest there
        raise ValueError(
            f"a class is {int(classes[(classes < 0) | (classes >= O)][0])}; it must be one of 0 to {O - 1}"
        )
    if O <= TABLE:
        return identity(O, dtype).take(classes, axis=1).swapaxes(0, 1)
    columns = np.zeros((O, classes.size), dtype)
    columns[classes.ravel(), np.arange(classes.size)] = 1
    return columns.reshape(O, *classes.shape).swapaxes(0, 1)


def at_own_last(lengths: np.ndarray, classes: np.ndarray, T: int, O: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """One answer for each sequence, at its own last step: lengths, classes (B,) -> y (T,O,B) and mask (T,B)."""
    columns = np.arange(len(lengths))
    y, mask = np.zeros((T, O, len(lengths)), dtype), np.zeros((T, len(lengths)), dtype)
    y[lengths - 1, classes, columns] = mask[lengths - 1, columns] = 1
    return y, mask


def in_symbols(places: np.ndarray, O: int, dtype: str) -> np.ndarray:
    """Places in an alphabet (T,B) -> one-hot (T,O,B); −1, beyond a sequence's end, becomes zeros."""
    return one_hot(places.clip(0), O, dtype) * (places >= 0)[:, None]
