"""The one object in st.session_state: what this visitor runs, and what may be done to it. Nothing here draws."""

import itertools
import threading
import time
from math import expm1
from typing import Any

from rnn_core import TASKS, Config
from rnn_core.analysis.ending import Ending
from rnn_core.tasks import Task
from rnn_core.tasks.guides import budget
from rnn_core.words import t
from ui.board.film import Choice
from ui.controls.names import name_of
from ui.frame.address import plain
from ui.run.governor import pace
from ui.run.places import place
from ui.run.plays import Plays
from ui.run.records import Order, Screen, Status
from ui.run.run import Run

SPEEDS: dict[str, float | None] = {  # training steps a second; None: as many as the server can give
    "story": 2,  # at the start, then growing: see `steps_in`
    "slow": 2,
    "steady": 10,
    "full": None,
}
TOLD_IN = 5  # seconds of a story in which its training steps grow by a factor of e
COMMENT = 3  # seconds that the sentence under the board stays, while something plays
UNSEEN = 12  # training steps in the first tick at full speed, where nobody sees a film of it
LATE_ENOUGH = 0.5  # of a period: a tick that follows sooner finds nothing to do

_numbers = itertools.count(1)


class Session(Plays):
    """A run and whether it plays. goal: the step up to which it skips ahead. shows: what of the cell is seen at first.
    ends: whether it stands still once there is nothing more to show. judged: what the loss that judges is called.
    folded: whether the board opens as one cell with a loop. opens: where the replay of a step begins, the stage's kind
    and the time step. usual: the speed that nobody chose. recorded: whether the Gradients page can show its run over
    training.

    run: asked through its methods alone, for it may stand elsewhere. notes: sentences about what was asked and could
    not be, for the page to show. news: why the run started anew. address: what stood in its page's.
    lock: hold it to ask the run for anything. A press starts a new script thread while the old one may still train.
    """

    shows, ends, judged, folded = "h", True, t("held-out"), False
    usual = next(iter(SPEEDS))
    buttons = Plays.buttons | {name: name for name in ("step", "slowly", "skip")}
    buttons |= {"continue": "go_on", "best": "back_to_best"}
    run: Run

    def __init__(self, config: Config, notes: tuple[str, ...] = (), *, recorded: bool = False) -> None:
        super().__init__()
        self.name, self.lock = f"session {next(_numbers)}", threading.RLock()
        self.recorded = recorded
        self.notes, self.news, self.refused = notes, "", ""
        self.address: dict[str, list[str]] = {}
        self.playing, self.speed = False, "full"
        self.goal: int | None = None
        self.pace = pace(1)
        self.opens = ("forward", 1)
        self._ticked = float("-inf")
        self._comment, self._commented = "", ((0, 0), float("-inf"))
        self.run = self.make(config)

    def make(self, config: Config) -> Run:
        """The run, where it is to stand. A session that learns something of its own has another kind."""
        return place().make(Run, config, self.recorded)

    @property
    def status(self) -> Status:
        """How the run stands."""
        return self.run.status

    @property
    def config(self) -> Config:
        """What runs."""
        return self.status.config

    @property
    def task(self) -> Task:
        """What is learned."""
        return TASKS[self.config.task]

    @property
    def film(self) -> int:
        """How many films there were."""
        return self.status.film

    @property
    def restarts(self) -> int:
        """How often the run started anew."""
        return self.status.restarts

    @property
    def ended(self) -> Ending | None:
        """Why it paused by itself, which it does once."""
        return self.status.ended

    @property
    def films(self) -> tuple[int, ...]:
        return (self.film,)

    def comment(self, now: float) -> str:
        """A sentence about what the board shows, another one at most every COMMENT seconds while it plays."""
        shown, (before, spoken_at) = (self.restarts, self.film), self._commented
        if shown != before and (now - spoken_at >= COMMENT or not self.playing or shown[0] != before[0]):
            self._comment = self.run.comment()
            self._commented = shown, now
        return self._comment

    def play(self) -> None:
        """Play, unless it plays already: a press that comes twice is one."""
        if not self.playing:
            self.run.play()
            self.playing, self._ticked = not self.status.diverged, float("-inf")

    def skip(self) -> None:
        """Train as fast as it goes until the task is learned, or for as many steps as the task's guide allows."""
        self.skip_to(self.status.step + budget(self.task.name))

    def skip_to(self, step: int) -> None:
        """The same, for as many steps in all."""
        self.pause()
        self.play()
        self.goal = step if step > self.status.step else None
        self.playing = self.playing and self.goal is not None

    def back_to_best(self) -> None:
        """To the step with the least held-out loss, standing still."""
        self.pause()
        if self.can_go_back:
            self.run.back_to_best()
            self.cut_back()

    def cut_back(self) -> None:
        """After a way back to an earlier step: what was shown of later ones goes."""

    @property
    def can_go_back(self) -> bool:
        """Whether the step with the least held-out loss is remembered: it came while no speed was the full one."""
        now = self.status
        return now.ended is not None and now.best == now.ended.step

    def step(self) -> None:
        """One training step, and stand still."""
        self.pause()
        self.run.step()

    def slowly(self) -> None:
        """One training step, which the board replays stage by stage, and stand still."""
        self.pause()
        self.run.slowly()

    def reset(self) -> None:
        """The same start again, standing still."""
        self.pause()
        self.start(self.config)
        self.notes, self.news = (), ""

    def start(self, config: Config) -> None:
        """Run this from the start."""
        self.run.start(config)
        self.goal = None

    def remake(self, config: Config) -> None:
        """Run something else, in the place of what ran, from the start."""
        before, run = self.status, self.make(config)
        run.count_on(before.film, before.restarts)
        self.run, self.goal = run, None

    def go_on(self) -> None:
        """After a divergence: back to the last finite step, and play."""
        self.run.rewind()
        self.cut_back()
        self.goal = None
        self.playing, self._ticked = True, float("-inf")

    def pause(self) -> None:
        """Stand still, at the last picture of the film that plays."""
        self._stop()
        self.run.still()

    def _stop(self) -> None:
        super().pause()
        self.goal = None

    def apply(self, config: Config) -> None:
        """Run this from now on: at once where only the learning rate or clipping changed, else from a new start."""
        before = self.config
        changed = {
            f.name: getattr(config, f.name)
            for f in Config.fields().values()
            if getattr(config, f.name) != getattr(before, f.name)
        }
        if not changed:
            return
        self.notes = ()
        if all(Config.fields()[name].live for name in changed):
            with self.lock:
                self.run.set(changed)
        else:
            with self.lock:
                self.start(config)
            named = ", ".join(f"{name_of(name)} {plain(value)}" for name, value in changed.items())
            self.news = t("A new run started with {named}.", named=named)

    def set_up(self, config: Config, steps: int) -> None:
        """Start a run of this Config, trained for so many steps at once, standing still."""
        with self.lock:
            self.pause()
            self.start(config)
            if steps:
                self.run.take(steps)
        self.notes, self.news = (), ""

    def continue_with(self, state: bytes, news: str) -> None:
        """Go on with a run that was saved, standing still. news: where it comes from."""
        with self.lock:
            self.pause()
            self.run.load(state)
            self.notes, self.news = (), news

    def look_at(self, sequence: int) -> None:
        """Show this one of the held-out sequences from now on."""
        self.run.look_at(sequence)

    def explore(self, chosen: Choice) -> None:
        """Show what the viewer asked for: a held-out sequence or one that was typed, with weights set by hand."""
        self.run.explore(chosen, self.playing)

    def tick(self, now: float) -> None:
        """Train for a slice of time. A tick too soon after another, or while nothing plays, trains nothing."""
        if self.is_due(now):
            self.train()

    def train(self) -> None:
        """A slice at the pace that was taken, and its film."""
        self.run.train(self.order())
        self.after_slice()

    def is_due(self, now: float) -> bool:
        """Whether this tick trains."""
        if not self.playing or now - self._ticked < LATE_ENOUGH * self.pace.period:
            return False
        self._ticked = now
        self.keep_pace(now)
        return True

    def after_slice(self) -> None:
        """After a slice: stand still where there is a reason."""
        if self.status.diverged or self.ended:
            self._stop()

    def shown(self, screen: Screen, now: float | None = None) -> bytes:
        """What the board is to show. now: as for `tick`, which comes first; the run is asked once for both."""
        calls: list[tuple[Any, ...]] = [("explore", screen.choice, self.playing)]
        train = now is not None and self.is_due(now)
        if train:
            calls.append(("train", self.order()))
        *_, film = self.run.do(*calls, ("film", screen._replace(playing=self.playing, period=self.pace.period)))
        if train:
            self.after_slice()
        return film if self.playing or not train else self.run.film(screen._replace(playing=False))

    def order(self) -> Order:
        """How to train in this tick."""
        steps, (_, period, frames) = self.due(), self.pace
        watched = self.goal is not None or (self.ends and self.speed != "full")
        return Order(self.slice(), period, frames, steps, steps >= frames, self.ends, watched, self.goal)

    def due(self) -> int:
        """Training steps in this tick, at most. At full speed the first films are short: one sees the beginning."""
        step = self.status.step
        most = max(self.pace.frames or UNSEEN, step)
        if self.goal is not None:
            return max(1, min(self.goal - step, most))
        return steps_in(self.pace.period, self.speed, step) or most

    def keep_pace(self, now: float) -> None:
        """Say that this session plays, and take the pace that the number of those who do allows."""
        self.pace = self.paced(now)


def steps_in(period: float, speed: str, step: int) -> int | None:
    """Training steps in a period after so many; None: as many as the server can give. A story's grow with the run, by a
    factor of e in TOLD_IN seconds, so that every phase of any task has its seconds.
    """
    rate = SPEEDS[speed]
    if rate is None:
        return None
    steps = (rate * TOLD_IN + step) * expm1(period / TOLD_IN) if speed == "story" else rate * period
    return max(1, round(steps))


def now() -> float:
    """Seconds on a clock that never goes back."""
    return time.monotonic()
