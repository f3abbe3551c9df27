"""Clipping: what keeps one steep place in the loss from throwing the weights far away.

Each clips g (N,), all gradients in one vector, of norm `size`, in place, and returns the share of ‖g‖ that is left.
By norm: Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), algorithm 1.
"""

from math import sqrt

import numpy as np

from rnn_core.registry import Registry


def norm(g: np.ndarray) -> float:
    """‖g‖, summed in float64: in float32 the squares of small and of large numbers are lost."""
    wide = g.astype(np.float64, copy=False)
    return sqrt(wide.dot(wide))


def none(g: np.ndarray, threshold: float, size: float) -> float:
    """Leave it."""
    return 1.0


def by_value(g: np.ndarray, threshold: float, size: float) -> float:
    """Each number to within ±threshold: simple, but it turns the gradient's direction."""
    np.clip(g, -threshold, threshold, out=g)
    return norm(g) / size if size > threshold else 1.0  # no number exceeds ‖g‖


def by_norm(g: np.ndarray, threshold: float, size: float) -> float:
    """The whole gradient to length threshold, where it is longer. The direction stays."""
    if size <= threshold:
        return 1.0
    g *= threshold / size
    return threshold / size


CLIPPING = Registry("clip", {"none": none, "value": by_value, "norm": by_norm})
