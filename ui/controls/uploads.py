"""A file that is too large to be sent is caught in the browser, so that the page says so, in a sentence of its own.

Streamlit marks such a file in its uploader and says little. Here it is not sent, and stays out of the uploader.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui import STATIC

LOOK = (STATIC / "controls" / "uploads.js").read_text("utf-8")


def refuse_larger(key: str, most: int, say: Callable[[str, int], None]) -> None:
    """In the container of this key, a file of more than `most` bytes is not sent: its name and size go to `say`."""

    def heard() -> None:
        if (file := named(st.session_state.get(f"{key}-large"))) is not None:
            say(*file)

    mount = st.components.v2.component("too_large", js=LOOK)
    data = {"area": f"st-key-{key}", "most": most}
    mount(key=f"{key}-large", data=data, height="content", on_file_change=heard)


def named(state: Any) -> tuple[str, int] | None:
    """A file's name and size, as the browser says them; None for whatever else comes from there."""
    try:
        return str(state["file"]["name"]), int(state["file"]["size"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
