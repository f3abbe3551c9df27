"""The frame around every page: title, navigation, sidebar. Start it with `streamlit run app.py`."""

import gc
from pathlib import Path

import streamlit as st

from ui import steady
from ui.guard import guarded
from ui.navigation import frame, links, navigation
from ui.session import TITLE, arrive, complete, leave, name_it, presenting

HERE = Path(__file__).parent


@st.cache_resource
def prepare() -> None:
    """Once for the process: what the imports left behind is never looked through for garbage again."""
    gc.collect()
    gc.freeze()
    steady.mend()


room = presenting()
st.set_page_config(
    st.session_state.get(TITLE, "Unrolled"),
    str(HERE / "static" / "favicon.svg"),
    layout="wide",
    initial_sidebar_state="collapsed" if room else 280,
)
st.html(HERE / "static" / "theme.css")
st.html(HERE / "ui" / "house.css")
if room:
    st.html(HERE / "ui" / "room.css")
with guarded():
    page, pages = navigation()
    prepare()
    arrive(page.title)
    leave(page.title)
    with st.sidebar:
        st.html('<p class="brand">Unrolled</p>')
        links(pages, page)
    frame()
    page.run()
    name_it(page.title)
    complete(page.title)
