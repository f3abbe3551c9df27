"""The book of kept runs: what goes for want of room, what the browser says, what is pressed, files."""

import json
from dataclasses import replace
from typing import Any

from tests.every import every
from tests.test_kept import asked, book, file, of, stored, through_json, trained
from ui.kept.book import REFUSED, SHOWN, Book
from ui.kept.record import MOST, NOTE, ROOM, read, write
from ui.kept.state import FORMAT, VERSION, read_file, write_state


def test_the_oldest_that_is_not_pinned_goes_first_and_it_is_said():
    b = book(trained(seed=1), trained(seed=2), trained(seed=3))
    oldest, second, _ = b.runs.values()
    b.change(oldest.id, pinned=True)
    for k in range(MOST - 3):
        b.runs[f"{k:016x}"] = replace(oldest, id=f"{k:016x}", at=100 + k, pinned=False, name=f"run {k}")
    stored(b)
    b.keep(asked(trained(seed=4)), "Playground", 1000, {})
    (order,) = b.orders
    assert order["gone"] == [second.id] and len(b.runs) == MOST and oldest.id in b.runs and second.id not in b.runs
    assert b.notes[1] == f"The oldest that was not pinned went for it: “{second.name}”; 30 are kept."
    for run in list(b.runs.values()):
        b.change(run.id, pinned=True)
    before = dict(b.runs)
    b.keep(asked(trained(seed=5)), "Playground", 1001, {})
    assert b.runs == before and "all are pinned: unpin or delete one first" in b.notes[0]


def test_states_have_room_together():
    b = book(trained(seed=1), trained(seed=2))
    first, second = b.runs.values()
    b.runs[first.id] = replace(first, size=ROOM // 2)
    b.runs[second.id] = replace(second, size=ROOM // 2 - 10)
    b.keep(asked(trained(seed=3)), "Playground", 10, {})
    assert first.id not in b.runs and second.id in b.runs


def test_a_state_is_with_the_server_only_until_the_browser_has_it_and_what_it_refuses_is_not_kept():
    b = Book()
    b.keep(asked(trained()), "Playground", 0, {})
    assert "state" in b.orders[0]
    stored(b)
    assert not b.orders and len(b.runs) == 1
    b.keep(asked(trained(seed=2)), "Playground", 1, {})
    stored(b, b.orders[0]["n"])
    assert len(b.runs) == 1 and b.notes == (REFUSED,)


def test_what_a_browser_had_is_taken_once_and_only_what_can_be_a_run():
    had = [write(of(trained(seed=k), f"{k:016x}")) for k in range(1, 4)]
    b = Book()
    b.hear("found", {"visit": "another", "runs": had})
    assert not b.taken
    b.hear("found", {"visit": b.visit, "runs": [*through_json(had), {"id": 5}, None]})
    assert len(b.runs) == 3 and "2 of the runs that this browser had kept cannot be read" in b.notes[0]
    b.hear("found", {"visit": b.visit, "runs": [write(of(trained(), "f" * 16))]})
    assert len(b.runs) == 3


def test_what_another_tab_kept_beyond_the_room_goes():
    had = [write(of(trained(), f"{k:016x}", at=k)) for k in range(1, MOST + 3)]
    b = Book()
    b.hear("found", {"visit": b.visit, "runs": had})
    assert len(b.runs) == MOST and b.orders[0]["gone"] == [f"{k:016x}" for k in (1, 2)]


HOSTILE: list[Any] = [None, 5, "x", [], {}, {"id": []}, {"id": "x", "do": "name"}, {"visit": 5}, {"do": "open"}]


@every(name=["found", "done", "state", "file", "act"])
def test_whatever_a_browser_says_changes_nothing_by_accident(name: str):
    b = book(trained())
    before = dict(b.runs)
    for said in HOSTILE:
        b.hear(name, said)
        if isinstance(said, dict):
            b.hear(name, said | {"visit": b.visit})
            wrong = {"visit": b.visit, "runs": 5, "did": "x", "failed": 5, "state": 5, "name": [], "number": ""}
            b.hear(name, said | wrong)
    assert b.runs == before and b.arrived is None


def test_a_run_is_renamed_noted_pinned_shown_and_deleted():
    b = book(trained())
    (id,) = b.runs
    for do, value in (("name", " new\nname "), ("note", "x" * 400), ("pinned", True)):
        b.hear("act", {"id": id, "do": do, "value": value})
    run = b.runs[id]
    assert (run.name, run.note, run.pinned) == ("new name", "x" * (NOTE - 1) + "…", True)
    assert [order["do"] for order in b.orders] == ["write"] * 3 and read(through_json(b.orders[-1]["run"])) == run
    b.hear("act", {"id": id, "do": "name", "value": " "})
    assert b.runs[id].name == "new name"
    b.hear("act", {"id": id, "do": "show", "value": False})
    assert b.beside("echo") == []
    b.hear("act", {"id": id, "do": "delete"})
    assert not b.runs and b.orders[-1]["do"] == "drop" and b.notes == ("“new name” is deleted.",)


def test_beside_a_race_stand_the_latest_of_its_task_unless_somebody_chose_otherwise():
    b = book(*(trained(seed=k) for k in range(1, SHOWN + 3)))
    ids = list(b.runs)
    assert [run.id for run in b.beside("echo")] == ids[2:] and b.beside("adding") == []
    b.show(ids[0], True)
    assert [run.id for run in b.beside("adding")] == [ids[0]]


def test_a_run_is_opened_with_the_state_that_was_asked_for():
    b = book(trained(), trained(seed=2))
    first, second = b.runs
    b.open(first)
    b.open(second)
    assert [order["id"] for order in b.orders] == [second]
    b.hear("state", {"visit": b.visit, "id": second, "state": "text"})
    assert b.arrived == (b.runs[second], "text") and not b.orders
    b.open(first)
    b.hear("state", {"visit": b.visit, "id": first, "state": None})
    assert b.arrived is None and "another tab has deleted it" in b.notes[0]


def test_a_file_brings_its_runs_and_none_that_is_here_already():
    one, two = trained(seed=1), trained(seed=2)
    states = [write_state(one), write_state(two)]
    runs = [of(one, "1" * 16), of(two, "2" * 16)]
    text = file(*runs, states=states)
    assert [run for run, _ in read_file("runs.json", text)] == runs
    b = Book()
    b.hear("file", {"visit": b.visit, "name": "runs.json", "number": 3, "size": len(text), "text": text})
    assert list(b.runs) == ["1" * 16, "2" * 16] and b.notes == ("2 runs came with the file.",)
    assert b.orders[-1] == {"n": 1, "do": "take", "number": 3, "ids": ["1" * 16, "2" * 16]}
    b.hear("act", {"id": "1" * 16, "do": "name", "value": "mine"})
    b.hear("file", {"visit": b.visit, "name": "runs.json", "number": 4, "size": len(text), "text": text})
    assert b.runs["1" * 16].name == "mine" and b.notes == ("0 runs came with the file. 2 were here already.",)


def test_a_foreign_broken_newer_or_huge_file_is_refused_in_one_sentence_and_what_is_there_stays():
    trainer = trained()
    run, state = of(trainer), write_state(trainer)
    good = file(run, states=[state])
    files = {
        "no json": ("{", "is no file of kept runs"), "another": ('{"a": 1}', "is no file"),
        "a list": ("[1]", "is no file"),
        "deep": ("[" * 100_000, "is no file"), "nan": (good.replace('"at": 5', '"at": NaN'), "is no file"),
        "newer": (good.replace(f'"version": {VERSION}', '"version": 2'), "reads up to 1: update it first"),
        "cut": (good[:-30], "is no file"), "state": (file(run, states=[state[:-20]]), "of run 1, it is cut off"),
        "no state": (file(run, states=[""]), "is damaged, so nothing was taken"),
        "size": (file(replace(run, size=1), states=[state]), "its size is not what it says"),
        "second": (file(run, replace(run, page="x"), states=[state, state]), "of run 2, its page cannot be read: 'x'"),
        "runs": (json.dumps({"format": FORMAT, "version": VERSION, "runs": [5]}), "of run 1, it is 5"),
    }  # fmt: skip
    b = book(trained(seed=9))
    before = dict(b.runs)
    for name, (text, words) in files.items():
        b.hear("file", {"visit": b.visit, "name": "my.json", "number": 1, "size": len(text), "text": text})
        (said,) = b.notes
        assert said.startswith("'my.json'") and words in said and said.endswith("What is kept stays."), (name, said)
        assert said.count(". ") == 1 and len(said) < 400, name
        assert b.runs == before and not b.orders
    b.hear("file", {"visit": b.visit, "name": "my.json", "number": 1, "size": 80_000_000})
    assert b.notes == ("'my.json' has 80 MB; a file of kept runs has at most 60.",) and b.runs == before


def test_a_file_for_which_there_is_no_room_pushes_nothing_out():
    b = book(trained(seed=9))
    (own,) = b.runs.values()
    for k in range(MOST - 2):
        b.runs[f"{k:016x}"] = replace(own, id=f"{k:016x}")
    before, trainers = dict(b.runs), [trained(seed=1), trained(seed=2)]
    text = file(of(trainers[0], "a" * 16), of(trainers[1], "b" * 16), states=list(map(write_state, trainers)))
    b.hear("file", {"visit": b.visit, "name": "my.json", "number": 1, "size": len(text), "text": text})
    full = "no room for the 2 runs of “my.json”: 30 are kept at most, and 1 more have"
    assert b.runs == before and full in b.notes[0]
