"""When the page around a ticking fragment reruns: the browser has lost its timer, or kept one that should be gone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from rnn_core import Config
from ui.run.plays import BRIEF
from ui.run.session import Session
from ui.run.ticking import LEAST, PERIODS, SENT, astray, ticking

BOARD = {"board": {"view": {"layers": 1}, "overdue": 0}}


@dataclass
class Page:
    """A page whose fragment runs when it is told to, at a time of one's own."""

    s: Session
    time: float = 0.0
    state: dict[str, Any] = field(default_factory=lambda: dict(BOARD))

    def load(self, period: float | None) -> None:
        """The page runs, its fragment within."""
        self.s.from_boards = None
        assert not astray(self.s, period, "board")

    def runs(self, after: float, period: float | None, **said: object) -> bool:
        """Some seconds later the fragment runs; said: by the board, since then."""
        self.time += after
        self.state["board"] = self.state.get("board", {}) | said
        return astray(self.s, period, "board")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    page = Page(Session(Config()))
    monkeypatch.setattr("ui.run.ticking.now", lambda: page.time)
    monkeypatch.setattr("streamlit.session_state", page.state)
    return page


@pytest.mark.parametrize("period", [0.5, 2.0])
def test_a_board_that_waits_while_nothing_ticked_has_lost_its_timer(page: Page, period: float):
    page.load(period)
    assert page.runs(max(LEAST, PERIODS * period), period, overdue=1)


@pytest.mark.parametrize("period", [0.5, 2.0])
def test_a_board_that_waits_though_ticks_come_is_only_late(page: Page, period: float):
    page.load(period)
    for _ in range(9):
        assert not page.runs(period, period)
    assert not page.runs(period / 2, period, overdue=1)
    assert not page.runs(period / 2, period)


def test_a_question_is_answered_once(page: Page):
    page.load(0.5)
    assert page.runs(LEAST, 0.5, overdue=1)
    page.load(0.5)
    assert not page.runs(60, 0.5)  # a tab that was hidden


def test_a_tick_where_nothing_should_tick_comes_from_a_timer_that_was_left(page: Page):
    page.load(None)
    assert not page.runs(0.1, None)  # it was under way when its timer was stopped
    assert page.runs(0.5, None)


def test_a_viewer_who_chooses_something_in_a_page_that_stands_still_reruns_nothing(page: Page):
    page.load(None)
    assert not page.runs(5, None, view={"layers": 2})
    assert not page.runs(5, None, view={"layers": 3})


def test_a_board_that_has_not_spoken_yet_is_none_that_waits(page: Page):
    del page.state["board"]
    page.load(0.5)
    assert not page.runs(60, 0.5)


def test_a_tick_that_is_a_part_of_the_page_is_brief_and_waits_until_its_picture_is_sent(
    monkeypatch: pytest.MonkeyPatch,
):
    """Else a timer's call that comes meanwhile takes the picture with it, and the browser removes it."""
    s = Session(Config())
    made, ticks, waited = list[tuple[Callable[[], None], float | None]](), list[object](), list[float]()
    time = [0.0]

    def fragment(f: Callable[[], None], run_every: float | None) -> Callable[[], None]:
        made.append((f, run_every))
        return f

    def noted(*of: object) -> None:
        ticks.append((of, s.whole, s.slice()))

    monkeypatch.setattr("ui.run.ticking.now", lambda: time[0])
    monkeypatch.setattr("ui.run.ticking.st.fragment", fragment)
    monkeypatch.setattr("ui.run.ticking.time.sleep", waited.append)
    ticking(s, noted, 0.5, None)
    assert ticks == [((s, 0.5, None), True, BRIEF)] and sum(waited) == pytest.approx(SENT) and made[0][1] == 0.5
    made[0][0]()  # by the timer
    assert ticks[1:] == [((s, 0.5, None), False, s.pace.slice)] and sum(waited) == pytest.approx(SENT)
    ticking(s, noted, None)  # paused: the timer may just have called
    assert sum(waited) == pytest.approx(2 * SENT) and made[1][1] is None
    time[0] += LEAST
    ticking(s, noted, None)  # nothing has ticked for long: nothing to wait for
    assert sum(waited) == pytest.approx(2 * SENT) and made[2][1] is None
