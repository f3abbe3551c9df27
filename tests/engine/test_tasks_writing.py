"""Dates and sums: the answer is what the question says, by another way of reading it than the task's own."""

import re
from collections import Counter
from datetime import datetime
from math import log

import numpy as np
import pytest

from rnn_core import TASKS, Config
from rnn_core.tasks import Batch
from rnn_core.tasks.writing import FORMATS
from tests.engine.small import draw, small, wide

SPLITS = ("train", "held-out")
PATTERNS = ("%A %d %B %Y", "%A, %B %d, %Y", "%d %B %Y", "%B %d, %Y", "the %d of %B %Y", "%a %d %B %Y", "%d %b %Y",
            "%Y %B %d", "%d.%m.%Y", "%m/%d/%Y")  # the formats in the order of FORMATS, as the C library writes them


def baseline(task: str) -> float:
    return TASKS[task].baseline(small(task, 12)).loss


def pairs(config: Config, batch: Batch) -> list[tuple[str, str]]:
    """Question and answer of every sequence, as they are read."""
    found, symbols = [], TASKS[config.task].symbols(config)
    for i in range(batch.x.shape[2]):
        told = TASKS[config.task].describe(batch, i, symbols=symbols)
        found.append(("".join(told.inputs[: batch.encoder_steps]).replace("␣", " "), "".join(told.targets)))
    return found


def day_of(text: str) -> tuple[datetime, int]:
    """The one date that a text says, and the first format that fits it: May is short for May."""
    fitting = []
    for k, pattern in enumerate(PATTERNS):
        try:
            fitting.append((datetime.strptime(text, pattern), k))
        except ValueError:
            continue
    assert len({day for day, _ in fitting}) == 1
    return fitting[0]


@pytest.mark.parametrize("length", [20, 30, 40])
def test_a_date_says_the_day_that_is_written(length: int):
    config, seen = wide("dates", length=length), set()
    for question, answer in pairs(config, draw(config)):
        day, form = day_of(question)
        seen.add(form)
        assert day.strftime("%Y-%m-%d") == answer
        assert len(question) <= length - 10 and 1950 <= day.year < 2050
        if form in (0, 1, 5):
            assert question.startswith(day.strftime("%A" if form < 2 else "%a").lower())
    assert len(seen) == len(FORMATS) or length < 40


@pytest.mark.parametrize("length", [6, 9, 12, 20])
def test_a_sum_is_right(length: int):
    config, n = wide("addition", length=length), min((length - 3) // 3, 9)
    for question, answer in pairs(config, draw(config)):
        a, b = question.split("+")
        assert answer == f"{int(a) + int(b)}."
        assert max(len(a), len(b)) <= n and re.fullmatch(r"\d+\+\d+", question)


@pytest.mark.parametrize(("task", "length"), [("dates", 30), ("addition", 9), ("addition", 12)])
def test_what_is_held_out_is_not_trained_on(task: str, length: int):
    config = wide(task, length=length)

    def told(split: str) -> set[str]:
        drawn = [pair for seed in range(2) for pair in pairs(config, draw(config, seed, split))]
        return {a if task == "dates" else "+".join(sorted(q.split("+"), key=int)) for q, a in drawn}

    trained, held_out = told("train"), told("held-out")
    assert len(trained) > 500 and len(held_out) > 300
    assert not trained & held_out


@pytest.mark.parametrize("task", ["dates", "addition"])
def test_the_question_may_be_read_backward_and_the_answer_stays(task: str):
    plain, backward = (wide(task, length=30, batch_size=50, reverse_input=flag) for flag in (False, True))
    for (question, answer), (mirrored, same) in zip(
        pairs(plain, draw(plain)), pairs(backward, draw(backward)), strict=True
    ):
        assert mirrored == question[::-1] and same == answer


@pytest.mark.parametrize("task", ["dates", "addition"])
def test_the_decoder_reads_a_start_and_then_what_was_to_be_said(task: str):
    config = small(task, batch_size=20)
    batch = draw(config)
    for i in range(20):
        told = TASKS[task].describe(batch, i, symbols=TASKS[task].symbols(config))
        said = [word for word in told.targets if word]
        assert [word for word in told.inputs[batch.encoder_steps :] if word] == ["▸", *said[:-1]]
        assert batch.lengths is not None
        assert batch.lengths[i] == sum(bool(word) for word in told.inputs[: batch.encoder_steps])


@pytest.mark.parametrize("task", ["dates", "addition"])
def test_the_baseline_is_how_often_each_symbol_stands_at_its_place(task: str):
    config = small(task, 12, batch_size=1000)
    train, held_out = ([pair for seed in range(20, 22) for pair in pairs(config, draw(config, seed, split))]
                       for split in SPLITS)
    counts = Counter(place for _, answer in train for place in enumerate(answer))
    kinds = len(TASKS[task].symbols(config) or ())
    total = Counter(place for _, answer in train for place, _ in enumerate(answer))
    costs = [-log((1 + counts[k, symbol]) / (kinds + total[k])) for _, answer in held_out
             for k, symbol in enumerate(answer)]
    assert np.mean(costs) == pytest.approx(
        {"dates": baseline("dates"), "addition": baseline("addition")}[task], rel=0.03
    )
