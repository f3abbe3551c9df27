"""Mounts the board: one Components-v2 component with a stable key, so that it is built once, then updated.

Its JavaScript and CSS are files under static/board/, which the browser fetches once. What is sent with every
film is loader.js, the empty root and the height to keep free for it.
"""

import json
from functools import cache
from hashlib import sha256
from typing import Any

import streamlit as st

from rnn_core.words import t
from ui import STATIC
from ui.board.film import Choice
from ui.frame.words import words
from ui.run.exploring import weights_of

LOADER = STATIC / "loader.js"

ROOT = """
<div class="unrolled">
  <div class="board" role="img" aria-label="ABOUT" data-frames="0"></div>
  <p class="says" role="status"></p>
</div>
""".replace("ABOUT", t("The network is about to be drawn."))
SPACE = """
.unrolled { container-type: inline-size; position: relative; }
.board { height: clamp(500px, calc(100svh - 195px), 720px); }
@media (min-width: 900px) {
  .unrolled.big { --zoom: 1.25; zoom: var(--zoom); }
  .big .board { height: clamp(480px, calc((100svh - 150px) / var(--zoom)), 720px); }
}
@media (min-width: 900px) and (max-height: 840px) { .unrolled.big { --zoom: 1.15; } }
@container (max-width: 640px) { .board { height: 940px; } }
"""


def board(film: bytes, *, key: str = "board") -> None:
    """Show a film (film.pack). Call it with the same key on every run: the picture is updated in place."""
    mount = st.components.v2.component("unrolled_board", html=ROOT, css=SPACE, js=loader())
    mount(key=key, data=film, height="content", on_view_change=lambda: None, on_overdue_change=lambda: None)


def overdue(key: str = "board") -> object:
    """How often the board has said that it waits for a film in vain (static/board/watch.js)."""
    try:
        return st.session_state[key]["overdue"]
    except (KeyError, TypeError):
        return 0


def acts(state: Any, after: int) -> list[dict[str, Any]]:
    """What a viewer did since the act of this number, each with its own, n (static/board/acts.js). state: of a
    component. It comes from a browser, so whatever is no list of acts is none.
    """
    try:
        result = [act for act in state["acts"] if isinstance(act["n"], int) and act["n"] > after]
        return sorted(result, key=lambda act: act["n"])
    except (KeyError, TypeError):
        return []


def choice(key: str = "board", show: str = "h") -> Choice:
    """What the viewer chose in the board. show: what of the cell is seen where nobody chose."""
    return read(st.session_state.get(key), show)


def read(state: Any, show: str = "h") -> Choice:
    """The board's state as a Choice. It comes from a browser, so whatever is no choice is none."""
    try:
        view = state["view"]
        open = view.get("open")
        layers, sequence = int(view.get("layers", 1)), int(view.get("sequence", 0))
        weights, moment = weights_of(view)
        show, typed, asks = str(view.get("show", show)), str(view.get("typed") or ""), int(view.get("asks", 0))
        uncovered = bool(view.get("uncovered"))
        return Choice(
            show, open and tuple(map(int, open)), layers, sequence, weights, moment, typed, asks, uncovered=uncovered
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return Choice(show)


@cache
def loader(name: str = "board/board", folders: tuple[str, ...] = ("board",)) -> str:
    """loader.js for static/NAME.js and .css, with what these import from its folders and from the theme, and a hash of
    all of it: a changed file is a changed address.

    Read once for the process: a server starts anew with new files, and every tick of every visitor asks for this.
    """
    own = sorted(p for folder in folders for p in (STATIC / folder).rglob("*") if p.suffix in (".js", ".css"))
    files = [*STATIC.glob("*.css"), STATIC / "words.js", *own]
    version = sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:12]
    imported = [p.relative_to(STATIC).as_posix() for p in files if p != STATIC / f"{name}.css"]
    text = LOADER.read_text("utf-8")
    missing = t(
        "The picture could not be loaded from app/static. Reload the page; if that does not help, the server needs "
        "server.enableStaticServing = true."
    )
    updated = t("Unrolled has been updated. Reload the page to see the new picture.")
    for place, value in {
        "$NAME": name, "$FILES": str(imported), "$VERSION": version, "$ABROAD": json.dumps(words() is not None),
        "$MISSING": json.dumps(missing), "$UPDATED": json.dumps(updated),
    }.items():  # fmt: skip
        text = text.replace(place, value)
    return text
