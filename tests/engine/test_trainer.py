"""The run: same Config, same numbers; a Snapshot says what the oracle finds; nothing is trained on but batches."""

import dataclasses
import re
import threading
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rnn_core import CELLS, OPTIMIZERS, TASKS, Config, Snapshot, Trainer
from rnn_core import trainer as trainer_module
from tests.engine import oracle
from tests.engine.oracle import Setting
from tests.engine.small import ALL_CELLS, ALL_TASKS, small
from tests.engine.test_optimizers import FORMULAS

ANSWERS_ITSELF = [task for task in ALL_TASKS if TASKS[task].fields == ("teacher_forcing",)]


def arrays(record: Any, name: str = "") -> dict[str, np.ndarray]:
    """All arrays and numbers in nested records, by path."""
    if dataclasses.is_dataclass(record):
        record = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    if isinstance(record, tuple | list):
        record = dict(enumerate(record))
    if isinstance(record, dict):
        return {path: a for key, value in record.items() for path, a in arrays(value, f"{name}.{key}").items()}
    return {name: np.asarray(record)} if isinstance(record, np.ndarray | float | int) else {}


def same(a: Any, b: Any) -> bool:
    found, wanted = arrays(a), arrays(b)
    assert found.keys() == wanted.keys()
    apart = [key for key in found if not np.array_equal(found[key], wanted[key], equal_nan=True)]
    return not apart


def kept(snapshot: Snapshot) -> dict[str, np.ndarray]:
    return {path: array.copy() for path, array in arrays(snapshot).items()}


def everything(trainer: Trainer) -> dict[str, Any]:
    return {"params": trainer.params, "slots": trainer.slots, "snapshot": trainer.snapshot(),
            "history": {name: column for name, column in trainer.history.items() if name != "held_out_loss"}}


def seven_and_thirteen_are_twenty(config: Config) -> None:
    whole, parts = Trainer(config), Trainer(config)
    whole.advance(20)
    parts.advance(7)
    parts.evaluate()
    last = parts.advance(13)
    assert last.step == parts.step == whole.step == 20
    assert last.diverged is None
    assert same(everything(parts), everything(whole))


@pytest.mark.parametrize("cell", ALL_CELLS)
@pytest.mark.parametrize("task", ALL_TASKS)
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


@pytest.mark.parametrize("task", ALL_TASKS)
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


@pytest.mark.parametrize("task", ALL_TASKS)
def test_a_snapshot_stays_as_it_was(task: str):
    trainer = Trainer(small(task))
    snapshots = [trainer.snapshot(), trainer.advance(), *trainer.run(10, frames=2, steps=4)]
    before = [kept(snapshot) for snapshot in snapshots]
    trainer.advance(5)
    trainer.evaluate()
    assert all(same(snapshot, copy) for snapshot, copy in zip(map(kept, snapshots), before, strict=True))
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshots[0].step = 3  # type: ignore[misc]


@pytest.mark.parametrize("fields", [{}, {"start": "carried"}, {"task": "copy", "teacher_forcing": 0.5}], ids=str)
def test_looking_does_not_train_and_does_not_touch_the_random_numbers(fields: dict[str, Any]):
    looked, left = Trainer(small(**fields)), Trainer(small(**fields))
    for _ in range(5):
        before = looked.theta.copy(), looked.slots.copy(), looked.step
        first, _, again = looked.snapshot(), looked.evaluate(), looked.snapshot()
        assert same(first, again)
        assert (looked.theta == before[0]).all() and (looked.slots == before[1]).all()
        assert looked.step == before[2]
        looked.advance()
        left.advance()
    assert same(everything(looked), everything(left))


def test_before_the_first_step_a_snapshot_shows_the_coming_batch():
    trainer = Trainer(small())
    coming, first = trainer.snapshot(), trainer.advance()
    assert (coming.step, first.step) == (0, 1)
    assert len(Trainer(small()).history["step"]) == 0
    for name in ("x", "y", "y_hat", "h", "mask", "dh_norm", "loss_t", "loss", "metric", "grad_norm"):
        assert np.array_equal(getattr(coming, name), getattr(first, name)), name
    assert coming.held_out_loss != first.held_out_loss


def state_before(trainer: Trainer) -> list[np.ndarray]:
    """Zeros, in the oracle's form."""
    H, n = trainer.config.hidden_size, len(CELLS[trainer.config.cell].states)
    return [np.zeros((n, H, trainer.config.batch_size))] * trainer.config.layers


def found_by_the_oracle(trainer: Trainer, params: dict[str, np.ndarray], snapshot: Snapshot, lengths=None, read=0):
    config, task = trainer.config, TASKS[trainer.config.task]
    setting = Setting(config.cell, task.loss, config.layers, config.layer_skip, config.bptt_window, read)
    return oracle.gradients(params, snapshot.x, snapshot.y, snapshot.mask, setting, state_before(trainer), lengths)


def mean_norm(dh: np.ndarray) -> np.ndarray:
    """(T,H,B) -> the mean over B of the length over H, (T,)."""
    return np.linalg.norm(dh, axis=1).mean(axis=1)


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("fields", [
    *({"cell": cell} for cell in ALL_CELLS), {"cell": "gru", "layers": 2, "layer_skip": True}, {"bptt_window": 2},
    {"task": "adding", "cell": "lstm"}, {"task": "xor", "batch_size": 3}, {"task": "digits"}, {"clip_threshold": 0.001},
], ids=str)
def test_a_snapshots_numbers_are_the_oracles(fields: dict[str, Any], steps: int):
    """Of the pass that was made: with the weights before the step, so that h_t's parts add up."""
    trainer = Trainer(small(**{"dtype": "float64", "learning_rate": 0.1, **fields}))
    trainer.advance(max(0, steps - 1))
    params = {name: array.copy() for name, array in trainer.params.items()}
    snapshot = trainer.advance() if steps else trainer.snapshot()
    found = found_by_the_oracle(trainer, params, snapshot)
    dh = found.states[-1][:, 0]
    assert snapshot.loss == pytest.approx(found.loss, rel=1e-9)
    assert snapshot.loss_t.sum() == pytest.approx(snapshot.loss)
    assert snapshot.dh_norm == pytest.approx(mean_norm(dh), rel=1e-9)
    assert snapshot.grad_norm == pytest.approx(np.sqrt(sum((g**2).sum() for g in found.params.values())), rel=1e-9)
    answers = snapshot.mask[:, None] / snapshot.mask.sum()
    scale = 1 if TASKS[trainer.config.task].loss == "cross-entropy" else 2 / snapshot.y.shape[1]
    output = np.matmul(params["W_hy"].T, scale * (snapshot.y_hat - snapshot.y) * answers)
    assert snapshot.dh_output == pytest.approx(mean_norm(output), rel=1e-9)
    assert snapshot.dh_future == pytest.approx(mean_norm(dh - output), rel=1e-9, abs=1e-15)
    assert snapshot.dh_future[-1] == pytest.approx(0, abs=1e-15)  # nothing comes after the last step


@pytest.mark.parametrize("lengths", [True, False])
def test_a_snapshot_of_encoder_and_decoder_is_the_oracles(lengths: bool):
    trainer = Trainer(small("copy", cell="gru", dtype="float64", length=8))
    whole = trainer.task
    if not lengths:
        same_length = dataclasses.replace(whole, draw=lambda *given: whole.draw(*given)._replace(lengths=None))
        trainer = Trainer(trainer.config, same_length)
    batch = trainer.drawing.at(0).batch
    assert (batch.lengths is not None) == lengths
    params = {name: array.copy() for name, array in trainer.params.items()}
    snapshot = trainer.advance()
    found = found_by_the_oracle(trainer, params, snapshot, batch.lengths, batch.read)
    assert snapshot.loss == pytest.approx(found.loss, rel=1e-9)
    assert snapshot.dh_norm == pytest.approx(mean_norm(found.states[-1][:, 0]), rel=1e-9, abs=1e-15)
    assert snapshot.grad_norm == pytest.approx(np.sqrt(sum((g**2).sum() for g in found.params.values())), rel=1e-9)


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


@pytest.mark.parametrize("task", ALL_TASKS)
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


@pytest.mark.parametrize("task", ALL_TASKS)
def test_evaluate_is_the_snapshots_held_out_loss(task: str):
    trainer = Trainer(small(task))
    snapshot = trainer.advance(3)
    assert trainer.evaluate() == (snapshot.held_out_loss, snapshot.held_out_metric)
    assert np.isfinite(trainer.evaluate()).all()


@pytest.mark.parametrize("cell", ALL_CELLS)
@pytest.mark.parametrize("task", ALL_TASKS)
def test_the_shown_sequence(task: str, cell: str):
    trainer = Trainer(small(task, cell=cell, layers=2, dtype="float64"))
    shown, H = trainer.advance(3).shown, 3
    T, D, O = len(shown.x), *TASKS[task].sizes(trainer.config)
    assert shown.x.shape == (T, D) and shown.h.shape == (T, H)
    assert shown.y.shape == shown.y_hat.shape == (T, O)
    assert shown.mask.shape == shown.loss_t.shape == (T,)
    assert shown.mask.dtype == bool
    assert (shown.y == trainer.held_out.y[..., 0]).all()
    assert not shown.loss_t[~shown.mask].any()
    if TASKS[task].loss == "cross-entropy":
        assert shown.y_hat.sum(axis=1) == pytest.approx(np.ones(T))
        sure = (shown.y_hat * shown.y).sum(axis=1)[shown.mask]
        assert shown.loss_t[shown.mask] == pytest.approx(-np.log(sure) / shown.mask.sum())
    named = set(re.findall(r"\{(\w+)\}", " ".join(CELLS[cell].equation)))
    assert named - {"h"} <= set(shown.terms)
    assert {array.shape for array in shown.terms.values()} == {(T, H)}


EQUATIONS = {
    "rnn": lambda n: {"h": np.tanh(n["from_x"] + n["from_h"] + n["b_h"])},
    "rnn-relu": lambda n: {"h": np.maximum(0, n["from_x"] + n["from_h"] + n["b_h"])},
    "residual": lambda n: {"h": n["h_prev"] + np.tanh(n["from_x"] + n["from_h"] + n["b_h"])},
    "lstm": lambda n: {"c": n["f"] * n["c_prev"] + n["i"] * n["g"], "h": n["o"] * np.tanh(n["c"])},
    "gru": lambda n: {"h": (1 - n["z"]) * n["n"] + n["z"] * n["h_prev"]},
}


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_numbers_in_the_equation_make_the_equation_true(cell: str):
    for task in ("echo", "copy"):
        trainer = Trainer(small(task, cell=cell, dtype="float64"))
        shown = trainer.advance(3).shown
        for name, value in EQUATIONS[cell](shown.terms).items():
            assert value == pytest.approx(shown.h if name == "h" else shown.terms[name], rel=1e-12, abs=1e-12), name
        for name in ("h", "c"):
            if f"{name}_prev" in shown.terms:
                now = shown.h if name == "h" else shown.terms[name]
                start = 1 if task == "echo" else len(now) // 2 + 1
                assert (shown.terms[f"{name}_prev"][start:] == now[start - 1 : -1]).all()


def test_every_cell_has_its_equation_here():
    assert EQUATIONS.keys() == CELLS.keys()


def own_answers(x: np.ndarray, y_hat: np.ndarray, feed: np.ndarray) -> np.ndarray:
    """At which fed steps x (T,D,B) holds the answer that y_hat (T,O,B) gave one step before, (fed steps, B)."""
    steps, O = np.flatnonzero(feed), y_hat.shape[1]
    said = np.eye(O)[y_hat[steps - 1].argmax(axis=1)].transpose(0, 2, 1)
    return (x[steps, -O:] == said).all(axis=1)


@pytest.mark.parametrize("start", ["zero", "carried"])
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
@pytest.mark.parametrize("task", ANSWERS_ITSELF)
def test_without_a_teacher_the_network_reads_its_own_answers(task: str, cell: str, start: str):
    trainer = Trainer(small(task, cell=cell, teacher_forcing=0.0, layers=2, start=start, batch_size=8))
    for _ in range(3):
        snapshot = trainer.advance()
        feed = trainer.held_out.feed
        assert feed is not None
        assert own_answers(snapshot.x, snapshot.y_hat, feed).all()


@pytest.mark.parametrize("task", ANSWERS_ITSELF)
def test_with_a_teacher_it_reads_the_right_ones_and_in_between_some(task: str):
    taught = Trainer(small(task, batch_size=50))
    snapshot, feed = taught.advance(), taught.held_out.feed
    assert feed is not None
    O = snapshot.y.shape[1]
    steps = np.flatnonzero(feed)
    assert (snapshot.x[steps, -O:] == snapshot.y[steps - 1] * (snapshot.mask[steps] > 0)[:, None])[
        np.broadcast_to((snapshot.mask[steps] > 0)[:, None], (len(steps), O, 50))].all()
    half = Trainer(small(task, batch_size=50, teacher_forcing=0.5)).advance()
    truth = (half.x[steps, -O:] == half.y[steps - 1]).all(axis=1)[half.mask[steps] > 0].mean()
    assert 0.4 < truth < 0.95


@pytest.mark.parametrize("task", ANSWERS_ITSELF)
def test_when_it_is_evaluated_it_always_reads_its_own(task: str):
    shown = Trainer(small(task, hidden_size=8)).advance(20).shown
    feed = Trainer(small(task)).held_out.feed
    assert feed is not None
    assert own_answers(shown.x[:, :, None], shown.y_hat[:, :, None], feed).all()


def test_a_carried_state_starts_the_next_batch():
    config = small(start="carried", cell="lstm", layers=2, dtype="float64", batch_size=3)
    trainer, fresh = Trainer(config), Trainer(dataclasses.replace(config, start="zero"))
    first = trainer.advance()
    assert same(first, fresh.advance())
    params = {name: array.copy() for name, array in trainer.params.items()}
    assert trainer._last is not None
    carried = [np.stack(layer) for layer in trainer._last.trace.state]
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
