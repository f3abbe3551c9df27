"""What is written can be read, and where the keyboard is can be seen."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_journeys import arrived, one_step

PAGES = ["Playground", "Shapes", "Text", "Series", "About"]


def test_the_focus_is_seen_on_every_page_link(visit: Open):
    page = arrived(visit("/"))
    page.get_by_role("link", name="Skip to main content").focus()
    for name in PAGES:
        page.keyboard.press("Tab")
        link = page.get_by_role("link", name=name, exact=True)
        expect(link).to_be_focused()
        assert link.evaluate("e => getComputedStyle(e).outline").endswith("solid 2px"), name


def test_what_scrolls_under_the_sidebars_button_is_not_read_through_it(visit: Open):
    page = arrived(visit("/", width=390))
    opener = page.get_by_test_id("stExpandSidebarButton")
    expect(opener).to_be_visible()
    colours = [e.evaluate("e => getComputedStyle(e).backgroundColor") for e in (opener, page.get_by_test_id("stApp"))]
    assert colours[0] == colours[1]


def test_every_change_is_said_where_its_flag_has_no_room(visit: Open):
    page = arrived(visit("/?hidden_size=4&length=8"))
    for _ in range(5):
        one_step(page)
        page.get_by_role("slider", name=re.compile("Learning rate")).focus()
        page.keyboard.press("ArrowRight")
    one_step(page)
    titles = page.locator(".below .changes title")
    expect(titles).to_have_count(5)
    said = titles.all_text_contents()
    assert all(re.fullmatch(r"step \d: learning rate \S+ → \S+", each) for each in said)
    written = [text for text in page.locator(".below .changes text").all() if text.is_visible()]
    assert 0 < len(written) < 5  # not all have room
    page.get_by_role("button", name="Numbers").click()
    for each in said:
        at, words = each.split(": ")
        expect(page.locator(".sheet")).to_contain_text(f"{words} at training {at}")
