"""The plain loops of bptt.py as the outside calls them: arguments are checked, answers are arrays."""

from numbers import Integral

import numpy as np

from rnn_core import bptt
from rnn_core.cells import Cell, Params, State, cell_of
from rnn_core.public import check_tape, fit, fit_gradients
from rnn_core.registry import short


def unroll(
    cell: Cell | str, params: Params, xs: np.ndarray, state: State | None = None
) -> tuple[np.ndarray, State, bptt.Tape]:
    """Unroll a cell over xs (T,D,B) -> hs (T,H,B), the state after the last step, and the tape for backpropagate.

    Arguments and refusals are those of rnn_core.unroll.
    """
    cell = cell_of(cell)
    tape = bptt.unroll(cell, *fit(cell, params, xs, state, "xs"))
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
    if not isinstance(check_tape(cell_of(cell), tape, params), bptt.Tape):
        raise ValueError("tape is one of rnn_core.unroll; pass that of rnn_core.plain.unroll")
    if isinstance(window, bool | np.bool) or not isinstance(window, Integral) or window < 0:
        raise ValueError(f"window is {short(window)}; it must be a whole number from 0")
    flow = bptt.backpropagate(tape, *fit_gradients("dhs", dhs, dstate, tape, tape.size[2]), int(window))
    return flow.params, flow.dx, flow.state, flow.dh
