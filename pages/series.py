"""Series: bring one, hold out its end, and see whether a network forecasts it better than simple rules do."""

import streamlit as st

from ui.frame.navigation import through_the_frame
from ui.playground.words import notes, say
from ui.run.player import transport
from ui.series.understood import preview
from ui.series.view import PREFIX, about, begin, bring, controls, desk, more, pictures

through_the_frame()
s = desk()
bring(s)
with st.sidebar:
    controls(s)
s.answer()

transport(s, PREFIX)
with st.container():  # whatever is said, the picture below stays the same element
    if s.status.diverged or s.ended:
        say(s)
    else:
        about(s)
    notes(s)
begin(s)
pictures(s)
more(s)
preview(s)
