"""What is to be made small: a loss over the steps that have a target.

Outputs and targets are (T,O,B), the mask (T,B) is 1 where a target is. L is the mean over all answers, so that it
does not depend on T or B; loss_t (T,) is each step's share, and the shares add up to L.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Loss(NamedTuple):
    """loss_t (T,): the shares of L. y_hat (T,O,B): probabilities, or values. dy (T,O,B): ∂L/∂y, y the network's raw
    output.
    """

    loss_t: np.ndarray
    y_hat: np.ndarray
    dy: np.ndarray


LossFunction = Callable[[np.ndarray, np.ndarray, np.ndarray], Loss]


def cross_entropy(y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
    """−Σ_k target_k log softmax(y)_k, in nats; target one-hot (T,O,B). Stable: the largest logit is taken off first."""
    weight = _weight(mask)
    p = y - np.maximum.reduce(y, axis=1, keepdims=True)  # a ufunc's reduce costs half of the method on a small array
    loss = np.add.reduce(p * target, axis=1)
    np.exp(p, out=p)
    total = np.add.reduce(p, axis=1)
    p /= total[:, None]
    np.subtract(np.log(total), loss, out=loss)
    loss *= weight
    dy = p - target
    dy *= weight[:, None]
    return Loss(np.add.reduce(loss, axis=1), p, dy)


def squared_error(y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
    """(y − target)², the mean over the O outputs."""
    weight = _weight(mask)[:, None] / y.shape[1]
    error = y - target
    return Loss((error * error * weight).sum(axis=(1, 2)), y.copy(), 2 * error * weight)


def binary_cross_entropy(y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
    """−target log σ(y) − (1 − target) log(1 − σ(y)), the mean over the O outputs, each a yes or no of its own."""
    weight = _weight(mask)[:, None] / y.shape[1]
    each = np.maximum(y, 0) - y * target + np.log1p(np.exp(-np.abs(y)))
    p = 0.5 + 0.5 * np.tanh(0.5 * y)
    return Loss((each * weight).sum(axis=(1, 2)), p, (p - target) * weight)


def _weight(mask: np.ndarray) -> np.ndarray:
    """The mask (T,B) over the number of answers. Raises ValueError where no step has a target."""
    answers = np.add.reduce(mask, axis=None)
    if not answers:
        raise ValueError("no step has a target: the mask is 0 everywhere")
    return mask / answers


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
