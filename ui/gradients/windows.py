"""Truncation: what a window keeps of the true gradient, and the four ways to carry or cut state and gradient."""

from typing import Any

import numpy as np
import streamlit as st

from rnn_core.analysis.truncation import Truncation, truncation
from rnn_core.trainer import Trainer
from rnn_core.words import t
from ui.figures.gradient_parts import lengths_by_weight
from ui.figures.gradient_settings import angles, carried_and_cut, lengths
from ui.figures.powers import log10_of, power
from ui.gradients.picture import Picture, step_clicked, tall
from ui.gradients.settings import Look, fields_of, key, steps_of
from ui.run.session import Session

FEW, MANY, LARGE = 6, 14, 2e6  # windows that are tried; T H² B, beyond which few are
CUT, RESET = t("state carried, gradient cut"), t("state reset as well")
WORDS = t("window w, in time steps")


def controls(s: Session, values: dict[str, Any]) -> None:
    T = steps_of(s)
    if T > 1:
        st.slider(
            t("Window w, in time steps"),
            1,
            T,
            fields_of(s)["window"].default,
            key=key("window"),
            bind="query-params",
            help=t("Windows are counted from the first step; the gradient does not pass from one to the one before."),
        )


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    T, window, at = steps_of(s), values["window"], values["t"]
    many = FEW if T * s.config.hidden_size**2 * s.config.batch_size > LARGE else MANY
    windows = sorted({*(int(w) for w in np.unique(np.linspace(1, T, many).round())), window})
    result: dict[int, Truncation] = {w: view.ask(s, kept_by_window, w) for w in windows}
    return [
        lanes(T, window, result[window], at),
        turned(result, window),
        kept(result, window),
        by_weight(result[window], window),
    ]


def kept_by_window(trainer: Trainer, window: int) -> Truncation:
    """truncation without the gradients themselves: a visitor's answers are kept, and are many."""
    result = truncation(trainer, window)
    return Truncation({}, result.cut._replace(gradient={}), result.reset._replace(gradient={}))


def lanes(T: int, window: int, result: Truncation, at: int) -> Picture:
    """The four combinations."""
    sentences = [
        t("{length}, turned by {angle}°", length=times(kept.norm_ratio), angle=f"{kept.angle:.0f}")
        for kept in (result.cut, result.reset)
    ]
    parts = [f"{briefly(kept.norm_ratio)}, {kept.angle:.0f}°" for kept in (result.cut, result.reset)]
    notes = [t("the true one"), *parts, t("the same")]
    first = (at - 1) // window * window + 1
    last = min(first + window - 1, T)
    look = (
        t("With w = {w} the gradient is {cut}: step {t} gets gradient only from losses up to step {last} (its window "
          "is {first} to {last}). With the state reset as well it is {reset}: another loss, and its exact gradient. "
          "Carrying the gradient there changes nothing: none passes through a state that was set to 0.",
          w=window, cut=sentences[0], t=at, first=first, last=last, reset=sentences[1])
        if window < T
        else t("With w = {w} nothing is cut: there are {T} steps.", w=window, T=T)
    )  # fmt: skip
    carried, cut, reset = t("carried"), t("cut"), t("reset")
    table: dict[str, Any] = {
        t("state"): [carried, carried, reset, reset],
        t("gradient"): [carried, cut, cut, carried],
        t("length kept"): [1.0, result.cut.norm_ratio, result.reset.norm_ratio, result.reset.norm_ratio],
        t("angle in degrees"): [0.0, result.cut.angle, result.reset.angle, result.reset.angle],
    }
    return Picture(
        "lanes",
        t("Carry or cut: two lines, four pictures"),
        carried_and_cut(T, window, notes, at),
        look,
        t("that a window cannot use what is older: the state is carried on, and what it happens to hold can be read. "
          "The gradient cannot build a path older than the window."),
        table,
        wide=True,
        pick=step_clicked,
    )


def briefly(ratio: float) -> str:
    """A length beside the true one's, where there is little room."""
    return f"{ratio:.0%}" if ratio < 10 else f"× {power(float(log10_of(ratio)))}"


def times(ratio: float) -> str:
    """A length beside the true one's."""
    if ratio < 10:
        return t("{share} of the true length", share=f"{ratio:.0%}")
    return t("{times} times as long", times=power(float(log10_of(ratio))))


def turned(result: dict[int, Truncation], window: int) -> Picture:
    """The angle over all windows."""
    lines: dict[str, list[float]] = {
        CUT: [k.cut.angle for k in result.values()],
        RESET: [k.reset.angle for k in result.values()],
    }
    enough = next((w for w, k in result.items() if k.cut.angle < 10), max(result))
    look = t(
        "At w = {w} the gradient is turned by {angle}°, at w = 1 by {most}°. Of the windows tried, w = {enough} is the "
        "first that turns it by less than 10°; windows are counted from the first step, so a longer one may cut closer "
        "to the last answer.",
        w=window, angle=f"{result[window].cut.angle:.0f}", most=f"{result[1].cut.angle:.0f}", enough=enough,
    )  # fmt: skip
    figure = angles(list(result), {name: np.array(v) for name, v in lines.items()}, window, WORDS)
    caution = t(
        "that truncation costs nothing because gradients vanish: that holds before learning. Once a network listens "
        "far back, the angle can come near 90°."
    )
    return Picture(
        "windows-angle",
        t("The angle to the true gradient"),
        figure,
        look,
        caution,
        {t("window"): list(result), **lines},
        pick=lambda x, y: {"window": round(x)},
    )


def kept(result: dict[int, Truncation], window: int) -> Picture:
    """The length over all windows."""
    lines: dict[str, list[float]] = {
        CUT: [k.cut.norm_ratio for k in result.values()],
        RESET: [k.reset.norm_ratio for k in result.values()],
    }
    look = t(
        "At w = {w} the gradient has {length}, at w = 1 {least}. With the state reset as well: {reset}.", w=window,
        length=times(result[window].cut.norm_ratio), least=times(result[1].cut.norm_ratio),
        reset=times(result[window].reset.norm_ratio),
    )  # fmt: skip
    figure = lengths(list(result), {name: log10_of(v) for name, v in lines.items()}, window, WORDS)
    return Picture(
        "windows-length",
        t("The length beside the true gradient"),
        figure,
        look,
        t("that a gradient of the right length points the right way: see the angle."),
        {t("window"): list(result), **lines},
        pick=lambda x, y: {"window": round(x)},
    )


def by_weight(result: Truncation, window: int) -> Picture:
    names = list(result.cut.lengths_by_weight)
    before, after = np.array(list(result.cut.lengths_by_weight.values())).T
    angles = result.cut.angle_by_weight
    most = max(angles, key=lambda n: angles[n])
    quiet = [n for n in names if angles[n] < 0.05 and abs(result.cut.norm_ratio_by_weight[n] - 1) < 1e-3]
    most_turned = t("Most turned is {weights}, by {angle}°.", weights=most, angle=f"{angles[most]:.0f}")
    untouched = t("Untouched: {weights}.", weights=", ".join(quiet)) if quiet else t("None is untouched.")
    table = {
        t("weights"): names,
        t("true"): before,
        t("truncated"): after,
        t("kept"): [result.cut.norm_ratio_by_weight[n] for n in names],
        t("angle in degrees"): [angles[n] for n in names],
    }
    figure = lengths_by_weight({t("true"): before, t("truncated, w = {w}", w=window): after}, names)
    return Picture(
        "windows-weights",
        t("By weight matrix"),
        figure,
        f"{most_turned} {untouched}",
        t("that all weights lose alike: what the read-out learns needs no step back."),
        table,
        wide=True,
        height=tall(names),
    )
