"""A file's bytes as text: what is no table is refused by its kind, the encoding is found by what it makes legible."""

import json
import re
from collections.abc import Callable

from ui.series.reading.choice import Choice

BYTES = 5_000_000
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
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
WESTERN = frozenset("äöüßÄÖÜéèêëÉàâáãåçñóíúôîïœæøÅØ°€£µ²³·–—’‘“”…«»§")


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, Choice, list[str]]:
    """The text, its encoding, notes. Raises ValueError in one sentence that begins with "it" for what is no table."""
    if len(data) > BYTES:
        raise ValueError(too_large(len(data)))
    refuse_foreign(data, name)
    guess = guess_encoding(data)
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


def guess_encoding(data: bytes) -> Choice:
    """By its byte order mark, by zero bytes, as UTF-8, or as the encoding whose common letters the bytes give."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return Choice(name, "its byte order mark", True, ENCODINGS)
    start = data[:400]
    if start.count(0) > len(start) // 4:
        little = start[1::2].count(0) > start[::2].count(0)
        return Choice("utf-16-le" if little else "utf-16-be", "every other byte is zero", True, ENCODINGS)
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    if sum(map(is_utf8, lines)) >= max(1, len(lines) / 2) or not lines:
        return Choice("utf-8", "the text is UTF-8", True, ENCODINGS)
    sample = b"\n".join(lines[:200])[:20_000]
    scores = {name: legible(sample, name, common) for name, common in LEGACY.items()}
    best = max(scores, key=lambda name: scores[name])
    return Choice(best, "its letters are the common ones there", best == "cp1252" and scores[best] > 0.7, ENCODINGS)


def is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def legible(sample: bytes, encoding: str, common: Callable[[str], float]) -> float:
    """How many of the characters beyond ASCII are common ones in an encoding, from 0 to 1; 0 where bytes have none."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        text = sample.decode(encoding, "ignore")  # the sample may be cut within a character
        if len(text.encode(encoding, "ignore")) < 0.98 * len(sample):
            return 0.01 if encoding == "cp1252" else 0.0
    return common(text)


def share(text: str, fits: Callable[[str], bool]) -> float:
    letters = [c for c in text if c > "\x7f"]
    return sum(map(fits, letters)) / max(1, len(letters))


def western(text: str) -> float:
    """Accented letters that stand among plain ones, signs that stand anywhere."""
    found = re.findall(r"[^\x00-\x7f]+", text)
    return sum(len(run) <= 2 and WESTERN.issuperset(run) for run in found) / max(1, len(found)) + 0.02


def first_byte(encoding: str, low: int, high: int) -> Callable[[str], bool]:
    """Whether a character's first byte in an encoding is in the range that holds the common ideographs."""

    def fits(c: str) -> bool:
        raw = c.encode(encoding, "ignore")
        return len(raw) == 2 and (low <= raw[0] <= high or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uff5e")

    return fits


japanese = first_byte("shift_jis", 0x88, 0x97)


def cyrillic(text: str) -> float:
    small = share(text, lambda c: "а" <= c <= "ё")
    return share(text, lambda c: "Ѐ" <= c <= "ӿ") if small > 0.5 else 0.0


LEGACY: dict[str, Callable[[str], float]] = {
    "cp1252": western,
    "gb18030": lambda text: 0.99 * share(text, first_byte("gb2312", 0xB0, 0xD7)),
    "shift_jis": lambda text: 0.98 * share(text, lambda c: "\u3040" <= c <= "\u30ff" or japanese(c)),
    "euc_kr": lambda text: (len(text) > 8) * share(text, lambda c: "\uac00" <= c <= "\ud7a3"),
    "big5": lambda text: 0.97 * share(text, first_byte("big5", 0xA4, 0xC6)),
    "cp1251": cyrillic,
}
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", *LEGACY)


def decode_as(data: bytes, encoding: str) -> tuple[str, list[str]]:
    """The text; a line that is not UTF-8 in a file that is, is read as Windows-1252, and noted."""
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding), []
    except UnicodeDecodeError as problem:
        row = data[: problem.start].decode(encoding, "replace").count("\n") + 1
    if encoding.startswith("utf-16"):
        raise ValueError(f"it begins as UTF-16 and is none from row {row} on; save it as UTF-8 and try again")
    if encoding != "utf-8":
        return data.decode(encoding, "replace"), [f"Row {row} has bytes that are no {encoding}; they are shown as �."]
    lines = [each.decode("utf-8" if is_utf8(each) else "cp1252", "replace") for each in data.split(b"\n")]
    note = f"Row {row} is not UTF-8 and was read as Windows-1252; if a name looks wrong, save the file as UTF-8."
    return "\n".join(lines).removeprefix("\ufeff"), [note]
