"""Read one thing, write another: a date in words as ISO 8601, a sum in digits. Encoder and decoder, letter by letter.

Sutskever, Vinyals & Le, arXiv:1409.3215 (2014), who also read the question backward; Zaremba & Sutskever,
arXiv:1410.4615 (2014), and the addition of characters in the Keras examples after them.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from zlib import crc32

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.baselines import by_symbol
from rnn_core.tasks.memory import at_least
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import Baseline, Batch, Sizes, Task, in_symbols
from rnn_core.words import t

START, END = "▸", "."  # what the decoder reads first, and what it says at the end of a number
HELD_OUT = 10  # one question in so many is never trained on
COUNTED = 4000  # questions, for a baseline
Pairs = list[tuple[str, str]]


def is_held_out(question: str) -> bool:
    return crc32(question.encode()) % HELD_OUT == 0


def dialogue(pairs: Pairs, read: int, write: int, more: str, answers: str, config: Settings) -> Batch:
    """Questions of at most `read` symbols and answers of at most `write`, as a batch of read + write steps.

    x has a row for START, for each symbol that only questions have (more), and for each that answers have. With
    config.reverse_input a question is read from its end.
    """
    symbols, written = START + more + answers, [answer for _, answer in pairs]
    questions = [question[::-1] if config.reverse_input else question for question, _ in pairs]
    first, O, D, B = len(START + more), len(answers), len(symbols), len(pairs)
    letters = places(written, answers, write)
    x, y = (np.zeros((read + write, rows, B), config.dtype) for rows in (D, O))
    mask = np.zeros((read + write, B), config.dtype)
    x[:read], x[read, 0] = in_symbols(places(questions, symbols, read), D, config.dtype), 1
    y[read:], mask[read:] = in_symbols(letters, O, config.dtype), letters >= 0
    x[read + 1 :, first:] = y[read:-1] * mask[read + 1 :, None]
    return Batch(x, y, mask, read, np.array([len(text) for text in questions]), np.arange(read + write) > read)


def question(text: str, answer: str, read: int, write: int, more: str, answers: str, config: Settings) -> Batch:
    """What somebody asks, as a batch of one. answer: "" where nobody knows it; then all that is written is shown."""
    batch = dialogue([(text, answer)], read, write, more, answers, config)
    return batch if answer else batch._replace(answered=np.arange(read + write)[:, None] >= read)


def places(texts: Sequence[str], alphabet: str, T: int) -> np.ndarray:
    """Each character's place in the alphabet (T,B), −1 beyond a text's end."""
    place = {symbol: k for k, symbol in enumerate(alphabet)}
    return np.array([[place[c] for c in text] + [-1] * (T - len(text)) for text in texts]).T


def by_place(make: Callable[[np.random.Generator, int, str], Pairs], answers: str) -> float:
    """The cross-entropy of an answer's symbols, known how often each stands at its place and nothing else.

    make(rng, count, split) -> that many questions and answers.
    """
    seen, rng = [], np.random.default_rng(0)
    for split in ("train", "held-out"):
        written = [answer for _, answer in make(rng, COUNTED, split)]
        letters = places(written, answers, max(map(len, written)))
        place = np.broadcast_to(np.arange(len(letters))[:, None], letters.shape)
        seen.append((place[letters >= 0], letters[letters >= 0]))
    return by_symbol(seen[0], seen[1], 1 + max(int(place.max()) for place, _ in seen), len(answers))


def reading(symbols: str) -> Callable[[np.ndarray], str]:
    """How an input is read: its symbol, a space so that one sees it, nothing beyond the end."""
    return lambda x: symbols[int(x.argmax())].replace(" ", "␣") if x.any() else ""


MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
FORMATS = (
    "{weekday} {d} {month} {y}",
    "{weekday}, {month} {d}, {y}",
    "{d} {month} {y}",
    "{month} {d}, {y}",
    "the {d} of {month} {y}",
    "{short} {d} {month} {y}",
    "{d} {abbr} {y}",
    "{y} {month} {d}",
    "{d}.{m}.{y}",
    "{m}/{d}/{y}",
)
ISO, DIGITS = 10, "0123456789"  # the length of an answer
DAYS = date(1950, 1, 1).toordinal(), date(2050, 1, 1).toordinal()
LETTERS = " ,./" + "".join(sorted(set("".join([*MONTHS, *WEEKDAYS, "theof"]))))
SHORTEST_DATE = 10  # the longest "30.12.1998" or "12/30/1998": one format fits every day


def in_words(day: date, form: str) -> str:
    """A date in one of the FORMATS."""
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    return form.format(
        d=day.day, m=day.month, y=day.year, month=month, abbr=month[:3], weekday=weekday, short=weekday[:3]
    )


def some_dates(rng: np.random.Generator, count: int, split: str, longest: int) -> Pairs:
    """Days of 1950 to 2049, each in a format in which it has at most so many characters, and in ISO 8601.

    A day that is held out is so in all formats.
    """
    pairs: Pairs = []
    while len(pairs) < count:
        for number, order in zip(rng.integers(*DAYS, count), rng.random((count, len(FORMATS))), strict=True):
            day = date.fromordinal(int(number))
            if is_held_out(day.isoformat()) == (split == "held-out"):
                forms = (in_words(day, FORMATS[k]) for k in order.argsort())
                pairs.append((next(text for text in forms if len(text) <= longest), day.isoformat()))
    return pairs[:count]


def draw_dates(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """A date in words; then the same date as year, month and day."""
    read = config.length - ISO
    pairs = some_dates(rng, config.batch_size, split, read)
    return dialogue(pairs, read, ISO, LETTERS, "-" + DIGITS, config)


def encode_dates(text: str, config: Settings) -> Batch:
    """A date in words, as far as it is one; then its year, month and day."""
    read, alphabet = config.length - ISO, LETTERS + DIGITS
    written = " ".join(text.replace("␣", " ").lower().split())
    written = "".join(
        alphabet[k] for k in typed.characters(written, alphabet, typed.Room(config, read, lambda count: count + ISO))
    )
    return question(written, as_iso(written), read, ISO, LETTERS, "-" + DIGITS, config)


def as_iso(text: str) -> str:
    """A date in one of the FORMATS as year, month and day; "" for what is none, or has another day's weekday."""
    month = {name: k for k, full in enumerate(MONTHS, 1) for name in (full, full[:3])}
    word, number = "(?P<m>[a-z]+)", r"(?P<m>\d\d?)"
    groups = {"d": r"(?P<d>\d\d?)", "m": number, "y": r"(?P<y>\d{4})", "month": word, "abbr": word}
    for form in FORMATS:
        result = re.fullmatch(form.replace(".", "[.]").format(**groups, weekday="[a-z]+", short="[a-z]+"), text)
        try:
            day = result and date(int(result["y"]), month.get(result["m"]) or int(result["m"]), int(result["d"]))
        except ValueError:  # no such month or day
            continue
        if day and in_words(day, form) == re.sub(r"\b0(?=\d)", "", text):
            return day.isoformat()
    return ""


@lru_cache
def dates_by_place(longest: int) -> float:
    return by_place(lambda rng, count, split: some_dates(rng, count, split, longest), "-" + DIGITS)


DATES = Task(
    name="dates",
    title=t("Dates: write a date as numbers"),
    shape="encoder-decoder",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "One network reads a date as people write it; a second one, started from the first one's state, must write it "
        "as year, month and day."
    ),
    baseline=lambda config: Baseline(
        t("not reading it"),
        dates_by_place(config.length - ISO),
        t("how often each digit stands at its place in a date"),
    ),
    sizes=lambda config: Sizes(1 + len(LETTERS) + 11, 11),
    draw=draw_dates,
    check=lambda config: at_least(SHORTEST_DATE + ISO, t(
        "a date and its ten characters need a length of at least {least}"
    ), config),
    read=reading(START + LETTERS + "-" + DIGITS),
    symbols=lambda config: tuple("-" + DIGITS),
    encode=encode_dates,
    typing=lambda config: t(
        "a date of up to {length} characters, such as {example} or 3/30/2004",
        length=config.length - ISO, example=typed.such(config.length - ISO, "30 march 2004", "30.3.2004")
    ),
    fields=("teacher_forcing", "reverse_input"),
    defaults={"cell": "gru", "hidden_size": 48, "length": 26, "batch_size": 32, "learning_rate": 0.01},
)


MOST_DIGITS = 9


def size_of_numbers(config: Settings) -> int:
    """How many digits the numbers may have: 2n + 1 steps are read and n + 2 written."""
    return min((config.length - 3) // 3, MOST_DIGITS)


def some_sums(rng: np.random.Generator, count: int, split: str, digits: int) -> Pairs:
    """Two numbers of at most so many digits, and their sum. What is held out is so in both orders."""
    pairs: Pairs = []
    while len(pairs) < count:
        for a, b in rng.integers(0, 10**digits, (count, 2)).tolist():
            if is_held_out(f"{min(a, b)}+{max(a, b)}") == (split == "held-out"):
                pairs.append((f"{a}+{b}", f"{a + b}{END}"))
    return pairs[:count]


def draw_addition(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Two numbers with a plus between; then the digits of their sum, and the end."""
    n = size_of_numbers(config)
    return dialogue(some_sums(rng, config.batch_size, split, n), 2 * n + 1, n + 2, "+", END + DIGITS, config)


def encode_addition(text: str, config: Settings) -> Batch:
    """Two numbers with a plus between; then their sum, where that is what was typed."""
    n, alphabet = size_of_numbers(config), "+" + DIGITS
    longest = max(map(len, "".join(text.split()).split("+")))
    room = typed.Room(config, 2 * n + 1, lambda count: 3 * longest + 3 if n < longest <= MOST_DIGITS else 0)
    written = "".join(alphabet[k] for k in typed.symbols(text, alphabet, room))
    for number in written.split("+"):
        if len(number) > n:
            raise ValueError(t(
                "{number} has too many digits; a number here has at most {most}: {way_out}",
                number=number, most=n, way_out=room.longer(len(written))
            ))
    sum_of = re.fullmatch(r"(\d+)[+](\d+)", written)
    answer = f"{int(sum_of[1]) + int(sum_of[2])}{END}" if sum_of else ""
    return question(written, answer, 2 * n + 1, n + 2, "+", END + DIGITS, config)


@lru_cache
def sums_by_place(digits: int) -> float:
    return by_place(lambda rng, count, split: some_sums(rng, count, split, digits), END + DIGITS)


ADDITION = Task(
    name="addition",
    title=t("Addition: 12+34 is 46"),
    shape="encoder-decoder",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "One network reads a sum digit by digit; a second one, started from the first one's state, must write what it "
        "comes to."
    ),
    baseline=lambda config: Baseline(
        t("not reading it"),
        sums_by_place(size_of_numbers(config)),
        t("how often each digit stands at its place in a sum"),
    ),
    sizes=lambda config: Sizes(13, 11),
    draw=draw_addition,
    check=lambda config: at_least(6, t("adding numbers of one digit needs a length of at least {least}"), config),
    read=reading(START + "+" + END + DIGITS),
    symbols=lambda config: tuple(END + DIGITS),
    end=END,
    encode=encode_addition,
    typing=lambda config: t(
        "two numbers of up to {digits} digits with a + between, such as {example}",
        digits=size_of_numbers(config), example=typed.such(2 * size_of_numbers(config) + 1, "12+34", "3+4")
    ),
    fields=("teacher_forcing", "reverse_input"),
    defaults={"cell": "gru", "hidden_size": 64, "length": 9, "batch_size": 64, "learning_rate": 0.005},
)
