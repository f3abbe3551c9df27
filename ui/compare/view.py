"""The Compare page's race: made from the address, played in ticks, shown in one component."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from rnn_core.presets import PRESETS
from rnn_core.words import t
from ui.board.board import acts, loader
from ui.compare.kept import before_the_race, kept_runs, unseen
from ui.compare.plan import MAP
from ui.compare.race import MOST_STEPS, Race
from ui.compare.scene import scene
from ui.compare.settings import (
    HERE,
    PREFIX,
    differing,
    listed_now,
    preset_of,
    read,
    say,
    settle_at,
    shared,
    tidy,
    unsaid,
    what_differs,
)
from ui.compare.words import about, measured
from ui.controls.controls import controls
from ui.frame.navigation import page_of
from ui.frame.settings import hold
from ui.playground.words import notes
from ui.run.player import copy_link, speed
from ui.run.session import now
from ui.run.ticking import live
from ui.run.visit import address

KEY = "race"
RACE = t("Race")  # the address holds it, as MAP
LISTEN = 0.5  # seconds, at most, that a race that stands still asks how far back its networks hear; in a class, SLICES
SLICES = 2  # of its last tick: who presses Pause waits for it
ROOT = '<div class="unrolled"><div class="race"></div><p class="says" role="status"></p></div>'
SPACE = """
.unrolled { container-type: inline-size; position: relative; }
.race:empty { height: 1100px; }
"""


def race() -> Race:
    """This visitor's race, made from the address on the first visit, and anew where a link names a preset."""
    query = address()
    if HERE not in st.session_state:
        setup, notes = read(query)
        result = st.session_state[HERE] = Race(setup, notes)
        result.address = tidy(query, setup)
        start(result, query)
        if result.address != query:
            st.query_params.from_dict(result.address)
            st.rerun()
    result = st.session_state[HERE]
    if "preset" in st.query_params:  # of a link that somebody pressed; widgets put into the address what they hold
        result.take(*read(query))
        settle_at(result.setup)
        start(result, query)
        result.chosen += 1
        result.listed.wrote(listed_now())  # the link's: nobody went back
        del st.query_params["preset"]
    return result


def shows_map(r: Race) -> bool:
    """Whether the map is asked for, or the race; the other one stands still."""
    with st.sidebar:
        part = st.segmented_control(t("Compare"), [RACE, MAP], default=RACE, required=True, key=f"{PREFIX}show",
                                    bind="query-params", label_visibility="collapsed", width="stretch")  # fmt: skip
    other = r if part == MAP else r.instead
    if other and other.playing:
        other.pause()
    return part == MAP


def show(r: Race) -> None:
    """The race, from top to bottom."""
    r.instead = None
    before_the_race(r)
    with st.sidebar:
        what_differs(r)
        controls(r, PREFIX, shared(r.wanted), differing(r.wanted))
        st.caption(t("The settings above are the same for all. Whatever changes starts the race anew."))
        smoothing(r)
    r.address = say(unsaid(r.setup), ("differs", "values"))
    r.listed.wrote(listed_now())
    transport(r)
    st.html(about(r))
    with st.container():  # whatever is said, the picture below stays the same element
        notes(r)
    live(r, tick)
    kept_runs(r)
    numbers(r)


def smoothing(r: Race) -> None:
    """How much the lines of the first chart are smoothed."""
    hold(PREFIX, {"smoothing": r.weight})
    r.weight = st.slider(
        t("Smoothing of the losses"), 0.0, 0.95, 0.0, 0.05, key=f"{PREFIX}smoothing", bind="query-params",
        help=t("The weight of a moving average over the thick lines of the first chart, those of kept runs too. The "
               "losses themselves stay behind it, thin."),
    )  # fmt: skip


def start(r: Race, query: Mapping[str, list[str]]) -> None:
    """Play, if that is asked for."""
    if query.get("autoplay", [""])[-1].lower() == "true":
        r.play()


def transport(r: Race) -> None:
    """Play, Reset, speed, and the races that are worth a look."""
    done = r.over or r.step >= MOST_STEPS
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="transport"):
        st.button(
            t("Pause") if r.playing else t("Play"),
            key="play",
            type="primary",
            on_click=r.ask,
            args=("pause" if r.playing else "play",),
            icon=":material/pause:" if r.playing else ":material/play_arrow:",
            disabled=done and not r.playing,
        )
        st.button(t("Reset"), key="reset", on_click=r.ask, args=("reset",))
        r.speed = speed()
        with st.popover(t("Races worth a look"), key=f"{PREFIX}presets-{r.chosen}"):  # another key closes it
            presets(preset_of(r.setup))
        copy_link()


def presets(now: str) -> None:
    """Each preset as a link, with what was measured."""
    page = page_of("Compare")
    for name, preset in PRESETS.items():
        label = f"**{preset.sentence}**" if name == now else preset.sentence
        with st.container(gap=None):
            st.page_link(page, label=label, query_params={"preset": name, "autoplay": "true"})
            st.caption(measured(preset))


def tick(r: Race, period: float | None) -> tuple[list[str], bool]:
    """One tick: train all to the same step, show."""
    with r.lock, r.beside():
        r.tick(now())
        if not r.playing:
            r.listen(min(LISTEN, SLICES * r.pace.slice))
        charts = r.whole or not r.playing or r.charted != r.sent
        content = scene(r, charts)
    mount = st.components.v2.component(
        "unrolled_race", html=ROOT, css=SPACE, js=loader("compare/compare", ("compare", "shapes", "chart", "board"))
    )
    mount(key=KEY, data=content, height="content", on_overdue_change=lambda: None, on_acts_change=lambda: hear(r))
    return [KEY], bool(r.to_open or r.keeps or unseen())


def hear(r: Race) -> None:
    """What the viewer did: a board is to be kept or opened. And what differs in the address that the browser has.

    A board that is opened stands still first: the browser asks again once its timer is gone, for a tick that comes
    while pages change could tear the new page.
    """
    for act in acts(st.session_state.get(KEY), r.heard):
        r.heard, do, name = act["n"], act.get("do"), str(act.get("name", ""))
        if do == "listed":
            r.listed.known = name == r.listed.written
        elif name in [lane.name for lane in r.lanes]:
            if do == "keep":
                r.keeps = (*r.keeps, name)
            elif r.playing:
                r.pause()
                r.postponed = r.heard
            else:
                r.to_open = name


def numbers(r: Race) -> None:
    """The tables behind the charts, while it stands still."""
    with st.expander(t("Numbers"), key=f"{PREFIX}numbers", on_change="rerun") as opened:
        if not opened.open:
            return
        if r.playing:
            st.html('<p class="waits">' + t("Numbers: when it stands still") + "</p>")
            return
        for name, columns in (("losses", losses(r)), ("gradients", gradients(r))):
            result = pd.DataFrame(columns)
            st.dataframe(result, hide_index=True, key=f"{PREFIX}{name}", height=246)
            st.download_button(
                t("Save as CSV"),
                lambda result=result: result.to_csv(index=False),  # type: ignore[misc]
                f"unrolled-race-{name}.csv",
                "text/csv",
                key=f"{PREFIX}{name}-csv",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def losses(r: Race) -> dict[str, Any]:
    """The held-out loss of every run at every look."""
    runs = {
        t("{name}, seed {seed}", name=lane.name, seed=seed): [float(row[k]) for row in lane.losses]
        for lane in r.lanes
        for k, seed in enumerate(lane.seeds)
    }
    return {t("training step"): list(r.looks), **runs}


def gradients(r: Race) -> dict[str, Any]:
    """‖∂L/∂h_t‖ of every run's last training batch."""
    T = max(lane.gradients.shape[1] for lane in r.lanes)
    runs = {
        t("{name}, seed {seed}", name=lane.name, seed=seed): [*map(float, norms), *[None] * (T - len(norms))]
        for lane in r.lanes
        for seed, norms in zip(lane.seeds, lane.gradients, strict=True)
    }
    return {t("time step"): list(range(1, T + 1)), **runs}
