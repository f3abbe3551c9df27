"""Surnames, reviews and sonnets: what is asked follows from what is read, nothing held out is trained on, and each
baseline's score is counted again here, in another way.
"""

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from math import log

import numpy as np
import pytest

from rnn_core import TASKS, Config, Trainer
from rnn_core.sampling import sample, write
from rnn_core.tasks import Batch
from rnn_core.tasks.names import COUNTRIES, END, alphabet, surnames, written
from rnn_core.tasks.reviews import ALTHOUGH, AND, BAD, BUT, GOOD, NOT, WORDS
from rnn_core.tasks.sonnets import sonnets
from rnn_core.tasks.text import PASSAGE
from tests.engine.small import draw, letters, small, wide

SPLITS = ("train", "held-out")


def baseline(task: str) -> float:
    return TASKS[task].baseline(small(task, 12)).loss


def read(config: Config, batch: Batch, i: int) -> tuple[list[str], list[str]]:
    """The inputs and the targets of sequence i, what is beyond the end left out."""
    told = TASKS[config.task].describe(batch, i, symbols=TASKS[config.task].symbols(config))
    return [word for word in told.inputs if word], [word for word in told.targets if word]


def names(length: int, split: str) -> list[tuple[str, str]]:
    """Names and countries of many draws."""
    config = wide("surnames", length=length)
    batch = draw(config, split=split)
    found = [read(config, batch, i) for i in range(batch.x.shape[2])]
    return [("".join(inputs), country) for inputs, (country,) in found]


@pytest.mark.parametrize("split", SPLITS)
def test_a_surname_is_one_of_its_country_and_fits(split: str):
    known = dict(zip(COUNTRIES, map(set, surnames()), strict=True))
    for name, country in names(9, split):
        assert name in known[country] and len(name) <= 9
    counts = Counter(country for _, country in names(9, split))
    assert len(counts) == 10 and max(counts.values()) - min(counts.values()) < 70  # of 1,000: all alike


def test_no_held_out_name_is_trained_on_and_all_letters_are_in_the_alphabet():
    held_out, trained = ({name for name, _ in names(12, split)} for split in ("held-out", "train"))
    assert not held_out & trained
    longer = draw(wide("surname-letters", length=13))
    written = {"".join(read(small("surname-letters", length=13), longer, i)[1])[:-1] for i in range(1000)}
    assert written and not held_out & written
    assert {letter for country in surnames() for name in country for letter in name} == set(alphabet()) - {END}
    assert sum(map(len, surnames())) == 7698


@pytest.mark.parametrize("split", SPLITS)
def test_surname_letters_spell_a_name_of_the_country_and_its_end(split: str):
    config = wide("surname-letters", length=10)
    batch, known = draw(config, split=split), dict(zip(COUNTRIES, map(set, surnames()), strict=True))
    for i in range(100):
        (country, *before), after = read(config, batch, i)
        name = "".join(after)
        assert name.endswith(END) and name[:-1] in known[country]
        assert before == after[:-1]


def of_country(name: str, country: str, last: dict[tuple[str, str], float]) -> float:
    """−ln P(country | last letter) from weighted counts, one more for each country."""
    return -log((1 + last[name[-1], country]) / sum(1 + last[name[-1], other] for other in COUNTRIES))


def test_the_surname_baselines_are_counted_on_the_training_names():
    length = small("surnames", 12).length
    held_out = [(name, country) for name, country in names(length, "held-out")]
    forbidden = {name for names in surnames() for name in names if zlib_fifth(name)}
    train = {c: [n for n in own if n not in forbidden and len(n) <= length]
             for c, own in zip(COUNTRIES, surnames(), strict=True)}
    mean = np.mean([len(own) for own in train.values()])
    last: dict[tuple[str, str], float] = defaultdict(float)
    for country, own in train.items():
        for name in own:
            last[name[-1], country] += float(mean / len(own))
    assert np.mean([of_country(*pair, last) for pair in held_out]) == pytest.approx(baseline("surnames"))

    longest = small("surname-letters", 12).length - 1
    config = wide("surname-letters", length=longest + 1)
    batch = draw(config, split="held-out")
    follows: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for country, own in train.items():
        own = [name for name in own if len(name) <= longest]
        size = np.mean([sum(len(n) <= longest for n in each) for each in train.values()]) / len(own)
        for name in own:
            for a, b in pairwise([country, *name, END]):
                follows[a][b] += float(size)
    costs = []
    for i in range(batch.x.shape[2]):
        inputs, targets = read(config, batch, i)
        for a, b in zip(inputs, targets, strict=True):
            costs.append(-log((1 + follows[a][b]) / (len(alphabet()) + sum(follows[a].values()))))
    assert np.mean(costs) == pytest.approx(baseline("surname-letters"))


def zlib_fifth(name: str) -> bool:
    """One name in five, by its CRC-32 bit by bit, as ISO 3309 defines it."""
    crc = 0xFFFFFFFF
    for byte in name.encode():
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return (crc ^ 0xFFFFFFFF) % 5 == 0


def test_a_held_out_name_is_scored_letter_by_letter_and_not_by_what_the_network_would_have_written():
    trainer = Trainer(small("surname-letters", 12))
    held_out = trainer.held_out
    assert held_out.free_running is not None and not held_out.free_running.any()
    assert (trainer.snapshot().shown.x == held_out.x[..., 0]).all()
    feed = draw(trainer.config).free_running
    assert feed is not None and feed.tolist() == [False] + [True] * (len(held_out.x) - 1)


def test_a_trained_network_writes_names_of_a_country_at_any_temperature():
    trainer = Trainer(Config(task="surname-letters", length=12, hidden_size=8, learning_rate=0.03))
    trainer.advance(120)

    def write(country: str, *temperatures: float) -> list[str]:
        start, rng = np.array([COUNTRIES.index(country)]), np.random.default_rng(1)
        return [written(codes) for codes in sample(trainer.network, trainer.params, start, 12, temperatures, rng).T]

    assert len(set(write("ITA", 0, 0))) == 1
    assert len(set(write("ITA", 0, 1, 3))) == 3
    assert all(set(name.lower()) <= set(alphabet()) - {END} for name in write("SWE", 0, 0.5, 1, 3))
    assert len({write(country, 0)[0] for country in COUNTRIES}) > 1


@cache
def trained() -> Trainer:
    trainer = Trainer(Config(task="surname-letters", length=12, hidden_size=8, learning_rate=0.03))
    trainer.advance(120)
    return trainer


def written_from(start: str, temperature: float, seed: int = 1) -> tuple[str, ...]:
    trainer, rng = trained(), np.random.default_rng(seed)
    return write(trainer.task, trainer.config, trainer.params, start, 10, temperature, rng)


def test_ten_names_are_ten_draws_and_all_the_likeliest_as_the_temperature_goes_to_nothing():
    assert len(set(written_from("Italy", 1.0))) > 5
    assert len(set(written_from("Italy", 0.0))) == 1
    assert set(written_from("Italy", 1e-6)) == set(written_from("Italy", 0.0))
    assert written_from("Italy", 0.7) == written_from("Italy", 0.7) != written_from("Italy", 0.7, seed=2)
    assert written_from("Italy", 0.7) != written_from("Sweden", 0.7)
    with pytest.raises(ValueError, match="start is 'Atlantis'; surname-letters writes from Croatia, Spain"):
        written_from("Atlantis", 0.7)


def test_a_name_stops_at_its_end_and_says_when_it_has_none():
    trainer = Trainer(Config(task="surname-letters", length=6, hidden_size=2))
    params = {name: np.zeros_like(array) for name, array in trainer.params.items()}
    rng = np.random.default_rng(0)
    params["b_y"][alphabet().index(END)] = -50
    never = write(trainer.task, trainer.config, params, "Spain", 3, 1.0, rng)
    assert all(len(name) >= 7 and name.endswith("…") and END not in name for name in never)
    params["b_y"][alphabet().index(END)] = 50
    assert write(trainer.task, trainer.config, params, "Spain", 3, 1.0, rng) == ("", "", "")


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if task.writing])
def test_what_a_task_writes_begins_as_its_own_sequences_do(task: str):
    """Each start is an input that some sequence has at its first step; the end is a symbol, and letters are fed."""
    record, config = TASKS[task], small(task, batch_size=400)
    told, batch, symbols = record.writing, draw(config), record.symbols(config)
    assert told and symbols and batch.free_running is not None
    assert set(batch.x[0].argmax(axis=0).tolist()) == set(told.starts.values())
    assert record.end in symbols
    assert (batch.x[0].sum(axis=0) == 1).all()


def mood_of(words: list[str]) -> str:
    """Good or bad by the rule, read from the other side: which clause decides, and is its adjective turned around?"""
    cut = next((k for k, word in enumerate(words) if word in BUT + ALTHOUGH + AND), None)
    verbs = [k for k, word in enumerate(words) if word in ("was", "is", "seemed", "felt", "looked")]
    if cut == 0:  # "although the film was dull the cast was great"
        clause = words[verbs[1] :]
    elif cut is None or words[cut] in ALTHOUGH + AND:
        clause = words[:cut]
    else:
        clause = words[cut + 1 :]
    good = any(word in GOOD for word in clause)
    assert good != any(word in BAD for word in clause)
    return "good" if good != any(word in NOT for word in clause) else "bad"


@pytest.mark.parametrize("split", SPLITS)
def test_a_reviews_mood_is_that_of_the_clause_that_decides(split: str):
    config = wide("mood", length=17)
    batch, kinds = draw(config, split=split), set()
    for i in range(batch.x.shape[2]):
        words, said = read(config, batch, i)
        assert said == [mood_of(words)]
        kinds.add(next((word for word in words if word in BUT + ALTHOUGH + AND), ""))
    assert len(kinds) == 7
    assert batch.y.sum(axis=(0, 2))[1] / batch.x.shape[2] == pytest.approx(0.5, abs=0.08)
    assert 45 <= len(WORDS) <= 65 and len(set(WORDS)) == len(WORDS)


def test_a_review_that_is_held_out_is_not_trained_on_and_the_words_alone_say_nothing():
    config = wide("mood", length=12)
    drawn = {split: draw(config, 1, split) for split in SPLITS}
    parts = {split: {tuple(read(config, batch, i)[0]) for i in range(256)} for split, batch in drawn.items()}
    assert len(parts["held-out"]) == 256 and not parts["held-out"] & parts["train"]
    batch = draw(config, split="held-out")
    counts, good = batch.x.sum(axis=0).T, letters(batch.y.max(axis=0)[None])[0]
    train = [draw(config, seed) for seed in range(4)]
    X = np.concatenate([part.x.sum(axis=0).T for part in train])
    y = np.concatenate([letters(part.y.max(axis=0)[None])[0] for part in train])
    X, counts = (np.column_stack([a, np.ones(len(a))]) for a in (X, counts))
    w = np.zeros(X.shape[1])
    for _ in range(8):  # Newton
        p = 1 / (1 + np.exp(-X @ w))
        hessian = X.T @ (X * (p * (1 - p))[:, None]) / len(X) + 0.001 * np.eye(len(w))
        w -= np.linalg.solve(hessian, X.T @ (p - y) / len(X) + 0.001 * w)
    loss = np.log1p(np.exp(np.where(good == 1, -1, 1) * (counts @ w))).mean()
    assert loss == pytest.approx(baseline("mood"), rel=0.03)
    assert loss > 0.6  # ln 2 is 0.693: it is their order that tells


def test_sonnets_ask_for_the_next_character_and_the_last_tenth_is_held_out():
    text, config = sonnets(), small("sonnets", length=12)
    assert "Shall I compare thee to a summer's day?" in text and len(text) == 95_611
    cut, symbols = len(text) * 9 // 10, TASKS["sonnets"].symbols(config)
    assert symbols is not None
    plain = "".join({"␣": " ", "↵": "\n"}.get(symbol, symbol) for symbol in symbols)
    assert sorted(set(text)) == sorted(plain)
    for split, part in (("train", text[:cut]), ("held-out", text[cut:])):
        batch = draw(wide("sonnets", length=12, batch_size=20), split=split)
        x, y = letters(batch.x), letters(batch.y)
        assert (x[1:] == y[:-1]).all()
        for b in range(20):
            assert "".join(plain[k] for k in [*x[:, b], y[-1, b]]) in part


def test_the_sonnets_baseline_is_a_bigram_of_the_training_part():
    text = sonnets()
    cut = len(text) * 9 // 10
    pairs, singles = Counter(pairwise(text[:cut])), Counter(text[:cut])
    followers, before = Counter(a for a, _ in pairs), Counter(text[: cut - 1])
    kinds, total = len(set(text)), 0.0
    for a, b in pairwise(text[cut - 1 : cut + PASSAGE]):
        alone = (singles[b] + len(singles) / kinds) / (cut + len(singles))
        total -= log((pairs[a, b] + followers[a] * alone) / (before[a] + followers[a]) if before[a] else alone)
    assert total / min(PASSAGE, len(text) - cut) == pytest.approx(baseline("sonnets"), rel=1e-6)
