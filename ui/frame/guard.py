"""The outermost guard: what nobody thought of becomes one sentence, a way out, and a traceback in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from rnn_core.words import t

log = logging.getLogger("unrolled")


@contextmanager
def guarded() -> Iterator[None]:
    """Around a page or a tick. Streamlit's own way to stop or rerun a script is no Exception and passes."""
    try:
        yield
    except Exception:
        log.exception("unexpected")
        st.warning(t("Something went wrong that nobody expected; it is in the server's log. Start over puts every "
                     "setting back."))
        st.button(t("Start over"), key="start-over", on_click=start_over)


def start_over() -> None:
    """Forget everything about this visitor, the address too."""
    st.session_state.clear()
    st.query_params.clear()
