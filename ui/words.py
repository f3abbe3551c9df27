"""What the page says around the board: the question, what to beat, what was put right, and what to do after a divergence.

Everything is escaped here: text out of an address reaches the page as text.
"""

from html import escape

import streamlit as st

from rnn_core import TASKS, Config
from ui.recovery import what_continuing_does, what_happened
from ui.session import Session


def say(s: Session) -> None:
    """The place above the board, of one height: the question, or what went wrong."""
    if s.trainer.diverged:
        parts = [what_happened(s.config, s.trainer.diverged), what_continuing_does(s.config, s.trainer.step)]
        st.html(f'<div class="says trouble" role="alert"><p>{escape(parts[0])} <b>{escape(parts[1])}</b></p></div>')
    else:
        st.html(f'<div class="says"><p>{question(s.config)}</p></div>')


def question(config: Config) -> str:
    """What is asked, and what a network must beat, as HTML."""
    task = TASKS[config.task]
    baseline = task.baseline(config)
    return (f"{escape(task.question(config))} To beat: a loss of <b>{baseline.loss:.3g}</b>, the dashed line "
            f"({escape(baseline.why)}).")


def notes(s: Session) -> None:
    """One line for everything that was asked and could not be."""
    said = [*([s.refused] if s.refused else []), *s.said]
    if said:
        lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
        st.html(f'<ul class="notes" role="status">{lines}</ul>')
