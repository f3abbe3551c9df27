"""The Jacobian of one time step, ∂state_t/∂state_{t−1}, from the cell's own backward.

Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), equation 5: gradients through time are products of these. A cell's
state is h_t or, of an LSTM, (h_t, c_t) as one vector: S parts of H numbers, h first.

    backward(e_k) = row k of J_t = ∂state_t/∂state_{t−1}, e_k the k-th unit vector
"""

from typing import Any

import numpy as np

from rnn_core.analysis.exact import Part, held_out_sequence, top_layer
from rnn_core.bptt import Tape, unroll
from rnn_core.cells import Cell, Params
from rnn_core.trainer import Trainer
from rnn_core.words import t

COLUMNS = 2**12  # that cell.backward is handed at a time, so that a long sequence needs no more memory than a short one


def jacobians(trainer: Trainer, sequence: int = 0) -> np.ndarray:
    """Exact ∂state_t/∂state_{t−1} of a held-out sequence, t = 1 … T -> (T, S·H, S·H), float64; row: of state_t.

    Of the top layer. Encoder and decoder are one path: the decoder's first Jacobian is by the encoder's last state;
    over the encoder's padding, where a sequence has some, the state waits, and the Jacobian is I. Truncated BPTT does
    not change it.
    Raises ValueError in one sentence for what is no Trainer, a sequence that is not there, and numbers that are not
    finite.
    """
    exact = held_out_sequence(trainer, sequence)
    with np.errstate(all="ignore"):
        J = np.concatenate([jacobians_of(part) for part in top_layer(exact, exact.forward())])
    if not np.isfinite(J).all():
        first = np.flatnonzero(~np.isfinite(J).all(axis=(1, 2)))[0] + 1
        raise ValueError(t("the Jacobian of time step {step} is not finite; take smaller weights", step=first))
    return J


def jacobians_of(part: Part) -> np.ndarray:
    """The Jacobians of a Part of one sequence -> (T, S·H, S·H)."""
    J = state_jacobians(part.tape.cell, part.tape.p, side_by_side(part.tape))
    J[part.steps[0] :] = np.eye(J.shape[1])
    return J


def side_by_side(tape: Tape) -> Any:
    """All time steps of a Tape as one Step whose columns they are, T·B of them, t by t."""
    step = type(tape.steps[0])
    return step(*(np.concatenate(arrays, axis=1) for arrays in zip(*tape.steps, strict=True)))


def state_jacobians(cell: Cell, p: Params, step: Any) -> np.ndarray:
    """∂(state after)/∂(state before) at every column of a Step, N of them -> (N, S·H, S·H).

    The columns may be sequences, time steps, or both: a Step has no memory of where its state came from.
    """
    H, N = step.h.shape
    rows = len(cell.states) * H
    return np.concatenate([
        _of_columns(cell, p, type(step)(*(array[:, start : start + COLUMNS // rows + 1] for array in step)), rows)
        for start in range(0, N, COLUMNS // rows + 1)
    ])  # fmt: skip


def _of_columns(cell: Cell, p: Params, step: Any, rows: int) -> np.ndarray:
    """state_jacobians of few columns: every unit vector beside every column, as one batch."""
    H, N = step.h.shape
    unit = np.tile(np.eye(rows), N).reshape(-1, H, N * rows)
    beside = type(step)(*(np.repeat(array, rows, axis=1) for array in step))
    _, _, dstate_prev = cell.backward(p, beside, list(unit))
    return np.concatenate(dstate_prev).reshape(rows, N, rows).transpose(1, 2, 0)


def step_jacobians(cell: Cell, params: Params, tape: Any, i: int) -> np.ndarray:
    """The Jacobians of sequence i of any Tape, of the kernels or of bptt.py -> (T, S·H, S·H), in float64."""
    p = {name: array.astype(np.float64) for name, array in params.items()}
    start = [tape[f"{name}_prev"][0, :, i : i + 1].astype(np.float64) for name in cell.states]
    one = unroll(cell, p, tape.x[..., i : i + 1].astype(np.float64), start)
    return state_jacobians(cell, p, side_by_side(one))
