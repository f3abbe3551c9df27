"""Find where a run diverged: the first array, in the order of a step, with a number that is not finite."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from rnn_core.cells import Params
from rnn_core.snapshot import Divergence
from rnn_core.view import Pass
from rnn_core.words import t

Made = tuple[str, np.ndarray, int | None]  # name, values, and the time step where there is one


def of_pass(now: Pass, grads: Params) -> Divergence:
    """In the pass of the step after now.step."""
    return first(now.step + 1, made_by_pass(now, grads))


def of_update(step: int, optimizer: str, slots: Mapping[str, np.ndarray], params: Params) -> Divergence:
    """In the update of this step."""
    made = [(t("{optimizer}'s {slot}", optimizer=optimizer, slot=name), array, None) for name, array in slots.items()]
    return first(step, [*made, *((name, array, None) for name, array in params.items())])


def first(step: int, made: Sequence[Made] | Iterator[Made]) -> Divergence:
    """The first that is not finite; the loss, where it is only a sum that overflows."""
    broken = ((name, t) for name, values, t in made if not np.isfinite(values).all())
    name, time = next(broken, ("loss", None))
    return Divergence(name, step, time)


def made_by_pass(now: Pass, grads: Params) -> Iterator[Made]:
    """What a pass makes, in its order."""
    for name, array in (("h", now.trace.h), ("y", now.trace.y)):
        yield from ((name, values, t) for t, values in enumerate(array, start=1))
    yield "loss", now.loss.loss_t, None
    yield from ((("dh", now.trace.dh[t], t + 1)) for t in reversed(range(len(now.trace.h))))
    yield from ((f"d{name}", array, None) for name, array in grads.items())
    yield "grad_norm", np.array(now.grad_norm), None
