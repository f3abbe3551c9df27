"""Gradients: why they vanish and explode, in the network that runs in the playground."""

import streamlit as st

from ui.frame.navigation import through_the_frame
from ui.gradients.page import about, at, choose, tick
from ui.gradients.presets import offer, take
from ui.gradients.settings import look, remember
from ui.playground.words import notes, say
from ui.run.player import transport
from ui.run.ticking import live
from ui.run.visit import session

through_the_frame()
s = session()
view = look(s)
take(s, view)
s.answer()

transport(s, slowly=False)
with st.container(horizontal=True, vertical_alignment="center", gap="small", key="gradients-head"):
    with st.container():  # whatever is said, the pictures below stay the same elements
        if s.status.diverged or s.ended:
            say(s)
        else:
            about(s, view)
        notes(s)
    offer(view)
values = choose(s, view)
remember(s, view, values)
live(s, tick, view, values | {"at": at(s)})
