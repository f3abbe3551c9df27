"""Perplexity over training, on a log scale: in training thin, held out thick, the counting rules dashed."""

from collections.abc import Mapping, Sequence
from math import log10

import numpy as np
from plotly.graph_objects import Figure

from rnn_core.words import t
from ui.figures.house import MUTED, PRIMARY, beside, figure, line, nice_top, scatter
from ui.figures.numbers import count

LEVELS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
LOWEST = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300)
HEIGHT = 216  # pixels between the axes, about: by them the names are kept apart


def perplexity(
    steps: Sequence[int],
    training: np.ndarray,
    held_out: Sequence[tuple[int, float]],
    rules: Mapping[str, float],
    kinds: int,
    step: int,
) -> Figure:
    """The curves, after `step` training steps, of a text with so many kinds of character.

    steps, training (n,): of the batches. held_out: (training step, perplexity), the last one marked. rules: each
    counting rule's perplexity by its name.
    """
    points = np.array([point for point in held_out if np.isfinite(point[1])]).reshape(-1, 2)
    all_values = np.concatenate([list(rules.values()), points[:, 1], training[np.isfinite(training)], [kinds]])
    low = max((v for v in LOWEST if v < 0.93 * all_values.min()), default=1)
    high = 1.1 * kinds
    place = {name: HEIGHT * log10(v / low) / log10(high / low) for name, v in rules.items()}
    ends = [0, nice_top(max(20, step))]
    traces = [
        line(steps, training, t("in training"), MUTED, 1, opacity=0.7),
        *(line(ends, [v, v], name, MUTED, 1.5, dash="5px,4px") for name, v in rules.items()),
        line(points[:, 0], points[:, 1], t("held out"), PRIMARY, 2.6),
        scatter(x=points[-1:, 0], y=points[-1:, 1], mode="markers", marker={"color": PRIMARY, "size": 7},
                   hoverinfo="skip"),
    ]
    shown = [v for v in LEVELS if low < v < high]
    ticks = {"tickvals": shown, "ticktext": list(map(count, shown))}
    return figure(
        traces,
        margin={"l": 34 if high < 1000 else 48, "r": 56, "t": 8, "b": 22},
        annotations=beside(list(rules), [log10(v) for v in rules.values()], list(place.values())),
        xaxis={"range": ends, "nticks": 5, "tickformat": ",d", "showgrid": False, "title": None},
        yaxis={"type": "log", "range": [log10(low), log10(high)], **ticks},
    )
