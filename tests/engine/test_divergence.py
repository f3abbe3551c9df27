"""What leaves the finite numbers is named in the step in which it does, training stops there, and rewind leads back."""

from typing import Any

import numpy as np
import pytest

from rnn_core import OPTIMIZERS, Config, Trainer
from rnn_core.fast.network import FastNetwork
from tests.engine.same import arrays, same
from tests.engine.small import ALL_CELLS, small

WILD: dict[str, Any] = {
    "task": "sunspots", "cell": "rnn-relu", "learning_rate": 10.0, "clip": "none", "optimizer": "sgd",
}


def wild(**changes) -> Trainer:
    """A run that diverges after a few sound steps."""
    trainer = Trainer(small(**WILD | {"hidden_size": 16, "batch_size": 16, "length": 20} | changes))
    trainer.advance(500)
    assert trainer.diverged
    return trainer


def finite(trainer: Trainer) -> bool:
    numbers = [trainer.theta, trainer.slots, *trainer.params.values(), *arrays(trainer.snapshot()).values()]
    return all(np.isfinite(array).all() for array in numbers)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("task", ["sunspots", "adding", "echo"])
def test_relu_at_a_learning_rate_of_ten_never_raises_and_what_it_shows_is_finite(task: str, optimizer: str):
    trainer = Trainer(small(**WILD | {"task": task, "optimizer": optimizer, "hidden_size": 16, "length": 20}))
    trainer.run(60, frames=4, steps=200)
    assert finite(trainer)
    assert bool(trainer.diverged) == bool(trainer.snapshot().diverged)
    trainer.rewind()
    assert finite(trainer)


def test_a_run_that_diverged_stands_still_until_it_is_rewound():
    trainer = wild()
    seen, theta, step = trainer.diverged, trainer.theta.copy(), trainer.step
    snapshots = [trainer.advance(3), *trainer.run(1, frames=3, steps=5)]
    assert {snapshot.step for snapshot in snapshots} == {step}
    assert all(snapshot.diverged == seen for snapshot in snapshots)
    assert (trainer.theta == theta).all()
    assert list(trainer) == []
    assert seen is not None and seen.step > step
    assert finite(trainer)


def test_rewind_goes_back_to_a_sound_step_and_all_belongs_together():
    trainer = wild()
    first = trainer.history["loss"][0]
    step = trainer.rewind()
    assert trainer.diverged is None
    assert step == trainer.step == len(trainer.history["step"]) > 0
    assert trainer.history["step"].tolist() == list(range(1, step + 1))
    fresh = Trainer(trainer.config)
    fresh.advance(step)
    assert (fresh.theta == trainer.theta).all() and (fresh.slots == trainer.slots).all()
    assert (fresh.look_ahead().batch.x == trainer.look_ahead().batch.x).all()
    assert trainer.snapshot().loss <= 1000 * first
    assert trainer.rewind() == step


def test_until_then_it_shows_the_last_finite_numbers_of_what_exploded():
    trainer = Trainer(Config(cell="rnn-relu", learning_rate=10, clip="none"))
    trainer.advance(50)
    assert trainer.diverged and trainer.step > trainer.sound_step and finite(trainer)
    shown, first = trainer.snapshot(), trainer.history["loss"][0]
    assert shown.step == trainer.step and shown.loss > 1000 * first
    step = trainer.sound_step
    assert trainer.rewind() == trainer.sound_step == step


def test_without_a_change_it_diverges_again_in_the_same_step():
    trainer = wild()
    seen = trainer.diverged
    trainer.rewind()
    trainer.advance(500)
    assert trainer.diverged == seen


@pytest.mark.parametrize("clip", ["norm", "value"])
def test_clip_and_continue(clip: str):
    trainer = wild()
    step = trainer.rewind()
    trainer.set(clip=clip, clip_threshold=0.1, learning_rate=0.01)
    last = trainer.advance(100)
    assert last.diverged is None
    assert last.step == step + 100
    assert finite(trainer)


def test_rewind_leaves_a_sound_run_alone():
    trainer, other = Trainer(small()), Trainer(small())
    trainer.advance(5)
    other.advance(5)
    assert trainer.rewind() == 5
    assert same(trainer.advance(), other.advance())


def test_held_out_losses_stand_at_their_own_step_while_it_is_diverged():
    trainer = wild()
    before = trainer.history["held_out_loss"].copy()
    assert len(before) > trainer.step  # it went on for some steps that were finite still
    shown = trainer.snapshot()
    after = trainer.history["held_out_loss"]
    changed = np.flatnonzero(~np.isclose(before, after, equal_nan=True))
    assert set(changed.tolist()) <= {trainer.step - 1}
    assert np.isnan(after[-1]) or after[-1] != shown.held_out_loss


def after_three(trainer: Trainer) -> Trainer:
    assert trainer.advance(3).diverged is None
    return trainer


@pytest.mark.parametrize("bad", [np.inf, np.nan])
@pytest.mark.parametrize(("name", "array"), [("W_xh", "h"), ("W_hh", "h"), ("b_h", "h"), ("W_hy", "y"), ("b_y", "y")])
def test_a_weight_that_is_not_finite_shows_in_what_is_made_with_it(name: str, array: str, bad: float):
    trainer = after_three(Trainer(small("adding", cell="rnn-relu")))
    trainer.params[name][...] = bad
    trainer.advance(5)
    assert trainer.diverged == (array, 4, 1)
    assert trainer.step == 2  # where the last step began whose numbers were all finite
    assert finite(trainer)


@pytest.mark.parametrize("cell", ALL_CELLS)
@pytest.mark.parametrize("t", [1, 4, 6])
def test_a_state_is_named_with_its_time_step(monkeypatch, cell: str, t: int):
    trainer = after_three(Trainer(small("adding", cell=cell)))
    forward = trainer.network.forward

    def poisoned(*arguments, **more):
        trace = forward(*arguments, **more)
        trace.h[t - 1, 0, 0] = np.nan
        trace.h[t:, 1] = np.inf
        return trace

    monkeypatch.setattr(type(trainer.network), "forward", lambda self, *a, **k: poisoned(*a, **k))
    trainer.advance(5)
    assert trainer.diverged == ("h", 4, t)
    assert trainer.step == 2


def loss_with(**changes):
    """FastNetwork.loss, in which changes[part] makes something else of a part."""
    whole = FastNetwork.loss

    def loss(self, name, trace, batch):
        found = whole(self, name, trace, batch)
        return found._replace(**{name: change(getattr(found, name).copy()) for name, change in changes.items()})

    return loss


def put(index, value):
    def change(array):
        array[index] = value
        return array

    return change


@pytest.mark.parametrize(("changes", "array", "time"), [
    ({"errors": put(-1, np.inf)}, "loss", None),
    ({"dy": put((0, -1), np.nan)}, "dh", 6),  # of twelve columns: six steps of two sequences
    ({"dy": put((0, 4), np.inf)}, "dh", 3),
])
def test_a_loss_and_a_gradient_are_named(monkeypatch, changes, array: str, time: int | None):
    trainer = after_three(Trainer(small("sunspots", length=6)))
    monkeypatch.setattr(FastNetwork, "loss", loss_with(**changes))
    trainer.advance(5)
    assert trainer.diverged == (array, 4, time)
    assert trainer.step == 2


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("name", ["W_hh", "W_hy", "b_y"])
def test_a_weight_that_a_step_made_infinite_is_named(monkeypatch, optimizer: str, name: str):
    trainer = after_three(Trainer(small("adding", optimizer=optimizer)))
    whole, before = trainer._update, trainer.theta.copy()

    def update(*arguments):
        ratio = whole(*arguments)
        trainer.params[name][0] = np.inf
        return ratio

    monkeypatch.setattr(trainer, "_update", update)
    trainer.advance(5)
    assert trainer.diverged == (name, 4, None)
    assert np.isfinite(trainer.theta).all()
    assert trainer.step == 3 and (trainer.theta == before).all()


@pytest.mark.parametrize("optimizer", [name for name in sorted(OPTIMIZERS) if OPTIMIZERS[name].slots])
def test_an_average_that_overflows_is_named_and_not_the_gradient(monkeypatch, optimizer: str):
    """The update writes over g: what it leaves there is no gradient any more."""
    trainer = after_three(Trainer(small("adding", optimizer=optimizer)))

    def update(theta, g, slots, *settings):
        slots[0][:] = np.inf
        g[:] = np.nan
        return 1.0

    monkeypatch.setattr(trainer, "_update", update)
    trainer.advance(5)
    assert trainer.diverged == (f"{optimizer}'s {OPTIMIZERS[optimizer].slots[0]}", 4, None)


@pytest.mark.parametrize("changes", [
    {"dy": lambda dy: dy * 1e200},  # ‖g‖² overflows in float64
    {"errors": lambda errors: np.full_like(errors, 1e308), "weight": np.ones_like},  # so does their weighted sum
], ids=["norm", "sum"])
def test_a_sum_of_finite_numbers_that_overflows_is_a_divergence_too(monkeypatch, changes):
    trainer = after_three(Trainer(small("sunspots", dtype="float64")))
    monkeypatch.setattr(FastNetwork, "loss", loss_with(**changes))
    trainer.advance(5)
    assert trainer.diverged is not None
    assert trainer.diverged.step == 4
    assert trainer.step == 2
    monkeypatch.undo()
    trainer.rewind()
    assert finite(trainer)


def test_a_divergence_in_the_very_first_step_leaves_the_start():
    trainer = Trainer(small("adding"))
    start = trainer.theta.copy()
    trainer.params["W_xh"][...] = np.nan
    trainer.advance(2)
    assert trainer.diverged == ("h", 1, 1)
    assert trainer.step == 0
    assert (trainer.theta == start).all()
    assert trainer.rewind() == 0
    assert trainer.advance(2).step == 2


def test_the_default_playground_settings_never_diverge():
    for task in ("echo", "adding", "sunspots"):
        assert Trainer(Config(task=task)).advance(50).diverged is None
