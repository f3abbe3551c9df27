"""One step, slowly: what a visitor sees and does while a training step is taken apart."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import board, drawn, eventually, resize, step, until
from tests.browser.steps import arrived, button, one_step


def slowly(page: Page) -> Locator:
    """Press the button -> the replay."""
    button(page, "One step, slowly").click()
    replay = page.get_by_role("region", name="One training step, slowly")
    expect(replay).to_be_visible()
    return replay


def stage(replay: Locator) -> int:
    return int(replay.get_attribute("data-stage") or 0)


def stages(replay: Locator) -> int:
    return int(replay.get_attribute("data-stages") or 0)


def test_every_stage_by_buttons_and_keys_and_the_result_is_a_steps(visit: Open):
    page = arrived(visit("/?length=5&k=2&hidden_size=4"))
    one_step(page)
    replay = slowly(page)
    says = replay.get_by_role("status")
    assert stages(replay) == 5 + 3 + 5 + 3
    expect(says).to_have_text(re.compile(r"^1\. Forward, t = 1: .* h₀ = 0 become h₁"))
    expect(replay.get_by_role("button", name="Back: the stage before")).to_be_disabled()
    expect(replay.get_by_role("button", name="Play the replay")).to_be_focused()

    replay.get_by_role("button", name="Next stage").click()
    expect(says).to_have_text(re.compile(r"^2\. Forward, t = 2"))
    expect(replay.locator(".token text").first).to_have_text(re.compile(r"^−?[\d.]+$"))  # h₁ on its way to h₂
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(says).to_have_text(re.compile(r"^4\. Loss at t = 3: the target is"))
    page.keyboard.press("ArrowLeft")
    replay.get_by_role("button", name="Back: the stage before").click()
    expect(says).to_have_text(re.compile(r"^2\. "))
    replay.get_by_role("button", name="2 backward").click()
    expect(says).to_have_text(re.compile(r"^9\. Backward, t = 5: only its own output"))
    expect(replay).to_contain_text("so far ‖·‖")
    page.keyboard.press("End")
    expect(says).to_have_text(re.compile(r"^16\. Again, the same batch with the new weights: its loss (fell|rose)\."))
    page.keyboard.press("ArrowLeft")
    expect(says).to_have_text(re.compile(r"^15\. Update: adam .* Training step 2 is done\.$"))
    replay.get_by_role("button", name="go to the largest gradient").click()
    expect(says).to_have_text(re.compile(r"^\d+\. Backward, t = "))
    page.keyboard.press("End")
    expect(replay.get_by_role("button", name="Next stage")).to_be_disabled()
    page.keyboard.press("Home")
    expect(says).to_have_text(re.compile(r"^1\. "))
    replay.get_by_role("slider", name="stage").fill("14")
    expect(says).to_have_text(re.compile(r"^14\. Clipping by norm"))

    page.keyboard.press("Escape")
    expect(replay).to_have_count(0)
    assert step(page) == 2
    expect(button(page, "One step, slowly")).to_be_focused()

    second = board(page).get_attribute("data-loss")
    one_step(page)
    other = arrived(visit("/?length=5&k=2&hidden_size=4"))
    one_step(other, 2)
    assert board(other).get_attribute("data-loss") == second
    one_step(other)
    assert board(other).get_attribute("data-loss") == board(page).get_attribute("data-loss")


def test_it_plays_pauses_and_plays_to_the_end(visit: Open):
    page = arrived(visit("/?length=20&hidden_size=3"))
    replay = slowly(page)
    replay.get_by_role("combobox", name="speed").select_option("steady")
    replay.get_by_role("button", name="Play the replay").click()
    eventually(lambda: stage(replay) > 2, "it plays", page)
    page.keyboard.press("Space")  # the focused button
    expect(replay.get_by_role("button", name="Play the replay")).to_be_visible()
    assert drawn(page) == 1  # Space pressed nothing else
    held = stage(replay)
    assert 2 < held < stages(replay)
    replay.get_by_role("button", name="Next stage").click()
    assert stage(replay) == held + 1, "it played on"
    replay.get_by_role("combobox", name="speed").select_option("fast")
    replay.get_by_role("slider", name="stage").fill(str(stages(replay) - 3))
    replay.locator(".slow-sentence").click()
    page.keyboard.press("Space")  # wherever the focus is
    eventually(lambda: stage(replay) == stages(replay), "to the end", page)
    expect(replay.get_by_role("button", name="Play the replay")).to_be_visible()
    expect(button(page, "Pause")).to_have_count(0)
    assert step(page) == 1


def test_play_and_step_go_on_and_leave_the_replay(visit: Open):
    page = arrived(visit("/?length=4&k=1&hidden_size=3"))
    replay = slowly(page)
    replay.get_by_role("button", name="Done").click()
    expect(replay).to_have_count(0)
    replay = slowly(page)
    expect(replay.get_by_role("status")).to_have_text(re.compile(r"^1\. "))
    button(page, "Step").click()
    expect(replay).to_have_count(0)
    until(page, "step == 3")  # two slow steps and another
    replay = slowly(page)
    button(page, "Play").first.click()
    expect(replay).to_have_count(0)
    until(page, "step > 10")


def test_what_is_beneath_is_out_of_reach_and_a_unit_is_chosen_by_pressing_it_or_with_the_arrows(visit: Open):
    page = arrived(visit("/?length=6&hidden_size=4"))
    beneath = page.get_by_role("button", name="Save picture as SVG")
    expect(beneath).to_be_visible()
    replay = slowly(page)
    assert beneath.evaluate("e => Boolean(e.closest('[inert]'))")  # to a keyboard and a screen reader it is not there
    lines = replay.locator(".slow-lines")
    first = lines.inner_text()
    page.keyboard.press("ArrowDown")
    expect(lines).not_to_have_text(first)
    unit = replay.locator("rect.unit").nth(3)
    box = unit.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(lines).to_contain_text("unit 4:")
    page.keyboard.press("Escape")
    expect(replay).to_have_count(0)
    assert not beneath.evaluate("e => Boolean(e.closest('[inert]'))")


@pytest.mark.parametrize(("address", "width"), [
    ("/?task=reverse&cell=gru&layers=2&hidden_size=8", 1440), ("/?hidden_size=64&layers=4&presentation=true", 1440),
    ("/?task=adding&cell=lstm&length=60&hidden_size=64", 390), ("/?task=digit-words&teacher_forcing=0", 390),
    ("/?task=reber&cell=lstm", 1280), ("/?optimizer=rmsprop&cell=residual&clip=value&layers=2", 760),
    ("/?task=addition&presentation=true", 1440), ("/?task=digits&presentation=true", 1440),
], ids=str)  # fmt: skip
def test_nothing_moves_or_is_cut_off_on_the_way_and_a_low_screen_has_its_buttons(visit: Open, address: str, width: int):
    page = arrived(visit(address, width=width))
    replay = slowly(page)
    apart = replay.evaluate(EVERY_STAGE)
    assert apart == []
    if "task=" in address and "presentation" in address:
        low(page)


def low(page: Page) -> None:
    """A screen of 1280 x 720 shows a replay with its buttons."""
    page.keyboard.press("Escape")
    resize(page, 1280, 720)
    replay = slowly(page)
    for part in (replay.get_by_role("button", name="Next stage"), replay.get_by_role("button", name="Done")):
        expect(part).to_be_in_viewport(ratio=1)


EVERY_STAGE = """(replay) => {
  const slider = replay.querySelector("input[type=range]"), found = [];
  const parts = [...replay.querySelectorAll("button, input, select, .slow-panel, .time")];
  const boxes = () => parts.map((e) => e.getBoundingClientRect()).map((b) => [b.x, b.y, b.width, b.height]);
  const texts = [".slow-sentence", ".slow-lines"].map((name) => replay.querySelector(name));
  const scrolled = replay.querySelector(".scroller");
  let before = null;
  for (let stage = 1; stage <= Number(slider.max); stage++) {
    slider.value = stage;
    slider.dispatchEvent(new Event("input"));
    scrolled.scrollLeft = 0;
    before ??= String(boxes());
    if (String(boxes()) !== before) found.push(`${texts[0].textContent}: something moved`);
    for (const e of texts) {  // 4 pixels are a line's own descent
      const [down, right] = [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth];
      if (down > 4 || right > 4) found.push(`cut off: ${e.textContent}`);
    }
  }
  return found;
}"""


def test_every_bar_is_named_and_space_is_the_replays(visit: Open):
    page = arrived(visit("/?length=8&hidden_size=12&clip_threshold=0.01"))
    hint = """(shown) => {
      const play = document.querySelector(".st-key-play button");
      return getComputedStyle(play, "::after").visibility === shown;
    }"""
    page.wait_for_function(hint, arg="visible")
    replay = slowly(page)
    page.wait_for_function(hint, arg="hidden")
    expect(replay.get_by_role("button", name="Play the replay")).to_have_text(re.compile("Play the replay$"))
    expect(replay.locator(".gutter")).to_contain_text("press a unit or ↑ ↓")
    key = replay.locator(".gutter .key")
    expect(key).to_be_hidden()  # the stage's own lines are the legend while the gradient is added up
    for name in ("3 clip", "4 update"):
        replay.get_by_role("button", name=name).click()
        expect(key).to_be_visible()
        assert key.locator("text").all_text_contents() == [
            "from its own output", "from the future", "together", "cut off by clipping",
        ]  # fmt: skip
    page.keyboard.press("Escape")
    page.wait_for_function(hint, arg="visible")


def test_no_veil_lies_on_a_weights_name_and_a_low_screen_has_the_buttons(visit: Open):
    page = arrived(visit("/"))
    low(page)
    page.keyboard.press("Escape")
    resize(page, 390)
    replay = slowly(page)
    later = """svg => [...svg.querySelectorAll(".weight")].every(
      (name) => [...svg.querySelectorAll(".veil")].every((veil) => veil.compareDocumentPosition(name) & 4))"""
    assert replay.locator("svg.time").evaluate(later) and replay.locator(".weight").count() >= 4
