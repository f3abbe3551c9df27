"""The table of pages, and the way in: a page is only ever run by the frame, app.py."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from rnn_core.words import t
from ui import STATIC
from ui.frame.words import words
from ui.run.visit import FIRST, KEY, LOOKS, OWN, TITLES, way_back

PAGES = Path(__file__).parents[2] / "pages"
FRAME = (STATIC / "frame" / "frame.js").read_text("utf-8")


def table() -> list[StreamlitPage]:
    """Every page of the app, the first of them where the bare address leads."""
    return [
        st.Page(PAGES / "playground.py", title=FIRST, url_path="start", default=True),
        st.Page(PAGES / "learn.py", title="Learn", url_path="learn"),
        st.Page(PAGES / "shapes.py", title="Shapes", url_path="shapes"),
        st.Page(PAGES / "compare.py", title="Compare", url_path="compare"),
        st.Page(PAGES / "gradients.py", title="Gradients", url_path="gradients"),
        st.Page(PAGES / "text.py", title="Text", url_path="text"),
        st.Page(PAGES / "series.py", title="Series", url_path="series"),
        st.Page(PAGES / "about.py", title="About", url_path="about"),
    ]


LABELS = {**TITLES, "Learn": t("Lessons")}  # of a link, where the page's title says what its group does
GROUPS = {  # what somebody comes for, and the pages that have it
    t("Learn"): ("Learn",),
    t("Explore"): (FIRST, "Shapes", "Compare", "Gradients"),
    t("Your own"): ("Text", "Series"),
    t("Behind it"): ("About",),
}


def page_of(title: str) -> StreamlitPage:
    """The page with this title."""
    return next(page for page in table() if page.title == title)


def navigation() -> tuple[StreamlitPage, list[StreamlitPage]]:
    """The page that was asked for, and all of them."""
    pages = table()
    again = st.Page(PAGES / "playground.py", title=FIRST, url_path="playground")  # by its name as well
    return st.navigation([*pages, again], position="hidden"), pages


def links(pages: list[StreamlitPage], here: StreamlitPage) -> None:
    """The pages by what they are for. The way back to one that has settings leads to what ran there."""
    by_title = {page.title: page for page in pages}
    with st.container(gap=None, key="links"):
        for group, titles in GROUPS.items():
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.html(f'<span class="group">{group}</span>')
                for title in titles:
                    holds = title != here.title and title in (FIRST, *OWN, *LOOKS)
                    label = LABELS[title]
                    st.page_link(by_title[title], label=label, query_params=way_back(title) if holds else None)


def frame() -> None:
    """What only the browser can do for every page: the links as a landmark, and Space, s and r for the buttons whose
    keys are play, step and reset. (Streamlit's own shortcuts act also while another button has the focus.)
    """
    data = {"pages": t("Pages"), "words": words()}
    st.components.v2.component("frame", js=FRAME)(key="frame", data=data, height="content")


def through_the_frame() -> None:
    """Called first by every page, so that a deep link works as a fresh server's first visit.

    There Streamlit runs the page by itself, without the frame, because a folder is called pages. Naming the pages ends
    that, and when the run starts again the frame comes first.
    """
    if KEY not in st.session_state:
        navigation()
        st.rerun()
