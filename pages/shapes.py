"""Shapes: the five shapes of a sequence task side by side, all of them learning at a touch."""

import streamlit as st

from rnn_core.words import t
from ui.frame.navigation import through_the_frame
from ui.shapes.shapes import miniatures, open_in_playground, together

through_the_frame()
five = together()
five.answer()
open_in_playground(five)

with st.container(horizontal=True, gap="small", vertical_alignment="center", key="transport"):
    st.title(t("Five shapes"), anchor=False)
    st.button(
        t("Pause") if five.playing else t("Play"),
        key="play",
        type="primary",
        on_click=five.ask,
        args=("pause" if five.playing else "play",),
        icon=":material/pause:" if five.playing else ":material/play_arrow:",
    )
    st.button(t("Reset"), key="reset", on_click=five.ask, args=("reset",))
st.markdown(t(
    "What is read and what is answered makes five shapes. Play, and all five learn at once; open one, and its run goes "
    "on in the playground."
))
if five.notes:
    st.caption(" ".join(five.notes))
miniatures(five)
