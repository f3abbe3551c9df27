"""The five shapes in a browser: they learn together, fit the window, and open in the playground."""


import pytest
from playwright.sync_api import Locator, Page, expect

from rnn_core import SHAPES, TASKS
from tests.browser.conftest import Open
from tests.browser.harness import drawn, eventually, resize, step, until
from tests.browser.steps import LIGHT_AND_DARK, button, look, one_step, overflow, query
from ui.frame.address import written
from ui.shapes.shapes import config


def arrived(page: Page) -> Page:
    """Once every miniature has been drawn."""
    expect(miniatures(page)).to_have_count(len(SHAPES))
    drawn(page)
    return page


def miniatures(page: Page) -> Locator:
    return page.locator(".mini[role=img][data-step]")


def steps(page: Page) -> list[int]:
    return [int(one.get_attribute("data-step") or -1) for one in miniatures(page).all()]


def test_all_five_learn_at_a_touch_stand_still_and_start_again(visit: Open):
    page = arrived(visit("/shapes"))
    assert steps(page) == [0] * len(SHAPES)
    roots = [one.element_handle() for one in miniatures(page).all()]
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_visible()
    eventually(lambda: all(step > 3 for step in steps(page)), "all five advance", page)
    button(page, "Pause").click()
    drawn(page)
    page.keyboard.press("r")
    eventually(lambda: steps(page) == [0] * len(SHAPES), "all five start again", page)
    assert all(root.evaluate("e => e.isConnected") for root in roots if root), "a miniature was replaced"
    for one in miniatures(page).all():
        assert len((one.get_attribute("aria-label") or "").split()) > 5


def test_one_screen_holds_all_five_and_a_phone_stacks_them(visit: Open):
    page = arrived(visit("/shapes"))
    cards = page.locator("article.shape")
    expect(cards).to_have_count(len(SHAPES))
    expect(page.locator(".mini .arrows, .mini .weight")).to_have_count(0)  # no room for them
    for scheme in LIGHT_AND_DARK:
        look(page, scheme)
        for card, shape in zip(cards.all(), SHAPES.values(), strict=True):
            box = card.bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= 900 and box["x"] + box["width"] <= 1440, box
            expect(card.get_by_role("heading", level=2)).to_have_text(shape.title)
            assert card.evaluate("e => e.scrollWidth <= e.clientWidth + 12")
    resize(page, 390)
    lefts = {round(card.bounding_box()["x"]) for card in cards.all()}  # type: ignore[index]
    assert len(lefts) == 1
    assert overflow(page) <= 0


@pytest.mark.parametrize("by", ["click", "key"])
def test_a_card_opens_the_playground_where_its_run_goes_on(visit: Open, by: str):
    page = arrived(visit("/shapes"))
    button(page, "Play").click()
    eventually(lambda: min(steps(page)) > 0, "they play", page)
    button(page, "Pause").click()
    drawn(page)
    shape = "encoder-decoder"
    taken, wanted = steps(page)[list(SHAPES).index(shape)], config(shape)
    if by == "click":
        page.locator("article.shape").nth(list(SHAPES).index(shape)).click(position={"x": 30, "y": 60})
    else:
        button(page, f"Open in the playground: {TASKS[wanted.task].title}").focus()
        page.keyboard.press("Enter")
    expect(page.locator(".board")).to_have_attribute("data-step", str(taken))
    drawn(page)
    assert {name: texts[-1] for name, texts in query(page).items()} == written(wanted)
    expect(page.get_by_role("button", name=f"Task: {TASKS[wanted.task].title}")).to_be_visible()
    one_step(page)
    assert step(page) == taken + 1

    page.get_by_role("link", name="Shapes").click()
    arrived(page)
    assert steps(page)[list(SHAPES).index(shape)] == taken


def test_a_card_of_a_run_that_plays_goes_on_playing_in_the_playground(visit: Open):
    page = arrived(visit("/shapes"))
    button(page, "Play").click()
    eventually(lambda: min(steps(page)) > 0, "they play", page)
    before = steps(page)[list(SHAPES).index("many-to-many")]
    button(page, "Open in the playground: Echo").click()
    expect(page.locator(".board[role=img][data-step]")).to_be_visible()
    until(page, f"step > {before}")
    expect(button(page, "Pause")).to_be_visible()
