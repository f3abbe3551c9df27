"""What the picture shows and what may be chosen in it: every row, gates, layers, scales, a held picture, a room."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import at_rest, board, drawn, eventually, number, resize
from tests.browser.steps import LIGHT_AND_DARK, arrived, button, edges, look, one_step, play
from tests.browser.test_exploring import SMALL, unit

# Of every cell of a heat map, 20 columns of 64: the colours of two of its dots.
CELLS = """(e, [side, middle]) => {
    const across = e.width / 20, all = e.getContext("2d").getImageData(0, 0, e.width, e.height).data;
    const dot = (x, y) => [...all.subarray(4 * (y * e.width + x), 4 * (y * e.width + x) + 3)];
    return Array.from({ length: 20 * 64 }, (_, i) =>
        [side, middle].map((a) => dot(across * (i % 20) + a, Math.floor(i / 20))));
}"""


def test_in_the_finest_heat_map_a_negative_value_is_not_told_by_its_colour_alone(visit: Open):
    """Rows of 3 px: blue cells are split by a paler middle, orange ones are whole."""
    page = arrived(visit("/?hidden_size=64&length=20&learning_rate=0.3"))
    for pinned in (False, True):
        if pinned:
            button(page, "Hold this run").click()
        one_step(page, 2)
        side, middle = (1, 2) if pinned else (0, 1)  # of the dots of a cell; the first is the held value's
        for scheme in reversed(LIGHT_AND_DARK):
            look(page, scheme)
            cells = page.locator(".scroller canvas").evaluate(CELLS, [side, middle])
            blue = [pair for pair in cells if pair[0][2] > pair[0][0] + 30]
            orange = [pair for pair in cells if pair[0][0] > pair[0][2] + 30]
            assert min(len(blue), len(orange)) > 100, scheme
            assert all(a != b for a, b in blue) and all(a == b for a, b in orange), scheme
        expect(page.locator("svg.gutter")).to_contain_text("split cell: below 0")


def test_the_button_of_the_log_scale_covers_nothing_and_switches(visit: Open):
    page = arrived(visit("/"))
    toggle = page.get_by_role("button", name="log scale of the loss")
    for width in (390, 1024, 1100, 1440):
        resize(page, width)
        place = edges(toggle)
        for text in page.locator("svg.below text").all():
            if text.text_content() and text.is_visible():
                assert apart(edges(text), place), f"{width} px: “{text.text_content()}” under the button"
    one_step(page, 3)
    at_rest(page)
    path = page.locator(".below path.held-out").first
    log = path.get_attribute("d")
    switch = button(page, "log scale")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(path).not_to_have_attribute("d", log or "")


def test_reduced_motion_shows_one_picture_a_film(visit: Open):
    page = visit("/?speed=full")
    page.emulate_media(reduced_motion="reduce")
    arrived(page)
    play(page, beyond=60)
    board(page).evaluate(COUNT_FRAMES)
    page.wait_for_function("window.films.length > 3")
    drawn_by = [frames for _, frames in page.evaluate("window.films")]
    assert [after - before for before, after in pairwise(drawn_by)] == [1] * (len(drawn_by) - 1)  # a film has up to 12


# Of each film that is drawn to its end: its number, and how many frames had been drawn by then.
COUNT_FRAMES = """(board) => {
    window.films = [];
    new MutationObserver(() => {
        const { film, frames } = board.dataset;
        if (window.films.at(-1)?.[0] !== film) window.films.push([film, Number(frames)]);
    }).observe(board, { attributeFilter: ["data-film", "data-frames"] });
}"""


def test_a_gate_in_place_of_h(visit: Open):
    page = arrived(visit("/?cell=lstm&hidden_size=6&length=8"))
    page.get_by_role("combobox", name="units show").select_option("f")
    expect(page.locator("svg.gutter")).to_contain_text("forget gate")
    drawn(page)
    page.mouse.move(*unit(page, 3, 1))
    card = page.locator(".layer .card")
    expect(card).to_contain_text("forget gate f of unit 2 at time step 4")
    expect(card).to_contain_text("What enters f most")
    expect(card).to_contain_text(re.compile(r"f = σ\(\S+\) = 0\.\d\d"))
    page.get_by_role("combobox", name="units show").select_option("c")
    expect(page.locator("svg.gutter")).to_contain_text("cell state")
    expect(page.locator("svg.time rect.of-c").first).to_be_attached()


def test_layers_fold_and_open(visit: Open):
    page = arrived(visit("/?layers=2&hidden_size=6&length=8"))
    rects = page.locator("svg.time .hidden rect.unit")
    expect(rects).to_have_count(2 * 6 * 8)
    page.mouse.move(*unit(page, 3, 0))
    expect(page.locator(".layer .card .share").first).to_be_visible()  # a lower layer's equation, too
    expect(page.locator(".layer .card")).to_contain_text("In layer 1 of 2")
    page.mouse.move(5, 5)
    button(page, "▾? ?layer 1").click()
    expect(rects).to_have_count(6 * 8)
    expect(button(page, "▾? ?layer 2")).to_be_disabled()
    button(page, "▸? ?layer 1").click()
    expect(rects).to_have_count(2 * 6 * 8)


def test_what_is_held_is_seen_behind(visit: Open):
    page = arrived(visit(SMALL))
    button(page, "Hold this run").click()
    expect(button(page, "Held: step 0")).to_have_attribute("aria-pressed", "true")
    one_step(page, 3)
    expect(page.locator("svg.time path.ghost").first).to_be_attached()
    button(page, "Held: step 0").click()
    expect(page.locator("svg.time path.ghost")).to_have_count(0)


def test_a_room_sees_one_line_of_the_task_the_transport_and_the_picture(visit: Open):
    page = arrived(visit("/?presentation=true&layers=2&hidden_size=8"))
    for name in ("Play", "Step", "Reset", "Previous held-out", "Next held-out", "Own input", "Hold this run"):
        expect(button(page, name)).to_be_visible()
    for name in ("Save history", "Numbers", "log scale", "Save picture"):
        expect(button(page, name)).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Echo: what came k steps ago?")
    expect(page.get_by_role("combobox", name="Task")).to_be_hidden()
    expect(page.locator(".says p")).to_have_count(0)
    expect(page.locator(".fold")).to_have_text(["layer 1", "layer 2"])  # names, no buttons to press
    expect(page.locator(".fold:enabled")).to_have_count(0)
    assert number(page, "frames") >= 1
    for width, height in ((1440, 900), (1280, 720), (1920, 1080)):
        resize(page, width, height)
        box = board(page).bounding_box()
        assert box and box["y"] + box["height"] <= height, f"{width} by {height}"
        main = page.get_by_test_id("stMain")
        assert main.evaluate("e => e.scrollHeight <= e.clientHeight"), f"{width} by {height} scrolls"
        assert edges(page.locator(".task-line"))["height"] < 32
    sidebar = page.get_by_test_id("stExpandSidebarButton")
    expect(sidebar).to_have_css("opacity", "0")
    sidebar.hover()
    expect(sidebar).to_have_css("opacity", "1")


def test_what_is_held_is_seen_in_a_heat_map(visit: Open):
    """The edge of each cell is the held one's, the rest is the live one's."""
    page = arrived(visit("/?hidden_size=26&length=32&learning_rate=0.1"))
    canvas = page.locator(".scroller canvas").first

    def dots() -> list[int]:
        """The first cells' two left dots, as red, green, blue and opacity."""
        return list(canvas.evaluate("e => [...e.getContext('2d').getImageData(0, 0, e.width, 1).data]"))

    one_step(page)
    before = dots()
    button(page, "Hold this run").click()
    one_step(page, 4)
    eventually(lambda: dots()[:4] == before[:4], "the held edge stays", page)
    beside = dots()
    button(page, "Held: step 1").click()
    eventually(lambda: dots()[:4] != before[:4], "the edge is the live one's again", page)
    after, across = dots(), len(before) // 4 // 32
    cells = range(0, len(before), 4 * across)
    assert all(beside[i : i + 4] == before[i : i + 4] for i in cells)
    last = 4 * (across - 1)
    assert all(beside[i + last : i + last + 4] == after[i + last : i + last + 4] for i in cells)


EVERY_SHAPE = {  # a task of each shape, each with another cell, one layer or two, squares or a heat map
    "echo": "cell=lstm&layers=2&hidden_size=6&length=10",
    "sunspots": "cell=rnn-relu&hidden_size=32&length=32",
    "adding": "cell=residual&hidden_size=8&length=10",
    "digits": "cell=rnn&hidden_size=8",
    "digit-words": "cell=lstm&layers=2&hidden_size=6",
    "reverse": "cell=gru&layers=2&hidden_size=16&length=12",
}


@pytest.mark.parametrize("task", EVERY_SHAPE)
def test_every_row_is_there_for_every_shape_and_its_time_step_tells_the_sequence(visit: Open, task: str):
    page = arrived(visit(f"/?task={task}&{EVERY_SHAPE[task]}"))
    one_step(page)
    if "lstm" in EVERY_SHAPE[task]:
        page.get_by_role("combobox", name="units show").select_option("c")
        expect(page.locator("svg.time rect.of-c").first).to_be_attached()
        drawn(page)
    every_row(page, task, 1440)
    if task in ("echo", "reverse"):
        resize(page, 390)
        every_row(page, task, 390)


def every_row(page: Page, task: str, width: int) -> None:
    query, layers = EVERY_SHAPE[task], 2 if "layers=2" in EVERY_SHAPE[task] else 1
    gutter, time, below = page.locator("svg.gutter"), page.locator("svg.time"), page.locator("svg.below")
    if "lstm" in query:
        expect(time.locator("rect.of-c").first).to_be_attached()
        expect(gutter).to_contain_text("‖∂L/∂ct‖")
    for name in ("input", "output", "gradient", "time", "‖∂L/∂ht‖"):
        expect(gutter).to_contain_text(name)
    if layers == 1:
        expect(gutter).to_contain_text("hidden")
    else:
        expect(page.locator(".fold")).to_have_text(["▾ layer 1", "▾ layer 2"])
    T = time.locator(".gradients .kept").count()
    said = f"{gutter.text_content()} {time.locator('.note').all_text_contents()}"
    assert T and ("before clipping" in said or width == 390), said
    assert layers == 1 or width == 390 or "layer 2" in said  # of which the gradient is
    scale = page.get_by_role("button", name="scale of the gradient")
    expect(scale).to_have_text("log" if width == 390 else "log, 10⁻⁸")
    asked, silent = time.locator(".shares rect").count(), time.locator("circle.none").count()
    assert asked and (asked == T or silent or time.locator(".padded").count()) and bool(silent) == ("no target" in said)
    names = time.locator(".weight").all_text_contents()
    for kind in ("xh", "hh", "hy"):
        assert any(name.endswith(kind) for name in names), names
    for name in ("held out", "training", "baseline", "gradient norm"):
        expect(below).to_contain_text(name)
    last = time.locator(".gradients .kept").first
    last.scroll_into_view_if_needed()
    box = last.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
    card = page.locator(".layer .card")
    expect(card).to_contain_text("At step 1 it reads")
    expect(card.locator(".sequence")).to_have_count(3 if T > 1 else 0)
    if "lstm" in query:
        expect(card).to_contain_text("the cell state’s: ‖∂L/∂c₁‖ =")
    if layers == 2:
        expect(card).to_contain_text(re.compile(r"‖∂L/∂h₁‖: \S+, +\S+"))


def apart(a: dict[str, float], b: dict[str, float]) -> bool:
    return bool(
        a["left"] >= b["right"] or a["right"] <= b["left"] or a["top"] >= b["bottom"] or a["bottom"] <= b["top"]
    )


def test_the_gradient_is_relative_to_its_largest_and_its_scale_one_press_away(visit: Open):
    page = arrived(visit("/?task=temporal-order&cell=rnn&length=40"))
    one_step(page)
    first, last = (page.locator(".gradients .kept").nth(k) for k in (0, 39))
    scale = page.get_by_role("button", name="scale of the gradient")

    def heights() -> list[float]:
        at_rest(page)
        return [float(bar.get_attribute("height") or "nan") for bar in (first, last)]

    (gone, full), axis = heights(), page.locator("svg.gutter .tick:visible")
    assert gone == 0 < full and "10⁻⁶" in axis.all_text_contents()
    expect(page.locator(".time .note")).to_contain_text("of what reaches step 40, ")
    scale.press("Enter")
    found, same = heights()
    assert 0 < found < same == full
    scale.click()
    expect(scale).to_have_text("linear")
    assert heights() == [pytest.approx(0, abs=0.1), full] and "0.5" in axis.all_text_contents()
    scale.click()
    expect(scale).to_have_text("log, 10⁻⁸")


def test_the_network_folds_into_one_cell_with_a_loop_and_unrolls(visit: Open):
    page = arrived(visit("/?task=echo&cell=lstm"))
    once, columns = page.locator("svg.once"), page.locator(".scroller")
    expect(once).to_have_css("opacity", "0")
    button(page, "Fold the network").click()
    expect(once).to_have_css("opacity", "1")
    expect(columns).to_have_css("opacity", "0")
    expect(once).to_contain_text("is read again as h")
    one_step(page)  # it goes on while it is folded
    expect(once).to_have_css("opacity", "1")
    button(page, "Unroll the network").click()
    expect(columns).to_have_css("opacity", "1")
    expect(once).to_have_css("opacity", "0")


def test_the_button_that_folds_stands_on_no_words_of_a_stack(visit: Open):
    page = arrived(visit("/?cell=lstm&layers=3&hidden_size=6&length=8"))
    places = "all => all.map(e => e.getBoundingClientRect().toJSON())"
    for width, seen in ((390, False), (1024, True), (1440, True)):
        resize(page, width)
        folder = page.locator(".folder")
        assert folder.is_visible() == seen
        if seen:
            (own,) = folder.evaluate_all(places)
            words = page.locator("svg.gutter text, .fold").evaluate_all(places)
            assert all(apart(own, other) for other in words), width


def test_the_first_lesson_opens_folded(visit: Open):
    page = arrived(visit("/learn?lesson=unrolled"))
    expect(page.locator("svg.once")).to_have_css("opacity", "1")
    button(page, "Unroll the network").click()
    expect(page.locator("svg.once")).to_have_css("opacity", "0")


def test_a_carried_state_is_a_line_whose_gates_are_told_at_a_point(visit: Open):
    page = arrived(visit("/?task=echo&cell=lstm"))
    lane = page.locator(".carry")
    expect(lane.locator(".valve")).to_have_count(3 * 20)
    one_step(page)
    lane.locator(".valve").nth(10).hover(force=True)
    card = page.locator(".layer .card")
    expect(card).to_contain_text("cell state at time step 4")
    expect(card).to_contain_text(re.compile(r"kept of c.*: f = \d+ %"))
    page.goto(page.url.replace("cell=lstm", "cell=rnn"))
    arrived(page)
    expect(page.locator(".carry")).to_have_count(0)
