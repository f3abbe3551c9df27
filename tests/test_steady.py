"""The mend of Streamlit's race between two runs of one session."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import SessionState, WStates

from ui.frame.steady import mend


@pytest.fixture(autouse=True)
def _mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """For this test alone; what app.py has mended stays."""
    monkeypatch.setattr(WStates, "__iter__", WStates.__iter__)
    monkeypatch.setattr(SessionState, "on_script_finished", SessionState.on_script_finished)
    mend()


def test_a_widget_that_is_registered_meanwhile_ends_no_run():
    states = WStates()
    for name in ("a", "b"):
        states.set_widget_from_proto(WidgetState(id=name, int_value=1))
    seen = []
    for name in states:
        seen += [name]
        states.set_widget_from_proto(WidgetState(id=name + "'", int_value=2))
    assert seen == ["a", "b"] and len(states) == 4


class Growing(dict[str, object]):
    """A dictionary in which another thread sets something while it is looked through, the first two times."""

    times = 0

    def __iter__(self):
        for key in super().__iter__():
            if self.times < 2:
                self.times += 1
                self[f"new {self.times}"] = 0
            yield key


def test_a_run_ends_though_another_registers_a_widget():
    state = SessionState()
    state._old_state = Growing({"a": 1, "b": 2})
    state.on_script_finished(frozenset())
    assert {"a", "b", "new 1"} <= set(state._old_state)
