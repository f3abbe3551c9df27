"""Whether two records hold the same numbers, whatever they are made of."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_core import Snapshot, Trainer


def arrays(record: Any, name: str = "") -> dict[str, np.ndarray]:
    """All arrays and numbers in nested records, by path."""
    if dataclasses.is_dataclass(record):
        record = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    if isinstance(record, tuple | list):
        record = dict(enumerate(record))
    if isinstance(record, Mapping):
        return {path: a for key, value in record.items() for path, a in arrays(value, f"{name}.{key}").items()}
    return {name: np.asarray(record)} if isinstance(record, np.ndarray | float | int) else {}


def same(a: Any, b: Any) -> bool:
    found, wanted = arrays(a), arrays(b)
    assert found.keys() == wanted.keys()
    apart = [key for key in found if not np.array_equal(found[key], wanted[key], equal_nan=True)]
    return not apart


def kept(snapshot: Snapshot) -> dict[str, np.ndarray]:
    return {path: array.copy() for path, array in arrays(snapshot).items()}


def everything(trainer: Trainer) -> dict[str, Any]:
    return {"params": trainer.params, "slots": trainer.slots, "snapshot": trainer.snapshot(),
            "history": {name: column for name, column in trainer.history.items() if name != "held_out_loss"}}
