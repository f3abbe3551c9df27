"""Losses and metrics: what is defined, by small tables; who answers, by the mask; logits of ±1,000."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import TASKS
from rnn_core.fast import losses as fast
from rnn_core.losses import METRICS, Loss, mean_loss
from rnn_core.step import LOSSES

ALL = sorted(LOSSES)
SIZES = st.integers(1, 4)


def drawn(seed: int, T: int = 4, O: int = 3, B: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    target = np.moveaxis(np.eye(O)[rng.integers(0, O, (T, B))], 2, 1)
    mask = (rng.random((T, B)) < 0.5).astype(float)
    mask[rng.integers(T), rng.integers(B)] = 1
    return rng.normal(0, 2, (T, O, B)), target, mask


def told(name: str, y: np.ndarray, target: np.ndarray, mask: np.ndarray) -> Loss:
    """The loss of y and target (T,O,B); that of columns is the same."""
    found = mean_loss(name, y, target, mask)
    other = fast.loss(name, fast.columns(y), fast.columns(target), mask)
    assert other.total == pytest.approx(found.total, rel=1e-12, abs=1e-15)
    assert other.loss_t == pytest.approx(found.loss_t, rel=1e-12, abs=1e-15)
    assert other.y_hat == pytest.approx(found.y_hat, rel=1e-12, abs=1e-300)
    assert fast.by_step(other.dy, len(y)) == pytest.approx(found.dy, rel=1e-12, abs=1e-15)
    return found


def test_every_tasks_loss_and_metric_is_in_the_registry():
    assert {task.loss for task in TASKS.values()} <= LOSSES.keys()
    assert {task.metric for task in TASKS.values()} <= METRICS.keys()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), T=st.integers(1, 5), O=SIZES, B=SIZES, name=st.sampled_from(ALL))
def test_only_the_steps_that_answer_count(seed, T, O, B, name):
    y, target, mask = drawn(seed, T, O, B)
    found = told(name, y, target, mask)
    silent = np.broadcast_to((mask == 0)[:, None], y.shape)
    assert (found.dy[silent] == 0).all()
    assert (found.loss_t[(mask == 0).all(axis=1)] == 0).all()
    other = told(name, np.where(silent, 7.0, y), np.where(silent, 0.5, target), mask)
    assert (found.loss_t == other.loss_t).all()
    assert (found.dy == other.dy).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), B=SIZES, name=st.sampled_from(ALL))
def test_the_loss_is_the_mean_over_answers_and_its_shares_add_up(seed, B, name):
    y, target, mask = drawn(seed, B=B)
    one = np.ones((1, 1))
    alone = [told(name, y[t : t + 1, :, b : b + 1], target[t : t + 1, :, b : b + 1], one).loss_t[0]
             for t, b in np.argwhere(mask)]
    assert told(name, y, target, mask).loss_t.shape == (len(y),)
    assert told(name, y, target, mask).loss_t.sum() == pytest.approx(np.mean(alone), rel=1e-12)
    y2, target2, mask2 = (np.concatenate([array, array], axis=-1) for array in (y, target, mask))
    assert told(name, y2, target2, mask2).loss_t == pytest.approx(told(name, y, target, mask).loss_t, rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("logits", "target", "loss", "dy"), [
    ((1000, -1000), (1, 0), 0, (0, 0)),
    ((1000, -1000), (0, 1), 2000, (1, -1)),
    ((1000, 1000), (1, 0), log(2), (-0.5, 0.5)),
    ((-1000, -1000), (1, 0), log(2), (-0.5, 0.5)),
])
def test_cross_entropy_of_logits_of_a_thousand(dtype: str, logits, target, loss: float, dy):
    y, wanted = (np.array(array, dtype)[None, :, None] for array in (logits, target))
    found = told("cross-entropy", y, wanted, np.ones((1, 1), dtype))
    assert found.loss_t.item() == pytest.approx(loss, rel=1e-6)
    assert found.dy[0, :, 0] == pytest.approx(dy)
    assert found.y_hat.sum() == pytest.approx(1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("logit", "target", "loss", "dy"), [
    (1000, 1, 0, 0), (1000, 0, 1000, 1), (-1000, 0, 0, 0), (-1000, 1, 1000, -1), (0, 1, log(2), -0.5),
    (1000, 0.5, 500, 0.5),
])
def test_binary_cross_entropy_of_logits_of_a_thousand(dtype: str, logit: float, target: float, loss: float, dy: float):
    y, wanted = np.full((1, 1, 1), logit, dtype), np.full((1, 1, 1), target, dtype)
    found = told("binary-cross-entropy", y, wanted, np.ones((1, 1), dtype))
    assert found.loss_t.item() == pytest.approx(loss, rel=1e-6)
    assert found.dy.item() == pytest.approx(dy)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ALL)
def test_nothing_is_infinite_at_a_thousand(name: str, sign: int):
    y = np.full((2, 3, 2), sign * 1000.0)
    y[0] *= -1
    found = told(name, y, drawn(1, 2)[1], np.ones((2, 2)))
    assert all(np.isfinite(array).all() for array in found)
    assert (found.loss_t >= 0).all()


@pytest.mark.parametrize("name", ALL)
def test_a_probability_is_one_and_a_value_is_itself(name: str):
    y, target, mask = drawn(3)
    y_hat = told(name, y, target, mask).y_hat
    wanted = {"cross-entropy": np.exp(y) / np.exp(y).sum(axis=1, keepdims=True), "squared-error": y,
              "binary-cross-entropy": 1 / (1 + np.exp(-y))}
    assert y_hat == pytest.approx(wanted[name])


@pytest.mark.parametrize("name", ALL)
def test_what_goes_in_is_not_changed_and_what_comes_out_is_its_own(name: str):
    y, target, mask = drawn(5)
    before = [array.copy() for array in (y, target, mask)]
    found = told(name, y, target, mask)
    found.dy[:] = 9
    assert all((a == b).all() for a, b in zip(before, (y, target, mask), strict=True))


@pytest.mark.parametrize("name", ALL)
def test_without_an_answer_there_is_no_loss(name: str):
    y, target, mask = drawn(0)
    with pytest.raises(ValueError, match=r"^[^\n]*mask[^\n]*$"):
        told(name, y, target, mask * 0)


@pytest.mark.parametrize(("name", "y_hat", "target", "mask", "wanted"), [
    ("accuracy", [[0.2, 0.8], [0.6, 0.4], [0.9, 0.1]], [[0, 1], [0, 1], [1, 0]], [1, 1, 1], 2 / 3),
    ("accuracy", [[0.2, 0.8], [0.6, 0.4], [0.9, 0.1]], [[0, 1], [0, 1], [1, 0]], [1, 1, 0], 1 / 2),
    ("rmse", [[1, 1], [2, 4], [9, 9]], [[0, 0], [2, 2], [0, 0]], [1, 1, 0], 1.5**0.5),
    ("exact match", [[0.2, 0.8], [0.6, 0.4], [0.9, 0.1]], [[0, 0], [1, 0], [1, 0]], [1, 1, 0], 1 / 2),
])
def test_a_metric(name: str, y_hat, target, mask, wanted: float):
    """Rows are time steps, of one sequence; a step without a target is not asked."""
    arrays = np.array(y_hat, float)[:, :, None], np.array(target, float)[:, :, None], np.array(mask, float)[:, None]
    assert METRICS[name](*arrays) == pytest.approx(wanted)


def test_every_metric_has_a_table():
    assert set(METRICS) == {"accuracy", "rmse", "exact match"}


@settings(deadline=None, derandomize=True)
@given(T=st.integers(1, 4), O=st.integers(2, 5), B=st.integers(1, 3), levels=st.integers(1, 4), seed=st.integers(0, 99))
def test_the_most_probable_class_is_the_first_of_the_largest(T: int, O: int, B: int, levels: int, seed: int):
    rng = np.random.default_rng(seed)
    y_hat = rng.integers(0, levels, (T, O, B)) / 4  # with many ties
    target = np.moveaxis(np.eye(O)[rng.integers(0, O, (T, B))], 2, 1)
    wanted = (y_hat.argmax(axis=1) == target.argmax(axis=1)).mean()
    assert METRICS["accuracy"](y_hat, target, np.ones((T, B))) == pytest.approx(wanted)
