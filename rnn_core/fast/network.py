"""Layers, read-out, loss: forward makes a trace, backward turns it into gradients.

Stacked layers as in Graves, arXiv:1308.0850 (2013), section 2; an encoder and a decoder as in Sutskever, Vinyals & Le,
arXiv:1409.3215 (2014), where the encoder's last state starts the decoder:

    h^l_t = cell(h^{l−1}_t, h^l_{t−1}),  h^0_t = x_t        y_t = W_hy h^L_t + b_y

With layer_skip each layer after the first adds its input to its output (He et al., arXiv:1512.03385, 2015).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_core.fast.bptt import Flow, State, Tape, backpropagate, unroll
from rnn_core.fast.kernels import CELLS, Cell, Params
from rnn_core.initializers import BIAS_INITIALIZERS, INITIALIZERS
from rnn_core.losses import by_step, columns
from rnn_core.shapes import SHAPES
from rnn_core.tasks import Batch, Task, task_of
from rnn_core.fast.layout import Entries, Layout, Weights, flat

if TYPE_CHECKING:
    from rnn_core.config import Config

READ_OUT = "read-out"  # the name of its matrix (W_hy, b_y)
DECODER = "decoder_"  # what the decoder's weights have before their names


class Segment(NamedTuple):
    """A stretch of time steps, start to stop, that one stack of layers reads; its weights' names begin with prefix."""

    prefix: str
    start: int
    stop: int


@dataclass(slots=True)
class Trace:
    """What a forward pass left: for each segment a Tape per layer; out (O, T·B), raw, the outputs of the batch.

    tops: for each segment the columns (h_t, 1) that the read-out reads, (H+1, T·B). flows: the buffers of the way back,
    like tapes. W, dW (O, H+1): the read-out's weights and their gradient. dy (O, T·B): ∂L/∂y; after backward.
    All is written over when a Trace is handed to forward again.
    """

    segments: list[Segment]
    tapes: list[list[Tape]]
    layout: Layout
    entries: Entries
    tops: list[np.ndarray]
    flows: list[list[Flow]]
    W: np.ndarray
    dW: np.ndarray
    out: np.ndarray
    dy: np.ndarray
    lengths: np.ndarray | None

    @property
    def T(self) -> int:
        return self.segments[-1].stop

    @property
    def y(self) -> np.ndarray:
        """The outputs step by step, (T,O,B)."""
        return by_step(self.out, self.T)

    @property
    def h(self) -> np.ndarray:
        """The top layer's output, (T,H,B)."""
        return by_step(joined(self.tops)[:-1], self.T)

    @property
    def state(self) -> Sequence[State]:
        """The state after the last step, layer by layer."""
        return [_after(tape, None if self.segments[-1].prefix else self.lengths) for tape in self.tapes[-1]]

    @property
    def dh(self) -> np.ndarray:
        """Total ∂L/∂h_t of the top layer, (T,H,B); after backward."""
        return joined([flows[-1].dh for flows in self.flows], axis=0)

    @property
    def dh_output(self) -> np.ndarray:
        """What the outputs ask of h_t, (T,H,B); after backward."""
        return by_step(self.W[:, :-1].T.dot(self.dy), self.T)

    @property
    def dh_later(self) -> np.ndarray:
        """What comes back to the top layer's h_t from what is after it, (T,H,B): exactly 0 where nothing does."""
        return joined([flows[-1].later for flows in self.flows], axis=0)


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
    _layouts: dict[Hashable, Layout] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def of(cls, config: "Config", task: Task | None = None) -> "Network":
        """The network that a Config describes, for its task or another."""
        task = task_of(config.task, task)
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
        trace = trace or self._trace(params, batch)
        trace.layout.load(flat(params), trace.entries)
        trace.lengths, states = batch.lengths, state or []
        if batch.fresh is not None:
            states = [tuple(part * np.logical_not(batch.fresh) for part in layer) for layer in states]
        outputs = []
        for k, (_, start, stop) in enumerate(trace.segments):
            out = batch.x[start:stop]
            for layer, tape in enumerate(trace.tapes[k]):
                unroll(self.cell, None, out, states[layer] if states else None, tape)
                out = tape.h + out if self.skip and layer else tape.h
            if self.skip and self.layers > 1:
                trace.tops[k] = _with_ones(out)
            outputs.append(trace.W.dot(trace.tops[k]))
            if stop < len(batch.x):
                states = [_after(tape, batch.lengths) for tape in trace.tapes[k]]
        trace.out = joined(outputs)
        return trace

    def _trace(self, params: Params, batch: Batch) -> Trace:
        """The buffers for batches of this size. Raises ValueError like unroll."""
        segments, tapes = self.segments(batch), []
        for prefix, start, stop in segments:
            x, stack = batch.x[start:stop], []
            for layer in range(self.layers):
                stack.append(Tape.of(self.cell, self.layer(params, prefix, layer), x))
                x = stack[-1].h
            tapes.append(stack)
        dtype = params["W_hy"].dtype
        layout = self._layout(tuple((name, array.shape) for name, array in params.items()), dtype)
        entries = layout.entries(dtype)
        for segment, stack in zip(segments, tapes, strict=True):
            for layer, tape in enumerate(stack):
                tape.W = layout.matrix(entries.W, (segment.prefix, layer))
                tape.W_forward = layout.matrix(entries.W_forward, (segment.prefix, layer))
        W, dW = layout.matrix(entries.W, READ_OUT), layout.matrix(entries.dW, READ_OUT, "C")
        return Trace(segments, tapes, layout, entries, [stack[-1].left for stack in tapes], [], W, dW, W, W, None)

    def _layout(self, shapes: tuple[tuple[str, tuple[int, ...]], ...], dtype: np.dtype) -> Layout:
        """As layout_of, made once: it goes with the network, for that of a large one takes as much room as five."""
        if (shapes, dtype) not in self._layouts:
            self._layouts[shapes, dtype] = layout_of(self, shapes, dtype)
        return self._layouts[shapes, dtype]

    def backward(
        self, params: Params, trace: Trace, batch: Batch, dy: np.ndarray, grads: Weights | None = None
    ) -> Params:
        """dy (O, T·B), ∂L/∂y -> ∂L/∂(every weight) by name; trace.flows then hold the rest, layer by layer.

        A layer below the top is asked for what the one above it reads, through that one's W_xh. grads: where to put it.
        """
        if not trace.flows:
            trace.flows = self._flows(trace)
        trace.dy, asked_by_step = dy, by_step(dy, trace.T)
        dy.dot(joined(trace.tops).T, trace.dW)
        dstates: list[State | None] = [None] * self.layers
        for k in reversed(range(len(trace.segments))):
            prefix, start, stop = trace.segments[k]
            asked, through, ends = asked_by_step[start:stop], trace.W[:, :-1], None if prefix else batch.lengths
            for layer in reversed(range(self.layers)):
                tape, flow = trace.tapes[k][layer], trace.flows[k][layer]
                backpropagate(self.cell, None, tape, asked, dstates[layer], flow, ends, through)
                if k:
                    dstates[layer] = self._before_seam(flow.state, start, batch.lengths)
                if layer:
                    W_xh = tape.W[:, self.H + 1 :]
                    asked = np.concatenate([flow.da, asked], axis=1) if self.skip else flow.da
                    through = np.concatenate([W_xh, through]) if self.skip else W_xh
        grads = grads or Weights(np.empty(len(trace.layout.back), dy.dtype), params)
        trace.entries.dW.take(trace.layout.back, out=grads.theta, mode="clip")
        return grads

    def _flows(self, trace: Trace) -> list[list[Flow]]:
        """Buffers for the way back: as many rows for what is asked of a layer as backward will hand to it."""
        flows = []
        for (prefix, start, stop), stack in zip(trace.segments, trace.tapes, strict=True):
            asks, of_segment = self.O, []
            for layer, tape in reversed(list(enumerate(stack))):
                flow = Flow(tape, self.window, start, asks, ended=stop < trace.segments[-1].stop)
                flow.dW = trace.layout.matrix(trace.entries.dW, (prefix, layer), "C")
                asks = len(tape.W) + asks * self.skip
                of_segment.append(flow)
            flows.append(of_segment[::-1])
        return flows

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


def layout_of(network: Network, shapes: tuple[tuple[str, tuple[int, ...]], ...], dtype: np.dtype) -> Layout:
    """Where a network's weights, of these names and shapes in this order, stand in the matrices of its products."""
    like = {name: np.empty(shape) for name, shape in shapes}
    numbered = Weights(np.arange(1.0, 1 + sum(array.size for array in like.values())), like)
    matrices: dict[Hashable, tuple[np.ndarray, np.ndarray]] = {}
    for prefix in ("", DECODER)[: 1 + network.decoder]:
        for layer in range(network.layers):
            own = network.layer(numbered, prefix, layer)
            W = np.zeros((len(network.cell.blocks) * network.H, network.H + 1 + own["W_xh"].shape[1]))
            network.cell.stack(own, W)
            matrices[prefix, layer] = W, np.ones(W.shape, dtype) * network.cell.gains(len(W)).astype(dtype)
    W = np.concatenate([numbered["W_hy"], numbered["b_y"][:, None]], axis=1)
    return Layout.of(matrices | {READ_OUT: (W, np.ones(W.shape, dtype))})


def _after(tape: Tape, ends: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """The state after each sequence's own last step: ends (B,), 1 … T, or None for the tape's last step."""
    if ends is None:
        return tape.state
    return tuple(array[ends, :, np.arange(len(ends))].T for array in tape.states)


def _with_ones(h: np.ndarray) -> np.ndarray:
    """h (T,H,B) -> the columns (h_t, 1), (H+1, T·B)."""
    return columns(np.concatenate([h, np.ones_like(h[:, :1])], axis=1))


def joined(parts: list[np.ndarray], axis: int = -1) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis)
