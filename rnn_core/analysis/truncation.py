"""What truncated BPTT keeps of the true gradient, and what resetting the state between windows does on top.

Williams & Peng, Neural Computation 2 (1990); Tallec & Ollivier, arXiv:1705.08209 (2017), for the bias that it brings.
Between one window of w steps and the next, the state and the gradient may each be carried on or not:

    state      gradient
    carried    carried     backpropagation through the whole sequence: the true gradient
    carried    cut         truncated BPTT, as Config.bptt_window has it
    reset      cut         the windows as sequences of their own: another loss, and its exact gradient
    reset      carried     the same: through a state that was set to zero no gradient passes
"""

import dataclasses
from typing import NamedTuple

import numpy as np

from rnn_core.analysis.clipping import angle, length, length_ratio
from rnn_core.analysis.exact import Exact, held_out_sequence, last_batch, whole_number
from rnn_core.cells import Params
from rnn_core.losses import mean_loss
from rnn_core.trainer import Trainer
from rnn_core.weights import flat


class Kept(NamedTuple):
    """A gradient by name, beside the true one: ‖gradient‖ / ‖true‖, and the angle between the two in degrees; of all
    weights together and of every weight matrix by itself. The ratio is 1 where the true one is 0, the angle 0 where
    either is. lengths_by_weight: of every weight matrix in the true one and in this.
    """

    gradient: Params
    norm_ratio: float
    angle: float
    norm_ratio_by_weight: dict[str, float]
    angle_by_weight: dict[str, float]
    lengths_by_weight: dict[str, tuple[float, float]]


class Truncation(NamedTuple):
    """The true gradient by name; cut: with the state carried on and the gradient cut every `window` steps; reset: with
    the state reset to zero there as well.
    """

    true: Params
    cut: Kept
    reset: Kept


def truncation(trainer: Trainer, window: int, sequence: int | None = None) -> Truncation:
    """The gradient of the last Snapshot's batch, or of one held-out sequence, with windows of so many steps.

    window: 1 to 1000; T or more cuts nowhere. Windows are counted from the first step. Raises ValueError in one
    sentence for what is no Trainer, no such sequence or window, and numbers that are not finite.
    """
    exact = last_batch(trainer) if sequence is None else held_out_sequence(trainer, sequence)
    window = whole_number("window", window, 1, 1000)
    true = exact.backward()[2]
    return Truncation(true, beside(exact.backward(window)[2], true), beside(gradient_with_resets(exact, window), true))


def beside(gradient: Params, true: Params) -> Kept:
    """A gradient beside the true one."""
    pairs = {name: (gradient[name].ravel(), true[name].ravel()) for name in true}
    ratios = {name: length_ratio(*pair) for name, pair in pairs.items()}
    angles = {name: angle(*pair) for name, pair in pairs.items()}
    whole_pair = flat({name: gradient[name] for name in true}), flat(true)
    lengths = {name: (length(theirs), length(mine)) for name, (mine, theirs) in pairs.items()}
    return Kept(gradient, length_ratio(*whole_pair), angle(*whole_pair), ratios, angles, lengths)


def gradient_with_resets(exact: Exact, window: int) -> Params:
    """∂L/∂(every weight) where every window after the first starts with a state of zeros."""
    network, batch = dataclasses.replace(exact.network, window=0), exact.batch
    windows = [(start, min(start + window, len(batch.x))) for start in range(0, len(batch.x), window)]
    first = exact.state and network.reset(exact.state, batch)
    parts = [batch.part(*ends) for ends in windows]
    traces = [network.forward(exact.params, part, None if k else first) for k, part in enumerate(parts)]
    loss = mean_loss(exact.loss, np.concatenate([trace.y for trace in traces]), batch.y, batch.mask)
    result = {name: np.zeros_like(array) for name, array in exact.params.items()}
    for (start, stop), part, trace in zip(windows, parts, traces, strict=True):
        for name, share in network.backward(exact.params, trace, part, loss.dy[start:stop]).items():
            result[name] += share
    return result
