"""One training step: forward, loss, backward, clip, update. Constants, and the form of momentum, are PyTorch's.

θ and g stand for all weights and all gradients, (N,) each.
"""

from math import sqrt
from typing import Any

import numpy as np

from rnn_core.registry import Registry

Arrays = tuple[np.ndarray, ...]


def forward_backward(network: Any, params: Any, batch: Any, loss_name: str, state: Any = None) -> Any:
    """Forward, loss, backward -> the Trace, the Loss, and ∂L/∂(every weight) by name.

    network, params, batch: a Network, its weights by name, a Batch. state: where each layer starts (None: zeros).
    """
    trace = network.forward(params, batch, state)
    loss = network.loss(loss_name, trace, batch)
    return trace, loss, network.backward(params, trace, batch, loss.dy)


def update(
    theta: np.ndarray, g: np.ndarray, slots: Arrays, config: Any, step: int
) -> tuple[np.ndarray, Arrays, float]:
    """Clip, then update -> the new weights, the optimizer's new slots, and the share of ‖g‖ that clipping left.

    slots: what the optimizer keeps from step to step, zeros before step 1.
    """
    g, ratio = CLIPPING[config.clip](g, config.clip_threshold, norm(g))
    theta, slots = UPDATES[config.optimizer](theta, g, slots, config.learning_rate, step)
    return theta, slots, ratio


# The loss of one answer: y, target (…,O,B) -> its error (…,B), ŷ and ∂error/∂y (…,O,B).


def cross_entropy(y: np.ndarray, target: np.ndarray) -> Arrays:
    """−Σ_k target_k log ŷ_k, ŷ = softmax(y), in nats; target one-hot. The largest y is taken off first: no overflow."""
    y = y - y.max(axis=-2, keepdims=True)
    log_y_hat = y - np.log(np.exp(y).sum(axis=-2, keepdims=True))
    y_hat = np.exp(log_y_hat)
    return -(target * log_y_hat).sum(axis=-2), y_hat, y_hat - target  # the article's ŷ − y


def squared_error(y: np.ndarray, target: np.ndarray) -> Arrays:
    """(y − target)², the mean over the O outputs."""
    return ((y - target) ** 2).mean(axis=-2), y, 2 * (y - target) / y.shape[-2]


def binary_cross_entropy(y: np.ndarray, target: np.ndarray) -> Arrays:
    """−target log σ(y) − (1 − target) log(1 − σ(y)), the mean over the O outputs, each a yes or no of its own."""
    y_hat = 0.5 + 0.5 * np.tanh(0.5 * y)  # σ(y)
    error = np.maximum(y, 0) - y * target + np.log1p(np.exp(-np.abs(y)))
    return error.mean(axis=-2), y_hat, (y_hat - target) / y.shape[-2]


# Clipping: g of norm `size` -> what is left of it, and the share of ‖g‖ that is left.


def norm(g: np.ndarray) -> float:
    """‖g‖, summed in float64: in float32 the squares of small and of large numbers are lost."""
    wide = g.astype(np.float64, copy=False)
    return sqrt(wide.dot(wide))


def clip_nothing(g: np.ndarray, threshold: float, size: float) -> tuple[np.ndarray, float]:
    """Leave it."""
    return g, 1.0


def clip_by_value(g: np.ndarray, threshold: float, size: float) -> tuple[np.ndarray, float]:
    """Clip each number to within ±threshold: simple, but it turns the gradient's direction."""
    if size <= threshold:
        return g, 1.0  # no number exceeds ‖g‖
    g = np.clip(g, -threshold, threshold)
    return g, norm(g) / size


def clip_by_norm(g: np.ndarray, threshold: float, size: float) -> tuple[np.ndarray, float]:
    """Shorten the whole gradient to length threshold, where it is longer; its direction stays. Pascanu, Mikolov &
    Bengio, arXiv:1211.5063 (2013), algorithm 1.
    """
    if size <= threshold:
        return g, 1.0
    return g * (threshold / size), threshold / size


# Updates: θ, g, the slots, the learning rate η and the step's number, from 1 -> θ, slots.


def sgd(theta: np.ndarray, g: np.ndarray, slots: Arrays, eta: float, step: int) -> tuple[np.ndarray, Arrays]:
    """θ ← θ − η g. Robbins & Monro (1951)."""
    return theta - eta * g, ()


def momentum(theta: np.ndarray, g: np.ndarray, slots: Arrays, eta: float, step: int) -> tuple[np.ndarray, Arrays]:
    """v ← 0.9 v + g,  θ ← θ − η v. Polyak (1964); Sutskever et al. (2013)."""
    v = 0.9 * slots[0] + g
    return theta - eta * v, (v,)


def rmsprop(theta: np.ndarray, g: np.ndarray, slots: Arrays, eta: float, step: int) -> tuple[np.ndarray, Arrays]:
    """v ← 0.99 v + 0.01 g²,  θ ← θ − η g / (√v + ε). Hinton's lecture 6e (2012)."""
    v = 0.99 * slots[0] + (1 - 0.99) * g**2
    return theta - eta * g / (np.sqrt(v) + 1e-8), (v,)


def adagrad(theta: np.ndarray, g: np.ndarray, slots: Arrays, eta: float, step: int) -> tuple[np.ndarray, Arrays]:
    """v ← v + g²,  θ ← θ − η g / (√v + 1e-10). Duchi, Hazan & Singer, JMLR 12 (2011)."""
    v = slots[0] + g**2
    return theta - eta * g / (np.sqrt(v) + 1e-10), (v,)


def adam(theta: np.ndarray, g: np.ndarray, slots: Arrays, eta: float, step: int) -> tuple[np.ndarray, Arrays]:
    """m ← β₁ m + (1−β₁) g,  v ← β₂ v + (1−β₂) g²,  θ ← θ − η m̂ / (√v̂ + ε). Kingma & Ba, arXiv:1412.6980 (2015),
    algorithm 1; m̂ and v̂: bias correction, for m and v start at 0.
    """
    m = 0.9 * slots[0] + 0.1 * g
    v = 0.999 * slots[1] + 0.001 * g**2
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    return theta - eta * m_hat / (np.sqrt(v_hat) + 1e-8), (m, v)


LOSSES = Registry(
    "loss",
    {
        "cross-entropy": cross_entropy,
        "squared-error": squared_error,
        "binary-cross-entropy": binary_cross_entropy,
    },
)
CLIPPING = Registry("clip", {"none": clip_nothing, "value": clip_by_value, "norm": clip_by_norm})
UPDATES: Registry[Any] = Registry(
    "optimizer", {"sgd": sgd, "momentum": momentum, "rmsprop": rmsprop, "adagrad": adagrad, "adam": adam}
)
