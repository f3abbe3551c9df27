"""A sweep on a Dask cluster: two workers as real processes, one that is killed, a scheduler that is not there."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from rnn_core.sweep import sweep
from rnn_core.sweep.cluster import SCHEDULER, cluster, named_cluster
from tests.browser.harness import free_port
from tests.engine.sweeping import HERE, ROOT, SIX, STEPS, keys, never
from tests.workers import needs_dask

PROGRAM = [sys.executable, "-m", "rnn_core.workers", "2"]


@pytest.fixture(scope="module")
def two_workers() -> Iterator[tuple[str, list[int]]]:
    """The scheduler's address and the workers' pids. Skips where there is no dask.distributed; fails where CI=true."""
    needs_dask()
    process = subprocess.Popen(PROGRAM, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        address, *pids = process.stdout.readline().split()
        yield address, list(map(int, pids))
    finally:
        process.communicate(timeout=30)


def test_the_workers_of_a_cluster_train_the_same_and_a_killed_one_costs_nothing(
    two_workers: tuple[str, list[int]], monkeypatch: pytest.MonkeyPatch
):
    address, pids = two_workers
    monkeypatch.setenv(SCHEDULER, address)
    executor = named_cluster(never)
    assert executor is not None
    there = {executor.submit(os.getpid).result(30) for _ in range(2)}
    assert there <= set(pids) and os.getpid() not in there
    assert keys(sweep(SIX, STEPS, executor, tell=never)) == HERE
    results = sweep(SIX, 300, executor, tell=never)
    first = next(results)
    os.kill(pids[0], signal.SIGKILL)
    assert keys([first, *results]) == keys(sweep(SIX, 300))


def test_a_scheduler_that_is_not_there_is_one_sentence_and_it_runs_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rnn_core.sweep.cluster.PATIENCE", 0.5)
    monkeypatch.setenv(SCHEDULER, f"tcp://127.0.0.1:{free_port()}")
    told: list[str] = []
    assert named_cluster(told.append) is None
    assert len(told) == 1 and told[0].endswith("the runs are trained on this machine") and "\n" not in told[0]
    missing = find_spec("distributed") is None
    assert ("is not installed" if missing else "no Dask scheduler answers at 'tcp://127.0.0.1:") in told[0]


def test_where_no_scheduler_is_named_dask_is_not_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(SCHEDULER, raising=False)
    assert named_cluster(never) is None


def test_without_dask_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(OSError, match=r"pip install -r requirements-cluster\.txt"):
        cluster("tcp://127.0.0.1:1")
    assert (Path(ROOT) / "requirements-cluster.txt").exists()
