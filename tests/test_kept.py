"""Runs that are kept, without a page: their record, names and differences, their state, and files that are refused."""

import base64
import io
import json
import math
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnn_core import Config, Trainer
from rnn_core.history import POINTS
from tests.engine.same import everything, same
from tests.every import every
from ui.kept import state as state_module
from ui.kept.book import Book
from ui.kept.record import MISSING, NAME, READERS, ROOM, Kept, Value, differences, kept, named, read, write
from ui.kept.record import same as alike
from ui.kept.state import FORMAT, VERSION, load_state, own_data, write_state

SMALL = Config(hidden_size=3, length=5, k=1, batch_size=2)


def trained(steps: int = 7, **changes: Any) -> Trainer:
    trainer = Trainer(replace(SMALL, **changes))
    trainer.advance(steps)
    return trainer


def of(trainer: Trainer, id: str = "0" * 16, **changes: Any) -> Kept:
    found = kept(trainer, id, "Playground", 5, {})
    return replace(found, **{"name": "a name", "size": len(write_state(trainer)), **changes})


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def asked(trainer: Trainer) -> Callable[..., Any]:
    """What Run.ask is to a run."""
    return lambda question, *args: question(trainer, *args)


def book(*trainers: Trainer, **own: Value) -> Book:
    """Those, kept one after the other, and all of it stored by a browser."""
    found = Book()
    for at, trainer in enumerate(trainers):
        found.keep(asked(trainer), "Playground", at, own)
        stored(found)
    return found


def stored(b: Book, *failed: int) -> None:
    b.hear("done", {"visit": b.visit, "did": max((order["n"] for order in b.orders), default=0), "failed": failed})


def file(*runs: Kept, states: list[str], **changes: Any) -> str:
    all_ = [{**write(run), "state": state} for run, state in zip(runs, states, strict=True)]
    return json.dumps({"format": FORMAT, "version": VERSION, "runs": all_} | changes)


# The record


def test_a_record_says_how_the_run_stands_and_comes_back_from_json():
    trainer = trained(40)
    run = of(trainer, note="a note", pinned=True)
    shown = trainer.snapshot()
    assert run.step == 40 and run.config == trainer.config and run.parameters == trainer.theta.size
    assert run.held_out == pytest.approx(shown.held_out_loss, rel=1e-4) and run.metric == "accuracy"
    assert run.course.steps == tuple(range(1, 41))
    assert run.course.training == tuple(float(f"{x:.5g}") for x in trainer.history["loss"])
    assert run.course.held_out[-1] == run.held_out and run.course.held_out[3] is None
    assert read(through_json(write(run))) == run


def test_a_long_run_is_thinned_to_the_means_of_as_many_steps():
    trainer = trained(700)
    run = of(trainer)
    assert len(run.course.steps) <= POINTS and run.course.steps[:2] == (4, 8) and run.course.steps[-1] == 700
    losses = trainer.history["loss"]
    assert run.course.training[1] == pytest.approx(losses[4:8].mean(), rel=1e-4)


def test_a_run_that_diverged_is_kept_and_holds_no_number_that_json_cannot():
    trainer = Trainer(Config.of_task("latch", cell="rnn-relu", length=12, hidden_size=4, initializer="identity",
                                     optimizer="sgd", learning_rate=10.0, clip="none"))  # fmt: skip
    trainer.advance(200)
    assert trainer.diverged
    run = of(trainer)
    assert f"{trainer.diverged.array} at step {trainer.diverged.step}" == run.diverged
    again = load_state(run, write_state(trainer))
    assert read(through_json(write(run))) == run and again.diverged == trainer.diverged
    trainer.rewind()
    again.rewind()
    assert same(everything(again), everything(trainer))


WRONG: dict[str, list[Any]] = {
    "id": ["", "0" * 15, "g" * 16, 5, None], "page": ["Learn", None, []], "name": ["", "x" * 61, "a\nb", 5, None],
    "at": [-1, 2**50, 1.5, True, None], "config": [5, None, [], {"seed": -1}, {"colour": 1}, {"task": "none"}, "x"],
    "title": ["x" * 121, 5], "step": [-1, 1.5, "3", 2**60], "metric": [5, None],
    "course": [None, {}, {"steps": [1]}, {"steps": [1], "training": [1.0], "held_out": []},
               {"steps": [2, 1], "training": [1, 1], "held_out": [1, 1]},
               {"steps": [1], "training": ["x"], "held_out": [None]},
               {"steps": list(range(301)), "training": [1] * 301, "held_out": [1] * 301}],
    "own": [None, 5, {"": 1}, {"a": []}, {"a": "x" * 121}, {f"{k}": k for k in range(21)}],
    "loss": ["1", True, math.inf, math.nan, []], "held_out": ["1"], "score": ["1"], "baseline": [{}], "clipped": [[]],
    "parameters": [-1], "diverged": [5], "note": ["x" * 301, None], "pinned": [1, "true", None], "size": [-1, ROOM + 1],
}  # fmt: skip


def test_there_is_a_wrong_value_for_each_part():
    assert set(WRONG) == set(READERS)


@every(wrong=[(name, value) for name, values in WRONG.items() for value in values])
def test_what_is_no_record_is_refused_by_the_name_of_its_part(wrong: tuple[str, Any]):
    name, value = wrong
    with pytest.raises(ValueError, match=f"^its {name} cannot be read"):
        read(write(of(trained())) | {name: value})


@every(found=[None, 5, "x", [], {}])
def test_what_is_nothing_like_a_record_is_refused(found: Any):
    with pytest.raises(ValueError, match=r"^it (is|lacks)"):
        read(found)


def test_a_part_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="unknown part 'colour'"):
        read(write(of(trained())) | {"colour": "red"})


# Names and differences


def test_two_values_are_one_only_if_they_say_the_same():
    assert alike(1, 1.0) and alike(math.nan, math.nan) and alike("a", "a") and alike(MISSING, MISSING)
    for a, b in ((1, "1"), (1, True), (0, None), (None, MISSING), (math.nan, 1), ("", None)):
        assert not alike(a, b) and not alike(b, a)


def test_only_what_differs_missing_in_some_and_not_what_all_lack():
    rows: list[dict[str, object]] = [
        {"a": 1, "b": 2, "c": math.nan, "d": 1, "e": "x", "f": None},
        {"a": 1, "b": 2, "c": math.nan, "d": "1", "e": "x"},
    ]  # fmt: skip
    assert differences(rows) == ["d", "f"]
    assert differences(rows[:1]) == [] and differences([]) == []


def test_a_run_is_named_by_what_differs_from_the_one_before():
    first = of(trained(hidden_size=32))

    def name(**changes: Any) -> str:
        return named(replace(first, config=replace(first.config, **changes)), first)

    assert named(first, None) == "echo, rnn, H 32"
    assert name(clip="none") == "clip none" and name(hidden_size=8) == "H 32 → 8"
    assert name(learning_rate=0.01, cell="gru") == "gru, learning rate 0.005 → 0.01"
    assert name(layers=2, layer_skip=True, seed=2, batch_size=4) == "B 2 → 4, layers 1 → 2, layer skip on and 1 more"
    assert name(forget_bias=-2.0) == "forget bias 1 → −2"
    assert name() == "the same, step 7"
    other = replace(first, config=Config.of_task("adding"))
    assert named(other, first) == f"adding, {other.config.cell}, H {other.config.hidden_size}"
    text = replace(first, page="Text", own={"text": "my\nrhyme" * 20, "characters": 5})
    assert named(text, first).startswith("my rhyme") and len(named(text, first)) == NAME
    assert named(replace(text, own={**text.own, "characters": 6}, step=9), text) == "the same, step 9"


# The state


@every(changes=[{}, {"cell": "lstm", "layers": 2}, {"start": "carried"}, {"dtype": "float64", "optimizer": "sgd"}])
def test_a_run_that_was_kept_goes_on_to_the_numbers_of_one_that_went_straight_on(changes: dict[str, Any]):
    straight = trained(13, **changes)
    run, state = of(straight), write_state(straight)
    again = load_state(read(through_json(write(run))), state)
    assert again.step == 13 and np.array_equal(again.theta, straight.theta)
    straight.advance(20)
    again.advance(20)
    assert same(everything(again), everything(straight))


def test_a_long_history_is_thinned_in_the_state_and_its_curve_is_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_module, "ROWS", 100)
    trainer = trained(500)
    again = load_state(of(trainer), write_state(trainer))
    assert again.history.count <= 100 and trainer.history.count == 500
    whole, thin = trainer.history.curve(), again.history.curve()
    assert all(np.array_equal(whole[name], thin[name], equal_nan=True) for name in ("step", "loss_mean", "loss_max"))
    assert np.array_equal(trainer.advance(3).h, again.advance(3).h)


def test_what_somebody_brought_is_kept_with_the_state_if_it_is_small(monkeypatch: pytest.MonkeyPatch):
    trainer = trained()
    assert own_data(write_state(trainer, b"a text of my own")) == b"a text of my own"
    assert own_data(write_state(trainer)) == b""
    monkeypatch.setattr(state_module, "OWN", 5)
    assert own_data(write_state(trainer, b"a text of my own")) == b""


def test_a_state_that_is_too_large_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_module, "LARGEST", 1000)
    b = book()
    b.keep(asked(trained()), "Playground", 0, {})
    assert not b.runs and not b.orders and "take fewer units or layers, or float32" in b.notes[0]


def arrays_of(trainer: Trainer) -> tuple[dict[str, Any], dict[str, Any]]:
    out = io.BytesIO()
    trainer.save(out)
    with np.load(io.BytesIO(out.getvalue())) as found:
        arrays = dict(found)
    return json.loads(str(arrays.pop("notes"))), arrays


def forged(trainer: Trainer, notes: dict[str, Any] | None = None, **arrays: np.ndarray) -> str:
    """Its state, with other notes or arrays."""
    told, own = arrays_of(trainer)
    out = io.BytesIO()
    np.savez(out, **(own | {f"array:{name}": array for name, array in arrays.items()}
                     | {"notes": np.array(json.dumps(told | (notes or {})))}))  # type: ignore[arg-type]  # fmt: skip
    return state_module.packed(out.getvalue())


def test_states_that_somebody_made_are_refused():
    trainer = trained(start="carried")
    run, good = of(trainer), write_state(trainer)
    assert load_state(run, forged(trainer)).step == 7
    bomb = base64.b64encode(zlib.compress(bytes(state_module.UNPACKED + 1))).decode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("array:memory.npy", bytes(state_module.UNPACKED + 1))
    pickled = io.BytesIO()
    np.savez(pickled, notes=np.array([print], dtype=object))
    configs = arrays_of(trainer)[0]["config"]
    wrong = {
        "nothing": "", "no base64": "§", "cut": good[:-40], "a bomb": bomb, "noise": state_module.packed(b"PK noise"),
        "a zip's bomb": state_module.packed(archive.getvalue()), "a pickle": state_module.packed(pickled.getvalue()),
        "another run": write_state(trained(start="carried", seed=2)),
        "another step": write_state(trained(8, start="carried")),
        "a large run": forged(trainer, {"config": configs | {"hidden_size": 1000}}),
        "steps": forged(trainer, {"step": [10**30, 0]}), "no steps": forged(trainer, {"step": [7, "x"]}),
        "changes": forged(trainer, {"changes": [[1, "colour", 1, 2]]}), "loss": forged(trainer, {"first_loss": []}),
        "shape": forged(trainer, memory=np.zeros((1, 2))), "carried": forged(trainer, **{"now:0:0": np.zeros((9, 9))}),
    }  # fmt: skip
    for name, state in wrong.items():
        with pytest.raises(ValueError) as problem:
            load_state(run, state)
        assert "\n" not in str(problem.value) and len(str(problem.value)) < 300, name


def test_a_run_that_no_page_would_have_made_is_not_begun(monkeypatch: pytest.MonkeyPatch):
    run = replace(of(trained()), config=replace(SMALL, batch_size=1000))
    monkeypatch.setattr(Trainer, "load", lambda *_: pytest.fail("it was begun"))
    with pytest.raises(ValueError, match="its batch_size is 1000, and the page has room for 1 to 64"):
        load_state(run, write_state(trained()))
