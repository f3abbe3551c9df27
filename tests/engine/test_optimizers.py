"""Optimizers against PyTorch's own numbers, against their formulas written out for one weight, and where they begin."""

import json
from pathlib import Path

import numpy as np
import pytest

from rnn_core import OPTIMIZERS, Config
from rnn_core.fast.update import update as in_place
from rnn_core.step import norm, update
from tests.engine.golden_optimizers import FILE, gradient

GOLDEN = json.loads(Path(FILE).read_text("utf-8"))
RATES = sorted(GOLDEN["runs"]["sgd"])


def walk(name: str, theta: list[float], gradients: list[list[float]], learning_rate: float) -> np.ndarray:
    """The weights after every step, (steps, N), by the formula and, within rounding the same, in place."""
    config = Config(optimizer=name, learning_rate=learning_rate, clip="none")
    now, slots = np.array(theta, float), (np.zeros(len(theta)),) * len(OPTIMIZERS[name].slots)
    fast, fast_slots = now.copy(), np.array(slots)
    path = []
    for step, g in enumerate(gradients, start=1):
        now, slots, _ = update(now, np.array(g), slots, config, step)
        assert in_place(fast, np.array(g), fast_slots, config, step, norm(np.array(g))) == 1
        path.append(now)
        assert fast == pytest.approx(now, rel=1e-11, abs=1e-11)
    return np.array(path)


def sgd(g, lr):
    return [lr * now for now in g]


def momentum(g, lr):
    v, moves = 0.0, []
    for now in g:
        v = 0.9 * v + now
        moves.append(lr * v)
    return moves


def rmsprop(g, lr):
    v, moves = 0.0, []
    for now in g:
        v = 0.99 * v + 0.01 * now**2
        moves.append(lr * now / (v**0.5 + 1e-8))
    return moves


def adagrad(g, lr):
    v, moves = 0.0, []
    for now in g:
        v = v + now**2
        moves.append(lr * now / (v**0.5 + 1e-10))
    return moves


def adam(g, lr):
    m = v = 0.0
    moves = []
    for step, now in enumerate(g, start=1):
        m = 0.9 * m + 0.1 * now
        v = 0.999 * v + 0.001 * now**2
        moves.append(lr * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)) ** 0.5 + 1e-8))
    return moves


FORMULAS = {"sgd": sgd, "momentum": momentum, "rmsprop": rmsprop, "adagrad": adagrad, "adam": adam}


def test_every_optimizer_is_held():
    assert OPTIMIZERS.keys() == FORMULAS.keys() == GOLDEN["runs"].keys()
    assert GOLDEN["gradients"] == pytest.approx(np.array([gradient(step) for step in range(1, 51)]), rel=1e-12)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_fifty_steps_as_pytorch_takes_them(name: str, rate: str):
    path = walk(name, GOLDEN["theta"], GOLDEN["gradients"], float(rate))
    assert np.abs(path - np.array(GOLDEN["runs"][name][rate])).max() < 1e-10


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_fifty_steps_by_the_formula(name: str):
    rng = np.random.default_rng(4)
    g = rng.normal(size=50) * 10.0 ** rng.integers(-6, 3, 50)
    path = walk(name, [0.0], [[now] for now in g], 0.01)
    assert path[:, 0] == pytest.approx(-np.cumsum(FORMULAS[name](g.tolist(), 0.01)), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e6])
def test_adams_first_step_is_the_learning_rate_times_the_sign(size: float):
    (first,) = walk("adam", [1.0, 1.0, 1.0], [[size, -size, 0.0]], 0.01)
    assert first == pytest.approx([0.99, 1.01, 1.0], abs=1e-6)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_step_goes_downhill_and_nothing_moves_without_a_gradient(name: str):
    first, second = walk(name, [0.0, 0.0, 0.0], [[0.3, -0.2, 0.0]] * 2, 0.01)
    assert first[0] < 0 < first[1]
    assert second[0] < first[0]
    assert first[2] == second[2] == 0


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_step_works_in_place_in_float32_and_keeps_what_it_needs_in_its_slots(name: str):
    theta, slots = np.ones(3, "float32"), np.zeros((len(OPTIMIZERS[name].slots), 3), "float32")
    before = theta.copy()
    config = Config(optimizer=name, learning_rate=0.1, clip="none")
    in_place(theta, np.array([1, -1, 0.5], "float32"), slots, config, 1, 1.5)
    assert theta.dtype == np.float32
    assert (theta != before).all()
    assert slots.any(axis=1).all()
    assert theta == pytest.approx(walk(name, [1.0] * 3, [[1, -1, 0.5]], 0.1)[0], abs=1e-6)
