"""A mend of Streamlit: two presses soon after one another must not lose the second.

Streamlit starts a session's next run while the one before is still being stopped, and each thread holds a lock of its
own. Where the new one looks through the widgets while the old one registers another, Python ends it with "dictionary
changed size during iteration", and what was set is never run. Looked through as they stood, nothing is lost: the old
run's widget is registered again by the new one. (Seen with 1.67, WStates.__iter__ in SessionState._call_callbacks.)
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any


def mend() -> None:
    """Let Streamlit look through a session's widgets as they stand when it begins; another Streamlit is left alone."""
    with suppress(ImportError, AttributeError):
        from streamlit.runtime.state.session_state import WStates

        def steady(states: Any) -> Iterator[str]:
            return iter(tuple(states.states))

        WStates.__iter__ = steady  # type: ignore[method-assign]
