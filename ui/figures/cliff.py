"""The cliff: an error surface over two parameters, from above and in space, and two descents on it.

After Pascanu, Mikolov & Bengio, arXiv:1211.5063 (2013), figure 6.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.graph_objects import Figure

from rnn_core.analysis.cliff import Descent, ErrorSurface
from rnn_core.words import t
from ui.figures.gradients import LEGEND, MARGIN
from ui.figures.house import BACKGROUND, DASHES, FAINT, GRADIENT, LINE, MUTED, TEXT, figure, scatter
from ui.figures.powers import log10_of, powers

DECADES = (-3.0, 1.0)  # of the slope, from pale to strong
RING = 14  # pixels, its radius
WALKS: dict[str, dict[str, Any]] = {  # the thin one above the thick: where they go the same way both are seen
    "clipped": {"name": t("clipped"), "color": "var(--negative)", "width": 4.5, "dash": "solid", "symbol": "circle",
                "size": 8},
    "plain": {"name": t("plain"), "color": "var(--positive)", "width": 1.8, "dash": DASHES[0], "symbol": "x",
              "size": 7},
}  # fmt: skip


def cliff_from_above(surface: ErrorSurface, walks: Mapping[str, Descent]) -> Figure:
    """The loss as lines, its slope as colour, and the walks "plain" and "clipped"; one that is outside says where. The
    ring around the start can be dragged: static/chart/plot.js tells where to.
    """
    ticks = np.arange(DECADES[0], DECADES[1] + 1)
    bar = {"tickvals": ticks, "ticktext": powers(ticks), "thickness": 12, "outlinewidth": 0}
    ground = go.Heatmap(
        x=surface.w, y=surface.b, z=steepness(surface), zmin=DECADES[0], zmax=DECADES[1], zsmooth="best",
        colorscale=[[0, BACKGROUND], [1, GRADIENT]], colorbar=bar,
        customdata=light(surface.loss),
        hovertemplate="w %{x:.2f}, b %{y:.2f}: L %{customdata:.3g}, "
        + t("slope {slope}", slope="10<sup>%{z:.1f}</sup>") + "<extra></extra>",
    )  # fmt: skip
    equal = go.Contour(
        x=surface.w, y=surface.b, z=light(surface.loss), showscale=False, hoverinfo="skip", line={"width": 1},
        colorscale=[[0, MUTED], [1, MUTED]], contours={"coloring": "lines", "start": 0.25, "end": 2.25, "size": 0.25},
    )  # fmt: skip
    lines = [walked(name, walks[name]) for name in WALKS]
    star = {"symbol": "star", "size": 16, "color": TEXT, "line": {"color": BACKGROUND, "width": 1}}
    first = walks["plain"]
    start = scatter(x=first.w[:1], y=first.b[:1], mode="markers", name=t("start"), hoverinfo="skip", marker=star)
    title = {"showgrid": False}
    sizes = {"xsizemode": "pixel", "ysizemode": "pixel", "x0": -RING, "x1": RING, "y0": -RING, "y1": RING}
    ring = {"type": "circle", "editable": True, **sizes, "xanchor": first.w[0], "yanchor": first.b[0],
            "line": {"color": TEXT, "width": 2}}  # fmt: skip
    return figure(
        [ground, equal, *lines, start],
        shapes=[ring], editrevision=f"{first.w[0]} {first.b[0]}",
        hovermode="closest", showlegend=True, legend={**LEGEND, "y": 1.03}, margin={**MARGIN, "r": 10},
        annotations=[note for name in WALKS for note in gone(name, walks[name], surface)],
        xaxis={**title, "range": ends(surface.w), "title": {"text": t("w, the recurrent weight"), "standoff": 6}},
        yaxis={**title, "range": ends(surface.b), "title": {"text": t("b, the bias"), "standoff": 4}},
    )  # fmt: skip


def cliff_in_space(surface: ErrorSurface, walks: Mapping[str, Descent]) -> Figure:
    """The same in space: height is the loss, colour the slope. A walk stops where it leaves the window."""
    ground = go.Surface(
        x=surface.w, y=surface.b, z=light(surface.loss), surfacecolor=steepness(surface),
        cmin=DECADES[0], cmax=DECADES[1],
        colorscale=[[0, LINE], [1, GRADIENT]], showscale=False, hovertemplate="w %{x:.2f}, b %{y:.2f}: L %{z:.3g}",
        lighting={"ambient": 0.85, "diffuse": 0.35, "specular": 0.0},
    )  # fmt: skip
    lines = []
    for name, look in WALKS.items():
        walk = walks[name]
        stop = int(np.append(outside(walk, surface), True).argmax())
        marker = {"color": look["color"], "symbol": look["symbol"], "size": look["size"] / 2}
        lines.append(go.Scatter3d(
            x=walk.w[:stop], y=walk.b[:stop], z=walk.loss[:stop] + 0.06, mode="lines+markers", name=look["name"],
            line={"color": look["color"], "width": look["width"]}, marker=marker, hoverinfo="skip",
        ))  # fmt: skip
    axis = {"backgroundcolor": BACKGROUND, "gridcolor": LINE, "color": MUTED, "linecolor": FAINT, "showspikes": False,
            "zeroline": False, "nticks": 5}  # fmt: skip
    named = zip("xyz", ("w", "b", t("loss")), strict=True)
    scene: dict[str, Any] = {f"{name}axis": {**axis, "title": {"text": words}} for name, words in named}
    eye = {"eye": {"x": -1.4, "y": -1.65, "z": 1.0}, "center": {"x": 0, "y": 0, "z": -0.12}}
    return figure(
        [ground, *lines],
        hovermode="closest", showlegend=True, legend={**LEGEND, "y": 1.0}, margin={"l": 0, "r": 0, "t": 34, "b": 0},
        scene={**scene, "aspectmode": "manual", "aspectratio": {"x": 1.25, "y": 1.25, "z": 0.75}, "camera": eye,
               "bgcolor": BACKGROUND, "uirevision": "kept"},
    )  # fmt: skip


def steepness(surface: ErrorSurface) -> np.ndarray:
    """log10 of the slope, not below the palest colour."""
    return light(log10_of(np.maximum(surface.gradient_norm, 10 ** DECADES[0])))


def light(a: np.ndarray) -> np.ndarray:
    """In float32: half as much to send."""
    return a.astype(np.float32)


def walked(name: str, walk: Descent) -> dict[str, Any]:
    """A walk from above."""
    look = WALKS[name]
    return scatter(
        x=walk.w, y=walk.b, mode="lines+markers", name=look["name"], customdata=walk.loss,
        line={part: look[part] for part in ("color", "width", "dash")},
        marker={part: look[part] for part in ("color", "symbol", "size")},
        hovertemplate=t("{walk}, step {step}", walk=look["name"], step="%{pointNumber}")
        + ": w %{x:.3g}, b %{y:.3g}, L %{customdata:.3g}<extra></extra>",
    )  # fmt: skip


def outside(walk: Descent, surface: ErrorSurface) -> np.ndarray:
    """At which of its points a walk is not in the window."""
    (w0, w1), (b0, b1) = ends(surface.w), ends(surface.b)
    return np.asarray((walk.w < w0) | (walk.w > w1) | (walk.b < b0) | (walk.b > b1))


def gone(name: str, walk: Descent, surface: ErrorSurface) -> list[dict[str, Any]]:
    """Where a walk is, if that is not in the window: at the edge on its side."""
    if not outside(walk, surface)[-1]:
        return []
    at: dict[str, Any] = {}
    sides = (("x", walk.w, surface.w, "left", "right"), ("y", walk.b, surface.b, "bottom", "top"))
    for axis, place, grid, low, high in sides:
        start, stop = ends(grid)
        at[axis] = float(np.clip(place[-1], start, stop))
        at[f"{axis}anchor"] = low if at[axis] < (start + stop) / 2 else high
    w, b = (f"{value:.2f}".replace("-", "−") for value in (walk.w[-1], walk.b[-1]))
    words = t("{walk} is at w {w}, b {b}", walk=WALKS[name]["name"], w=w, b=b)
    return [{**at, "text": words, "showarrow": False, "bgcolor": BACKGROUND, "bordercolor": WALKS[name]["color"],
             "borderpad": 4, "font": {"color": TEXT, "size": 13}}]  # fmt: skip


def ends(grid: np.ndarray) -> list[float]:
    return [float(grid[0]), float(grid[-1])]
