"""Mood: short reviews, good or bad, from a grammar of our own with negation and contrast.

A clause is a thing, a verb and an adjective, which "not", "never" or "hardly" turns around. Of two clauses one
decides: with "but" and "yet" the second, with "although" and "though" the one that it does not stand before.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.baselines import logistic
from rnn_core.tasks.memory import answer_at_end, at_least
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import Baseline, Batch, Sizes, Task, at_own_last, in_symbols
from rnn_core.words import t

GOOD = ("good", "great", "fine", "lovely", "clever", "funny", "warm", "bright", "fresh", "moving")
BAD = ("bad", "dull", "awful", "poor", "boring", "weak", "cold", "silly", "stale", "flat")
NOT = ("not", "never", "hardly")
VERY = ("very", "really", "so", "quite", "rather")
THINGS = ("film", "book", "plot", "music", "cast", "ending", "story", "show", "play", "song")
VERBS = ("was", "is", "seemed", "felt", "looked")
ARTICLES = ("the", "this", "its", "their")
BUT, ALTHOUGH, AND = ("but", "yet"), ("although", "though"), ("and", "while")
AT_ALL = ("at", "all")
WORDS = tuple(chain(GOOD, BAD, NOT, VERY, THINGS, VERBS, ARTICLES, BUT, ALTHOUGH, AND, AT_ALL))
MOODS = ("bad", "good")
TRIED, HELD_OUT = 5000, 256  # reviews that are made; how many of those that fit are never trained on


def clause(u: Iterator[float], good: bool) -> list[str]:
    """A clause of this mood, 4 to 8 words."""
    negated = next(u) < 0.5
    words = [pick(u, ARTICLES), pick(u, THINGS), pick(u, VERBS)]
    words += [pick(u, NOT)] if negated else []
    words += [pick(u, VERY)] if next(u) < 0.3 else []
    words += [pick(u, GOOD if good != negated else BAD)]
    return words + (list(AT_ALL) if negated and next(u) < 0.3 else [])


def review(u: Iterator[float]) -> tuple[tuple[str, ...], bool]:
    """One or two clauses, and whether the review is good. u: random numbers from [0, 1), as many as it takes."""
    good, kind = next(u) < 0.5, pick(u, ("alone", "and", "but", "although first", "although second"))
    if kind == "alone":
        words = clause(u, good)
    elif kind == "and":
        words = [*clause(u, good), pick(u, AND), *clause(u, good)]
    elif kind == "but":
        words = [*clause(u, not good), pick(u, BUT), *clause(u, good)]
    elif kind == "although first":
        words = [pick(u, ALTHOUGH), *clause(u, not good), *clause(u, good)]
    else:
        words = [*clause(u, good), pick(u, ALTHOUGH), *clause(u, not good)]
    return tuple(words), good


def pick(u: Iterator[float], words: tuple[str, ...]) -> str:
    return words[int(next(u) * len(words))]


@cache
def made() -> dict[tuple[str, ...], bool]:
    """Different reviews, and whether each is good."""
    u = iter(np.random.default_rng(0).random(40 * TRIED).tolist())
    return dict(review(u) for _ in range(TRIED))


@lru_cache
def reviews(longest: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All of at most so many words: places in WORDS (longest, N), −1 beyond the end; lengths (N,); whether each is good
    (N,). The first HELD_OUT are never trained on.
    """
    fit = [words for words in made() if len(words) <= longest]
    place = {word: k for k, word in enumerate(WORDS)}
    places = np.array([[place[word] for word in words] + [-1] * (longest - len(words)) for words in fit]).T
    return places, np.array([len(words) for words in fit]), np.array([int(made()[words]) for words in fit])


def draw_mood(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """A review's words; at its last one the answer is its mood. Held out: always the same reviews."""
    places, lengths, good = reviews(config.length)
    chosen = rng.integers(HELD_OUT, len(good), config.batch_size) if split == "train" else np.arange(HELD_OUT)
    x = in_symbols(places[:, chosen], len(WORDS), config.dtype)
    return Batch(x, *at_own_last(lengths[chosen], good[chosen], config.length, 2, config.dtype))


@lru_cache
def words_alone(longest: int) -> float:
    """The cross-entropy of the mood, known which words a review has and how often, not their order."""
    places, _, good = reviews(longest)
    counts = (places[..., None] == np.arange(len(WORDS))).sum(axis=0)
    return logistic((counts[HELD_OUT:], good[HELD_OUT:]), (counts[:HELD_OUT], good[:HELD_OUT]), 2)


def either(*kinds: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(chain(*kinds))})"


CLAUSE = re.compile(
    f"{either(ARTICLES)} {either(THINGS)} {either(VERBS)} (?:({either(NOT)}) )?(?:{either(VERY)} )?"
    f"(?:({either(GOOD)})|{either(BAD)})(?: at all)?"
)
DECIDES = {f"_ {word} _": 1 for word in BUT} | {f"{word} _ _": 1 for word in ALTHOUGH}
DECIDES |= {f"_ {word} _": 0 for word in ALTHOUGH} | {"_": 0}  # which clause, where one does
AGREE = {f"_ {word} _" for word in AND}


def mood(text: str) -> bool | None:
    """Whether a review is good, by the grammar; None where it has no such review."""
    moods = [bool(clause[1]) != bool(clause[2]) for clause in CLAUSE.finditer(text)]
    form = CLAUSE.sub("_", text)
    if form in DECIDES:
        return moods[DECIDES[form]]
    return moods[0] if form in AGREE and moods[0] == moods[1] else None


def encode_mood(text: str, config: Settings) -> Batch:
    """A review's words, as far as they are among WORDS; at the last one its mood is asked, and known if the grammar has
    such a review.
    """
    result = np.array(typed.words(text, WORDS, typed.room(config)))
    x = in_symbols(result[:, None], len(WORDS), config.dtype)
    good = mood(" ".join(WORDS[k] for k in result))
    return answer_at_end(typed.sequence(x[..., 0], config, 2), None if good is None else int(good))


def unread_mood(text: str) -> str:
    """Which words of a review are not among WORDS."""
    return typed.unknown_words(text, WORDS)


MOOD = Task(
    name="mood",
    title=t("Mood: was the review good or bad?"),
    shape="many-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network reads a review word by word and must predict, at the last word, whether it is good: “not bad at "
        "all” is, and after “but” the rest decides."
    ),
    baseline=lambda config: Baseline(
        t("words, no order"),
        words_alone(config.length),
        t("a logistic regression that knows which words the review has, not their order"),
    ),
    sizes=lambda config: Sizes(len(WORDS), 2),
    draw=draw_mood,
    check=lambda config: at_least(6, t("a review needs a length of at least {least}"), config),
    read=lambda x: WORDS[int(x.argmax())] if x.any() else "",
    symbols=lambda config: MOODS,
    encode=encode_mood,
    unread=unread_mood,
    typing=lambda config: t(
        "a review of up to {length} words, such as: {example}",
        length=config.length, example="the film was not bad" + " at all" * (config.length > 6)
    ),
    defaults={"cell": "gru", "hidden_size": 24, "length": 13, "batch_size": 32, "learning_rate": 0.01},
)
