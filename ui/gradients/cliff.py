"""The cliff: one unit, two parameters, the exact error surface, and two descents that differ in clipping alone."""

from functools import cache, lru_cache
from typing import Any

import numpy as np
import streamlit as st

from rnn_core.analysis.cliff import Descent, ErrorSurface, descend, error_surface
from rnn_core.words import t
from ui.figures.cliff import WALKS, cliff_from_above, cliff_in_space
from ui.figures.numbers import short
from ui.gradients.picture import Picture
from ui.gradients.settings import PRESET, Look, fields_of, key
from ui.run.session import Session

POINTS = 121  # of the grid, each way
ARRIVED, SPARSE = 1e-3, 4


def controls(s: Session, values: dict[str, Any]) -> None:
    st.markdown(t(
        "One unit without an input, $h_t = \\tanh(w\\,h_{t-1} + b)$, $T = 50$ steps, $L = (h_{50} + 0.5)^2$. After "
        "Pascanu, Mikolov and Bengio (2013), figure 6. This section is not about the run in the playground."
    ))  # fmt: skip
    fields, columns = fields_of(s), st.columns(5, gap="small")
    labels = {
        "w": (t("Start: w"), 0.01),
        "b": (t("Start: b"), 0.01),
        "rate": (t("Learning rate"), 0.05),
        "limit": (t("Clip the norm at"), 0.05),
        "walked": (t("Steps shown"), 1),
    }
    for column, (name, (label, step)) in zip(columns, labels.items(), strict=True):
        field = fields[name]
        column.slider(
            label,
            field.low,
            field.high,
            field.default,
            step,
            key=key(name),
            bind="query-params",
            help=field.help or None,
        )


@cache
def surface() -> ErrorSurface:
    """The preset's window, computed once for the process."""
    return error_surface(np.linspace(*PRESET.w, POINTS), np.linspace(*PRESET.b, POINTS), PRESET.cliff)


@lru_cache(64)
def walks(w: float, b: float, rate: float, limit: float) -> dict[str, Descent]:
    """Both descents in full."""
    limits = {"plain": None, "clipped": limit}
    return {name: descend((w, b), rate, PRESET.steps, threshold, PRESET.cliff) for name, threshold in limits.items()}


def pictures(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    both = walks(*(round(values[name], 4) for name in ("w", "b", "rate", "limit")))
    n = values["walked"]
    shown = {name: Descent(*(part[: n + 1] for part in walk)) for name, walk in both.items()}
    table = {t("step"): range(n + 1)}
    table |= {
        f"{WALKS[name]['name']}, {part}": getattr(walk, part)
        for name, walk in shown.items()
        for part in ("w", "b", "loss", "gradient_norm")
    }
    leaps = {name: np.hypot(np.diff(walk.w), np.diff(walk.b)) for name, walk in shown.items()}
    parts = [fate(WALKS[name]["name"], walk, n) for name, walk in both.items()]
    if n:
        longest = {name: short(leap.max(), 2) for name, leap in leaps.items()}
        parts.append(t("The longest step so far: plain {plain}, clipped {clipped}.", **longest))
    parts.append(t("Drag the ring to another start."))
    return [
        Picture(
            "cliff-above",
            t("From above: colour is the slope, lines are the loss"),
            cliff_from_above(surface(), shown),
            " ".join(parts),
            t("that plain descent fails. After 150 steps from 600 random starts in this window the clipped walk alone "
              "had arrived in 2 to 20 % of them, by target, rate and draw; at rate 0.03 and threshold 0.1 the plain "
              "one alone in 29 to 48 %, for clipped steps are short."),
            table,
            height=460,
            pick=lambda x, y: {"w": round(x, 2), "b": round(y, 2)},
        ),
        Picture(
            "cliff-space",
            t("In space: height is the loss"),
            cliff_in_space(surface(), shown),
            t("The slope in this window is {middle} in the middle of all points, and {most} at the steepest: a valley "
              "that ends at a wall. Drag to turn it.", middle=short(np.median(surface().gradient_norm), 2),
              most=f"{surface().gradient_norm.max():,.0f}"),
            t("that every network’s error surface looks so: this is one unit and two weights."),
            heights(),
            height=460,
        ),
    ]


def heights() -> dict[str, np.ndarray]:
    """The surface as a table, of every fourth of its points each way."""
    each = surface()
    b, w = np.meshgrid(each.b[::SPARSE], each.w[::SPARSE], indexing="ij")
    columns = {"w": w, "b": b, t("loss"): each.loss, t("slope"): each.gradient_norm}
    return {name: (a if name in "wb" else a[::SPARSE, ::SPARSE]).ravel() for name, a in columns.items()}


def fate(name: str, walk: Descent, n: int) -> str:
    """What a walk has come to after n of its steps, and what it comes to in the end."""
    arrived, now = np.flatnonzero(walk.loss < ARRIVED), {"walk": name, "loss": short(walk.loss[n]), "steps": n}
    if len(arrived):
        return t("The {walk} walk has loss {loss} after {steps} steps and arrives (loss below {least}) after {arrived} "
                 "steps.", **now, least=f"{ARRIVED:g}", arrived=arrived[0])  # fmt: skip
    return t("The {walk} walk has loss {loss} after {steps} steps and does not arrive in {all} steps: it ends at loss "
             "{last}.", **now, all=len(walk.loss) - 1, last=short(walk.loss[-1]))  # fmt: skip
