"""A step taken apart: it is an ordinary step, and what is told of it adds up."""

from typing import Any

import numpy as np
import pytest

from rnn_core import OPTIMIZERS, Config, Trainer
from rnn_core.analysis.dissection import Dissection, Stage, dissect
from rnn_core.losses import mean_loss
from rnn_core.snapshot import mean_norm
from rnn_core.step import CLIPPING
from rnn_core.view import Pass
from rnn_core.weights import flat
from tests.engine.same import same
from tests.engine.small import ALL_CELLS, ALL_TASKS, PAIRS, small
from tests.every import every

SETTINGS: list[dict[str, Any]] = [
    *({"optimizer": name} for name in sorted(OPTIMIZERS)),
    *({"clip": name, "clip_threshold": 0.01} for name in sorted(CLIPPING)),
    {"clip": "norm", "clip_threshold": 1000.0}, {"dtype": "float64"}, {"layers": 3}, {"layers": 2, "layer_skip": True},
    {"bptt_window": 2}, {"start": "carried"}, {"start": "carried", "cell": "lstm", "layers": 2},
    {"task": "copy", "teacher_forcing": 0.5}, {"task": "digit-words", "teacher_forcing": 0.0},
    {"task": "copy", "teacher_forcing": 0.5, "start": "carried", "bptt_window": 3, "cell": "gru", "layers": 2},
]


def taken(config: Config, steps: int = 3) -> tuple[Trainer, Dissection]:
    """A run and its next step, apart."""
    trainer = Trainer(config)
    trainer.advance(steps)
    snapshot, step = dissect(trainer)
    assert step
    assert snapshot.step == step.step == trainer.step == steps + 1
    return trainer, step


def run(trainer: Trainer) -> dict[str, Any]:
    """All that decides how a run goes on, and what it tells."""
    return {"theta": trainer.theta, "slots": trainer.slots, "history": trainer.history, "state": trainer.state or (),
            "kept": trainer._last_finite.memory, "snapshot": trainer.snapshot(),
            "changes": [list(change) for change in trainer.changes]}


def is_an_ordinary_step(config: Config) -> None:
    slow, plain = Trainer(config), Trainer(config)
    for _ in range(3):
        told, _ = dissect(slow)
        assert same(told, plain.advance(1))
        assert same(run(slow), run(plain))
        assert slow._last_finite.step == plain._last_finite.step
    assert same(slow.advance(4), plain.advance(4))


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_its_result_is_that_of_an_ordinary_step(task: str, cell: str):
    is_an_ordinary_step(small(task, cell=cell))


@pytest.mark.parametrize("fields", SETTINGS, ids=str)
def test_its_result_is_that_of_an_ordinary_step_whatever_else_is_set(fields: dict[str, Any]):
    is_an_ordinary_step(small(**fields))


def test_a_change_on_the_way_and_a_saved_run_are_no_obstacle(tmp_path):
    slow = Trainer(small())
    slow.advance(2)
    slow.save(tmp_path / "run")
    plain = Trainer.load(tmp_path / "run")
    for trainer in (slow, plain):
        trainer.set(learning_rate=0.5, clip="value")
    _, step = dissect(slow)
    assert step and step.config.clip == "value"
    plain.advance(1)
    slow.set(learning_rate=0.1)  # says nothing of the step that has been
    assert step.config.learning_rate == 0.5
    plain.set(learning_rate=0.1)
    assert same(run(slow), run(plain))


@pytest.mark.parametrize(("task", "fields"), [
    *((task, {"cell": cell}) for task, cell in PAIRS),
    *(("echo", fields) for fields in SETTINGS if "task" not in fields),
], ids=str)
def test_the_parts_add_up(task: str, fields: dict[str, Any]):
    trainer, step = taken(small(task, **{"dtype": "float64", **fields}))
    exact = trainer.config.dtype == "float64"
    near = 1e-12 if exact else 1e-5
    last = trainer.snapshot()
    assert np.array_equal(step.loss_t, last.loss_t) and step.loss_t.sum() == pytest.approx(last.loss)
    assert (step.grad_norm, step.clip_ratio) == (last.grad_norm, last.clip_ratio)
    np.testing.assert_allclose(step.dh, step.dh_output + step.dh_future, rtol=1e-5, atol=1e-30)
    B = last.x.shape[2]
    for t, asked in enumerate(step.answers):
        assert asked == np.count_nonzero(last.mask[t])
        assert (step.loss_t[t] != 0) <= bool(asked)
        assert not np.any(step.dh_output[t]) or step.view.mask[t]
    assert step.dh.shape == (len(last.x), trainer.config.hidden_size) and trainer.config.batch_size == B

    for name in dict.fromkeys(step.weights):
        mine = [t for t, weight in enumerate(step.weights) if weight == name]
        size = np.linalg.norm(step.gradient[name])
        assert step.shares.so_far[mine[0]] == pytest.approx(size, rel=near)
        assert step.shares.share[mine].sum() == pytest.approx(1 if size else 0)
        assert step.shares.so_far[mine[-1]] == step.shares.part[mine[-1]]
    assert np.sqrt(sum((g.astype(float) ** 2).sum() for g in step.gradient.values())) == pytest.approx(step.grad_norm)
    left = np.sqrt(sum((g.astype(float) ** 2).sum() for g in step.clipped.values()))
    assert left == pytest.approx(step.clip_ratio * step.grad_norm, rel=near * 10)
    for name, after in step.after.items():
        assert np.array_equal(after, trainer.params[name]) and not np.shares_memory(after, trainer.theta)
    assert {move.name for move in step.moves} == set(step.before)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_pass_that_is_told_is_the_one_that_trained(cell: str):
    """From the weights before the step: the loss, the norms and every number of the shown sequence."""
    config = small("copy", cell=cell, layers=2)
    trainer, step = taken(config)
    again = Trainer(config)
    again.advance(3)
    assert same(step.before, again.params)
    last = trainer.snapshot()
    trace = again.network.forward(step.before, again.sampler.at(again.step).batch)
    np.testing.assert_array_equal(step.view.h, trace.h[..., 0])
    np.testing.assert_array_equal(step.view.x, last.x[..., 0])
    np.testing.assert_array_equal(step.view.y_hat, last.y_hat[..., 0])
    assert last.dh_norm.shape == (len(step.dh),)


def test_a_batch_of_one_has_the_norms_of_the_one_that_is_shown():
    trainer, step = taken(small(batch_size=1, length=6))
    last = trainer.snapshot()
    for told, wanted in ((step.dh, last.dh_norm), (step.dh_output, last.dh_output), (step.dh_future, last.dh_future)):
        np.testing.assert_array_equal(mean_norm(told[..., None]), wanted)


def before_it(config: Config, steps: int = 3) -> tuple[Trainer, Pass]:
    """The same run just before that step, and the pass that is to come."""
    trainer = Trainer(config)
    trainer.advance(steps)
    return trainer, trainer.look_ahead()


@every(task=ALL_TASKS)
def test_a_steps_own_error_is_the_loss_of_its_answer_alone(task: str):
    config = small(task, dtype="float64")
    (_, step), (again, now) = taken(config), before_it(config)
    one, y = now.batch.one(0), now.trace.y[..., :1]
    assert np.array_equal(np.isfinite(step.error), step.view.mask)
    for t in np.flatnonzero(step.view.mask):
        alone = mean_loss(again.task.loss, y[t : t + 1], one.y[t : t + 1], one.mask[t : t + 1])
        assert step.error[t] == pytest.approx(alone.loss_t.sum(), rel=1e-12)
        if again.task.loss == "cross-entropy":  # as the replay's equation has it: −ln of what the target was given
            assert step.error[t] == pytest.approx(-np.log(step.p[t]), rel=1e-9)


@pytest.mark.parametrize(("task", "fields"), [
    *((task, {"cell": cell}) for task, cell in PAIRS),
    *(("echo", fields) for fields in SETTINGS if "task" not in fields and "dtype" not in fields),
], ids=str)
def test_the_two_parts_are_what_the_outputs_up_to_here_and_those_after_it_ask(task: str, fields: dict[str, Any]):
    """A way back through the losses after t alone brings dh_future to h_t, and through those up to t dh_output."""
    config = small(task, **{"dtype": "float64", **fields})
    (_, step), (again, now) = taken(config), before_it(config)
    own, dy, (T, B) = dict(again.params), now.loss.dy.copy(), now.batch.mask.shape
    at = np.repeat(np.arange(T), B)
    for t in range(T):
        for part, told in ((dy * (at > t), step.dh_future), (dy * (at <= t), step.dh_output)):
            again.network.backward(own, now.trace, now.batch, part)
            np.testing.assert_allclose(told[t], now.trace.dh[t, :, 0], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("clip", sorted(CLIPPING))
def test_the_numbers_in_the_update_make_its_equation_true(optimizer: str, clip: str):
    config = small(optimizer=optimizer, clip=clip, clip_threshold=0.02, dtype="float64", learning_rate=0.05)
    _, step = taken(config)
    line = OPTIMIZERS[optimizer].equation[-1]
    assert line.startswith("= ") and line.endswith(" = {after}")
    formula = line.removeprefix("= ").removesuffix(" = {after}").replace("−", "-").replace("·", "*")
    for move in step.moves:
        numbers = {"theta": move.before, "rate": config.learning_rate, **move.terms}
        filled = {name: repr(value) if value >= 0 else f"({value!r})" for name, value in numbers.items()}
        assert eval(formula.format(**filled)) == pytest.approx(move.after, rel=1e-12, abs=1e-12)
        assert (step.before[move.name][move.at], step.after[move.name][move.at]) == (move.before, move.after)
        change = np.abs(step.after[move.name] - step.before[move.name])
        assert change.max() == pytest.approx(abs(move.after - move.before), rel=1e-5)  # of several, the first
        assert move.size == pytest.approx(np.linalg.norm(change))
    sizes = [abs(move.after - move.before) for move in step.moves]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0


def test_the_stages_follow_the_way_there_and_back():
    _, step = taken(small("echo", length=4, k=2))
    told = [(kind, t) for kind, t in step.stages]
    ahead = [("forward", 0), ("forward", 1), ("forward", 2), ("loss", 2), ("forward", 3), ("loss", 3)]
    assert told == [*ahead, *(("backward", t) for t in (3, 2, 1, 0)), ("clip", -1), ("update", -1), ("again", -1)]


@every(task=ALL_TASKS)
def test_every_step_has_its_stages(task: str):
    trainer, step = taken(small(task))
    T = len(step.dh)
    for kind in ("forward", "backward"):
        assert sorted(t for stage, t in step.stages if stage == kind) == list(range(T))
    asked = np.flatnonzero(trainer.snapshot().mask.any(axis=1))
    assert [t for stage, t in step.stages if stage == "loss"] == list(asked)
    assert all(step.stages.index(Stage("loss", t)) == step.stages.index(Stage("forward", t)) + 1 for t in asked)


def test_a_window_stops_what_comes_from_the_future():
    _, step = taken(small("echo", length=6, k=1, bptt_window=2))
    arrives = [bool(np.any(step.dh_future[t])) for t in range(6)]
    assert arrives == [True, False, True, False, True, False]


def test_a_step_that_diverges_is_an_ordinary_step_and_tells_nothing():
    config = Config(cell="rnn-relu", learning_rate=10, clip="none", length=20)
    slow, plain = Trainer(config), Trainer(config)
    for trainer in (slow, plain):
        while not trainer.diverged:
            trainer.advance(1)
        trainer.rewind()
        trainer.set(learning_rate=10)
    step: Dissection | None
    while not slow.diverged:
        told, step = dissect(slow)
        assert same(told, plain.advance(1))
        assert (step is None) == bool(slow.diverged)
    assert slow.diverged == plain.diverged
    assert same(run(slow), run(plain))
    assert dissect(slow)[1] is None and slow.step == plain.step


def test_looking_ahead_changes_nothing():
    looked, plain = Trainer(small("copy", teacher_forcing=0.5)), Trainer(small("copy", teacher_forcing=0.5))
    for trainer in (looked, plain):
        trainer.advance(2)
    ahead = looked.look_ahead()
    total, size = ahead.total, ahead.grad_norm
    last = looked.advance(1)
    assert (last.loss, last.grad_norm) == (total, size)
    assert same(last, plain.advance(1))


def test_in_adams_first_step_nearly_all_weights_move_alike_and_with_sgd_one_moves_farthest():
    for optimizer, least, most in (("adam", 0.9, 1.0), ("sgd", 0.0, 0.05)):
        _, step = taken(Config(optimizer=optimizer), steps=0)
        assert least <= step.alike / flat(step.before).size <= most, optimizer


@pytest.mark.parametrize("fields", SETTINGS, ids=str)
def test_reading_the_batch_again_is_the_new_weights_on_the_same_inputs(fields: dict[str, Any]):
    trainer = Trainer(small(**fields))
    trainer.advance(3)
    twin = Trainer(small(**fields))
    twin.advance(3)
    now, state = twin.look_ahead(), twin.state
    batch = now.batch._replace(x=now.batch.x.copy())
    _, step = dissect(trainer)
    assert step
    twin.params = step.after
    trace = twin.network.forward(twin.params, batch, state)
    loss = twin.network.loss(twin.task.loss, trace, batch)
    assert np.array_equal(step.loss_t_again, loss.loss_t)
    assert np.array_equal(step.again.y_hat, loss.y_hat[..., 0])
    assert step.loss_t_again.sum() == pytest.approx(loss.total, rel=1e-5)
    assert not np.array_equal(step.again.y_hat, step.view.y_hat)
