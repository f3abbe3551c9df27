"""Backpropagation through time: unroll a cell over a sequence, then walk back. Two loops, the whole of it.

Werbos, "Backpropagation through time: what it does and how to do it", Proc. IEEE 78 (1990). One cell, used at every
time step with the same weights:

    forward    h_t = cell(x_t, h_{t−1})                                              t = 1 … T
    backward   ∂L/∂h_t = its part through y_t + its part through h_{t+1}             t = T … 1
    weights    ∂L/∂W = Σ_t (what time step t adds to it: δ_t h_{t−1}ᵀ for an Elman network's W_hh)
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_core.cells.cell import Cell, Params, State


def unroll(cell: Cell, p: Params, x: np.ndarray, state: State | None = None) -> "Tape":
    """Unroll a cell forward through time: x (T,D,B), state_0 (H,B) for every name in cell.states (None: zeros)."""
    state = cell.zeros(p, x.shape[2]) if state is None else state
    steps = []
    for t in range(len(x)):
        state, step = cell.forward(p, x[t], state)
        steps.append(step)
    return Tape(cell, p, steps, state)


def backpropagate(
    tape: "Tape",
    dh_output: np.ndarray,
    dstate: State | None = None,
    window: int = 0,
    start: int = 0,
    ends: np.ndarray | int | None = None,
) -> "Flow":
    """Walk backward through time: dh_output (T,H,B), the part of ∂L/∂h_t that comes from the output y_t.

    dstate: ∂L/∂(the state after the last step, or after step `ends` (B,) of each sequence), from whatever reads it.
    window: truncated BPTT (Williams & Peng, Neural Computation 2, 1990), in blocks: no gradient passes from one block
    of so many steps to the one before; 0: one block. Blocks are counted from step 0 of the whole sequence, of which
    this tape's first is step `start`.
    """
    cell, p, T = tape.cell, tape.p, len(tape.steps)
    nothing = cell.zeros(p, dh_output.shape[2])
    grads: Params = {name: np.zeros_like(weight) for name, weight in p.items()}
    dx, dh_future = [], []
    dstates: list[State] = []
    dnext = nothing  # the part of ∂L/∂state_t that comes from what reads it later
    for t in reversed(range(T)):
        if dstate is not None:
            dnext = [d + end * ((T if ends is None else ends) == t + 1) for d, end in zip(dnext, dstate, strict=True)]
        dh_future.append(dnext[0])
        dh = dh_output[t] + dnext[0]  # ∂L/∂h_t has two parts: through y_t, and through h_{t+1}
        dstates.append((dh, *dnext[1:]))  # the rest: an LSTM's ∂L/∂c_t, as far as step t+1 reads c_t
        grads_t, dx_t, dnext = cell.backward(p, tape.steps[t], dstates[-1])
        for name in grads:
            grads[name] += grads_t[name]  # the same weights at every step: the sum over t
        dx.append(dx_t)
        if window and t and (start + t) % window == 0:
            dnext = nothing  # truncated: no gradient goes further back. (At t = 0 network.py decides.)
    return Flow(tape, grads, np.stack(dx[::-1]), dnext, dstates[::-1], np.stack(dh_future[::-1]))


@dataclass(frozen=True)
class Tape:
    """A sequence unrolled: for every time step what the cell computed, and the state after the last one."""

    cell: Cell
    p: Params
    steps: list[Any]
    state: State

    def __getitem__(self, name: str) -> np.ndarray:
        """One quantity at every time step, (T,…,B): tape["h"], tape["h_prev"], tape["f"]."""
        return np.stack([getattr(step, name) for step in self.steps])

    h = property(lambda self: self["h"])
    x = property(lambda self: self["x"])

    @property
    def size(self) -> tuple[int, int, int, int]:
        """T, D, H, B."""
        return len(self.steps), self.x.shape[1], *self.h.shape[1:]

    @property
    def dtype(self) -> np.dtype:
        return self.p["W_hh"].dtype

    @property
    def states(self) -> State:
        """state_0 … state_T, (T+1,H,B) for every name in cell.states."""
        return [np.concatenate([self[f"{name}_prev"][:1], self[name]]) for name in self.cell.states]


@dataclass(frozen=True)
class Flow:
    """Gradients: params, ∂L/∂p by name; dx (T,D,B); state, ∂L/∂state_0; dstates, for every time step what cell.backward
    was handed; dh_future (T,H,B), the part of ∂L/∂h_t that comes from step t+1.
    """

    tape: Tape
    params: Params
    dx: np.ndarray
    state: State
    dstates: list[State]
    dh_future: np.ndarray

    @property
    def states(self) -> State:
        """∂L/∂(state after every time step), (T,H,B) for every name in cell.states."""
        totals = map(self.tape.cell.total, self.tape.steps, self.dstates)
        return [np.stack(part) for part in zip(*totals, strict=True)]

    dh = property(lambda self: self.states[0])
    dc = property(lambda self: self.states[1])

    def W_hh_shares(self) -> np.ndarray:
        """The share of every time step in ∂L/∂W_hh, (T, G·H, H)."""
        cell, p, steps = self.tape.cell, self.tape.p, self.tape.steps
        return np.stack([cell.backward(p, s, d)[0]["W_hh"] for s, d in zip(steps, self.dstates, strict=True)])
