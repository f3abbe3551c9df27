"""The run of a race: all that needs its Trainers, behind a small door, so that it may stand here or on a worker.

The contestants take turns until all have taken the same number of steps, a lap; only then is anything shown of them. So
whatever stands beside one another is of the same training step, and the numbers do not depend on the clock: at preset
steps (`next_look`) every network is asked about the held-out sequences, as a sweep asks its own.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from math import inf
from time import perf_counter, thread_time
from typing import Any, NamedTuple

import numpy as np

from rnn_core import TASKS, Config, Snapshot, Trainer
from rnn_core.analysis.reach import gradient_reach
from rnn_core.history import History
from rnn_core.snapshot import Divergence
from rnn_core.sweep.runs import EVERY
from rnn_core.tasks import Baseline, Task
from ui.board.film import pack
from ui.run.governor import turn
from ui.run.placed import Placed
from ui.run.records import Order
from ui.run.run import Answer, saved
from ui.run.together import longest

ROWS = 100 * (EVERY // 2)  # of a history that is kept: its last hundredth has all steps since the last look


class Status(NamedTuple):
    """How a race stands. film counts films, restarts starts. charted: the film of which the gradients are. over:
    whether all have diverged.
    """

    step: int
    film: int
    restarts: int
    charted: int
    over: bool


class Request(NamedTuple):
    """What is known of a race already, that started so often: so many looks, the last of them at this step; and how its
    boards play.
    """

    restarts: int
    looks: int
    last: int
    playing: bool
    period: float


class Lane(NamedTuple):
    """One contestant with n seeds, as plain data. parameters: so many numbers are trained; lags: so far back a network
    can hear at most. steps: where each run is.

    losses, scores (looks,n): of the held-out sequences, and training (looks,n): the mean training loss, at every look;
    NaN from the look on at which a run had diverged. beats: of each run, the first look at a multiple of EVERY at which
    it beat the baseline. reach: of each, at which step it was asked how many steps back it hears, and the answer.

    gradients (n,T): ‖∂L/∂h_t‖ of every run's last training batch, before clipping. diverged: what first was not
    finite, of the runs that diverged. clipped: the share of steps whose gradient was, up to the last look; of runs that
    diverged, until then. seconds: of training, of all runs. film: for the board, of the first run.
    """

    name: str
    config: Config
    parameters: int
    lags: int
    baseline: Baseline
    steps: tuple[int, ...]
    losses: np.ndarray
    scores: np.ndarray
    training: np.ndarray
    beats: tuple[int | None, ...]
    reach: tuple[tuple[int, int | None], ...]
    gradients: np.ndarray
    diverged: tuple[Divergence, ...]
    clipped: float
    seconds: float
    film: bytes

    @property
    def task(self) -> Task:
        """What is learned."""
        return TASKS[self.config.task]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Of each run."""
        return tuple(range(self.config.seed, self.config.seed + len(self.steps)))

    @property
    def taken(self) -> int:
        """Training steps of all its runs."""
        return sum(self.steps)

    def after(self, known: "Lane", looks: int) -> "Lane":
        """This news together with the first so many looks that are known."""
        rows = ("losses", "scores", "training")
        return self._replace(**{n: np.concatenate([getattr(known, n)[:looks], getattr(self, n)]) for n in rows})


class Report(NamedTuple):
    """How a race stands. first: so many looks, of those that are known, stay as they are; looks: the steps of those
    that follow. trained: seconds of it, in this call.
    """

    first: int
    looks: list[int]
    lanes: list[Lane]
    trained: float = 0.0


def next_look(step: int) -> int:
    """The first step after this one at which the held-out sequences are asked: 1 … 10, 20 … 500, 525, 550 …"""
    every = 1 if step < 10 else 10 if step < 500 else EVERY // 2
    return (step // every + 1) * every


class Contestant:
    """The runs of a Config with n seeds, at the same step. frames: of the first one's film, oldest first. The rest as
    in Lane, a row of losses, scores and training for each look.
    """

    def __init__(self, name: str, config: Config, seeds: int) -> None:
        self.name, self.config = name, config
        self.trainers = [Trainer(replace(config, seed=config.seed + k)) for k in range(seeds)]
        self._show_the_longest()
        self.losses: list[np.ndarray] = []
        self.scores: list[np.ndarray] = []
        self.training: list[np.ndarray] = []
        self.beats: list[int | None] = [None] * seeds
        self.reach: list[tuple[int, int | None]] = [(-1, None)] * seeds
        self.frames: list[Snapshot] = []
        self.gradients = np.empty((seeds, 0))
        self._measured: tuple[int, ...] = ()  # at which steps the gradients were
        self.seconds, self._clipped, self._counted, self._before = 0.0, 0, 0, 0
        self.baseline = self.trainers[0].task.baseline(config)

    @property
    def steps(self) -> tuple[int, ...]:
        """Where each run is."""
        return tuple(t.step for t in self.trainers)

    def _show_the_longest(self) -> None:
        first = self.trainers[0]
        first.shown = longest(first)

    def train(self, trainer: Trainer, steps: int) -> float:
        """One of its runs, for so many steps -> the seconds that it took."""
        before = thread_time()
        trainer._advance(steps)
        spent = thread_time() - before
        self.seconds += spent
        return spent

    def look(self, step: int) -> None:
        """Ask all of its runs about the held-out sequences."""
        nothing = (np.nan, np.nan)
        losses, scores = zip(*(nothing if t.diverged else t.evaluate() for t in self.trainers), strict=True)
        since, self._before = step - self._before, step
        fine = [since > 0 and not t.diverged for t in self.trainers]
        rows = [t.history.last("loss", since if ok else 1) for t, ok in zip(self.trainers, fine, strict=True)]
        self.losses.append(np.array(losses))
        self.scores.append(np.array(scores))
        self.training.append(np.array([row.mean() if ok else np.nan for row, ok in zip(rows, fine, strict=True)]))
        going = [t for t, ok in zip(self.trainers, fine, strict=True) if ok]
        self._counted += since * len(going)
        self._clipped += sum(int((t.history.last("clip_ratio", since) < 1).sum()) for t in going)
        for k, loss in enumerate(losses):
            if step % EVERY == 0 and step and self.beats[k] is None and loss < self.baseline.loss:
                self.beats[k] = step

    def picture(self) -> None:
        """Another picture for the board, of its first run."""
        self.frames.append(self.trainers[0].snapshot())

    def gradient(self) -> None:
        """‖∂L/∂h_t‖ of every run's last training batch, (n,T), before clipping; as it is, where none has trained since:
        a run that was kept has no last batch.
        """
        if self._measured != self.steps:
            others = [t.snapshot() for t in self.trainers[1:]]
            self.gradients = np.array([s.dh_norm for s in (self.frames[-1], *others)])
            self._measured = self.steps

    def listen(self, k: int) -> None:
        """Ask its run k how far back it hears."""
        try:
            with np.errstate(all="ignore"):
                result = gradient_reach(self.trainers[k])
        except ValueError:  # numbers that are not finite
            result = None
        self.reach[k] = self.trainers[k].step, result

    def lane(self, first: int, film: int, restarts: int, request: Request) -> Lane:
        """How it stands, with the looks from this one on. Its film is without the curves that no miniature shows."""
        one, n = self.trainers[0], len(self.trainers)
        playing = request.playing and not one.diverged
        content = {"film": film, "run": restarts, "playing": playing, "period": request.period}
        return Lane(
            name=self.name,
            config=self.config,
            parameters=one.theta.size,
            lags=one.held_out.mask.shape[0] - 1,
            baseline=self.baseline,
            steps=self.steps,
            losses=np.array(self.losses[first:]).reshape(-1, n),
            scores=np.array(self.scores[first:]).reshape(-1, n),
            training=np.array(self.training[first:]).reshape(-1, n),
            beats=tuple(self.beats),
            reach=tuple(self.reach),
            gradients=self.gradients,
            diverged=tuple(t.diverged for t in self.trainers if t.diverged),
            clipped=self._clipped / max(1, self._counted),
            seconds=self.seconds,
            film=pack(self.config, self.frames, History(), **content),  # type: ignore[arg-type]
        )

    def saved(self) -> dict[str, Any]:
        """All of it as plain data, of its film the last picture."""
        return vars(self) | {"trainers": [saved(t, ROWS) for t in self.trainers], "frames": self.frames[-1:]}

    @classmethod
    def loaded(cls, result: dict[str, Any]) -> "Contestant":
        """The contestant that was saved."""
        each = cls.__new__(cls)
        vars(each).update(result, trainers=[Trainer.load(BytesIO(state)) for state in result["trainers"]])
        each._show_the_longest()
        return each


class RaceRun(Placed):
    """Contestants, each a Config by its name, with its seed and the next ones. looks: the steps that were looked at.

    trained: seconds, in all. A lap goes on until `_next`; where a tick leaves it in the middle, some have taken its
    steps and others not. At the goal of the last tick is a look, too.
    """

    def __init__(self, contestants: dict[str, Config], seeds: int) -> None:
        self.films = self.restarts = self.charted = 0
        self.trained = 0.0
        self.start(contestants, seeds)

    @property
    def status(self) -> Status:
        over = all(t.diverged for _, t in self._runs())
        return Status(self.step, self.films, self.restarts, self.charted, over)

    # What trains.

    def start(self, contestants: dict[str, Config], seeds: int) -> None:
        """Race these, from the start. Raises ValueError as Trainer does, and is then as before."""
        self.lanes = [Contestant(name, config, seeds) for name, config in contestants.items()]
        self.restarts += 1
        self.step, self.looks = 0, [0]
        self._next, self._goal, self._step_costs = 0, 0, 0.0
        for lane in self.lanes:
            lane.look(0)
        self.show()

    def train(self, order: Order, charts: bool, listens: bool, request: Request) -> Report:
        """For a slice, all to the same step; it waits for its turn among all that train in this process. charts:
        whether the gradients come with it; listens: whether one is asked how far back it hears.
        """
        before = self.trained
        with turn(patience=order.period / 2):
            self._train(order, charts)
        if listens:
            self.listen(0.0)
        return self.report(request)._replace(trained=self.trained - before)

    def still(self) -> None:
        """Let all come to where the lap ends, and show how they stand there."""
        if self._next > self.step:
            self._lap_done(inf)
            self._arrive()
        self.show()

    def listen(self, seconds: float) -> None:
        """Ask those runs that have trained since how far back they hear, for so long, or one of them: the one first
        whose answer is the oldest.
        """
        end = perf_counter() + seconds
        ages = [(at, lane, k) for lane in self.lanes for k, (at, _) in enumerate(lane.reach)]
        for at, lane, k in sorted(ages, key=lambda age: age[0]):
            if at != lane.trainers[k].step:
                lane.listen(k)
                if perf_counter() >= end:
                    return

    def keep(self) -> bytes:
        rest = {name: value for name, value in vars(self).items() if name not in ("lanes", "trained")}
        return pickle.dumps((rest, [lane.saved() for lane in self.lanes]))

    def resume(self, kept: bytes) -> None:
        rest, lanes = pickle.loads(kept)
        self.lanes = [Contestant.loaded(result) for result in lanes]
        vars(self).update(rest)
        self.films += 1
        self.restarts += 1  # the boards may have shown later films

    # What is seen.

    def report(self, request: Request) -> Report:
        """How it stands, without the looks that are known already."""
        known = (request.restarts, request.last) == (self.restarts, *self.looks[request.looks - 1 : request.looks])
        first = request.looks if known else 0
        lanes = [lane.lane(first, self.films, self.restarts, request) for lane in self.lanes]
        return Report(first, self.looks[first:], lanes)

    def ask(self, name: str, question: Callable[..., Answer], *args: Any) -> Answer:
        """As Run.ask, of the contestant's run with the first seed."""
        (lane,) = [lane for lane in self.lanes if lane.name == name]
        with np.errstate(all="ignore"):
            return question(lane.trainers[0], *args)

    def show(self, frames: int = 1, charts: bool = True) -> None:
        """Something new to be seen: the last so many pictures of every board, and the gradients."""
        self.films += 1
        for lane in self.lanes:
            if not lane.frames:
                lane.picture()
            lane.frames = lane.frames[-frames:]
        if charts:
            self.charted = self.films
            for lane in self.lanes:
                lane.gradient()

    def _runs(self) -> Iterator[tuple[Contestant, Trainer]]:
        return ((lane, trainer) for lane in self.lanes for trainer in lane.trainers)

    def _train(self, order: Order, charts: bool) -> None:
        """Laps as long as they fit into the slice. The first one of a tick may be left in the middle and goes on in the
        next; any other is one that fits, so that all stand at the same step whenever something is shown.
        """
        begin, first, before = perf_counter(), self.step, self.trained
        self._goal = first + order.steps if order.goal is None else order.goal
        end = min(self._goal, first + order.steps)
        for lane in self.lanes:
            lane.frames = lane.frames[-1:]
        while self.step < end and not self.status.over:
            if self._next == self.step:
                self._next = min(self.step + self._lap(order), next_look(self.step), end)
                left = begin + order.seconds - perf_counter()
                if self.step > first and (self._next - self.step) * self._step_costs > left:
                    self._next = self.step
                    break
            if not self._lap_done(begin + order.seconds if self.step == first else inf):
                break
            self._arrive()
        if self.step > first:
            self._step_costs = (self.trained - before) / (self.step - first)
            self.show(len(self.lanes[0].frames) - 1, charts)

    def _lap(self, order: Order) -> int:
        """So many steps that as many laps as there are to be frames fit into the slice."""
        return max(1, round(min(order.steps, order.seconds / max(self._step_costs, 1e-6)) / order.frames))

    def _lap_done(self, until: float) -> bool:
        """Train each run to where the lap ends; one at least, and no more when the time has come."""
        trained = False
        for lane, trainer in self._runs():
            if trainer.step < self._next and not trainer.diverged:
                if trained and perf_counter() >= until:
                    return False
                self.trained += lane.train(trainer, self._next - trainer.step)
                trained = True
        return True

    def _arrive(self) -> None:
        """All have come to where the lap ends."""
        self.step = self._next
        if self.step in (next_look(self.looks[-1]), self._goal):
            self.looks.append(self.step)
            for lane in self.lanes:
                lane.look(self.step)
        for lane in self.lanes:
            lane.picture()
