"""What a visitor explores in the board that stands still: units, outputs, weights, sequences, numbers."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import board, drawn, eventually, rerun, step, until
from tests.browser.steps import arrived, button, one_step, pause, play, query

SMALL = "/?hidden_size=6&length=8"


def unit(page: Page, t: int, u: int = 0) -> tuple[float, float]:
    """Where a unit's square stands on the screen: time step t and unit u, from 0."""
    box = page.locator("svg.time .hidden rect.unit").nth(t * units(page) + u).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def units(page: Page) -> int:
    said = re.search(r"with (\d+) hidden unit", board(page).get_attribute("aria-label") or "")
    assert said
    return int(said[1])


def inside(page: Page, inner: str, outer: dict[str, float]) -> bool:
    box = page.locator(inner).bounding_box()
    assert box
    return (
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= outer["width"]
        and box["y"] + box["height"] <= outer["height"]
    )


def test_a_unit_shows_what_enters_it_most_and_a_named_arrow_says_what_it_is(visit: Open):
    page = arrived(visit(SMALL))
    one_step(page, 2)
    card = page.locator(".layer .card")
    for t in (0, 3, 7):
        x, y = unit(page, t, 2)
        page.mouse.move(x, y)
        expect(card).to_contain_text(f"unit 3 at time step {t + 1}")
        box = card.bounding_box()
        assert box and not (box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]), (
            "the card covers its unit"
        )
        assert inside(page, ".layer .card", {"width": 1440, "height": 900})
    equation = card.locator(".numbers").nth(1).inner_text().replace("−", "-")
    from_x, from_h, b, h = (float(n.replace(" ", "")) for n in re.findall(r"[-+]? ?\d\.\d+", equation))
    shares = [float(s.replace("−", "-")) for s in card.locator(".share span:last-child").all_inner_texts()]
    assert len(shares) == 5 and shares == sorted(shares, key=abs, reverse=True)
    assert card.locator(".share").evaluate_all("all => all.every((e) => e.scrollWidth <= e.clientWidth)")
    left = float(re.findall(r"others?: (\S+);", card.inner_text().replace("−", "-"))[0])
    assert abs(sum(shares) + left - from_x - from_h) < 0.06
    assert page.locator(".strands path:not(.halo)").count() == 5
    assert abs(h) <= 1 and b == b
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    expect(page.locator(".strands")).to_have_count(0)
    box = page.locator("svg.time .weight", has_text="Whh").bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    expect(card).to_contain_text("6 × 6 weights")
    expect(card).to_contain_text("spectral radius")
    expect(card).to_contain_text("the same at all 8 time steps")


def test_the_keyboard_walks_pins_and_leaves(visit: Open):
    page = arrived(visit(SMALL))
    cursor = page.locator("button.cursor")
    page.get_by_role("button", name="Hold this run").focus()
    for _ in range(12):
        if cursor.evaluate("e => e.getRootNode().activeElement === e"):
            break
        page.keyboard.press("Tab")
    expect(page.locator(".layer .card")).to_contain_text("unit 1 at time step 1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".layer .card")).to_contain_text("unit 2 at time step 2")
    for _ in range(3):
        page.keyboard.press("PageUp")
    expect(page.locator(".layer .card")).to_contain_text("W")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=re.compile("unit 1 at time step 2"))
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".layer .card")).to_contain_text("unit 1 at time step 2")  # back where it began
    assert step(page) == 0


def test_what_if_changes_every_number_undo_brings_them_back_and_a_step_drops_it(visit: Open):
    page = arrived(visit(SMALL))
    one_step(page, 3)
    mine = board(page).get_attribute("data-loss")
    page.mouse.click(*unit(page, 4, 1))
    form = page.get_by_role("dialog")
    value = form.get_by_role("spinbutton")
    value.fill("2.5")
    line = page.locator(".whatif")
    expect(line).to_contain_text(re.compile(r"What if W\w+\[2,\d\] = \S+ → 2.50\? Training has not changed"))
    eventually(lambda: board(page).get_attribute("data-loss") != mine, "the loss follows", page)
    once = board(page).get_attribute("data-loss")
    form.get_by_role("combobox").select_option(index=1)
    value.fill("-2")
    expect(line).to_contain_text("and 1 more")
    eventually(lambda: board(page).get_attribute("data-loss") not in (mine, once), "and follows again", page)
    value.fill("1e9")
    expect(form.get_by_role("alert")).to_contain_text("A weight is a number")
    form.get_by_role("button", name="Undo", exact=True).click()
    eventually(lambda: board(page).get_attribute("data-loss") == once, "one is undone", page)
    line.get_by_role("button", name="Undo all").click()
    eventually(lambda: board(page).get_attribute("data-loss") == mine, "all is as before", page)
    expect(line).to_be_hidden()
    assert step(page) == 3
    form.get_by_role("slider").fill("1.5")
    expect(line).to_be_visible()
    one_step(page)
    expect(line).to_be_hidden()
    expect(page.get_by_text("The weights set by hand were dropped")).to_have_count(1)
    other = arrived(visit(SMALL))
    one_step(other, 4)
    assert board(page).get_attribute("data-loss") == board(other).get_attribute("data-loss")


def test_a_typed_sequence_is_read_while_it_trains_and_a_table_has_the_numbers(visit: Open):
    page = arrived(visit(SMALL))
    letters = page.locator("svg.time .inputs text")
    held_out = letters.all_text_contents()
    button(page, "Own input").click()
    field = page.get_by_role("textbox", name="A sequence of your own")
    expect(field).to_be_focused()
    page.keyboard.type("abcdersb ", delay=10)  # r and s and the space are keys of the page elsewhere
    expect(page.locator(".typing")).to_contain_text("'r' at place 6 is not in the alphabet, which is A B C D E.")
    assert step(page) == 0 and letters.all_text_contents() == held_out
    field.fill("abcde")
    expect(letters).to_have_text(list("ABCDE"))
    expect(page.locator("svg.time .outputs .target")).to_have_text(["A", "B"])  # three steps before
    page.keyboard.press("Enter")
    expect(page.locator(".which")).to_have_text("a typed sequence")
    one_step(page, 2)
    expect(letters).to_have_text(list("ABCDE"))
    button(page, "Next held-out sequence").click()
    expect(page.locator(".which", has_text="sequence 2 of 64")).to_be_visible()
    expect(letters).to_have_count(8)
    drawn(page)
    before = board(page).bounding_box()
    button(page, "Numbers").click()
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(9)
    inputs = letters.all_text_contents()
    assert [row.locator("td").first.inner_text() for row in table.get_by_role("row").all()[1:]] == inputs
    page.get_by_role("checkbox", name="with the hidden state").check(force=True)
    expect(table.get_by_role("columnheader")).to_have_count(7 + 6)
    one_step(page)
    expect(table).to_contain_text("after training step 3")
    button(page, "Numbers").click()
    expect(table).to_have_count(0)
    after = board(page).bounding_box()
    assert before and after and before["width"] == after["width"] and before["height"] == after["height"]


def test_a_change_of_state_is_said_once_and_a_new_seed_is_another_run(visit: Open):
    page = arrived(visit(f"{SMALL}&speed=full"))
    page.evaluate("""() => { window.said = [];
        const find = (r) => [...r.querySelectorAll('*')].flatMap(
            e => [...(e.matches('[role=status]') ? [e] : []), ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
        for (const e of find(document)) new MutationObserver(() => e.textContent && window.said.push(e.textContent))
            .observe(e, {childList: true, characterData: true, subtree: true}); }""")
    play(page, beyond=200)
    pause(page)
    eventually(lambda: len(page.evaluate("window.said")) >= 2, "two sentences", page)
    said = page.evaluate("window.said")
    assert said[0] == "Training plays." and said[1].startswith("Paused at training step") and len(said) == 2, said
    page.get_by_text(re.compile("^More")).click()
    unfolded = "e => e.open && !e.getAnimations({subtree: true}).length"  # until then the button glides away
    eventually(lambda: page.locator(".st-key-more details").evaluate(unfolded), "unfolded", page)
    with rerun(page):
        button(page, "New seed").click()
    until(page, "step == 0")
    assert "seed" in query(page)


def answer(page: Page, t: int) -> tuple[float, float]:
    """Where the output of the t-th step that answers, from 0, stands on the screen."""
    box = page.locator("svg.time .outputs rect.chip").nth(t).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_an_output_shows_its_equation_and_follows_what_is_set(visit: Open):
    page = arrived(visit(SMALL))
    one_step(page, 3)
    mine, card = board(page).get_attribute("data-loss"), page.locator(".layer .card")
    page.mouse.move(*answer(page, 1))
    expect(card).to_contain_text(re.compile(r"output ŷ₅: \w [✓✗], \d+ % sure"))
    y = [float(n) for n in re.findall(r"-?\d\.\d+", card.locator(".numbers").first.inner_text().replace("−", "-"))]
    shares = [float(s.replace("−", "-")) for s in card.locator(".share span:last-child").all_inner_texts()]
    left = float(re.findall(r"others?: (\S+);", card.inner_text().replace("−", "-"))[0])
    assert len(shares) == 5 and abs(sum(shares) + left - y[0]) < 0.05
    assert page.locator(".strands path:not(.halo)").count() == 5
    page.mouse.click(*answer(page, 1))
    form = page.get_by_role("dialog", name=re.compile("output ŷ₅"))
    form.get_by_role("combobox", name="which output").select_option("C")
    expect(card).to_contain_text("y of C =")
    form.get_by_role("combobox", name="which weight").select_option("b_y[3], bias")
    form.get_by_role("spinbutton").fill("9")
    expect(page.locator(".whatif")).to_contain_text(re.compile(r"What if by\[3\] = \S+ → 9.00\?"))
    expect(page.locator("svg.time .outputs .letter")).to_have_text(["C"] * 5)  # it outdoes whatever h says
    expect(card).to_contain_text(re.compile(r"y of C = \S+ \+ 9.00 = "))
    form.get_by_role("button", name="Undo", exact=True).click()
    eventually(lambda: board(page).get_attribute("data-loss") == mine, "it is undone", page)


def test_an_output_is_reached_by_key_and_its_weights_are_set(visit: Open):
    page = arrived(visit("/?task=reverse&length=10&hidden_size=5&layers=2&layer_skip=true"))
    mine = board(page).get_attribute("data-loss")
    page.locator("button.cursor").focus()
    page.keyboard.press("End")  # the focus is seen from the first key on
    page.keyboard.press("PageDown")
    expect(page.locator(".layer .card")).to_contain_text("padding")  # its word is shorter
    for _ in range(10):
        if "padding" in page.locator(".layer .card").inner_text():
            page.keyboard.press("ArrowLeft")
    expect(page.locator(".layer .card")).to_contain_text("(ht + xt)")
    expect(page.locator(".strands .source").first).to_be_attached()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="which weight")).to_be_focused()
    page.get_by_role("dialog").get_by_role("spinbutton").fill("-3")
    expect(page.locator(".whatif")).to_contain_text(re.compile(r"What if Why\[\d,\d\]"))
    eventually(lambda: board(page).get_attribute("data-loss") != mine, "the loss follows", page)


def test_a_heat_map_tells_of_units_outputs_and_weights_by_mouse_tap_and_key(visit: Open):
    page = arrived(visit("/?hidden_size=26&length=32"))
    mine, card = board(page).get_attribute("data-loss"), page.locator(".layer .card")
    box = page.locator(".scroller canvas").first.bounding_box()
    assert box and page.locator("svg.time .hidden rect.unit").count() == 0

    def cell(t: int, u: int) -> tuple[float, float]:
        return box["x"] + (t + 0.5) * box["width"] / 32, box["y"] + (u + 0.5) * box["height"] / 26

    page.mouse.move(*cell(9, 20))
    expect(card).to_contain_text("unit 21 at time step 10")
    expect(card.locator(".share")).to_have_count(5)
    expect(page.locator(".strands path:not(.halo)")).to_have_count(5)
    for name, said in {"Wxh": "26 × 5 weights", "Whh": "spectral radius", "Why": "5 × 26 weights"}.items():
        page.locator("svg.time .weight", has_text=name).hover(force=True)
        expect(card).to_contain_text(said)
    touch = page.context.new_cdp_session(page)
    x, y = cell(4, 7)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    form = page.get_by_role("dialog", name="unit 8 at time step 5")
    form.get_by_role("spinbutton").fill("3")
    expect(page.locator(".whatif")).to_contain_text(re.compile(r"What if W\w+\[8, ?\w+\]"))
    eventually(lambda: board(page).get_attribute("data-loss") != mine, "the loss follows", page)
    page.keyboard.press("Escape")
    expect(card).to_contain_text("unit 1 at time step 1")  # where the keys begin
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(card).to_contain_text("unit 2 at time step 32")
    page.keyboard.press("PageDown")
    expect(card).to_contain_text("output ŷ₃₂")
    for _ in range(3):
        page.keyboard.press("PageUp")
    page.keyboard.press("End")
    expect(card).to_contain_text("Why: 5 × 26 weights")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_nothing_is_shown_as_written_after_the_networks_own_end(visit: Open):
    """Its end is made certain by hand: what it would write after it is padding where no target is known."""
    page = arrived(visit("/?task=surname-letters&length=10&hidden_size=6"))
    button(page, "Own input").click()
    page.get_by_role("textbox", name="A sequence of your own").fill("fra du")
    expect(page.locator(".which")).to_have_text("a typed sequence")
    drawn(page)
    chips = page.locator("svg.time .outputs .chip:visible")
    expect(chips).to_have_count(10)
    page.mouse.click(*answer(page, 1))
    form = page.get_by_role("dialog")
    form.get_by_role("combobox", name="which output").select_option(".")
    form.get_by_role("combobox", name="which weight").select_option("b_y[1], bias")
    form.get_by_role("spinbutton").fill("90")
    expect(chips).to_have_count(3)
    expect(page.locator(".unwritten")).to_contain_text("after its own end")
    page.locator(".whatif").get_by_role("button", name="Undo all").click()
    expect(chips).to_have_count(10)
    expect(page.locator(".unwritten > *")).to_have_count(0)
