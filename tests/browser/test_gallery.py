"""Choosing a task in the gallery: open it, search, walk through it with the keyboard, choose."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from rnn_core import TASKS, Config
from tests.browser.conftest import Open, Scheme
from tests.browser.harness import board, eventually, number, step
from ui.address import read


def arrived(page: Page) -> Page:
    expect(board(page)).to_be_visible()
    eventually(lambda: number(page, "frames") >= 1, "a first frame", page)
    return page


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
    assert sorted(shown(page)) == sorted(task.title for task in TASKS.values())
    assert page.get_by_role("dialog").locator(".card svg").count() == len(TASKS)
    expect(page.locator('.card[aria-current="true"]')).to_contain_text(TASKS["adding"].title)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(card(page)).to_be_focused()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("LATCH", ["latch"]),
        ("lätch", ["latch"]),
        ("sunspots year", ["sunspots"]),
        ("xor", ["xor"]),
        ("exclusive or", ["xor"]),
        ("one → one", [name for name, task in TASKS.items() if task.shape == "one-to-one"]),
    ],
)
def test_a_search_finds_titles_questions_names_and_shapes(visit: Open, typed: str, found: list[str]):
    page = opened(arrived(visit("/")))
    page.get_by_role("searchbox").fill(typed)
    assert {TASKS[name].title for name in found} <= set(shown(page))
    assert len(shown(page)) < len(TASKS) / 2


def test_a_search_without_a_match_is_one_sentence(visit: Open):
    page = opened(arrived(visit("/")))
    page.get_by_role("searchbox").fill("<b>nothing</b>")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        f"No task has “<b>nothing</b>” in its name, question or shape; clear the search to see all {len(TASKS)}."
    )
    assert shown(page) == []
    page.get_by_role("searchbox").fill("")
    assert len(shown(page)) == len(TASKS)
    assert step(page) == 0


def test_choosing_by_keyboard_brings_the_tasks_defaults_and_its_address(visit: Open):
    page = arrived(visit("/?cell=gru"))
    page.get_by_role("button", name=re.compile(r"^\W*Step\b")).click()
    eventually(lambda: step(page) == 1, "a step", page)
    card(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("r s")  # Reset, Play and Step when nobody types
    page.wait_for_timeout(300)
    assert step(page) == 1
    page.get_by_role("searchbox").fill("reverse")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".card:focus")).to_contain_text("Reverse")
    page.keyboard.press("s")  # is no Step on a card, either
    page.keyboard.press("r")
    page.wait_for_timeout(500)
    assert step(page) == 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    wanted = Config(task="reverse", **TASKS["reverse"].defaults)  # type: ignore[arg-type]
    assert wanted.cell == "gru"  # what was asked for before is also what it wants
    eventually(lambda: read(asked(page)) == (wanted, ()), "the address follows", page)
    expect(card(page)).to_have_accessible_name(f"Task: {TASKS['reverse'].title} (change)")
    eventually(lambda: step(page) == 0, "a new run", page)

    copy = arrived(visit(page.url.removeprefix(f"http://{urlsplit(page.url).netloc}")))
    expect(card(copy)).to_have_accessible_name(f"Task: {TASKS['reverse'].title} (change)")


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_arrows_walk_through_the_cards(visit: Open):
    page = opened(arrived(visit("/")))
    titles = shown(page)
    for key, at in (("ArrowDown", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        expect(page.locator(".card:focus .title")).to_have_text(titles[at])
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_it_fills_the_screen_and_scrolls_down_only(visit: Open, scheme: Scheme):
    page = arrived(visit("/", width=390, scheme=scheme))
    page.get_by_test_id("stExpandSidebarButton").click()
    opened(page)
    dialog = page.get_by_role("dialog")
    assert dialog.evaluate("e => e.scrollWidth <= e.clientWidth")
    box = dialog.bounding_box()
    assert box and (box["x"], box["width"]) == (0, 390)
