"""The Gradients page in a browser: one cursor, pictures that follow the run, room on a telephone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import at_rest, drawn, eventually, rerun
from tests.browser.steps import button, follow, one_step, overflow, query

REACH = "How far a hidden state reaches"


def arrived(page: Page) -> Page:
    """Once the page is complete and its charts are drawn."""
    page.locator(".complete").wait_for(state="attached")
    expect(page.get_by_role("img", name=REACH)).to_be_visible()
    drawn(page)
    return page


def says(page: Page, picture: str) -> str:
    return page.get_by_role("img", name=picture).get_attribute("aria-label") or ""


def test_the_cursor_is_one_and_what_is_chosen_stands_in_the_address(visit: Open):
    page = arrived(visit("/gradients?task=temporal-order&cell=rnn&length=12&hidden_size=6"))
    assert "‖∂h_12/∂h_6‖" in says(page, REACH)
    cursor = page.get_by_role("slider", name=re.compile("Time step t"))
    cursor.focus()
    with rerun(page):
        page.keyboard.press("ArrowRight")
    assert "‖∂h_12/∂h_7‖" in says(page, REACH) and "at 7" in says(page, "From every step to every later one")
    area = page.get_by_role("img", name=REACH).locator("..")
    box = area.bounding_box()
    assert box
    with rerun(page):  # a click in a picture moves it, too: two thirds of the way
        page.mouse.move(box["x"] + 58 + 2 / 3 * (box["width"] - 72), box["y"] + 180, steps=4)
        page.mouse.down()
        page.mouse.up()
    assert "‖∂h_12/∂h_8‖" in says(page, REACH)
    expect(cursor).to_have_value("8")
    with rerun(page):
        page.keyboard.press("Escape")
        page.get_by_role("radio", name="Clipping").or_(button(page, "Clipping")).first.click()
    assert "At t = 8" in says(page, "By time step: each term of ∂L/∂W_hh")
    assert query(page)["gradients-t"] == ["8"] and query(page)["gradients-section"] == ["Clipping"]


def test_it_shows_the_playgrounds_run_as_it_stands_and_trains_it(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4"))
    expect(page.locator(".stands")).to_contain_text("Untrained")
    before = says(page, REACH)
    follow(page, "Playground")
    one_step(page)
    follow(page, "Gradients")
    expect(page.locator(".stands")).to_contain_text("After 1 training step")
    assert says(page, REACH) != before
    button(page, "Play").first.click()
    eventually(lambda: re.search(r"After [\d,]{3,}", page.locator(".stands").inner_text()), "it trains", page)
    moving = says(page, REACH)
    eventually(lambda: says(page, REACH) != moving, "the picture follows", page)
    page.keyboard.press("Space")
    drawn(page)
    expect(page.get_by_text("Numbers", exact=True).first).to_be_visible()


def test_a_telephone_has_room_for_every_section(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4", width=390, scheme="dark"))
    for section in ("What reaches the weights", "Truncation", "The cliff", "Levers", "Check it yourself"):
        with rerun(page):
            page.get_by_role("radio", name=section).or_(button(page, section)).first.click()
        at_rest(page)
        assert overflow(page) <= 0, section
