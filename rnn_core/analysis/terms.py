"""Why ∂L/∂W_hh does not vanish where gradients do: it is a sum over time steps, and only the early terms vanish.

Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), equations 3 and 4: with L = Σ_τ L_τ

    ∂L/∂W_hh = Σ_τ Σ_{t ≤ τ} G_{t,τ}        G_{t,τ}: what the loss at step τ adds to W_hh at its use in step t

Here these terms are summed in two ways: by t, over all τ, and by the lag τ − t, counted on the axis of time: the steps
for which a short sequence waits for the decoder count, too.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_core.analysis.exact import Exact, Part, held_out_sequence, last_batch, top_layer, whole_number
from rnn_core.analysis.jacobian import side_by_side
from rnn_core.analysis.products import LOG2
from rnn_core.trainer import Trainer

Columns = list[np.ndarray]  # one (H,N) for every name in cell.states


class GradientTerms(NamedTuple):
    """∂L/∂W_hh of the top layer and its terms; G gates, T steps. Two matrices, W_hh and decoder_W_hh, where there is an
    encoder.

    total: (G·H, H) by name. weights (T,): the name of the matrix that step t uses. by_step (T, G·H, H): G_t = Σ_τ
    G_{t,τ}. by_lag: (T, G·H, H) by name, Σ_τ G_{τ−lag,τ} for lag = 0 … T−1; both add up to total.
    log10_by_step, log10_by_lag (T,), log10_total: log10 of their norms, over both matrices; −inf for exactly 0.
    by_step has 0 where a number is below 5e-324, the end of float64; log10_by_lag reaches further.
    """

    total: dict[str, np.ndarray]
    weights: tuple[str, ...]
    by_step: np.ndarray
    by_lag: dict[str, np.ndarray]
    log10_by_step: np.ndarray
    log10_by_lag: np.ndarray
    log10_total: float


def gradient_terms(trainer: Trainer, sequence: int | None = None, window: int | None = None) -> GradientTerms:
    """The terms of ∂L/∂W_hh, L the loss of the last Snapshot's batch or, with `sequence`, of one held-out sequence.

    window: of truncated BPTT, 0 for none; None: the run's own. Raises ValueError in one sentence for what is no
    Trainer, no such sequence, one without a target, and numbers that are not finite.
    """
    exact = last_batch(trainer) if sequence is None else held_out_sequence(trainer, sequence)
    window = exact.network.window if window is None else whole_number("window", window, 0, 1000)
    trace, loss, grads = exact.backward(window)
    parts = top_layer(exact, trace)
    by_step = np.concatenate([flows[-1].W_hh_shares() for flows in trace.flows])
    by_lag, exponents = terms_by_lag(exact, parts, exact.params["W_hy"].T @ loss.dy, window)
    lags = np.concatenate([terms.reshape(len(by_step), -1) for terms in by_lag.values()], axis=1)
    with np.errstate(all="ignore"):
        unscaled = {name: np.ldexp(terms, exponents[:, None, None]) for name, terms in by_lag.items()}
    total = {part.W_hh: grads[part.W_hh] for part in parts}
    return GradientTerms(
        total=total,
        weights=tuple(part.W_hh for part in parts for _ in part.tape.steps),
        by_step=by_step,
        by_lag=unscaled,
        log10_by_step=log10_norm(by_step.reshape(len(by_step), -1), axis=1),
        log10_by_lag=log10_norm(lags, axis=1) + LOG2 * exponents,
        log10_total=float(log10_norm(np.concatenate([g.ravel() for g in total.values()]), axis=0)),
    )


def terms_by_lag(
    exact: Exact, parts: Sequence[Part], dh: np.ndarray, window: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Σ_τ G_{τ−lag,τ} by the name of the matrix, (T, G·H, H) each, to be multiplied by 2^exponents (T,).

    dh (T,H,B): ∂L_τ/∂h_τ. The loss of every step walks back by itself, all of them side by side: after `lag` steps back
    the columns are ∂L_τ/∂state_{τ−lag} for τ = lag … T−1, and cell.backward sums their shares.
    """
    T, H, B = dh.shape
    result = {part.W_hh: np.zeros((T, *part.tape.p["W_hh"].shape)) for part in parts}
    exponents = np.zeros(T, int)
    stretches = [(part, side_by_side(part.tape), waiting(part)) for part in parts]
    dstate = [dh.swapaxes(0, 1).reshape(H, T * B)]
    dstate += [np.zeros((H, T * B)) for _ in exact.network.cell.states[1:]]
    for lag in range(T):
        before, first = [], 0
        for part, step, waits in stretches:
            own = [d[:, first : first + len(waits)] for d in dstate]
            share, prev = back(part, step, waits, own)
            result[part.W_hh][lag] += share
            before.append(prev)
            first += len(waits)
        dstate = [np.concatenate(arrays, axis=1)[:, B:] for arrays in zip(*before, strict=True)]
        if lag + 1 < T:
            cut(dstate, window, B)
            exponents[lag + 1] = exponents[lag] + shrink(dstate)
    return result, exponents


def back(part: Part, step: Any, waits: np.ndarray, dstate: Columns) -> tuple[np.ndarray, Columns]:
    """One step back of columns (H,N), the first N of a Step's -> their share of ∂L/∂W_hh, and ∂L/∂(state before)."""
    N, cell = dstate[0].shape[1], part.tape.cell
    columns = type(step)(*(array[:, :N] for array in step))
    grads, _, prev = cell.backward(part.tape.p, columns, [d * ~waits[:N] for d in dstate])
    return grads["W_hh"], [p + d * waits[:N] for p, d in zip(prev, dstate, strict=True)]


def waiting(part: Part) -> np.ndarray:
    """At which of a Part's columns, T·B of them, t by t, the state waits, because the sequence has ended."""
    return (np.arange(len(part.tape.steps))[:, None] >= part.steps).ravel()


def cut(dstate: Columns, window: int, B: int) -> None:
    """Set to 0 what truncated BPTT does not pass on to step t = 0, 1, …, B columns each."""
    if window:
        ends = (np.arange(1, 1 + dstate[0].shape[1] // B) % window == 0).repeat(B)
        for d in dstate:
            d[:, ends] = 0


def shrink(dstate: Columns) -> int:
    """Divide by a power of 2, in place, so that the largest number is near 1 -> its exponent."""
    exponent = int(np.frexp(max(np.abs(d).max() for d in dstate))[1].clip(-1000, 1000))
    for d in dstate:
        d *= np.ldexp(1.0, -exponent)
    return exponent


def log10_norm(a: np.ndarray, axis: int) -> np.ndarray:
    """log10 ‖a‖ along an axis; by the largest number first, whose square may be too small or too large for float64."""
    largest = np.abs(a).max(axis=axis, keepdims=True)
    with np.errstate(divide="ignore"):
        of_ones = np.sqrt(np.square(a / np.where(largest, largest, 1)).sum(axis=axis))
        return np.log10(largest.squeeze(axis)) + np.log10(np.where(of_ones, of_ones, 1))
