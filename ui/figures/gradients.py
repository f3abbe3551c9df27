"""Back through time: how far a hidden state reaches, in how many directions, and what W_hh says of it by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.graph_objects import Figure

from rnn_core.words import t
from ui.figures.house import BACKGROUND, DASHES, FAINT, GRADIENT, LINE, MUTED, TEXT, figure, line, scatter
from ui.figures.powers import cursor, log_axis, powers, room, time_axis

MARGIN = {"l": 58, "r": 14, "t": 58, "b": 46}
LEGEND = {"orientation": "h", "x": 0, "y": 1.1, "yanchor": "bottom", "font": {"size": 13, "color": TEXT}}
NEGATIVE, POSITIVE = "var(--negative)", "var(--positive)"
SYMBOLS = ("circle", "square", "diamond", "triangle-up")
FARTHEST = 12.0  # decades from 1, at most, that the map's colours tell apart


def over_time(
    log10_lines: Mapping[str, np.ndarray],
    at: int,
    floor: np.ndarray | None = None,
    first: int = 0,
    words: str = t("time step t"),
    lag: int | None = None,
    counted: str = t("lag"),
) -> Figure:
    """Norms by time step, log10 (N,) each: the first as it is, the others, bounds and parts of it, dashed.

    at: the page's step; lag: where the axis counts lags, or what `counted` says, the one that belongs to it. floor:
    log10, where float64 ends. first: the first step's number.
    """
    steps = list(range(first, first + len(next(iter(log10_lines.values())))))
    shown = [*log10_lines.values(), *([floor] if floor is not None else [])]
    low, high = room(*shown, [0.0] if first == 0 else [])
    traces = []
    for k, (name, exponents) in enumerate(log10_lines.items()):
        style: dict[str, Any] = {"dash": DASHES[(k - 1) % len(DASHES)], "width": 1.8} if k else {"width": 3}
        traces.append(line(steps, finite(exponents), name, MUTED if k else GRADIENT, text=powers(exponents), **style))
    traces = [*traces[1:], traces[0]]  # the true one is drawn above the others, and named first
    traces[-1]["legendrank"] = 1
    zeros = [s for s, e in zip(steps, next(iter(log10_lines.values())), strict=True) if e == -np.inf]
    if zeros:
        traces.append(
            scatter(
                x=zeros,
                y=[low] * len(zeros),
                mode="markers",
                name=t("exactly 0"),
                text=["0"] * len(zeros),
                marker={"symbol": "x-thin", "size": 8, "line": {"color": GRADIENT, "width": 2}},
                cliponaxis=False,
                hovertemplate="%{text}",
            )
        )
    if floor is not None:
        traces.append(line(steps, finite(floor), t("float64 ends"), FAINT, 1.2, dash="1px,3px", text=powers(floor)))
    pointer = cursor(at if lag is None else lag, f"t = {at}" if lag is None else f"{counted} {lag}")
    return figure(
        traces,
        **pointer,
        margin=MARGIN,
        showlegend=len(traces) > 1,
        legend=LEGEND,
        xaxis=time_axis(steps, words),
        yaxis=log_axis(low, high),
    )


def fan(log10_values: np.ndarray, log10_floor: np.ndarray, at: int) -> Figure:
    """Singular values of ∂h_T/∂h_t for t = 0 … T, log10 (T+1,H), and the floor (T+1,) below which they are rounding."""
    T, H = len(log10_values) - 1, log10_values.shape[1]
    steps = list(range(T + 1))
    real = np.where(log10_values >= log10_floor[:, None], log10_values, np.nan)
    low, high = room(real, log10_floor, [0.0])
    middle = line(
        steps,
        finite(np.median(log10_values, axis=1)),
        t("median"),
        TEXT,
        1.8,
        dash=DASHES[0],
        text=powers(np.median(log10_values, axis=1)),
    )
    x = [*steps, None] * (H - 1)
    y = [v for column in finite(real).T[1:] for v in (*column, None)]
    others = scatter(x=x, y=y, mode="lines", line={"color": GRADIENT, "width": 1}, opacity=0.75, hoverinfo="skip")
    below = scatter(
        x=[*steps, *steps[::-1]],
        y=[*finite(log10_floor), *[low] * len(steps)],
        fill="toself",
        fillcolor=LINE,
        opacity=0.7,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )
    top = line(steps, finite(log10_values[:, 0]), t("largest, the norm"), GRADIENT, 3, text=powers(log10_values[:, 0]))
    end = line(steps, finite(log10_floor), t("below: rounding"), FAINT, 1.2, dash="1px,3px", text=powers(log10_floor))
    traces = [below, *([others] if H > 1 else []), middle, top, end]
    for trace in traces:
        trace["showlegend"] = bool(trace.get("name"))
    return figure(
        traces,
        **cursor(at, f"t = {at}"),
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        xaxis=time_axis(steps),
        yaxis=log_axis(low, high),
    )


def reach_map(log10_norms: np.ndarray, at: int) -> Figure:
    """‖∂h_t/∂h_s‖ for all pairs, log10 (T+1,T+1), row t, column s; NaN for s > t. Blue shrinks, vermilion grows."""
    T = len(log10_norms) - 1
    known = log10_norms[np.isfinite(log10_norms)]
    far = float(np.clip(np.ceil(np.abs(known).max(initial=0)), 1, FARTHEST))
    shown = np.clip(log10_norms, -far, far)
    words = np.reshape(powers(log10_norms), log10_norms.shape)
    step = max(1.0, round(far / 3))
    ticks = [e for e in np.arange(-far, far + 1) if e % step == 0]
    ends = {-far: "≤ " if (log10_norms < -far).any() else "", far: "≥ " if (log10_norms > far).any() else ""}
    heat = go.Heatmap(
        z=shown,
        text=words,
        zmin=-far,
        zmax=far,
        hovertemplate="∂h<sub>%{y}</sub>/∂h<sub>%{x}</sub>: %{text}<extra></extra>",
        colorscale=[[0, NEGATIVE], [0.5, BACKGROUND], [1, POSITIVE]],
        hoverongaps=False,
        colorbar={
            "tickvals": ticks,
            "thickness": 12,
            "outlinewidth": 0,
            "x": 1.02,
            "xpad": 4,
            "ticktext": [f"{ends.get(e, '')}10<sup>{e:.0f}</sup>".replace("-", "−") for e in ticks],
        },
    )
    lines = {
        "hoverinfo": "skip", "showscale": False, "colorscale": [[0, MUTED], [1, MUTED]], "line": {"width": 1}
    }  # fmt: skip
    labels = {"coloring": "lines", "showlabels": True, "labelfont": {"color": TEXT, "size": 12}, "labelformat": "d"}
    levels = [
        go.Contour(z=shown, contours={**labels, "start": start, "end": end, "size": step}, **lines)
        for start, end, some in (
            (-far + step, -step, (known < -step).any()),
            (step, far - step, (known > step).any()),
        )
        if T > 1 and some and start <= end
    ]
    nothing = {"x": 0.72 * T, "y": 0.22 * T, "text": t("s after t: no path"), "showarrow": False}
    pointer = cursor(at)
    upright = pointer["shapes"][0]
    upright |= {"yref": "y", "y0": -0.5, "y1": T + 0.5}
    pointer["shapes"].append({**upright, "x0": -0.5, "x1": T + 0.5, "y0": at, "y1": at})
    return figure(
        [heat, *levels],
        **pointer | {"annotations": [nothing] if T > 8 else []},
        plot_bgcolor=LINE,
        hovermode="closest",
        margin={**MARGIN, "r": 72, "t": 24},
        xaxis=time_axis(range(T + 1), t("from step s"), constrain="domain"),
        yaxis=time_axis(range(T + 1), t("to step t"), autorange=False, scaleanchor="x", constrain="domain"),
    )


def eigenvalues(now: Mapping[str, np.ndarray], start: Mapping[str, np.ndarray], words: str = t("now")) -> Figure:
    """Eigenvalues of W_hh, complex (H,) by the gate's name, on the unit circle: at the start hollow, now filled.

    words: what now is called.
    """
    far = 1.12 * max([1.0, *(float(np.abs(v).max()) for v in (*now.values(), *start.values()))])
    traces = []
    for when, result in ((t("at the start"), start), (words, now)):
        for symbol, (gate, values) in zip(SYMBOLS, result.items(), strict=False):
            name = when if len(result) == 1 else f"{gate}, {when}"
            style = {
                "symbol": symbol if result is now else f"{symbol}-open",
                "size": 10 if result is now else 9,
                "color": GRADIENT if result is now else MUTED,
                "line": {"color": BACKGROUND, "width": 1} if result is now else {"width": 1.4},
            }
            traces.append(
                scatter(
                    x=values.real,
                    y=values.imag,
                    mode="markers",
                    name=name,
                    marker=style,
                    text=complex_words(values),
                    hovertemplate=t("{value}, size {size}", value="%{text}", size="%{customdata}"),
                    customdata=[f"{abs(v):.2f}" for v in values],
                )
            )
    circle = {"type": "circle", "xref": "x", "yref": "y", "x0": -1, "y0": -1, "x1": 1, "y1": 1}
    axis = {"range": [-far, far], "nticks": 5, "zeroline": True, "zerolinecolor": LINE, "constrain": "domain"}
    return figure(
        traces,
        hovermode="closest",
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        shapes=[{**circle, "line": {"color": TEXT, "width": 1.4}, "layer": "between"}],
        xaxis={**axis, "title": {"text": t("real part"), "standoff": 6}},
        yaxis={**axis, "title": {"text": t("imaginary part"), "standoff": 4}, "scaleanchor": "x"},
    )


def complex_words(values: Sequence[complex]) -> list[str]:
    return [f"{v.real:.2f} {'+' if v.imag >= 0 else '−'} {abs(v.imag):.2f} i".replace("-", "−") for v in values]


def finite(exponents: Any) -> np.ndarray:
    """NaN, where the pen is lifted, for what is not finite."""
    return np.where(np.isfinite(exponents), exponents, np.nan)
