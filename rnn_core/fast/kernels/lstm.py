"""The LSTM's kernel; cells/lstm.py is what it computes."""

from functools import cache

import numpy as np
from numpy import add, multiply, subtract, tanh

from rnn_core.cells import LSTM as CELL
from rnn_core.cells import Params
from rnn_core.fast.kernels import kernel
from rnn_core.fast.kernels.kernel import HALF, ONE, Kernel, packed


@cache
def rows(H: int, order: str) -> np.ndarray:
    """The rows that put blocks i, f, g, o (or g, o, f, i) into another order."""
    before = "gofi" if order == "ifgo" else "ifgo"
    return np.concatenate([np.arange(H) + before.index(block) * H for block in order])


def stack(params: Params, W: np.ndarray) -> None:
    """The weights into one matrix (4·H, H+1+D) for the blocks g, o, f, i: what is handled in one go stands together."""
    ifgo = np.empty_like(W)
    kernel.stack(params, ifgo)
    ifgo.take(rows(len(W) // 4, "gofi"), axis=0, out=W, mode="clip")  # in this mode NumPy writes straight into W


def unstack(W: np.ndarray, H: int) -> Params:
    """The inverse of stack."""
    return kernel.unstack(W.take(rows(H, "ifgo"), axis=0), H)


def forward(
    a: np.ndarray,
    o_f_i: np.ndarray,
    c_prev_g: np.ndarray,
    f_i: np.ndarray,
    c_ig: np.ndarray,
    c: np.ndarray,
    ig: np.ndarray,
    tanh_c: np.ndarray,
    o: np.ndarray,
    h: np.ndarray,
) -> None:
    """The gates in place of a (halved rows, see Kernel.gains), then c and h."""
    tanh(a, a)
    multiply(o_f_i, HALF, o_f_i)  # σ(a) = ½ tanh(a/2) + ½
    add(o_f_i, HALF, o_f_i)
    multiply(c_prev_g, f_i, c_ig)  # f ⊙ c_prev and i ⊙ g in one call, the latter into what step t+1 writes over
    add(c, ig, c)
    tanh(c, tanh_c)
    multiply(o, tanh_c, h)


def derivatives(
    g: np.ndarray,
    o: np.ndarray,
    f: np.ndarray,
    i: np.ndarray,
    c_prev: np.ndarray,
    tanh_c: np.ndarray,
    h: np.ndarray,
    dg: np.ndarray,
    do: np.ndarray,
    df: np.ndarray,
    di: np.ndarray,
    dtanh_c: np.ndarray,
) -> None:
    """What ∂L/∂c (for i, f and g) and ∂L/∂h (for o, and for c through tanh) will be multiplied by."""
    g, o, f, i, c_prev, h = packed(g, o, f, i, c_prev, h)
    ig = i * g
    di[...] = ig * (ONE - i)
    df[...] = c_prev * f * (ONE - f)
    dg[...] = i - ig * g
    do[...] = h * (ONE - o)  # h is o tanh(c)
    subtract(o, h * tanh_c, dtanh_c)


def backward(
    dh: np.ndarray,
    dtanh_c: np.ndarray,
    dc_later: np.ndarray,
    dc: np.ndarray,
    do_f: np.ndarray,
    dstates: np.ndarray,
    di: np.ndarray,
    dg: np.ndarray,
    f: np.ndarray,
    dc_prev: np.ndarray,
) -> None:
    """∂L/∂c gathers what comes through h and what comes from step t+1; then the gates, then c_{t−1}."""
    multiply(dtanh_c, dh, dtanh_c)
    add(dtanh_c, dc_later, dc)
    multiply(do_f, dstates, do_f)  # ∂L/∂h for o and ∂L/∂c for f, which stand side by side
    multiply(di, dc, di)  # three calls: one that broadcasts costs as much as four
    multiply(dg, dc, dg)
    multiply(f, dc, dc_prev)


LSTM = Kernel(
    CELL,
    forward,
    derivatives,
    backward,
    around=("c",),
    blocks=("g", "o", "f", "i"),
    spans={
        "o_f_i": (1, 4, 0),
        "o_f": (1, 3, 0),
        "f_i": (2, 4, 0),
        "c_prev_g": (-1, 1, 0),
        "c_ig": (-1, 1, 1),
        "ig": (0, 1, 1),
    },
    stack=stack,
    unstack=unstack,
    records=("tanh_c",),
)
