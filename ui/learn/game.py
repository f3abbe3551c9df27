"""The game of a lesson: symbols come one by one, three numbers may be kept, and then there is a question."""

import json
from dataclasses import asdict, dataclass, field
from html import escape

import streamlit as st

from rnn_core.lessons.memory import QUESTIONS, Round, drawn
from rnn_core.words import t

KEY, ROUND = "learn-cell-", "learn-round"  # ROUND: in the address, once it has begun
CELLS, LIMIT, LAST = 3, 99.0, 999_999  # a number in a cell is at most LIMIT, a round's seed LAST


@dataclass
class Game:
    """seed: of the round. shown: how many symbols have come; one more, and the question is asked. answer: a or b.
    past: of the rounds before, whether the answer was right. cells: the numbers that are kept.
    """

    seed: int
    shown: int = 0
    answer: str = ""
    past: list[bool] = field(default_factory=list)
    cells: list[float] = field(default_factory=lambda: [0.0] * CELLS)

    @property
    def round(self) -> Round:
        return drawn(self.seed)

    @property
    def is_question(self) -> bool:
        return self.shown > len(self.round.symbols)

    @property
    def begun(self) -> bool:
        return bool(self.shown or self.past)

    def forward(self) -> None:
        """The next symbol, which the one before makes room for; after the last one the question."""
        self.shown += 1
        self.name_it()

    def take(self, answer: str) -> None:
        self.answer = answer
        self.past.append(answer == self.round.right)

    def again(self) -> None:
        """Another round."""
        self.to(self.seed % LAST + 1)
        self.name_it()

    def name_it(self) -> None:
        """Have the address say which round it is."""
        if st.query_params.get(ROUND) != str(self.seed):
            st.query_params[ROUND] = str(self.seed)

    def to(self, seed: int) -> None:
        """The start of this round, with empty cells."""
        self.seed, self.shown, self.answer, self.cells = seed, 0, "", [0.0] * CELLS
        self.fill()

    def fill(self) -> None:
        """Write what is kept into the cells."""
        st.session_state.update({f"{KEY}{cell}": number for cell, number in enumerate(self.cells, 1)})

    def go_on(self, kept: "Game | None") -> None:
        """Be where the address says, or else where this browser has kept it."""
        query = st.query_params.get(ROUND, "")
        named = int(query) if query.isascii() and query.isdigit() and 0 < int(query[:7]) <= LAST else None
        if named not in (None, self.seed):
            self.to(named or self.seed)
        if kept and not self.shown and kept.seed == (named or kept.seed):
            self.__dict__.update(asdict(kept))
            self.fill()

    def stored(self) -> str:
        """As the browser keeps it; "" where there is nothing to keep."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")) if self.begun else ""


def read_game(text: object) -> Game:
    """A game as a browser had stored it. Raises what a foreign shape raises: TypeError, ValueError, RecursionError."""
    if not isinstance(text, str) or len(text) > LAST:
        raise ValueError
    game = Game(**json.loads(text))
    whole = all(type(number) is int for number in (game.seed, game.shown)) and 0 < game.seed <= LAST
    if not whole or not 0 <= game.shown <= len(game.round.symbols) + 1 or game.answer not in ("", "a", "b"):
        raise ValueError
    numbers = all(type(each) in (int, float) and abs(each) <= LIMIT for each in game.cells) and len(game.cells) == CELLS
    if not numbers or not all(type(each) is bool for each in game.past) or (game.answer and not game.is_question):
        raise ValueError
    return game


def play(game: Game) -> None:
    """The symbol that is shown now, the cells, and the way on."""
    count = len(game.round.symbols)
    if f"{KEY}1" not in st.session_state:  # the step was left, and come back to
        game.fill()
    with st.container(key="learn-game", gap="medium"):
        st.html(f'<div class="symbol" role="status">{face(game, count)}</div>')
        for cell, column in enumerate(st.columns(CELLS), 1):
            number = column.number_input(t("Cell {number}", number=cell), -LIMIT, LIMIT, None, 1.0, format="%g",
                                         key=f"{KEY}{cell}")  # fmt: skip
            game.cells[cell - 1] = number or 0.0
        with st.container(horizontal=True, gap="small"):
            if game.answer:
                st.button(t("Another round"), key="learn-again", on_click=game.again)
            elif game.is_question:
                for answer in ("a", "b"):
                    st.button(answer, key=f"learn-says-{answer}", on_click=game.take, args=(answer,))
            else:
                words = t("Next symbol") if game.shown < count else t("To the question")
                words = words if game.shown else t("Begin")
                st.button(words, key="learn-next", on_click=game.forward, type="primary")


def face(game: Game, count: int) -> str:
    """What stands there, as HTML: a symbol, the question, or what was right."""
    if game.answer:
        right, rounds = game.round.right, len(game.past)
        text = t("{question} You said {answer}, and it was {right}.",
                 question=QUESTIONS[game.round.question], answer=game.answer, right=right)  # fmt: skip
        if rounds > 1:
            text += " " + t("Of {rounds} rounds you answered {right}.", rounds=rounds, right=sum(game.past))
        spaced = escape(" ".join(game.round.symbols))
        return f"<p>{text}</p><b>{spaced}</b>"
    if game.is_question:
        return "<p>" + t("All {count} have gone.", count=count) + f"</p><b>{QUESTIONS[game.round.question]}</b>"
    if not game.shown:
        return "<p>" + t("{count} symbols will come.", count=count) + "</p><b>?</b>"
    symbol = game.round.symbols[game.shown - 1]
    spoken = t("a dot") if symbol == "·" else symbol
    place = t("Symbol {number} of {count}", number=game.shown, count=count)
    return f'<p>{place}<span class="unseen">: {spoken}</span></p><b aria-hidden="true">{symbol}</b>'
