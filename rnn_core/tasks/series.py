"""Tasks on measured series: read the values so far, say the next one."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.task import DATA, Baseline, Batch, Sizes, Task

if TYPE_CHECKING:
    from rnn_core.config import Config

LAST_TRAINING_YEAR = 1920


@lru_cache
def sunspots() -> tuple[np.ndarray, np.ndarray]:
    """The years 1700 to 2008 and the mean number of sunspots in each, both (309,). Source and licence:
    data/SOURCES.md.
    """
    years, numbers = np.loadtxt(DATA / "sunspots.csv", delimiter=",", skiprows=1, unpack=True)
    return years.astype(int), numbers


def _training_numbers() -> np.ndarray:
    years, numbers = sunspots()
    return numbers[years <= LAST_TRAINING_YEAR]


MEAN, DEVIATION = float(_training_numbers().mean()), float(_training_numbers().std())


def windows(config: "Config", split: str) -> np.ndarray:
    """Every stretch of T+1 years of a split, standardized by the training years, (T+1, windows)."""
    years, numbers = sunspots()
    part = numbers[years > LAST_TRAINING_YEAR] if split == "held-out" else _training_numbers()
    return np.lib.stride_tricks.sliding_window_view((part - MEAN) / DEVIATION, config.length + 1).T


def draw_sunspots(rng: np.random.Generator, config: "Config", split: str) -> Batch:
    """Stretches of years; at each year the answer is the next year's number. Held out: every stretch there is."""
    every = windows(config, split)
    count = every.shape[1]
    chosen = np.arange(count) if split == "held-out" else rng.integers(0, count, config.batch_size)
    series = every[:, None, chosen].astype(config.dtype)
    return Batch(series[:-1], series[1:], np.ones((config.length, len(chosen)), config.dtype))


def encode_sunspots(text: str, config: "Config") -> Batch:
    """A number for each year; the next one is the answer."""
    found = [(value - MEAN) / DEVIATION for value, _ in typed.numbers(text, config.length, 0, 1000)]
    batch, N = typed.sequence(np.array(found)[:, None], config, 1), len(found)
    batch.y[: N - 1], batch.mask[: N - 1] = batch.x[1:N], 1
    return batch._replace(asked=np.arange(config.length)[:, None] < N)


def persistence(config: "Config") -> Baseline:
    """Next year equals this year: its squared error over every held-out stretch, on the standardized scale."""
    every = windows(config, "held-out")
    return Baseline(
        "same as this year",
        float(np.square(every[1:] - every[:-1]).mean()),
        "saying that next year will be as this year",
    )


def check_sunspots(config: "Config") -> None:
    if config.length > 80:
        raise ValueError(f"length is {config.length}; sunspots has 88 held-out years, so its length must be at most 80")


SUNSPOTS = Task(
    name="sunspots",
    title="Sunspots: next year's number",
    shape="many-to-many",
    loss="squared-error",
    metric="rmse",
    question=lambda config: "The network reads the number of sunspots of each year and must say the next year's.",
    baseline=persistence,
    sizes=lambda config: Sizes(1, 1),
    draw=draw_sunspots,
    check=check_sunspots,
    read=lambda x: f"{x[0] * DEVIATION + MEAN:.0f}",
    encode=encode_sunspots,
    typing=lambda config: f"up to {config.length} numbers with spaces between, one for each year",
    scale=(MEAN, DEVIATION),
    defaults={"hidden_size": 8},
)
