"""Open a kept run again, where it ran: it goes on from its state to the same numbers. What ran there before is replaced
only once all of it has been read.
"""

import json
from collections.abc import Callable, Mapping

import streamlit as st

from rnn_core.tasks.sonnets import sonnets
from rnn_core.words import t
from ui.controls.controls import settle
from ui.frame.address import changed, fields_of, tidy_own
from ui.frame.navigation import page_of
from ui.kept.book import Book
from ui.kept.record import Kept, fits
from ui.kept.state import bounded, check_state, own_data, sound_state
from ui.run.visit import FIRST, OWN, session, way_back
from ui.series import view as series
from ui.series.desk import SeriesDesk
from ui.series.parts import Parts
from ui.series.table import Table
from ui.text import view as text
from ui.text.desk import SONNETS, TextDesk
from ui.text.upload import as_text

WHERE = {"Text": t("Open again on Text"), "Series": t("Open again on Series")}


def where(run: Kept) -> str:
    """What its button says."""
    return WHERE.get(run.page, t("Open again in the playground"))


def reopen(b: Book) -> None:
    """Where a kept run has come from the browser, go on with it on its page; or say in one sentence why not."""
    arrived, b.arrived = b.arrived, None
    if arrived is None:
        return
    run, state = arrived
    try:
        title = OPENS.get(run.page, in_playground)(run, state)
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        words = str(problem) if isinstance(problem, ValueError) else t("its settings are not those of its page")
        b.tell(t("“{name}” cannot be opened: {problem}.", name=run.name, problem=words.rstrip(".")))
        return
    st.switch_page(page_of(title), query_params=way_back("" if title == FIRST else title))


def news(run: Kept) -> str:
    return t("This run was kept as “{name}”, after {step} steps.", name=run.name, step=f"{run.step:,}")


def in_playground(run: Kept, state: str) -> str:
    open_in_playground(run, sound_state(run, state))
    return FIRST


def open_in_playground(run: Kept, state: bytes) -> None:
    fits(run.config, fields_of(run.config.task))
    session().continue_with(state, news(run))
    settle(run.config)


def on_text(run: Kept, state: str) -> str:
    """With its own text, the Sonnets, or the one that is there if it is as long."""
    source, had = str(run.own["text"]), st.session_state.get(OWN["Text"])
    if source == SONNETS:
        words = sonnets()
    elif data := own_data(state):
        words = as_text(source, data)
    elif had and len(had.text) == run.own["characters"]:
        words = had.text
    else:
        raise ValueError(t(
            "its text was too large to be kept with it; bring “{source}” on Text, then open it again", source=source
        ))
    values = {name: getattr(run.config, name) for name in (*text.CONTROLS, *text.UNSEEN)}
    fits(run.config, {name: text.FIELDS[name] for name in values})
    s = TextDesk(source, words, values)
    s.continue_with(sound_state(run, state, s.task), news(run))
    replace("Text", s, tidy_own({}, {**values, "unrolled": False}, text.FIELDS, text.PREFIX))
    tell(text.PREFIX, {**values, "unrolled": False})
    return "Text"


def on_series(run: Kept, state: str) -> str:
    """An example, its own table, or the one that is there if it has that name. Several networks train there, with a
    choice among them: they are trained again, to the same numbers.
    """
    bounded(run.config)
    check_state(run, state)
    had = st.session_state.get(OWN["Series"])
    own = dict(run.own)
    source, given = str(own.pop("series")), json.loads(str(own.pop("reading", "{}")))
    s = SeriesDesk()
    if data := own_data(state):
        s.own = Table(source, data, given)
    elif had and had.own and had.own.name == source:
        s.own, s.uploads = had.own, had.uploads
    if source not in s.sources and s.own is None:
        raise ValueError(t(
            "its table was too large to be kept with it; bring “{source}” on Series, then open it again", source=source
        ))
    s.choose(Parts(source if source in s.sources else s.sources[0], **own))  # type: ignore[arg-type]
    fields = series.fields_of(s.room(s.parts.source, s.parts.column, s.parts.hold_out))
    network = {name: getattr(run.config, name) for name in (*series.NETWORK, *series.MORE, *series.UNSEEN)}
    fits(run.config, {name: fields[name] for name in network})
    s.apply(changed(s.config, network))
    s.again = run.step
    s.news = t("{news} It is trained again from the start, to the same numbers.", news=news(run))
    parts = {name: getattr(s.parts, name) for name in series.PARTS}
    shown = {**parts, **network, "source": s.parts.source.capitalize(), "unrolled": False}
    replace("Series", s, tidy_own({}, shown, fields, series.PREFIX))
    tell(series.PREFIX, {**parts, **network, "unrolled": False})
    return "Series"


def replace(page: str, s: TextDesk | SeriesDesk, address: dict[str, list[str]]) -> None:
    """Let this run be the page's."""
    s.address = address
    st.session_state[OWN[page]] = s


def tell(prefix: str, values: Mapping[str, object]) -> None:
    """Let the page's widgets stand at these."""
    st.session_state.update({prefix + name: value for name, value in values.items()})


OPENS: dict[str, Callable[[Kept, str], str]] = {"Text": on_text, "Series": on_series}
