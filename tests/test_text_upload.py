"""Texts that people bring: what is refused, in which words, and what any script becomes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import every
from tests.texts import PNG, RHYME, SCRIPT, small, told
from tests.visiting import undisturbed
from ui.text.run import SHOWN
from ui.text.scene import scene
from ui.text.upload import LEAST, LIMIT, as_text, pasted, reading_note

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
    "wider.txt": (RHYME.encode("utf-32"), "is UTF-32; save it as UTF-8"),
    "cut.txt": (RHYME.encode("utf-16")[:600] + b"\x00\xd8", "begins as UTF-16 and is none from row 6 on"),
    "broken.txt": (("床前明月光，\n" * 30).encode("gb18030") + b"\xff\xff", "has bytes in line 31 that are no"),
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


@every(text=["", "  ", "x" * 999, "short", "a\0b" * 99, "a\ufffdb" * 99, "ab" * LIMIT])
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


POEM, PROSE = "床前明月光，疑是地上霜。举头望明月，低头思故乡。\n" * 12, "Straße, naïve café à la carte – „so“.\n" * 12
ENCODED = {
    "utf-16": RHYME, "utf-16-le": RHYME, "utf-16-be": RHYME, "gb18030": POEM, "cp1252": PROSE,
    "shift_jis": "吾輩は猫である。名前はまだ無い。\n" * 20, "cp1251": "Мороз и солнце; день чудесный!\n" * 12,
}  # fmt: skip


@every(encoding=ENCODED)
def test_a_text_in_another_encoding_is_read_and_the_encoding_said(encoding: str):
    text = ENCODED[encoding]
    assert as_text("x.txt", text.encode(encoding)) == text
    assert ("was read as" in reading_note("x.txt", text.encode(encoding))) and not reading_note("x.txt", text.encode())


def test_a_line_that_is_not_utf_8_in_a_file_that_is_is_read_too():
    text = "Straße\n" * 60
    assert as_text("x.txt", text.encode() + "Straße\n".encode("cp1252") * 3) == text + "Straße\n" * 3


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
