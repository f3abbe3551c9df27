"""What to ask a network about its gradients."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_core.config import Config
from rnn_core.losses import LOSSES
from rnn_core.network import Network
from rnn_core.tasks import TASKS


class GradientReport(NamedTuple):
    """errors: for every parameter, the largest |BPTT − differences| over the largest gradient of that parameter."""

    errors: dict[str, float]
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether every error is under the tolerance."""
        return all(error <= self.tolerance for error in self.errors.values())


def check_gradients(
    config: Config, *, entries: int = 40, epsilon: float = 1e-5, tolerance: float = 1e-5
) -> GradientReport:
    """BPTT against central differences (L(θ+ε) − L(θ−ε)) / 2ε in float64, on the first batch of a run.

    entries: how many numbers of each parameter are tried, drawn at random where it has more.
    """
    config = dataclasses.replace(config, dtype="float64")
    task, network, rng = TASKS[config.task], Network.of(config), np.random.default_rng(config.seed)
    params, batch = network.init(rng, config), task.draw(rng, config, "train")
    loss = LOSSES[task.loss]
    trace = network.forward(params, batch)
    grads = network.backward(params, trace, batch, loss(trace.y, batch.y, batch.mask).dy)

    def L() -> float:
        return float(loss(network.forward(params, batch, trace=trace).y, batch.y, batch.mask).loss_t.sum())

    errors = {}
    for name, array in params.items():
        tried = rng.permutation(array.size)[:entries]
        differences = np.array([_difference(L, array.reshape(-1), i, epsilon) for i in tried])
        scale = max(np.abs(differences).max(), np.abs(grads[name]).max(), 1e-6)
        errors[name] = float(np.abs(differences - grads[name].ravel()[tried]).max() / scale)
    return GradientReport(errors, tolerance)


def _difference(L: Callable[[], float], theta: np.ndarray, i: int, epsilon: float) -> float:
    before = theta[i]
    theta[i] = before + epsilon
    above = L()
    theta[i] = before - epsilon
    below = L()
    theta[i] = before
    return (above - below) / (2 * epsilon)
