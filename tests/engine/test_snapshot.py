"""A Snapshot: its numbers are the oracle's, it stays as it was, and what it shows of a held-out sequence is true."""

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from rnn_core import CELLS, TASKS, Snapshot, Trainer
from tests.engine import oracle
from tests.engine.oracle import Setting
from tests.engine.same import everything, kept, same
from tests.engine.small import ALL_CELLS, ALL_TASKS, PAIRS, small
from tests.every import every


@every(task=ALL_TASKS)
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
    batch = trainer.sampler.at(0).batch
    assert (batch.lengths is not None) == lengths
    params = {name: array.copy() for name, array in trainer.params.items()}
    snapshot = trainer.advance()
    found = found_by_the_oracle(trainer, params, snapshot, batch.lengths, batch.encoder_steps)
    assert snapshot.loss == pytest.approx(found.loss, rel=1e-9)
    assert snapshot.dh_norm == pytest.approx(mean_norm(found.states[-1][:, 0]), rel=1e-9, abs=1e-15)
    assert snapshot.grad_norm == pytest.approx(np.sqrt(sum((g**2).sum() for g in found.params.values())), rel=1e-9)


@pytest.mark.parametrize(("task", "cell"), PAIRS)
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
