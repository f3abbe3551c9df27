"""A visit: which pages have a run of their own, how one is made of an address, and what the address says when a page is
left and come back to.
"""

from collections.abc import Mapping
from dataclasses import asdict

import streamlit as st

from rnn_core import Config
from rnn_core.words import t
from ui.frame.address import fields_of, read, tidy_own
from ui.run.plays import Plays
from ui.run.session import Session

KEY, PAGE, COMPLETE, TITLE = "session", "page", "complete", "title"
FIRST = "Playground"
# Pages with settings of their own, and what runs there.
OWN = {name: f"{name.lower()}-session" for name in ("Learn", "Compare", "Text", "Series")}
TITLES = {FIRST: t("Playground"), "Learn": t("Learn"), "Shapes": t("Shapes"), "Compare": t("Compare"),
          "Gradients": t("Gradients"), "Text": t("Text"), "Series": t("Series"), "About": t("About")}  # on the screen
LOOKS = {"Gradients": "gradients-look"}  # pages about the playground's run, and where their own settings are
RUNS = {FIRST: KEY, "Shapes": "together"} | OWN | dict.fromkeys(LOOKS, KEY)  # pages on which something runs
FIRST_MINUTE = {"k": ["1"], "length": ["6"], "hidden_size": ["6"], "learning_rate": ["0.02"], "first": ["true"]}
SEEN = "unrolled-seen"  # a cookie of who has had the whole board before: static/frame/frame.js


def session() -> Session:
    """This visitor's session, which the frame made: app.py runs before every page."""
    return st.session_state[KEY]


def arrive(page: str) -> Session:
    """This visitor's session, on the first visit made from the address, which is then put right."""
    if KEY not in st.session_state:
        query = {} if page in OWN else address()
        if page == FIRST and (query == {"first": ["true"]} or (not query and newcomer())):
            query = FIRST_MINUTE
        config, notes = read(query)
        st.session_state[KEY] = Session(config, notes, recorded=True)
        put_right(session(), query if query != FIRST_MINUTE else address(), tidy(query, config))
    return session()


def put_right(s: Session, query: Mapping[str, list[str]], right: dict[str, list[str]]) -> None:
    """A session that was just made from what an address asks: it plays, if that was asked, and the address says what
    it is.
    """
    s.address = right
    s.playing = query.get("autoplay", [""])[-1].lower() == "true"
    if right != query:
        st.query_params.from_dict(right)
        st.rerun()


def leave(page: str) -> None:
    """Where another page was shown until now, what plays stands still: nothing there ticks any more. And the address
    says what runs here: on the browser's way back Streamlit has lost it, and would take every setting's default. A link
    to the playground, or to a page about its run, that asks for something is followed, and one to a lesson.
    """
    before, st.session_state[PAGE] = st.session_state.get(PAGE, page), page
    if before == page:
        return
    for other in st.session_state.values():
        if isinstance(other, Plays):
            with other.lock:
                other.left()
    query = address()
    if page not in (FIRST, *OWN, *LOOKS) or RUNS[page] not in st.session_state or way_back(page) == query:
        return
    if page == "Learn" and "lesson" in query:
        return
    if page in (FIRST, *LOOKS) and query.keys() & Config.fields().keys():
        config, notes = read(query)
        session().apply(config)
        session().notes = notes
        for name in Config.fields().keys() & set(map(str, st.session_state)):  # what the widgets remember
            st.session_state[name] = getattr(config, name)
    elif page not in LOOKS:
        st.query_params.from_dict(way_back(page))
        st.rerun()


def name_it(page: str) -> None:
    """Name the browser's tab after the page, the playground after its task."""
    title = f"{session().task.title if page == FIRST else TITLES[page]} · Unrolled"
    if st.session_state.get(TITLE) != title:
        st.session_state[TITLE] = title
        st.set_page_config(title)


def complete(page: str) -> None:
    """Mark the end of a page's run, for who waits for it in the browser: its number, and those of its films."""
    number = st.session_state[COMPLETE] = st.session_state.get(COMPLETE, 0) + 1
    runs = st.session_state.get(RUNS[page]) if page in RUNS else None
    films = runs.films if isinstance(runs, Plays) else ()
    st.html(f'<i class="complete" data-run="{number}" data-films="{" ".join(map(str, films))}"></i>')


def address() -> dict[str, list[str]]:
    """Names and their strings, as they stand in the browser."""
    return {name: texts for name in st.query_params if (texts := st.query_params.get_all(name))}


def way_back(page: str = "") -> dict[str, list[str]]:
    """A page's address as it was left: its settings, and whatever else stood there; the playground's also says what
    another page made run there.
    """
    if page in OWN:
        return st.session_state[OWN[page]].address if OWN[page] in st.session_state else {}
    if page in LOOKS:  # which then says of the run what it is
        return st.session_state[LOOKS[page]].address if LOOKS[page] in st.session_state else {}
    own = {name: texts for name, texts in session().address.items() if not name.startswith(tuple(map(prefix, LOOKS)))}
    return tidy(own, session().config)


def prefix(page: str) -> str:
    """Before the names of a page's own settings in the address."""
    return f"{page.lower()}-"


def tidy(query: Mapping[str, list[str]], config: Config) -> dict[str, list[str]]:
    """The address as the controls would write it; names that are nobody's settings stay as they are."""
    return tidy_own(query, asdict(config), fields_of(config.task), "")


def presenting() -> bool:
    """Whether the address asks for a projector: larger text, the sidebar folded away, only the transport."""
    return str(st.query_params.get("presentation", "")).lower() == "true"


def newcomer() -> bool:
    """Whether this browser never had the whole board."""
    return SEEN not in st.context.cookies


def first_minute() -> bool:
    """Whether the page is a newcomer's: a small network, its board without tools, and one button."""
    return str(st.query_params.get("first", "")).lower() == "true" and not presenting()


def show_everything() -> None:
    """End the first minute: the whole board from now on."""
    st.query_params.pop("first", None)
