"""A residual recurrent cell: the state is added to, never replaced, so nothing shrinks the gradient on its way back.

The recurrent form of He et al., "Deep residual learning", arXiv:1512.03385 (2015).

    h_t = h_{t−1} + tanh(W_xh x_t + W_hh h_{t−1} + b_h)
"""

import numpy as np
from numpy import add, tanh

from rnn_core.fast.kernels.cell import ONE, Cell
from rnn_core.fast.kernels.rnn import terms


def forward(a: np.ndarray, h_prev: np.ndarray, h: np.ndarray) -> None:
    """h = h_prev + tanh(a)."""
    tanh(a, a)
    add(h_prev, a, h)


def slopes(a: np.ndarray, da: np.ndarray) -> None:
    """tanh′(a) = 1 − tanh²(a)."""
    a = a.copy()
    a *= a
    da[...] = ONE - a


def backward(dh: np.ndarray, dh_later: np.ndarray, da: np.ndarray, dh_prev: np.ndarray) -> None:
    """∂L/∂a, and the way back around the product."""
    dh += dh_later
    da *= dh
    dh_prev[...] = dh


RESIDUAL = Cell(
    "residual",
    "Residual",
    ("h",),
    ("h",),
    forward,
    slopes,
    backward,
    around=("h",),
    bounded=False,
    flat_at=(),
    equation=(
        "h_t = h_{t−1} + tanh(W_xh x_t + W_hh h_{t−1} + b_h)",
        "= {h_prev} + tanh({from_x} + {from_h} + {b_h}) = {h}",
    ),
    terms=lambda params, s: {"h_prev": s.h_prev, **terms(params, s)},
)
