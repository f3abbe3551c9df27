"""A file's bytes as text: what is no table is refused by its kind."""

import json
import re

from ui.controls.encodings import ENCODINGS, decode_as, guess_encoding
from ui.series.reading.choice import Choice

BYTES = 5_000_000
FOREIGN = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"RIFF": "a picture, a sound or a film",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old workbook",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
}
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")
CONTROLS = [chr(code) for code in (*range(1, 9), *range(14, 32), 0x7F)]


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, Choice, list[str]]:
    """The text, its encoding, notes. Raises ValueError in one sentence that begins with "it" for what is no table."""
    if len(data) > BYTES:
        raise ValueError(too_large(len(data)))
    refuse_foreign(data, name)
    guess = Choice(*guess_encoding(data), ENCODINGS)
    choice = guess.or_given(encoding)
    if choice.value not in ENCODINGS:
        raise ValueError(f"it cannot be read as {str(choice.value)[:40]!r}; choose one of {', '.join(ENCODINGS)}")
    text, notes = decode_as(data, choice.value)
    if "\0" in text or sum(map(text.count, CONTROLS)) > len(text) / 100:
        raise ValueError("it is not text but something else's bytes; save the table as CSV and try again")
    refuse_markup(text)
    if not guess.safe and guess.value == choice.value:
        notes.append(f"The text is read as {choice.value}; if a name looks wrong, choose another encoding.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), choice, notes


def too_large(size: float) -> str:
    """The refusal of a file of so many bytes."""
    return (
        f"it has {size / 1e6:.1f} MB and at most {BYTES / 1e6:.0f} MB can be read; "
        "keep only the columns and rows that you need"
    )


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise ValueError for pictures, documents, workbooks, archives, by their first bytes."""
    text_like = all(byte in (9, 10, 13) or byte >= 32 for byte in data[:400])  # a table, too, may begin with BM
    for first, what in FOREIGN.items():
        if data.startswith(first) and not text_like:
            if "workbook" in what and name.lower().endswith(WORKBOOKS):
                raise ValueError("it is a workbook, as Excel keeps it; open it there and save it as CSV")
            raise ValueError(f"it is {what} by its first bytes, not a table; open it where it belongs and save a CSV")


def refuse_markup(text: str) -> None:
    """Raise ValueError for JSON and for HTML, which are text and no table of rows and cells."""
    start = text[:2000].lstrip("\ufeff \t\r\n")
    if re.match(r"<(?:!doctype|html|head|table|\?xml|!--)", start, re.I):
        what = "XML" if start[:5].lower() == "<?xml" else "HTML, a web page"
        raise ValueError(f"it is {what}, whatever its name says; open it in a spreadsheet and save it as CSV")
    if re.match(r'\{\s*"|\{\s*\}|\[\s*[\[{]|\[\s*(?:"[^"]*"|[-\d.]+)\s*,', start):
        try:
            json.JSONDecoder().raw_decode(text.lstrip("\ufeff \t\r\n"))
        except ValueError:
            return
        except RecursionError:
            pass
        raise ValueError("it is JSON; write it as a table of rows and columns and save that as CSV")
