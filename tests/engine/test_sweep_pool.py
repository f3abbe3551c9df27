"""Processes of a sweep: the same results, none left behind, and never the main script."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, CancelledError
from pathlib import Path

import pytest

from rnn_core.sweep import Pool, process_pool, sweep
from rnn_core.sweep.pool import NICER
from tests.engine.sweeping import HERE, ROOT, SIX, STEPS, ByHand, alive, keys, never, within


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


@pytest.mark.skipif(not hasattr(os, "nice"), reason="this platform has no os.nice")
def test_workers_give_way_to_the_process_that_shows():
    with process_pool(1) as pool:
        theirs = pool.submit(os.nice, 0).result(60)
        assert theirs == min(19, os.nice(0) + NICER) and theirs > os.nice(0)


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
