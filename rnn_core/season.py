"""Whether a series has a season, tested against series that have none.

The statistic is how far the autocorrelation rises from its lowest value before a peak to that peak: a season brings it
down at half its length and up again, a slow wander does not bring it up. It is compared with that of series drawn from
an autoregression of order 1 fitted to the same values, the null hypothesis in which each value only resembles the one
before (a Monte Carlo test: Barnard, J. R. Stat. Soc. B 25, 1963). It is asked of the values without their straight
line, and of their changes, where a trend that is not straight is gone.
"""

from typing import NamedTuple

import numpy as np

DRAWS = 199  # series of the null hypothesis
LEVEL = 0.01  # of false seasons, in either of the two questions
LIKE, HIGH = 0.5, 0.9  # of the rise and of the peak: what a part of a period must have to be the period itself
LONGEST = 5_000  # of the values, the last ones
NEAR = 0.05  # of a period: within that a period the calendar knows is meant


class Season(NamedTuple):
    """period: in steps, 0 where there is none. rise: of the autocorrelation, from -1 to 2; chance: the part of series
    without a season that rise as far.
    """

    period: int
    rise: float
    chance: float


def find_season(y: np.ndarray, usual: tuple[int, ...] = ()) -> Season:
    """The season of the values y (n,). usual: periods that the calendar knows, one of which is taken where it is near.
    A season is met three times at least.
    """
    y = y[-LONGEST:]
    if len(y) < 9:
        return Season(0, 0.0, 1.0)
    t = np.arange(len(y)) - (len(y) - 1) / 2
    straight = y - y.mean() - t * (t @ (y - y.mean())) / (t @ t)
    if straight.std() <= 1e-9 * np.abs(y).max():
        return Season(0, 0.0, 1.0)
    best = min(tested(straight), key=lambda season: (season.chance, -season.rise))
    if best.chance > LEVEL:
        return best._replace(period=0)
    near = [period for period in usual if abs(period - best.period) <= max(NEAR * period, 0.5) and period < len(y) / 3]
    return best._replace(period=near[0]) if near else best


def tested(y: np.ndarray) -> tuple[Season, Season]:
    """The season of the values y (n,), whose mean is 0, and of their changes, each with its chance in AR(1) series."""
    phi, rng = float(y[1:] @ y[:-1] / (y @ y)), np.random.default_rng(0)
    forms = (lambda y: y, lambda y: np.diff(y) - np.diff(y).mean(axis=1, keepdims=True))
    own = [rises(of(y[None])) for of in forms]
    above = np.zeros(2)
    for count in parts(DRAWS, len(y)):
        drawn = null(phi, len(y), count, rng)
        above += [(rises(of(drawn))[1] >= rise).sum() for of, (_, rise) in zip(forms, own, strict=True)]
    chances = (1 + above) / (1 + DRAWS)
    one, two = (
        Season(fundamental(of(y[None])[0], int(lag[0])), float(rise[0]), float(chance))
        for of, (lag, rise), chance in zip(forms, own, chances, strict=True)
    )
    return one, two


def rises(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each series (m,n): the lag, from 3, of the peak to which the autocorrelation rises farthest from what it was
    at lag 2 or later, and that rise, (m,); 0 and 0 without a peak. Lag 1 is left out: an error in a value lowers it.
    """
    rise = risen(autocorrelation(y))
    most = rise.max(axis=1)
    return np.where(most > 0, rise.argmax(axis=1), 0), most


def autocorrelation(y: np.ndarray) -> np.ndarray:
    """Of each series (m,n), whose mean is 0, at the lags from 0 to a third of its length. It is not divided by how many
    pairs a lag has: so the shorter of two like periods has the larger one.
    """
    n = y.shape[1]
    spectrum = np.fft.rfft(y, 2 ** int(np.ceil(np.log2(2 * n))))
    r = np.fft.irfft(np.abs(spectrum) ** 2)[:, : n // 3 + 1]  # Wiener & Khinchin: all lags at once
    return r / np.maximum(r[:, :1], 1e-300)


def risen(r: np.ndarray) -> np.ndarray:
    """How far an autocorrelation (m,L) has risen to a peak at each lag, (m,L); 0 where there is none."""
    peak = (r[:, 3:-1] > r[:, 2:-2]) & (r[:, 3:-1] >= r[:, 4:])
    rise = np.where(peak, r[:, 3:-1] - np.minimum.accumulate(r[:, 2:], axis=1)[:, :-2], 0.0)
    return np.pad(rise, ((0, 0), (3, 1)))


def fundamental(y: np.ndarray, lag: int) -> int:
    """The period whose multiple this lag is: a part of it with a peak as high, for which the series (n,) has risen far
    enough.
    """
    r = autocorrelation(y[None])
    rise = risen(r)[0]
    parts = [at for at in range(3, lag // 2 + 2) if abs(round(lag / at) * at - lag) <= round(lag / at)]
    return min((at for at in parts if rise[at] >= LIKE * rise[lag] and r[0, at] >= HIGH * r[0, lag]), default=lag)


def null(phi: float, n: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Series (count,n) of an autoregression of order 1, their straight lines left in; made of their spectrum."""
    size = 2 ** int(np.ceil(np.log2(2 * n)))
    noise = np.fft.rfft(rng.standard_normal((count, size)))
    y = np.fft.irfft(noise / (1 - phi * np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)))[:, :n]
    return y - y.mean(axis=1, keepdims=True)


def parts(total: int, n: int) -> list[int]:
    """So many draws in turn that none takes more than some megabytes."""
    most = max(1, 2_000_000 // n)
    return [most] * (total // most) + [total % most] * (total % most > 0)
