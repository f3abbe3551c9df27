"""What a lesson covers until somebody predicts: not seen, pointed at, walked to or told, and then all as before."""


import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import at_rest, board, drawn
from tests.browser.lessons import came, follow, lesson, predict
from tests.browser.steps import Scheme, button, edges, overflow
from tests.browser.test_reach import violations


def veil(page: Page) -> Locator:
    return page.get_by_role("button", name="Covered until you predict.")


def where_the_gradient_shows(page: Page) -> set[str]:
    """Where the board says something of ‖∂L/∂h‖: what is drawn, pointed at, walked to, in the table, said of it."""
    first, places = page.locator("svg.time .axis").first, set()
    first.scroll_into_view_if_needed()
    bars = edges(first)
    if page.locator("svg.time .gradients").count() or page.locator("svg.time .note").count():
        places.add("drawn")
    cursor, card = page.locator("button.cursor"), page.locator(".layer .card")
    for below in (-10, 6):  # a bar, the number under it
        page.mouse.move(bars["x"] + 4, bars["y"] + below)
        if card.is_visible():
            places.add("pointed at")
    page.mouse.move(5, 5)
    cursor.focus()
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    if "∂L/∂h" in (cursor.get_attribute("aria-label") or ""):
        places.add("walked to")
    page.keyboard.press("Escape")
    button(page, "Numbers").click()
    if page.get_by_role("columnheader", name="‖∂L/∂h‖").count():
        places.add("in the table")
    button(page, "Numbers").click()
    if "gradient" in (board(page).get_attribute("aria-label") or ""):
        places.add("said of it")
    return places


EVERYWHERE = {"drawn", "pointed at", "walked to", "in the table", "said of it"}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_row_is_covered_until_somebody_predicts_or_presses_it_and_nothing_moves(
    visit: Open, width: int, scheme: Scheme
):
    page = lesson(visit, "vanishing", width=width)
    page.emulate_media(color_scheme=scheme)
    at_rest(page)
    expect(veil(page)).to_have_count(1)
    assert overflow(page) == 0 and violations(page, scheme) == []
    assert where_the_gradient_shows(page) == set()
    names = page.locator("svg.time .axis, svg.gutter .title, svg.below .title")
    inside = """names => names.map((name) => [name, name.getRootNode().querySelector(".board")]).map(([name, board]) =>
        [name.getBoundingClientRect(), board.getBoundingClientRect()]).map(([a, b]) => [a.x - b.x, a.y - b.y])"""
    places = names.evaluate_all(inside)
    predict(page, "vanishing", "bars", "tenth")
    expect(veil(page)).to_have_count(0)
    at_rest(page)
    assert names.evaluate_all(inside) == places
    assert where_the_gradient_shows(page) == EVERYWHERE
    follow(page, "Skip")
    follow(page, "Back")
    expect(veil(page)).to_have_count(0)
    expect(page.locator("svg.time .gradients")).to_have_count(1)
    other = lesson(visit, "remembers", 2, width=width)
    assert where_the_gradient_shows(other) == set()
    veil(other).press("Space")
    expect(veil(other)).to_have_count(0)
    drawn(other)
    assert where_the_gradient_shows(other) == EVERYWHERE
    expect(came(other)).to_have_text("")
    expect(other.get_by_role("button", name="Pause")).to_have_count(0)


@pytest.mark.parametrize(("name", "number", "words"), [
    ("unrolled", 1, "one cell, used at all 20 steps"), ("loss", 2, "adds nothing to the loss"),
    ("vanishing", 4, "gradient norm 0."),
])  # fmt: skip
def test_what_is_no_row_of_bars_is_covered_too(visit: Open, name: str, number: int, words: str):
    page = lesson(visit, name, number)
    at_rest(page)

    def tells() -> bool:
        page.mouse.move(5, 5)
        if name == "loss":
            x, y, *_ = edges(page.locator("svg.time .outputs .none, svg.time .none").first).values()
            page.mouse.move(x + 1, y + 1)
        return any(words in text for text in page.locator(".board text, .layer .card").all_text_contents())

    assert not tells()
    veil(page).click()
    expect(veil(page)).to_have_count(0)
    at_rest(page)
    assert tells()
    assert violations(page, "light") == []
