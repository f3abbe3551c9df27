"""The one object in st.session_state: what this visitor runs, and what may be done to it. Nothing here draws."""

import itertools
import threading
import time
from io import BytesIO
from math import expm1
from typing import Any

from rnn_core import Config, Snapshot, Trainer
from rnn_core.analysis.commentary import Run, comment
from rnn_core.analysis.dissection import Dissection, dissect
from rnn_core.analysis.ending import Ending, ending
from rnn_core.tasks import Task
from rnn_core.tasks.guides import budget
from rnn_core.view import Start
from ui.board.film import Choice
from ui.frame.address import plain
from ui.run.exploring import Exploring
from ui.run.governor import pace, turn
from ui.run.plays import Plays

SPEEDS: dict[str, float | None] = {  # training steps a second; None: as many as the server can give
    "story": 2,  # at the start, then growing: see `steps_in`
    "slow": 2,
    "steady": 10,
    "full": None,
}
TOLD_IN = 5  # seconds of a story in which its training steps grow by a factor of e
COMMENT = 3  # seconds that the sentence under the board stays, while something plays
PATIENCE = 5  # slices by the wall's clock that one slice by the processor's may take
MOVING = 9  # frames a second, below which a film stutters
LATE_ENOUGH = 0.5  # of a period: a tick that follows sooner finds nothing to do

_numbers = itertools.count(1)


class Session(Plays):
    """A run and whether it plays. frames: the last film, oldest first; film counts films, and restarts starts.
    slow: the step that led to this film, where it was taken slowly. ended: why it paused by itself, which it does once;
    right_since: the step since when every held-out prediction is right. goal: the step up to which it skips ahead.
    shows: what of the cell is seen at first. ends: whether it stands still once there is nothing more to show. judged:
    what the loss that judges is called. folded: whether the board opens as one cell with a loop. recorded: whether the
    Gradients page can show its run over training.

    task: what is learned, where that is not the task that the config names. said: sentences about what was asked and
    could not be, for the page to show. news: why the run started anew. address: what stood in its page's.
    lock: hold it to train or to read the trainer. A press starts a new script thread while the old one may still train.
    """

    shows, ends, judged, folded = "h", True, "held-out", False

    def __init__(
        self, config: Config, said: tuple[str, ...] = (), task: Task | None = None, *, recorded: bool = False
    ) -> None:
        self.task, self.recorded = task, recorded
        self.name, self.lock = f"session {next(_numbers)}", threading.RLock()
        self.restarts, self.film, self.exploring = 0, 0, Exploring()
        self.ended: Ending | None = None
        self.right_since: int | None = None
        self._announced = False
        self._best: tuple[int, float, Start] | None = None  # step, held-out loss, and a bookmark shortly before
        self.said, self.news, self.refused = said, "", ""
        self.address: dict[str, list[str]] = {}
        self.playing, self.speed = False, "full"
        self.goal: int | None = None
        self.pace = pace(1)
        self._ticked = float("-inf")
        self._asked: list[str] = []
        self.slow: Dissection | None = None
        self.opens = ("forward", 1)  # where its replay begins: the stage's kind, and the time step
        self._comment, self._commented = "", ((0, 0), float("-inf"))
        self._start(config)

    @property
    def films(self) -> tuple[int, ...]:
        return (self.film,)

    @property
    def last(self) -> Snapshot:
        """What the board shows in the end."""
        return self.frames[-1]

    def comment(self, now: float) -> str:
        """A sentence about what the board shows, another one at most every COMMENT seconds while it plays."""
        shown, (before, said_at) = (self.restarts, self.film), self._commented
        if shown != before and (now - said_at >= COMMENT or not self.playing or shown[0] != before[0]):
            self._comment = comment(self._spoken_of)
            self._commented = shown, now
        return self._comment

    @property
    def _spoken_of(self) -> Run:
        return Run.of(self.trainer, self.last)

    @property
    def config(self) -> Config:
        """What runs."""
        return self.trainer.config

    def ask(self, what: str) -> None:
        """What a button wants done: it is done by `answer`, inside the page's guard."""
        self._asked.append(what)

    def answer(self) -> None:
        """Do what was asked since the last time, once and in this order: a second press may come before the page of the
        first has run.
        """
        buttons = {"play": self.play, "pause": self.pause, "step": self.step, "reset": self.reset}
        buttons |= {"continue": self.go_on, "slowly": self.slowly, "skip": self.skip, "best": self.back_to_best}
        while self._asked:
            with self.lock:  # two pages of one visitor may be here at once
                if self._asked:
                    buttons[self._asked.pop(0)]()

    def play(self) -> None:
        """Play, unless it plays already: a press that comes twice is one."""
        if not self.playing:
            self.exploring.drop()
            self.playing, self._ticked, self.ended = not self.trainer.diverged, float("-inf"), None

    def skip(self) -> None:
        """Train as fast as it goes until the task is learned, or for as many steps as the task's guide allows."""
        self.skip_to(self.trainer.step + budget(self.trainer.task.name))

    def skip_to(self, step: int) -> None:
        """The same, for as many steps in all."""
        self.pause()
        self.play()
        self.goal = step if step > self.trainer.step else None
        self.playing = self.playing and self.goal is not None

    def back_to_best(self) -> None:
        """To the step with the least held-out loss, standing still."""
        self.pause()
        if self.can_go_back and self._best:
            step, _, start = self._best
            self.exploring.drop()
            self.trainer.go_back(start)
            self.ended, self.right_since = None, None
            self._show([self.trainer.advance(step - start.step)])
            self.cut_back()

    def cut_back(self) -> None:
        """After a way back to an earlier step: what was shown of later ones goes."""
        self.restarts += 1  # the board's curve

    @property
    def can_go_back(self) -> bool:
        """Whether the step with the least held-out loss is remembered: it came while no speed was the full one."""
        return bool(self.ended and self._best and self._best[0] == self.ended.step)

    def step(self) -> None:
        """One training step, and stand still."""
        self.pause()
        self.ended = None
        self.exploring.drop()
        self._show(self._run(0, 1, 1))

    def slowly(self) -> None:
        """One training step, which the board replays stage by stage, and stand still."""
        self.pause()
        self.ended = None
        self.exploring.drop()
        snapshot, step = dissect(self.trainer)
        self._show([snapshot])
        self.slow = step

    def reset(self) -> None:
        """The same start again, standing still."""
        self.pause()
        self._start(self.config)
        self.said, self.news = (), ""

    def go_on(self) -> None:
        """After a divergence: back to the last finite step, and play."""
        self._rewind()
        self._forget()
        self._show([self.trainer.snapshot()])
        self.cut_back()
        self.playing, self._ticked = True, float("-inf")

    def pause(self) -> None:
        """Stand still, at the last picture of the film that plays."""
        super().pause()
        self.goal = None
        self._show([self.last])

    def apply(self, config: Config) -> None:
        """Run this from now on: at once where only the learning rate or clipping changed, else from a new start."""
        changed = {
            f.name: getattr(config, f.name)
            for f in Config.fields().values()
            if getattr(config, f.name) != getattr(self.config, f.name)
        }
        if not changed:
            return
        self.said = ()
        if all(Config.fields()[name].live for name in changed):
            with self.lock:
                self._set(**changed)
        else:
            with self.lock:
                self._start(config)
            named = ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in changed.items())
            self.news = f"A new run started with {named}."

    def set_up(self, config: Config, steps: int) -> None:
        """Start a run of this Config, trained for so many steps at once, standing still."""
        with self.lock, turn(patience=self.pace.period):
            self.pause()
            self._start(config)
            if steps:
                self._show([self.trainer.advance(steps)])
        self.said, self.news = (), ""

    def continue_with(self, trainer: Trainer, news: str) -> None:
        """Go on with a copy of another run, standing still. news: where it comes from."""
        file = BytesIO()
        trainer.save(file)
        file.seek(0)
        with self.lock:
            self.pause()
            self._take_up(Trainer.load(file, self.task))
            self.restarts += 1
            self.said, self.news = (), news
            self._show([self.trainer.snapshot()])

    def look_at(self, sequence: int) -> None:
        """Show this one of the held-out sequences from now on."""
        sequence %= self.trainer.held_out.mask.shape[1]
        if sequence != self.trainer.shown:
            self.trainer.shown = sequence
            self._show([self.trainer.snapshot()])

    def explore(self, chosen: Choice) -> None:
        """Show what the viewer asked for: a held-out sequence or one that was typed, with weights set by hand."""
        self.look_at(chosen.sequence)
        if self.exploring.read(self.trainer, chosen.typed) and not self.playing:
            self._show([self.trainer.snapshot()])
        if not self.playing and self.exploring.imagine(self.trainer, chosen.weights, chosen.moment):
            self.film += 1
            self.slow = None  # else its replay would open again, over what was just changed

    def tick(self, now: float) -> None:
        """Train for a slice of time. A tick too soon after another, or while nothing plays, trains nothing."""
        if not self.playing or now - self._ticked < LATE_ENOUGH * self.pace.period:
            return
        self._ticked = now
        self.keep_pace(now)
        self.train()

    def train(self) -> None:
        """A slice at the pace that was taken, and its film."""
        steps, watched = self.due(), self.goal is not None or (self.ends and self.speed != "full")
        start = self.trainer.bookmark() if watched else None
        with turn(patience=self.pace.period / 2):
            self._show(self._train(steps, more=steps >= self.pace.frames))
        if self.trainer.diverged:
            self.pause()
        elif start:
            self._remember_best(start)
            self._look_for_an_ending()

    def _remember_best(self, start: Start) -> None:
        """Of this film the step with the least held-out loss, if none was less before. start: where the film began."""
        best = min(self.frames, key=lambda shown: shown.held_out_loss)
        if self._best is None or best.held_out_loss < self._best[1]:
            self._best = best.step, best.held_out_loss, start

    def due(self) -> int:
        """Training steps in this tick, at most. At full speed the first films are short: one sees the beginning."""
        step, most = self.trainer.step, max(self.pace.frames, self.trainer.step)
        if self.goal is not None:
            return max(1, min(self.goal - step, most))
        return steps_in(self.pace.period, self.speed, step) or most

    def _look_for_an_ending(self) -> None:
        """Stand still where there is nothing more to show, once in a run, or where skipping ahead has an end."""
        found = ending(self._spoken_of, self.right_since) if self.ends and not self._announced else None
        if found is None and self.goal is not None and self.trainer.step >= self.goal:
            found = Ending("budget", self.trainer.step)
        if found:
            self._announced = self._announced or found.kind != "budget"
            self.pause()
            self.ended = found

    def keep_pace(self, now: float) -> None:
        """Say that this session plays, and take the pace that the number of those who do allows."""
        self.pace = self.paced(now)

    def _train(self, steps: int, more: bool) -> list[Snapshot]:
        """A slice. more: where waiting for other threads took much of it, go on for the frames that are missing; in a
        large class, where a slice is short, for as long again until the film moves.
        """
        begin, used, slice_ = now(), time.thread_time(), self.slice()
        frames = self._run(slice_, self.pace.frames, steps)
        while (
            more
            and len(frames) < self.pace.frames
            and not self.trainer.diverged
            and time.thread_time() - used < slice_ * (1 if len(frames) >= MOVING * self.pace.period else 2)
            and now() - begin < PATIENCE * slice_
        ):
            frames += self._run(0, 1, 1)
        return frames

    def _begin(self, config: Config) -> Trainer:
        """What trains, from the start. A session that trains several at once has its own of these four."""
        return Trainer(config, self.task)

    def _run(self, seconds: float, frames: int, steps: int) -> list[Snapshot]:
        return self.trainer.run(seconds, frames, steps)

    def _set(self, **changed: Any) -> None:
        self.trainer.set(**changed)

    def _rewind(self) -> None:
        self.trainer.rewind()

    def _start(self, config: Config) -> None:
        self._take_up(self._begin(config))
        self.restarts += 1
        self._show([self.trainer.snapshot()])

    def _take_up(self, trainer: Trainer) -> None:
        """Run this from now on."""
        self.trainer = trainer
        if self.recorded:
            trainer.record()
        self._forget()

    def _forget(self) -> None:
        """What was remembered of another run, or of a later part of this one."""
        self.goal = None
        self.exploring.drop()
        self.ended, self.right_since, self._best, self._announced = None, None, None, False

    def _show(self, frames: list[Snapshot]) -> None:
        """A new film, of one picture at least."""
        self.frames, self.slow = frames, None
        self.film += 1
        for shown in frames:
            if self.trainer.task.metric == "rmse" or shown.held_out_metric < 1:
                self.right_since = None
            elif self.right_since is None:
                self.right_since = shown.step


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
