"""The Series page's parts: what is brought and learned, the live picture and scores, and what can be taken away."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from rnn_core import CELLS, Config
from ui.address import changed, grid, plain, quoted
from ui.board.board import loader, overdue
from ui.dialect import BYTES, too_large
from ui.guard import guarded
from ui.player import show
from ui.series import scene
from ui.series.desk import HOLD_OUT, OWN, PERIOD, Control, Desk, Parts, most
from ui.session import now

HERE, CONTROL, KEY, PREFIX = "series-session", "series-control", "series-picture", "series-"
NETWORK = ("cell", "hidden_size", "learning_rate")
MORE = ("batch_size", "layers", "seed")
SIZES = {"hidden_size": (1, 64), "batch_size": (1, 64), "layers": (1, 3)}
STOPS = 400  # of the slider that says where a forecast begins
HEAD = 6  # rows of the preview

ROOT = '<div class="unrolled"><div class="series"></div><p class="says" role="status"></p></div>'
SPACE = """
.unrolled { container-type: inline-size; }
.series { min-height: 442px; }
@container (max-width: 640px) { .series { min-height: 560px; } }
"""

# Streamlit marks a file that is too large and says little. So it is caught before: it is not sent, and we say the rest.
TOO_LARGE = """
export default function({ setTriggerValue }) {
  const first = !window.unrolledLarge;
  window.unrolledLarge = setTriggerValue;
  if (!first) return;
  const look = (event) => {
    const here = event.composedPath().some((e) => e.classList?.contains("st-key-series-upload"));
    const files = [...((event.type === "drop" ? event.dataTransfer : event.target)?.files ?? [])];
    const large = here && files.find((file) => file.size > LIMIT);
    if (!large) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "change") event.target.value = "";
    window.unrolledLarge("file", { name: large.name, size: large.size });
  };
  for (const type of ["change", "drop"]) window.addEventListener(type, look, true);
}
"""


def desk() -> Desk:
    """This visitor's series and network, made on the first visit to the page."""
    if HERE not in st.session_state:
        st.session_state[HERE] = Desk()
    return st.session_state[HERE]


def bring(s: Desk) -> None:
    """Take the file that is wanted, or say in one sentence why not; then what was there before goes on."""
    if s.wanted is None:
        return
    with st.spinner("Reading the table …"):
        try:
            s.bring()
        except ValueError as problem:
            s.said = (stays(s, str(problem)),)
            return
    s.said = ()
    for key in ("source", "column", "window", "horizon", "hold_out", "period"):
        st.session_state[PREFIX + key] = getattr(s.parts, key)


def controls(s: Desk) -> None:
    """The sidebar: which series, how it is split, which network; and run what they say."""
    upload(s)
    parts = which(s)
    said = network(s)
    try:
        s.refused = ""
        s.choose(parts)
        s.apply(changed(s.config, said))
    except ValueError as problem:
        s.refused = f"{str(problem).rstrip('.')}. Until then the run before goes on."
    st.caption(s.news or "Horizon, season and learning rate act at once. All else starts a new run.")


def upload(s: Desk) -> None:
    """Where a file is brought. It is read in the session's memory and stays there."""
    key = f"{PREFIX}file-{s.uploads}"

    def came() -> None:
        file = st.session_state.get(key)
        if file is not None:
            s.uploads += 1  # a new, empty uploader: Streamlit then lets go of the file
            s.want(file.name, file.getvalue())

    with st.container(key=PREFIX + "upload", gap=None):
        st.file_uploader(
            "Your own series",
            key=key,
            max_upload_size=BYTES // 1_000_000,
            on_change=came,
            help="A table as CSV: any delimiter, decimal comma or point, with dates or without. It stays in this "
            "session's memory and is never written to disk.",
        )
        mount = st.components.v2.component("too_large", js=TOO_LARGE.replace("LIMIT", str(BYTES)))
        mount(key=PREFIX + "large", height="content", on_file_change=lambda: refuse(s))
        st.caption(f"CSV, up to {BYTES // 1_000_000} MB")


def refuse(s: Desk) -> None:
    """A file too large to be sent was chosen: it is said as for every other."""
    try:
        file = st.session_state[PREFIX + "large"]["file"]
        name, size = str(file["name"]), float(file["size"])
    except (KeyError, TypeError, ValueError):  # it comes from a browser
        return
    s.said = (stays(s, f"{quoted(name)} was not read: {too_large(size)}"),)


def stays(s: Desk, problem: str) -> str:
    """What could not be, and what is there all the same."""
    return f"{problem.rstrip('.')}. {quoted(s.table.name)} stays as it was."


def which(s: Desk) -> Parts:
    """The series and how it is split."""
    state = st.session_state
    hold(("source", "column", "window", "horizon", "hold_out", "period"), s.parts)
    if state[PREFIX + "source"] not in s.sources:
        state[PREFIX + "source"] = s.parts.source
    source = st.selectbox(
        "Series",
        s.sources,
        key=PREFIX + "source",
        format_func=lambda name: s.own.name[:60] if name == OWN and s.own else name.capitalize(),
        on_change=other,
        filter_mode=None,
    )
    table = s.open(source)
    names = list(table.columns)
    if state[PREFIX + "column"] not in names:
        state[PREFIX + "column"] = table.likely
    column = table.likely
    if len(names) > 1:
        column = st.selectbox("Column", names, key=PREFIX + "column", on_change=other, filter_mode=None)
    hold_out = st.slider(
        "Hold out, per cent", 5, 50, key=PREFIX + "hold_out", step=5, help="The last part of the series, for the test."
    )
    n = len(s.series) if (source, column) == (s.parts.source, s.parts.column) else len(table.rows)
    longest, farthest = most(n, max(1, round(n * hold_out / 100)))
    window = whole("Window", "window", longest, "How many values are read before a forecast, T.")
    horizon = whole("Horizon", "horizon", farthest, "How many values are forecast, each from the ones before it.")
    period = int(state[PREFIX + "period"])
    return Parts(source, column, window, horizon, hold_out, period)


def other() -> None:
    """Another series suits another window and horizon."""
    for name in ("window", "horizon", "period"):
        st.session_state[PREFIX + name] = 0
    st.session_state[PREFIX + "hold_out"] = HOLD_OUT


def whole(label: str, name: str, most: int, help: str) -> int:
    """A slider from 1 to the most; what is chosen comes down to it. 0 waits to be chosen by the series."""
    key = PREFIX + name
    if st.session_state[key] == 0 or most < 2:
        return 0
    st.session_state[key] = min(st.session_state[key], most)
    return st.slider(label, 1, most, key=key, help=help)


def network(s: Desk) -> dict[str, Any]:
    """The network's settings."""
    hold((*NETWORK, *MORE), s.config)
    fields = Config.fields()
    help = {name: fields[name].help for name in (*NETWORK, *MORE)}
    rates = grid(fields["learning_rate"], [s.config.learning_rate, st.session_state[PREFIX + "learning_rate"]])
    said: dict[str, Any] = {
        "cell": st.selectbox("Cell", list(CELLS), key=PREFIX + "cell", help=help["cell"], filter_mode=None),
        "hidden_size": st.slider("Hidden size", *SIZES["hidden_size"], key=PREFIX + "hidden_size"),
        "learning_rate": st.select_slider(
            "Learning rate", rates, key=PREFIX + "learning_rate", format_func=plain, help=help["learning_rate"]
        ),
    }
    with st.container(key="more"), st.expander(f"More: batch {s.config.batch_size}, seed {s.config.seed}"):
        found = f" ({s.found})." if s.found else " (nowhere here)."
        st.number_input(
            "Season",
            0,
            min(PERIOD, s.split.train),
            key=PREFIX + "period",
            help="How far seasonal persistence goes back. 0: to where the training part's autocorrelation peaks"
            + found,
        )
        said |= {name: st.slider(name.replace("_", " ").capitalize(), *SIZES[name], key=PREFIX + name, help=help[name])
                 for name in ("batch_size", "layers")}  # fmt: skip
        said["seed"] = st.number_input("Seed", 0, 9999, key=PREFIX + "seed", help=help["seed"])
    for name in ("clip", "clip_threshold"):  # no control has them; after a divergence they may change
        said[name] = st.session_state.get(PREFIX + name, getattr(s.config, name))
    return said


def hold(names: tuple[str, ...], record: object) -> None:
    """Widgets forget while another page is open: what runs tells them again."""
    for name in names:
        st.session_state.setdefault(PREFIX + name, getattr(record, name))


def about(s: Desk) -> None:
    """What is learned and what is held out, and what was put right in the table."""
    st.html(f'<div class="says"><p>{scene.split_in_words(s)}</p></div>')
    if s.series.said:
        lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in s.series.said)
        st.html(f'<ul class="notes">{lines}</ul>')


def begin(s: Desk) -> None:
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
        "Forecast from", stops, key=key, format_func=lambda stop: labels[stop] if stop < n else "the future"
    )


def live(s: Desk) -> None:
    """The picture and the scores, and the timer that trains: only while something plays does anything tick."""
    if s.slow and s.opened != s.film:  # a step that is taken slowly is seen on the board
        s.opened, st.session_state[PREFIX + "unrolled"] = s.film, True
    s.unrolled = st.session_state.setdefault(PREFIX + "unrolled", s.unrolled)
    st.session_state[CONTROL] = s.control  # so that leaving the page makes it stand still
    playing = [each for each in (s, s.control) if each and each.playing]
    for each in playing:
        each.keep_pace(now())
    period = max((each.pace.period for each in playing), default=None)
    st.fragment(tick, run_every=period)(s, s.control, period)


def tick(s: Desk, control: Control | None, period: float | None) -> None:
    """One tick: train a slice, forecast, show. The page around reruns if it has news: a divergence or another pace."""
    with guarded():
        both = [each for each in (s, control) if each]
        before = [each.playing for each in both]
        for each in both:
            with each.lock:
                each.tick(now())
        with s.lock:
            told, table, verdict = scene.scene(s), scene.table(s), scene.verdict(s)
        mount = st.components.v2.component(
            "unrolled_series", html=ROOT, css=SPACE, js=loader("series/series", ("series", "board"))
        )
        mount(key=KEY, data=told, height="content", on_overdue_change=lambda: None)
        st.html(f'<p class="verdict">{escape(verdict)}</p>{table}')
        if s.unrolled:
            show(s)
        playing = [each.playing for each in both]
        paces = [each.pace.period for each in both if each.playing]
        waited, s.overdue = s.overdue, overdue(KEY)
        if playing != before or waited != s.overdue or (paces and max(paces) != period):
            st.rerun()


def more(s: Desk) -> None:
    """Train the control, download the forecast, see the network unrolled."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="series-more"):
        control = s.control
        done = control is not None and control.trainer.step == s.trainer.step
        st.button(
            "Pause the control" if control and control.playing else "Train on shuffled order",
            key=PREFIX + "shuffle",
            disabled=s.trainer.step == 0 or (done and not (control and control.playing)),
            on_click=shuffle,
            args=(s,),
            help="The same network, data and number of steps, with the order inside every window shuffled: if it does "
            "as well, the order did not matter.",
        )

        def made() -> str:
            with s.lock:
                return scene.as_csv(s)

        st.download_button(
            "Save forecast",
            made,
            "unrolled-forecast.csv",
            "text/csv",
            key=PREFIX + "save",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
            help="The forecast that is shown, as a CSV file: date, truth where it is known, and every method's number.",
        )
        st.toggle("Show the network unrolled", key=PREFIX + "unrolled")


def shuffle(s: Desk) -> None:
    """Make the control, or let it go on, until it has taken as many steps as the network; or pause it."""
    if s.control and s.control.playing:
        s.control.pause()
        return
    s.pause()
    if s.control is None or s.control.trainer.diverged or s.control.trainer.step > s.trainer.step:
        s.control = Control(s)
    s.control.steps = s.trainer.step
    s.control.play()


def preview(s: Desk) -> None:
    """The table's first rows; a click on a column's name chooses it."""
    table = s.table
    with st.expander(f"The table: {len(table.rows):,} rows, {len(table.head)} columns", expanded=s.parts.source == OWN):
        head = pd.DataFrame({name: cells[:HEAD] for name, cells in table.head.items()})
        key = f"{PREFIX}table-{id(table)}"
        st.dataframe(
            head,
            key=key,
            hide_index=True,
            on_select=lambda: pick(s, key),
            selection_mode="single-column",
            height="content",
        )
        st.caption("The first rows as they stand in the file. Click the head of a column to forecast it.")


def pick(s: Desk, key: str) -> None:
    """A column was clicked."""
    chosen = st.session_state[key]["selection"]["columns"]
    if not chosen or chosen[0] == s.parts.column:
        return
    if chosen[0] in s.table.columns:
        st.session_state[PREFIX + "column"] = chosen[0]
        other()
    else:
        holds = "the dates" if chosen[0] == s.table.dated else "words"
        s.said = (
            f"Column {quoted(chosen[0])} holds {holds}; click a column of numbers. {quoted(s.parts.column)} stays.",
        )
