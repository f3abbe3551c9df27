"""Numbers for people: the table that the browser's tests read too."""

import json
import math
from pathlib import Path

import pytest

from rnn_core import TASKS
from tests.every import every
from ui.figures.numbers import METRICS, count, percent, short

CASES = json.loads((Path(__file__).parent / "numbers.json").read_text("utf-8"))
RULES = {"short": short, "four digits": lambda x: short(x, 4), "count": count, "percent": percent}


@every(name=CASES)
def test_numbers_are_written_by_the_rule_that_the_browser_has_too(name: str):
    assert [RULES[name](x) for x, _ in CASES[name]] == [text for _, text in CASES[name]]


APART = [(math.nan, "–"), (math.inf, "∞"), (-math.inf, "−∞"), (101325.271, "101,325.27")]


@pytest.mark.parametrize(("x", "text"), APART)
def test_what_json_has_no_word_for(x: float, text: str):
    assert short(x, 8) == text
    assert percent(math.nan) == "–"


def test_every_task_has_a_word_for_its_score():
    assert {task.metric for task in TASKS.values()} <= METRICS.keys()
