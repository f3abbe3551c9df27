"""A series, what of it is held out, and every method's forecast on its own predictions; and the error over training."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from ui.figures.house import LINE, MUTED, OUTPUT, PRIMARY, TEXT, beside, figure, line, nice_top, written

DATES = {r"\d{4}-\d\d": "%Y-%m", r"\d{4}-\d\d-\d\d": "%Y-%m-%d", r"\d{4}-\d\d-\d\d \d\d:\d\d.*": "%Y-%m-%d %H:%M"}
DASHES = ("2px,3px", "6px,3px", "10px,3px,2px,3px")  # of the rules
SHORT = {"seasonal persistence": "seasonal"}  # names that a narrow legend has room for
HEIGHT = 48  # pixels between the axes of the error's curve, about


def forecast(
    labels: Sequence[str],
    truth: np.ndarray,
    lines: Mapping[str, np.ndarray],
    earlier: Sequence[np.ndarray],
    trained: int,
    origin: int,
    window: int,
) -> Figure:
    """The picture of a series whose values have these labels, (N,), the last of them in the future.

    truth (n,): n <= N, NaN for a gap. lines: each method's forecast (horizon,) from index `origin` on, the network's
    among them. earlier: the network's forecasts of a moment ago, the latest first. trained: how many values belong to
    the training part. window: how many values a forecast reads.
    """
    x, axis = time_axis(labels)
    known = len(truth)
    start = truth[origin - 1 : origin]
    joined = {name: np.concatenate([start, values]) for name, values in lines.items()}
    places = x[origin - 1 : origin + len(next(iter(lines.values())))]
    rules = [name for name in lines if name != "network"]
    traces = [
        line(x[:known], truth, "truth", TEXT, 1.5, mode="lines+markers" if len(labels) < 140 else "lines",
             marker={"size": 4}),
        *(
            line(places, joined[name], SHORT.get(name, name), MUTED, 1.7, dash=dash)
            for name, dash in zip(rules, DASHES, strict=False)
        ),
        *(
            line(places, np.concatenate([start, values]), "", OUTPUT, 1.6, opacity=0.3 - 0.06 * k, showlegend=False,
                 hoverinfo="skip", hovertemplate=None)
            for k, values in enumerate(earlier)
        ),
        line(places, joined["network"], "network", OUTPUT, 3),
    ]
    band = {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "below"}
    band |= {"fillcolor": LINE, "opacity": 0.4}
    edge_of_training = x[min(max(trained, 0), known - 1)]  # which may be outside of what is shown
    shapes = [{**band, "x0": edge_of_training, "x1": x[known - 1], "name": "held out"}]
    ahead = known < len(labels)  # beyond what is known is the future: nobody holds anything out there
    notes = [note("held out" if ahead else "held out: never trained on", edge_of_training, "left")]
    if ahead:
        edge = {"xref": "x", "yref": "paper", "x0": x[known - 1], "x1": x[known - 1], "y0": 0, "y1": 1}
        shapes.append({"type": "line", "line": {"color": MUTED, "width": 1, "dash": "4px,3px"}, **edge})
        notes.append(note("the future", 1, "right", xref="paper"))
    first = max(0, origin - window)
    shapes += bracket(x[first], x[origin - 1])
    values = "value" if window == 1 else "values"
    middle = x[(first + origin - 1) // 2]
    notes.append(note(f"reads {window} {values}, then itself", middle, "center", y=-0.13, yanchor="top"))
    return figure(
        traces,
        margin={"l": 52, "r": 12, "t": 46, "b": 62},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.09, "yanchor": "bottom", "font": {"size": 13, "color": TEXT}},
        shapes=shapes,
        annotations=notes,
        xaxis={**axis, "showgrid": False},
        yaxis={"range": list(room(truth, [lines[name] for name in rules])), "nticks": 6},
    )


def time_axis(labels: Sequence[str]) -> tuple[list[Any], dict[str, Any]]:
    """Where the values stand and Plotly's axis for it: dates, whole numbers, or words one after the other."""
    for pattern, shown in DATES.items():
        if all(re.fullmatch(pattern, label) for label in labels):
            return list(labels), {"type": "date", "hoverformat": shown, "nticks": 8}
    if all(re.fullmatch(r"-?\d{1,9}", label) for label in labels) and len(set(labels)) == len(labels):
        return [int(label) for label in labels], {"tickformat": "d", "hoverformat": "d", "nticks": 8}
    unique = [label if labels.index(label) == k else f"{label} ({k})" for k, label in enumerate(labels)]
    return unique, {"type": "category", "nticks": 8}


def note(text: str, x: Any, anchor: str, **more: Any) -> dict[str, Any]:
    """Words at the upper edge."""
    place = {"x": x, "xref": "x", "xanchor": anchor, "y": 1, "yref": "paper", "yanchor": "bottom"}
    return {"text": text, "showarrow": False, **place, **more}


def bracket(start: Any, stop: Any) -> list[dict[str, Any]]:
    """Below the axis, what a forecast reads."""
    style = {"type": "line", "xref": "x", "yref": "paper", "line": {"color": MUTED, "width": 1.4}}
    low, high = -0.12, -0.1
    corners = [(start, high, start, low), (start, low, stop, low), (stop, low, stop, high)]
    return [{**style, "x0": a, "y0": b, "x1": c, "y1": d} for a, b, c, d in corners]


def room(truth: np.ndarray, forecasts: Sequence[np.ndarray]) -> tuple[float, float]:
    """The values' range with some air, never empty: at most as far beyond the truth as the truth is wide."""
    known = truth[np.isfinite(truth)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    wide = high - low or abs(high) or 1.0
    for values in forecasts:
        found = np.clip(values[np.isfinite(values)], known.min() - wide, known.max() + wide)
        low, high = min(low, *found), max(high, *found)
    air = 0.06 * (high - low or 1.0)
    return low - air, high + air


def error_over_training(
    steps: Sequence[int], training: np.ndarray, held_out: np.ndarray, rule: float | None, step: int
) -> Figure:
    """RMSE one step ahead, in training thin, held out thick, the best rule dashed, after `step` training steps."""
    known = held_out[np.isfinite(held_out)]
    lowest = float(known.min()) if len(known) else 0.0
    everything = np.concatenate([known, training[np.isfinite(training)], [rule or 0.0, 1e-12]])
    top = 1.05 * min(float(everything.max()), 3 * max(rule or 0.0, lowest) or np.inf)
    end = nice_top(max(20, step))
    traces = [line(steps, training, "in training", MUTED, 1, opacity=0.7)]
    ends: dict[str, float] = {}
    if rule is not None:
        traces.append(line([0, end], [rule, rule], "best rule", MUTED, 1.7, dash="6px,3px"))
        ends["best rule"] = rule
    traces.append(line(steps, held_out, "held out", PRIMARY, 2.4, connectgaps=True))
    if len(known):
        last = float(known[-1])
        ends[f"<b>held out {written([last])[0]}</b>"] = min(last, top)
    return figure(
        traces,
        margin={"l": 4, "r": 116, "t": 6, "b": 20},
        annotations=[
            *beside(list(ends), list(ends.values()), [HEIGHT * value / top for value in ends.values()]),
            note("RMSE, 1 ahead", 0, "left", xref="paper", y=0, yanchor="top", yshift=-3),
        ],
        xaxis={"range": [0, end], "tickvals": [end], "ticktext": [f"{end:,} steps".replace(",", "\u202f")],
               "ticklabelposition": "outside left", "showgrid": False},
        yaxis={"range": [0, top], "visible": False},
    )
