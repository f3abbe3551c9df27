"""Where weights start: each initializer's distribution, the spectral radius, and which rows the forget bias moves."""

from itertools import product

import numpy as np
import pytest

from rnn_core import CELLS, INITIALIZERS, Config
from rnn_core.fast.network import build_network
from rnn_core.initializers import rescale
from tests.engine.small import ALL_CELLS, ALL_TASKS, paired, small

H, D = 64, 48
ALL = sorted(INITIALIZERS)


def init(cell: str = "rnn", seed: int = 0, **how):
    return CELLS[cell].init(np.random.default_rng(seed), D, H, **how)


def radius(W: np.ndarray) -> float:
    return float(np.abs(np.linalg.eigvals(W)).max())


def spread(W: np.ndarray, limit: float) -> bool:
    """Whether the numbers fill ±limit as a uniform draw does: all within, near both ends, with its deviation."""
    return W.max() <= limit and -W.min() <= limit and min(W.max(), -W.min()) > 0.9 * limit and (
        abs(W.std() / (limit / 3**0.5) - 1) < 0.15)


def test_every_initializer_is_a_choice_and_has_a_test_here():
    assert set(ALL) <= set(Config.fields()["initializer"].options)
    assert set(ALL) == {"uniform", "normal", "sparse", "xavier", "orthogonal", "identity"}


def test_uniform_is_within_one_over_the_root_of_h_biases_too():
    assert all(spread(array, H**-0.5) for array in init(initializer="uniform").values())


@pytest.mark.parametrize("scale", [0.01, 0.1, 2.0])
def test_normal_has_its_deviation(scale: float):
    p = init(initializer="normal", init_scale=scale)
    assert p["W_hh"].std() == pytest.approx(scale, rel=0.05)
    assert p["W_xh"].std() == pytest.approx(scale, rel=0.05)
    assert abs(p["W_hh"].mean()) < 0.05 * scale
    assert 2 < p["W_hh"].max() / scale < 5


def test_xavier_is_within_glorots_limit():
    p = init(initializer="xavier")
    assert spread(p["W_hh"], (6 / (H + H)) ** 0.5)
    assert spread(p["W_xh"], (6 / (H + D)) ** 0.5)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_orthogonal_is_gate_by_gate(cell: str):
    p, G = init(cell, initializer="orthogonal"), len(CELLS[cell].gates)
    for block in np.split(p["W_hh"], G):
        assert block @ block.T == pytest.approx(np.eye(H), abs=1e-12)
    for block in np.split(p["W_xh"], G):
        assert block.T @ block == pytest.approx(np.eye(D), abs=1e-12)  # (H,D): D orthonormal columns
    blocks = np.split(p["W_hh"], G)
    assert all((blocks[0] != other).any() for other in blocks[1:])


def test_orthogonal_turns_either_way():
    signs = {round(np.linalg.det(init(seed=seed, initializer="orthogonal")["W_hh"])) for seed in range(10)}
    assert signs == {-1, 1}


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_sparse_has_fifteen_incoming_weights_a_unit(cell: str):
    p = init(cell, initializer="sparse", init_scale=0.5)
    for name in ("W_hh", "W_xh"):
        assert ((p[name] != 0).sum(axis=1) == 15).all()
        assert p[name][p[name] != 0].std() == pytest.approx(0.5, rel=0.1)
    few = CELLS[cell].init(np.random.default_rng(0), 3, 4, initializer="sparse")
    assert (few["W_hh"] != 0).all()


@pytest.mark.parametrize("width", [3, D, H])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_identity_is_w_hh_alone(cell: str, width: int):
    p = CELLS[cell].init(np.random.default_rng(0), width, H, initializer="identity", init_scale=0.1)
    for block in np.split(p["W_hh"], len(CELLS[cell].gates)):
        assert (block == np.eye(H)).all()
    assert p["W_xh"].std() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("name", [name for name in ALL if name != "uniform"])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_biases_start_at_zero(cell: str, name: str):
    p = init(cell, initializer=name)
    assert all((p[bias] == 0).all() for bias in ("b_h", *CELLS[cell].biases))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_recurrent_scale_is_every_gates_spectral_radius(cell: str, name: str):
    p = init(cell, initializer=name, recurrent_scale=0.95)
    assert [radius(block) for block in np.split(p["W_hh"], len(CELLS[cell].gates))] == pytest.approx(
        [0.95] * len(CELLS[cell].gates))
    untouched = init(cell, initializer=name)
    assert (p["W_xh"] == untouched["W_xh"]).all()
    assert np.split(p["W_hh"], len(CELLS[cell].gates))[0] == pytest.approx(
        untouched["W_hh"][:H] * (0.95 / radius(untouched["W_hh"][:H])))


def test_rescale_leaves_what_it_cannot_or_may_not_scale():
    nilpotent = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert (rescale(nilpotent, 2.0) == nilpotent).all()
    W = np.array([[3.0, 1.0], [0.0, -4.0]])
    assert (rescale(W, 0.0) == W).all()
    assert rescale(W, 2.0) == pytest.approx(W / 2)


@pytest.mark.parametrize("name", ALL)
def test_the_forget_bias_lands_on_the_forget_gate_and_nowhere_else(name: str):
    with_it, without = init("lstm", initializer=name, forget_bias=2.5), init("lstm", initializer=name, forget_bias=0.0)
    moved = with_it["b_h"] - without["b_h"]
    assert moved[H : 2 * H] == pytest.approx(np.full(H, 2.5))  # rows i, f, g, o
    moved[H : 2 * H] = 0
    assert not moved.any()
    assert all((with_it[key] == without[key]).all() for key in ("W_xh", "W_hh"))


@pytest.mark.parametrize("cell", [name for name in ALL_CELLS if "f" not in CELLS[name].gates])
def test_a_cell_without_a_forget_gate_has_no_use_for_its_bias(cell: str):
    with_it, without = init(cell, forget_bias=2.5), init(cell, forget_bias=0.0)
    assert all((with_it[key] == without[key]).all() for key in with_it)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_shapes_names_and_types(cell: str, dtype: str):
    p, G = CELLS[cell].init(np.random.default_rng(0), 3, 2, dtype=dtype), len(CELLS[cell].gates)
    assert {name: array.shape for name, array in p.items()} == {
        "W_xh": (G * 2, 3), "W_hh": (G * 2, 2), "b_h": (G * 2,), **dict.fromkeys(CELLS[cell].biases, (2,))}
    assert {array.dtype for array in p.values()} == {np.dtype(dtype)}
    again, other = (CELLS[cell].init(np.random.default_rng(seed), 3, 2, dtype=dtype) for seed in (0, 1))
    assert all((again[name] == p[name]).all() for name in p)
    assert (other["W_hh"] != p["W_hh"]).any()


@pytest.mark.parametrize(("task", "start"), paired(ALL_TASKS, list(product(ALL, [1, 2, 7]))))
def test_the_whole_network_starts_as_its_initializer_says(task: str, start: tuple[str, int]):
    name, hidden_size = start
    config = small(task, cell="gru", layers=2, hidden_size=hidden_size, initializer=name)
    network = build_network(config)
    p = network.init(np.random.default_rng(1), config)
    assert p["W_hy"].shape == (network.O, hidden_size)
    assert p["b_y"].shape == (network.O,)
    assert p["W_xh_2"].shape == (3 * hidden_size, hidden_size)
    assert all(np.isfinite(array).all() and array.dtype == config.dtype for array in p.values())
    biases = np.concatenate([array for key, array in p.items() if "b_" in key])
    assert (biases != 0).all() if name == "uniform" else not biases.any()
