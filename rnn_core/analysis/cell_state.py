"""How far an LSTM's cell state reaches: along the direct path through its forget gates, and in all.

Hochreiter & Schmidhuber, Neural Computation 9 (1997); Gers, Schmidhuber & Cummins, Neural Computation 12 (2000):

    direct path    Π f_τ over τ = t+1 … T, from c_τ = f_τ ⊙ c_{τ−1} + i_τ ⊙ g_τ with the gates held still
    in all         ∂c_T/∂c_t, in which c_τ moves h_τ, and h_τ the gates of step τ+1
"""

from typing import NamedTuple

import numpy as np

from rnn_core.analysis.exact import held_out_sequence, top_layer
from rnn_core.analysis.jacobian import jacobians
from rnn_core.analysis.products import Scaled, products_from_the_end, values_of
from rnn_core.trainer import Trainer


class CellStatePaths(NamedTuple):
    """log10, for t = 0 … T, −inf for exactly 0. direct (T+1,H): Π f of every unit; whole (T+1,): ‖∂c_T/∂c_t‖₂; rest
    (T+1,): ‖∂c_T/∂c_t − diag(Π f)‖₂, all paths but the direct one.
    """

    direct: np.ndarray
    whole: np.ndarray
    rest: np.ndarray

    @property
    def direct_norm(self) -> np.ndarray:
        """log10 ‖diag(Π f)‖₂ = log10 max Π f, (T+1,)."""
        return self.direct.max(axis=1)


def cell_state_paths(trainer: Trainer, sequence: int = 0) -> CellStatePaths:
    """∂c_T/∂c_t of a held-out sequence, split into direct path and rest; of the top layer, h_t being held still.

    Raises ValueError as jacobians, and for a cell without c and a forget gate.
    """
    J = jacobians(trainer, sequence)
    exact = held_out_sequence(trainer, sequence)
    cell, H = exact.network.cell, exact.network.H
    if "c" not in cell.states or "f" not in cell.gates:
        raise ValueError(f"cell is {cell.name}, which has no cell state c; it must be one that has, as lstm")
    f = np.concatenate([
        np.where(np.arange(len(part.tape.steps))[:, None] < part.steps[0], part.tape["f"][..., 0], 1.0)
        for part in top_layer(exact, exact.forward())
    ])  # fmt: skip
    rows = slice(H * cell.states.index("c"), H * (cell.states.index("c") + 1))
    products = list(products_from_the_end(J, np.eye(J.shape[1])[rows]))[::-1]
    direct = direct_paths(f)
    path = np.ldexp(direct.value, direct.exponent - np.array([[p.exponent] for p in products]))
    whole = Scaled(np.stack([p.value[:, rows] for p in products]), np.array([p.exponent for p in products]))
    rest = whole._replace(value=whole.value - path[..., None] * np.eye(H))
    return CellStatePaths(direct.log10, *(values_of(part).log10[:, 0] for part in (whole, rest)))


def direct_paths(f: np.ndarray) -> Scaled:
    """Π f_τ over τ = t+1 … T for t = 0 … T, of f (T,H) -> (T+1,H)."""
    result = [(np.ones(f.shape[1]), np.zeros(f.shape[1], int))]
    for f_t in f[::-1]:
        value, exponent = np.frexp(result[-1][0] * f_t)
        result.append((value, result[-1][1] + exponent))
    return Scaled(*map(np.stack, zip(*result[::-1], strict=True)))
