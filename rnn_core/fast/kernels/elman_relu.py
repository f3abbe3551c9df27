"""The kernel of the Elman network with ReLU; cells/elman_relu.py is what it computes."""

import numpy as np

from rnn_core.cells import RNN_RELU
from rnn_core.fast.kernels.elman import backward
from rnn_core.fast.kernels.kernel import ZERO, Kernel


def forward(a: np.ndarray, h: np.ndarray) -> None:
    """h = max(0, a)."""
    np.maximum(a, ZERO, out=h)


def derivatives(h: np.ndarray, da: np.ndarray) -> None:
    """ReLU′(a) is 1 where the unit is on, else 0."""
    np.greater(h, ZERO, da)


ELMAN_RELU = Kernel(RNN_RELU, forward, derivatives, backward)
