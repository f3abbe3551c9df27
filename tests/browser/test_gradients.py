"""The Gradients page in a browser: one cursor, pictures that follow the run, room on a telephone."""

import re

from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.conftest import Open
from tests.browser.harness import at_rest, drawn, eventually, rerun, resize
from tests.browser.steps import button, follow, one_step, overflow, query
from ui.figures.over_training import HEIGHT, MARGIN, ROWS

REACH = "How far a hidden state reaches"


def arrived(page: Page) -> Page:
    """Once the page is complete and its charts are drawn."""
    page.locator(".complete").wait_for(state="attached")
    drawn(page)
    return page


def says(page: Page, picture: str) -> str:
    return page.get_by_role("img", name=picture).get_attribute("aria-label") or ""


def show(page: Page, section: str) -> None:
    """Press a section's button, and wait for its pictures."""
    with rerun(page):
        page.get_by_role("radio", name=section).click()


def point(page: Page, x: float, y: float) -> None:
    """Point at a place in a picture until it answers: it forgets what is pointed at when it is drawn anew."""

    def answers() -> bool:
        page.mouse.move(x + 1, y)
        page.mouse.move(x, y)
        return page.locator(".hoverlayer > *").count() > 0

    eventually(answers, "the picture says what is pointed at", page)


def click(page: Page, x: float, y: float) -> None:
    """Click there until the page has heard of it, as a person would: a click in a picture that is just drawn anew has
    nothing that it points at.
    """
    for seconds in (5, 10, 40):
        point(page, x, y)
        try:
            with rerun(page, seconds):
                page.mouse.down()
                page.mouse.up()
            return
        except TimeoutError:
            if seconds == 40:
                raise


def test_a_click_in_a_picture_moves_the_one_cursor_and_the_address_has_it(visit: Open):
    page = arrived(visit("/gradients?task=temporal-order&cell=rnn&length=12&hidden_size=6"))
    assert "‖∂h_12/∂h_6‖" in says(page, REACH)
    page.get_by_role("img", name=REACH).scroll_into_view_if_needed()
    box = page.get_by_role("img", name=REACH).bounding_box()
    assert box
    click(page, box["x"] + 58 + 2 / 3 * (box["width"] - 72), box["y"] + 180)  # two thirds of the way
    assert "‖∂h_12/∂h_8‖" in says(page, REACH) and "at 8" in says(page, "From every step to every later one")
    expect(page.get_by_role("slider", name=re.compile("Time step t"))).to_have_value("8")
    show(page, "Clipping")
    assert "At t = 8" in says(page, "By time step: each term of ∂L/∂W_hh")
    assert query(page)["gradients-t"] == ["8"] and query(page)["gradients-section"] == ["Clipping"]


def test_it_shows_the_playgrounds_run_as_it_stands_and_trains_it(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4"))
    expect(page.locator(".stands")).to_contain_text("Untrained")
    before = says(page, REACH)
    follow(page, "Playground")
    one_step(page)
    follow(page, "Gradients")
    expect(page.locator(".stands")).to_contain_text("After 1 training step:")
    assert says(page, REACH) != before
    button(page, "Play").first.click()
    eventually(lambda: re.search(r"After [\d,]{2,}", page.locator(".stands").inner_text()), "pictures follow", page)
    button(page, "Pause").click()
    drawn(page)
    expect(page.get_by_text("Numbers", exact=True).first).to_be_visible()


def test_while_it_plays_the_map_is_made_anew_only_where_it_is_seen(visit: Open):
    page, between = visit("/gradients?length=8&hidden_size=4&speed=steady"), "From every step to every later one"
    resize(arrived(page), 1440, 600)

    def follows(times: int) -> None:
        for _ in range(times):
            before = says(page, REACH)
            eventually(lambda: says(page, REACH) != before, "the picture that is seen follows", page)  # noqa: B023

    button(page, "Play").first.click()
    follows(2)
    before = says(page, between)
    follows(2)
    assert says(page, between) == before, "nobody sees it"
    page.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    eventually(lambda: says(page, between) != before, "now that it is seen it follows", page)


def test_the_start_of_the_walks_is_dragged_and_stands_in_the_address(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4&gradients-section=The+cliff"))
    ring = page.locator(".shapelayer path").first
    box = ring.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 40, steps=5)
    with rerun(page):
        page.mouse.up()
    asked = {name: float(query(page)[f"gradients-{name}"][0]) for name in ("w", "b")}
    assert asked["w"] < 2 and asked["b"] > -0.85
    at_rest(page)
    later = ring.bounding_box()
    assert later and abs(later["x"] - box["x"] + 60) < 4 and abs(later["y"] - box["y"] + 40) < 4
    expect(page.get_by_role("slider", name="Start: w")).to_have_value(f"{asked['w']:g}")


def test_the_board_and_a_picture_are_saved_as_png(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4&layers=2"))
    one_step(page)
    eventually(lambda: shown(page) == 1, "it is drawn, of two layers too", page)
    for name, file in (("Save board as PNG", "board-step-1"), ("Save as PNG", "gradients-reach")):
        with page.expect_download() as begun:
            button(page, name).first.click()
        assert begun.value.suggested_filename == f"unrolled-{file}.png"
        assert begun.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_telephone_has_room_for_every_section(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4", width=390, scheme="dark"))
    for section in ("Over training", "Truncation", "The cliff", "Levers", "Check it yourself"):
        show(page, section)
        at_rest(page)
        assert overflow(page) <= 0, section


MAP = "The gradient of every time step, over training"


def place(page: Page, along: float, up: float) -> tuple[float, float]:
    """A point of the map, in shares of it from the left and from below (ui/figures/over_training.py: MARGIN, ROWS)."""
    page.get_by_role("img", name=MAP).scroll_into_view_if_needed()
    box = page.get_by_role("img", name=MAP).bounding_box()
    assert box
    width, height = box["width"] - MARGIN["l"] - MARGIN["r"], HEIGHT - MARGIN["t"] - MARGIN["b"]
    below, above = ROWS[0]
    return box["x"] + MARGIN["l"] + along * width, box["y"] + MARGIN["t"] + (1 - below - up * (above - below)) * height


def shown(page: Page) -> int:
    """The training step of the network on the compact board."""
    return int(page.locator(".mini").get_attribute("data-step") or -1)


def test_the_board_follows_the_training_step_that_is_pointed_at_and_the_cursor_is_one(visit: Open):
    page = arrived(visit("/gradients?task=temporal-order&cell=rnn&length=12&hidden_size=6&speed=full"))
    show(page, "Over training")
    button(page, "Play").first.click()
    eventually(lambda: shown(page) > 200, "it trains", page)
    button(page, "Pause").click()
    last = drawn(page)
    assert shown(page) == last
    point(page, *place(page, 0.5, 0.5))
    which = page.locator(".past .which")
    expect(which).to_contain_text("The board after")
    kept = shown(page)
    assert kept < last and kept & (kept - 1) == 0 and abs(kept - last / 2) <= last / 4
    page.mouse.move(5, 5)
    expect(which).to_be_empty()
    eventually(lambda: shown(page) == last, "the present again", page)
    click(page, *place(page, 0.5, 8.5 / 12))
    page.mouse.move(5, 5)
    expect(which).to_contain_text(f"The board after {kept:,} training steps: held-out loss")
    expect(page.get_by_role("slider", name=re.compile("Time step t"))).to_have_value("9")
    chosen = page.get_by_role("slider", name="Training step on the board")
    expect(chosen).to_have_attribute("aria-valuetext", f"{kept:,}")
    assert shown(page) == kept and f"After {kept:,} training steps ‖∂L/∂h_9‖" in says(page, MAP)
    page.locator(".mini").scroll_into_view_if_needed()
    box = page.locator(".mini").bounding_box()
    assert box
    column = box["x"] + 0.5 * box["width"] - 2.5 * 40  # the fourth: they are 40 wide, and centred
    with rerun(page):
        page.mouse.click(column, box["y"] + 120)
    expect(page.get_by_role("slider", name=re.compile("Time step t"))).to_have_value("4")
    assert query(page)["gradients-t"] == ["4"]
    at_rest(page)
    mark = page.locator(".past .cursor").bounding_box()
    assert mark and abs(mark["x"] + mark["width"] / 2 - column) < 20


def test_a_sentence_worth_a_look_opens_its_section_with_its_run(visit: Open):
    page = arrived(visit("/gradients?length=8&hidden_size=4"))
    button(page, "Worth a look").click()
    with rerun(page):
        page.get_by_role("link", name="A gradient that has vanished can be learned from").click()
    expect(page.get_by_role("radio", name="Over training")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".stands")).to_contain_text("After 1,000 training steps:")
    expect(page.locator(".says b").first).to_contain_text("A gradient that has vanished")
    assert query(page) == {
        "task": ["temporal-order"], "cell": ["rnn"], "gradients-section": ["Over training"], "gradients-t": ["1"]
    }  # fmt: skip
    expect(page.get_by_role("link", name="A gradient that has vanished")).to_have_count(0)  # the list is closed
