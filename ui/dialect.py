"""A file's bytes as cells: which encoding, which delimiter, which rows. Whatever the bytes: cells, or one sentence."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

BYTES = 5_000_000
ROWS, COLUMNS, CELLS = 100_000, 100, 1_000_000
SAMPLE = 60  # rows that tell the delimiter
LONGEST_NUMBER = 40  # characters
DELIMITERS = (";", "\t", "|", ",")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
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
}
GAPS = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "–", "—", ".", "?", "missing"))
INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞)", re.I)
_DIGITS = r"[+-]?(?:(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+)(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d{{1,4}})?"
POINT = re.compile(_DIGITS.format(point=r"\.", group=r"[,'’ \u00a0\u202f]"))
COMMA = re.compile(_DIGITS.format(point=",", group=r"[.'’ \u00a0\u202f]"))
DATE_LIKE = re.compile(r"[\d.:/TZ+ -]*")

Row = tuple[int, list[str]]  # its number in the file, from 1, and its cells


def cells(data: bytes) -> tuple[list[Row], str, list[str]]:
    """The rows with anything in them, the delimiter ("": a single column), and sentences about the encoding.

    Raises ValueError in one sentence, which begins with "it", for what is no table that can be read.
    """
    if len(data) > BYTES:
        raise ValueError(too_large(len(data)))
    text, said = decoded(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if re.match(r"sep=.\n", text, re.I):  # Excel's own first line; what it leaves keeps the rows' numbers
        delimiter, text = text[4], text[5:]
    else:
        delimiter = sniff(text)
    rows: list[Row] = []
    count, empty = 0, []
    for number, row in parsed(text, delimiter):
        if row in ([], [""]):
            empty.append(number)
            continue
        if row[0].startswith("#") and not rows:  # a comment above the table
            continue
        count += len(row)
        if len(row) > COLUMNS:
            raise ValueError(
                f"it has {len(row)} columns in row {number} and at most {COLUMNS} can be read; "
                "keep the dates and the numbers that you need"
            )
        if len(rows) == ROWS or count > CELLS:
            most = f"{ROWS:,} rows" if len(rows) == ROWS else f"{CELLS:,} cells"
            raise ValueError(f"it goes on after row {number - 1} and at most {most} can be read; keep the last of them")
        rows.append((number, row))
    if not rows:
        raise ValueError("it is empty; choose the file that holds the numbers")
    table = next((k for k, (_, row) in enumerate(rows[:20]) if len(row) > 1), 0)  # a title may stand above it
    within = [number for number in empty if rows[0][0] < number < rows[-1][0]]
    if not delimiter and within:
        said.append(f"Row {within[0]} is empty and left out; write NA there if a value is missing.")
    if table:
        said.append(f"What stands above row {rows[table][0]} is left out, for the table begins there.")
    return rows[table:], delimiter, said


def too_large(size: float) -> str:
    """What is said of a file of so many bytes."""
    return (
        f"it has {size / 1e6:.1f} MB and at most {BYTES / 1e6:.0f} MB can be read; "
        "keep only the columns and rows that you need"
    )


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Bytes as text: by their mark, as UTF-16 without one, as UTF-8, and line by line as Windows-1252 where they are
    neither. Raises ValueError for what is no text.
    """
    start = data[:400]
    text_like = all(byte in (9, 10, 13) or byte >= 32 for byte in start)  # a table, too, may begin with BM
    for first, what in FOREIGN.items():
        if data.startswith(first) and not text_like:
            raise ValueError(f"it is {what} by its first bytes, not a table; open it where it belongs and save a CSV")
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), "")
    if not encoding and start.count(0) > len(start) // 4:
        encoding = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    said = []
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as problem:
        if encoding.startswith("utf-16"):
            row = data[: problem.start].decode(encoding, "replace").count("\n") + 1
            raise ValueError(
                f"it begins as UTF-16 and is none from row {row} on; save it as UTF-8 and try again"
            ) from None
        text = b"\n".join(map(line, data.split(b"\n"))).decode("utf-8")
        row = data.count(b"\n", 0, problem.start) + 1
        said = [f"Row {row} is not UTF-8 and was read as Windows-1252; if a name looks wrong, save the file as UTF-8."]
    if "\0" in text or sum(map(text.count, CONTROLS)) > len(text) / 100:
        raise ValueError("it is not text but something else's bytes; save the table as CSV and try again")
    return text, said


CONTROLS = [chr(code) for code in (*range(1, 9), *range(14, 32), 0x7F)]


def line(raw: bytes) -> bytes:
    """One line as UTF-8, whether it was or is Windows-1252: a file may be stitched together from both."""
    try:
        return raw.decode("utf-8").encode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace").encode()


def parsed(text: str, delimiter: str) -> Iterator[Row]:
    """Every row, numbered from 1, without the cells' outer spaces; an empty line has no cell, or an empty one."""
    lines = text.split("\n")
    table: Iterator[list[str]]
    if delimiter in ("", " "):
        table = ([each] if not delimiter else each.split() for each in (unquoted(each) for each in lines))
    else:
        table = csv.reader((f"{each}\n" for each in lines), delimiter=delimiter)
    number = 0
    try:
        for number, raw in enumerate(table, 1):
            if any(cell.count("\n") > 20 for cell in raw):
                raise csv.Error
            yield number, [cell.strip() for cell in raw]
    except csv.Error:
        raise ValueError(
            f"it has a quotation mark in row {number} that opens and never closes; close it and try again"
        ) from None


def unquoted(each: str) -> str:
    whole = len(each) > 1 and each[0] == each[-1] == '"'
    return each[1:-1].replace('""', '"') if whole else each


def sniff(text: str) -> str:
    """The delimiter under which the first rows look most like a table; "" where a single column does."""
    head = "\n".join(text[:200_000].split("\n")[: SAMPLE + 10])
    best, highest = "", 0.0
    for delimiter in (*DELIMITERS, " "):  # spaces only where nothing else does
        if delimiter == " " and best:  # spaces part the cells where nothing else does, and then in every row alike
            break
        rows: list[list[str]] = []
        with suppress(ValueError):  # a quotation mark that never closes: what stands before it tells
            rows += (row for _, row in parsed(head, delimiter) if row not in ([], [""]) and row[0][:1] != "#")
        if delimiter == "," and rows and len(rows[0]) == 1 and all(is_one(",".join(row)) for row in rows[1:]):
            continue  # one name above one column with decimal commas
        if delimiter == " " and len({len(row) for row in rows}) > 1:
            break
        if (score := likeness(rows[:SAMPLE], delimiter)) > highest:
            best, highest = delimiter, score
    return best


def likeness(rows: list[list[str]], delimiter: str) -> float:
    """From 0 to 1: how alike the rows' widths are, times how many cells are a number, a date or a gap."""
    widths = Counter(len(row) for row in rows)
    width = max(widths, key=lambda w: (w > 1, widths[w]), default=0)
    if width < 2:
        return 0.0
    others = [other for other in DELIMITERS[:3] if other != delimiter]
    marks = [mark(cell, others) for row in rows[1:] or rows for cell in row]
    alike = sum(count for w, count in widths.items() if w == width or 1 < w < width)  # the last cells may be empty
    return (alike / len(rows)) ** 2 * sum(marks) / max(1, len(marks))


def is_one(line: str) -> bool:
    return is_gap(line) or COMMA.fullmatch(line) is not None


def mark(cell: str, others: list[str]) -> float:
    if is_gap(cell) or (len(cell) <= LONGEST_NUMBER and (POINT.fullmatch(cell) or COMMA.fullmatch(cell))):
        return 1.0
    if len(cell) <= LONGEST_NUMBER and DATE_LIKE.fullmatch(cell):
        return 1.0
    return 0.0 if any(other in cell for other in others) else 0.6


def is_gap(cell: str) -> bool:
    """Whether a cell says that nothing was measured."""
    return cell.lower() in GAPS


def number(cell: str, comma: bool) -> float | None:
    """The number in a cell, written with a decimal comma or point; None where there is none in it. May be infinite."""
    if len(cell) > LONGEST_NUMBER:
        return None
    text = cell.strip("$€£% ").replace("−", "-")
    if (COMMA if comma else POINT).fullmatch(text):
        text = text.translate(_COMMA if comma else _POINT)
        return float(text)
    return float(text.replace("∞", "inf")) if INFINITE.fullmatch(text) else None


_COMMA = str.maketrans({",": ".", **dict.fromkeys(".'’ \u00a0\u202f")})
_POINT = str.maketrans(dict.fromkeys(",'’ \u00a0\u202f"))
