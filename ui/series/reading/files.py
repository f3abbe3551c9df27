"""A file's bytes as text: what is no table is refused by its kind."""

import json
import re

from rnn_core.words import t
from ui.controls.encodings import ENCODINGS, decode_as, guess_encoding
from ui.series.reading.choice import Choice

BYTES = 5_000_000
FOREIGN = {
    b"\x89PNG": t("a PNG picture"),
    b"\xff\xd8\xff": t("a JPEG picture"),
    b"GIF8": t("a GIF picture"),
    b"BM": t("a BMP picture"),
    b"RIFF": t("a picture, a sound or a film"),
    b"II*\0": t("a TIFF picture"),
    b"MM\0*": t("a TIFF picture"),
    b"%PDF": t("a PDF document"),
    b"PK\x03\x04": t("a workbook or a ZIP archive"),
    b"\xd0\xcf\x11\xe0": t("an old workbook"),
    b"\x1f\x8b": t("a gzip archive"),
    b"PAR1": t("a Parquet file"),
    b"SQLite format 3": t("a database"),
}
OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # in which workbooks are, too
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
        raise ValueError(t(
            "it cannot be read as {encoding}; choose one of {encodings}",
            encoding=repr(str(choice.value)[:40]), encodings=", ".join(ENCODINGS)
        ))
    text, notes = decode_as(data, choice.value)
    if "\0" in text or sum(map(text.count, CONTROLS)) > len(text) / 100:
        raise ValueError(t("it is not text but something else's bytes; save the table as CSV and try again"))
    refuse_markup(text)
    if not guess.safe and guess.value == choice.value:
        notes.append(t(
            "The text is read as {encoding}; if a name looks wrong, choose another encoding.", encoding=choice.value
        ))
    return text.replace("\r\n", "\n").replace("\r", "\n"), choice, notes


def too_large(size: float) -> str:
    """The refusal of a file of so many bytes."""
    return t(
        "it has {size} MB and at most {most} MB can be read; keep only the columns and rows that you need",
        size=f"{size / 1e6:.1f}", most=f"{BYTES / 1e6:.0f}"
    )


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise ValueError for pictures, documents, workbooks, archives, by their first bytes."""
    text_like = all(byte in (9, 10, 13) or byte >= 32 for byte in data[:400])  # a table, too, may begin with BM
    for first, what in FOREIGN.items():
        if data.startswith(first) and not text_like:
            if first in OFFICE and name.lower().endswith(WORKBOOKS):
                raise ValueError(t("it is a workbook, as Excel keeps it; open it there and save it as CSV"))
            raise ValueError(t(
                "it is {what} by its first bytes, not a table; open it where it belongs and save a CSV", what=what
            ))


def refuse_markup(text: str) -> None:
    """Raise ValueError for JSON and for HTML, which are text and no table of rows and cells."""
    start = text[:2000].lstrip("\ufeff \t\r\n")
    if re.match(r"<(?:!doctype|html|head|table|\?xml|!--)", start, re.I):
        what = t("XML") if start[:5].lower() == "<?xml" else t("HTML, a web page")
        raise ValueError(t(
            "it is {what}, whatever its name says; open it in a spreadsheet and save it as CSV", what=what
        ))
    if re.match(r'\{\s*"|\{\s*\}|\[\s*[\[{]|\[\s*(?:"[^"]*"|[-\d.]+)\s*,', start):
        try:
            json.JSONDecoder().raw_decode(text.lstrip("\ufeff \t\r\n"))
        except ValueError:
            return
        except RecursionError:
            pass
        raise ValueError(t("it is JSON; write it as a table of rows and columns and save that as CSV"))
