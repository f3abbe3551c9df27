"""step.update in place: Adam with few calls, whatever else as step.py has it."""

from functools import cache
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.step import CLIPPING, UPDATES, Arrays
from rnn_core.step import update as plain

if TYPE_CHECKING:
    from rnn_core.config import Config


@cache
def number(value: float, dtype: np.dtype) -> np.ndarray:
    """A constant as a 0-d array: a small array times it costs a third of the same times a Python number."""
    return np.array(value, dtype)


def adam(theta: np.ndarray, g: np.ndarray, slots: np.ndarray, learning_rate: float, step: int) -> None:
    """step.adam, with the root of v̂'s denominator taken out of the fraction, which saves a call."""
    m, v, dtype = slots[0], slots[1], g.dtype  # to unpack an array costs as much as five of these lines
    m += (g - m) * number(1 - 0.9, dtype)
    g *= g
    g -= v
    g *= number(1 - 0.999, dtype)
    v += g
    root = sqrt(1 - 0.999**step)
    np.sqrt(v, out=g)
    g += np.array(1e-8 * root, dtype)
    np.divide(m, g, out=g)
    g *= np.array(learning_rate * root / (1 - 0.9**step), dtype)
    theta -= g


def clip(g: np.ndarray, rule: str, threshold: float, size: float) -> float:
    """Clip g, of norm size, in place -> the share of it that is left."""
    clipped, ratio = CLIPPING[rule](g, threshold, size)
    if clipped is not g:
        g[...] = clipped
    return ratio


def update(theta: np.ndarray, g: np.ndarray, slots: np.ndarray, config: "Config", step: int, size: float) -> float:
    """step.update in place: θ, g of norm size, slots (n,N) are written over -> the share of ‖g‖ that clipping left."""
    ratio = clip(g, config.clip, config.clip_threshold, size)
    if config.optimizer == "adam":
        adam(theta, g, slots, config.learning_rate, step)
    else:
        theta[...], result = UPDATES[config.optimizer](theta, g, tuple(slots), config.learning_rate, step)
        write(slots, result)
    return ratio


def plain_update(
    theta: np.ndarray, g: np.ndarray, slots: np.ndarray, config: "Config", step: int, size: float
) -> float:
    """step.update itself, its answers written to the same places."""
    theta[...], result, ratio = plain(theta, g, tuple(slots), config, step)
    write(slots, result)
    return ratio


def write(slots: np.ndarray, result: Arrays) -> None:
    for slot, array in zip(slots, result, strict=True):
        slot[...] = array
