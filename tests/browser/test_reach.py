"""All can be reached by whatever means, and has a name: axe-core, the keyboard, the browser's Back and Forward."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from rnn_core import TASKS, Config
from tests.browser.conftest import Open
from tests.browser.harness import at_rest, board, drawn, rerun, step, until
from tests.browser.steps import LIGHT_AND_DARK, arrived, button, choose, choose_file, follow, one_step
from tests.browser.test_exploring import unit
from tests.browser.test_legible import PAGES
from ui.frame.address import read, written
from ui.playground.lessons import LESSONS

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}},
}


def path(title: str) -> str:
    return "/" if title == "Playground" else f"/{title.lower()}"


def violations(page: Page, scheme: str) -> list[str]:
    """What axe-core finds on the page as it stands; in the dark, where only colours differ, it asks for these alone."""
    rules = RULES if scheme == "light" else RULES | {"runOnly": ["color-contrast", "link-in-text-block"]}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in found]


@contextmanager
def opened(page: Page, press: str) -> Iterator[None]:
    """While what this button opens is open."""
    button(page, press).first.click()
    replay = page.get_by_role("region", name="One training step, slowly")
    if press == "One step, slowly":
        expect(replay).to_be_visible()  # which comes with the film of the page's next run
    at_rest(page)
    yield
    page.keyboard.press("Escape")
    expect(replay).to_be_hidden()
    still = page.get_by_role("button", name=press, exact=True, expanded=True)
    if still.count():  # the table of numbers is no dialog
        still.click()
    at_rest(page)


OPEN: dict[str, list[str]] = {
    "Playground": ["Task: ", "One step, slowly", "Numbers", "Own input"],
    "Text": ["Your own text"],
}


@pytest.mark.parametrize("title", PAGES)
def test_axe_finds_nothing_and_a_page_has_its_title_one_heading_and_its_landmarks(visit: Open, title: str):
    page = visit("/?length=6&hidden_size=4&k=2" if title == "Playground" else path(title))  # few nodes for axe-core
    for scheme in LIGHT_AND_DARK:
        page.emulate_media(color_scheme=scheme)
        page.locator(".complete").wait_for(state="attached")
        at_rest(page)
        assert violations(page, scheme) == [], scheme
        for press in OPEN.get(title, []):
            with opened(page, press):
                assert violations(page, scheme) == [], (press, scheme)
        if title == "Playground":
            page.mouse.click(*unit(page, 2, 1))
            expect(page.get_by_role("dialog")).to_be_visible()
            at_rest(page)
            assert violations(page, scheme) == [], f"a card, {scheme}"
            page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(page).to_have_title(f"{TASKS['echo'].title if title == 'Playground' else title} · Unrolled")
    if title == "Playground":
        page.locator(".st-key-more summary").click()
        at_rest(page)
        assert violations(page, "light") == [], "the folded settings"


def test_what_is_set_under_more_leaves_it_open_and_the_focus_where_it_is(visit: Open):
    page = arrived(visit("/"))
    page.locator(".st-key-more summary").click()
    seed = page.get_by_role("button", name="New seed")
    seed.focus()
    with rerun(page):
        page.keyboard.press("Space")
    expect(page.locator(".folded")).not_to_have_text(re.compile("seed 1$"))
    expect(seed).to_be_focused()
    expect(seed).to_be_visible()


def test_back_and_forward_through_tasks_and_pages_agree_everywhere(visit: Open):
    page = arrived(visit("/"))
    tasks = ["echo", "adding", "latch", "sine", "digits"]
    for task in tasks[1:]:
        choose(page, task)
    follow(page, "Text")
    follow(page, "Series")

    def agree(name: str) -> None:
        task = TASKS[name]
        expect(page).to_have_title(f"{task.title} · Unrolled")
        said = "" if name == "echo" else f"?task={name}"
        page.wait_for_function("(said) => location.search === said", arg=said)  # page.url lags behind what is replaced
        drawn(page)
        expect(page.get_by_role("button", name="Task: ")).to_have_accessible_name(f"Task: {task.title} (change)")
        expect(page.locator(".says h1")).to_have_text(task.title.partition(":")[0])
        asked = task.question(Config(task=name, **task.defaults))  # type: ignore[arg-type]
        expect(board(page)).to_have_attribute("aria-label", re.compile("^" + re.escape(asked)))
        summary = page.locator(".folded").inner_text()
        assert all((f"{field} " in summary) == (field in task.fields) for field in ("k", "horizon")), summary

    def turn(go: Callable[[], object]) -> None:
        """Each is a run of the page, also where nothing changes; Streamlit loses one that comes as another begins."""
        with rerun(page):
            go()

    turn(page.go_back)
    expect(page).to_have_title("Text · Unrolled")
    for name in (tasks[-1], *reversed(tasks)):  # Streamlit leaves two entries where a page is left
        turn(page.go_back)
        agree(name)
    for name in (*tasks[1:], tasks[-1]):
        turn(page.go_forward)
        agree(name)
    for title in ("Text", "Series"):
        turn(page.go_forward)
        expect(page).to_have_title(f"{title} · Unrolled")


def test_space_presses_what_has_the_focus_and_plays_where_nothing_has_it(visit: Open):
    page = arrived(visit("/"))
    one_step(page, 2)
    for name, after in (("Step", 3), ("Reset", 0), ("One step, slowly", 1)):
        button(page, name).focus()
        page.keyboard.press("Space")
        until(page, f"step == {after}")
        drawn(page)
    page.keyboard.press("Escape")
    for control in (page.locator(".st-key-more summary"), page.get_by_test_id("stTooltipIcon").first.locator("button")):
        control.focus()
        page.keyboard.press("Space")
        at_rest(page)
    for letter in ("s", "r"):
        page.keyboard.press(letter)
    at_rest(page)
    assert step(page) == 1
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_visible()
    page.keyboard.press("Space")
    drawn(page)


def test_a_lessons_link_opens_the_playground_as_the_lesson_needs_it_and_the_address_is_copied(visit: Open):
    page = arrived(visit("/?task=sine&hidden_size=9"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for lesson in (LESSONS[2], LESSONS[4]):
        follow(page, "About")
        with rerun(page):
            page.get_by_role("link", name=re.compile(lesson.title)).click()
        arrived(page)
        config, _ = read({name: [text] for name, text in lesson.settings.items()})
        assert parse_qs(urlsplit(page.evaluate("location.href")).query) == {n: [t] for n, t in written(config).items()}
        title = TASKS[lesson.settings["task"]].title
        expect(page.get_by_role("button", name="Task: ")).to_have_accessible_name(f"Task: {title} (change)")
    expect(page.locator("svg.time path.window")).to_have_count(6)  # before steps 4, 7, … 19 of 20
    expect(page.locator("svg.time")).to_contain_text("cut at the dashed lines: window 3")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.evaluate("location.href")


def test_what_is_refused_is_scrolled_to(visit: Open):
    page = arrived(visit("/series", width=390))
    page.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    choose_file(page, {"name": "x.csv", "mimeType": "text/csv", "buffer": b"nothing,here\na,b\n"})
    expect(page.locator(".notes[role=status]")).to_be_in_viewport()


FOCUS = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const says = node.getAttribute("aria-label") || node.innerText || node.title || "";
  return [node.tagName, says.replace(/\\s+/g, " ").trim()];
}"""
ELSEWHERE = re.compile(  # said by other tests
    "Save |One step|Task: |Explore|time step|Play|Pause|Open |Keep|Upload|Collapse|Skip|Check the gradients"
)
RUNS = re.compile("^(None|New seed|Step|Reset|Slow)$|Your own text")  # a press of these runs the page anew
CONTROLS = {  # that a walk with the Tab key meets, besides others
    "Playground": ["Task: ", "Step", "One step, slowly", "Reset", "Keep this run", "Save history",
                   "Copy link", "Numbers", "Own input", "Save picture as PNG", "Next held-out", "Hold this run",
                   "log scale", "More"],
    "Learn": [],
    "Shapes": ["Reset"],
    "Compare": ["Reset", "Races worth a look", "Copy link", "New seed", "Loss over training steps", "rnn-relu",
                "hears back", "Keep each network", "Open a file", "Numbers"],
    "Gradients": ["Step", "Reset", "Save history", "Copy link", "How far a hidden state reaches", "Numbers"],
    "Text": ["Step", "Reset", "One step, slowly", "Your own text", "Keep this run", "Save what it wrote",
             "Save the run"],
    "Series": ["Step", "Reset", "One step, slowly", "Keep this run", "More", "Save forecast",
               "Train on shuffled order"],
    "About": [],
}  # fmt: skip


@pytest.mark.parametrize("title", PAGES)
def test_space_on_whatever_has_the_focus_starts_no_training(visit: Open, title: str):
    page = visit(path(title))
    page.locator(".complete").wait_for(state="attached")
    at_rest(page)
    met: list[str] = []
    for _ in range(400):  # an open table has a stop for each of its columns
        page.keyboard.press("Tab")
        tag, name = page.evaluate(FOCUS)
        if name.startswith("Skip to") and met and (not missed(title, met) or met.count(name) > 1):
            break  # around once; or twice, where what a press made new took the focus with it
        met += [name]
        if tag in ("BUTTON", "SUMMARY") and not ELSEWHERE.search(name):
            with rerun(page) if RUNS.search(name) else nullcontext():  # which may take the focus from what follows
                page.keyboard.press("Space")
                page.keyboard.press("Escape")
    else:
        pytest.fail(f"the Tab key does not come to an end: {met}")
    assert not missed(title, met), met


def missed(title: str, met: list[str]) -> list[str]:
    """The controls of a page that a walk has not met."""
    return [wanted for wanted in CONTROLS[title] if not any(wanted in name for name in met)]
