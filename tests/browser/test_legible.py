"""What is written can be read, and where the keyboard is can be seen."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import at_rest, resize
from tests.browser.steps import LIGHT_AND_DARK, arrived, button, look, one_step
from ui.frame.navigation import GROUPS, LABELS

PAGES = [title for titles in GROUPS.values() for title in titles]


def test_the_focus_is_seen_on_every_page_link_and_the_words_on_buttons_are_read_on_their_ground(visit: Open):
    page = arrived(visit("/"))
    page.get_by_role("link", name="Skip to main content").focus()
    for name in PAGES:
        page.keyboard.press("Tab")
        link = page.get_by_role("link", name=LABELS.get(name, name), exact=True)
        expect(link).to_be_focused()
        assert link.evaluate("e => getComputedStyle(e).outline").endswith("solid 2px"), name
    play = button(page, "Play")
    for scheme in reversed(LIGHT_AND_DARK):
        look(page, scheme)
        for hover in (lambda: page.mouse.move(5, 5), play.hover):
            hover()
            at_rest(page)  # the colour has changed
            word, its_ground = play.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
            assert contrast(numbers(word), numbers(its_ground)) >= 4.4, scheme
    resize(page, 390)  # what scrolls under the sidebar's button is not read through it
    opener = page.get_by_test_id("stExpandSidebarButton")
    expect(opener).to_be_visible()
    grounds = [e.evaluate("e => getComputedStyle(e).backgroundColor") for e in (opener, page.get_by_test_id("stApp"))]
    assert grounds[0] == grounds[1]


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
    page.get_by_role("button", name="Numbers", exact=True).click()
    for each in said:
        at, words = each.split(": ")
        expect(page.locator(".sheet")).to_contain_text(f"{words} at training {at}")


# Of every text in the board, drawn or written, that is smaller than 12 px: what it says and how large it is.
SMALL = """(root) => {
  const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let texts = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || ["STYLE", "SCRIPT", "title", "OPTION"].includes(parent.tagName)) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    texts++;
    if (size < 12) found.push([node.data, size]);
  }
  return [texts, found];
}"""


@pytest.mark.parametrize("address", [
    "/?cell=gru&layers=2&hidden_size=8", "/?task=adding", "/?task=digit-words", "/?task=reverse&hidden_size=40",
], ids=str)  # fmt: skip
def test_no_text_of_the_board_is_smaller_than_12_pixels(visit: Open, address: str):
    page = arrived(visit(address))
    page.get_by_role("button", name="Numbers", exact=True).click()
    cursor = page.locator("button.cursor")
    cursor.focus()
    page.keyboard.press("ArrowDown")  # a card is open
    expect(page.locator(".layer .card")).to_be_visible()
    if "adding" in address:  # an answer that is a number is read on its ground
        fill = page.locator("text.answer").first.evaluate("e => getComputedStyle(e).fill")
        assert contrast([255 * n for n in numbers(fill)]) >= 4.5
    small_nowhere(page)
    button(page, "One step, slowly").click()
    expect(page.locator(".slow")).to_be_visible()
    small_nowhere(page)


def small_nowhere(page: Page) -> None:
    """Neither on a desk nor on a telephone."""
    for width in (1440, 390):
        resize(page, width)
        texts, small = page.locator(".unrolled").evaluate(SMALL)
        assert texts > 40 and small == [], f"{width} px wide"


def numbers(colour: str) -> list[float]:
    """Red, green, blue of a colour as the browser tells it."""
    return [float(n) for n in re.findall(r"[\d.]+", colour)][:3]


def contrast(a: list[float], b: Sequence[float] = (255, 255, 255)) -> float:
    """Of two colours (r, g, b from 0 to 255), as WCAG has it."""
    dark, light = sorted(map(luminance, (a, b)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Sequence[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (x / 255 for x in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
