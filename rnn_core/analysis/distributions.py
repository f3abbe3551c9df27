"""What a histogram shows of vanishing and saturation: one number for each sequence, or unit, step and sequence.

Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS (2010), sections 3
and 4: activations and back-propagated gradients as distributions.
"""

import numpy as np

from rnn_core.analysis.exact import held_out, last_batch, top_layer
from rnn_core.analysis.terms import log10_norm
from rnn_core.trainer import Trainer


def log10_gradient_norms(trainer: Trainer) -> np.ndarray:
    """log10 ‖∂L/∂h_t‖ of each sequence of the last Snapshot's batch, top layer, before clipping -> (T,B).

    L is the batch's loss, truncated BPTT as the run has it. −inf where it is 0: exactly, or below 5e-324, where float64
    ends. Raises ValueError in one sentence for what is no Trainer, and numbers that are not finite.
    """
    exact = last_batch(trainer)
    trace, _, _ = exact.backward(exact.network.window)
    return log10_norm(trace.dh, axis=1)


def distances_to_saturation(trainer: Trainer) -> dict[str, np.ndarray]:
    """How far every unit is from where its slope is 0, over all held-out sequences, top layer -> by name, (T,H,B).

    1 − |h| for tanh, min(g, 1 − g) for a gate g that is a sigmoid, 1 − |g| for one that is a tanh, h for ReLU; for the
    residual cell, whose h is unbounded, "tanh_a". NaN over an encoder's padding. Raises ValueError as
    log10_gradient_norms.
    """
    exact = held_out(trainer)
    cell, parts = exact.network.cell, top_layer(exact, exact.forward())
    flat_at = dict.fromkeys(cell.sigmoids, (0.0, 1.0)) | {"h": cell.flat_at}
    names = [*cell.recorded_gates, *(name for name in ("tanh_a",) if name in parts[0].tape.steps[0]._fields)]
    flat_at |= {name: (-1.0, 1.0) for name in names if name not in flat_at}
    result = {}
    for name, ends in flat_at.items():
        if ends:
            values = np.concatenate([
                np.where(np.arange(len(p.tape.steps))[:, None, None] < p.steps, p.tape[name], np.nan) for p in parts
            ])  # fmt: skip
            result[name] = np.min([np.abs(values - end) for end in ends], axis=0)
    return result
