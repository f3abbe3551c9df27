"""Tasks that ask for nothing but memory: what was seen, and how long ago."""

from math import log

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import Baseline, Batch, Sizes, Task, one_hot
from rnn_core.words import fill, plural, t

LETTERS = ("A", "B", "C", "D", "E")


def read_letter(x: np.ndarray) -> str:
    """A one-hot column as the letter it stands for."""
    return LETTERS[int(x.argmax())]


def last_step(config: Settings, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Targets y (O,B) of the last step alone -> y (T,O,B) and mask (T,B)."""
    T, (O, B) = config.length, y.shape
    targets, mask = np.zeros((T, O, B), config.dtype), np.zeros((T, B), config.dtype)
    targets[-1], mask[-1] = y, 1
    return targets, mask


def at_least(length: int, why: str, config: Settings) -> None:
    """Raises ValueError where config.length is less. why: "… needs a length of at least {least}"."""
    if config.length < length:
        raise ValueError(t("length is {length}; {why}", length=config.length, why=fill(why, {"least": length})))


def draw_echo(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """T letters; from step k+1 on, the answer is the letter of k steps before."""
    T, B, k = config.length, config.batch_size, config.k
    x = one_hot(rng.integers(0, len(LETTERS), (T, B)), len(LETTERS), config.dtype)
    y, mask = x.copy("K"), np.zeros((T, B), config.dtype)
    y[:k] = 0
    y[k:], mask[k:] = x[:-k], 1
    return Batch(x, y, mask)


def encode_echo(text: str, config: Settings) -> Batch:
    """Letters, one a step; the answers follow."""
    batch, k = typed.letters(text, LETTERS, config, len(LETTERS)), config.k
    batch.y[k:], batch.mask[k:] = batch.x[:-k], batch.x[:-k].any(axis=1)
    return ended(batch)


def ended(batch: Batch) -> Batch:
    """Nothing is asked beyond the end of what was typed; where it ends is asked, if the task asks at all."""
    assert batch.lengths is not None
    batch.mask[batch.lengths[0] :] = 0
    batch.y[batch.lengths[0] :] = 0
    return batch._replace(answered=batch.mask > 0)


def answer_at_end(batch: Batch, target: int | None) -> Batch:
    """The answer belongs to the last step that was typed; target None: nobody knows it."""
    assert batch.lengths is not None and batch.answered is not None
    end = batch.lengths[0] - 1
    batch.answered[end] = True
    if target is not None:
        batch.y[end, target], batch.mask[end] = 1, 1
    return batch


def ask_echo(config: Settings) -> str:
    return plural(
        "The network reads a letter at each step and must predict the letter of {count} step before.",
        "The network reads a letter at each step and must predict the letter of {count} steps before.", config.k
    )


def check_echo(config: Settings) -> None:
    if config.k >= config.length:
        raise ValueError(t(
            "k is {k} with length {length}; k must be less than length, or no step has an answer",
            k=config.k, length=config.length
        ))


ECHO = Task(
    name="echo",
    title=t("Echo: what came k steps ago?"),
    shape="many-to-many",
    loss="cross-entropy",
    metric="accuracy",
    question=ask_echo,
    baseline=lambda config: Baseline(
        t("no memory: ln 5"), log(5), t("without memory all five letters are equally likely")
    ),
    sizes=lambda config: Sizes(5, 5),
    draw=draw_echo,
    check=check_echo,
    fields=("k",),
    read=read_letter,
    symbols=lambda config: LETTERS,
    encode=encode_echo,
    typing=lambda config: typed.any_of(LETTERS, config.length),
)


def draw_adding(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """T numbers from U[0,1], one of them marked in each half; the answer, at the last step, is the marked two's sum.

    Hochreiter & Schmidhuber (1997), experiment 4, in the form of Arjovsky, Shah & Bengio, arXiv:1511.06464 (2016).
    """
    T, B = config.length, config.batch_size
    columns = np.arange(B)
    x = np.zeros((T, 2, B), config.dtype)
    x[:, 0] = rng.random((T, B))
    first, second = rng.integers(0, T // 2, B), rng.integers(T // 2, T, B)
    x[first, 1, columns] = x[second, 1, columns] = 1
    return Batch(x, *last_step(config, x[first, 0, columns] + x[second, 0, columns] + np.zeros((1, B))))


def encode_adding(text: str, config: Settings) -> Batch:
    """Numbers from 0 to 1; where two have a + before them the answer is their sum."""
    result = typed.numbers(text, typed.room(config), 0, 1)
    batch, marked = typed.sequence(np.array(result, float), config, 1), [value for value, plus in result if plus]
    if len(marked) == 2:
        batch.y[len(result) - 1], batch.mask[len(result) - 1] = sum(marked), 1
    return answer_at_end(batch, None)


ADDING = Task(
    name="adding",
    title=t("Adding: the sum of two marked numbers"),
    shape="many-to-one",
    loss="squared-error",
    metric="rmse",
    question=lambda config: t(
        "The network reads numbers, two of them marked +, and at the end must predict their sum."
    ),
    baseline=lambda config: Baseline(
        t("always 1: 1/6"), 1 / 6, t("the sum is 1 on average; always predicting 1 costs 1/6")
    ),
    sizes=lambda config: Sizes(2, 1),
    draw=draw_adding,
    check=lambda config: at_least(2, t("adding two numbers needs a length of at least {least}"), config),
    read=lambda x: f"{'+' if x[1] else ''}{x[0]:.2f}".replace("0.", "."),
    encode=encode_adding,
    typing=lambda config: t(
        "up to {length} numbers from 0 to 1 with spaces between, a + before two of them", length=config.length
    ),
    defaults={"cell": "lstm", "batch_size": 32},
)

ORDER = ("A", "B", "c", "d", "e", "f")
ORDERS = ("AA", "AB", "BA", "BB")


def draw_temporal_order(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Distractors c to f; A or B once in [T/10, 2T/10) and once in [5T/10, 6T/10); at the end, which came in which
    order.

    Hochreiter & Schmidhuber (1997), experiment 6a, with the positions of Pascanu, Mikolov & Bengio, arXiv:1211.5063.
    """
    T, B = config.length, config.batch_size
    symbols, columns = rng.integers(2, 6, (T, B)), np.arange(B)
    first, second = rng.integers(0, 2, B), rng.integers(0, 2, B)
    symbols[rng.integers(T // 10, T // 5, B), columns] = first
    symbols[rng.integers(T // 2, 6 * T // 10, B), columns] = second
    x = one_hot(symbols, 6, config.dtype)
    return Batch(x, *last_step(config, one_hot((2 * first + second)[None], 4, config.dtype)[0]))


def encode_temporal_order(text: str, config: Settings) -> Batch:
    """Symbols A, B, c to f; where two of them are A or B the answer is their order."""
    batch = typed.letters(text, ORDER, config, len(ORDERS))
    seen = [s for s in batch.x[..., 0].argmax(axis=1)[batch.x[..., 0].any(axis=1)].tolist() if s < 2]
    return answer_at_end(batch, 2 * seen[0] + seen[1] if len(seen) == 2 else None)


TEMPORAL_ORDER = Task(
    name="temporal-order",
    title=t("Temporal order: A before B, or B before A?"),
    shape="many-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "Two of the letters are A or B; at the last step the network must predict which came in which order."
    ),
    baseline=lambda config: Baseline(
        t("no memory: ln 4"), log(4), t("without memory the four orders are equally likely")
    ),
    sizes=lambda config: Sizes(6, 4),
    draw=draw_temporal_order,
    check=lambda config: at_least(10, t("temporal order needs a length of at least {least}"), config),
    read=lambda x: ORDER[int(x.argmax())],
    symbols=lambda config: ORDERS,
    encode=encode_temporal_order,
    typing=lambda config: typed.any_of(ORDER, config.length),
    defaults={"cell": "gru"},
)

CLASS_STEPS = 3


def draw_latch(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Three steps of +1 or −1, then Gaussian noise of variance 0.2; at the end, which it was.

    Bengio, Simard & Frasconi (1994); Hochreiter & Schmidhuber (1997), experiment 3a.
    """
    T, B = config.length, config.batch_size
    positive = rng.integers(0, 2, B)
    x = rng.normal(0, 0.2**0.5, (T, 1, B)).astype(config.dtype)
    x[:CLASS_STEPS, 0] = 2 * positive - 1
    return Batch(x, *last_step(config, one_hot(positive[None], 2, config.dtype)[0]))


def encode_latch(text: str, config: Settings) -> Batch:
    """Numbers; where the first three are all +1 or all −1 the answer is which."""
    result = [value for value, _ in typed.numbers(text, typed.room(config), -10, 10)]
    sign = result[0] if len(result) >= CLASS_STEPS and set(result[:CLASS_STEPS]) in ({1.0}, {-1.0}) else 0
    return answer_at_end(typed.sequence(np.array(result)[:, None], config, 2), int(sign > 0) if sign else None)


LATCH = Task(
    name="latch",
    title=t("Latch: was the beginning + or −?"),
    shape="many-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The first three inputs are +1 or −1, then noise; at the last step the network must predict which."
    ),
    baseline=lambda config: Baseline(t("no memory: ln 2"), log(2), t("without memory it is a coin toss")),
    sizes=lambda config: Sizes(1, 2),
    draw=draw_latch,
    check=lambda config: at_least(CLASS_STEPS + 1, t("latch needs a length of at least {least}"), config),
    read=lambda x: f"{x[0]:+.1f}".replace("-", "−"),
    symbols=lambda config: ("−", "+"),
    encode=encode_latch,
    typing=lambda config: t(
        "up to {length} numbers with spaces between, the first three all 1 or all −1", length=config.length
    ),
    defaults={"cell": "lstm"},
)

BLANK, MARKER, COPIED = 8, 9, 5  # Arjovsky's alphabet: 8 symbols, a blank, a marker; how many symbols are copied
DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "·", "?")


def draw_delayed_copy(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Five symbols of 8, blanks, a marker; at the last five steps the answer is the symbols, before that the blank.

    Arjovsky, Shah & Bengio, arXiv:1511.06464 (2016), section 5.1, with S = 5 and a delay of length − 2S.
    """
    return delayed(rng.integers(0, BLANK, (COPIED, config.batch_size)), config)


def delayed(symbols: np.ndarray, config: Settings) -> Batch:
    """The first five symbols (5,B), and all that follows."""
    T, B = config.length, symbols.shape[1]
    read, target = np.full((T, B), BLANK), np.full((T, B), BLANK)
    read[:COPIED] = target[-COPIED:] = symbols
    read[-COPIED - 1] = MARKER
    ones = np.ones((T, B), config.dtype)
    return Batch(one_hot(read, 10, config.dtype), one_hot(target, 9, config.dtype), ones)


def encode_delayed_copy(text: str, config: Settings) -> Batch:
    """Five digits; the dots and the question mark follow by themselves, and may be typed as well."""
    result = typed.symbols(
        text.replace("·", "").replace("?", ""), DIGITS[:BLANK], typed.Room(config, COPIED, lambda count: 0)
    )
    if len(result) < COPIED:
        raise ValueError(t(
            "{found} of the {all} symbols are there; type {all}, each one of {digits}",
            found=len(result), all=COPIED, digits=" ".join(DIGITS[:BLANK])
        ))
    return delayed(np.array(result)[:, None], config)


DELAYED_COPY = Task(
    name="delayed-copy",
    title=t("Delayed copy: repeat the first five at the end"),
    shape="many-to-many",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network reads five symbols, then dots; after the question mark it must repeat the symbols."
    ),
    baseline=lambda config: Baseline(
        t("no memory: 5 ln 8 / {length}", length=config.length),
        COPIED * log(8) / config.length,
        t("the dots are known, and without memory the last five symbols can only be guessed"),
    ),
    sizes=lambda config: Sizes(10, 9),
    draw=draw_delayed_copy,
    check=lambda config: at_least(2 * COPIED + 1, t("delayed copy needs a length of at least {least}"), config),
    read=lambda x: DIGITS[int(x.argmax())],
    symbols=lambda config: DIGITS[:-1],
    encode=encode_delayed_copy,
    typing=lambda config: t(
        "{all} of {digits}; the dots and the ? follow by themselves", all=COPIED, digits=" ".join(DIGITS[:BLANK])
    ),
    defaults={"cell": "gru", "hidden_size": 32},
)


def draw_copied(rng: np.random.Generator, config: Settings, backward: bool) -> Batch:
    """Words of ⌈S/2⌉ to S letters, S half of T; the decoder reads a start sign, then its own last letter.

    x has 6 rows: the start sign, then the letters. What is beyond a word's end is padding: zeros, and no target.
    """
    S, B = config.length // 2, config.batch_size
    words, lengths = rng.integers(0, len(LETTERS), (S, B)), rng.integers((S + 1) // 2, S + 1, B)
    return copied(words, lengths, config, backward)


def encode_copied(text: str, config: Settings, backward: bool) -> Batch:
    """A word of letters; what is to be written follows."""
    S = config.length // 2
    result = typed.symbols(text, LETTERS, typed.Room(config, S, lambda count: 2 * count))
    words = np.array(result + [0] * (S - len(result)))[:, None]
    return copied(words, np.array([len(result)]), config, backward)


def copied(words: np.ndarray, lengths: np.ndarray, config: Settings, backward: bool) -> Batch:
    """Words (S,B) of lengths (B,)."""
    S, T, B = config.length // 2, config.length, len(lengths)
    step = np.arange(S)[:, None]
    real = step < lengths
    order = np.where(real, lengths - 1 - step, 0) if backward else step + 0 * lengths
    letters = one_hot(words, len(LETTERS), config.dtype) * real[:, None]
    copies = np.take_along_axis(letters, order[:, None], axis=0) * real[:, None]
    x, y = np.zeros((T, 1 + len(LETTERS), B), config.dtype), np.zeros((T, len(LETTERS), B), config.dtype)
    mask, feed = np.zeros((T, B), config.dtype), np.zeros(T, bool)
    x[:S, 1:], y[S : 2 * S], mask[S : 2 * S] = letters, copies, real
    x[S, 0] = 1
    x[S + 1 : 2 * S, 1:] = copies[:-1]
    feed[S + 1 : 2 * S] = True
    return Batch(x, y, mask, S, lengths, feed)


def read_copied(x: np.ndarray) -> str:
    return ("▸", *LETTERS)[int(x.argmax())] if x.any() else ""


COPY = Task(
    name="copy",
    title=t("Copy: read a word, then write it"),
    shape="encoder-decoder",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "One network reads a word; a second one, started from the first one's state, must write it."
    ),
    baseline=lambda config: Baseline(
        t("not reading it: ln 5"), log(5), t("without the word all letters are equally likely")
    ),
    sizes=lambda config: Sizes(6, 5),
    draw=lambda rng, config, split: draw_copied(rng, config, backward=False),
    check=lambda config: at_least(2, t("reading and writing needs a length of at least {least}"), config),
    read=read_copied,
    symbols=lambda config: LETTERS,
    encode=lambda text, config: encode_copied(text, config, backward=False),
    typing=lambda config: typed.any_of(LETTERS, config.length // 2),
    fields=("teacher_forcing",),
    defaults={"cell": "gru", "hidden_size": 32, "length": 12, "batch_size": 32},
)
REVERSE = Task(
    name="reverse",
    title=t("Reverse: read a word, then write it backward"),
    shape="encoder-decoder",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "One network reads a word; a second one, started from its state, must write it backward."
    ),
    baseline=COPY.baseline,
    sizes=COPY.sizes,
    draw=lambda rng, config, split: draw_copied(rng, config, backward=True),
    check=COPY.check,
    read=read_copied,
    symbols=COPY.symbols,
    encode=lambda text, config: encode_copied(text, config, backward=True),
    typing=COPY.typing,
    fields=COPY.fields,
    defaults=COPY.defaults,
)
