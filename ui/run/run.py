"""A run behind a small door: a Trainer, the film that is shown of it, and what a viewer tries out with it.

Who has a Run gives it plain data (numbers, text, bytes, arrays, records of these) and gets plain data, so that a run
may stand in this process or in another. Nothing here knows a visitor, a page or Streamlit.
"""

import pickle
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeVar

import numpy as np

from rnn_core import Config, Snapshot, Trainer
from rnn_core.analysis.commentary import Run as Spoken
from rnn_core.analysis.commentary import comment
from rnn_core.analysis.dissection import Dissection, dissect
from rnn_core.analysis.ending import Ending, ending
from rnn_core.analysis.reach import last_step_gradient
from rnn_core.analysis.what_if import Weight
from rnn_core.history import CAPACITY, History
from rnn_core.sampling import write
from rnn_core.tasks import Task
from rnn_core.view import Start
from ui.board import slow
from ui.board.film import Choice, pack
from ui.run.exploring import NOTHING, Exploring
from ui.run.governor import turn
from ui.run.placed import Placed
from ui.run.records import Order, Screen, Status

PATIENCE = 5  # slices by the wall's clock that one slice by the processor's may take
LONGEST = 1.0  # seconds that a run waits for its turn to take many steps at once
ROWS = 500  # of the history, where a run is kept to go on elsewhere
MOVING = 9  # frames a second, below which a film stutters
Answer = TypeVar("Answer")


class Run(Placed):
    """frames: the last film, oldest first. slow: the step that led to it, where it was taken slowly. ended: why there
    is nothing more to show, said once. right_since: the step since when every held-out prediction is right. task: what
    is learned, where that is not the task that the config names. recorded: whether it can be shown over training.
    """

    frames: list[Snapshot]
    slow: Dissection | None
    ended: Ending | None
    right_since: int | None
    _best: tuple[int, float, Start] | None  # step, held-out loss, and a bookmark shortly before

    def __init__(self, config: Config, recorded: bool = False, *, task: Task | None = None) -> None:
        self.task, self.recorded = task, recorded
        self.restarts = self.films = 0
        self.exploring = Exploring()
        self.start(config)

    @property
    def last(self) -> Snapshot:
        """What the board shows in the end."""
        return self.frames[-1]

    @property
    def status(self) -> Status:
        trainer, last, best = self.trainer, self.last, self._best
        unseen = trainer.last if last.step != trainer.step else None
        return Status(
            config=trainer.config,
            step=trainer.step,
            film=self.films,
            restarts=self.restarts,
            diverged=trainer.diverged,
            sound_step=trainer.sound_step,
            ended=self.ended,
            best=best[0] if best else None,
            slow=self.slow is not None,
            sequence=trainer.shown,
            sequences=trainer.held_out.mask.shape[1],
            typed=self.exploring.typed,
            imagined=self.exploring.imagined is not None,
            T=len(last.shown.h),
            encoder_steps=last.shown.encoder_steps,
            loss=unseen.total if unseen else last.loss,
            held_out_loss=last.held_out_loss,
            held_out_metric=last.held_out_metric,
            clip_ratio=unseen.clip_ratio if unseen else last.clip_ratio,
        )

    # What trains.

    def start(self, config: Config) -> None:
        """From the start, with this Config. Raises ValueError as Trainer does, and is then as before."""
        self._take_up(self.begin(config))
        self.restarts += 1
        self.show([self.trainer.snapshot()])

    def train(self, order: Order) -> None:
        """For a slice; it waits for its turn among all that train in this process."""
        start = self.trainer.bookmark() if order.watched and order.frames else None
        with turn(patience=order.period / 2):
            frames = self._slice(order)
        if frames:
            self.show(frames)
        else:
            self.films += 1
        if self.trainer.diverged:
            self.still()
        elif start:
            self._remember_best(start)
            self._look_for_an_ending(order)

    def step(self) -> None:
        """One training step."""
        self._go_on()
        self.show(self.advance(0, 1, 1))

    def slowly(self) -> None:
        """One training step, which the board replays stage by stage."""
        self._go_on()
        snapshot, step = dissect(self.trainer)
        self.show([snapshot])
        self.slow = step

    def take(self, steps: int) -> None:
        """So many training steps at once; none: only what is shown is new."""
        with turn(patience=LONGEST):
            self.show([self.trainer.advance(steps)])

    def set(self, changes: dict[str, Any]) -> None:
        """Other values of some fields, as Trainer.set."""
        self.trainer.set(**changes)

    def rewind(self) -> None:
        """After a divergence, back to the last finite step."""
        self.trainer.rewind()
        self._forget()
        self.restarts += 1  # the board's curve
        self.show([self.trainer.snapshot()])

    def back_to_best(self) -> None:
        """To the step with the least held-out loss, if it is remembered."""
        if self._best:
            step, _, start = self._best
            self.exploring.drop()
            self.trainer.go_back(start)
            self.ended, self.right_since = None, None
            self.restarts += 1
            self.show([self.trainer.advance(step - start.step)])

    def play(self) -> None:
        """It is about to go on: what was tried out is no longer its own, nor has it ended."""
        self._go_on()

    def still(self) -> None:
        """Show the last picture of the film that plays."""
        self.show([self._now()])

    def count_on(self, films: int, restarts: int) -> None:
        """Take the place of another run: its counters go on."""
        self.films, self.restarts = films + 1, restarts + 1

    def save(self, rows: int = CAPACITY) -> bytes:
        """As Trainer.save."""
        return saved(self.trainer, rows)

    def load(self, state: bytes) -> None:
        """Go on with a run that was saved. Raises ValueError as Trainer.load does."""
        self._take_up(Trainer.load(BytesIO(state), self.task))
        self.restarts += 1
        self.show([self.trainer.snapshot()])

    def keep(self) -> bytes:
        """All that `resume` needs to go on from here elsewhere; of a long history, ROWS."""
        rest = self.films, self.restarts, self.trainer.shown, self.exploring.typed, self.ended, self._announced
        return pickle.dumps((self.packed(), rest))

    def resume(self, kept: bytes) -> None:
        trains, (films, restarts, shown, typed, ended, announced) = pickle.loads(kept)
        self._take_up(self.unpacked(trains))
        self.trainer.shown = shown
        self.exploring.read(self.trainer, typed)
        self.show([self.trainer.snapshot()])
        self.films, self.restarts, self.ended, self._announced = films + 1, restarts, ended, announced

    # What is seen.

    def film(self, screen: Screen) -> bytes:
        """What is shown now, for the board."""
        if self.last is not (now := self._now()):
            self.show([now])
        trainer, imagined = self.trainer, self.exploring.imagined
        content = {"film": self.films, "run": self.restarts, "big": screen.big}
        result = pack(
            trainer.config,
            [imagined.snapshot] if imagined else self.frames,
            trainer.history,
            **content,  # type: ignore[arg-type]
            playing=screen.playing,
            period=screen.period,
            choice=screen.choice,
            changes=trainer.changes,
            first=screen.first,
            folded=screen.folded,
            covers=screen.covers,
            sequences=trainer.held_out.mask.shape[1],
            task=trainer.task,
            params=imagined.params if imagined else trainer.params,
            explored=self.exploring.described(trainer),
            dh_last=last_step_gradient(trainer) if screen.first and not imagined else None,
        )
        if self.slow:
            result += slow.pack(self.slow, self.last, trainer.task, **content, opens=screen.opens)  # type: ignore[arg-type]
        return result

    def miniature(self, playing: bool, period: float) -> bytes:
        """The same, for a small picture of it."""
        content = {"film": self.films, "run": self.restarts, "playing": playing, "period": period}
        return pack(self.trainer.config, self.frames, self.trainer.history, **content)  # type: ignore[arg-type]

    def past(self, steps: tuple[int, ...], content: dict[str, object], playing: bool, period: float) -> bytes:
        """The network as it was kept after these training steps (Trainer.record), a frame each; of none, what is shown
        now. Without the run's curve, which a compact board does not draw. content: what else goes into the header.
        """
        trainer, top = self.trainer, self.trainer.config.layers - 1
        kept = trainer.recording.kept if trainer.recording else []
        frames = [trainer.look_back(each) for each in kept if each.step in steps] or self.frames
        return pack(
            trainer.config,
            frames,
            History(),
            film=self.films,
            run=self.restarts,
            playing=playing,
            period=period,
            choice=Choice(open=(top,), layers=top + 1, sequence=trainer.shown),
            task=trainer.task,
            explored=NOTHING | content,
        )

    def look_at(self, sequence: int) -> None:
        """Show this one of the held-out sequences from now on."""
        sequence %= self.trainer.held_out.mask.shape[1]
        if sequence != self.trainer.shown:
            self.trainer.shown = sequence
            self.show([self.trainer.snapshot()])

    def explore(self, chosen: Choice, playing: bool) -> None:
        """Show what the viewer asked for: a held-out sequence or one that was typed, with weights set by hand."""
        self.look_at(chosen.sequence)
        if self.exploring.read(self.trainer, chosen.typed) and not playing:
            self.show([self.trainer.snapshot()])
        if not playing and self.exploring.imagine(self.trainer, chosen.weights, chosen.moment):
            self.films += 1
            self.slow = None  # else its replay would open again, over what was just changed

    def set_by_hand(self, weights: tuple[Weight, ...]) -> None:
        """Set these weights as a viewer does in the board, who may undo them."""
        self.exploring.give(self.trainer, weights)
        self.films += 1
        self.slow = None

    def comment(self) -> str:
        """A sentence about what is shown."""
        return comment(self._spoken_of)

    def ask(self, question: Callable[..., Answer], *args: Any) -> Answer:
        """question(trainer, *args), a function of a module that changes nothing and answers with plain data. Raises its
        ValueError.
        """
        with np.errstate(all="ignore"):
            return question(self.trainer, *args)

    def write(self, start: str, pieces: int, temperature: float, again: int) -> tuple[str, ...]:
        """What the network writes, with the weights that are shown: the same for the same seed, step and `again`."""
        trainer, imagined = self.trainer, self.exploring.imagined
        rng = np.random.default_rng([trainer.config.seed, trainer.step, again])
        params = imagined.params if imagined else trainer.params
        with np.errstate(all="ignore"):
            return tuple(write(trainer.task, trainer.config, params, start, pieces, temperature, rng))

    # What other kinds of run do in their own way.

    def begin(self, config: Config) -> Trainer:
        """What trains, from the start."""
        return Trainer(config, self.task)

    def advance(self, seconds: float, frames: int, steps: int) -> list[Snapshot]:
        """As Trainer.run."""
        return self.trainer.run(seconds, frames, steps)

    def packed(self) -> Any:
        """What trains, as plain data."""
        return saved(self.trainer, ROWS)

    def unpacked(self, result: Any) -> Trainer:
        """What trains, as `packed` gave it."""
        return Trainer.load(BytesIO(result), self.task)

    def show(self, frames: list[Snapshot]) -> None:
        """A new film, of one picture at least."""
        self.frames, self.slow = frames, None
        self.films += 1
        for shown in frames:
            if self.trainer.task.metric == "rmse" or shown.held_out_metric < 1:
                self.right_since = None
            elif self.right_since is None:
                self.right_since = shown.step

    def _now(self) -> Snapshot:
        """The last picture, or one of now where nobody saw what came after it."""
        return self.last if self.last.step == self.trainer.step else self.trainer.snapshot()

    @property
    def _spoken_of(self) -> Spoken:
        return Spoken.of(self.trainer, self.last)

    def _take_up(self, trainer: Trainer) -> None:
        """Run this from now on."""
        self.trainer = trainer
        if self.recorded:
            trainer.record()
        self._forget()

    def _forget(self) -> None:
        """What was remembered of another run, or of a later part of this one."""
        self.exploring.drop()
        self.ended, self.right_since, self._best, self._announced = None, None, None, False

    def _go_on(self) -> None:
        self.exploring.drop()
        self.ended = None

    def _slice(self, order: Order) -> list[Snapshot]:
        """Train, where it is a large class and a slice is short, for as long again until the film moves."""
        begin, used = time.monotonic(), time.thread_time()
        frames = self.advance(order.seconds, order.frames, order.steps)
        while (
            order.more
            and len(frames) < order.frames
            and not self.trainer.diverged
            and time.thread_time() - used < order.seconds * (1 if len(frames) >= MOVING * order.period else 2)
            and time.monotonic() - begin < PATIENCE * order.seconds
        ):
            frames += self.advance(0, 1, 1)
        return frames

    def _remember_best(self, start: Start) -> None:
        """Of this film the step with the least held-out loss, if none was less before. start: where the film began."""
        best = min(self.frames, key=lambda shown: shown.held_out_loss)
        if self._best is None or best.held_out_loss < self._best[1]:
            self._best = best.step, best.held_out_loss, start

    def _look_for_an_ending(self, order: Order) -> None:
        """Whether there is nothing more to show, said once in a run, or skipping ahead is where it should be."""
        result = ending(self._spoken_of, self.right_since) if order.ends and not self._announced else None
        if result is None and order.goal is not None and self.trainer.step >= order.goal:
            result = Ending("budget", self.trainer.step)
        if result:
            self._announced = self._announced or result.kind != "budget"
            self.still()
            self.ended = result


def saved(trainer: Trainer, rows: int = CAPACITY) -> bytes:
    """What Trainer.save writes."""
    file = BytesIO()
    trainer.save(file, rows)
    return file.getvalue()
