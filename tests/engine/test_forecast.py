"""Forecasts of a person's own series: the rules by hand, the network's roll anew, and nothing of what is held out."""

import dataclasses

import numpy as np
import pytest

from rnn_core import CELLS, Config, Trainer
from rnn_core.cells import Params
from rnn_core.forecast import (
    Linear,
    autoregression,
    errors,
    persistence,
    roll,
    roll_linear,
    roll_shuffled,
    seasonal,
)
from rnn_core.network import Network
from rnn_core.tasks import Batch
from rnn_core.tasks.own_series import ORIGINS, Split, series_task, shuffled_task

T, HORIZON, HELD_OUT = 6, 5, 30


def series(n: int = 120, seed: int = 3) -> np.ndarray:
    """A wave of period 12 on a slope, with noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    return 50 + 0.2 * t + 10 * np.sin(2 * np.pi * t / 12) + rng.normal(0, 1, n)


def split_of(values: np.ndarray, known: np.ndarray | None = None, horizon: int = HORIZON, **parts: int) -> Split:
    sizes = {"window": T, "held_out": HELD_OUT} | parts
    return Split(values, np.ones(len(values), bool) if known is None else known, horizon=horizon, **sizes)


def config(cell: str = "rnn", **fields: object) -> Config:
    given: dict = {"task": "sunspots", "cell": cell, "length": T, "hidden_size": 4, "dtype": "float64"} | fields
    return Config(**given)


@pytest.fixture
def split() -> Split:
    return split_of(series())


@pytest.fixture
def other(split: Split) -> Split:
    """The same training part, and other values held out."""
    values = split.values.copy()
    values[split.train :] = np.random.default_rng(9).normal(1000, 500, HELD_OUT)
    return split_of(values)


def test_the_parts(split: Split):
    assert split.train == 90
    assert split.z[:90].mean() == pytest.approx(0, abs=1e-12)
    assert split.z[:90].std() == pytest.approx(1)
    assert split.origins.tolist() == list(range(90, 120))
    assert (split.truth(split.origins)[:, 3] == split.values[93:98]).all()
    assert np.isnan(split.truth(np.array([117]))[:, 0]).tolist() == [False, False, False, True, True]
    assert (split.before(np.array([50]))[:, 0] == split.z[44:50]).all()


def test_origins_are_few_and_spread_over_the_whole_held_out_part():
    many = split_of(series(3000), held_out=1000)
    assert len(many.origins) == ORIGINS
    assert (many.origins[0], many.origins[-1]) == (2000, 2999)


def test_what_is_held_out_changes_no_training_number(split: Split, other: Split):
    assert (split.mean, split.deviation) == (other.mean, other.deviation)
    one, two = autoregression(split), autoregression(other)
    assert one.constant == two.constant and (one.weights == two.weights).all()
    for task in (series_task, shuffled_task):
        a, b = Trainer(config(), task(split)), Trainer(config(), task(other))
        a.advance(20), b.advance(20)
        assert (a.theta == b.theta).all()
        assert (a.history["loss"] == b.history["loss"]).all()
        assert (roll(a.network, a.params, split, split.origins[:1])
                == roll(b.network, b.params, other, other.origins[:1])).all()  # fmt: skip
    assert (roll_linear(split, one, split.origins[:1]) == roll_linear(other, two, other.origins[:1])).all()


def test_a_forecast_knows_nothing_from_its_origin_on(split: Split):
    trainer = Trainer(config(), series_task(split))
    at, values = np.array([100]), split.values.copy()
    values[100:] = -1e6
    blind = split_of(values)
    linear = autoregression(split)
    for forecast in (
        lambda s: roll(trainer.network, trainer.params, s, at),
        lambda s: roll_shuffled(trainer.network, trainer.params, s, at, np.random.default_rng(1)),
        lambda s: roll_linear(s, linear, at),
        lambda s: persistence(s, at),
        lambda s: seasonal(s, at, 3),
    ):
        assert (forecast(split) == forecast(blind)).all()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_the_roll_reads_its_own_predictions(split: Split, cell: str, layers: int):
    """Anew, without carried states: the window and the predictions so far, read from the start for every next one."""
    trainer = Trainer(config(cell, layers=layers), series_task(split))
    trainer.advance(3)
    origins = split.origins[[0, 7, -1]]
    said = roll(trainer.network, trainer.params, split, origins)
    read = [split.z[origins - T + k] for k in range(T)]
    for k in range(HORIZON):
        x = np.array(read)[:, None]
        y = trainer.network.forward(trainer.params, Batch(x, x, np.ones_like(x[:, 0]))).y[-1, 0]
        np.testing.assert_allclose(said[k], y * split.deviation + split.mean, rtol=1e-12)
        read.append(y)


def test_the_roll_of_an_elman_network_by_hand(split: Split):
    trainer = Trainer(config(), series_task(split))
    p, h, x = trainer.params, np.zeros((4, 1)), split.z[84:90]
    for value in x:
        h = np.tanh(p["W_xh"] * value + p["W_hh"] @ h + p["b_h"][:, None])
    for k in range(HORIZON):
        y = float((p["W_hy"] @ h)[0, 0] + p["b_y"][0])
        assert roll(trainer.network, p, split, np.array([90]))[k, 0] == pytest.approx(y * split.deviation + split.mean)
        h = np.tanh(p["W_xh"] * y + p["W_hh"] @ h + p["b_h"][:, None])


def shuffled(network: Network, params: Params, split: Split, origins: np.ndarray) -> np.ndarray:
    return roll_shuffled(network, params, split, origins, np.random.default_rng(1))


@pytest.mark.parametrize("forecast", [roll, shuffled])
def test_a_roll_that_leaves_the_finite_numbers_is_nan_from_there_on(split: Split, forecast):
    trainer = Trainer(config("rnn-relu", dtype="float32"), series_task(split))
    trainer.params["W_hh"][:] = trainer.params["W_xh"][:] = trainer.params["W_hy"][:] = 1e5
    with np.errstate(all="ignore"):
        said = forecast(trainer.network, trainer.params, split, split.origins)
    lost = np.isnan(said)
    assert lost.any() and (lost[1:] >= lost[:-1]).all()


@pytest.mark.parametrize("horizon", [1, HORIZON])
def test_the_trainers_held_out_error_is_that_of_one_step_ahead(horizon: int):
    known = np.ones(120, bool)
    known[[20, 95, 101]] = False
    split = split_of(series(), known, horizon)
    trainer = Trainer(config(), series_task(split))
    trainer.advance(5)
    said = roll(trainer.network, trainer.params, split, split.origins)
    assert trainer.evaluate()[1] == pytest.approx(errors(said, split.truth(split.origins)).rmse[0], rel=1e-9)
    assert trainer.task.baseline(config()).loss * split.deviation**2 == pytest.approx(
        errors(persistence(split, split.origins), split.truth(split.origins)).rmse[0] ** 2
    )


def test_persistence_and_its_season_are_exact(split: Split):
    origins = split.origins
    for j, o in enumerate(origins):
        for k in range(HORIZON):
            assert persistence(split, origins)[k, j] == split.values[o - 1]
            assert seasonal(split, origins, 3)[k, j] == split.values[o - 3 + k % 3]
            assert seasonal(split, origins, 12)[k, j] == split.values[o + k - 12]
            assert np.array_equal(split.truth(origins)[k, j], split.values[o + k] if o + k < 120 else np.nan, True)


def test_an_autoregression_finds_the_weights_that_made_the_series():
    rng = np.random.default_rng(1)
    y = np.zeros(4000)
    for t in range(3, len(y)):
        y[t] = 5 + 0.6 * y[t - 1] - 0.5 * y[t - 2] + 0.3 * y[t - 3] + rng.normal()
    linear = autoregression(split_of(y, window=12))
    np.testing.assert_allclose(linear.weights[:3], [0.6, -0.5, 0.3], atol=0.05)
    assert np.abs(linear.weights[3:]).max(initial=0) < 0.1
    assert linear.constant / (1 - linear.weights.sum()) == pytest.approx(y.mean(), rel=0.05)


def test_a_pure_wave_is_rolled_to_the_end():
    """A cosine obeys y_t = 2 cos(ω) y_{t−1} − y_{t−2}, and nothing is left over."""
    split = split_of(7 + np.cos(0.3 * np.arange(120)), horizon=20)
    linear = autoregression(split)
    whole = split.origins[: 30 - 20 + 1]
    np.testing.assert_allclose(roll_linear(split, linear, whole), split.truth(whole), atol=1e-5)
    assert len(linear.weights) == 2


def test_a_linear_roll_by_hand():
    split = split_of(series())
    y = list(split.values[:90])
    for _ in range(HORIZON):
        y.append(4 + 0.5 * y[-1] + 0.2 * y[-2])
    said = roll_linear(split, Linear(4.0, np.array([0.5, 0.2])), np.array([90]))
    np.testing.assert_allclose(said[:, 0], y[90:])


def test_a_gap_is_neither_learned_nor_scored():
    values, known = series(), np.ones(120, bool)
    known[[10, 11, 50, 99]] = False
    values[~known] = 1e6
    split, clean = split_of(values, known), split_of(series())
    assert split.mean == pytest.approx(clean.mean, abs=1)
    assert np.isnan(split.truth(split.origins[:-HORIZON])).sum() == HORIZON  # index 99 is met once for every step ahead
    batch = series_task(split).draw(np.random.default_rng(1), config(batch_size=64), "train")
    assert (np.abs(batch.y[:, 0] * batch.mask) < 10).all() and (batch.mask == 0).any()


def test_the_errors_of_a_small_table():
    said, truth = np.array([[1.0, 2, 9], [0, 0, 0]]), np.array([[4.0, 6, np.nan], [np.nan] * 3])
    assert errors(said, truth).rmse[0] == pytest.approx(np.sqrt(12.5))
    assert errors(said, truth).mae[0] == pytest.approx(3.5)
    assert np.isnan(errors(said, truth).rmse[1])


def test_training_windows_stay_in_the_training_part(split: Split):
    values = split.values.copy()
    values[split.train :] = np.nan
    marked = dataclasses.replace(split, values=values)
    seen = set()
    for k in range(40):
        batch = series_task(marked).draw(np.random.default_rng(k), config(), "train")
        assert np.isfinite(batch.x).all() and np.isfinite(batch.y).all()
        assert (batch.x[1:] == batch.y[:-1]).all()
        seen |= set(batch.y[-1, 0])
    assert len(seen) == split.train - T  # every window there is, the last one, too


def test_the_control_reads_the_same_windows_in_another_order(split: Split):
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    straight, control = (
        t.draw(r, config(), "train") for t, r in ((series_task(split), same), (shuffled_task(split), rng))
    )
    np.testing.assert_array_equal(np.sort(control.x, axis=0), np.sort(straight.x, axis=0))
    assert (control.x != straight.x).any()
    assert (control.y == straight.y[-1]).all()  # after the whole window, at every step
    assert (control.mask == 1).all()
    held = shuffled_task(split).draw(rng, config(), "held-out")
    assert (held.mask.sum(axis=0) == 1).all() and (held.mask[-1] == 1).all()


def test_order_matters_to_a_wave_and_the_control_shows_it(split: Split):
    one, other = (Trainer(config("gru", learning_rate=0.02), task(split)) for task in (series_task, shuffled_task))
    one.advance(300), other.advance(300)
    assert one.evaluate()[1] < 0.6 * other.evaluate()[1]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"window": 90}, "window is 90 and the training part has 90 values; it must be at most 82"),
        ({"horizon": 31}, "horizon is 31 and 30 values are held out; it must be at most as many"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(parts: dict[str, int], said: str):
    with pytest.raises(ValueError, match=said):
        split_of(series(), **parts)


def test_parts_without_anything_in_them_are_refused():
    known = np.ones(120, bool)
    known[90:] = False
    with pytest.raises(ValueError, match="all 30 values that are held out are gaps"):
        split_of(series(), known)
    with pytest.raises(ValueError, match="all 90 values of the training part are 2"):
        split_of(np.where(np.arange(120) < 90, 2.0, np.arange(120)))
