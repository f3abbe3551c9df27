"""The optimizers, and how a step of each is explained. Their formulas are in step.py; constants are those of
torch.optim's documentation.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core.registry import Registry
from rnn_core.step import Arrays, adagrad, adam, momentum, rmsprop, sgd
from rnn_core.words import t


def averages(g: np.ndarray, slots: np.ndarray, step: int) -> dict[str, np.ndarray]:
    """Of Adam, after a step: m̂, and √v̂ + ε."""
    m, v = slots
    return {"m": m / (1 - 0.9**step), "root": np.sqrt(v / (1 - 0.999**step)) + 1e-8}


class Optimizer(NamedTuple):
    """slots: the vectors that it keeps from step to step, by what they are. against: what a weight moves against.

    equation: for people; {name} stands for a number: theta and after, a weight before and after the step, rate, and
    what terms(g, slots, step) says, (N,) each, from the clipped gradient and the slots after the step.
    """

    slots: tuple[str, ...]
    against: str
    update: Callable[[np.ndarray, np.ndarray, Arrays, float, int], tuple[np.ndarray, Arrays]]
    equation: tuple[str, ...]
    terms: Callable[[np.ndarray, np.ndarray, int], dict[str, np.ndarray]]


OPTIMIZERS = Registry(
    "optimizer",
    {
        "sgd": Optimizer(
            (),
            t("its gradient g"),
            sgd,
            ("θ ← θ − η g", "= {theta} − {rate} · {g} = {after}"),
            lambda g, slots, step: {"g": g},
        ),
        "momentum": Optimizer(
            ("velocity",),
            t("v, the fading sum of its gradients"),
            momentum,
            ("v ← 0.9 v + g,  θ ← θ − η v", "= {theta} − {rate} · {v} = {after}"),
            lambda g, slots, step: {"v": slots[0]},
        ),
        "rmsprop": Optimizer(
            (t("average of g²"),),
            t("g / √v, its gradient over the size of recent ones"),
            rmsprop,
            ("v ← 0.99 v + 0.01 g²,  θ ← θ − η g / (√v + ε)", "= {theta} − {rate} · {g} / {root} = {after}"),
            lambda g, slots, step: {"g": g, "root": np.sqrt(slots[0]) + 1e-8},
        ),
        "adagrad": Optimizer(
            (t("sum of g²"),),
            t("g / √v, its gradient over the size of all so far"),
            adagrad,
            ("v ← v + g²,  θ ← θ − η g / (√v + ε)", "= {theta} − {rate} · {g} / {root} = {after}"),
            lambda g, slots, step: {"g": g, "root": np.sqrt(slots[0]) + 1e-10},
        ),
        "adam": Optimizer(
            (t("average of g"), t("average of g²")),
            t("m̂ / √v̂, the mean of its gradients over their size"),
            adam,
            ("θ ← θ − η m̂ / (√v̂ + ε)", "= {theta} − {rate} · {m} / {root} = {after}"),
            averages,
        ),
    },
)
