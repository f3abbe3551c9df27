"""Any text as a task: read it character by character, say the next one. After Karpathy's min-char-rnn (2015).

A character is a Unicode code point. The alphabet is the text's own; the first nine tenths are trained on, the rest is
held out.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnn_core.ngrams import surprises
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import Baseline, Batch, Sizes, Task, one_hot
from rnn_core.words import t

KINDS = 3000  # of characters, that a network is given; the rest are one: `python -m bench.alphabet` has what they cost
CODE = np.int16  # a long text is held once for every visitor who brought it
OTHER = "\N{REPLACEMENT CHARACTER}"
# A network whose state is only ever carried over may settle where no empty memory leads: a GRU of 96 units had a
# perplexity of 5.7 in training and, from a state of zeros, of 196 on what was held out, however much it read before.
AFRESH = 50
PASSAGE = 10_000  # held-out characters on which network and baselines are compared
ORDER = 5
PICTURES = {"\n": "↵", "\t": "⇥", " ": "␣", "\u00a0": "⍽", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\ufe0f": "VS16"}
PICTURES[OTHER] = t("rare")


@dataclass(frozen=True, eq=False)
class Letters:
    """A text as numbers. symbols: its characters in order, and OTHER where the rarest were made one.

    codes (N,): each character's place in symbols. cut: where the training part ends. left_out: how many kinds are
    OTHER, others: how many characters of the text.
    """

    symbols: tuple[str, ...]
    codes: np.ndarray
    cut: int
    left_out: int
    others: int

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The symbols as one sees them."""
        return names(self.symbols)

    @property
    def passage(self) -> int:
        """Where the passage ends, which begins at cut, on which network and baselines are compared."""
        return min(len(self.codes), self.cut + PASSAGE)

    def encode(self, text: str) -> np.ndarray:
        """Places in symbols (n,); a character that is in none is OTHER, or left out where there is no OTHER."""
        place = {symbol: k for k, symbol in enumerate(self.symbols)}
        known = (place.get(character, place.get(OTHER)) for character in text)
        return np.array([k for k in known if k is not None], np.int64)

    @property
    def rare(self) -> int | None:
        """The place of OTHER, which nobody can write; None where there is none."""
        return self.symbols.index(OTHER) if self.left_out else None

    def decode(self, codes: np.ndarray) -> str:
        return "".join(self.symbols[code] for code in codes)


@dataclass(frozen=True, eq=False)
class TextFunctions:
    """The functions of a text's task (see Task): methods, so that the task can be pickled."""

    letters: Letters

    def part(self, split: str) -> np.ndarray:
        """What is trained on, or what is held out: the places of its characters."""
        codes, cut = self.letters.codes, self.letters.cut
        return codes[cut:] if split == "held-out" else codes[:cut]

    def question(self, config: Settings) -> str:
        return t("The network reads a text character by character and must predict the next one.")

    def sizes(self, config: Settings) -> Sizes:
        return Sizes(len(self.letters.symbols), len(self.letters.symbols))

    def symbols(self, config: Settings) -> tuple[str, ...]:
        return self.letters.names

    def read(self, x: np.ndarray) -> str:
        return self.letters.names[int(x.argmax())] if x.any() else ""

    def baseline(self, config: Settings) -> Baseline:
        return self._bigram

    @cached_property
    def _bigram(self) -> Baseline:
        return bigram(self.letters)

    def batch(self, at: np.ndarray, part: np.ndarray, config: Settings) -> Batch:
        """The characters at (T,B) of a part, and those after them."""
        codes = part[at], part[at + 1]
        x, y = (one_hot(places, len(self.letters.symbols), config.dtype) for places in codes)
        return Batch(x, y, np.ones(at.shape, config.dtype), x_codes=codes[0], y_codes=codes[1])

    def draw(self, rng: np.random.Generator, config: Settings, split: str) -> Batch:
        """Stretches of T characters from anywhere in the part; at each the answer is the next one."""
        part = self.part(split)
        starts = rng.integers(0, len(part) - config.length, config.batch_size)
        return self.batch(starts + np.arange(config.length)[:, None], part, config)

    def stream(self, config: Settings, step: int, split: str) -> Batch:
        """The whole part, read by B readers: the b-th begins at b/B of it and at every step goes on by T characters,
        from the end to the beginning. Every AFRESH steps, in turn, a reader's memory is emptied.
        """
        part, B = self.part(split), config.batch_size
        N = len(part) - 1  # the last character is nobody's input
        starts = np.arange(B) * N // B + step * config.length
        read = self.batch((starts + np.arange(config.length)[:, None]) % N, part, config)
        return read._replace(reset=(step + np.arange(B) * AFRESH // B) % AFRESH == 0)

    def check(self, config: Settings) -> None:
        """Raises ValueError where the held-out part is too short for config.length."""
        most = len(self.part("held-out"))
        if config.length >= most:
            raise ValueError(t(
                "length is {length}; the held-out tenth of this text has {most} characters, so its length must be "
                "less: choose a shorter length or a longer text", length=config.length, most=most
            ))


def letters(text: str, kinds: int = KINDS) -> Letters:
    """A text in numbers. kinds: of how many kinds its characters may be; of more, the rarest become OTHER.

    Raises ValueError for a text without two kinds of characters, in which nothing is to be foretold.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    result, codes, count = np.unique(points, return_inverse=True, return_counts=True)
    if len(result) < 2:
        wrong = t("it has nothing but {character}", character=seen(text[0])) if text else t("it has no character")
        raise ValueError(t(
            "{wrong}; a text needs at least two kinds of characters, or there is nothing to foretell", wrong=wrong
        ))
    if len(result) <= kinds:
        symbols = tuple(map(chr, result))
        return Letters(symbols, codes.astype(CODE), len(codes) * 9 // 10, 0, 0)
    common = np.sort(np.lexsort((result, -count))[: kinds - 1])  # ties: the earlier code point stays
    common = common[result[common] != ord(OTHER)]
    place = np.full(len(result), len(common), CODE)
    place[common] = np.arange(len(common), dtype=CODE)
    codes, symbols = place[codes], (*map(chr, result[common]), OTHER)
    return Letters(symbols, codes, len(codes) * 9 // 10, len(result) - len(common), int((codes == len(common)).sum()))


def seen(symbol: str) -> str:
    """A character as one sees it: a space is ␣, a mark on another stands on ◌, what has no shape a name or a number."""
    kind = unicodedata.category(symbol)
    if symbol in PICTURES:
        return PICTURES[symbol]
    return "◌" + symbol if kind[0] == "M" else f"U+{ord(symbol):04X}" if kind[0] in "CZ" else symbol


def names(symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Every character as one sees it, no two alike: a text may hold the picture of its own space."""
    shown = [seen(symbol) for symbol in symbols]
    return tuple(
        f"U+{ord(s):04X}" if s != name and name in symbols else name for s, name in zip(symbols, shown, strict=True)
    )


def text_task(
    text: str, name: str = "text", title: str = t("Text: the next character"), defaults: dict[str, object] | None = None
) -> Task:
    """The task of foretelling each next character of a text. Raises ValueError as letters does."""
    return task_of(letters(text), name, title, defaults)


def task_of(
    letters: Letters,
    name: str = "text",
    title: str = t("Text: the next character"),
    defaults: dict[str, object] | None = None,
) -> Task:
    """The same, of a text in numbers."""
    of = TextFunctions(letters)
    return Task(
        name=name,
        title=title,
        shape="many-to-many",
        loss="cross-entropy",
        metric="accuracy",
        question=of.question,
        baseline=of.baseline,
        sizes=of.sizes,
        draw=of.draw,
        stream=of.stream,
        check=of.check,
        read=of.read,
        symbols=of.symbols,
        defaults={"cell": "lstm", "start": "carried"} if defaults is None else defaults,
        finite=True,
    )


def counted(letters: Letters) -> np.ndarray:
    """The loss of the counting rules on the passage, in nats a character: (ORDER,), from the unigram to the 5-gram."""
    kinds = len(letters.symbols)
    return surprises(letters.codes, letters.cut, letters.passage, kinds, ORDER).mean(axis=1)


def bigram(letters: Letters) -> Baseline:
    """What knowing only the present character gives: the bigram's loss."""
    return Baseline(
        t("bigram"),
        float(counted(letters)[1]),
        t("how often each character followed the present one in the training part"),
    )
