"""Backpropagation through time: unroll a cell over a sequence, then walk back. The whole of it.

Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990). One cell, used at every
time step with the same weights:

    forward    a_t = W_hh h_{t−1} + b_h + W_xh x_t,  h_t = cell(a_t, …)                              t = 1 … T
    backward   ∂L/∂h_t = what the loss asks of h_t + W_hhᵀ ∂L/∂a_{t+1} + the cell's own way back     t = T … 1
    weights    ∂L/∂W = Σ_t ∂L/∂a_t (h_{t−1}, 1, x_t)ᵀ, one product over all T·B columns
"""

from collections.abc import Sequence

import numpy as np

from rnn_core.cells import Cell, Params, Step

State = Sequence[np.ndarray | float]  # one (H,B) for every name in cell.states


class Tape:
    """What a forward pass wrote down, (T,H,B) each: tape.h, and the cell's blocks and records by name, tape["f"].

    All of it in buffers that a later pass of the same size may write over. z (T+1, H+1+D, B) holds the columns
    (h_{t−1}, 1, x_t), so that one product does recurrence, bias and input.
    """

    def __init__(self, cell: Cell, T: int, D: int, H: int, B: int, dtype: np.dtype | str = "float64") -> None:
        self.cell, self.size, self.dtype = cell, (T, D, H, B), np.dtype(dtype)
        self.z = np.zeros((T + 1, H + 1 + D, B), dtype)
        self.z[:, H] = 1
        a = np.zeros((T, len(cell.blocks) * H, B), dtype)
        self.states = [self.z[:, :H], *(np.zeros((T + 1, H, B), dtype) for _ in cell.states[1:])]
        self.arrays = {"a": a, **_blocks(cell, a)}
        self.arrays |= {name: np.zeros((T, H, B), dtype) for name in cell.records}
        for name, array in zip(cell.states, self.states, strict=True):
            self.arrays |= {name: array[1:], f"{name}_prev": array[:-1]}
        self.whole, self.steps = Step(**self.arrays), _by_step(self.arrays, T)
        self.gain = np.repeat(np.array(cell.gain, dtype), H)[:, None]
        self.columns = list(zip(self.z[:T], a, self.steps, strict=True))

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    @property
    def h(self) -> np.ndarray:
        """The hidden states h_1 … h_T, (T,H,B)."""
        return self.states[0][1:]

    @property
    def x(self) -> np.ndarray:
        """The input, (T,D,B)."""
        return self.z[:-1, self.size[2] + 1 :]

    @property
    def state(self) -> tuple[np.ndarray, ...]:
        """The state after the last step, (H,B) for every name in cell.states."""
        return tuple(array[-1] for array in self.states)


class Flow:
    """What the way back found: total derivatives of L, and the buffers they are in.

    dh (T,H,B): ∂L/∂h_t. dc (T,H,B): ∂L/∂c_t, where the cell has c. da (T, blocks·H, B): ∂L/∂a_t. dx (T,D,B): ∂L/∂x_t,
    worked out when asked for. params: ∂L/∂(weights) by name. state: ∂L/∂state_0, (H,B) for every name in cell.states.
    window: how many steps a gradient goes back (Williams & Peng, Neural Computation 2, 1990, in blocks); 0: all.
    start: the time step, from 0, at which this tape starts; blocks are counted from step 0 of the whole sequence.
    """

    params: Params
    weights: Params  # those that the way back went through

    def __init__(self, tape: Tape, window: int = 0, start: int = 0) -> None:
        cell, (T, D, H, B), dtype = tape.cell, tape.size, tape.dtype
        self.states = [np.zeros((T + 1, H, B), dtype) for _ in cell.states]
        self.da = np.zeros((T, len(cell.blocks) * H, B), dtype)
        arrays = {"da": self.da, "da_h": self.da[:, -len(cell.gates) * H :]}  # da_h: the rows that h_{t−1} entered
        arrays |= {f"d{name}": array for name, array in _blocks(cell, self.da).items()}
        arrays |= {f"d{name}": np.zeros((T, H, B), dtype) for name in cell.records}
        for name, array in zip(cell.states, self.states, strict=True):
            arrays |= {f"d{name}": array[1:], f"d{name}_prev": array[:-1]}
        self.whole, self.steps = Step(**arrays), _by_step(arrays, T)
        for t in range(1, T):
            if window and (start + t) % window == 0:  # the gradient stops here: what goes back from t goes nowhere
                for name in cell.states:
                    setattr(self.steps[t], f"d{name}_prev", np.zeros((H, B), dtype))
        self.back = np.zeros((H, B), dtype)
        self.columns = columns_for(len(cell.blocks) * H, H + 1 + D, T, B, dtype)
        self.cell, self.size = cell, tape.size

    @property
    def dh(self) -> np.ndarray:
        return self.states[0][1:]

    @property
    def dc(self) -> np.ndarray:
        return self.states[1][1:]

    @property
    def dx(self) -> np.ndarray:
        W_x = self.cell.stack(self.weights)[:, self.size[2] + 1 :]
        return np.matmul(W_x.T, self.da)

    @property
    def state(self) -> tuple[np.ndarray, ...]:
        return tuple(array[0] for array in self.states)


def unroll(cell: Cell, params: Params, x: np.ndarray, state: State | None = None, tape: Tape | None = None) -> Tape:
    """Forward through time: x (T,D,B) -> a Tape with h (T,H,B) and all that the cell wrote down on the way.

    state: where to start, (H,B) for every name in cell.states (None: zeros). tape: one to write over.
    Raises ValueError where the shapes do not fit one another, or x is not finite.
    """
    if tape is None:
        tape = Tape(cell, *_sizes(cell, params, x), params["W_hh"].dtype)
    W = cell.stack(params)
    W *= tape.gain
    tape.z[:-1, tape.size[2] + 1 :] = x
    for array, start in zip(tape.states, _checked("state", state, tape), strict=True):
        array[0] = start
    for z, a, s in tape.columns:
        W.dot(z, out=a)  # a_t = W_hh h_{t−1} + b_h + W_xh x_t in one product; the method costs half of np.dot
        cell.forward(s)
    return tape


def backpropagate(
    cell: Cell,
    params: Params,
    tape: Tape,
    dh: np.ndarray,
    dstate: State | None = None,
    flow: Flow | None = None,
    ends: np.ndarray | None = None,
) -> Flow:
    """Backward through time: dh (T,H,B), what the loss asks of each h_t directly -> a Flow of total derivatives.

    dstate: ∂L/∂(the state after the last step), (H,B) for every name in cell.states, from what reads it.
    ends (B,): after which step, 1 … T, each sequence's state is read, where that is not the last.
    flow: one to write over.
    """
    if flow is None:
        flow = Flow(tape)
    if dh.shape != tape.h.shape:
        raise ValueError(f"dh has shape {dh.shape}; it must be that of h, (T, H, B) = {tape.h.shape}")
    for array, end in zip(flow.states, _checked("dstate", dstate, tape), strict=True):
        array[:] = 0
        if ends is None:
            array[-1] = end
        else:
            array[ends, :, np.arange(len(ends))] = np.transpose(end)
    np.add(flow.dh, dh, out=flow.dh)
    cell.slopes(tape.whole, flow.whole)
    W_hhT = params["W_hh"].T.copy()  # a copy: BLAS is up to twice as fast on it as on a transposed view
    for s, d in zip(reversed(tape.steps), reversed(flow.steps), strict=True):
        cell.backward(s, d)
        W_hhT.dot(d.da_h, out=flow.back)
        d.dh_prev += flow.back
    flow.weights, flow.params = params, cell.unstack(sum_over_time(flow.da, tape.z[:-1], flow.columns), tape.size[2])
    return flow


def columns_for(R: int, C: int, T: int, B: int, dtype: np.dtype | str) -> tuple[np.ndarray, np.ndarray]:
    """Buffers for sum_over_time."""
    return np.empty((R, T, B), dtype), np.empty((C, T, B), dtype)


def sum_over_time(da: np.ndarray, z: np.ndarray, columns: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Σ_t da_t z_tᵀ of da (T,R,B) and z (T,C,B) as one product (R, T·B) (T·B, C): faster than a sum over t."""
    for to, array in zip(columns, (da, z), strict=True):
        to[:] = array.swapaxes(0, 1)
    left, right = (to.reshape(len(to), -1) for to in columns)
    return left.dot(right.T)


def _blocks(cell: Cell, a: np.ndarray) -> dict[str, np.ndarray]:
    """Views into a (T, blocks·H, B) by name: each block (T,H,B), each span of n neighbouring blocks (T,n·H,B)."""
    H = a.shape[1] // len(cell.blocks)
    spans = {name: (k, k + 1) for k, name in enumerate(cell.blocks)} | dict(cell.spans)
    return {name: a[:, start * H : stop * H] for name, (start, stop) in spans.items()}


def _checked(name: str, state: State | None, tape: Tape) -> State:
    """The state, zeros for None. Raises ValueError where a part of it is not (H,B)."""
    if state is None:
        return [0.0] * len(tape.states)
    _, _, H, B = tape.size
    for part, of in zip(state, tape.cell.states, strict=False):
        if np.shape(part) != (H, B):
            raise ValueError(f"{name} has a part {of} of shape {np.shape(part)}; it must be (H, B) = {(H, B)}")
    if len(state) != len(tape.states):
        raise ValueError(f"{name} has {len(state)} parts; {tape.cell.name} needs {', '.join(tape.cell.states)}")
    return state


def _by_step(arrays: dict[str, np.ndarray], T: int) -> list[Step]:
    """The views of every time step, made once: slicing in the loop would cost as much as its arithmetic."""
    return [Step(**{name: array[t] for name, array in arrays.items()}) for t in range(T)]


def _sizes(cell: Cell, params: Params, x: np.ndarray) -> tuple[int, int, int, int]:
    """T, D, H, B, or a ValueError that names the array, the shape found and the shape wanted."""
    if x.ndim != 3 or 0 in x.shape:
        raise ValueError(f"x has shape {x.shape}; it must be (T, D, B) with every size at least 1")
    recurrent = params["W_hh"].shape
    if 0 in recurrent:
        raise ValueError(f"W_hh has shape {recurrent}; the hidden size H must be at least 1")
    (T, D, B), H, rows = x.shape, recurrent[-1], recurrent[0]
    wanted = {"W_xh": (rows, D), "W_hh": (len(cell.gates) * H, H), "b_h": (rows,)} | dict.fromkeys(cell.biases, (H,))
    for name, shape in wanted.items():
        if params[name].shape != shape:
            raise ValueError(f"{name} has shape {params[name].shape}; {cell.name} with x {x.shape} needs {shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"x has {int((~np.isfinite(x)).sum())} values that are not finite; all must be")
    return T, D, H, B
