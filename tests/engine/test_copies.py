"""A copy of a run, and a run that was pickled, go on to the same numbers by themselves."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from rnn_core import CELLS, SHAPES, TASKS, Config, Snapshot, Trainer
from rnn_core.analysis.what_if import Weight, what_if
from rnn_core.initializers import INITIALIZERS
from rnn_core.losses import METRICS
from rnn_core.step import CLIPPING, LOSSES
from rnn_core.tasks import Task
from rnn_core.tasks.own_series import Split, series_task, shuffled_task
from rnn_core.tasks.text import text_task
from tests.engine.same import everything, same
from tests.engine.small import ALL_CELLS, ALL_TASKS, small
from tests.every import every

VALUES = np.sin(np.arange(60) / 3) + np.arange(60) / 50
SPLIT = Split(VALUES, np.arange(60) % 7 > 0, 8, 2, 12)
OWN: dict[str, Task] = {
    "text": text_task("The cat sat on the mat; the dog did not.\n" * 20), "series": series_task(SPLIT),
    "shuffled": shuffled_task(SPLIT), "renamed": dataclasses.replace(series_task(SPLIT), title="Mine", unit="kg"),
}


def pickled(record: Any) -> Any:
    return pickle.loads(pickle.dumps(record))


COPIES: dict[str, Callable[[Trainer], Trainer]] = {"deepcopy": copy.deepcopy, "copy": copy.copy, "pickle": pickled}


def same_from_here(trainer: Trainer, twin: Trainer, steps: int = 3) -> None:
    """The same now, the same on, and each by itself."""
    assert twin.step == trainer.step and twin.config == trainer.config
    assert same(twin.snapshot(), trainer.snapshot())
    before = {name: array.copy() for name, array in trainer.params.items()}
    twin.advance(steps)
    assert same(dict(trainer.params), before)
    trainer.advance(steps)
    assert same(everything(twin), everything(trainer))
    assert twin.evaluate() == trainer.evaluate()
    assert not np.shares_memory(twin.theta, trainer.theta)


@every(task=ALL_TASKS)
def test_a_run_of_every_task_goes_on_as_copy_and_as_pickle(task: str):
    for act in (copy.deepcopy, pickled):
        trainer = Trainer(small(task))
        trainer.advance(2)
        twin = act(trainer)
        assert twin.task is TASKS[task]
        same_from_here(trainer, twin)


@every(cell=ALL_CELLS)
def test_a_run_of_every_cell_goes_on_as_copy_and_as_pickle(cell: str):
    for act in COPIES.values():
        trainer = Trainer(small(cell=cell, layers=2, layer_skip=True))
        trainer.advance(2)
        twin = act(trainer)
        assert twin.network.cell is CELLS[cell]
        same_from_here(trainer, twin)


@every(own=OWN)
def test_a_run_of_an_own_task_goes_on_as_copy_and_as_pickle(own: str):
    for act in COPIES.values():
        trainer = Trainer(Config(length=8, hidden_size=3, batch_size=8, start="carried"), OWN[own])
        trainer.advance(2)
        twin = act(trainer)
        config, x = trainer.config, trainer.held_out.x[-1, :, 0]
        for field in ("name", "title", "scale", "defaults", "unit"):
            assert getattr(twin.task, field) == getattr(OWN[own], field)
        for function in ("question", "baseline", "sizes", "symbols", "typing"):
            assert getattr(twin.task, function)(config) == getattr(OWN[own], function)(config)
        assert twin.task.read(x) == OWN[own].read(x)
        same_from_here(trainer, twin)


@pytest.mark.parametrize("fields", [
    {"optimizer": "sgd"}, {"optimizer": "momentum"}, {"start": "carried", "cell": "lstm", "layers": 2},
    {"task": "copy", "teacher_forcing": 0.5, "start": "carried"}, {"dtype": "float64", "clip": "value"},
    {"cell": "rnn-relu", "optimizer": "sgd", "learning_rate": 10.0, "clip": "none", "task": "sunspots", "length": 20},
], ids=str)
@pytest.mark.parametrize("steps", [0, 1, 4])
def test_a_copy_goes_on_whatever_is_set_and_wherever_it_is(fields: dict[str, Any], steps: int):
    for act in COPIES.values():
        trainer = Trainer(small(**fields))
        trainer.advance(steps)
        if not trainer.diverged:
            trainer.set(learning_rate=0.01)
        twin = act(trainer)
        assert (twin.diverged, twin.changes) == (trainer.diverged, trainer.changes)
        assert twin.rewind() == trainer.rewind()
        same_from_here(trainer, twin)
        trainer.set(learning_rate=0.5)
        assert twin.config.learning_rate != 0.5 and twin.changes != trainer.changes


def test_a_copy_is_shown_what_the_run_is_shown():
    trainer = Trainer(small(cell="gru"))
    trainer.advance(3)
    assert trainer.task.encode
    trainer.shown, trainer.typed = 5, trainer.task.encode("ABCDE", trainer.config)
    for act in COPIES.values():
        twin = act(trainer)
        assert same(twin.snapshot(), trainer.snapshot())
        weights = [Weight("W_hh", 0, 1, 0.3)]
        assert same(what_if(twin, weights), what_if(trainer, weights))
        twin.typed = None
        assert twin.shown == 5 and not same(twin.snapshot().shown, trainer.snapshot().shown)


def test_a_copy_knows_what_it_was_copied_from_in_the_middle_of_a_runaway_loss():
    trainer = Trainer(small("adding", cell="residual", learning_rate=0.2, clip="none", optimizer="sgd", length=20))
    far = 0
    for _ in range(12):
        trainer.advance()
        if trainer.last and trainer.last.start is not trainer._last_finite:
            far += 1
            for act in COPIES.values():
                assert same(act(trainer).snapshot(), trainer.snapshot())
    assert far


def test_weights_set_between_snapshot_and_copy_are_in_the_copys_snapshot():
    for act in COPIES.values():
        trainer = Trainer(small())
        trainer.advance(3)
        trainer.params["W_hh"][:] = 0.1
        assert same(act(trainer).snapshot(), trainer.snapshot())


REGISTRIES = (CELLS, TASKS, INITIALIZERS, CLIPPING, LOSSES, METRICS)


def test_every_entry_of_a_registry_is_pickled_as_itself():
    for registry in REGISTRIES:
        for value in registry.values():
            assert pickled(value) is value
            assert copy.deepcopy(value) is value
    assert pickled(SHAPES) == SHAPES


def test_config_snapshot_and_batch_are_pickled():
    trainer = Trainer(small("copy"))
    assert pickled(trainer.config) == trainer.config
    snapshot = pickled(trainer.snapshot())
    assert isinstance(snapshot, Snapshot) and same(snapshot, trainer.snapshot())
    assert same(pickled(trainer.held_out), trainer.held_out)


def test_a_task_of_a_lambda_says_that_it_cannot_be_pickled_and_is_copied_all_the_same():
    own = dataclasses.replace(TASKS["echo"], name="own", read=lambda x: "?")
    trainer = Trainer(small(), own)
    with pytest.raises(pickle.PicklingError, match=r"^\w+ of 'own' is .*<lambda>, which cannot be pickled; define it"):
        pickle.dumps(trainer)
    same_from_here(trainer, copy.deepcopy(trainer))


def test_a_process_pool_takes_a_run():
    trainer = Trainer(small("echo", start="carried"), OWN["text"])
    trainer.advance(2)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(Trainer.advance, trainer, 2).result(60).loss == trainer.advance(2).loss
