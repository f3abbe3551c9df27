"""The bench's light visitor: reads what ui/board/film.py packs, and counts frames as the board's player does."""

import pytest

from bench.visitor import Film, drawn, read
from rnn_core import Config, Trainer
from ui.board.film import pack


@pytest.mark.parametrize("frames", [1, 5])
def test_it_reads_a_film(frames: int):
    trainer = Trainer(Config())
    snapshots = [trainer.advance() for _ in range(frames)]
    film = pack(trainer.config, snapshots, trainer.history, film=7, run=1, playing=True, period=0.75)
    assert read(film, at=3.0) == Film(3.0, 7, frames, frames, 0.75, True)


def film(at: float, frames: int, playing: bool = True) -> Film:
    return Film(at, round(at), frames, 0, 1.0, playing)


@pytest.mark.parametrize(
    ("films", "begin", "end", "shown"),
    [
        ([], 0.0, 9.0, 0),
        ([film(0, 4)], 0.0, 0.1, 1),  # the first at once
        ([film(0, 4)], 0.0, 0.6, 3),
        ([film(0, 4)], 0.0, 9.0, 4),
        ([film(0, 4)], 0.6, 9.0, 1),  # what was shown before does not count
        ([film(0, 4), film(0.5, 4)], 0.0, 9.0, 8),  # one that comes early: what is owed is shown too
        ([film(0, 9), film(0.01, 2)], 0.0, 9.0, 1 + 4),  # but no more of it than the new one has
        ([film(0, 4), film(5, 1, playing=False)], 0.0, 9.0, 5),
        ([film(0, 4), film(20, 4)], 0.0, 9.0, 4),  # not yet come
    ],
)
def test_frames_are_counted_as_the_player_shows_them(films: list[Film], begin: float, end: float, shown: int):
    assert drawn(films, begin, end) == shown
