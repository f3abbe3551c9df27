"""The choice of a task: a card in the sidebar that opens a gallery of all of them, grouped by shape, with a search.

The gallery is one component (gallery.js, gallery.css). It has every card from the start, so opening it and searching
ask nothing of the server. What is chosen goes where a select box would put it: the widget of `task` in the sidebar.
"""

import json
from collections.abc import Callable
from functools import cache

import streamlit as st

from rnn_core import SHAPES, TASKS, Config
from rnn_core.tasks.guides import GUIDES
from ui import STATIC
from ui.gallery.thumbnails import STYLE, thumbnail

HERE = STATIC / "gallery"
KEY = "gallery"
ROOT = """
<div class="gallery">
  <div class="label" id="label">Task</div>
  <div class="now">
    <span class="picture" aria-hidden="true"></span>
    <button class="opener" type="button" aria-haspopup="dialog">
      <span class="row"><span class="title"></span> <span class="change">Change</span></span>
    </button>
  </div>
  <dialog aria-labelledby="heading">
    <header>
      <h2 id="heading">Choose a task</h2>
      <input type="search" placeholder="Search" aria-label="Search the tasks" autocomplete="off" spellcheck="false">
      <button class="close" type="button" aria-label="Close">✕</button>
    </header>
    <p class="none" role="status"></p>
    <div class="groups"></div>
  </dialog>
</div>
"""

# For each shape: what goes in and what comes out, and where that is used.
IN_AND_OUT = {
    "one-to-one": "One input, one answer, nothing to remember: an ordinary network, as used to classify images.",
    "one-to-many": "One input, then the network goes on from its own answers, as in writing a caption for an image.",
    "many-to-one": "A whole sequence is read, then comes one answer, as in telling a review's mood or a speaker.",
    "many-to-many": "An answer at every step, from all that was read so far, as in forecasting or writing text.",
    "encoder-decoder": "One network reads everything, another writes from its last state, as in translation.",
}


# Four tasks to begin with, and what each shows within a minute.
START = {
    "echo": "A network remembers what it read some steps ago.",
    "temporal-order": "The gradient hardly reaches the beginning, and then it does.",
    "latch": "Gates keep one bit through noise.",
    "mood": "It reads words; you may type your own.",
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

    mount = st.components.v2.component("unrolled_gallery", html=ROOT, css=style(), js=script())
    mount(key=key, data=cards(task), height="content", on_chosen_change=chosen)


@cache
def cards(task: str) -> bytes:
    """Every shape and its tasks as JSON, and the one that runs."""
    shapes = [{"title": shape.title, "words": IN_AND_OUT[name], "cards": of(name)} for name, shape in SHAPES.items()]
    told = {"now": task, "start": START, "shapes": shapes}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


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
    told = GUIDES[name]
    takes = f"Learned in about {told.seconds} s" if told.seconds else "Not perfect within half a minute"
    return f"{takes}. What breaks it: {told.breaks[0].lower()}{told.breaks[1:]}"


def question(name: str) -> str:
    """What the task asks as it comes, with its own defaults."""
    task = TASKS[name]
    return task.question(Config(task=name, **task.defaults))  # type: ignore[arg-type]


@cache
def style() -> str:
    return STYLE + (HERE / "gallery.css").read_text("utf-8")


@cache
def script() -> str:
    return (HERE / "gallery.js").read_text("utf-8")
