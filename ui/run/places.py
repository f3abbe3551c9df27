"""Where runs stand: in the server's process, on workers of this machine, or on those of a cluster.

UNROLLED_WORKERS=3 (or auto: a worker for every core but one) starts workers with dask.distributed, UNROLLED_SCHEDULER
names a scheduler that has some. Where neither is set, or they cannot be had, runs stand here, and one line of the log
says why.
"""

import logging
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from heapq import heappop, heappush
from itertools import count
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakSet

from rnn_core.sweep.cluster import SCHEDULER, connect
from rnn_core.words import t
from ui import STATIC
from ui.run.elsewhere import Elsewhere, Host, Lost
from ui.run.governor import Playing
from ui.run.placed import Placed

WORKERS = "UNROLLED_WORKERS"
LOOK = 1.0  # seconds that an answer may take before the worker is looked at
SILENT = 3.0  # seconds without a heartbeat, after which a worker is lost
SHUNNED = 20.0  # seconds that one which was lost is not asked, if it is there again
AT_ONCE = 2  # calls that a worker may have at a time: while it answers one, the next is on its way
ANEW = 3.0  # seconds that a lost worker may take to be there again, before its runs go on here
ROOT = STATIC.parent
Kind = TypeVar("Kind", bound=Placed)

log = logging.getLogger("unrolled")
_choosing = Lock()


class Place(Protocol):
    """Makes runs of a kind."""

    def make(self, kind: type[Kind], *args: Any) -> Kind: ...


class Here:
    """The server's own process."""

    def make(self, kind: type[Kind], *args: Any) -> Kind:
        """The run itself."""
        return kind(*args)


class Workers:
    """Those of a scheduler at this address; or so many of this machine, which a program of ours starts.

    Raises OSError in one sentence where they cannot be had.
    """

    def __init__(self, address: str = "", count: int = 0) -> None:
        self.address, self.count = address, count
        self.program: subprocess.Popen[str] | None = None
        self._playing: dict[str, Playing] = {}
        self._heard: dict[str, tuple[float, float]] = {}  # of each worker: the scheduler's word, and since when here
        self._runs: WeakSet[Elsewhere] = WeakSet()
        self._turns: dict[str, Turns] = {}
        self._lost: dict[str, float] = {}  # workers, and until when they are not asked
        self._lock = Lock()
        self._connect()

    def _connect(self) -> None:
        if self.count:
            self.program = started(self.count)
            assert self.program.stdout
            self.address = self.program.stdout.readline().partition(" ")[0]
            if not self.address:
                raise OSError(t("the workers did not start: pip install -r requirements-cluster.txt"))
        self.client = connect(self.address, direct=bool(self.count))
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is told to who lost it

    def _connect_again(self) -> None:
        """Where our program has ended, start it anew."""
        with self._lock:
            if self.program and self.program.poll() is not None:
                with suppress(Exception):
                    self.client.close(timeout=LOOK)
                self._connect()

    def make(self, kind: type[Kind], *args: Any) -> Kind:
        """A run on the worker that has least to do."""
        return cast(Kind, Elsewhere(self, kind, args))

    def least(self, run: Elsewhere) -> str:
        """The address of the worker on which the fewest runs of its kind stand, for this one; "" where none answers.
        A visit has runs of several kinds, of which one plays.
        """
        end = monotonic() + ANEW
        while not (alive := self.alive()) and monotonic() < end:
            sleep(0.1)  # one that was lost is started anew
        with self._lock:
            self._runs.add(run)
            there = Counter(run.worker for run in self._runs)
            alike = Counter(each.worker for each in self._runs if each.kind is run.kind)
            return min(alive, key=lambda worker: (alike[worker], there[worker]), default="")

    def playing(self, worker: str) -> Playing:
        """What plays there."""
        return self._playing.setdefault(worker, Playing())

    def alive(self) -> list[str]:
        """The workers that the scheduler has heard of lately."""
        try:
            self._connect_again()
            result = self.client.sync(self.client.scheduler.identity, callback_timeout=2 * LOOK)["workers"]
        except Exception:  # the scheduler is gone, or hangs
            return []
        now, heard = monotonic(), {}
        for worker, about in result.items():
            word, since = self._heard.get(worker, (None, now))
            heard[worker] = about["last_seen"], since if word == about["last_seen"] else now
        self._heard = heard
        return [each for each, (_, since) in heard.items() if now - since < SILENT and not self._is_lost(each)]

    def _is_lost(self, worker: str) -> bool:
        return monotonic() < self._lost.get(worker, 0.0)

    def host(self, worker: str, kind: type[Placed], args: tuple[Any, ...], kept: bytes | None) -> Any:
        """Make a run there. Raises Lost."""
        where = {"workers": [worker], "allow_other_workers": False, "actor": True, "pure": False}
        try:
            future = self.client.submit(Host, kind, args, kept, **where)
        except Exception as problem:
            raise Lost(worker) from problem
        actor = self.answer(lambda: future, worker)
        with self.client.as_current():
            actor._try_bind_worker_client()  # from here on it is held by `actor`, and not only by `future`
        return actor

    def answer(self, ask: Callable[[], Any], worker: str, tick: bool = False) -> Any:
        """What comes of a future, as long as its worker lives. tick: it can wait for who presses. Raises Lost."""
        with self._turns.setdefault(worker, Turns()).turn(later=tick):
            try:
                if self._is_lost(worker):
                    raise Lost(worker)
                future = ask()
                while True:
                    with suppress(TimeoutError):
                        return future.result(timeout=LOOK)
                    if worker not in self.alive():
                        raise Lost(worker)
            except Exception as problem:
                self._lost[worker] = monotonic() + SHUNNED
                raise Lost(worker) from problem


class Turns:
    """Who may ask a worker: AT_ONCE, so that it never waits; then who presses before any tick, each in their order."""

    def __init__(self) -> None:
        self._asking, self._lock = 0, Lock()
        self._waiting: list[tuple[bool, int, Event]] = []
        self._numbers = count()

    @contextmanager
    def turn(self, later: bool) -> Iterator[None]:
        with self._lock:
            mine = None
            if self._asking < AT_ONCE:
                self._asking += 1
            else:
                mine = Event()
                heappush(self._waiting, (later, next(self._numbers), mine))
        if mine:
            mine.wait()
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    heappop(self._waiting)[2].set()
                else:
                    self._asking -= 1


def started(workers: int) -> "subprocess.Popen[str]":
    """The program with so many workers; it ends with this process."""
    program = [sys.executable, "-m", "rnn_core.workers", str(workers)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(program, cwd=ROOT, start_new_session=True, **pipes)  # type: ignore[call-overload]


def place() -> Place:
    """Where the environment says. The same for as long as the process lives."""
    with _choosing:
        return chosen()


@cache
def chosen() -> Place:
    address, workers = os.environ.get(SCHEDULER, ""), os.environ.get(WORKERS, "")
    try:
        if address:
            return Workers(address)
        if workers:
            return Workers(count=whole(workers))
    except (OSError, ValueError) as problem:
        log.warning("%s; runs are trained in this process", problem)
    return Here()


def whole(text: str) -> int:
    """How many workers. Raises ValueError in one sentence for what is no number of them."""
    if text == "auto":
        return max(1, (os.cpu_count() or 2) - 1)
    if text.isdecimal() and 1 <= int(text) <= 1000:
        return int(text)
    raise ValueError(t(
        "{WORKERS} is {text}; it must be auto, or a number of workers from 1", WORKERS=WORKERS, text=f"{text[:20]!r}"
    ))
