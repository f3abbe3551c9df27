"""What is written can be read, and where the keyboard is can be seen."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_journeys import arrived

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
