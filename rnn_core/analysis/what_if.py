"""What if a weight were another? The run's numbers with some weights set by hand; the run itself is untouched."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_core.cells import Params
from rnn_core.snapshot import Snapshot
from rnn_core.step import CLIPPING, forward_backward, norm
from rnn_core.view import Pass
from rnn_core.weights import Weights, flat
from rnn_core.words import t

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
            index = ",".join(str(at + 1) for at in place)
            raise ValueError(f"{name}[{index}] is no weight; {name} has {' × '.join(map(str, shape))} of them")
        if not (isfinite(value) and abs(value) <= LARGEST):
            raise ValueError(t("{value} cannot be a weight here; type a number from −{limit} to {limit}",
                               value=f"{value:g}", limit=f"{LARGEST:g}"))  # fmt: skip
        if changed[name] is params[name]:
            changed[name] = params[name].copy()
        changed[name][place] = value
    return changed


def what_if(trainer: "Trainer", weights: Sequence[Weight]) -> Snapshot:
    """The trainer's Snapshot with these weights, every number computed anew on the same sequences.

    A training batch's numbers are those of the weights before its update, so there the weights are set, too. Without a
    weight it is the Snapshot itself. Raises ValueError as `placed`, and where the numbers leave the finite ones.
    """
    snapshot, last = trainer.snapshot(), trainer.last
    if not weights or last is None:
        return snapshot
    config, start = trainer.config, last.start
    before = placed(Weights(start.memory[0], trainer.params) if start else trainer.params, weights)
    reader = trainer.reader._replace(params=placed(trainer.params, weights))
    try:
        with np.errstate(all="ignore"):
            state = start.state if start else trainer.state
            trace, loss, grads = forward_backward(trainer.network, before, last.batch, trainer.task.loss, state)
            g, size = flat(grads), norm(flat(grads))
            ratio = CLIPPING[config.clip](g, config.clip_threshold, size)[1] if start else 1.0
            now = Pass(last.step, last.batch, trace, loss, loss.total, g, size, ratio)
            held_out = reader.read(trainer.held_out)
            shown = trainer.shown_by(reader, held_out)
            result = reader.snapshot(now, held_out, shown, trainer.step, trainer.diverged)
        if not all(map(isfinite, (result.loss, result.held_out_loss, result.grad_norm))):
            raise ValueError
    except ValueError:  # a layer refuses to read what is not finite
        raise ValueError(t("with this weight the numbers leave the finite ones; take a smaller one")) from None
    return result
