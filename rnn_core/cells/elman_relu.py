"""The Elman network with ReLU in place of tanh: an active unit has derivative 1, and h is unbounded.

Le, Jaitly & Hinton, "A simple way to initialize recurrent networks of rectified linear units", arXiv:1504.00941 (2015).

    a_t = W_xh x_t + W_hh h_{t−1} + b_h          h_t = max(0, a_t)
"""

from dataclasses import replace

import numpy as np

from rnn_core import words
from rnn_core.cells.cell import Params, State
from rnn_core.cells.elman import RNN, Step


def forward(p: Params, x: np.ndarray, state: State) -> tuple[State, Step]:
    """One time step: x (D,B), state (h_{t−1},) -> (h_t,) and what was computed."""
    (h_prev,) = state
    h = np.maximum(0, p["W_xh"] @ x + p["W_hh"] @ h_prev + p["b_h"][:, None])
    return (h,), Step(x, h_prev, h)


def backward(p: Params, step: Step, dstate: State) -> tuple[Params, np.ndarray, State]:
    """Backward: (∂L/∂h_t,) -> ∂L/∂p, ∂L/∂x_t, (∂L/∂h_{t−1},)."""
    (dh,) = dstate
    da = dh * (step.h > 0)  # ReLU′(a), 0 at the kink as PyTorch has it
    grads = {"W_xh": da @ step.x.T, "W_hh": da @ step.h_prev.T, "b_h": da.sum(axis=1)}
    return grads, p["W_xh"].T @ da, (p["W_hh"].T @ da,)


RNN_RELU = replace(
    RNN,
    name="rnn-relu",
    title=words.t("Simple RNN (ReLU)"),
    forward=forward,
    backward=backward,
    bounded=False,
    flat_at=(0.0,),
    equation=("h_t = max(0, W_xh x_t + W_hh h_{t−1} + b_h)", "= max(0, {from_x} + {from_h} + {b_h}) = {h}"),
)
