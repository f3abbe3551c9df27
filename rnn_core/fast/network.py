"""network.py on kernels and buffers: FastNetwork makes the same numbers as Network, several times as fast."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_core.arrays import sizes
from rnn_core.cells import CELLS, Params, State
from rnn_core.fast.bptt import Flow, Tape, backpropagate, unroll
from rnn_core.fast.kernels import KERNELS, Kernel
from rnn_core.fast.layout import Entries, Layout
from rnn_core.fast.lookup import LOOKED_UP, Lookup
from rnn_core.fast.losses import ColumnLoss, by_step, columns, looked_up_cross_entropy, loss, weighted
from rnn_core.network import DECODER, Network, Segment, Trace, joined, state_after
from rnn_core.shapes import SHAPES
from rnn_core.step import forward_backward
from rnn_core.tasks import Batch, Task, task_of
from rnn_core.weights import Weights, flat

if TYPE_CHECKING:
    from rnn_core.config import Config

READ_OUT = "read-out"  # the name of its matrix (W_hy, b_y)


def build_network(config: "Config", task: Task | None = None, *, plain: bool = False) -> Network:
    """The network that a Config describes, for its task or another: a FastNetwork where the cell has a kernel, unless
    it is to be plain.
    """
    task = task_of(config.task, task)
    D, O = task.sizes(config)
    cell, decoder = CELLS[config.cell], SHAPES[task.shape].decoder
    kind = Network if plain or cell not in KERNELS else FastNetwork
    return kind(cell, D, config.hidden_size, O, config.layers, config.layer_skip, decoder, config.bptt_window)


class FastTrace(Trace):
    """A Trace whose arrays are written over when it is handed to forward again.

    out (O, T·B): the outputs. tops: for each segment the columns (h_t, 1) that the read-out reads, (H+1, T·B). W, dW
    (O, H+1): the read-out's weights and their gradient. dy (O, T·B): ∂L/∂y. lookup: where W_xh is looked up, and is in
    no matrix of a product; None: nowhere.
    """

    out: np.ndarray
    dy: np.ndarray

    def __init__(
        self, segments: list[Segment], tapes: list[list[Tape]], layout: Layout, entries: Entries, lookup: Lookup | None
    ) -> None:
        super().__init__(segments, None)
        self.tapes, self.layout, self.entries, self.lookup = tapes, layout, entries, lookup
        self.tops = [stack[-1].left for stack in tapes]
        self.W, self.dW = layout.matrix(entries.W, READ_OUT), layout.matrix(entries.dW, READ_OUT, "C")

    @property
    def T(self) -> int:
        return self.segments[-1].stop

    @property
    def y(self) -> np.ndarray:
        return by_step(self.out, self.T)

    @property
    def h(self) -> np.ndarray:
        return by_step(joined(self.tops, axis=-1)[:-1], self.T)

    @property
    def dh_output(self) -> np.ndarray:
        return by_step(self.W[:, :-1].T.dot(self.dy), self.T)


@dataclass(frozen=True)
class FastNetwork(Network):
    """A Network whose cell has a kernel. _layouts: where its weights stand, made once: it goes with the network, for
    that of a large one takes as much room as five.
    """

    _layouts: dict[Hashable, Layout] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def kernel(self) -> Kernel:
        return KERNELS[self.cell]

    def forward(
        self,
        params: Params,
        batch: Batch,
        state: Sequence[State] | None = None,
        trace: FastTrace | None = None,
        same: bool = False,
    ) -> FastTrace:
        """As Network.forward. trace: one of this size, to write over; same: its pass had the same weights."""
        if trace is None or (trace.lookup is None) == self.looks_up(batch):
            trace, same = self._trace(params, batch), False
        if not same:
            trace.layout.load(flat(params), trace.entries)
        trace.lengths, states = batch.lengths, self.reset(state, batch) if state else None
        outputs = []
        for k, (_, start, stop) in enumerate(trace.segments):
            out = batch.x[start:stop]
            for layer, tape in enumerate(trace.tapes[k]):
                result = None if layer or not trace.lookup else trace.lookup.forward(params["W_xh"], batch.x_codes)
                unroll(tape, out, states[layer] if states else None, result)
                out = tape.h + out if self.skip and layer else tape.h
            if self.skip and self.layers > 1:
                trace.tops[k] = _with_ones(out)
            outputs.append(trace.W.dot(trace.tops[k]))
            if stop < len(batch.x):
                states = [state_after(tape, batch.lengths) for tape in trace.tapes[k]]
        trace.out = joined(outputs, axis=-1)
        return trace

    def loss(self, name: str, trace: Any, batch: Batch) -> ColumnLoss:  # type: ignore[override]
        """As Network.loss, in columns."""
        if name == "cross-entropy" and batch.y_codes is not None and self.O >= LOOKED_UP:
            return weighted(looked_up_cross_entropy(trace.out, batch.y_codes.ravel()), batch.mask)
        return loss(name, trace.out, columns(batch.y), batch.mask)

    def looks_up(self, batch: Batch) -> bool:
        """Whether W_xh x_t is looked up in place of a product."""
        return batch.x_codes is not None and self.D >= LOOKED_UP and not self.decoder

    def _trace(self, params: Params, batch: Batch) -> FastTrace:
        """The buffers for batches of this size. Raises ValueError like unroll."""
        segments, tapes, dtype = self.segments(batch), [], params["W_hy"].dtype
        lookup = None
        for prefix, start, stop in segments:
            x, stack = batch.x[start:stop], []
            for layer in range(self.layers):
                own = self.layer(params, prefix, layer)
                T, D, H, B = sizes(self.cell, own, x)
                if not layer and self.looks_up(batch):
                    D, lookup = 0, Lookup(self.kernel, T, H, B, dtype)
                stack.append(Tape(self.kernel, T, D, H, B, own["W_hh"].dtype))
                x = stack[-1].h
            tapes.append(stack)
        shapes = tuple((name, array.shape) for name, array in params.items())
        layout = self._layout(shapes, dtype, lookup is not None)
        entries = layout.entries(dtype)
        for segment, stack in zip(segments, tapes, strict=True):
            for layer, tape in enumerate(stack):
                tape.W = layout.matrix(entries.W, (segment.prefix, layer))
                tape.W_forward = layout.matrix(entries.W_forward, (segment.prefix, layer))
        return FastTrace(segments, tapes, layout, entries, lookup)

    def _layout(self, shapes: tuple[tuple[str, tuple[int, ...]], ...], dtype: np.dtype, looked_up: bool) -> Layout:
        """As layout_of, made once."""
        of = shapes, dtype, looked_up
        if of not in self._layouts:
            self._layouts[of] = layout_of(self, *of)
        return self._layouts[of]

    def backward(
        self, params: Params, trace: Any, batch: Batch, dy: np.ndarray, grads: Weights | None = None
    ) -> Params:
        """dy (O, T·B), ∂L/∂y -> ∂L/∂(every weight) by name; trace.flows then hold the rest, layer by layer.

        A layer below the top gets ∂L/∂h_t from ∂L/∂a_t of the one above, through that one's W_xh. grads: where
        to put it.
        """
        if not trace.flows:
            trace.flows = self._flows(trace)
        trace.dy, dy_by_step = dy, by_step(dy, trace.T)
        dy.dot(joined(trace.tops, axis=-1).T, trace.dW)
        dstates: list[State | None] = [None] * self.layers
        for k in reversed(range(len(trace.segments))):
            segment = trace.segments[k]
            direct, through = dy_by_step[segment.start : segment.stop], trace.W[:, :-1]
            ends = segment.ends(batch.lengths)
            for layer in reversed(range(self.layers)):
                tape, flow = trace.tapes[k][layer], trace.flows[k][layer]
                backpropagate(flow, direct, dstates[layer], ends, through)
                if k:
                    dstates[layer] = self.to_encoder(flow.state, segment.start, batch.lengths)
                if layer:
                    W_xh = tape.W[:, self.H + 1 :]
                    direct = np.concatenate([flow.da, direct], axis=1) if self.skip else flow.da
                    through = np.concatenate([W_xh, through]) if self.skip else W_xh
        grads = grads or Weights(np.empty(len(trace.layout.back), dy.dtype), params)
        trace.entries.dW.take(trace.layout.back, out=grads.theta, mode="clip")
        if trace.lookup:
            trace.lookup.backward(trace.flows[0][0].da_columns, batch.x_codes, grads["W_xh"])
        return grads

    def _flows(self, trace: FastTrace) -> list[list[Flow]]:
        """Buffers for the way back: as many rows for the direct part of each layer as backward will hand to it."""
        flows = []
        for (prefix, start, stop), stack in zip(trace.segments, trace.tapes, strict=True):
            direct_rows, of_segment = self.O, []
            for layer, tape in reversed(list(enumerate(stack))):
                flow = Flow(tape, self.window, start, direct_rows, reads_end=stop < trace.segments[-1].stop)
                flow.dW = trace.layout.matrix(trace.entries.dW, (prefix, layer), "C")
                direct_rows = len(tape.W) + direct_rows * self.skip
                of_segment.append(flow)
            flows.append(of_segment[::-1])
        return flows


def forward_into(
    trace: Any,
    network: Network,
    params: Params,
    batch: Batch,
    state: Sequence[State] | None = None,
    same: bool = False,
) -> Any:
    """network.forward, in the buffers of an earlier Trace of this size (None: new ones), where the network has some.
    same: that Trace's pass had the same weights.
    """
    if isinstance(network, FastNetwork):
        return network.forward(params, batch, state, trace, same)
    return network.forward(params, batch, state)


def forward_backward_into(
    trace: Any, grads: Weights, network: Network, params: Params, batch: Batch, name: str, state: Sequence[State] | None
) -> tuple[Any, Any]:
    """step.forward_backward, in the buffers of an earlier Trace; the gradients go to grads -> the Trace, the Loss."""
    if isinstance(network, FastNetwork):
        trace = network.forward(params, batch, state, trace)
        loss = network.loss(name, trace, batch)
        network.backward(params, trace, batch, loss.dy, grads)
        return trace, loss
    trace, loss, result = forward_backward(network, params, batch, name, state)
    for weight, array in result.items():
        grads[weight][...] = array
    return trace, loss


def layout_of(
    network: FastNetwork, shapes: tuple[tuple[str, tuple[int, ...]], ...], dtype: np.dtype, looked_up: bool
) -> Layout:
    """Where a network's weights, of these names and shapes in this order, stand in the matrices of its products; W_xh
    nowhere, if it is looked up.
    """
    like = {name: np.empty(shape) for name, shape in shapes}
    numbered: Params = dict(Weights(np.arange(1.0, 1 + sum(array.size for array in like.values())), like))
    if looked_up:
        numbered["W_xh"] = numbered["W_xh"][:, :0]
    matrices: dict[Hashable, tuple[np.ndarray, np.ndarray]] = {}
    for prefix in ("", DECODER)[: 1 + network.decoder]:
        for layer in range(network.layers):
            own = network.layer(numbered, prefix, layer)
            W = np.zeros((len(network.kernel.blocks) * network.H, network.H + 1 + own["W_xh"].shape[1]))
            network.kernel.stack(own, W)
            matrices[prefix, layer] = W, np.ones(W.shape, dtype) * network.kernel.gains(len(W)).astype(dtype)
    W = np.concatenate([numbered["W_hy"], numbered["b_y"][:, None]], axis=1)
    return Layout.of(matrices | {READ_OUT: (W, np.ones(W.shape, dtype))})


def _with_ones(h: np.ndarray) -> np.ndarray:
    """h (T,H,B) -> the columns (h_t, 1), (H+1, T·B)."""
    return columns(np.concatenate([h, np.ones_like(h[:, :1])], axis=1))
