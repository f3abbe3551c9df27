"""Arrays that come from outside: lists, numbers of any type, masks of 0 and 1; or one sentence that names the array."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.registry import short

if TYPE_CHECKING:
    from rnn_core.cells import Cell, Params, State


def numbers(name: str, value: object) -> np.ndarray:
    """An array of real numbers. Raises ValueError for what is none, as an array of objects or of text."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} is {short(value)}, whose rows differ in length; it must be one array") from None
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} has dtype {array.dtype}; it must be an array of real numbers, such as float32")
    return array


def named(what: str, arrays: object, names: Iterable[str]) -> dict[str, np.ndarray]:
    """These arrays out of a dict. Raises ValueError for one that is missing, or no array of numbers."""
    if not isinstance(arrays, Mapping):
        raise ValueError(f"{what} is {short(arrays)}; it must be a dict of arrays by name, as trainer.params is")
    for name in names:
        if name not in arrays:
            raise ValueError(f"{name} is missing; {what} has {', '.join(map(str, arrays)) or 'nothing'}")
    return {name: numbers(name, arrays[name]) for name in names}


def booleans(name: str, value: object) -> np.ndarray:
    """A mask as booleans: true and false, or 1 and 0 of any type. Raises ValueError for any other number."""
    array = numbers(name, value)
    if not np.isin(array, (0, 1)).all():
        raise ValueError(
            f"{name} has {array[~np.isin(array, (0, 1))][0]}; a mask has 1 or 0, true or false, and no more"
        )
    return array.astype(bool)


def as_dtype(name: str, value: object, dtype: np.dtype) -> np.ndarray:
    """An array of real numbers in this type; one that is too large for it becomes infinite."""
    with np.errstate(over="ignore"):
        return numbers(name, value).astype(dtype)


def sizes(cell: "Cell", params: "Params", x: np.ndarray, called: str = "x") -> tuple[int, int, int, int]:
    """T, D, H, B, or a ValueError that names the array, the shape found and the shape wanted. called: x's name."""
    if x.ndim != 3 or 0 in x.shape:
        raise ValueError(f"{called} has shape {x.shape}; it must be (T, D, B) with every size at least 1")
    recurrent = params["W_hh"].shape
    if len(recurrent) != 2 or 0 in recurrent:
        raise ValueError(f"W_hh has shape {recurrent}; it must be (G·H, H) with H at least 1")
    (T, D, B), H, rows = x.shape, recurrent[-1], recurrent[0]
    wanted = {"W_xh": (rows, D), "W_hh": (len(cell.gates) * H, H), "b_h": (rows,)} | dict.fromkeys(cell.biases, (H,))
    for name, shape in wanted.items():
        if params[name].shape != shape:
            given = params[name].shape
            raise ValueError(f"{name} has shape {given}; {cell.name} with {called} {x.shape} needs {shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"{called} has {(~np.isfinite(x)).sum()} values that are not finite as {x.dtype}; all must be")
    return T, D, H, B


def weights(cell: "Cell", params: object) -> "Params":
    """A cell's weights as arrays of floating-point numbers."""
    arrays = named("params", params, cell.weights)
    return {name: array if array.dtype.kind == "f" else array.astype(float) for name, array in arrays.items()}


def parts(name: str, state: object, cell: "Cell", shape: tuple[int, int], dtype: np.dtype) -> "State | None":
    """The parts of a state as arrays of this type and shape (H,B), one for every name in cell.states."""
    if state is None:
        return None
    if not isinstance(state, Sequence | np.ndarray) or isinstance(state, str) or getattr(state, "ndim", 1) == 0:
        raise ValueError(
            f"{name} is {short(state)}; it must be a tuple of arrays (H, B), one for every state of the cell"
        )
    if len(state) != len(cell.states):
        raise ValueError(f"{name} has {len(state)} parts; {cell.name} needs {', '.join(cell.states)}")
    arrays = [as_dtype(name, part, dtype) for part in state]
    for of, array in zip(cell.states, arrays, strict=True):
        if array.shape != shape:
            raise ValueError(f"{name} has a part {of} of shape {array.shape}; it must be (H, B) = {shape}")
    return arrays
