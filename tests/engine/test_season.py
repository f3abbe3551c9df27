"""A season is found where there is one, and hardly ever where there is none."""

import numpy as np
import pytest

from rnn_core.season import find_season


def autoregressive(phi: float, n: int, rng: np.random.Generator) -> np.ndarray:
    y = np.zeros(n + 100)
    for t in range(1, n + 100):
        y[t] = phi * y[t - 1] + rng.normal()
    return y[100:]


@pytest.mark.parametrize("phi", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("n", [40, 120])
def test_at_most_one_in_twenty_series_without_a_season_has_one(phi: float, n: int):
    rng = np.random.default_rng(1)
    found = [find_season(autoregressive(phi, n, rng)).period for _ in range(60)]
    assert sum(period > 0 for period in found) <= 3


@pytest.mark.parametrize("period", [4, 5, 12, 23])
@pytest.mark.parametrize("slope", [0.0, 3.0])
def test_a_season_is_found_under_a_slope_and_noise(period: int, slope: float):
    t = np.arange(150)
    y = slope * t + 40 * np.sin(2 * np.pi * t / period) + np.random.default_rng(1).normal(0, 10, 150)
    assert find_season(y).period == period


def test_a_season_is_found_under_a_trend_that_is_not_straight():
    t = np.arange(120)
    y = 100 * np.exp(t / 60) * (1 + 0.1 * np.cos(2 * np.pi * t / 12)) + np.random.default_rng(2).normal(0, 2, 120)
    assert find_season(y).period == 12


@pytest.mark.parametrize("seed", range(5))
def test_four_years_of_daily_temperatures_have_365_or_none(seed: int):
    rng, t = np.random.default_rng(seed), np.arange(1461)
    y = 12 - 10 * np.cos(2 * np.pi * t / 365.25) + 2.5 * autoregressive(0.7, 1461, rng)
    assert find_season(y, usual=(7, 365)).period in (0, 365)


@pytest.mark.parametrize("y", [np.arange(120.0), np.full(50, 3.0), np.zeros(9), np.arange(5.0)])
def test_a_straight_line_has_none(y: np.ndarray):
    assert find_season(y).period == 0


def test_the_same_series_always_gives_the_same():
    y = np.random.default_rng(3).normal(size=80)
    assert find_season(y) == find_season(y)
