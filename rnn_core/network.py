"""Layers, read-out, loss: forward makes a trace, backward turns it into gradients.

Stacked layers and the read-out as in Graves, arXiv:1308.0850 (2013), section 2, with weights in the article's letters:

    h^l_t = cell(h^{l−1}_t, h^l_{t−1}),  h^0_t = x_t;        y_t = W_hy h^L_t + b_y

With layer_skip each layer after the first adds its input to its output (He et al., arXiv:1512.03385, 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rnn_core.bptt import Flow, State, Tape, backpropagate, sum_over_time, unroll
from rnn_core.cells import CELLS, Cell, Params
from rnn_core.initializers import BIAS_INITIALIZERS, INITIALIZERS
from rnn_core.tasks import TASKS

if TYPE_CHECKING:
    from rnn_core.config import Config


@dataclass
class Trace:
    """What a forward pass left: a Tape per layer, each layer's output (T,H,B) after the skip, and y (T,O,B), raw.

    Also the buffers of the way back. Both are written over when a Trace is handed to forward again.
    """

    tapes: list[Tape]
    outputs: list[np.ndarray]
    y: np.ndarray
    flows: list[Flow]

    @property
    def state(self) -> list[tuple[np.ndarray, ...]]:
        """The state after the last step, layer by layer."""
        return [tape.state for tape in self.tapes]


@dataclass(frozen=True)
class Network:
    """D inputs, H hidden units in each of `layers` layers, O outputs."""

    cell: Cell
    D: int
    H: int
    O: int  # noqa: E741
    layers: int = 1
    skip: bool = False

    @classmethod
    def of(cls, config: "Config") -> "Network":
        """The network that a Config describes."""
        sizes = TASKS[config.task].sizes(config)
        return cls(CELLS[config.cell], sizes.D, config.hidden_size, sizes.O, config.layers, config.layer_skip)

    def init(self, rng: np.random.Generator, config: "Config") -> Params:
        """Weights by name: W_xh, W_hh, b_h, … of layer 1; the same with _2, _3, _4 for the layers above; W_hy (O,H), b_y (O,)."""
        params: Params = {}
        for layer in range(self.layers):
            own = self.cell.init(rng, self.H if layer else self.D, self.H, initializer=config.initializer,
                                 init_scale=config.init_scale, recurrent_scale=config.recurrent_scale,
                                 forget_bias=config.forget_bias, dtype=config.dtype)
            params |= {name + suffix(layer): array for name, array in own.items()}
        bias = BIAS_INITIALIZERS.get(config.initializer, BIAS_INITIALIZERS["zero"])
        draw = INITIALIZERS["normal" if config.initializer == "identity" else config.initializer]
        params["W_hy"] = draw(rng, (self.O, self.H), self.H, config.init_scale).astype(config.dtype)
        params["b_y"] = bias(rng, self.H)[: self.O].astype(config.dtype) if self.O <= self.H else np.zeros(self.O, config.dtype)
        return params

    def layer(self, params: Params, layer: int) -> Params:
        """One layer's weights under their plain names."""
        names = ("W_xh", "W_hh", "b_h", *self.cell.biases)
        return {name: params[name + suffix(layer)] for name in names}

    def forward(self, params: Params, x: np.ndarray, state: Sequence[State] | None = None, trace: Trace | None = None) -> Trace:
        """x (T,D,B) -> a Trace. state: where each layer starts (None: zeros). trace: buffers of the same size to write over."""
        out, tapes, outputs = x, [], []
        for layer in range(self.layers):
            tape = unroll(self.cell, self.layer(params, layer), out, state[layer] if state else None,
                          trace.tapes[layer] if trace else None)
            out = tape.h + out if self.skip and layer else tape.h
            tapes.append(tape)
            outputs.append(out)
        y = np.matmul(params["W_hy"], out)
        y += params["b_y"][:, None]
        return Trace(tapes, outputs, y, trace.flows if trace else [Flow(tape) for tape in tapes])

    def backward(self, params: Params, trace: Trace, dy: np.ndarray) -> Params:
        """dy (T,O,B), ∂L/∂y -> ∂L/∂(every weight) by name; trace.flows then hold ∂L/∂h_t of every layer."""
        (T, O, B), out = dy.shape, trace.outputs[-1]  # noqa: E741
        grads = {"W_hy": sum_over_time(dy, out, np.empty((O, T * B), dy.dtype), np.empty((self.H, T * B), dy.dtype)),
                 "b_y": dy.sum(axis=(0, 2))}
        dout = np.matmul(params["W_hy"].T, dy)
        for layer in reversed(range(self.layers)):
            flow = backpropagate(self.cell, self.layer(params, layer), trace.tapes[layer], dout, flow=trace.flows[layer])
            grads |= {name + suffix(layer): array for name, array in flow.params.items()}
            if layer:
                dout = flow.dx + dout if self.skip else flow.dx
        return grads


def suffix(layer: int) -> str:
    """What a layer's weights have behind their names: nothing, _2, _3, …"""
    return f"_{layer + 1}" if layer else ""


def flat(params: Params) -> tuple[np.ndarray, Params]:
    """All weights as one vector, and the same names as views into it, so that an optimizer needs no loop over names."""
    theta = np.concatenate([array.ravel() for array in params.values()])
    return theta, views(theta, params)


def views(theta: np.ndarray, like: Params) -> Params:
    """The parts of a vector under the names, and with the shapes, of `like`."""
    ends = np.cumsum([array.size for array in like.values()])
    return {name: theta[end - array.size : end].reshape(array.shape) for (name, array), end in zip(like.items(), ends, strict=True)}
