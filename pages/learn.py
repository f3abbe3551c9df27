"""Learn: lessons that ask before they tell, and tell it with the numbers of the learner's own run."""

import streamlit as st

from ui import STATIC
from ui.frame.navigation import through_the_frame
from ui.learn.answers import answers, keep
from ui.learn.game import play
from ui.learn.view import PREFIX, ask, lesson_session, lessons, place, see, tick
from ui.playground.words import notes
from ui.run.player import transport
from ui.run.ticking import live

through_the_frame()
st.html(STATIC / "learn" / "learn.css")
book = answers()
s = lesson_session()

if s is None:
    lessons(book)
    keep(book)
else:
    with place():
        ask(s, book)
    s.answer()
    with place():
        see(s, book)
    if s.at.stage.game:
        s.game.go_on(book.game)
        play(s.game)
        book.game = s.game if s.game.begun else book.game
    else:
        transport(s, PREFIX, history=False)
    keep(book)
    notes(s)
    if not s.at.stage.game:
        live(s, tick)
