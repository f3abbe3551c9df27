"""The five shapes as the page shows them: one run for each, the cards, and the way from a card to the playground."""

import json
from collections.abc import Callable
from functools import cache

import streamlit as st

from rnn_core import SHAPES, TASKS, Config
from rnn_core.words import t
from ui.board.board import loader
from ui.controls.controls import settle
from ui.frame.address import mend
from ui.frame.navigation import table
from ui.gallery.gallery import IN_AND_OUT
from ui.gallery.thumbnails import STYLE, thumbnail
from ui.run.session import now
from ui.run.ticking import live
from ui.run.together import Together
from ui.run.visit import RUNS, session, way_back

KEY, CARDS = RUNS["Shapes"], "shapes"
# One task for each shape, with its own defaults; a length only where fewer columns are easier to read in a miniature.
SHOWN: dict[str, dict[str, object]] = {
    "one-to-one": {"task": "digits"},
    "one-to-many": {"task": "digit-words"},
    "many-to-one": {"task": "surnames"},
    "many-to-many": {"task": "echo", "length": 12},
    "encoder-decoder": {"task": "reverse"},
}
ROOT = '<div class="unrolled"><p class="says" role="status"></p></div>'
SPACE = """
.unrolled { container-type: inline-size; position: relative; }
.shapes { min-height: 760px; }
"""


def together() -> Together:
    """This visitor's five runs, made when the page is first opened."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Together({shape: config(shape) for shape in SHOWN})
    five: Together = st.session_state[KEY]
    return five


def config(shape: str) -> Config:
    """What runs for a shape: its task, as that wants to be, and what is set here."""
    own = SHOWN[shape]
    return mend({**TASKS[str(own["task"])].defaults, **own})[0]


@cache
def cards() -> bytes:
    """What stands on the cards, as JSON."""
    content = [
        {
            "name": shape,
            "title": SHAPES[shape].title,
            "words": IN_AND_OUT[shape],
            "task": TASKS[config(shape).task].title,
            "svg": thumbnail(config(shape).task),
        }
        for shape in SHOWN
    ]
    return json.dumps({"shapes": content, "style": STYLE}, ensure_ascii=False).encode()


def miniatures(five: Together) -> None:
    """The cards, once; and the timer that trains and sends the films which are drawn into them."""

    def opened() -> None:
        wanted = (st.session_state[CARDS].get("open") or {}).get("name", "")
        five.to_open = wanted if wanted in five.runs else ""  # it comes from a browser

    mount(CARDS, cards(), opened)
    live(five, tick)


def mount(key: str, data: bytes, opened: Callable[[], None] = lambda: None) -> None:
    """Cards or films for static/shapes/shapes.js. opened: called when a card was clicked."""
    js = loader("shapes/shapes", ("board", "shapes"))
    show = st.components.v2.component("unrolled_shapes", html=ROOT, css=SPACE, js=js)
    show(key=key, data=data, height="content", on_open_change=opened, on_overdue_change=lambda: None)


def tick(five: Together, period: float | None) -> tuple[list[str], bool]:
    """One tick: train a slice of all, send the films."""
    with five.lock:
        five.tick(now())
        films = five.packed()
    mount("films", films)
    return ["films"], False


def open_in_playground(five: Together) -> None:
    """Where a card was clicked: a copy of its run goes on in the playground, at the same step, playing if it played.

    While they play, they first pause: a tick that comes while pages change could tear the new page. The browser asks
    again once their timer is gone (static/shapes/shapes.js).
    """
    name = five.to_open
    if name and five.playing:
        five.pause()
        five.to_open, five.goes_on = "", True
    elif name:  # asked until the page is left: where another run of it comes between, this one's way is lost
        run = five.runs[name]
        with five.lock:
            news = t("This run comes from Shapes, where it took {step} steps.", step=run.status.step)
            session().continue_with(run.run.save(), news)
        if five.goes_on:
            session().ask("play")
        settle(run.config)
        st.switch_page(table()[0], query_params=way_back())
