"""What a visitor does, in a real Chromium: arrive, play, pause, step, reset, share, break things, recover."""

import math
import re
from itertools import cycle
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from rnn_core import CELLS, TASKS
from tests.browser.conftest import Open, Scheme
from tests.browser.harness import ROOT, Server, at_rest, board, eventually, number, step


def button(page: Page, name: str):
    return page.get_by_role("button", name=re.compile(rf"^\W*{name}\b", re.I))


def arrived(page: Page) -> Page:
    """The page once its board has drawn a first frame, at rest."""
    expect(board(page)).to_be_visible()
    eventually(lambda: number(page, "frames") >= 1, "a first frame", page)
    return page


def one_step(page: Page, times: int = 1) -> None:
    """Press Step so often, each time waiting for the board to show it."""
    for _ in range(times):
        after = step(page) + 1
        button(page, "Step").click()
        eventually(lambda: step(page) == after, "Step is one step", page)  # noqa: B023, asked before it changes


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
ADDRESSES = [*(f"/{page}" for page in PAGES), "/playground?task=adding&hidden_size=8", "/?task=adding"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_first_visit_of_a_fresh_server_by_any_link(fresh_server: Server, visit: Open, address: str):
    page = visit(address, on=fresh_server)
    if "task=" not in address:
        expect(page.get_by_role("heading", level=1).or_(board(page)).first).to_be_visible()
    else:
        arrived(page)
        assert query(page)["task"] == ["adding"]
        expect(page.get_by_role("button", name="Task: Adding")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Playground")  # the frame, not the bare script
    expect(page.get_by_test_id("stSidebar")).to_contain_text("About")
    playground = address.startswith(("/playground", "/?"))
    expect(page.get_by_role("button", name="Task: ")).to_have_count(1 if playground else 0)
    expect(page.get_by_role("dialog")).to_have_count(0)  # "Page not found"


def test_play_pause_step_reset(visit: Open):
    page = arrived(visit("/"))
    assert step(page) == 0
    root = board(page).element_handle()

    button(page, "Play").click()
    expect(button(page, "Pause")).to_be_visible()
    eventually(lambda: step(page) > 20, "training goes on", page)
    assert math.isfinite(number(page, "loss"))
    button(page, "Pause").click()
    paused = at_rest(page)

    one_step(page, 2)
    assert step(page) == paused + 2

    button(page, "Reset").click()
    eventually(lambda: step(page) == 0, "Reset goes back to step 0", page)
    assert at_rest(page) == 0
    assert root.evaluate("e => e.isConnected"), "the board was replaced on the way"


def test_keys_do_what_the_buttons_do(visit: Open):
    page = arrived(visit("/"))
    page.keyboard.press("s")
    eventually(lambda: step(page) == 1, "s is Step", page)
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_visible()
    eventually(lambda: step(page) > 10, "space plays", page)
    page.keyboard.press("Space")
    at_rest(page)
    page.keyboard.press("r")
    eventually(lambda: step(page) == 0, "r is Reset", page)


def test_space_does_not_play_twice_after_a_click(visit: Open):
    """A clicked button has the focus, and a browser presses a focused button when it sees a space."""
    page = arrived(visit("/"))
    button(page, "Play").click()
    eventually(lambda: step(page) > 5, "it plays", page)
    page.keyboard.press("Space")
    paused = at_rest(page)
    assert at_rest(page) == paused


def test_the_address_follows_the_widgets_and_a_copy_reopens_the_same_run(visit: Open):
    page = arrived(visit("/?seed=7&length=12"))
    first = number(page, "loss")
    page.get_by_role("slider", name=re.compile("Hidden size")).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    eventually(lambda: query(page).get("hidden_size") == ["19"], "the address follows", page)
    eventually(lambda: number(page, "loss") != first, "another network", page)
    one_step(page, 3)
    mine = board(page).get_attribute("data-loss")

    copy = arrived(visit(page.url.removeprefix(f"http://{urlsplit(page.url).netloc}")))
    assert query(copy) == {"seed": ["7"], "length": ["12"], "hidden_size": ["19"]}
    one_step(copy, 3)
    assert board(copy).get_attribute("data-loss") == mine


def test_learning_rate_acts_at_once_and_hidden_size_starts_again(visit: Open):
    page = arrived(visit("/"))
    one_step(page, 2)
    page.get_by_role("slider", name=re.compile("Learning rate")).focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: "learning_rate" in query(page), "the address follows", page)
    assert at_rest(page) == 2
    page.get_by_role("slider", name=re.compile("Hidden size")).focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: step(page) == 0, "a new run", page)


def test_autoplay_plays_on_arrival_and_pause_holds(visit: Open):
    page = arrived(visit("/?autoplay=true"))
    eventually(lambda: step(page) > 10, "it plays by itself", page)
    button(page, "Pause").click()
    at_rest(page)


DIVERGES = "/?cell=rnn-relu&learning_rate=10&clip=none"


def diverged(page: Page) -> int:
    """Wait for the calm message; the step that it would go back to."""
    again = button(page, r"Clip and continue from step \d+")
    expect(again).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=re.compile(r"step \d+"))).to_be_visible()
    return int(re.findall(r"\d+", again.inner_text())[0])


def test_divergence_stops_freezes_and_recovers_by_clipping(visit: Open):
    page = arrived(visit(f"{DIVERGES}&autoplay=true"))
    n = diverged(page)
    assert at_rest(page) <= n + 1
    assert math.isfinite(number(page, "loss"))
    button(page, "Clip and continue").click()
    eventually(lambda: "clip" not in query(page) or query(page)["clip"] != ["none"], "clipping is on", page)
    if button(page, "Play").is_visible():
        button(page, "Step").click()
    eventually(lambda: step(page) > n, "training goes on", page)
    assert math.isfinite(number(page, "loss"))


def test_divergence_recovers_by_reset(visit: Open):
    page = arrived(visit(DIVERGES))
    button(page, "Play").click()
    diverged(page)
    button(page, "Reset").first.click()
    eventually(lambda: step(page) == 0, "Reset goes back to step 0", page)
    expect(button(page, "Clip and continue")).to_have_count(0)
    expect(button(page, "Play")).to_be_visible()


HOSTILE = [
    "task=nonsense",
    "hidden_size=-1&learning_rate=NaN&length=1e9",
    "hidden_size=9999999999999999999999&batch_size=0",
    "learning_rate=inf&clip_threshold=-inf&seed=-1",
    "seed=99999999999999999999&lag=1000",
    "hidden_size=8&hidden_size=9&task=echo&task=adding",
    "task=%00%ff&cell=" + quote("<script>alert(1)</script>"),
    "task=" + quote("{0.__class__}") + "&cell=" + quote("../../etc/passwd"),
    "autoplay=maybe&speed=fast&dtype=object&unknown=1",
    "length=2&lag=50",
    "task=sunspots&length=60&batch_size=1&hidden_size=1",
    "hidden_size=" + "9" * 2000,
    "=&&&==&task",
]


@pytest.mark.parametrize("address", HOSTILE, ids=lambda a: a[:40])
def test_any_query_string_gives_a_running_page(visit: Open, address: str):
    page = arrived(visit(f"/?{address}"))
    assert math.isfinite(number(page, "loss"))
    one_step(page)


TOGETHER = [f"task={task}&cell={cell}" for task, cell in zip(TASKS, cycle(CELLS), strict=False)]
LARGE = ["length=60&hidden_size=64&batch_size=64", "task=adding&length=60&hidden_size=64&cell=lstm"]


@pytest.mark.parametrize("address", [*TOGETHER, *LARGE])
def test_every_task_is_drawn_and_trains(visit: Open, address: str):
    page = arrived(visit(f"/?{address}"))
    one_step(page)
    assert math.isfinite(number(page, "loss"))


def overflow(page: Page) -> float:
    """By how many pixels the page is wider than its window."""
    return float(page.evaluate(
        "() => Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(e => e.scrollWidth - e.clientWidth))"
    ))


@pytest.mark.parametrize("address", ["/", "/?length=60&hidden_size=64", "/about"])
def test_a_phone_scrolls_down_but_never_sideways(visit: Open, address: str):
    page = visit(address, width=390)
    if address == "/about":
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    else:
        arrived(page)
        box = board(page).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390.5
        one_step(page)
    assert overflow(page) <= 0


def test_one_screen_holds_the_main_job(visit: Open):
    """Nothing to scroll at 1440 x 900: transport row and board are in the window."""
    page = arrived(visit("/"))
    for part in (button(page, "Play"), button(page, "Step"), button(page, "Reset"), board(page)):
        box = part.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 900, box


def luminance(page: Page, what: str, property: str) -> float:
    """Relative luminance (WCAG) of a computed colour of the first element that the selector finds."""
    colour = page.locator(what).first.evaluate(f"e => getComputedStyle(e).{property}")
    channels = [float(c) / 255 for c in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_legible(visit: Open, scheme: Scheme):
    page = arrived(visit("/", scheme=scheme))
    ground = luminance(page, "[data-testid=stApp]", "backgroundColor")
    assert (ground > 0.5) == (scheme == "light")
    for what in ("[role=img][data-step]", "[data-testid=stSidebar] label"):
        text = luminance(page, what, "color")
        low, high = sorted((ground, text))
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{what}: {text} on {ground}"


def test_the_board_says_in_words_what_it_shows(visit: Open):
    page = arrived(visit("/"))
    before = board(page).get_attribute("aria-label") or ""
    one_step(page)
    after = board(page).get_attribute("aria-label") or ""
    assert before != after
    assert len(after.split()) > 5


def test_playing_draws_evenly_and_nothing_fades_or_moves(visit: Open):
    page = arrived(visit("/?autoplay=true"))
    eventually(lambda: step(page) > 10, "it plays", page)
    page.evaluate("""() => {
        window.shifts = 0; window.faded = 0;
        new PerformanceObserver(l => l.getEntries().forEach(e => { window.shifts += e.value; }))
            .observe({type: 'layout-shift'});
        const board = (n => { const f = r => { for (const e of r.querySelectorAll('*')) {
            if (e.matches('[role=img][data-step]')) return e;
            if (e.shadowRoot) { const g = f(e.shadowRoot); if (g) return g; } } }; return f(document); })();
        const look = () => {
            for (let e = board; e; e = e.parentElement || (e.getRootNode().host))
                if (+getComputedStyle(e).opacity < 0.99) window.faded += 1;
            requestAnimationFrame(look); };
        look();
    }""")
    start = number(page, "frames")
    eventually(lambda: number(page, "frames") >= start + 20, "20 frames drawn", page)
    assert page.evaluate("window.faded") == 0
    assert page.evaluate("window.shifts") < 0.01


def test_a_scale_that_is_too_large_shrinks_when_it_stands_still(visit: Open):
    """No film comes any more that would draw it: of 22 px the tallest bar has at least two fifths."""
    page = arrived(visit("/?autoplay=true"))
    eventually(lambda: step(page) > 200, "the loss falls", page)
    button(page, "Pause").click()
    at_rest(page)
    bars = page.locator("svg.time .shares rect")
    tallest = "all => Math.max(...all.map(e => e.height.baseVal.value))"
    eventually(lambda: bars.evaluate_all(tallest) >= 8.7, "the share of the loss fills its row", page, seconds=6)


def test_two_visitors_do_not_see_each_other(visit: Open):
    one = arrived(visit("/?seed=1"))
    two = arrived(visit("/?seed=2"))
    one_step(one)
    assert step(two) == 0
    assert number(one, "loss") != number(two, "loss")


def test_there_and_back_is_the_same_run_which_paused_meanwhile(visit: Open, context: BrowserContext):
    said: list[object] = []  # whatever page and server tell each other
    context.once("page", lambda page: page.on("websocket", lambda socket: hear(socket, said)))
    page = arrived(visit("/?task=adding&hidden_size=8&layers=2&speed=steady&utm=1"))
    button(page, "Play").click()
    eventually(lambda: step(page) > 10, "it plays", page)
    slider = page.get_by_role("slider", name=re.compile("Hidden size"))
    before, address = step(page), query(page)

    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    spoken = len(said)
    page.wait_for_timeout(1500)
    assert len(said) == spoken > 0, "something ticks on a page that shows no run"

    page.get_by_role("link", name="Playground").click()
    arrived(page)
    taken = at_rest(page)
    assert before <= taken < before + 30, "not the same run, or it went on"
    assert query(page) == address
    expect(page.get_by_role("button", name="Task: Adding")).to_be_visible()
    expect(slider).to_have_value("8")
    one_step(page)
    assert step(page) == taken + 1


def hear(socket: WebSocket, said: list[object]) -> None:
    socket.on("framereceived", lambda text: said.append(text))
    socket.on("framesent", lambda text: said.append(text))


def test_a_closed_tab_stops_the_work(visit: Open, server: Server):
    if math.isnan(server.cpu_seconds()):
        pytest.skip("no /proc here to read a process's CPU time from")
    page = arrived(visit("/?autoplay=true"))
    eventually(lambda: step(page) > 10, "it plays", page)
    other = visit("/about")
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    eventually(lambda: cpu_in_half_a_second(server, other) > 0.1, "the server works", other)
    page.close()
    eventually(lambda: cpu_in_half_a_second(server, other) < 0.05, "the server rests", other)


def cpu_in_half_a_second(server: Server, page: Page) -> float:
    before = server.cpu_seconds()
    page.wait_for_timeout(500)
    return server.cpu_seconds() - before
