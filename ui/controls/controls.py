"""The sidebar: one widget per field of Config, made from the field's own declaration and bound to the address."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from html import escape
from types import SimpleNamespace
from typing import Any, Protocol

import streamlit as st

from rnn_core import CELLS, TASKS, Config
from rnn_core.config import Field
from rnn_core.idle import idle_fields
from rnn_core.starts import START_WEIGHTS
from ui.controls.cells import drawing
from ui.frame.address import changed, fields_of, grid, mend, offered, plain, written
from ui.gallery.gallery import gallery
from ui.playground.glossary import linked
from ui.run.visit import address, first_minute, show_everything

MAIN = ("cell", "hidden_size", "learning_rate", "clip", "clip_threshold")
MORE = (
    "length", "batch_size", "optimizer", "layers", "layer_skip", "bptt_window", "start", "initializer", "init_scale",
    "input_scale", "recurrent_scale", "forget_bias", "start_weights", "dtype", "seed",
)  # fmt: skip
TITLED: dict[str, Any] = {"task": TASKS, "cell": CELLS}
LABELS = {
    "hidden_size": "Hidden size",
    "clip": "Clip gradients",
    "clip_threshold": "Threshold",
    "length": "Sequence length",
    "k": "Steps to remember, k",
    "layer_skip": "Residual connections between layers",
    "bptt_window": "Truncated BPTT: window",
    "start": "State at the start",
    "init_scale": "Standard deviation of the start",
    "input_scale": "Size of the inputs at the start",
    "start_weights": "Weights set by hand",
    "recurrent_scale": "Spectral radius of W_hh at the start",
    "forget_bias": "Forget-gate bias at the start",
    "dtype": "Precision",
}
AGAIN = "again"  # in st.session_state: the address was changed, and the page is to run once more with it
CORNER = ("length", "batch_size", "optimizer", "seed")  # what the folded part says, whatever it is


class Controlled(Protocol):
    """What the controls set: a Session, or what else has a Config and can be told another.

    apply raises ValueError in one sentence, and changes nothing, for a Config that cannot run there.
    """

    refused: str
    address: dict[str, list[str]]

    @property
    def config(self) -> Config: ...
    def apply(self, config: Config) -> None: ...
STOPS = {"fades": 0.9, "holds": 1.5, "explodes": 2.5}  # what the gradient does over many steps, tanh, untrained


def controls(
    s: Controlled, prefix: str = "", without: Collection[str] = (), variants: Sequence[Mapping[str, Any]] = ({},)
) -> None:
    """Draw every control that the chosen task needs, and run what they say. prefix: before the names of the widgets,
    here and in the address. without: fields that something else on the page sets. variants: what differs among the
    networks that run; a setting is drawn that matters in any of them.
    """
    if st.session_state.pop(AGAIN, False):  # a widget that is new on a page believes the address a run began with
        st.rerun()
    said = {"task": widget(Config.fields()["task"], s, prefix)}  # first: on the browser's way back it alone knows it
    task, fields = TASKS[said["task"]], fields_of(said["task"])
    gallery(said["task"], lambda name: choose(name, s, prefix), prefix)
    for name in MAIN:
        if name not in without:
            said[name] = widget(fields[name], s, prefix)
            if name == "cell" and not first_minute():
                with st.container(key="inside"), st.expander("Inside the cell"):
                    st.html(drawing(said["cell"]))
    if first_minute() and any(said[name] != getattr(s.config, name) for name in said):
        show_everything()  # who sets something has seen what there is to watch
    more = st.container(key="more")
    if not first_minute():
        with more, st.expander("More"):  # with another label it would be another one, and closed
            rest(s, said, prefix, without, variants)
    if s.config.task != said["task"]:  # what only the task before reads goes with it
        said |= {name: fields[name].default for name in set(TASKS[s.config.task].fields) - set(task.fields)}
    try:
        s.refused = ""
        s.apply(changed(s.config, said))
    except ValueError as problem:  # each value is good, but not beside the others
        s.refused = f"{problem}. The run before this change goes on."
    drawn = {prefix + name for name in said}
    unsaid = {prefix + name: text for name, text in written(s.config).items()}
    unsaid = {name: text for name, text in unsaid.items() if name not in {*drawn, *st.query_params}}
    if unsaid:  # a link to where one is already takes away what no widget holds
        st.query_params.update(unsaid)
    s.address = address()
    if not first_minute():
        more.html(f'<p class="folded">{escape(summary(asdict(s.config) | said))}</p>')


def rest(
    s: Controlled,
    said: dict[str, Any],
    prefix: str,
    without: Collection[str],
    variants: Sequence[Mapping[str, Any]],
) -> None:
    """The folded controls: what the task reads, and what matters in any of the variants."""
    fields = fields_of(said["task"])
    for name in (*TASKS[said["task"]].fields, *MORE):
        values = asdict(s.config) | said
        if name in without:
            continue
        if values[name] != fields[name].default or any(matters(name, {**values, **each}) for each in variants):
            said[name] = widget(fields[name], s, prefix)
            if name == "recurrent_scale" and values["cell"] == "rnn":
                stops(prefix)
    if "seed" not in without:
        st.button(
            "New seed",
            key="new-seed",
            on_click=new_seed,
            args=(prefix,),
            width="stretch",
            help="Start from other random weights and data.",
        )


def stops(prefix: str) -> None:
    """Three marked stops of a tanh network's recurrent scale, at usual inputs. 1 is none: the slopes are below 1."""

    def take(radius: float) -> None:
        st.session_state[prefix + "recurrent_scale"] = radius

    with st.container(horizontal=True, gap="small", key="stops"):
        for word, radius in STOPS.items():
            st.button(f"{word} {radius:g}", key=f"stop-{word}", on_click=take, args=(radius,), type="tertiary")


def matters(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a setting changes anything beside the others; a carried state does where a task has a stream."""
    if name == "start":
        return TASKS[values["task"]].stream is not None
    return name not in idle_fields(SimpleNamespace(**values))


def widget(field: Field, s: Controlled, prefix: str = "") -> Any:
    """The widget of a field, its key the field's name behind the prefix -> its value."""
    label = label_of(field.name)
    titles = "".join(f"\n- {name}: {TITLED[field.name][name].title}" for name in field.options if field.name in TITLED)
    common: dict[str, Any] = {"key": prefix + field.name, "bind": "query-params", "help": linked(field.help) + titles}
    low, high = offered(field)
    value = getattr(s.config, field.name)
    if field.kind == "choice" and len(field.options) <= 3 and field.name != "task":
        return st.segmented_control(
            label, field.options, default=field.default, required=True, width="stretch", **common
        )
    if field.kind == "choice":
        if field.name == "task":
            common |= {"on_change": suit, "args": (s, prefix)}
        if field.name == "start_weights":
            common |= {"on_change": fit_start, "args": (s, prefix)}
        return st.selectbox(label, field.options, index=field.options.index(field.default), filter_mode=None, **common)
    if field.kind == "flag":
        return st.toggle(label, field.default, **common)
    if field.log:
        idle = field.name == "clip_threshold" and st.session_state.get(prefix + "clip") == "none"
        stops = grid(field, [value])
        return st.select_slider(label, stops, value=field.default, format_func=plain, disabled=idle, **common)
    if high - low > 1000:
        return st.number_input(label, int(low), int(high), int(field.default), **common)
    if field.kind == "float" and high - low > 1:
        return st.number_input(label, float(low), float(high), field.default, step=0.1, format="%g", **common)
    number = int if field.kind == "int" else float
    return st.slider(label, number(low), number(high), field.default, **common)


def label_of(name: str) -> str:
    """What a field is called on the screen."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def choose(name: str, s: Controlled, prefix: str = "") -> None:
    """Another task, as if chosen in its select box, which is there for its value and its place in the address only:
    house.css hides it.
    """
    st.session_state[prefix + "task"] = name
    suit(s, prefix)


def suit(s: Controlled, prefix: str = "") -> None:
    """Another task was chosen: what stands as the task before, or nobody, wanted it becomes what this one wants."""
    state = st.session_state
    was, now = TASKS[s.config.task].defaults, TASKS[state[prefix + "task"]].defaults
    for name in {*was, *now}:
        default = Config.fields()[name].default
        if state.get(prefix + name, default) == was.get(name, default):
            state[prefix + name] = now.get(name, default)
    values = {name: state[prefix + name] for name in Config.fields() if prefix + name in state}
    if mend(values)[1]:  # what was chosen before does not go with this task; what the task wants does
        config, _ = mend(values | dict(now))
        for name in (*values, *now):
            state[prefix + name] = getattr(config, name)


def fit_start(s: Controlled, prefix: str = "") -> None:
    """Weights set by hand were chosen: the settings become those that they need."""
    chosen = st.session_state[prefix + "start_weights"]
    needs = START_WEIGHTS[chosen].needs(s.config)
    if "task" in needs and st.session_state[prefix + "task"] != needs["task"]:
        choose(needs["task"], s, prefix)  # which brings what that task wants
    st.session_state.update({prefix + name: value for name, value in {**needs, "start_weights": chosen}.items()})


def settle(config: Config, prefix: str = "") -> None:
    """Let every control stand at this from the next time it is drawn."""
    needed = {name for task in TASKS.values() for name in task.fields}
    for name in ("task", *MAIN, *MORE, *needed):
        st.session_state[prefix + name] = getattr(config, name)


def new_seed(prefix: str = "") -> None:
    """Another seed than the one that ran."""
    seed = secrets.randbelow(9999) + 1
    st.session_state[prefix + "seed"] = seed + (seed == st.session_state.get(prefix + "seed"))


def summary(values: Mapping[str, Any]) -> str:
    """The folded fields in a few words: what the task reads, four of all, and whatever is not as the task wants it."""
    fields = fields_of(values["task"])
    others = [name for name in MORE if name not in CORNER and values[name] != fields[name].default]
    words = {"length": "length", "batch_size": "batch", "optimizer": "", "bptt_window": "window"}
    shown = (*TASKS[values["task"]].fields, *CORNER[:-1], *others, CORNER[-1])
    return ", ".join(f"{words.get(n, n.replace('_', ' '))} {plain(values[n])}".strip() for n in shown)
