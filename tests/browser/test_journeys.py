"""What a visitor does, in a real Chromium: arrive, play, pause, step, reset, share, break things, recover."""

import math
import re
import time
from itertools import cycle
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from rnn_core import CELLS, SHAPES, TASKS
from tests.browser.conftest import Open
from tests.browser.harness import FRAME, Server, at_rest, board, drawn, eventually, number, rerun, resize, step, until
from tests.browser.steps import (
    arrived,
    button,
    choose,
    follow,
    one_step,
    overflow,
    pause,
    play,
    query,
    shifts,
    watch_shifts,
    where,
)
from tests.browser.timers import count_timers, timer_is_set, timers_are_gone


@pytest.mark.parametrize("address", ["/about", "/playground?task=adding&hidden_size=8"])
def test_first_visit_of_a_fresh_server_by_any_link(fresh_server: Server, visit: Open, address: str):
    """That every page goes through the frame is a test of its own, in test_pages.py."""
    page = visit(address, on=fresh_server)
    if "task=" not in address:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    else:
        arrived(page)
        assert query(page)["task"] == ["adding"]
        expect(page.get_by_role("button", name="Task: Adding")).to_be_visible()
    drawn(page)
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Playground")  # the frame, not the bare script
    expect(page.get_by_test_id("stSidebar")).to_contain_text("About")
    expect(page.get_by_role("button", name="Task: ")).to_have_count(1 if "task=" in address else 0)
    expect(page.get_by_role("dialog")).to_have_count(0)  # "Page not found"


def test_play_pause_step_reset_by_button_and_by_key(visit: Open):
    page = arrived(visit("/"))
    assert step(page) == 0
    root = board(page).element_handle()

    play(page, beyond=20)
    expect(button(page, "Pause")).to_be_visible()
    assert math.isfinite(number(page, "loss"))
    page.keyboard.press("Space")  # Pause has the focus, and a browser presses what is focused: not a second time
    paused = drawn(page)
    expect(button(page, "Play")).to_be_visible()
    one_step(page, 2)
    assert step(page) == paused + 2
    page.keyboard.press("s")
    until(page, f"step == {paused + 3}")
    drawn(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")  # nothing has the focus
    expect(button(page, "Pause")).to_be_visible()
    until(page, f"step > {paused + 10}")
    page.keyboard.press("Space")
    drawn(page)
    page.keyboard.press("r")
    until(page, "step == 0")
    one_step(page)
    button(page, "Reset").click()
    until(page, "step == 0")
    assert drawn(page) == 0
    assert root.evaluate("e => e.isConnected"), "the board was replaced on the way"


def test_settings_act_the_address_follows_a_copy_reopens_the_same_run_and_is_another_visitors(visit: Open):
    page = arrived(visit("/?seed=7&length=12"))
    first = number(page, "loss")
    one_step(page, 2)
    page.get_by_role("slider", name=re.compile("Learning rate")).focus()
    with rerun(page):
        page.keyboard.press("ArrowRight")
    assert "learning_rate" in query(page)
    assert step(page) == 2, "the learning rate acts at once"
    page.get_by_role("slider", name=re.compile("Hidden size")).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    eventually(lambda: query(page).get("hidden_size") == ["19"], "the address follows", page)
    until(page, "step == 0")
    expect(board(page)).to_have_attribute("aria-label", re.compile("19 hidden units"))
    assert drawn(page) == 0 and number(page, "loss") != first, "not another network"

    copy = arrived(visit(where(page)))
    assert query(copy) == query(page)
    assert {"seed": ["7"], "length": ["12"], "hidden_size": ["19"]}.items() <= query(copy).items()
    one_step(copy, 3)
    assert step(page) == 0, "one visitor trains another's network"
    page.bring_to_front()
    with rerun(page):
        button(page, "Reset").click()  # so that it trains with this rate from the start
    one_step(page, 3)
    assert board(copy).get_attribute("data-loss") == board(page).get_attribute("data-loss")


FADED = """() => {
    window.faded = 0;
    const find = (root) => [...root.querySelectorAll("*")].flatMap((e) =>
        [...(e.matches("[role=img][data-step]") ? [e] : []), ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
    const [board] = find(document);
    const look = () => {
        for (let e = board; e; e = e.parentElement || e.getRootNode().host)
            if (+getComputedStyle(e).opacity < 0.99) window.faded += 1;
        requestAnimationFrame(look);
    };
    look();
}"""


def test_autoplay_plays_on_arrival_nothing_fades_or_moves_and_pause_holds(visit: Open):
    page = arrived(visit("/?autoplay=true&speed=full"))
    until(page, "step > 10")
    watch_shifts(page)
    page.evaluate(FADED)
    until(page, f"frames >= {number(page, 'frames') + 20}")
    assert page.evaluate("window.faded") == 0
    assert shifts(page) < 0.01
    until(page, "step > 200")
    pause(page)
    at_rest(page)
    # No film comes any more that would draw a smaller scale: of 22 px the tallest bar has at least two fifths.
    tallest = "all => Math.max(...all.map((e) => e.height.baseVal.value))"
    assert page.locator("svg.time .shares rect").evaluate_all(tallest) >= 8.7, "the share of the loss fills its row"


def diverged(page: Page) -> int:
    """Wait for the calm message; the step that it would go back to."""
    again = button(page, r"Clip and continue from step \d+")
    expect(again).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"step \d+"))).to_be_visible()
    return int(re.findall(r"\d+", again.inner_text())[0])


def test_a_divergence_stops_freezes_and_recovers_by_reset_and_by_clipping(visit: Open):
    page = arrived(visit("/?cell=rnn-relu&learning_rate=10&clip=none"))
    button(page, "Play").click()
    n = diverged(page)
    assert drawn(page) <= n + 1
    assert math.isfinite(number(page, "loss"))
    button(page, "Reset").first.click()
    until(page, "step == 0")
    expect(button(page, "Clip and continue")).to_have_count(0)
    button(page, "Play").click()
    n = diverged(page)
    button(page, "Clip and continue").click()
    eventually(lambda: query(page).get("clip") != ["none"], "clipping is on", page)
    until(page, f"step > {n}")
    assert math.isfinite(number(page, "loss"))


HOSTILE = [  # as functions, test_address.py reads hundreds
    "task=%00%ff&cell=" + quote("<script>alert(1)</script>") + "&hidden_size=-1&learning_rate=NaN&length=1e9&=&&&==&x",
    "task=" + quote("{0.__class__}") + "&hidden_size=8&hidden_size=9&seed=" + "9" * 2000 + "&autoplay=maybe&speed=fast",
]


@pytest.mark.parametrize("address", HOSTILE, ids=lambda a: a[:40])
def test_any_query_string_gives_a_running_page(visit: Open, address: str):
    page = arrived(visit(f"/?{address}"))
    assert math.isfinite(number(page, "loss"))
    one_step(page)


@pytest.mark.parametrize(("shape", "cell"), list(zip(SHAPES, cycle(CELLS), strict=False)))
def test_every_task_is_drawn_and_trains(visit: Open, shape: str, cell: str):
    first, *others = [name for name, task in TASKS.items() if task.shape == shape]
    page = arrived(visit(f"/?task={first}&cell={cell}"))
    for task in (first, *others):
        if task != first:
            choose(page, task)
        expect(page.get_by_role("button", name=f"Task: {TASKS[task].title} (change)", exact=True)).to_be_visible()
        assert step(page) == 0 and query(page).get("task", ["echo"]) == [task]
        one_step(page)
        assert math.isfinite(number(page, "loss")), task


def test_the_largest_boards_train_and_a_phone_scrolls_down_but_never_sideways(visit: Open):
    page = visit("/about", width=390)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    at_rest(page)
    assert overflow(page) <= 0
    for asked in ("", "task=adding&length=60&hidden_size=64&batch_size=64&cell=lstm"):
        page = arrived(visit(f"/?{asked}", width=390))
        box = board(page).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390.5
        one_step(page)
        assert math.isfinite(number(page, "loss"))
        assert overflow(page) <= 0, asked
        resize(page, 1440)
        assert overflow(page) <= 0, asked


def luminance(page: Page, what: str, property: str) -> float:
    """Relative luminance (WCAG) of a computed colour of the first element that the selector finds."""
    colour = page.locator(what).first.evaluate(f"e => getComputedStyle(e).{property}")
    channels = [float(c) / 255 for c in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_one_screen_holds_the_main_job_legible_in_light_and_dark_and_said_in_words(visit: Open):
    """Nothing to scroll at 1440 x 900: transport row and board are in the window."""
    page = arrived(visit("/"))
    for part in (button(page, "Play"), button(page, "Step"), button(page, "Reset"), board(page)):
        box = part.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 900, box
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        eventually(lambda: (ground(page) > 0.5) == (scheme == "light"), scheme, page)  # noqa: B023, asked at once
        at_rest(page)
        for what in ("[role=img][data-step]", "[data-testid=stSidebar] label"):
            low, high = sorted((ground(page), luminance(page, what, "color")))
            assert (high + 0.05) / (low + 0.05) >= 4.5, f"{what}: {low} and {high}"
    before = board(page).get_attribute("aria-label") or ""
    one_step(page)
    after = board(page).get_attribute("aria-label") or ""
    assert before != after
    assert len(after.split()) > 5


def ground(page: Page) -> float:
    return luminance(page, "[data-testid=stApp]", "backgroundColor")


def test_there_and_back_is_the_same_run_which_paused_meanwhile(visit: Open):
    page = arrived(visit("/?task=adding&hidden_size=8&layers=2&speed=steady&utm=1"))
    count_timers(page)
    play(page, beyond=10)
    timer_is_set(page)
    slider = page.get_by_role("slider", name=re.compile("Hidden size"))
    before, address = step(page), query(page)

    follow(page, "About")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    timers_are_gone(page)  # nothing ticks on a page that shows no run

    follow(page, "Playground")
    taken = step(arrived(page))
    assert taken >= before, "not the same run"
    assert query(page) == address
    expect(page.get_by_role("button", name="Task: Adding")).to_be_visible()
    expect(slider).to_have_value("8")
    one_step(page)
    assert step(page) == taken + 1


def test_a_closed_tab_stops_the_work(visit: Open, server: Server):
    if math.isnan(server.cpu_seconds()):
        pytest.skip("no /proc here to read a process's CPU time from")
    page = arrived(visit("/?autoplay=true&speed=full"))
    until(page, "step > 10")
    other = visit("/about")
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    eventually(lambda: works(server, other) > 0.1, "the server works", other)
    page.close()
    eventually(lambda: works(server, other) < 0.1 and works(server, other) < 0.1, "the server rests", other)


def works(server: Server, page: Page) -> float:
    """How much of a core the server takes while a page draws thirty frames."""
    before, begin = server.cpu_seconds(), time.monotonic()
    for _ in range(30):
        page.evaluate(FRAME)
    return (server.cpu_seconds() - before) / (time.monotonic() - begin)
