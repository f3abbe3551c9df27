"""A walk through a lesson: a Session whose run is the one of the step that is shown, and what the check says of it."""

from rnn_core import Config
from rnn_core.lessons import LESSONS, Lesson, Step, Verdict
from ui.board.film import Choice
from ui.learn.game import Game
from ui.learn.run import LessonRun
from ui.run.places import place
from ui.run.records import Order, Screen
from ui.run.session import Session

SPARE = 20  # training steps before the end of a stage, from which on a slice does not go beyond it


class Walk(Session):
    """lesson, number: which step is shown, from 1. revealed: whether the answer was asked for. verdict: what the check
    said of the run, kept until the run starts anew: what follows when one plays on is another matter. meanwhile: what
    it said of a run that is not yet what is asked for. chosen: what is set by hand, an option by choice.
    game: that the learner plays, where a step has one. uncovered: whether somebody predicted, or looked at what
    is covered until then. wanted: the speed that somebody chose over a step's own.
    """

    ends = False  # its stage says when
    buttons = Session.buttons | {"weights": "set_weights"}
    run: LessonRun

    def __init__(self, name: str, number: int) -> None:
        self.lesson: Lesson = LESSONS[name]
        self.number = number
        self.revealed = self.uncovered = False
        self.wanted: str | None = None
        self.verdict: Verdict | None = None
        self.meanwhile: Verdict | None = None
        self.chosen = self.first
        self._before = self._scene = 0
        self._asks: int | None = 0  # the board's last question of the step before
        self.game = Game(self.at.stage.config.seed)
        super().__init__(self.at.stage.config)
        self._set_the_stage()

    def make(self, config: Config) -> LessonRun:
        return place().make(LessonRun, config, self.lesson.name, self.number, self.chosen)

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
                self.remake(self.config)

    def set_weights(self) -> None:
        """Set by hand the weights that the stage would have set so."""
        self.pause()
        self.run.set_by_hand(self.at.stage.weights)

    def go(self, name: str, number: int) -> bool:
        """Show this step of this lesson, standing still -> whether it is another one."""
        if (name, number) == (self.lesson.name, self.number):
            return False
        with self.lock:
            self.pause()
            self.lesson, self.number = LESSONS[name], number
            self.revealed = self.uncovered = False
            self.chosen, self._asks = self.first, None
            self._scene += 1
            self.remake(self.at.stage.config)
        self.notes, self.news, self.refused = (), "", ""
        return True

    def look(self) -> bool:
        """Ask the check, unless it has answered or the network plays -> whether there is an answer that is new."""
        if self.playing or self.verdict:
            return False
        with self.lock:
            result = self.run.check()
        self.verdict, self.meanwhile = (result, None) if result.done else (None, result)
        return result.done

    def shown(self, screen: Screen, now: float | None = None) -> bytes:
        """As for every session; what was chosen in the board at another step is of no account at this one."""
        chosen = screen.choice
        self._asks = min(chosen.asks, chosen.asks if self._asks is None else self._asks)
        if chosen.asks == self._asks:
            chosen = Choice(self.shows, asks=chosen.asks)
        self.uncovered = self.uncovered or chosen.uncovered or self.status.slow
        covers = () if self.uncovered or self.revealed else self.at.stage.covers
        return super().shown(screen._replace(choice=chosen._replace(scene=self._scene), covers=covers), now)

    def after_slice(self) -> None:
        """As for every session; and stand still where the stage ends."""
        super().after_slice()
        if self._before < self.at.stage.steps <= self.status.step:
            self.pause()

    def order(self) -> Order:
        """As for every session, but not beyond the stage's end."""
        self._before = self.status.step
        order, left = super().order(), self.at.stage.steps - self._before
        if left <= 0:
            return order
        return order._replace(steps=min(order.steps, left), more=order.more and left > order.steps + SPARE)

    def start(self, config: Config) -> None:
        super().start(config)
        self._set_the_stage()

    def remake(self, config: Config) -> None:
        super().remake(config)
        self._set_the_stage()

    def _set_the_stage(self) -> None:
        stage = self.at.stage
        self.verdict, self.meanwhile, self.goal = None, None, None
        self.shows, self.folded, self.opens, self.usual = stage.show, stage.folded, stage.opens, stage.speed
