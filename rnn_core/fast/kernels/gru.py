"""The GRU's kernel; cells/gru.py is what it computes."""

import numpy as np
from numpy import multiply, subtract, tanh
from numpy import ndarray as Array

from rnn_core.cells import GRU as CELL
from rnn_core.cells import Params
from rnn_core.fast.kernels.kernel import HALF, ONE, Kernel, packed


def stack(params: Params, W: np.ndarray) -> None:
    """The weights into one matrix (4·H, H+1+D) for the blocks n, r, z, m: x enters n, r, z; h_{t−1} enters r, z, m."""
    H = params["W_hh"].shape[1]
    W[H:, :H] = params["W_hh"]
    W[H : 3 * H, H], W[:H, H], W[3 * H :, H] = params["b_h"][: 2 * H], params["b_h"][2 * H :], params["b_hn"]
    W[H : 3 * H, H + 1 :], W[:H, H + 1 :] = params["W_xh"][: 2 * H], params["W_xh"][2 * H :]


def unstack(W: np.ndarray, H: int) -> Params:
    """The inverse of stack."""
    W_x = np.concatenate([W[H : 3 * H, H:], W[:H, H:]])
    return {"W_xh": W_x[:, 1:], "W_hh": W[H:, :H], "b_h": W_x[:, 0], "b_hn": W[3 * H :, H]}


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


def backward(dh: np.ndarray, dh_later: np.ndarray, dblocks: np.ndarray) -> None:
    """∂L/∂h gathers what z let through at step t+1; then all five, h_{t−1} and the gates, in one call."""
    dh += dh_later
    dblocks *= dh


GRU = Kernel(
    CELL,
    forward,
    derivatives,
    backward,
    around=("h",),
    blocks=("n", "r", "z", "m"),
    spans={"rz": (1, 3, 0)},
    stack=stack,
    unstack=unstack,
)
