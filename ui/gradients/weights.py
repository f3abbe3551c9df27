"""What reaches the weights: the terms of ∂L/∂W_hh, the gradients of each sequence, and the units whose slope is 0."""

from typing import Any

import numpy as np

from rnn_core.analysis.distributions import distances_to_saturation, log10_gradient_norms
from rnn_core.analysis.terms import GradientTerms, gradient_terms, log10_norm
from rnn_core.words import t
from ui.figures.gradient_parts import NEAR, gradient_histogram, saturation
from ui.figures.gradients import over_time
from ui.figures.numbers import short
from ui.figures.powers import power
from ui.gradients.picture import Picture, refused, step_clicked
from ui.gradients.settings import Look, steps_of
from ui.run.session import Session

MOST = 1.6e9  # T² H² B, beyond which the terms by lag take seconds
SUM = t("norm of their sum, ∂L/∂W<sub>hh</sub>")
LAG = t("lag: steps from the loss back to W<sub>hh</sub>")
NEAREST = 3  # lags


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    at = values["t"]
    T, H, B = steps_of(s), s.config.hidden_size, s.config.batch_size
    if T * T * H * H * B > MOST:
        longest = int((MOST / (H * H * B)) ** 0.5)
        terms = [
            refused(
                "by-lag",
                t("The terms of ∂L/∂W_hh"),
                t("the terms are left out: {T} steps by {T} lags take too long. Set the length to {longest} or less "
                  "in the playground", T=T, longest=longest),
            )
        ]
    else:
        result: GradientTerms = view.ask(s, gradient_terms)
        terms = [by_lag(result, at), by_step(result, at)]
    norms, distances = view.ask(s, log10_gradient_norms), view.ask(s, distances_to_saturation)
    return [*terms, histogram(norms, at), saturated(distances, at)]


def by_lag(result: GradientTerms, at: int) -> Picture:
    """Terms by how many steps lie between where W_hh was used and the loss."""
    T = len(result.log10_by_lag)
    lag = T - at
    total = np.full(T, result.log10_total)
    near = log10_norm(np.concatenate([terms[:NEAREST].sum(axis=0).ravel() for terms in result.by_lag.values()]), axis=0)
    share = 10 ** float(near - result.log10_total) if np.isfinite(result.log10_total) else 0.0
    alive = np.flatnonzero(np.isfinite(result.log10_by_lag))
    last = power(float(result.log10_by_lag[alive[-1]])) if len(alive) else "0"
    look = t(
        "∂L/∂W_hh has norm {norm}; its terms of lag 0 to {near} alone add up to {share} of that. The term of lag {lag} "
        "has norm {term}, the farthest one that is not 0 has {last}.", norm=power(result.log10_total),
        near=min(NEAREST, T) - 1, share=f"{share:.0%}", lag=lag, term=power(result.log10_by_lag[lag]), last=last
    )  # fmt: skip
    if not np.isfinite(result.log10_total):
        look = t("∂L/∂W_hh is exactly 0 here.")
        if T == 1:
            look = t("∂L/∂W_hh is exactly 0 here: with one step, W_hh only ever meets h_0 = 0.")
    return Picture(
        "by-lag",
        t("What each distance adds to ∂L/∂W_hh"),
        over_time({t("terms by lag"): result.log10_by_lag, SUM: total}, at, words=LAG, lag=lag),
        look,
        t("from a healthy sum, that far steps are heard; or from dead far terms, that ∂L/∂W_hh vanishes. Norms do not "
          "add up: terms have directions."),
        {t("lag"): range(T), t("log10 norm"): result.log10_by_lag, t("log10 norm of the sum"): total},
        pick=lambda x, y: {"t": T - round(x)},
    )


def by_step(result: GradientTerms, at: int) -> Picture:
    """Terms by the time step in which W_hh was used."""
    T = len(result.log10_by_step)
    total = np.full(T, result.log10_total)
    finite = result.log10_by_step[np.isfinite(result.log10_by_step)]
    where = int(np.argmax(result.log10_by_step)) + 1
    own = t("The use of W_hh in step {step} adds a term of norm {norm}.",
            step=at, norm=power(result.log10_by_step[at - 1]))  # fmt: skip
    all_ = t("Every term is exactly 0.")
    if len(finite):
        all_ = t("The largest comes from step {step} ({norm}) and is {times} times the smallest that is not 0: the "
                 "weights are shared, their terms are not.", step=where, norm=power(result.log10_by_step[where - 1]),
                 times=power(float(finite.max() - finite.min())))  # fmt: skip
    return Picture(
        "by-step",
        t("What each use of W_hh adds"),
        over_time({t("terms by time step"): result.log10_by_step, SUM: total}, at, first=1),
        f"{own} {all_}",
        t("that early steps are idle: where only the last is asked, they hold what is remembered, however small their "
          "term."),
        {
            "t": range(1, T + 1),
            t("matrix"): result.weights,
            t("log10 norm"): result.log10_by_step,
            t("log10 norm of the sum"): total,
        },
        pick=step_clicked,
    )


def histogram(norms: np.ndarray, at: int) -> Picture:
    """‖∂L/∂h_t‖ of every sequence of the batch."""
    T, B = norms.shape
    own = norms[at - 1][np.isfinite(norms[at - 1])]
    parts = [t("At the last step the middle of all {B} is {norm}.", B=B, norm=power(float(np.median(norms[-1]))))]
    if len(own):
        low, middle, high = (power(float(q)) for q in np.quantile(own, [0, 0.5, 1]))
        spread = {"t": at, "B": B, "low": low, "high": high, "middle": middle}
        parts.insert(
            0,
            t("At t = {t}, {some} of the {B} sequences of this batch have ‖∂L/∂h_t‖ from {low} to {high}, half of them "
              "below {middle}.", **spread, some=len(own))
            if len(own) < B
            else t("At t = {t}, the {B} sequences of this batch have ‖∂L/∂h_t‖ from {low} to {high}, half of them "
                   "below {middle}.", **spread),
        )  # fmt: skip
    if len(own) < B:
        parts.append(t("In {none} it is exactly 0 or below 5e−324 at t = {t}; they are not drawn.",
                      none=B - len(own), t=at))  # fmt: skip
    table = {t("sequence"): range(1, B + 1), **{t("log10, t = {t}", t=k + 1): norms[k] for k in range(T)}}
    return Picture(
        "histogram",
        t("The loss’s gradient, sequence by sequence"),
        gradient_histogram(norms, at),
        " ".join(parts),
        t("from the mean alone: one sequence may have all of it. This is before clipping, and of one batch."),
        table,
    )


def saturated(distances: dict[str, np.ndarray], at: int) -> Picture:
    """How far units are from where their slope is 0, over units and sequences."""
    title = t("Saturation: how far from where slopes are 0")
    if not distances:
        return refused("saturation", title, t("nothing in this cell saturates"))
    shares, middle = {}, {}
    for name, result in distances.items():
        known = np.isfinite(result).sum(axis=(1, 2))
        near = (result < NEAR).sum(axis=(1, 2))
        shares[name] = np.divide(near, known, out=np.full(len(known), np.nan), where=known > 0)
        middle[name] = np.array([np.nanmedian(d) if np.isfinite(d).any() else np.nan for d in result])
    shares_now = ", ".join(
        f"{name} {share[at - 1]:.0%} ({short(middle[name][at - 1], 2)})"
        if np.isfinite(share[at - 1])
        else f"{name} –"
        for name, share in shares.items()
    )
    most, when = max((float(np.nanmax(share, initial=0)), name) for name, share in shares.items())
    look = t(
        "Closer than {near} to where the slope is 0, at t = {t}, of all units over the held-out sequences, and in "
        "brackets how far the middle one is: {shares}. The most anywhere is {most}, of {which}. The lines are the "
        "middle ones: 1 − |h| for tanh, min(g, 1 − g) for a gate, h itself for ReLU.",
        near=NEAR, t=at, shares=shares_now, most=f"{most:.0%}", which=when,
    )  # fmt: skip
    table = {"t": range(1, 1 + len(next(iter(shares.values()))))}
    table |= {t("{name}, median distance", name=name): result for name, result in middle.items()}
    table |= {t("{name}, closer than {near}", name=name, near=NEAR): result for name, result in shares.items()}
    return Picture(
        "saturation",
        title,
        saturation(middle, at),
        look,
        t("that saturation is a fault: a latch holds its bit by it, and its gradient is small for the same reason."),
        table,
        pick=step_clicked,
    )
