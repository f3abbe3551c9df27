"""A task's picture: what goes in, the network unrolled, what comes out. The task's own generator draws what is in it.

Three rows and colours as on the board: inputs green, hidden states plain, outputs orange. What a network reads of its
own answers is a dashed orange arrow. Nothing here knows a task by its name.
"""

import dataclasses
from collections.abc import Sequence
from functools import cache
from html import escape
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np

from rnn_core import TASKS, Config
from rnn_core.tasks import Batch, Task
from ui import STATIC

WIDTH, HEIGHT = 200, 104
INPUT, HIDDEN, OUTPUT = 18, 56, 90  # the middles of the three rows
TALL, SQUARE = 24, 13  # of a chip, of a hidden state
LETTER = 6.8  # of a text's width
RIBBON = 26  # letters that stand side by side in one chip
SHORT = (6, 7, 8, 9, 10, 11, 12, 16, 20, 24, 30, 40)  # lengths to draw at, the first that the task takes
ROOM, LEVELS = 32, 6  # how tall an image may be, and how many greys it has
CURVE = 24  # the length of a measured line

STYLE = (STATIC / "gallery" / "thumbnails.css").read_text("utf-8")


class Example(NamedTuple):
    """One sequence of a task. x (T,D), y (T,O), inputs and targets as a person reads them, fed (T,): own answers."""

    x: np.ndarray
    y: np.ndarray
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    fed: np.ndarray
    read: int
    image: tuple[int, int] | None

    @property
    def measured(self) -> bool:
        """Whether the inputs are numbers that have no short name: a line or a strip shows them better."""
        D = self.x.shape[1]
        return self.image is None and D != 2 and not np.isin(self.x, (0, 1)).all()

    def has_image(self, t: int) -> bool:
        return self.image is not None and bool(self.x[t, : prod(self.image)].any())


@cache
def thumbnail(name: str) -> str:
    """The picture of TASKS[name] as SVG; STYLE gives it the page's colours."""
    return drawn(TASKS[name])


def drawn(task: Task) -> str:
    """The picture of any task. Raises ValueError for one that draws at none of the lengths tried."""
    one = example(task)
    real = [t for t, (i, o) in enumerate(zip(one.inputs, one.targets, strict=True)) if o or (i and not one.fed[t])]
    reading = [t for t in real if one.inputs[t] and not one.fed[t] and not 0 < one.read <= t]
    answering = [t for t in real if one.targets[t]]
    words = [t for t in reading if not one.has_image(t) and not one.measured]
    spoken = [one.inputs[t] for t in words]
    ribbon = bool(words) and (len(spoken) > 11 or any(len(word) > 4 for word in spoken))
    side_by_side = [one.targets[t] for t in answering] if len(answering) > 1 else []
    letters = max([1, *map(len, side_by_side), *(map(len, spoken) if not ribbon and len(spoken) > 1 else [])])
    pitch = letters * LETTER + (11 if letters == 1 else 7 if letters == 2 else 4)
    columns = shortened(real, 9 if ribbon or one.measured else int((WIDTH - 4) // pitch))
    pitch = min(max(pitch, 31.0 if one.image else 26.0), (WIDTH - 4) / len(columns))
    at = {t: WIDTH / 2 + (k - (len(columns) - 1) / 2) * pitch for k, t in enumerate(columns) if t is not None}
    wide = min(pitch - 3, 34.0)
    body = [chain(columns, pitch, one.read)]
    body += [way(at[t], INPUT + TALL / 2 + 1, at[t], HIDDEN - SQUARE / 2 - 2) for t in reading if t in at]
    body += [way(at[t], HIDDEN + SQUARE / 2 + 1, at[t], OUTPUT - TALL / 2 - 2) for t in answering if t in at]
    for before, t in pairwise(answering):
        if one.fed[t] and before in at and t in at:
            from_ = f"M{at[before] + wide / 2 - 3:.0f} {OUTPUT - 8}"
            body.append(f'<path class="own" d="{from_}L{at[t] - 8:.0f} {HIDDEN + 5}"/>')
    ends = at[real[0]] - 8, at[real[-1]] + 8
    if ribbon:
        between = " " if any(len(word) > 1 for word in spoken) else ""
        body.append(spelled(INPUT, between.join(spoken), "in", at, reading))
    elif one.measured and one.x.shape[1] == 1:
        body.append(curve(one.x[:, 0], reading, real, ends, INPUT, "read"))
    else:
        body += [entered(one, t, at[t], wide, len(columns)) for t in reading if t in at]
    if one.y.shape[1] == 1 and len(answering) > 3:
        body.append(curve(one.y[:, 0], answering, real, ends, OUTPUT, "said"))
    elif sum(t in at for t in answering) < len(answering) > 8:
        body.append(spelled(OUTPUT, "".join(one.targets[t] for t in answering), "out", at, answering))
    else:
        body += [chip(at[t], OUTPUT, wide, one.targets[t], "out") for t in answering if t in at]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg class="thumbnail" translate="no" {size} aria-hidden="true">{"".join(body)}</svg>'


def example(task: Task) -> Example:
    """A short sequence, the longest of a few: what is to be seen of the task without its padding."""
    start = Config()
    first = Config.fields()["length"].default
    own: dict[str, Any] = {name: value for name, value in task.defaults.items() if name != "length"}
    for length in (*SHORT, int(str(task.defaults.get("length", first)))):
        try:
            config = dataclasses.replace(start, task=task.name, **{**own, "length": length, "batch_size": 12})
            batch = task.draw(np.random.default_rng(config.seed), config, "train")
        except ValueError:  # too short for it
            continue
        one = picked(task, config, batch)
        if one.measured and one.x.shape[1] == 1 and length < CURVE:
            continue
        return one
    raise ValueError(f"{task.name} draws nothing at the lengths {', '.join(map(str, SHORT))}")


def picked(task: Task, config: Config, batch: Batch) -> Example:
    """The sequence of a batch that has the most steps, if there is room for its words."""
    symbols = task.symbols(config)
    words = [task.describe(batch, i, symbols=symbols) for i in range(batch.mask.shape[1])]
    fits = [len("".join(w.inputs)) + len(w.inputs) <= RIBBON + 2 or task.image is not None for w in words]
    i = max(range(len(words)), key=lambda i: (fits[i], sum(map(bool, words[i].inputs + words[i].targets))))
    fed = np.zeros(len(batch.x), bool) if batch.free_running is None else batch.free_running
    x, y, read = batch.x[..., i], batch.y[..., i], batch.encoder_steps
    return Example(x, y, words[i].inputs, words[i].targets, fed, read, task.image)


def shortened(steps: Sequence[int], room: int) -> list[int | None]:
    """At most so many of them; where some are left out of the middle, a None stands."""
    if len(steps) <= room:
        return list(steps)
    first = room // 2
    return [*steps[:first], None, *steps[len(steps) - (room - first - 1) :]]


def chain(columns: Sequence[int | None], pitch: float, read: int) -> str:
    """The hidden states, one a column, and the arrows between them; dots where steps are left out."""
    left = WIDTH / 2 - (len(columns) - 1) / 2 * pitch
    parts = []
    for k, t in enumerate(columns):
        x = left + k * pitch
        if k:
            parts.append(way(x - pitch + SQUARE / 2 + 1, HIDDEN, x - SQUARE / 2 - 2, HIDDEN))
        if t is None:
            parts.append(f'<text class="more" x="{x:.1f}" y="{HIDDEN + 3}">⋯</text>')
        else:
            round_ = SQUARE / 2 if 0 < read <= t else 3  # a decoder has weights of its own
            size = f'width="{SQUARE}" height="{SQUARE}" rx="{round_}"'
            parts.append(f'<rect class="cell" x="{x - SQUARE / 2:.1f}" y="{HIDDEN - SQUARE / 2}" {size}/>')
    return "".join(parts)


def way(x1: float, y1: float, x2: float, y2: float) -> str:
    """An arrow, to the right or down."""
    head = f"M{x2 - 3:.1f} {y2 - 3:.1f}L{x2:.1f} {y2:.1f}"
    head += f"L{x2 - 3:.1f} {y2 + 3:.1f}" if y1 == y2 else f"L{x2 + 3:.1f} {y2 - 3:.1f}"
    return f'<path class="way" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}{head}"/>'


def chip(x: float, y: float, wide: float, text: str, role: str) -> str:
    """A word in a box, both around (x, y), or as far to its left as the picture's edge asks."""
    wide = max(wide, len(text) * LETTER + 8) if len(text) > 1 else wide
    x = min(max(x, wide / 2 + 2), WIDTH - wide / 2 - 2)
    box = f'<rect class="{role}" x="{x - wide / 2:.1f}" y="{y - TALL / 2}" width="{wide:.1f}" height="{TALL}" rx="5"/>'
    long = ' class="long"' if len(text) > 2 else ""
    return box + f'<text{long} x="{x:.1f}" y="{y + 4.5}">{escape(text)}</text>'


def spelled(y: float, text: str, role: str, at: dict[int, float], steps: Sequence[int]) -> str:
    """A whole sequence in one chip, over or under the columns where it is read or written, as far as it has room."""
    text = text.replace("␣", " ")
    short = text if len(text) <= RIBBON else text[: RIBBON - 1].rstrip() + "…"
    places = [at[t] for t in steps if t in at]
    middle, wide = (places[0] + places[-1]) / 2, max(len(short) * LETTER + 12, places[-1] - places[0] + 20)
    wide = min(wide, WIDTH - 4)
    return chip(middle, y, wide, short, role)


def entered(one: Example, t: int, x: float, wide: float, columns: int) -> str:
    """What is read at a step: an image, a strip of numbers, a word."""
    if one.has_image(t):
        rows, across = one.image or (1, 1)
        return image(
            one.x[t, : rows * across].reshape(rows, across),
            x,
            wide - 4 if columns > 1 and all(map(one.has_image, range(len(one.x)))) else 34.0,
        )
    if one.measured:
        low, high = float(one.x.min()), float(one.x.max())
        return strip((one.x[t] - low) / (high - low), x, wide - 6)
    return chip(x, INPUT, wide, one.inputs[t], "in")


def image(ink: np.ndarray, x: float, wide: float) -> str:
    """Pixels (rows, columns) from 0 to 1, the more ink the darker, in a frame of the inputs' colour."""
    rows, across = ink.shape
    size = min(wide / across, ROOM / rows)
    dx, dy = (size, 10.0) if rows == 1 else (wide - 2, size) if across == 1 else (size, size)
    left, top, grey = x - across * dx / 2, INPUT - rows * dy / 2, np.rint(LEVELS * ink)
    box = f'x="{left - 1.5:.1f}" y="{top - 1.5:.1f}" width="{across * dx + 3:.1f}" height="{rows * dy + 3:.1f}"'
    parts = [f'<rect class="in" {box} rx="2.5"/>']
    for level in range(1, LEVELS + 1):
        pixels = zip(*np.nonzero(grey == level), strict=True)
        squares = "".join(f"M{left + c * dx:.1f} {top + r * dy:.1f}h{dx:.1f}v{dy:.1f}h-{dx:.1f}z" for r, c in pixels)
        parts += [f'<path class="ink" opacity="{level / LEVELS:.2f}" d="{squares}"/>'] if squares else []
    return "".join(parts)


def strip(values: np.ndarray, x: float, wide: float) -> str:
    """Numbers (D,) from 0 to 1 as a column of cells, the larger the stronger."""
    tall = ROOM / len(values)
    cells = ((f"{0.08 + 0.92 * v:.2f}", INPUT - ROOM / 2 + k * tall) for k, v in enumerate(values))
    size = f'x="{x - wide / 2:.1f}" width="{wide:.1f}" height="{tall:.2f}"'
    return "".join(f'<rect class="strip" opacity="{v}" y="{y:.2f}" {size}/>' for v, y in cells)


def curve(
    values: np.ndarray, steps: Sequence[int], real: Sequence[int], ends: tuple[float, float], y: float, role: str
) -> str:
    """The numbers (T,) of these steps as a line in the row around y; the real steps go from end to end."""
    low, high = float(values[steps].min()), float(values[steps].max())
    xs = np.interp(steps, (real[0], real[-1]), ends)
    ys = y + 13 - 26 * (values[steps] - low) / (high - low or 1.0)
    points = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(xs, ys, strict=True))
    return f'<path class="{role}" d="M{points}"/>'
