"""The GRU's kernel; cells/gru.py is what it computes."""

from numpy import multiply, subtract, tanh
from numpy import ndarray as Array

from rnn_core.cells import GRU as CELL
from rnn_core.fast.kernels.kernel import HALF, ONE, Kernel, packed


def forward(rz: Array, r: Array, z: Array, m: Array, n: Array, h_prev: Array, h: Array) -> None:
    """The gates in place of a (blocks n, r, z, m), then h."""
    tanh(rz, rz)  # rows r and z were halved, see Kernel.gains
    rz *= HALF
    rz += HALF
    multiply(r, m, h)  # h is free until its own lines
    n += h
    tanh(n, n)
    subtract(h_prev, n, h)
    h *= z
    h += n


def derivatives(
    n: Array, r: Array, z: Array, m: Array, h_prev: Array, dn: Array, dr: Array, dz: Array, dm: Array, dh_prev: Array
) -> None:
    """What ∂L/∂h will be multiplied by, for n, r, z, m and h_prev."""
    n, r, z, m, h_prev = packed(n, r, z, m, h_prev)
    dn[...] = through_n = (ONE - z) * (ONE - n * n)
    dm[...] = through_m = through_n * r
    dr[...] = through_m * m * (ONE - r)
    dz[...] = (h_prev - n) * z * (ONE - z)
    dh_prev[...] = z


def backward(dh: Array, dh_next: Array, dblocks: Array) -> None:
    """∂L/∂h gathers what z let through at step t+1; then all five, h_{t−1} and the gates, in one call."""
    dh += dh_next
    dblocks *= dh


GRU = Kernel(
    CELL,
    forward,
    derivatives,
    backward,
    bypass=("h",),
    blocks=("n", "r", "z", "m"),
    enters={"W_hh": ("r", "z", "m"), "b_hn": ("m",)},
    spans={"rz": (1, 3, 0)},
)
