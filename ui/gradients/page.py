"""The Gradients page from top to bottom: which run, which section, the one cursor, and what is drawn while it plays."""

from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

import streamlit as st

from rnn_core import CELLS
from rnn_core.words import fill, plural, t
from ui.figures.numbers import short
from ui.gradients import check, cliff, clipping, levers, past, presets, through_time, training, weights, windows
from ui.gradients.picture import Picture, refused, show
from ui.gradients.settings import SECTIONS, Look, fields_of, key, settings, state_of, steps_of
from ui.playground.words import heading
from ui.run.session import Session, now

HEADING = t("Gradients")
SELDOM = 1.0  # seconds between two computations of a picture, while the run plays
Pictures = Callable[[Session, Look, dict[str, Any]], list[Picture]]


class Section(NamedTuple):
    """controls: its widgets; pictures: what it shows. cursor: whether the time step matters; of_run: whether the run
    does; board: whether the board heads it.
    """

    pictures: Pictures
    controls: Callable[[Session, dict[str, Any]], None] | None = None
    cursor: bool = True
    of_run: bool = True
    board: bool = True


PARTS = dict(
    zip(
        SECTIONS,
        (
            Section(through_time.pictures),
            Section(weights.pictures),
            Section(training.pictures),
            Section(clipping.pictures, clipping.controls),
            Section(windows.pictures, windows.controls),
            Section(cliff.pictures, cliff.controls, cursor=False, of_run=False, board=False),
            Section(levers.pictures, levers.controls, board=False),
            Section(check.pictures, check.controls, cursor=False, board=False),
        ),
        strict=True,
    )
)


def about(s: Session, view: Look) -> None:
    """The page's heading, and which run this is about; or the sentence that was taken to be looked at."""
    config, task = s.config, s.task.title.partition(":")[0]
    which = f"{task}, {CELLS[config.cell].title}, H = {config.hidden_size}, T = {steps_of(s)}".replace(
        " = ", "\u00a0=\u00a0"
    )
    text = presets.taken(s, view, settings(s, view)["section"])
    text = text or t("why they vanish and explode, in the playground’s network: <b>{network}</b>.",
                     network=escape(which))  # fmt: skip
    st.html(f'<div class="says"><div>{heading(HEADING)}<p>: {text}</p></div></div>')


def choose(s: Session, view: Look) -> dict[str, Any]:
    """The section, the cursor, and the section's own widgets -> every setting."""
    values = settings(s, view)
    hold(s, values)
    st.segmented_control(
        t("Section"),
        SECTIONS,
        default=SECTIONS[0],
        required=True,
        key=key("section"),
        bind="query-params",
        label_visibility="collapsed",
    )
    section = PARTS[settings(s, view)["section"]]
    if section.cursor:
        cursor(s, section.board)
    if section.controls:
        section.controls(s, values)
    return settings(s, view)


def cursor(s: Session, board: bool) -> None:
    """The one cursor: a time step and, of the board, a training step. And whether that is seen."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key=key("cursor")):
        if (T := steps_of(s)) > 1:
            st.slider(
                t("Time step t, the same in every picture: slide, or click in one"),
                1,
                T,
                fields_of(s)["t"].default,
                key=key("t"),
                bind="query-params",
            )
        if board and st.session_state.get(key("board"), True) and len(offered := past.steps(s)) > 1:
            at(s)
            st.select_slider(
                t("Training step on the board"),
                offered,
                key=key("at"),
                help=t("The network is kept at each doubling of the training steps. Or point at one, or click, in the "
                       "picture Over training."),
            )
        if board:
            st.toggle(t("Board"), key=key("board"), value=True, bind="query-params")


def at(s: Session) -> str:
    """The training step that somebody chose, among those that are offered now. It is no setting: it is of this run."""
    offered = past.steps(s)
    if st.session_state.get(key("at"), past.NOW) not in offered or key("at") not in st.session_state:
        st.session_state[key("at")] = past.NOW
    return str(st.session_state[key("at")])


def hold(s: Session, values: dict[str, Any]) -> None:
    """Tell the widgets that have no value what was chosen; the others stand where the run does."""
    for name, field in fields_of(s).items():
        if values[name] != field.default:
            st.session_state.setdefault(key(name), values[name])


def tick(s: Session, period: float | None, view: Look, values: dict[str, Any]) -> tuple[list[str], bool]:
    """Train a slice, and show the section's pictures, computed anew once a second at most."""
    section = PARTS[values["section"]]
    with s.lock:
        s.tick(now())
        with s.beside():
            of = (state_of(s), *sorted(values.items()), view.unseen if s.playing else None)
            board = past.films(s, view, values) if section.board and values["board"] else b""
            words, pictures = view.pictures(
                of, lambda: (stands(s), made(s, view, values)), SELDOM if s.playing else 0.0
            )
    if section.of_run:
        st.html(words)
    if board:
        past.show(view, board)
    return [past.KEY, *show(s, view, pictures, period)], bool(view.picked)


def stands(s: Session) -> str:
    """How far the run is that the pictures are of, as HTML."""
    n = s.status.step
    taken = t("Untrained") if n == 0 else plural("After {count} training step", "After {count} training steps", n)
    losses = t("{taken}: loss {loss}, held out {held_out}.", taken=taken, loss=short(s.status.loss),
               held_out=short(s.status.held_out_loss))  # fmt: skip
    which = {
        (False, False): t("States are those of held-out sequence {sequence}, as on the board."),
        (False, True): t("States are those of held-out sequence {sequence}."),
        (True, False): t("States are the top layer’s, of held-out sequence {sequence}, as on the board."),
        (True, True): t("States are the top layer’s, of held-out sequence {sequence}."),
    }[s.config.layers > 1, bool(s.status.typed)]
    return f'<p class="stands">{losses} {fill(which, {"sequence": s.status.sequence + 1})}</p>'


def made(s: Session, view: Look, values: dict[str, Any]) -> list[Picture]:
    """The pictures, or the sentence that says why there are none."""
    try:
        return PARTS[values["section"]].pictures(s, view, values)
    except ValueError as problem:  # numbers that are not finite, say
        return [refused("none", values["section"], problem)]
