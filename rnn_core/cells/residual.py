"""A residual recurrent cell: the state is added to, not replaced, so a part of the gradient goes back unchanged.

The recurrent form of He et al., "Deep residual learning", arXiv:1512.03385 (2015).

    a_t = W_xh x_t + W_hh h_{t−1} + b_h          h_t = h_{t−1} + tanh(a_t)
    ∂h_t/∂h_{t−1} = I + diag(1 − tanh²(a_t)) W_hh
"""

from typing import NamedTuple

import numpy as np
from numpy import tanh

from rnn_core import words
from rnn_core.cells import elman
from rnn_core.cells.cell import Carry, Cell, Params, State


class Step(NamedTuple):
    """x (D,B); h_prev, tanh_a, h (H,B)."""

    x: np.ndarray
    h_prev: np.ndarray
    tanh_a: np.ndarray
    h: np.ndarray


def forward(p: Params, x: np.ndarray, state: State) -> tuple[State, Step]:
    """One time step: x (D,B), state (h_{t−1},) -> (h_t,) and what was computed."""
    (h_prev,) = state
    tanh_a = tanh(p["W_xh"] @ x + p["W_hh"] @ h_prev + p["b_h"][:, None])
    h = h_prev + tanh_a
    return (h,), Step(x, h_prev, tanh_a, h)


def backward(p: Params, step: Step, dstate: State) -> tuple[Params, np.ndarray, State]:
    """Backward: (∂L/∂h_t,) -> ∂L/∂p, ∂L/∂x_t, (∂L/∂h_{t−1},)."""
    (dh,) = dstate
    da = dh * (1 - step.tanh_a**2)
    grads = {"W_xh": da @ step.x.T, "W_hh": da @ step.h_prev.T, "b_h": da.sum(axis=1)}
    return grads, p["W_xh"].T @ da, (dh + p["W_hh"].T @ da,)


RESIDUAL = Cell(
    "residual",
    words.t("Residual"),
    ("h",),
    ("h",),
    forward,
    backward,
    carry=Carry("h"),
    bounded=False,
    flat_at=(),
    equation=(
        "h_t = h_{t−1} + tanh(W_xh x_t + W_hh h_{t−1} + b_h)",
        "= {h_prev} + tanh({from_x} + {from_h} + {b_h}) = {h}",
    ),
    terms=lambda p, s: {"h_prev": s.h_prev, **elman.terms(p, s)},
)
