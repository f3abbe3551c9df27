"""A run's history as a file: every digit, and how it was thinned."""


import numpy as np

from rnn_core import Config, Trainer
from rnn_core.history import History
from ui.run.history import as_csv


def test_the_history_is_saved_to_the_last_digit():
    trainer = Trainer(Config(length=5, hidden_size=3))
    trainer.advance(7)
    lines = as_csv(trainer.history).splitlines()
    assert lines[0].split(",") == list(trainer.history) and len(lines) == 8
    for i, line in enumerate(lines[1:]):
        read = [float(x) if x else np.nan for x in line.split(",")]
        np.testing.assert_array_equal(read, [column[i] for column in trainer.history.values()])
    assert lines[1].split(",")[:1] == ["1"] and ",," in lines[1]  # not evaluated: nothing, rather than "nan"


def test_a_saved_history_says_how_it_was_thinned():
    steps = np.arange(1.0, 5001)
    history = History.of(np.array([steps, 1 / steps, *np.full((4, 5000), np.nan)]), capacity=1000)
    lines = [line.split(",") for line in as_csv(history).splitlines()]
    assert lines[0] == [*history, "steps"] and len(lines) - 1 == len(history["step"]) < 1000
    at = [int(line[0]) for line in lines[1:]]
    assert [int(line[-1]) for line in lines[1:]] == list(np.diff(at, prepend=0))
    assert at[-1] == 5000 and all(float(line[1]) == 1 / int(line[0]) for line in lines[1:])
