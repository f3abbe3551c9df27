"""Mounts a Plotly figure that is updated in place: zoom and legend stay, and nothing blinks."""

import json
from collections.abc import Callable
from math import isfinite, isnan, nan
from typing import Any

import streamlit as st

from ui.board.board import loader
from ui.chart.vendor import plotly_version
from ui.figures.house import Figure

ROOT = '<div class="unrolled"><div class="space"></div><p class="says" role="status"></p></div>'


def message(figure: Figure, label: str, first: Any = None) -> dict[str, Any]:
    """What static/chart/plot.js draws: the figure, what it shows in words, and at which x reading off values begins."""
    return {"plotly": plotly_version(), "figure": json.loads(figure.to_json()), "label": label, "first": first}


Picked = Callable[[float, float], None]


def chart(
    figure: Figure,
    label: str,
    *,
    key: str,
    height: int,
    picked: Picked | None = None,
    sight: Callable[[bool], None] | None = None,
    seen: bool = True,
    points: bool = False,
    **data: Any,
) -> None:
    """Show a figure. Call it with the same key on every run. label: what it shows, in words. height: pixels.

    picked(x, y): called with the point that somebody clicked, in the figure's numbers; y is NaN on no first y axis.
    sight(seen): called while the run plays when it comes into the window or leaves it; seen: as what it is taken now.
    points: whether the x that is pointed at is told to other pictures in the browser, as a training step.
    data: what else the browser is told, such as playing and period of a run that ticks, and `data`, attributes of the
    chart's element by name.
    """
    space = f".whole, .space {{ height: {height}px; }}\n"
    js = loader("chart/chart", ("chart", "board"))
    mount = st.components.v2.component(f"unrolled_chart_{height}", html=ROOT, css=space, js=js)
    content = {
        "chart": {**message(figure, label), "name": key},
        "data": {},
        "playing": False,
        "period": 1.0,
        "picks": picked is not None,
        "points": points,
        "seen": None if sight is None else seen,
        **data,
    }

    def clicked() -> None:
        point = of_browser(st.session_state.get(key))
        if picked and point:
            picked(*point)

    def scrolled() -> None:
        state: Any = st.session_state.get(key)
        if sight:
            sight((state["seen"] or {}).get("seen") is not False)

    mount(
        key=key,
        data=json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(),
        height="content",
        on_overdue_change=lambda: None,
        on_picked_change=clicked,
        on_seen_change=scrolled,
    )


def of_browser(state: Any) -> tuple[float, float] | None:
    """The point that was clicked. It comes from a browser, so whatever is no point is none."""
    try:
        x, y = float(state["picked"]["x"]), state["picked"]["y"]
        y = nan if y is None else float(y)
    except (KeyError, TypeError, ValueError):
        return None
    return (x, y) if isfinite(x) and (isfinite(y) or isnan(y)) else None
