"""The choice of a task: a card in the sidebar that opens a gallery of all of them, grouped by shape, with a search.

The gallery is one component (gallery.js, gallery.css). It has every card from the start, so opening it and searching
ask nothing of the server. What is chosen goes where a select box would put it: the widget of `task` in the sidebar.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from html import escape

import streamlit as st

from rnn_core import SHAPES, TASKS, Config
from rnn_core.tasks.guides import GUIDES
from rnn_core.words import t
from ui import STATIC
from ui.gallery.thumbnails import STYLE, thumbnail

HERE = STATIC / "gallery"
KEY = "gallery"
ROOT = """
<div class="gallery">
  <div class="label" id="label">$TASK</div>
  <div class="now">
    <span class="picture" aria-hidden="true"></span>
    <button class="opener" type="button" aria-haspopup="dialog">
      <span class="row"><span class="title"></span> <span class="change">$CHANGE</span></span>
    </button>
  </div>
  <dialog aria-labelledby="heading">
    <header>
      <h2 id="heading">$CHOOSE</h2>
      <input type="search" placeholder="$SEARCH" aria-label="$TASKS" autocomplete="off" spellcheck="false">
      <button class="close" type="button" aria-label="$CLOSE">✕</button>
    </header>
    <p class="none" role="status"></p>
    <div class="groups"></div>
  </dialog>
</div>
"""
WORDS = {  # in ROOT
    "$TASK": t("Task"),
    "$CHANGE": t("Change"),
    "$CHOOSE": t("Choose a task"),
    "$SEARCH": t("Search"),
    "$TASKS": t("Search the tasks"),
    "$CLOSE": t("Close"),
}

# What gallery.js says; it puts in what stands in braces.
TEXTS = {
    "start": t("Start here"),
    "four": t("Four that make their point within a minute."),
    "task": t("Task: {title} (change)"),
    "none": t("No task has “{sought}” in its name, question or shape; clear the search to see all {all}."),
}

# For each shape: what goes in and what comes out, and where that is used.
IN_AND_OUT = {
    "one-to-one": t("One input, one answer, nothing to remember: an ordinary network, as used to classify images."),
    "one-to-many": t("One input, then the network goes on from its own answers, as in writing a caption for an image."),
    "many-to-one": t("A whole sequence is read, then comes one answer, as in telling a review's mood or a speaker."),
    "many-to-many": t("An answer at every step, from all that was read so far, as in forecasting or writing text."),
    "encoder-decoder": t("One network reads everything, another writes from its last state, as in translation."),
}


# Four tasks to begin with, and what each shows within a minute.
START = {
    "echo": t("A network remembers what it read some steps ago."),
    "temporal-order": t("The gradient hardly reaches the beginning, and then it does."),
    "latch": t("Gates keep one bit through noise."),
    "mood": t("It reads words; you may type your own."),
}


def gallery(task: str, choose: Callable[[str], None], prefix: str = "") -> None:
    """The card of the task that runs; choose(name) is called with another one before the script runs again. prefix: of
    the page's settings.
    """
    key = prefix + KEY

    def chosen() -> None:
        name = st.session_state[key]["chosen"]
        if name in TASKS:  # it comes from a browser
            choose(name)

    mount = st.components.v2.component("unrolled_gallery", html=root(), css=style(), js=script())
    mount(key=key, data=cards(task), height="content", on_chosen_change=chosen)


@cache
def cards(task: str) -> bytes:
    """Every shape and its tasks as JSON, and the one that runs."""
    shapes = [{"title": shape.title, "words": IN_AND_OUT[name], "cards": of(name)} for name, shape in SHAPES.items()]
    content = {"now": task, "start": START, "shapes": shapes, "texts": TEXTS}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def of(shape: str) -> list[dict[str, str]]:
    """The cards of one shape's tasks, in the registry's order."""
    return [
        {
            "name": name,
            "title": task.title,
            "question": question(name),
            "guide": guide(name),
            "keywords": GUIDES[name].keywords,
            "svg": thumbnail(name),
        }
        for name, task in TASKS.items()
        if task.shape == shape
    ]


def guide(name: str) -> str:
    """How long it takes to watch, and what breaks it."""
    one = GUIDES[name]
    breaks = one.breaks[0].lower() + one.breaks[1:]
    if one.seconds:
        return t("Learned in about {seconds} s. What breaks it: {breaks}", seconds=one.seconds, breaks=breaks)
    return t("Not perfect within half a minute. What breaks it: {breaks}", breaks=breaks)


def question(name: str) -> str:
    """What the task asks as it comes, with its own defaults."""
    task = TASKS[name]
    return task.question(Config(task=name, **task.defaults))  # type: ignore[arg-type]


@cache
def root() -> str:
    return re.sub(r"\$[A-Z]+", lambda place: escape(WORDS[place[0]]), ROOT)


@cache
def style() -> str:
    return STYLE + (HERE / "gallery.css").read_text("utf-8")


@cache
def script() -> str:
    return (HERE / "gallery.js").read_text("utf-8")
