"""Text as a task: any Unicode, a stream that goes on where it was, counting rules by hand, sampling, reading."""

import dataclasses
from itertools import pairwise
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import CELLS, Config, Trainer
from rnn_core.analysis.probes import features, follows, next_letters, surprise, units_over
from rnn_core.network import Network
from rnn_core.ngrams import surprises
from rnn_core.sampling import reading, sample, tempered
from rnn_core.tasks.text import AFRESH, KINDS, OTHER, PASSAGE, Letters, counted, letters, names, seen, text_task

RHYME = "the cat sat on the mat; the rat ate the cat's hat. " * 20
ANY = st.text(min_size=2, max_size=300).filter(lambda text: len(set(text)) > 1)


def config(**changes) -> Config:
    return Config(**{"hidden_size": 4, "length": 7, "batch_size": 3, "k": 1, "start": "carried", **changes})


def network(text: str, **changes) -> tuple[Letters, Network, dict[str, np.ndarray]]:
    found = letters(text)
    trainer = Trainer(config(**changes), text_task(text))
    trainer.theta *= 2  # far enough from all alike that a mistake shows
    return found, trainer.network, trainer.params


@settings(deadline=None, derandomize=True)
@given(ANY)
def test_any_unicode_is_read_and_written_back(text: str):
    found = letters(text)
    assert found.decode(found.codes) == text
    assert (found.encode(text) == found.codes).all()
    assert found.cut == len(text) * 9 // 10
    assert len(set(names(found.symbols))) == len(found.symbols)
    assert all(seen(symbol).strip() for symbol in found.symbols)


@settings(deadline=None, derandomize=True)
@given(ANY, st.integers(2, 5))
def test_of_too_many_kinds_the_rarest_become_one(text: str, kinds: int):
    found = letters(text, kinds)
    assert len(found.symbols) <= kinds
    count = {symbol: text.count(symbol) for symbol in set(text)}
    if len(count) <= kinds:
        return
    kept = set(found.symbols[:-1])
    assert found.symbols[-1] == OTHER and kept < set(count)
    assert found.left_out == len(count) - len(kept)
    assert found.others == sum(count[symbol] for symbol in count if symbol not in kept) > 0
    assert found.decode(found.codes) == "".join(c if c in kept else OTHER for c in text)
    given_up = [count[symbol] for symbol in count if symbol not in kept and symbol != OTHER]
    assert max(given_up, default=0) <= min((count[symbol] for symbol in kept), default=len(text))


def test_a_text_of_two_thousand_kinds_keeps_them_all_and_is_learned():
    rng = np.random.default_rng(0)
    text = "".join(map(chr, rng.permutation(np.r_[np.arange(2000), rng.integers(0, 20, 9000)]) + 0x4E00))
    trainer = Trainer(config(cell="gru", hidden_size=8, length=9), task := text_task(text))
    assert task.symbols(trainer.config) == tuple(sorted(set(text))) and len(set(text)) == 2000
    before = exp(trainer.advance(1).loss)
    assert exp(trainer.advance(30).loss) < before == pytest.approx(2000, rel=0.1)


@pytest.mark.parametrize(("text", "what"), [("", "no character"), ("a", "nothing but a"), ("\n\n\n", "nothing but ↵")])
def test_a_text_in_which_nothing_is_to_be_foretold_is_refused(text: str, what: str):
    with pytest.raises(ValueError, match=what):
        letters(text)


def test_a_name_for_every_character_even_beside_its_own_picture():
    assert names((" ", "a", "␣")) == ("U+0020", "a", "␣")
    assert [seen(c) for c in "\n\t\u0301\u202e\x00م🙂"] == ["↵", "⇥", "◌\u0301", "U+202E", "U+0000", "م", "🙂"]
    assert [seen(c) for c in "👩\u200d❤\ufe0f"] == ["👩", "ZWJ", "❤", "VS16"]


@settings(deadline=None, derandomize=True)
@given(ANY.filter(lambda text: len(text) > 40), st.integers(1, 4), st.integers(2, 30))
def test_a_stream_goes_on_where_it_was_and_reads_the_whole_part(text: str, B: int, T: int):
    found, task = letters(text), text_task(text)
    part = found.codes[: found.cut]
    wanted = config(length=T, batch_size=B)
    assert task.stream is not None
    batches = [task.stream(wanted, step, "train") for step in range(-(-2 * len(part) // T))]
    x, y = (np.concatenate([getattr(batch, name).argmax(axis=1) for batch in batches]) for name in "xy")
    follow = {(int(a), int(b)) for a, b in pairwise(part)}
    for b in range(B):
        start = b * (len(part) - 1) // B
        ring = np.roll(part[:-1], -start)
        assert (x[:, b] == np.resize(ring, len(x))).all()  # in order, and round again
        assert {(int(i), int(o)) for i, o in zip(x[:, b], y[:, b], strict=True)} == follow  # never across the seam
    assert all((batch.mask == 1).all() for batch in batches)


def test_every_reader_begins_with_an_empty_memory_in_turn():
    task, B = text_task(RHYME), 7
    assert task.stream is not None
    fresh = np.array([task.stream(config(batch_size=B), step, "train").reset for step in range(2 * AFRESH)])
    assert fresh[0, 0]
    assert (fresh[:AFRESH].sum(axis=0) == 1).all() and (fresh[:AFRESH] == fresh[AFRESH:]).all()
    assert fresh.sum(axis=1).max() == 1


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_a_fresh_memory_is_one_of_zeros(cell: str):
    _, net, params = network(RHYME, cell=cell, layers=2)
    first, then = (reading(np.arange(12).reshape(4, 3) % net.O, net, params) for _ in range(2))
    state = net.forward(params, first).state
    carried, empty = net.forward(params, then, state).h, net.forward(params, then).h
    mixed = net.forward(params, then._replace(reset=np.array([False, True, False])), state).h
    assert (carried != empty).any()
    assert (mixed[..., 1] == empty[..., 1]).all() and (mixed[..., ::2] == carried[..., ::2]).all()


def test_a_draw_is_a_stretch_of_its_own_part_only():
    text = "ab" * 90 + "cd" * 10
    task, rng = text_task(text), np.random.default_rng(0)
    symbols = sorted(set(text))
    for split, allowed in (("train", "ab"), ("held-out", "cd")):
        batch = task.draw(rng, config(length=9, batch_size=50), split)
        assert {symbols[k] for k in np.unique(batch.x.argmax(axis=1))} == set(allowed)
        assert (batch.x[1:] == batch.y[:-1]).all()


def test_every_stretch_can_be_drawn_the_last_too():
    task = text_task("ab" * 100)
    drawn = [
        task.draw(np.random.default_rng(seed), config(length=18), "held-out").x.argmax(axis=1) for seed in range(9)
    ]
    assert {int(first) for batch in drawn for first in batch[0]} == {0, 1}
    with pytest.raises(ValueError, match="held-out tenth of this text has 20 characters"):
        task.check(config(length=20))
    with pytest.raises(ValueError, match="choose a shorter length or a longer text"):
        Trainer(config(length=20), task)
    task.check(config(length=19))


def by_hand(text: str, cut: int, stop: int, k: int, i: int, kinds: int) -> float:
    """p_k of the letter at i, by the formula and str.count, each occurrence counted one by one."""
    if k == 0:
        return 1 / kinds
    h = text[i - k + 1 : i]
    after = [text[j] for j in range(k - 1, cut) if text[j - k + 1 : j] == h]
    lower = by_hand(text, cut, stop, k - 1, i, kinds)
    n = len(set(after))
    return (after.count(text[i]) + n * lower) / (len(after) + n) if after else lower


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.text("abc\n😀", min_size=12, max_size=60).filter(lambda text: len(set(text)) > 1))
def test_counting_rules_are_those_of_witten_and_bell(text: str):
    found, kinds = letters(text), len(set(text))
    got = surprises(found.codes, found.cut, len(text), kinds, 5)
    for k in range(1, 6):
        wanted = [-log(by_hand(text, found.cut, len(text), k, i, kinds)) for i in range(found.cut, len(text))]
        assert got[k - 1] == pytest.approx(wanted, rel=1e-12)


def test_a_counting_rule_shares_out_exactly_one():
    text, kinds = RHYME[:400], len(set(RHYME[:400]))
    for k in range(1, 6):
        total = sum(by_hand(text[:380] + c, 360, 381, k, 380, kinds) for c in set(text))
        assert total == pytest.approx(1)


def test_the_baseline_is_the_bigram_on_the_held_out_passage():
    found = letters(RHYME)
    losses = counted(found)
    baseline = text_task(RHYME).baseline(config())
    assert (baseline.name, baseline.loss) == ("bigram", losses[1])
    assert losses[0] > losses[1] > losses[2] > 0  # a longer memory foretells a rhyme better
    assert found.passage == len(RHYME)
    assert letters("ab" * 10 * PASSAGE).passage == 9 * 2 * PASSAGE + PASSAGE


def test_counts_too_large_for_63_bits_are_refused():
    with pytest.raises(ValueError, match="63 bits"):
        surprises(np.zeros(99, int), 90, 99, 10_000, 5)
    assert KINDS**5 < 2**63


@pytest.mark.parametrize("cell", sorted(CELLS))
@pytest.mark.parametrize("layers", [1, 2])
def test_what_is_read_step_by_step_is_what_training_reads(cell: str, layers: int):
    """next_letters against the trainer's own forward pass and loss; surprise against the plain sum."""
    found, net, params = network(RHYME, cell=cell, layers=layers, dtype="float64")
    codes = found.codes[:30]
    batch = reading(codes[:, None], net, params)
    trace = net.forward(params, batch)
    p = net.loss("cross-entropy", trace, batch).y_hat[..., 0]
    assert np.abs(next_letters(net, params, codes) - p).max() < 1e-12
    assert (units_over(net, params, codes) == trace.h[..., 0]).all()
    assert next_letters(net, params, codes[:0]).shape == (0, len(found.symbols))


def test_the_perplexity_is_that_of_a_network_that_read_what_came_before():
    text = RHYME
    found, net, params = network(text, dtype="float64")
    whole = next_letters(net, params, found.codes)
    cut, stop = found.cut, len(text)
    wanted = -np.log(whole[np.arange(cut, stop) - 1, found.codes[cut:stop]]).mean()
    assert surprise(net, params, found.codes, cut, stop) == pytest.approx(wanted, rel=1e-4)  # 64 steps of warming up
    assert surprise(net, params, found.codes, cut, cut + 1) == pytest.approx(
        -log(whole[cut - 1, found.codes[cut]]), rel=1e-4
    )


def test_a_network_that_knows_nothing_is_as_perplexed_as_there_are_kinds():
    found, net, params = network(RHYME)
    still = {name: np.zeros_like(array) for name, array in params.items()}
    assert exp(surprise(net, still, found.codes, found.cut, found.passage)) == pytest.approx(len(found.symbols))


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_what_is_written_is_what_was_likely_after_all_before(cell: str):
    """At temperature 0 each letter is the likeliest of the whole text so far, read again from its beginning."""
    found, net, params = network(RHYME, cell=cell, layers=2)
    start = found.encode("the ")
    written = sample(net, params, start, 12, (0.0, 1.0), np.random.default_rng(1))
    assert written.shape == (12, 2)
    so_far = list(start)
    for code in written[:, 0]:
        assert code == next_letters(net, params, np.array(so_far))[-1].argmax()
        so_far.append(code)


def test_letters_are_drawn_as_often_as_the_temperature_says():
    found, net, params = network(RHYME)
    start, tau = found.encode("the c"), 0.5
    rng = np.random.default_rng(0)
    alike = np.concatenate([sample(net, params, start, 1, [tau], rng)[0] for _ in range(1000)])
    apart = sample(net, params, start, 1, [tau] * 4000, rng, apart=True)[0]
    p = next_letters(net, params, start)[-1] ** (1 / tau)
    for drawn, near in ((alike, 0.05), (apart, 0.03)):
        assert np.abs(np.bincount(drawn, minlength=len(p)) / len(drawn) - p / p.sum()).max() < near


def test_sampling_is_decided_by_its_generator_alone():
    found, net, params = network(RHYME)
    one, two = (sample(net, params, found.encode("a"), 30, (0.5, 1.0), np.random.default_rng(3)) for _ in range(2))
    assert (one == two).all()
    assert (sample(net, params, found.encode("a"), 30, [1.0], np.random.default_rng(4))[:, 0] != one[:, 1]).any()
    with pytest.raises(ValueError, match="at least one symbol"):
        sample(net, params, np.array([], int), 3, [1.0], np.random.default_rng(0))


def test_a_temperature_changes_nothing_about_the_order():
    y = np.array([1.0, 3.0, -2.0])
    assert tempered(y).sum() == pytest.approx(1)
    assert tempered(y, 0.1).max() > tempered(y).max() > tempered(y, 10.0).max()
    assert (tempered(y, 0.1).argsort() == tempered(y, 10.0).argsort()).all()
    assert np.isfinite(tempered(1e6 * y.astype("f4"))).all()


def test_a_unit_is_told_by_what_it_follows():
    text = "Abc, Def\nGhi jkl.\n" * 4
    named = features(text)
    h = np.stack([named["capital letters"], 3 - 2 * named["spaces"], np.zeros(len(text))], axis=1)
    found = follows(h, named)
    assert [name for name, _ in found] == ["capital letters", "spaces", ""]
    assert [r for _, r in found] == pytest.approx([1, -1, 0])
    assert follows(h[:0], features("")) == [("", 0.0)] * 3


def test_the_named_features_of_a_line():
    named = features("Ab c\nd, e")
    assert named["the place in the line"].tolist() == [1, 2, 3, 4, 0, 1, 2, 3, 4]
    assert named["the place in the word"].tolist() == [1, 2, 0, 1, 0, 1, 0, 0, 1]
    assert named["first letters of words"].tolist() == [1, 0, 0, 1, 0, 1, 0, 0, 1]
    assert named["the first word of a line"].tolist() == [1, 1, 0, 0, 1, 1, 1, 0, 0]
    assert named["punctuation"].tolist() == [0] * 6 + [1, 0, 0]
    assert "digits" not in named


@settings(deadline=None, derandomize=True)
@given(ANY)
def test_features_of_any_text_are_finite_and_move(text: str):
    for values in features(text).values():
        assert values.shape == (len(text),)
        assert np.isfinite(values).all() and values.std() > 0


def test_a_rhyme_is_learned_better_than_by_counting_pairs():
    task = text_task(RHYME)
    found = letters(RHYME)
    trainer = Trainer(config(cell="gru", hidden_size=16, length=20, batch_size=8, learning_rate=0.02), task)
    trainer.advance(150)
    mine = surprise(trainer.network, trainer.params, found.codes, found.cut, found.passage)
    assert mine < task.baseline(trainer.config).loss
    assert next_letters(trainer.network, trainer.params, found.encode("th"))[-1].argmax() == found.encode("e")[0]


def test_a_task_of_ones_own_may_have_any_name():
    task = text_task(RHYME, name="rhyme", title="A rhyme", defaults={})
    assert (task.name, task.title, task.defaults) == ("rhyme", "A rhyme", {})
    batch = task.draw(np.random.default_rng(0), config(), "train")
    told = task.describe(batch, 0, batch.y, symbols=task.symbols(config()))
    assert told.targets == told.predictions
    assert told.inputs[1:] == told.targets[:-1]
    assert dataclasses.replace(task, name="other").draw is task.draw
