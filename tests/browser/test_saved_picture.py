"""A picture that is saved: light, whole, and plain enough for any program, whatever the page looks like."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.browser.conftest import Open
from tests.browser.harness import drawn
from tests.browser.steps import LIGHT_AND_DARK, arrived, button, look, one_step
from tests.browser.test_exploring import SMALL, unit

COLOURS = re.compile(r"""#[0-9a-f]{6}|none|url\('?"?#[\w-]+"?'?\)""")


@pytest.mark.parametrize("task", ["echo", "digit-words"])
def test_a_saved_picture_is_light_and_plain(visit: Open, tmp_path: Path, task: str):
    page = arrived(visit(f"/?task={task}"))
    for scheme in LIGHT_AND_DARK:
        look(page, scheme)
        for kind in ("SVG", "PNG"):
            with page.expect_download() as saved:
                page.get_by_role("button", name=f"Save picture as {kind}").click()
            saved.value.save_as(tmp_path / kind)
        light_and_plain(tmp_path)


def light_and_plain(tmp_path: Path) -> None:
    assert (tmp_path / "PNG").read_bytes().startswith(b"\x89PNG")
    svg = ElementTree.fromstring((tmp_path / "SVG").read_text("utf-8"))
    said = {(name, e.get(name)) for e in svg.iter() for name in ("fill", "stroke") if e.get(name)}
    assert [pair for pair in said if not COLOURS.fullmatch(str(pair[1]))] == []
    ground = svg.find("{http://www.w3.org/2000/svg}rect")
    assert ground is not None and ground.get("fill") == "#ffffff"
    assert {"#1b2130", "#cc79a7", "#e69f00"} <= {colour for _, colour in said}
    assert "var(" not in (tmp_path / "SVG").read_text("utf-8")


def test_a_folded_network_is_saved_folded(visit: Open, tmp_path: Path):
    page = arrived(visit("/?cell=lstm&layers=2"))
    for folds in (False, True):
        if folds:
            button(page, "Fold the network").click()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save picture as SVG").click()
        saved.value.save_as(tmp_path / "SVG")
        svg = ElementTree.fromstring((tmp_path / "SVG").read_text("utf-8"))
        texts = ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert any("is read again as" in text for text in texts) == folds
        assert ("h₀ = 0" in texts) != folds
        valves = [e for e in svg.iter("{http://www.w3.org/2000/svg}circle") if e.get("stroke-width") == "1.2px"]
        assert len(valves) == (0 if folds else 2 * 3 * 20)


def test_a_saved_picture_says_what_in_it_is_not_the_runs_own(visit: Open, tmp_path: Path):
    page = arrived(visit(f"{SMALL}&learning_rate=0.1"))
    page.get_by_role("button", name="Hold this run").click()
    one_step(page, 2)
    page.mouse.click(*unit(page, 3, 1))
    form = page.locator(".card .form")
    form.get_by_role("spinbutton", name="the weight, as a number").fill("2.5")
    page.locator(".whatif").wait_for()
    drawn(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save picture as SVG").press("Enter")  # the card lies over it
    saved.value.save_as(tmp_path / "SVG")
    said = (tmp_path / "SVG").read_text("utf-8")
    svg = ElementTree.fromstring(said)
    texts = ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0].endswith("after 2 training steps")
    assert re.match(r"with W_\w+\[2,(?: ?\w+)\] = \S+ → 2.50 set by hand: .*; compared with step 0", texts[1]), texts[1]
    assert said.count('text-decoration="line-through"') == page.locator("svg.time .was:not(:empty)").count() > 0
    assert len(re.findall(r'<path d="M[\d.]+ [\d.]+h[\d.]+" fill="none" stroke="#\w{6}" stroke-width="1.5"', said)) == 3
    ids = [e.get("id") for e in svg.iter() if e.get("id")]
    assert len(ids) == len(set(ids)) and set(re.findall(r"url\(['\"]?#(\w+)", said)) <= set(ids)
