"""The governor: everyone who plays gets the same share, and all of them together leave the server room."""

import re
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import Config, Snapshot
from ui.run.governor import (
    ALONE,
    BUSY,
    CROWD,
    FILM,
    FILM_THERE,
    LEAST,
    OVERHEAD,
    PERIODS,
    SHARE,
    SHORTER,
    SMOOTH,
    TICK,
    UNHURRIED,
    Pace,
    Playing,
    beyond_there,
    pace,
    pace_there,
    turn,
)
from ui.run.session import Session

ROOT = Path(__file__).parents[1]


def together(playing: int, p: Pace) -> float:
    """The least period in which all may tick, and the server has the room that it needs."""
    return max(1, playing) * (p.slice + OVERHEAD) / (2 / 3 if playing > 1 else ALONE + 1e-9)


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 2000), st.sampled_from([0.0, 0.5]))
def test_a_tick_ends_well_before_the_next_and_all_together_leave_a_third_of_a_core(playing: int, shortest: float):
    p = pace(playing, shortest)
    assert p.slice > 0
    assert together(playing, p) <= p.period
    assert p.period >= (1.5 if playing > 1 else 4 / 3) * (p.slice + OVERHEAD)  # else Streamlit drops pictures
    assert 4 <= p.frames <= 12


def test_one_visitor_gets_most_of_a_core_in_short_ticks():
    p = pace(1)
    assert 0.4 <= p.period <= 0.5
    assert 0.68 <= p.slice / p.period <= ALONE
    assert p.frames / p.period >= 10


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 500))
def test_one_more_visitor_never_shortens_the_others_period(playing: int):
    assert pace(playing + 1).period >= pace(playing).period


def test_a_class_of_thirty_ticks_more_than_once_a_second():
    assert pace(30).period < 1.0
    assert pace(30).frames / pace(30).period >= 8


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 300), st.integers(1, 8), st.sampled_from([0.0, 0.5]), st.floats(0, 0.05))
def test_where_runs_stand_on_workers_each_has_room_and_the_server_too(
    beside: int, workers: int, shortest: float, cost: float
):
    p = pace_there(beside * workers, beside, shortest, there=beyond_there(cost))
    more = FILM_THERE + beyond_there(cost)
    assert p.slice >= LEAST and 4 <= p.frames <= 12
    assert beside * (LEAST + more) <= BUSY * p.period + 1e-9  # what is more comes off the slice: Plays.slice
    assert beside * (p.slice + FILM_THERE) <= BUSY * p.period + 1e-9 or p.slice == LEAST
    assert beside * workers * TICK <= SHARE * p.period + 1e-9


def test_a_crowd_on_a_worker_ticks_no_oftener_than_its_films_are_worth():
    assert pace_there(CROWD, CROWD).period < UNHURRIED == pace_there(CROWD + 1, CROWD + 1).period
    assert pace_there(30, 30).frames / pace_there(30, 30).period > 12
    assert pace_there(60, 30).period <= 1 and pace_there(60, 60).period <= 1  # a second worker trains them faster
    assert pace_there(60, 30).slice > 1.9 * pace_there(60, 60).slice


def test_the_largest_classes_are_those_that_hosts_are_told():
    told = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) to (\d+) \| ([\d.]+) s \| ([\d.]+) \|$", told, re.MULTILINE)
    assert [int(first) for first, *_ in rows] == [1, *(int(last) + 1 for _, last, *_ in rows[:-1])]
    for first, last, period, frames in rows:
        for n in range(int(first), int(last) + 1):
            assert pace(n).period == float(period)
            assert pace(n).frames / pace(n).period == pytest.approx(float(frames), abs=0.05)
    most = max(int(last) for _, last, period, _ in rows if float(period) <= 1)
    assert f"**{most} who play at the same time**" in told


def test_the_period_changes_seldom():
    assert len({pace(n).period for n in range(1, 60)}) <= len(PERIODS)


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 500), st.integers(0, 500))
def test_a_period_that_still_suits_stays(playing: int, before: int):
    wanted, now = pace(playing).period, pace(before).period
    period = pace(playing, before=now).period
    assert period == (wanted if wanted >= now or wanted <= SHORTER * now else now)
    assert together(playing, pace(playing, before=now)) <= period


def test_a_third_of_the_class_may_pause_without_a_rerun_of_everyones_page():
    assert {pace(n, before=pace(30).period).period for n in range(20, 31)} == {pace(30).period}


@pytest.mark.parametrize("playing", [-1, 0])
def test_nobody_is_counted_as_one(playing: int):
    assert pace(playing) == pace(1)


def test_sessions_that_ticked_lately_count():
    playing = Playing()
    assert playing.tick("a", 0.0, 0.4) == 1
    assert playing.tick("b", 0.1, 0.4) == 2
    assert playing.tick("a", 0.4, 0.4) == 2
    assert playing.tick("a", 4.2, 0.4) == 1  # b's page was closed
    playing.tick("b", 4.3, 0.4)
    playing.stop("b")
    playing.stop("never seen")
    assert playing.tick("a", 4.4, 0.4) == 1


def test_a_slow_ticker_is_not_forgotten_between_its_ticks():
    playing = Playing()
    playing.tick("slow", 0.0, 3.0)
    assert playing.tick("quick", 7.0, 0.4) == 2


def test_a_class_whose_ticks_are_late_counts_in_full():
    playing = Playing()
    # Each waits for three seconds where half a second was wanted.
    counted = [playing.tick(f"{i}", 3.0 * late + 0.1 * i, 0.5) for late in range(4) for i in range(30)]
    assert counted[30:] == [30] * 90


def test_many_threads_may_count_at_once():
    playing = Playing()
    threads = [
        threading.Thread(target=lambda i=i: [playing.tick(f"{i}-{j}", 0.0, 1.0) for j in range(200)]) for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert playing.tick("one more", 0.0, 1.0) == 8 * 200 + 1


def test_slices_take_turns():
    order: list[str] = []

    def second():
        with turn(patience=30):
            order.append("second")

    thread = threading.Thread(target=second)
    with turn(patience=30):
        thread.start()
        time.sleep(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_nobody_waits_for_a_long_slice_for_ever():
    begin = time.monotonic()
    with turn(patience=30):
        thread = threading.Thread(target=lambda: turn(patience=0.05).__enter__())
        thread.start()
        thread.join(30)
    assert time.monotonic() - begin < 30
    with turn(patience=0.0):  # whoever ran out of patience holds nothing
        pass


def test_a_slice_that_fails_ends_its_turn():
    with pytest.raises(ValueError), turn(patience=30):
        raise ValueError
    begin = time.monotonic()
    with turn(patience=30):
        assert time.monotonic() - begin < 30


@pytest.mark.parametrize(("speed", "frames"), [("full", pace(1).frames), ("slow", 1)])
def test_frames_that_waiting_cost_are_made_up_at_full_speed(speed: str, frames: int, monkeypatch: pytest.MonkeyPatch):
    s = Session(Config())
    run = s.run.trainer.run
    # as if time were up
    monkeypatch.setattr(s.run.trainer, "run", lambda seconds, frames, steps=None: run(0, frames=1))
    s.speed = speed
    s.play()
    s.tick(0.0)
    assert len(s.run.frames) == frames
    s.pause()


def test_two_presses_before_a_page_has_run_are_both_answered_in_their_order():
    s = Session(Config())
    s.run.trainer.advance()
    s.ask("reset")
    s.ask("play")
    s.answer()
    assert (s.run.trainer.step, s.playing) == (0, True)
    s.answer()
    assert s.playing  # once
    s.pause()


def test_a_slice_is_shorter_by_what_its_tick_costs_beside_it(monkeypatch: pytest.MonkeyPatch):
    s, clock = Session(Config()), [0.0]
    monkeypatch.setattr("ui.run.session.time.thread_time", lambda: clock[0])
    assert s.slice() == s.pace.slice
    for cost in (FILM / 2, FILM, 0.1, 9.0):
        with s.beside():
            clock[0] += cost
        assert s.slice() == pytest.approx(max(LEAST, s.pace.slice - max(0, cost - FILM)))


def test_training_is_no_cost_where_it_is_counted(monkeypatch: pytest.MonkeyPatch):
    s, clock = Session(Config()), [0.0]
    monkeypatch.setattr("ui.run.session.time.thread_time", lambda: clock[0])
    monkeypatch.setattr(Session, "trained", property(lambda self: clock[0] / 4))
    with s.beside():
        clock[0] += 0.1
    assert s.cost == pytest.approx(0.075)


@settings(deadline=None, derandomize=True)
@given(st.integers(2, 500), st.floats(0, 0.1))
def test_ticks_that_cost_more_come_less_often(playing: int, more: float):
    p = pace(playing, more=more)
    assert p.period >= pace(playing).period
    assert playing * (LEAST + OVERHEAD + more) <= 0.67 * p.period  # each takes off its slice what its own tick costs


def test_what_a_tick_costs_is_the_mean_of_all_who_play_and_no_single_one_sways_it():
    playing = Playing()
    assert playing.more() == 0
    for _ in range(3):
        playing.tick("a", 0.0, 0.5, 0.01)
        playing.tick("b", 0.0, 0.5, 0.03)
    assert playing.more() == pytest.approx(0.02)
    playing.tick("b", 0.1, 0.5, 1.03)
    assert playing.more() == pytest.approx(0.02 + 0.5 * SMOOTH)
    playing.stop("b")
    assert playing.more() == pytest.approx(0.01)


def test_the_trainer_gets_the_slice_that_is_left(monkeypatch: pytest.MonkeyPatch):
    s = Session(Config())
    run, asked = s.run.trainer.run, list[float]()

    def noted(seconds: float, frames: int, steps: int | None = None) -> list[Snapshot]:
        asked.append(seconds)
        return run(0, frames=1)

    monkeypatch.setattr(s.run.trainer, "run", noted)
    s.play()
    s.cost = 0.1
    s.tick(0.0)
    assert asked[0] == s.slice() < s.pace.slice
    s.pause()


def test_a_press_waits_for_the_slice_that_its_session_is_training():
    s = Session(Config())
    s.ask("step")
    with s.lock:  # as the script thread that still trains
        press = threading.Thread(target=s.answer)
        press.start()
        time.sleep(0.05)
        assert s.run.trainer.step == 0
    press.join(30)
    assert s.run.trainer.step == 1
