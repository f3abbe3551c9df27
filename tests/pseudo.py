"""A language that is none: every message of the catalogues in brackets, ⟦so⟧. A word that is bare on a page in it is
not marked, or not extracted. It is made as docs/languages.md makes any, by pybabel's commands.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from rnn_core.lessons.texts import FOLDER
from tests.test_layers import ROOT

# Of a lesson's file: a heading that is read, one that is a name, and how an option and a row of a table begin.
TITLE, NAME, OPTION = re.compile(r"(# )(.*)"), re.compile(r"##"), re.compile(r"(- [^:]+: )(.*)")


def bracketed(text: str) -> str:
    """What stands before a colon by itself, for of a task's title that part alone is a heading."""
    first, colon, rest = text.partition(": ")
    return f"⟦{first}⟧{colon}⟦{rest}⟧" if colon else f"⟦{text}⟧"


def make(folder: Path) -> None:
    """The language, in a folder that UNROLLED_LANGUAGE may name: both catalogues, and every lesson."""
    (folder / "LC_MESSAGES").mkdir(parents=True)
    for command in commands():
        domain = Path(command[command.index("-o") + 1])
        template = folder / domain
        command[command.index("-o") + 1] = str(template)
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, capture_output=True)
        with template.open("rb") as opened:
            catalogue = read_po(opened)
        for message in catalogue:
            if message.id:
                forms = message.id if isinstance(message.id, tuple) else (str(message.id),)
                strings = tuple(bracketed(str(form)) for form in forms)
                message.string = strings if len(strings) > 1 else strings[0]
        with (folder / "LC_MESSAGES" / domain.with_suffix(".mo")).open("wb") as opened:
            write_mo(opened, catalogue)
    for file in (FOLDER / "en").glob("*.md"):
        (folder / file.name).write_text("\n".join(lesson(file.read_text("utf-8").split("\n"))), "utf-8")


def commands() -> Iterator[list[str]]:
    """How docs/languages.md extracts what is to be translated, as a module and its arguments."""
    text = (ROOT / "docs" / "languages.md").read_text("utf-8")
    for line in re.findall(r"^pybabel extract .*$", text, re.MULTILINE):
        yield ["babel.messages.frontend", *shlex.split(line)[1:]]


def lesson(lines: list[str]) -> Iterator[str]:
    """The lines of a lesson's file, its words in brackets, its structure as it is."""
    paragraph: list[str] = []  # lines that belong together
    for line in [*lines, ""]:
        if line and not line.startswith(("#", "- ", "|")):
            paragraph.append(line)
            continue
        if paragraph:
            first = OPTION.fullmatch(paragraph[0])
            words = "\n".join([first[2], *paragraph[1:]] if first else paragraph)
            yield from ((first[1] if first else "") + bracketed(words)).split("\n")
            paragraph = []
        if OPTION.fullmatch(line):
            paragraph = [line]
        elif title := TITLE.fullmatch(line):
            yield title[1] + bracketed(title[2])
        elif line.startswith("|") and not set(line) <= set("|-: "):
            yield "|".join(bracketed(cell) if cell.strip() else cell for cell in line.split("|"))
        else:
            yield line
