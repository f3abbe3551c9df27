"""A lesson's words: one Markdown file for each lesson and language, read into records.

# Title
The question that the lesson answers.

## name of a step                  what is on the board, in a sentence or two
### ask                            the question, then "- option: in words" for each option
### do                             what to press or to look at
### set choice                     what is chosen by hand, then "- option: in words" for each option
### while name                     of a run that is not yet what is asked for: what it does, with its numbers
### why                            what the run has shown; {number} and {number:%} are the check's
### if option                      what would have been true, for each option but the right one;
                                   of a number, where it is too "low" and too "high"

## open                            a question that the lesson leaves, and below "### link" the link's words
"""

import re
from collections.abc import Mapping
from functools import cache
from math import floor, isfinite, log10
from pathlib import Path
from typing import NamedTuple

from rnn_core.words import ENGLISH, t

FOLDER = Path(__file__).parent
TOO_LARGE = t("more than a number can hold")
PLACEHOLDER = re.compile(r"\{(\w+)(?::(%))?\}")
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class StepText(NamedTuple):
    """The words of one step. options: by name, in words, none of a number; otherwise: by the name of a wrong option;
    choices: what is set by hand, its label and options; meanwhile: of a run that is not yet what is asked for.
    """

    intro: str
    ask: str
    options: Mapping[str, str]
    do: str
    why: str
    otherwise: Mapping[str, str]
    choices: Mapping[str, tuple[str, Mapping[str, str]]]
    meanwhile: Mapping[str, str]

    def in_words(self, answer: str) -> str:
        """An option in words, or the number itself."""
        return self.options.get(answer, answer)

    @property
    def placeholders(self) -> set[str]:
        """The names of the numbers in it."""
        return {name for part in (self.why, *self.otherwise.values()) for name, _ in PLACEHOLDER.findall(part)}


class Text(NamedTuple):
    """The words of one lesson. open, link: its last question, and the words of the link to where it is looked into."""

    title: str
    question: str
    steps: Mapping[str, StepText]
    open: str
    link: str


@cache
def read(name: str, language: str) -> Text:
    """A lesson's words, English where the language has none. Raises ValueError, naming the file, for one that is not as
    the module's docstring says.
    """
    own, english = (FOLDER / each / f"{name}.md" for each in (language, ENGLISH))
    file = own if own.is_file() else english
    try:
        text = re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", file.read_text("utf-8"))
        head, *parts = re.split(r"^## ", text, flags=re.M)
        title, question = head.removeprefix("# ").split("\n", 1)
        sections = {part.split("\n", 1)[0].strip(): part.split("\n", 1)[1] for part in parts}
        last = subsections(sections.pop("open"))
        steps = {step: read_step(subsections(text)) for step, text in sections.items()}
        return Text(title.strip(), joined(question), steps, last[""], last["link"])
    except (KeyError, IndexError) as problem:
        raise ValueError(f"{file.name} of language {language} lacks {problem}") from None


def subsections(text: str) -> dict[str, str]:
    """What stands below each heading of the third level, and before the first as ""."""
    first, *parts = re.split(r"^### ", text, flags=re.M)
    named = (part.split("\n", 1) for part in parts)
    return {"": joined(first)} | {name.strip(): joined(body) for name, body in named}


def read_step(parts: dict[str, str]) -> StepText:
    question, named = with_options(parts["ask"])
    choices = {name: with_options(text) for name, text in beginning(parts, "set ").items()}
    otherwise, meanwhile = beginning(parts, "if "), beginning(parts, "while ")
    return StepText(parts[""], question, named, parts["do"], parts["why"], otherwise, choices, meanwhile)


def beginning(parts: Mapping[str, str], word: str) -> dict[str, str]:
    """The parts whose heading begins with a word, by the rest of it."""
    return {name.removeprefix(word): text for name, text in parts.items() if name.startswith(word)}


def with_options(text: str) -> tuple[str, dict[str, str]]:
    """A sentence, and the options below it in words, by name."""
    first, *options = re.split(r"^- ", text, flags=re.M)
    return first.strip(), dict(option.strip().split(": ", 1) for option in options)


def joined(text: str) -> str:
    """Lines of a paragraph as one line; an option or a row of a table keeps its own."""
    return re.sub(r"(?<!\n)\n(?![\n|-])", " ", text.strip())


def fill(text: str, numbers: Mapping[str, float | str]) -> str:
    """The text with the numbers put in; {name:%} as per cent."""
    return PLACEHOLDER.sub(lambda result: written(numbers[result[1]], result[2] == "%"), text)


def percent(share: float) -> str:
    """Whole per cents, never apart from their sign."""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def written(value: float | str, share: bool = False) -> str:
    """A number as a person writes it: 1,240, 0.31, 2.1 × 10⁻⁶, 98 %; what is a string already stays."""
    if isinstance(value, str):
        return value
    if value < 0:
        return f"−{written(-value, share)}"
    if share:
        return percent(0.99 if 0.99 < value < 1 else value)  # 100 % is all of them
    if not isfinite(value):
        return TOO_LARGE
    if value == int(value) and value < 1e6:
        return f"{int(value):,}"
    if 1e-3 <= value < 1e5:
        return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.3g}"
    power = floor(log10(value))
    digits = f"{value / 10.0**power:.1f}"
    if digits == "10.0":
        digits, power = "1.0", power + 1
    return f"{digits}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10{str(power).translate(SUPERSCRIPT)}"
