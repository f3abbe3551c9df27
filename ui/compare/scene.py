"""What a race sends to the browser: its charts, its table and a film of every board, in one message.

    bytes 0..3   length J of the header, unsigned, little endian
    J bytes      the header: JSON in UTF-8
    the rest     a film (ui/board/film.py) of each contestant, each with its length before it, 4 bytes
"""

import json
import struct
from math import isfinite
from time import thread_time
from typing import Any

from rnn_core.words import t
from ui.chart.chart import message
from ui.compare import words
from ui.compare.race import Race
from ui.figures.race import COLOURS, STROKES, Course, gradients, losses


def scene(race: Race, charts: bool = True) -> bytes:
    """The message for the race as it stands. charts: whether they come with it; the browser keeps those that it has."""
    films = [lane.film for lane in race.shown()]
    content = {
        "film": race.film, "step": race.step, "playing": race.playing, "period": race.pace.period, "tick": race.ticks,
        "postponed": race.postponed, "refused": race.not_opened,
        "names": [lane.name for lane in race.lanes], "longest": max(lane.gradients.shape[1] for lane in race.lanes),
        "heads": words.heads(race), "caption": words.caption(race),
        "lanes": [
            {"name": lane.name, "stroke": {"colour": COLOURS[k], "dash": STROKES[k] if k else ""},
             "cells": words.cells(lane, race.step)}
            for k, lane in enumerate(race.lanes)
        ],
        "charts": drawn(race) if charts else None,
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + b"".join(struct.pack("<I", len(f)) + f for f in films)


def drawn(race: Race) -> dict[str, Any]:
    """Both charts, as static/chart/plot.js draws them, with their titles, made anew only where they show something
    else; the race is told what they cost.
    """
    shown = race.restarts, race.races, race.charted, race.weight, [run[:4] for run in race.kept]
    if race.charts is None or race.charts[0] != shown:
        race.charts = shown, made(race)
    return race.charts[1]


def made(race: Race) -> dict[str, Any]:
    begin, revision = thread_time(), f"race {race.races}"
    courses = [
        Course(lane.name, lane.losses, lane.training, [d.step for d in lane.diverged]) for lane in race.lanes
    ]
    named = {t("baseline: {name}", name=lane.baseline.name): float(lane.baseline.loss) for lane in race.lanes}
    named = {name: loss for name, loss in named.items() if isfinite(loss)}
    chart = losses(race.looks, courses, named, revision, race.kept, race.weight)
    first = message(chart, words.losses_in_words(race), race.looks[-1])
    second = message(gradients({lane.name: lane.gradients for lane in race.lanes}, revision),
                     words.gradients_in_words(race), 1)  # fmt: skip
    race.charts_sent(thread_time() - begin)
    title = t("Loss on held-out sequences; thin, in training")
    if race.weight:
        title = t("Loss on held-out sequences, smoothed; thin, in training")
    return {
        "losses": {**first, "title": title},
        "gradients": {**second, "title": t("How much the loss depends on hₜ: ‖∂L/∂hₜ‖ before clipping")},
    }
