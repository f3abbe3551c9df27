"""A mend of Streamlit: two presses soon after one another must not lose the second.

Streamlit starts a session's next run while the one before is still being stopped, and each thread holds a lock of its
own. Where one looks through the widgets while the other registers another, Python ends it with "dictionary changed size
during iteration": at a run's beginning what was set is never run, at its end its thread is gone. (Seen with 1.67, in
SessionState._call_callbacks and _remove_stale_widgets.)
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

TRIES = 20


def mend() -> None:
    """Let a run begin with the widgets as they stand, and end once nobody registers one; another Streamlit is left as
    it is.
    """
    with suppress(ImportError, AttributeError):
        from streamlit.runtime.state.session_state import SessionState, WStates

        finish = SessionState.on_script_finished
        if finish.__module__ == __name__:
            return

        def as_they_stand(states: Any) -> Iterator[str]:
            return iter(tuple(states.states))

        def on_script_finished(state: Any, *ids: Any, **more: Any) -> None:
            for _ in range(TRIES):
                with suppress(RuntimeError):
                    return finish(state, *ids, **more)
            return finish(state, *ids, **more)

        WStates.__iter__ = as_they_stand  # type: ignore[method-assign]
        SessionState.on_script_finished = on_script_finished  # type: ignore[method-assign, assignment]
