"""How far back a network's gradient reaches: the largest lag at which ∂L/∂h_{T−lag} still counts.

With many-to-one tasks it can be read off the bars of ‖∂L/∂h_t‖; where every step answers, each bar has the share of its
own answer in it, so that here L is the error of the last answer alone.
"""

import numpy as np

from rnn_core.analysis.exact import held_out
from rnn_core.analysis.terms import log10_norm
from rnn_core.trainer import Trainer

SHARE = 0.01  # of the largest


def gradient_reach(trainer: Trainer) -> int | None:
    """The largest lag at which ‖∂L/∂h_{T−lag}‖ is at least a hundredth of its largest, as gradient_by_lag has it.

    From 0, nothing before the answer's own step, to T − 1, all of the sequence. None where there is no gradient at all.
    """
    log10 = gradient_by_lag(trainer)
    return int(np.flatnonzero(log10 >= log10.max() + np.log10(SHARE))[-1]) if log10.max() > -np.inf else None


def gradient_by_lag(trainer: Trainer) -> np.ndarray:
    """log10 of the mean of ‖∂L/∂h_{T−lag}‖ over the held-out sequences, for lag = 0 … T−1 -> (T,).

    T is each sequence's last step with a target, L the error of that answer alone, in float64, before clipping; top
    layer, an encoder and its decoder as one path, truncated BPTT as the run has it. The mean is over the sequences that
    are as long; NaN-free: −inf where none is, or where all are exactly 0. Changes nothing of the run. Raises ValueError
    in one sentence for what is no Trainer, and numbers that are not finite.
    """
    exact = held_out(trainer)
    mask = exact.batch.mask
    answers = np.flatnonzero(mask.any(axis=0))
    T = len(mask)
    last = T - 1 - (mask[::-1] > 0).argmax(axis=0)  # (B,)
    only = np.zeros_like(mask)
    only[last[answers], answers] = 1
    trace, _, _ = exact._replace(batch=exact.batch._replace(mask=only)).backward(exact.network.window)
    norms = log10_norm(trace.dh, axis=1)  # (T,B)
    lags = np.arange(T)[:, None]
    steps = last[answers] - lags  # (T,A)
    at_lag = np.where(steps >= 0, norms[steps.clip(0), answers], -np.inf)
    return log10_mean(at_lag, (steps >= 0).sum(axis=1))


def last_step_gradient(trainer: Trainer) -> np.ndarray | None:
    """The mean of ‖∂L_T/∂h_t‖ over the held-out sequences, L_T the loss at the last step alone -> (T,), otherwise as
    `gradient_by_lag`. None where a sequence has no target at the last step, or a number is not finite.
    """
    if not trainer.held_out.mask[-1].all():
        return None
    try:
        return 10.0 ** gradient_by_lag(trainer)[::-1]
    except ValueError:
        return None


def log10_mean(log10: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """log10 of the sum of 10^log10 (T,B) over B, divided by counts (T,), without leaving float64; −inf for none."""
    largest = log10.max(axis=1, initial=-np.inf)
    scale = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):
        return scale + np.log10((10 ** (log10 - scale[:, None])).sum(axis=1) / counts.clip(1))
