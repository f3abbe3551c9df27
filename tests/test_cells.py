"""The drawing of a cell in the sidebar: its name, its states, and the equations that the board tells."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

from rnn_core import CELLS
from tests.every import every
from tests.visiting import undisturbed, visit
from ui.controls.cells import DRAWINGS, drawing, lowered

__all__ = ["undisturbed"]  # a fixture that is used here as well


@every(cell=CELLS)
def test_every_cell_shows_its_equations_and_one_that_is_drawn_all_its_states_and_gates(cell: str):
    told = drawing(cell)
    for text in CELLS[cell].equation:
        assert (lowered(text) in told) == (not re.search(r"(?<!_)\{", text))
    assert "{" not in re.sub(r"style=\"[^\"]*\"", "", told)
    if cell in DRAWINGS:
        (picture,) = re.findall(r"svg\+xml,([^']*)'", told.partition("-webkit")[0])
        root = ElementTree.fromstring(unquote(picture))
        words = {"".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")}
        assert {f"{state}{at}" for state in CELLS[cell].states for at in ("t−1", "t")} | {"xt"} <= words
        assert set(CELLS[cell].recorded_gates) <= words


def test_an_equations_subscripts_are_set_low():
    assert lowered("h_t = W_hh h_{t−1} < 1") == "h<sub>t</sub> = W<sub>hh</sub> h<sub>t−1</sub> &lt; 1"


def test_the_sidebar_shows_the_cell_that_runs():
    app = visit(cell="lstm")
    shown = "".join(element.proto.body for element in app.sidebar.get("html"))
    assert drawing("lstm") in shown and drawing("rnn") not in shown
