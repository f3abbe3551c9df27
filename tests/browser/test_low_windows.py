"""Windows lower and narrower than a desk's: the main job is on the screen, and slow motion's panel hides nothing."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.harness import board, resize
from tests.browser.steps import arrived, button, edges, one_step, overflow
from tests.browser.test_slow import slowly

SIZES = [(1366, 768), (1366, 640), (720, 450), (390, 640), (844, 390)]  # the third is 1440 x 900 at 200 %

# At every stage: is what the stage frames behind the panel, or above the window; do two numbers of a line meet?
HIDDEN = """(replay) => {
  const slider = replay.querySelector("input[type=range]"), found = [];
  for (let stage = 1; stage <= Number(slider.max); stage++) {
    slider.value = stage;
    slider.dispatchEvent(new Event("input"));
    for (const motion of replay.getRootNode().getAnimations()) motion.finish();
    const panel = replay.querySelector(".slow-panel").getBoundingClientRect();
    const frames = [...replay.querySelectorAll(".around")].filter((e) => e.getAttribute("visibility") !== "hidden");
    for (const box of frames.map((e) => e.getBoundingClientRect())) {
      const seen = box.bottom <= panel.top + 1 && box.top >= -1;
      if (!seen) found.push(`stage ${stage}: ${box.top} to ${box.bottom}, panel ${panel.top}`);
    }
    const lines = replay.querySelector(".slow-lines");
    if (lines.scrollHeight > lines.clientHeight + 4) found.push(`stage ${stage}: its last line is cut`);
    for (const cell of replay.querySelectorAll(".part span, .move span")) {
      const cut = cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).whiteSpace === "nowrap";
      if (cut) found.push(`stage ${stage}: ${cell.textContent}`);
    }
  }
  return found;
}"""


def test_the_main_job_and_every_stage_of_a_step_are_seen(visit: Open):
    page = arrived(visit("/?hidden_size=16&length=6&k=2"))
    for width, height in SIZES:
        resize(page, width, height)
        one_step(page)
        assert overflow(page) <= 0
        if width == 1366:  # a laptop: nothing to scroll for
            for part in (button(page, "Play"), board(page)):
                assert edges(part)["bottom"] <= height, (part, height)
        replay = slowly(page)
        assert replay.evaluate(HIDDEN) == [], (width, height)
        for name in ("Back: the stage", "Play the replay", "Next stage"):
            expect(replay.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")


def test_the_buttons_are_one_line_and_the_sentence_about_now_is_seen(visit: Open):
    page = arrived(visit("/?k=4"))
    for width, height in ((1366, 768), (1440, 900), (1545, 900)):
        resize(page, width, height)
        assert edges(page.locator(".st-key-transport"))["height"] < 60, width
        assert edges(page.locator(".comment"))["bottom"] <= height, width
