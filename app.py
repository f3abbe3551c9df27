"""The frame around every page: title, navigation, sidebar. Start it with `streamlit run app.py`."""

import gc

import streamlit as st

from ui import STATIC
from ui.chart import vendor
from ui.frame import steady
from ui.frame.guard import guarded
from ui.frame.navigation import frame, links, navigation
from ui.run.visit import TITLE, arrive, complete, leave, name_it, presenting


@st.cache_resource
def prepare() -> None:
    """Once for the process. What the imports left behind is never looked through for garbage again."""
    gc.collect()
    gc.freeze()
    steady.mend()
    vendor.place()


room = presenting()
st.set_page_config(
    st.session_state.get(TITLE, "Unrolled"),
    str(STATIC / "favicon.svg"),
    layout="wide",
    initial_sidebar_state="collapsed" if room else 280,
)
st.html(STATIC / "theme.css")
st.html(STATIC / "frame" / "house.css")
if room:
    st.html(STATIC / "frame" / "room.css")
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
