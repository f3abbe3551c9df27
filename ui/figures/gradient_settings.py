"""What a setting would do: angles and lengths over it, state and gradient cut by a window, and untrained networks."""

from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from rnn_core.words import t
from ui.figures.gradients import LEGEND, MARGIN, finite
from ui.figures.house import DASHES, FAINT, GRADIENT, TEXT, figure, line, scatter
from ui.figures.numbers import short
from ui.figures.powers import counted, cursor, log_axis, powers, room, time_axis


def angles(x: Sequence[float], lines: Mapping[str, np.ndarray], at: float, words: str, log: bool = False) -> Figure:
    """Angles in degrees (N,) over a setting that stands at `at`; log: of which the scale is logarithmic."""
    places = [log10(v) for v in x] if log else list(x)
    top = min(184.0, 1.08 * max([10.0, *(float(np.max(values, initial=0)) for values in lines.values())]))
    written = {name: [f"{short(v)}°" for v in values] for name, values in lines.items()}
    axis = log_axis(places[0], places[-1]) if log else whole_steps(places)
    traces = curves(places, lines, written)
    for trace in traces:
        trace["customdata"] = [short(v) for v in x]  # what is read out, for the axis counts in decades
    return figure(
        traces,
        **cursor(log10(at) if log else at, f"{at:g}"),
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        xaxis={**axis, "showgrid": False, "title": {"text": words, "standoff": 6}},
        yaxis={"range": [-0.03 * top, top], "ticksuffix": "°", "nticks": 6},
    )


def lengths(x: Sequence[int], log10_lines: Mapping[str, np.ndarray], at: int, words: str) -> Figure:
    """Lengths beside the true one's, log10 (N,), over a setting that stands at `at`; the level of 1 is marked."""
    low, high = room(*log10_lines.values(), [0.0])
    return figure(
        curves(list(x), {k: finite(v) for k, v in log10_lines.items()}, {k: powers(v) for k, v in log10_lines.items()}),
        **level(cursor(at, f"{at}")),
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        xaxis={**whole_steps(x), "showgrid": False, "title": {"text": words, "standoff": 6}},
        yaxis=log_axis(low, high),
    )


def curves(x: Sequence[float], lines: Mapping[str, np.ndarray], text: Mapping[str, list[str]]) -> list[Any]:
    """The first thick, the others dashed."""
    return [
        line(x, y, name, TEXT if k else GRADIENT, 2 if k else 3, dash=DASHES[k - 1] if k else "solid", text=text[name])
        for k, (name, y) in enumerate(lines.items())
    ]


def whole_steps(x: Sequence[float]) -> dict[str, Any]:
    """The axis of whole numbers, with some air."""
    air = 0.02 * (x[-1] - x[0]) or 0.5
    return {"range": [x[0] - air, x[-1] + air], **counted(x[0], x[-1], 8)}


def level(layout: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The layout with a line at 1, where nothing shrinks or grows."""
    one = {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below"}
    return {**layout, "shapes": [{**one, "line": {"color": FAINT, "width": 1.2, "dash": "2px,3px"}}, *layout["shapes"]]}


def carried_and_cut(T: int, window: int, notes: Sequence[str], at: int) -> Figure:
    """Four pairs of lines over time: the state's, to the right, and the gradient's, to the left, each whole or cut.

    notes: one for each of carried and carried, carried and cut, reset and cut, reset and carried.
    """
    cuts = list(range(window, T, window))
    rows = [
        (t("state carried, gradient carried"), [], []),
        (t("state carried, gradient cut"), [], cuts),
        (t("state reset, gradient cut"), cuts, cuts),
        (t("state reset, gradient carried"), cuts, cuts),
    ]
    traces, annotations, pointer = [], [], cursor(at, f"t = {at}")
    for k, (name, state_cuts, gradient_cuts) in enumerate(rows):
        y = 3 * (len(rows) - 1 - k)
        for dy, color, ends, symbol in (
            (0.32, TEXT, state_cuts, "triangle-right"),
            (-0.32, GRADIENT, gradient_cuts, "triangle-left"),
        ):
            x: list[float | None] = []
            heads = []
            for a, b in zip([0, *ends], [*ends, T], strict=True):
                x += [a + 0.62, b + 0.38, None]
                heads.append(b + 0.38 if dy > 0 else a + 0.62)
            traces.append(
                scatter(
                    x=x,
                    y=[None if v is None else y + dy for v in x],
                    mode="lines",
                    hoverinfo="skip",
                    line={"color": color, "width": 3},
                )
            )
            traces.append(
                scatter(
                    x=heads,
                    y=[y + dy] * len(heads),
                    mode="markers",
                    hoverinfo="skip",
                    marker={"symbol": symbol, "color": color, "size": 11},
                )
            )
        words = {"x": 0, "xref": "paper", "xanchor": "left", "showarrow": False, "align": "left"}
        annotations.append(
            {**words, "y": y + 1.35, "text": f"<b>{name}:</b> {notes[k]}", "font": {"color": TEXT, "size": 13}}
        )
    steps = range(1, T + 1)
    firsts = (step // window * window for step in range(T))
    windows = [t("{first} to {last}", first=a + 1, last=min(a + window, T)) for a in firsts]
    pointed = {"mode": "markers", "opacity": 0, "showlegend": False, "hovertemplate": "%{text}"}
    traces.append(scatter(x=list(steps), y=[3.0] * T, name=t("window"), text=windows, **pointed))
    return figure(
        traces,
        shapes=pointer["shapes"],
        annotations=[*pointer["annotations"], *annotations],
        margin={"l": 14, "r": 14, "t": 26, "b": 46},
        xaxis=time_axis(steps),
        yaxis={"range": [-1.1, 11.2], "visible": False},
    )


def levers(log10_norms: Sequence[np.ndarray], at: int, own: np.ndarray | None = None) -> Figure:
    """‖∂h_T/∂h_t‖ of untrained networks, log10 (T+1,) each: the first seed's thick; own: the run's."""
    low, high = room(*log10_norms, [0.0], *([own] if own is not None else []))
    steps = list(range(len(log10_norms[0])))
    common = {"showlegend": False, "opacity": 0.7}
    thin = [line(steps, finite(e), "", GRADIENT, 1.2, text=powers(e), **common) for e in log10_norms[1:]]
    if thin:
        thin[0].update(name=t("other seeds"), showlegend=True)
    traces = [*thin, line(steps, finite(log10_norms[0]), t("this start"), GRADIENT, 3.2, text=powers(log10_norms[0]))]
    if own is not None:
        traces.append(line(steps, finite(own), t("the run now"), TEXT, 1.8, dash=DASHES[0], text=powers(own)))
    return figure(
        traces,
        **level(cursor(at, f"t = {at}")),
        margin=MARGIN,
        showlegend=True,
        legend=LEGEND,
        xaxis=time_axis(steps),
        yaxis=log_axis(low, high),
    )
