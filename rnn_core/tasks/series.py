"""Tasks on series, measured and made: read the values so far, say the next one, or the one some steps ahead."""

from functools import cache, lru_cache
from math import pi

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import DATA, Baseline, Batch, Sizes, Task
from rnn_core.words import t

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


def windows(config: Settings, split: str) -> np.ndarray:
    """Every stretch of T+1 years of a split, standardized by the training years, (T+1, windows)."""
    years, numbers = sunspots()
    part = numbers[years > LAST_TRAINING_YEAR] if split == "held-out" else _training_numbers()
    return np.lib.stride_tricks.sliding_window_view((part - MEAN) / DEVIATION, config.length + 1).T


def draw_sunspots(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Stretches of years; at each year the answer is the next year's number. Held out: every stretch there is."""
    every = windows(config, split)
    count = every.shape[1]
    chosen = np.arange(count) if split == "held-out" else rng.integers(0, count, config.batch_size)
    series = every[:, None, chosen].astype(config.dtype)
    return Batch(series[:-1], series[1:], np.ones((config.length, len(chosen)), config.dtype))


def encode_sunspots(text: str, config: Settings) -> Batch:
    """A number for each year; the next one is the answer."""
    return typed.series(text, config, (MEAN, DEVIATION), (0, 1000))


def persistence(config: Settings) -> Baseline:
    """Next year equals this year: its squared error over every held-out stretch, on the standardized scale."""
    every = windows(config, "held-out")
    return Baseline(
        t("persistence"),
        float(np.square(every[1:] - every[:-1]).mean()),
        t("predicting that next year will be as this year"),
    )


def check_sunspots(config: Settings) -> None:
    if config.length > 80:
        raise ValueError(t(
            "length is {length}; sunspots has 88 held-out years, so its length must be at most 80", length=config.length
        ))


SUNSPOTS = Task(
    name="sunspots",
    title=t("Sunspots: next year's number"),
    shape="many-to-many",
    loss="squared-error",
    metric="rmse",
    question=lambda config: t(
        "The network reads the number of sunspots of each year and must predict the next year's."
    ),
    baseline=persistence,
    sizes=lambda config: Sizes(1, 1),
    draw=draw_sunspots,
    check=check_sunspots,
    read=lambda x: f"{x[0] * DEVIATION + MEAN:.0f}",
    encode=encode_sunspots,
    typing=lambda config: t("up to {length} numbers with spaces between, one for each year", length=config.length),
    scale=(MEAN, DEVIATION),
    unit=t("spots"),
    defaults={"hidden_size": 8},
    finite=True,
)

FIRST_TEST_MONTH = 96  # of 144: the last four years are held out, as in the tutorials
YEAR = 12  # months; no answer is asked before a year is read
CHANGE = 10.0  # per cent, about one standard deviation of the changes from month to month


@cache
def passengers() -> np.ndarray:
    """Airline passengers in thousands, each month of 1949 to 1960, (144,). Source and licence: data/SOURCES.md."""
    return np.loadtxt(DATA / "airline.csv", delimiter=",", skiprows=1, usecols=1)


def changes(split: str) -> np.ndarray:
    """By how many per cent each month of a split has more passengers than the one before, over CHANGE."""
    months = passengers()
    part = months[FIRST_TEST_MONTH - 1 :] if split == "held-out" else months[:FIRST_TEST_MONTH]
    return 100 * (part[1:] / part[:-1] - 1) / CHANGE


def stretches(
    rng: np.random.Generator, series: np.ndarray, config: Settings, split: str, far: int, first: int, most: int = 1000
) -> Batch:
    """Stretches of T values; from step `first` on the answer is the value so many steps ahead. Held out: all there
    are, or `most` evenly spread.
    """
    every = np.lib.stride_tricks.sliding_window_view(series, config.length + far)
    chosen = rng.integers(0, len(every), config.batch_size)
    if split == "held-out":
        chosen = np.linspace(0, len(every) - 1, min(most, len(every))).astype(int)
    values, mask = every[chosen].T[:, None].astype(config.dtype), np.ones((config.length, len(chosen)), config.dtype)
    mask[:first] = 0
    return Batch(values[: config.length], values[far:] * mask[:, None], mask)


@lru_cache
def no_change(config: Settings) -> Baseline:
    """As many passengers as this month: the squared error where no change is said."""
    batch = AIRLINE.draw(np.random.default_rng(), config, "held-out")
    return Baseline(
        t("persistence"),
        float(np.square(batch.y[batch.mask[:, None] > 0]).mean()),
        t("predicting that as many will fly as this month; a famous tutorial's LSTM does hardly better"),
    )


def check_airline(config: Settings) -> None:
    longest = len(changes("held-out")) - 1
    if not YEAR < config.length <= longest:
        raise ValueError(t(
            "length is {length}; airline reads a year first and has {months} held-out months, so its length must be "
            "from {first} to {last}", length=config.length, months=longest + 1, first=YEAR + 1, last=longest
        ))


AIRLINE = Task(
    name="airline",
    title=t("Airline: next month's passengers"),
    shape="many-to-many",
    loss="squared-error",
    metric="rmse",
    question=lambda config: t(
        "The network reads by how many per cent the number of air passengers changed each month and, after a year, "
        "must predict the next change."
    ),
    baseline=no_change,
    sizes=lambda config: Sizes(1, 1),
    draw=lambda rng, config, split: stretches(rng, changes(split), config, split, 1, YEAR - 1),
    check=check_airline,
    read=lambda x: f"{x[0] * CHANGE:+.0f}".replace("-", "−"),
    encode=lambda text, config: typed.series(text, config, (0, CHANGE), (-100, 1000), first=YEAR - 1),
    typing=lambda config: t(
        "up to {length} changes in per cent with spaces between, such as +5 −3 0", length=config.length
    ),
    scale=(0.0, CHANGE),
    unit=t("% points"),  # of a change that is in per cent itself
    defaults={"hidden_size": 16, "length": 24, "learning_rate": 0.003},
    finite=True,
)

TAU, DT, POINTS, TRANSIENT = 17, 0.1, 3000, 500
LEVEL, SPREAD = 0.9, 0.25  # about the series' mean and standard deviation


@cache
def mackey_glass() -> np.ndarray:
    """x′ = 0.2 x(t−τ) / (1 + x(t−τ)¹⁰) − 0.1 x, τ = 17, from x = 1.2, at t = 500, 501, …, (3000,), standardized.

    Mackey & Glass, Science 197 (1977). Heun's method with steps of 0.1, at which x(t−τ) is known exactly.
    """
    late, steps = round(TAU / DT), round((TRANSIENT + POINTS) / DT)
    x = [1.2] * (late + 1)
    grow = [0.2 * v / (1 + v**10) for v in x]
    for k in range(steps):
        slope = grow[k] - 0.1 * x[-1]
        x.append(x[-1] + DT / 2 * (slope + grow[k + 1] - 0.1 * (x[-1] + DT * slope)))
        grow.append(0.2 * x[-1] / (1 + x[-1] ** 10))
    whole = np.array(x[late:])[round(TRANSIENT / DT) :: round(1 / DT)]
    return (whole[:POINTS] - LEVEL) / SPREAD


def part_of(split: str) -> np.ndarray:
    """The first two thirds are trained on, the last third is held out."""
    cut = 2 * POINTS // 3
    return mackey_glass()[cut:] if split == "held-out" else mackey_glass()[:cut]


def ahead(config: Settings) -> str:
    return t("the next value") if config.horizon == 1 else t("the value {horizon} steps ahead", horizon=config.horizon)


def check_halves(config: Settings) -> None:
    if config.length < 4:
        raise ValueError(t(
            "length is {length}; half of it is read before an answer, so it must be at least 4", length=config.length
        ))


@lru_cache
def chaos_again(length: int, horizon: int) -> float:
    """The squared error of predicting the present value, over all of the held-out part."""
    series = part_of("held-out")[length // 2 :]
    return float(np.square(series[horizon:] - series[:-horizon]).mean())


MACKEY_GLASS = Task(
    name="mackey-glass",
    title=t("Mackey-Glass: chaos, some steps ahead"),
    shape="many-to-many",
    loss="squared-error",
    metric="rmse",
    question=lambda config: t(
        "The network reads a chaotic series, in which each value depends on the one of 17 steps before, and must "
        "predict {ahead}.", ahead=ahead(config)
    ),
    baseline=lambda config: Baseline(
        t("persistence"), chaos_again(config.length, config.horizon), t("predicting the present value again")
    ),
    sizes=lambda config: Sizes(1, 1),
    draw=lambda rng, config, split: stretches(
        rng, part_of(split), config, split, config.horizon, config.length // 2, most=100
    ),
    check=check_halves,
    read=lambda x: f"{x[0] * SPREAD + LEVEL:.2f}",
    encode=lambda text, config: typed.series(
        text, config, (LEVEL, SPREAD), (0, 3), ahead=config.horizon, first=config.length // 2
    ),
    typing=lambda config: t(
        "up to {length} numbers with spaces between; the series has them from 0.4 to 1.4", length=config.length
    ),
    scale=(LEVEL, SPREAD),
    fields=("horizon",),
    defaults={"cell": "gru", "hidden_size": 32, "length": 32, "batch_size": 32, "learning_rate": 0.005},
)

FASTEST, SLOWEST, LOWEST = 8, 30, 0.5  # steps in a period; the least height, of at most 1


def draw_sine(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Waves, each with a period, a phase and a height of its own; from the middle on the answer is some steps ahead."""
    B = config.batch_size
    speed, phase = 2 * pi / rng.uniform(FASTEST, SLOWEST, B), rng.uniform(0, 2 * pi, B)
    steps = np.arange(config.length + config.horizon)[:, None]
    wave = (rng.uniform(LOWEST, 1, B) * np.sin(speed * steps + phase))[:, None].astype(config.dtype)
    mask = np.ones((config.length, B), config.dtype)
    mask[: config.length // 2] = 0
    return Batch(wave[: config.length], wave[config.horizon :] * mask[:, None], mask)


@lru_cache
def wave_again(horizon: int) -> float:
    """The mean of (now − then)² over all waves: that of height² times that of 1 − cos(2π · horizon / period)."""
    middle = (np.arange(10_000) + 0.5) / 10_000
    periods = FASTEST + (SLOWEST - FASTEST) * middle
    height = (1 - LOWEST**3) / (1 - LOWEST) / 3
    return float(height * (1 - np.cos(2 * pi * horizon / periods)).mean())


SINE = Task(
    name="sine",
    title=t("Sine: go on with the wave"),
    shape="many-to-many",
    loss="squared-error",
    metric="rmse",
    question=lambda config: t(
        "The network reads a wave of unknown period and height and, from the middle on, must predict {ahead}.",
        ahead=ahead(config),
    ),
    baseline=lambda config: Baseline(
        t("persistence"), wave_again(config.horizon), t("predicting the present value again")
    ),
    sizes=lambda config: Sizes(1, 1),
    draw=draw_sine,
    check=check_halves,
    read=lambda x: f"{x[0]:.2f}".replace("0.", ".").replace("-", "−"),
    encode=lambda text, config: typed.series(
        text, config, (0, 1), (-3, 3), ahead=config.horizon, first=config.length // 2
    ),
    typing=lambda config: t(
        "up to {length} numbers with spaces between; a wave goes from −1 to 1", length=config.length
    ),
    fields=("horizon",),
    defaults={"cell": "gru", "length": 24, "batch_size": 32, "learning_rate": 0.01},
)
