"""Saving and loading a run changes no number; a file that is no saved run gives one sentence and executes nothing."""

import io
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn_core import OPTIMIZERS, Config, Trainer
from rnn_core.tasks import Task
from rnn_core.tasks.own_series import Split, series_task
from rnn_core.tasks.sonnets import sonnets, whole
from rnn_core.tasks.text import text_task
from tests.engine.same import everything, same
from tests.engine.small import ALL_CELLS, ALL_TASKS, small


def saved(trainer: Trainer) -> bytes:
    file = io.BytesIO()
    trainer.save(file)
    return file.getvalue()


def loaded(data: bytes) -> Trainer:
    return Trainer.load(io.BytesIO(data))


@pytest.mark.parametrize("fields", [
    *({"task": task, "cell": "lstm"} for task in ALL_TASKS), *({"cell": cell, "layers": 2} for cell in ALL_CELLS),
    *({"optimizer": name} for name in sorted(OPTIMIZERS)), {"start": "carried", "cell": "lstm"}, {"dtype": "float64"},
    {"task": "copy", "teacher_forcing": 0.5, "start": "carried"},
], ids=str)
def test_seven_steps_a_file_and_thirteen_are_twenty(fields: dict[str, Any]):
    whole, parts = Trainer(small(**fields)), Trainer(small(**fields))
    whole.advance(20)
    parts.advance(7)
    again = loaded(saved(parts))
    assert again.step == 7
    assert again.config == parts.config
    again.advance(13)
    assert same(everything(again), everything(whole))


def test_a_run_that_was_not_begun_and_one_with_settings_changed_on_the_way():
    assert same(loaded(saved(Trainer(small()))).advance(3), Trainer(small()).advance(3))
    trainer = Trainer(small())
    trainer.advance(3)
    trainer.set(learning_rate=0.5, clip="none")
    again = loaded(saved(trainer))
    assert again.config == trainer.config
    assert same(again.advance(), trainer.advance())


def test_a_diverged_run_is_still_diverged_and_can_be_rewound():
    trainer = Trainer(small("sunspots", cell="rnn-relu", learning_rate=10.0, clip="none", optimizer="sgd", length=20))
    trainer.advance(300)
    assert trainer.diverged
    again = loaded(saved(trainer))
    assert again.diverged == trainer.diverged
    assert again.rewind() == trainer.rewind()
    for each in (again, trainer):
        each.set(clip="norm", clip_threshold=0.1, learning_rate=0.01)
    assert same(again.advance(10), trainer.advance(10))


@pytest.mark.parametrize("name", ["run.npz", "run", "run.unrolled"])
def test_what_is_saved_at_a_path_is_loaded_from_it(tmp_path: Path, name: str):
    trainer = Trainer(small())
    trainer.advance(3)
    for path in (tmp_path / name, str(tmp_path / f"s-{name}")):
        trainer.save(path)
        assert Trainer.load(path).step == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, f"s-{name}"])


def refused(data: bytes) -> str:
    with pytest.raises(ValueError) as caught:
        loaded(data)
    text = str(caught.value)
    assert "\n" not in text and 0 < len(text) < 300
    return text


def test_a_file_that_is_cut_off_anywhere_is_refused_in_one_sentence():
    data = saved(Trainer(small()))
    for end in (0, 1, 10, 100, len(data) // 2, len(data) - 30, len(data) - 1):
        refused(data[:end])


def test_a_damaged_file_is_refused_or_is_the_same_run():
    trainer = Trainer(small())
    trainer.advance(2)
    data, rng = saved(trainer), np.random.default_rng(0)
    for at in rng.integers(0, len(data), 60).tolist():
        try:
            again = loaded(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        except ValueError as error:
            assert len(str(error).splitlines()) == 1  # noqa: PT017
        else:
            assert same(again.params, trainer.params)


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_a_foreign_file_is_refused():
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w") as archive:
        archive.writestr("hello.txt", "hello")
    plain = io.BytesIO()
    np.save(plain, np.zeros(3))
    for data in (b"hello", b"\x00" * 100, b"PK\x03\x04", npz(a=np.zeros(3)), npz(notes=np.zeros(3)), npz(notes="[]"),
                 npz(notes="{}"), npz(notes="null"), text.getvalue(), plain.getvalue()):
        refused(data)


class Trap:
    """What a pickle could do."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('executed')",))


def test_nothing_in_a_file_is_executed():
    trap = np.array([Trap()], dtype=object)
    notes = json.dumps({"format": "unrolled run", "version": 3})
    for data in (npz(notes=trap), npz(**{"notes": np.array(notes), "array:memory": trap})):
        refused(data)


def changed(data: bytes, change) -> bytes:
    with np.load(io.BytesIO(data)) as file:
        parts = {name: file[name] for name in file.files}
    notes = json.loads(str(parts["notes"]))
    change(notes, parts)
    return npz(**parts | {"notes": np.array(json.dumps(notes))})


@pytest.mark.parametrize("change", [
    lambda notes, parts: notes.update(version=notes["version"] + 1),
    lambda notes, parts: notes.update(version="new"),
    lambda notes, parts: notes.pop("version"),
    lambda notes, parts: notes.update(format="another"),
    lambda notes, parts: notes.pop("config"),
    lambda notes, parts: notes["config"].update(hidden_size=0),
    lambda notes, parts: notes["config"].update(hidden_size=7),
    lambda notes, parts: notes["config"].update(optimizer="sgd"),
    lambda notes, parts: notes["config"].update(no_such=1),
    lambda notes, parts: notes.update(config=3),
    lambda notes, parts: notes.update(step="three"),
    lambda notes, parts: notes.update(step=[2.5, 2]),
    lambda notes, parts: notes.update(step=[1, 2, 3]),
    lambda notes, parts: parts.pop("array:memory"),
    lambda notes, parts: parts.pop("array:history"),
    lambda notes, parts: parts.update({"array:memory": np.zeros(3)}),
    lambda notes, parts: parts.update({"array:history": np.zeros((2, 3))}),
    lambda notes, parts: parts.update({"array:history": np.array(["a"])}),
    lambda notes, parts: parts.update({"array:history": parts["array:history"][:, ::-1]}),
    lambda notes, parts: parts.update({"array:history": np.full((6, 2), np.nan)}),
    lambda notes, parts: parts.update({"array:buckets": np.zeros(13)}),
])
def test_a_file_that_does_not_belong_together_is_refused_in_one_sentence(change):
    trainer = Trainer(small())
    trainer.advance(2)
    refused(changed(saved(trainer), change))


@pytest.mark.parametrize("version", [1, 2, 99])
def test_an_older_and_a_newer_file_say_so(version: int):
    data = changed(saved(Trainer(small())), lambda notes, parts: notes.update(version=version))
    assert f"version {version}" in refused(data)


def test_what_was_changed_on_the_way_is_kept():
    trainer = Trainer(Config())
    trainer.advance(3)
    trainer.set(learning_rate=0.1)
    file = io.BytesIO()
    trainer.save(file)
    file.seek(0)
    again = Trainer.load(file)
    assert again.changes == trainer.changes and len(again.changes) == 1
    assert again.config == trainer.config


TEXT = "Grüße, says the cat; the dog says nothing.\n" * 30
CONFIG = Config(task="sonnets", hidden_size=3, batch_size=2, length=8)


def ramp(slope: float = 1) -> Task:
    """A series of a person's own."""
    return series_task(Split(slope * np.arange(60), np.ones(60), 8, 2, 12))


def not_this_task(trainer: Trainer, task: Task | None) -> str:
    """What load says of the run's whole file with this task."""
    with pytest.raises(ValueError) as caught:
        Trainer.load(io.BytesIO(saved(trainer)), task)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 300 and "save the run again" not in text, text
    return text


def test_a_run_of_an_own_task_without_that_task_says_which_one_and_how():
    text = not_this_task(Trainer(CONFIG, text_task(TEXT)), None)
    assert "task 'text'" in text and "Trainer.load(file, text_task(text))" in text
    letters = "".join(whole().symbols(CONFIG) or ()).replace("␣", " ").replace("↵", "\n")
    same_letters = text_task(letters * 20)
    assert same_letters.sizes(CONFIG) == whole().sizes(CONFIG)
    assert "task 'text'" in not_this_task(Trainer(CONFIG, same_letters), None)
    assert "task 'series'" in not_this_task(Trainer(CONFIG, ramp()), None)


@pytest.mark.parametrize(("other", "named"), [
    (TEXT.replace("\n", "\r\n"), "U+000D"), (unicodedata.normalize("NFD", TEXT), "ü"), (TEXT.replace("c", "k"), "c"),
    (TEXT.replace("c", "q"), "q"),
])
def test_a_run_of_a_text_with_another_text_says_where_the_alphabets_part(other: str, named: str):
    text = not_this_task(Trainer(CONFIG, text_task(TEXT)), text_task(other))
    assert f"{len(set(TEXT))} symbols" in text and f"{len(set(other))} symbols" in text and named in text


def test_a_run_of_a_series_with_another_series_or_a_text_is_refused():
    assert "deviation" in not_this_task(Trainer(CONFIG, ramp()), ramp(2))
    assert "symbols" in not_this_task(Trainer(CONFIG, ramp()), text_task(TEXT))
    assert "symbols" in not_this_task(Trainer(small("sunspots")), text_task(TEXT))


def test_the_same_task_made_again_is_the_same_task():
    for make in (lambda: text_task(TEXT, name="mine"), ramp):
        trainer = Trainer(CONFIG, make())
        trainer.advance(2)
        again = Trainer.load(io.BytesIO(saved(trainer)), make())
        assert same(again.advance(2), trainer.advance(2))
    Trainer.load(io.BytesIO(saved(Trainer(CONFIG))), text_task(sonnets()))


def test_a_file_of_before_tasks_were_written_is_read_and_one_of_another_task_says_what_to_pass():
    def older(notes: dict[str, Any], parts: dict[str, Any]) -> None:
        del notes["task"]

    trainer = Trainer(CONFIG, text_task(TEXT))
    trainer.advance(2)
    data = changed(saved(trainer), older)
    assert same(Trainer.load(io.BytesIO(data), text_task(TEXT)).advance(2), trainer.advance(2))
    assert "sonnets" in (text := refused(data)) and "pass the task" in text and "save the run again" not in text


def test_notes_of_a_task_that_are_damaged_are_refused():
    damaged: list[Any] = [3, {}, [], {"name": "text", "sizes": 3}]
    for wrong in damaged:
        refused(changed(saved(Trainer(small())), lambda notes, parts, wrong=wrong: notes.update(task=wrong)))
