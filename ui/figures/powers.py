"""Numbers of any size: their logarithms on an axis, and in words what float64 itself cannot hold."""

from collections.abc import Sequence
from math import ceil, floor, inf, isnan, log10
from typing import Any

import numpy as np

from rnn_core.words import t
from ui.figures.house import PRIMARY
from ui.figures.numbers import SUPERSCRIPTS, short

LEAST = 1.0  # decades that an axis has at least
TICKS, FEWEST = 6, 2  # marks on an axis, at most and at least


def power(exponent: float) -> str:
    """10^exponent as a person reads it: 0.013, 3.2·10⁻¹², 1.5·10⁴⁰⁰; 0 for −inf."""
    if isnan(exponent) or exponent == inf:
        return "–"
    if exponent == -inf:
        return "0"
    if -3 <= exponent < 4:
        return short(10**exponent, 2)
    whole = floor(exponent)
    digits = f"{10 ** (exponent - whole):.1f}"
    if digits == "10.0":
        whole, digits = whole + 1, "1.0"
    return f"{digits}·10{str(whole).translate(SUPERSCRIPTS)}"


def powers(exponents: Any) -> list[str]:
    """power of each."""
    return [power(float(e)) for e in np.ravel(exponents)]


def log10_of(values: Any) -> np.ndarray:
    """−inf for 0."""
    with np.errstate(divide="ignore"):
        return np.log10(np.asarray(values, float))


def room(*exponents: Any) -> tuple[float, float]:
    """The finite ones' range with some air, whole decades where there are many; (−1, 1) where nothing is finite."""
    result = np.concatenate([np.ravel(np.asarray(e, float)) for e in exponents] or [np.empty(0)])
    result = result[np.isfinite(result)]
    if not len(result):
        return -1.0, 1.0
    low, high = float(result.min()), float(result.max())
    missing = max(0.0, LEAST - (high - low)) / 2
    low, high = low - missing, high + missing
    air = 0.06 * (high - low)
    return low - air, high + air


def log_axis(low: float, high: float, most: int = TICKS, **more: Any) -> dict[str, Any]:
    """Plotly's axis for logarithms from low to high, with so many marks at most, by powers of ten."""
    every = max(1, ceil((high - low) / most))
    ticks: list[float] = [e for e in range(floor(low), ceil(high) + 1) if e % every == 0 and low <= e <= high]
    words = [f"10<sup>{e}</sup>".replace("-", "−") for e in ticks]
    if len(ticks) < FEWEST:
        fine = [e + log10(m) for e in range(floor(low), ceil(high) + 1) for m in (1, 2, 5)]
        ticks = [e for e in fine if low <= e <= high]
        ticks = ticks[:: ceil(len(ticks) / (2 * most))]
        words = powers(ticks)
    return {"range": [low, high], "tickvals": ticks, "ticktext": words, **more}


def cursor(at: float, words: str = "") -> dict[str, list[dict[str, Any]]]:
    """The page's one time step as a line from top to bottom, for a figure's layout."""
    place = {"xref": "x", "yref": "paper"}
    line = {"type": "line", **place, "x0": at, "x1": at, "y0": 0, "y1": 1, "line": {"color": PRIMARY, "width": 1.5}}
    note = {**place, "x": at, "y": 1, "yanchor": "bottom", "showarrow": False, "text": words}
    return {"shapes": [line], "annotations": [note | {"font": {"color": PRIMARY, "size": 13}}] if words else []}


def time_axis(steps: Sequence[int], words: str = t("time step t"), **more: Any) -> dict[str, Any]:
    """Plotly's axis for time steps."""
    return {
        "range": [steps[0] - 0.5, steps[-1] + 0.5],
        "showgrid": False,
        **counted(steps[0], steps[-1], 8),
        "title": {"text": words, "standoff": 6},
        **more,
    }


def counted(first: float, last: float, most: int) -> dict[str, Any]:
    """The marks of an axis of whole numbers, so many at most: none between two of them where there are few."""
    return {"nticks": most, "tickformat": ",d"} | ({"dtick": 1} if last - first < most else {})


def ratio_words(factor: float) -> str:
    """A factor a step as people say it."""
    return f"{factor:.2f}" if 0.01 <= factor < 100 else power(log10(factor)) if factor > 0 else "0"
