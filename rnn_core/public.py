"""unroll and backpropagate as the outside calls them: every argument is checked, then a cell with a kernel runs on it,
one without on the loops of bptt.py. A cell may be given by its name, an array as lists.
"""

from typing import Any

import numpy as np

from rnn_core import bptt
from rnn_core.arrays import as_dtype, checked_state, numbers, parts, sizes, weights
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
    if tape is None or params is not None:
        params = weights(cell, params)
    if tape is not None:
        check_tape(cell, tape)
    x = as_dtype("x", x, tape.dtype if params is None else params["W_hh"].dtype)
    if not np.isfinite(x).all():
        raise ValueError(f"x has {int((~np.isfinite(x)).sum())} values that are not finite as {x.dtype}; all must be")
    if tape is not None:
        if cell in KERNELS and not isinstance(tape, fast.Tape):
            raise ValueError("tape is one of rnn_core.plain.unroll and cannot be written over here: leave it out")
        T, D, H, B = tape.size
        if x.shape != (T, D, B) or (params is not None and sizes(cell, params, x) != tape.size):
            raise ValueError(
                f"tape is for (T, D, B) = {(T, D, B)} and H = {H}, not for this x and these params: leave it out"
            )
        if isinstance(tape, fast.Tape) and not np.may_share_memory(tape.z, tape.steps[0][0]):
            raise ValueError(
                "tape is a copy, whose steps no longer share its memory, and cannot be written over: leave it out"
            )
    state = parts("state", state)
    if cell in KERNELS:
        return fast.unroll(KERNELS[cell], params, x, state, tape)
    return plain_unroll(cell, tape.p if params is None else params, x, state)


def plain_unroll(cell: Cell, params: Params, x: np.ndarray, state: State | None) -> bptt.Tape:
    """bptt.unroll of arrays that fit. Raises ValueError for others."""
    _, _, H, B = sizes(cell, params, x)
    dtype = params["W_hh"].dtype
    if state is not None:
        state = [part.astype(dtype) for part in checked_state("state", state, cell, H, B)]
    copies = {name: array.astype(dtype) for name, array in params.items()}  # what is set later changes no tape
    return bptt.unroll(cell, copies, x, state)


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
    given, that part is throughᵀ dh_t, and dh is (T,K,B). Raises ValueError in one sentence for what is
    not so.
    """
    cell = cell_of(cell)
    check_tape(cell, tape)
    T, _, H, B = tape.size
    if params is not None:
        check_params(cell, params, tape)
    if flow is not None and getattr(flow, "tape", None) is not tape:
        raise ValueError("flow is of another tape; pass the one that backpropagate made of this tape, or none")
    if through is not None and (through := numbers("through", through)).shape[1:] != (H,):
        raise ValueError(f"through has shape {through.shape}; it must be (K, H) with H = {H}")
    if ends is not None:
        ends = numbers("ends", ends)
        if ends.shape != (B,) or ends.dtype.kind not in "iu" or not ((ends >= 1) & (ends <= T)).all():
            raise ValueError(f"ends is {short(ends)}; it must be (B,) = {(B,)} whole numbers from 1 to T = {T}")
    dh, dstate = numbers("dh", dh), parts("dstate", dstate)
    wanted = (T, H if through is None else len(through), B)
    if dh.shape != wanted:
        raise ValueError(f"dh has shape {dh.shape}; it must be {wanted}: (T, H, B), or (T, K, B) with through")
    if isinstance(tape, fast.Tape):
        if flow is not None and dstate is not None and not flow.end.shape[1]:
            raise ValueError("flow was made without dstate and has no room for it: leave it out")
        return fast.backpropagate(tape, dh, dstate, flow, ends, through)
    return plain_backpropagate(tape, dh if through is None else through.T @ dh, dstate, ends=ends)


def plain_backpropagate(
    tape: bptt.Tape, dh: np.ndarray, dstate: State | None, window: int = 0, ends: np.ndarray | None = None
) -> bptt.Flow:
    """bptt.backpropagate of arrays that fit. Raises ValueError for others."""
    T, _, H, B = tape.size
    if dh.shape != (T, H, B):
        raise ValueError(f"dh has shape {dh.shape}; it must be that of h, (T, H, B) = {(T, H, B)}")
    if dstate is not None:
        dstate = [part.astype(tape.dtype) for part in checked_state("dstate", dstate, tape.cell, H, B)]
    return bptt.backpropagate(tape, dh.astype(tape.dtype), dstate, window, ends=ends)


def check_params(cell: Cell, params: Params, tape: Tape) -> None:
    """Raises ValueError for weights other than those that made the tape."""
    given = weights(cell, params)
    sizes(cell, given, tape.x)
    for name, array in tape.p.items():
        if not np.array_equal(given[name].astype(tape.dtype), array, equal_nan=True):
            raise ValueError("params are not those that made the tape; unroll the sequence with them first")


def check_tape(cell: Cell, tape: object) -> None:
    """Raises ValueError for what is no tape of this cell."""
    if not isinstance(tape, fast.Tape | bptt.Tape):
        raise ValueError(f"tape is {short(tape)}; it must be the Tape that unroll returned")
    if tape.cell is not cell:
        raise ValueError(f"tape is of cell {tape.cell.name} and cell is {cell.name}; both must be the same")
