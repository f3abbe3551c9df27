"""Japanese Vowels: nine men say two vowels; who speaks? Utterances of unequal length, twelve numbers a frame.

Kudo, Toyama & Shimbo, "Multidimensional curve classification using passing-through regions", Pattern Recognition
Letters 20 (1999): 270 utterances for training, 370 for testing.
"""

from functools import cache, lru_cache

import numpy as np

from rnn_core.tasks.baselines import logistic
from rnn_core.tasks.memory import at_least
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import DATA, Baseline, Batch, Sizes, Task, at_own_last
from rnn_core.words import t

CHANNELS, SPEAKERS = 12, 9


@cache
def vowels() -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Frames (longest, 12, 640), zeros beyond an utterance's end; how many each has and who speaks it, both (640,); how
    many are for training. Each channel from 0 to 1, as it is in the training part. Source, licence: data/SOURCES.md.
    """
    with np.load(DATA / "vowels.npz") as file:
        flat, counts, speakers = file["frames"].astype(np.float32), file["counts"].astype(int), file["speakers"]
        training = int(file["training"])
    known = flat[: counts[:training].sum()]
    flat = ((flat - known.min(axis=0)) / np.ptp(known, axis=0)).clip(0, 1)
    frames = np.zeros((counts.max(), CHANNELS, len(counts)), np.float32)
    utterance = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(flat)) - np.repeat(np.cumsum(counts) - counts, counts)
    frames[step, :, utterance] = flat
    return frames, counts, speakers.astype(int), training


def draw_vowels(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """Utterances, of each at most its first T frames; at its last one the answer is the speaker. Held out: all 370."""
    frames, counts, speakers, training = vowels()
    every = np.arange(training, len(counts))
    chosen = every if split == "held-out" else rng.integers(0, training, config.batch_size)
    T, lengths = config.length, np.minimum(counts[chosen], config.length)
    x = np.zeros((T, CHANNELS, len(chosen)), config.dtype)
    x[: len(frames)] = frames[:T, :, chosen]
    return Batch(x, *at_own_last(lengths, speakers[chosen], T, SPEAKERS, config.dtype))


@lru_cache
def last_frame_alone(longest: int) -> float:
    """The cross-entropy of the speaker, the last of at most so many frames known and nothing else."""
    frames, counts, speakers, training = vowels()
    last = frames[np.minimum(counts, longest) - 1, :, np.arange(len(counts))]
    return logistic((last[:training], speakers[:training]), (last[training:], speakers[training:]), SPEAKERS)


def read_sound(x: np.ndarray) -> str:
    """A moment of a sound (12,) in a word: its strongest and its weakest number; "" beyond its end."""
    high, low = int(x.argmax()), int(x.argmin())
    if not x.any():
        return ""
    return t(
        "sound, most in {high} ({most}), least in {low} ({least})",
        high=high + 1, most=f"{x[high]:.2f}", low=low + 1, least=f"{x[low]:.2f}"
    )


VOWELS = Task(
    name="vowels",
    title=t("Vowels: who is speaking?"),
    shape="many-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network hears a vowel, 12 numbers at each of 7 to 29 moments, and must predict at the last one which of "
        "nine men speaks."
    ),
    baseline=lambda config: Baseline(
        t("the last frame alone"),
        last_frame_alone(config.length),
        t("a logistic regression that hears only the last moment"),
    ),
    sizes=lambda config: Sizes(CHANNELS, SPEAKERS),
    draw=draw_vowels,
    check=lambda config: at_least(2, t("a sound needs a length of at least {least}"), config),
    read=read_sound,
    image=(CHANNELS, 1),
    symbols=lambda config: tuple("123456789"),
    defaults={"cell": "gru", "hidden_size": 32, "length": 29, "optimizer": "sgd", "learning_rate": 0.2},
    finite=True,
)
