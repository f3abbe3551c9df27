"""Layers, read-out, loss: forward makes a trace, backward turns it into gradients.

Stacked layers as in Graves, arXiv:1308.0850 (2013), section 2; an encoder and a decoder as in Sutskever, Vinyals & Le,
arXiv:1409.3215 (2014), where the encoder's last state starts the decoder:

    h^l_t = cell(h^{l−1}_t, h^l_{t−1}),  h^0_t = x_t        y_t = W_hy h^L_t + b_y

With layer_skip each layer after the first adds its input to its output (He et al., arXiv:1512.03385, 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_core.bptt import Flow, State, Tape, backpropagate, columns_for, sum_over_time, unroll
from rnn_core.cells import CELLS, Cell, Params
from rnn_core.initializers import BIAS_INITIALIZERS, INITIALIZERS
from rnn_core.shapes import SHAPES
from rnn_core.tasks import TASKS, Batch, Task

if TYPE_CHECKING:
    from rnn_core.config import Config

DECODER = "decoder_"  # what the decoder's weights have before their names


class Segment(NamedTuple):
    """A stretch of time steps, start to stop, that one stack of layers reads; its weights' names begin with prefix."""

    prefix: str
    start: int
    stop: int


@dataclass
class Trace:
    """What a forward pass left: for each segment a Tape per layer; the top layer's output h (T,H,B); y (T,O,B), raw;
    the state after the last step, layer by layer.

    flows: the buffers of the way back, like tapes. dh_output (T,H,B): what the outputs ask of h; after backward.
    All is written over when a Trace is handed to forward again.
    """

    segments: list[Segment]
    tapes: list[list[Tape]]
    h: np.ndarray
    y: np.ndarray
    state: Sequence[State]
    flows: list[list[Flow]]
    dh_output: np.ndarray

    @property
    def dh(self) -> np.ndarray:
        """Total ∂L/∂h_t of the top layer, (T,H,B); after backward."""
        return _joined([flows[-1].dh for flows in self.flows])


@dataclass(frozen=True)
class Network:
    """D inputs, H hidden units in each of `layers` layers, O outputs; window as in Flow."""

    cell: Cell
    D: int
    H: int
    O: int
    layers: int = 1
    skip: bool = False
    decoder: bool = False
    window: int = 0

    @classmethod
    def of(cls, config: "Config", task: Task | None = None) -> "Network":
        """The network that a Config describes, for its task or another."""
        task = task or TASKS[config.task]
        D, O = task.sizes(config)
        cell, decoder = CELLS[config.cell], SHAPES[task.shape].decoder
        return cls(cell, D, config.hidden_size, O, config.layers, config.layer_skip, decoder, config.bptt_window)

    def init(self, rng: np.random.Generator, config: "Config") -> Params:
        """Weights by name: W_xh, W_hh, b_h, … of layer 1, the same with _2, _3, _4 above; W_hy (O,H), b_y (O,).

        A decoder has a stack of its own, decoder_W_xh, …
        """
        params: Params = {}
        for prefix in ("", DECODER)[: 1 + self.decoder]:
            for layer in range(self.layers):
                own = self.cell.init(
                    rng,
                    self.H if layer else self.D,
                    self.H,
                    initializer=config.initializer,
                    init_scale=config.init_scale,
                    recurrent_scale=config.recurrent_scale,
                    forget_bias=config.forget_bias,
                    dtype=config.dtype,
                )
                params |= {key(prefix, name, layer): array for name, array in own.items()}
        draw, bias = INITIALIZERS[config.initializer], BIAS_INITIALIZERS[config.initializer]
        params["W_hy"] = draw(rng, (self.O, self.H), self.H, config.init_scale, False).astype(config.dtype, order="C")
        params["b_y"] = bias(rng, self.O, self.H).astype(config.dtype)
        return params

    def layer(self, params: Params, prefix: str, layer: int) -> Params:
        """One layer's weights under their plain names."""
        return {name: params[key(prefix, name, layer)] for name in ("W_xh", "W_hh", "b_h", *self.cell.biases)}

    def segments(self, batch: Batch) -> list[Segment]:
        """Who reads which steps: one stack all of them, or the encoder the first and the decoder the rest."""
        T, read = len(batch.x), batch.read if self.decoder else len(batch.x)
        return [part for part in (Segment("", 0, read), Segment(DECODER, read, T)) if part.start < part.stop]

    def forward(
        self, params: Params, batch: Batch, state: Sequence[State] | None = None, trace: Trace | None = None
    ) -> Trace:
        """Read a batch -> a Trace. state: where each layer starts (None: zeros). trace: one of this size, to reuse."""
        segments = self.segments(batch)
        tapes: list[list[Tape]] = []
        outputs: list[np.ndarray] = []
        states: Sequence[State] = state or []
        if batch.fresh is not None:
            states = [tuple(part * ~batch.fresh for part in layer) for layer in states]
        for k, (prefix, start, stop) in enumerate(segments):
            out, stack = batch.x[start:stop], []
            for layer in range(self.layers):
                own = self.layer(params, prefix, layer)
                tape = trace.tapes[k][layer] if trace else None
                tape = unroll(self.cell, own, out, states[layer] if states else None, tape)
                out = tape.h + out if self.skip and layer else tape.h
                stack.append(tape)
            tapes.append(stack)
            outputs.append(out)
            states = [_after(tape, None if prefix else batch.lengths) for tape in stack]
        h = _joined(outputs)
        y = np.matmul(params["W_hy"], h)
        y += params["b_y"][:, None]
        flows = trace.flows if trace else []
        return Trace(segments, tapes, h, y, states, flows, h)

    def backward(self, params: Params, trace: Trace, batch: Batch, dy: np.ndarray) -> Params:
        """dy (T,O,B), ∂L/∂y -> ∂L/∂(every weight) by name; trace.flows then hold the rest, layer by layer."""
        if not trace.flows:
            parts = zip(trace.tapes, trace.segments, strict=True)
            trace.flows = [[Flow(tape, self.window, part.start) for tape in stack] for stack, part in parts]
        T, O, B = dy.shape
        columns = columns_for(O, self.H, T, B, dy.dtype)
        grads = {"W_hy": sum_over_time(dy, trace.h, columns), "b_y": np.add.reduce(columns[0], axis=(1, 2))}
        dh = trace.dh_output = np.matmul(params["W_hy"].T, dy)
        dstates: list[State | None] = [None] * self.layers
        for k, (prefix, start, stop) in reversed(list(enumerate(trace.segments))):
            dout, ends = dh[start:stop], None if prefix else batch.lengths
            for layer in reversed(range(self.layers)):
                own, tape, flow = self.layer(params, prefix, layer), trace.tapes[k][layer], trace.flows[k][layer]
                backpropagate(self.cell, own, tape, dout, dstates[layer], flow, ends)
                grads |= {key(prefix, name, layer): array for name, array in flow.params.items()}
                dstates[layer] = self._before_seam(flow.state, start, batch.lengths)
                if layer:
                    dout = flow.dx + dout if self.skip else flow.dx
        return grads

    def _before_seam(self, dstate: State, seam: int, lengths: np.ndarray | None) -> State:
        """What of ∂L/∂(the decoder's first state) goes back to the encoder: nothing across a window's start."""
        if not self.window:
            return dstate
        last_start = seam - seam % self.window
        read = seam if lengths is None else lengths  # up to where each sequence's encoder came
        return tuple(part * (read > last_start) for part in dstate)

    def read_own(self, params: Params, batch: Batch, own: np.ndarray, state: Sequence[State] | None = None) -> Batch:
        """The batch with, where own (T,B) is true, the network's own last answer in place of what was to be read.

        An answer is read as a one-hot column in the last O rows of x; no gradient goes through the choice.
        state: where each layer starts (None: zeros).
        """
        steps = np.flatnonzero(own.any(axis=1)).tolist()
        if not steps:
            return batch
        x, done = batch.x.copy(), 0
        batch = batch._replace(x=x)
        for t in steps:
            trace = self.forward(params, batch.part(done, t), state)
            done, state = t, trace.state
            columns = np.flatnonzero(own[t])
            x[t][:, columns] = 0
            x[t, x.shape[1] - self.O + trace.y[-1].argmax(axis=0)[columns], columns] = 1
        return batch


def key(prefix: str, name: str, layer: int) -> str:
    """A weight's name in the network: W_hh, W_hh_2, decoder_W_hh, …"""
    return f"{prefix}{name}_{layer + 1}" if layer else prefix + name


def flat(params: Params) -> tuple[np.ndarray, Params]:
    """All weights as one vector, and the same names as views into it, so that an optimizer needs no loop over names."""
    theta = np.concatenate([array.ravel() for array in params.values()])
    return theta, views(theta, params)


def views(theta: np.ndarray, like: Params) -> Params:
    """The parts of a vector under the names, and with the shapes, of `like`."""
    ends = np.cumsum([array.size for array in like.values()])
    parts = zip(like.items(), ends, strict=True)
    return {name: theta[end - array.size : end].reshape(array.shape) for (name, array), end in parts}


def _after(tape: Tape, ends: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """The state after each sequence's own last step: ends (B,), 1 … T, or None for the tape's last step."""
    if ends is None:
        return tape.state
    return tuple(array[ends, :, np.arange(len(ends))].T for array in tape.states)


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
