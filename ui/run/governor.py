"""How much training one server process may do while everyone's page stays quick.

A tick trains for a slice of time in every period. NumPy's training and Streamlit's messages share one interpreter, so
the slices of all sessions that play must leave it a third of a core, or a little less where one plays alone; a tick
itself costs about 8 ms, whatever it does, and more where it shows more than a film, which makes everybody's period
longer. They take turns: of two that train at once each spends its slice on waiting for the other.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

SHARE = 0.66  # of a core, for all ticks together
ALONE = 0.72  # for one who plays alone: nobody else waits for the interpreter
OVERHEAD = 0.008  # seconds a tick costs beside its training
FILM = 0.002  # of them, to make its film
BUSY = 0.87  # of a worker's core, for all that train there: the busier, the longer a press waits for its own tick
FILM_THERE = 0.006  # seconds a tick costs on a worker beside training
CROWD, UNHURRIED = 10, 0.9  # more than so many on a worker tick no oftener than so: each tick costs them a film
TICK = 0.009  # seconds a tick costs the server, where the run stands on a worker
SMOOTH = 0.1  # weight of the last tick's cost in a session's mean
LEAST = 0.008  # seconds of training, below which a tick is not worth its cost
PERIODS = (0.45, 0.5, 0.75, 0.9, 1.0, 1.5, 2.0, 3.0)  # few, so that a page's timer is seldom set anew
SHORTEST = 0.5  # of them, but for a race: its charts come with a tick, and are to come twice a second
# Periods, and seconds at least, without a tick, after which a session no longer counts. A server that falls behind has
# late ticks: if it took them for closed tabs, it would let the others train more, and fall further behind.
GONE, SOONEST = 2.5, 4.0
SHORTER = 0.6  # of a period: only one that is no longer than this takes its place; a change reruns every page
FRAMES_PER_SECOND, FRAMES_THERE = 15, 13

# NumPy lets go of the interpreter in every product; another thread may then keep it for so long. Python's own 5 ms are
# twenty training steps. Of 12 sessions that play the slowest got 7, 3, 7 and 5 frames a second; with this and with
# turns, in runs between those, 10, 8, 11 and 10.
sys.setswitchinterval(0.0005)


class Pace(NamedTuple):
    """Train `slice` seconds out of every `period` seconds and bring `frames` pictures of it."""

    slice: float
    period: float
    frames: int


def beyond(cost: float) -> float:
    """Seconds by which a tick that spends `cost` beside its training costs more than OVERHEAD."""
    return max(0.0, cost - FILM)


def beyond_there(cost: float) -> float:
    """Seconds by which a tick that spends `cost` on a worker beside its training costs more than FILM_THERE."""
    return max(0.0, cost - FILM_THERE)


def pace(playing: int, shortest: float = SHORTEST, before: float = 0.0, more: float = 0.0) -> Pace:
    """The pace of each of `playing` sessions, of at least 1; shortest: the least period; before: the period now; more:
    seconds that their ticks cost beyond OVERHEAD, in the mean. What its own does is yet to come off a slice.
    """
    playing = max(1, playing)
    share = SHARE if playing > 1 else ALONE
    period = period_of(playing * (LEAST + OVERHEAD + more) / share, shortest, before)
    return Pace(max(LEAST, period * share / playing - OVERHEAD), period, frames_in(period))


def pace_there(
    playing: int, beside: int, shortest: float = SHORTEST, before: float = 0.0, more: float = 0.0, there: float = 0.0
) -> Pace:
    """The pace of each of `beside` that train on one worker, of `playing` in all; there: as more, on that worker. The
    server has their ticks alone to bear.
    """
    playing, beside = max(1, playing), max(1, beside)
    needed = max(playing * (TICK + more) / SHARE, beside * (LEAST + FILM_THERE + there) / BUSY)
    period = period_of(needed, UNHURRIED if beside > CROWD else shortest, before)
    return Pace(max(LEAST, period * BUSY / beside - FILM_THERE), period, frames_in(period, FRAMES_THERE))


def period_of(needed: float, shortest: float, before: float) -> float:
    """The first of PERIODS that is long enough; that of before, where this one is not clearly shorter."""
    period = next((p for p in PERIODS if p >= max(shortest, needed)), max(shortest, needed))
    return before if SHORTER * before < period < before else period


def frames_in(period: float, a_second: float = FRAMES_PER_SECOND) -> int:
    """How many pictures a film of so many seconds has."""
    return min(12, max(4, round(period * a_second)))


@contextmanager
def turn(patience: float) -> Iterator[None]:
    """Around a slice: wait until nobody else's is running, but no longer than `patience` seconds."""
    mine = _training.acquire(timeout=patience)
    try:
        yield
    finally:
        if mine:
            _training.release()


class Playing:
    """Which sessions play, by the time of their last tick, and what a tick of each costs beyond OVERHEAD. One for the
    process; any thread may call any method.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, tuple[float, float]] = {}  # until when it counts, and what its ticks cost
        self._lock = threading.Lock()

    def tick(self, session: str, now: float, period: float, more: float = 0.0) -> int:
        """Note a tick of a session that ticks every `period` seconds and that cost `more` than OVERHEAD; how many
        sessions play, this one among them.
        """
        with self._lock:
            _, before = self._sessions.get(session, (now, more))
            self._sessions[session] = now + max(SOONEST, GONE * period), before + SMOOTH * (more - before)
            self._sessions = {name: known for name, known in self._sessions.items() if known[0] >= now}
            return len(self._sessions)

    def more(self) -> float:
        """What a tick costs beyond OVERHEAD, in the mean of all who play."""
        with self._lock:
            return sum(more for _, more in self._sessions.values()) / max(1, len(self._sessions))

    def stop(self, session: str) -> None:
        """Forget a session that pauses; one whose page was closed is forgotten by itself."""
        with self._lock:
            self._sessions.pop(session, None)


_training = threading.Lock()
PLAYING = Playing()
