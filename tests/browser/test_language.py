"""Every word on every page is marked for translation: in a language that puts each message in brackets, ⟦so⟧, no word
is outside of them but names, symbols, data, and what Streamlit and Plotly say by themselves.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rnn_core import CELLS, TASKS, Config
from rnn_core.analysis.mistakes import MISTAKES
from tests.browser.harness import at_rest, rerun, serve
from tests.browser.steps import button, one_step
from tests.pseudo import make
from ui.learn.game import Game
from ui.run.visit import SEEN

# What is read: text as it stands, through shadow roots; and what is heard, or shown to who points at something.
GATHER = """(skip) => {
  const found = [], attributes = ["aria-label", "aria-description", "title", "placeholder", "alt"];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return void found.push(["text", node.data]);
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches(skip)) return;
      for (const name of attributes) if (node.getAttribute(name)) found.push([name, node.getAttribute(name)]);
      if (node.shadowRoot) walk(node.shadowRoot);
    }
    for (const child of node.childNodes) walk(child);
  };
  walk(document.querySelector("[data-testid=stApp]"));
  return found;
}"""
# translate=no: what is no word of ours, a task's letters or a text that is learned.
SKIP = (
    "style, script, code, pre, textarea, .katex, [translate=no], [data-testid=stIconMaterial], .modebar, "
    "[data-testid=stHeader], [data-testid=stFileUploaderDropzone], [data-testid=stToolbar], "
    "[data-testid=stElementToolbar], [data-testid=stDataFrame]"
)
STREAMLIT = {
    "Sidebar", "Collapse sidebar", "Expand sidebar", "Skip to main content", "Choose an option", "Help for", "Open",
    "Increment", "Decrement", "Close", "Copy to clipboard", "Link to heading", "Clear value", "progress",
}  # fmt: skip
NAMES = {*TASKS, *CELLS, *MISTAKES, *Config.fields()}  # which stand in the address, or in a paper
NAMES |= {str(option) for field in Config.fields().values() for option in field.options}
SYMBOLS = {"Unrolled", "tanh", "softmax", "ReLU", "LSTM", "GRU", "max", "exp", "PNG", "SVG", "CSV", "MAE", "RMSE"}
WORD = re.compile(r"[^\W\d_]{3,}")
ALLOWED = SYMBOLS | {word for name in NAMES for word in WORD.findall(name)}


def outside(text: str) -> Iterator[str]:
    """The lines of what is in no bracket, if a word is in them. Raises AssertionError where a bracket is left open."""
    depth, rest = 0, ""
    for sign in text:
        depth += (sign == "⟦") - (sign == "⟧")
        rest += sign if depth == 0 and sign != "⟧" else "\n" if sign == "⟧" else ""
    assert depth == 0, f"a message is cut: {text[text.rindex('⟦') :][:200]}"
    for line in map(str.strip, rest.splitlines()):
        if line not in STREAMLIT and not ALLOWED.issuperset(WORD.findall(line)):
            yield line


def bare(page: Page) -> set[str]:
    """What is outside of every bracket, and holds a word."""
    texts: list[tuple[str, str]] = page.evaluate(GATHER, SKIP)
    read = "".join(f"{text}\n" for kind, text in texts if kind == "text")
    return {line for text in [read, *(text for kind, text in texts if kind != "text")] for line in outside(text)}


def test_a_bare_word_is_seen():
    assert set(outside("⟦Play⟧ Pause\n⟦a ⟦b⟧ c⟧: 12, W_xh, tanh\nReset")) == {"Pause", "Reset"}
    with pytest.raises(AssertionError, match="cut"):
        list(outside("⟦Play ⟦Pause⟧"))


@pytest.fixture(scope="module")
def abroad(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, str]]:
    """A page, the same for all tests, and the address of the app in that language."""
    folder = tmp_path_factory.mktemp("abroad")
    make(folder / "language")
    with serve(folder / "log", environment={"UNROLLED_LANGUAGE": str(folder / "language")}) as server:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(40_000)
        context.add_cookies([{"name": SEEN, "value": "true", "url": server.url}])
        yield context.new_page(), server.url
        context.close()
        assert "Traceback" not in server.printed()


def opened(abroad: tuple[Page, str], address: str) -> Page:
    page, server = abroad
    page.goto(server + address)
    page.locator(".complete").wait_for(state="attached")
    at_rest(page)
    return page


@pytest.mark.parametrize("address", [
    "/?cell=lstm&layers=2", "/?task=reverse", "/?first=true", "/learn", "/learn?lesson=bug&step=2",
    "/learn?lesson=memory", "/shapes", "/text", "/series", "/about",
])
def test_a_page_has_no_bare_word(abroad: tuple[Page, str], address: str):
    assert bare(opened(abroad, address)) == set()


def test_what_is_done_on_the_board_has_no_bare_word(abroad: tuple[Page, str]):
    page = opened(abroad, "/?hidden_size=6&length=8&learning_rat=1&seed=-1")
    assert bare(page) == set()  # what is refused
    one_step(page, 2)
    page.locator("svg.time .hidden rect.unit").nth(20).click(force=True)
    form = page.get_by_role("dialog")
    form.get_by_role("spinbutton").fill("2.5")
    expect(page.locator(".whatif")).to_be_visible()
    assert bare(page) == set()
    page.keyboard.press("Escape")
    button(page, "One step, slowly").click()
    replay = page.get_by_role("region", name="One training step, slowly")
    for _ in range(6):
        assert bare(page) == set()
        replay.press("ArrowRight")
    page.keyboard.press("Escape")
    button(opened(abroad, "/?cell=rnn-relu&learning_rate=10&clip=none"), "Play").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert bare(page) == set()


def test_what_a_lesson_says_in_the_end_has_no_bare_word(abroad: tuple[Page, str]):
    page = opened(abroad, "/learn?lesson=bug&step=1")
    with rerun(page):
        page.get_by_role("button", name=re.compile("Show (me|the answer)")).click()
    expect(page.get_by_role("table").first).to_contain_text("⟦off by")
    assert bare(page) == set()
    kept = Game(2, 12, "", [True], [0.0, 4.0, 0.0]).stored()
    page.evaluate("kept => localStorage.setItem('unrolled-lesson game', kept)", kept)
    page = opened(abroad, "/learn?lesson=memory")
    with rerun(page):
        button(page, "To the question").click()
    expect(page.locator(".symbol")).to_contain_text("Which came")
    assert bare(page) == set()


@pytest.mark.parametrize(("name", "choice", "choices"), [("gradients", "section", 8), ("compare", "show", 2)])
def test_what_is_behind_a_choice_has_no_bare_word(abroad: tuple[Page, str], name: str, choice: str, choices: int):
    page = opened(abroad, f"/{name}")
    buttons = page.locator(f".st-key-{name}-{choice}").get_by_role("radio")
    expect(buttons).to_have_count(choices)
    for k in range(choices):
        if k:
            with rerun(page):
                buttons.nth(k).click()
            at_rest(page)
        assert bare(page) == set()
