"""What W_hh alone says of gradients: eigenvalues, spectral radius, norm, and the textbook's bound on a product.

Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), section 2.1: σ_max(W_hh) · max|tanh′| < 1 suffices for gradients to
vanish; above 1 they may explode and need not. The spectral radius alone decides neither.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from rnn_core.analysis.exact import held_out, held_out_sequence, top_layer
from rnn_core.analysis.products import summed_from_the_end
from rnn_core.cells import Cell
from rnn_core.network import DECODER, key
from rnn_core.registry import short
from rnn_core.trainer import Trainer


class Spectrum(NamedTuple):
    """Of one gate's block of W_hh (H,H): its eigenvalues (H,), complex, largest first, and σ_max, ‖W_hh‖₂."""

    eigenvalues: np.ndarray
    norm: float

    @property
    def spectral_radius(self) -> float:
        """The largest |eigenvalue|."""
        return float(np.abs(self.eigenvalues).max())


class Spectra(NamedTuple):
    """The Spectrum of every gate's block of W_hh by the gate's name, now and at the start of the run."""

    now: dict[str, Spectrum]
    start: dict[str, Spectrum]


def spectra(trainer: Trainer, stack: str = "") -> Spectra:
    """Of the top layer's W_hh, in float64. stack: "decoder_" for a decoder's, "" for any other.

    The start is made anew from the run's Config and its seed. Raises ValueError in one sentence for what is no Trainer,
    a stack that it does not have, and weights that are not finite.
    """
    exact = held_out(trainer)
    stacks = ("", DECODER)[: 1 + exact.network.decoder]
    if stack not in stacks:
        raise ValueError(f"stack is {short(stack)}; it must be one of {', '.join(map(repr, stacks))}")
    name, cell = key(stack, "W_hh", exact.network.layers - 1), exact.network.cell
    start = Trainer(trainer.config, trainer.task, plain=True).params[name].astype(np.float64)
    return Spectra(spectra_of(cell, exact.params[name]), spectra_of(cell, start))


def spectra_of(cell: Cell, W_hh: np.ndarray) -> dict[str, Spectrum]:
    """The Spectrum of every gate's block of H rows of W_hh (G·H, H)."""
    result = {}
    for gate, block in zip(cell.gates, W_hh.reshape(len(cell.gates), -1, W_hh.shape[1]), strict=True):
        values = np.linalg.eigvals(block).astype(complex)
        result[gate] = Spectrum(values[np.argsort(-np.abs(values), kind="stable")], float(np.linalg.norm(block, 2)))
    return result


def log10_power_norms(W: np.ndarray, K: int) -> np.ndarray:
    """log10 ‖Wᵏ‖₂ of a matrix W (H,H) for k = 0 … K -> (K+1,)."""
    powers = [np.eye(len(W))]
    for _ in range(K):
        powers.append(powers[-1] @ W)
    return np.log10([np.linalg.norm(power, 2) for power in powers])


def log10_textbook_bound(trainer: Trainer, sequence: int = 0) -> np.ndarray:
    """log10 of a bound on ‖∂h_T/∂h_t‖₂ of a held-out sequence for t = 0 … T, from W_hh and the units' slopes -> (T+1,).

    For tanh Π σ_max(W_hh) · max|1 − h_τ²| over τ = t+1 … T; of the top layer. It is never below the bound that has the
    Jacobians' own norms (Fan.log10_bound). Raises ValueError as jacobians, and for a cell that is not in BOUNDS.
    """
    exact = held_out_sequence(trainer, sequence)
    cell = exact.network.cell
    if cell.name not in BOUNDS:
        raise ValueError(f"cell is {cell.name}, for which there is no textbook bound; it must be {', '.join(BOUNDS)}")
    each = []
    for part in top_layer(exact, exact.forward()):
        sigma = float(np.linalg.norm(part.tape.p["W_hh"], 2))
        each += [BOUNDS[cell.name](sigma, step) if t < part.steps[0] else 1.0 for t, step in enumerate(part.tape.steps)]
    with np.errstate(divide="ignore"):
        return summed_from_the_end(np.log10(each))


def slopes_times_norm(sigma: float, step: Any) -> float:
    """‖diag(1 − h²) W_hh‖ ≤ max|1 − h²| · σ_max."""
    return sigma * float(np.abs(1 - step.h**2).max())


def active_times_norm(sigma: float, step: Any) -> float:
    """‖diag(h > 0) W_hh‖ ≤ σ_max, or 0 where no unit is active."""
    return sigma * bool((step.h > 0).any())


def one_and_slopes_times_norm(sigma: float, step: Any) -> float:
    """‖I + diag(1 − tanh²(a)) W_hh‖ ≤ 1 + max|1 − tanh²(a)| · σ_max."""
    return 1 + sigma * float(np.abs(1 - step.tanh_a**2).max())


# By cell: σ_max(W_hh) and a Step of one sequence -> a bound on ‖∂h_t/∂h_{t−1}‖₂.
BOUNDS: Mapping[str, Callable[[float, Any], float]] = {
    "rnn": slopes_times_norm,
    "rnn-relu": active_times_norm,
    "residual": one_and_slopes_times_norm,
}
