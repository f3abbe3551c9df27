"""Text: bring one, and watch a network learn to write it, letter by letter."""

import streamlit as st

from ui.frame.navigation import through_the_frame
from ui.playground.words import notes, say
from ui.run.player import transport
from ui.run.ticking import live
from ui.text.view import PREFIX, bring, controls, source, take_away, text_session, tick, unrolled

through_the_frame()
s = text_session()
with st.container():  # there also when nothing is in it, so that what follows keeps its place
    bring(s)
with st.sidebar:
    controls(s)
s.answer()
with st.sidebar:
    unrolled(s)

transport(s, PREFIX)
if s.status.diverged or s.ended:
    say(s)
else:
    source(s)
with st.container():
    notes(s)
live(s, tick)
take_away(s)
