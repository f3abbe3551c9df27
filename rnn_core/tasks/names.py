"""Surnames of ten countries, letter by letter: read one and say the country, or take a country and write one."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.baselines import by_symbol
from rnn_core.tasks.memory import answer_at_end, at_least
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import DATA, Baseline, Batch, Sizes, Task, Writing, at_own_last, in_symbols, one_hot
from rnn_core.words import t

COUNTRIES = ("CRO", "ESP", "FIN", "FRA", "GBR", "GER", "ITA", "NED", "SVK", "SWE")  # in the file's order
NAMES = (
    "croatia",
    "spain",
    "finland",
    "france",
    "britain",
    "germany",
    "italy",
    "netherlands",
    "slovakia",
    "sweden",
)
END = "."
HELD_OUT = 5  # one name in so many is never trained on
OF_EACH = 16  # held-out names of each country that are asked
SHORTEST = 5  # every country has enough names of at most so many letters


@lru_cache
def surnames() -> tuple[tuple[str, ...], ...]:
    """For each country its surnames, in small letters. Source and licence: data/SOURCES.md."""
    lines = (DATA / "surnames.txt").read_text("utf-8").splitlines()
    return tuple(tuple(line.split()[1:]) for line in lines)


@lru_cache
def alphabet() -> str:
    """The end, then every letter that a surname has."""
    return END + "".join(sorted({letter for names in surnames() for name in names for letter in name}))


def is_held_out(name: str) -> bool:
    """A name that two countries have is held out in both."""
    return crc32(name.encode()) % HELD_OUT == 0


class Names(NamedTuple):
    """letters (L,N): places in the alphabet, −1 beyond the end; lengths (N,); countries (N,), numbers."""

    letters: np.ndarray
    lengths: np.ndarray
    countries: np.ndarray

    def take(self, chosen: np.ndarray) -> "Names":
        return Names(self.letters[:, chosen], self.lengths[chosen], self.countries[chosen])


@lru_cache
def every(longest: int, split: str) -> tuple[Names, np.ndarray]:
    """All names of a split with at most so many letters, country by country, and how many each has (10,)."""
    place, held_out = {letter: k for k, letter in enumerate(alphabet())}, split == "held-out"
    parts = [[name for name in names if len(name) <= longest and is_held_out(name) == held_out] for names in surnames()]
    flat = [name for names in parts for name in names]
    letters = np.array([[place[c] for c in name] + [-1] * (longest - len(name)) for name in flat]).T
    sizes = np.array([len(names) for names in parts])
    return Names(letters, np.array([len(name) for name in flat]), np.repeat(np.arange(len(sizes)), sizes)), sizes


def some(rng: np.random.Generator, longest: int, count: int, split: str) -> Names:
    """Names, all countries equally likely. Held out: of each country always the same, spread over its alphabet."""
    names, sizes = every(longest, split)
    starts = np.cumsum(sizes) - sizes
    if split == "held-out":
        return names.take((starts + np.arange(OF_EACH)[:, None] * sizes // OF_EACH).ravel())
    country = rng.integers(0, len(COUNTRIES), count)
    return names.take(starts[country] + rng.integers(0, sizes[country]))


def draw_surnames(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """A name's letters; at its last one the answer is its country. Beyond the end there is nothing, and no target."""
    names = some(rng, config.length, config.batch_size, split)
    x = in_symbols(names.letters, len(alphabet()), config.dtype)
    return Batch(x, *at_own_last(names.lengths, names.countries, config.length, len(COUNTRIES), config.dtype))


@lru_cache
def last_letter_alone(longest: int) -> float:
    """The cross-entropy of a name's country, its last letter known and nothing else."""
    (train, sizes), held_out = every(longest, "train"), some(np.random.default_rng(), longest, 0, "held-out")
    seen, countries = ((n.letters[n.lengths - 1, np.arange(len(n.lengths))], n.countries) for n in (train, held_out))
    weights = (sizes.mean() / sizes)[train.countries]
    return by_symbol(seen, countries, len(alphabet()), len(COUNTRIES), weights)


def encode_surnames(text: str, config: Settings) -> Batch:
    """A name's letters; whose name it is nobody knows, but it is asked at the last one."""
    result = np.array(typed.symbols(text, alphabet()[1:], typed.room(config))) + 1
    x = in_symbols(result[:, None], len(alphabet()), config.dtype)
    return answer_at_end(typed.sequence(x[..., 0], config, len(COUNTRIES)), None)


SURNAMES = Task(
    name="surnames",
    title=t("Surnames: from which country?"),
    shape="many-to-one",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network reads a surname letter by letter and must predict, at its last letter, which of ten countries it "
        "is from."
    ),
    baseline=lambda config: Baseline(
        t("the last letter alone"),
        last_letter_alone(config.length),
        t("how often each country's names end with this letter"),
    ),
    sizes=lambda config: Sizes(len(alphabet()), len(COUNTRIES)),
    draw=draw_surnames,
    check=lambda config: at_least(SHORTEST, t("surnames of every country need a length of at least {least}"), config),
    read=lambda x: alphabet()[int(x.argmax())] if x.any() else "",
    symbols=lambda config: COUNTRIES,
    encode=encode_surnames,
    typing=lambda config: t(
        "a name of up to {length} letters, such as {example}", length=config.length, example="rossi"
    ),
    defaults={"cell": "lstm", "length": 12, "batch_size": 64, "learning_rate": 0.0015},
    finite=True,
)


def draw_letters(rng: np.random.Generator, config: Settings, split: str) -> Batch:
    """The country at the first step, then the letter before; at each step the answer is the next letter, at last the
    end.

    Held-out names are read letter by letter, whatever the network would have written: many a name can follow.
    """
    T = config.length
    names = some(rng, T - 1, config.batch_size, split)
    B, O = len(names.lengths), len(alphabet())
    places = np.concatenate([names.letters, np.full((1, B), -1)])
    places[names.lengths, np.arange(B)] = alphabet().index(END)
    y = in_symbols(places, O, config.dtype)
    x = np.zeros((T, len(COUNTRIES) + O, B), config.dtype)
    x[0, : len(COUNTRIES)] = one_hot(names.countries[None], len(COUNTRIES), config.dtype)[0]
    x[1:, len(COUNTRIES) :] = y[:-1] * (places[1:] >= 0)[:, None]
    feed = (np.arange(T) > 0) & (split != "held-out")
    return Batch(x, y, (places >= 0).astype(config.dtype), free_running=feed)


def encode_letters(text: str, config: Settings) -> Batch:
    """A country, and perhaps how a name begins: its letters are asked for, then the network goes on by itself."""
    country, _, beginning = text.strip().partition(" ")
    known = [code for code, name in zip(COUNTRIES, NAMES, strict=True) if country.lower() in (code.lower(), name)]
    if not known:
        if not country:
            raise ValueError(t("nothing was typed; type one of {countries}", countries=" ".join(COUNTRIES)))
        raise ValueError(t(
            "{country} is not among the countries, which are {countries}",
            country=repr(country[:20]), countries=" ".join(COUNTRIES)
        ))
    O, D = len(alphabet()), len(COUNTRIES) + len(alphabet())
    room = typed.Room(config, config.length - 1, lambda count: count + 1)
    result = [k + 1 for k in typed.symbols(beginning, alphabet()[1:], room)] if beginning.strip() else []
    places = np.array([COUNTRIES.index(known[0]), *(len(COUNTRIES) + k for k in result)])
    batch, N = typed.sequence(in_symbols(places[:, None], D, config.dtype)[..., 0], config, O), len(result)
    batch.y[np.arange(N), result, 0], batch.mask[:N] = 1, 1
    step = np.arange(config.length)
    return batch._replace(lengths=None, free_running=step > N, answered=step[:, None] >= 0)


@lru_cache
def letter_before_alone(longest: int) -> float:
    """The cross-entropy of the next letter, the one before it known, or at the first step the country."""
    pairs = []
    for split in ("train", "held-out"):
        n = every(longest, split)[0] if split == "train" else some(np.random.default_rng(), longest, 0, split)
        B, end = len(n.lengths), alphabet().index(END)
        after = np.concatenate([n.letters, np.full((1, B), -1)])
        after[n.lengths, np.arange(B)] = end
        before = np.concatenate([len(alphabet()) + n.countries[None], after[:-1]])
        pairs.append((before[after >= 0], after[after >= 0], np.broadcast_to(n.countries, after.shape)[after >= 0]))
    sizes = every(longest, "train")[1]
    weights = (sizes.mean() / sizes)[pairs[0][2]]
    return by_symbol(pairs[0][:2], pairs[1][:2], len(alphabet()) + len(COUNTRIES), len(alphabet()), weights)


def read_letter(x: np.ndarray) -> str:
    """The country of the first step, the letter of any other."""
    return COUNTRIES[int(x.argmax())] if x[: len(COUNTRIES)].any() else SURNAMES.read(x[len(COUNTRIES) :])


def written(codes: Iterable[int]) -> str:
    """What sampling.sample wrote after [COUNTRIES.index(country)], as a name: up to its end."""
    return "".join(alphabet()[code] for code in codes).split(END)[0].capitalize()


SURNAME_LETTERS = Task(
    name="surname-letters",
    title=t("Surname letters: write a name from here"),
    shape="one-to-many",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network is given a country and must write one of its surnames: at each step the next letter."
    ),
    baseline=lambda config: Baseline(
        t("only the last letter"),
        letter_before_alone(config.length - 1),
        t("the first letter by the country, each later one by how often it follows the letter before alone"),
    ),
    sizes=lambda config: Sizes(len(COUNTRIES) + len(alphabet()), len(alphabet())),
    draw=draw_letters,
    check=lambda config: at_least(SHORTEST + 1, t("a name and its end need a length of at least {least}"), config),
    read=read_letter,
    symbols=lambda config: tuple(alphabet()),
    end=END,
    writing=Writing(t("names"), t("Country"), {name.capitalize(): k for k, name in enumerate(NAMES)}, written),
    encode=encode_letters,
    typing=lambda config: t(
        "one of {countries}, then, if you like, how the name begins", countries=" ".join(COUNTRIES)
    ),
    defaults={"cell": "gru", "hidden_size": 32, "length": 13, "batch_size": 32},
    finite=True,
)
