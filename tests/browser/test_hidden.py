"""A tab that nobody sees: nothing is drawn there, and who comes back sees the latest picture at once."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import FRAME, at_rest, board, eventually, number, step, until
from tests.browser.steps import arrived, button, pause

# What a browser says of a tab in the background; headless, every tab is in the foreground.
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
  Object.defineProperty(document, "visibilityState", {configurable: true, get: () => hidden ? "hidden" : "visible"});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
FIND = """() => {
  const all = (r) => [...r.querySelectorAll("*")].flatMap(
    e => [...(e.matches("[role=img][data-step]") ? [e] : []), ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  return all(document)[0];
}"""
COUNT = f"""() => {{
  window.changes = 0;
  const board = ({FIND})();
  new MutationObserver((all) => {{ window.changes += all.length; }})
    .observe(board, {{childList: true, subtree: true, characterData: true}});
}}"""
# What its data are at the first frame that the board draws from then on.
BACK = f"""() => {{
  const board = ({FIND})();
  const observer = new MutationObserver(() => {{ window.first ??= {{...board.dataset}}; }});
  observer.observe(board, {{attributeFilter: ["data-frames"]}});
  ({HIDE})(false);
}}"""


def said(page: Page) -> int:
    """The training step of the newest film that has arrived, drawn or not."""
    found = re.search(r"raining step (\d+)", board(page).get_attribute("aria-label") or "")
    assert found
    return int(found[1])


def back(page: Page) -> dict[str, Any]:
    page.evaluate(BACK)
    found: dict[str, Any] = page.wait_for_function("window.first").json_value()
    return found


def test_a_hidden_tab_draws_nothing_and_shows_the_latest_film_when_seen_again(visit: Open):
    page = arrived(visit("/?autoplay=true&task=sunspots&speed=full"))
    until(page, "step > 40")
    page.evaluate(HIDE, True)
    page.evaluate(FRAME)  # what was asked for before it was hidden
    page.evaluate(COUNT)
    drawn, shown, first = number(page, "frames"), step(page), said(page)
    for film in range(1, 4):
        before = first
        eventually(lambda: said(page) > before, f"film {film} arrives all the same", page)  # noqa: B023, asked at once
        first = said(page)
    assert (number(page, "frames"), step(page), page.evaluate("window.changes")) == (drawn, shown, 0)
    found = back(page)
    assert int(found["step"]) >= first and int(found["frames"]) == drawn + 1, "the latest film, and no burst"
    eventually(lambda: step(page) > said(page) - 1 > first, "it plays on", page)
    pause(page)


def test_what_is_changed_in_a_hidden_tab_is_laid_out_when_seen_again(visit: Open):
    """Another size of the network, set while nobody looks: the old columns are not drawn over."""
    page = arrived(visit("/?hidden_size=6&length=8"))
    units = page.locator("svg.time .hidden rect.unit")
    page.evaluate(HIDE, True)
    button(page, "Step").click()
    page.set_viewport_size({"width": 900, "height": 900})
    eventually(lambda: said(page) == 1, "the film arrives", page)
    assert step(page) == 0
    assert back(page)["step"] == "1"
    expect(units).to_have_count(48)
    at_rest(page)
    box, svg = page.locator(".axis-row").bounding_box(), page.locator("svg.time").bounding_box()
    assert box and svg and svg["x"] + svg["width"] <= box["x"] + box["width"] + 1
