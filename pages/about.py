"""About."""
import streamlit as st
from ui.navigation import through_the_frame
through_the_frame()
st.title("About")
