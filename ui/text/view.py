"""The text page's parts: what is learned and with what, the live picture, and what can be taken away."""

from typing import Any

import streamlit as st

from rnn_core import CELLS
from rnn_core.tasks.sonnets import sonnets
from rnn_core.words import t
from ui.board.board import loader
from ui.controls.control import control
from ui.controls.uploads import uploader
from ui.frame.address import changed, read_own, tidy_own
from ui.frame.settings import hold, lost, setting, switch, tell, write
from ui.playground.glossary import HTML, linked
from ui.playground.words import heading
from ui.run.player import show
from ui.run.session import now
from ui.run.visit import OWN, address, put_right
from ui.text.desk import DEFAULTS, SONNETS, TEMPERATURES, TextDesk
from ui.text.scene import scene
from ui.text.upload import LEAST, LIMIT, PASTED

KEY, HERE, PREFIX = "desk", OWN["Text"], "text-"
CONTROLS, UNSEEN = ("cell", "hidden_size", "learning_rate", "length", "seed"), ("clip", "clip_threshold")
SIZES, LENGTHS, SEEDS = (8, 128), (5, 100), (0, 9999)
FIELDS = {
    "cell": setting("cell", DEFAULTS["cell"]),
    "hidden_size": setting("hidden_size", DEFAULTS["hidden_size"], SIZES),
    "learning_rate": setting("learning_rate", DEFAULTS["learning_rate"]),
    "length": setting("length", DEFAULTS["length"], LENGTHS)._replace(
        help=t("How many characters a gradient goes back, T. The state goes on beyond: truncated BPTT.")
    ),
    "seed": setting("seed", 1, SEEDS),
    "clip": setting("clip", "norm"),
    "clip_threshold": setting("clip_threshold", 1.0),
    "unrolled": switch(
        "unrolled",
        t(
            "The board of the playground, for a stretch of the held-out text: every unit, every gradient. It takes a "
            "part of the time that there is for training."
        ),
    ),
}

ROOT = '<div class="unrolled"><div class="desk"></div><p class="says" role="status"></p></div>'
SPACE = """
.unrolled { container-type: inline-size; }
.desk:empty { height: 1200px; }
"""


def text_session() -> TextDesk:
    """This visitor's text and network, made from the address on the first visit to the page."""
    if HERE not in st.session_state:
        query = address()
        right = dict(query)
        gone = lost(PREFIX, right, t("With this address a text of one's own was learned."))
        values, notes = read_own(query, FIELDS, PREFIX)
        own = {name: values[name] for name in (*CONTROLS, *UNSEEN)}
        s = st.session_state[HERE] = TextDesk(SONNETS, sonnets(), own)
        s.notes, s.unrolled = notes + gone, values["unrolled"]
        put_right(s, query, tidy_own(right, values, FIELDS, PREFIX))
    return st.session_state[HERE]


def controls(s: TextDesk) -> None:
    """The network's settings in the sidebar, and run what they say. Kept with the run, not in the widgets."""
    most = min(LENGTHS[1], s.room)
    hold(PREFIX, {name: getattr(s.config, name) for name in CONTROLS} | {"unrolled": s.unrolled})
    tell(PREFIX + "length", min(st.session_state[PREFIX + "length"], most))
    rates = [s.config.learning_rate, st.session_state[PREFIX + "learning_rate"]]
    chosen = {
        "cell": own("cell"),
        "hidden_size": own("hidden_size"),
        "learning_rate": own("learning_rate", stops=rates),
        "length": own("length", t("Steps back"), limits=(LENGTHS[0], most), typed=True),
        "seed": own("seed"),
    }
    for name in UNSEEN:  # no control has them; after a divergence they may change
        chosen[name] = st.session_state.get(PREFIX + name, getattr(s.config, name))
    s.apply(changed(s.config, chosen))


def own(name: str, *label: str, **more: Any) -> Any:
    """A control of this page."""
    return control(FIELDS[name], PREFIX + name, *label, **{"limits": FIELDS[name].screen} | more)


def unrolled(s: TextDesk) -> None:
    """Whether the board is shown, under the other controls."""
    s.unroll(PREFIX + "unrolled")
    s.unrolled = own("unrolled", t("Show it unrolled"))
    s.address = write(PREFIX, FIELDS, {name: getattr(s.config, name) for name in UNSEEN}, own=s.source != SONNETS)
    st.caption(s.news or t("The learning rate acts at once. All else starts a new run."))


def source(s: TextDesk) -> None:
    """What is learned, in a sentence, and where another text is brought."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="text-source"):
        st.html(f'<div class="source"><div>{heading(s.source)}<p>: {about(s)}</p></div></div>', width="stretch")
        # A new key closes it also where the browser opened it a moment ago and no run has heard of that yet.
        opener = f"{PREFIX}open-{s.closed}"
        with st.popover(t("Your own text"), key=opener, icon=":material/edit_note:", on_change="rerun"):
            choices(s)


def about(s: TextDesk) -> str:
    """The text and its parts, as HTML."""
    result = s.letters
    parts = [
        t(
            "{count} characters of {kinds} kinds, read one by one; after each the network predicts the next. It learns "
            "the first nine tenths; the rest is held out.",
            count=f"{len(result.codes):,}", kinds=f"{len(result.symbols):,}"
        )
    ]
    if result.left_out:
        parts.append(t(
            "More kinds would take too long: the rarest {count} ({share} % of it) count as one, also in the "
            "perplexity; that one is never written.",
            count=f"{result.left_out:,}", share=f"{100 * result.others / len(result.codes):.1f}"
        ))
    parts.append(t("<b>Perplexity</b>: among how many equally likely characters it chooses, on average."))
    return linked(" ".join(parts), HTML)


def choices(s: TextDesk) -> None:
    """Upload, paste, or back to the Sonnets. Each only says what is wanted; `bring` does it."""
    paste = f"{PREFIX}paste-{s.texts}"
    help = t("Plain text in any script, in most encodings. It stays in this session's memory, never on a disk.")
    uploader(s, PREFIX, t("Upload a text file"), LIMIT, help)
    st.text_area(t("Or paste one"), key=paste, height=160, placeholder=t("{count} characters or more", count=LEAST))
    with st.container(horizontal=True):
        st.button(
            t("Learn this text"),
            key=PREFIX + "learn",
            type="primary",
            on_click=lambda: s.want(PASTED, st.session_state.get(paste, "")),
        )
        if s.source != SONNETS:
            st.button(t("Back to the Sonnets"), key=PREFIX + "sonnets", on_click=lambda: s.want(SONNETS, sonnets()))


def bring(s: TextDesk) -> None:
    """Learn the text that is wanted, or say in one sentence why not; then what was there before goes on."""
    if s.took(t("Reading the text …")):
        for name in CONTROLS:
            st.session_state[PREFIX + name] = getattr(s.config, name)


def take_away(s: TextDesk) -> None:
    """What can be kept: what was written, the loss history, and the run."""

    def written() -> str:
        with s.lock:
            return as_text_file(s)

    def run() -> bytes:
        with s.lock:
            return s.run.save()

    common: dict[str, Any] = {"type": "tertiary", "icon": ":material/download:", "on_click": "ignore"}
    with st.container(horizontal=True, gap="small", key="text-downloads"):
        st.download_button(
            t("Save what it wrote"),
            written,
            "unrolled-text.txt",
            "text/plain",
            key=PREFIX + "save-written",
            help=t("Every sample that is kept, each with its training step and temperature, as a text file."),
            **common,
        )
        st.download_button(
            t("Save the run"),
            run,
            "unrolled-text.npz",
            "application/octet-stream",
            key=PREFIX + "save-run",
            help=t("Weights, optimizer and history. In Python: Trainer.load(file, text_task(text)) goes on from here."),
            **common,
        )


def as_text_file(s: TextDesk) -> str:
    """The samples that are kept, the earliest first."""
    last = [s.sample] if s.sample not in s.earlier else []
    parts = [
        t(
            "{text}, {cell}, {count} hidden units",
            text=s.source, cell=CELLS[s.config.cell].title, count=s.config.hidden_size
        )
    ]
    for sample in [*s.earlier, *last]:
        for temperature, text in zip(TEMPERATURES, sample.texts, strict=True):
            head = t("step {step}, temperature {temperature}", step=sample.step, temperature=temperature)
            parts.append(f"--- {head} ---\n{sample.start}{text}")
    return "\n\n".join(parts) + "\n"


def tick(s: TextDesk, period: float | None) -> tuple[list[str], bool]:
    """One tick: write, train for what that left of the slice, show."""
    s.look(st.session_state.get(KEY))
    with s.lock, s.beside():
        s.refresh(now())
    if s.unrolled:
        show(s, now())
    with s.lock:
        s.tick(now())
        content = scene(s)
    mount = st.components.v2.component(
        "unrolled_text", html=ROOT, css=SPACE, js=loader("text/text", ("text", "chart", "board"))
    )
    mount(key=KEY, data=content, height="content", on_view_change=lambda: None, on_overdue_change=lambda: None)
    return [KEY, "board"], False
