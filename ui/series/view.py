"""The Series page's parts: what is brought and learned, the live picture and scores, and what can be taken away."""

import dataclasses
from html import escape
from typing import Any

import streamlit as st

from rnn_core import Config
from rnn_core.config import Field
from rnn_core.words import t
from ui.board.board import loader
from ui.controls.control import control
from ui.controls.uploads import uploader
from ui.frame.address import changed, read_own, tidy_own
from ui.frame.settings import hold, lost, setting, switch, tell, write
from ui.run.player import show
from ui.run.session import now
from ui.run.ticking import live
from ui.run.visit import OWN as PAGES
from ui.run.visit import address, put_right
from ui.series import scene
from ui.series.desk import DEFAULTS, EXAMPLES, OWN, Control, SeriesDesk
from ui.series.parts import HOLD_OUT, HORIZON, LEARN, PERIOD, WINDOW, Parts, Room
from ui.series.reading.files import BYTES
from ui.series.understood import put_into_address, remember, to_check

HERE, CONTROL, KEY, PREFIX = PAGES["Series"], "series-control", "series-picture", "series-"
PARTS = ("source", "column", "window", "horizon", "hold_out", "period", "learn")
NETWORK = ("cell", "hidden_size", "learning_rate")
MORE = ("batch_size", "layers", "seed")
UNSEEN = ("clip", "clip_threshold")
SIZES = {"hidden_size": (1, 64), "batch_size": (1, 64), "layers": (1, 3)}
EXAMPLE = next(iter(EXAMPLES))
FIELDS = {
    "source": Field("source", EXAMPLE.capitalize(), "choice", "", tuple(map(str.capitalize, EXAMPLES))),
    "hold_out": Field("hold_out", HOLD_OUT, "int", t("The last part of the series, for the test."), (), 5, 50, (5, 50)),
    "learn": Field(
        "learn",
        LEARN[0],
        "choice",
        t(
            "What the network reads and predicts: the values, or their changes (relative ones where all values are "
            "positive), to the next value or over a season. Auto: all train, and the validation part chooses."
        ),
        LEARN,
    ),
    "window": Field(
        "window", 1, "int", t("How many values are read before a forecast, T."), (), 1, WINDOW, (1, WINDOW)
    ),
    "horizon": Field(
        "horizon", 1, "int", t("How many values are forecast, each from the ones before it."), (), 1, HORIZON,
        (1, HORIZON)
    ),
    "period": Field("period", 0, "int", t("How far seasonal persistence goes back."), (), 0, PERIOD, (0, PERIOD)),
    **{name: setting(name, DEFAULTS.get(name, Config.fields()[name].default)) for name in (*NETWORK, *MORE, *UNSEEN)},
    "unrolled": switch("unrolled", t("The board of the playground: every unit, every gradient.")),
}
FIELDS |= {name: FIELDS[name]._replace(screen=limits) for name, limits in (SIZES | {"seed": (0, 9999)}).items()}
STOPS = 400  # of the slider that says where a forecast begins

ROOT = '<div class="unrolled"><div class="series"></div><p class="says" role="status"></p></div>'
SPACE = """
.unrolled { container-type: inline-size; }
.series { min-height: 442px; padding-top: 16px; }  /* below the labels of the slider's ends */
@container (max-width: 860px) { .series { min-height: 514px; } }
@container (max-width: 640px) { .series { min-height: 560px; } }
"""


def desk() -> SeriesDesk:
    """This visitor's series and network, made from the address on the first visit to the page."""
    if HERE not in st.session_state:
        s = st.session_state[HERE] = SeriesDesk()
        query = address()
        right = dict(query)
        gone = lost(PREFIX, right, t("With this address a table of one's own was learned."))
        first, _ = read_own(query, FIELDS, PREFIX)
        source, hold_out = first["source"].lower(), first["hold_out"]
        column = s.open(source).likely
        fields = fields_of(s.room(source, column, hold_out))
        values, notes = read_own(query, fields, PREFIX)
        parts = Parts(source, column, values["window"], values["horizon"], hold_out, values["period"])
        s.choose(dataclasses.replace(parts, learn=values["learn"]))
        s.apply(changed(s.config, {name: values[name] for name in (*NETWORK, *MORE, *UNSEEN)}))
        s.notes, s.news, s.unrolled = notes + gone, "", values["unrolled"]
        remember(s, query)
        put_right(s, query, tidy_own(right, values, fields, PREFIX))
    return st.session_state[HERE]


def fields_of(room: Room) -> dict[str, Field]:
    """What the page offers for a series: windows and horizons that it has room for, and of them those that suit it."""
    return FIELDS | {
        "window": FIELDS["window"]._replace(default=room.window, screen=(1, room.longest)),
        "horizon": FIELDS["horizon"]._replace(default=room.horizon, screen=(1, room.farthest)),
        "period": FIELDS["period"]._replace(screen=(0, min(PERIOD, room.split.train))),
    }


def bring(s: SeriesDesk) -> None:
    """Take the file that is wanted, or say in one sentence why not; then what was there before goes on."""
    if s.took(t("Reading the table …")):
        for key in PARTS:
            st.session_state[PREFIX + key] = getattr(s.parts, key)


def controls(s: SeriesDesk) -> None:
    """The sidebar: which series, how it is split, which network; and run what they say."""
    uploader(
        s,
        PREFIX,
        t("Your own series"),
        BYTES,
        help=t(
            "A table as CSV: any delimiter, decimal comma or point, with dates or without. It stays in this session's "
            "memory and is never written to disk."
        ),
        caption=t("CSV, up to {size} MB", size=BYTES // 1_000_000),
    )
    parts = which(s)
    chosen = network(s)
    try:
        s.refused = ""
        s.choose(parts)
        s.apply(changed(s.config, chosen))
    except ValueError as problem:
        s.refused = t("{problem}. Until then the run before goes on.", problem=str(problem).rstrip("."))
    own = s.parts.source == OWN
    put_into_address(s)
    s.address = write(PREFIX, FIELDS, {name: getattr(s.config, name) for name in UNSEEN}, own)
    st.caption(s.news or t("Horizon and learning rate act at once. All else starts a new run."))


def which(s: SeriesDesk) -> Parts:
    """The series and how it is split."""
    state = st.session_state
    hold(PREFIX, {name: getattr(s.parts, name) for name in ("source", "column", "hold_out", "window", "horizon")})
    hold(PREFIX, {"learn": s.parts.learn})
    if state[PREFIX + "source"] not in s.sources:
        state[PREFIX + "source"] = s.parts.source
    mine = state[PREFIX + "source"] == OWN  # whose name goes into no address
    if s.parts.source == OWN and not mine:
        state[PREFIX + "source"] = state[PREFIX + "source"]  # it was bound to no address when it was chosen
    source = st.selectbox(
        t("Series"),
        s.sources,
        s.sources.index(EXAMPLE),
        key=PREFIX + "source",
        bind=None if mine else "query-params",
        format_func=lambda name: s.own.name[:60] if name == OWN and s.own else name.capitalize(),
        on_change=other,
        args=(s,),
        filter_mode=None,
    )
    table = s.open(source)
    names = list(table.columns)
    if state[PREFIX + "column"] not in names:
        state[PREFIX + "column"] = table.likely
    column = table.likely
    if len(names) > 1:
        column = st.selectbox(t("Column"), names, key=PREFIX + "column", on_change=other, args=(s,), filter_mode=None)
    if s.other:
        state[PREFIX + "hold_out"] = HOLD_OUT
    hold_out = own(FIELDS["hold_out"], t("Hold out, per cent"))
    try:
        room = s.room(source, column, hold_out)
    except ValueError:  # `choose` says it
        room = s.room(s.parts.source, s.parts.column, s.parts.hold_out)
    if s.other:
        s.other = False
        state.update({PREFIX + "window": room.window, PREFIX + "horizon": room.horizon, PREFIX + "period": 0})
    fields = fields_of(room)
    window, horizon = (whole(fields[name]) for name in ("window", "horizon"))
    period = int(state.get(PREFIX + "period", s.parts.period))
    learn = own(FIELDS["learn"])
    return Parts(source, column, window, horizon, hold_out, period, learn)


def other(s: SeriesDesk) -> None:
    """Another series suits another window and horizon."""
    s.other = True


def whole(field: Field) -> int:
    """A number from 1 to what there is room for; what is chosen comes down to it."""
    low, high = map(int, field.screen)
    key = PREFIX + field.name
    tell(key, max(low, min(st.session_state[key], high)))
    return int(own(field, typed=True))


def own(field: Field, *label: str, **more: Any) -> Any:
    """A control of this page."""
    return control(field, PREFIX + field.name, *label, **{"limits": field.screen} | more)


def network(s: SeriesDesk) -> dict[str, Any]:
    """The network's settings."""
    hold(PREFIX, {name: getattr(s.config, name) for name in (*NETWORK, *MORE)})
    hold(PREFIX, {"period": s.parts.period, "unrolled": s.unrolled})
    rates = [s.config.learning_rate, st.session_state[PREFIX + "learning_rate"]]
    chosen = {name: own(FIELDS[name], stops=rates) for name in NETWORK}
    more = st.container(key="more")
    with more, st.expander(t("More")):
        none = (
            t("0: the one that is found in the training part, if it stands a test ({period}).", period=s.found.period)
            if s.found.period
            else t("0: the one that is found in the training part, if it stands a test (here none is).")
        )
        most = min(PERIOD, s.split.train)
        tell(PREFIX + "period", min(st.session_state[PREFIX + "period"], most))
        own(FIELDS["period"], t("Season"), limits=(0, most), typed=True, help=f"{FIELDS['period'].help} {none}")
        chosen |= {name: own(FIELDS[name]) for name in MORE}
    folded = t("batch {batch}, seed {seed}", batch=chosen["batch_size"], seed=chosen["seed"])
    more.html(f'<p class="folded">{folded}</p>')
    for name in UNSEEN:  # no control has them; after a divergence they may change
        chosen[name] = st.session_state.get(PREFIX + name, getattr(s.config, name))
    return chosen


def about(s: SeriesDesk) -> None:
    """What is learned and what is held out, and what was put right in the table."""
    st.html(f'<div class="says"><div>{scene.split_in_words(s)}</div></div>')
    notes = list(s.series.notes)
    if s.parts.source == OWN and (unsure := to_check(s, s.table.reading)):
        notes.insert(0, t("Please check how the table was read, below: {choices}.", choices=", ".join(unsure)))
    if notes:
        lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in notes)
        st.html(f'<ul class="notes">{lines}</ul>')


def begin(s: SeriesDesk) -> None:
    """Where the forecast that is shown begins: anywhere in the held-out part, or after its end."""
    n, first = len(s.series), s.split.train
    every = max(1, -(-(n - first) // STOPS))
    stops = [*range(first, n, every), n]
    if s.origin not in stops:
        s.origin = min(stops, key=lambda stop: abs(stop - s.origin))
    key = f"{PREFIX}origin-{id(s.split)}"
    st.session_state.setdefault(key, s.origin)
    labels = s.series.labels
    s.origin = st.select_slider(
        t("Forecast from"), stops, key=key, format_func=lambda stop: labels[stop] if stop < n else t("the future")
    )


def pictures(s: SeriesDesk) -> None:
    """The picture and the scores, live."""
    s.unroll(PREFIX + "unrolled")
    s.unrolled = st.session_state[PREFIX + "unrolled"]
    st.session_state[CONTROL] = s.control  # so that leaving the page makes it stand still
    live(s, tick, s.control)


def tick(s: SeriesDesk, period: float | None, control: Control | None) -> tuple[list[str], bool]:
    """One tick: train a slice, forecast, show."""
    for each in (s, control):
        if each:
            with each.lock:
                each.tick(now())
    with s.lock, s.beside():
        content, table, verdict = scene.scene(s), scene.table(s), scene.verdict(s)
    if control:
        control.cost = s.cost
    mount = st.components.v2.component(
        "unrolled_series", html=ROOT, css=SPACE, js=loader("series/series", ("series", "chart", "board"))
    )
    mount(key=KEY, data=content, height="content", on_overdue_change=lambda: None)
    st.html(f'<p class="verdict">{escape(verdict)}</p><div class="scored">{table}</div>')
    if s.unrolled:
        show(s)
    return [KEY, "board"], False


def more(s: SeriesDesk) -> None:
    """Train the control, download the forecast, see the network unrolled."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="series-more"):
        control = s.control
        done = control is not None and control.status.step == s.best_step
        st.button(
            t("Pause the control") if control and control.playing else t("Train on shuffled order"),
            key=PREFIX + "shuffle",
            disabled=s.selected.best_step is None or (done and not (control and control.playing)),
            on_click=shuffle,
            args=(s,),
            help=t(
                "The same network, data and number of steps as the best, with the order inside every window shuffled: "
                "if it does as well, the order did not matter."
            ),
        )

        def made() -> str:
            with s.lock:
                return scene.as_csv(s)

        st.download_button(
            t("Save forecast"),
            made,
            "unrolled-forecast.csv",
            "text/csv",
            key=PREFIX + "save",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            help=t(
                "The forecast that is shown, as a CSV file: date, truth where it is known, every method's number and "
                "the band, with the delimiter and the decimal mark of your file."
            ),
        )
        own(FIELDS["unrolled"], t("Show the network unrolled"))


def shuffle(s: SeriesDesk) -> None:
    """Make the control, or let it go on, until it has taken as many steps as the network; or pause it."""
    if s.control and s.control.playing:
        s.control.pause()
        return
    s.pause()
    if s.control is None or s.control.status.diverged or s.control.status.step > s.best_step:
        s.control = Control(s)
    s.control.steps = s.best_step
    s.control.play()
