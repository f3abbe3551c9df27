"""The Elman network. Elman, "Finding structure in time", Cognitive Science 14 (1990).

    forward     a_t = W_xh x_t + W_hh h_{t−1} + b_h,   h_t = tanh(a_t)          y_t = W_hy h_t + b_y: network.py
    backward    δ_t = ∂L/∂a_t = ∂L/∂h_t ⊙ (1 − h_t²)                            ∂L/∂h_t, its two parts: bptt.py
                ∂L/∂W_hh = Σ_t δ_t h_{t−1}ᵀ,   ∂L/∂W_xh = Σ_t δ_t x_tᵀ           the sums over t: bptt.py
                the part of ∂L/∂h_{t−1} that comes through h_t is W_hhᵀ δ_t

D inputs, H hidden units, and B sequences side by side, one a column. A state is a tuple, because an LSTM's is (h, c).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import tanh

from rnn_core import words  # t is time here
from rnn_core.cells.cell import Cell, Params, State


class Step(NamedTuple):
    """x (D,B); h_prev, h (H,B)."""

    x: np.ndarray
    h_prev: np.ndarray
    h: np.ndarray


def forward(p: Params, x: np.ndarray, state: State) -> tuple[State, Step]:
    """One time step: x (D,B), state (h_{t−1},) -> (h_t,) and what was computed."""
    (h_prev,) = state
    h = tanh(p["W_xh"] @ x + p["W_hh"] @ h_prev + p["b_h"][:, None])
    return (h,), Step(x, h_prev, h)


def backward(p: Params, step: Step, dstate: State) -> tuple[Params, np.ndarray, State]:
    """Backward: (∂L/∂h_t,) -> ∂L/∂p, ∂L/∂x_t, (∂L/∂h_{t−1},)."""
    (dh,) = dstate
    da = dh * (1 - step.h**2)  # δ_t: tanh′(a) = 1 − tanh²(a)
    grads = {"W_xh": da @ step.x.T, "W_hh": da @ step.h_prev.T, "b_h": da.sum(axis=1)}
    dx, dh_prev = p["W_xh"].T @ da, p["W_hh"].T @ da
    return grads, dx, (dh_prev,)


def terms(p: Params, s: Any) -> dict[str, np.ndarray]:
    """The three summands of a_t for every step and unit, each (T,H). s: a sequence's h_prev, h (T,H) and x (T,D)."""
    return {
        "from_x": s.x @ p["W_xh"].T,
        "from_h": s.h_prev @ p["W_hh"].T,
        "b_h": np.broadcast_to(p["b_h"], s.h.shape),
    }


RNN = Cell(
    "rnn",
    words.t("Simple RNN (tanh)"),
    ("h",),
    ("h",),
    forward,
    backward,
    terms=terms,
    equation=("h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h)", "= tanh({from_x} + {from_h} + {b_h}) = {h}"),
)
