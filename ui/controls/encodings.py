"""Bytes as text: the encoding is found by what it makes legible."""

import re
from collections.abc import Callable
from typing import NamedTuple

from rnn_core.words import t

BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
WESTERN = frozenset("äöüßÄÖÜéèêëÉàâáãåçñóíúôîïœæøÅØ°€£µ²³·–—’‘“”…«»§")


class Guess(NamedTuple):
    """An encoding's name, what the guess rests on, and whether it is safe."""

    name: str
    because: str
    safe: bool = True


def guess_encoding(data: bytes) -> Guess:
    """By its byte order mark, by zero bytes, as UTF-8, or as the encoding whose common letters the bytes give."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return Guess(name, t("its byte order mark"))
    start = data[:400]
    if start.count(0) > len(start) // 4:
        little = start[1::2].count(0) > start[::2].count(0)
        return Guess("utf-16-le" if little else "utf-16-be", t("every other byte is zero"))
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    if sum(map(is_utf8, lines)) >= max(1, len(lines) / 2) or not lines:
        return Guess("utf-8", t("the text is UTF-8"))
    sample = b"\n".join(lines[:200])[:20_000]
    scores = {name: legible(sample, name, common) for name, common in LEGACY.items()}
    best = max(scores, key=lambda name: scores[name])
    return Guess(best, t("its letters are the common ones there"), best == "cp1252" and scores[best] > 0.7)


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
    result = re.findall(r"[^\x00-\x7f]+", text)
    return sum(len(run) <= 2 and WESTERN.issuperset(run) for run in result) / max(1, len(result)) + 0.02


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
        raise ValueError(t(
            "it begins as UTF-16 and is none from row {row} on; save it as UTF-8 and try again", row=row
        ))
    if encoding != "utf-8":
        return data.decode(encoding, "replace"), [
            t("Row {row} has bytes that are no {encoding}; they are shown as �.", row=row, encoding=encoding)
        ]
    lines = [each.decode("utf-8" if is_utf8(each) else "cp1252", "replace") for each in data.split(b"\n")]
    note = t(
        "Row {row} is not UTF-8 and was read as Windows-1252; if a name looks wrong, save the file as UTF-8.", row=row
    )
    return "\n".join(lines).removeprefix("\ufeff"), [note]
