"""What every figure has in common: colours by role, quiet axes, and the room that words need."""

from collections.abc import Sequence
from itertools import pairwise
from math import floor, isfinite, log10
from typing import Any

from plotly.graph_objects import Figure as Figure

from ui.figures.numbers import count, short

# Names out of static/theme.css; static/chart/plot.js puts the colours in, light or dark.
TEXT, MUTED, FAINT, LINE, PRIMARY = (f"var(--{name})" for name in ("text", "muted", "faint", "line", "primary"))
INPUT, OUTPUT, GRADIENT = (f"var(--{name})" for name in ("input", "output", "gradient"))
BACKGROUND = "var(--background)"
DASHES = ("5px,4px", "2px,3px", "10px,3px,2px,3px", "1px,5px", "12px,4px")  # lines that no colour tells apart


def figure(traces: Sequence[Any], **layout: Any) -> Figure:
    """A figure in the house's style: no box, no grid but faint lines, zoom that survives an update."""
    axis = {"zeroline": False, "gridcolor": LINE, "linecolor": FAINT, "tickcolor": FAINT, "automargin": False}
    common = {
        "template": "none",
        "uirevision": "kept",
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": BACKGROUND, "bordercolor": LINE, "font": {"color": TEXT, "size": 13}},
        "paper_bgcolor": BACKGROUND,
        "plot_bgcolor": BACKGROUND,
        "font": {"color": MUTED, "size": 12},
        "margin": {"l": 46, "r": 12, "t": 10, "b": 26},
        "showlegend": False,
        "separators": ".,",
        "modebar": {"bgcolor": BACKGROUND, "color": FAINT, "activecolor": PRIMARY},
    }
    for name in {"xaxis", "yaxis", *(name for name in layout if name.startswith("yaxis"))}:
        common[name] = {**axis, **layout.pop(name, {})}
    return Figure(list(traces), {**common, **layout})


def scatter(**settings: Any) -> dict[str, Any]:
    """A trace of Plotly's type Scatter as a dictionary: a Figure checks it, and once is enough."""
    return {"type": "scatter", **settings}


def line(x: Sequence[Any], y: Any, name: str, color: str, width: float = 2, **more: Any) -> dict[str, Any]:
    """A line; where a number is not finite the pen is lifted. text: each value as a person reads it, see written."""
    style = {"color": color, "width": width, "dash": more.pop("dash", "solid")}
    common = {"mode": "lines", "hovertemplate": "%{text}", "text": written(y)}
    return scatter(x=x, y=y, name=name, line=style, **{**common, **more})


def beside(names: Sequence[str], values: Sequence[float], places: Sequence[float], apart: float = 16) -> list[Any]:
    """Names at the right edge beside the ends of their lines, `apart` pixels from one another at least.

    values: on the y axis, as the axis counts (a logarithm where it is one). places: in pixels, upwards.
    """
    order = sorted(range(len(names)), key=lambda k: places[k])
    shifted = {k: places[k] for k in order}
    for _ in range(2 * len(order) ** 2):  # each round brings them nearer to where none overlap
        for low, high in pairwise(order):
            push = max(0.0, apart - (shifted[high] - shifted[low])) / 2
            shifted[low], shifted[high] = shifted[low] - push, shifted[high] + push
    common = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "yanchor": "middle", "showarrow": False}
    return [
        {**common, "y": values[k], "yshift": shifted[k] - places[k], "text": name} for k, name in enumerate(names)
    ]


def nice_top(x: float) -> float:
    """The next of 1, 2, 5, 10, 20, … that is at least x: an axis that seldom moves."""
    if not x > 0 or not isfinite(x):
        return 1
    ten = 10 ** floor(log10(x) + 1e-12)
    return next(m * ten for m in (1, 2, 5, 10) if m * ten >= x * (1 - 1e-12))


def written(values: Any) -> list[str]:
    """Numbers as a person reads them: whole ones as they are, others with four significant digits, – for none."""
    return [one(v) if v is not None and isfinite(v) else "–" for v in values]


def one(value: float) -> str:
    """The same of one number."""
    if value == int(value) and abs(value) < 1e7:
        return count(value).replace("-", "−")
    return short(value, 4)
