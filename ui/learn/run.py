"""The run of a lesson's step: it starts as the stage says, and the step's check is asked of it."""

import numpy as np

from rnn_core import Config, Trainer
from rnn_core.lessons import LESSONS, Step, Verdict
from rnn_core.lessons.lesson import started
from rnn_core.lessons.measure import with_weights
from ui.run.run import Run


class LessonRun(Run):
    """lesson, number: which step it is of, from 1. chosen: what is set by hand, an option by choice."""

    def __init__(self, config: Config, lesson: str, number: int, chosen: dict[str, str]) -> None:
        self.lesson, self.number, self.chosen = lesson, number, chosen
        super().__init__(config)

    @property
    def at(self) -> Step:
        """The step of the lesson."""
        return LESSONS[self.lesson].steps[self.number - 1]

    def start(self, config: Config) -> None:
        super().start(config)
        stage = self.at.stage
        if stage.start or stage.hand:
            stage.begin(self.trainer, self.chosen)
            self.show([self.trainer.snapshot()])

    def check(self) -> Verdict:
        """What the step's check says."""
        with np.errstate(all="ignore"):
            return self.at.check(self.by_hand())

    def by_hand(self) -> Trainer:
        """The run, or a copy with the weights that were set by hand; of a step about an untrained network, the start of
        the run.
        """
        stage, imagined = self.at.stage, self.exploring.imagined
        if not stage.steps and self.trainer.step:
            start = stage.begin(Trainer(self.trainer.config), self.chosen)
            return started(start, imagined.weights) if imagined else start
        return with_weights(self.trainer, **imagined.params) if imagined else self.trainer
