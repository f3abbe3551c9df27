"""Saving and loading a run: one npz file of plain arrays and a line of JSON. Nothing in it can be executed."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import nullcontext
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from rnn_core.tasks import Task, task_of

if TYPE_CHECKING:
    from rnn_core.config import Config

FORMAT, VERSION = "unrolled run", 4
OLDEST = 3  # that is read; older ones drew other batches
File = str | PathLike[str] | IO[bytes]


def write(file: File, notes: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name, and notes that JSON can hold, to a path or an open file."""
    text = json.dumps({"format": FORMAT, "version": VERSION, **notes})
    parts: dict[str, Any] = {f"array:{name}": array for name, array in arrays.items()}
    with open(file, "wb") if isinstance(file, str | PathLike) else nullcontext(file) as out:
        np.savez(out, notes=np.array(text), **parts)


def read(file: File) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The notes and the arrays of a file that write wrote.

    Raises ValueError in one sentence where the file is cut off, is not one of ours, or is of a newer or older Unrolled.
    """
    notes: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    try:
        with np.load(file, allow_pickle=False) as data:
            notes = json.loads(str(data["notes"]))
            arrays = {name.removeprefix("array:"): data[name] for name in data.files if name != "notes"}
            foreign = notes["format"] != FORMAT or not isinstance(notes["version"], int)
    except (zipfile.BadZipFile, EOFError, zlib.error) as problem:
        raise ValueError(f"the file is cut off or damaged ({problem}); save the run again") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        foreign = True
    if foreign:
        raise ValueError("the file is no saved run of Unrolled; choose one that Trainer.save wrote")
    if notes["version"] < OLDEST:
        raise ValueError(f"the file is of version {notes['version']}, which drew other batches; train the run again")
    if notes["version"] > VERSION:
        raise ValueError(f"the file is of version {notes['version']}; this Unrolled reads up to {VERSION}: update it")
    return notes, arrays


def check_task(saved: Mapping[str, Any] | None, config: "Config", task: Task | None) -> None:
    """Raises ValueError in one sentence where a run of one task is loaded with another, or without its own.

    saved: the Task.traits that the file has (None: it is of before they were written).
    """
    task_of(config.task, task)
    if saved is None or (task is None and saved["name"] == config.task):
        return
    if task is None:
        raise ValueError(
            f"the file is a run of task {saved['name']!r}, which its settings cannot name; pass the task that it was "
            "made with, as in Trainer.load(file, text_task(text))"
        )
    found = task.traits(config)
    same = all(found[name] == saved[name] for name in ("sizes", "symbols"))
    if same and np.allclose(found["scale"], saved["scale"]):
        return
    apart = " ".join(sorted(set(found["symbols"]) ^ set(saved["symbols"]))[:5])
    raise ValueError(
        f"the file is a run of task {saved['name']!r} with {_in_words(saved)}, and the task given has "
        f"{_in_words(found)}{apart and f' (only one of them has {apart})'}; pass the task that the run was made "
        "with, of the very same text or series"
    )


def _in_words(traits: Mapping[str, Any]) -> str:
    """A task's symbols, or its numbers."""
    if traits["symbols"]:
        return f"{len(traits['symbols'])} symbols"
    (D, O), (mean, deviation) = traits["sizes"], traits["scale"]
    return f"{D} inputs, {O} outputs, mean {mean:.6g} and deviation {deviation:.6g}"
