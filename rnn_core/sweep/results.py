"""The results of many runs as they finish, here or on an executor."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import islice
from math import inf
from time import perf_counter
from typing import Self
from warnings import warn

from rnn_core.analysis.exact import whole_number
from rnn_core.config import Config
from rnn_core.registry import short
from rnn_core.sweep.runs import Result, in_slices, run, sentence
from rnn_core.words import t

MOST_RUNS = 12 * 12 * 3  # of one sweep: a map of 12 x 12 values with 3 seeds
MOST_STEPS = 10_000_000
AHEAD = 2  # runs submitted for each worker, so that none waits and Stop has little to cancel
WORKERS = 8  # that an executor is taken to have which does not say
LOST = t("its worker process ended before the run did, and the executor takes no more; make another")
LOST_TWICE = t("its worker process ended twice before the run did, as where memory is short; take a smaller H, T or B")


def sweep(
    configs: Iterable[Config],
    steps: int,
    executor: Executor | None = None,
    *,
    tell: Callable[[str], None] = warn,
) -> "Sweep":
    """Train every Config for so many steps -> an iterator of their Results as they finish.

    executor: any of concurrent.futures, as process_pool() makes one; it stays the caller's, to be shared and shut
    down. None: here, one run after the other, each when it is asked for. The same numbers either way.
    Raises ValueError in one sentence for more than MOST_RUNS configs, one that is no Config, or steps that are no
    whole number from 1. Every other error is in its own run's Result, and the others go on. A run whose worker died is
    tried once more, with no other of the sweep beside it, and then given up. Where the executor takes no more,
    tell(sentence) is called once and the runs that are left are trained here.
    """
    steps = whole_number("steps", steps, 1, MOST_STEPS)
    if not isinstance(executor, Executor | None):
        raise ValueError(f"executor is {short(executor)}; it must be one of concurrent.futures, or None")
    return Sweep(checked(configs), steps, executor, tell)


def checked(configs: Iterable[Config]) -> list[Config]:
    """The Configs as a list. Raises ValueError for too many, and for one that is none, naming which."""
    runs = list(islice(configs, MOST_RUNS + 1))
    if len(runs) > MOST_RUNS:
        raise ValueError(f"there are more than {MOST_RUNS} runs, which is the most that one sweep may have")
    for number, config in enumerate(runs, 1):
        if not isinstance(config, Config):
            raise ValueError(f"run {number} of the sweep is {short(config)}; it must be a Config")
    return runs


class Sweep(Iterator[Result]):
    """What sweep returns: iterate, or call ready() again and again between other work.

    total, done: runs in all, and those whose Results were handed out. Closed, left in a with statement or no longer
    referred to, it cancels what waits on the executor; a run that is under way there ends by itself, unheard.
    """

    def __init__(
        self, configs: list[Config], steps: int, executor: Executor | None, tell: Callable[[str], None]
    ) -> None:
        self.total, self.done = len(configs), 0
        self._waiting = deque(configs)
        self._finished: deque[Result] = deque()
        self._here = Here(self._waiting, steps)
        self._there = There(executor, self._waiting, steps, tell) if executor else None

    def ready(self, seconds: float) -> list[Result]:
        """Wait, and train where there is no executor, until a run is done, but not for longer than this -> the Results
        since the last call, none maybe. For a page, between two of its ticks.
        """
        self._work(perf_counter() + seconds)
        result = list(self._finished)
        self._finished.clear()
        self.done += len(result)
        return result

    def __next__(self) -> Result:
        self._work(inf)
        if not self._finished:
            raise StopIteration
        self.done += 1
        return self._finished.popleft()

    @property
    def finished(self) -> bool:
        """Whether every Result was handed out, or the sweep closed."""
        return not (self._finished or self._busy)

    @property
    def _busy(self) -> bool:
        return bool(self._waiting or self._here.busy or self._there)

    def _work(self, until: float) -> None:
        """Until a Result is there or the time has come."""
        while self._busy and not self._finished:
            self._finished.extend(self._there.advance(until) if self._there else self._here.advance(until))
            if self._there and self._there.over:
                self._there = None
            if perf_counter() >= until:
                break

    def close(self) -> None:
        """Drop what is not done."""
        self._waiting.clear()
        self._finished.clear()
        self._here.close()
        if self._there:
            self._there.close()
            self._there = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class Here:
    """Runs in this process, one after the other."""

    def __init__(self, waiting: deque[Config], steps: int) -> None:
        self._waiting, self._steps = waiting, steps
        self._run: Generator[int, None, Result] | None = None

    @property
    def busy(self) -> bool:
        return self._run is not None

    def advance(self, until: float) -> list[Result]:
        """Train until a run is done or the time has come, a slice at least."""
        if self._run is None:
            self._run = in_slices(self._waiting.popleft(), self._steps)
        try:
            next(self._run)
            while perf_counter() < until:
                next(self._run)
        except StopIteration as end:
            self._run = None
            return [end.value]
        return []

    def close(self) -> None:
        self._run = None


class There:
    """Runs on an executor: a few submitted ahead, their Results as they complete."""

    def __init__(
        self, executor: Executor, waiting: deque[Config], steps: int, tell: Callable[[str], None]
    ) -> None:
        self._executor, self._waiting, self._steps, self._tell = executor, waiting, steps, tell
        self._ahead = AHEAD * getattr(executor, "_max_workers", WORKERS)
        self._futures: dict[Future[Result], tuple[Config, bool]] = {}  # and whether it was lost before
        self._lost: deque[Config] = deque()
        self._open = True

    @property
    def over(self) -> bool:
        """Whether nothing more will come from there."""
        return not (self._futures or self._lost or (self._waiting and self._open))

    def advance(self, until: float) -> list[Result]:
        """Submit, and wait until one is done or the time has come."""
        given_up = self._submit()
        patience = None if until == inf else max(0.0, until - perf_counter())
        done = wait(self._futures, 0 if given_up else patience, FIRST_COMPLETED).done
        return given_up + [result for future in done for result in self._result(future)]

    def close(self) -> None:
        for future in self._futures:
            future.cancel()
        self._futures.clear()
        self._lost.clear()
        self._open = False

    def _submit(self) -> list[Result]:
        """Fill up to the look-ahead -> the Results of those that an executor which takes no more has lost."""
        while self._open and (queue := self._next()):
            try:
                future = self._executor.submit(run, queue[0], self._steps)
            except Exception as problem:
                return self._give_up(problem)
            self._futures[future] = queue.popleft(), queue is self._lost
        return []

    def _next(self) -> deque[Config] | None:
        """Whose first run is to be submitted; None: nobody's. One that was lost goes with no other beside it."""
        alone = bool(self._lost) or any(again for _, again in self._futures.values())
        return None if len(self._futures) >= (1 if alone else self._ahead) else self._lost or self._waiting

    def _give_up(self, problem: Exception) -> list[Result]:
        """The executor takes no more: what never went there is trained here, what was lost there is not."""
        self._open = False
        if self._waiting:
            self._tell(t(
                "{problem}; the {count} runs that are left are trained in this process",
                problem=sentence(problem), count=len(self._waiting)
            ))
        lost = [Result(config, error=LOST) for config in self._lost]
        self._lost.clear()
        return lost

    def _result(self, future: Future[Result]) -> list[Result]:
        config, again = self._futures.pop(future)
        try:
            return [future.result()]
        except BrokenExecutor:
            if again or not self._open:
                return [Result(config, error=LOST_TWICE if again else LOST)]
            self._lost.append(config)
            return []
        except Exception as problem:  # its executor's own, or CancelledError
            return [Result(config, error=t("the executor gave the run up: {problem}", problem=sentence(problem)))]
