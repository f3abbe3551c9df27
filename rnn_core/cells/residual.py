"""A residual recurrent cell: the state is added to, never replaced, so nothing shrinks the gradient on its way back.

The recurrent form of He et al., "Deep residual learning", arXiv:1512.03385 (2015).

    h_t = h_{t−1} + tanh(W_xh x_t + W_hh h_{t−1} + b_h)
"""

import numpy as np

from rnn_core.cells.cell import Cell, Step
from rnn_core.cells.rnn import terms


def forward(s: Step) -> None:
    """h = h_prev + tanh(a)."""
    np.tanh(s.a, out=s.a)
    np.add(s.h_prev, s.a, out=s.h)


def slopes(s: Step, d: Step) -> None:
    """tanh′(a) = 1 − tanh²(a)."""
    np.multiply(s.a, s.a, out=d.da)
    np.subtract(1, d.da, out=d.da)


def backward(s: Step, d: Step) -> None:
    """∂L/∂a, and the way back around the cell."""
    d.da *= d.dh
    d.dh_prev += d.dh


RESIDUAL = Cell(
    "residual",
    "Residual",
    ("h",),
    ("h",),
    forward,
    slopes,
    backward,
    bounded=False,
    flat_at=(),
    equation=(
        "h_t = h_{t−1} + tanh(W_xh x_t + W_hh h_{t−1} + b_h)",
        "= {h_prev} + tanh({from_x} + {from_h} + {b_h}) = {h}",
    ),
    terms=lambda params, s: {"h_prev": s.h_prev, **terms(params, s)},
)
