"""What if a weight were another: the engine's numbers, and a run that never notices."""

from dataclasses import asdict

import numpy as np
import pytest

from rnn_core import CELLS, Config, Snapshot, Trainer
from rnn_core.analysis.what_if import Weight, placed, what_if
from tests.engine.small import PAIRS, small


def same(a: object, b: object) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True)) if a is not None else b is None


def numbers(s: Snapshot) -> dict[str, object]:
    return asdict(s)


def as_they_are(trainer: Trainer) -> list[Weight]:
    """Some weights, each set to itself."""
    places = [("W_hh", 1, 2), ("b_y", 0, None), ("W_xh_2", 0, 1)]
    values = [trainer.params[name][row if column is None else (row, column)] for name, row, column in places]
    return [Weight(*place, float(value)) for place, value in zip(places, values, strict=True)]


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_a_weight_set_to_itself_changes_no_number(task: str, cell: str):
    trainer = Trainer(small(task, 12, cell=cell, hidden_size=4, layers=2, teacher_forcing=0.5))
    assert same(numbers(what_if(trainer, as_they_are(trainer))), numbers(trainer.snapshot()))
    now = numbers(trainer.advance(3))  # from here on the batch's numbers are those of the weights before the step
    found = numbers(what_if(trainer, as_they_are(trainer)))
    for name in ("shown", "held_out_loss", "held_out_metric", "step", "x", "y"):
        assert same(found[name], now[name]), name


@pytest.mark.parametrize("cell", CELLS)
def test_a_changed_weight_changes_what_a_network_with_it_would_say(cell: str):
    config = Config(cell=cell, length=8, hidden_size=4, k=2, dtype="float64")
    trainer, other = Trainer(config), Trainer(config)
    weights = [Weight("W_hh", 2, 1, 1.5), Weight("b_h", 0, None, -0.7)]
    found = what_if(trainer, weights)
    other.params["W_hh"][2, 1], other.params["b_h"][0] = 1.5, -0.7
    assert same(numbers(found), numbers(other.snapshot()))
    assert not np.array_equal(found.shown.h, trainer.snapshot().shown.h)


@pytest.mark.parametrize("start", ["zero", "carried"])
@pytest.mark.parametrize("clip", ["none", "norm", "value"])
def test_the_run_never_notices(clip: str, start: str):
    config = Config(length=8, hidden_size=4, start=start, clip=clip, clip_threshold=0.01)
    trainer, other = Trainer(config), Trainer(config)
    for _ in range(3):
        assert same(numbers(trainer.advance(2)), numbers(other.advance(2)))
        what_if(trainer, [Weight("W_hh", 0, 0, 3.0)])
        assert same(numbers(trainer.snapshot()), numbers(other.snapshot()))
        assert same(dict(trainer.history), dict(other.history)) and same(trainer.params, other.params)


def test_a_batchs_numbers_are_those_before_its_update():
    """A weight set to what it was before the last update leaves that update's loss and gradient as they were."""
    trainer = Trainer(Config(length=8, hidden_size=4, optimizer="sgd", learning_rate=0.5, dtype="float64", clip="none"))
    now = trainer.advance(4)
    before = trainer._last_finite.memory[0][: trainer.params["W_xh"].size].reshape(trainer.params["W_xh"].shape)
    found = what_if(trainer, [Weight("W_xh", 1, 2, float(before[1, 2]))])
    assert found.loss == now.loss and found.grad_norm == now.grad_norm and same(found.dh_norm, now.dh_norm)
    assert found.held_out_loss != now.held_out_loss


BAD = [
    (Weight("W_zz", 0, 0, 1.0), "'W_zz' is no array of weights"),
    (Weight("W_hh", 99, 0, 1.0), r"W_hh\[100,1\] is no weight; W_hh has 4 × 4"),
    (Weight("W_hh", 0, -1, 1.0), "is no weight"),
    (Weight("W_hh", 0, None, 1.0), "is no weight"),
    (Weight("b_h", 0, 0, 1.0), "is no weight"),
    (Weight("W_hh", 0, 0, float("nan")), "cannot be a weight"),
    (Weight("W_hh", 0, 0, 1e30), "cannot be a weight here; type a number from"),
]


@pytest.mark.parametrize(("weight", "said"), BAD)
def test_what_is_no_weight_is_refused_in_one_sentence(weight: Weight, said: str):
    trainer = Trainer(Config(length=5, hidden_size=4, k=1))
    with pytest.raises(ValueError, match=said):
        what_if(trainer, [weight])
    assert placed(trainer.params, []).keys() == trainer.params.keys()


def test_numbers_that_explode_are_refused():
    trainer = Trainer(Config(cell="rnn-relu", length=60, hidden_size=4, layers=2))
    with pytest.raises(ValueError, match="leave the finite ones"):
        what_if(trainer, [w for i in range(4) for w in (Weight("W_hh", i, i, 1000.0), Weight("b_h", i, None, 1.0))])
