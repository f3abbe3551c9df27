"""The fragment that ticks, and whether the browser has the page that belongs to it.

A busy server loses pages. Where a fragment's run is asked for after a page's run has ended, but before its messages
are in the queue, Streamlit takes a new script runner and drops whatever the old one has not delivered yet
(AppSession._handle_scriptrunner_event_on_event_loop: "non-current ScriptRunner"). So the browser can be left without
the timer that it should have, and then nothing comes any more; or with one that it should not, and a button that
still says Pause. Both are seen here, and the page reruns.

Where the timer calls while the page still runs, the fragment's run begins right after it, and Streamlit drops what it
has not sent yet of the fragment (ForwardMsgQueue.clear), but sends that the page is complete: the browser would take
the picture away until that run is through, and what stands below it for good. So while something plays a page trains
little, that hardly a call may come; and it ends only when the picture is on its way. So does the page of a Pause: a
call of the timer that it stops may follow at once.
"""

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import streamlit as st

from ui.board.board import overdue
from ui.frame.guard import guarded
from ui.run.plays import Plays
from ui.run.session import now

PERIODS, LEAST = 4, 3  # films' periods, and seconds, after which a board asks for a film: as in static/board/watch.js
EARLY = 0.9  # of that: films and questions do not take equally long on their way
SENT = 0.1  # seconds in which the server surely sends what waits: it looks every 5 ms
NAPS = 10  # parts of it: a server that stood still meanwhile has the others left
UNDERWAY = 0.3  # seconds after a page without a timer: a tick that was sent before it came


def live(s: Plays, tick: Callable[..., tuple[Sequence[str], object]], *args: Any) -> None:
    """Run tick(s, period, *args) now and, while s or any of args plays, at its pace, inside the guard.

    It gives the keys of all components in it that can speak, and whether the page has news. The page reruns if it has,
    if something else plays or at another pace than when the page was made, or if the browser has not got it.
    """
    all_ = [each for each in (s, *args) if isinstance(each, Plays)]
    for each in all_:
        if each.playing:
            each.keep_pace(now())
    made = stand(all_)
    period = made[-1]

    @wraps(tick)
    def one(*what: Any) -> None:
        with guarded():
            keys, news = tick(*what)
            if astray(s, period, *keys) or news or stand(all_) != made:
                st.rerun()

    ticking(s, one, period, *args)


def stand(all_: list[Plays]) -> tuple[Any, ...]:
    """Which of them play; the longest period of these, None: none does."""
    playing = [each.playing for each in all_]
    return *playing, max((each.pace.period for each in all_ if each.playing), default=None)


def ticking(s: Plays, tick: Callable[..., None], period: float | None, *args: Any) -> None:
    """Run tick(s, period, *args) now and every `period` seconds; None: only when something in it speaks."""
    s.from_boards = None  # what follows is a part of the page's own run
    whole, playing = True, [each for each in (s, *args) if isinstance(each, Plays)]

    @wraps(tick)  # by its name Streamlit tells one page's fragment from another's
    def fragment() -> None:
        nonlocal whole
        of_page, whole = whole, False
        for each in playing:
            each.whole = of_page
        if period is not None:
            s.timed = now()
        tick(s, period, *args)
        if of_page and now() - s.timed < LEAST:
            sent()

    st.fragment(fragment, run_every=period)()


def sent() -> None:
    """Wait until what a run has shown is on its way: a call of the timer may follow, with which Streamlit drops it."""
    for _ in range(NAPS):
        time.sleep(SENT / NAPS)


def astray(s: Plays, period: float | None, *boards: str) -> bool:
    """Whether the browser has another page than it should: asked once in every run of the fragment, at its end.

    boards: the keys of all in the fragment that can speak. Without a timer, a run that none of them asked for comes
    from one that should be gone. With a timer, a board that waits for a film while nothing ticked tells that it is
    lost; if something did tick, films are late, and rerunning pages would make them later.
    """
    moved = s.moved()
    sent, s.from_boards = s.from_boards, tuple(str(st.session_state.get(key)) for key in boards)
    waits, s.overdue = s.overdue, tuple(map(overdue, boards))
    seen, s.seen = s.seen, now()
    if moved:
        return True
    if sent is None:
        return False
    if period is None:
        return sent == s.from_boards and s.seen - seen > UNDERWAY  # a page in a page's wake can tear both
    return waits != s.overdue and s.seen - seen > EARLY * max(LEAST, PERIODS * period)
