"""What is to be made small: a loss over the steps that have a target.

Outputs and targets are columns, (O, T·B): one for each answer. L is the mean over all answers, so that it does not
depend on T or B; loss_t (T,) is each step's share, and the shares add up to L.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import NamedTuple

import numpy as np

from rnn_core.registry import Registry


class Loss(NamedTuple):
    """dy (O, T·B): ∂L/∂y, y the network's raw output. p (O, T·B): probabilities, or values. errors, weight (T·B,): each
    answer's own error, and what it counts for in L. size: (T,B).
    """

    dy: np.ndarray
    p: np.ndarray
    errors: np.ndarray
    weight: np.ndarray
    size: tuple[int, ...]

    @property
    def total(self) -> float:
        """L."""
        return float(self.weight.dot(self.errors))

    @property
    def loss_t(self) -> np.ndarray:
        """Each step's share of L, (T,)."""
        return (self.weight * self.errors).reshape(self.size).sum(axis=1)

    @property
    def y_hat(self) -> np.ndarray:
        """Probabilities, or values, (T,O,B)."""
        return by_step(self.p, self.size[0])


LossFunction = Callable[[np.ndarray, np.ndarray, np.ndarray], Loss]


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


def of_steps(formula: Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]) -> LossFunction:
    """A loss over time steps, y, target (O, T·B) and mask (T,B), 1 or true where a target is, from its formula: y,
    target (O,N), weight (N,) -> errors (N,), p (O,N), dy (O,N). The loss raises ValueError where no step has a target.
    """

    @wraps(formula)
    def loss(y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
        answers = np.count_nonzero(mask)
        if not answers:
            raise ValueError("no step has a target: the mask is 0 everywhere")
        if mask.dtype != y.dtype:  # booleans or whole numbers
            mask = mask.astype(y.dtype)
        weight = mask.reshape(-1) / np.array(answers, y.dtype)
        errors, p, dy = formula(y, target, weight)
        return Loss(dy, p, errors, weight, mask.shape)

    return loss


@of_steps
def cross_entropy(y: np.ndarray, target: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """−Σ_k target_k log softmax(y)_k, in nats; target one-hot. Stable: the largest logit is taken off first."""
    add = ones(len(y), y.dtype)
    p = y - np.maximum.reduce(y, axis=0)  # a ufunc's reduce costs half of the method on a small array
    right = add.dot(p * target)
    np.exp(p, out=p)
    total = add.dot(p)
    p /= total
    dy = p - target
    dy *= weight
    return np.log(total) - right, p, dy


@of_steps
def squared_error(y: np.ndarray, target: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(y − target)², the mean over the O outputs."""
    error = y - target
    return (error * error).mean(axis=0), y.copy(), 2 / len(y) * error * weight


@of_steps
def binary_cross_entropy(
    y: np.ndarray, target: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """−target log σ(y) − (1 − target) log(1 − σ(y)), the mean over the O outputs, each a yes or no of its own."""
    each = np.maximum(y, 0) - y * target + np.log1p(np.exp(-np.abs(y)))
    p = 0.5 + 0.5 * np.tanh(0.5 * y)
    return each.mean(axis=0), p, (p - target) * weight / len(y)


LOSSES: Registry[LossFunction] = Registry(
    "loss",
    {
        "cross-entropy": cross_entropy,
        "squared-error": squared_error,
        "binary-cross-entropy": binary_cross_entropy,
    },
)


def right(y_hat: np.ndarray, target: np.ndarray, mask: np.ndarray) -> float:
    """The share of answers whose most probable class is the target's."""
    hit = y_hat.argmax(axis=1) == target.argmax(axis=1)
    return float((hit * mask).sum() / mask.sum())


def root_mean_square(y_hat: np.ndarray, target: np.ndarray, mask: np.ndarray) -> float:
    """√(mean squared error) over the answers."""
    return float(np.sqrt(squared_error(columns(y_hat), columns(target), mask).total))


def all_right(y_hat: np.ndarray, target: np.ndarray, mask: np.ndarray) -> float:
    """The share of answers in which every yes or no is on the right side of ½."""
    hit = ((y_hat > 0.5) == (target > 0.5)).all(axis=1)
    return float((hit * mask).sum() / mask.sum())


METRICS = Registry("metric", {"right": right, "rmse": root_mean_square, "all right": all_right})
