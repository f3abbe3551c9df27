"""Weights that somebody sets: assignment acts on the run as a change in place does, or is refused in one sentence."""

import copy
import io
import pickle

import numpy as np
import pytest

from rnn_core import Trainer
from rnn_core.analysis.what_if import Weight, what_if
from rnn_core.interchange import to_torch
from rnn_core.weights import flat
from tests.engine.same import everything, same
from tests.engine.small import ALL_CELLS, small
from tests.every import every

WAYS = {
    "assignment": lambda trainer, new: trainer.params.__setitem__("W_hh", new["W_hh"]),
    "lists": lambda trainer, new: trainer.params.__setitem__("W_hh", new["W_hh"].tolist()),
    "update": lambda trainer, new: trainer.params.update(new),
    "keywords": lambda trainer, new: trainer.params.update(W_hh=new["W_hh"]),
    "or": lambda trainer, new: trainer.params.__ior__(new),
    "attribute": lambda trainer, new: setattr(trainer, "params", new),
    "theta": lambda trainer, new: setattr(trainer, "theta", flat({**trainer.params, **new})),
    "in place": lambda trainer, new: trainer.params["W_hh"].__setitem__(..., new["W_hh"]),
}


def pair(steps: int, **fields) -> tuple[Trainer, Trainer, np.ndarray]:
    """A run after so many steps whose Snapshot was taken, the same again, and another W_hh."""
    changed, plain = Trainer(small(**fields)), Trainer(small(**fields))
    for trainer in (changed, plain):
        trainer.advance(steps)
    return changed, plain, np.linspace(-0.4, 0.5, plain.params["W_hh"].size).reshape(plain.params["W_hh"].shape)


@pytest.mark.parametrize("steps", [0, 3])
def test_weights_that_are_set_are_computed_with_shown_trained_and_saved(steps: int):
    wanted: list[object] = []
    for way, act in WAYS.items():
        trainer, plain, W = pair(steps, cell="lstm", dtype="float64")
        act(trainer, {"W_hh": W})
        assert (trainer.params["W_hh"] == W).all() and (to_torch(trainer.params)["weight_hh_l0"] == W).all(), way
        assert trainer.evaluate() == evaluated(trainer, {**plain.params, "W_hh": W}) != plain.evaluate(), way
        snapshot = trainer.snapshot()
        assert snapshot.held_out_loss == trainer.evaluate()[0] and snapshot.step == steps, way
        assert snapshot.loss == ahead(trainer) != plain.snapshot().loss, way
        file = io.BytesIO()
        trainer.save(file)
        file.seek(0)
        assert (Trainer.load(file).params["W_hh"] == W).all(), way
        trainer.advance(2)
        wanted.append(everything(trainer))
        assert same(wanted[-1], wanted[0]), way


def evaluated(trainer: Trainer, params: dict[str, np.ndarray]) -> tuple[float, float]:
    """evaluate() by these weights, through the network alone."""
    batch = trainer.held_out
    loss = trainer.network.loss(trainer.task.loss, trainer.network.forward(params, batch), batch)
    return loss.total, trainer.task.score(loss.y_hat, batch.y, batch.mask)


def ahead(trainer: Trainer) -> float:
    """The coming batch's loss, through the network alone."""
    batch = trainer.sampler.at(trainer.step).batch
    trace = trainer.network.forward(dict(trainer.params), batch)
    return trainer.network.loss(trainer.task.loss, trace, batch).total


def test_a_snapshot_that_nobody_touched_keeps_the_last_steps_numbers():
    trainer, plain, _ = pair(3)
    assert same(trainer.snapshot(), plain.snapshot())
    assert trainer.snapshot().loss == trainer.history["loss"][-1]
    trainer.params["W_hh"] = trainer.params["W_hh"]
    assert same(trainer.snapshot(), plain.snapshot())


WRONG = {
    "a shape": ("W_hh", np.eye(4), "W_hh has shape (4, 4); it must be (3, 3)"),
    "a number for all": ("b_h", 0.5, "b_h has shape (); it must be (3,)"),
    "an unknown name": ("W_hx", np.eye(3), "'W_hx' is no array of weights; there are W_xh, W_hh, b_h, W_hy, b_y"),
    "complex numbers": ("W_hh", np.eye(3) * 1j, "W_hh has dtype complex128"),
    "objects": ("W_hh", np.eye(3).astype(object), "W_hh has dtype object"),
    "words": ("b_h", ["a", "b", "c"], "b_h has dtype <U1"),
    "ragged lists": ("W_hh", [[1, 2, 3], [4], [5]], "W_hh is [[1, 2, 3], [4], [5]]"),
    "a number that is none": ("b_h", [0, np.nan, 0], "b_h has 1 numbers that are not finite"),
    "more than float32 holds": ("b_h", [0, 1e300, 0], "b_h has 1 numbers that are not finite as float32"),
}


@every(wrong=WRONG)
def test_weights_that_cannot_be_are_refused_in_one_sentence_and_change_nothing(wrong: str):
    trainer, plain, W = pair(2)
    name, value, sentence = WRONG[wrong]
    both = {"W_hh": W, name: value}
    for act in (lambda: trainer.params.__setitem__(name, value), lambda: trainer.params.update(both),
                lambda: trainer.params.__ior__(both), lambda: setattr(trainer, "params", both)):
        with pytest.raises(ValueError) as caught:
            act()
        assert str(caught.value).startswith(sentence) and "\n" not in str(caught.value)
        assert same(everything(trainer), everything(plain))


@every(act=[lambda p: p.__delitem__("W_hh"), lambda p: p.pop("W_hh"), lambda p: p.pop("no", None),
            lambda p: p.popitem(), lambda p: p.clear(), lambda p: p.setdefault("no", np.eye(3)), lambda p: p.update(3)])
def test_no_array_of_weights_can_be_taken_away_or_added(act):
    trainer, plain, _ = pair(1)
    with pytest.raises(ValueError) as caught:
        act(trainer.params)
    assert "\n" not in str(caught.value)
    assert same(everything(trainer), everything(plain))
    assert trainer.params.setdefault("W_hh", 0) is trainer.params["W_hh"]


def test_a_theta_of_a_wrong_size_is_refused():
    trainer, plain, _ = pair(1)
    with pytest.raises(ValueError, match=r"^theta has shape \(1,\); it must be "):
        trainer.theta = np.zeros(1)
    trainer.theta *= 2
    assert (trainer.params["W_hh"] == 2 * plain.params["W_hh"]).all()


@every(act=[copy.copy, copy.deepcopy, lambda p: p.copy(), lambda p: pickle.loads(pickle.dumps(p))])
def test_a_copy_of_the_weights_is_independent_and_whole(act):
    trainer, plain, W = pair(2)
    found = act(trainer.params)
    assert same(found, dict(plain.params))
    found["W_hh"] = W
    assert (trainer.params["W_hh"] == plain.params["W_hh"]).all()
    assert (found.theta[found["W_xh"].size :][: W.size] == W.ravel().astype("float32")).all()
    trainer.params = found
    assert (trainer.params["W_hh"] == W.astype("float32")).all()


@every(cell=ALL_CELLS)
def test_what_if_takes_weights_that_were_set_as_they_are(cell: str):
    trainer, plain, W = pair(3, cell=cell)
    for each in (trainer, plain):
        each.params["W_hh"] = W
    value = 0.25
    found = what_if(trainer, [Weight("W_hh", 0, 0, value)])
    plain.params["W_hh"][0, 0] = value
    assert found.loss == plain.snapshot().loss
    assert (trainer.params["W_hh"] == W.astype("float32")).all()
