"""What somebody uploads or pastes, as a text; or one sentence that names it, what is wrong, and the way out.

Nothing is written to disk. The encoding is guessed as of a table, and the text is there to be seen.
"""

import unicodedata

from rnn_core.tasks.text import OTHER
from ui.controls.encodings import decode_as, guess_encoding, is_utf8
from ui.frame.address import quoted

LIMIT = 2_000_000  # bytes
LEAST = 200  # characters
PASTED = "The pasted text"

# How files begin that are no text. https://www.iana.org/assignments/media-types, and the formats' own documents.
BEGINNINGS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
    b"{\\rtf": "a rich text document",
}
UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")


def as_text(name: str, data: bytes) -> str:
    """The text in a file. Raises ValueError in one sentence that begins with the file's name."""
    file = quoted(name)
    if len(data) > LIMIT:
        raise ValueError(f"{file} {too_large(len(data))}")
    if what := kind(data):
        raise ValueError(f"{file} is {what}, not a text; choose a plain text file")
    if data.startswith(UTF_32):
        raise ValueError(f"{file} is UTF-32; save it as UTF-8 and upload it again")
    try:
        text, _ = decode_as(data, guess_encoding(data).name)
    except ValueError as problem:
        raise ValueError(f"{file} was not read: {problem}") from None
    if (at := text.find(OTHER)) >= 0:
        line = text.count("\n", 0, at) + 1
        raise ValueError(f"{file} has bytes in line {line} that are no character; save it as UTF-8 and upload it again")
    return checked(file, text)


def reading_note(name: str, data: bytes) -> str:
    """A sentence about the encoding, where it was guessed."""
    guess = guess_encoding(data)
    if guess.name == "utf-8" and is_utf8(data):
        return ""
    return f"{quoted(name)} was read as {guess.name}; if a letter looks wrong, save it as UTF-8 and upload it again."


def pasted(text: str) -> str:
    """The text that somebody pasted. Raises ValueError in one sentence."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        raise ValueError(f"{PASTED} {too_large(size)}")
    if OTHER in text:
        line = text.count("\n", 0, text.index(OTHER)) + 1
        raise ValueError(f"{PASTED} has a {OTHER} in line {line}, a character that was lost; copy it once more")
    return checked(PASTED, text)


def too_large(size: int) -> str:
    """What is said of a text of so many bytes."""
    return f"has {size:,} bytes; a text may have {LIMIT:,}: cut a part out of it"


def checked(name: str, text: str) -> str:
    """The text with one kind of line end and composed accents (NFC), if a network can learn from it."""
    if (nul := text.find("\0")) >= 0:
        line = text.count("\n", 0, nul) + 1
        raise ValueError(f"{name} has a NUL character in line {line}, which no text has; take it out and try again")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise ValueError(f"{name} is empty; a text needs at least {LEAST} characters")
    if len(set(text.strip())) == 1:
        raise ValueError(
            f"{name} is one character, {quoted(text.strip()[0])}, and no other: nothing is to be foretold in it; "
            f"choose a text of several kinds of characters"
        )
    if len(text) < LEAST:
        raise ValueError(f"{name} has {len(text)} characters; a text needs at least {LEAST}: add more of it")
    return text


def kind(data: bytes) -> str:
    """What a file is that begins like no text, in words; "" if it may be one."""
    if data[:4] == b"RIFF":
        return {b"WEBP": "a WebP picture", b"WAVE": "a sound"}.get(data[8:12], "")
    if data[:2] == b"BM" and 0 in data[:30]:  # a text may begin with BM
        return "a bitmap picture"
    return next((what for start, what in BEGINNINGS.items() if data.startswith(start)), "")
