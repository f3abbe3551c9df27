"""What a person is told of a task before and after: how long it takes, what breaks it, and what to try next.

Seconds are those of watching at the speed "story" until every held-out prediction is right, or a number's error a tenth
of the baseline's, with the task's own defaults, seeds 1 to 3; `python -m bench.story` prints them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rnn_core.registry import Registry
from rnn_core.words import t


class Next(NamedTuple):
    """Something to do once a task is learned: what a button says, and the settings that differ from now, first the one
    that it speaks of.
    """

    label: str
    changes: Mapping[str, object]


class Guide(NamedTuple):
    """seconds: None where not every seed of three gets there within the budget. budget: training steps after which
    skipping ahead gives up. keywords: words by which a person may look for it, beside those of its title and question.
    """

    seconds: int | None
    budget: int
    breaks: str
    keywords: str
    nexts: tuple[Next, ...]


LSTM, GRU, RNN = {"cell": "lstm"}, {"cell": "gru"}, {"cell": "rnn"}
GUIDES = Registry("guide", {
    "echo": Guide(20, 3000, t("Twice the steps to remember."), t("memory delay start remember"), (
        Next(t("Make it remember 3 steps"), {"k": 3, "length": 20, "hidden_size": 16, "learning_rate": 0.005}),
        Next(t("Make it remember 8 steps"), {"k": 8}),
        Next(t("Make it remember 12 steps"), {"k": 12}),
        Next(t("The same with an LSTM"), LSTM),
    )),
    "sunspots": Guide(
        None, 5000, t("Training for too long: it overfits."), t("forecast time series astronomy weather"), (
            Next(t("With 16 hidden units"), {"hidden_size": 16}),
            Next(t("Another series: air passengers"), {"task": "airline"}),
        ),
    ),
    "airline": Guide(
        None, 2000, t("Training for too long: it overfits."), t("forecast time series travel sales seasonal"), (
            Next(t("With a GRU"), GRU),
            Next(t("Another series: sunspots"), {"task": "sunspots"}),
        ),
    ),
    "mackey-glass": Guide(20, 2000, t("A longer horizon."), t("forecast time series chaos"), (
        Next(t("Predict 12 steps ahead"), {"horizon": 12}),
        Next(t("Predict 24 steps ahead"), {"horizon": 24}),
    )),
    "sine": Guide(21, 3000, t("A longer horizon."), t("forecast time series wave music"), (
        Next(t("Predict 8 steps ahead"), {"horizon": 8}),
        Next(t("A series that is chaos"), {"task": "mackey-glass"}),
    )),
    "frames": Guide(23, 3000, t("A plain network of few units."), t("video images motion"), (
        Next(t("With a plain network"), RNN),
        Next(t("With 8 hidden units"), {"hidden_size": 8}),
    )),
    "sonnets": Guide(
        None, 6000, t("What is longer than a word or two."), t("language model text writing Shakespeare"), (
            Next(t("With an LSTM"), LSTM),
            Next(t("With 96 hidden units"), {"hidden_size": 96}),
        ),
    ),
    "xor": Guide(None, 3000, t("Two of three bits are random: nobody predicts them."), t("Elman logic bits"), (
        Next(t("With a GRU"), GRU),
        Next(t("A longer memory for bits: parity"), {"task": "parity"}),
    )),
    "reber": Guide(27, 6000, t("The one letter that needs a long memory."), t("grammar language symbols"), (
        Next(t("With a plain network"), RNN),
        Next(t("With a GRU"), GRU),
    )),
    "delayed-copy": Guide(None, 20000, t("A longer delay."), t("memory copy remember"), (
        Next(t("With a plain network"), RNN),
        Next(t("Make it 30 steps long"), {"length": 30}),
    )),
    "adding": Guide(23, 4000, t("Longer sequences with a plain network."), t("memory arithmetic sum regression"), (
        Next(t("Make it 40 steps long"), {"length": 40}),
        Next(t("With a plain network"), RNN),
    )),
    "temporal-order": Guide(17, 3000, t("A plain network and 40 steps."), t("memory vanishing gradient order start"), (
        Next(t("Make it 40 steps long"), {"length": 40}),
        Next(t("With a plain network"), RNN),
    )),
    "latch": Guide(13, 3000, t("60 steps, unless the forget bias is 3."), t("memory flip-flop vanishing gates start"), (
        Next(t("Make it remember for 60 steps"), {"length": 60}),
        Next(t("With a forget bias of 3"), {"forget_bias": 3.0}),
    )),
    "parity": Guide(16, 3000, t("Residual cells."), t("memory logic bits counting"), (
        Next(t("Make it 40 steps long"), {"length": 40}),
        Next(t("With two hidden units"), {"hidden_size": 2, "learning_rate": 0.02}),
    )),
    "digit-rows": Guide(None, 6000, t("Training for too long: it overfits."), t("images MNIST handwriting vision"), (
        Next(t("With Adam: watch it overfit"), {"optimizer": "adam", "learning_rate": 0.005}),
        Next(t("Without memory: the whole image at once"), {"task": "digits"}),
    )),
    "surnames": Guide(None, 8000, t("Names that occur in two countries."), t("names text classification language"), (
        Next(t("With a larger step: watch it overfit"), {"cell": "gru", "hidden_size": 48, "learning_rate": 0.005}),
        Next(t("Let it write names"), {"task": "surname-letters"}),
    )),
    "mood": Guide(17, 3000, t("Words that it never read."), t("sentiment review text classification movie"), (
        Next(t("With a plain network"), RNN),
        Next(t("Real names in place of reviews"), {"task": "surnames"}),
    )),
    "vowels": Guide(
        None, 6000, t("Few speakers, few recordings: it overfits."), t("speech audio sound speaker voice"), (
            Next(t("With a plain network"), RNN),
            Next(t("With an LSTM"), LSTM),
        ),
    ),
    "digits": Guide(None, 4000, t("Training for too long: it overfits."), t("images MNIST handwriting vision"), (
        Next(t("Row by row, with a memory"), {"task": "digit-rows"}),
        Next(t("Spell the digit"), {"task": "digit-words"}),
    )),
    "digit-words": Guide(None, 4000, t("Always being told the last letter."), t("image captioning vision writing"), (
        Next(t("Without teacher forcing"), {"teacher_forcing": 0.0}),
        Next(t("Write surnames"), {"task": "surname-letters"}),
    )),
    "surname-letters": Guide(
        None, 6000, t("There is no right answer: names have many."), t("names writing generate text"), (
            Next(t("With an LSTM"), LSTM),
            Next(t("Write a poem's letters"), {"task": "sonnets"}),
        ),
    ),
    "reverse": Guide(
        27, 6000, t("Longer words: one vector holds them."), t("translation seq2seq bottleneck attention"), (
            Next(t("Longer words: 20 steps"), {"length": 20}),
            Next(t("Without teacher forcing"), {"teacher_forcing": 0.0}),
        ),
    ),
    "copy": Guide(30, 6000, t("Longer words: one vector holds them."), t("translation seq2seq bottleneck attention"), (
        Next(t("Longer words: 20 steps"), {"length": 20}),
        Next(t("Write it backward"), {"task": "reverse"}),
    )),
    "addition": Guide(None, 6000, t("Always being told the last digit."), t("arithmetic seq2seq calculator"), (
        Next(t("Without teacher forcing"), {"teacher_forcing": 0.0}),
        Next(t("Read the numbers backward"), {"reverse_input": True}),
    )),
    "dates": Guide(None, 6000, t("The encoder's one vector."), t("translation seq2seq calendar"), (
        Next(t("Read the date backward"), {"reverse_input": True}),
        Next(t("With an LSTM"), LSTM),
    )),
})  # fmt: skip


def budget(task: str) -> int:
    """Training steps after which skipping ahead gives up."""
    return GUIDES[task].budget if task in GUIDES else 5000
