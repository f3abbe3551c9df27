"""Choosing a task in the gallery: open it, search, walk through it with the keyboard, choose."""

import re

from playwright.sync_api import Locator, Page, expect

from rnn_core import TASKS, Config
from tests.browser.conftest import Open
from tests.browser.harness import drawn, eventually, step, until
from tests.browser.steps import LIGHT_AND_DARK, arrived, look, one_step, query, where
from ui.frame.address import read
from ui.gallery.gallery import START


def card(page: Page) -> Locator:
    """The card in the sidebar, which opens the gallery."""
    return page.get_by_role("button", name=re.compile("^Task: "))


def shown(page: Page) -> list[str]:
    """The titles of the cards that are to be seen."""
    titles = page.get_by_role("dialog").locator(".card:visible .title")
    return [text.strip() for text in titles.all_inner_texts()]


def opened(page: Page) -> Page:
    card(page).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_be_focused()
    return page


def test_the_gallery_shows_every_task_and_tells_the_server_nothing(visit: Open):
    page = opened(arrived(visit("/?task=adding")))
    begin = [TASKS[name].title for name in START]
    assert shown(page)[: len(START)] == begin
    assert sorted(shown(page)[len(START) :]) == sorted(task.title for task in TASKS.values())
    assert page.get_by_role("dialog").locator(".card svg").count() == len(TASKS) + len(START)
    expect(page.locator('.card[aria-current="true"]')).to_contain_text(TASKS["adding"].title)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page)).to_be_focused()


FOUND = {
    "LATCH": ["latch"],
    "lätch": ["latch"],
    "sunspots year": ["sunspots"],
    "xor": ["xor"],
    "exclusive or": ["xor"],
    "sentiment": ["mood"],
    "memory": ["echo", "latch", "temporal-order"],
    "weather": ["sunspots"],
    "speech": ["vowels"],
    "vanishing": ["temporal-order"],
    "translation": ["reverse"],
    "music": ["sine"],
    "one → one": [name for name, task in TASKS.items() if task.shape == "one-to-one"],
}


def test_a_search_finds_titles_questions_names_and_shapes_and_arrows_walk_through_the_cards(visit: Open):
    page = opened(arrived(visit("/")))
    search, all_of_them = page.get_by_role("searchbox"), shown(page)
    for typed, found in FOUND.items():
        search.fill(typed)
        assert {TASKS[name].title for name in found} <= set(shown(page)), typed
        assert len(shown(page)) < len(TASKS) / 2, typed
    search.fill("<b>nothing</b>")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        f"No task has “<b>nothing</b>” in its name, question or shape; clear the search to see all {len(TASKS)}."
    )
    assert shown(page) == []
    search.fill("")
    assert shown(page) == all_of_them and len(all_of_them) == len(TASKS) + len(START)
    for key, at in (("ArrowDown", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        expect(page.locator(".card:focus .title")).to_have_text(all_of_them[at])
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    assert step(page) == 0


def test_choosing_by_keyboard_brings_the_tasks_defaults_and_its_address(visit: Open):
    page = arrived(visit("/?cell=gru"))
    one_step(page)
    card(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("r s")  # Reset, Play and Step when nobody types
    page.get_by_role("searchbox").fill("reverse")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".card:focus")).to_contain_text("Reverse")
    page.keyboard.press("s")  # is no Step on a card, either
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    before = run(page)
    one_step(page)
    assert (step(page), run(page)) == (2, before + 1), "a key has pressed something"
    card(page).press("Enter")
    page.get_by_role("searchbox").fill("reverse")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    wanted = Config(task="reverse", **TASKS["reverse"].defaults)  # type: ignore[arg-type]
    assert wanted.cell == "gru"  # what was asked for before is also what it wants
    eventually(lambda: read(query(page)) == (wanted, ()), "the address follows", page)
    expect(card(page)).to_have_accessible_name(f"Task: {TASKS['reverse'].title} (change)")
    until(page, "step == 0")

    copy = arrived(visit(where(page)))
    expect(card(copy)).to_have_accessible_name(f"Task: {TASKS['reverse'].title} (change)")


def run(page: Page) -> int:
    """How many runs of the page have been complete."""
    drawn(page)
    return int(page.locator(".complete").get_attribute("data-run") or 0)


def test_on_a_phone_it_fills_the_screen_and_scrolls_down_only(visit: Open):
    page = arrived(visit("/", width=390))
    page.get_by_test_id("stExpandSidebarButton").click()
    opened(page)
    dialog = page.get_by_role("dialog")
    for scheme in LIGHT_AND_DARK:
        look(page, scheme)
        assert dialog.evaluate("e => e.scrollWidth <= e.clientWidth")
        box = dialog.bounding_box()
        assert box and (box["x"], box["width"]) == (0, 390)
