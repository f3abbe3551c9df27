"""A run that stands on a worker: asked as one that stands here, and made anew where its worker is lost.

Its state comes back with a tick every KEEP seconds, so that no more training than that can be lost with a worker.
"""

from collections.abc import Callable
from functools import partial
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Any, NamedTuple

from rnn_core.words import t
from ui.run.governor import Playing
from ui.run.placed import Placed
from ui.run.records import Order

if TYPE_CHECKING:
    from ui.run.places import Workers

KEEP = 0.9  # seconds, after which a tick brings the state
CHANGES = {"start", "step", "slowly", "take", "set", "rewind", "back_to_best", "load", "count_on", "set_horizon"}
TRAINING = Playing()  # on a worker: what trains there
TRIES = 3  # workers that are lost one after the other: perhaps by this run itself, which then is not made here
UNHELD = t("no worker keeps this run; press the button again, or load the page anew")


class Lost(Exception):
    """The worker that had a run, or whatever led to it, is gone or does not answer."""


class Answer(NamedTuple):
    """What calls gave, or what one raised; how the run then stands, None where there is none; its state, where that was
    asked for; the seconds that it took; and how many runs train on the worker, those of other servers among them.
    """

    values: list[Any]
    error: Exception | None
    status: Any
    kept: bytes | None
    seconds: float
    beside: int


class Host:
    """A run on its worker. kept: the state from which it goes on, if it stood elsewhere before.

    Whatever the run raises is a part of the answer: what else is raised on the way means that the worker is lost.
    """

    def __init__(self, kind: Callable[..., Placed], args: tuple[Any, ...], kept: bytes | None) -> None:
        self.run: Placed | None = None
        self.refused: Exception | None = None
        try:
            run = kind(*args)
            if kept is not None:
                run.resume(kept)
            self.run = run
        except Exception as problem:
            self.refused = problem

    def do(self, calls: list[tuple[Any, ...]], keep: bool) -> Answer:
        """As Placed.do."""
        if self.run is None:
            return Answer([], self.refused, None, None, 0.0, 0)
        values, error, kept, begin = list[Any](), None, None, thread_time()
        try:
            values = self.run.do(*calls)
            kept = self.run.keep() if keep else None
        except Exception as problem:
            error = problem
        order = order_in(calls)
        beside = TRAINING.tick(str(id(self)), monotonic(), order.period) if order else 0
        return Answer(values, error, self.run.status, kept, thread_time() - begin, beside)


class Elsewhere:
    """The run of a kind, made of these arguments, on one of the workers. worker: which, "" where it stands here by now.
    went_on: the step from which it did, where it was made anew, until that is told. playing: what plays on its worker.
    spent: seconds that it took there beside ticks, in all; late: by how many its last tick took longer than ordered.
    beside: how many train on its worker.
    """

    def __init__(self, workers: "Workers", kind: type[Placed], args: tuple[Any, ...]) -> None:
        self._workers, self.kind, self._args = workers, kind, args
        self._kept: bytes | None = None
        self._kept_at = monotonic()
        self.worker, self.spent, self.late, self.beside = "", 0.0, 0.0, 0
        self.went_on: int | None = None
        self._later: list[tuple[Any, ...]] = []
        self._settle()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or not callable(getattr(self.kind, name, None)):
            raise AttributeError(name)
        return partial(self._call, name)

    @property
    def playing(self) -> Playing | None:
        return self._workers.playing(self.worker) if self.worker else None

    def _call(self, name: str, *args: Any) -> Any:
        if name == "still":  # it has no answer, and goes with the next call
            self._later.append((name,))
            return None
        calls = list(args) if name == "do" else [(name, *args)]
        before, self._later = self._later, []
        answers = self._do(before + calls)
        return answers[len(answers) - len(calls) :] if name == "do" else answers[-1]

    def _do(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        """The answers, of another worker where this one is lost."""
        names, order = {call[0] for call in calls}, order_in(calls)
        for _ in range(TRIES):
            keep = bool(names & CHANGES) or (order is not None and monotonic() - self._kept_at > KEEP)
            try:
                answer = self._ask(calls, keep)
            except Lost:
                self._settle()
                self.went_on = self.status.step
                continue
            self._take(answer)
            if order:
                self.late, self.beside = answer.seconds - order.seconds, answer.beside
            else:
                self.spent += answer.seconds
            if keep and not self.worker and self._workers.alive():
                self._settle()
            if answer.error:
                raise answer.error
            return answer.values
        raise OSError(UNHELD)

    def _ask(self, calls: list[tuple[Any, ...]], keep: bool) -> Answer:
        def ask() -> Any:
            return self._host.do(calls, keep)

        tick = order_in(calls) is not None
        return self._workers.answer(ask, self.worker, tick) if self.worker else ask()

    def _settle(self) -> None:
        """Make it, of what was kept last, on the worker that has least to do; where there is none, here. Raises what
        making it raises, and OSError where one worker after the other is lost.
        """
        for _ in range(TRIES):
            self.worker = self._workers.least(self)
            make = self._workers.host if self.worker else here
            try:
                self._host = make(self.worker, self.kind, self._args, self._kept)
                answer = self._ask([], self._kept is None)
            except Lost:
                continue
            if answer.error:
                raise answer.error
            self._take(answer)
            return
        raise OSError(UNHELD)

    def _take(self, answer: Answer) -> None:
        if answer.status:
            self.status = answer.status
        if answer.kept is not None:
            self._kept, self._kept_at = answer.kept, monotonic()


def order_in(calls: list[tuple[Any, ...]]) -> Order | None:
    """The order to train among them, if there is one."""
    return next((call[1] for call in calls if call[0] == "train"), None)


def here(worker: str, kind: type[Placed], args: tuple[Any, ...], kept: bytes | None) -> Host:
    """As Workers.host, in this process."""
    return Host(kind, args, kept)
