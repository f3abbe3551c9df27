"""The widget of a field, made from the field's own declaration and bound to the address: the same on every page."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from rnn_core import CELLS, TASKS
from rnn_core.config import Field
from rnn_core.words import t
from ui.controls.names import name_of
from ui.frame.address import grid, offered, plain
from ui.playground.glossary import linked

TITLED: dict[str, Any] = {"task": TASKS, "cell": CELLS}
LABELS = {
    "task": t("Task"),
    "cell": t("Cell"),
    "hidden_size": t("Hidden size"),
    "learning_rate": t("Learning rate"),
    "clip": t("Clip gradients"),
    "clip_threshold": t("Threshold"),
    "length": t("Sequence length"),
    "k": t("Steps to remember, k"),
    "batch_size": t("Batch size"),
    "optimizer": t("Optimizer"),
    "layers": t("Layers"),
    "layer_skip": t("Residual connections between layers"),
    "bptt_window": t("Truncated BPTT: window"),
    "start": t("State at the start"),
    "initializer": t("Initializer"),
    "init_scale": t("Standard deviation of the start"),
    "input_scale": t("Size of the inputs at the start"),
    "start_weights": t("Weights set by hand"),
    "recurrent_scale": t("Spectral radius of W_hh at the start"),
    "forget_bias": t("Forget-gate bias at the start"),
    "teacher_forcing": t("Teacher forcing"),
    "horizon": t("Horizon"),
    "reverse_input": t("Reverse input"),
    "window": t("Window"),
    "learn": t("Learn"),
    "seed": t("Seed"),
    "seeds": t("Seeds"),
    "dtype": t("Precision"),
}
SPREAD = 1000  # whole numbers; more of them are typed


def control(
    field: Field,
    key: str,
    label: str = "",
    *,
    limits: tuple[float, float] | None = None,
    stops: Iterable[float] = (),
    typed: bool = False,
    place: Any = st,
    **more: Any,
) -> Any:
    """Draw it -> its value. label: in place of the field's own. limits: of a number, in place of what the app offers.
    stops: further ones of a slider over decades. typed: a number that is typed. more: as Streamlit's widgets have it.
    """
    titles = "".join(f"\n- {name}: {TITLED[field.name][name].title}" for name in field.options if field.name in TITLED)
    common = {"key": key, "bind": "query-params", "help": linked(field.help) + titles or None, **more}
    label, default = label or label_of(field.name), field.default
    if field.kind == "choice" and len(field.options) <= 3 and field.name != "task":
        return place.segmented_control(label, field.options, default=default, required=True, width="stretch", **common)
    if field.kind == "choice":
        return place.selectbox(label, field.options, index=field.options.index(default), filter_mode=None, **common)
    if field.kind == "flag":
        return place.toggle(label, default, **common)
    if field.log:
        return place.select_slider(label, grid(field, stops), value=default, format_func=plain, **common)
    low, high = limits or offered(field)
    number = int if field.kind == "int" else float
    low, high, default = number(low), number(high), min(number(default), number(high))
    if typed or high - low > SPREAD or (number is float and high - low > 1):
        step: dict[str, Any] = {} if number is int else {"step": 0.1, "format": "%g"}
        return place.number_input(label, low, high, default, **step, **common)
    return place.slider(label, low, high, default, **common)


def label_of(name: str) -> str:
    """What a field is called on the screen."""
    return LABELS.get(name) or name_of(name).capitalize()
