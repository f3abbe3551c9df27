"""The game of a lesson: symbols come one by one, three numbers may be kept, and then there is a question."""

from dataclasses import dataclass, field
from html import escape

import streamlit as st

from rnn_core.lessons.memory import QUESTIONS, Round, drawn

KEY = "learn-cell-"
CELLS = 3


@dataclass
class Game:
    """seed: of the round. shown: how many symbols have come; one more, and the question is asked. answer: a or b.
    past: of the rounds before, whether the answer was right.
    """

    seed: int
    shown: int = 0
    answer: str = ""
    past: list[bool] = field(default_factory=list)

    @property
    def round(self) -> Round:
        return drawn(self.seed)

    @property
    def asked(self) -> bool:
        return self.shown > len(self.round.symbols)

    def forward(self) -> None:
        """The next symbol, which the one before makes room for; after the last one the question."""
        self.shown += 1

    def take(self, answer: str) -> None:
        self.answer = answer
        self.past.append(answer == self.round.right)

    def again(self) -> None:
        """Another round, with empty cells."""
        self.seed, self.shown, self.answer = self.seed + 1, 0, ""
        for cell in range(1, CELLS + 1):
            st.session_state[f"{KEY}{cell}"] = 0.0


def play(game: Game) -> None:
    """The symbol that is shown now, the cells, and the way on."""
    count = len(game.round.symbols)
    with st.container(key="learn-game", gap="medium"):
        st.html(f'<div class="symbol" role="status">{face(game, count)}</div>')
        for cell, column in enumerate(st.columns(CELLS), 1):
            column.number_input(f"Cell {cell}", -99.0, 99.0, 0.0, 1.0, format="%g", key=f"{KEY}{cell}")
        with st.container(horizontal=True, gap="small"):
            if game.answer:
                st.button("Another round", key="learn-again", on_click=game.again)
            elif game.asked:
                for answer in ("a", "b"):
                    st.button(answer, key=f"learn-says-{answer}", on_click=game.take, args=(answer,))
            else:
                words = "Begin" if not game.shown else "Next symbol" if game.shown < count else "To the question"
                st.button(words, key="learn-next", on_click=game.forward, type="primary")


def face(game: Game, count: int) -> str:
    """What stands there, as HTML: a symbol, the question, or what was right."""
    if game.answer:
        right, rounds = game.round.right, len(game.past)
        said = f"{QUESTIONS[game.round.question]} You said {game.answer}, and it was {right}."
        share = f" Of {rounds} rounds you answered {sum(game.past)}." if rounds > 1 else ""
        spaced = escape(" ".join(game.round.symbols))
        return f"<p>{said}{share}</p><b>{spaced}</b>"
    if game.asked:
        return f"<p>All {count} have gone.</p><b>{QUESTIONS[game.round.question]}</b>"
    if not game.shown:
        return f"<p>{count} symbols will come.</p><b>?</b>"
    symbol = game.round.symbols[game.shown - 1]
    spoken = "a dot" if symbol == "·" else symbol
    return (
        f'<p>Symbol {game.shown} of {count}<span class="unseen">: {spoken}</span></p><b aria-hidden="true">{symbol}</b>'
    )
