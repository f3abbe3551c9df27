"""Sweeps: the same results wherever they are trained, as they finish, whatever fails, and nothing left behind."""

import dataclasses
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from rnn_core import Config, Trainer
from rnn_core.sweep import MOST_RUNS, Result, process_pool, run, runs, sweep
from rnn_core.sweep.pool import Worker
from rnn_core.sweep.results import AHEAD, LOST, LOST_TWICE
from rnn_core.sweep.runs import EVERY, SLICE
from tests.engine.small import small
from tests.engine.sweeping import EXPLODES, HERE, SIX, STEPS, Breaking, ByHand, key, keys, never, trained

# Results


def test_a_result_is_what_the_run_itself_says():
    config, steps = small("latch", seed=3), EVERY + 7
    trainer, result = Trainer(config), run(config, steps)
    beats = [at for at in (EVERY, steps) if trainer.advance(at - trainer.step).held_out_loss < 0.6931]
    last = trainer.snapshot()
    assert (result.loss, result.metric) == trainer.evaluate()
    assert result.gradient_ratio == last.dh_norm[0] / last.dh_norm[-1]
    assert result.beats_baseline_at == (beats[0] if beats else None)
    assert result.error is None and result.diverged is None and result.seconds > 0


def test_a_run_that_beats_its_baseline_says_when():
    config = Config(k=1, length=6, hidden_size=8, learning_rate=0.02)
    at = run(config, 110).beats_baseline_at
    trainer = Trainer(config)
    below = [step for step in (50, 100, 110)
             if trainer.advance(step - trainer.step).held_out_loss < trainer.task.baseline(config).loss]
    assert at == below[0]
    assert run(dataclasses.replace(config, learning_rate=1e-6), 30).beats_baseline_at is None


def test_a_run_that_diverges_says_how():
    result = run(EXPLODES, 200)
    assert result.diverged and result.diverged.step <= 200 and result.error is None
    assert result.loss == result.loss  # where it was finite


def test_a_gradient_ratio_is_finite_or_none():
    assert run(Config(task="latch", cell="rnn", length=20, hidden_size=1), 1).gradient_ratio is not None
    assert run(Config(task="latch", cell="rnn-relu", initializer="normal", init_scale=0.0), 1).gradient_ratio is None


def test_results_can_be_pickled():
    for result in (run(SIX[0], 1), run(EXPLODES, 200), Result(SIX[0], error="x")):
        assert repr(pickle.loads(pickle.dumps(result))) == repr(result)


# Where they are trained


def test_here_each_run_is_trained_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    made = trained(monkeypatch)
    results = sweep(SIX, STEPS)
    assert made == []
    assert key(next(results)) == key(run(SIX[0], STEPS))
    assert made[:1] == SIX[:1] and set(made) == {SIX[0]}
    assert (results.done, results.total, results.finished) == (1, 6, False)
    assert len(list(results)) == 5 and results.finished


def test_here_a_page_advances_it_in_ticks():
    results, found, ticks = sweep(SIX[:2], 4 * SLICE), [], 0
    while not results.finished:
        found += results.ready(0)
        ticks += 1
    assert ticks >= 8  # four slices a run
    assert keys(found) == keys(sweep(SIX[:2], 4 * SLICE)) and results.done == 2


def test_threads_train_the_same():
    with ThreadPoolExecutor(2) as pool:
        assert keys(sweep(SIX, STEPS, pool)) == HERE


def test_results_come_as_they_finish_and_few_are_submitted_ahead():
    pool = ByHand()
    results = sweep(SIX, STEPS, pool)
    assert results.ready(0) == [] and len(pool.tasks) == AHEAD * 2
    assert pool.finish(2) == next(results).config
    assert len(pool.tasks) == AHEAD * 2
    assert {pool.finish(3), pool.finish(0)} == {result.config for result in results.ready(0)}
    assert results.ready(0) == [] and len(pool.tasks) == 6


def test_an_error_of_one_run_is_its_own(monkeypatch: pytest.MonkeyPatch):
    def fails(config: Config) -> Trainer:
        if config.seed == 2:
            raise ValueError("no\n such   thing")
        return Trainer(config)

    monkeypatch.setattr(runs, "Trainer", fails)
    for pool in (None, ThreadPoolExecutor(2)):
        found = {result.config: result.error for result in sweep(SIX, 1, pool)}
        assert found == {config: "no such thing" if config.seed == 2 else None for config in SIX}


def test_what_the_executor_itself_says_of_a_run_is_its_error():
    pool = ByHand()
    results = sweep(SIX[:3], 1, pool)
    results.ready(0)
    pool.tasks[0][0].set_exception(TypeError("cannot pickle it"))
    pool.tasks[1][0].cancel()
    pool.tasks[1][0].set_running_or_notify_cancel()
    pool.finish(2)
    errors = {result.config: result.error or "" for result in results}
    assert "cannot pickle it" in errors[SIX[0]] and "gave the run up" in errors[SIX[1]] and not errors[SIX[2]]


# Workers that die


def test_a_run_that_was_lost_is_tried_once_more_and_alone():
    pool = Breaking(lambda config, attempt: config == SIX[1] and attempt == 1)
    assert keys(sweep(SIX, STEPS, pool, tell=never)) == HERE
    assert pool.tried.count(SIX[1]) == 2


def test_a_run_that_ends_its_worker_twice_has_an_error_and_the_others_go_on():
    pool = Breaking(lambda config, attempt: config == SIX[1])
    found = {result.config: result for result in sweep(SIX, STEPS, pool, tell=never)}
    assert found[SIX[1]].error == LOST_TWICE and pool.tried.count(SIX[1]) == 2
    assert keys(found[config] for config in SIX if config != SIX[1]) == {r for r in HERE if r.config != SIX[1]}


def test_while_a_lost_run_is_tried_again_no_other_is_beside_it():
    pool = ByHand()
    results = sweep(SIX, STEPS, pool)
    results.ready(0)
    for future, _, _ in pool.tasks[:3]:
        future.set_exception(BrokenProcessPool())
    assert results.ready(0) == [] and results.ready(0) == [] and len(pool.tasks) == 4  # one runs on
    pool.tasks[3][0].set_exception(BrokenProcessPool())
    results.ready(0)
    for k in range(4, 8):
        assert results.ready(0) == [] and len(pool.tasks) == k + 1
        pool.finish(k)
        assert len(results.ready(0)) == 1
    assert results.ready(0) == [] and len(pool.tasks) == 10


def test_where_an_executor_takes_no_more_the_rest_is_trained_here_but_not_what_was_lost_there():
    told: list[str] = []
    pool = Breaking(lambda config, attempt: config == SIX[0], lasts=False)
    found = {result.config: result for result in sweep(SIX, STEPS, pool, tell=told.append)}
    assert found[SIX[0]].error == LOST
    assert keys(found[config] for config in SIX[1:]) == {result for result in HERE if result.config != SIX[0]}
    assert len(told) == 1 and "5 runs that are left are trained in this process" in told[0]


def test_without_processes_all_is_trained_here_in_one_sentence(monkeypatch: pytest.MonkeyPatch):
    def start(self: Worker) -> None:
        raise PermissionError("no more processes")

    monkeypatch.setattr(Worker, "start", start)
    told: list[str] = []
    with process_pool(2) as pool:
        assert keys(sweep(SIX, STEPS, pool, tell=told.append)) == HERE
    assert len(told) == 1 and "no more processes" in told[0] and "\n" not in told[0]


# Refusals


@pytest.mark.parametrize(("call", "words"), [
    (lambda: sweep([small()] * (MOST_RUNS + 1), 1), f"more than {MOST_RUNS} runs"),
    (lambda: sweep((small() for _ in iter(int, 1)), 1), f"more than {MOST_RUNS} runs"),
    (lambda: sweep([small(), "rnn"], 1), "run 2 of the sweep is 'rnn'"),  # type: ignore[list-item]
    (lambda: sweep([small()], 0), "steps is 0"),
    (lambda: sweep([small()], True), "steps is True"),
    (lambda: sweep([small()], 1.5), "steps is 1.5"),  # type: ignore[arg-type]
    (lambda: sweep([small()], 1, "pool"), "executor is 'pool'"),  # type: ignore[arg-type]
    (lambda: process_pool(0), "workers is 0"),
    (lambda: process_pool(65), "from 1 to 64"),
], ids=range(9))
def test_what_cannot_be_is_refused_before_anything_is_trained(call: Callable[[], Any], words: str):
    with pytest.raises(ValueError) as caught:
        call()
    assert words in str(caught.value) and "\n" not in str(caught.value)
