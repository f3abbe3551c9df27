"""The plain loops of bptt.py as the outside calls them: arguments are checked, answers are arrays."""

from numbers import Integral

import numpy as np

from rnn_core import bptt
from rnn_core.arrays import as_dtype, numbers, parts, weights
from rnn_core.cells import Cell, Params, State, cell_of
from rnn_core.public import check_params, check_tape, plain_backpropagate, plain_unroll
from rnn_core.registry import short


def unroll(
    cell: Cell | str, params: Params, xs: np.ndarray, state: State | None = None
) -> tuple[np.ndarray, State, bptt.Tape]:
    """Unroll a cell over xs (T,D,B) -> hs (T,H,B), the state after the last step, and the tape for backpropagate.

    Arguments and refusals are those of rnn_core.unroll.
    """
    cell = cell_of(cell)
    params = weights(cell, params)
    tape = plain_unroll(cell, params, as_dtype("xs", xs, params["W_hh"].dtype), parts("state", state))
    return tape.h, tape.state, tape


def backpropagate(
    cell: Cell | str,
    params: Params,
    tape: bptt.Tape,
    dhs: np.ndarray,
    dstate: State | None = None,
    window: int = 0,
) -> tuple[Params, np.ndarray, State, np.ndarray]:
    """Backpropagate dhs (T,H,B), the part of ∂L/∂h_t that comes from the output y_t -> ∂L/∂params by name, ∂L/∂xs
    (T,D,B), ∂L/∂state_0, and total ∂L/∂h_t (T,H,B).

    cell, params: those that made the tape. dstate: ∂L/∂(the state after the last step). window: no gradient passes from
    one block of so many steps to the one before; 0: one block. Raises ValueError in one sentence for what is not so.
    """
    cell = cell_of(cell)
    check_tape(cell, tape)
    if not isinstance(tape, bptt.Tape):
        raise ValueError("tape is one of rnn_core.unroll; pass that of rnn_core.plain.unroll")
    if isinstance(window, bool | np.bool) or not isinstance(window, Integral) or window < 0:
        raise ValueError(f"window is {short(window)}; it must be a whole number from 0")
    check_params(cell, params, tape)
    flow = plain_backpropagate(tape, numbers("dhs", dhs), parts("dstate", dstate), int(window))
    return flow.params, flow.dx, flow.state, flow.dh
