"""Which runs a sweep has: the product of some fields' values, and networks with as many parameters."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from rnn_core.config import Config, checked
from rnn_core.fast.network import build_network
from rnn_core.registry import short
from rnn_core.sweep.results import MOST_RUNS
from rnn_core.tasks import TASKS

MOST_FIELDS = 2  # beside the seed


def grid(base: Config, fields: Mapping[str, Sequence[Any]]) -> list[Config]:
    """A Config for every combination of these fields' values, the last field varying fastest; all else is base's.

    Up to two fields, and "seed" beside them. Raises ValueError in one sentence for other fields, no values or the same
    twice, more than MOST_RUNS combinations, and one that Config refuses, naming it: "cell = gru, k = 30: …".
    """
    checked(base)
    check_fields(fields)
    count = prod(map(len, fields.values()))
    if count > MOST_RUNS:
        raise ValueError(f"{count:,} runs are too many; a sweep may have {MOST_RUNS}")
    return [changed(base, dict(zip(fields, values, strict=True))) for values in product(*fields.values())]


def contestants(base: Config, field: str, values: Sequence[Any], equal: bool = False) -> dict[Any, Config]:
    """The Config of every value: base with that field changed. equal: where the field is the cell, each has the H whose
    parameters are nearest in number to base's.

    Raises ValueError in one sentence for what grid refuses; where a Config does, it names the contestant.
    """
    check_fields({field: values})
    if equal and field == "cell":
        return {cell: result.config for cell, result in equal_parameters(base, values).items()}
    return {value: changed(base, {field: value}) for value in values}


def check_fields(fields: Mapping[str, Any]) -> None:
    """Raises ValueError for what grid refuses before it looks at combinations."""
    for name, values in fields.items():
        if name not in Config.fields():
            raise ValueError(f"{short(name)} is no setting; the settings are {', '.join(Config.fields())}")
        if isinstance(values, str) or not isinstance(values, Sequence) or not len(values):
            raise ValueError(f"the values of {name} are {short(values)}; they must be a list of at least one")
        for k, value in enumerate(values):
            if any(value == other for other in values[:k]):
                raise ValueError(f"{name} has the value {short(value)} twice; each must differ")
    varied = [name for name in fields if name != "seed"]
    if len(varied) > MOST_FIELDS:
        raise ValueError(f"{', '.join(varied)} are {len(varied)} fields; at most {MOST_FIELDS} may differ beside seed")


def changed(base: Config, changes: Mapping[str, Any]) -> Config:
    """Base with these changes. Raises ValueError that names them first."""
    try:
        return dataclasses.replace(base, **changes)
    except ValueError as problem:
        named = ", ".join(f"{name} = {value}" for name, value in changes.items())
        raise ValueError(f"{named}: {problem}") from None


class EqualParameters(NamedTuple):
    """A Config whose network has `parameters` numbers to learn, as near to `wanted`, the base's, as its H allows."""

    config: Config
    parameters: int
    wanted: int


def equal_parameters(config: Config, cells: Iterable[str]) -> dict[str, EqualParameters]:
    """For every cell, config with that cell and the H whose parameters are nearest in number to config's own.

    Of two H as near, the smaller; the weights are drawn. Raises ValueError for a name that is no cell.
    """
    wanted, result = count_parameters(checked(config)), {}
    config = dataclasses.replace(config, start_weights="drawn")  # those set by hand need a cell and a size of their own
    field = Config.fields()["hidden_size"]
    H = np.arange(int(field.low), int(field.high) + 1)
    for cell in cells:
        counts = counts_by_size(dataclasses.replace(config, cell=cell), H)
        best = int(np.abs(counts - wanted).argmin())
        sized = dataclasses.replace(config, cell=cell, hidden_size=int(H[best]))
        result[cell] = EqualParameters(sized, int(counts[best]), wanted)
    return result


def count_parameters(config: Config) -> int:
    """The numbers that the network of a Config learns."""
    network = build_network(config, TASKS[config.task])
    return sum(array.size for array in network.init(np.random.default_rng(0), config).values())


def counts_by_size(config: Config, H: np.ndarray) -> np.ndarray:
    """The same for every H: all weights are H x H, H x something or something, so three sizes give the parabola."""
    one, two, three = (count_parameters(dataclasses.replace(config, hidden_size=size)) for size in (1, 2, 3))
    a = (three - 2 * two + one) // 2
    b = two - one - 3 * a
    return a * H**2 + b * H + (one - a - b)
