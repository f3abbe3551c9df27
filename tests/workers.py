"""Workers for tests: real ones by dask.distributed, and such in this process that are lost when a test says so."""

import os
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from rnn_core import Config
from tests.lacking import lacking
from ui.run.elsewhere import Answer, Elsewhere, Host, Lost
from ui.run.places import Workers
from ui.run.run import Run

SMALL = Config(hidden_size=4, length=6, batch_size=3)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two of them. Skips where there is no dask.distributed; fails where CI=true."""
    found = made(2)
    yield found
    end(found)


def needs_dask() -> None:
    """Skip where there is no dask.distributed; fail where CI=true."""
    if find_spec("distributed") is None:
        lacking("dask.distributed is not installed: pip install -r requirements-cluster.txt")


def made(count: int) -> Workers:
    """So many of this machine. As needs_dask."""
    needs_dask()
    return Workers(count=count)


def end(found: Workers) -> None:
    """The program ends as it does when the server is gone: when nothing holds its standard input."""
    assert found.program
    found.program.communicate(timeout=30)


def held(found: Workers) -> int:
    """How many runs all workers hold."""
    return sum(found.client.run(lambda dask_worker: len(dask_worker.state.actors)).values())


def pids(found: Workers) -> dict[str, int]:
    """Of every worker's process, by its address."""
    return dict(found.client.run(os.getpid))


def same(one: Any, other: Any) -> bool:
    """Whether two answers are the same plain data, NaN included."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or (one != one and other != other))


def until(so: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.05)


class Fragile:
    """Workers in this process, of which one call after the other may be lost."""

    def __init__(self, *lost: int) -> None:
        self.calls, self.lost, self.made = 0, set(lost), 0

    def least(self, run: Elsewhere) -> str:
        return f"worker {self.made}"

    def alive(self) -> list[str]:
        return []

    def playing(self, worker: str) -> None:
        return None

    def host(self, worker: str, kind: type[Run], args: tuple[Any, ...], kept: bytes | None) -> "Fragile":
        self.made, self.inside = self.made + 1, Host(kind, args, kept)
        return self

    def do(self, *asked: Any) -> Answer:
        return self.inside.do(*asked)

    def answer(self, ask: Callable[[], Answer], worker: str, tick: bool) -> Answer:
        self.calls += 1
        if self.calls in self.lost:
            raise Lost(worker)
        return ask()
