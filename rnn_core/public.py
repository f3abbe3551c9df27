"""unroll and backpropagate of bptt.py as the outside calls them: every argument is checked, and then it is theirs.

A cell may be given by its name, an array as lists. bptt.py's own loops ask nothing: training calls them at each step.
"""

from collections.abc import Sequence

import numpy as np

from rnn_core.fast import bptt
from rnn_core.arrays import named, numbers
from rnn_core.fast.bptt import Flow, State, Tape
from rnn_core.fast.kernels import Cell, Params, cell_of
from rnn_core.registry import short


def unroll(
    cell: Cell | str, params: Params | None, x: np.ndarray, state: State | None = None, tape: Tape | None = None
) -> Tape:
    """Forward through time: x (T,D,B) -> a Tape with h (T,H,B) and all that the cell wrote down on the way.

    cell: a key of CELLS or its record. params: W_xh (G·H, D), W_hh (G·H, H), b_h (G·H,), and b_hn (H,) for a GRU.
    state: where to start, (H,B) for every name in cell.states (None: zeros). tape: one to write over; then params may
    be None, for those that it has. Raises ValueError in one sentence for what is not so, or x that is not finite.
    """
    cell = cell_of(cell)
    if tape is None or params is not None:
        params = weights(cell, params)
    x = numbers("x", x)
    if tape is not None:
        check_tape(cell, tape)
        T, D, H, B = tape.size
        if x.shape != (T, D, B) or (params is not None and bptt.sizes(cell, params, x) != tape.size):
            raise ValueError(
                f"tape is for (T, D, B) = {(T, D, B)} and H = {H}, not for this x and these params: leave it out"
            )
        if not np.may_share_memory(tape.z, tape.steps[0][0]):
            raise ValueError(
                "tape is a copy, whose steps no longer share its memory, and cannot be written over: leave it out"
            )
    return bptt.unroll(cell, params, x, parts("state", state), tape)


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
    """Backward through time: dh (T,H,B), what the loss asks of each h_t directly -> a Flow of total derivatives.

    cell, params: those that made the tape. dstate: ∂L/∂(the state after the last step), (H,B) for every name in
    cell.states. flow, ends (B,), through (K,H): as in bptt.backpropagate. Raises ValueError in one sentence for what is
    not so.
    """
    cell = cell_of(cell)
    check_tape(cell, tape)
    if params is not None:
        params, W = weights(cell, params), np.zeros_like(tape.W)
        bptt.sizes(cell, params, tape.x)
        cell.stack(params, W)
        if W.shape != tape.W.shape or not np.array_equal(W, tape.W, equal_nan=True):
            raise ValueError("params are not those that made the tape; unroll the sequence with them first")
    if flow is not None and getattr(flow, "tape", None) is not tape:
        raise ValueError("flow is of another tape; pass the one that backpropagate made of this tape, or none")
    H, B = tape.size[2:]
    if through is not None and (through := numbers("through", through)).shape[1:] != (H,):
        raise ValueError(f"through has shape {through.shape}; it must be (K, H) with H = {H}")
    if ends is not None:
        ends = numbers("ends", ends)
        if ends.shape != (B,) or ends.dtype.kind not in "iu" or not ((ends >= 1) & (ends <= tape.size[0])).all():
            raise ValueError(
                f"ends is {short(ends)}; it must be (B,) = {(B,)} whole numbers from 1 to T = {tape.size[0]}"
            )
    return bptt.backpropagate(cell, params, tape, numbers("dh", dh), parts("dstate", dstate), flow, ends, through)


def weights(cell: Cell, params: object) -> Params:
    """A cell's weights as arrays of floating-point numbers."""
    arrays = named("params", params, ("W_xh", "W_hh", "b_h", *cell.biases))
    return {name: array if array.dtype.kind == "f" else array.astype(float) for name, array in arrays.items()}


def parts(name: str, state: object) -> State | None:
    """The parts of a state as arrays."""
    if state is None:
        return None
    if not isinstance(state, Sequence | np.ndarray):
        raise ValueError(
            f"{name} is {short(state)}; it must be a tuple of arrays (H, B), one for every state of the cell"
        )
    return [numbers(name, part) for part in state]


def check_tape(cell: Cell, tape: object) -> None:
    """Raises ValueError for what is no tape of this cell."""
    if not isinstance(tape, Tape):
        raise ValueError(f"tape is {short(tape)}; it must be the Tape that unroll returned")
    if tape.cell is not cell:
        raise ValueError(f"tape is of cell {tape.cell.name} and cell is {cell.name}; both must be the same")
