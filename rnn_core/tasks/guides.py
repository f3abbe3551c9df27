"""What a person is told of a task before and after: how long it takes, what breaks it, and what to try next.

Seconds are those of watching at the speed "story" until every held-out prediction is right, or a number's error a tenth
of the baseline's, with the task's own defaults, seeds 1 to 3; `python -m bench.story` prints them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rnn_core.registry import Registry


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
    "echo": Guide(20, 3000, "Twice the steps to remember.", "memory delay start remember", (
        Next("Make it remember 3 steps", {"k": 3, "length": 20, "hidden_size": 16, "learning_rate": 0.005}),
        Next("Make it remember 8 steps", {"k": 8}),
        Next("Make it remember 12 steps", {"k": 12}),
        Next("The same with an LSTM", LSTM),
    )),
    "sunspots": Guide(None, 5000, "Training for too long: it overfits.", "forecast time series astronomy weather", (
        Next("With 16 hidden units", {"hidden_size": 16}),
        Next("Another series: air passengers", {"task": "airline"}),
    )),
    "airline": Guide(None, 2000, "Training for too long: it overfits.", "forecast time series travel sales seasonal", (
        Next("With a GRU", GRU),
        Next("Another series: sunspots", {"task": "sunspots"}),
    )),
    "mackey-glass": Guide(20, 2000, "A longer horizon.", "forecast time series chaos", (
        Next("Predict 12 steps ahead", {"horizon": 12}),
        Next("Predict 24 steps ahead", {"horizon": 24}),
    )),
    "sine": Guide(21, 3000, "A longer horizon.", "forecast time series wave music", (
        Next("Predict 8 steps ahead", {"horizon": 8}),
        Next("A series that is chaos", {"task": "mackey-glass"}),
    )),
    "frames": Guide(23, 3000, "A plain network of few units.", "video images motion", (
        Next("With a plain network", RNN),
        Next("With 8 hidden units", {"hidden_size": 8}),
    )),
    "sonnets": Guide(None, 6000, "What is longer than a word or two.", "language model text writing Shakespeare", (
        Next("With an LSTM", LSTM),
        Next("With 96 hidden units", {"hidden_size": 96}),
    )),
    "xor": Guide(None, 3000, "Two of three bits are random: nobody predicts them.", "Elman logic bits", (
        Next("With a GRU", GRU),
        Next("A longer memory for bits: parity", {"task": "parity"}),
    )),
    "reber": Guide(27, 6000, "The one letter that needs a long memory.", "grammar language symbols", (
        Next("With a plain network", RNN),
        Next("With a GRU", GRU),
    )),
    "delayed-copy": Guide(None, 20000, "A longer delay.", "memory copy remember", (
        Next("With a plain network", RNN),
        Next("Make it 30 steps long", {"length": 30}),
    )),
    "adding": Guide(23, 4000, "Longer sequences with a plain network.", "memory arithmetic sum regression", (
        Next("Make it 40 steps long", {"length": 40}),
        Next("With a plain network", RNN),
    )),
    "temporal-order": Guide(17, 3000, "A plain network and 40 steps.", "memory vanishing gradient order start", (
        Next("Make it 40 steps long", {"length": 40}),
        Next("With a plain network", RNN),
    )),
    "latch": Guide(13, 3000, "60 steps, unless the forget bias is 3.", "memory flip-flop vanishing gates start", (
        Next("Make it remember for 60 steps", {"length": 60}),
        Next("With a forget bias of 3", {"forget_bias": 3.0}),
    )),
    "parity": Guide(16, 3000, "Residual cells.", "memory logic bits counting", (
        Next("Make it 40 steps long", {"length": 40}),
        Next("With two hidden units", {"hidden_size": 2, "learning_rate": 0.02}),
    )),
    "digit-rows": Guide(None, 6000, "Training for too long: it overfits.", "images MNIST handwriting vision", (
        Next("With Adam: watch it overfit", {"optimizer": "adam", "learning_rate": 0.005}),
        Next("Without memory: the whole image at once", {"task": "digits"}),
    )),
    "surnames": Guide(None, 8000, "Names that occur in two countries.", "names text classification language", (
        Next("With a larger step: watch it overfit", {"cell": "gru", "hidden_size": 48, "learning_rate": 0.005}),
        Next("Let it write names", {"task": "surname-letters"}),
    )),
    "mood": Guide(17, 3000, "Words that it never read.", "sentiment review text classification movie", (
        Next("With a plain network", RNN),
        Next("Real names in place of reviews", {"task": "surnames"}),
    )),
    "vowels": Guide(None, 6000, "Few speakers, few recordings: it overfits.", "speech audio sound speaker voice", (
        Next("With a plain network", RNN),
        Next("With an LSTM", LSTM),
    )),
    "digits": Guide(None, 4000, "Training for too long: it overfits.", "images MNIST handwriting vision", (
        Next("Row by row, with a memory", {"task": "digit-rows"}),
        Next("Spell the digit", {"task": "digit-words"}),
    )),
    "digit-words": Guide(None, 4000, "Always being told the last letter.", "image captioning vision writing", (
        Next("Without teacher forcing", {"teacher_forcing": 0.0}),
        Next("Write surnames", {"task": "surname-letters"}),
    )),
    "surname-letters": Guide(None, 6000, "There is no right answer: names have many.", "names writing generate text", (
        Next("With an LSTM", LSTM),
        Next("Write a poem's letters", {"task": "sonnets"}),
    )),
    "reverse": Guide(27, 6000, "Longer words: one vector holds them.", "translation seq2seq bottleneck attention", (
        Next("Longer words: 20 steps", {"length": 20}),
        Next("Without teacher forcing", {"teacher_forcing": 0.0}),
    )),
    "copy": Guide(30, 6000, "Longer words: one vector holds them.", "translation seq2seq bottleneck attention", (
        Next("Longer words: 20 steps", {"length": 20}),
        Next("Write it backward", {"task": "reverse"}),
    )),
    "addition": Guide(None, 6000, "Always being told the last digit.", "arithmetic seq2seq calculator", (
        Next("Without teacher forcing", {"teacher_forcing": 0.0}),
        Next("Read the numbers backward", {"reverse_input": True}),
    )),
    "dates": Guide(None, 6000, "The encoder's one vector.", "translation seq2seq calendar", (
        Next("Read the date backward", {"reverse_input": True}),
        Next("With an LSTM", LSTM),
    )),
})  # fmt: skip


def budget(task: str) -> int:
    """Training steps after which skipping ahead gives up."""
    return GUIDES[task].budget if task in GUIDES else 5000
