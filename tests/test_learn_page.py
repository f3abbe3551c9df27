"""Learn, without a browser: every step of every lesson, right and wrong predictions; what is kept and forged."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core.lessons import LESSONS
from tests.every import every
from tests.test_film import unpack
from tests.visiting import address, html, press, session, undisturbed, visit, whole
from ui.board.film import Choice
from ui.learn.answers import Answers, Entry
from ui.learn.game import KEY, Game
from ui.learn.view import HERE, link
from ui.learn.walk import Walk
from ui.run.records import Screen
from ui.run.session import SPEEDS

__all__ = ["undisturbed"]  # a fixture that is used here as well

ALL = [(name, number) for name, lesson in LESSONS.items() for number in range(1, len(lesson.steps) + 1)]


def open_step(name: str, number: int | str) -> AppTest:
    return visit("learn", lesson=name, step=str(number))


def walk(app: AppTest) -> Walk:
    return app.session_state[HERE]


def told(app: AppTest) -> str:
    """All words of the step."""
    return "\n".join([*(m.value for m in app.sidebar.markdown), *(e.proto.body for e in app.sidebar.get("html"))])


def book(app: AppTest) -> Answers:
    return app.session_state["learn-answers"]


def predict(app: AppTest, option: str) -> AppTest:
    return whole(app.sidebar.radio[0].set_value(option).run())


@every(step=ALL)
def test_every_step_stands_asks_and_tells_nothing_before_it_was_done(step: tuple[str, int]):
    app = open_step(*step)
    lesson, at = LESSONS[step[0]], LESSONS[step[0]].steps[step[1] - 1]
    text = lesson.text.steps[at.name]
    words = told(app)
    assert text.intro in words and text.do in words and f"Step {step[1]} of {len(lesson.steps)}" in words
    asks = [each for each in (*app.sidebar.number_input, *app.sidebar.radio) if "answer" in str(each.key)]
    (asked,) = asks
    assert asked.label == text.ask and asked.value is None
    assert "What happened" not in words and text.why[:20] not in words and lesson.text.open not in words
    assert walk(app).config == at.stage.config
    assert {slider.key for slider in (*app.sidebar.slider, *app.sidebar.number_input)} - {asked.key} == {
        f"learn-{name}" for name in at.stage.controls
    }
    assert not session(app).run.trainer.step and session(app).config.task == "echo"  # the playground's run is as it was


@every(step=[(name, n) for name, n in ALL if LESSONS[name].steps[n - 1].stage.steps < 2])
def test_what_is_shown_has_the_numbers_of_the_run(step: tuple[str, int]):
    app = press(open_step(*step), "answer")
    lesson, at = LESSONS[step[0]], LESSONS[step[0]].steps[step[1] - 1]
    found = at.check(at.stage.played())
    assert found.done
    words = told(app)
    assert f"What happened: {lesson.text.steps[at.name].in_words(found.right)}" in words.replace("&#x27;", "'")
    assert "{" not in words and "In this run it was not so" not in words
    assert book(app).of(lesson, at).right == found.right


def test_a_wrong_prediction_is_told_what_would_have_been_true_and_a_right_one_is_not():
    text = LESSONS["unrolled"].text.steps["matrices"]
    wrong = predict(open_step("unrolled", 1), "arrows")
    assert "What happened" not in told(wrong)  # one may look first
    press(wrong, "answer")
    assert "Your prediction: 22, with a W_hh for each column" in told(wrong)
    assert text.otherwise["arrows"].split("{")[0] in told(wrong)
    right = press(predict(open_step("unrolled", 1), "three"), "answer")
    assert "as you predicted" in told(right)
    assert not any(other.split("{")[0] in told(right) for other in text.otherwise.values())


def film(app: AppTest, **chosen: Any) -> dict[str, Any]:
    """The header of what the board is sent, after what was chosen in it."""
    return unpack(walk(app).shown(Screen(Choice(**chosen), False, 0)))[0]


@every(step=[(name, n) for name, n in ALL if LESSONS[name].steps[n - 1].stage.covers])
def test_what_gives_the_answer_away_is_covered_until_a_prediction_the_answer_or_a_press(step: tuple[str, int]):
    covers = list(LESSONS[step[0]].steps[step[1] - 1].stage.covers)
    app = open_step(*step)
    assert film(app)["covers"] == covers
    assert ("gradient that reaches h" in film(app)["sentence"]) == ("grad" not in covers)
    predict(app, LESSONS[step[0]].steps[step[1] - 1].ask.options[0])
    assert film(app)["covers"] == [] and "gradient that reaches h" in film(app)["sentence"]
    for number in (step[1] % len(LESSONS[step[0]].steps) + 1, step[1]):  # away, and back
        app.query_params["step"] = str(number)
        whole(app.run())
    assert film(app)["covers"] == []
    assert film(press(open_step(*step), "answer"))["covers"] == []
    pressed = open_step(*step)
    assert film(pressed, asks=1, uncovered=True)["covers"] == [] == film(pressed, asks=2)["covers"]
    assert walk(press(open_step(*step), "slowly")).uncovered  # slow motion tells all


def test_a_room_covers_again_what_its_teacher_has_answered_alone():
    lesson = LESSONS["vanishing"]
    app = visit("learn", lesson="vanishing", step="1", presentation="true")
    book(app).predict(lesson, lesson.steps[0], "half")
    assert film(whole(app.run()))["covers"] == ["grad"]
    assert film(whole(app.main.radio[0].set_value("tenth").run()))["covers"] == []  # the class predicts
    app = visit("learn", lesson="vanishing", step="1", presentation="true")
    assert film(press(app, "answer"))["covers"] == []


def test_a_number_is_too_low_or_too_high_or_right():
    text = LESSONS["bug"].text.steps["every-step"]
    for number, told_of in ((2, "low"), (11, "high"), (10, "")):
        app = open_step("bug", 4)
        press(whole(app.sidebar.number_input[0].set_value(number).run()), "answer")
        assert [name for name in ("low", "high") if text.otherwise[name] in told(app)] == ([told_of] if told_of else [])
        assert ("as you predicted" in told(app)) == (not told_of)


def test_a_prediction_waits_for_what_is_to_be_done():
    app = predict(open_step("vanishing", 2), "half")
    assert "What happened" not in told(app)
    whole(app.sidebar.slider[0].set_value(30).run())
    assert "What happened" not in told(app)
    whole(app.sidebar.slider[0].set_value(40).run())
    assert "What happened: about the square of what it was" in told(app)


def test_play_stops_where_the_stage_ends_and_the_check_reads_that_run():
    app = predict(open_step("gates", 3), "guesses")
    press(app, "play")
    s = walk(app)
    while s.playing:
        s.train()
    assert (s.run.trainer.step, s.playing) == (150, False)
    whole(app.run())
    found = s.at.check(s.at.stage.played())
    assert s.verdict is not None and s.verdict.right == found.right == "learns"
    assert s.verdict.numbers == pytest.approx(found.numbers)
    assert "After 150 steps 100\N{NO-BREAK SPACE}% of the answers are right" in told(app)


def test_a_question_about_an_untrained_network_is_answered_by_it_whatever_was_played_or_looked_at():
    app = visit("learn", lesson="vanishing", step="1", autoplay="true")
    walk(app).look_at(5)
    walk(app).run.trainer.advance(300)
    press(app, "play")  # which stands for Pause
    assert walk(app).run.trainer.step >= 300
    press(app, "answer")
    at = walk(app).at
    assert book(app).of(LESSONS["vanishing"], at).numbers == at.check(at.stage.trainer()).numbers


@every(stepped=[False, True])
def test_show_me_sets_the_weight_on_the_board_as_a_hand_does(stepped: bool):
    app = open_step("unrolled", 2)
    press(app, "step") if stepped else None
    press(app, "answer")
    run, weights = walk(app).run, walk(app).at.stage.weights
    was = float(run.trainer.params["W_hh"][0, 1])
    assert run.exploring.described(run.trainer)["weights"] == [[*weights[0], was]] and was != weights[0].value
    assert "The hidden state changed in 19 of 20 columns" in told(app)
    press(app, "reset")
    assert walk(app).run.exploring.described(walk(app).run.trainer)["weights"] == []


def test_a_speed_that_was_chosen_over_the_own_one_of_a_step_stays_over_steps_that_have_it_anyway():
    app = open_step("gates", 2)
    app.session_state["speed"] = "story"
    app.run()
    for number in (3, 5):
        app.query_params.update(lesson="gates", step=str(number))
        app.query_params.pop("speed", None)
        assert walk(app.run()).speed == "story", number


def offers(app: AppTest) -> list[str]:
    return [each.label for each in app.sidebar.button if each.key == "answer"]


def test_the_button_says_whether_it_acts_or_only_answers_and_takes_a_slow_step_slowly():
    assert offers(open_step("unrolled", 1)) == ["Show the answer"]
    app = open_step("back", 1)
    assert offers(app) == ["Show me"]
    assert offers(press(open_step("back", 1), "slowly")) == ["Show the answer"]
    press(app, "answer")
    assert walk(app).status.slow and walk(app).status.step == 1 and offers(app) == []


def test_an_answer_of_an_earlier_visit_can_be_shown_again_on_the_board():
    app = press(open_step("unrolled", 4), "answer")
    assert offers(app) == []
    walk(app).revealed = False
    assert offers(press(app, "reset")) == ["Show me"]
    press(app, "answer")
    assert walk(app).verdict and offers(app) == []


def test_a_step_plays_at_its_own_speed_unless_the_address_has_another():
    assert {step.stage.speed for lesson in LESSONS.values() for step in lesson.steps} <= SPEEDS.keys()
    app = open_step("gates", 1)
    assert walk(app).speed == "story"
    for number, speed in ((2, "full"), (3, "story")):
        app.query_params["step"] = str(number)
        whole(app.run())
        assert walk(app).speed == speed, number
    assert walk(visit("learn", lesson="gates", step="2", speed="slow")).speed == "slow"


def test_weights_that_a_stage_sets_are_there_after_a_reset_too():
    app = open_step("remembers", 3)
    assert walk(app).run.trainer.params["W_xh"][0, 0] == -1
    press(app, "step")
    press(app, "reset")
    assert walk(app).run.trainer.step == 0 and walk(app).run.trainer.params["W_xh"][0, 0] == -1


def test_what_is_set_by_hand_is_the_run_after_a_reset_too_and_a_choice_that_is_none_is_the_first():
    app = visit("learn", lesson="echo", step="1", **{"learn-carry": "1 → 2", "learn-read": "2nd five"})
    assert walk(app).chosen == {"write": "first", "carry": "shift", "read": "second"}
    assert walk(app).run.trainer.evaluate()[1] == 1
    press(app, "reset")
    assert walk(app).run.trainer.evaluate()[1] == 1
    forged = visit("learn", lesson="echo", step="1", **{"learn-carry": "nonsense"})
    assert walk(forged).chosen == walk(forged).first and "Step 1 of 3" in told(forged)
    assert walk(forged).notes == ("carry is 'nonsense'; it must be one of off, 1 → 1, 2 → 2, 1 → 2. It is left out.",)
    assert walk(app).notes == ()
    number = visit("learn", lesson="vanishing", step="2", **{"learn-length": "<b>"})
    assert walk(number).notes[0].startswith("length is '<b>'; it must be a whole number from ")


def test_another_round_of_the_game_is_another_one_and_its_cells_are_empty():
    app = open_step("memory", 1)
    app.number_input(key=f"{KEY}2").set_value(7.0).run()
    before = walk(app).game.round
    for _ in range(len(before.symbols) + 1):
        press(app, "learn-next")
    press(press(app, f"learn-says-{before.right}"), "learn-again")
    game = walk(app).game
    assert game.round != before and (game.shown, game.answer, game.past) == (0, "", [True])
    assert app.number_input(key=f"{KEY}2").value == 0


PLACE = Game(2, 5, "", [True], [1.0, 0.0, -2.0])


def game_of(**asked: str) -> AppTest:
    """The step of the game, where the browser has kept PLACE."""
    app = visit("learn", lesson="memory", step="1", **asked)
    book(app).take({"game": PLACE.stored()})
    return whole(app.run())


def test_a_round_goes_on_where_the_browser_kept_it_unless_the_address_has_another():
    app = game_of()
    assert walk(app).game == PLACE and app.number_input(key=f"{KEY}3").value == -2
    press(app, "learn-next")
    assert walk(app).game.shown == 6 and address(app)["learn-round"] == "2"
    assert walk(game_of(**{"learn-round": "2"})).game == PLACE
    other = game_of(**{"learn-round": "7"})
    assert (walk(other).game.seed, walk(other).game.shown) == (7, 0)
    assert book(other).game == PLACE  # until the other one has begun
    forged = game_of(**{"learn-round": "0"})
    assert walk(forged).notes == ("round is '0'; it must be a whole number from 1 to 999999. It is left out.",)


def test_what_is_in_the_cells_stays_while_another_step_is_shown():
    app = game_of()
    for number in (2, 1):
        for name, value in link(LESSONS["memory"], number).items():
            app.query_params[name] = value
        whole(app.run())
    assert walk(app).game == PLACE and app.number_input(key=f"{KEY}3").value == -2


def test_another_step_begins_with_its_own_settings():
    app = press(open_step("vanishing", 2), "answer")
    assert walk(app).config.length == 40
    app.query_params.clear()
    for name, value in link(LESSONS["vanishing"], 3).items():
        app.query_params[name] = value
    whole(app.run())
    assert walk(app).config == LESSONS["vanishing"].steps[2].stage.config
    assert "What happened" not in told(app)
    app.query_params.clear()
    whole(app.run())
    assert HERE not in app.session_state and "1 of 5 steps" in html(app)


@every(asked=[
    {"lesson": "nonsense"}, {"lesson": ""}, {"lesson": "<b>", "step": "1"}, {"lesson": "vanishing", "step": "9"},
    {"lesson": "vanishing", "step": "0"}, {"lesson": "vanishing", "step": "-1"}, {"lesson": "vanishing", "step": "x"},
    {"lesson": "vanishing", "step": "1" * 400}, {"lesson": "vanishing", "step": "²"},
])  # fmt: skip
def test_a_lesson_or_a_step_that_does_not_exist_is_one_sentence_and_the_list(asked: dict[str, str]):
    app = visit("learn", **asked)
    said = html(app)
    assert 'role="status"><li>' in said and said.count("<li>") == 1 and "<b>" not in said
    assert all(lesson.title in said for lesson in LESSONS.values())
    assert address(app) == {}


def test_answers_go_to_the_browser_and_come_back():
    lesson = LESSONS["unrolled"]
    app = press(predict(open_step("unrolled", 1), "arrows"), "answer")
    kept = book(app).stored("unrolled")
    again = Answers()
    again.take({"unrolled": kept})
    assert again == book(app) and again.done(lesson) == 1 and again.next_step(lesson) == 2 and not again.problems
    told_again = again.as_markdown()
    assert "My prediction: 22, with a W_hh for each" in told_again and "What came true: 3, the same" in told_again
    assert "makes 157 numbers" in told_again
    again.forget()
    assert not again and again.stored("unrolled") == ""


FORGED = [
    "nonsense", ["unrolled"], {"nonsense": "{}"}, {"unrolled": "{"}, {"unrolled": "[" * 100_000}, {"unrolled": 7},
    {"unrolled": json.dumps({"matrices": ["four", None, {}]})}, {"unrolled": json.dumps({"matrices": "three"})},
    {"unrolled": json.dumps({"matrices": [["three"], None, {}]})}, {"unrolled": json.dumps({"no step": [None] * 3})},
    {"unrolled": json.dumps({"matrices": ["three", "three", {"columns": 20}]})},
    {"unrolled": json.dumps({"matrices": ["three", "three", {"columns": "<script>", "parameters": 1}]})},
    {"unrolled": json.dumps({"matrices": ["three", "three", {"columns": "[20](https://a.example)", "parameters": 1}]})},
    {"unrolled": '{"matrices": ["three", "three", {"columns": NaN, "parameters": 1}]}'},
    {"unrolled": "x" * 1_000_000}, {"bug": json.dumps({"every-step": ["-3", None, {}]})},
    {"bug": json.dumps({"every-step": ["ten", None, {}]})}, {"bug": json.dumps({"every-step": [10, None, {}]})},
    {"game": 7}, {"game": "[]"}, {"game": "{}"}, {"game": PLACE.stored().replace("2", '"2"', 1)},
    {"game": PLACE.stored().replace("5", "99")}, {"game": PLACE.stored().replace("1.0", "NaN")},
    {"game": PLACE.stored().replace("1.0", "1e9")}, {"game": PLACE.stored().replace('""', '"a"')},
    {"game": PLACE.stored().replace("true", '"true"')}, {"game": PLACE.stored().replace(",0.0", "")},
    {"game": PLACE.stored().replace("past", "more")}, {"game": PLACE.stored().replace("[true]", "true")},
    {"game": PLACE.stored().replace("[1.0", "[[1.0]")},
]  # fmt: skip


@every(found=FORGED)
def test_what_a_browser_cannot_have_stored_is_left_out_with_one_sentence(found: object):
    kept = Answers()
    good = json.dumps({"bars": ["half", None, {}]})
    kept.take({"vanishing": good, **found} if isinstance(found, dict) else found)
    if isinstance(found, dict):
        assert dict(kept) == {("vanishing", "bars"): Entry("half")}
        assert len(kept.problems) == 1 and kept.game is None
    else:
        assert not kept


def test_a_number_that_is_told_in_the_words_of_another_language_comes_back():
    kept = Answers()
    numbers = {"columns": "« très grand », 数", "parameters": 1}
    kept.take({"unrolled": json.dumps({"matrices": ["three", "three", numbers]})})
    assert kept["unrolled", "matrices"].numbers == numbers and not kept.problems


def test_what_was_answered_in_this_visit_is_not_overwritten():
    kept = Answers()
    kept.predict(LESSONS["vanishing"], LESSONS["vanishing"].steps[0], "tenth")
    kept.take({"vanishing": json.dumps({"bars": ["half", None, {}], "longer": ["half", None, {}]})})
    assert kept["vanishing", "bars"].answer == "tenth" and kept["vanishing", "longer"].answer == "half"


def test_a_room_sees_the_prompt_and_waits_for_a_key():
    app = visit("learn", lesson="bug", step="1", presentation="true")
    assert LESSONS["bug"].text.steps["transpose"].intro in [m.value for m in app.main.markdown]
    assert not app.sidebar.radio
    whole(app.main.radio[0].set_value("all").run())
    at = walk(app).at
    book(app).came_true(walk(app).lesson, at, at.check(walk(app).run.trainer))  # by somebody who was here before
    whole(app.run())
    assert not any("off by" in m.value for m in app.main.markdown)
    press(app, "answer")
    assert any("off by" in m.value for m in app.main.markdown)
