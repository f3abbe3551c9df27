"""A race: the contestants' losses over training steps, and ‖∂L/∂h_t‖ of each over its time steps."""

from collections.abc import Mapping, Sequence
from math import inf, isfinite, log10
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np
from plotly.graph_objects import Figure

from rnn_core.words import t
from ui.figures.house import BACKGROUND, MUTED, figure, line, nice_top, scatter, written
from ui.figures.powers import log10_of, log_axis, powers, room, time_axis

COLOURS = ("var(--lane-1)", "var(--lane-2)", "var(--lane-3)", "var(--lane-4)", "var(--lane-5)", "var(--lane-6)")
STROKES = ("solid", "8px,4px", "2px,3px", "10px,3px,2px,3px", "16px,4px", "6px,3px,1px,3px,1px,3px")
MARKS = ("circle", "square", "diamond", "triangle-up", "cross", "star")  # static/kept/kept.js has them too
MARKED = 9  # marks on a line, at most
POINTS = 200  # of a curve, at most
CUT = 2.0  # decades above the largest loss at the start, beyond which the axis does not follow
ABOVE = {"xref": "paper", "yref": "paper", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "showarrow": False}
MARGIN = {"l": 58, "r": 24, "t": 30, "b": 40}


class Course(NamedTuple):
    """A contestant's losses at n looks with s seeds: held_out (n,s), NaN once a run has diverged, and training (n,s).

    diverged: the steps at which some of its runs left the finite numbers.
    """

    name: str
    held_out: np.ndarray
    training: np.ndarray
    diverged: Sequence[int] = ()


class Beside(NamedTuple):
    """A kept run's losses at n steps, held_out (n,) and training (n,), NaN where there is none. id: another one for
    each; colour, mark: which of COLOURS and MARKS.
    """

    id: str
    name: str
    colour: int
    mark: int
    steps: np.ndarray
    held_out: np.ndarray
    training: np.ndarray


class Spread(NamedTuple):
    """Over the seeds that have a number: mean, least and largest, (n,) each; NaN where none has."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def spread(values: np.ndarray) -> Spread:
    """Of values (n,s) over s."""
    finite = np.where(np.isfinite(values), values, np.nan)
    with catch_warnings():
        simplefilter("ignore", RuntimeWarning)  # a row without a number
        return Spread(np.nanmean(finite, axis=1), np.nanmin(finite, axis=1), np.nanmax(finite, axis=1))


def losses(
    steps: Sequence[int],
    courses: Sequence[Course],
    baselines: Mapping[str, float],
    revision: str = "kept",
    beside: Sequence[Beside] = (),
    weight: float = 0.0,
) -> Figure:
    """Held-out losses, thick, and training losses, thin, on a log scale; a band from the least to the largest seed.

    steps (n,): the looks. baselines: by name, dashed. revision: with another one the viewer's zoom is forgotten.
    beside: kept runs, with marks on their lines. weight: of the thick lines' moving average; the losses themselves then
    stay visible behind.
    """
    kept = thinned(len(steps))
    at = np.asarray(steps)[kept]
    bands, thin, raw, thick, means, seen = [], [], [], [], [], []
    last = steps[-1]
    for k, course in enumerate(courses):
        held = spread(positive(course.held_out[kept]))
        mean, low, high = map(log10_of, held)
        seen += [low, high]
        means.append(mean)
        if course.held_out.shape[1] > 1:
            bands.append(band(at, low, high, k, course.name))
        training = log10_of(spread(positive(course.training[kept])).mean)
        thin.append(behind(at, training, COLOURS[k], course.name))
        texts = ranges(*map(written, held))
        raw.append(behind(at, mean, COLOURS[k], course.name))
        thick.append(stroke(at, digits(smoothed(mean, weight)), k, course.name, texts))
        thick[-1]["mode"] = "lines" if len(at) > 1 else "markers"
        thick[-1]["marker"] = {"color": COLOURS[k]}
    for run in beside:
        mean, training = log10_of(positive(run.held_out)), log10_of(positive(run.training))
        known = np.isfinite(mean)
        seen += [mean, training]
        thin.append(behind(run.steps, training, COLOURS[run.colour], run.id))
        raw.append(behind(run.steps[known], mean[known], COLOURS[run.colour], run.id))
        thick.append(marked(run, known, mean, weight))
        last = max([last, *run.steps])
    levels = {name: log10(loss) for name, loss in baselines.items() if loss > 0}
    bottom, top, largest = axis_of(seen, [*levels.values()])
    marks = [
        diverged(at, np.minimum(means[k], top), course, k) for k, course in enumerate(courses) if course.diverged
    ]
    ends = [0, nice_top(max(20, last))]
    dashed = [
        line(ends, [level, level], name, MUTED, 1.6, dash="5px,4px", text=powers([level, level]))
        for name, level in levels.items()
    ]
    named = [
        {"text": name, "x": 1, "xref": "paper", "xanchor": "right", "y": level, "yanchor": "bottom",
         "showarrow": False, "bgcolor": BACKGROUND, "opacity": 0.85}
        for name, level in levels.items()
    ]  # fmt: skip
    cut = {"text": t("the axis ends here; the largest loss is {loss}", loss=powers([largest])[0]), **ABOVE}
    return figure(
        [*bands, *thin, *(raw if weight else []), *dashed, *thick, *marks],
        uirevision=revision,
        margin=MARGIN,
        annotations=[*named, *([cut] if largest > top else [])],
        xaxis={"range": ends, "nticks": 6, "tickformat": ",d", "showgrid": False,
               "title": {"text": t("training step"), "standoff": 6}},
        yaxis=log_axis(bottom, top),
    )


def gradients(norms: Mapping[str, np.ndarray], revision: str = "kept") -> Figure:
    """‖∂L/∂h_t‖ of each contestant, (s,T) over s seeds by its name, on a log scale, with a band over the seeds."""
    bands, lines, seen = [], [], []
    for k, (name, values) in enumerate(norms.items()):
        mean, low, high = (log10_of(part) for part in spread(values.T))
        steps = np.arange(1, len(mean) + 1)
        seen += [low, high]
        if len(values) > 1:
            bands.append(band(steps, low, high, k, name))
        texts = ranges(*map(powers, (mean, low, high)))
        lines.append(stroke(steps, digits(mean), k, name, texts))
    longest = max(values.shape[1] for values in norms.values())
    dead = [name for name, values in norms.items() if values.size and not values.any()]
    zeros = {"text": t("exactly 0 at every step: {networks}", networks=", ".join(dead)), **ABOVE}
    return figure(
        [*bands, *lines],
        annotations=[zeros] if dead else [],
        uirevision=revision,
        margin=MARGIN,
        xaxis=time_axis(range(1, longest + 1)),
        yaxis=log_axis(*room(*seen)),
    )


def ranges(means: Sequence[str], lows: Sequence[str], highs: Sequence[str]) -> list[str]:
    """Each mean with the least and the largest, where they differ."""
    return [
        t("{mean} ({low} to {high})", mean=mean, low=low, high=high) if low != high else mean
        for mean, low, high in zip(means, lows, highs, strict=True)
    ]


def thinned(n: int) -> np.ndarray:
    """Which of n points are drawn: at most POINTS or so, the last among them."""
    return np.arange(n)[:: -max(1, -(-n // POINTS))][::-1]


def positive(values: np.ndarray) -> np.ndarray:
    """NaN for what has no logarithm."""
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def digits(values: np.ndarray) -> list[float | None]:
    """Five digits of each, None where there is none: it travels with every update."""
    return [float(f"{v:.5g}") if isfinite(v) else None for v in values]


def stroke(x: np.ndarray, y: list[float | None], k: int, name: str, texts: Sequence[str]) -> dict[str, Any]:
    """A contestant's line: its colour, and a stroke of its own."""
    return line(x, y, name, COLOURS[k], 2.4, dash=STROKES[k], text=texts, legendgroup=name)


def behind(x: np.ndarray, y: np.ndarray, colour: str, group: str) -> dict[str, Any]:
    """A thin line that nobody reads off."""
    style = {"color": colour, "width": 1}
    return scatter(
        x=x, y=digits(y), mode="lines", line=style, legendgroup=group, hoverinfo="skip", opacity=0.5
    )  # fmt: skip


def marked(run: Beside, known: np.ndarray, mean: np.ndarray, weight: float) -> dict[str, Any]:
    """A kept run's held-out losses, log10, where they are known: its colour, and a mark here and there."""
    x, colour = run.steps[known], COLOURS[run.colour]
    texts = written(run.held_out[known])
    result = line(x, digits(smoothed(mean[known], weight)), run.name, colour, 1.8, text=texts, legendgroup=run.id)
    result["mode"] = "lines+markers"
    result["marker"] = {"symbol": MARKS[run.mark], "size": 9, "color": colour, "maxdisplayed": MARKED, "opacity": 1}
    return result


def smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """An exponential moving average of values (n,) as if it had begun with the first: each weighs `weight` times as
    much as the one after it. What is not finite stays, and is passed over. weight 0: the values.
    """
    result, total, mass = np.array(values, float), 0.0, 0.0
    for k in np.flatnonzero(np.isfinite(result)):
        total, mass = weight * total + result[k], weight * mass + 1
        result[k] = total / mass
    return result


def band(x: np.ndarray, low: np.ndarray, high: np.ndarray, k: int, name: str) -> dict[str, Any]:
    """From the least to the largest seed; where there is none it stops."""
    there = np.isfinite(low) & np.isfinite(high)
    x, low, high = x[there], low[there], high[there]
    return scatter(
        x=[*x, *x[::-1]], y=[*digits(high), *digits(low)[::-1]], fill="toself", fillcolor=COLOURS[k], opacity=0.16,
        line={"width": 0}, mode="lines", hoverinfo="skip", legendgroup=name,
    )  # fmt: skip


def diverged(at: np.ndarray, means: np.ndarray, course: Course, k: int) -> dict[str, Any]:
    """A cross where a run left the finite numbers, at the height of the line's last point before it."""
    places = [np.flatnonzero((at <= step) & np.isfinite(means)) for step in course.diverged]
    heights = [float(means[result[-1]]) if len(result) else None for result in places]
    marker: dict[str, Any] = {"symbol": "x", "size": 10, "color": COLOURS[k]}
    return scatter(
        x=list(course.diverged), y=heights, mode="markers", marker=marker, legendgroup=course.name,
        name=t("{name}: diverged", name=course.name),
        text=[t("at step {step}", step=f"{step:,}") for step in course.diverged],
        hovertemplate="%{text}", cliponaxis=False,
    )  # fmt: skip


def axis_of(seen: Sequence[np.ndarray], baselines: Sequence[float]) -> tuple[float, float, float]:
    """The axis' ends and the largest loss, all log10: far above where all began the axis does not follow."""
    starts = [each[:1] for each in seen]
    known = np.concatenate([*seen, baselines])
    largest = float(known[np.isfinite(known)].max(initial=-inf))
    began = np.concatenate([*starts, baselines])
    most = float(began[np.isfinite(began)].max(initial=-inf)) + CUT
    bottom, top = room(np.minimum(known, most))
    return bottom, top, largest
