"""Names that the network writes, in a real Chromium: before it trains, while it plays, on a telephone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import board, drawn, eventually, step, until
from tests.browser.steps import LIGHT_AND_DARK, arrived, button, look, overflow, pause, play


def names(page: Page) -> list[str]:
    return page.locator(".written li").all_inner_texts()


def top(page: Page) -> float:
    """Where the board begins on the page, however far that is scrolled."""
    main = page.get_by_test_id("stMain").evaluate("e => e.scrollTop")
    box = board(page).bounding_box()
    assert box
    return main + box["y"]


def test_names_are_written_before_training_and_while_it_plays(visit: Open):
    page = arrived(visit("/?task=surname-letters&cell=gru&hidden_size=8"))
    begins = top(page)
    assert begins + 720 <= 900, "the board no longer fits the screen"
    picture = board(page).element_handle()

    button(page, "Write names").click()
    expect(page.locator(".written li")).to_have_count(10)
    expect(page.locator(".written p")).to_contain_text("has not trained: random letters")
    assert drawn(page) == 0, "writing trains nothing"
    assert top(page) == begins

    play(page, beyond=20)
    before, were = step(page), names(page)
    button(page, "Write names").click()
    expect(page.locator(".written p")).to_contain_text("training steps")
    eventually(lambda: names(page) != were, "other names", page)
    expect(button(page, "Pause")).to_be_visible()
    until(page, f"step > {before}")
    pause(page)
    assert picture.evaluate("e => e.isConnected"), "the board was replaced on the way"


def test_a_telephone_has_room_for_ten_names(visit: Open):
    page = arrived(visit("/?task=surname-letters", width=390))
    page.get_by_role("slider", name="Temperature").press("ArrowRight")
    room = page.locator(".written").bounding_box()
    button(page, "Write names").press("Enter")
    expect(page.locator(".written p")).to_contain_text("temperature 0.8")
    for scheme in LIGHT_AND_DARK:
        look(page, scheme)
        now = page.locator(".written").bounding_box()
        assert room and now and now["height"] <= room["height"] + 1, "what comes moves what is below"
        assert overflow(page) <= 0
