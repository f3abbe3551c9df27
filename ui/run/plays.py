"""What plays in ticks, and stands still when its page is left: one run, several together, or a race."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from rnn_core.words import t
from ui.run.governor import LEAST, PLAYING, SHORTEST, Pace, Playing, beyond, beyond_there, pace, pace_there
from ui.run.placed import Placed

BRIEF = 0.05  # seconds of training in a tick that is a part of the whole page: ui/run/ticking.py says why


class Plays(ABC):
    """What plays in ticks. It stands still when its page is left. lock: hold it to change anything.
    whole: whether this tick is a part of the whole page. cost: seconds that a tick takes beside its training, here,
    and cost_there: on the worker on which it trains; often: the share of its ticks that cost so much. shortest: the
    least period. run: what trains, where that is one; noun: what a sentence calls it; buttons: the methods that they
    ask for; notes: sentences for the page.

    What ui/run/ticking.py remembers of the browser. from_boards: what they sent last, None: nothing since the page ran;
    overdue: as often as they had to ask for a film; seen: when it last asked for anything; timed: when it last had a
    timer.
    """

    run: Placed | None = None
    noun = t("run")
    buttons: ClassVar[dict[str, str]] = {name: name for name in ("play", "pause", "reset")}
    notes: tuple[str, ...] = ()
    name: str
    lock: "threading.RLock"
    playing: bool
    pace: Pace
    whole, cost, shortest = False, 0.0, SHORTEST
    cost_there, often = 0.0, 1.0
    from_boards: tuple[str, ...] | None = None
    overdue: tuple[object, ...] = ()
    seen = timed = float("-inf")

    def __init__(self) -> None:
        self._presses: list[str] = []

    @property
    @abstractmethod
    def films(self) -> tuple[int, ...]:
        """The number of the film that was shown last, of each picture."""

    def slice(self) -> float:
        """Seconds of training in this tick: with what else the tick costs they fit what the pace allows."""
        more = beyond_there(self.cost_there + self.late) if self.there else beyond(self.cost)
        left = max(LEAST, self.pace.slice - more)
        return min(BRIEF, left) if self.whole else left

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Around what a tick does beside its training: the slice that follows is shorter by what it costs. It may train
        in it, where `trained` says for how long it did.
        """
        begin, spent = time.thread_time() - self.trained, self.spent
        try:
            yield
        finally:
            self.cost, self.cost_there = time.thread_time() - self.trained - begin, self.spent - spent

    @property
    def trained(self) -> float:
        """Seconds that it trained so far, of this thread, where that is counted."""
        return 0.0

    @property
    def there(self) -> Playing | None:
        """What plays on the worker on which this trains; None where it trains here."""
        return self.run.playing if self.run else None

    @property
    def spent(self) -> float:
        """Seconds that it took on its worker so far, beside ticks."""
        return self.run.spent if self.run else 0.0

    @property
    def late(self) -> float:
        """Seconds by which its last tick took longer there than was ordered."""
        return self.run.late if self.run else 0.0

    def moved(self) -> bool:
        """Whether its worker was lost since this was asked last; it then says from which step it went on."""
        if self.run is None or self.run.went_on is None:
            return False
        news = t("The {noun} went on from step {step}.", noun=self.noun, step=f"{self.run.went_on:,}")
        self.notes, self.run.went_on = (news,), None
        return True

    def paced(self, now: float) -> Pace:
        """Say that this plays -> the pace that those who do allow."""
        before = self.pace.period
        playing = PLAYING.tick(self.name, now, before, beyond(self.often * self.cost))
        if there := self.there:
            beside = there.tick(self.name, now, before, beyond_there(self.often * self.cost_there + self.late))
            beside = max(beside, self.run.beside if self.run else 0)  # other servers may have runs there
            return pace_there(playing, beside, self.shortest, before, PLAYING.more(), there.more())
        return pace(playing, self.shortest, before, PLAYING.more())

    @abstractmethod
    def keep_pace(self, now: float) -> None:
        """Say that this plays, and take the pace that the number of those who do allows."""

    def pause(self) -> None:
        """Stand still."""
        self.playing = False
        PLAYING.stop(self.name)
        if there := self.there:
            there.stop(self.name)

    def ask(self, what: str) -> None:
        """What a button wants done: it is done by `answer`, inside the page's guard."""
        self._presses.append(what)

    def answer(self) -> None:
        """Do what was asked since the last time, once and in this order: a second press may come before the page of the
        first has run.
        """
        while self._presses:
            with self.lock:  # two pages of one visitor may be here at once
                if self._presses:
                    getattr(self, self.buttons[self._presses.pop(0)])()

    def left(self) -> None:
        """Another page is shown: nothing of this one ticks any more."""
        if self.playing:
            self.pause()
