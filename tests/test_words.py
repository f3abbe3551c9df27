"""Words that a person reads: translated and filled as rnn_core/words.py says, and marked so that Babel finds each."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from rnn_core import words
from rnn_core.lessons import texts
from rnn_core.words import PLACE, catalogue, fill, plural, t
from tests.pseudo import make
from tests.test_layers import ROOT, committed

MARKERS = {"t": 1, "plural": 2}  # and how many messages each has


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("language") / "pseudo"
    make(folder)
    return folder


def test_english_is_as_it_is_written():
    assert t("step {step} of {steps}", step=3, steps=1) == "step 3 of 1"
    assert t(r"\frac{a}{b} in {place}", place="{step}") == r"\frac{a}{b} in {step}"
    assert (plural("{count} step", "{count} steps", 1), plural("{count} step", "{count} steps", 1200)) == (
        "1 step", "1,200 steps")
    assert t("") == ""


def test_a_catalogue_is_another_language(pseudo: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(words, "WORDS", catalogue("unrolled", str(pseudo)))
    assert t("Play") == "⟦Play⟧"
    assert plural("after {count} training step", "after {count} training steps", 2) == "⟦after 2 training steps⟧"
    assert t("of no catalogue") == "of no catalogue"
    assert not isinstance(catalogue("unrolled", "no such language"), GNUTranslations)


def test_what_the_browser_gets_is_every_message_of_its_catalogue(pseudo: Path, monkeypatch: pytest.MonkeyPatch):
    from ui.frame import words as browser

    assert browser.words() is None  # English needs none
    monkeypatch.setattr(browser, "catalogue", lambda domain: catalogue(domain, str(pseudo)))
    found = browser.words.__wrapped__()
    assert found and len(found["messages"]) > 200 and found["form"][:4] == [1, 0, 1, 1]
    forms = [text for text in found["messages"].values() if isinstance(text, list)]
    assert forms and all(len(form) == 2 and all("⟦" in text for text in form) for form in forms)


def test_no_message_begins_or_ends_with_what_joins_it_to_another(pseudo: Path):
    templates = [pseudo / f"{domain}.pot" for domain in ("unrolled", "browser")]
    found = [message.id for template in templates for message in read_po(BytesIO(template.read_bytes()))]
    forms = [form for each in found if each for form in (each if isinstance(each, tuple) else (each,))]
    assert len(forms) > 2000
    assert [form for form in forms if form[0] in " ,;" or form[-1] == " "] == []


def test_what_has_no_translation_is_english(tmp_path: Path):
    assert texts.read("bug", str(tmp_path)) == texts.read("bug", words.ENGLISH)


def test_the_links_of_lessons_lead_to_sections_that_are_there_in_any_language(pseudo: Path):
    code = """from rnn_core.lessons import LESSONS
from ui.gradients.settings import SECTIONS
sections = [v for lesson in LESSONS.values() for n, v in lesson.onward[1].items() if n == "gradients-section"]
print(len(sections), set(sections) <= set(SECTIONS), "⟦" in "".join(sections))"""
    run = [sys.executable, "-c", code]
    answer = subprocess.run(run, cwd=ROOT, env={**os.environ, "UNROLLED_LANGUAGE": str(pseudo)}, capture_output=True)
    assert answer.stdout.split() == [b"6", b"True", b"True"], answer.stderr


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in MARKERS:
                yield node


def faults(source: str) -> list[str]:
    """Markers whose message Babel does not find, or whose places are not what its values are called."""
    tree, found = ast.parse(source), []
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)):
        found += [f"line {call.lineno}: in an f-string, where Babel sees no call" for call in calls(node)]
    for call in calls(tree):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id  # type: ignore[attr-defined]
        given = [a.value for a in call.args[: MARKERS[name]] if isinstance(a, ast.Constant)]
        messages = [message for message in given if isinstance(message, str)]
        if len(messages) != MARKERS[name]:
            found.append(f"line {call.lineno}: no literal message")
        places = {place for message in messages for place in PLACE.findall(message)} - {"count"}
        values = {keyword.arg for keyword in call.keywords} - {"count"}
        if None not in values and values != places and (values or name == "plural"):
            found.append(f"line {call.lineno}: {sorted(map(str, values ^ places))} is a place or a value, and not both")
        if any(message != message.strip(" ") for message in messages):
            found.append(f"line {call.lineno}: spaces at an end, which a translator loses")
    return found


def test_every_marker_is_one_that_babel_finds():
    files = [file for file in committed(".py") if file.startswith(("rnn_core/", "ui/", "pages/", "app.py"))]
    found = [f"{file} {fault}" for file in files for fault in faults((ROOT / file).read_text("utf-8"))]
    assert len(files) > 150 and found == []


@pytest.mark.parametrize("source", [
    "f'<b>{t(\"Play\")}</b>'", "t(f'step {step}')", "t(label)", "t('step {step}', at=3)", "plural('a', b, 2)",
    "plural('{count} step of {steps}', '{count} steps', 2)", "t('Play ')",
])
def test_a_marker_that_is_lost_is_seen(source: str):
    assert faults(source)


def test_fill_leaves_what_it_has_no_value_for():
    assert fill("{a} {b}", {"a": 1}) == "1 {b}"
