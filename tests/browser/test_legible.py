"""What is written can be read, and where the keyboard is can be seen."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Scheme
from tests.browser.test_journeys import arrived, button, one_step

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


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", [
    "/?cell=gru&layers=2&hidden_size=8", "/?task=adding", "/?task=digit-words", "/?task=reverse&hidden_size=40",
], ids=str)  # fmt: skip
def test_no_text_of_the_board_is_smaller_than_12_pixels(visit: Open, address: str, width: int):
    page = arrived(visit(address, width=width))
    one_step(page)
    page.get_by_role("button", name="Numbers", exact=True).click()
    cursor = page.locator("button.cursor")
    cursor.focus()
    page.keyboard.press("ArrowDown")  # a card is open
    root = page.locator(".unrolled")
    for seen in ("the board", "the replay"):
        texts, small = root.evaluate(SMALL)
        assert texts > 40 and small == [], seen
        page.get_by_role("button", name="One step, slowly").click()
        expect(page.locator(".slow")).to_be_visible()


def test_an_answer_that_is_a_number_is_read_on_its_ground(visit: Open):
    page = arrived(visit("/?task=adding"))
    fill = page.locator("text.answer").first.evaluate("e => getComputedStyle(e).fill")
    assert contrast([255 * n for n in numbers(fill)]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_word_on_play_is_read_on_its_ground_also_under_the_pointer(visit: Open, scheme: Scheme):
    page = arrived(visit("/", scheme=scheme))
    play = button(page, "Play")
    for _ in range(2):
        colour, ground = play.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
        assert contrast(numbers(colour), numbers(ground)) >= 4.4
        play.hover()


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
