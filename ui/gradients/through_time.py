"""Back through time: how far h_t reaches, in how many directions, between which steps, and what W_hh says of it."""

from typing import Any

import numpy as np

from rnn_core import CELLS
from rnn_core.analysis.cell_state import cell_state_paths
from rnn_core.analysis.products import Fan, log10_influence, singular_value_fan
from rnn_core.analysis.spectrum import BOUNDS, Spectra, log10_textbook_bound, spectra
from rnn_core.network import DECODER
from rnn_core.words import plural, t
from ui.figures.gradients import eigenvalues, fan, over_time, reach_map
from ui.figures.powers import power, ratio_words
from ui.gradients.picture import Picture, refused, step_clicked
from ui.gradients.settings import Look, steps_of
from ui.run.session import Session

MOST = 1.2e9  # T² H³, beyond which the map of all pairs takes longer than a second
SPEAKS = -2.0  # log10 of the share of the largest singular value, above which a direction still speaks

FAR = t("that this network cannot learn it: a vanished gradient is a slow start, and Adam rescales it.")
NEAR = t("that training explodes, or that all of a state arrives: this is the norm of the one best direction.")


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    at, shown = values["t"], s.status.sequence
    spread: Fan = view.ask(s, singular_value_fan, shown)
    result = [reach(s, view, spread, at), directions(spread, at), between(s, view, at), alone(s, view, spread, at)]
    if "c" in CELLS[s.config.cell].states:
        result.insert(2, paths(s, view, at))
    return result


def reach(s: Session, view: Look, spread: Fan, at: int) -> Picture:
    """The norm of ∂h_T/∂h_t, and what it cannot exceed."""
    T, norm = len(spread.log10_norm) - 1, spread.log10_norm
    lines = {"‖∂h<sub>T</sub>/∂h<sub>t</sub>‖": norm, t("bound: each step’s σ<sub>max</sub>"): spread.log10_bound}
    table = {"t": range(T + 1), t("log10 norm"): norm, t("log10 bound, Jacobians"): spread.log10_bound}
    bounds = {"bound": power(spread.log10_bound[at])}
    limits = t("As upper limits, each step’s largest singular value allows {bound}.", **bounds)
    if s.config.cell in BOUNDS:
        textbook = view.ask(s, log10_textbook_bound, s.status.sequence)
        lines[t("bound: the textbook’s")] = textbook
        table[t("log10 bound, W_hh and slopes")] = textbook
        bounds["textbook"] = power(textbook[at])
        limits = (
            t("As upper limits, each step’s largest singular value allows {bound}, the textbook’s 1 + σ_max(W_hh) "
              "times the largest slope {textbook}.", **bounds)
            if s.config.cell == "residual"
            else t("As upper limits, each step’s largest singular value allows {bound}, the textbook’s σ_max(W_hh) "
                   "times the largest slope {textbook}.", **bounds)
        )  # fmt: skip
    norm_is = t("‖∂h_{T}/∂h_{t}‖ is {norm}: {per_step}.", T=T, t=at, norm=power(norm[at]), per_step=per_step(norm, at))
    look = " ".join(filter(None, (norm_is, limits, outside(norm), waits(s, norm))))
    return Picture(
        "reach",
        t("How far a hidden state reaches"),
        over_time(lines, at, float_floor(norm)),
        look,
        f"{FAR if norm[0] < 0 else NEAR} "
        + t("The bounds are limits from above; a large one is no sign of an explosion."),
        table,
        pick=step_clicked,
    )


def per_step(log10_norm: np.ndarray, at: int) -> str:
    """What a step back multiplies the norm by, from T to t."""
    steps = len(log10_norm) - 1 - at
    if not steps:
        return t("t is the last step, and ∂h_T/∂h_T is the identity")
    if log10_norm[at] == -np.inf:
        return t("exactly 0, no path is left")
    factor = 10 ** ((log10_norm[at] - log10_norm[-1]) / steps)
    kind = t("it shrinks") if factor < 0.995 else t("it grows") if factor > 1.005 else t("it keeps its size")
    return plural("{kind}, by × {factor} a step on average over {count} step back",
                  "{kind}, by × {factor} a step on average over {count} steps back",
                  steps, count=steps, kind=kind, factor=ratio_words(factor))  # fmt: skip


def outside(log10_norm: np.ndarray) -> str:
    """Underflow and overflow in words."""
    if (log10_norm == -np.inf).any():
        return t("Where it is exactly 0 (slopes or weights that are exactly 0) a cross says so.")
    if log10_norm.min() < -323:
        return t("Float64 ends at 5e−324: below it plain products would read 0, so these are kept as logarithms.")
    if log10_norm.max() > 308:
        return t("Float64 ends at 1.8e+308: above it plain products overflow, so these are kept as logarithms.")
    if log10_norm.min() < -45:
        return t("In float32, in which most runs train, what is below 1e−45 reads exactly 0.")
    return ""


def waits(s: Session, log10_norm: np.ndarray) -> str:
    """Where the curve is level because a short sequence's state waits for the decoder."""
    level = np.flatnonzero((log10_norm[1:] == log10_norm[:-1]) & np.isfinite(log10_norm[1:]))
    if not s.status.encoder_steps or not len(level):
        return ""
    return t("From t = {first} to {last} it is level: the sequence has ended, and its state waits.",
             first=level[0], last=level[-1] + 1)  # fmt: skip


def float_floor(log10_norm: np.ndarray) -> np.ndarray | None:
    """Where float64 ends, if the curve comes near it; what is exactly 0 does not."""
    near = log10_norm[np.isfinite(log10_norm)].min() < -300
    return np.full(len(log10_norm), np.log10(5e-324)) if near else None


def directions(spread: Fan, at: int) -> Picture:
    """All singular values of ∂h_T/∂h_t."""
    T, H = len(spread.log10_norm) - 1, spread.log10_values.shape[1]
    speaks = spread.log10_values >= np.maximum(spread.log10_norm + SPEAKS, spread.log10_floor)[:, None]
    count = np.where(np.isfinite(spread.log10_norm), speaks.sum(axis=1), 0)
    largest = power(spread.log10_norm[at])
    look = plural(
        "Of {H} directions in which h_{t} may change, {count} is still within a hundredth of the largest ({largest}); "
        "at t = 1 it is {first}, at t = {before} it is {last}.",
        "Of {H} directions in which h_{t} may change, {count} are still within a hundredth of the largest ({largest}); "
        "at t = 1 it is {first}, at t = {before} it is {last}.", int(count[at]), count=count[at], H=H, t=at,
        largest=largest, first=count[min(1, T)], before=max(0, T - 1), last=count[max(0, T - 1)]
    )  # fmt: skip
    table = {"t": range(T + 1), **{f"log10 σ_{k + 1}": spread.log10_values[:, k] for k in range(H)}}
    return Picture(
        "directions",
        t("How many directions are left"),
        fan(spread.log10_values, spread.log10_floor, at),
        look,
        t("that a norm near 1 is healthy: it may be the one direction that is left. Which direction the task needs, "
          "singular values do not say. What is in the grey is rounding error."),
        table,
        pick=step_clicked,
    )


def between(s: Session, view: Look, at: int) -> Picture:
    """The norm of ∂h_t/∂h_s for all pairs."""
    title, T, H = t("From every step to every later one"), steps_of(s), s.config.hidden_size
    if s.playing and "map" in view.unseen and "map" in view.costly:
        return view.costly["map"]
    if T * T * H**3 > MOST:
        longest = int((MOST / H**3) ** 0.5)
        return refused(
            "map",
            title,
            t("the map of all pairs is left out: {T} × {T} norms of {H} × {H} matrices take too long. Set the length "
              "to {longest} or less in the playground, or a smaller hidden size", T=T, H=H, longest=longest),
        )
    norms = view.ask(s, log10_influence, s.status.sequence)
    lags = [int(k) for k in np.unique([1, min(5, T), min(10, T)])]
    middle = {k: power(float(np.median(np.diagonal(norms, -k)))) for k in lags}
    sizes = [plural("{size} over {count} step", "{size} over {count} steps", k, size=middle[k], count=k) for k in lags]
    look = t(
        "‖∂h_t/∂h_s‖ is {sizes} in the middle of the pairs (on the lines: powers of ten). Bands along the diagonal: "
        "only the distance counts; stripes: single steps let more or less through. The row t = {T} is the curve above, "
        "the lines cross at {t}.", sizes=", ".join(sizes), T=T, t=at
    )  # fmt: skip
    table = {t("to step t"): range(T + 1), **{t("log10, from s = {s}", s=k): norms[:, k] for k in range(T + 1)}}
    result = view.costly["map"] = Picture(
        "map",
        title,
        reach_map(norms, at),
        look,
        t("what the loss asks for: this is what could pass, not what does. It is of one held-out sequence; another "
          "has another map."),
        table,
        height=430,
        pick=step_clicked,
        costly=True,
    )
    return result


def alone(s: Session, view: Look, spread: Fan, at: int) -> Picture:
    """Eigenvalues, radius and norm of W_hh: two numbers that are not the answer."""
    encoder = s.status.encoder_steps
    stack = DECODER if encoder and at > encoder else ""
    title = t("The eigenvalues of W_hh")
    if encoder:
        title = t("The eigenvalues of the decoder’s W_hh") if stack else t("The eigenvalues of the encoder’s W_hh")
    result: Spectra = view.ask(s, spectra, stack)
    gates = list(result.now)
    sizes = [
        (f"{gate}: " if len(gates) > 1 else "")
        + t("ρ {radius} (start {start}), σ_max {norm}", radius=f"{result.now[gate].spectral_radius:.2f}",
            start=f"{result.start[gate].spectral_radius:.2f}", norm=f"{result.now[gate].norm:.2f}")
        for gate in gates
    ]  # fmt: skip
    table = {
        t("gate"): [gate for gate in gates for _ in result.now[gate].eigenvalues],
        t("now, real"): [v.real for gate in gates for v in result.now[gate].eigenvalues],
        t("now, imaginary"): [v.imag for gate in gates for v in result.now[gate].eigenvalues],
        t("start, real"): [v.real for gate in gates for v in result.start[gate].eigenvalues],
        t("start, imaginary"): [v.imag for gate in gates for v in result.start[gate].eigenvalues],
    }
    figure = eigenvalues({g: result.now[g].eigenvalues for g in gates}, {g: result.start[g].eigenvalues for g in gates})
    return Picture(
        "eigenvalues",
        title,
        figure,
        t("{sizes}. Measured in this network: {per_step}.", sizes="; ".join(sizes),
          per_step=per_step(spread.log10_norm, 0)),
        t("vanishing or exploding from these two numbers: slopes stand between the matrices. Radius 1 is not the "
          "border; σ_max times the largest slope below 1 is enough to vanish, a radius above 1 is not enough to "
          "explode."),
        table,
        height=430,
    )


def paths(s: Session, view: Look, at: int) -> Picture:
    """An LSTM's ∂c_T/∂c_t: the direct path through the forget gates, and the whole."""
    result = view.ask(s, cell_state_paths, s.status.sequence)
    T = len(result.whole) - 1
    lines = {
        t("‖∂c<sub>T</sub>/∂c<sub>t</sub>‖, the whole"): result.whole,
        t("direct path: largest Π f"): result.direct_norm,
        t("all other paths"): result.rest,
    }
    times = result.whole[at] - result.direct_norm[at]
    sizes = {"T": T, "t": at, "whole": power(result.whole[at]), "direct": power(result.direct_norm[at]),
             "rest": power(result.rest[at])}  # fmt: skip
    look = (
        t("‖∂c_{T}/∂c_{t}‖ is {whole}; the direct path through the forget gates has {direct}, the paths through h and "
          "the gates {rest}: the whole is {times} times the direct path.", **sizes, times=power(times))
        if np.isfinite(times) and at < T
        else t("‖∂c_{T}/∂c_{t}‖ is {whole}; the direct path through the forget gates has {direct}, the paths through h "
               "and the gates {rest}.", **sizes)
    )  # fmt: skip
    table = {"t": range(T + 1), t("log10 whole"): result.whole, t("log10 direct"): result.direct_norm,
             t("log10 rest"): result.rest}  # fmt: skip
    return Picture(
        "cell-state",
        t("An LSTM’s cell state, and its direct path"),
        over_time(lines, at),
        look,
        t("that an LSTM’s gradient lives on Π f, or that it cannot vanish: both depend on the gates of this very run."),
        table,
        wide=True,
        pick=step_clicked,
    )
