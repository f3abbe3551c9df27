"""Lessons: each text fits its record, and every sentence of every step is true of the run with seed 1."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from bench.lessons import faults
from rnn_core import Config, Trainer
from rnn_core.analysis.dissection import dissect
from rnn_core.analysis.what_if import Weight
from rnn_core.lessons import LESSONS, Lesson, Step, memory
from rnn_core.lessons.lesson import DEEDS, NOT_YET, Verdict, started
from rnn_core.lessons.texts import FOLDER, PLACEHOLDER, fill, read, written
from tests.every import every
from tests.visiting import ROOT

STEPS = {f"{name} {step.name}": (LESSONS[name], step) for name in LESSONS for step in LESSONS[name].steps}
LANGUAGES = [folder.name for folder in FOLDER.iterdir() if folder.is_dir() and list(folder.glob("*.md"))]
LONG = 400  # training steps
TEACHERS = " ".join((ROOT / "docs" / "teachers.md").read_text("utf-8").split())


@every(lesson=list(LESSONS.values()))
def test_the_texts_of_a_lesson_have_its_steps_and_their_options_in_every_language(lesson: Lesson):
    for language in LANGUAGES:
        text = read(lesson.name, language)
        assert list(text.steps) == [step.name for step in lesson.steps], language
        assert text.title and text.question and text.open and text.link
        for step in lesson.steps:
            told = text.steps[step.name]
            assert tuple(told.options) == step.ask.options, step.name
            assert all((told.intro, told.ask, told.do, told.why)), step.name
            early = " ".join((told.intro, told.ask, told.do, *told.options.values()))
            assert not PLACEHOLDER.search(early), f"{step.name}: a number before the run"


def test_there_is_a_text_for_each_lesson_and_no_other():
    for language in LANGUAGES:
        assert {file.stem for file in (FOLDER / language).glob("*.md")} == set(LESSONS), language


@every(name=STEPS)
def test_every_sentence_is_true_of_seed_1_uses_the_numbers_of_the_check_and_is_told_to_teachers(name: str):
    lesson, step = STEPS[name]
    assert f"{lesson.minutes} minutes: `/learn?lesson={lesson.name}`" in TEACHERS
    if step.stage.steps > LONG:  # bench/lessons.py plays it to the end
        numbers = step.measure(step.stage.played(steps=50, seed=1)).numbers
        assert lesson.text.steps[step.name].placeholders == set(numbers)
        return
    run = step.stage.played(seed=1)
    before = run.theta.copy(), run.step, run.history["loss"].tolist()
    found = step.check(run)
    assert faults(step, [found]) == []
    told = lesson.text.steps[step.name]
    assert told.placeholders == set(found.numbers)
    assert f"{told.ask} **{told.in_words(found.right)}**" in TEACHERS
    assert step.ask.allows(found.right)
    assert set(told.otherwise) == (set(step.ask.options) or {"low", "high"}) - {found.right}
    assert not re.search(r"[{}]|nan", fill(told.why, found.numbers))
    assert (run.theta == before[0]).all() and (run.step, run.history["loss"].tolist()) == before[1:]
    assert step.check(run) == found


@every(name=STEPS)
def test_a_deed_is_one_that_the_stage_has_room_for(name: str):
    stage = STEPS[name][1].stage
    assert stage.deed in DEEDS
    assert (stage.steps > 0) == (stage.deed in ("step", "slowly", "play"))
    assert bool(stage.weights) == (stage.deed == "weight") and bool(stage.settings) == (stage.deed == "set")
    choices = set(stage.hand.choices if stage.hand else ())
    assert set(stage.controls) <= set(Config.fields()) and not choices & set(Config.fields())
    assert set(stage.settings) <= {*stage.controls, *choices}


HANDS = {name: step.stage.hand for name, (_, step) in STEPS.items() if step.stage.hand}


@every(name=HANDS)
def test_whatever_is_set_by_hand_is_told_with_its_numbers_or_is_what_was_asked_for(name: str):
    """All settings of all hands, with seeds 1 to 5: no choice leaves the learner without a true sentence."""
    (lesson, step), hand = STEPS[name], HANDS[name]
    told = lesson.text.steps[step.name]
    assert {choice: tuple(words) for choice, (_, words) in told.choices.items()} == hand.choices
    met = set()
    for options in product(*hand.choices.values()):
        chosen = dict(zip(hand.choices, options, strict=True))
        for seed in range(1, 6):
            found = step.check(step.stage.trainer(seed=seed, **chosen))
            assert all(found.claims.values()), (chosen, seed)
            if not found.done and told.meanwhile:
                met.add(found.right)
                assert "{" not in fill(told.meanwhile[found.right], found.numbers), chosen
    assert met == set(told.meanwhile)


@every(name=[name for name, (_, step) in STEPS.items() if step.stage.deed == "slowly"])
def test_slow_motion_opens_at_a_stage_that_there_is(name: str):
    stage = STEPS[name][1].stage
    _, taken = dissect(stage.trainer())
    assert taken and stage.opens in [(kind, t + 1) for kind, t in taken.stages]


@every(name=[name for name, (_, step) in STEPS.items() if step.stage.deed != "look"])
def test_before_the_deed_there_is_no_verdict(name: str):
    step = STEPS[name][1]
    assert not step.check(step.stage.trainer()).done
    if step.stage.steps > 1:
        assert not step.check(step.stage.played(steps=1)).done


def test_what_is_covered_is_a_part_of_the_board():
    drawn = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "static" / "board").rglob("*.js")))
    parts = {*re.findall(r'^  name: "(\w+)",$', drawn, re.M), *re.findall(r"lay\.places\.(\w+) = ", drawn)}
    covered = {name for _, step in STEPS.values() for name in step.stage.covers}
    assert covered and covered <= parts


@every(file=sorted(FOLDER.rglob("*.md")))
def test_a_number_and_its_per_cent_stay_in_one_line(file: Path):
    told = str(read(file.stem, file.parent.name))
    assert not re.search(r"\d %", told) and ("%" in told) == ("%" in file.read_text("utf-8"))


def test_a_round_of_the_memory_has_one_answer_and_another_seed_is_another_round():
    rounds = [memory.drawn(seed) for seed in range(200)]
    assert {each.question for each in rounds} == set(memory.QUESTIONS) and len(set(rounds)) > 190
    assert {each.right for each in rounds} == {"a", "b"} and memory.drawn(7) == rounds[7]
    assert all(len(each.symbols) == 12 and (12 - each.symbols.count("·")) % 2 for each in rounds)
    for question, answer in (("first", "b"), ("last", "b"), ("more", "a")):
        assert memory.Round("·ba·aab·", question).right == answer


@pytest.mark.parametrize(("value", "text"), [
    (157, "157"), (12400, "12,400"), (0.0305, "0.03"), (1.618, "1.62"), (128.4, "128"), (2.21e-6, "2.2 × 10⁻⁶"),
    (9.96e-7, "1.0 × 10⁻⁶"), (2e12, "2.0 × 10¹²"), (-0.25, "−0.25"), (0, "0"), ("off", "off"),
    (float("inf"), "more than a number can hold"),
])  # fmt: skip
def test_numbers_are_written_as_a_person_writes_them(value: float | str, text: str):
    assert written(value).replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_number_may_be_told_per_cent_and_a_false_claim_is_found():
    assert fill("{a:%} of {b}", {"a": 0.984, "b": 64.0}) == "98\N{NO-BREAK SPACE}% of 64"
    assert fill("{a:%}, {b:%}", {"a": 0.999, "b": 1.0}) == "99\N{NO-BREAK SPACE}%, 100\N{NO-BREAK SPACE}%"
    step = LESSONS["unrolled"].steps[0]
    one, two = Verdict("three"), Verdict("sixty", claims={"there are three": False})
    assert faults(step, [one, two]) == [
        "three with seed 1", "sixty with seed 2", "not with seed 2: there are three",
    ]  # fmt: skip
    assert faults(step, [NOT_YET]) == ["no verdict with seed 1"]


def test_a_check_hears_of_a_run_that_is_another():
    """Weights whose W_hh is no longer used, a network that has not learned: each check says so."""
    recurrence: Step = STEPS["unrolled recurrence"][1]
    untrained = Trainer(replace(recurrence.stage.config, learning_rate=1e-6))
    untrained.advance(300)
    assert not all(recurrence.check(untrained).claims.values())
    clipped = STEPS["exploding thrown"][1]
    assert clipped.check(STEPS["exploding by-norm"][1].stage.played()).right == "falls"


def test_a_weight_is_found_whichever_sequence_is_shown():
    step: Step = STEPS["unrolled one-weight"][1]
    run = step.stage.played()
    run.shown = 7
    assert step.check(run) == step.check(step.stage.played())
    assert not step.check(started(step.stage.trainer(), (Weight("W_xh", 0, 0, 2.0),))).done


def test_what_is_no_lesson_and_no_run_is_refused():
    with pytest.raises(ValueError, match=r"^trainer is 7; it must be a Trainer"):
        LESSONS["unrolled"].steps[0].check(7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^lesson is 'nonsense'; it must be one of unrolled, "):
        LESSONS["nonsense"]
