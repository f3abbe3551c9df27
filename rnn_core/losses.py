"""What is to be made small: a loss over the steps that have a target.

Outputs and targets are (T,O,B), the mask (T,B) is 1 where a target is. L is the mean over all answers, so that it
does not depend on T or B; loss_t (T,) is each step's share, and the shares add up to L.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np


class Loss(NamedTuple):
    """shares (T,B): each answer's share of L. y_hat (T,O,B): probabilities, or values. dy (T,O,B): ∂L/∂y, y
    the network's raw output.
    """

    shares: np.ndarray
    y_hat: np.ndarray
    dy: np.ndarray

    @property
    def total(self) -> float:
        """L."""
        return float(ones(self.shares.size, self.shares.dtype).dot(self.shares.reshape(-1)))

    @property
    def loss_t(self) -> np.ndarray:
        """Each step's share of L, (T,)."""
        return np.add.reduce(self.shares, axis=1)


LossFunction = Callable[[np.ndarray, np.ndarray, np.ndarray], Loss]


def columns(y: np.ndarray) -> np.ndarray:
    """(T,O,B) -> (O, T·B), a column for each answer: calls on two axes cost half. A view where by_step made y."""
    return y.swapaxes(0, 1).reshape(y.shape[1], -1)


def by_step(y: np.ndarray, T: int) -> np.ndarray:
    """The inverse of columns: (O, T·B) -> (T,O,B)."""
    return y.reshape(len(y), T, -1).swapaxes(0, 1)


@cache
def ones(O: int, dtype: np.dtype) -> np.ndarray:
    """A row of ones: a product with it adds up (O,N) over O for a third of what np.add.reduce costs on a small one."""
    return np.ones(O, dtype)


def cross_entropy(y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
    """−Σ_k target_k log softmax(y)_k, in nats; target one-hot (T,O,B). Stable: the largest logit is taken off first."""
    T, O, _ = y.shape
    y, target, weight, add = columns(y), columns(target), _weight(mask), ones(O, y.dtype)
    p = y - np.maximum.reduce(y, axis=0)  # a ufunc's reduce costs half of the method on a small array
    loss = add.dot(p * target)
    np.exp(p, out=p)
    total = add.dot(p)
    p /= total
    np.subtract(np.log(total), loss, out=loss)
    dy = p - target
    dy *= weight
    return Loss((loss * weight).reshape(mask.shape), by_step(p, T), by_step(dy, T))


def squared_error(y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
    """(y − target)², the mean over the O outputs."""
    error, weight = y - target, _weight(mask).reshape(mask.shape) / y.shape[1]
    shares = np.add.reduce(error * error, axis=1) * weight
    return Loss(shares, y.copy(), 2 * error * weight[:, None])


def binary_cross_entropy(y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
    """−target log σ(y) − (1 − target) log(1 − σ(y)), the mean over the O outputs, each a yes or no of its own."""
    weight = _weight(mask).reshape(mask.shape) / y.shape[1]
    each = np.maximum(y, 0) - y * target + np.log1p(np.exp(-np.abs(y)))
    p = 0.5 + 0.5 * np.tanh(0.5 * y)
    shares = np.add.reduce(each, axis=1) * weight
    return Loss(shares, p, (p - target) * weight[:, None])


def _weight(mask: np.ndarray) -> np.ndarray:
    """The mask over the number of answers, (T·B,). Raises ValueError where no step has a target."""
    answers = np.count_nonzero(mask)
    if not answers:
        raise ValueError("no step has a target: the mask is 0 everywhere")
    return mask.reshape(-1) / np.array(answers, mask.dtype)


LOSSES: dict[str, LossFunction] = {
    "cross-entropy": cross_entropy,
    "squared-error": squared_error,
    "binary-cross-entropy": binary_cross_entropy,
}


def right(y_hat: np.ndarray, target: np.ndarray, mask: np.ndarray) -> float:
    """The share of answers whose most probable class is the target's."""
    hit = y_hat.argmax(axis=1) == target.argmax(axis=1)
    return float((hit * mask).sum() / mask.sum())


def root_mean_square(y_hat: np.ndarray, target: np.ndarray, mask: np.ndarray) -> float:
    """√(mean squared error) over the answers."""
    return float(np.sqrt(squared_error(y_hat, target, mask).loss_t.sum()))


def all_right(y_hat: np.ndarray, target: np.ndarray, mask: np.ndarray) -> float:
    """The share of answers in which every yes or no is on the right side of ½."""
    hit = ((y_hat > 0.5) == (target > 0.5)).all(axis=1)
    return float((hit * mask).sum() / mask.sum())


METRICS = {"right": right, "rmse": root_mean_square, "all right": all_right}
