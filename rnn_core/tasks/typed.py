"""What somebody typed as a sequence of a task: symbols or numbers, and one sentence for what cannot be read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import Batch, one_hot
from rnn_core.words import fill, t

SOME = 8  # words that a sentence names


class Room(NamedTuple):
    """How much may be typed: `most` of it with this Config, and which length so many would need; 0 where none helps."""

    config: Any  # a Config, whose fields say how long a sequence may be
    most: int
    needs: Callable[[int], int] = lambda count: count

    def longer(self, count: int) -> str:
        """The way out where too much was typed: the length to choose, if the app offers one that the task takes."""
        length = self.needs(count)
        try:
            if not 0 < length <= self.config.fields()["length"].screen[1]:
                raise ValueError
            replace(self.config, length=length)
        except ValueError:
            return t("type fewer")
        return t("choose length {length} or type fewer", length=length)


def room(config: Settings) -> Room:
    """As many as there are time steps."""
    return Room(config, config.length)


def such(most: int, *examples: str) -> str:
    """Of some examples, the first that there is room for."""
    return next((example for example in examples if len(example) <= most), examples[-1][:most])


def symbols(text: str, alphabet: Sequence[str], room: Room) -> list[int]:
    """The symbols of a text as places in the alphabet; spaces are passed over, and a small letter may stand for a large
    one where the alphabet has no such small one. Raises ValueError naming the first that is not in it.
    """
    return characters("".join(text.split()), alphabet, room)


def characters(text: str, alphabet: Sequence[str], room: Room) -> list[int]:
    """The same where a space is a symbol as any other."""
    result: list[int] = []
    for symbol in text if text.strip() else "":
        known = next((s for s in (symbol, symbol.upper(), symbol.lower()) if s in alphabet), None)
        if known is None:
            raise ValueError(t(
                "{symbol} at place {place} is not in the alphabet, which is {alphabet}",
                symbol=repr(symbol), place=len(result) + 1, alphabet=listed(alphabet)
            ))
        result.append(list(alphabet).index(known))
    return _some(
        result, room, t("nothing was typed; type up to {most} symbols"),
        t("{count} symbols are too many; there is room for {most}: {way_out}")
    )


def words(text: str, vocabulary: Sequence[str], room: Room) -> list[int]:
    """The words of a text as places in the vocabulary; capitals, punctuation and words that are not in it are passed
    over. Raises ValueError where none is in it, and names some that are.
    """
    typed = split(text)
    result = [list(vocabulary).index(word) for word in typed if word in vocabulary]
    if typed and not result:
        known = ", ".join(vocabulary[:: max(1, len(vocabulary) // SOME)])
        raise ValueError(t(
            "it knows none of these words; of its {count} some are {known}", count=len(vocabulary), known=known
        ))
    return _some(
        result, room, t("nothing was typed; type up to {most} words"),
        t("{count} words are too many; there is room for {most}: {way_out}")
    )


def split(text: str) -> list[str]:
    """The words of a text, in small letters, without punctuation."""
    return re.findall(r"[^\s.,;:!?\"“”()]+", text.lower())


def unknown_words(text: str, vocabulary: Sequence[str]) -> str:
    """A sentence that names the words of a text that are not in the vocabulary; "" where all are."""
    unknown = list(dict.fromkeys(word for word in split(text) if word not in vocabulary))
    if not unknown:
        return ""
    named = ", ".join(repr(word[:20]) for word in unknown[:SOME])
    if len(unknown) > SOME:
        named = t("{named} and {count} more", named=named, count=len(unknown) - SOME)
    known = ", ".join(vocabulary[:: max(1, len(vocabulary) // SOME)])
    return t(
        "Left out, for it does not know them: {named}. Of its {count} words some are {known}.",
        named=named, count=len(vocabulary), known=known
    )


def numbers(text: str, room: Room, low: float, high: float) -> list[tuple[float, bool]]:
    """Numbers with spaces between, and whether each has a + before it. ValueError names the first that is none."""
    result: list[tuple[float, bool]] = []
    for word in text.replace("−", "-").replace(",", ".").replace(";", " ").split():
        place = {"word": repr(word[:20]), "place": len(result) + 1}
        try:
            value = float(word)
        except ValueError:
            raise ValueError(t(
                "{word} at place {place} is no number; type numbers with spaces between", **place
            )) from None
        if not (isfinite(value) and low <= value <= high):
            raise ValueError(t(
                "{word} at place {place} is too far off; a number here is from {low} to {high}",
                **place, low=f"{low:g}", high=f"{high:g}"
            ))
        result.append((value, word.startswith("+")))
    return _some(
        result, room, t("nothing was typed; type up to {most} numbers"),
        t("{count} numbers are too many; there is room for {most}: {way_out}")
    )


def _some(values: list[Any], room: Room, nothing: str, too_many: str) -> list[Any]:
    count = len(values)
    if not values:
        raise ValueError(fill(nothing, {"most": room.most}))
    if count > room.most:
        raise ValueError(fill(too_many, {"count": count, "most": room.most, "way_out": room.longer(count)}))
    return values


def sequence(columns: np.ndarray, config: Settings, O: int) -> Batch:
    """Columns (N,D), at most T of them, as a Batch of one, padded up to T steps; no targets yet, and nothing asked."""
    T, N = config.length, len(columns)
    x = np.zeros((T, columns.shape[1], 1), config.dtype)
    x[:N, :, 0] = columns
    y, mask = np.zeros((T, O, 1), config.dtype), np.zeros((T, 1), config.dtype)
    return Batch(x, y, mask, lengths=np.array([N]), answered=np.zeros((T, 1), bool))


def letters(text: str, alphabet: Sequence[str], config: Settings, O: int) -> Batch:
    """The symbols of a text, one a step, as one-hot columns."""
    result = np.array(symbols(text, alphabet, room(config)))
    return sequence(one_hot(result[None], len(alphabet), config.dtype)[0].T, config, O)


def series(
    text: str,
    config: Settings,
    scale: tuple[float, float],
    limits: tuple[float, float],
    *,
    ahead: int = 1,
    first: int = 0,
) -> Batch:
    """Numbers, one a step; from step `first` on the answer is the one so many steps ahead, as far as it was typed.

    scale: what is taken off each number and what it is divided by. limits: the least and the largest.
    """
    mean, deviation = scale
    result = np.array([value for value, _ in numbers(text, room(config), *limits)])
    batch, N = sequence((result[:, None] - mean) / deviation, config, 1), len(result)
    known = slice(first, max(first, N - ahead))
    batch.y[known], batch.mask[known] = batch.x[first + ahead : max(first + ahead, N)], 1
    step = np.arange(config.length)[:, None]
    return batch._replace(answered=(step >= first) & (step < N))


def any_of(alphabet: Sequence[str], most: int) -> str:
    """In words, what may be typed."""
    return t("up to {most} of {letters}", most=most, letters=listed(alphabet))


def listed(alphabet: Sequence[str]) -> str:
    """An alphabet as one reads it: a space is ␣, a line's end ↵; of a long run of letters, the first and the last."""
    shown = [{" ": "␣", "\n": "↵"}.get(symbol, symbol) for symbol in alphabet]
    runs: list[list[str]] = []
    for symbol in shown:
        if runs and len(symbol) == 1 and ord(symbol) == ord(runs[-1][-1]) + 1:
            runs[-1].append(symbol)
        else:
            runs.append([symbol])
    return " ".join(f"{run[0]}…{run[-1]}" if len(run) > 9 else " ".join(run) for run in runs)
