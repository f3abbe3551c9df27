"""losses.py with outputs and targets as columns, (O, T·B): one for each answer, side by side in memory."""

from functools import cache
from typing import NamedTuple

import numpy as np

from rnn_core.losses import answer_weights
from rnn_core.step import LOSSES, Arrays


class ColumnLoss(NamedTuple):
    """A Loss whose arrays are columns: p, dy (O, T·B); errors, weight (T·B,). size: (T,B)."""

    p: np.ndarray
    dy: np.ndarray
    errors: np.ndarray
    weight: np.ndarray
    size: tuple[int, ...]

    @property
    def total(self) -> float:
        return float(self.weight.dot(self.errors))

    @property
    def loss_t(self) -> np.ndarray:
        return (self.weight * self.errors).reshape(self.size).sum(axis=1)

    @property
    def y_hat(self) -> np.ndarray:
        return by_step(self.p, self.size[0])


def columns(y: np.ndarray) -> np.ndarray:
    """(T,O,B) -> (O, T·B), a column for each answer: calls on two axes cost half, and on numbers side by side a third
    of that. A view where by_step made y.
    """
    return np.ascontiguousarray(y.swapaxes(0, 1).reshape(y.shape[1], -1))


def by_step(y: np.ndarray, T: int) -> np.ndarray:
    """The inverse of columns: (O, T·B) -> (T,O,B)."""
    return y.reshape(len(y), T, -1).swapaxes(0, 1)


@cache
def ones(O: int, dtype: np.dtype) -> np.ndarray:
    """A row of ones: a product with it adds up (O,N) over O for a third of what np.add.reduce costs on a small one."""
    return np.ones(O, dtype)


def cross_entropy(y: np.ndarray, target: np.ndarray) -> Arrays:
    add = ones(len(y), y.dtype)
    p = y - np.maximum.reduce(y, axis=0)  # a ufunc's reduce costs half of the method on a small array
    y_target = add.dot(p * target)
    np.exp(p, out=p)
    total = add.dot(p)
    p /= total
    return np.log(total) - y_target, p, p - target


def looked_up_cross_entropy(y: np.ndarray, codes: np.ndarray) -> Arrays:
    """The same, the targets given by where each has its 1, (T·B,)."""
    at, add = (codes, np.arange(len(codes))), ones(len(y), y.dtype)
    p = y - np.maximum.reduce(y, axis=0)
    y_target = p[at]
    np.exp(p, out=p)
    total = add.dot(p)
    p /= total
    dy = p.copy()
    dy[at] -= 1
    return np.log(total) - y_target, p, dy


COLUMN_FORMULAS = LOSSES | {"cross-entropy": cross_entropy}


def loss(name: str, y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> ColumnLoss:
    """The loss `name` of y, target (O, T·B) and mask (T,B)."""
    return weighted(COLUMN_FORMULAS[name](y, target), mask)


def weighted(parts: Arrays, mask: np.ndarray) -> ColumnLoss:
    """What a formula gave, as a loss over the answers that mask (T,B) has."""
    errors, p, dy = parts
    weight = answer_weights(mask, dy.dtype).reshape(-1)
    dy *= weight
    return ColumnLoss(p, dy, errors, weight, mask.shape)
