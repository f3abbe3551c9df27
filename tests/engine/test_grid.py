"""Grids, networks of as many parameters, settings that make no difference, and how far back a gradient reaches."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnn_core import CELLS, TASKS, Config, Trainer
from rnn_core.analysis.reach import gradient_by_lag, gradient_reach, last_step_gradient
from rnn_core.idle import TASK_FIELDS, idle_fields
from rnn_core.sweep import MOST_RUNS, equal_parameters, grid
from tests.engine.small import ALL_CELLS, ALL_TASKS, small
from tests.every import every


def test_a_grid_is_the_product_in_order():
    found = grid(Config(length=30), {"k": [1, 2], "cell": ["rnn", "gru", "lstm"], "seed": [4, 5]})
    assert [(c.k, c.cell, c.seed) for c in found[:3]] == [(1, "rnn", 4), (1, "rnn", 5), (1, "gru", 4)]
    assert len(found) == len(set(found)) == 12 and all(c.length == 30 for c in found)
    assert grid(Config(), {}) == [Config()]


@pytest.mark.parametrize(("call", "words"), [
    (lambda: grid("base", {}), "config is 'base'"),  # type: ignore[arg-type]
    (lambda: grid(Config(), {"speed": [1]}), "'speed' is no setting"),
    (lambda: grid(Config(), {"k": []}), "the values of k are []"),
    (lambda: grid(Config(), {"cell": "rnn"}), "the values of cell are 'rnn'"),
    (lambda: grid(Config(), {"k": [1, 2, 1]}), "k has the value 1 twice"),
    (lambda: grid(Config(), {"k": [1], "cell": ["rnn"], "clip": ["none"]}), "k, cell, clip are 3 fields"),
    (lambda: grid(Config(), {"k": [*range(1, 51)], "seed": [*range(20)]}), f"1,000 runs are too many; a sweep may have "
                                                                           f"{MOST_RUNS}"),
    (lambda: grid(Config(), {"k": [3, 30], "cell": ["gru"]}), "k = 30, cell = gru: "),
    (lambda: grid(Config(), {"hidden_size": [0, 1]}), "hidden_size = 0: hidden_size is 0; it must be"),
    (lambda: equal_parameters(Config(), ["rnn", "rmm"]), "cell is 'rmm'"),
    (lambda: gradient_reach("trainer"), "trainer is 'trainer'"),  # type: ignore[arg-type]
])
def test_what_cannot_be_is_refused_in_one_sentence(call: Callable[[], Any], words: str):
    with pytest.raises(ValueError) as caught:
        call()
    assert words in str(caught.value) and "\n" not in str(caught.value)


@every(cell=ALL_CELLS)
def test_equal_parameters_are_the_nearest(cell: str):
    for base in (Config(cell="gru"), small("addition", cell="lstm", hidden_size=9, layers=3), small(hidden_size=1)):
        found = equal_parameters(base, [cell])[cell]
        assert found.wanted == Trainer(base).theta.size and found.parameters == Trainer(found.config).theta.size
        assert found.config == dataclasses.replace(base, cell=cell, hidden_size=found.config.hidden_size)
        for H in (found.config.hidden_size - 1, found.config.hidden_size + 1):
            if H:
                other = Trainer(dataclasses.replace(found.config, hidden_size=H)).theta.size
                assert abs(other - found.wanted) >= abs(found.parameters - found.wanted)


def after(config: Config) -> list[np.ndarray]:
    """What a run is after two steps: its weights, what it reads held out, and how well."""
    trainer = Trainer(config)
    trainer._advance(2)
    return [trainer.theta, *trainer.held_out[:3], np.array(trainer.evaluate())]


OTHERS: dict[str, Any] = {
    "forget_bias": 3.0,
    "clip_threshold": 1e-4,
    "init_scale": 0.7,
    "input_scale": 0.5,
    "recurrent_scale": 0.9,
    "initializer": "orthogonal",
    "layer_skip": True,
    "k": 1,
    "horizon": 2,
    "teacher_forcing": 0.0,
    "reverse_input": True,
}


def says(config: Config, names: Any) -> None:
    """A field is idle if and only if another value leads to the same run."""
    idle, run = idle_fields(config), after(config)
    for name in names:
        other = after(dataclasses.replace(config, **{name: OTHERS[name]}))
        same = all(np.array_equal(a, b) for a, b in zip(run, other, strict=True))
        assert same == (name in idle), f"{name} of {config}"


@every(task=ALL_TASKS)
def test_what_a_task_does_not_read_is_idle(task: str):
    says(small(task), (*TASK_FIELDS, "teacher_forcing"))


@every(case=[*({"cell": cell} for cell in CELLS), *({"initializer": name} for name in ("uniform", "normal", "sparse",
             "xavier", "orthogonal", "identity")), {"clip": "none"}, {"clip": "value"}, {"layers": 2}])
def test_what_cannot_make_a_difference_is_idle(case: dict[str, Any]):
    says(small(hidden_size=4, **case), ("forget_bias", "clip_threshold", "init_scale", "layer_skip"))


@every(case=[{"task": "latch", "hidden_size": 1, "start_weights": "one-unit"}, {"k": 1, "start_weights": "non-normal"},
             {"k": 1, "hidden_size": 10, "start_weights": "shift-register"}, {"initializer": "normal"}])
def test_what_weights_set_by_hand_are_put_in_place_of_is_idle(case: dict[str, Any]):
    config = Config(**{"length": 6, "batch_size": 2, "hidden_size": 4, "cell": "rnn", **case})
    says(config, ("initializer", "init_scale", "input_scale", "recurrent_scale"))


def test_a_window_as_long_as_the_sequence_is_idle():
    base = small(length=8, k=2)
    for window, idle in {0: False, 7: False, 8: True, 9: True}.items():
        config = dataclasses.replace(base, bptt_window=window)
        assert ("bptt_window" in idle_fields(config)) == idle
        same = np.array_equal(after(config)[0], after(base)[0])
        assert same == (idle or window == 0)


# How far back


def test_a_unit_that_halves_its_gradient_reaches_six_steps_back():
    trainer = Trainer(small("latch", cell="rnn", hidden_size=1, length=12, dtype="float64"))
    trainer.params |= {"W_hh": [[0.5]], "W_xh": np.zeros_like(trainer.params["W_xh"]), "b_h": [0.0]}
    by_lag = gradient_by_lag(trainer)
    assert np.allclose(np.diff(by_lag), np.log10(0.5))  # h is 0, and tanh′(0) is 1
    assert gradient_reach(trainer) == 6  # 2^-6 is 1/64, 2^-7 is 1/128


def test_a_gradient_that_grows_reaches_from_its_largest():
    trainer = Trainer(small("latch", cell="rnn", hidden_size=1, length=12, dtype="float64"))
    trainer.params |= {"W_hh": [[2.0]], "W_xh": np.zeros_like(trainer.params["W_xh"]), "b_h": [0.0]}
    assert gradient_reach(trainer) == 11


def test_it_is_what_the_bars_show_where_only_the_end_answers():
    trainer = Trainer(small("temporal-order", shortest=10, batch_size=64, dtype="float64"))
    batch = trainer.held_out
    trainer._draw = lambda: batch  # type: ignore[method-assign]
    assert np.allclose(10 ** gradient_by_lag(trainer)[::-1], trainer.snapshot().dh_norm, rtol=1e-9)


@pytest.mark.parametrize("task", ["surnames", "echo", "reverse", "digits"])
def test_lags_are_counted_from_each_sequence_s_own_last_answer(task: str):
    trainer = Trainer(small(task))
    together, held_out = gradient_by_lag(trainer), trainer.held_out
    alone = []
    for i in range(held_out.x.shape[2]):
        trainer.held_out = held_out.one(i)
        alone.append(10 ** gradient_by_lag(trainer) * 1.0)
    ends = len(held_out.mask) - (held_out.mask[::-1] > 0).argmax(axis=0)
    there = np.arange(len(held_out.mask))[:, None] < ends
    mean = np.where(there, np.transpose(alone), 0).sum(axis=1) / there.sum(axis=1).clip(1)
    assert np.allclose(10 ** together * held_out.x.shape[2], mean, rtol=1e-9)  # the loss is a mean over the batch


def test_the_last_step_s_own_gradient_starts_at_its_error_and_goes_back():
    trainer = Trainer(small("echo", cell="rnn", dtype="float64"))
    found, held_out = last_step_gradient(trainer), trainer.held_out
    assert found is not None and len(found) == len(held_out.mask)
    trainer._draw = lambda: held_out  # type: ignore[method-assign]
    shown = trainer.snapshot()  # whose loss is a mean over all steps with a target
    assert found[-1] == pytest.approx(shown.dh_norm[-1] * held_out.mask[:, 0].sum(), rel=1e-9)
    assert (found[:-1] < found[1:]).all()
    assert last_step_gradient(Trainer(small("surnames"))) is None  # some have ended before
    trainer.params["W_hy"][:] = np.nan
    assert last_step_gradient(trainer) is None


def test_a_window_cuts_it():
    trainer = Trainer(small("latch", cell="residual", length=12, bptt_window=4))
    assert gradient_reach(trainer) == 3
    assert gradient_reach(Trainer(small("latch", cell="residual", length=12))) == 11


def test_asking_changes_nothing_and_no_gradient_is_none():
    trainer, other = Trainer(small("latch")), Trainer(small("latch"))
    trainer.advance(3), other.advance(3)
    gradient_reach(trainer)
    assert np.array_equal(trainer.advance(3).h, other.advance(3).h)
    trainer.params |= {"W_hy": np.zeros_like(trainer.params["W_hy"])}
    assert gradient_reach(trainer) is None
    assert set(TASKS) == set(ALL_TASKS)


def test_weights_set_by_hand_are_counted_as_drawn():
    base = Config(start_weights="non-normal")
    found = equal_parameters(base, ["gru"])["gru"]
    assert found.wanted == Trainer(base).theta.size and found.config.start_weights == "drawn"
