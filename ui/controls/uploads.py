"""Where a file is brought. It is read in the session's memory and stays there.

A file that is too large to be sent is caught in the browser, so that the page says so, in a sentence of its own:
Streamlit marks it in its uploader and says little. Here it is not sent, and stays out of the uploader.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui import STATIC
from ui.frame.address import quoted
from ui.run.desk import Desk

LOOK = (STATIC / "controls" / "uploads.js").read_text("utf-8")


def uploader(s: Desk, prefix: str, label: str, most: int, help: str, caption: str = "") -> None:
    """An uploader for files of at most `most` bytes, which `s` then wants."""
    key = f"{prefix}file-{s.uploads}"

    def came() -> None:
        file = st.session_state.get(key)
        if file is not None:
            s.uploads += 1  # a new, empty uploader: Streamlit then lets go of the file
            s.want(file.name, file.getvalue())

    with st.container(key=prefix + "upload", gap=None):
        st.file_uploader(label, key=key, max_upload_size=most // 1_000_000, on_change=came, help=help)
        refuse_larger(prefix + "upload", most, lambda name, size: refuse(s, name, size))
        if caption:
            st.caption(caption)


def refuse(s: Desk, name: str, size: int) -> None:
    """A file too large to be sent was chosen: it is said as for every other."""
    s.notes = (s.stays(s.too_large(quoted(name), size)),)


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
