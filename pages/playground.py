"""The playground: press Play and watch a network learn."""

import streamlit as st

from rnn_core.words import t
from ui.controls.controls import controls
from ui.frame.navigation import through_the_frame
from ui.playground.words import notes, say
from ui.playground.writing import writing
from ui.run.player import tick, transport
from ui.run.ticking import live
from ui.run.visit import first_minute, presenting, session

through_the_frame()
s = session()
with st.sidebar:
    controls(s)
    st.caption(s.news or t("Learning rate and clipping act at once. All else starts a new run."))
s.answer()

transport(s)
with st.container():  # whatever is said, the board below stays the same element
    say(s)
notes(s)
live(s, tick)
if not presenting() and not first_minute():
    writing(s)
