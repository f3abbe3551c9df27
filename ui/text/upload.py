"""What somebody uploads or pastes, as a text; or one sentence that names it, what is wrong, and the way out.

Nothing is written to disk, nothing is guessed: UTF-8 or refused.
"""

import unicodedata

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
WIDE = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def as_text(name: str, data: bytes) -> str:
    """The text in a file. Raises ValueError in one sentence that begins with the file's name."""
    file = quoted(name)
    if len(data) > LIMIT:
        raise ValueError(f"{file} {too_large(len(data))}")
    if what := kind(data):
        raise ValueError(f"{file} is {what}, not a text; choose a plain text file")
    if wide := next((what for start, what in WIDE.items() if data.startswith(start)), ""):
        raise ValueError(f"{file} is {wide}; save it as UTF-8 and upload it again")
    if data[:1000].count(0) > len(data[:1000]) // 4:
        raise ValueError(f"{file} looks like UTF-16, many of its bytes are 0; save it as UTF-8 and upload it again")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ValueError(
            f"{file} is not all UTF-8: line {line} has the byte 0x{data[problem.start]:02X} where no such byte can be; "
            f"save it as UTF-8 and upload it again"
        ) from None
    return checked(file, text)


def pasted(text: str) -> str:
    """The text that somebody pasted. Raises ValueError in one sentence."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        raise ValueError(f"{PASTED} {too_large(size)}")
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
