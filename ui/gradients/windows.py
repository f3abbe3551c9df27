"""Truncation: what a window keeps of the true gradient, and the four ways to carry or cut state and gradient."""

from typing import Any

import numpy as np
import streamlit as st

from rnn_core.analysis.truncation import Truncation, truncation
from rnn_core.trainer import Trainer
from ui.figures.gradient_parts import lengths_by_weight
from ui.figures.gradient_settings import angles, carried_and_cut, lengths
from ui.figures.powers import log10_of, power
from ui.gradients.picture import Picture, step_clicked, tall
from ui.gradients.settings import Look, fields_of, key, steps_of
from ui.run.session import Session

FEW, MANY, LARGE = 6, 14, 2e6  # windows that are tried; T H² B, beyond which few are
CUT, RESET = "state carried, gradient cut", "state reset as well"
WORDS = "window w, in time steps"


def controls(s: Session, values: dict[str, Any]) -> None:
    T = steps_of(s)
    if T > 1:
        st.slider(
            "Window w, in time steps",
            1,
            T,
            fields_of(s)["window"].default,
            key=key("window"),
            bind="query-params",
            help="Windows are counted from the first step; the gradient does not pass from one to the one before.",
        )


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    T, window, t = steps_of(s), values["window"], values["t"]
    many = FEW if T * s.config.hidden_size**2 * s.config.batch_size > LARGE else MANY
    windows = sorted({*(int(w) for w in np.unique(np.linspace(1, T, many).round())), window})
    found: dict[int, Truncation] = {w: view.ask(s, kept_by_window, w) for w in windows}
    return [
        lanes(T, window, found[window], t),
        turned(found, window),
        kept(found, window),
        by_weight(found[window], window),
    ]


def kept_by_window(trainer: Trainer, window: int) -> Truncation:
    """truncation without the gradients themselves: a visitor's answers are kept, and are many."""
    found = truncation(trainer, window)
    return Truncation({}, found.cut._replace(gradient={}), found.reset._replace(gradient={}))


def lanes(T: int, window: int, found: Truncation, t: int) -> Picture:
    """The four combinations."""
    said = [f"{times(kept.norm_ratio)}, turned by {kept.angle:.0f}°" for kept in (found.cut, found.reset)]
    parts = [f"{briefly(kept.norm_ratio)}, {kept.angle:.0f}°" for kept in (found.cut, found.reset)]
    notes = ["the true one", *parts, "the same"]
    first = (t - 1) // window * window + 1
    last = min(first + window - 1, T)
    look = (
        f"With w = {window} the gradient is {said[0]}: step {t} gets gradient only from losses up to step {last} "
        f"(its window is {first} to {last}). With the state reset as well it is {said[1]}: another loss, and its exact "
        "gradient. Carrying the gradient there changes nothing: none passes through a state that was set to 0."
        if window < T
        else f"With w = {window} nothing is cut: there are {T} steps."
    )
    table: dict[str, Any] = {
        "state": ["carried", "carried", "reset", "reset"],
        "gradient": ["carried", "cut", "cut", "carried"],
        "length kept": [1.0, found.cut.norm_ratio, found.reset.norm_ratio, found.reset.norm_ratio],
        "angle in degrees": [0.0, found.cut.angle, found.reset.angle, found.reset.angle],
    }
    return Picture(
        "lanes",
        "Carry or cut: two lines, four pictures",
        carried_and_cut(T, window, notes, t),
        look,
        "that a window cannot use what is older: the state is carried on, and what it happens to hold can be read. "
        "The gradient cannot build a path older than the window.",
        table,
        wide=True,
        pick=step_clicked,
    )


def briefly(ratio: float) -> str:
    """A length beside the true one's, where there is little room."""
    return f"{ratio:.0%}" if ratio < 10 else f"× {power(float(log10_of(ratio)))}"


def times(ratio: float) -> str:
    """A length beside the true one's."""
    return f"{ratio:.0%} of the true length" if ratio < 10 else f"{power(float(log10_of(ratio)))} times as long"


def turned(found: dict[int, Truncation], window: int) -> Picture:
    """The angle over all windows."""
    lines: dict[str, list[float]] = {
        CUT: [k.cut.angle for k in found.values()],
        RESET: [k.reset.angle for k in found.values()],
    }
    enough = next((w for w, k in found.items() if k.cut.angle < 10), max(found))
    look = (
        f"At w = {window} the gradient is turned by {found[window].cut.angle:.0f}°, at w = 1 by "
        f"{found[1].cut.angle:.0f}°. Of the windows tried, w = {enough} is the first that turns it by less than 10°; "
        "windows are counted from the first step, so a longer one may cut closer to the last answer."
    )
    figure = angles(list(found), {name: np.array(v) for name, v in lines.items()}, window, WORDS)
    caution = (
        "that truncation costs nothing because gradients vanish: that holds before learning. Once a network listens "
        "far back, the angle can come near 90°."
    )
    return Picture(
        "windows-angle",
        "The angle to the true gradient",
        figure,
        look,
        caution,
        {"window": list(found), **lines},
        pick=lambda x, y: {"window": round(x)},
    )


def kept(found: dict[int, Truncation], window: int) -> Picture:
    """The length over all windows."""
    lines: dict[str, list[float]] = {
        CUT: [k.cut.norm_ratio for k in found.values()],
        RESET: [k.reset.norm_ratio for k in found.values()],
    }
    look = (
        f"At w = {window} the gradient has {times(found[window].cut.norm_ratio)}, at w = 1 "
        f"{times(found[1].cut.norm_ratio)}. With the state reset as well: {times(found[window].reset.norm_ratio)}."
    )
    figure = lengths(list(found), {name: log10_of(v) for name, v in lines.items()}, window, WORDS)
    return Picture(
        "windows-length",
        "The length beside the true gradient",
        figure,
        look,
        "that a gradient of the right length points the right way: see the angle.",
        {"window": list(found), **lines},
        pick=lambda x, y: {"window": round(x)},
    )


def by_weight(found: Truncation, window: int) -> Picture:
    names = list(found.cut.lengths_by_weight)
    before, after = np.array(list(found.cut.lengths_by_weight.values())).T
    angles = found.cut.angle_by_weight
    most = max(angles, key=lambda n: angles[n])
    quiet = [n for n in names if angles[n] < 0.05 and abs(found.cut.norm_ratio_by_weight[n] - 1) < 1e-3]
    look = f"Most turned is {most}, by {angles[most]:.0f}°. " + (
        f"Untouched: {', '.join(quiet)}." if quiet else "None is untouched."
    )
    table = {
        "weights": names,
        "true": before,
        "truncated": after,
        "kept": [found.cut.norm_ratio_by_weight[n] for n in names],
        "angle in degrees": [angles[n] for n in names],
    }
    figure = lengths_by_weight({"true": before, f"truncated, w = {window}": after}, names)
    return Picture(
        "windows-weights",
        "By weight matrix",
        figure,
        look,
        "that all weights lose alike: what the read-out learns needs no step back.",
        table,
        wide=True,
        height=tall(names),
    )
