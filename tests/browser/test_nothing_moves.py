"""Nothing moves but what means something: play, pause, step, another sequence and a comparison shift no element."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import drawn, resize, until
from tests.browser.steps import arrived, button, one_step, pause, play

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


def test_nothing_shifts_while_one_plays_steps_and_compares(visit: Open):
    page = arrived(visit("/?learning_rate=0.03&speed=full"))
    for width in (1440, 1100, 390):
        resize(page, width)
        page.evaluate(WATCH)
        before = places(page)
        play(page, beyond=100 if width == 1440 else 20)
        pause(page)
        one_step(page)
        which = page.locator(".which")
        for turn, n in (("Next", 2), ("Previous", 1), ("Previous", 64)):  # a number of two digits
            page.get_by_role("button", name=f"{turn} held-out sequence").click()
            expect(which).to_contain_text(f"{n} of")
        page.get_by_role("button", name="Hold this run").click()
        held = page.get_by_role("button", name=re.compile("Held: step"))
        held.wait_for()
        drawn(page)
        assert places(page) == before, f"{width} px wide"
        assert page.evaluate("window.shifts") == [], f"{width} px wide"
        held.click()
        page.get_by_role("button", name="Next held-out sequence").click()
        expect(which).to_contain_text("1 of")
        button(page, "Reset").click()
        until(page, "step == 0")


def test_the_longest_numbers_move_no_counter_and_cut_no_name(visit: Open):
    page = arrived(visit("/?task=reverse"))
    for width in (1440, 390):
        resize(page, width)
        before, values = places(page), page.locator(".counter .value")
        for text in ("0.00877", "5.51·10⁻⁶", "1.23·10⁻¹⁰"):
            values.evaluate_all("(all, text) => all.forEach((e, i) => { e.textContent = i ? text : '123 456'; })", text)
            assert places(page) == before, f"{width} px wide: {text}"
            over = [pair for pair in values.evaluate_all(ENDS) if pair[0] > pair[1]]
            assert width == 390 or over == [], f"{text} runs into the next counter"
        names = page.locator(".counter .name")
        cut = names.evaluate_all("all => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)")
        assert width == 390 or cut == []


def test_on_a_telephone_the_tools_stand_on_two_lines(visit: Open):
    page = arrived(visit("/?task=surname-letters&cell=lstm", width=390))  # with all tools, of 160 sequences
    tops = "all => [...new Set(all.filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect().top))]"
    assert len(page.locator(".tools button").evaluate_all(tops)) == 2
