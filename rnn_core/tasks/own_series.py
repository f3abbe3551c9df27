"""A person's own series as a task: read a window of it, at each step predict the next value, or change.

The last values are held out, the test part. Whatever is measured of the series (mean, deviation) is measured on the
values before them, the training part, so that nothing of what is to be forecast reaches the network beforehand.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from rnn_core.arrays import booleans, numbers
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import Baseline, Batch, Sizes, Task
from rnn_core.words import fill, t

ORIGINS = 200  # places in the held-out part from which a forecast is made and scored, at most
LEAST_WINDOWS = 8  # to train on
VALIDATION = (0.2, 0.1, 0.05)  # of the training part: the first with which something is left to learn


@dataclass(frozen=True)
class Split:
    """values (N,) and known (N,), false (or 0) at a gap, whose value is made up and never scored; the last `held_out`
    of them are not trained on. window: values that are read, T; horizon: values that are forecast from there.

    lag: 0: the network reads and predicts values; else changes, y_t − y_{t−lag}, of the logarithms where all values
    are positive, and a forecast adds them up: 1 for what has a trend, a season for what repeats (differences and
    seasonal differences: Box & Jenkins, Time Series Analysis, 1970, chapters 4 and 9).

    Raises ValueError in one sentence where the parts are too short for one another, or the arrays are not what they
    should be.
    """

    values: np.ndarray
    known: np.ndarray
    window: int
    horizon: int
    held_out: int
    lag: int = 0

    def __post_init__(self) -> None:
        values, known = numbers("values", self.values), booleans("known", self.known)
        if values.ndim != 1 or values.shape != known.shape:
            raise ValueError(f"values has shape {values.shape} and known {known.shape}; both must be (N,)")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "known", known)
        most = self.train - self.lag - LEAST_WINDOWS
        if self.window > most:
            raise ValueError(t(
                "window is {window} and the training part has {train} values; it must be at most {most}: read fewer "
                "values or hold out fewer", window=self.window, train=self.train, most=most
            ))
        if self.horizon > self.held_out:
            raise ValueError(t(
                "horizon is {horizon} and {held_out} values are held out; it must be at most as many: forecast fewer "
                "or hold out more", horizon=self.horizon, held_out=self.held_out
            ))
        if not self.known[self.train :].any():
            raise ValueError(t(
                "all {held_out} values that are held out are gaps; hold out more", held_out=self.held_out
            ))
        if not self.deviation:
            constant = (
                t(
                    "all {count} changes of the training part are {value}, so there is nothing to learn from; hold out "
                    "fewer"
                )
                if self.lag
                else t(
                    "all {count} values of the training part are {value}, so there is nothing to learn from; hold out "
                    "fewer"
                )
            )
            raise ValueError(fill(constant, {"count": self.train, "value": f"{self.mean:g}"}))

    @property
    def train(self) -> int:
        """How many values the training part has: the first that is held out has this index."""
        return len(self.values) - self.held_out

    @cached_property
    def logs(self) -> bool:
        """Whether changes are those of the logarithms: relative ones."""
        return self.lag > 0 and bool((self.values > 0).all())

    @cached_property
    def level(self) -> np.ndarray:
        """The values (N,), or their logarithms: where changes add up."""
        return np.log(self.values) if self.logs else self.values

    @cached_property
    def read(self) -> np.ndarray:
        """What the network reads (N,), before it is scaled."""
        before = self.level[: len(self.level) - self.lag]
        return np.concatenate([np.zeros(self.lag), self.level[self.lag :] - before]) if self.lag else self.values

    @cached_property
    def read_known(self) -> np.ndarray:
        """Where that is known (N,): a change lies between two values."""
        before = np.concatenate([np.zeros(self.lag, bool), self.known[: len(self.known) - self.lag]])
        return self.known & before if self.lag else self.known

    @cached_property
    def mean(self) -> float:
        """Of what the network reads, in the training part."""
        return float(self.read[: self.train][self.read_known[: self.train]].mean())

    @cached_property
    def deviation(self) -> float:
        """The standard deviation of what the network reads, in the training part."""
        return float(self.read[: self.train][self.read_known[: self.train]].std())

    @cached_property
    def z(self) -> np.ndarray:
        """What the network reads (N,) on its scale: 0 the mean, 1 the deviation, both of the training part."""
        return (self.read - self.mean) / self.deviation

    @cached_property
    def without_test(self) -> "Split":
        """The training part by itself, its last fifth held out for validation; the horizon as far as there is room.
        Raises ValueError where no part of it can be.
        """
        values, known = self.values[: self.train], self.known[: self.train]
        refused = ValueError()
        for part in VALIDATION:
            held_out = max(1, round(part * self.train))
            try:
                return replace(self, values=values, known=known, held_out=held_out, horizon=min(self.horizon, held_out))
            except ValueError as problem:
                refused = problem
        raise refused

    def in_units(self, z: np.ndarray, origins: np.ndarray) -> np.ndarray:
        """Predictions on the network's scale, (horizon, origins), as values of the series: changes are added up."""
        values = z * self.deviation + self.mean
        if not self.lag:
            return values
        level = self.level[origins - self.lag + np.arange(self.lag)[:, None]]
        for change in values:
            level = np.concatenate([level, (level[-self.lag] + change)[None]])
        return self.valued(level[self.lag :])

    def valued(self, level: np.ndarray) -> np.ndarray:
        """Values out of what stands where changes add up."""
        with np.errstate(over="ignore"):
            return np.exp(level) if self.logs else level

    @cached_property
    def origins(self) -> np.ndarray:
        """The first index of each forecast that is scored: every held-out one, or ORIGINS of them, spread evenly."""
        return np.unique(np.linspace(self.train, len(self.values) - 1, min(ORIGINS, self.held_out)).round().astype(int))

    def truth(self, origins: np.ndarray) -> np.ndarray:
        """What is to be forecast from each origin, (horizon, origins); NaN at a gap and beyond the series' end."""
        at = origins + np.arange(self.horizon)[:, None]
        inside = np.minimum(at, len(self.values) - 1)
        return np.where((at == inside) & self.known[inside], self.values[inside], np.nan)

    def before(self, origins: np.ndarray) -> np.ndarray:
        """The window that is read before each origin, on the network's scale, (T, origins)."""
        return self.z[origins - self.window + np.arange(self.window)[:, None]]


def series_task(split: Split, title: str = t("A series"), read: Callable[[float], str] = "{:.4g}".format) -> Task:
    """Windows of the training part; at each step the answer is the next value. Held out: the last step alone is asked,
    so that each forecast by one step counts once and has a whole window before it. read: how a value is written.
    """
    return Task(
        name="series",
        title=title,
        shape="many-to-many",
        loss="squared-error",
        metric="rmse",
        question=partial(ask_next, split),
        baseline=partial(persistence, split),
        sizes=one_number,
        draw=partial(draw_next, split),
        read=partial(read_in_units, split, read),
        scale=(split.mean, split.deviation),
        finite=True,
    )


def shuffled_task(split: Split, title: str = t("A series, shuffled")) -> Task:
    """The control: the same windows, each with the order of its values shuffled; the answer is the value that follows
    the window. A network that does as well here did not use the order.

    It is asked at every step of training, as the other is, always for the value after the whole window: a value
    inside it would already be among the shuffled.
    """
    return replace(
        series_task(split, title),
        name="shuffled-series",
        question=partial(ask_shuffled, split),
        draw=partial(draw_shuffled, split),
    )


def draw_next(split: Split, rng: np.random.Generator, config: Settings, name: str) -> Batch:
    """Windows, and at each step the value after it."""
    at, mask = chosen(split, rng, config, name)
    z = split.z[at].astype(config.dtype)
    return Batch(z[:-1, None], z[1:, None], mask)


def draw_shuffled(split: Split, rng: np.random.Generator, config: Settings, name: str) -> Batch:
    """Windows in any order, and at each step the value after the whole window."""
    at, mask = chosen(split, rng, config, name)
    z = split.z[at].astype(config.dtype)
    if name == "train":
        mask = np.broadcast_to(mask[-1], mask.shape).copy()
    return Batch(rng.permuted(z[:-1], axis=0)[:, None], np.broadcast_to(z[-1], z[1:].shape)[:, None].copy(), mask)


def ask_next(split: Split, config: Settings) -> str:
    return t("The network reads {window} values of a series and must predict the next.", window=split.window)


def ask_shuffled(split: Split, config: Settings) -> str:
    return t("The network reads {window} values in any order and must predict which comes next.", window=split.window)


def one_number(config: Settings) -> Sizes:
    return Sizes(1, 1)


def read_in_units(split: Split, read: Callable[[float], str], x: np.ndarray) -> str:
    """An input (1,) as a person reads it."""
    return read(float(x[0]) * split.deviation + split.mean)


def chosen(split: Split, rng: np.random.Generator, config: Settings, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Indices (T+1,B) of windows and the value after each, and the mask (T,B) of answers: none at a gap."""
    T, steps = split.window, np.arange(split.window + 1)[:, None]
    if name == "held-out":
        at = split.origins - T + steps
        mask = np.zeros((T, at.shape[1]))
        mask[-1] = split.read_known[at[-1]]
        if not mask.any():  # gaps at every origin; then any answer that is held out
            mask = (split.read_known & (np.arange(len(split.values)) >= split.train))[at[1:]].astype(float)
    else:
        at = rng.integers(split.lag, split.train - T, config.batch_size) + steps
        mask = split.read_known[at[1:]].astype(float)
        if not mask[-1].any():  # every window of the batch ends at a gap: the value before it is the answer
            mask[-1] = 1.0
    return at, mask.astype(config.dtype)


def persistence(split: Split, config: Settings) -> Baseline:
    """The next value equals this one: its squared error on the network's scale, over the held-out forecasts."""
    at = split.origins
    error = (split.read[at] - (0 if split.lag else split.read[at - 1])) / split.deviation
    known = split.read_known[at]
    return Baseline(
        t("persistence"),
        float(np.square(error[known]).mean()) if known.any() else float("nan"),
        t("predicting that the next value is this one"),
    )
