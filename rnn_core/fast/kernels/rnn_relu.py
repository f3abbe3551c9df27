"""The Elman network with ReLU in place of tanh: where a unit is on its slope is 1, and nothing bounds it.

Le, Jaitly & Hinton, "A simple way to initialize recurrent networks of rectified linear units", arXiv:1504.00941 (2015).

    a_t = W_xh x_t + W_hh h_{t−1} + b_h          h_t = max(0, a_t)
"""

from dataclasses import replace

import numpy as np

from rnn_core.fast.kernels.cell import ZERO
from rnn_core.fast.kernels.rnn import RNN


def forward(a: np.ndarray, h: np.ndarray) -> None:
    """h = max(0, a)."""
    np.maximum(a, ZERO, out=h)


def slopes(h: np.ndarray, da: np.ndarray) -> None:
    """ReLU′(a) is 1 where the unit is on, else 0 (0 at the kink, as PyTorch has it)."""
    np.greater(h, ZERO, da)


RNN_RELU = replace(
    RNN,
    name="rnn-relu",
    title="Elman, ReLU",
    forward=forward,
    slopes=slopes,
    bounded=False,
    flat_at=(0.0,),
    equation=("h_t = max(0, W_xh x_t + W_hh h_{t−1} + b_h)", "= max(0, {from_x} + {from_h} + {b_h}) = {h}"),
)
