"""Somebody who was never here: a small network, one button, and three doors; and what a run that has learned says."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import board, drawn, eventually, rerun, step
from tests.browser.steps import (
    LIGHT_AND_DARK,
    arrived,
    button,
    look,
    one_step,
    overflow,
    pause,
    query,
    shifts,
    watch_shifts,
)  # fmt: skip
from ui.run.visit import FIRST_MINUTE, SEEN

DOORS = ["How did one step work?", "Make it remember 3 steps"]


@pytest.fixture
def newcomer(context: BrowserContext) -> Iterator[None]:
    """A browser without the cookie, which has it again afterwards."""
    cookies = context.cookies()
    context.clear_cookies(name=SEEN)
    yield
    context.add_cookies(cookies)  # type: ignore[arg-type]


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize("width", [1440, 390])
def test_a_first_visit_is_a_small_network_and_one_button(visit: Open, width: int):
    page = arrived(visit("/", width=width))
    assert query(page) == FIRST_MINUTE
    expect(page.get_by_text("predict the one before, from its memory: the hidden state.")).to_be_visible()
    expect(page.get_by_text(re.compile("it vanishes.*: × 0.50 a step"))).to_be_visible()
    expect(button(page, "Watch it learn")).to_be_visible()
    for name in ("Own input", "Hold this run", "Numbers", "log scale"):
        expect(button(page, name)).to_have_count(0)
    for scheme in LIGHT_AND_DARK:
        look(page, scheme)
        assert overflow(page) == 0


@pytest.mark.usefixtures("newcomer")
def test_it_learns_and_stops_and_nothing_jumps_and_a_door_opens_the_whole_board(visit: Open):
    page = arrived(visit("/"))
    watch_shifts(page)
    before = board(page).bounding_box()
    button(page, "Watch it learn").click()
    expect(page.locator(".st-key-ended")).to_contain_text("its hidden state now remembers the letter before.")
    drawn(page)
    assert shifts(page) < 0.02 and board(page).bounding_box() == before
    assert step(page) < 600
    for door in DOORS:
        expect(page.get_by_role("button", name=door)).to_be_visible()
    expect(page.get_by_role("link", name="The five shapes")).to_be_visible()
    page.get_by_role("button", name=DOORS[0]).click()
    expect(page.get_by_role("region", name="One training step, slowly")).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page, "Own input")).to_be_visible()
    page.goto(page.url.partition("?")[0])  # who comes again finds it
    arrived(page)
    expect(button(page, "Own input")).to_be_visible()
    assert query(page) == {}


@pytest.mark.usefixtures("newcomer")
def test_back_from_the_whole_board_is_the_first_minute_with_the_same_run(visit: Open):
    page = arrived(visit("/"))
    button(page, "Show everything").click()
    expect(button(page, "Own input")).to_be_visible()
    one_step(page)
    back_in_the_first_minute(page)
    assert step(page) == 1


@pytest.mark.usefixtures("newcomer")
def test_one_press_of_back_leads_from_a_longer_memory_to_the_first_minute(visit: Open):
    page = arrived(visit("/"))
    button(page, "Watch it learn").click()
    page.get_by_role("button", name=DOORS[1]).click()
    pause(page)
    assert query(page) == {}
    back_in_the_first_minute(page)
    assert step(page) == 0


def back_in_the_first_minute(page: Page) -> None:
    """Press the browser's Back: the address, the network and the one button are as they were."""
    with rerun(page):
        page.go_back()
    expect(button(page, "Watch it learn")).to_be_visible()
    eventually(lambda: query(page) == FIRST_MINUTE, "the address", page)
    label = board(page).get_attribute("aria-label") or ""
    assert "the letter of 1 step before" in label and "6 hidden units, unrolled over 6 time steps" in label, label


def test_skipping_ahead_shows_how_far_it_is_and_a_learned_network(visit: Open):
    page = arrived(visit("/?task=reber"))
    button(page, "Skip ahead").click()
    expect(page.get_by_role("progressbar", name="Skipping ahead")).to_be_visible()
    expect(page.locator(".st-key-ended")).to_contain_text("Learned in")
    drawn(page)
    expect(page.locator(".counter", has_text="exact match")).to_contain_text("100")
    expect(page.get_by_role("button", name="With a plain network")).to_be_visible()


def test_a_weight_under_the_pointer_says_what_it_joins_and_marks_where_it_acts(visit: Open):
    page = arrived(visit("/"))
    sheet = page.locator(".weigh")
    sheet.hover(position={"x": 60, "y": 60})
    told = page.locator(".weigh-told")
    expect(told).to_contain_text("a step before to unit")
    expect(told).to_contain_text("the same at every step")
    assert (page.locator(".acts").get_attribute("d") or "").count("M") == 40  # two units in each of twenty columns
    page.mouse.move(5, 5)
    expect(told).to_be_hidden()
