"""A race, without a page: its networks in step, what it says of them, what it costs, and what cannot be one."""

from itertools import count

import numpy as np
import pytest

from rnn_core import Config, Trainer
from rnn_core.sweep import run
from tests.racing import SMALL, WILD, played, race, steps, trained
from tests.visiting import undisturbed
from ui.compare import words
from ui.compare.race import MOST_STEPS, Race, Setup
from ui.compare.run import Request, next_look
from ui.run.governor import Pace, Playing

__all__ = ["undisturbed"]  # a fixture that is used here as well


def test_a_race_comes_to_the_numbers_of_a_sweep_whatever_the_clock(monkeypatch: pytest.MonkeyPatch):
    found = []
    for slice_ in (0.0, 0.004, 60.0):  # seconds: not even a lap, a few of them, all that a tick may take
        monkeypatch.setattr(Race, "slice", lambda self, slice_=slice_: slice_)
        r = played(race(seeds=2, steps=60, base=Config(hidden_size=3, length=6, k=1, learning_rate=0.02)))
        assert r.step == 60 and not r.playing
        for lane, trainers in zip(r.lanes, trained(r), strict=True):
            results = [run(t.config, 60) for t in trainers]
            assert [t.config.seed for t in trainers] == [1, 2] == list(lane.seeds)
            assert lane.losses[-1].tolist() == [result.loss for result in results]
            assert lane.scores[-1].tolist() == [result.metric for result in results]
            at_50 = [result.beats_baseline_at for result in results]
            assert list(lane.beats) == [step if step == 50 else None for step in at_50]  # a sweep looks at the end, too
        found.append([np.array(lane.losses) for lane in r.lanes] + [r.looks])
    assert all(np.array_equal(a, b) for others in found[1:] for a, b in zip(found[0], others, strict=True))


def test_all_stand_at_the_same_step_whenever_something_new_is_shown(monkeypatch: pytest.MonkeyPatch):
    clock = count()  # every look at it takes as long
    monkeypatch.setattr("ui.compare.run.perf_counter", lambda: next(clock) / 100)
    monkeypatch.setattr(Race, "slice", lambda self: 0.05)
    r, shown = race(values=("rnn", "lstm", "gru"), seeds=3, steps=60), 0
    film = r.film
    r.play()
    for k in range(60):
        r.tick(float(k))
        if r.film != film and r.playing:
            film, shown = r.film, shown + 1
            assert steps(r) == {r.step}
            assert {lane.frames[-1].step for lane in r.run.lanes} == {r.step}
            norms = [[t.snapshot().dh_norm for t in trainers] for trainers in trained(r)]
            assert np.array_equal([lane.gradients for lane in r.lanes], norms)
    assert shown > 5


def test_the_looks_are_dense_first_and_a_sweep_s_are_among_them():
    step, looks = 0, []
    while step < 2000:
        looks.append(step := next_look(step))
    assert looks[:11] == [*range(1, 11), 20] and {50, 100, 500, 550, 2000} <= set(looks) and len(looks) < 130


def test_what_is_known_of_a_race_is_not_told_again_unless_it_is_another_race_or_went_back():
    run = played(race(seeds=2, steps=3)).run
    everything = run.report(Request(0, 0, -1, False, 0.5))
    assert (everything.first, everything.looks) == (0, [0, 1, 2, 3])
    for looks, last in ((1, 0), (3, 2), (4, 3)):
        news = run.report(Request(1, looks, last, False, 0.5))
        assert (news.first, [*range(looks), *news.looks]) == (looks, everything.looks)
        for now, known in zip(news.lanes, everything.lanes, strict=True):
            assert len(now.losses) == 4 - looks
            assert np.array_equal(now.after(known, looks).training, known.training, equal_nan=True)
    for asked in (Request(2, 1, 0, False, 0.5), Request(1, 3, 25, False, 0.5), Request(1, 9, 3, False, 0.5)):
        assert run.report(asked).first == 0


def test_same_seed_same_batches(monkeypatch: pytest.MonkeyPatch):
    r = race("learning_rate", (0.001, 0.01), seeds=2)
    for one, other in zip(*trained(r), strict=True):
        assert np.array_equal(one.advance(3).x, other.advance(3).x)
        assert np.array_equal(one.held_out.x, other.held_out.x)
    assert not np.array_equal(*(t.held_out.x for t in trained(r)[0]))


def test_at_the_goal_it_pauses_and_goes_on_to_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Race, "slice", lambda self: 60.0)
    r = played(race(steps=30))
    assert (r.step, r.goal, r.looks[-1], r.playing) == (30, 30, 30, False)
    assert "come to its end" in words.caption(r)
    assert played(r).step == 60
    r.reset()
    assert (r.step, r.goal, r.looks, r.playing) == (0, 30, [0], False)
    r.run.step = r.goal = MOST_STEPS
    r.play()
    assert not r.playing


def test_one_that_diverges_says_so_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Race, "slice", lambda self: 60.0)
    r = played(race("clip", ("none", "norm"), WILD, steps=120))
    gone, other = r.lanes
    assert gone.diverged and not other.diverged and r.step == other.steps[0] == 120
    step, array = gone.diverged[0].step, gone.diverged[0].array
    assert f"diverged at step {step} ({array})" in words.cells(gone, r.step)
    assert np.isnan(gone.losses[-1]).all() and np.isfinite(other.losses[-1]).all()
    assert f"{gone.name} diverged" in words.losses_in_words(r)
    r = played(race("clip", ("none", "value"), WILD, steps=120))
    trained(r)[1][0].diverged = gone.diverged[0]
    assert r.over
    r.play()
    assert not r.playing


def test_how_far_back_is_asked_once_for_every_step(monkeypatch: pytest.MonkeyPatch):
    asked: list[Trainer] = []

    def ask(trainer: Trainer) -> int:
        asked.append(trainer)
        return 2

    monkeypatch.setattr("ui.compare.run.gradient_reach", ask)
    r = race(seeds=2)
    r.listen(0.0)
    assert len(asked) == 1
    r.listen(60.0)
    assert len(asked) == len(set(map(id, asked))) == 4
    r.listen(60.0)
    assert len(asked) == 4
    r.play()
    r.tick(0.0)
    assert len(asked) == 5
    assert words.reach(r.lanes[0]) == "2 of 4"


def test_for_the_governor_a_race_is_one(undisturbed: Playing):
    r = race(values=("rnn", "gru", "lstm"))
    r.play()
    r.tick(0.0)
    assert undisturbed.tick("another", 0.0, 1e9) == 2
    r.pause()
    assert undisturbed.tick("another", 0.0, 1e9) == 1


def test_charts_rest_so_long_that_they_take_a_small_part_of_what_is_trained(monkeypatch: pytest.MonkeyPatch):
    clock = [0.0]
    monkeypatch.setattr("ui.compare.race.perf_counter", lambda: clock[0])
    r = race(steps=10_000)
    r.speed = "slow"
    r.play()
    r.pace = Pace(0.01, 1.0, 4)  # as in a class: a hundredth of a core
    monkeypatch.setattr(Race, "keep_pace", lambda self, now: None)
    r.charts_sent(0.02)
    charted = []
    for k in range(1, 21):
        clock[0] = float(k)
        r.tick(float(k))
        if r.charted != r.sent:
            charted.append(k)
            r.charts_sent(0.02)
    assert charted == [8, 16], "0.02 s of charts to 0.08 s of training"
    r.pause()
    assert r.charted == r.film, "what stands still is shown as it is"
    norms = [trainers[0].snapshot().dh_norm for trainers in trained(r)]
    assert all(np.array_equal(lane.gradients[0], norm) for lane, norm in zip(r.lanes, norms, strict=True))


def test_a_slice_elsewhere_leaves_a_period_what_the_charts_cost_here(monkeypatch: pytest.MonkeyPatch):
    r = race()
    r.pace, r.cost = Pace(0.386, 0.45, 6), 0.05
    assert r.slice() == pytest.approx(0.386 - 0.048)  # here the pace has a part for it
    monkeypatch.setattr(Race, "there", Playing())
    assert r.slice() == pytest.approx(0.72 * 0.45 - 0.05)
    r.pace = Pace(0.02, 0.9, 6)  # in a class
    assert r.slice() == 0.02


def test_a_pause_in_the_middle_of_a_lap_lets_all_come_to_its_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Race, "slice", lambda self: 0.0)
    r = race(values=("rnn", "lstm", "gru"), seeds=2)
    r.play()
    r.tick(0.0)
    assert steps(r) == {0, 1}
    r.pause()
    assert steps(r) == {1} == {r.step} and r.looks == [0, 1]


def test_with_as_many_parameters_each_has_its_own_size():
    r = race(base=Config(cell="gru"), values=("rnn", "gru", "lstm"), equal=True)
    sizes = [lane.config.hidden_size for lane in r.lanes]
    assert sizes[1] == 16 and sizes[0] > 16 > sizes[2]
    assert max(lane.parameters for lane in r.lanes) < 1.1 * min(lane.parameters for lane in r.lanes)
    for lane, size in zip(r.lanes, sizes, strict=True):
        assert words.cells(lane, 0)[:2] == [str(size), f"{lane.parameters:,}"]


@pytest.mark.parametrize(("setup", "sentence"), [
    (Setup(SMALL, "k", (1, 9)), "k = 9: k is 9 with length 5"),
    (Setup(SMALL, "cell", ("rnn",)), "cell has 1 value; a race has 2 to 6"),
    (Setup(SMALL, "seed", tuple(range(7))), "seed has 7 values"),
    (Setup(SMALL, "cell", ("rnn", "elman")), "cell is 'elman'"),
])  # fmt: skip
def test_what_cannot_be_is_one_sentence_that_names_the_contestant(setup: Setup, sentence: str):
    r = race()
    lanes = r.lanes
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        r.take(setup)
    assert r.lanes is lanes and r.setup.values == ("rnn", "gru")


def test_a_value_that_makes_no_difference_says_so():
    r = race("forget_bias", (1.0, 3.0))
    assert r.notes == tuple(
        f"forget bias {b}: its forget_bias makes no difference, for cell rnn has no forget gate." for b in (1, 3)
    )
