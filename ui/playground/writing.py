"""Below the board of a task that writes: what the network, as it stands, writes from a start that one chooses.

Any task with a Task.writing has it. It is a fragment of its own: a press writes while training plays on, and until
somebody presses it costs nothing.
"""

from html import escape
from typing import NamedTuple

import streamlit as st

from rnn_core.words import plural, t
from ui.frame.guard import guarded
from ui.run.session import Session
from ui.run.ticking import sent

PIECES = 10
LOWEST, HIGHEST, BETWEEN, USUAL = 0.2, 1.5, 0.1, 0.7  # temperatures
KEY = "written"
END = t("(its end at once)")
TELLS = t(
    "A low temperature keeps to the likeliest letters, so what is written is tame; a high one makes all letters more "
    "nearly alike, so it is bold and often wrong."
)


class Written(NamedTuple):
    """What was written, and by which network: the session's run, at a step, with weights set by hand or not. again: how
    often it was asked at this step before.
    """

    run: int
    step: int
    again: int
    by_hand: bool
    start: str
    temperature: float
    pieces: tuple[str, ...]


def writing(s: Session) -> None:
    """The choice of a start and a temperature, the button, and what was written last."""
    if s.task.writing:
        st.fragment(desk)(s)


def desk(s: Session) -> None:
    with guarded():
        writer = s.task.writing
        if not writer:
            return
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="writing"):
            start = st.selectbox(writer.ask, list(writer.starts), key="write-from", filter_mode=None, width=180)
            temperature = st.slider(
                t("Temperature"),
                LOWEST,
                HIGHEST,
                USUAL,
                BETWEEN,
                format="%.1f",
                key="temperature",
                width=220,
                help=t("τ in softmax(y / τ), from which each letter is drawn. Ackley, Hinton & Sejnowski 1985."),
            )
            pressed = st.button(t("Write {things}", things=writer.things), key="write", icon=":material/edit:")
        st.html(f'<p class="tells">{TELLS}</p>')
        if pressed:
            st.session_state[KEY] = written(s, start, temperature)
        last = st.session_state.get(KEY)
        st.html(as_html(last, writer.things) if last and last.run == s.restarts else '<div class="written"></div>')
        if pressed and s.playing:
            sent()


def written(s: Session, start: str, temperature: float) -> Written:
    """Ten pieces: the same ones for the same seed, step and press."""
    with s.lock:
        now, last = s.status, st.session_state.get(KEY)
        again = last.again + 1 if last and (last.run, last.step) == (now.restarts, now.step) else 0
        pieces = s.run.write(start, PIECES, temperature, again)
        return Written(now.restarts, now.step, again, now.imagined, start, temperature, pieces)


def as_html(last: Written, things: str) -> str:
    """What was written, each piece as text and nothing else, under a line that says by whom."""
    trained = t("by a network that has not trained: random letters")
    if last.step:
        trained = plural("after {count} training step", "after {count} training steps", last.step)
    head = t("{things} from {start} at temperature {temperature}, {trained}", things=things.capitalize(),
             start=last.start, temperature=f"{last.temperature:.1f}", trained=trained)
    if last.by_hand:
        head = t("{head}, with weights set by hand", head=head)
    rows = "".join(f"<li>{escape(piece) or f'<i>{END}</i>'}</li>" for piece in last.pieces)
    return f'<div class="written" role="status"><p>{escape(head)}</p><ol>{rows}</ol></div>'
