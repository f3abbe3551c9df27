"""unroll and backpropagate of rnn_core/bptt.py with a kernel: the same numbers, in buffers made beforehand.

One product makes a_t = W_hh h_{t−1} + b_h + W_xh x_t, one ∂L/∂h_t of ∂L/∂a_{t+1} and ∂L/∂y_t, and one
∂L/∂W = Σ_t ∂L/∂a_t (h_{t−1}, 1, x_t)ᵀ over all T·B columns.
"""

from collections.abc import Callable
from functools import cache
from inspect import signature
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rnn_core.cells import Params, State
from rnn_core.fast.kernels import Kernel
from rnn_core.fast.kernels.kernel import ZERO

CHUNK = 2**17  # bytes that the way back works on in one go: past these, allocating costs more than computing


class Tape:
    """What a forward pass wrote down, (T,H,B) each: tape.h, and the cell's blocks and records by name, tape["f"].

    All of it in buffers that a later pass of the same size may write over. z (T+1, H+1+D, B) holds the columns
    (h_{t−1}, 1, x_t), so that one product does recurrence, bias and input. Z is z with time beside the batch,
    (H+1+D, T+1, B), so that one product does all T·B columns: entered (H+1+D, T·B), what the steps read, and left
    (H+1, T·B), the columns (h_t, 1) that they made.
    """

    def __init__(self, kernel: Kernel, T: int, D: int, H: int, B: int, dtype: np.dtype | str = "float64") -> None:
        cell = kernel.cell
        self.kernel, self.cell, self.size, self.dtype = kernel, cell, (T, D, H, B), np.dtype(dtype)
        self.z = np.zeros((T + 1, H + 1 + D, B), dtype)
        self.z[:, H] = 1
        self.x = self.z[:-1, H + 1 :]
        self.Z = np.zeros((H + 1 + D, T + 1, B), dtype)
        self.entered, self.left = self.Z[:, :-1].reshape(len(self.Z), -1), self.Z[: H + 1, 1:].reshape(H + 1, -1)
        rows, others = len(kernel.blocks) * H, len(cell.states) - 1
        self.W, self.W_forward = np.zeros((rows, H + 1 + D), dtype), np.zeros((rows, H + 1 + D), dtype)
        blocks = np.zeros((T + 1, others * H + rows, B), dtype)  # c_{t−1}, where there is one, then a_t
        self.states = [self.z[:, :H], *(blocks[:, k * H : (k + 1) * H] for k in range(others))]
        self.first = [array[0] for array in self.states]
        self.arrays = _blocks(kernel, blocks, others, H)
        self.arrays |= {"x": self.x} | {name: np.zeros((T, H, B), dtype) for name in kernel.records}
        for name, array in zip(cell.states, self.states, strict=True):
            self.arrays |= {name: array[1:], f"{name}_prev": array[:-1]}
        self.steps = list(zip(self.z, self.arrays["a"], _by_step(kernel.forward, self.arrays), strict=False))

    def load(self, params: Params) -> None:
        """Take in the weights."""
        self.kernel.stack(params, self.W)
        np.multiply(self.W, self.kernel.gains(len(self.W)), out=self.W_forward)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @property
    def h(self) -> np.ndarray:
        """The hidden states h_1 … h_T, (T,H,B)."""
        return self.states[0][1:]

    @property
    def p(self) -> Params:
        """The weights that it was made with."""
        return self.kernel.unstack(self.W, self.size[2])

    @property
    def state(self) -> tuple[np.ndarray, ...]:
        """The state after the last step, (H,B) for every name in cell.states."""
        return tuple(array[-1] for array in self.states)


class Piece(NamedTuple):
    """A stretch of time steps, start to stop, on the way back, and what it works on."""

    start: int
    stop: int
    derivatives: tuple[np.ndarray, ...]
    steps: list[tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]]
    da: np.ndarray
    columns: np.ndarray  # where da is kept


class Flow:
    """What the way back found: total derivatives of L, and the buffers they are in.

    dh (T,H,B): ∂L/∂h_t. dh_future (T,H,B): the part of it that comes from step t+1. dc (T,H,B): ∂L/∂c_t, where the
    cell has c. da (T, blocks·H, B): ∂L/∂a_t; da_columns (blocks·H, T·B): the same, time beside the batch. dx (T,D,B):
    ∂L/∂x_t, with D = 0 where x is looked up. params: ∂L/∂(weights) by name. state: ∂L/∂state_0, (H,B) for every name
    in cell.states.
    window: as in rnn_core/bptt.py.
    start: the time step, from 0, at which this tape starts; blocks are counted from step 0 of the whole sequence.
    direct_rows: how many rows the direct part has, ∂L/∂y_t or what stands for it (None: H, ∂L/∂h_t through y_t itself).
    reads_end: whether the state after the last step is read.

    v (T+1, …, B) holds the columns (∂L/∂a_{t+1}, ∂L/∂h_T where it is read, the direct part of step t), so that one
    product makes ∂L/∂h_t of them; before these rows there is what bypasses the product, derivatives first.
    """

    def __init__(
        self, tape: Tape, window: int = 0, start: int = 0, direct_rows: int | None = None, *, reads_end: bool = True
    ) -> None:
        kernel, cell, (T, _, H, B), dtype = tape.kernel, tape.cell, tape.size, tape.dtype
        bypass, rows, inner = len(kernel.bypass), len(kernel.blocks) * H, len(cell.gates) * H
        last = bypass * H + rows  # where ∂L/∂a ends
        v = np.zeros((T + 1, last + H * reads_end + (direct_rows or H), B), dtype)
        self.v = v[:, last - inner :]  # the rows of ∂L/∂a that h_{t−1} entered, and what follows
        self.bypass = {name: v[:, k * H : (k + 1) * H] for k, name in enumerate(kernel.bypass)}
        self.end, self.direct = v[:, last : last + H * reads_end], v[1:, last + H * reads_end :]
        self.arriving = [self.end] * reads_end + [array[-1] for array in self.bypass.values()]
        self.back = np.zeros((H, self.v.shape[1]), dtype)
        self.back[:, inner : inner + H * reads_end] = np.eye(H, H * reads_end)
        totals = np.zeros((T, len(cell.states) * H, B), dtype)
        self.states = [totals[:, k * H : (k + 1) * H] for k in range(len(cell.states))]
        self.arrays = {f"d{name}": array for name, array in _blocks(kernel, v, bypass, H).items()}
        self.arrays |= {"dblocks": v[:-1, :last].reshape(T, -1, H, B), "dstates": totals}
        self.arrays |= {f"d{name}": np.zeros((T, H, B), dtype) for name in kernel.records}
        self.arrays |= {f"d{name}": array for name, array in zip(cell.states, self.states, strict=True)}
        for name, array in self.bypass.items():
            self.arrays |= {f"d{name}_prev": array[:-1], f"d{name}_next": array[1:]}
        self.columns = np.zeros((rows, T, B), dtype)
        self.da_columns = self.columns.reshape(rows, T * B)
        self.tape, self.inner = tape, inner
        self.dW = np.zeros_like(tape.W)
        self.cuts = {t for t in range(1, T) if window and (start + t) % window == 0}
        arrays = tape.arrays | self.arrays
        self.derivatives = [arrays[name] for name in _names(kernel.derivatives)]
        self.steps = list(zip(self.v[1:], self.dh, _by_step(kernel.backward, arrays), strict=True))
        self.whole = self._pieces({*self.cuts, *range(0, T, max(1, CHUNK // (v[0].nbytes or 1)))})

    @property
    def dh(self) -> np.ndarray:
        return self.states[0]

    @property
    def dc(self) -> np.ndarray:
        return self.states[1]

    @property
    def da(self) -> np.ndarray:
        return self.columns.swapaxes(0, 1)

    @property
    def dx(self) -> np.ndarray:
        return np.matmul(self.tape.W[:, self.tape.size[2] + 1 :].T, self.da)

    @property
    def dh_future(self) -> np.ndarray:
        return self._returned(slice(1, None))

    @property
    def params(self) -> Params:
        return self.tape.kernel.unstack(self.dW, self.tape.size[2])

    @property
    def state(self) -> tuple[np.ndarray, ...]:
        return (self._returned(slice(1))[0], *(self.bypass[name][0] for name in self.tape.cell.states[1:]))

    def W_hh_shares(self) -> np.ndarray:
        """The share of every time step in ∂L/∂W_hh, ∂L/∂a_t h_{t−1}ᵀ, (T, G·H, H), float64."""
        (_, D, H, _), kernel = self.tape.size, self.tape.kernel
        by_block = np.matmul(self.da.astype(np.float64), self.tape["h_prev"].astype(np.float64).swapaxes(1, 2))
        stacked = np.pad(by_block, ((0, 0), (0, 0), (0, 1 + D)))
        return np.stack([kernel.unstack(share, H)["W_hh"] for share in stacked])

    def _returned(self, when: slice) -> np.ndarray:
        """The part of ∂L/∂h that does not come from the outputs of these steps."""
        rows = self.inner + self.end.shape[1]
        back, h = np.matmul(self.back[:, :rows], self.v[when, :rows]), self.tape.cell.states[0]
        return back + self.bypass[h][when] if h in self.bypass else back

    def end_with(self, dstate: State | None, ends: np.ndarray | None) -> list[tuple[np.ndarray, np.ndarray | float]]:
        """Take in ∂L/∂(state after the last step) -> the parts beside h, each with where it comes in."""
        for array in self.arriving:
            array.fill(0)
        if dstate is None:
            return []
        if ends is None:
            self.end[-1] = dstate[0]
        else:
            self.end[ends, :, np.arange(len(ends))] = np.transpose(dstate[0])
        others = self.tape.cell.states[1:]
        return [(self.bypass[name], part) for name, part in zip(others, dstate[1:], strict=True)]

    def pieces(self, ends: np.ndarray | None) -> list[Piece]:
        """The stretches from the last to the first: what a cache holds, up to where gradients stop or come in."""
        return self.whole if ends is None else self._pieces({*self.cuts, *ends.tolist()})

    def _pieces(self, bounds: set[int]) -> list[Piece]:
        stops = sorted({0, len(self.steps), *bounds})
        return [
            Piece(
                start,
                stop,
                tuple(array[start:stop] for array in self.derivatives),
                self.steps[start:stop][::-1],
                self.arrays["da"][start:stop].swapaxes(0, 1),
                self.columns[:, start:stop],
            )
            for start, stop in pairwise(stops)
        ][::-1]


def unroll(tape: Tape, x: np.ndarray, state: State | None = None, entering: np.ndarray | None = None) -> Tape:
    """Forward through time: x (T,D,B) -> the tape, with h (T,H,B) and all that the cell wrote down on the way.

    state: where to start, (H,B) for every name in cell.states (None: zeros). entering (T, blocks·H, B): W_xh x_t, where
    it was looked up; the tape is then one for D = 0.
    """
    if entering is None:
        tape.x[...] = x
    else:
        tape.x = tape.arrays["x"] = x
    for k, first in enumerate(tape.first):
        first[...] = ZERO if state is None else state[k]
    product, activate = tape.W_forward.dot, tape.kernel.forward  # the array's own method costs half of np.dot
    for t, (z, a, s) in enumerate(tape.steps):
        product(z, a)  # a_t = W_hh h_{t−1} + b_h + W_xh x_t in one product
        if entering is not None:
            a += entering[t]
        activate(*s)
    tape.Z[...] = tape.z.swapaxes(0, 1)
    return tape


def backpropagate(
    flow: Flow,
    dh: np.ndarray,
    dstate: State | None = None,
    ends: np.ndarray | None = None,
    through: np.ndarray | None = None,
) -> Flow:
    """Walk backward through time: dh (T,H,B), the part of ∂L/∂h_t that comes through y_t -> the flow, whole ones.

    through (K,H): where given, that part is throughᵀ dh_t, and dh is (T,K,B): ∂L/∂y and W_hy.
    dstate: ∂L/∂(the state after the last step), (H,B) for every name in cell.states, from what reads it.
    ends (B,): after which step, 1 … T, each sequence's state is read, where that is not the last.
    """
    tape = flow.tape
    T, _, H, _ = tape.size
    flow.direct[...] = dh
    flow.back[:, : flow.inner] = tape.W[-flow.inner :, :H].T  # a copy: BLAS is up to twice as fast on it as on a view
    flow.back[:, -dh.shape[1] :] = np.eye(H, dtype=tape.dtype) if through is None else through.T
    arriving = flow.end_with(dstate, ends)
    product, backward = flow.back.dot, tape.kernel.backward
    for piece in flow.pieces(None if dstate is None else ends):
        for array, part in arriving:
            array[piece.stop] += part * (piece.stop == (T if ends is None else ends))
        tape.kernel.derivatives(*piece.derivatives)
        for v, total, s in piece.steps:
            product(v, total)  # ∂L/∂h_t = W_hhᵀ ∂L/∂a_{t+1} + its direct part, in one product
            backward(*s)
        piece.columns[...] = piece.da
        if piece.start in flow.cuts:  # the gradient stops here: what goes back from this step goes nowhere
            for array in (flow.v[:, : flow.inner], *flow.bypass.values()):
                array[piece.start] = 0
    flow.da_columns.dot(tape.entered.T, flow.dW)
    return flow


def _blocks(kernel: Kernel, array: np.ndarray, before: int, H: int) -> dict[str, np.ndarray]:
    """Views into (T+1, …, B), where each step has `before` blocks of H rows and then those of the cell: all of these
    (T, blocks·H, B) under "a", each block (T,H,B), each span of n neighbouring blocks (T,n·H,B).
    """
    T = len(array) - 1
    spans = {"a": (0, len(kernel.blocks), 0)} | {name: (k, k + 1, 0) for k, name in enumerate(kernel.blocks)}
    return {
        name: array[shift : T + shift, (before + start) * H : (before + stop) * H]
        for name, (start, stop, shift) in (spans | dict(kernel.spans)).items()
    }


@cache
def _names(function: Callable[..., None]) -> list[str]:
    """A cell's function names the arrays that it wants by its parameters."""
    return list(signature(function).parameters)


def _by_step(function: Callable[..., None], arrays: dict[str, np.ndarray]) -> list[tuple[np.ndarray, ...]]:
    """A function's arrays at every time step, made once: slicing in the loop would cost as much as its arithmetic."""
    return list(zip(*(arrays[name] for name in _names(function)), strict=True))
