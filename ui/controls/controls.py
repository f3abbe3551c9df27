"""The sidebar: one widget per field of Config, made from the field's own declaration and bound to the address."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from html import escape
from types import SimpleNamespace
from typing import Any, Protocol

import streamlit as st

from rnn_core import TASKS, Config
from rnn_core.config import Field
from rnn_core.idle import idle_fields
from rnn_core.starts import START_WEIGHTS
from rnn_core.words import t
from ui.controls.cells import drawing
from ui.controls.control import control
from ui.controls.names import NAMES
from ui.frame.address import changed, fields_of, mend, plain, written
from ui.gallery.gallery import gallery
from ui.run.visit import address, first_minute, show_everything

MAIN = ("cell", "hidden_size", "learning_rate", "clip", "clip_threshold")
MORE = (
    "length", "batch_size", "optimizer", "layers", "layer_skip", "bptt_window", "start", "initializer", "init_scale",
    "input_scale", "recurrent_scale", "forget_bias", "start_weights", "dtype", "seed",
)  # fmt: skip
WHOLE = "whole"  # in st.session_state: the whole board was there
AGAIN = "again"  # in st.session_state: the address was changed, and the page is to run once more with it
CORNER = ("length", "batch_size", "optimizer", "seed")  # what the folded part says, whatever it is
FOLDED = NAMES | {"batch_size": t("batch"), "optimizer": "", "bptt_window": t("window")}  # before their values


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
STOPPED = {"fades": t("fades"), "holds": t("holds"), "explodes": t("explodes")}


def controls(
    s: Controlled, prefix: str = "", without: Collection[str] = (), variants: Sequence[Mapping[str, Any]] = ({},)
) -> None:
    """Draw every control that the chosen task needs, and run what they say. prefix: before the names of the widgets,
    here and in the address. without: fields that something else on the page sets. variants: what differs among the
    networks that run; a setting is drawn that matters in any of them.
    """
    if st.session_state.pop(AGAIN, False):  # a widget that is new on a page believes the address a run began with
        st.rerun()
    chosen = {"task": widget(Config.fields()["task"], s, prefix)}  # first: on the browser's way back it alone knows it
    task, fields = TASKS[chosen["task"]], fields_of(chosen["task"])
    gallery(chosen["task"], lambda name: choose(name, s, prefix), prefix)
    for name in MAIN:
        if name not in without:
            chosen[name] = widget(fields[name], s, prefix)
            if name == "cell" and not first_minute():
                with st.container(key="inside"), st.expander(t("Inside the cell")):
                    st.html(drawing(chosen["cell"]))
    came_back = first_minute() and st.session_state.get(WHOLE, False)
    if first_minute() and not came_back and any(chosen[name] != getattr(s.config, name) for name in chosen):
        show_everything()  # who sets something has seen what there is to watch
    st.session_state[WHOLE] = not first_minute()
    more = st.container(key="more")
    if first_minute():
        with st.container(key="held"):  # house.css hides it: Streamlit takes what no widget holds out of the address
            chosen |= {name: widget(fields[name], s, prefix) for name in held(s.config, fields, prefix)}
    else:
        with more, st.expander(t("More")):  # with another label it would be another one, and closed
            rest(s, chosen, prefix, without, variants)
    if s.config.task != chosen["task"]:  # what only the task before reads goes with it
        chosen |= {name: fields[name].default for name in set(TASKS[s.config.task].fields) - set(task.fields)}
    try:
        s.refused = ""
        s.apply(changed(s.config, chosen))
    except ValueError as problem:  # each value is good, but not beside the others
        s.refused = t("{problem}. The run before this change goes on.", problem=problem)
    drawn = {prefix + name for name in chosen}
    unsaid = {prefix + name: text for name, text in written(s.config).items()}
    unsaid = {name: text for name, text in unsaid.items() if name not in {*drawn, *st.query_params}}
    if unsaid:  # a link to where one is already takes away what no widget holds
        st.query_params.update(unsaid)
    s.address = address()
    if not first_minute():
        more.html(f'<p class="folded">{escape(summary(asdict(s.config) | chosen))}</p>')


def held(config: Config, fields: Mapping[str, Field], prefix: str) -> list[str]:
    """The folded settings that the address says, or has to say."""
    names = (*TASKS[config.task].fields, *MORE)
    return [name for name in names if prefix + name in st.query_params or getattr(config, name) != fields[name].default]


def rest(
    s: Controlled,
    chosen: dict[str, Any],
    prefix: str,
    without: Collection[str],
    variants: Sequence[Mapping[str, Any]],
) -> None:
    """The folded controls: what the task reads, and what matters in any of the variants."""
    fields = fields_of(chosen["task"])
    for name in (*TASKS[chosen["task"]].fields, *MORE):
        values = asdict(s.config) | chosen
        if name in without:
            continue
        if values[name] != fields[name].default or any(matters(name, {**values, **each}) for each in variants):
            chosen[name] = widget(fields[name], s, prefix)
            if name == "recurrent_scale" and values["cell"] == "rnn":
                stops(prefix)
    if "seed" not in without:
        st.button(
            t("New seed"),
            key="new-seed",
            on_click=new_seed,
            args=(prefix,),
            width="stretch",
            help=t("Start from other random weights and data."),
        )


def stops(prefix: str) -> None:
    """Three marked stops of a tanh network's recurrent scale, at usual inputs. 1 is none: the slopes are below 1."""

    def take(radius: float) -> None:
        st.session_state[prefix + "recurrent_scale"] = radius

    with st.container(horizontal=True, gap="small", key="stops"):
        for word, radius in STOPS.items():
            st.button(f"{STOPPED[word]} {radius:g}", key=f"stop-{word}", on_click=take, args=(radius,), type="tertiary")


def matters(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a setting changes anything beside the others; a carried state does where a task has a stream."""
    if name == "start":
        return TASKS[values["task"]].stream is not None
    return name not in idle_fields(SimpleNamespace(**values))


def widget(field: Field, s: Controlled, prefix: str = "") -> Any:
    """The widget of a field, its key the field's name behind the prefix -> its value."""
    more: dict[str, Any] = {}
    if field.name in HEARD:
        more = {"on_change": HEARD[field.name], "args": (s, prefix)}
    if field.name == "clip_threshold":
        more = {"disabled": st.session_state.get(prefix + "clip") == "none"}
    return control(field, prefix + field.name, stops=[getattr(s.config, field.name)] if field.log else (), **more)


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


HEARD = {"task": suit, "start_weights": fit_start}  # what a change of these does at once


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
    shown = (*TASKS[values["task"]].fields, *CORNER[:-1], *others, CORNER[-1])
    return ", ".join(f"{FOLDED[n]} {plain(values[n])}".strip() for n in shown)
