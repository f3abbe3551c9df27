"""Compare without a browser: a race keeps step, agrees with a sweep, says what cannot be, and stands in its address."""

import json
import struct
from itertools import count
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import Config, Trainer
from rnn_core.presets import PRESETS
from rnn_core.sweep import run
from tests.test_address import HOSTILE
from tests.visiting import ROOT, address, html, press, session, undisturbed, visit, whole
from ui.compare import words
from ui.compare.race import MOST_STEPS, Race, Setup
from ui.compare.run import Request, next_look
from ui.compare.settings import DIFFER, HERE, PREFIX, of_preset, parsed, preset_of, read, suggested, tidy
from ui.run.governor import Pace, Playing

__all__ = ["undisturbed"]  # a fixture that is used here as well
SMALL = Config(hidden_size=3, length=5, k=1, batch_size=2)
WILD = Config.of_task("latch", cell="rnn-relu", length=12, hidden_size=4, initializer="identity", optimizer="sgd",
                      learning_rate=10.0)  # fmt: skip


def race(field: str = "cell", values: tuple[Any, ...] = ("rnn", "gru"), base: Config = SMALL, **more: Any) -> Race:
    return Race(Setup(base, field, values, **more))


def trained(r: Race) -> list[list[Trainer]]:
    """What trains, of every contestant."""
    return [lane.trainers for lane in r.run.lanes]


def steps(r: Race) -> set[int]:
    """At which steps its runs stand, as the page has them."""
    found = {step for lane in r.lanes for step in lane.steps}
    assert found == {t.step for trainers in trained(r) for t in trainers}
    return found


def played(r: Race, ticks: int = 10_000) -> Race:
    """Until it pauses by itself."""
    r.play()
    moment = 0.0
    for _ in range(ticks):
        if not r.playing:
            break
        r.tick(moment)
        moment += r.pace.period
    return r


def message(r: AppTest) -> dict[str, Any]:
    """What was sent to the browser, without the films."""
    (data,) = [e.proto.bytes for e in r.main.get("bidi_component") if e.proto.component_name == "unrolled_race"]
    (length,) = struct.unpack_from("<I", data)
    return json.loads(data[4 : 4 + length])


def here(app: AppTest) -> Race:
    return app.session_state[HERE]


# The race


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


# The address


@pytest.mark.parametrize("name", PRESETS)
def test_a_link_to_a_preset_opens_it_as_what_it_is_and_so_does_the_address_that_it_leaves(name: str):
    setup, said = read({"preset": [name]})
    assert (setup, said, preset_of(setup)) == (of_preset(name), (), name)
    written = tidy({"preset": [name]}, setup)
    assert "preset" not in written and read(written) == (setup, ())
    assert preset_of(setup._replace(seeds=1)) == name and preset_of(setup._replace(steps=7)) == ""


@pytest.mark.parametrize("name", DIFFER)
def test_every_field_may_differ_with_values_to_begin_with_and_stands_in_the_address(name: str):
    setup, said = read({"differs": [name], "compare-seeds": ["2"]})
    if name == "start_weights":
        return  # none but drawn ones go with what the page opens with
    assert said == () and setup.field == name and 2 <= len(setup.values) <= 6
    assert setup.values == suggested(name, setup.base)
    assert read(tidy({}, setup)) == (setup, ())
    assert set(tidy({}, setup)) <= {PREFIX + "differs", PREFIX + "seeds"}


def test_values_stand_in_the_address_with_commas():
    setup, said = read({"compare-differs": ["learning_rate"], "values": ["0.1, 0.01"], "utm": ["1"]})
    assert (setup.values, said) == ((0.1, 0.01), ())
    assert tidy({"utm": ["1"]}, setup) == {
        "utm": ["1"], "compare-differs": ["learning_rate"], "compare-values": ["0.1,0.01"],
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"learning_rate has the value .* twice"):
        parsed("learning_rate", "0.1,0.1")


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"preset": "nothing"}, "preset is 'nothing'; it must be one of cells-order,"),
    ({"differs": "learning_rate", "values": "0.1,fast"}, "learning_rate is 'fast'; it must be a number from"),
    ({"differs": "k", "values": "1,30"}, "k is '30'; it must be a whole number from 1 to 20"),
    ({"differs": "k", "values": "3,19", "length": "5"}, "k = 19: k is 19 with length 5"),
    ({"values": "rnn"}, "cell has 1 value; a race has 2 to 6"),
    ({"seeds": "9"}, "seeds is '9'; it must be a whole number from 1 to 5, so 5 is used."),
    ({"differs": "task"}, "differs is 'task'; it must be one of cell,"),
])  # fmt: skip
def test_what_an_address_cannot_ask_for_is_said_and_something_runs(asked: dict[str, str], sentence: str):
    setup, said = read({name: [text] for name, text in asked.items()})
    assert any(sentence in each for each in said), said
    assert len(setup.contestants()) >= 2
    assert read(tidy({}, setup)) == (setup, ())


def test_any_address_is_a_race():
    for text in HOSTILE:
        for name in ("differs", "values", "equal", "seeds", "steps", "preset", "hidden_size", "task"):
            setup, said = read({PREFIX + name: [text]})
            setup.contestants()
            assert all("\n" not in each and len(each) < 600 for each in said)
            assert read(tidy({}, setup)) == (setup, ())


# The page


def test_the_page_shows_a_race_that_stands_still_with_its_table_and_its_charts():
    app = visit("compare", hidden_size="4", seeds="1")
    told = message(app)
    assert [lane["name"] for lane in told["lanes"]] == list(Config.fields()["cell"].options)
    assert all(len(lane["cells"]) + 1 == len(told["heads"]) for lane in told["lanes"])
    assert (told["step"], told["playing"]) == (0, False)
    assert set(told["charts"]) == {"losses", "gradients"} and all(c["label"] for c in told["charts"].values())
    assert not app.dataframe  # none is made until somebody opens them
    app.session_state["compare-numbers"] = True
    app.run()
    assert len(app.dataframe) == 2
    table = app.dataframe[0].value
    assert list(table.columns) == ["training step", *(f"{lane.name}, seed 1" for lane in here(app).lanes)]
    whole(app.run())
    assert message(app)["film"] == told["film"]


def test_play_pause_reset(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Race, "slice", lambda self: 60.0)
    app = press(visit("compare", hidden_size="4", seeds="1", speed="steady", values="rnn,gru"), "play")
    assert app.button(key="play").label == "Pause" and here(app).step == 5  # so many a tick at this speed
    press(app, "play")
    assert app.button(key="play").label == "Play" and not here(app).playing
    press(app, "reset")
    assert here(app).step == 0


def test_a_teacher_s_link_opens_a_preset_and_plays(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Race, "slice", lambda self: 60.0)
    app = visit("compare", preset="forget-bias-latch", autoplay="true", speed="slow")
    r = here(app)
    assert preset_of(r.setup) == "forget-bias-latch" and r.playing and r.step > 0
    assert PRESETS["forget-bias-latch"].sentence in html(app) and "forget bias 3 100 %" in html(app)
    assert "preset" not in address(app) and read({n: [t] for n, t in address(app).items()})[0] == r.setup
    whole(app.run())
    assert here(app).restarts == r.restarts


def test_the_link_of_a_preset_pressed_on_the_page_starts_that_race():
    app = visit("compare", hidden_size="4")
    app.query_params["preset"] = "window-echo"
    whole(app.run())
    assert here(app).setup == of_preset("window-echo") and "preset" not in address(app)
    assert app.selectbox(key=PREFIX + "differs").value == "bptt_window"
    assert app.text_input(key=PREFIX + "values-bptt_window").value == "3, 4"
    whole(app.run())
    assert here(app).setup == of_preset("window-echo")


def test_what_is_set_is_raced_and_what_cannot_be_leaves_the_race(monkeypatch: pytest.MonkeyPatch):
    app = visit("compare", hidden_size="4", seeds="1", values="rnn,gru")
    whole(app.slider(key=PREFIX + "hidden_size").set_value(5).run())
    assert {lane.config.hidden_size for lane in here(app).lanes} == {5}
    whole(app.selectbox(key=PREFIX + "differs").set_value("k").run())
    assert here(app).setup.values == (1, 3, 6)
    assert not [each for each in app.slider if each.key == PREFIX + "k"]  # the base has none of its own
    restarts = here(app).restarts
    for text, sentence in (("1, 30", "k is &#x27;30&#x27;"), ("1, 20", "k = 20: k is 20"), ("1", "k has 1 value")):
        whole(app.text_input(key=PREFIX + "values-k").set_value(text).run())
        assert sentence in html(app) and "goes on" in html(app) and here(app).restarts == restarts
    whole(app.text_input(key=PREFIX + "values-k").set_value("1,2").run())
    assert here(app).setup.values == (1, 2) and here(app).refused == ""
    assert address(app)[PREFIX + "values"] == "1,2" and address(app)[PREFIX + "differs"] == "k"
    whole(app.selectbox(key=PREFIX + "differs").set_value("seed").run())
    assert [lane.config.seed for lane in here(app).lanes] == [1, 2, 3, 4, 5]
    assert not [each for each in app.slider if each.key == PREFIX + "seeds"]


def test_it_has_settings_of_its_own_and_they_are_there_on_the_way_back():
    app = visit("compare", **{"compare-hidden_size": "9", "compare-differs": "clip", "cell": "lstm"})
    r = here(app)
    assert r.setup.base.cell == "lstm" and session(app).config.cell == "rnn"
    press(app, "play")
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    assert not r.playing and session(app).config.hidden_size == 16
    step = r.step
    whole(app.switch_page(str(ROOT / "pages/compare.py")).run())
    assert here(app) is r and (r.step, r.setup.base.hidden_size, r.setup.field) == (step, 9, "clip")
