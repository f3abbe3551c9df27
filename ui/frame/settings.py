"""The settings of a page that has its own: in the address under the page's prefix, told again by what runs.

Their widgets are bound to the address, so a copied link opens with the same settings. A widget forgets its value while
another page is open, and is told it again; and where a value changes by itself, as a window does that a shorter series
has no room for. Otherwise it is told nothing: what a run tells a widget overrides what somebody does to it meanwhile.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from rnn_core import Config
from rnn_core.config import Field
from rnn_core.words import t
from ui.frame.address import offered, plain
from ui.run.visit import address

OWN = "own"  # in the address, behind the page's prefix


def setting(name: str, default: Any, screen: tuple[float, float] | None = None) -> Field:
    """A field of Config as a page offers it."""
    field = Config.fields()[name]
    return field._replace(default=default, screen=screen or offered(field))


def switch(name: str, help: str) -> Field:
    """Something that is shown or not."""
    return Field(name, False, "flag", help)


def hold(prefix: str, values: Mapping[str, Any]) -> None:
    """Tell each widget that has no value what runs."""
    for name, value in values.items():
        st.session_state.setdefault(prefix + name, value)


def tell(key: str, value: Any) -> Any:
    """Let the widget stand at this value, if it does not -> the value."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return value


def lost(prefix: str, query: dict[str, list[str]], gone: str) -> tuple[str, ...]:
    """Take out of an address that something of one's own was learned there -> that it is gone, as `gone` says."""
    if query.pop(prefix + OWN, None) is None:
        return ()
    return (
        t("{gone} It stays in the memory of one visit, is never in the address, and a reload ends the visit: bring it "
          "again to go on with it.", gone=gone),
    )


def write(
    prefix: str, fields: Mapping[str, Field], values: Mapping[str, Any], own: bool = False
) -> dict[str, list[str]]:
    """Put into the address what no widget holds -> the address. After a divergence clipping changes, for example.
    own: whether something of one's own is learned, which a reload will take away (see `lost`).
    """
    if own != (prefix + OWN in st.query_params):
        if own:
            st.query_params[prefix + OWN] = "true"
        else:
            del st.query_params[prefix + OWN]
    unsaid = {prefix + name: plain(value) for name, value in values.items() if value != fields[name].default}
    if any(st.query_params.get(name) != text for name, text in unsaid.items()):
        st.query_params.update(unsaid)
    return address()
