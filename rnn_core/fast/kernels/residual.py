"""The residual cell's kernel; cells/residual.py is what it computes."""

import numpy as np
from numpy import add, tanh

from rnn_core.cells import RESIDUAL as CELL
from rnn_core.fast.kernels.kernel import ONE, Kernel


def forward(a: np.ndarray, h_prev: np.ndarray, h: np.ndarray) -> None:
    """h = h_prev + tanh(a)."""
    tanh(a, a)
    add(h_prev, a, h)


def derivatives(a: np.ndarray, da: np.ndarray) -> None:
    """tanh′(a) = 1 − tanh²(a)."""
    a = a.copy()
    a *= a
    da[...] = ONE - a


def backward(dh: np.ndarray, dh_next: np.ndarray, da: np.ndarray, dh_prev: np.ndarray) -> None:
    """∂L/∂a, and the way back around the product."""
    dh += dh_next
    da *= dh
    dh_prev[...] = dh


RESIDUAL = Kernel(CELL, forward, derivatives, backward, bypass=("h",))
