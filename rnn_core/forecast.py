"""Forecasts of several steps, by a network that reads its own predictions and by three rules without one.

All of them know the values up to an origin and nothing after; each rule is fitted on the training part. Persistence
says the last value again, seasonal persistence the value of a season before, an autoregression a weighted sum:

    ŷ_t = c + a_1 y_{t−1} + … + a_p y_{t−p}

by least squares, p by Akaike's criterion (IEEE Trans. Automatic Control 19, 1974).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rnn_core.cells import Params
from rnn_core.network import Network
from rnn_core.tasks.own_series import Split
from rnn_core.tasks.task import Batch
from rnn_core.words import t

EQUATIONS = 20_000  # for the least squares, at most: the last of the training part
SEASONAL = "seasonal persistence"  # the rule's name


class Linear(NamedTuple):
    """An autoregression on the values' own scale: constant, and weights (p,) from the nearest value to the farthest."""

    constant: float
    weights: np.ndarray


class Errors(NamedTuple):
    """Root mean square and mean absolute error for each step ahead, (horizon,); NaN where no truth is known."""

    rmse: np.ndarray
    mae: np.ndarray


def roll(network: Network, params: Params, split: Split, origins: np.ndarray) -> np.ndarray:
    """Read the window before each origin, then the network's own predictions -> (horizon, origins); NaN from where they
    diverged.
    """
    x, state, y = split.before(origins), None, []
    for _ in range(split.horizon):
        trace = network.forward(params, _batch(x, params), state)
        state, x = trace.state, _finite(trace.y[-1])
        y.append(trace.y[-1, 0].copy())
    return _in_units(y, split, origins)


def roll_shuffled(
    network: Network, params: Params, split: Split, origins: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The control's roll: before each prediction the last T values, its own among them, are shuffled and read anew."""
    read, y = split.before(origins), []
    for _ in range(split.horizon):
        window = rng.permuted(read[-split.window :], axis=0)
        y.append(network.forward(params, _batch(window, params)).y[-1, 0])
        read = np.concatenate([read, _finite(y[-1][None])])
    return _in_units(y, split, origins)


def persistence(split: Split, origins: np.ndarray) -> np.ndarray:
    """The last value again, (horizon, origins)."""
    return np.tile(split.values[origins - 1], (split.horizon, 1))


def seasonal(split: Split, origins: np.ndarray, season: int) -> np.ndarray:
    """The value of one season before, or of so many as it takes to know it, (horizon, origins)."""
    ahead = np.arange(split.horizon)[:, None] % season
    return split.values[origins - season + ahead]


def autoregression(split: Split, most: int = 0) -> Linear:
    """Least squares on the training part, answers at gaps left out; of the orders up to `most` (0: the window), the one
    with the smallest n log(RSS) + 2p, all fitted to the same n equations.
    """
    split, n = replace(split, lag=0), split.train
    y = split.z[:n]
    most = max(1, min(most or split.window, (n - 2) // 3))
    at = np.arange(most, n)[-EQUATIONS:]
    at = at[split.known[at]]
    past = np.column_stack([np.ones(len(at)), *(y[at - k] for k in range(1, most + 1))])
    q, _ = np.linalg.qr(past)  # with nested columns, each next q takes its share off the sum of squares
    left = y[at] @ y[at] - np.cumsum(np.square(q.T @ y[at]))[1:]
    left = np.maximum(left, 1e-20 * max(1.0, y[at] @ y[at]))
    p = 1 + int(np.argmin(len(at) * np.log(left) + 2 * np.arange(1, most + 1)))
    fitted = np.linalg.lstsq(past[:, : p + 1], y[at], rcond=None)[0]
    weights = fitted[1:]
    return Linear(float(fitted[0] * split.deviation + split.mean * (1 - weights.sum())), weights)


def roll_linear(split: Split, linear: Linear, origins: np.ndarray) -> np.ndarray:
    """The autoregression on its own predictions, (horizon, origins)."""
    p = len(linear.weights)
    read = split.values[origins - p + np.arange(p)[:, None]]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(split.horizon):
            read = np.concatenate([read, (linear.constant + linear.weights @ read[: -p - 1 : -1])[None]])
    return read[p:]


def errors(forecast: np.ndarray, truth: np.ndarray) -> Errors:
    """Of forecasts (horizon, origins), for each step ahead; NaN in truth is left out."""
    known = np.isfinite(truth)
    count = known.sum(axis=1)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        error = np.where(known, forecast - np.where(known, truth, 0), 0)
        return Errors(np.sqrt(np.square(error).sum(axis=1) / count), np.abs(error).sum(axis=1) / count)


def _finite(y: np.ndarray) -> np.ndarray:
    """What can be read of predictions: 0 for one that cannot, and whose forecast is NaN from there on."""
    return np.where(np.isfinite(y), y, 0)


def _in_units(parts: list[np.ndarray], split: Split, origins: np.ndarray) -> np.ndarray:
    """Predictions on the network's scale, step by step, as (horizon, origins) in the series' own units."""
    y = np.array(parts, float)
    y[~np.logical_and.accumulate(np.isfinite(y))] = np.nan
    return split.in_units(y, origins)


def _batch(x: np.ndarray, params: Params) -> Batch:
    """x (T,B), or (1,B), as what a network reads; nothing is asked."""
    x = x[:, None].astype(params["W_hy"].dtype)
    return Batch(x, x, np.ones((len(x), x.shape[2]), x.dtype))


class Rule(NamedTuple):
    """A forecast without a network: forecast(origins) -> (horizon, origins). name: in a file; title: for people."""

    name: str
    title: str
    forecast: Callable[[np.ndarray], np.ndarray]


def rules(split: Split, period: int) -> list[Rule]:
    """What a network must beat. period: the season, 0 for none."""
    linear = autoregression(split)
    result = [
        Rule("persistence", t("Persistence: the last value again"), lambda at: persistence(split, at)),
        Rule(
            "autoregression",
            t("Linear autoregression: the last {count} weighted, by least squares", count=len(linear.weights)),
            lambda at: roll_linear(split, linear, at),
        ),
    ]
    if period:
        title = t("Seasonal persistence: the value of {period} before", period=period)
        result.insert(1, Rule(SEASONAL, title, lambda at: seasonal(split, at, period)))
    return result
