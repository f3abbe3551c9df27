"""The Compare page's map: its settings, the heat map that fills, the numbers of a cell and the way to its runs."""

from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from rnn_core import TASKS, Config
from rnn_core.words import plural, t
from ui.chart.chart import chart
from ui.compare.map import Map
from ui.compare.plan import (
    CROSS,
    MAP,
    MAPS,
    MOST,
    OUTCOMES,
    SEEDS,
    STEPS,
    Plan,
    numbers_of,
    plan_in_address,
    read_plan,
    several,
    shown,
)
from ui.compare.race import Race
from ui.compare.settings import DIFFER, OF_MAP, PREFIX, say, values_of
from ui.compare.words import HEADING, over
from ui.controls.control import label_of
from ui.controls.controls import controls, settle
from ui.figures.map import outcome_map
from ui.frame.address import plain, written
from ui.frame.navigation import page_of, table
from ui.playground.words import heading, notes
from ui.run.player import copy_link
from ui.run.session import now
from ui.run.ticking import live
from ui.run.visit import address

HERE, CHART = "compare-map", f"{PREFIX}map-chart"
ROW, LEAST, MOST_HIGH = 44, 260, 620  # pixels


def show(r: Race) -> None:
    """The map, from top to bottom. r: the race, in whose place it is."""
    m = r.instead = the_map(r.config)
    with st.sidebar:
        what_is_mapped(m)
        controls(m, PREFIX, (m.wanted.across, m.wanted.down), differing(m.wanted))
        st.caption(t("The settings above are the same for all runs. Whatever changes empties the map."))
    r.address = say(plan_in_address(m.plan), OF_MAP[1:])
    transport(m)
    st.html(about(m))
    with st.container():  # whatever is said, the picture below stays the same element
        notes(m)
    m.shown_cell = m.chosen
    live(m, tick)
    choose(m)
    numbers(m)


def the_map(base: Config) -> Map:
    """This visitor's map, made from the address, or anew where a link names one of MAPS. base: of the race."""
    query, first = address(), HERE not in st.session_state
    if first:
        st.session_state[HERE] = Map(*read_plan(query, base))
    elif "map" in query:
        st.session_state[HERE].take(*read_plan(query, base))
    m: Map = st.session_state[HERE]
    if first or "map" in query:
        settle_at(m.plan)
        if query.get("autoplay", [""])[-1].lower() == "true":
            m.play()
    if "map" in query:
        del st.query_params["map"]
    return m


def differing(plan: Plan) -> list[dict[str, Any]]:
    """What the runs have each for themselves, for the controls that are drawn where any needs them."""
    return [{plan.across: x, plan.down: y} for x in plan.xs for y in plan.ys]


def choose(m: Map) -> None:
    """The cell whose numbers are shown, for who does not point: its two values."""
    plan = m.plan
    with st.container(horizontal=True, gap="small", key=f"{PREFIX}choose"):
        for k, (name, among) in enumerate(((plan.across, plan.xs), (plan.down, plan.ys))):
            key = f"{PREFIX}cell-{k}-{name}"
            st.session_state[key] = among[m.chosen[k]]
            st.selectbox(t("Shown: {setting}", setting=label_of(name)), among, format_func=plain,
                         filter_mode=None, key=key,
                         on_change=lambda k=k, key=key: m.choose_value(k, st.session_state[key]))  # fmt: skip


def settle_at(plan: Plan) -> None:
    """Let every widget stand at this map."""
    settle(plan.base, PREFIX)
    st.session_state.update({PREFIX + name: value for name, value in own(plan).items()})
    for name in [str(key) for key in st.session_state if str(key).startswith((f"{PREFIX}xs-", f"{PREFIX}ys-"))]:
        del st.session_state[name]


def own(plan: Plan) -> dict[str, Any]:
    """What the map's own widgets hold."""
    return {"across": plan.across, "down": plan.down, "outcome": plan.outcome, "map_seeds": plan.seeds,
            "map_steps": plan.steps}  # fmt: skip


def what_is_mapped(m: Map) -> None:
    """The widgets of a map; what they say is wanted, or why it cannot be."""
    for name, value in own(m.plan).items():
        st.session_state.setdefault(PREFIX + name, value)
    m.problem, sides = "", []
    for axis, label, key, before, now_ in (
        ("across", t("Across"), "xs", m.plan.across, m.plan.xs), ("down", t("Down"), "ys", m.plan.down, m.plan.ys)
    ):  # fmt: skip
        field = st.selectbox(label, DIFFER, format_func=label_of, filter_mode=None, key=PREFIX + axis)
        worth, values = now_ if field == before else several(field, m.config), ()
        try:
            values = values_of(field, worth, key, t("Values, {low} to {high}", low=2, high=MOST))
        except ValueError as problem:
            m.problem = str(problem)
        sides.append((field, values))
    outcome = st.selectbox(t("Outcome"), list(OUTCOMES), format_func=lambda name: OUTCOMES[name].title,
                           filter_mode=None, key=PREFIX + "outcome")  # fmt: skip
    seeds = st.slider(t("Seeds"), 1, SEEDS, key=PREFIX + "map_seeds",
                      help=t("Runs in each cell; the cell has their mean."))  # fmt: skip
    steps = st.number_input(t("Training steps"), 1, STEPS, step=100, key=PREFIX + "map_steps", help=t("Of every run."))
    (across, xs), (down, ys) = sides
    m.wanted = Plan(m.plan.base, across, xs, down, ys, seeds, steps, outcome)


def transport(m: Map) -> None:
    """Fill or stop, empty, and the maps that are worth a look."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="transport"):
        st.button(
            t("Stop") if m.playing else t("Fill the map"),
            key="play",
            type="primary",
            on_click=m.pause if m.playing else m.play,
            icon=":material/stop:" if m.playing else ":material/play_arrow:",
            disabled=m.done == m.total,
        )
        st.button(t("Reset"), key="reset", on_click=m.reset)
        with st.popover(t("Maps worth a look"), key=f"{PREFIX}maps-{m.plan.across}-{m.plan.down}"):
            page = page_of("Compare")
            for name, (title, _) in MAPS.items():
                st.page_link(page, label=title, query_params={f"{PREFIX}show": MAP, "map": name})
        copy_link()


def about(m: Map) -> str:
    """The heading, and what is mapped, as HTML."""
    plan = m.plan
    known = next((title for title, each in MAPS.values() if each._replace(outcome=plan.outcome) == plan), "")
    task = TASKS[plan.base.task].title.partition(":")[0]
    words = known or t("{across} against {down}, after {steps} training steps.", across=label_of(plan.across),
                       down=label_of(plan.down), steps=f"{plan.steps:,}")  # fmt: skip
    runs = plural("{runs} runs of {task}.", "{runs} runs of {task}, {count} for each cell.", plan.seeds,
                  runs=m.total, task=task)  # fmt: skip
    return f'<div class="says"><div>{heading(HEADING)}<p>: {escape(words)} {escape(runs)}</p></div></div>'


def tick(m: Map, period: float | None) -> tuple[list[str], bool]:
    """One tick: take what is done, show."""
    before = m.notes
    with m.lock:
        m.tick(now())
    st.progress(m.done / m.total, progress(m))
    plan, outcome = m.plan, OUTCOMES[m.plan.outcome]
    cells = [[shown(m.results.get((x, y), ()), outcome) for x in range(len(plan.xs))] for y in range(len(plan.ys))]
    figure = outcome_map(
        np.array([[z for z, _ in row] for row in cells]),
        [[words for _, words in row] for row in cells],
        (label_of(plan.across), [plain(value) for value in plan.xs]),
        (label_of(plan.down), [plain(value) for value in plan.ys]),
        outcome.around,
        m.chosen,
    )

    def picked(x: float, y: float) -> None:
        m.choose(0, round(x))
        m.choose(1, round(y))

    chart(
        figure,
        t("{outcome}, {across} across and {down} down: {progress}. The table under Numbers has every cell.",
          outcome=outcome.title, across=label_of(plan.across), down=label_of(plan.down), progress=progress(m)),
        key=CHART,
        height=min(MOST_HIGH, max(LEAST, 70 + ROW * len(plan.ys))),
        data={"film": m.film, "step": m.done},
        playing=m.playing,
        period=period or 1.0,
        picked=picked,
    )
    if any(CROSS in words for row in cells for _, words in row):
        st.caption(f"{CROSS} " + t("A run diverged there: its numbers are those of its last finite step."))
    cell(m)
    return [CHART], before != m.notes or m.shown_cell != m.chosen


def progress(m: Map) -> str:
    """How far it is, in words."""
    if m.done == m.total:
        return t("All {runs} runs are done, in {time}", runs=m.total, time=duration(m.seconds))
    counted = t("{done} of {runs} runs", done=m.done, runs=m.total)
    if not m.playing or not m.done:
        return counted
    return t("{counted}, about {time} left", counted=counted, time=duration(m.remaining))


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return t("{minutes} min {rest} s", minutes=minutes, rest=rest) if minutes else f"{rest} s"


def cell(m: Map) -> None:
    """The numbers of the chosen cell, and its runs in the playground."""
    plan, (x, y) = m.plan, m.chosen
    results = m.results.get(m.chosen, [])
    named = f"{label_of(plan.across)} {plain(plan.xs[x])}, {label_of(plan.down)} {plain(plan.ys[y])}"
    parts = [f"{outcome.title}: {over(numbers_of(results, outcome), outcome.write)}" for outcome in OUTCOMES.values()]
    errors = [r.error for r in results if r.error]
    text = escape("; ".join([*parts, *errors])).replace("h_T", "h<sub>T</sub>") if results else t("not run yet")
    st.html(f'<p class="cell"><b>{escape(named)}</b>: {text}.</p>')
    with st.container(horizontal=True, gap="small", key=f"{PREFIX}open"):
        for config, place in m.cells.items():
            if place == m.chosen:
                st.page_link(table()[0], label=t("Open in the playground, seed {seed}", seed=config.seed),
                             icon=":material/open_in_new:", query_params=written(config))  # fmt: skip


def numbers(m: Map) -> None:
    """Every cell as a table, while it stands still; and the cell that is shown, by its values."""
    with st.expander(t("Numbers"), key=f"{PREFIX}map-numbers"):
        if m.playing:
            st.html('<p class="waits">' + t("Numbers: when it stands still") + "</p>")
            return
        plan = m.plan
        rows = [
            {plan.down: plain(plan.ys[y]), plan.across: plain(plan.xs[x]), t("seed"): r.config.seed, t("loss"): r.loss,
             t("metric"): r.metric, t("beats baseline at"): r.beats_baseline_at, t("gradient ratio"): r.gradient_ratio,
             t("diverged"): r.diverged and t("{array} at step {step}", array=r.diverged.array, step=r.diverged.step),
             t("error"): r.error}
            for (x, y), results in sorted(m.results.items(), key=lambda item: item[0][::-1])
            for r in results
        ]  # fmt: skip
        result = pd.DataFrame(rows)
        st.dataframe(result, hide_index=True, key=f"{PREFIX}map-table", height=320)
        st.download_button(
            t("Save as CSV"),
            lambda: result.to_csv(index=False),
            "unrolled-map.csv",
            "text/csv",
            key=f"{PREFIX}map-csv",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )
