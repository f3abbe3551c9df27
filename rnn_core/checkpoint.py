"""Saving and loading a run: one npz file of plain arrays and a line of JSON. Nothing in it can be executed."""

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from operator import index
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from rnn_core.cells import State
from rnn_core.config import Config
from rnn_core.history import CAPACITY, History
from rnn_core.registry import short
from rnn_core.snapshot import Change, Divergence
from rnn_core.tasks import Task, task_of
from rnn_core.view import Start
from rnn_core.words import t

if TYPE_CHECKING:
    from rnn_core.trainer import Trainer

FORMAT, VERSION = "unrolled run", 4
MOST_STEPS = 2**53  # that a file may say: more no float tells apart
OLDEST = 3  # that is read; older ones drew other batches
BUFFERS = ("_theta", "slots", "_numbers", "sampler", "_g", "_grads", "_trace", "_held_out_trace", "last", "_update")
File = str | PathLike[str] | IO[bytes]


def write(file: File, notes: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name, and notes that JSON can hold, to a path or an open file."""
    import json  # here, as in read: these three are a tenth of what importing the engine costs

    text = json.dumps({"format": FORMAT, "version": VERSION, **notes})
    parts: dict[str, Any] = {f"array:{name}": array for name, array in arrays.items()}
    with open(file, "wb") if isinstance(file, str | PathLike) else nullcontext(file) as out:
        np.savez(out, notes=np.array(text), **parts)


def read(file: File) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The notes and the arrays of a file that write wrote.

    Raises ValueError in one sentence where the file is cut off, is not one of ours, or is of a newer or older Unrolled.
    """
    import json
    import zipfile
    import zlib

    notes: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    try:
        with np.load(file, allow_pickle=False) as data:
            notes = json.loads(str(data["notes"]))
            arrays = {name.removeprefix("array:"): data[name] for name in data.files if name != "notes"}
            foreign = notes["format"] != FORMAT or not isinstance(notes["version"], int)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, MemoryError, zlib.error) as problem:
        raise ValueError(t("the file is cut off or damaged ({problem}); save the run again", problem=problem)) from None
    except (KeyError, TypeError, AttributeError, ValueError):
        foreign = True
    if foreign:
        raise ValueError(t("the file is no saved run of Unrolled; choose one that Trainer.save wrote"))
    if notes["version"] < OLDEST:
        raise ValueError(t(
            "the file is of version {version}, which drew other batches; train the run again", version=notes["version"]
        ))
    if notes["version"] > VERSION:
        raise ValueError(t(
            "the file is of version {version}; this Unrolled reads up to {newest}: update it",
            version=notes["version"], newest=VERSION
        ))
    return notes, arrays


def check_task(saved: Mapping[str, Any] | None, config: Config, task: Task | None) -> None:
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
    result = task.traits(config)
    same = all(result[name] == saved[name] for name in ("sizes", "symbols"))
    if same and np.allclose(result["scale"], saved["scale"]):
        return
    apart = " ".join(sorted(set(result["symbols"]) ^ set(saved["symbols"]))[:5])
    raise ValueError(
        f"the file is a run of task {saved['name']!r} with {_in_words(saved)}, and the task given has "
        f"{_in_words(result)}{apart and f' (only one of them has {apart})'}; pass the task that the run was made "
        "with, of the very same text or series"
    )


def _in_words(traits: Mapping[str, Any]) -> str:
    """A task's symbols, or its numbers."""
    if traits["symbols"]:
        return f"{len(traits['symbols'])} symbols"
    (D, O), (mean, deviation) = traits["sizes"], traits["scale"]
    return f"{D} inputs, {O} outputs, mean {mean:.6g} and deviation {deviation:.6g}"


def save(trainer: "Trainer", file: File, rows: int = CAPACITY) -> None:
    """As Trainer.save."""
    kept, history = trainer._last_finite, trainer.history
    if history.count > rows:
        history = History.of(history.table(), history.buckets, rows)
    arrays = {"memory": trainer._memory, "kept": kept.memory}
    arrays |= {"history": history.table(), "buckets": history.buckets}
    for when, state in {"now": trainer.state, "kept": kept.state}.items():
        for layer, parts in enumerate(state or []):
            arrays |= {f"{when}:{layer}:{part}": np.asarray(array) for part, array in enumerate(parts)}
    notes = {
        "config": dataclasses.asdict(trainer.config),
        "task": trainer.task.traits(trainer.config),
        "plain": trainer.plain,
        "step": [trainer.step, kept.step],
        "diverged": trainer.diverged,
        "first_loss": trainer._first_loss,
        "changes": trainer.changes,
    }
    write(file, notes, arrays)


def load(kind: "type[Trainer]", file: File, task: Task | None) -> "Trainer":
    """As Trainer.load."""
    notes, arrays = read(file)
    try:
        config = Config(**notes["config"])
        check_task(notes.get("task"), config, task)
        trainer = kind(config, task, plain=notes.get("plain", False))
        wanted = trainer._memory.shape
        if arrays["memory"].shape != wanted or arrays["kept"].shape != wanted:
            raise ValueError(
                f"the file's weights have shape {arrays['memory'].shape}, and task {trainer.task.name} with its "
                f"settings needs {wanted}; pass the task that the run was made with, if it was a text of your own"
            )
        trainer._memory[:] = arrays["memory"]
        trainer.step, kept_step = map(step_of, notes["step"])
        kept = np.empty_like(trainer._memory)
        kept[:] = arrays["kept"]
        trainer._last_finite = Start(kept_step, kept, carried(arrays, "kept"))
        trainer.state = carried(arrays, "now")
        trainer.diverged = Divergence(*notes["diverged"]) if notes["diverged"] else None
        trainer._first_loss = float(notes["first_loss"])
        trainer.changes = [change_of(change) for change in notes["changes"]]
        trainer.history = History.of(arrays["history"], arrays.get("buckets"))  # version 3 has no buckets
    except (KeyError, TypeError, IndexError) as problem:
        raise ValueError(t(
            "the file lacks a part of a saved run ({problem}); save the run again", problem=problem
        )) from None
    return trainer


def step_of(value: Any) -> int:
    """A number of training steps. Raises TypeError for what is none."""
    if not 0 <= index(value) <= MOST_STEPS:
        raise TypeError(t("{found} is no number of training steps", found=short(value)))
    return index(value)


def change_of(result: Any) -> Change:
    """A Change as save wrote it. Raises TypeError or ValueError for what is none."""
    step, name, *values = result
    if name not in Config.fields():
        raise TypeError(t("{name} is no setting", name=short(name)))
    before, after = (Config.fields()[name].check(value) for value in values)
    return Change(step_of(step), name, before, after)


def carried(arrays: Mapping[str, np.ndarray], when: str) -> Sequence[State] | None:
    """The carried state as save wrote it, layer by layer; None where there was none."""
    layers: dict[str, list[np.ndarray]] = {}
    for name, array in arrays.items():
        if name.startswith(f"{when}:"):
            layers.setdefault(name.split(":")[1], []).append(array)
    return [tuple(parts) for parts in layers.values()] or None


def state_to_pickle(trainer: "Trainer") -> dict[str, Any]:
    """All but the buffers, for pickle and copy; of the last pass, what it is made again from."""
    state = {name: value for name, value in vars(trainer).items() if name not in BUFFERS}
    last = trainer.last if trainer.last and trainer.last.start else None
    return state | {"last": last and (last.batch, last.start, last.clip_ratio, last.shown)}


def restore_pickled(trainer: "Trainer", state: dict[str, Any]) -> None:
    """Make the run that was pickled of a bare one: it goes on to the same numbers."""
    last = state.pop("last")
    vars(trainer).update(state)
    trainer._make_buffers(trainer._params)
    if last:
        now = trainer.step, trainer.theta.copy(), trainer.state
        batch, start, clip_ratio, shown = last
        trainer.step, trainer.theta[:], trainer.state = start.step, start.memory[0], start.state
        with np.errstate(all="ignore"):
            made = trainer._pass(batch)
        trainer.last = dataclasses.replace(made, clip_ratio=clip_ratio, start=start, shown=shown)
        trainer.step, trainer.theta[:], trainer.state = now
