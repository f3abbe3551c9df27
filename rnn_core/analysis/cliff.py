"""The cliff: why one step down an error surface can end far away, and what clipping does about it.

After Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), figure 6 and section 2.3, with tanh in place of their sigmoid:
one unit without an input, two parameters,

    h_t = tanh(w h_{t−1} + b),  t = 1 … T          L(w, b) = (h_T − target)²
"""

from math import isfinite
from numbers import Real
from typing import NamedTuple

import numpy as np

from rnn_core.analysis.exact import whole_number
from rnn_core.registry import short
from rnn_core.step import clip_by_norm

STEPS = 1000  # of time, and of descent, at most


class Cliff(NamedTuple):
    """One unit's task: where it starts, how many time steps it runs, and where it is to end."""

    target: float = -0.5
    h_0: float = 0.5
    T: int = 50


FIGURE = Cliff()


class Preset(NamedTuple):
    """A descent that a cliff throws far away, and clipping does not; and the window that shows both."""

    cliff: Cliff = FIGURE
    start: tuple[float, float] = (1.90, -0.65)
    learning_rate: float = 1.0
    threshold: float = 1.0
    steps: int = 200
    w: tuple[float, float] = (0.0, 2.5)
    b: tuple[float, float] = (-1.2, 0.6)


class ErrorSurface(NamedTuple):
    """L at every point of a grid, (N_b, N_w), row: b, column: w; dw, db: ∂L/∂w and ∂L/∂b, of the same shape."""

    w: np.ndarray
    b: np.ndarray
    loss: np.ndarray
    dw: np.ndarray
    db: np.ndarray

    @property
    def gradient_norm(self) -> np.ndarray:
        """‖∇L‖, (N_b, N_w)."""
        return np.hypot(self.dw, self.db)


class Descent(NamedTuple):
    """A walk of n steps: w, b, loss and gradient_norm (before clipping), (n+1,) each; clipped (n,): where it was."""

    w: np.ndarray
    b: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    clipped: np.ndarray


def error_surface(w: np.ndarray, b: np.ndarray, cliff: Cliff = FIGURE) -> ErrorSurface:
    """L and its exact gradient at all pairs of w (N_w,) and b (N_b,).

    Raises ValueError in one sentence for numbers that are not finite, T outside 1 … 1000, and where the gradient leaves
    the finite numbers.
    """
    cliff = checked(cliff)
    w, b = (np.array([number(name, value) for value in np.ravel(axis).tolist()]) for name, axis in (("w", w), ("b", b)))
    return ErrorSurface(w, b, *loss_and_gradient(w[None], b[:, None], cliff))


def loss_and_gradient(w: np.ndarray, b: np.ndarray, cliff: Cliff) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """L, ∂L/∂w and ∂L/∂b where w and b broadcast: unroll, then walk back."""
    w, b = np.broadcast_arrays(w, b)
    h = [np.full(w.shape, cliff.h_0)]
    for _ in range(cliff.T):
        h.append(np.tanh(w * h[-1] + b))
    loss, dh = (h[-1] - cliff.target) ** 2, 2 * (h[-1] - cliff.target)
    dw, db = np.zeros(w.shape), np.zeros(w.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(cliff.T)):
            da = dh * (1 - h[t + 1] ** 2)  # tanh′(a) = 1 − tanh²(a)
            dw, db = dw + da * h[t], db + da  # the same w and b at every step: their shares add up
            dh = w * da
    if not (np.isfinite(dw).all() and np.isfinite(db).all()):
        raise ValueError("the gradient leaves the finite numbers; take w nearer to 0, or a smaller T")
    return loss, dw, db


def descend(
    start: tuple[float, float],
    learning_rate: float,
    steps: int,
    threshold: float | None = None,
    cliff: Cliff = FIGURE,
) -> Descent:
    """Gradient descent on L from start, (w, b). threshold: clip the gradient to this norm; None: do not clip.

    Raises ValueError in one sentence as error_surface, for a learning rate or a threshold that is not above 0, and for
    steps outside 0 … 1000.
    """
    cliff = checked(cliff)
    theta = np.array([number(name, value) for name, value in zip("wb", start, strict=True)])
    eta = positive("learning_rate", learning_rate)
    limit = np.inf if threshold is None else positive("threshold", threshold)
    walk, clipped = [], []
    for step in range(whole_number("steps", steps, 0, STEPS) + 1):
        loss, *gradient = loss_and_gradient(theta[0], theta[1], cliff)
        g, size = np.array(gradient), float(np.hypot(*gradient))
        walk.append((*theta, float(loss), size))
        if step < steps:
            theta = theta - eta * clip_by_norm(g, limit, size)[0]
            clipped.append(size > limit)
    w, b, losses, sizes = np.array(walk).T
    return Descent(w, b, losses, sizes, np.array(clipped, bool))


def checked(cliff: Cliff) -> Cliff:
    """The Cliff itself. Raises ValueError in one sentence for one that cannot be."""
    return Cliff(number("target", cliff.target), number("h_0", cliff.h_0), whole_number("T", cliff.T, 1, STEPS))


def number(name: str, value: object) -> float:
    """The value as a float. Raises ValueError in one sentence for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise ValueError(f"{name} is {short(value)}; it must be a finite number")
    return float(value)


def positive(name: str, value: object) -> float:
    """The same above 0."""
    if number(name, value) <= 0:
        raise ValueError(f"{name} is {short(value)}; it must be a number above 0")
    return number(name, value)
