"""Nothing moves but what means something: play, pause, step, another sequence and a comparison shift no element."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import at_rest, eventually, step
from tests.browser.test_journeys import arrived, button, one_step

# Also what follows a click at once, which the browser's own sum leaves out. [[what, from where, to where], …]
WATCH = """() => {
    window.shifts = [];
    const place = ({ x, y, width, height }) => [x, y, width, height];
    const told = ({ node, previousRect: a, currentRect: b }) => [node?.textContent ?? "?", place(a), place(b)];
    const entries = (list) => list.getEntries().map((e) => e.sources.map(told));
    const observer = new PerformanceObserver((list) => window.shifts.push(...entries(list)));
    observer.observe({ type: "layout-shift" });
}"""
PLACES = "all => all.map((e) => [e.className, e.getBoundingClientRect().x, e.getBoundingClientRect().y])"
# Where a counter's text ends, and where the next counter begins.
ENDS = """all => all.map((e) => {
    const range = document.createRange();
    range.selectNodeContents(e);
    const next = e.closest(".counter").nextElementSibling;
    return [range.getBoundingClientRect().right, next?.getBoundingClientRect().x ?? Infinity];
})"""


def places(page: Page) -> list[tuple[str, float, float]]:
    """Where the board's counters and tools stand: class, left and top edge."""
    found: list[tuple[str, float, float]] = page.locator(
        ".counter .name, .counter .value, .tools button"
    ).evaluate_all(PLACES)
    return found


@pytest.mark.parametrize("width", [390, 1100, 1440])
def test_nothing_shifts_while_one_plays_steps_and_compares(visit: Open, width: int):
    page = arrived(visit("/?learning_rate=0.03", width=width))
    page.evaluate(WATCH)
    before = places(page)
    button(page, "Play").click()
    eventually(lambda: step(page) > 100, "it plays", page)
    button(page, "Pause").click()
    at_rest(page)
    one_step(page)
    which = page.locator(".which")
    for n in range(2, 12):  # a number of two digits
        page.get_by_role("button", name="Next held-out sequence").click()
        expect(which).to_contain_text(f"{n} of")
    hold = page.get_by_role("button", name="Compare with now")
    hold.click()
    page.get_by_role("button", name=re.compile("Holding step")).wait_for()
    at_rest(page)
    assert places(page) == before
    assert page.evaluate("window.shifts") == []


@pytest.mark.parametrize("width", [390, 1440])
def test_the_longest_numbers_move_no_counter_and_cut_no_name(visit: Open, width: int):
    page = arrived(visit("/?task=reverse", width=width))
    before, values = places(page), page.locator(".counter .value")
    for text in ("0.00877", "5.51·10⁻⁶", "1.23·10⁻¹⁰"):
        values.evaluate_all("(all, text) => all.forEach((e, i) => { e.textContent = i ? text : '123 456'; })", text)
        assert places(page) == before
        over = [pair for pair in values.evaluate_all(ENDS) if pair[0] > pair[1]]
        assert width == 390 or over == [], f"{text} runs into the next counter"
    names = page.locator(".counter .name")
    cut = names.evaluate_all("all => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)")
    assert width == 390 or cut == []


def test_on_a_telephone_the_tools_stand_on_two_lines(visit: Open):
    page = arrived(visit("/?task=surname-letters&cell=lstm", width=390))  # with all tools, of 160 sequences
    tops = "all => [...new Set(all.filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect().top))]"
    assert len(page.locator(".tools button").evaluate_all(tops)) == 2
