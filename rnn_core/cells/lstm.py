"""Long short-term memory with a forget gate.

Hochreiter & Schmidhuber, Neural Computation 9 (1997); the forget gate from Gers, Schmidhuber & Cummins (2000). Gates in
PyTorch's order i, f, g, o.

    i, f, o = σ(a_i), σ(a_f), σ(a_o)      g = tanh(a_g)
    c_t = f ⊙ c_{t−1} + i ⊙ g             h_t = o ⊙ tanh(c_t)
"""

import numpy as np

from rnn_core.cells.cell import Cell, Params, Step

HALF = np.array(0.5, np.float32)  # a 0-d array: a third of the cost of a Python number on a small array


def forward(s: Step) -> None:
    """The gates in place of a (halved rows, see Cell.gain), then c and h."""
    np.tanh(s.a, out=s.a)
    for gates in (s.i_f, s.o):
        gates *= HALF  # σ(a) = ½ tanh(a/2) + ½
        gates += HALF
    np.multiply(s.f, s.c_prev, out=s.c)
    s.c += s.i * s.g
    np.tanh(s.c, out=s.tanh_c)
    np.multiply(s.o, s.tanh_c, out=s.h)


def slopes(s: Step, d: Step) -> None:
    """What ∂L/∂c (for i, f, g) and ∂L/∂h (for o, and for c through tanh) will be multiplied by."""
    np.multiply(s.g, s.i * (1 - s.i), out=d.di)
    np.multiply(s.c_prev, s.f * (1 - s.f), out=d.df)
    np.multiply(s.i, 1 - s.g * s.g, out=d.dg)
    np.multiply(s.tanh_c, s.o * (1 - s.o), out=d.do)
    np.multiply(s.o, 1 - s.tanh_c * s.tanh_c, out=d.dtanh_c)


def backward(s: Step, d: Step) -> None:
    """∂L/∂c gathers what comes through h and what comes from step t+1; then the gates, then c_{t−1}."""
    d.dtanh_c *= d.dh
    d.dc += d.dtanh_c
    d.do *= d.dh
    d.di *= d.dc  # three calls: one that broadcasts costs as much as four
    d.df *= d.dc
    d.dg *= d.dc
    d.dc_prev += d.dc * s.f


def terms(params: Params, s: Step) -> dict[str, np.ndarray]:
    """The numbers in the equations for every step and unit, each (T,H)."""
    return {"i": s.i, "f": s.f, "g": s.g, "o": s.o, "c_prev": s.c_prev, "c": s.c}


LSTM = Cell(
    "lstm",
    "LSTM",
    ("i", "f", "g", "o"),
    ("h", "c"),
    forward,
    slopes,
    backward,
    terms=terms,
    blocks=("i", "f", "g", "o"),
    gain=(0.5, 0.5, 1.0, 0.5),
    spans={"i_f": (0, 2)},
    records=("tanh_c",),
    equation=(
        "c_t = f ⊙ c_{t−1} + i ⊙ g",
        "= {f} · {c_prev} + {i} · {g} = {c}",
        "h_t = o ⊙ tanh(c_t)",
        "= {o} · tanh({c}) = {h}",
    ),
)
