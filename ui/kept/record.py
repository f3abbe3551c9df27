"""A run that is kept, as a record that travels as JSON: what ran, how it went, what it is called. No Streamlit here.

Whatever comes back, from a browser or out of a file, is read as strictly as an address: `read` refuses in one sentence.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import isfinite, isnan
from typing import Any

from rnn_core import Config, Trainer
from rnn_core.config import Field
from rnn_core.history import POINTS
from rnn_core.registry import short
from rnn_core.words import t
from ui.controls.names import name_of
from ui.frame.address import plain

MOST = 30  # runs that are kept
ROOM = 40_000_000  # characters that their states have together
NAME, NOTE, WORD = 60, 300, 120  # characters, at most, of a name, a note, a setting that is a word
PAGES = ("Playground", "Text", "Series", "Compare")
ID = re.compile(r"[0-9a-f]{16}")
LATEST = 2**40  # seconds
TOLD = 3  # differences that make a name, at most
BARE = ("task", "cell", "optimizer", "initializer", "text", "series", "column")  # values that say what they are
SYMBOLS = {"hidden_size": "H", "length": "T", "batch_size": "B"}
MISSING = object()
Value = str | int | float | bool | None


@dataclass(frozen=True)
class Course:
    """How the losses went, thinned: steps (n,), the last of each bucket of 1, 2, 4, … training steps, and the mean of
    what the bucket has, in training and held out; None where it has nothing.
    """

    steps: tuple[int, ...] = ()
    training: tuple[float | None, ...] = ()
    held_out: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A run as it was kept. id: 16 hexadecimal digits. page: where it ran. at: when, in seconds since 1970. own: the
    settings of its page beside those of Config. title: of its task. step, loss, held_out, score, metric: where it
    stood; clipped: the share of its steps that clipping cut. size: characters of its state.
    """

    id: str
    page: str
    name: str
    at: int
    config: Config
    title: str
    step: int
    metric: str
    course: Course
    own: Mapping[str, Value]
    loss: float | None = None
    held_out: float | None = None
    score: float | None = None
    baseline: float | None = None
    clipped: float | None = None
    parameters: int = 0
    diverged: str = ""
    note: str = ""
    pinned: bool = False
    size: int = 0

    @property
    def settings(self) -> dict[str, Value]:
        """All that decided it, by name."""
        return {**asdict(self.config), **self.own}


def kept(trainer: Trainer, id: str, page: str, at: int, own: Mapping[str, Value]) -> Kept:
    """The record of a run as it stands, without a name."""
    shown, history, task = trainer.snapshot(), trainer.history, trainer.task
    ratios, diverged = history["clip_ratio"], ""
    if trainer.diverged:
        diverged = t("{array} at step {step}", array=trainer.diverged.array, step=trainer.diverged.step)
    return Kept(
        id, page, "", at, trainer.config, cut(task.title, WORD), trainer.step, task.metric, course(trainer), dict(own),
        finite(shown.loss), finite(shown.held_out_loss), finite(shown.held_out_metric),
        finite(task.baseline(trainer.config).loss), finite((ratios < 1).mean()) if len(ratios) else None,
        trainer.theta.size, diverged,
    )  # fmt: skip


def course(trainer: Trainer) -> Course:
    """A run's losses, each bucket's mean, five digits of it."""
    result = trainer.history.curve()
    columns = ([finite(x) for x in result[f"{name}_mean"]] for name in ("loss", "held_out_loss"))
    return Course(tuple(map(int, result["step"])), *map(tuple, columns))


def finite(x: Any) -> float | None:
    """Five digits of a number; None where it is not finite."""
    return float(f"{x:.5g}") if isfinite(x) else None


def write(run: Kept) -> dict[str, Any]:
    """The record as JSON has it."""
    return asdict(run) | {"config": asdict(run.config), "own": dict(run.own), "course": asdict(run.course)}


def read(result: object) -> Kept:
    """The record that `write` wrote. Raises ValueError in a few words for what is none."""
    if not isinstance(result, Mapping):
        raise ValueError(t("it is {found} and no record", found=short(result)))
    unknown, lacking = set(result) - set(READERS), {*READERS} - set(result)
    if unknown or lacking:
        name = min(unknown or lacking, key=str)
        raise ValueError(
            t("it has an unknown part {name}", name=short(name)) if unknown else t("it lacks its {name}", name=name)
        )
    parts = {}
    for name, reader in READERS.items():
        try:
            parts[name] = reader(result[name])
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as problem:
            words = str(problem) if name == "config" and isinstance(problem, ValueError) else short(result[name])
            raise ValueError(t("its {name} cannot be read: {words}", name=name, words=words)) from None
    return Kept(**parts)


def check(so: bool) -> None:
    if not so:
        raise ValueError


def of_words(most: int, least: int = 0) -> Any:
    def reader(result: Any) -> str:
        check(isinstance(result, str) and least <= len(result) <= most and result.isprintable())
        return str(result)

    return reader


def of_count(most: int) -> Any:
    def reader(result: Any) -> int:
        check(isinstance(result, int) and not isinstance(result, bool) and 0 <= result <= most)
        return int(result)

    return reader


def of_number(result: Any) -> float | None:
    check(result is None or (isinstance(result, int | float) and not isinstance(result, bool) and isfinite(result)))
    return None if result is None else float(result)


def of_flag(result: Any) -> bool:
    check(isinstance(result, bool))
    return bool(result)


def of_config(result: Any) -> Config:
    if name := next((name for name in result if name not in Config.fields()), ""):
        raise ValueError(t("{name} is no setting", name=short(name)))
    return Config(**result)


def of_own(result: Any) -> dict[str, Value]:
    check(len(result) <= 20)
    name = of_words(NAME, 1)
    return {name(key): of_value(value) for key, value in result.items()}


def of_value(result: Any) -> Value:
    if isinstance(result, str):
        return str(of_words(WORD)(result))
    return result if isinstance(result, bool | int) else of_number(result)


def of_course(result: Any) -> Course:
    steps, *columns = (tuple(result[name]) for name in ("steps", "training", "held_out"))
    check(len(result) == 3 and len(steps) <= POINTS and all(len(column) == len(steps) for column in columns))
    count = of_count(2**53)
    check(all(a < b for a, b in pairwise(steps)))
    training, held_out = (tuple(map(of_number, column)) for column in columns)
    return Course(tuple(map(count, steps)), training, held_out)


def of_id(result: Any) -> str:
    check(isinstance(result, str) and bool(ID.fullmatch(result)))
    return str(result)


def of_page(result: Any) -> str:
    check(result in PAGES)
    return str(result)


READERS = {
    "id": of_id, "page": of_page, "name": of_words(NAME, 1), "at": of_count(LATEST), "config": of_config,
    "title": of_words(WORD), "step": of_count(2**53), "metric": of_words(NAME), "course": of_course, "own": of_own,
    "loss": of_number, "held_out": of_number, "score": of_number, "baseline": of_number, "clipped": of_number,
    "parameters": of_count(2**53), "diverged": of_words(WORD), "note": of_words(NOTE), "pinned": of_flag,
    "size": of_count(ROOM),
}  # fmt: skip


# Names and differences


def same(a: object, b: object) -> bool:
    """Whether two values are one: 1 and 1.0 are, 1 and "1" or True are not, NaN is NaN."""
    numbers = [isinstance(x, int | float) and not isinstance(x, bool) for x in (a, b)]
    if all(numbers):
        return a == b or (isnan(float(a)) and isnan(float(b)))  # type: ignore[arg-type]
    return type(a) is type(b) and a == b


def differences(all_settings: Sequence[Mapping[str, object]]) -> list[str]:
    """The names whose values are not the same in all, in the order in which they come. A name that some lack differs;
    one that all lack is none.
    """
    names = dict.fromkeys(name for settings in all_settings for name in settings)
    values = {name: [settings.get(name, MISSING) for settings in all_settings] for name in names}
    return [name for name, result in values.items() if not all(same(result[0], each) for each in result[1:])]


def label(name: str) -> str:
    """A setting's short name: "H", "learning rate"."""
    return SYMBOLS.get(name) or name_of(name)


def change(name: str, before: object, now: object) -> str:
    """A difference in a few words: "clip none", "H 32 → 8", "layer skip on"."""
    if isinstance(now, bool):
        return t("{setting} on", setting=label(name)) if now else t("{setting} off", setting=label(name))
    if isinstance(now, str):
        return now if name in BARE else f"{label(name)} {now}"
    was = f"{written(before)} → " if isinstance(before, int | float) and not isinstance(before, bool) else ""
    return f"{label(name)} {was}{written(now)}"


def written(value: object) -> str:
    """A value as a person reads it."""
    return "–" if value is None or value is MISSING else plain(value).replace("-", "−" if is_number(value) else "-")


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def named(run: Kept, before: Kept | None) -> str:
    """What a run is called: how it differs from the one that was kept before it."""
    now, was = run.settings, before.settings if before else {}
    subject = [name for name in ("task", "text", "series", "column") if name in now]
    if before is None or any(not same(now[name], was.get(name, MISSING)) for name in subject):
        what = str(now.get("text") or now.get("series") or now["task"])
        return cut(f"{what}, {now['cell']}, H {now['hidden_size']}")
    apart = [name for name in differences([was, now]) if name in now and name != "characters"]
    if not apart:
        return t("the same, step {step}", step=f"{run.step:,}")
    text = ", ".join(change(name, was.get(name), now[name]) for name in apart[:TOLD])
    if len(apart) > TOLD:
        text = t("{changes} and {count} more", changes=text, count=len(apart) - TOLD)
    return cut(text)


def cut(words: object, most: int = NAME) -> str:
    """So much of it as there is room for, on one line."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(words)).strip()
    return line if len(line) <= most else line[: most - 1] + "…"


# Room


def to_go(runs: Iterable[Kept], coming: int) -> list[Kept]:
    """Those that go so that one more, with so many characters, has room: of those not pinned the oldest.

    Raises ValueError in one sentence where that is not enough.
    """
    left, gone = sorted(runs, key=lambda run: run.at), []
    while len(left) >= MOST or sum(run.size for run in left) + coming > ROOM:
        oldest = next((run for run in left if not run.pinned), None)
        if oldest is None:
            raise ValueError(t("There is no room for another kept run, and all are pinned: unpin or delete one first."))
        left.remove(oldest)
        gone.append(oldest)
    return gone


def fits(config: Config, fields: Mapping[str, Field]) -> None:
    """Raises ValueError in one sentence where a page does not offer a value that a run has."""
    for name, field in fields.items():
        low, high = field.screen
        value = getattr(config, name)
        if field.kind in ("int", "float") and high > low and not low <= value <= high:
            raise ValueError(t(
                "its {name} is {value}, and the page has room for {low} to {high}",
                name=name, value=plain(value), low=plain(low), high=plain(high)
            ))


def renamed(run: Kept, **changes: Any) -> Kept:
    """With another name, note or pin; what cannot be one is cut. An empty name leaves the one before."""
    if "name" in changes:
        changes["name"] = cut(changes["name"]) or run.name
    if "note" in changes:
        changes["note"] = cut(changes["note"], NOTE)
    if "pinned" in changes:
        changes["pinned"] = bool(changes["pinned"])
    return replace(run, **changes)
