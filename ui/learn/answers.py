"""What somebody predicted and what came true: kept in this visit, in the browser's storage, and as a file.

What a browser has stored is anybody's: each lesson's entry is read as strictly as an address, and what is no answer is
left out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from secrets import token_hex
from typing import Any, NamedTuple

import streamlit as st

from rnn_core.lessons import LESSONS, Lesson, Step, Verdict
from rnn_core.lessons.texts import TOO_LARGE, fill
from rnn_core.words import t
from ui import STATIC
from ui.learn.game import Game, read_game

KEY, KEPT, GAME = "learn-answers", "learn-kept", "game"
JS = (STATIC / "learn" / "kept.js").read_text("utf-8")
WORDS = re.compile(r"[^<>&*_`$\\\[\]()#|~:/\n]{0,80}")  # a number that is told as words, of any language
LONGEST = 20_000  # characters of a stored lesson


class Entry(NamedTuple):
    """Of one step: the option that was predicted, the one that came true, None if not yet, and that run's numbers."""

    answer: str | None = None
    right: str | None = None
    numbers: Mapping[str, float | str] = {}

    @property
    def done(self) -> bool:
        return self.right is not None


class Answers(dict[tuple[str, str], Entry]):
    """Entries by the names of lesson and step. problems: sentences on what the browser could not keep or give back.

    visit: another one in each visit; taken: whether what the browser had stored is here. game: how far it was played.
    """

    def __init__(self) -> None:
        super().__init__()
        self.problems: tuple[str, ...] = ()
        self.visit, self.taken = token_hex(8), False
        self.game: Game | None = None

    def of(self, lesson: Lesson, step: Step) -> Entry:
        return self.get((lesson.name, step.name), Entry())

    def predict(self, lesson: Lesson, step: Step, answer: str | None) -> None:
        """Somebody chose an option, or took the choice back."""
        self[lesson.name, step.name] = self.of(lesson, step)._replace(answer=answer)

    def came_true(self, lesson: Lesson, step: Step, verdict: Verdict) -> None:
        """The run has an answer."""
        numbers = {name: plain(value) for name, value in verdict.numbers.items()}
        self[lesson.name, step.name] = self.of(lesson, step)._replace(right=verdict.right, numbers=numbers)

    def done(self, lesson: Lesson) -> int:
        """How many of its steps have been looked at to the end."""
        return sum(self.of(lesson, step).done for step in lesson.steps)

    def next_step(self, lesson: Lesson) -> int:
        """The first that has not, from 1; the first of all where none is left."""
        open_ = [n for n, step in enumerate(lesson.steps, 1) if not self.of(lesson, step).done]
        return open_[0] if open_ else 1

    def forget(self) -> None:
        """All of it, here and in the browser."""
        self.clear()
        self.problems, self.game = (), None

    def stored(self, name: str) -> str:
        """A lesson as the browser keeps it; "" where there is nothing to keep."""
        kept = {step: list(entry) for (lesson, step), entry in self.items() if lesson == name}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""

    def take(self, result: object) -> None:
        """Take what a browser had stored, a JSON text by lesson; of what was answered in this visit nothing changes."""
        if result is None or self.taken:
            return
        self.taken, foreign = True, 0
        answered = dict(result) if isinstance(result, dict) else {}
        if (text := answered.pop(GAME, None)) is not None:
            try:
                self.game = self.game or read_game(text)
            except (TypeError, ValueError, RecursionError):
                foreign = 1
        for lesson, step, entry in entries(answered):
            if entry is None:
                foreign += 1
            elif step and lesson:
                self.setdefault((lesson, step), entry)
        if foreign:
            self.problems = (t("Some of the answers that this browser had stored cannot be read, and are left out."),)

    def as_markdown(self) -> str:
        """Every question that was answered, what was predicted, what came true and why."""
        parts = ["# " + t("My answers"), t("From the lessons of Unrolled, each with the numbers of my own run.")]
        for lesson in LESSONS.values():
            entered = [(step, self.of(lesson, step)) for step in lesson.steps if self.of(lesson, step) != Entry()]
            if entered:
                parts.append(f"## {lesson.title}")
            for step, entry in entered:
                words = lesson.text.steps[step.name]
                predicted = words.in_words(entry.answer) if entry.answer else t("no prediction")
                parts += [f"### {words.ask}", t("My prediction: {answer}", answer=predicted)]
                if entry.right:
                    right = t("What came true: {answer}", answer=words.in_words(entry.right))
                    parts += [right, fill(words.why, entry.numbers)]
        return "\n\n".join(parts) + "\n"


def plain(value: float | str) -> float | str:
    """A number that JSON can hold: what is not finite is told in words."""
    if isinstance(value, str):
        return value
    return float(value) if isfinite(value) else TOO_LARGE


def entries(lessons: Mapping[Any, Any]) -> Iterator[tuple[str, str, Entry | None]]:
    """Lesson, step and entry of all that a browser had stored; None for what is none."""
    for name, text in lessons.items():
        try:
            if name not in LESSONS or len(text) > LONGEST:
                raise ValueError
            steps = {step.name: step for step in LESSONS[name].steps}
            for step, given in dict(json.loads(text)).items():
                yield name, step, entry(LESSONS[name], steps[step], given) if step in steps else None
        except (TypeError, ValueError, RecursionError):
            yield str(name), "", None


def entry(lesson: Lesson, step: Step, given: Any) -> Entry | None:
    """One entry as it was stored; None where it cannot be one."""
    try:
        answer, right, numbers = given
        wanted = lesson.text.steps[step.name].placeholders if right else set()
        fine = all(each is None or step.ask.allows(each) for each in (answer, right)) and set(numbers) == wanted
        return Entry(answer, right, dict(numbers)) if fine and all(map(tellable, numbers.values())) else None
    except (TypeError, ValueError, AttributeError):
        return None


def tellable(value: object) -> bool:
    """Whether it is a number of a text, or the few words that stand for one."""
    if isinstance(value, str):
        return bool(WORDS.fullmatch(value))
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def answers() -> Answers:
    """This visitor's."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Answers()
    return st.session_state[KEY]


def keep(book: Answers) -> None:
    """Give the browser what is to be kept, and take what it had."""
    kept = {name: book.stored(name) for name in LESSONS} | {GAME: book.game.stored() if book.game else ""}
    mount = st.components.v2.component("learn_kept", js=JS)
    mount(
        key=KEPT,
        data={"kept": kept, "visit": book.visit, "taken": book.taken},
        height="content",
        on_found_change=lambda: receive(book),
        on_refused_change=lambda: receive(book),
    )


def receive(book: Answers) -> None:
    """What the browser said: what it had stored, or that it keeps nothing."""
    state = st.session_state.get(KEPT) or {}
    book.take(state.get("found"))
    if state.get("refused"):
        book.problems = (
            t("This browser keeps nothing: its storage is full, or switched off. Your answers last as long as this "
              "tab; “My answers” saves them as a file."),
        )  # fmt: skip
