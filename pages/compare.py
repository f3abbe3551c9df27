"""Compare: networks that differ in one thing, trained beside one another on the same batches."""

import streamlit as st

from ui.compare.settings import PREFIX, differing, shared, what_differs, write
from ui.compare.view import live, numbers, race, transport
from ui.compare.words import about
from ui.controls.controls import controls
from ui.frame.navigation import through_the_frame
from ui.playground.words import notes

through_the_frame()
r = race()
with st.sidebar:
    what_differs(r)
    controls(r, PREFIX, shared(r.wanted), differing(r.wanted))
    write(r)
    st.caption("The settings above are the same for all. Whatever changes starts the race anew.")

transport(r)
st.html(about(r))
with st.container():  # whatever is said, the picture below stays the same element
    notes(r)
live(r)
numbers(r)
