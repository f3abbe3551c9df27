"""The mend of Streamlit's race between two runs of one session."""

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import WStates

from ui.steady import mend


def test_a_widget_that_is_registered_meanwhile_ends_no_run():
    mend()
    states = WStates()
    for name in ("a", "b"):
        states.set_widget_from_proto(WidgetState(id=name, int_value=1))
    seen = []
    for name in states:
        seen += [name]
        states.set_widget_from_proto(WidgetState(id=name + "'", int_value=2))
    assert seen == ["a", "b"] and len(states) == 4
