"""Sequences that somebody types: what a task describes reads back to what it drew, and bad text gets one sentence."""

import re
from itertools import product

import numpy as np
import pytest

from rnn_core import TASKS, Config, Trainer
from rnn_core.tasks.grammar import may_follow
from tests.every import every

TYPED = [name for name, task in TASKS.items() if task.encode]
SPACED = ("adding", "latch", "sunspots", "airline", "mackey-glass", "sine", "mood")
DIGITS = {"adding": 0.006, "sunspots": 0.015, "latch": 0.06, "airline": 0.06, "mackey-glass": 0.022, "sine": 0.006}
ANY_LETTERS = ("surnames", "surname-letters", "sonnets", "dates")  # whatever word is typed, it can be read


def sized(name: str, length: int = 12) -> Config:
    return Config(task=name, length=max(length, {"airline": 14, "dates": 28}.get(name, 0)), hidden_size=5)


def as_typed(name: str, inputs: tuple[str, ...]) -> str:
    """What a person types who sees these inputs."""
    if "▸" in inputs:
        inputs = inputs[: inputs.index("▸")]
    if name == "surname-letters":
        return f"{inputs[0]} {''.join(inputs[1:])}"
    return (" " if name in SPACED else "").join(inputs)


def unknown(name: str, config: Config) -> int:
    """How many targets of a held-out sequence do not follow from its inputs."""
    one = ("sunspots", "airline", "sonnets", "surnames", "surname-letters")
    T = config.length
    ahead = {name: min(config.horizon, T - T // 2) for name in ("sine", "mackey-glass")}
    return {"xor": int(T % 3 != 2), **dict.fromkeys(one, 1), **ahead}.get(name, 0)


def test_all_may_be_typed_but_pictures_and_sound():
    """Nobody types 64 pixels or what a voice is at a moment: these inputs are drawn, not written."""
    assert {n for n, task in TASKS.items() if not task.encode} == {n for n, task in TASKS.items() if task.image}
    assert all(bool(task.typing(sized(n))) == bool(task.encode) for n, task in TASKS.items())


@every(of=list(product(TYPED, [12, 13])))
def test_what_is_described_reads_back(of: tuple[str, int]):
    """Inputs, and every target that follows from them; what they do not tell is not guessed."""
    name, length = of
    config, task = sized(name, length), TASKS[name]
    batch = Trainer(config).held_out
    assert task.encode and task.typing(config)
    for i in range(20):
        inputs = task.describe(batch, i, symbols=task.symbols(config)).inputs
        got, one = task.encode(as_typed(name, inputs), config), batch.one(i)
        T = len(got.x)
        assert len(one.x) == T and got.x.dtype == one.x.dtype
        digits = DIGITS.get(name, 0)  # as they are written
        np.testing.assert_allclose(got.x, one.x, atol=digits)
        assert (got.mask <= one.mask).all()
        if name not in ("latch",):
            np.testing.assert_allclose(got.y * got.mask[:, None], one.y * got.mask[:, None], atol=max(0.02, digits))
        assert (one.mask - got.mask).sum() == unknown(name, config)
        if got.answered is not None:
            asked = one.mask[:, 0] > 0 if name != "surname-letters" else np.ones(T, bool)  # it goes on by itself
            assert (got.answered[:, 0] >= got.mask[:, 0]).all() and (got.answered[:, 0] == asked).all()


@every(name=TYPED)
def test_a_typed_sequence_is_read_by_the_network_as_it_trains(name: str):
    """The same numbers as for a held-out sequence, the held-out loss untouched, and back again."""
    config = sized(name)
    trainer, twin = Trainer(config), Trainer(config)
    inputs = trainer.task.describe(trainer.held_out, 3, symbols=trainer.task.symbols(config)).inputs
    assert trainer.task.encode
    trainer.typed, twin.shown = trainer.task.encode(as_typed(name, inputs), config), 3
    for _ in range(2):
        mine, other = trainer.advance(3), twin.advance(3)
        assert (mine.loss, mine.held_out_loss) == (other.loss, other.held_out_loss)
        known = mine.shown.mask
        np.testing.assert_allclose(mine.shown.y_hat[known], other.shown.y_hat[known], atol=0.02)
        if known.sum() == other.shown.mask.sum():
            np.testing.assert_allclose(mine.shown.loss_t, other.shown.loss_t, atol=0.05)
    trainer.typed, trainer.shown = None, 3
    np.testing.assert_array_equal(trainer.snapshot().shown.h, twin.snapshot().shown.h)


@every(name=TYPED)
def test_bad_text_is_refused_in_one_sentence(name: str):
    config, task = sized(name), TASKS[name]
    assert task.encode
    texts = ["", "   ", "A%", "<b>", "0" * 40 + " 1" * 40, "☃" * 3, "E" * 200]
    for text in texts + ["ß", "1 2 x", "nan inf"] * (name not in ANY_LETTERS):
        with pytest.raises(
            ValueError, match=r"the alphabet|no number|too many|nothing|too far|are there|among|none of these"
        ) as said:
            task.encode(text, config)
        assert "\n" not in str(said.value) and len(str(said.value)) < (160 if name != "mood" else 480)


def test_the_symbol_that_is_not_there_and_what_is():
    config = Config(task="echo")
    assert TASKS["echo"].encode
    with pytest.raises(ValueError, match="'X' at place 3 is not in the alphabet, which is A B C D E"):
        TASKS["echo"].encode("abXde", config)
    with pytest.raises(ValueError, match="21 symbols are too many; there is room for 20"):
        TASKS["echo"].encode("A" * 21, config)


def refused(name: str, text: str, **more: int) -> str:
    encode = TASKS[name].encode
    assert encode
    with pytest.raises(ValueError) as said:
        encode(text, Config(task=name, **({"length": 30} | more)))  # type: ignore[arg-type]
    return str(said.value)


def test_a_word_a_country_a_letter_that_is_not_known_is_named_and_what_is_known():
    said = refused("mood", "Terrible movie!")
    assert said.startswith("it knows none of these words; of its 55 some are good, warm, awful,")
    assert refused("surname-letters", "Norway x") == (
        "'Norway' is not among the countries, which are CRO ESP FIN FRA GBR GER ITA NED SVK SWE"
    )
    assert refused("surnames", "O'Neil").startswith('"\'" at place 2 is not in the alphabet, which is a…z ß à')
    assert refused("dates", "30 márc").startswith("'á' at place 5 is not in the alphabet, which is ␣ , . / a…j l m n")
    assert refused("addition", "123+4", length=9) == (
        "123 has too many digits; a number here has at most 2: choose length 12 or type fewer"
    )
    assert refused("sonnets", "to*").endswith(
        "'*' at place 3 is not in the alphabet, which is ↵ ␣ ! ' ( ) , - . : ; ? A…P R S T U V W X Y a…z"
    )


def targets(name: str, text: str, **more: object) -> str:
    """What the task says the answers are, one after the other."""
    config, task = Config(task=name, **({"length": 30} | more)), TASKS[name]  # type: ignore[arg-type]
    assert task.encode
    return "".join(task.describe(task.encode(text, config), 0, symbols=task.symbols(config)).targets)


def test_answers_follow_by_the_tasks_own_rule():
    assert [targets("parity", bits) for bits in ("0", "1", "1101", "11 11")] == ["even", "odd", "odd", "even"]
    for text in (
        "30 March 2004",
        "tuesday 30 march 2004",
        "3/30/2004",
        "30.03.2004",
        "mar 30, 2004",
        "the 30 of march 2004",
    ):
        assert targets("dates", text, length=40) == ("2004-03-30" if text != "mar 30, 2004" else "")  # no such format
    for text in ("monday 30 march 2004", "30 february 2004", "13/30/2004", "30 march", "a"):
        assert targets("dates", text, length=40) == ""
    assert [targets("addition", text) for text in ("12 + 34", "999+1", "5", "+", "1+2+3")] == [
        "46.",
        "1000.",
        "",
        "",
        "",
    ]
    assert targets("addition", "12+34", reverse_input=True) == "46."
    assert targets("sonnets", "To be") == "o␣be" and targets("surname-letters", "germany Kling") == "kling"
    good = (
        "the film was not bad at all",
        "the cast was dull but the plot was good",
        "though the film is bad its cast was fine",
    )
    bad = (
        "The film was good, yet its plot felt flat.",
        "the film was hardly so clever",
        "its plot was flat although this cast is warm",
    )
    assert [targets("mood", text) for text in good + bad] == ["good"] * 3 + ["bad"] * 3
    for text in (
        "good",
        "the film was good and the plot was bad",
        "the film was good the film was good",
        "but not bad",
    ):
        assert targets("mood", text) == ""


@every(name=["sine", "mackey-glass"])
def test_what_is_typed_of_a_series_is_too_short_for_its_horizon(name: str):
    """Fewer numbers than lie between a step and its answer: no answer is known, and none is made up."""
    config, encode = Config(task=name, length=12, horizon=8), TASKS[name].encode
    assert encode
    for count in range(1, 13):
        batch = encode(" ".join(["0.5"] * count), config)
        assert batch.mask.sum() == max(0, count - 8 - 6) and batch.answered is not None
        assert batch.answered.sum() == max(0, count - 6)


def test_a_question_read_backward_is_turned_and_its_answer_is_not():
    config = Config(task="addition", length=9, reverse_input=True)
    assert TASKS["addition"].encode
    inputs = (
        TASKS["addition"].describe(TASKS["addition"].encode("12+34", config), 0, symbols=tuple(".0123456789")).inputs
    )
    assert "".join(inputs) == "43+21▸46"


def test_from_a_country_the_network_writes_by_itself():
    """It reads what was typed, then its own last prediction."""
    trainer = Trainer(Config(task="surname-letters", length=10, hidden_size=5))
    assert trainer.task.encode
    trainer.typed = trainer.task.encode("ITA ro", trainer.config)
    view = trainer.snapshot().shown
    assert [bool(t) for t in view.free_running] == [t > 2 for t in range(10)] and view.answered.all()
    assert [trainer.task.read(x) for x in view.x[:3]] == ["ITA", "r", "o"]
    answers = view.y_hat.argmax(axis=1)
    assert (view.x[3:, -view.y_hat.shape[1] :].argmax(axis=1) == answers[2:-1]).all()


@every(name=TYPED)
def test_what_is_half_typed_is_read_or_refused(name: str):
    """Letter by letter, as a person types: no beginning of a sequence breaks the picture."""
    config = sized(name)
    trainer = Trainer(config)
    inputs = trainer.task.describe(trainer.held_out, 0, symbols=trainer.task.symbols(config)).inputs
    text, read = as_typed(name, inputs), 0
    assert trainer.task.encode
    for end in range(1, len(text) + 1):
        try:
            trainer.typed = trainer.task.encode(text[:end], config)
        except ValueError:
            continue
        view, read = trainer.snapshot().shown, read + 1
        assert np.isfinite(view.y_hat).all() and (view.answered >= view.mask).all()
    assert read


def test_what_is_short_ends_in_padding():
    trainer = Trainer(Config(task="echo", length=10, k=2, hidden_size=4))
    assert trainer.task.encode
    trainer.typed = trainer.task.encode("abcd", trainer.config)
    view = trainer.snapshot().shown
    assert (view.ends, list(view.mask)) == (4, [t in (2, 3) for t in range(10)])
    assert view.x[:4].argmax(axis=1).tolist() == [0, 1, 2, 3] and not view.x[4:].any()
    trainer.typed = trainer.task.encode("a", trainer.config)  # no answer is known at all
    view = trainer.snapshot().shown
    assert not view.mask.any() and not view.loss_t.any() and np.isfinite(view.y_hat).all()


def test_what_the_grammar_allows():
    assert may_follow("BTBTXSETE") == ["TP", "B", "TP", "SX", "XS", "E", "T", "E"]
    assert may_follow("BPBPVVEPE")[-3:] == ["E", "P", "E"]
    assert may_follow("BTBTXSEPE") == may_follow("BTBTXSE")  # the wrong end: nobody knows what follows
    assert may_follow("BTBTXSETEE") == may_follow("BTBTXSETE")
    assert may_follow("TB") == []


def examples(name: str, config: Config) -> list[str]:
    """What the hint names as such."""
    _, _, named = TASKS[name].typing(config).partition("such as")
    return [text.strip(": ") for text in named.split(" or ")] if named else []


def lengths(name: str) -> list[int]:
    """Every length that the app offers and the task takes."""
    low, high = map(int, Config.fields()["length"].screen)
    found = []
    for length in range(low, high + 1):
        try:
            found.append(Config(task=name, length=length, k=1).length)
        except ValueError:
            continue
    return found


@every(name=TYPED)
def test_what_the_hint_names_is_read_with_every_length_on_offer(name: str):
    task = TASKS[name]
    defaults = Config(task=name, **task.defaults)  # type: ignore[arg-type]
    assert task.encode
    for config in (defaults, *(Config(task=name, length=length, k=1) for length in lengths(name))):
        for example in examples(name, config):
            batch = task.encode(example, config)
            assert batch.x.any() and example
            if name in ("dates", "addition", "mood", "reber"):
                assert batch.mask.any(), f"nobody knows the answer to {example!r}"
        most = re.search(r"up to (\d+)", task.typing(config))
        if most:
            task.encode(many(name, int(most[1])), config)


def many(name: str, count: int) -> str:
    """As much of a task's own as its hint allows."""
    if name == "dates":
        return ("wednesday" * 7)[:count]
    if name == "addition":
        return f"{'9' * count}+{'9' * count}"
    words = {
        "mood": "the",
        "reber": "B",
        "surnames": "a",
        "sonnets": "a",
        "temporal-order": "c",
        "xor": "1",
        "parity": "1",
    }
    one = words.get(name, "1" if name in SPACED else "A")
    return (" " if name in SPACED else "").join([one] * count)


@every(name=[name for name in TYPED if name not in ("delayed-copy",)])
def test_who_types_too_much_is_told_a_length_and_that_length_has_room(name: str):
    task = TASKS[name]
    assert task.encode
    offered = lengths(name)
    for length in (offered[0], offered[len(offered) // 2], offered[-1]):
        config = Config(task=name, length=length, k=1)
        most = re.search(r"up to (\d+)", task.typing(config))
        text = many(name, int(most[1]) + 1) if most else f"ITA {'a' * length}"
        with pytest.raises(ValueError, match=r"too many.*: (choose length \d+ or )?type fewer$") as said:
            task.encode(text, config)
        if chosen := re.search(r"choose length (\d+)", str(said.value)):
            task.encode(text, Config(task=name, length=int(chosen[1]), k=1))
        else:
            assert length == offered[-1] or name == "addition"


def test_the_length_for_a_sum_is_the_longer_numbers():
    assert refused("addition", "1234+5", length=9).endswith("there is room for 5: choose length 15 or type fewer")
    assert refused("addition", "1+2+3+4", length=9).endswith("there is room for 5: type fewer")
    assert refused("dates", "saturday 30 march 2004", length=20) == (
        "22 symbols are too many; there is room for 10: choose length 32 or type fewer"
    )


def test_a_review_is_read_as_far_as_its_words_are_known_and_the_others_are_said():
    task, config = TASKS["mood"], Config(task="mood", length=13)
    assert task.encode
    typed = ("I love this movie, the film was GOOD!", "this the film was good")
    some, known = (task.encode(text, config) for text in typed)
    assert (some.x == known.x).all() and some.answered is not None and some.answered[4, 0]
    assert task.unread("I love this movie, the film was good").startswith(
        "Left out, for it does not know them: 'i', 'love', 'movie'. Of its 55 words some are good, warm,"
    )
    assert task.unread("the film was good") == ""
    assert " and 2 more. Of its" in task.unread("a b c d e f g h i j")
