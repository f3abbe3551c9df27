"""Back through time: how far h_t reaches, in how many directions, between which steps, and what W_hh says of it."""

from typing import Any

import numpy as np

from rnn_core import CELLS
from rnn_core.analysis.cell_state import cell_state_paths
from rnn_core.analysis.products import Fan, log10_influence, singular_value_fan
from rnn_core.analysis.spectrum import BOUNDS, Spectra, log10_textbook_bound, spectra
from rnn_core.network import DECODER
from ui.figures.gradients import eigenvalues, fan, over_time, reach_map
from ui.figures.powers import power, ratio_words
from ui.gradients.picture import Picture, refused, step_clicked
from ui.gradients.settings import Look, steps_of
from ui.run.session import Session

MOST = 1.2e9  # T² H³, beyond which the map of all pairs takes longer than a second
SPEAKS = -2.0  # log10 of the share of the largest singular value, above which a direction still speaks

FAR = "that this network cannot learn it: a vanished gradient is a slow start, and Adam rescales it."
NEAR = "that training explodes, or that all of a state arrives: this is the norm of the one best direction."


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    t, shown = values["t"], s.status.sequence
    spread: Fan = view.ask(s, singular_value_fan, shown)
    found = [reach(s, view, spread, t), directions(spread, t), between(s, view, t), alone(s, view, spread, t)]
    if "c" in CELLS[s.config.cell].states:
        found.insert(2, paths(s, view, t))
    return found


def reach(s: Session, view: Look, spread: Fan, t: int) -> Picture:
    """The norm of ∂h_T/∂h_t, and what it cannot exceed."""
    T, norm = len(spread.log10_norm) - 1, spread.log10_norm
    lines = {"‖∂h<sub>T</sub>/∂h<sub>t</sub>‖": norm, "bound: each step’s σ<sub>max</sub>": spread.log10_bound}
    table = {"t": range(T + 1), "log10 norm": norm, "log10 bound, Jacobians": spread.log10_bound}
    said = f"each step’s largest singular value allows {power(spread.log10_bound[t])}"
    if s.config.cell in BOUNDS:
        textbook = view.ask(s, log10_textbook_bound, s.status.sequence)
        lines["bound: the textbook’s"] = textbook
        table["log10 bound, W_hh and slopes"] = textbook
        one = "1 + " * (s.config.cell == "residual")
        said += f", the textbook’s {one}σ_max(W_hh) times the largest slope {power(textbook[t])}"
    look = (
        f"‖∂h_{T}/∂h_{t}‖ is {power(norm[t])}: {per_step(norm, t)}. As upper limits, {said}."
        f"{outside(norm)}{waits(s, norm)}"
    )
    return Picture(
        "reach",
        "How far a hidden state reaches",
        over_time(lines, t, float_floor(norm)),
        look,
        f"{FAR if norm[0] < 0 else NEAR} The bounds are limits from above; a large one is no sign of an explosion.",
        table,
        pick=step_clicked,
    )


def per_step(log10_norm: np.ndarray, t: int) -> str:
    """What a step back multiplies the norm by, from T to t."""
    steps = len(log10_norm) - 1 - t
    if not steps:
        return "t is the last step, and ∂h_T/∂h_T is the identity"
    if log10_norm[t] == -np.inf:
        return "exactly 0, no path is left"
    factor = 10 ** ((log10_norm[t] - log10_norm[-1]) / steps)
    kind = "it shrinks" if factor < 0.995 else "it grows" if factor > 1.005 else "it keeps its size"
    return f"{kind}, by × {ratio_words(factor)} a step on average over {steps} step{'s' * (steps > 1)} back"


def outside(log10_norm: np.ndarray) -> str:
    """Underflow and overflow in words."""
    if (log10_norm == -np.inf).any():
        return " Where it is exactly 0 (slopes or weights that are exactly 0) a cross says so."
    if log10_norm.min() < -323:
        return " Float64 ends at 5e−324: below it plain products would read 0, so these are kept as logarithms."
    if log10_norm.max() > 308:
        return " Float64 ends at 1.8e+308: above it plain products overflow, so these are kept as logarithms."
    if log10_norm.min() < -45:
        return " In float32, in which most runs train, what is below 1e−45 reads exactly 0."
    return ""


def waits(s: Session, log10_norm: np.ndarray) -> str:
    """Where the curve is level because a short sequence's state waits for the decoder."""
    level = np.flatnonzero((log10_norm[1:] == log10_norm[:-1]) & np.isfinite(log10_norm[1:]))
    if not s.status.encoder_steps or not len(level):
        return ""
    return f" From t = {level[0]} to {level[-1] + 1} it is level: the sequence has ended, and its state waits."


def float_floor(log10_norm: np.ndarray) -> np.ndarray | None:
    """Where float64 ends, if the curve comes near it; what is exactly 0 does not."""
    near = log10_norm[np.isfinite(log10_norm)].min() < -300
    return np.full(len(log10_norm), np.log10(5e-324)) if near else None


def directions(spread: Fan, t: int) -> Picture:
    """All singular values of ∂h_T/∂h_t."""
    T, H = len(spread.log10_norm) - 1, spread.log10_values.shape[1]
    speaks = spread.log10_values >= np.maximum(spread.log10_norm + SPEAKS, spread.log10_floor)[:, None]
    count = np.where(np.isfinite(spread.log10_norm), speaks.sum(axis=1), 0)
    largest = power(spread.log10_norm[t])
    few = "is" if count[t] == 1 else "are"
    look = (
        f"Of {H} directions in which h_{t} may change, {count[t]} {few} still within a hundredth of the largest "
        f"({largest}); at t = 1 it is {count[min(1, T)]}, at t = {max(0, T - 1)} it is {count[max(0, T - 1)]}."
    )
    table = {"t": range(T + 1), **{f"log10 σ_{k + 1}": spread.log10_values[:, k] for k in range(H)}}
    return Picture(
        "directions",
        "How many directions are left",
        fan(spread.log10_values, spread.log10_floor, t),
        look,
        "that a norm near 1 is healthy: it may be the one direction that is left. Which direction the task needs, "
        "singular values do not say. What is in the grey is rounding error.",
        table,
        pick=step_clicked,
    )


def between(s: Session, view: Look, t: int) -> Picture:
    """The norm of ∂h_t/∂h_s for all pairs."""
    title, T, H = "From every step to every later one", steps_of(s), s.config.hidden_size
    if s.playing and "map" in view.unseen and "map" in view.costly:
        return view.costly["map"]
    if T * T * H**3 > MOST:
        longest = int((MOST / H**3) ** 0.5)
        return refused(
            "map",
            title,
            f"the map of all pairs is left out: {T} × {T} norms of {H} × {H} matrices take too long. Set the length "
            f"to {longest} or less in the playground, or a smaller hidden size",
        )
    norms = view.ask(s, log10_influence, s.status.sequence)
    lags = [int(k) for k in np.unique([1, min(5, T), min(10, T)])]
    sizes = [f"{power(float(np.median(np.diagonal(norms, -k))))} over {k} step{'s' * (k > 1)}" for k in lags]
    look = (
        f"‖∂h_t/∂h_s‖ is {', '.join(sizes)} in the middle of the pairs (on the lines: powers of ten). Bands along "
        f"the diagonal: only the distance counts; stripes: single steps let more or less through. The row t = {T} is "
        f"the curve above, the lines cross at {t}."
    )
    table = {"to step t": range(T + 1), **{f"log10, from s = {k}": norms[:, k] for k in range(T + 1)}}
    found = view.costly["map"] = Picture(
        "map",
        title,
        reach_map(norms, t),
        look,
        "what the loss asks for: this is what could pass, not what does. It is of one held-out sequence; another "
        "has another map.",
        table,
        height=430,
        pick=step_clicked,
        costly=True,
    )
    return found


def alone(s: Session, view: Look, spread: Fan, t: int) -> Picture:
    """Eigenvalues, radius and norm of W_hh: two numbers that are not the answer."""
    encoder = s.status.encoder_steps
    stack = DECODER if encoder and t > encoder else ""
    whose = ("the decoder’s " if stack else "the encoder’s ") if encoder else ""
    found: Spectra = view.ask(s, spectra, stack)
    gates = list(found.now)
    sizes = [
        f"{f'{gate}: ' if len(gates) > 1 else ''}ρ {found.now[gate].spectral_radius:.2f} (start "
        f"{found.start[gate].spectral_radius:.2f}), σ_max {found.now[gate].norm:.2f}"
        for gate in gates
    ]
    table = {
        "gate": [gate for gate in gates for _ in found.now[gate].eigenvalues],
        "now, real": [v.real for gate in gates for v in found.now[gate].eigenvalues],
        "now, imaginary": [v.imag for gate in gates for v in found.now[gate].eigenvalues],
        "start, real": [v.real for gate in gates for v in found.start[gate].eigenvalues],
        "start, imaginary": [v.imag for gate in gates for v in found.start[gate].eigenvalues],
    }
    figure = eigenvalues({g: found.now[g].eigenvalues for g in gates}, {g: found.start[g].eigenvalues for g in gates})
    return Picture(
        "eigenvalues",
        f"The eigenvalues of {whose}W_hh",
        figure,
        f"{'; '.join(sizes)}. Measured in this network: {per_step(spread.log10_norm, 0)}.",
        "vanishing or exploding from these two numbers: slopes stand between the matrices. Radius 1 is not the "
        "border; σ_max times the largest slope below 1 is enough to vanish, a radius above 1 is not enough to "
        "explode.",
        table,
        height=430,
    )


def paths(s: Session, view: Look, t: int) -> Picture:
    """An LSTM's ∂c_T/∂c_t: the direct path through the forget gates, and the whole."""
    found = view.ask(s, cell_state_paths, s.status.sequence)
    T = len(found.whole) - 1
    lines = {
        "‖∂c<sub>T</sub>/∂c<sub>t</sub>‖, the whole": found.whole,
        "direct path: largest Π f": found.direct_norm,
        "all other paths": found.rest,
    }
    times = found.whole[t] - found.direct_norm[t]
    look = (
        f"‖∂c_{T}/∂c_{t}‖ is {power(found.whole[t])}; the direct path through the forget gates has "
        f"{power(found.direct_norm[t])}, the paths through h and the gates {power(found.rest[t])}"
        + (f": the whole is {power(times)} times the direct path." if np.isfinite(times) and t < T else ".")
    )
    table = {"t": range(T + 1), "log10 whole": found.whole, "log10 direct": found.direct_norm, "log10 rest": found.rest}
    return Picture(
        "cell-state",
        "An LSTM’s cell state, and its direct path",
        over_time(lines, t),
        look,
        "that an LSTM’s gradient lives on Π f, or that it cannot vanish: both depend on the gates of this very run.",
        table,
        wide=True,
        pick=step_clicked,
    )
