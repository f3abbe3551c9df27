"""The Elman network's kernel; cells/elman.py is what it computes."""

import numpy as np
from numpy import tanh

from rnn_core.cells import RNN
from rnn_core.fast.kernels.kernel import ONE, Kernel


def forward(a: np.ndarray, h: np.ndarray) -> None:
    """h = tanh(a)."""
    tanh(a, h)


def derivatives(h: np.ndarray, da: np.ndarray) -> None:
    """tanh′(a) = 1 − h²."""
    h = h.copy()  # without gaps between the steps arithmetic is three times as fast
    h *= h
    da[...] = ONE - h


def backward(dh: np.ndarray, da: np.ndarray) -> None:
    """∂L/∂a = ∂L/∂h ⊙ f′(a)."""
    da *= dh


ELMAN = Kernel(RNN, forward, derivatives, backward)
