"""Learn: lessons that ask before they tell, and tell it with the numbers of the learner's own run."""

import streamlit as st

from ui import STATIC
from ui.frame.navigation import through_the_frame
from ui.learn.answers import answers, keep
from ui.learn.game import play
from ui.learn.view import PREFIX, ask, lesson_session, lessons, live, place, see
from ui.playground.words import notes
from ui.run.player import transport

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
    keep(book)
    if s.at.stage.game:
        play(s.game)
    else:
        transport(s, PREFIX, history=False)
        notes(s)
        live(s)
