"""What is worth a look: the sentences of rnn_core/analysis/presets.py as links, each to its section and its run."""

from contextlib import suppress
from itertools import groupby
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from rnn_core.analysis.presets import PRESETS, SEEDS, Preset
from rnn_core.words import t
from ui.figures.numbers import short
from ui.frame.address import plain, written
from ui.frame.navigation import page_of
from ui.gradients.picture import in_words
from ui.gradients.settings import ARROWS, Look, fields_of, key, steps_of
from ui.run.session import Session

NAME = "preset"  # in the address of a link


def offer(view: Look) -> None:
    """All of them, folded, by section."""
    with st.popover(t("Worth a look"), key=key(f"worth-{view.taken}-{view.takes}")):  # another key closes it
        for section, presets in groupby(PRESETS.values(), lambda preset: preset.section):
            st.html(f'<p class="worth">{section}</p>')
            for preset in presets:
                with st.container(gap=None):
                    label = f"**{preset.sentence}**" if preset.name == view.taken else preset.sentence
                    st.page_link(page_of("Gradients"), label=label, query_params={NAME: preset.name, **linked(preset)})
                    st.caption(measured(preset))


def measured(preset: Preset) -> str:
    """What came out of each number, over the seeds."""
    parts = []
    for name, number in preset.numbers.items():
        low, high = map(short, number.measured)
        parts.append(f"{name} {low}" if low == high else t("{name} {low} to {high}", name=name, low=low, high=high))
    what = {"first": SEEDS[0], "last": SEEDS[-1], "values": ", ".join(parts)}
    if not preset.steps:
        return t("Measured seeds {first} to {last}: {values}.", **what)
    return t("Measured after {steps} training steps, seeds {first} to {last}: {values}.",
             **what, steps=f"{preset.steps:,}")  # fmt: skip


def take(s: Session, view: Look) -> None:
    """Where a link names one: start its run, trained as far as the sentence says, and set what the page shows of it."""
    if NAME not in st.query_params:
        return
    preset = PRESETS.get(st.query_params[NAME])
    del st.query_params[NAME]
    if preset is None:
        return
    if not preset.alone:
        s.set_up(preset.run, preset.steps)
    for name, value in ({name: field.default for name, field in fields_of(s).items()} | shows(preset)).items():
        st.session_state[key(name)] = value
    st.session_state.pop(key("at"), None)
    view.chosen, view.seen = {}, (s.config, steps_of(s))
    view.taken, view.takes = preset.name, view.takes + 1
    missing = {name: text for name, text in linked(preset).items() if name not in st.query_params}
    for name, text in missing.items():
        with suppress(StreamlitAPIException):  # a widget that is there writes its own
            st.query_params[name] = text
    if missing:
        st.rerun()  # a new one believes the address with which its run began


def shows(preset: Preset) -> dict[str, Any]:
    """The page's settings, as its widgets have them."""
    result = {"section": preset.section, **preset.settings}
    if "mistake" in result:
        result["mistake"] = next(title for title, name in ARROWS.items() if name == result["mistake"])
    return result


def linked(preset: Preset) -> dict[str, str]:
    """The same and the run's own, as the address has them: a widget that is new on the page reads them there."""
    run = {} if preset.alone else written(preset.run)
    return run | {key(name): plain(value) for name, value in shows(preset).items()}


def taken(s: Session, view: Look, section: str) -> str:
    """What was taken, as HTML, as long as the page shows it; "" for nothing."""
    preset = PRESETS.get(view.taken)
    if preset is None or section != preset.section or not (preset.alone or s.config == preset.run):
        return ""
    return f"<b>{in_words(preset.sentence)}</b>"
