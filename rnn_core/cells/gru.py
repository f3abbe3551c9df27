"""The gated recurrent unit, with the reset gate after the product (PyTorch's convention).

Cho et al., arXiv:1406.1078 (2014); this form: torch.nn.GRU's documentation. Gates in PyTorch's order r, z, n.

    r, z = σ(a_r), σ(a_z)      m = W_hn h_{t−1} + b_hn      n = tanh(W_xn x_t + b_n + r ⊙ m)
    h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}
"""

import numpy as np

from rnn_core.cells.cell import Cell, Params, Step
from rnn_core.cells.lstm import HALF


def stack(params: Params) -> np.ndarray:
    """The weights as one matrix (4·H, H+1+D) for the blocks n, r, z, m: x enters n, r, z; h_{t−1} enters r, z, m."""
    W_hh, H = params["W_hh"], params["W_hh"].shape[1]
    W_x = np.concatenate([params["b_h"][:, None], params["W_xh"]], axis=1)
    W = np.zeros((4 * H, H + W_x.shape[1]), W_hh.dtype)
    W[H:, :H] = W_hh
    W[:H, H:], W[H : 3 * H, H:] = W_x[2 * H :], W_x[: 2 * H]
    W[3 * H :, H] = params["b_hn"]
    return W


def unstack(W: np.ndarray, H: int) -> Params:
    """The inverse of stack."""
    W_x = np.concatenate([W[H : 3 * H, H:], W[:H, H:]])
    return {"W_xh": W_x[:, 1:], "W_hh": W[H:, :H], "b_h": W_x[:, 0], "b_hn": W[3 * H :, H]}


def forward(s: Step) -> None:
    """The gates in place of a (blocks n, r, z, m), then h."""
    np.tanh(s.rz, out=s.rz)  # rows r and z were halved, see Cell.gain
    s.rz *= HALF
    s.rz += HALF
    s.n += s.r * s.m
    np.tanh(s.n, out=s.n)
    np.subtract(s.h_prev, s.n, out=s.h)
    s.h *= s.z
    s.h += s.n


def slopes(s: Step, d: Step) -> None:
    """What ∂L/∂h will be multiplied by, for n, r, z and m."""
    np.multiply(1 - s.z, 1 - s.n * s.n, out=d.dn)
    np.multiply(d.dn, s.r, out=d.dm)
    np.multiply(d.dm, s.m * (1 - s.r), out=d.dr)
    np.multiply(s.h_prev - s.n, s.z * (1 - s.z), out=d.dz)


def backward(s: Step, d: Step) -> None:
    """The gates, then the part of h_{t−1} that z lets through."""
    for block in (d.dn, d.dr, d.dz, d.dm):  # four calls: one that broadcasts costs more
        block *= d.dh
    d.dh_prev += d.dh * s.z


def terms(params: Params, s: Step) -> dict[str, np.ndarray]:
    """The numbers in the equation for every step and unit, each (T,H)."""
    return {"z": s.z, "n": s.n, "h_prev": s.h_prev, "r": s.r, "m": s.m}


GRU = Cell(
    "gru",
    "GRU",
    ("r", "z", "n"),
    ("h",),
    forward,
    slopes,
    backward,
    terms=terms,
    blocks=("n", "r", "z", "m"),
    gain=(1.0, 0.5, 0.5, 1.0),
    spans={"rz": (1, 3)},
    biases=("b_hn",),
    through={"n": "r"},
    stack=stack,
    unstack=unstack,
    equation=(
        "n = tanh(W_xn x_t + b_n + r ⊙ m),  m = W_hn h_{t−1} + b_hn",
        "r = {r},  m = {m},  n = {n}",
        "h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}",
        "= (1 − {z}) · {n} + {z} · {h_prev} = {h}",
    ),
)
