"""Layers, an encoder and a decoder, the read-out and the loss.

Stacked layers as in Graves, Mohamed & Hinton, arXiv:1303.5778 (2013), section 2; an encoder and a decoder as in
Sutskever, Vinyals & Le, arXiv:1409.3215 (2014), where the encoder's last state starts the decoder:

    h^l_t = cell(h^{l−1}_t, h^l_{t−1}),  h^0_t = x_t        y_t = W_hy h^L_t + b_y

With layer_skip each layer after the first adds its input to its output (He et al., arXiv:1512.03385, 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rnn_core.bptt import backpropagate, unroll
from rnn_core.cells.cell import Cell, Params, State
from rnn_core.initializers import BIAS_INITIALIZERS, INITIALIZERS
from rnn_core.losses import Loss, mean_loss
from rnn_core.starts import START_WEIGHTS

if TYPE_CHECKING:
    from rnn_core.config import Config
    from rnn_core.tasks import Batch

DECODER = "decoder_"  # what the decoder's weights have before their names


class Segment(NamedTuple):
    """A stretch of time steps, start to stop, that one stack of layers reads; its weights' names begin with prefix."""

    prefix: str
    start: int
    stop: int

    def ends(self, lengths: np.ndarray | None) -> np.ndarray | None:
        """After how many steps each sequence ends in it, (B,); None: all after the last, as in a decoder always."""
        return None if self.prefix == DECODER else lengths


class Trace:
    """What a pass over a batch leaves: y (T,O,B), the outputs; h (T,H,B), what they were read from; a Tape and, after
    backward, a Flow for every segment and layer: tapes[segment][layer]. dh_output (T,H,B): ∂L/∂h_t through y_t.
    """

    y: np.ndarray
    h: np.ndarray
    dh_output: np.ndarray

    def __init__(self, segments: list[Segment], lengths: np.ndarray | None) -> None:
        self.segments, self.lengths = segments, lengths
        self.tapes: list[list[Any]] = []
        self.flows: list[list[Any]] = []

    @property
    def state(self) -> list[State]:
        """The state after the last step, layer by layer."""
        return [state_after(tape, self.segments[-1].ends(self.lengths)) for tape in self.tapes[-1]]

    @property
    def dh(self) -> np.ndarray:
        """Total ∂L/∂h_t of the top layer, (T,H,B); after backward."""
        return joined([flows[-1].dh for flows in self.flows], axis=0)

    @property
    def dh_future(self) -> np.ndarray:
        """The part of it that comes from later steps, (T,H,B): exactly 0 where nothing does."""
        return joined([flows[-1].dh_future for flows in self.flows], axis=0)


@dataclass(frozen=True)
class Network:
    """D inputs, H hidden units in each of `layers` layers, O outputs; window as in backpropagate."""

    cell: Cell
    D: int
    H: int
    O: int
    layers: int = 1
    skip: bool = False
    decoder: bool = False
    window: int = 0

    def init(self, rng: np.random.Generator, config: "Config") -> Params:
        """Weights by name: W_xh, W_hh, b_h, … of layer 1, the same with _2, _3, _4 above; W_hy (O,H), b_y (O,).

        A decoder has a stack of its own, decoder_W_xh, …
        """
        start = ("initializer", "init_scale", "recurrent_scale", "forget_bias", "dtype")
        chosen = {name: getattr(config, name) for name in start}
        params: Params = {}
        for prefix in ("", DECODER)[: 1 + self.decoder]:
            for layer in range(self.layers):
                own = self.cell.init(rng, self.H if layer else self.D, self.H, **chosen)
                params |= {key(prefix, name, layer): array for name, array in own.items()}
        draw, bias = INITIALIZERS[config.initializer], BIAS_INITIALIZERS[config.initializer]
        params["W_hy"] = draw(rng, (self.O, self.H), self.H, config.init_scale, False).astype(config.dtype)
        params["b_y"] = bias(rng, self.O, self.H).astype(config.dtype)
        for prefix in ("", DECODER)[: 1 + self.decoder]:
            params[prefix + "W_xh"] *= config.input_scale
        START_WEIGHTS[config.start_weights].write(params, config)
        return params

    def layer(self, params: Params, prefix: str, layer: int) -> Params:
        """One layer's weights under their plain names."""
        return {name: params[key(prefix, name, layer)] for name in self.cell.weights}

    def segments(self, batch: "Batch") -> list[Segment]:
        """Segments of the time axis: one stack reads all, or the encoder the first steps and the decoder the rest."""
        T, read = len(batch.x), batch.encoder_steps if self.decoder else len(batch.x)
        return [part for part in (Segment("", 0, read), Segment(DECODER, read, T)) if part.start < part.stop]

    def forward(self, params: Params, batch: "Batch", state: Sequence[State] | None = None) -> Trace:
        """Read a batch -> a Trace. state: where each layer starts (None: zeros)."""
        trace = Trace(self.segments(batch), batch.lengths)
        states: list[State | None] = [None] * self.layers if state is None else list(self.reset(state, batch))
        tops = []
        for segment in trace.segments:
            h, tapes = batch.x[segment.start : segment.stop], []
            for layer in range(self.layers):
                tape = unroll(self.cell, self.layer(params, segment.prefix, layer), h, states[layer])
                h = h + tape.h if self.skip and layer else tape.h
                tapes.append(tape)
            states = [state_after(tape, segment.ends(batch.lengths)) for tape in tapes]  # where the decoder starts
            tops.append(h)
            trace.tapes.append(tapes)
        trace.h = joined(tops, axis=0)
        trace.y = params["W_hy"] @ trace.h + params["b_y"][:, None]
        return trace

    def loss(self, name: str, trace: Trace, batch: "Batch") -> Loss:
        """The loss of the outputs: the mean (losses.py) of a formula of step.py, a key of its LOSSES. Raises
        ValueError where no step has a target.
        """
        return mean_loss(name, trace.y, batch.y, batch.mask)

    def backward(self, params: Params, trace: Trace, batch: "Batch", dy: np.ndarray) -> Params:
        """Backward: dy (T,O,B), ∂L/∂y -> ∂L/∂(every weight) by name; trace.flows then hold the rest, layer by layer."""
        grads = {name: np.zeros_like(weight) for name, weight in params.items()}
        grads["W_hy"] = (dy @ trace.h.swapaxes(1, 2)).sum(axis=0)  # Σ_t dy_t h_tᵀ
        grads["b_y"] = dy.sum(axis=(0, 2))
        trace.dh_output = params["W_hy"].T @ dy
        trace.flows = []
        dstates: list[State | None] = [None] * self.layers
        for segment, tapes in zip(reversed(trace.segments), reversed(trace.tapes), strict=True):
            prefix, start, stop = segment
            dh, ends = trace.dh_output[start:stop], segment.ends(batch.lengths)
            flows = []
            for layer in reversed(range(self.layers)):
                flow = backpropagate(tapes[layer], dh, dstates[layer], self.window, start, ends)
                dh = flow.dx + dh if self.skip and layer else flow.dx
                dstates[layer] = self.to_encoder(flow.state, start, batch.lengths)
                grads |= {key(prefix, name, layer): grad for name, grad in flow.params.items()}
                flows.append(flow)
            trace.flows.insert(0, flows[::-1])
        return grads

    @staticmethod
    def reset(state: Sequence[State], batch: "Batch") -> Sequence[State]:
        """The carried state, zero for the sequences that begin anew."""
        if batch.reset is None:
            return state
        return [tuple(part * np.logical_not(batch.reset) for part in layer) for layer in state]

    def to_encoder(self, dstate: State, start: int, lengths: np.ndarray | None) -> State:
        """Hand ∂L/∂(the decoder's first state, of step `start`) to the encoder: truncated where a block begins between
        a sequence's last step there and here.
        """
        if not self.window:
            return dstate
        block = start - start % self.window
        read = start if lengths is None else lengths  # how many steps of each sequence the encoder read
        return tuple(part * (read > block) for part in dstate)


def key(prefix: str, name: str, layer: int) -> str:
    """A weight's name in the network: W_hh, W_hh_2, decoder_W_hh, …"""
    return f"{prefix}{name}_{layer + 1}" if layer else prefix + name


def state_after(tape: Any, ends: np.ndarray | None) -> State:
    """The state after each sequence's own last step: ends (B,), 0 … T, or None for the tape's last step."""
    if ends is None:
        return tape.state
    return tuple(states[ends, :, np.arange(len(ends))].T for states in tape.states)


def joined(parts: list[np.ndarray], axis: int) -> np.ndarray:
    """Segments one after the other."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis)
