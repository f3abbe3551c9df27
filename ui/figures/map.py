"""A map of many runs: one outcome for every pair of two settings' values, its number written into each cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.graph_objects import Figure

from ui.figures.house import BACKGROUND, LINE, PRIMARY, TEXT, figure, scatter

NEGATIVE, POSITIVE = "var(--negative)", "var(--positive)"
FARTHEST = 12.0  # decades from 1, at most, that the colours around it tell apart


def outcome_map(
    z: np.ndarray,
    words: Sequence[Sequence[str]],
    across: tuple[str, Sequence[str]],
    down: tuple[str, Sequence[str]],
    around: bool = False,
    chosen: tuple[int, int] | None = None,
) -> Figure:
    """z (rows,columns): what the colours tell, NaN where there is no number; words: what is written in each cell.

    across, down: each axis' name, and its values in words. around: colours on both sides of 0, as for a logarithm whose
    0 is neither growth nor decay; else from the least to the largest. chosen: (column, row) with a frame.
    """
    far = float(np.clip(np.abs(z[np.isfinite(z)]).max(initial=0), 1, FARTHEST))
    scale: dict[str, Any] = (
        {"zmin": -far, "zmax": far, "colorscale": [[0, NEGATIVE], [0.5, BACKGROUND], [1, POSITIVE]]}
        if around
        else {"colorscale": [[0, BACKGROUND], [1, PRIMARY]]}
    )
    if not around and len(known := z[np.isfinite(z)]) and known.min() == known.max():
        scale |= {"zmin": known.min() - 1, "zmax": known.max() + 1}
    heat = go.Heatmap(
        z=z, text=words, texttemplate="%{text}", textfont={"size": 12}, showscale=False, xgap=2, ygap=2,
        hoverongaps=True, hovertemplate="%{text}<extra></extra>", **scale,
    )  # fmt: skip
    empty = scatter(  # what has no colour has its words too
        x=[x for y, row in enumerate(words) for x, word in enumerate(row) if word and not np.isfinite(z[y, x])],
        y=[y for y, row in enumerate(words) for x, word in enumerate(row) if word and not np.isfinite(z[y, x])],
        text=[word for y, row in enumerate(words) for x, word in enumerate(row) if word and not np.isfinite(z[y, x])],
        mode="text", textfont={"size": 12, "color": TEXT}, hoverinfo="skip",
    )  # fmt: skip
    frame = [] if chosen is None else [cell(*chosen)]
    (name, columns), (other, rows) = across, down
    return figure(
        [heat, empty],
        hovermode="closest",
        plot_bgcolor=LINE,
        margin={"l": 84, "r": 12, "t": 8, "b": 52},
        shapes=frame,
        xaxis=axis(name, columns),
        yaxis={**axis(other, rows), "autorange": False, "range": [len(rows) - 0.5, -0.5]},
    )


def axis(name: str, values: Sequence[str]) -> dict[str, Any]:
    """Places 0, 1, 2 … with their values' words."""
    return {"tickvals": list(range(len(values))), "ticktext": list(values), "showgrid": False,
            "range": [-0.5, len(values) - 0.5], "title": {"text": name, "standoff": 8}}  # fmt: skip


def cell(x: int, y: int) -> dict[str, Any]:
    """A frame around a cell."""
    box = {"x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5}
    return {"type": "rect", "xref": "x", "yref": "y", **box, "line": {"color": TEXT, "width": 2.5}}
