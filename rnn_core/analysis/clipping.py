"""What clipping does to a gradient's direction and length, and what another rule or threshold would have done.

Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), section 3.2 and algorithm 1: clipping by norm keeps the direction.
"""

from collections.abc import Mapping
from numbers import Real
from typing import NamedTuple

import numpy as np

from rnn_core.analysis.exact import last_batch, top_layer
from rnn_core.arrays import named
from rnn_core.cells import Params
from rnn_core.registry import short
from rnn_core.step import CLIPPING
from rnn_core.trainer import Trainer
from rnn_core.weights import Weights, flat

Gradient = Mapping[str, np.ndarray]


class Clipped(NamedTuple):
    """A gradient by name, and what one rule leaves of it. kept: ‖clipped‖ / ‖gradient‖, 1 where the gradient is 0;
    angle: between the two, in degrees. kept_by_weight, angle_by_weight: the same of every weight matrix by itself;
    lengths_by_weight: its length in either.
    """

    gradient: Params
    clipped: Params
    kept: float
    angle: float
    kept_by_weight: dict[str, float]
    angle_by_weight: dict[str, float]
    lengths_by_weight: dict[str, tuple[float, float]]


def clipping_angle(gradient: Gradient, clipped: Gradient) -> float:
    """The angle in degrees, 0 to 180, between two gradients by name, each as one vector over all its arrays.

    0, up to rounding, where both point the same way, as they do after clipping by norm; 0 where one of them is 0.
    Raises ValueError in one sentence for names or shapes that differ, and for numbers that are not finite.
    """
    gradient, clipped = checked_gradient("gradient", gradient), checked_gradient("clipped", clipped)
    if {name: g.shape for name, g in gradient.items()} != {name: g.shape for name, g in clipped.items()}:
        raise ValueError(
            f"gradient has {shapes(gradient)} and clipped has {shapes(clipped)}; names and shapes must be the same"
        )
    return angle(*(np.concatenate([g[name].ravel() for name in gradient]) for g in (gradient, clipped)))


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """The angle in degrees between two vectors (N,); 0 where one of them is 0.

    2 atan2(‖a − b‖, ‖a + b‖) of unit vectors: arccos loses half of the digits near 0.
    """
    a, b = unit(a), unit(b)
    if not (a.any() and b.any()):
        return 0.0
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))


def unit(a: np.ndarray) -> np.ndarray:
    """a / ‖a‖, or 0 where a is."""
    a = a / (np.abs(a).max(initial=0.0) or 1.0)
    return a / (np.linalg.norm(a) or 1.0)


def clip(gradient: Gradient, rule: str, threshold: float) -> Clipped:
    """What a rule, a key of CLIPPING, leaves of a gradient by name, in float64.

    Raises ValueError in one sentence for a rule that is not there, a threshold that is not above 0, and a gradient that
    is not finite.
    """
    g = checked_gradient("gradient", gradient)
    if isinstance(threshold, bool) or not isinstance(threshold, Real) or not 0 < threshold < np.inf:
        raise ValueError(f"threshold is {short(threshold)}; it must be a finite number above 0")
    whole = flat(g)
    left, _ = CLIPPING[rule](whole, float(threshold), length(whole))
    clipped = dict(Weights(left, g))
    kept = {name: length_ratio(clipped[name], g[name]) for name in g}
    angles = {name: angle(g[name].ravel(), clipped[name].ravel()) for name in g}
    lengths = {name: (length(g[name]), length(clipped[name])) for name in g}
    return Clipped(g, clipped, length_ratio(left, whole), angle(whole, left), kept, angles, lengths)


class ClippedStep(NamedTuple):
    """The gradient of the last step's batch Clipped; by time step (T,): log10 of the norm of its term of the top
    layer's ∂L/∂W_hh, the share kept of it, and the name of the matrix that the term belongs to.
    """

    clipped: Clipped
    log10_terms: np.ndarray
    kept_by_step: np.ndarray
    weights: tuple[str, ...]


def clip_last_step(trainer: Trainer, rule: str, threshold: float) -> ClippedStep:
    """What a rule would have left of the gradient of the step just taken, computed anew; nothing is trained.

    Before the first step, that of the step to come. Raises ValueError as clip, and for what is no Trainer.
    """
    exact = last_batch(trainer)
    trace, _, grads = exact.backward(exact.network.window)
    result = clip(grads, rule, threshold)
    norms, kept, weights = [], [], []
    for part, flows in zip(top_layer(exact, trace), trace.flows, strict=True):
        terms, name = flows[-1].W_hh_shares(), part.W_hh
        norms += [length(term) for term in terms]
        kept.append(kept_by_step(terms, result.gradient[name], result.clipped[name]))
        weights += [name] * len(terms)
    with np.errstate(divide="ignore"):
        return ClippedStep(result, np.log10(norms), np.concatenate(kept), tuple(weights))


def kept_by_step(terms: np.ndarray, gradient: np.ndarray, clipped: np.ndarray) -> np.ndarray:
    """The share of each time step's term that clipping leaves -> (T,), 1 where a term is 0.

    terms (T,R,C) add up to gradient (R,C). Clipping multiplies each number of the gradient by a factor, clipped /
    gradient, and with it that number of every term: so the terms that are left add up to the clipped gradient.
    """
    factor = np.divide(clipped, gradient, out=np.ones_like(gradient), where=gradient != 0)
    return np.array([length_ratio(factor * term, term) for term in terms])


def length_ratio(a: np.ndarray, b: np.ndarray) -> float:
    """‖a‖ / ‖b‖, 1 where b is 0."""
    return length(a) / length(b) if b.any() else 1.0


def length(a: np.ndarray) -> float:
    """‖a‖ of all numbers together; by the largest first, whose square may be too small or too large for float64."""
    largest = float(np.abs(a).max(initial=0.0))
    return largest * float(np.linalg.norm(a / largest)) if largest else 0.0


def checked_gradient(name: str, gradient: object) -> Params:
    """A gradient by name, in float64. Raises ValueError in one sentence for what is none, or is not finite."""
    names = list(gradient) if isinstance(gradient, Mapping) else ()
    result = {k: g.astype(np.float64) for k, g in named(name, gradient, names).items()}
    if not result:
        raise ValueError(f"{name} has nothing; it must have one array at least")
    for k, g in result.items():
        if not np.isfinite(g).all():
            raise ValueError(f"{k} of {name} has {(~np.isfinite(g)).sum()} numbers that are not finite; all must be")
    return result


def shapes(gradient: Params) -> str:
    return ", ".join(f"{name} {g.shape}" for name, g in gradient.items()) or "nothing"
