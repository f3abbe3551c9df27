"""Masks: 1 and 0 of any type say the same as true and false, and are never taken for places."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from rnn_core import TASKS, Config, Trainer
from rnn_core.fast.network import build_network
from rnn_core.forecast import autoregression
from rnn_core.losses import METRICS, mean_loss
from rnn_core.step import LOSSES
from rnn_core.tasks import Batch, Task
from rnn_core.tasks.own_series import Split, series_task, shuffled_task
from tests.engine.same import everything, same
from tests.engine.small import ALL_TASKS, draw, small
from tests.every import every

DTYPES = ("bool", "int8", "uint8", "int64", "float32", "float64")
MASKS = ("mask", "answered", "reset", "free_running")


@every(name=sorted(LOSSES))
def test_a_loss_is_the_same_by_a_mask_of_any_type(name: str):
    for dtype in ("float32", "float64"):
        rng = np.random.default_rng(0)
        y, target = (array.astype(dtype) for array in (rng.normal(size=(100, 3, 4)), rng.random((100, 3, 4)).round()))
        mask = rng.random((100, 4)) < 0.9
        wanted = mean_loss(name, y, target, mask.astype(dtype))
        for kind in DTYPES:
            found = mean_loss(name, y, target, mask.astype(kind))
            assert found.total == wanted.total and same(found, wanted)
            assert found.dy.dtype == found.weight.dtype == dtype


@every(name=sorted(METRICS))
def test_a_metric_is_the_same_by_a_mask_of_any_type(name: str):
    rng = np.random.default_rng(0)
    y_hat, target, mask = rng.random((100, 3, 4)), rng.random((100, 3, 4)).round(), rng.random((100, 4)) < 0.9
    wanted = METRICS[name](y_hat, target, mask.astype(float))
    for kind in DTYPES:
        assert METRICS[name](y_hat, target, mask.astype(kind)) == pytest.approx(wanted, rel=1e-6)


def with_masks(task: Task, kind: str) -> Task:
    """The task with the masks of its batches in another type."""

    def masked(batch: Batch) -> Batch:
        masks = {name: getattr(batch, name) for name in MASKS}
        return batch._replace(**{name: array.astype(kind) for name, array in masks.items() if array is not None})

    read_on, draw = task.stream, task.draw
    stream = (lambda *arguments: masked(read_on(*arguments))) if read_on else None
    return dataclasses.replace(task, draw=lambda *arguments: masked(draw(*arguments)), stream=stream)


@every(task=ALL_TASKS)
def test_a_run_is_the_same_by_masks_of_any_type(task: str):
    settings: list[dict[str, Any]] = [{}, {"start": "carried", "teacher_forcing": 0.5}]
    for fields in settings:
        config = small(task, **fields)
        wanted = Trainer(config)
        wanted.advance(3)
        for kind in ("bool", "int64"):
            found = Trainer(config, with_masks(TASKS[task], kind))
            found.advance(3)
            a, b = everything(found), everything(wanted)
            assert same({**a, "snapshot": None}, {**b, "snapshot": None})
            snapshot, other = a["snapshot"], b["snapshot"]
            assert (snapshot.loss, snapshot.held_out_loss) == (other.loss, other.held_out_loss)
            for name in ("mask", "answered", "free_running"):
                assert getattr(snapshot.shown, name).dtype == bool
                assert (getattr(snapshot.shown, name) == getattr(other.shown, name)).all()


@every(kind=DTYPES)
def test_a_fresh_memory_is_one_of_zeros_by_a_mask_of_any_type(kind: str):
    config = small(cell="lstm", batch_size=3)
    network, batch = build_network(config), draw(config)
    params = network.init(np.random.default_rng(0), config)
    state = [tuple(np.ones((config.hidden_size, 3), "float32") for _ in "hc")]
    fresh = np.array([True, False, True])
    wanted = [network.forward(params, batch, s).h for s in (None, state)]
    found = network.forward(params, batch._replace(reset=fresh.astype(kind)), state).h
    assert (found == np.where(fresh, *wanted)).all()


@every(kind=DTYPES)
def test_where_a_networks_writing_ends_is_the_same_by_masks_of_any_type(kind: str):
    task, config = TASKS["addition"], small("addition")
    symbols = task.symbols(config)
    assert symbols
    y_hat = np.eye(len(symbols))[[3, 4, symbols.index(task.end), 5, 6]]
    asked, fed = np.array([0, 1, 1, 1, 1]).astype(kind), np.array([0, 0, 1, 1, 1]).astype(kind)
    assert task.over(y_hat, asked, fed, symbols) == 3


def split(known: Any) -> Split:
    return Split(np.arange(60) % 9 + np.arange(60) / 20, known, 8, 2, 12)


def test_a_series_gaps_are_the_same_by_a_mask_of_any_type():
    known = np.arange(60) % 5 > 0
    wanted, config = split(known), Config(length=8, batch_size=8, hidden_size=3)
    origins = wanted.origins
    for given in (*(known.astype(kind) for kind in DTYPES), known.tolist(), known.astype(int).tolist()):
        found = split(given)
        assert (found.mean, found.deviation) == (wanted.mean, wanted.deviation)
        assert np.array_equal(found.truth(origins), wanted.truth(origins), equal_nan=True)
        assert (autoregression(found).weights == autoregression(wanted).weights).all()
        for make in (series_task, shuffled_task):
            assert make(found).baseline(config) == make(wanted).baseline(config)
            assert Trainer(config, make(found)).advance(3).loss == Trainer(config, make(wanted)).advance(3).loss


@pytest.mark.parametrize(("known", "sentence"), [
    (np.arange(60), "known has 2"), (np.full(60, 0.5), "known has 0.5"), (np.full(60, np.nan), "known has nan"),
    (["yes"] * 60, "known has dtype <U3"), (np.ones(59), "values has shape (60,) and known (59,)"),
    (np.ones((60, 1)), "values has shape (60,) and known (60, 1)"),
], ids=["places", "shares", "nan", "words", "short", "columns"])
def test_gaps_that_are_no_mask_are_refused_in_one_sentence(known: Any, sentence: str):
    with pytest.raises(ValueError) as caught:
        split(known)
    assert str(caught.value).startswith(sentence) and "\n" not in str(caught.value)


def test_a_task_that_draws_what_does_not_fit_is_refused_before_it_is_trained_on():
    echo = TASKS["echo"]
    for name, change, sentence in (
        ("x", lambda a: a[:, :2], "x (6, 2, 64); it must be an array (6, 5, 64)"),
        ("y", lambda a: a[1:], "y (5, 5, 64); it must be an array (6, 5, 64)"),
        ("y", lambda a: a.astype(int), "y of dtype int64; it must be float32"),
        ("mask", lambda a: a[:, 0], "mask (6,); it must be an array"),
        ("mask", lambda a: a.tolist(), "mask of a list; it must be an array (6, 64)"),
    ):
        def draw_wrong(*arguments, name=name, change=change):
            batch = echo.draw(*arguments)
            return batch._replace(**{name: change(getattr(batch, name))})

        with pytest.raises(ValueError) as caught:
            Trainer(small(), dataclasses.replace(echo, name="own", draw=draw_wrong))
        assert str(caught.value).startswith(f"own draws {sentence}") and "\n" not in str(caught.value)
