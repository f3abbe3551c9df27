"""The compact board that heads the page: the network as it is, as it was at a training step, and the one cursor."""

import struct
from typing import Any

import streamlit as st

from rnn_core.history import History
from rnn_core.recording import Kept, Recording
from ui.board.board import loader
from ui.board.film import Choice, pack
from ui.gradients.settings import PREFIX, Look
from ui.run.exploring import NOTHING
from ui.run.session import Session

KEY = PREFIX + "past"
NOW = "now"
ROOT = '<div class="unrolled"><div class="past"></div><p class="says" role="status"></p></div>'
SPACE = """
.unrolled { container-type: inline-size; position: relative; }
.past { min-height: 284px; }
"""


def recording(s: Session) -> Recording:
    """What is known of the run over training; of one that is not recorded, nothing."""
    return s.trainer.recording or Recording(s.trainer.step)


def kept(s: Session) -> list[Kept]:
    """At 0, 1, 2, 4, … training steps, as far as it has come: one that diverged stands where it was last finite."""
    return [each for each in recording(s).kept if each.step <= s.last.step]


def steps(s: Session) -> list[str]:
    """The training steps at which the network was kept, as the page offers them, the present last."""
    return [*(f"{each.step:,}" for each in kept(s)), NOW]


def chosen(s: Session, at: str) -> Kept | None:
    """What was kept at the step that somebody chose; None for the present."""
    return next((each for each in kept(s) if f"{each.step:,}" == at), None)


def films(s: Session, view: Look, values: dict[str, Any]) -> bytes:
    """For static/gradients/past.js what it shows and, where the page runs anew or there is more, all that was kept."""
    then, at = kept(s), chosen(s, values["at"])
    frames = s.frames if at is None else [s.trainer.look_back(at)]
    found = [film(s, values["t"], frames, s.playing and at is None, at)]
    of = s.run, s.trainer.shown, s.exploring.typed, tuple(each.step for each in then)
    if then and (view.past[0] != of or s.whole):
        if view.past[0] != of:
            view.past = of, film(s, values["t"], [s.trainer.look_back(each) for each in then], False, None)
        found.append(view.past[1])
    return b"".join(struct.pack("<I", len(each)) + each for each in found)


def show(view: Look, films: bytes) -> None:
    """Mount it. A click in a column is the page's time step."""

    def clicked() -> None:
        t = (st.session_state[KEY].get("picked") or {}).get("t")
        if isinstance(t, int):  # it comes from a browser
            view.picked["t"] = t

    js = loader("gradients/past", ("board", "shapes", "gradients"))
    mount = st.components.v2.component("unrolled_past", html=ROOT, css=SPACE, js=js)
    mount(key=KEY, data=films, height="content", on_picked_change=clicked, on_overdue_change=lambda: None)


def film(s: Session, t: int, frames: list[Any], playing: bool, at: Kept | None) -> bytes:
    """Snapshots as a film, without the run's curve, which a compact board does not draw."""
    told = {**NOTHING, "cursor": t, "at": None if at is None else at.step}
    return pack(
        s.config,
        frames,
        History(),
        film=s.film,
        run=s.run,
        playing=playing,
        period=s.pace.period,
        choice=Choice(open=(s.config.layers - 1,), layers=s.config.layers, sequence=s.trainer.shown),  # the top one
        task=s.trainer.task,
        explored=told,
    )
