"""What if a weight were another? The run's numbers with some weights set by hand; the run itself is untouched."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_core.cells import Params
from rnn_core.fast.update import clip
from rnn_core.history import History
from rnn_core.snapshot import Snapshot
from rnn_core.weights import Weights

if TYPE_CHECKING:
    from rnn_core.trainer import Trainer

LARGEST = 1000.0  # a weight that somebody sets is no larger


class Weight(NamedTuple):
    """One weight and the value that it is to have: its array's name, row and column from 0 (no column in a bias)."""

    name: str
    row: int
    column: int | None
    value: float


def placed(params: Params, weights: Sequence[Weight]) -> Params:
    """The same with these weights set, where they are set in copies.

    Raises ValueError in one sentence for a weight that is not there or a value that cannot be.
    """
    changed = dict(params)
    for name, row, column, value in weights:
        if name not in params:
            raise ValueError(f"{name!r} is no array of weights; there are {', '.join(params)}")
        shape, place = params[name].shape, (row,) if column is None else (row, column)
        if len(place) != len(shape) or not all(0 <= at < size for at, size in zip(place, shape, strict=False)):
            told = ",".join(str(at + 1) for at in place)
            raise ValueError(f"{name}[{told}] is no weight; {name} has {' × '.join(map(str, shape))} of them")
        if not (isfinite(value) and abs(value) <= LARGEST):
            raise ValueError(f"{value:g} cannot be a weight here; type a number from −{LARGEST:g} to {LARGEST:g}")
        if changed[name] is params[name]:
            changed[name] = params[name].copy()
        changed[name][place] = value
    return changed


def what_if(trainer: "Trainer", weights: Sequence[Weight]) -> Snapshot:
    """The trainer's Snapshot with these weights, every number computed anew on the same sequences.

    A training batch's numbers are those of the weights before its update, so there the weights are set, too. Without a
    weight it is the Snapshot itself. Raises ValueError as `placed`, and where the numbers leave the finite ones.
    """
    now = trainer.snapshot()
    last = trainer._last
    if not weights or last is None:
        return now
    twin = object.__new__(type(trainer))
    vars(twin).update(vars(trainer))  # it shares all but what is made anew here
    twin._trace = twin._held_out_trace = None
    twin.history, twin._g = History(), np.zeros_like(trainer._g)
    twin._grads = Weights(twin._g, trainer.params)
    before = Weights(last.start.memory[0], trainer.params) if last.start else trainer.params
    twin._state = last.start.state if last.start else trainer._state
    twin._params, after = placed(before, weights), placed(trainer.params, weights)
    try:
        with np.errstate(all="ignore"):
            twin._last = twin._pass(last.batch)
            if last.start:
                last_pass, config = twin._last, twin.config
                last_pass.clip_ratio = clip(twin._g, config.clip, config.clip_threshold, last_pass.grad_norm)
            twin._params = after
            found = twin.snapshot()
        if not all(map(isfinite, (found.loss, found.held_out_loss, found.grad_norm))):
            raise ValueError
    except ValueError:  # a layer refuses to read what is not finite
        raise ValueError("with this weight the numbers leave the finite ones; take a smaller one") from None
    return found
