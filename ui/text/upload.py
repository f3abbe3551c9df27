"""What somebody uploads or pastes, as a text; or one sentence that names it, what is wrong, and the way out.

Nothing is written to disk. The encoding is guessed as of a table, and the text is there to be seen.
"""

import unicodedata

from rnn_core.tasks.text import OTHER
from rnn_core.words import t
from ui.controls.encodings import decode_as, guess_encoding, is_utf8
from ui.frame.address import quoted

LIMIT = 2_000_000  # bytes
LEAST = 200  # characters
PASTED = t("The pasted text")

# How files begin that are no text. https://www.iana.org/assignments/media-types, and the formats' own documents.
BEGINNINGS = {
    b"\x89PNG": t("a PNG picture"),
    b"\xff\xd8\xff": t("a JPEG picture"),
    b"GIF8": t("a GIF picture"),
    b"%PDF": t("a PDF document"),
    b"PK\x03\x04": t("a zip archive or an office document"),
    b"\xd0\xcf\x11\xe0": t("an old office document"),
    b"\x1f\x8b": t("a gzip archive"),
    b"\x7fELF": t("a program"),
    b"{\\rtf": t("a rich text document"),
}
UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")


def as_text(name: str, data: bytes) -> str:
    """The text in a file. Raises ValueError in one sentence that begins with the file's name."""
    file = quoted(name)
    if len(data) > LIMIT:
        raise ValueError(too_large(file, len(data)))
    if what := kind(data):
        raise ValueError(t("{file} is {what}, not a text; choose a plain text file", file=file, what=what))
    if data.startswith(UTF_32):
        raise ValueError(t("{file} is UTF-32; save it as UTF-8 and upload it again", file=file))
    try:
        text, _ = decode_as(data, guess_encoding(data).name)
    except ValueError as problem:
        raise ValueError(t("{file} was not read: {problem}", file=file, problem=problem)) from None
    if (at := text.find(OTHER)) >= 0:
        line = text.count("\n", 0, at) + 1
        raise ValueError(t(
            "{file} has bytes in line {line} that are no character; save it as UTF-8 and upload it again",
            file=file, line=line
        ))
    return checked(file, text)


def reading_note(name: str, data: bytes) -> str:
    """A sentence about the encoding, where it was guessed."""
    guess = guess_encoding(data)
    if guess.name == "utf-8" and is_utf8(data):
        return ""
    return t(
        "{file} was read as {encoding}; if a letter looks wrong, save it as UTF-8 and upload it again.",
        file=quoted(name), encoding=guess.name
    )


def pasted(text: str) -> str:
    """The text that somebody pasted. Raises ValueError in one sentence."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        raise ValueError(too_large(PASTED, size))
    if OTHER in text:
        line = text.count("\n", 0, text.index(OTHER)) + 1
        raise ValueError(t(
            "{name} has a {character} in line {line}, a character that was lost; copy it once more",
            name=PASTED, character=OTHER, line=line
        ))
    return checked(PASTED, text)


def too_large(name: str, size: int) -> str:
    """What is said of a text of so many bytes."""
    return t(
        "{name} has {size} bytes; a text may have {most}: cut a part out of it",
        name=name, size=f"{size:,}", most=f"{LIMIT:,}"
    )


def checked(name: str, text: str) -> str:
    """The text with one kind of line end and composed accents (NFC), if a network can learn from it."""
    if (nul := text.find("\0")) >= 0:
        line = text.count("\n", 0, nul) + 1
        raise ValueError(t(
            "{name} has a NUL character in line {line}, which no text has; take it out and try again",
            name=name, line=line
        ))
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise ValueError(t("{name} is empty; a text needs at least {least} characters", name=name, least=LEAST))
    if len(set(text.strip())) == 1:
        raise ValueError(t(
            "{name} is one character, {character}, and no other: nothing is to be foretold in it; choose a text of "
            "several kinds of characters", name=name, character=quoted(text.strip()[0])
        ))
    if len(text) < LEAST:
        raise ValueError(t(
            "{name} has {count} characters; a text needs at least {least}: add more of it",
            name=name, count=len(text), least=LEAST
        ))
    return text


def kind(data: bytes) -> str:
    """What a file is that begins like no text, in words; "" if it may be one."""
    if data[:4] == b"RIFF":
        return {b"WEBP": t("a WebP picture"), b"WAVE": t("a sound")}.get(data[8:12], "")
    if data[:2] == b"BM" and 0 in data[:30]:  # a text may begin with BM
        return t("a bitmap picture")
    return next((what for start, what in BEGINNINGS.items() if data.startswith(start)), "")
