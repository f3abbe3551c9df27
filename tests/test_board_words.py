"""The board in words."""


import numpy as np

from rnn_core import Config, Trainer
from ui.board.words import gradient_in_words, halves_in_words, in_words
from ui.figures.numbers import short


def test_the_picture_in_words():
    trainer = Trainer(Config(length=5, hidden_size=1))
    said = in_words(trainer.config, trainer.task, trainer.advance(2))
    assert "1 hidden unit," in said and "Training step 2: loss" in said and "Baseline no memory" in said
    assert said.endswith(".") and ".." not in said


def test_the_halves_in_words():
    assert halves_in_words(0, np.zeros(4, bool), np.zeros(4, bool)) == []
    said = halves_in_words(2, np.array([False, False, False, True]), np.zeros(4, bool))
    assert "steps 1 to 2" in said[0] and "from step 3 on" in said[0] and "from step 4 on" in said[1]


def test_the_gradient_in_words():
    assert "0.500 at time step 3, 50.0 times as large as at step 1" in gradient_in_words(np.array([0.01, 0.2, 0.5]))
    assert "exactly 0 at 2 steps" in gradient_in_words(np.array([0.0, 0.0, 0.5]))
    assert "no finite gradient" in gradient_in_words(np.array([np.nan, 0.0, np.inf]))
    numbers = (0.0, 0.12849, 12.3, 1234.5, 1e-7, float("nan"))
    assert [short(x) for x in numbers] == ["0", "0.128", "12.3", "1,234", "1.00·10⁻⁷", "–"]
