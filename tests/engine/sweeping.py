"""What tests of sweeps share: six small runs, their results, and executors that do as a test says."""

import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from rnn_core import Config, Trainer
from rnn_core.sweep import Result, grid, runs, sweep
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
