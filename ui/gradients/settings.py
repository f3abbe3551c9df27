"""The settings of the Gradients page, in the address under its prefix; the run itself is the playground's."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from time import monotonic
from typing import Any, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from rnn_core import Config
from rnn_core.analysis.cliff import Preset
from rnn_core.analysis.mistakes import MISTAKES
from rnn_core.config import Field
from rnn_core.words import t
from ui.frame.address import fields_of as fields_of_config
from ui.frame.address import plain, read_own, tidy_own, written
from ui.run.session import Session
from ui.run.visit import LOOKS, address

HERE, PREFIX = LOOKS["Gradients"], "gradients-"
SECTIONS = (
    t("Back through time"), t("What reaches the weights"), t("Over training"), t("Clipping"), t("Truncation"),
    t("The cliff"), t("Levers"), t("Check it yourself"),
)  # fmt: skip
LEVERS = (
    "task",
    "cell",
    "hidden_size",
    "length",
    "initializer",
    "init_scale",
    "input_scale",
    "recurrent_scale",
    "forget_bias",
    "seed",
)
LARGEST = {
    "hidden_size": (1, 32),
    "length": (2, 60),
    "seed": (0, 9999),
    "init_scale": (0, 10),
    "input_scale": (0, 10),
    "recurrent_scale": (0, 5),
    "forget_bias": (-5, 5),
}
RULES = ("none", "value", "norm")
PRESET = Preset()
RESTS = 6  # times as long as pictures took, while the run plays, before they are made again
# What the address says of a mistake, and its name.
ARROWS = {m.title.replace("h_{t−1}", "hₜ₋₁").replace("h_t", "hₜ"): name for name, m in MISTAKES.items()}
Answer = TypeVar("Answer")


class Refusal(str):
    """Why an analysis has no answer."""


def number(name: str, default: float, low: float, high: float, help: str = "") -> Field:
    kind = "int" if isinstance(default, int) else "float"
    return Field(name, default, kind, help, (), low, high, (low, high))


def fields_of(s: Session) -> dict[str, Field]:
    """What the page offers for a run: its time steps, its clipping and its start are the defaults."""
    T, config, own = steps_of(s), s.config, fields_of_config(s.config.task)
    fields = [
        Field("section", SECTIONS[0], "choice", "", SECTIONS),
        number("t", max(1, T // 2), 1, T, t("The same step in every picture of this page.")),
        Field("board", True, "flag", ""),
        Field("rule", config.clip, "choice", "", RULES),
        number("threshold", float(config.clip_threshold), 1e-4, 1000.0),
        number("window", min(T, config.bptt_window) or max(1, T // 4), 1, T),
        number("w", PRESET.start[0], 0.0, 2.5, t("Where the walk starts: slide, or drag the ring in the picture.")),
        number("b", PRESET.start[1], -1.2, 0.6, t("Where the walk starts: slide, or drag the ring in the picture.")),
        number("rate", PRESET.learning_rate, 0.05, 2.0, t("The size of a step, η.")),
        number("limit", PRESET.threshold, 0.05, 3.0, t("The norm at which the clipped walk is cut.")),
        number("walked", 40, 0, PRESET.steps, t("How many steps are shown of both walks.")),
        Field("mistake", next(iter(ARROWS)), "choice", "", tuple(ARROWS)),
    ]
    for name in LEVERS:
        lever = Config.fields()[name]
        low, high = LARGEST.get(name, (lever.low, lever.high))
        value = getattr(config, name)
        default = min(max(value, low), high) if name in LARGEST else value
        fields.append(
            own[name]._replace(
                name=f"lever_{name}", default=type(lever.default)(default), low=low, high=high, screen=(low, high)
            )
        )
    return {each.name: each for each in fields}


def steps_of(s: Session) -> int:
    """T, the time steps of the sequence that is shown."""
    return s.status.T


@dataclass
class Look:
    """What a visitor has chosen on the page, and what was computed for it. chosen: settings that are not the run's own.

    picked: settings that a click in a picture asks for, until the page takes them. seen: the run's Config and T when
    the page last ran; late: whether the address could not be written then.
    unseen: the names of the costly pictures that nobody sees; costly: as they were made last, by name.
    past: what was kept of the run as a film, and of what it is one. taken: the preset that was taken last; takes: how
    many were.
    answers: what the analyses said of the run as it stands; of: the run that they are of.
    """

    chosen: dict[str, Any] = field(default_factory=dict)
    address: dict[str, list[str]] = field(default_factory=dict)
    picked: dict[str, Any] = field(default_factory=dict)
    seen: Any = None
    late: bool = False
    unseen: frozenset[str] = frozenset()
    costly: dict[str, Any] = field(default_factory=dict)
    past: tuple[Any, bytes] = (None, b"")
    taken: str = ""
    takes: int = 0
    answers: dict[Any, Any] = field(default_factory=dict)
    of: Any = None
    made: tuple[Any, float, Any] = (None, float("-inf"), None)  # pictures: for which settings, until when, and they

    def ask(self, s: Session, question: Callable[..., Answer], *args: Any) -> Answer:
        """question(trainer, *args), computed once for the run as it stands. Raises its ValueError again."""
        now = state_of(s)
        if self.of != now:
            self.of, self.answers = now, {}
        key = (question, args)
        if key not in self.answers:
            with s.lock:
                try:
                    self.answers[key] = s.run.ask(question, *args)
                except ValueError as problem:
                    self.answers[key] = Refusal(str(problem))
        result = self.answers[key]
        if isinstance(result, Refusal):
            raise ValueError(result)
        return result

    def sees(self, name: str, seen: bool) -> None:
        """A costly picture came into the window, or left it."""
        self.unseen = self.unseen - {name} if seen else self.unseen | {name}

    def pictures(self, key: Any, make: Callable[[], Answer], patience: float) -> Answer:
        """What make() returns; again the last ones where nothing changed, or while only the run, key[0], did: for
        `patience` seconds, and where they take long for several times as long. patience 0: not then.
        """
        (at, until, result), begin = self.made, monotonic()
        if at is None or at[1:] != key[1:] or (at != key and (begin >= until or not patience)):
            result = make()
            end = monotonic()
            self.made = (key, end + max(patience, RESTS * (end - begin)), result)
        return result


def state_of(s: Session) -> tuple[Any, ...]:
    """The run as it stands: another step, sequence or setting is another."""
    return s.restarts, s.status.step, s.status.sequence, astuple(s.config), s.status.diverged


def look(s: Session) -> Look:
    """This visitor's choices, made from the address on the first visit; nonsense is said, and put right there."""
    fields = fields_of(s)
    if HERE not in st.session_state:
        view = st.session_state[HERE] = Look()
        query = address()
        own = {name: texts for name, texts in query.items() if name.startswith(PREFIX)}
        values, notes = read_own(own, fields, PREFIX)
        s.notes = (*s.notes, *notes)
        view.chosen = {name: value for name, value in values.items() if value != fields[name].default}
        right = {n: texts for n, texts in query.items() if n not in own} | tidy_own(own, values, fields, PREFIX)
        if right != query:
            st.query_params.from_dict(right)
            st.rerun()
    return st.session_state[HERE]


def settings(s: Session, view: Look) -> dict[str, Any]:
    """Every setting as it stands: what a widget says, else what was chosen, else the run's own; within what is offered.

    What no widget holds now, because another section is shown, stays in the address.
    """
    fields, result = fields_of(s), {}
    if view.seen != (s.config, steps_of(s)):
        for name in fields.keys() - view.chosen.keys():  # what nobody chose follows the run
            st.session_state.pop(PREFIX + name, None)
        view.seen = s.config, steps_of(s)
    for name, value in view.picked.items():
        st.session_state[PREFIX + name] = value
    view.picked = {}
    for name, each in fields.items():
        value = st.session_state.get(PREFIX + name, view.chosen.get(name, each.default))
        if each.kind in ("choice", "flag"):
            value = value if value in (each.options or (True, False)) else each.default
        else:
            value = type(each.default)(min(max(value, each.low), each.high))
        result[name] = value
        if PREFIX + name in st.session_state and st.session_state[PREFIX + name] != value:
            st.session_state[PREFIX + name] = value
    return result


def remember(s: Session, view: Look, values: dict[str, Any]) -> None:
    """Keep what differs from the run's own, for the way back; and let the address say which run this is about.

    The address has the settings of the section that is shown: their widgets are bound to it.
    """
    fields = fields_of(s)
    view.chosen = {name: value for name, value in values.items() if value != fields[name].default}
    view.address = {PREFIX + name: [plain(value)] for name, value in view.chosen.items()}
    now, right = address(), written(s.config)
    try:
        for name in now.keys() & Config.fields().keys() - right.keys():
            del st.query_params[name]
        if any(now.get(name) != [text] for name, text in right.items()):
            st.query_params.update(right)
    except StreamlitAPIException:  # coming from the playground, whose widgets hold these names until this run ends
        view.late = not view.late
        if view.late:
            st.rerun()


def key(name: str) -> str:
    """Of the widget that holds a setting."""
    return PREFIX + name
