"""Tasks on the 8×8 images of handwritten digits: one image in, its class or its name out; or row after row in."""

from functools import cache, lru_cache
from math import log

import numpy as np

from rnn_core.tasks.baselines import logistic
from rnn_core.tasks.memory import at_least
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import DATA, Baseline, Batch, Sizes, Task, at_own_last, one_hot
from rnn_core.words import t

TRAINING_IMAGES = 898  # the first half, other people's hands than the second
HELD_OUT_IMAGES = 256
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
END = "."
ALPHABET = END + "".join(sorted(set("".join(NAMES))))
LETTERS = 6  # of the longest name, with its end


@lru_cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 images (1797, 64), row by row, from 0 to 1, and their classes (1797,). Source and licence:
    data/SOURCES.md.
    """
    with np.load(DATA / "digits.npz") as file:
        return file["images"] / np.float32(16), file["classes"]


def some_digits(rng: np.random.Generator, config: Settings, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (B, 64) and their classes (B,); held out: always the same 256 of the second half."""
    images, classes = digits()
    chosen = held_out_images() if split == "held-out" else rng.integers(0, TRAINING_IMAGES, config.batch_size)
    return images[chosen], classes[chosen]


def held_out_images() -> np.ndarray:
    return np.linspace(TRAINING_IMAGES, len(digits()[1]) - 1, HELD_OUT_IMAGES).astype(int)


MARKS = "·▁▂▃▄▅▆▇█"  # from no ink to all of it


def marks(ink: np.ndarray) -> str:
    """Shares of ink from 0 to 1 (n,), a mark for each: ··▂█▅···. No ink at all is a dot, the least is a mark."""
    return "".join(MARKS[int(np.ceil(8 * v))] for v in np.clip(ink, 0, 1))


def read_image(x: np.ndarray) -> str:
    """An image (64,) in a word: how much ink each of its rows has, from the top, the fullest one full."""
    rows = x.reshape(8, 8).sum(axis=1)
    return t("image, rows {rows}", rows=marks(rows / (rows.max() or 1)))


def draw_digits(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """One step: 64 pixels in, the class out."""
    images, classes = some_digits(rng, config, split)
    ones = np.ones((1, len(classes)), config.dtype)
    return Batch(images.T[None].astype(config.dtype), one_hot(classes[None], 10, config.dtype), ones)


DIGITS = Task(
    name="digits",
    title=t("Digits: which digit is this?"),
    shape="one-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network sees one image of 8 × 8 pixels and must predict the digit: one step, nothing to remember."
    ),
    baseline=lambda config: Baseline(
        t("guessing: ln 10"), log(10), t("without looking all ten digits are equally likely")
    ),
    sizes=lambda config: Sizes(64, 10),
    draw=draw_digits,
    read=read_image,
    image=(8, 8),
    symbols=lambda config: tuple("0123456789"),
    defaults={"hidden_size": 24, "length": 1},
    finite=True,
)


@lru_cache
def spelled() -> np.ndarray:
    """The letters of each digit's name and its end as numbers, (6, 10); −1 beyond the end."""
    words = [[ALPHABET.index(letter) for letter in name + END] for name in NAMES]
    return np.array([word + [-1] * (LETTERS - len(word)) for word in words]).T


def draw_digit_words(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """The image at the first step, then the letter before; at each step the answer is the next letter of the name."""
    images, classes = some_digits(rng, config, split)
    letters = spelled()[:, classes]
    real = (letters >= 0).astype(config.dtype)
    y = one_hot(letters.clip(0), len(ALPHABET), config.dtype) * real[:, None]
    x = np.zeros((LETTERS, 64 + len(ALPHABET), len(classes)), config.dtype)
    x[0, :64], x[1:, 64:] = images.T, y[:-1]
    return Batch(x, y, real, free_running=np.arange(LETTERS) > 0)


def without_state(config: Settings) -> Baseline:
    """The first letter from the image, each later one from the letter before it alone, the ten names equally likely."""
    words, loss = spelled(), 0.0
    before, after = words[:-1].ravel(), words[1:].ravel()
    pairs = [(b, a) for b, a in zip(before.tolist(), after.tolist(), strict=True) if a >= 0]
    for b, a in pairs:
        following = [after for before, after in pairs if before == b]
        loss -= log(following.count(a) / len(following))
    why = t("the image gives the first letter; without a state each further one follows from the letter before alone")
    return Baseline(t("only the last letter"), loss / float((words >= 0).sum()), why)


DIGIT_WORDS = Task(
    name="digit-words",
    title=t("Digit words: spell the digit"),
    shape="one-to-many",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network sees one image of a digit and must spell its name, reading its own letters."
    ),
    baseline=without_state,
    sizes=lambda config: Sizes(64 + len(ALPHABET), len(ALPHABET)),
    draw=draw_digit_words,
    read=lambda x: read_image(x[:64]) if not x[64:].any() else ALPHABET[int(x[64:].argmax())],
    image=(8, 8),
    symbols=lambda config: tuple(ALPHABET),
    end=END,
    fields=("teacher_forcing",),
    defaults={"cell": "gru", "hidden_size": 32, "length": 6, "batch_size": 32, "learning_rate": 0.002},
    finite=True,
)

ROWS, COLUMNS = 8, 8


def draw_digit_rows(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """A row of 8 pixels at each of 8 steps, from the top; at the last one the answer is the class."""
    images, classes = some_digits(rng, config, split)
    x = images.reshape(-1, ROWS, COLUMNS).transpose(1, 2, 0).astype(config.dtype)
    return Batch(x, *at_own_last(np.full(len(classes), ROWS), classes, ROWS, 10, config.dtype))


@cache
def last_row_alone() -> float:
    """The cross-entropy of the class, the lowest row of pixels known and nothing else."""
    images, classes = digits()
    rows, held_out = images[:, -COLUMNS:], held_out_images()
    return logistic((rows[:TRAINING_IMAGES], classes[:TRAINING_IMAGES]), (rows[held_out], classes[held_out]), 10)


DIGIT_ROWS = Task(
    name="digit-rows",
    title=t("Digit rows: read an image row by row"),
    shape="many-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network reads an image from top to bottom, one row of 8 pixels at a time, and must predict the digit at "
        "the last row."
    ),
    baseline=lambda config: Baseline(
        t("the last row alone"), last_row_alone(), t("a logistic regression that sees only the lowest 8 pixels")
    ),
    sizes=lambda config: Sizes(COLUMNS, 10),
    draw=draw_digit_rows,
    check=lambda config: at_least(ROWS, t("eight rows need a length of at least {least}"), config),
    read=lambda x: marks(x) if x.any() else t("blank"),
    image=(1, COLUMNS),
    symbols=lambda config: tuple("0123456789"),
    defaults={
        "cell": "gru",
        "hidden_size": 24,
        "length": 8,
        "batch_size": 32,
        "optimizer": "sgd",
        "learning_rate": 0.1,
    },
    finite=True,
)

SIDE = 8  # of a frame, in pixels
MOVES = {"→": (0, 1), "↓": (1, 0), "←": (0, -1), "↑": (-1, 0)}  # rows, columns
TURN = 0.25  # how probable a new direction is at each step
NOISE, INK = 0.15, 0.85  # the largest noise of a pixel, and what the dot adds to it


def draw_frames(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """A dot goes one pixel at each step, now and then in a new direction, and comes in again at the other side.

    From the second frame on the answer is the direction that it came from the frame before. It starts anywhere, so
    that where it is says nothing of where it goes: no single frame does.
    """
    T, B = config.length, config.batch_size
    heading = rng.integers(0, len(MOVES), (T, B))
    for k in np.flatnonzero(np.arange(T) > 0):
        heading[k] = np.where(rng.random(B) < TURN, heading[k], heading[k - 1])
    moves = np.array([*MOVES.values()])[heading]
    moves[0] = rng.integers(0, SIDE, (B, 2))
    row, column = np.moveaxis(moves.cumsum(axis=0) % SIDE, 2, 0)
    x = rng.random((T, SIDE * SIDE, B)) * NOISE
    np.put_along_axis(x, (SIDE * row + column)[:, None], INK + NOISE * rng.random((T, 1, B)), axis=1)
    mask = np.ones((T, B), config.dtype)
    mask[0] = 0
    y = one_hot(heading, len(MOVES), config.dtype) * mask[:, None]
    return Batch(x.astype(config.dtype), y, mask)


def check_frames(config: Settings) -> None:
    if config.length < 3:
        raise ValueError(t(
            "length is {length}; a direction needs two frames, and frames a length of at least 3", length=config.length
        ))


FRAMES = Task(
    name="frames",
    title=t("Frames: where is the dot going?"),
    shape="many-to-many",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network sees a film of a moving dot, 8 × 8 noisy pixels a frame, and must predict at each frame in which "
        "direction it goes."
    ),
    baseline=lambda config: Baseline(
        t("one frame alone: ln 4"), log(4), t("no single frame shows a direction: all four are equally likely")
    ),
    sizes=lambda config: Sizes(SIDE * SIDE, len(MOVES)),
    draw=draw_frames,
    check=check_frames,
    read=lambda x: t("dot in row {row}, column {column}", row=x.argmax() // SIDE + 1, column=x.argmax() % SIDE + 1),
    image=(SIDE, SIDE),
    symbols=lambda config: tuple(MOVES),
    defaults={"cell": "gru", "hidden_size": 32, "length": 12, "batch_size": 32, "learning_rate": 0.01},
)
