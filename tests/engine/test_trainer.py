"""The run: same Config, same numbers; a Snapshot says what the oracle finds; nothing is trained on but batches."""

import dataclasses
import gc
import re
import threading
import weakref
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rnn_core import OPTIMIZERS, TASKS, Config, Trainer
from rnn_core import trainer as trainer_module
from rnn_core.fast.network import FastTrace
from tests.engine import oracle
from tests.engine.oracle import Setting
from tests.engine.same import everything, same
from tests.engine.small import ALL_TASKS, PAIRS, small
from tests.engine.test_optimizers import FORMULAS
from tests.engine.test_snapshot import found_by_the_oracle
from tests.every import every


def seven_and_thirteen_are_twenty(config: Config) -> None:
    whole, parts = Trainer(config), Trainer(config)
    whole.advance(20)
    parts.advance(7)
    parts.evaluate()
    last = parts.advance(13)
    assert last.step == parts.step == whole.step == 20
    assert last.diverged is None
    assert same(everything(parts), everything(whole))


@pytest.mark.parametrize(("task", "cell"), PAIRS)
def test_seven_steps_and_thirteen_are_twenty(task: str, cell: str):
    seven_and_thirteen_are_twenty(small(task, cell=cell))


@pytest.mark.parametrize("fields", [
    *({"optimizer": name} for name in sorted(OPTIMIZERS)), {"clip": "value", "clip_threshold": 0.01}, {"clip": "none"},
    {"dtype": "float64"}, {"layers": 3, "layer_skip": True}, {"bptt_window": 2}, {"start": "carried"},
    {"task": "copy", "teacher_forcing": 0.5}, {"task": "digit-words", "teacher_forcing": 0.0},
    {"task": "copy", "teacher_forcing": 0.5, "start": "carried", "bptt_window": 3, "cell": "lstm", "layers": 2},
], ids=str)
def test_seven_and_thirteen_are_twenty_whatever_else_is_set(fields: dict[str, Any]):
    seven_and_thirteen_are_twenty(small(**fields))


@every(task=ALL_TASKS)
def test_the_same_seed_is_the_same_run_and_another_is_not(task: str):
    first, again, other = (Trainer(small(task, seed=seed)).advance(3) for seed in (1, 1, 2))
    assert same(first, again)
    assert first.loss != other.loss
    assert not same(first.shown, other.shown) or not np.array_equal(first.h, other.h)


def test_trainers_in_threads_do_not_disturb_one_another():
    configs = [small("echo", seed=1), small("echo", seed=2), small("adding", cell="lstm"), small("copy", cell="gru")]
    alone = [Trainer(config).advance(30) for config in configs]
    together: list[Any] = [None] * len(configs)

    def work(k: int) -> None:
        together[k] = Trainer(configs[k]).advance(30)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(configs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("clip", ["none", "norm", "value"])
def test_a_step_is_the_clipped_gradient_times_the_learning_rate(clip: str):
    trainer = Trainer(small(cell="lstm", dtype="float64", optimizer="sgd", clip=clip, clip_threshold=0.03))
    before = {name: array.copy() for name, array in trainer.params.items()}
    snapshot = trainer.advance()
    grads = found_by_the_oracle(trainer, before, snapshot).params
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    clipped = {"none": lambda g: g, "norm": lambda g: g * 0.03 / norm, "value": lambda g: g.clip(-0.03, 0.03)}[clip]
    assert norm > 0.06
    for name, g in grads.items():
        assert before[name] - trainer.params[name] == pytest.approx(0.02 * clipped(g), rel=1e-9, abs=1e-15)
    left = np.sqrt(sum((clipped(g) ** 2).sum() for g in grads.values()))
    assert snapshot.clip_ratio == pytest.approx(left / norm, rel=1e-9)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_five_steps_are_the_optimizers_formula_on_the_oracles_gradients(optimizer: str):
    trainer = Trainer(small(dtype="float64", optimizer=optimizer, clip="none"))
    start, gradients = trainer.params["W_hh"].copy(), []
    for _ in range(5):
        params = {name: array.copy() for name, array in trainer.params.items()}
        gradients.append(found_by_the_oracle(trainer, params, trainer.advance()).params["W_hh"])
    for i in np.ndindex(start.shape):
        moved = sum(FORMULAS[optimizer]([float(g[i]) for g in gradients], 0.02))
        assert start[i] - trainer.params["W_hh"][i] == pytest.approx(moved, rel=1e-9)


def test_run_takes_at_least_one_step_and_at_most_what_was_asked():
    trainer = Trainer(small())
    assert [snapshot.step for snapshot in trainer.run(0)] == [1]
    assert [snapshot.step for snapshot in trainer.run(-1, frames=3)] == [2]
    assert [snapshot.step for snapshot in trainer.run(60, frames=4, steps=12)] == [5, 8, 11, 14]
    assert [snapshot.step for snapshot in trainer.run(60, frames=8, steps=3)] == [15, 16, 17]
    assert [snapshot.step for snapshot in trainer.run(60, frames=1, steps=5)] == [22]
    assert trainer.run(60, frames=3, steps=7)[-1].step == trainer.step == 29
    assert trainer.run(60, frames=0, steps=7) == [] and trainer.step == 36
    trainer.theta = np.full_like(trainer.theta, 3e38)
    assert [snapshot.diverged for snapshot in trainer.run(60, frames=0, steps=7)] == [trainer.diverged] != [None]


def test_run_by_the_clock_spreads_its_frames_evenly(monkeypatch):
    trainer = Trainer(small())
    monkeypatch.setattr(trainer_module, "time", SimpleNamespace(perf_counter=lambda: trainer.step * 0.01))
    taken = [0, *(snapshot.step for snapshot in trainer.run(1.0, frames=8))]
    assert len(taken) == 9
    assert 100 <= taken[-1] <= 101
    assert {b - a for a, b in pairwise(taken)} <= {12, 13, 14}
    assert [snapshot.step for snapshot in trainer.run(0.05, frames=8, steps=100)][-1] - taken[-1] in (5, 6)


def test_run_is_advance(monkeypatch):
    ran, advanced = Trainer(small()), Trainer(small())
    ran.run(60, frames=4, steps=20)
    advanced.advance(20)
    assert same(everything(ran), everything(advanced))


def test_a_trainer_that_is_gone_leaves_nothing_of_its_size():
    trainer = Trainer(small())
    trainer.advance(2)
    assert isinstance(trainer._trace, FastTrace)
    left = weakref.ref(trainer._trace.layout.into)
    del trainer
    gc.collect()
    assert left() is None


def test_iterating_takes_a_step_each():
    steps = []
    for snapshot in Trainer(small()):
        steps.append(snapshot.step)
        if snapshot.step == 4:
            break
    assert steps == [1, 2, 3, 4]


def test_history_has_one_entry_for_every_step():
    trainer = Trainer(small())
    first = trainer.advance()
    trainer.advance(300)
    trainer.set(learning_rate=0.5)
    last = trainer.advance(2)
    history = trainer.history
    assert set(history) == {"step", "loss", "held_out_loss", "grad_norm", "clip_ratio", "learning_rate"}
    assert history["step"].tolist() == list(range(1, 304))
    assert all(column.shape == (303,) for column in history.values())
    assert (history["loss"][0], history["loss"][-1]) == (first.loss, last.loss)
    assert (history["grad_norm"][-1], history["clip_ratio"][-1]) == (last.grad_norm, last.clip_ratio)
    assert np.flatnonzero(~np.isnan(history["held_out_loss"])).tolist() == [0, 300, 302]
    assert history["held_out_loss"][[0, -1]].tolist() == [first.held_out_loss, last.held_out_loss]
    assert history["learning_rate"].tolist() == [0.02] * 301 + [0.5] * 2


@pytest.mark.parametrize("name", sorted(Config.fields()))
def test_set_takes_what_is_live_and_refuses_the_rest(name: str):
    trainer, field = Trainer(small()), Config.fields()[name]
    trainer.advance(2)
    before, value = trainer.config, getattr(trainer.config, name)
    if field.live:
        other = next(option for option in field.options if option != value) if field.options else field.high
        changes: dict[str, Any] = {name: other}
        trainer.set(**changes)
        assert trainer.config == dataclasses.replace(before, **changes)
        with pytest.raises(ValueError, match=f"^{name} is "):
            trainer.set(**{name: "no such"})
        assert trainer.config == dataclasses.replace(before, **changes)
    else:
        with pytest.raises(ValueError) as caught:
            trainer.set(**{name: value})
        assert re.fullmatch(rf"{name}\b[^\n]*learning_rate, clip, clip_threshold[^\n]*", str(caught.value))
        assert trainer.config == before
    assert trainer.step == 2


def test_set_refuses_a_field_that_is_none_and_changes_nothing_by_halves():
    trainer = Trainer(small())
    for changes in ({"no_such": 1}, {"learning_rate": 0.5, "seed": 3}, {"learning_rate": 0.5, "clip": "some"}):
        with pytest.raises(ValueError):
            trainer.set(**changes)
        assert trainer.config == small()


def test_set_acts_on_the_running_network():
    trainer, other = Trainer(small(optimizer="sgd")), Trainer(small(optimizer="sgd"))
    trainer.advance(3)
    other.advance(3)
    trainer.set(learning_rate=2e-6, clip="norm", clip_threshold=0.001)
    before = trainer.theta.copy()
    snapshot = trainer.advance()
    assert np.linalg.norm(trainer.theta - before) < 1e-7
    assert snapshot.clip_ratio == pytest.approx(0.001 / snapshot.grad_norm)
    assert snapshot.loss == other.advance().loss


@every(task=ALL_TASKS)
def test_the_held_out_sequences_are_never_drawn_and_never_change(task: str):
    trainer = Trainer(small(task, batch_size=20))
    before = [array.copy() for array in trainer.held_out[:3]]
    splits = []
    whole = trainer.task

    def draw(rng, config, split):
        splits.append(split)
        assert rng is not None
        return whole.draw(rng, config, split)

    trainer = Trainer(trainer.config, dataclasses.replace(whole, draw=draw))
    splits.clear()
    shown = trainer.snapshot().shown
    last = trainer.advance(10)
    trainer.evaluate()
    assert set(splits) == {"train"}
    assert all((a == b).all() for a, b in zip(trainer.held_out[:3], before, strict=True))
    assert (last.shown.y == shown.y).all() and (last.shown.mask == shown.mask).all()
    assert (last.shown.x[0] == shown.x[0]).all()
    other = Trainer(small(task, batch_size=3, cell="gru", learning_rate=0.5))
    assert all((a == b).all() for a, b in zip(other.held_out[:3], before, strict=True))


def test_held_out_years_and_numbers_are_not_among_the_trained():
    for task in ("sunspots", "adding", "latch", "digits"):
        trainer = Trainer(small(task, batch_size=50))
        columns = {column.tobytes() for column in np.moveaxis(trainer.held_out.x, 2, 0)}
        for _ in range(10):
            assert not columns & {column.tobytes() for column in np.moveaxis(trainer.advance().x, 2, 0)}


@every(task=ALL_TASKS)
def test_evaluate_is_the_snapshots_held_out_loss(task: str):
    trainer = Trainer(small(task))
    snapshot = trainer.advance(3)
    assert trainer.evaluate() == (snapshot.held_out_loss, snapshot.held_out_metric)
    assert np.isfinite(trainer.evaluate()).all()


def test_a_carried_state_starts_the_next_batch():
    config = small(start="carried", cell="lstm", layers=2, dtype="float64", batch_size=3)
    trainer, fresh = Trainer(config), Trainer(dataclasses.replace(config, start="zero"))
    first = trainer.advance()
    assert same(first, fresh.advance())
    params = {name: array.copy() for name, array in trainer.params.items()}
    assert trainer.last is not None
    carried = [np.stack(layer) for layer in trainer.last.trace.state]
    second = trainer.advance()
    setting = Setting("lstm", "cross-entropy", 2)
    found = oracle.gradients(params, second.x, second.y, second.mask, setting, carried)
    assert second.loss == pytest.approx(found.loss, rel=1e-9)
    assert second.grad_norm == pytest.approx(np.sqrt(sum((g**2).sum() for g in found.params.values())), rel=1e-9)
    assert second.loss != pytest.approx(fresh.advance().loss, rel=1e-9)
    assert (carried[-1][0] == first.h[-1]).all()


def test_a_window_lets_no_gradient_past_it():
    snapshot = Trainer(small("adding", bptt_window=2, length=6)).snapshot()
    assert (snapshot.dh_norm[:4] == 0).all()
    assert (snapshot.dh_norm[4:] > 0).all()


def test_it_learns():
    trainer = Trainer(Config(task="echo", length=8, k=1, hidden_size=16, learning_rate=0.02, seed=3))
    trainer.advance(300)
    loss, right = trainer.evaluate()
    assert loss < 0.2 < TASKS["echo"].baseline(trainer.config).loss
    assert right > 0.95
