"""“Keep this run”, and the component through which the browser keeps what is kept."""

import json
import time
from typing import Any

import streamlit as st

from rnn_core.words import t
from ui.board.board import acts, loader
from ui.kept.book import Book
from ui.kept.origins import origin
from ui.kept.state import FILE, FORMAT, VERSION
from ui.run.session import Session

KEY, STORE, LIST = "kept-book", "kept-store", "kept-list"
ROOT = '<div class="ROOM"><div class="kept"></div><p class="says" role="status"></p></div>'
SPACE = ".unrolled { container-type: inline-size; }\n.says:empty { display: none; }\n"
EVENTS = ("found", "state", "file", "said")


def book() -> Book:
    """What this visitor keeps."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Book()
    result: Book = st.session_state[KEY]
    return result


def keep_button(s: Session) -> None:
    """The button, for the run of the page."""
    st.button(
        t("Keep this run"),
        key="keep",
        type="tertiary",
        on_click=keep,
        args=(s,),
        help=t("Settings, losses and state stay in this browser. On Compare the run stands beside others, and goes on "
        "from here."),
    )


def keep(s: Session) -> None:
    """Keep a session's run as it stands."""
    with s.lock:
        where = origin(s)
        book().keep(s.run.ask, where.page, int(time.time()), where.settings, where.data)


@st.fragment
def keeper() -> None:
    """The browser's part, where nothing of it is seen. What it says makes no other part of the page run."""
    store(book(), STORE)
    say(book())


def store(b: Book, key: str, view: dict[str, Any] | None = None) -> None:
    """Hand the browser what it is to do, and hear what it says. view: what static/kept/kept.js shows."""
    content = {
        "visit": b.visit, "taken": b.taken, "orders": b.orders, "view": view, "format": FORMAT, "version": VERSION,
        "most": FILE, "acted": b.acted,
    }  # fmt: skip

    def hear(name: str) -> None:
        content = (st.session_state.get(key) or {}).get(name)
        if name != "said":
            b.hear(name, content)
        elif isinstance(content, dict):
            b.hear("done", content.get("done"))
            for act in acts(content, b.acted):
                b.acted = act["n"]
                b.hear("act", act)

    heard: dict[str, Any] = {f"on_{name}_change": lambda name=name: hear(name) for name in EVENTS}
    js = loader("kept/kept", ("kept", "board"))
    room = "unseen" if view is None else "unrolled"
    mount = st.components.v2.component(f"{room}_kept", html=ROOT.replace("ROOM", room), css=SPACE, js=js)
    mount(
        key=key,
        data=json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(),
        height="content",
        **heard,
    )


def say(b: Book) -> None:
    """What is new, once, in a corner of the page, as soon as the browser has done what it is about."""
    if b.news and not [order for order in b.orders if order["do"] != "get"]:
        st.toast(" ".join(b.news))
        b.news.clear()
