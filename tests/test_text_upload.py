"""Texts that people bring: what is refused, in which words, and what any script becomes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import every
from tests.texts import PNG, RHYME, SCRIPT, small, told
from tests.visiting import undisturbed
from ui.text.desk import SHOWN
from ui.text.scene import scene
from ui.text.upload import LEAST, LIMIT, as_text, pasted

__all__ = ["undisturbed"]  # a fixture that is used here as well

REFUSED = {
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b" \n\t\r\n " * 99, "is empty"),
    "one.txt": (b"a", "is one character"),
    "same.txt": (("\n" + "é" * 450).encode(), "is one character"),
    "short.txt": (b"to be or not to be", f"has 18 characters; a text needs at least {LEAST}"),
    "picture.txt": (PNG, "is a PNG picture"),
    "photo.txt": (b"\xff\xd8\xff\xe0" + bytes(500), "is a JPEG picture"),
    "scan.txt": (b"%PDF-1.7 " + b"x" * 500, "is a PDF document"),
    "letter.txt": (b"PK\x03\x04" + bytes(300), "an office document"),
    "wide.txt": (RHYME.encode("utf-16"), "is UTF-16; save it as UTF-8"),
    "wider.txt": (RHYME.encode("utf-32"), "is UTF-32; save it as UTF-8"),
    "unmarked.txt": (RHYME.encode("utf-16-le"), "looks like UTF-16"),
    "latin.txt": (RHYME.encode() + "naïve café".encode("latin-1"), "line 21 has the byte 0xEF"),
    "mixed.txt": (("Straße\n" * 40).encode() + ("Straße\n" * 40).encode("cp1252"), "line 41 has the byte 0xDF"),
    "nul.txt": (RHYME.encode() + b"a\0b", "has a NUL character in line 21"),
    "large.txt": (b"ab" * (LIMIT // 2 + 1), "2,000,002 bytes; a text may have 2,000,000"),
}


@every(name=REFUSED)
def test_what_is_no_text_is_refused_by_name_in_one_sentence(name: str):
    data, sentence = REFUSED[name]
    with pytest.raises(ValueError, match=r"^'") as refusal:
        as_text(name, data)
    said = str(refusal.value)
    assert said.startswith(repr(name)) and sentence in said
    assert "\n" not in said and len(said) < 250


@every(text=["", "  ", "x" * 999, "short", "a\0b" * 99, "ab" * LIMIT])
def test_what_is_pasted_is_refused_alike(text: str):
    with pytest.raises(ValueError, match=r"^The pasted text (has|is)"):
        pasted(text)


KEPT = {
    "arabic": "السلام عليكم ورحمة الله وبركاته\n" * 20,
    "hebrew": "בראשית ברא אלהים את השמים ואת הארץ\n" * 20,
    "emoji": "🙂🙃👩‍👩‍👧 🇩🇪❤️ " * 40,
    "chinese": "天地玄黃宇宙洪荒日月盈昃辰宿列張" * 20,
    "script": SCRIPT,
    "nearly a picture": "BM is no picture here; GIF neither. " * 20,
    "directions": "a\u202eb\u2066c\u200f d" * 50,
}


@every(name=KEPT)
def test_any_script_is_read_as_it_is_and_can_be_learned(name: str):
    assert as_text("x.txt", KEPT[name].encode()) == pasted(KEPT[name]) == KEPT[name]
    s = small(KEPT[name])
    found = told(s)
    assert found["step"] == 1
    assert set(found["sample"]["texts"][0][1]) <= set(s.letters.symbols)
    assert found["unit"]["text"] == s.passage == KEPT[name][s.letters.cut :][:SHOWN]


def test_line_ends_marks_and_accents_are_put_in_one_form():
    text = RHYME.replace("\n", "\r\n") + "cafe\u0301"
    assert as_text("dos.txt", text.encode("utf-8-sig")) == RHYME + "café"


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_are_a_text_or_a_sentence(data: bytes):
    told = []
    try:
        text = as_text("x.txt", data)
    except ValueError as refusal:
        told = str(refusal).split(" ", 1)
        text = " " * LEAST
    assert len(text) >= LEAST and "\r" not in text
    assert told[:1] in ([], ["'x.txt'"])


def test_a_file_of_two_megabytes_is_learned():
    rng = np.random.default_rng(0)
    text = rng.choice(list(b"abcdefghij \n"), LIMIT).astype("u1").tobytes().decode()
    s = small(as_text("large.txt", text.encode()))
    assert s.perplexity == pytest.approx(12, rel=0.5)
    assert len(scene(s)) < 40_000
