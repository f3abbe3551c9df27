"""What a network makes of a text while it reads: what it expects after each character, and what each unit follows.

Units that follow something a person can name: Karpathy, Johnson & Fei-Fei, "Visualizing and understanding recurrent
networks", arXiv:1506.02078 (2015), section 4.2.
"""

import numpy as np

from rnn_core.cells import Params
from rnn_core.fast.network import forward_into
from rnn_core.network import Network, Trace
from rnn_core.sampling import reading, tempered
from rnn_core.tasks import Batch
from rnn_core.words import t

CHUNK = 64  # steps that are read at a time, so that a long text needs no long tape
LANES = 16  # stretches of a text that are read side by side
WARM = 64  # characters that each of them reads before it counts
VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿαεηιουωаеёиоуыэюяіїє")


def next_letters(network: Network, params: Params, codes: np.ndarray) -> np.ndarray:
    """The probabilities of the next symbol after each of codes (T,), read from a zero state -> (T,O)."""
    if not len(codes):
        return np.empty((0, network.O))
    return tempered(read(network, params, codes).y[..., 0])


def units_over(network: Network, params: Params, codes: np.ndarray) -> np.ndarray:
    """What every unit of the top layer says after each of codes (T,), read from a zero state -> (T,H)."""
    return read(network, params, codes).h[..., 0] if len(codes) else np.empty((0, network.H))


def read(network: Network, params: Params, codes: np.ndarray) -> Trace:
    """Read symbols (T,), at least one, from a zero state."""
    return network.forward(params, reading(np.asarray(codes)[:, None], network, params))


def surprise(network: Network, params: Params, codes: np.ndarray, cut: int, stop: int) -> float:
    """The mean of −ln p over the symbols from cut up to stop, in nats; its exponential is the perplexity.

    The text is read in LANES stretches side by side, each after the WARM symbols that stand before it.
    """
    size = -(-(stop - cut) // LANES)
    starts = cut + size * np.arange(LANES)
    last = np.minimum(starts + size, stop)
    total, state, trace = 0.0, None, None
    for begin in range(-WARM, size, CHUNK):
        at = starts + np.arange(begin, begin + CHUNK)[:, None]  # what is to be foretold
        counts = (at >= np.maximum(starts, 1)) & (at < last)
        x, y = (codes[np.clip(at - back, 0, len(codes) - 1)] for back in (1, 0))
        batch: Batch = reading(x, network, params)
        trace = forward_into(trace, network, params, batch, state, same=True)
        state = trace.state
        logits = trace.y.astype(float)
        logits -= logits.max(axis=1, keepdims=True)
        log_p = np.take_along_axis(logits, y[:, None], axis=1)[:, 0] - np.log(np.exp(logits).sum(axis=1))
        total -= float(log_p[counts].sum())
    return total / (stop - cut)


def features(text: str) -> dict[str, np.ndarray]:
    """What a person can name of each character of a text, (T,) numbers by name; none that is the same everywhere."""
    line, word = _since(text, "\n"), _since(text, None)
    result = {
        t("the place in the line"): np.minimum(line, 120),
        t("the place in the word"): np.minimum(word, 20),
        t("spaces"): np.array([c.isspace() for c in text]),
        t("ends of lines"): np.array([c == "\n" for c in text]),
        t("capital letters"): np.array([c.isupper() for c in text]),
        t("vowels"): np.array([c.lower() in VOWELS for c in text]),
        t("digits"): np.array([c.isdigit() for c in text]),
        t("punctuation"): np.array([not (c.isalnum() or c.isspace()) for c in text]),
        t("first letters of words"): np.array(
            [a.isalnum() and not b.isalnum() for a, b in zip(text, " " + text, strict=False)]
        ),
        t("the first word of a line"): np.array([w == 0 for w in _words(text)]),
    }
    arrays = {name: np.asarray(values, float) for name, values in result.items()}
    return {name: values for name, values in arrays.items() if len(values) and values.std() > 0}


def follows(h: np.ndarray, named: dict[str, np.ndarray]) -> list[tuple[str, float]]:
    """For each unit of h (T,H) the feature that it goes with best, and Pearson's r; ("", 0) where it stands still."""
    if not named:
        return [("", 0.0)] * h.shape[1]
    r = _standard(np.array(list(named.values()))) @ _standard(h.T.astype(float)).T / len(h)  # (features, H)
    best = np.abs(r).argmax(axis=0)
    words = list(named)
    return [(words[k], float(r[k, unit])) if r[k, unit] else ("", 0.0) for unit, k in enumerate(best)]


def _standard(rows: np.ndarray) -> np.ndarray:
    rows = rows - rows.mean(axis=1, keepdims=True)
    deviation = rows.std(axis=1, keepdims=True)
    return np.divide(rows, deviation, out=np.zeros_like(rows), where=deviation > 1e-9)


def _since(text: str, mark: str | None) -> list[int]:
    """How many characters since the last mark (None: since the last that is no letter or digit), 0 at the mark."""
    count, out = 0, []
    for c in text:
        count = 0 if (c == mark if mark else not c.isalnum()) else count + 1
        out.append(count)
    return out


def _words(text: str) -> list[int]:
    """How many spaces came before in the same line."""
    count, out = 0, []
    for c in text:
        count = 0 if c == "\n" else count + (c == " ")
        out.append(count)
    return out
