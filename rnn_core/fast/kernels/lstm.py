"""The LSTM's kernel; cells/lstm.py is what it computes."""

from numpy import add, multiply, subtract, tanh
from numpy import ndarray as Array

from rnn_core.cells import LSTM as CELL
from rnn_core.fast.kernels.kernel import HALF, ONE, Kernel, packed


def forward(
    a: Array, o_f_i: Array, c_prev_g: Array, f_i: Array, c_ig: Array, c: Array, ig: Array, tanh_c: Array, o: Array,
    h: Array
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
    g: Array, o: Array, f: Array, i: Array, c_prev: Array, tanh_c: Array, h: Array, dg: Array, do: Array, df: Array,
    di: Array, dtanh_c: Array
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
    dh: Array, dtanh_c: Array, dc_next: Array, dc: Array, do_f: Array, dstates: Array, di: Array, dg: Array,
    f: Array, dc_prev: Array
) -> None:
    """∂L/∂c gathers what comes through h and what comes from step t+1; then the gates, then c_{t−1}."""
    multiply(dtanh_c, dh, dtanh_c)
    add(dtanh_c, dc_next, dc)
    multiply(do_f, dstates, do_f)  # ∂L/∂h for o and ∂L/∂c for f, which stand side by side
    multiply(di, dc, di)  # three calls: one that broadcasts costs as much as four
    multiply(dg, dc, dg)
    multiply(f, dc, dc_prev)


LSTM = Kernel(
    CELL,
    forward,
    derivatives,
    backward,
    bypass=("c",),
    blocks=("g", "o", "f", "i"),  # what is handled in one go stands together
    spans={
        "o_f_i": (1, 4, 0),
        "o_f": (1, 3, 0),
        "f_i": (2, 4, 0),
        "c_prev_g": (-1, 1, 0),
        "c_ig": (-1, 1, 1),
        "ig": (0, 1, 1),
    },
    records=("tanh_c",),
)
