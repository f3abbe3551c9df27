"""Kept runs beside a race: their cards, the table of what differs, and what is pressed there."""

import time
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from rnn_core.history import POINTS
from rnn_core.words import t
from ui.compare.race import Race
from ui.compare.run import Lane
from ui.controls.controls import settle
from ui.figures.numbers import metric_name, short
from ui.figures.race import COLOURS, MARKS, STROKES, Beside
from ui.frame.address import fields_of
from ui.frame.navigation import page_of
from ui.kept.book import Book
from ui.kept.keep import LIST, book, say, store
from ui.kept.record import MISSING, MOST, Kept, differences, finite, fits, label, written
from ui.kept.reopen import reopen, where
from ui.run.run import saved
from ui.run.visit import FIRST, session, way_back

NONE = t(
    "No run is kept yet. “Keep this run” on the playground, on Text or on Series, or Keep on a board above, puts one "
    "here beside the race; it stays in this browser."
)


def before_the_race(r: Race) -> None:
    """What was pressed, here or on a board, and which runs stand beside the race."""
    b = book()
    b.seen = b.heard
    reopen(b)
    open_board(r)
    wanted, r.keeps = r.keeps, ()
    if b.each:
        b.each, wanted = False, tuple(lane.name for lane in r.lanes)
    for lane in [lane for lane in r.lanes if lane.name in wanted]:
        with r.lock:
            b.keep(partial(r.run.ask, lane.name), "Compare", int(time.time()), {})
    r.kept = [line(r, k, run) for k, run in enumerate(b.beside(r.config.task))]


def unseen() -> bool:
    """Whether the browser had news since the page ran: a tick may have heard them in its place."""
    return book().seen != book().heard


def open_board(r: Race) -> None:
    """Where a board was to be opened in the playground, go on with a copy of its run there."""
    name, r.to_open = r.to_open, ""
    lane = next((lane for lane in r.lanes if lane.name == name), None)
    if lane is None:
        return
    try:
        fits(lane.config, fields_of(lane.config.task))
    except ValueError as problem:
        r.not_opened = r.heard
        r.notes = (t("{name} cannot be opened in the playground: {problem}.", name=lane.name, problem=problem),)
        return
    with r.lock:
        news = t("This run comes from Compare, where it took {steps} steps.", steps=f"{lane.steps[0]:,}")
        session().continue_with(r.run.ask(name, saved), news)
    settle(lane.config)
    st.switch_page(page_of(FIRST), query_params=way_back())


def line(r: Race, k: int, run: Kept) -> Beside:
    """Its losses as the chart draws them. k: how many stand before it."""
    steps, training, held = (np.array(column, float) for column in asdict(run.course).values())
    return Beside(run.id, run.name, (len(r.lanes) + k) % len(COLOURS), k % len(MARKS), steps, held, training)


def kept_runs(r: Race) -> None:
    """The cards and the table; and the browser's part in keeping them."""
    b = book()
    store(b, LIST, view(r, b))
    say(b)


def view(r: Race, b: Book) -> dict[str, Any]:
    """What static/kept/kept.js shows."""
    marks = {beside.id: mark(beside) for beside in r.kept}
    shown = [b.runs[id] for id in marks if id in b.runs]
    return {
        "count": t("{some} of {all}", some=len(b.runs), all=MOST) if b.runs else "",
        "said": " ".join(b.notes) if b.notes else "" if b.runs else NONE,
        "runs": [card(run, marks.get(run.id)) for run in b.latest()],
        **(table(r.lanes, shown, marks, r.playing) if shown else {"heads": [], "rows": [], "caption": ""}),
    }


def mark(beside: Beside) -> dict[str, str]:
    return {"colour": COLOURS[beside.colour], "symbol": MARKS[beside.mark]}


def card(run: Kept, mark: dict[str, str] | None) -> dict[str, Any]:
    known = any(loss is not None for loss in run.course.held_out)
    losses = run.course.held_out if known else run.course.training
    thinned = len(run.course.steps) < run.step
    loss = number(run.held_out)
    fell = t("Held-out loss of {name}, now {loss}", name=run.name, loss=loss)
    if not known:
        fell = t("Training loss of {name}, now {loss}", name=run.name, loss=loss)
    if thinned:
        fell = t("{loss}; {points} points, each a mean over {steps} steps", loss=fell, points=len(run.course.steps),
                 steps=f"{run.step / max(1, len(run.course.steps)):.0f}")  # fmt: skip
    now = t("{page}: {task}, step {step}, held-out loss {loss}, {score}", page=run.page, step=f"{run.step:,}",
            task=run.title.partition(":")[0], loss=loss, score=scored(run.metric, run.score))  # fmt: skip
    return {
        "id": run.id, "name": run.name, "note": run.note, "pinned": run.pinned, "mark": mark, "opens": where(run),
        "words": t("{now}; diverged, {where}", now=now, where=run.diverged) if run.diverged else now, "fell": fell,
        "steps": run.course.steps, "losses": losses, "baseline": run.baseline,
    }  # fmt: skip


def number(value: float | None) -> str:
    return "–" if value is None else short(value)


def scored(metric: str, score: float | None) -> str:
    """"accuracy 98 %", "rmse 0.31"."""
    if score is None or metric == "rmse":
        return f"{metric_name(metric)} {number(score)}"
    return f"{metric_name(metric)} {100 * score:.0f} %"


def table(lanes: list[Lane], runs: list[Kept], marks: dict[str, dict[str, str]], playing: bool) -> dict[str, Any]:
    """Only what differs, of the race's networks and the kept runs that stand beside them. While it plays the networks'
    numbers are in the table of the race alone, which is live.
    """
    settings = [*(asdict(lane.config) for lane in lanes), *(run.settings for run in runs)]
    names = [name for name in differences(settings) if name != "characters"]
    results = (t("step"), t("held-out loss"), t("score"))

    def cells(own: dict[str, Any], *rest: str) -> list[str]:
        return [*(written(own.get(name, MISSING)) for name in names), *rest]

    rows: list[dict[str, Any]] = [
        {"name": lane.name, "stroke": {"colour": COLOURS[k], "dash": STROKES[k] if k else ""},
         "cells": cells(own, *(("…",) * 3 if playing else (f"{lane.steps[0]:,}", *stands(lane))))}
        for k, (lane, own) in enumerate(zip(lanes, settings, strict=False))
    ]  # fmt: skip
    rows += [
        {"name": run.name, "mark": marks[run.id],
         "cells": cells(run.settings, f"{run.step:,}", number(run.held_out), scored(run.metric, run.score))}
        for run in runs
    ]  # fmt: skip
    caption = t(
        "What differs between the networks of the race, each with its first seed, and the kept runs in the chart. A "
        "kept run's line has at most {points} points, each the mean of the training steps that it stands for.",
        points=POINTS,
    )
    return {"heads": [t("run"), *map(label, names), *results], "rows": rows, "caption": caption}


def stands(lane: Lane) -> tuple[str, str]:
    """Held-out loss and score of its first seed at the last look."""
    loss, score = (finite(column[-1, 0]) for column in (lane.losses, lane.scores))
    return number(loss), scored(lane.task.metric, score)
