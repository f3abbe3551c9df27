"""The table of every task: what others reached stands in the same row and in the kept file, in a measure of our own."""

import json

import pytest

from bench import tasks
from bench.tasks import BESIDE, BY_ITS_MEASURE, HEADINGS, Try, asked, beside, load, row, run, told, tries
from rnn_core import TASKS


def test_the_kept_lines_tell_what_stands_beside():
    kept = json.loads(tasks.KEPT.read_text("utf-8"))
    assert [entry["beside"] for entry in kept] == [told(found) for found in load()]
    assert {entry["task"] for entry in kept if entry["beside"]} >= set(BESIDE)


def test_saving_keeps_what_was_kept(tmp_path, monkeypatch: pytest.MonkeyPatch):
    before, text = load(), tasks.KEPT.read_text("utf-8")
    monkeypatch.setattr(tasks, "KEPT", tmp_path / "tasks.json")
    tasks.save(before)
    assert load() == before
    assert (tmp_path / "tasks.json").read_text("utf-8") == text


def test_each_number_stands_in_the_row_of_the_run_that_it_is_compared_with():
    for found in load():
        one = asked(found)
        assert one
        cells, others = dict(zip(HEADINGS, row(found, one), strict=True)), beside(one)
        assert cells["beside"] == (others.score if others else "")
        assert bool(cells["whose number stands beside"]) == bool(others)


def test_every_claim_names_a_task_and_a_number_or_what_was_solved():
    assert {*BESIDE, *BY_ITS_MEASURE} <= set(TASKS)
    for one in tries(TASKS):
        others = beside(one)
        assert not others or (others.whose and (any(map(str.isdigit, others.score)) or others.score == "solved"))


@pytest.mark.parametrize(("task", "parts"), [("sunspots", 2), ("airline", 1)])
def test_ours_is_told_in_the_measure_of_what_stands_beside(task: str, parts: int):
    found = run(Try(task), 0.05)
    theirs = beside(Try(task))
    assert theirs
    assert theirs.score.count(TASKS[task].unit) == 1
    assert len([float(number) for number in found.also.removesuffix(" thousand").split(" / ")]) == parts
    assert found.also in row(found, Try(task))[HEADINGS.index("held out")]
    assert theirs.score.partition("; ")[2]
