"""Sweeps: the same results wherever they are trained, as they finish, whatever fails, and nothing left behind."""

import contextlib
import dataclasses
import gc
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from rnn_core import Config, Trainer
from rnn_core.presets import PRESETS
from rnn_core.sweep import MOST_RUNS, Pool, Result, grid, process_pool, run, runs, sweep
from rnn_core.sweep import __main__ as command
from rnn_core.sweep.pool import Worker
from rnn_core.sweep.results import AHEAD, LOST, LOST_TWICE
from rnn_core.sweep.runs import EVERY, SLICE
from rnn_core.sweep.table import done
from tests.engine.small import small

ROOT = Path(__file__).resolve().parents[2]
STEPS = 30
SIX = grid(small(), {"cell": ["rnn", "lstm"], "seed": [1, 2, 3]})
EXPLODES = Config(cell="rnn-relu", learning_rate=10.0, clip="none")


def key(result: Result) -> Result:
    """A result but for the time that it took."""
    return dataclasses.replace(result, seconds=0.0)


def keys(results: Any) -> set[Result]:
    return set(map(key, results))


HERE = keys(sweep(SIX, STEPS))


def within(seconds: float, holds: Callable[[], Any]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def trained(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """The configs that are trained here from now on, as they begin."""
    made: list[Config] = []

    def make(config: Config) -> Trainer:
        made.append(config)
        return Trainer(config)

    monkeypatch.setattr(runs, "Trainer", make)
    return made


class ByHand(Executor):
    """An executor whose tasks are done when the test says so."""

    def __init__(self, workers: int = 2) -> None:
        self._max_workers, self.tasks = workers, []  # type: ignore[var-annotated]

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.tasks.append((future, lambda: fn(*args, **kwargs), args[0]))
        return future

    def finish(self, k: int) -> Config:
        future, task, config = self.tasks[k]
        future.set_result(task())
        return config


class Breaking(Executor):
    """An executor that does a task at once, but breaks, with all that wait on it, at those that are bad."""

    def __init__(self, bad: Callable[[Config, int], bool], lasts: bool = True) -> None:
        self.bad, self.lasts, self.tried, self.broken = bad, lasts, [], False  # type: ignore[var-annotated]
        self._max_workers = 2

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.broken and not self.lasts:
            raise BrokenProcessPool("a child process terminated abruptly")
        future: Future[Any] = Future()
        self.tried.append(args[0])
        if self.bad(args[0], self.tried.count(args[0])):
            self.broken = True
            future.set_exception(BrokenProcessPool("a child process terminated abruptly"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def never(text: str) -> None:
    raise AssertionError(text)


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


# Processes


def test_processes_train_the_same_and_a_killed_worker_costs_nothing():
    with process_pool(2) as pool:
        assert keys(sweep(SIX, STEPS, pool, tell=never)) == HERE
        pids = pool.pids
        assert len(pids) == 2
        results = sweep(SIX, 300, pool, tell=never)
        first = next(results)
        os.kill(pids[0], signal.SIGKILL)
        assert keys([first, *results]) == keys(sweep(SIX, 300))
        assert pool.pids and not set(pids) & set(pool.pids)
        pids += pool.pids
    assert within(5, lambda: not any(map(alive, pids)))


def held(pool: Pool) -> list[int]:
    """The workers of a pool that trains."""
    results = sweep(SIX, STEPS, pool)
    next(results)
    return pool.pids


@pytest.mark.parametrize("how", ["exception", "stop", "garbage"])
def test_no_worker_is_left(how: str):
    pids: list[int] = []
    if how == "exception":
        with contextlib.suppress(KeyError), process_pool(1) as pool:
            pids = held(pool)
            raise KeyError
    elif how == "stop":
        pool = process_pool(1)
        pids = held(pool)
        forever = pool.submit(time.sleep, 1000)
        pool.stop()
        with pytest.raises((CancelledError, BrokenExecutor)):
            forever.result(5)
        with pytest.raises(RuntimeError):
            pool.submit(os.getpid)
    else:
        pool = process_pool(1)
        pids = held(pool)
        del pool
        gc.collect()
    assert pids and within(5, lambda: not any(map(alive, pids)))


@pytest.mark.parametrize("how", ["close", "with", "garbage"])
def test_what_waits_is_cancelled(how: str):
    pool = ByHand()
    results = sweep(SIX, STEPS, pool)
    results.ready(0)
    if how == "close":
        results.close()
        assert list(results) == [] and results.finished
    elif how == "with":
        with contextlib.suppress(KeyError), results:
            raise KeyError
    else:
        del results
        gc.collect()
    assert [future.cancelled() for future, _, _ in pool.tasks] == [True] * 4


APP = """
import os, sys, threading, time
open({log!r}, "a").write(__name__ + "\\n")
from rnn_core import Config
from rnn_core.sweep import grid, process_pool, sweep
pool = process_pool(2)
done = list(sweep(grid(Config(), {{"seed": [1, 2, 3, 4]}}), 10, pool))
threads = pool.submit(os.getenv, "OPENBLAS_NUM_THREADS").result()
pool.submit(time.sleep, 1000)
print(len(done), [r.error for r in done if r.error], threads, os.getenv("OPENBLAS_NUM_THREADS"), *pool.pids, flush=True)
time.sleep(1000)
"""


@pytest.mark.parametrize("start", [["app.py"], ["-m", "app"]], ids=["script", "module"])
def test_a_child_never_runs_the_main_script_and_ends_with_its_parent(tmp_path: Path, start: list[str]):
    log = tmp_path / "log"
    (tmp_path / "app.py").write_text(APP.format(log=str(log)))
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    process = subprocess.Popen([sys.executable, *start], cwd=tmp_path, stdout=subprocess.PIPE, text=True,
                               env=environment | {"PYTHONPATH": str(ROOT)})
    assert process.stdout
    count, errors, threads, own, *pids = process.stdout.readline().split()
    process.kill()
    process.communicate()
    assert (count, errors, threads, own) == ("4", "[]", "1", "None")
    assert log.read_text().split() == ["__main__"]
    assert len(pids) == 2 and within(5, lambda: not any(alive(int(pid)) for pid in pids))


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


# The command


LINE = ["task=latch", "cell=rnn,lstm", "--seeds", "2", "--steps", "3", "--workers", "0"]


def test_a_table_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    made, path = trained(monkeypatch), tmp_path / "t.csv"
    assert command.main([*LINE, "--csv", str(path)]) == 0
    whole = path.read_text()
    assert len(set(made)) == 4 and len(whole.splitlines()) == 5
    made.clear()
    assert command.main([*LINE, "--csv", str(path)]) == 0
    assert made == [] and path.read_text() == whole
    assert "4 of 4 runs are in" in capsys.readouterr().err
    path.write_text(whole[:-4])  # cut off while it was written
    assert command.main([*LINE, "--csv", str(path)]) == 0
    assert len(made) == 1 and len(path.read_text().splitlines()) == 5
    made.clear()
    assert command.main([*LINE[:1], "cell=gru", *LINE[2:], "--csv", str(path)]) == 0
    assert len(made) == 2 and len(path.read_text().splitlines()) == 7
    assert list(tmp_path.iterdir()) == [path]


def test_ctrl_c_leaves_a_table_to_go_on_with(tmp_path: Path):
    path = tmp_path / "t.csv"
    heeding = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    heeding += "from rnn_core.sweep.__main__ import main; sys.exit(main(sys.argv[1:]))"
    line = [sys.executable, "-c", heeding, "hidden_size=64", "--seeds", "100", "--csv", str(path)]
    process = subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert within(20, lambda: path.exists() and path.read_text().count("\n") > 2)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=10)[1]
    assert (process.returncode, told) == (130, "stopped; the same line goes on where it ended\n")
    assert 2 <= len(done(path)) < 100


def test_a_run_with_an_error_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "t.csv"
    monkeypatch.setattr(runs, "Trainer", lambda config: 1 / 0)
    command.main([*LINE, "--csv", str(path)])
    assert path.read_text().count("division by zero") == 4
    monkeypatch.undo()
    command.main([*LINE, "--csv", str(path)])
    assert path.read_text().count("\n") == 5 and "division" not in path.read_text()


def test_a_row_says_all_that_decided_the_run(capsys: pytest.CaptureFixture[str]):
    assert command.main(LINE) == 0
    header, first, *_ = (line.split(",") for line in capsys.readouterr().out.splitlines())
    row = dict(zip(header, first, strict=True))
    result = run(command.configs(LINE[:2], 2)[0], 3)
    assert row["cell"] == "rnn" and row["steps"] == "3" and row["seed"] == "1"
    assert float(row["loss"]) == result.loss and float(row["gradient_ratio"]) == result.gradient_ratio


def test_what_is_not_named_is_the_task_s_default():
    found = command.configs(["task=addition", "cell=rnn,lstm"], 2)
    assert [(c.cell, c.seed) for c in found] == [("rnn", 1), ("rnn", 2), ("lstm", 1), ("lstm", 2)]
    assert {(c.length, c.hidden_size, c.batch_size) for c in found} == {(9, 64, 64)}


@pytest.mark.parametrize(("line", "words"), [
    (["foo=1"], "'foo' is no setting"),
    (["rnn"], "'rnn' is no setting; write name=value"),
    (["cell=rnn,lstn"], "cell is 'lstn'"),
    (["cell=rnn", "cell=gru"], "cell is given twice"),
    (["cell=rnn,rnn"], "cell has the value 'rnn' twice"),
    (["k=1,2", "cell=rnn,gru", "clip=none,norm"], "at most 2 may differ"),
    (["k=3,30"], "k = 30: "),
    (["seed=1,2", "--seeds", "2"], "seed and --seeds"),
    (["--seeds", "0"], "--seeds is 0"),
    (["--steps", "0"], "steps is 0"),
    (["--steps", "x"], "invalid int value: 'x'"),
    (["--workers", "1000"], "workers is 1000"),
    (["--frobnicate"], "--frobnicate"),
    (["k=" + ",".join(map(str, range(1, 11))), "--seeds", "100"], f"a sweep may have {MOST_RUNS}"),
    (["--csv", str(ROOT / "pyproject.toml")], "no table of a sweep"),
    (["--csv", str(ROOT)], "Is a directory"),
    (["--csv", str(ROOT / "none" / "t.csv"), "--workers", "0"], "cannot be written"),
], ids=lambda value: value[0][:20] if isinstance(value, list) else "")
def test_the_command_refuses_in_one_sentence(line: list[str], words: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        command.main(line)
    out, err = capsys.readouterr()
    assert caught.value.code == 2 and out == ""
    assert words in err and len(err.splitlines()) == 1, err


def test_the_command_says_what_makes_no_difference(capsys: pytest.CaptureFixture[str]):
    command.main(["task=latch", "cell=rnn,lstm", "forget_bias=1,3", "--steps", "1", "--workers", "0"])
    assert capsys.readouterr().err.splitlines() == ["forget_bias makes no difference where cell rnn has no forget gate"]


# Presets


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_race_that_can_be_run(name: str):
    preset = PRESETS[name]
    assert preset.name == name and preset.sentence.endswith(".") and 2 <= len(preset.values) <= 6
    assert preset.expected and set(preset.expected) <= set(preset.values)
    contestants = preset.contestants(seed=7)
    assert [getattr(config, preset.field) for config in contestants.values()] == list(preset.values)
    assert {config.seed for config in contestants.values()} == {7}
    apart = {field for config in contestants.values() for field in Config.fields()
             if getattr(config, field) != getattr(preset.base, field)}
    assert apart <= {preset.field, "seed"} | ({"hidden_size"} if preset.equal_parameters else set())
    low, high = preset.expected[next(iter(preset.expected))]
    inside = Result(preset.base, loss=(low + min(high, 1e9)) / 2, metric=(low + min(high, 1e9)) / 2)
    assert preset.holds(next(iter(preset.expected)), inside)
    assert not preset.holds(next(iter(preset.expected)), dataclasses.replace(inside, error="x"))
    assert not preset.holds(next(iter(preset.expected)), dataclasses.replace(inside, loss=-9.0, metric=-9.0))
