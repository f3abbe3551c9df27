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
    drawn(page)
    return page


def says(page: Page, picture: str) -> str:
    return page.get_by_role("img", name=picture).get_attribute("aria-label") or ""


def show(page: Page, section: str) -> None:
    """Press a section's button, and wait for its pictures."""
    with rerun(page):
        page.get_by_role("radio", name=section).click()


def test_a_click_in_a_picture_moves_the_one_cursor_and_the_address_has_it(visit: Open):
    page = arrived(visit("/gradients?task=temporal-order&cell=rnn&length=12&hidden_size=6"))
    assert "‖∂h_12/∂h_6‖" in says(page, REACH)
    box = page.get_by_role("img", name=REACH).bounding_box()
    assert box
    with rerun(page):  # two thirds of the way
        page.mouse.move(box["x"] + 58 + 2 / 3 * (box["width"] - 72), box["y"] + 180, steps=4)
        page.mouse.down()
        page.mouse.up()
    assert "‖∂h_12/∂h_8‖" in says(page, REACH) and "at 8" in says(page, "From every step to every later one")
    expect(page.get_by_role("slider", name=re.compile("Time step t"))).to_have_value("8")
    show(page, "Clipping")
    assert "At t = 8" in says(page, "By time step: each term of ∂L/∂W_hh")
    assert query(page)["gradients-t"] == ["8"] and query(page)["gradients-section"] == ["Clipping"]


def test_it_shows_the_playgrounds_run_as_it_stands_and_trains_it(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4"))
    expect(page.locator(".stands")).to_contain_text("Untrained")
    before = says(page, REACH)
    follow(page, "Playground")
    one_step(page)
    follow(page, "Gradients")
    expect(page.locator(".stands")).to_contain_text("After 1 training step:")
    assert says(page, REACH) != before
    button(page, "Play").first.click()
    eventually(lambda: re.search(r"After [\d,]{2,}", page.locator(".stands").inner_text()), "pictures follow", page)
    button(page, "Pause").click()
    drawn(page)
    expect(page.get_by_text("Numbers", exact=True).first).to_be_visible()


def test_a_telephone_has_room_for_every_section(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4", width=390, scheme="dark"))
    for section in ("Truncation", "The cliff", "Levers", "Check it yourself"):
        show(page, section)
        at_rest(page)
        assert overflow(page) <= 0, section
