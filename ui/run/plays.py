"""What plays in ticks, and stands still when its page is left: one run, several together, or a race."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from ui.run.governor import LEAST, OVERHEAD, Pace

BRIEF = 0.05  # seconds of training in a tick that is a part of the whole page: ui/run/ticking.py says why


class Plays(ABC):
    """What plays in ticks. It stands still when its page is left. lock: hold it to change anything.
    whole: whether this tick is a part of the whole page. cost: seconds that a tick takes beside its training.

    What ui/run/ticking.py remembers of the browser. told: what the boards said last, None: nothing since the page ran;
    overdue: as often as they had to ask for a film; seen: when it last asked for anything; timed: when it last had a
    timer.
    """

    lock: "threading.RLock"
    playing: bool
    pace: Pace
    whole, cost = False, 0.0
    told: tuple[str, ...] | None = None
    overdue: tuple[object, ...] = ()
    seen = timed = float("-inf")

    @property
    @abstractmethod
    def films(self) -> tuple[int, ...]:
        """The number of the film that was shown last, of each picture."""

    def slice(self) -> float:
        """Seconds of training in this tick: with what else the tick costs they fit what the pace allows."""
        left = max(LEAST, self.pace.slice - max(0.0, self.cost - OVERHEAD))  # the pace has room for an OVERHEAD
        return min(BRIEF, left) if self.whole else left

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Around what a tick does beside its training: the slice that follows is shorter by what it costs."""
        begin = time.thread_time()
        try:
            yield
        finally:
            self.cost = time.thread_time() - begin

    @abstractmethod
    def pause(self) -> None:
        """Stand still."""

    def left(self) -> None:
        """Another page is shown: nothing of this one ticks any more."""
        if self.playing:
            self.pause()
