"""From a gradient to new weights. theta, g (N,): all weights and all gradients in one vector; both are written over.

Each keeps its own numbers in slots (n,N), zero at the start; step counts from 1. Formulas and constants are those of
torch.optim's documentation.
"""

from collections.abc import Callable
from functools import cache
from math import sqrt
from typing import NamedTuple

import numpy as np

from rnn_core.registry import Registry

MOMENTUM = 0.9
DECAY = 0.99
BETA_1, BETA_2 = 0.9, 0.999
EPSILON = 1e-8


@cache
def number(value: float, dtype: np.dtype) -> np.ndarray:
    """A constant as a 0-d array: a small array times it costs a third of the same times a Python number."""
    return np.array(value, dtype)


def sgd(theta: np.ndarray, g: np.ndarray, slots: np.ndarray, learning_rate: float, step: int) -> None:
    """θ ← θ − η g. Robbins & Monro (1951)."""
    g *= learning_rate
    theta -= g


def momentum(theta: np.ndarray, g: np.ndarray, slots: np.ndarray, learning_rate: float, step: int) -> None:
    """v ← 0.9 v + g,  θ ← θ − η v. Polyak (1964); Sutskever et al. (2013)."""
    v = slots[0]
    v *= MOMENTUM
    v += g
    theta -= np.multiply(v, learning_rate, out=g)


def rmsprop(theta: np.ndarray, g: np.ndarray, slots: np.ndarray, learning_rate: float, step: int) -> None:
    """v ← 0.99 v + 0.01 g²,  θ ← θ − η g / (√v + ε). Hinton's lecture 6e (2012)."""
    v = slots[0]
    v *= DECAY
    v += (1 - DECAY) * (g * g)
    g *= learning_rate
    g /= np.sqrt(v) + EPSILON
    theta -= g


def adagrad(theta: np.ndarray, g: np.ndarray, slots: np.ndarray, learning_rate: float, step: int) -> None:
    """v ← v + g²,  θ ← θ − η g / (√v + 1e-10). Duchi, Hazan & Singer, JMLR 12 (2011)."""
    v = slots[0]
    v += g * g
    g *= learning_rate
    g /= np.sqrt(v) + 1e-10
    theta -= g


def adam(theta: np.ndarray, g: np.ndarray, slots: np.ndarray, learning_rate: float, step: int) -> None:
    """m ← β₁ m + (1−β₁) g,  v ← β₂ v + (1−β₂) g²,  θ ← θ − η m̂ / (√v̂ + ε). Kingma & Ba, arXiv:1412.6980, algorithm
    1.
    """
    m, v, dtype = slots[0], slots[1], g.dtype  # to unpack an array costs as much as five of these lines
    m += (g - m) * number(1 - BETA_1, dtype)
    g *= g
    g -= v
    g *= number(1 - BETA_2, dtype)
    v += g
    # both averages start from 0 and are too small at first; v̂'s root is taken out of the fraction, which saves a call
    root = sqrt(1 - BETA_2**step)
    np.sqrt(v, out=g)
    g += np.array(EPSILON * root, dtype)
    np.divide(m, g, out=g)
    g *= np.array(learning_rate * root / (1 - BETA_1**step), dtype)
    theta -= g


def averages(g: np.ndarray, slots: np.ndarray, step: int) -> dict[str, np.ndarray]:
    """Of Adam, after a step: m̂, and √v̂ + ε."""
    m, v = slots
    return {"m": m / (1 - BETA_1**step), "root": np.sqrt(v / (1 - BETA_2**step)) + EPSILON}


class Optimizer(NamedTuple):
    """slots: the vectors that it keeps from step to step, by what they are. against: what a weight moves against.

    equation: for people; {name} stands for a number: theta and after, a weight before and after the step, rate, and
    what terms(g, slots, step) says, (N,) each, from the clipped gradient and the slots after the step.
    """

    slots: tuple[str, ...]
    against: str
    update: Callable[[np.ndarray, np.ndarray, np.ndarray, float, int], None]
    equation: tuple[str, ...]
    terms: Callable[[np.ndarray, np.ndarray, int], dict[str, np.ndarray]]


OPTIMIZERS = Registry(
    "optimizer",
    {
        "sgd": Optimizer(
            (),
            "its gradient g",
            sgd,
            ("θ ← θ − η g", "= {theta} − {rate} · {g} = {after}"),
            lambda g, slots, step: {"g": g},
        ),
        "momentum": Optimizer(
            ("velocity",),
            "v, the fading sum of its gradients",
            momentum,
            ("v ← 0.9 v + g,  θ ← θ − η v", "= {theta} − {rate} · {v} = {after}"),
            lambda g, slots, step: {"v": slots[0]},
        ),
        "rmsprop": Optimizer(
            ("average of g²",),
            "g / √v, its gradient over the size of recent ones",
            rmsprop,
            ("v ← 0.99 v + 0.01 g²,  θ ← θ − η g / (√v + ε)", "= {theta} − {rate} · {g} / {root} = {after}"),
            lambda g, slots, step: {"g": g, "root": np.sqrt(slots[0]) + EPSILON},
        ),
        "adagrad": Optimizer(
            ("sum of g²",),
            "g / √v, its gradient over the size of all so far",
            adagrad,
            ("v ← v + g²,  θ ← θ − η g / (√v + ε)", "= {theta} − {rate} · {g} / {root} = {after}"),
            lambda g, slots, step: {"g": g, "root": np.sqrt(slots[0]) + 1e-10},
        ),
        "adam": Optimizer(
            ("average of g", "average of g²"),
            "m̂ / √v̂, the mean of its gradients over their size",
            adam,
            ("θ ← θ − η m̂ / (√v̂ + ε)", "= {theta} − {rate} · {m} / {root} = {after}"),
            averages,
        ),
    },
)
