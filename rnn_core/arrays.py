"""Arrays that come from outside: lists, numbers of any type, masks of 0 and 1; or one sentence that names the array."""

from collections.abc import Iterable, Mapping

import numpy as np

from rnn_core.registry import short


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
