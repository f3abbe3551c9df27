"""Runs that stand on workers: the same answers as here, and what happens where a worker is lost.

What needs dask.distributed starts real processes, and ends them.
"""

import gc
import logging
import os
import signal
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import Config, Trainer
from rnn_core.analysis import jacobians
from rnn_core.analysis.what_if import Weight
from rnn_core.lessons import LESSONS
from rnn_core.sweep.cluster import SCHEDULER
from rnn_core.tasks.text import letters
from tests.browser.harness import free_port
from tests.every import every
from tests.visiting import undisturbed, visit
from tests.workers import SMALL, Fragile, end, held, made, pids, same, until, workers
from ui.board.film import Choice
from ui.compare.race import Race
from ui.learn.run import LessonRun
from ui.run import elsewhere, places
from ui.run.elsewhere import Elsewhere, Host
from ui.run.governor import Playing
from ui.run.places import AT_ONCE, WORKERS, Here, Turns, Workers, chosen
from ui.run.records import Order, Screen
from ui.run.run import Run
from ui.run.session import Session
from ui.run.together import Together
from ui.series.desk import SeriesDesk
from ui.series.run import ControlRun, SeriesRun
from ui.text.run import TextRun

BIG = Weight("W_hh", 0, 1, 2.0)
SERIES = SeriesDesk()
__all__ = ["undisturbed", "workers"]  # fixtures that are used here as well
RHYME = "The cat sat on the mat, and that was that.\n" * 30
LESSON = next(iter(LESSONS))
KINDS: dict[str, tuple[type[Run], tuple[Any, ...]]] = {
    "run": (Run, (SMALL, True)),
    "lstm": (Run, (Config(cell="lstm", task="surname-letters", hidden_size=4), False)),
    "text": (TextRun, (Config(task="sonnets", length=10, hidden_size=4), letters(RHYME))),
    "series": (SeriesRun, (SERIES.config, SERIES.splits, SERIES.title)),
    "control": (ControlRun, (SERIES.config, SERIES.split)),
    "lesson": (LessonRun, (LESSONS[LESSON].steps[0].stage.config, LESSON, 1, {})),
}


def order(steps: int) -> Order:
    """A tick that steps decide, not a clock."""
    return Order(60.0, 1.0, 3, steps, ends=True, watched=True)


@every(kind=KINDS)
def test_a_run_that_was_kept_goes_on_elsewhere_to_the_same_numbers(kind: str):
    make, args = KINDS[kind]
    one = make(*args)
    one.train(order(23))
    one.look_at(5)
    other = Host(make, args, one.keep()).run
    assert isinstance(other, make)
    assert other.trainer.step == one.trainer.step and other.status.sequence == 5
    assert other.status.film > one.status.film and other.status.restarts == one.status.restarts
    for run in (one, other):
        run.train(order(9))
    assert same(one.trainer.theta, other.trainer.theta)
    assert one.last.held_out_loss == other.last.held_out_loss


def test_what_nobody_sees_is_trained_all_the_same_and_seen_when_somebody_looks():
    seen, unseen = Run(SMALL), Run(SMALL)
    for run, frames in ((seen, 3), (unseen, 0)):
        run.train(order(7)._replace(frames=frames))
    first = unseen.last
    assert first.step == 0 and unseen.status.film == seen.status.film
    assert same(unseen.status._replace(held_out_loss=0, held_out_metric=0, best=None),
                seen.status._replace(held_out_loss=0, held_out_metric=0, best=None))  # fmt: skip
    shown = unseen.film(Screen(Choice(), True, 0.5))
    assert unseen.last.step == 7 and shown != b"" and unseen.last.held_out_loss == seen.last.held_out_loss
    unseen.train(order(2)._replace(frames=0))
    unseen.still()
    assert unseen.last.step == 9


CALLS: dict[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "train": st.builds(lambda n: ("train", order(n)), st.integers(1, 12)),
    "unseen": st.builds(lambda n: ("train", order(n)._replace(frames=0)), st.integers(1, 12)),
    "press": st.sampled_from([("step",), ("slowly",), ("still",), ("play",), ("rewind",), ("back_to_best",)]),
    "take": st.builds(lambda n: ("take", n), st.integers(0, 5)),
    "set": st.builds(lambda rate: ("set", {"learning_rate": rate}), st.sampled_from([0.001, 0.3, 1e6])),
    "start": st.builds(lambda k: ("start", SMALL.__class__(hidden_size=4, length=6, seed=k)), st.integers(1, 3)),
    "refused": st.just(("start", "no Config")),
    "look": st.builds(lambda k: ("look_at", k), st.integers(-70, 70)),
    "explore": st.builds(
        lambda text, moment: ("explore", Choice(typed=text, weights=(BIG,), moment=moment), False),
        st.sampled_from(["", "ABCAB", "§"]),
        st.integers(0, 3),
    ),
    "film": st.builds(lambda on: ("film", Screen(Choice(), on, 0.5)), st.booleans()),
    "past": st.just(("past", (1, 2), {"cursor": 1}, False, 0.5)),
    "ask": st.sampled_from([("ask", jacobians, 0), ("ask", Trainer.evaluate)]),
    "comment": st.just(("comment",)),
}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(calls=st.lists(st.one_of(*CALLS.values()), max_size=12))
def test_any_calls_have_the_same_answers_here_and_there(workers: Workers, calls: list[tuple[Any, ...]]):
    here, there = Run(SMALL, True), workers.make(Run, SMALL, True)
    for name, *args in calls:
        found = [answer(run, name, args) for run in (here, there)]
        assert same(*found), (name, args)
    there.do()  # what goes with the next call
    assert same(here.status, there.status)


def answer(run: Run, name: str, args: list[Any]) -> Any:
    """What a call gives, or why it is refused."""
    try:
        return getattr(run, name)(*args)
    except ValueError as problem:
        return str(problem)


def test_runs_stand_where_the_fewest_do_and_who_is_gone_leaves_none(workers: Workers):
    def come(_: object) -> Run:
        run = workers.make(Run, SMALL, False)
        run.take(2)
        return run

    until(lambda: gc.collect() >= 0 and held(workers) == 0)  # what other tests had
    runs: list[Run] = []
    with ThreadPoolExecutor(8) as pool:  # a class that comes and goes
        for _ in range(10):
            runs = list(pool.map(come, range(30)))
            there = Counter(run.worker for run in runs)
            assert len(there) == 2 and max(there.values()) - min(there.values()) <= 8  # those who come at once
            assert {run.status.step for run in runs} == {2}
    runs.clear()
    until(lambda: gc.collect() >= 0 and held(workers) == 0)


def test_runs_of_every_kind_are_spread_where_a_visit_has_several(workers: Workers):
    runs = [workers.make(kind, *args) for _ in range(4) for kind, args in (KINDS["lstm"], KINDS["text"])]
    for alike in (runs[::2], runs[1::2]):
        assert sorted(Counter(run.worker for run in alike).values()) == [2, 2]


def test_the_app_does_not_run_in_a_worker(workers: Workers):
    def mains() -> list[str]:
        return [str(getattr(sys.modules.get(name), "__file__", "")) for name in ("__main__", "__mp_main__")]

    for found in workers.client.run(mains).values():
        assert all(name == "" or "workers" in name or "spawn" in name for name in found)
    loaded = workers.client.run(lambda: [name for name in ("streamlit", "pandas", "plotly") if name in sys.modules])
    assert set(map(tuple, loaded.values())) == {()}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_hangs_costs_two_seconds_of_training_and_is_said(
    how: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(elsewhere, "KEEP", 0.0)  # every tick brings the state
    workers = made(2)
    monkeypatch.setattr(places, "chosen", lambda: workers)
    one, other = Session(SMALL), Session(SMALL)
    for s in (one, other):
        s.run.train(order(20))
    assert one.run.worker != other.run.worker
    lost, straight = pids(workers)[one.run.worker], Run(SMALL)
    os.kill(lost, how)
    one.run.train(order(7))
    straight.take(27)
    film = one.run.film(Screen(Choice(), False, 0.5))
    assert film and one.status.step == 27 and one.status.held_out_loss == straight.last.held_out_loss
    assert one.moved() and one.notes == ("The run went on from step 20.",) and not one.moved()
    other.run.train(order(1))
    assert not other.moved() and other.status.step == 21
    if how == signal.SIGSTOP:
        os.kill(lost, signal.SIGKILL)
    end(workers)


def test_where_the_scheduler_is_gone_another_is_started_or_the_run_goes_on_here(monkeypatch: pytest.MonkeyPatch):
    workers = made(1)
    run, before = workers.make(Run, SMALL, False), workers.program
    run.take(5)
    end(workers)
    run.step()
    assert workers.program is not before and run.worker and run.status.step == 6
    end(workers)
    monkeypatch.setattr(places, "started", lambda count: 1 / 0)
    monkeypatch.setattr(places, "ANEW", 0.5)
    run.step()
    assert run.worker == "" and run.status.step == 7
    monkeypatch.undo()
    monkeypatch.setattr(elsewhere, "KEEP", 0.0)
    run.train(order(1))  # they are there again
    assert run.worker and run.status.step == 8
    end(workers)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (WORKERS, "many", "UNROLLED_WORKERS is 'many'; it must be auto, or a number of workers from 1"),
        (WORKERS, "0", "it must be auto, or a number"),
        (SCHEDULER, "tcp://127.0.0.1:PORT", "no Dask scheduler answers at|dask.distributed is not installed"),
    ],
)
def test_where_there_are_no_workers_runs_stand_here_and_one_line_says_why(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("rnn_core.sweep.cluster.PATIENCE", 0.5)
    for each in (WORKERS, SCHEDULER):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, value.replace("PORT", str(free_port())))
    with caplog.at_level(logging.WARNING, "unrolled"):
        assert isinstance(chosen.__wrapped__(), Here)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "unrolled"]
    assert any(part in said for part in told.split("|")) and said.endswith("; runs are trained in this process")


def test_without_dask_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setenv(SCHEDULER, "tcp://127.0.0.1:1")
    with caplog.at_level(logging.WARNING, "unrolled"):
        assert isinstance(chosen.__wrapped__(), Here)
    assert "pip install -r requirements-cluster.txt" in caplog.text


@every(lost=range(2, 9))
def test_whichever_call_is_lost_it_is_made_again_on_another_worker(lost: int):
    workers, straight = Fragile(lost), Run(SMALL)
    there = Elsewhere(workers, Run, (SMALL, False))  # type: ignore[arg-type]
    calls = ("take", 3), ("step",), ("look_at", 4), ("take", 2), ("start", SMALL), ("take", 1), ("take", 4)
    for name, *args in calls:
        getattr(there, name)(*args)
        getattr(straight, name)(*args)
    assert same(there.status.held_out_loss, straight.status.held_out_loss) and there.status.step == 5
    assert workers.made == 2 and there.went_on is not None


def test_a_worker_says_how_many_train_there_whoever_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(elsewhere, "TRAINING", Playing())
    servers = [Fragile() for _ in range(4)]
    runs = [Elsewhere(server, Run, (SMALL, False)) for server in servers]  # type: ignore[arg-type]
    for run in runs:
        run.train(order(1))
    assert [run.beside for run in runs] == [1, 2, 3, 4]
    runs[0].film(Screen(Choice(), False, 0.5))
    assert runs[0].beside == 1  # it was no tick


def test_a_run_that_cannot_be_made_is_refused_as_here_and_costs_no_worker(workers: Workers):
    bad = Config(k=1, length=5, hidden_size=3).__class__(k=4, length=5)
    object.__setattr__(bad, "k", 9)
    with pytest.raises(ValueError) as here:
        Run(bad)
    with pytest.raises(ValueError) as there:
        workers.make(Run, bad)
    assert str(here.value) == str(there.value) and len(workers.alive()) == 2
    lesson = workers.make(LessonRun, *KINDS["lesson"][1])
    with pytest.raises(TypeError):
        lesson.look_at()  # type: ignore[call-arg]
    assert lesson.status.step == 0 and len(workers.alive()) == 2


def test_a_run_that_ends_one_worker_after_the_other_is_not_made_here():
    there = Elsewhere(workers := Fragile(*range(3, 99)), Run, (SMALL, False))  # type: ignore[arg-type]
    there.take(1)
    with pytest.raises(OSError, match="no worker keeps this run"):
        there.take(1)
    assert workers.made > 2 and there.worker


def test_what_a_run_raises_is_raised_here_and_moves_nothing():
    workers = Fragile()
    there = Elsewhere(workers, Run, (SMALL, False))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="only"):
        there.set({"hidden_size": 9})
    with pytest.raises(AttributeError):
        there.trainer  # noqa: B018
    assert workers.made == 1


def test_who_presses_comes_before_any_tick_and_no_more_than_two_ask_at_once():
    turns, order = Turns(), list[str]()
    hold = [turns.turn(later=True) for _ in range(AT_ONCE)]
    for each in hold:
        each.__enter__()

    def ask(name: str, later: bool) -> None:
        with turns.turn(later):
            order.append(name)

    asking = []
    for k, (name, later) in enumerate([("tick 1", True), ("tick 2", True), ("press 1", False), ("press 2", False)], 1):
        asking.append(threading.Thread(target=ask, args=(name, later)))
        asking[-1].start()
        until(lambda: len(turns._waiting) == k)  # noqa: B023
    assert not order
    hold[0].__exit__(None, None, None)
    for thread in asking:
        thread.join(30)
    assert order == ["press 1", "press 2", "tick 1", "tick 2"]
    hold[1].__exit__(None, None, None)
    with turns.turn(later=True), turns.turn(later=True):
        assert turns._asking == AT_ONCE


def test_the_shapes_say_where_one_of_them_went_on():
    five = Together({"one": SMALL, "other": SMALL})
    five.runs["other"].run.went_on = 1200
    assert five.moved() and five.notes == ("The run went on from step 1,200.",) and not five.moved()
    five.reset()
    assert not any(five.notes)


@pytest.mark.parametrize("page", ["playground", "compare", "shapes", "text", "series"])
def test_a_press_that_no_worker_answers_is_one_sentence_and_no_traceback(page: str, monkeypatch: pytest.MonkeyPatch):
    app = visit(page)

    def lost(self: object) -> None:
        raise OSError(elsewhere.UNHELD)

    for kind in (Session, Race, Together):
        monkeypatch.setattr(kind, "reset", lost)
    app.button(key="reset").click().run()
    assert not app.exception and "Something went wrong" in app.warning[0].value
