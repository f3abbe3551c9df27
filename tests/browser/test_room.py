"""The counters over the board, its tools and its picture never stand on one another, nor do two answers."""

from playwright.sync_api import Page

from rnn_core import TASKS, Config
from tests.browser.conftest import Open
from tests.browser.harness import resize
from tests.browser.steps import arrived, choose

WIDTHS = (390, 760, 1024, 1100, 1190, 1280, 1440)
FEW = (390, 1024, 1190, 1440)  # for tasks whose baselines are not the longest


def length_of_baseline(task: str) -> int:
    config = Config.from_mapping({"task": task} | {k: str(v) for k, v in TASKS[task].defaults.items()})
    return len(TASKS[task].baseline(config).name)


LONGEST = sorted(TASKS, key=length_of_baseline)[-2:]

OVERLAPS = """root => {
  const box = (e) => e.getBoundingClientRect();
  const seen = (e) => box(e).width > 0 && box(e).height > 0 && getComputedStyle(e).visibility !== "hidden";
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const all = (s) => [...root.querySelectorAll(s)].filter(seen);
  const found = [];
  for (const a of all(".counter .name, .counter .value")) for (const b of all(".tool > *"))
    if (meet(box(a), box(b))) found.push(`${a.textContent} / ${b.textContent}`);
  const [picture] = all(".scroller");
  for (const b of all(".tool > *")) if (meet(box(picture), box(b))) found.push(`the picture / ${b.textContent}`);
  const answers = all(".outputs .chip");
  answers.forEach((a, i) => { if (i && meet(box(answers[i - 1]), box(a))) found.push(`answers ${i} and ${i + 1}`); });
  return found;
}"""


def overlaps(page: Page) -> list[str]:
    return page.locator(".unrolled").evaluate(OVERLAPS)


def test_nothing_stands_on_anything(visit: Open):
    first, *others = sorted({*LONGEST, "mood", "reber", "surnames"})
    page = arrived(visit(f"/?task={first}"))
    for task in (first, *others):
        if task != first:
            resize(page, WIDTHS[-1])
            choose(page, task)
        for width in WIDTHS if task in LONGEST else FEW:
            resize(page, width)
            assert overlaps(page) == [], f"{task}, {width} px wide"
