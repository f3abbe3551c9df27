"""A run read again on the plain mathematics, in float64: what the analyses of its gradients are computed from.

The weights are those of the run, float32 or not; the same network, one rounding error smaller.
"""

import dataclasses
from collections.abc import Sequence
from numbers import Integral
from typing import NamedTuple

import numpy as np

from rnn_core.bptt import Tape
from rnn_core.cells import Params, State
from rnn_core.fast.network import build_network
from rnn_core.losses import Loss
from rnn_core.network import Network, Trace, key
from rnn_core.registry import short
from rnn_core.tasks import Batch
from rnn_core.trainer import Trainer
from rnn_core.view import Reader
from rnn_core.weights import Weights
from rnn_core.words import t


class Exact(NamedTuple):
    """A Network of the plain mathematics, its weights, a Batch, where each layer starts (None: zeros) and the name of
    the loss; all arrays are float64.
    """

    network: Network
    params: Params
    batch: Batch
    state: Sequence[State] | None
    loss: str

    def forward(self) -> Trace:
        """Raises ValueError, naming the time step, where h leaves the finite numbers."""
        with np.errstate(all="ignore"):
            return finite(self.network.forward(self.params, self.batch, self.state))

    def backward(self, window: int = 0) -> tuple[Trace, Loss, Params]:
        """The Trace with its Flows, the Loss, and ∂L/∂(every weight) by name. window: of truncated BPTT; 0: none.

        Raises ValueError, naming the array, where one leaves the finite numbers.
        """
        network, trace = dataclasses.replace(self.network, window=window), self.forward()
        loss = network.loss(self.loss, trace, self.batch)
        with np.errstate(all="ignore"):
            grads = network.backward(self.params, trace, self.batch, loss.dy)
        for name, grad in grads.items():
            if not np.isfinite(grad).all():
                raise ValueError(t("∂L/∂{name} leaves the finite numbers; take smaller weights or a shorter sequence",
                                   name=name))  # fmt: skip
        return trace, loss, grads


class Part(NamedTuple):
    """The top layer over one segment, the whole sequence or the encoder's or the decoder's steps: its Tape (T,…,B), the
    name of its W_hh, and steps (B,): how many of them each sequence really has; then its state waits for the decoder.
    """

    tape: Tape
    W_hh: str
    steps: np.ndarray


def held_out(trainer: Trainer) -> Exact:
    """The held-out sequences, read by the weights as they are.

    Raises ValueError in one sentence for what is no Trainer, or weights that are not finite.
    """
    return with_own_predictions(checked(trainer), trainer.held_out)


def held_out_sequence(trainer: Trainer, sequence: int) -> Exact:
    """One of the held-out sequences, from 0. Raises ValueError as held_out, and for a sequence that is not there."""
    batch = checked(trainer).held_out
    return with_own_predictions(trainer, batch.one(whole_number("sequence", sequence, 0, batch.x.shape[2] - 1)))


def with_own_predictions(trainer: Trainer, batch: Batch) -> Exact:
    """Sequences whose x has, where the network reads its own predictions, these."""
    exact = as_float64(trainer, trainer.params, batch, None)
    if batch.free_running is None:
        return exact
    with np.errstate(all="ignore"):  # of what it predicts, only the choice is read
        reading = Reader(exact.network, exact.params, trainer.task).read(exact.batch, targets=bool(batch.mask.any()))
    return exact._replace(batch=reading.batch)


def last_batch(trainer: Trainer) -> Exact:
    """The batch of the last Snapshot, with the weights that read it: those before the step's update.

    Raises ValueError in one sentence for what is no Trainer, or weights that are not finite.
    """
    trainer = checked(trainer)
    trainer.snapshot()  # looks ahead at the start, and again where weights were set by hand
    last = trainer.last or trainer.look_ahead()
    if last.start is None:
        return as_float64(trainer, trainer.params, last.batch, trainer.state)
    return as_float64(trainer, Weights(last.start.memory[0], trainer.params), last.batch, last.start.state)


def as_float64(trainer: Trainer, params: Params, batch: Batch, state: Sequence[State] | None) -> Exact:
    """The run's network on the plain mathematics, with copies in float64. Raises ValueError for weights that are not
    finite.
    """
    network = build_network(trainer.config, trainer.task, plain=True)
    params = {name: array.astype(np.float64) for name, array in params.items()}
    for name, array in params.items():
        if not np.isfinite(array).all():
            raise ValueError(t("{name} has {count} numbers that are not finite; all must be",
                               name=name, count=(~np.isfinite(array)).sum()))  # fmt: skip
    batch = batch._replace(x=batch.x.astype(np.float64), y=batch.y.astype(np.float64))
    if state is not None:
        state = [tuple(part.astype(np.float64) for part in layer) for layer in state]
    return Exact(network, params, batch, state, trainer.task.loss)


def top_layer(exact: Exact, trace: Trace) -> list[Part]:
    """The top layer's Parts, in the order of time: the way that its state takes, from state_0 to state_T.

    Lower layers read nothing of it, so that ∂state_t/∂state_s is the product of its own Jacobians.
    """
    top, B, parts = exact.network.layers - 1, exact.batch.x.shape[2], []
    for (prefix, start, stop), tapes in zip(trace.segments, trace.tapes, strict=True):
        waits = exact.network.decoder and not prefix and exact.batch.lengths is not None
        steps = exact.batch.lengths if waits else np.full(B, stop - start)
        parts.append(Part(tapes[top], key(prefix, "W_hh", top), np.asarray(steps)))
    return parts


def finite(trace: Trace) -> Trace:
    """The Trace itself. Raises ValueError, naming the first time step, from 1, where h is not finite."""
    states = [states for tapes in trace.tapes for tape in tapes for states in tape.states]
    if not all(np.isfinite(array).all() for array in (*states, trace.y)):
        at = np.flatnonzero(~np.isfinite(trace.h).all(axis=(1, 2)))
        raise ValueError(
            t("h leaves the finite numbers at time step {step} of {steps}; take smaller weights or a shorter sequence",
              step=at[0] + 1, steps=len(trace.h))
            if len(at)
            else t("the outputs are not finite; take smaller weights or a shorter sequence")
        )  # fmt: skip
    return trace


def checked(trainer: object) -> Trainer:
    """The Trainer itself. Raises ValueError in one sentence for what is none."""
    if not isinstance(trainer, Trainer):
        raise ValueError(f"trainer is {short(trainer)}; it must be a Trainer, as Trainer(Config()) makes one")
    return trainer


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """The value as an int from low to high. Raises ValueError in one sentence for any other."""
    if isinstance(value, Integral) and not isinstance(value, bool | np.bool) and low <= int(value) <= high:
        return int(value)
    raise ValueError(f"{name} is {short(value)}; it must be a whole number from {low} to {high}")
