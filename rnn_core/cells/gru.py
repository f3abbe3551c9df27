"""The gated recurrent unit, with the reset gate after the product (PyTorch's convention).

Cho et al., arXiv:1406.1078 (2014); this form: torch.nn.GRU's documentation. Gates in PyTorch's order r, z, n.

    r = σ(W_xr x_t + W_hr h_{t−1} + b_r)      z = σ(W_xz x_t + W_hz h_{t−1} + b_z)
    m = W_hn h_{t−1} + b_hn                   n = tanh(W_xn x_t + b_n + r ⊙ m), the candidate
    h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}

W_xr, W_xz, W_xn are the blocks of H rows of W_xh; W_hr, W_hz, W_hn those of W_hh; b_r, b_z, b_n those of b_h.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import tanh

from rnn_core.cells.cell import Carry, Cell, Params, State, sigmoid


class Step(NamedTuple):
    """x (D,B); all others (H,B)."""

    x: np.ndarray
    h_prev: np.ndarray
    r: np.ndarray
    z: np.ndarray
    m: np.ndarray
    n: np.ndarray
    h: np.ndarray


def forward(p: Params, x: np.ndarray, state: State) -> tuple[State, Step]:
    """One time step: x (D,B), state (h_{t−1},) -> (h_t,) and what was computed."""
    (h_prev,) = state
    x_r, x_z, x_n = np.split(p["W_xh"] @ x + p["b_h"][:, None], 3)
    h_r, h_z, h_n = np.split(p["W_hh"] @ h_prev, 3)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    m = h_n + p["b_hn"][:, None]
    n = tanh(x_n + r * m)
    h = (1 - z) * n + z * h_prev
    return (h,), Step(x, h_prev, r, z, m, n, h)


def backward(p: Params, step: Step, dstate: State) -> tuple[Params, np.ndarray, State]:
    """Backward: (∂L/∂h_t,) -> ∂L/∂p, ∂L/∂x_t, (∂L/∂h_{t−1},)."""
    x, h_prev, r, z, m, n, _ = step
    (dh,) = dstate
    da_z = dh * (h_prev - n) * z * (1 - z)
    da_n = dh * (1 - z) * (1 - n**2)
    dm = da_n * r
    da_r = da_n * m * r * (1 - r)
    da = np.concatenate([da_r, da_z, da_n])
    da_h = np.concatenate([da_r, da_z, dm])  # h_{t−1} enters n through m
    grads = {"W_xh": da @ x.T, "W_hh": da_h @ h_prev.T}
    grads |= {"b_h": da.sum(axis=1), "b_hn": dm.sum(axis=1)}
    return grads, p["W_xh"].T @ da, (dh * z + p["W_hh"].T @ da_h,)


def terms(p: Params, s: Any) -> dict[str, np.ndarray]:
    """The numbers in the equation for every step and unit, each (T,H)."""
    return {"z": s.z, "n": s.n, "h_prev": s.h_prev, "r": s.r, "m": s.m}


GRU = Cell(
    "gru",
    "GRU",
    ("r", "z", "n"),
    ("h",),
    forward,
    backward,
    terms=terms,
    sigmoids=("r", "z"),
    biases=("b_hn",),
    through={"n": "r"},
    carry=Carry("h", keep="z", write="1 − z"),
    equation=(
        "n = tanh(W_xn x_t + b_n + r ⊙ m),  m = W_hn h_{t−1} + b_hn",
        "r = {r},  m = {m},  n = {n}",
        "h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}",
        "= (1 − {z}) · {n} + {z} · {h_prev} = {h}",
    ),
)
