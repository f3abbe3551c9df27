"""The playground: press Play and watch a network learn."""

import streamlit as st

from ui.controls import controls
from ui.navigation import through_the_frame
from ui.player import live_board, transport
from ui.session import presenting, session
from ui.words import notes, say
from ui.writing import writing

through_the_frame()
s = session()
with st.sidebar:
    controls(s)
s.answer()

transport(s)
say(s, presenting())
notes(s)
live_board(s)
if not presenting():
    writing(s)
