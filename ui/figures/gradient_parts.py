"""What reaches the weights and what a rule leaves of it: histograms, saturation, clipping, windows, mistakes."""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.graph_objects import Figure

from rnn_core.words import t
from ui.figures.gradients import LEGEND, MARGIN, finite
from ui.figures.house import BACKGROUND, DASHES, FAINT, GRADIENT, LINE, MUTED, TEXT, figure, line, scatter
from ui.figures.numbers import short
from ui.figures.powers import counted, cursor, log10_of, log_axis, powers, room, time_axis

BINS = 40
WIDE = 118  # pixels for the names of weights
NEAR = 0.05  # of where a slope is 0: saturated
HOLLOW_AND_FILLED: tuple[tuple[dict[str, Any], float], ...] = (  # a bar's look, and its width
    ({"color": BACKGROUND, "line": {"color": MUTED, "width": 1.6}}, 0.76),
    ({"color": GRADIENT, "line": {"color": GRADIENT, "width": 1}}, 0.42),
)


def gradient_histogram(log10_norms: np.ndarray, at: int) -> Figure:
    """log10 ‖∂L/∂h_t‖ of every time step and sequence (T,B): all of them in grey, those of step t in front."""
    known = log10_norms[np.isfinite(log10_norms)]
    low, high = room(known)
    edges = np.linspace(low, high, BINS + 1)
    middle, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
    own = log10_norms[at - 1]
    bars = {t("all steps"): (known, LINE, MUTED, ""),
            t("step t = {t}", t=at): (own[np.isfinite(own)], GRADIENT, GRADIENT, "/")}  # fmt: skip
    traces = [
        go.Bar(
            x=middle[counts > 0],
            y=counts[counts > 0],
            width=width,
            name=name,
            hovertemplate="%{y}",
            marker={"color": fill, "line": {"color": edge, "width": 1}, "pattern": {"shape": shape, "size": 5}},
        )
        for name, (values, fill, edge, shape) in bars.items()
        for counts in (np.histogram(values, edges)[0],)
    ]
    return figure(
        traces,
        barmode="overlay",
        bargap=0,
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        xaxis=log_axis(low, high, title={"text": t("‖∂L/∂h‖ of one sequence"), "standoff": 6}, showgrid=False),
        yaxis={"title": {"text": t("how many"), "standoff": 4}, "nticks": 5, "rangemode": "tozero"},
    )


def saturation(distances: Mapping[str, np.ndarray], at: int) -> Figure:
    """How far the middle unit is from where its slope is 0, at each time step (T,), by the quantity's name."""
    traces = [
        line(
            list(range(1, len(middle) + 1)),
            middle,
            name,
            TEXT if k else GRADIENT,
            2 if k else 3,
            dash=DASHES[k - 1] if k else "solid",
            text=[short(v, 2) if np.isfinite(v) else "–" for v in middle],
        )
        for k, (name, middle) in enumerate(distances.items())
    ]
    steps = range(1, 1 + max(map(len, distances.values())))
    flat, ends = t("{near}: nearly flat", near=NEAR), [steps[0] - 0.4, steps[-1] + 0.4]
    traces.append(line(ends, [NEAR, NEAR], flat, MUTED, 1.5, dash="dot"))
    most = max(float(np.nanmax(middle, initial=0)) for middle in distances.values())
    return figure(
        traces,
        **cursor(at, f"t = {at}"),
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        xaxis=time_axis(steps),
        yaxis={"range": [-0.02, 1.04 * max(1.0, most)], "nticks": 6, "title": {"text": t("distance"), "standoff": 4}},
    )


def lengths_by_weight(pair: Mapping[str, np.ndarray], names: Sequence[str]) -> Figure:
    """Two lengths (N,) of every weight matrix's gradient, by what they are: the first hollow, the second filled."""
    traces = [
        go.Bar(
            x=values, y=list(names), orientation="h", name=name, marker=marker, width=width,
            text=powers(log10_of(values)), textposition="none", hovertemplate="%{text}",
        )
        for (name, values), (marker, width) in zip(pair.items(), HOLLOW_AND_FILLED, strict=True)
    ]  # fmt: skip
    top = 1.05 * max(float(np.max(values, initial=0)) for values in pair.values()) or 1.0
    return figure(
        traces, barmode="overlay", hovermode="y unified", margin={**MARGIN, "l": WIDE}, showlegend=True,
        legend={**LEGEND, "y": 1.02}, xaxis={"range": [0, top], "nticks": 5, "exponentformat": "power",
               "title": {"text": t("length of its gradient"), "standoff": 6}},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
    )  # fmt: skip


def before_and_after(log10_before: np.ndarray, log10_after: np.ndarray, at: int) -> Figure:
    """A bar for log10 of each time step's term (T,), from 1, before clipping, hollow, and after, filled; none for 0."""
    steps = list(range(1, len(log10_before) + 1))
    low, high = room(log10_before, log10_after)
    pair = {t("before"): log10_before, t("after"): log10_after}
    traces = [
        go.Bar(x=steps, base=low, y=finite(values) - low, name=name, marker=marker, width=width, text=powers(values),
               textposition="none", hovertemplate="%{text}")
        for (name, values), (marker, width) in zip(pair.items(), HOLLOW_AND_FILLED, strict=True)
    ]  # fmt: skip
    return figure(traces, **cursor(at, f"t = {at}"), barmode="overlay", margin=MARGIN, showlegend=True, legend=LEGEND,
                  xaxis=time_axis(steps), yaxis=log_axis(low, high))  # fmt: skip


def norm_history(steps: np.ndarray, norms: np.ndarray, ratios: np.ndarray, threshold: float | None) -> Figure:
    """‖∂L/∂W‖ of every training step (N,), before and after clipping; threshold: where a norm is cut."""
    before, after = log10_of(norms), log10_of(norms * ratios)
    low, high = room(before, after, [] if threshold is None else [log10(threshold)])
    traces = [
        line(steps, finite(before), t("before clipping"), MUTED, 1.4, text=powers(before)),
        line(steps, finite(after), t("after"), GRADIENT, 2, text=powers(after)),
    ]
    if threshold is not None:
        ends = [steps[0], steps[-1]] if len(steps) else [0, 1]
        traces.append(
            line(
                ends,
                [log10(threshold)] * 2,
                t("threshold"),
                TEXT,
                1.4,
                dash=DASHES[0],
                hoverinfo="skip",
                hovertemplate=None,
            )
        )
    marks = counted(steps[0], steps[-1], 6) if len(steps) else {}
    return figure(
        traces,
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        yaxis=log_axis(low, high),
        xaxis={"showgrid": False, **marks, "title": {"text": t("training step"), "standoff": 6}},
    )


def check_errors(right: Mapping[str, float], wrong: Mapping[str, float] | None, tolerance: float, name: str) -> Figure:
    """The error of every parameter's gradient against finite differences, log10: the right one's, and a mistake's."""
    names = list(right)
    both = [(t("right"), right, {"color": MUTED, "symbol": "circle-open", "size": 11, "line": {"width": 2}})]
    if wrong is not None:
        both.append((name, wrong, {"color": "var(--positive)", "symbol": "x", "size": 11}))
    result = {label: np.maximum(log10_of(list(values.values())), -16) for label, values, _ in both}
    low, high = room(*result.values(), [log10(tolerance), 0])
    traces = [
        scatter(
            x=finite(exponents),
            y=names,
            mode="markers",
            name=label,
            marker=style,
            text=powers(exponents),
            hovertemplate="%{text}",
        )
        for (label, _, style), exponents in zip(both, result.values(), strict=True)
    ]
    limit = {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": log10(tolerance),
        "x1": log10(tolerance),
    }
    note = {
        "xref": "x",
        "yref": "paper",
        "x": log10(tolerance),
        "y": 0,
        "yanchor": "bottom",
        "xanchor": "left",
        "xshift": 5,
        "showarrow": False,
        "text": t("wrong →"),
    }
    return figure(
        traces,
        hovermode="closest",
        showlegend=True,
        legend={**LEGEND, "y": 1.03},
        margin={**MARGIN, "l": WIDE},
        shapes=[{**limit, "line": {"color": FAINT, "width": 1.4, "dash": DASHES[0]}}],
        annotations=[note],
        xaxis=log_axis(low, high, title={"text": t("largest relative error"), "standoff": 6}),
        yaxis={"type": "category", "autorange": "reversed"},
    )
