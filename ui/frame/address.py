"""A page's address as a Config: whatever somebody typed becomes a run, and what could not be is said in a sentence."""

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from rnn_core import TASKS, Config
from rnn_core.config import Field
from rnn_core.words import t

LONGEST = 40  # characters of somebody's text in a sentence
Notes = tuple[str, ...]  # sentences
OURS = ("autoplay", "speed", "presentation", "first")  # in the address, too, but no part of a run


@cache
def fields_of(task: str) -> dict[str, Field]:
    """The playground's settings, with what a task wants as their defaults."""
    wanted = TASKS[task].defaults
    return {
        name: field._replace(default=wanted.get(name, field.default), screen=offered(field))
        for name, field in Config.fields().items()
    }


def read(address: Mapping[str, list[str]]) -> tuple[Config, Notes]:
    """Names and their strings, several where one came twice -> a Config that can run, and what was put right. What is
    not said is as the task wants it.
    """
    task, _ = read_one(Config.fields()["task"], (address.get("task") or [Config().task])[-1])
    values, notes = read_own(address, fields_of(task), "")
    config, complaints = mend(values)
    return config, (*notes, *complaints)


def read_own(
    address: Mapping[str, list[str]], fields: Mapping[str, Field], prefix: str
) -> tuple[dict[str, Any], Notes]:
    """The same for a page with settings of its own: each name's value, the default where none was asked, and what was
    put right. fields: what the page offers. prefix: before the names that its widgets write; a link may leave it out.
    """
    values, notes = {name: field.default for name, field in fields.items()}, []
    for name, texts in address.items():
        bare = name.removeprefix(prefix)
        if field := fields.get(bare):
            values[bare], problem = read_one(field, texts[-1] if texts else "", field.screen)
            notes += [t("{problem}, so {used} is used.", problem=problem, used=plain(values[bare]))] if problem else []
        elif bare not in OURS and (meant := difflib.get_close_matches(bare[:LONGEST], fields, 1, 0.8)):
            notes.append(t("{name} is no setting and is left out; did you mean {meant}?",
                          name=quoted(name), meant=meant[0]))
    return values, tuple(notes)


def tidy_own(
    address: Mapping[str, list[str]], values: Mapping[str, Any], fields: Mapping[str, Field], prefix: str
) -> dict[str, list[str]]:
    """The address as that page's widgets would write it; names that are nobody's settings stay as they are."""
    others = {n: t for n, t in address.items() if n.removeprefix(prefix) not in fields and len(n) <= LONGEST}
    own = {prefix + n: [plain(values[n])] for n, field in fields.items() if values[n] != field.default}
    return others | own


def read_one(field: Field, text: str, limits: tuple[float, float] | None = None) -> tuple[Any, str]:
    """The value that a string stands for, or the nearest on offer, or the default; and why, if not the first.

    limits: what a page offers of a number, where that is not what the playground does.
    """
    low, high = limits or offered(field)
    bounds = {"low": plain(low), "high": plain(high)}
    whole = t("a whole number from {low} to {high}", **bounds)
    allowed = whole if field.kind == "int" else t("a number from {low} to {high}", **bounds)
    try:
        number = float(text) if field.kind in ("int", "float") else math.nan
    except ValueError:
        number = math.nan
    try:
        value = field.parse(text)
        if field.kind not in ("int", "float") or low <= value <= high:
            return value, ""
    except ValueError:
        pass
    used = field.default
    if math.isfinite(number):
        near = min(max(number, low), high)
        used = round(near) if field.kind == "int" else near
    must = allowed if field.kind in ("int", "float") else field.allowed
    return used, t("{name} is {value}; it must be {allowed}", name=field.name, value=quoted(text), allowed=must)


def mend(values: Mapping[str, Any]) -> tuple[Config, Notes]:
    """Values good each by itself -> a Config; where they do not go together, one of them goes back to its default."""
    try:
        return Config(**values), ()
    except ValueError as problem:
        task = values.get("task", Config().task)
        for name in (*TASKS[task].fields, *(name for name in values if name != "task"), "task"):
            try:
                config = Config(**{**values, name: fields_of(task)[name].default})
            except ValueError:
                continue
            value = plain(getattr(config, name))
            return config, (t("{problem}. So {name} is {value}.", problem=problem, name=name, value=value),)
        return Config(), (t("{problem}. So everything is at its default.", problem=problem),)


def written(config: Config) -> dict[str, str]:
    """What the address says of a Config: the task, and what differs from what it wants, as the controls write it."""
    fields, values = fields_of(config.task), dataclasses.asdict(config)
    return {name: plain(value) for name, value in values.items() if value != fields[name].default}


def offered(field: Field) -> tuple[float, float]:
    """The range that the app offers of a number, every task's wish in it: nobody may take the whole server."""
    low, high = field.screen if field.screen != (0, 0) else (field.low, field.high)
    wishes = [
        float(str(task.defaults[field.name])) for task in TASKS.values() if field.name in task.defaults and high > low
    ]
    return min([low, *wishes]), max([high, *wishes])


def plain(value: object) -> str:
    """A value as a person writes it: 1 for 1.0, true for True; a float keeps every digit it needs."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def quoted(text: str) -> str:
    """Somebody's text as it stands in a sentence: short, printable, and nothing in it is read as Markdown or HTML."""
    short = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return repr(short)


def changed(config: Config, values: Mapping[str, Any]) -> Config:
    """The Config with these values. Raises ValueError in one sentence where they do not go together."""
    return dataclasses.replace(config, **values)


def grid(field: Field, extra: Iterable[float] = ()) -> list[float]:
    """The stops of a slider for a logarithmic field: six in a decade, and whatever else somebody asked for."""
    low, high = offered(field)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    stops = {float(f"{m}e{d}") for d in decades for m in ("1", "1.5", "2", "3", "5", "7")}
    return sorted(s for s in stops | {*extra, field.default} if low <= s <= high)
