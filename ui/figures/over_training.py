"""Over training: what the loss says to every time step as a map; under it loss, spectral radius and gradient norm."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.graph_objects import Figure

from rnn_core.words import t
from ui.figures.gradients import finite
from ui.figures.house import BACKGROUND, DASHES, FAINT, GRADIENT, MUTED, PRIMARY, TEXT, beside, figure, line, written
from ui.figures.powers import counted, log10_of, log_axis, powers, room

DECADES = 12.0  # below the largest, at most, that the colours tell apart
REACH = -2.0  # log10 of the share of a step's largest gradient, down to which the others are near it
HEIGHT, MARGIN = 760, {"l": 58, "r": 84, "t": 46, "b": 46}  # pixels
ROWS = ((0.585, 1.0), (0.395, 0.51), (0.2, 0.315), (0.0, 0.12))  # of the height
MARKS = 3  # on the axis of a low row
TITLES = ("‖∂L/∂h<sub>t</sub>‖", t("loss"), t("spectral radius of W<sub>hh</sub>"), t("gradient’s norm, all weights"))
NOW = t("now")
Lines = Mapping[str, tuple[Sequence[float], np.ndarray]]  # by name: steps (n,) and values (n,)


def over_training(
    steps: Sequence[int],
    log10_dh: np.ndarray,
    losses: Lines,
    radii: Lines,
    norms: Lines,
    at: int | None,
    time_step: int,
    levels: Mapping[str, tuple[int, float]],
) -> Figure:
    """log10 ‖∂L/∂h_t‖ (n,T) by training step (n,); under it, on the same axis, losses, radii by gate and norms.

    at: the training step of the cursor, None: the last; time_step: the page's. levels: by name, on which row, 1 or
    3, and at which value a dashed line stands.
    """
    last, T = steps[-1], log10_dh.shape[1]
    air = 0.012 * last or 0.5
    traces = [heat(steps, log10_dh), reach_line(steps, log10_dh), *rows(losses, 1), *rows(radii, 2), *rows(norms, 3)]
    for name, (row, value) in levels.items():
        ends = log10_of([value] * 2)
        traces.append(on(row, line([0, last], ends, name, MUTED, 1.4, dash=DASHES[0], text=powers(ends))))
    limits = [room(*(trace["y"] for trace in traces[1:] if trace.get("yaxis") == f"y{row + 1}")) for row in (1, 2, 3)]
    limits[1] = 0.0, limits[1][1]
    axes = {
        "yaxis": {"range": [0.5, T + 0.5], "dtick": ceil(T / 6), "title": {"text": t("time step t"), "standoff": 4}},
        "yaxis2": log_axis(*limits[0], most=MARKS),
        "yaxis3": {"range": limits[1], "nticks": 4},
        "yaxis4": log_axis(*limits[2], most=MARKS),
    }
    for (name, axis), domain in zip(axes.items(), ROWS, strict=True):
        axes[name] = {"nticks": 6, **axis, "domain": domain, "anchor": "x"}
    result = crossing(last if at is None else at, NOW if at is None else t("step {step}", step=f"{at:,}"), time_step)
    for row, (low, high) in enumerate(limits, 1):
        own = [each for each in traces[1:] if each.get("yaxis") == f"y{row + 1}"]
        result["annotations"] += at_the_end(own, row, low, high)
    return figure(
        traces,
        **axes,
        **result,
        hovermode="closest",
        hoverdistance=-1,
        margin=MARGIN,
        xaxis={"range": [-air, last + air], "showgrid": False, "anchor": "y4", **counted(0, last, 6),
               "tickangle": 0, "title": {"text": t("training step"), "standoff": 6}},
    )  # fmt: skip


def at_the_end(traces: Sequence[Any], row: int, low: float, high: float) -> list[dict[str, Any]]:
    """The names of a row's lines, at their right ends."""
    values_of = {each["name"]: np.asarray(each["y"], float) for each in traces}
    named = {name: float(y[np.isfinite(y)][-1]) for name, y in values_of.items() if np.isfinite(y).any()}
    bottom, top = ROWS[row]
    pixels = (HEIGHT - MARGIN["t"] - MARGIN["b"]) * (top - bottom) / (high - low)
    values = list(named.values())
    notes = beside(list(named), values, [pixels * (value - low) for value in values], 15)
    return [{**note, "yref": f"y{row + 1}", "font": {"size": 12, "color": TEXT}} for note in notes]


def heat(steps: Sequence[int], log10_dh: np.ndarray) -> Any:
    """The map, pale where the gradient is small; what is exactly 0 is left empty."""
    known = log10_dh[np.isfinite(log10_dh)]
    high = float(known.max(initial=-1e4)) if len(known) else 0.0
    low = min(high - 1, max(float(known.min(initial=high)), high - DECADES))
    axis = log_axis(low, high)
    ticks, words = axis["tickvals"], axis["ticktext"]
    if words and (known < low).any():
        words[0] = f"≤ {words[0]}"
    return go.Heatmap(
        x=list(steps),
        y=list(range(1, log10_dh.shape[1] + 1)),
        z=finite(log10_dh).T.astype(np.float32),
        zmin=low - 0.08 * (high - low),
        zmax=high,
        colorscale=[[0, BACKGROUND], [1, GRADIENT]],
        hoverongaps=False,
        hovertemplate="t = %{y}: 10<sup>%{z:.1f}</sup><extra></extra>",
        colorbar={
            "tickvals": ticks, "ticktext": words, "thickness": 12, "outlinewidth": 0, "x": 1.01, "xpad": 2, "ypad": 0,
            "y": ROWS[0][1], "yanchor": "top", "len": ROWS[0][1] - ROWS[0][0],
        },
    )  # fmt: skip


def reach_line(steps: Sequence[int], log10_dh: np.ndarray) -> Any:
    """After each training step the earliest time step whose gradient is near the largest."""
    first = earliest(log10_dh)
    words = [t("from t = {t} on", t=f"{v:.0f}") if np.isfinite(v) else "–" for v in first]
    named = t("a hundredth of the largest")
    return line(steps, first, named, TEXT, 1.6, text=words, hovertemplate=None, hoverinfo="skip")


def earliest(log10_dh: np.ndarray) -> np.ndarray:
    """From which time step, from 1, on there is a gradient within a hundredth of the largest, (n,T) -> (n,); NaN where
    all are exactly 0.
    """
    near = log10_dh >= log10_dh.max(axis=1, keepdims=True) + REACH
    return np.where(np.isfinite(log10_dh).any(axis=1), near.argmax(axis=1) + 1.0, np.nan)


def rows(lines: Lines, row: int) -> list[Any]:
    """The lines of a row, the first thick and above the others; the loss and the norm as logarithms."""
    result = []
    for k, (name, (steps, values)) in enumerate(lines.items()):
        shown = values if row == 2 else finite(log10_of(values))
        text = written(values) if row == 2 else powers(shown)
        style: dict[str, Any] = {"dash": DASHES[(k - 1) % len(DASHES)]} if k and row == 2 else {}
        color = (GRADIENT if row == 3 else TEXT) if k == 0 else MUTED
        result.append(on(row, line(steps, shown, name, color, 1.2 if k else 2.2, text=text, **style)))
    return result[::-1]


def on(row: int, trace: Any) -> Any:
    """In this row, from 0."""
    trace.update(yaxis=f"y{row + 1}")
    return trace


def crossing(at: int, words: str, time_step: int) -> dict[str, list[dict[str, Any]]]:
    """The cursor: a training step from top to bottom, and the time step across the map; and the rows' titles."""
    style = {"type": "line", "line": {"color": PRIMARY, "width": 1.5}}
    upright = {**style, "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1}
    across = {**style, "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": time_step, "y1": time_step}
    one = {**across, "yref": "y3", "y0": 1, "y1": 1, "layer": "below"}
    one["line"] = {"color": FAINT, "width": 1.2, "dash": "2px,3px"}
    note = {"showarrow": False, "font": {"color": PRIMARY, "size": 13}}
    places = [
        {**note, "xref": "x", "x": at, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 18, "text": words,
         "xanchor": "right" if words == NOW else "center"},
        {**note, "xref": "paper", "x": 0, "xanchor": "left", "yref": "y", "y": time_step, "yanchor": "bottom",
         "text": f"t = {time_step}"},
    ]  # fmt: skip
    named = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "yanchor": "bottom", "showarrow": False}
    titles = [
        {**named, "y": top, "yshift": 2, "text": f"<b>{words}</b>", "font": {"color": TEXT, "size": 13}}
        for words, (_, top) in zip(TITLES, ROWS, strict=True)
    ]
    return {"shapes": [one, upright, across], "annotations": [*places, *titles]}
