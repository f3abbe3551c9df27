"""A race that stands on a worker: the same numbers as here, also where its worker is lost."""

from io import BytesIO
from typing import Any

import pytest

from rnn_core import Trainer
from tests.every import every
from tests.workers import SMALL, Fragile, same, workers
from ui.compare.race import Race, Setup
from ui.compare.run import RaceRun, Request
from ui.kept.record import kept
from ui.run import elsewhere, places
from ui.run.elsewhere import Elsewhere, Host
from ui.run.places import Workers
from ui.run.records import Order
from ui.run.run import saved

__all__ = ["workers"]  # a fixture that is used here as well
RACE = Setup(SMALL, "cell", ("rnn", "gru"), seeds=2, steps=30)
ANEW = Request(0, 0, 0, True, 0.5)


def numbers(run: RaceRun) -> list[tuple[Any, ...]]:
    """What a race comes to, and how far back each network hears, without what clocks decide."""
    run.do(("still",), ("listen", 60.0))
    return [lane._replace(seconds=0.0, film=b"")[:] for lane in run.report(ANEW).lanes]


@every(seconds_steps=[(0.0, 9), (60.0, 9), (60.0, 2612)])
def test_a_race_that_was_kept_goes_on_elsewhere_to_the_same_numbers(seconds_steps: tuple[float, int]):
    seconds, steps = seconds_steps
    one = RaceRun(*RACE.lanes())
    for _ in range(3):  # of no time at all the second and the third leave a lap in the middle
        one.train(Order(seconds, 0.5, 6, steps - one.step, goal=3000), True, True, ANEW)
    other = Host(RaceRun, RACE.lanes(), one.keep()).run
    assert isinstance(other, RaceRun)
    assert other.status == one.status._replace(film=one.status.film + 1, restarts=2)
    assert [lane.trainers[0].shown for lane in other.lanes] == [lane.trainers[0].shown for lane in one.lanes]
    for run in (one, other):
        run.train(Order(60.0, 0.5, 6, 20, goal=3000), True, False, ANEW)
    assert same(numbers(one), numbers(other))


@pytest.mark.parametrize(("lost", "keep"), [*((k, 0.0) for k in range(2, 9)), (2, 9.0), (4, 9.0), (7, 9.0)])
def test_a_race_whose_worker_is_lost_at_any_call_comes_to_the_same_numbers(
    lost: int, keep: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(elsewhere, "KEEP", keep)
    straight, other = Race(RACE), Race(RACE)
    other.run = Elsewhere(workers := Fragile(lost), RaceRun, RACE.lanes())  # type: ignore[assignment, arg-type]
    for r in (straight, other):
        race(r)
    assert workers.made == 2 and other.looks == straight.looks == [*range(11), 20, 30]
    assert same(numbers(straight.run), numbers(other.run)) and other.step == 30
    for one, two in zip(straight.lanes, other.lanes, strict=True):
        assert same(one._replace(seconds=0, film=b"", reach=())[:], two._replace(seconds=0, film=b"", reach=())[:])
    assert other.moved() and not other.moved()
    assert other.notes[0].startswith("The race went on from step ")


def race(r: Race) -> None:
    """Play until it pauses by itself, in ticks that steps decide."""
    r.speed = "steady"
    r.play()
    for k in range(60):
        if r.playing:
            r.tick(float(k))
    assert not r.playing


def test_a_race_stands_on_a_worker_and_its_page_reads_the_same(workers: Workers, monkeypatch: pytest.MonkeyPatch):
    here = Race(RACE)
    monkeypatch.setattr(places, "chosen", lambda: workers)
    there = Race(RACE)
    assert there.run.worker and there.there and not here.there
    for r in (here, there):
        race(r)
    assert same(numbers(here.run), numbers(there.run)) and there.trained == 0.0 < here.trained
    runs = [Trainer.load(BytesIO(r.run.ask("gru", saved))) for r in (here, there)]
    assert same(*(run.advance(5).h for run in runs))
    records = [r.run.ask("gru", kept, "0" * 16, "Compare", 0, {}) for r in (here, there)]
    assert records[0] == records[1] and records[0].step == 30
    with pytest.raises(ValueError, match="a race has 2 to 6"):
        there.take(RACE._replace(values=("rnn",)))
    there.take(RACE._replace(values=("rnn", "gru", "lstm")))
    assert [lane.name for lane in there.lanes] == ["rnn", "gru", "lstm"] and there.step == 0 and there.looks == [0]
