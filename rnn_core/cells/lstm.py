"""Long short-term memory with a forget gate.

Hochreiter & Schmidhuber, Neural Computation 9 (1997); the forget gate from Gers, Schmidhuber & Cummins (2000). Gates in
PyTorch's order i, f, g, o: a = W_xh x_t + W_hh h_{t−1} + b_h has four blocks of H rows.

    i, f, o = σ(a_i), σ(a_f), σ(a_o)      g = tanh(a_g)
    c_t = f ⊙ c_{t−1} + i ⊙ g             h_t = o ⊙ tanh(c_t)
"""

from typing import Any, NamedTuple

import numpy as np
from numpy import tanh

from rnn_core.cells.cell import Carry, Cell, Params, State, sigmoid


class Step(NamedTuple):
    """x (D,B); all others (H,B)."""

    x: np.ndarray
    h_prev: np.ndarray
    c_prev: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    h: np.ndarray


def forward(p: Params, x: np.ndarray, state: State) -> tuple[State, Step]:
    """One time step: x (D,B), state (h_{t−1}, c_{t−1}) -> (h_t, c_t) and what was computed."""
    h_prev, c_prev = state
    a = p["W_xh"] @ x + p["W_hh"] @ h_prev + p["b_h"][:, None]
    a_i, a_f, a_g, a_o = np.split(a, 4)
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
    g = tanh(a_g)
    c = f * c_prev + i * g
    h = o * tanh(c)
    return (h, c), Step(x, h_prev, c_prev, i, f, g, o, c, h)


def total(step: Step, dstate: State) -> State:
    """(∂L/∂h_t, ∂L/∂c_t), the latter with its part through h_t added to that from step t+1."""
    dh, dc = dstate
    return dh, dc + dh * step.o * (1 - tanh(step.c) ** 2)


def backward(p: Params, step: Step, dstate: State) -> tuple[Params, np.ndarray, State]:
    """Backward: (∂L/∂h_t, ∂L/∂c_t) -> ∂L/∂p, ∂L/∂x_t, (∂L/∂h_{t−1}, ∂L/∂c_{t−1})."""
    x, h_prev, c_prev, i, f, g, o, c, _ = step
    dh, dc = total(step, dstate)
    di, df, dg, do = dc * g, dc * c_prev, dc * i, dh * tanh(c)
    da_i, da_f, da_o = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)
    da_g = dg * (1 - g**2)
    da = np.concatenate([da_i, da_f, da_g, da_o])
    grads = {"W_xh": da @ x.T, "W_hh": da @ h_prev.T, "b_h": da.sum(axis=1)}
    return grads, p["W_xh"].T @ da, (p["W_hh"].T @ da, dc * f)


def terms(p: Params, s: Any) -> dict[str, np.ndarray]:
    """The numbers in the equations for every step and unit, each (T,H)."""
    return {"i": s.i, "f": s.f, "g": s.g, "o": s.o, "c_prev": s.c_prev, "c": s.c}


LSTM = Cell(
    "lstm",
    "LSTM",
    ("i", "f", "g", "o"),
    ("h", "c"),
    forward,
    backward,
    terms=terms,
    total=total,
    sigmoids=("i", "f", "o"),
    carry=Carry("c", keep="f", write="i", read="o"),
    equation=(
        "c_t = f ⊙ c_{t−1} + i ⊙ g",
        "= {f} · {c_prev} + {i} · {g} = {c}",
        "h_t = o ⊙ tanh(c_t)",
        "= {o} · tanh({c}) = {h}",
    ),
)
