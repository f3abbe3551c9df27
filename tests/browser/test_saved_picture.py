"""A picture that is saved: light, whole, and plain enough for any program, whatever the page looks like."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser.conftest import Open, Scheme
from tests.browser.harness import board

COLOURS = re.compile(r"""#[0-9a-f]{6}|none|url\('?"?#[\w-]+"?'?\)""")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("task", ["echo", "digit-words"])
def test_a_saved_picture_is_light_and_plain(visit: Open, tmp_path: Path, scheme: Scheme, task: str):
    page = visit(f"/?task={task}", scheme=scheme)
    board(page).wait_for()
    for kind in ("SVG", "PNG"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=f"Save picture as {kind}").click()
        saved.value.save_as(tmp_path / kind)
    assert (tmp_path / "PNG").read_bytes().startswith(b"\x89PNG")
    svg = ElementTree.fromstring((tmp_path / "SVG").read_text("utf-8"))
    said = {(name, e.get(name)) for e in svg.iter() for name in ("fill", "stroke") if e.get(name)}
    assert [pair for pair in said if not COLOURS.fullmatch(str(pair[1]))] == []
    ground = svg.find("{http://www.w3.org/2000/svg}rect")
    assert ground is not None and ground.get("fill") == "#ffffff"
    assert {"#1b2130", "#cc79a7", "#e69f00"} <= {colour for _, colour in said}
    assert "var(" not in (tmp_path / "SVG").read_text("utf-8")
