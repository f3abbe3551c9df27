"""How far a state reaches: products of the Jacobians of time steps, their norms and singular values.

Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), equation 5; Engelken, Wolf & Abbott, arXiv:2006.02427 (2020), for the
whole spectrum of such a product:

    ∂state_t/∂state_s = J_t J_{t−1} ⋯ J_{s+1}

Of an LSTM, whose state is (h, c), ∂h_t/∂h_s is the block of that product which joins h_s to h_t: c_s is held still, and
all paths in between count, those through c too.

Products are kept as a matrix of numbers near 1 and a power of 2, so that neither 400 steps nor 4,000 leave the range of
float64. Within one product float64 ends near H · 2e-16 of the largest singular value: what is below is rounding error.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnn_core.analysis.exact import whole_number
from rnn_core.analysis.jacobian import jacobians
from rnn_core.trainer import Trainer

SMALLEST, LARGEST = 5e-324, float(np.finfo(np.float64).max)
LOG2 = np.log10(2)


class Scaled(NamedTuple):
    """Numbers as value · 2^exponent; the two broadcast."""

    value: np.ndarray
    exponent: np.ndarray

    @property
    def log10(self) -> np.ndarray:
        """−inf for exactly 0."""
        with np.errstate(divide="ignore"):
            return np.log10(self.value) + self.exponent * LOG2

    @property
    def float64(self) -> np.ndarray:
        """What float64 cannot hold is set to its ends, 5e-324 and 1.8e308; 0 is exactly 0."""
        with np.errstate(over="ignore", under="ignore"):
            result = np.ldexp(self.value, self.exponent)
        return np.where(self.value > 0, np.clip(result, SMALLEST, LARGEST), result)


def influence(trainer: Trainer, sequence: int = 0) -> np.ndarray:
    """‖∂h_t/∂h_s‖₂ of a held-out sequence for s ≤ t from state 0 -> (T+1, T+1), row t, column s; NaN for s > t.

    Of the top layer, as jacobians. A norm outside of float64 is set to its ends, 5e-324 and 1.8e308; log10_influence
    has it as it is. Raises ValueError as jacobians.
    """
    return norms_between(jacobians(trainer, sequence), trainer.network.H).float64


def log10_influence(trainer: Trainer, sequence: int = 0) -> np.ndarray:
    """log10 ‖∂h_t/∂h_s‖₂, as influence, and −inf for exactly 0."""
    return norms_between(jacobians(trainer, sequence), trainer.network.H).log10


def singular_values(trainer: Trainer, sequence: int, s: int, t: int) -> np.ndarray:
    """The singular values of ∂h_t/∂h_s of a held-out sequence, 0 ≤ s ≤ t ≤ T -> (H,), largest first.

    Of the top layer. Those below some H · 2e-16 of the largest are rounding error. Raises ValueError as jacobians, and
    for steps that are not there.
    """
    J, H = jacobians(trainer, sequence), trainer.network.H
    s = whole_number("s", s, 0, len(J))
    t = whole_number("t", t, s, len(J))
    *_, result = products_from_the_end(J[s:t], np.eye(J.shape[1])[:H])
    return values_of(result._replace(value=result.value[:, :H])).float64


class Fan(NamedTuple):
    """Of ∂h_T/∂h_t for t = 0 … T: log10 of its singular values (T+1,H), largest first; their first column is log10 of
    its norm. log10_bound (T+1,): what the norm cannot exceed, Π ‖J_τ‖₂ over τ = t+1 … T.
    """

    log10_values: np.ndarray
    log10_bound: np.ndarray

    @property
    def log10_norm(self) -> np.ndarray:
        """log10 ‖∂h_T/∂h_t‖₂, (T+1,)."""
        return self.log10_values[:, 0]

    @property
    def log10_floor(self) -> np.ndarray:
        """Where float64 ends, (T+1,): a singular value below is rounding error."""
        return self.log10_norm + np.log10(self.log10_values.shape[1] * np.finfo(np.float64).eps)


def singular_value_fan(trainer: Trainer, sequence: int = 0) -> Fan:
    """The singular values of ∂h_T/∂h_t of a held-out sequence for every t, and a bound. Raises ValueError as jacobians.

    The bound is that of arXiv:1211.5063, section 2.1, with the Jacobians' own norms; of an LSTM theirs of (h, c).
    """
    J, H = jacobians(trainer, sequence), trainer.network.H
    result = list(products_from_the_end(J, np.eye(J.shape[1])[:H]))[::-1]
    products = Scaled(np.stack([p.value[:, :H] for p in result]), np.stack([p.exponent for p in result]))
    with np.errstate(divide="ignore"):
        return Fan(values_of(products).log10, summed_from_the_end(np.log10(np.linalg.norm(J, 2, axis=(1, 2)))))


def summed_from_the_end(each: np.ndarray) -> np.ndarray:
    """Σ each[t:] for t = 0 … T -> (T+1,); the last is 0."""
    return np.append(each[::-1].cumsum()[::-1], 0.0)


def rescaled(scaled: Scaled) -> Scaled:
    """The same matrices (…,R,C) with the largest number of each between ½ and 1; exact, as powers of 2 are."""
    _, exponent = np.frexp(np.abs(scaled.value).max(axis=(-2, -1)))
    exponent = exponent.clip(-1000, 1000)  # 2^1024 is beyond float64
    return Scaled(scaled.value * np.ldexp(1.0, -exponent)[..., None, None], scaled.exponent + exponent)


def products_from_the_end(J: np.ndarray, rows: np.ndarray) -> Iterator[Scaled]:
    """rows · ∂state_T/∂state_t for t = T … 0, (R, S·H) each, of J (T, S·H, S·H) and rows (R, S·H)."""
    result = Scaled(rows, np.array(0))
    yield result
    for step in J[::-1]:
        result = rescaled(Scaled(result.value @ step, result.exponent))
        yield result


def values_of(matrices: Scaled) -> Scaled:
    """The singular values of matrices (…,H,H) -> (…,H), largest first."""
    return Scaled(np.linalg.svd(matrices.value, compute_uv=False), matrices.exponent[..., None])


def norms_between(J: np.ndarray, H: int) -> Scaled:
    """‖∂h_t/∂h_s‖₂ for all pairs s ≤ t of J (T, S·H, S·H) -> (T+1, T+1), row t, column s; NaN above.

    Lag by lag, all t at once: ∂h_t/∂state_{t−lag} = ∂h_t/∂state_{t−lag+1} J_{t−lag+1}.
    """
    T = len(J)
    result, exponents = np.full((T + 1, T + 1), np.nan), np.zeros((T + 1, T + 1), int)
    np.fill_diagonal(result, 1.0)
    at = Scaled(np.broadcast_to(np.eye(J.shape[1])[:H], (T + 1, H, J.shape[1])), np.zeros(T + 1, int))
    for lag in range(1, T + 1):
        at = rescaled(Scaled(at.value[1:] @ J[: T + 1 - lag], at.exponent[1:]))
        t = np.arange(lag, T + 1)
        result[t, t - lag], exponents[t, t - lag] = np.linalg.norm(at.value[..., :H], 2, axis=(1, 2)), at.exponent
    return Scaled(result, exponents)
