"""The compact board that heads the page: the network as it is, as it was at a training step, and the one cursor."""

import struct
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from rnn_core import Trainer
from rnn_core.recording import Recording, recurrent, spectral_radii
from rnn_core.words import t
from ui.board.board import loader
from ui.gradients.settings import PREFIX, Look
from ui.run.session import Session

KEY = PREFIX + "past"
NOW = t("now")
ROOT = '<div class="unrolled"><div class="past"></div><p class="says" role="status"></p></div>'
SPACE = """
.unrolled { container-type: inline-size; position: relative; }
.past { min-height: 284px; }
"""


class Recorded(NamedTuple):
    """A run over training, from the step `since` on. kept: the steps at which the network was kept. n steps and
    ‖∂L/∂h_t‖ of each, (n,T), the present the last; m steps and W_hh's spectral radius, of every gate, (m,G), in a
    decoder after its encoder's.
    """

    since: int
    kept: tuple[int, ...]
    steps: np.ndarray
    dh_norms: np.ndarray
    radius_steps: np.ndarray
    radii: np.ndarray

    def nearest(self, step: int) -> int | None:
        """The step at which the network was kept that is nearest to this one, of two the earlier."""
        return min(self.kept, key=lambda each: (abs(each - step), each), default=None)


def recorded(trainer: Trainer) -> Recorded:
    """What is known of a run over training; of one that is not recorded, the present. What is shown of a run that
    diverged is the pass of its last step; it stands where it was last finite, and what was recorded later is left out.
    """
    result, now = trainer.recording or Recording(trainer.step), trainer.snapshot()
    (steps, dh_norms), (radius_steps, radii) = result.dh_norms(), result.radii()
    last, known_radii = now.step + bool(trainer.diverged), radius_steps <= now.step
    known = steps <= last
    steps, dh_norms = steps[known], dh_norms[known]
    if not len(steps) or steps[-1] < last:
        steps, dh_norms = np.append(steps, last), np.vstack([*dh_norms, now.dh_norm])
    radius_steps, radii = radius_steps[known_radii], radii[known_radii]
    W_hh = recurrent(trainer.network, trainer.params)
    if now.step not in radius_steps and np.isfinite(W_hh).all():
        radius_steps, radii = np.append(radius_steps, now.step), np.vstack([*radii, spectral_radii(W_hh)])
    kept = tuple(each.step for each in result.kept if each.step <= now.step)
    return Recorded(result.since, kept, steps, dh_norms, radius_steps, radii.reshape(-1, len(W_hh)))


def kept_steps(trainer: Trainer) -> tuple[int, ...]:
    """The steps 0, 1, 2, 4, … at which the network was kept, as far as it has come."""
    return tuple(each.step for each in trainer.recording.kept) if trainer.recording else ()


def kept(s: Session) -> list[int]:
    """The same: one that diverged stands where it was last finite."""
    return [step for step in s.run.ask(kept_steps) if step <= s.status.step]


def steps(s: Session) -> list[str]:
    """The training steps at which the network was kept, as the page offers them, the present last."""
    return [*(f"{step:,}" for step in kept(s)), NOW]


def chosen(s: Session, at: str) -> int | None:
    """The step that somebody chose; None for the present."""
    return next((step for step in kept(s) if f"{step:,}" == at), None)


def films(s: Session, view: Look, values: dict[str, Any]) -> bytes:
    """For static/gradients/past.js what it shows and, where the page runs anew or there is more, all that was kept."""
    then, at, time_step = kept(s), chosen(s, values["at"]), values["t"]
    result = [film(s, time_step, () if at is None else (at,), s.playing and at is None, at)]
    of = s.restarts, s.status.sequence, s.status.typed, tuple(then)
    if then and (view.past[0] != of or s.whole):
        if view.past[0] != of:
            view.past = of, film(s, time_step, tuple(then), False, None)
        result.append(view.past[1])
    return b"".join(struct.pack("<I", len(each)) + each for each in result)


def film(s: Session, time_step: int, then: tuple[int, ...], playing: bool, at: int | None) -> bytes:
    """The network as it was kept after these steps, as a film; without one, as it is."""
    return s.run.past(then, {"cursor": time_step, "at": at}, playing, s.pace.period)


def show(view: Look, films: bytes) -> None:
    """Mount it. A click in a column is the page's time step."""

    def clicked() -> None:
        time_step = (st.session_state[KEY].get("picked") or {}).get("t")
        if isinstance(time_step, int):  # it comes from a browser
            view.picked["t"] = time_step

    js = loader("gradients/past", ("board", "shapes", "gradients"))
    mount = st.components.v2.component("unrolled_past", html=ROOT, css=SPACE, js=js)
    mount(key=KEY, data=films, height="content", on_picked_change=clicked, on_overdue_change=lambda: None)
