"""A series, what of it is held out, and every method's forecast on its own predictions; and the error over training."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from plotly.graph_objects import Figure, Scatter

from rnn_core.words import plural, t
from ui.figures.house import LINE, MUTED, OUTPUT, PRIMARY, TEXT, beside, figure, line, nice_top, written
from ui.figures.numbers import count, short

DATES = {r"\d{4}-\d\d": "%Y-%m", r"\d{4}-\d\d-\d\d": "%Y-%m-%d", r"\d{4}-\d\d-\d\d \d\d:\d\d.*": "%Y-%m-%d %H:%M"}
DASHES = ("2px,3px", "6px,3px", "10px,3px,2px,3px")  # of the rules
SHORT = {"seasonal persistence": t("seasonal")}  # names that a narrow legend has room for
ROOM = 0.1  # of the picture's width: what half a word needs
HEIGHT = 48  # pixels between the axes of the error's curve, about


def forecast(
    labels: Sequence[str],
    truth: np.ndarray,
    lines: Mapping[str, np.ndarray],
    band: tuple[np.ndarray, np.ndarray],
    parts: tuple[int, int],
    origin: int,
    window: int,
) -> Figure:
    """The picture of a series whose values have these labels, (N,), the last of them in the future.

    truth (n,): n <= N, NaN for a gap. lines: each method's forecast (horizon,) from index `origin` on, the network's
    and the one at the last step among them. band: (low, high) around the network's. parts: the indices with which the
    validation part and the test part begin. window: how many values a forecast reads.
    """
    x, axis = time_axis(labels)
    known = len(truth)
    start = truth[origin - 1 : origin]
    joined = {name: np.concatenate([start, values]) for name, values in lines.items()}
    places = x[origin - 1 : origin + len(next(iter(lines.values())))]
    rules = [name for name in lines if name not in ("network", "last step")]
    traces = [
        *between(places, np.concatenate([start, band[0]]), np.concatenate([start, band[1]])),
        line(x[:known], truth, t("truth"), TEXT, 1.5, mode="lines+markers" if len(labels) < 140 else "lines",
             marker={"size": 4}),
        *(
            line(places, joined[name], SHORT.get(name, name), MUTED, 1.7, dash=dash)
            for name, dash in zip(rules, DASHES, strict=False)
        ),
        line(places, joined["last step"], t("last step"), OUTPUT, 1.2, dash="2px,2px"),
        line(places, joined["network"], t("network"), OUTPUT, 3),
    ]
    shade = {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "below"}
    shade |= {"fillcolor": LINE}
    validated, tested = (x[min(max(part, 0), known - 1)] for part in parts)  # which may be outside of what is shown
    shapes = [
        {**shade, "x0": validated, "x1": tested, "opacity": 0.2, "name": "validation"},
        {**shade, "x0": tested, "x1": x[known - 1], "opacity": 0.45, "name": "test"},
    ]
    ahead = known < len(labels)  # beyond what is known is the future: nobody holds anything out there
    notes = [note(t("test") if ahead else t("test: chooses nothing"), tested, "left")]
    if parts[1] - max(parts[0], 0) > 2 * ROOM * len(labels):
        notes.append(note(t("validation"), validated, "left"))
    if parts[0] > 2 * ROOM * len(labels):
        notes.append(note(t("training"), x[0], "left"))
    if ahead:
        edge = {"xref": "x", "yref": "paper", "x0": x[known - 1], "x1": x[known - 1], "y0": 0, "y1": 1}
        shapes.append({"type": "line", "line": {"color": MUTED, "width": 1, "dash": "4px,3px"}, **edge})
        notes.append(note(t("the future"), 1, "right", xref="paper"))
    first = max(0, origin - window)
    shapes += bracket(x[first], x[origin - 1])
    middle = x[(first + origin - 1) // 2]
    reads = plural("reads {count} value, then itself", "reads {count} values, then itself", window, count=window)
    notes.append(note(reads, middle, "center", y=-0.13, yanchor="top"))
    low, high = room(truth, [lines[name] for name in (*rules, "network")])
    traces = [*leaving(places, joined["network"], low, high), *traces]
    axis_of_values, width = ticks(low, high)
    return figure(
        traces,
        margin={"l": max(52, width), "r": 12, "t": 46, "b": 62},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.09, "yanchor": "bottom", "font": {"size": 13, "color": TEXT}},
        shapes=shapes,
        annotations=notes,
        xaxis={**axis, "showgrid": False},
        yaxis={"range": [low, high], **axis_of_values},
    )


def leaving(x: Sequence[Any], values: np.ndarray, low: float, high: float) -> list[Any]:
    """Triangles at the edge where a forecast leaves the picture."""
    with np.errstate(invalid="ignore"):
        beyond = {"triangle-up": (values > high, high), "triangle-down": (values < low, low)}
    return [
        Scatter(
            x=[place for place, out in zip(x, where, strict=True) if out], y=[edge] * int(where.sum()), mode="markers",
            marker={"symbol": symbol, "size": 11, "color": OUTPUT}, cliponaxis=False, showlegend=False,
            name=t("beyond"), text=written(values[where]), hovertemplate="%{text}",
        )
        for symbol, (where, edge) in beyond.items()
        if where.any()
    ]  # fmt: skip


def ticks(low: float, high: float) -> tuple[dict[str, Any], int]:
    """Plotly's ticks between two numbers, of which neighbours differ, and the pixels that one takes; far from 1 they
    are written as `short` writes numbers.
    """
    size, step = max(abs(low), abs(high)), (high - low) / 8
    if 1e-3 <= size < 1e7:
        places = max(0, -int(np.floor(np.log10(step))))
        longest = max(f"{low:,.{places}f}", f"{high:,.{places}f}", key=len)
        return {"nticks": 6, "tickformat": f",.{places}f"}, 8 * len(longest) + 14
    step = nice_top(step)
    at = step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)
    places = 1 + int(np.floor(np.log10(np.abs(at).max())) - np.floor(np.log10(step * 1.001)))
    words = [short(value, places) for value in at]
    return {"tickvals": at, "ticktext": words}, 8 * max(map(len, words)) + 14


def between(x: Sequence[Any], low: np.ndarray, high: np.ndarray) -> list[Any]:
    """The band between two lines, where both are known."""
    known = np.isfinite(low) & np.isfinite(high)
    if known.sum() < 2:
        return []
    at = [place for place, here in zip(x, known, strict=True) if here]
    edge = [*high[known], *low[known][::-1]]
    style = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": OUTPUT, "opacity": 0.2}
    return [Scatter(x=[*at, *at[::-1]], y=edge, name=t("80 % band"), hoverinfo="skip", **style)]


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
    """The values' range with some air, never empty: at most as far beyond the truth as the truth is wide. So a forecast
    of a thousand times that does not flatten the rest; `leaving` marks it.
    """
    known = truth[np.isfinite(truth)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    wide = high - low or abs(high) or 1.0
    for values in forecasts:
        result = np.clip(values[np.isfinite(values)], known.min() - wide, known.max() + wide)
        low, high = min([low, *result]), max([high, *result])
    air = 0.06 * (high - low or 1.0)
    return low - air, high + air


def error_over_training(
    steps: Mapping[str, Sequence[int]],
    validation: Mapping[str, np.ndarray],
    training: np.ndarray,
    chosen: str,
    best: int,
    rule: float | None,
) -> Figure:
    """RMSE one step ahead over the training steps, which are on a logarithmic axis.

    validation: by candidate, at its steps; the chosen one's thick, the others' thin. training: the chosen one's on what
    it learns. best: the step that is chosen, 0: none yet. rule: the best rule's error on the validation part.
    """
    mine = validation[chosen]
    finite = [values[np.isfinite(values)] for values in (*validation.values(), training)]
    known = mine[np.isfinite(mine)]
    lowest = float(known.min()) if len(known) else 0.0
    everything = np.concatenate([*finite, [rule or 0.0, 1e-12]])
    top = 1.05 * min(float(everything.max()), 3 * max(rule or 0.0, lowest) or np.inf)
    end = nice_top(max(20, *(result[-1] for result in steps.values() if len(result)), 0))
    others = [name for name in validation if name != chosen]
    traces = [line(steps[chosen], training, t("in training"), MUTED, 1, opacity=0.7)]
    traces += [
        line(steps[name], validation[name], name, MUTED, 1.3, dash=dash, connectgaps=True)
        for name, dash in zip(others, DASHES, strict=False)
    ]
    ends: dict[str, float] = {}
    if rule is not None:
        traces.append(line([1, end], [rule, rule], t("best rule"), MUTED, 1.7, dash="6px,3px"))
        ends[t("best rule")] = rule
    traces.append(line(steps[chosen], mine, t("validation"), PRIMARY, 2.4, connectgaps=True))
    shapes, notes, text = [], [], ""
    if len(known):
        last = float(known[-1])
        text = t("validation {error}", error=short(last))
        ends[f"<b>{text}</b>"] = min(last, top)
    if best:
        mark = {"type": "line", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "x0": best, "x1": best, "name": "best"}
        shapes.append({**mark, "line": {"color": OUTPUT, "width": 1.5}})
        side = "right" if best > end**0.5 else "left"
        words = t("best: step {step}", step=best)
        notes.append(note(f" {words} ", float(np.log10(best)), side, y=1, yanchor="top"))
    return figure(
        traces,
        margin={"l": 4, "r": max(124, 8 * len(text) + 6), "t": 6, "b": 20},
        shapes=shapes,
        annotations=[
            *beside(list(ends), list(ends.values()), [HEIGHT * value / top for value in ends.values()]),
            *notes,
            note(t("RMSE, 1 ahead"), 0, "left", xref="paper", y=0, yanchor="top", yshift=-3),
        ],
        xaxis={"type": "log", "range": [0, float(np.log10(end))], "tickvals": [end],
               "ticktext": [t("{steps} steps", steps=count(end))],
               "ticklabelposition": "outside left", "showgrid": False},
        yaxis={"range": [0, top], "visible": False},
    )
