"""What a race is made of, out of the page's address and its widgets; all of it stands in the address."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from rnn_core import Config
from rnn_core.config import Field
from rnn_core.presets import PRESETS
from rnn_core.words import t
from ui.compare.race import FEWEST, MOST, MOST_STEPS, SEEDS, Race, Setup
from ui.controls.control import control, label_of
from ui.controls.controls import settle
from ui.frame.address import (
    Notes,
    changed,
    fields_of,
    mend,
    offered,
    plain,
    quoted,
    read_one,
    read_own,
    tidy_own,
)
from ui.frame.settings import hold
from ui.run.visit import OWN, address

HERE, PREFIX = OWN["Compare"], "compare-"
DIFFER = tuple(name for name in Config.fields() if name != "task")  # other tasks have other losses
FIELDS = {
    "differs": Field("differs", "cell", "choice", t("The one setting in which the networks differ."), DIFFER),
    "equal": Field(
        "equal", False, "flag",
        t("Each cell gets the hidden size with which it has as many parameters as the settings below have, as nearly "
          "as can be. Otherwise all have the same hidden size."),
    ),
    "seeds": Field("seeds", 3, "int", t("Each network runs with so many seeds: a line is their mean, its band reaches "
                   "from the least to the largest."), (), 1, SEEDS, (1, SEEDS)),
    "steps": Field("steps", 1000, "int", t("After so many the race comes to its end. Play again, and it goes on for "
                   "as many."), (), 10, MOST_STEPS, (10, MOST_STEPS)),
}  # fmt: skip
# Values worth comparing, where half and twice as much as it is would not be.
WORTH: dict[str, tuple[Any, ...]] = {
    "learning_rate": (0.001, 0.005, 0.02),
    "clip_threshold": (0.1, 1.0, 10.0),
    "init_scale": (0.01, 0.1, 1.0),
    "input_scale": (0.1, 1.0, 5.0),
    "recurrent_scale": (0.5, 1.0, 1.5),
    "forget_bias": (-2.0, 1.0, 3.0),
    "bptt_window": (3, 4, 0),
    "teacher_forcing": (1.0, 0.5, 0.0),
    "layers": (1, 2),
    "seed": (1, 2, 3, 4, 5),
}
OF_MAP = ("show", "across", "down", "xs", "ys", "outcome", "map_seeds", "map_steps")  # ui/compare/plan.py reads them
SHOWN_SEEDS = 3  # with which a preset opens


def of_preset(name: str) -> Setup:
    """A preset as a race of three seeds."""
    preset = PRESETS[name]
    return Setup(preset.base, preset.field, preset.values, preset.equal_parameters, SHOWN_SEEDS, preset.steps)


def preset_of(setup: Setup) -> str:
    """The name of the preset that this is a race of, whatever its seeds; "": of none."""
    wanted = setup._replace(seeds=SHOWN_SEEDS)
    return next((name for name in PRESETS if of_preset(name) == wanted), "")


def suggested(name: str, base: Config) -> tuple[Any, ...]:
    """Values of a field to begin with, of which base has those that go with it."""
    field = Config.fields()[name]
    now, (low, high) = getattr(base, name), offered(field)
    if field.kind == "flag":
        return (False, True)
    around = (int(min(max(value, low), high)) for value in (now // 2, now, 2 * now)) if field.kind == "int" else ()
    values = field.options or WORTH.get(name) or tuple(sorted(set(around)))
    return tuple(value for value in values if goes(base, {name: value}))[:MOST] or values[:MOST]


def goes(base: Config, changes: dict[str, Any]) -> bool:
    """Whether there is a Config with these changes."""
    try:
        changed(base, changes)
    except ValueError:
        return False
    return True


def parsed(name: str, text: str) -> tuple[Any, ...]:
    """The values in a list that somebody wrote, with commas. Raises ValueError in one sentence that names the value."""
    values = []
    for part in filter(None, map(str.strip, text.split(","))):
        value, problem = read_one(Config.fields()[name], part)
        if problem:
            raise ValueError(problem)
        if value in values:
            raise ValueError(t("{name} has the value {value} twice; each must differ", name=name, value=plain(value)))
        values.append(value)
    return tuple(values)


def read(query: Mapping[str, list[str]]) -> tuple[Setup, Notes]:
    """A race that can be run, out of an address, and what was put right."""
    name = (query.get("preset") or [""])[-1]
    if name in PRESETS:
        return of_preset(name), ()
    notes, among = [], ", ".join(PRESETS)
    if name:
        notes.append(t("preset is {value}; it must be one of {options}.", value=quoted(name), options=among))
    texts = {bare(name): texts[-1] for name, texts in query.items() if texts}
    task, _ = read_one(Config.fields()["task"], texts.get("task", Config().task))
    others = {n: texts for n, texts in query.items() if bare(n) not in ("values", "preset")}
    values, complaints = read_own(others, fields_of(task) | FIELDS, PREFIX)
    base, mended = mend({name: values[name] for name in Config.fields()})
    notes += [*complaints, *mended]
    setup = Setup(base, values["differs"], (), *(values[name] for name in ("equal", "seeds", "steps")))
    worth = setup._replace(values=suggested(setup.field, base))
    tries = [worth, worth._replace(field="cell", values=suggested("cell", base))]
    if "values" in texts:
        try:
            tries.insert(0, setup._replace(values=parsed(setup.field, texts["values"])))
        except ValueError as problem:
            notes.append(t("{problem}. So the values are {values}.", problem=problem, values=listed(worth)))
    for result in tries:
        try:
            result.contestants()
            return result, tuple(notes)
        except ValueError as problem:
            notes.append(t("{problem}. So it is raced with other values.", problem=problem))
    return Setup(Config(), "cell", suggested("cell", Config()), False, setup.seeds, setup.steps), tuple(notes)


def bare(name: str) -> str:
    return name.removeprefix(PREFIX)


def listed(setup: Setup) -> str:
    """The values with commas, as `parsed` reads them."""
    return ", ".join(map(plain, setup.values))


def tidy(query: Mapping[str, list[str]], setup: Setup) -> dict[str, list[str]]:
    """The address of a race; names that are nobody's settings stay as they are."""
    own = own_of(setup)
    fields = fields_of(setup.base.task) | FIELDS
    base = {name: getattr(setup.base, name) for name in Config.fields()}
    others = {n: texts for n, texts in query.items() if bare(n) not in ("values", "preset")}
    others = {PREFIX + n if n in (*OF_MAP, "smoothing") else n: texts for n, texts in others.items()}
    own_names = {name: [text] for name, text in unsaid(setup).items()}
    return tidy_own(others, {**base, **{n: own[n] for n in FIELDS}}, fields, PREFIX) | own_names


def own_of(setup: Setup) -> dict[str, Any]:
    return {"differs": setup.field, "equal": setup.equal, "seeds": setup.seeds, "steps": setup.steps}


def unsaid(setup: Setup) -> dict[str, str]:
    """What no widget holds in the address: what differs, and its values where they are not those suggested."""
    result = {}
    if setup.field != FIELDS["differs"].default:
        result[PREFIX + "differs"] = setup.field
    if setup.values != suggested(setup.field, setup.base):
        result[PREFIX + "values"] = ",".join(map(plain, setup.values))
    return result


def say(right: Mapping[str, str], names: Iterable[str]) -> dict[str, list[str]]:
    """Let the address say of these names, which no widget holds, what is right, and no more -> the address.

    In one message, which is one step of the browser's way back: an empty list takes a name out.
    """
    gone = [PREFIX + name for name in names if PREFIX + name in st.query_params and PREFIX + name not in right]
    none: dict[str, list[str]] = {name: [] for name in gone}
    if none or any(st.query_params.get(name) != text for name, text in right.items()):
        st.query_params.update({**right, **none})
    return address()


def what_differs(race: Race) -> None:
    """The widgets of what differs; what they say is wanted, or why it cannot be."""
    own = own_of(race.setup)
    hold(PREFIX, own)
    back = race.listed.came_back(listed_now())
    if back:
        query = st.query_params.get(PREFIX + "differs", FIELDS["differs"].default)
        st.session_state[PREFIX + "differs"] = query if query in DIFFER else race.setup.field
    field = st.selectbox(t("What differs"), DIFFER, format_func=label_of, filter_mode=None, key=PREFIX + "differs",
                         help=FIELDS["differs"].help)  # fmt: skip
    race.problem = ""
    now = race.setup.values if field == race.setup.field else suggested(field, race.setup.base)
    if back:
        now = listed_in(st.query_params.get(PREFIX + "values", ""), field, race.setup.base)
        st.session_state.pop(f"{PREFIX}values-{field}", None)
    try:
        values = values_of(field, now, "values", t("Values, {low} to {high}", low=FEWEST, high=MOST))
    except ValueError as problem:
        race.problem, values = str(problem), race.setup.values
    equal = race.setup.equal
    if field == "cell":
        equal = control(FIELDS["equal"], PREFIX + "equal", t("Equal number of parameters"))
    seeds = race.setup.seeds
    if field != "seed":
        seeds = control(FIELDS["seeds"], PREFIX + "seeds", t("Seeds"))
    steps = control(FIELDS["steps"], PREFIX + "steps", t("Training steps"), step=100)
    race.wanted = Setup(race.setup.base, field, values, equal and field == "cell", seeds, steps)


def listed_now() -> str:
    """What differs and its values, as they stand in the address."""
    return " ".join(st.query_params.get(PREFIX + name, "") for name in ("differs", "values"))


def listed_in(text: str, name: str, base: Config) -> tuple[Any, ...]:
    """The values of a field that an address lists; those suggested where it lists none."""
    try:
        return parsed(name, text) if text else suggested(name, base)
    except ValueError:
        return suggested(name, base)


def values_of(name: str, now: Sequence[Any], key: str, label: str) -> tuple[Any, ...]:
    """The widget for a list of a field's values, those of now first. Raises ValueError in one sentence for a list that
    cannot be.
    """
    field, key = Config.fields()[name], f"{PREFIX}{key}-{name}"
    if field.kind == "flag":
        return (False, True)
    if field.kind == "choice":
        st.session_state.setdefault(key, list(now))
        result = st.pills(label, field.options, selection_mode="multi", key=key)
        return tuple(sorted(result, key=[*now, *field.options].index))
    st.session_state.setdefault(key, ", ".join(map(plain, now)))
    low, high = map(plain, offered(field))
    typed = st.text_input(t("{label}, with commas", label=label), key=key,
                          help=t("Each from {low} to {high}.", low=low, high=high))  # fmt: skip
    return parsed(name, typed or "")


def settle_at(setup: Setup) -> None:
    """Let every widget of the page stand at this race from the next time it is drawn."""
    settle(setup.base, PREFIX)
    for name, value in own_of(setup).items():
        st.session_state[PREFIX + name] = value
    for name in [str(key) for key in st.session_state if str(key).startswith(f"{PREFIX}values-")]:
        del st.session_state[name]


def differing(setup: Setup) -> list[dict[str, Any]]:
    """What the contestants have each for themselves, for the controls that are drawn where any needs them."""
    return [{setup.field: value} for value in setup.values]


def shared(setup: Setup) -> tuple[str, ...]:
    """Fields that no control of the base shows: the one that differs; of cells with as many parameters, the base's own
    counts.
    """
    return () if setup.equal else (setup.field,)

