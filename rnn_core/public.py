"""unroll and backpropagate as the outside calls them: every argument is checked, then a cell with a kernel runs on it,
one without on the loops of bptt.py. A cell may be given by its name, an array as lists.
"""

from typing import Any

import numpy as np

from rnn_core import bptt
from rnn_core.arrays import as_dtype, numbers, parts, sizes, weights
from rnn_core.cells import Cell, Params, State, cell_of
from rnn_core.fast import bptt as fast
from rnn_core.fast.kernels import KERNELS
from rnn_core.registry import short

Tape = Any  # bptt.Tape, or fast.bptt.Tape, which has all that bptt.Tape has
Flow = Any


def unroll(
    cell: Cell | str, params: Params | None, x: np.ndarray, state: State | None = None, tape: Tape = None
) -> Tape:
    """Unroll a cell over a sequence: x (T,D,B) -> a Tape with h (T,H,B) and all that the cell computed on the way.

    cell: a key of CELLS or its record. params: W_xh (G·H, D), W_hh (G·H, H), b_h (G·H,), and b_hn (H,) for a GRU.
    state: where to start, (H,B) for every name in cell.states (None: zeros). tape: one to write over; then params may
    be None, for those that it has. Raises ValueError in one sentence for what is not so, or x that is not finite.
    """
    cell = cell_of(cell)
    if tape is not None:
        check_tape(cell, tape)
        params = tape.p if params is None else params
    p, x, state = fit(cell, params, x, state)
    if cell not in KERNELS:
        return bptt.unroll(cell, p, x, state)
    size = x.shape[0], x.shape[1], p["W_hh"].shape[1], x.shape[2]
    tape = fast.Tape(KERNELS[cell], *size, p["W_hh"].dtype) if tape is None else check_room(tape, size)
    tape.load(p)
    return fast.unroll(tape, x, state)


def backpropagate(
    cell: Cell | str,
    params: Params | None,
    tape: Tape,
    dh: np.ndarray,
    dstate: State | None = None,
    flow: Flow | None = None,
    ends: np.ndarray | None = None,
    through: np.ndarray | None = None,
) -> Flow:
    """Backpropagate through time: dh (T,H,B), the part of ∂L/∂h_t that comes through y_t -> a Flow of whole ones.

    cell, params: those that made the tape. dstate: ∂L/∂(the state after the last step), (H,B) for every name in
    cell.states, or after step `ends` (B,), 1 … T, of each sequence. flow: one to write over. through (K,H): where
    given, that part is throughᵀ dh_t, and dh is (T,K,B). Raises ValueError in one sentence for what is not so.
    """
    T, _, H, B = check_tape(cell_of(cell), tape, params).size
    if through is not None and (through := as_dtype("through", through, tape.dtype)).shape[1:] != (H,):
        raise ValueError(f"through has shape {through.shape}; it must be (K, H) with H = {H}")
    if ends is not None:
        ends = numbers("ends", ends)
        if ends.shape != (B,) or ends.dtype.kind not in "iu" or not ((ends >= 1) & (ends <= T)).all():
            raise ValueError(f"ends is {short(ends)}; it must be (B,) = {(B,)} whole numbers from 1 to T = {T}")
    rows = H if through is None else len(through)
    dh, dstate = fit_gradients("dh", dh, dstate, tape, rows)
    if isinstance(tape, bptt.Tape):
        return bptt.backpropagate(tape, dh if through is None else through.T @ dh, dstate, ends=ends)
    if flow is None:
        flow = fast.Flow(tape, direct_rows=rows, reads_end=dstate is not None)
    elif getattr(flow, "tape", None) is not tape:
        raise ValueError("flow is of another tape; pass the one that backpropagate made of this tape, or none")
    elif flow.direct.shape != dh.shape or (dstate is not None and not flow.end.shape[1]):
        raise ValueError("flow was made without dstate, or for another dh, and has no room for these: leave it out")
    return fast.backpropagate(flow, dh, dstate, ends, through)


def fit(
    cell: Cell, params: object, x: object, state: object, name: str = "x"
) -> tuple[Params, np.ndarray, State | None]:
    """Weights, x and the state as arrays of one type that fit one another, the weights copied: what is set later
    changes no tape. name: what the caller calls x. Raises ValueError in one sentence for others.
    """
    p = weights(cell, params)
    dtype = p["W_hh"].dtype
    x = as_dtype(name, x, dtype)
    _, _, H, B = sizes(cell, p, x, name)
    return {n: array.astype(dtype) for n, array in p.items()}, x, parts("state", state, cell, (H, B), dtype)


def fit_gradients(
    name: str, dh: object, dstate: object, tape: Tape, rows: int
) -> tuple[np.ndarray, State | None]:
    """∂L/∂h_t (T,rows,B) and ∂L/∂(last state) as arrays that fit a tape. Raises ValueError for others."""
    T, _, H, B = tape.size
    array = as_dtype(name, dh, tape.dtype)
    if array.shape != (T, rows, B):
        letter = "H" if rows == H else "K"
        raise ValueError(f"{name} has shape {array.shape}; it must be (T, {letter}, B) = {(T, rows, B)}")
    return array, parts("dstate", dstate, tape.cell, (H, B), tape.dtype)


def check_tape(cell: Cell, tape: Tape, params: object = None) -> Tape:
    """The tape. Raises ValueError for what is none, and for another cell or other weights than made it."""
    if not isinstance(tape, fast.Tape | bptt.Tape):
        raise ValueError(f"tape is {short(tape)}; it must be the Tape that unroll returned")
    if tape.cell is not cell:
        raise ValueError(f"tape is of cell {tape.cell.name} and cell is {cell.name}; both must be the same record")
    if params is not None:
        given = weights(cell, params)
        sizes(cell, given, tape.x)
        if any(not np.array_equal(given[n].astype(tape.dtype), p, equal_nan=True) for n, p in tape.p.items()):
            raise ValueError("params are not those that made the tape; unroll the sequence with them first")
    return tape


def check_room(tape: Tape, size: tuple[int, int, int, int]) -> fast.Tape:
    """The tape. Raises ValueError where a sequence of this size, T, D, H, B, cannot be written over it."""
    if not isinstance(tape, fast.Tape):
        raise ValueError("tape is one of rnn_core.plain.unroll and cannot be written over here: leave it out")
    if tape.size != size:
        raise ValueError(f"tape is for (T, D, H, B) = {tape.size}, not for {size}, as x and params have: leave it out")
    if not np.may_share_memory(tape.z, tape.steps[0][0]):
        raise ValueError(
            "tape is a copy, whose steps no longer share its memory, and cannot be written over: leave it out"
        )
    return tape
