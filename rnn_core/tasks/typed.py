"""What somebody typed as a sequence of a task: symbols or numbers, and one sentence for what cannot be read."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_core.tasks.task import Batch, one_hot

if TYPE_CHECKING:
    from rnn_core.config import Config


def symbols(text: str, alphabet: Sequence[str], most: int) -> list[int]:
    """The symbols of a text as places in the alphabet; spaces are passed over, and a small letter may stand for a large
    one where the alphabet has no such small one. Raises ValueError naming the first that is not in it.
    """
    found: list[int] = []
    for symbol in "".join(text.split()):
        known = next((s for s in (symbol, symbol.upper(), symbol.lower()) if s in alphabet), None)
        if known is None:
            raise ValueError(
                f"{symbol!r} at place {len(found) + 1} is not in the alphabet, which is {' '.join(alphabet)}"
            )
        found.append(list(alphabet).index(known))
    return _some(found, "symbol", most)


def numbers(text: str, most: int, low: float, high: float) -> list[tuple[float, bool]]:
    """Numbers with spaces between, and whether each has a + before it. ValueError names the first that is none."""
    found: list[tuple[float, bool]] = []
    for word in text.replace("−", "-").replace(",", ".").replace(";", " ").split():
        place = f"{word[:20]!r} at place {len(found) + 1}"
        try:
            value = float(word)
        except ValueError:
            raise ValueError(f"{place} is no number; type numbers with spaces between") from None
        if not (isfinite(value) and low <= value <= high):
            raise ValueError(f"{place} is too far off; a number here is from {low:g} to {high:g}")
        found.append((value, word.startswith("+")))
    return _some(found, "number", most)


def _some(found: list[Any], what: str, most: int) -> list[Any]:
    if not found:
        raise ValueError(f"nothing was typed; type up to {most} {what}s")
    if len(found) > most:
        raise ValueError(f"{len(found)} {what}s are too many; there is room for {most}")
    return found


def sequence(columns: np.ndarray, config: "Config", O: int) -> Batch:
    """Columns (N,D), at most T of them, as a Batch of one, padded up to T steps; no targets yet, and nothing asked."""
    T, N = config.length, len(columns)
    x = np.zeros((T, columns.shape[1], 1), config.dtype)
    x[:N, :, 0] = columns
    y, mask = np.zeros((T, O, 1), config.dtype), np.zeros((T, 1), config.dtype)
    return Batch(x, y, mask, lengths=np.array([N]), asked=np.zeros((T, 1), bool))


def letters(text: str, alphabet: Sequence[str], config: "Config", O: int) -> Batch:
    """The symbols of a text, one a step, as one-hot columns."""
    found = np.array(symbols(text, alphabet, config.length))
    return sequence(one_hot(found[None], len(alphabet), config.dtype)[0].T, config, O)


def any_of(alphabet: Sequence[str], most: int) -> str:
    """In words, what may be typed."""
    return f"up to {most} of {' '.join(alphabet)}"
