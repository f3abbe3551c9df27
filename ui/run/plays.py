"""What plays in ticks, and stands still when its page is left: one run, several together, or a race."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from ui.run.governor import LEAST, PLAYING, SHORTEST, Pace, Playing, beyond, beyond_there, pace, pace_there

BRIEF = 0.05  # seconds of training in a tick that is a part of the whole page: ui/run/ticking.py says why


class Plays(ABC):
    """What plays in ticks. It stands still when its page is left. lock: hold it to change anything.
    whole: whether this tick is a part of the whole page. cost: seconds that a tick takes beside its training, here,
    and cost_there: on the worker on which it trains. shortest: the least period.

    What ui/run/ticking.py remembers of the browser. told: what the boards said last, None: nothing since the page ran;
    overdue: as often as they had to ask for a film; seen: when it last asked for anything; timed: when it last had a
    timer.
    """

    name: str
    lock: "threading.RLock"
    playing: bool
    pace: Pace
    whole, cost, shortest = False, 0.0, SHORTEST
    cost_there = 0.0
    told: tuple[str, ...] | None = None
    overdue: tuple[object, ...] = ()
    seen = timed = float("-inf")

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
        return None

    @property
    def spent(self) -> float:
        """Seconds that it took there so far, beside ticks."""
        return 0.0

    @property
    def beside_it(self) -> int:
        """How many train on its worker, as that said last: other servers may have runs there."""
        return 0

    @property
    def late(self) -> float:
        """Seconds by which its last tick took longer there than was ordered."""
        return 0.0

    def moved(self) -> bool:
        """Whether its worker was lost since this was asked last, and it trains on another one."""
        return False

    def paced(self, now: float) -> Pace:
        """Say that this plays -> the pace that those who do allow."""
        before = self.pace.period
        playing = PLAYING.tick(self.name, now, before, beyond(self.cost))
        if there := self.there:
            beside = there.tick(self.name, now, before, beyond_there(self.cost_there + self.late))
            return pace_there(playing, max(beside, self.beside_it), self.shortest, before, PLAYING.more(), there.more())
        return pace(playing, self.shortest, before, PLAYING.more())

    def pause(self) -> None:
        """Stand still."""
        self.playing = False
        PLAYING.stop(self.name)
        if there := self.there:
            there.stop(self.name)

    def left(self) -> None:
        """Another page is shown: nothing of this one ticks any more."""
        if self.playing:
            self.pause()
