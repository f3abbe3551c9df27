"""The state of a kept run as text: what Trainer.save writes, and what somebody brought that it learned from, if small.

Nothing in it can be executed, and nobody's text makes the server take more memory than a run of the app may have.
"""

import base64
import binascii
import copy
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np

from rnn_core import Config, Trainer
from rnn_core.checkpoint import read as read_checkpoint
from rnn_core.tasks import Task
from rnn_core.words import t
from ui.frame.address import fields_of, quoted
from ui.kept.record import Kept, fits, read

FORMAT, VERSION = "unrolled kept runs", 1
ROWS = 2000  # of the history in a state: the older ones are thinned
LARGEST = 8_000_000  # characters of a state
UNPACKED = 24_000_000  # bytes that it may have unpacked
OWN = 200_000  # bytes of somebody's own text or table, up to which it is kept with the run
FILE = 60_000_000  # bytes of a file of kept runs
LEVEL = 6  # of zlib
# What pages offer beyond the playground: cells with as many parameters are larger, a stretch of a text is longer.
BEYOND = {"hidden_size": (1, 256), "length": (1, 100)}


def packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, LEVEL)).decode()


def unpacked(text: str) -> bytes:
    """What was packed. Raises ValueError in a few words for what was not, or is too large."""
    try:
        unpack = zlib.decompressobj()
        data = unpack.decompress(base64.b64decode(text, validate=True), UNPACKED)
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError(t("it is cut off or damaged")) from None
    if not unpack.eof:
        raise ValueError(t("it is cut off, or larger than a run can be"))
    return data


def write_state(trainer: Trainer, own: bytes = b"") -> str:
    """A run's state, and after a point what it learned from. Raises ValueError in one sentence for one too large."""
    file = BytesIO()
    trainer.save(file, ROWS)
    text = ".".join(map(packed, (file.getvalue(), own) if 0 < len(own) <= OWN else (file.getvalue(),)))
    if len(text) > LARGEST:
        raise ValueError(t(
            "The state of this run has {size} MB, and one that is kept may have {most}: take fewer units or layers, or "
            "float32.", size=f"{len(text) / 1e6:.1f}", most=f"{LARGEST / 1e6:g}"
        ))
    return text


def own_data(state: str) -> bytes:
    """What somebody brought that the run learned from; nothing where it was too large to be kept."""
    return unpacked(state.partition(".")[2]) if "." in state else b""


def check_state(run: Kept, state: str) -> bytes:
    """The state's file, which is of that run. Raises ValueError in a few words for what is none."""
    if len(state) > LARGEST:
        raise ValueError(t("its state is too large"))
    data = unpacked(state.partition(".")[0])
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED:
                raise ValueError(t("its state is larger than a run can be"))
    except zipfile.BadZipFile:
        raise ValueError(t("its state is cut off or damaged")) from None
    notes, _ = read_checkpoint(BytesIO(data))
    result = notes.get("config")
    if not isinstance(result, Mapping) or dict(result) != asdict(run.config):
        raise ValueError(t("its state is that of another run"))
    return data


def bounded(config: Config) -> None:
    """Raises ValueError in one sentence for a run that no page would have made: it could take the whole server."""
    fields = fields_of(config.task)
    fits(config, fields | {name: fields[name]._replace(screen=limits) for name, limits in BEYOND.items()})


def load_state(run: Kept, state: str, task: Task | None = None) -> Trainer:
    """The run, which goes on to the very same numbers. task: as for Trainer.load.

    Raises ValueError in a few words for a state that is none, or that does not go with this run or task.
    """
    bounded(run.config)
    trainer = Trainer.load(BytesIO(check_state(run, state)), task)
    try:
        with np.errstate(all="ignore"):
            copy.copy(trainer).advance(not trainer.diverged)
    except Exception:
        raise ValueError(t("its state does not go with its settings")) from None
    if trainer.step != run.step:
        raise ValueError(t("its state is that of another step"))
    return trainer


def sound_state(run: Kept, state: str, task: Task | None = None) -> bytes:
    """The state's file, once it is known to open. Raises ValueError as load_state does."""
    load_state(run, state, task)
    return check_state(run, state)


def read_file(name: str, text: str) -> list[tuple[Kept, str]]:
    """The runs in a file, each with its state. Raises ValueError in one sentence that names the file."""
    file = quoted(name)
    if len(text) > FILE:
        raise ValueError(too_large(name, len(text)))
    try:
        result = json.loads(text, parse_constant=nothing)
        kind, version, runs = result["format"], result["version"], result["runs"]
    except (ValueError, TypeError, KeyError, RecursionError):
        kind, version, runs = "", 0, []
    if kind != FORMAT or not isinstance(version, int) or not isinstance(runs, list):
        raise ValueError(t("{file} is no file of kept runs; choose one that “Save as a file” wrote here.", file=file))
    if version > VERSION:
        raise ValueError(t(
            "{file} is of version {version}, and this Unrolled reads up to {newest}: update it first.",
            file=file, version=version, newest=VERSION
        ))
    return [of_file(file, number, each) for number, each in enumerate(runs, 1)]


def of_file(file: str, number: int, result: Any) -> tuple[Kept, str]:
    """One run of a file. Raises ValueError in one sentence."""
    try:
        state = str(result.pop("state", "")) if isinstance(result, dict) else ""
        run = read(result)
        if run.page in ("Text", "Series"):
            check_state(run, state)  # their task is made when they are opened
        else:
            load_state(run, state)
        if run.size != len(state):
            raise ValueError(t("its size is not what it says"))
    except ValueError as problem:
        raise ValueError(t(
            "{file} is damaged, so nothing was taken from it: of run {number}, {problem}.",
            file=file, number=number, problem=problem
        )) from None
    return run, state


def nothing(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def too_large(name: str, size: int) -> str:
    """What is said of a file of so many bytes."""
    return t(
        "{file} has {size} MB; a file of kept runs has at most {most}.",
        file=quoted(name), size=f"{size / 1e6:.0f}", most=f"{FILE / 1e6:.0f}"
    )
