"""Lessons as data: what runs, what is asked, and a check that reads the answer off the very run that somebody watched.

The words are beside them, one Markdown file a lesson and language (texts.py). A check is a pure function of a Trainer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from rnn_core import words
from rnn_core.analysis.exact import checked
from rnn_core.analysis.what_if import Weight, placed
from rnn_core.cells import Params
from rnn_core.config import Config
from rnn_core.lessons.texts import Text, read
from rnn_core.trainer import Trainer

DEEDS = ("look", "step", "slowly", "play", "weight", "set")
LOOK = 25  # training steps between two looks at the held-out sequences, of a run that nobody watches


class Hand(NamedTuple):
    """Weights that are set in words. choices: the options of each, the first as it stands at first. write(chosen): the
    arrays of weights, by name, of an option for each choice.
    """

    choices: Mapping[str, tuple[str, ...]]
    write: Callable[[Mapping[str, str]], Params]

    @property
    def first(self) -> dict[str, str]:
        """The options as they stand at first."""
        return {name: options[0] for name, options in self.choices.items()}


@dataclass(frozen=True)
class Stage:
    """What runs and what is to be done with it.

    config: of the network on the board. deed: one of DEEDS, what the learner does: look, take a step, take one in slow
    motion, play for `steps` training steps, set a weight by hand, move one of `controls` (fields of Config), choose in
    `hand`. start: weights that are set before anything runs. weights, settings: a deed that answers the question, for
    whoever wants to be shown. show: what of the cell the board draws. folded: at first as one cell with a loop. opens:
    where slow motion begins: "forward", "loss", "backward", "clip" or "update", and at which time step, from 1; 0 where
    there is none. speed: at which it plays unless somebody chose another, of the page's. game: the learner plays the
    memory, and no board is shown. covers: what of the board would give the answer away, and is covered until somebody
    predicts: rows of static/board/rows/index.js, "norm" beside the loss, "loop", the words under the folded cell.
    """

    config: Config
    deed: str = "look"
    steps: int = 0
    controls: tuple[str, ...] = ()
    hand: Hand | None = None
    start: tuple[Weight, ...] = ()
    weights: tuple[Weight, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    show: str = "h"
    folded: bool = False
    opens: tuple[str, int] = ("forward", 1)
    speed: str = "story"
    game: bool = False
    covers: tuple[str, ...] = ()

    def begin(self, trainer: Trainer, chosen: Mapping[str, str]) -> Trainer:
        """The trainer with the weights that the stage sets; chosen: options of its hand, by choice."""
        if self.hand:
            trainer.params = {**trainer.params, **self.hand.write({**self.hand.first, **chosen})}
        return started(trainer, self.start)

    def trainer(self, **changes: Any) -> Trainer:
        """The run as it stands before the learner does anything; changes: of the Config, or of what the hand chose."""
        chosen = {name: changes.pop(name) for name in (self.hand.choices if self.hand else ()) if name in changes}
        return self.begin(Trainer(replace(self.config, **changes)), chosen)

    def played(self, steps: int | None = None, **changes: Any) -> Trainer:
        """The run after the deed. steps: fewer training steps than the stage has. changes: of the Config, a seed."""
        trainer = started(self.trainer(**{**self.settings, **changes}), self.weights)
        trainer.snapshot()
        until = self.steps if steps is None else min(steps, self.steps)
        while trainer.step < until and not trainer.diverged:
            trainer.advance(min(LOOK, until - trainer.step))
        return trainer


def started(trainer: Trainer, weights: tuple[Weight, ...]) -> Trainer:
    """The trainer with these weights set. Raises ValueError as `placed`."""
    if weights:
        trainer.params = placed(trainer.params, weights)
    return trainer


@dataclass(frozen=True)
class Ask:
    """A prediction: one of some options, by name, or a whole number between two. curves: of an option, heights from 0
    to 1 of a sketched curve.
    """

    options: tuple[str, ...] = ()
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    between: tuple[int, int] | None = None

    def allows(self, answer: str) -> bool:
        """Whether that is an option, or a number as it is written."""
        if self.between is None:
            return answer in self.options
        return (
            answer.isascii()
            and answer.isdigit()
            and len(answer) < 9
            and self.between[0] <= int(answer) <= self.between[1]
        )

    def mistake(self, answer: str, right: str) -> str:
        """What the text calls a wrong answer: the option, or whether the number is too "low" or too "high"."""
        return answer if self.between is None else "low" if int(answer) < int(right) else "high"


class Verdict(NamedTuple):
    """right: the option, or the number, that came true in this run. numbers: for the text, by placeholder. claims:
    further sentences of the text, in short, and whether they are true of it. done: whether it has what the check reads;
    if not, right may name what the text says of such a run meanwhile.
    """

    right: str
    numbers: Mapping[str, float | str] = {}
    claims: Mapping[str, bool] = {}
    done: bool = True


NOT_YET = Verdict("", done=False)


@dataclass(frozen=True)
class Step:
    """name: of its section in the lesson's text. measure(trainer) -> Verdict, of a run that has gone far enough."""

    name: str
    stage: Stage
    ask: Ask
    measure: Callable[[Trainer], Verdict]

    def check(self, run: Trainer) -> Verdict:
        """What the run says. Not done while it has fewer training steps than the stage wants and has not diverged, or
        not what the deed is about. Changes nothing of the run. Raises ValueError for what is no Trainer.
        """
        if checked(run).step < self.stage.steps and not run.diverged:
            return NOT_YET
        return self.measure(run)


@dataclass(frozen=True)
class Lesson:
    """name: of its text and in an address. minutes: how long it takes. onward: where its open question is looked into,
    a page's name in the address and its settings there.
    """

    name: str
    minutes: int
    steps: tuple[Step, ...]
    onward: tuple[str, Mapping[str, str]]

    @cached_property
    def text(self) -> Text:
        """Its words."""
        return read(self.name, words.LANGUAGE)

    @property
    def title(self) -> str:
        return self.text.title

    @property
    def question(self) -> str:
        """What it answers."""
        return self.text.question
