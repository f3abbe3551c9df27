"""What reaches the weights: the terms of ∂L/∂W_hh, the gradients of each sequence, and the units whose slope is 0."""

from typing import Any

import numpy as np

from rnn_core.analysis.distributions import distances_to_saturation, log10_gradient_norms
from rnn_core.analysis.terms import GradientTerms, gradient_terms, log10_norm
from ui.figures.gradient_parts import NEAR, gradient_histogram, saturation
from ui.figures.gradients import over_time
from ui.figures.numbers import short
from ui.figures.powers import power
from ui.gradients.picture import Picture, refused, step_clicked
from ui.gradients.settings import Look, steps_of
from ui.run.session import Session

MOST = 1.6e9  # T² H² B, beyond which the terms by lag take seconds
SUM = "norm of their sum, ∂L/∂W<sub>hh</sub>"
LAG = "lag: steps from the loss back to W<sub>hh</sub>"
NEAREST = 3  # lags


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    t = values["t"]
    T, H, B = steps_of(s), s.config.hidden_size, s.config.batch_size
    if T * T * H * H * B > MOST:
        longest = int((MOST / (H * H * B)) ** 0.5)
        terms = [
            refused(
                "by-lag",
                "The terms of ∂L/∂W_hh",
                f"the terms are left out: {T} steps by {T} lags take too long. Set the length to {longest} or less "
                "in the playground",
            )
        ]
    else:
        found: GradientTerms = view.ask(s, gradient_terms)
        terms = [by_lag(found, t), by_step(found, t)]
    return [*terms, histogram(view.ask(s, log10_gradient_norms), t), saturated(view.ask(s, distances_to_saturation), t)]


def by_lag(found: GradientTerms, t: int) -> Picture:
    """Terms by how many steps lie between where W_hh was used and the loss."""
    T = len(found.log10_by_lag)
    lag = T - t
    total = np.full(T, found.log10_total)
    near = log10_norm(np.concatenate([terms[:NEAREST].sum(axis=0).ravel() for terms in found.by_lag.values()]), axis=0)
    share = 10 ** float(near - found.log10_total) if np.isfinite(found.log10_total) else 0.0
    alive = np.flatnonzero(np.isfinite(found.log10_by_lag))
    last = power(float(found.log10_by_lag[alive[-1]])) if len(alive) else "0"
    look = (
        f"∂L/∂W_hh has norm {power(found.log10_total)}; its terms of lag 0 to {min(NEAREST, T) - 1} alone add up to "
        f"{share:.0%} of that. The term of lag {lag} has norm {power(found.log10_by_lag[lag])}, the farthest one "
        f"that is not 0 has {last}."
    )
    if not np.isfinite(found.log10_total):
        look = "∂L/∂W_hh is exactly 0 here" + (": with one step, W_hh only ever meets h_0 = 0." if T == 1 else ".")
    return Picture(
        "by-lag",
        "What each distance adds to ∂L/∂W_hh",
        over_time({"terms by lag": found.log10_by_lag, SUM: total}, t, words=LAG, lag=lag),
        look,
        "from a healthy sum, that far steps are heard; or from dead far terms, that ∂L/∂W_hh vanishes. Norms do not "
        "add up: terms have directions.",
        {"lag": range(T), "log10 norm": found.log10_by_lag, "log10 norm of the sum": total},
        pick=lambda x, y: {"t": T - round(x)},
    )


def by_step(found: GradientTerms, t: int) -> Picture:
    """Terms by the time step in which W_hh was used."""
    T = len(found.log10_by_step)
    total = np.full(T, found.log10_total)
    finite = found.log10_by_step[np.isfinite(found.log10_by_step)]
    where = int(np.argmax(found.log10_by_step)) + 1
    look = f"The use of W_hh in step {t} adds a term of norm {power(found.log10_by_step[t - 1])}. " + (
        f"The largest comes from step {where} ({power(found.log10_by_step[where - 1])}) and is "
        f"{power(float(finite.max() - finite.min()))} times the smallest that is not 0: the weights are shared, "
        "their terms are not."
        if len(finite)
        else "Every term is exactly 0."
    )
    return Picture(
        "by-step",
        "What each use of W_hh adds",
        over_time({"terms by time step": found.log10_by_step, SUM: total}, t, first=1),
        look,
        "that early steps are idle: where only the last is asked, they hold what is remembered, however small their "
        "term.",
        {
            "t": range(1, T + 1),
            "matrix": found.weights,
            "log10 norm": found.log10_by_step,
            "log10 norm of the sum": total,
        },
        pick=step_clicked,
    )


def histogram(norms: np.ndarray, t: int) -> Picture:
    """‖∂L/∂h_t‖ of every sequence of the batch."""
    T, B = norms.shape
    own = norms[t - 1][np.isfinite(norms[t - 1])]
    said = [f"At the last step the middle of all {B} is {power(float(np.median(norms[-1])))}."]
    if len(own):
        low, middle, high = (power(float(q)) for q in np.quantile(own, [0, 0.5, 1]))
        which = f"{len(own)} of the {B}" if len(own) < B else f"the {B}"
        have = f"{which} sequences of this batch have ‖∂L/∂h_t‖ from {low} to {high}, half of them below {middle}"
        said.insert(0, f"At t = {t}, {have}.")
    if len(own) < B:
        said.append(f"In {B - len(own)} it is exactly 0 or below 5e−324 at t = {t}; they are not drawn.")
    table = {"sequence": range(1, B + 1), **{f"log10, t = {k + 1}": norms[k] for k in range(T)}}
    return Picture(
        "histogram",
        "The loss’s gradient, sequence by sequence",
        gradient_histogram(norms, t),
        " ".join(said),
        "from the mean alone: one sequence may have all of it. This is before clipping, and of one batch.",
        table,
    )


def saturated(distances: dict[str, np.ndarray], t: int) -> Picture:
    """How far units are from where their slope is 0, over units and sequences."""
    title = "Saturation: how far from where slopes are 0"
    if not distances:
        return refused("saturation", title, "nothing in this cell saturates")
    shares, middle = {}, {}
    for name, found in distances.items():
        known = np.isfinite(found).sum(axis=(1, 2))
        near = (found < NEAR).sum(axis=(1, 2))
        shares[name] = np.divide(near, known, out=np.full(len(known), np.nan), where=known > 0)
        middle[name] = np.array([np.nanmedian(d) if np.isfinite(d).any() else np.nan for d in found])
    at = ", ".join(
        f"{name} {share[t - 1]:.0%} ({short(middle[name][t - 1], 2)})"
        if np.isfinite(share[t - 1])
        else f"{name} –"
        for name, share in shares.items()
    )
    most, when = max((float(np.nanmax(share, initial=0)), name) for name, share in shares.items())
    look = (
        f"Closer than {NEAR} to where the slope is 0, at t = {t}, of all units over the held-out sequences, and in "
        f"brackets how far the middle one is: {at}. "
        f"The most anywhere is {most:.0%}, of {when}. The lines are the middle ones: 1 − |h| for tanh, min(g, 1 − g) "
        "for a gate, h itself for ReLU."
    )
    table = {"t": range(1, 1 + len(next(iter(shares.values()))))}
    table |= {f"{name}, median distance": found for name, found in middle.items()}
    table |= {f"{name}, closer than {NEAR}": found for name, found in shares.items()}
    return Picture(
        "saturation",
        title,
        saturation(middle, t),
        look,
        "that saturation is a fault: a latch holds its bit by it, and its gradient is small for the same reason.",
        table,
        pick=step_clicked,
    )
