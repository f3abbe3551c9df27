"""Saving and loading a run: one npz file of plain arrays and a line of JSON. Nothing in it can be executed."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import nullcontext
from os import PathLike
from typing import IO, Any

import numpy as np

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
