"""A walk through a lesson: a Session whose run is the one of the step that is shown, and what the check says of it."""

import numpy as np

from rnn_core import Config, Snapshot, Trainer
from rnn_core.lessons import LESSONS, Lesson, Step, Verdict
from rnn_core.lessons.lesson import started
from rnn_core.lessons.measure import with_weights
from ui.learn.game import Game
from ui.run.session import Session

SPARE = 20  # training steps before the end of a stage, from which on a slice does not go beyond it


class Walk(Session):
    """lesson, number: which step is shown, from 1. revealed: whether the answer was asked for. verdict: what the check
    said of the run, kept until the run starts anew: what follows when one plays on is another matter. meanwhile: what
    it said of a run that is not yet what is asked for. chosen: what is set by hand, an option by choice.
    game: that the learner plays, where a step has one.
    """

    ends = False  # its stage says when

    def __init__(self, name: str, number: int) -> None:
        self.lesson: Lesson = LESSONS[name]
        self.number = number
        self.revealed = False
        self.verdict: Verdict | None = None
        self.meanwhile: Verdict | None = None
        self.chosen = self.first
        self.game = Game(self.at.stage.config.seed)
        super().__init__(self.at.stage.config)

    @property
    def at(self) -> Step:
        """The step that is shown."""
        return self.lesson.steps[self.number - 1]

    @property
    def first(self) -> dict[str, str]:
        """What is set by hand, as it stands at first."""
        return self.at.stage.hand.first if self.at.stage.hand else {}

    @property
    def films(self) -> tuple[int, ...]:
        """Where a game is played no board shows one."""
        return () if self.at.stage.game else super().films

    @property
    def played_it(self) -> bool:
        """Whether a round of the step's game has been played."""
        return self.at.stage.game and bool(self.game.past)

    def choose(self, chosen: dict[str, str]) -> None:
        """Set by hand what these options say, in a run from the start."""
        if chosen != self.chosen:
            with self.lock:
                self.pause()
                self.chosen = chosen
                self._start(self.config)

    def go(self, name: str, number: int) -> bool:
        """Show this step of this lesson, standing still -> whether it is another one."""
        if (name, number) == (self.lesson.name, self.number):
            return False
        with self.lock:
            self.pause()
            self.lesson, self.number, self.revealed = LESSONS[name], number, False
            self.chosen = self.first
            self._start(self.at.stage.config)
        self.said, self.news, self.refused = (), "", ""
        return True

    def look(self) -> bool:
        """Ask the check, unless it has answered or the network plays -> whether there is an answer that is new."""
        if self.playing or self.verdict:
            return False
        with self.lock, np.errstate(all="ignore"):
            found = self.at.check(self.by_hand())
        self.verdict, self.meanwhile = (found, None) if found.done else (None, found)
        return found.done

    def by_hand(self) -> Trainer:
        """The run, or a copy with the weights that were set by hand, or that would have been; of a step about a network
        that has not trained, the start of the run.
        """
        if not self.at.stage.steps and self.trainer.step:
            return self.at.stage.begin(Trainer(self.config), self.chosen)
        if imagined := self.exploring.imagined:
            return with_weights(self.trainer, **imagined.params)
        weights = self.at.stage.weights if self.revealed else ()
        return started(with_weights(self.trainer), weights) if weights else self.trainer

    def train(self) -> None:
        """A slice, and stand still where the stage ends."""
        before = self.trainer.step
        super().train()
        if before < self.at.stage.steps <= self.trainer.step:
            self.pause()

    def _train(self, steps: int, more: bool) -> list[Snapshot]:
        left = self.at.stage.steps - self.trainer.step
        if left <= 0:
            return super()._train(steps, more)
        return super()._train(min(steps, left), more and left > steps + SPARE)

    def _start(self, config: Config) -> None:
        stage = self.at.stage
        self.verdict, self.meanwhile, self.shows, self.folded = None, None, stage.show, stage.folded
        super()._start(config)
        self.opens = stage.opens
        if stage.start or stage.hand:
            stage.begin(self.trainer, self.chosen)
            self._show([self.trainer.snapshot()])
