"""Worker processes for runs: one BLAS thread each, and nothing of the program that starts them.

A process that multiprocessing spawns runs its parent's main script again, as __mp_main__. Under Streamlit that is the
app, so here the child is not told of it (docs/code.md, "Many runs").
"""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from multiprocessing import parent_process, spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock, Thread
from typing import Any

from rnn_core.analysis.exact import whole_number
from rnn_core.sweep.runs import sentence

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}
MOST_WORKERS = 64
NICER = 10  # by how much a worker gives way to the server, whose slices people watch
PATIENCE = 60.0  # seconds for the first worker to start
MAIN = ("init_main_from_name", "init_main_from_path")  # what would have a child run the main script
STARTING = Lock()  # of what all threads share: the environment, and spawn.get_preparation_data


class Worker(SpawnProcess):
    """A spawned process that does not run its parent's main script, and whose BLAS has one thread."""

    def start(self) -> None:
        with STARTING, environment(ONE_THREAD), without_main(self.name):
            super().start()


class Context(SpawnContext):
    """multiprocessing's spawn context with Workers; it keeps those it made."""

    def __init__(self) -> None:
        super().__init__()
        self.workers: list[Worker] = []

    def Process(self, *args: Any, **kwargs: Any) -> Worker:  # type: ignore[override]
        self.workers.append(Worker(*args, **kwargs))
        return self.workers[-1]

    def kill(self) -> None:
        """End those that were started."""
        for worker in self.workers:
            if worker.pid:
                worker.kill()
                worker.join()


class Pool(Executor):
    """An executor whose workers start at the first submit. Where one died, its pool is lost, and the next submit makes
    another.

    submit raises OSError in one sentence where no process can be started, and RuntimeError after shutdown.
    """

    def __init__(self, workers: int) -> None:
        self._max_workers = workers
        self._lock, self._closed = Lock(), False
        self._context, self._pool = Context(), None  # type: tuple[Context, Executor | None]

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed; make another with process_pool()")
            if self._pool is not None:
                try:
                    return self._pool.submit(fn, *args, **kwargs)
                except BrokenExecutor:
                    self._end()
            self._context, self._pool = started(self._max_workers)
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            self._closed, pool = True, self._pool
        if pool is not None:
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def stop(self) -> None:
        """End the workers now, whatever they are doing; what was submitted fails."""
        with self._lock:
            self._closed = True
            self._end()

    @property
    def pids(self) -> list[int]:
        """The workers that are alive."""
        return [worker.pid for worker in self._context.workers if worker.pid and worker.is_alive()]

    def _end(self) -> None:
        self._context.kill()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)  # waits for its thread, which no worker holds up now
        self._pool = None


def process_pool(workers: int | None = None) -> Pool:
    """A Pool of this many processes, at most 64; None: of as many as there are cores, but for one.

    Use it in a with statement, or call shutdown. Its workers end with this process, however that ends. Raises
    ValueError for what is no such number.
    """
    if workers is None:
        workers = min(MOST_WORKERS, max(1, cores() - 1))
    return Pool(whole_number("workers", workers, 1, MOST_WORKERS))


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def started(workers: int) -> tuple[Context, Executor]:
    """A process pool whose first worker has answered. Raises OSError in one sentence where none does."""
    context = Context()
    try:
        from concurrent.futures import ProcessPoolExecutor  # it is missing where there are no processes

        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=begin)
        pool.submit(os.getpid).result(PATIENCE)
    except Exception as problem:
        context.kill()
        raise OSError(f"no worker process can be started here: {sentence(problem)}") from problem
    return context, pool


def begin() -> None:
    """In a worker: leave Ctrl-C to the parent, give way to it, and end when it has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICER)
    Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


@contextmanager
def environment(wanted: dict[str, str]) -> Iterator[None]:
    """These variables, for what is started meanwhile."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def without_main(process: str) -> Iterator[None]:
    """Tell a process of this name that is started meanwhile nothing of the main script."""
    prepare = spawn.get_preparation_data

    def prepared(name: str) -> dict[str, Any]:
        data = prepare(name)
        return {key: value for key, value in data.items() if key not in MAIN} if name == process else data

    spawn.get_preparation_data = prepared
    try:
        yield
    finally:
        spawn.get_preparation_data = prepare
