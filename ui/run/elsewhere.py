"""A run that stands on a worker: asked as one that stands here, and made anew where its worker is lost.

Its state comes back with a tick every KEEP seconds, so that no more training than that can be lost with a worker.
"""

from collections.abc import Callable
from functools import partial
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Any, NamedTuple

from ui.run.governor import Playing
from ui.run.placed import Placed

if TYPE_CHECKING:
    from ui.run.places import Workers

KEEP = 0.9  # seconds, after which a tick brings the state
TICKS = ("do", "train")
CHANGES = ("start", "step", "slowly", "take", "set", "rewind", "back_to_best", "load", "count_on", "set_horizon")
TRIES = 3  # workers, before a run goes on here


class Lost(Exception):
    """The worker that had a run, or whatever led to it, is gone or does not answer."""


class Answer(NamedTuple):
    """What a call gave, or raised; how the run then stands; its state, where that was asked for; and the seconds that
    it took, beside training where that is counted.
    """

    value: Any
    error: Exception | None
    status: Any
    kept: bytes | None
    seconds: float


class Host:
    """A run on its worker. kept: the state from which it goes on, if it stood elsewhere before."""

    def __init__(self, kind: Callable[..., Placed], args: tuple[Any, ...], kept: bytes | None) -> None:
        self.run = kind(*args)
        if kept is not None:
            self.run.resume(kept)

    def call(self, name: str, args: tuple[Any, ...], keep: bool) -> Answer:
        """run.name(*args)."""
        value, error, begin = None, None, thread_time() - self.run.trained
        try:
            value = getattr(self.run, name)(*args)
        except Exception as problem:  # the run's own: what else is raised on the way means that the worker is lost
            error = problem
        kept = self.run.keep() if keep else None
        return Answer(value, error, self.run.status, kept, thread_time() - self.run.trained - begin)


class Elsewhere:
    """The run of a kind, made of these arguments, on one of the workers. worker: which, "" where it stands here by now.
    went_on: the step from which it did, where it was made anew, until that is told. playing: what plays on its worker.
    spent: seconds that it took there beside training, in all.
    """

    def __init__(self, workers: "Workers", kind: type[Placed], args: tuple[Any, ...]) -> None:
        self._workers, self._kind, self._args = workers, kind, args
        self._kept: bytes | None = None
        self._kept_at = monotonic()
        self.worker, self.spent = "", 0.0
        self.went_on: int | None = None
        self._settle()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or not callable(getattr(self._kind, name, None)):
            raise AttributeError(name)
        return partial(self._call, name)

    @property
    def playing(self) -> Playing | None:
        return self._workers.playing(self.worker) if self.worker else None

    def _call(self, name: str, *args: Any) -> Any:
        for _ in range(TRIES):
            keep = name in CHANGES or (name in TICKS and monotonic() - self._kept_at > KEEP)
            try:
                answer = self._ask(name, args, keep)
            except Lost:
                self._settle()
                self.went_on = self.status.step
                continue
            self._take(answer)
            self.spent += answer.seconds if self._kind.counts or name not in TICKS else 0.0
            if keep and not self.worker and self._workers.alive():
                self._settle()
            if answer.error:
                raise answer.error
            return answer.value
        raise OSError("no worker keeps this run; press the button again, or load the page anew")

    def _ask(self, name: str, args: tuple[Any, ...], keep: bool) -> Answer:
        def ask() -> Any:
            return self._host.call(name, args, keep)

        return self._workers.answer(ask, self.worker) if self.worker else ask()

    def _settle(self) -> None:
        """Make it, of what was kept last, on the worker that has least to do; where there is none, here."""
        for last in (*[False] * TRIES, True):
            self.worker = "" if last else self._workers.least(self)
            make = self._workers.host if self.worker else here
            try:
                self._host = make(self.worker, self._kind, self._args, self._kept)
                self._take(self._ask("do", (), self._kept is None))
            except Lost:
                continue
            return

    def _take(self, answer: Answer) -> None:
        self.status = answer.status
        if answer.kept is not None:
            self._kept, self._kept_at = answer.kept, monotonic()


def here(worker: str, kind: type[Placed], args: tuple[Any, ...], kept: bytes | None) -> Host:
    """As Workers.host, in this process."""
    return Host(kind, args, kept)
