"""The text page in a real Chromium: bring a text, train on it, type, choose, take away; and texts that mean harm."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.harness import Server, board, drawn, eventually, number, rerun, resize, step, until
from tests.browser.steps import arrived, button, follow, one_step, overflow, pause, play, shifts, watch_shifts

RHYME = "the cat sat on the mat; the rat ate the cat's hat.\n" * 40
HOSTILE = "<script>window.harm = 1</script><img src=x onerror='window.harm = 1'> &amp; **b** $x$\n" * 10
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def desk(page: Page):
    return page.locator(".desk")


def upload(page: Page, name: str, data: bytes) -> None:
    """No hand is so quick that the window's own run begins meanwhile: Streamlit would lose where the file is to go."""
    with rerun(page):
        button(page, "Your own text").click()
    file = {"name": name, "mimeType": "text/plain", "buffer": data}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)  # type: ignore[arg-type]


def paste(page: Page, text: str) -> None:
    button(page, "Your own text").click()
    page.get_by_label("Or paste one").fill(text)
    button(page, "Learn this text").click()


def learned(page: Page, words: str) -> None:
    """The page says what it learns now, and the window in which that was chosen is closed."""
    expect(page.locator(".source")).to_contain_text(words)
    expect(page.get_by_label("Or paste one")).to_have_count(0)
    until(page, "step == 0")
    drawn(page)


def test_upload_train_and_take_away(visit: Open, tmp_path: Path):
    page = arrived(visit("/text"))
    expect(page.locator(".source")).to_contain_text("Sonnets")
    upload(page, "rhyme.txt", RHYME.encode())
    learned(page, "rhyme.txt: 2,040 characters")

    picture = board(page).element_handle()
    play(page, beyond=5)
    watch_shifts(page)
    until(page, f"frames >= {number(page, 'frames') + 6}")
    assert shifts(page) < 0.01, "something moved while it trained"
    until(page, "perplexity < 8")
    taken = pause(page)
    assert picture.evaluate("e => e.isConnected"), "the picture was replaced on the way"
    expect(desk(page).get_by_role("heading", name=re.compile("after [\\d,]+ steps"))).to_be_visible()

    for name, starts in (("Save what it wrote", "rhyme.txt, "), ("Save history", "step,loss,held_out_loss")):
        with page.expect_download() as saved:
            button(page, name).click()
        saved.value.save_as(tmp_path / "file")
        text = (tmp_path / "file").read_text("utf-8")
        assert text.startswith(starts) and str(int(taken)) in text
    with page.expect_download() as saved:
        button(page, "Save the run").click()
    saved.value.save_as(tmp_path / "run.npz")
    assert (tmp_path / "run.npz").read_bytes().startswith(b"PK")

    follow(page, "About")
    follow(page, "Text")
    assert step(page) == taken, "there and back is another run"
    expect(page.locator(".source")).to_contain_text("rhyme.txt")


def test_a_text_that_means_harm_stays_a_text(visit: Open):
    page = arrived(visit("/text"))
    page.evaluate("() => { window.alert = window.confirm = window.prompt = () => { window.harm = 1; }; }")
    paste(page, HOSTILE)
    learned(page, "The pasted text")
    desk(page).get_by_label("Type a beginning").fill("<img src=x onerror='window.harm = 1'>")
    expect(desk(page).locator(".samples .start").first).to_have_text("<img src=x onerror='window.harm = 1'>")
    one_step(page, 2)
    expect(desk(page).locator(".coloured")).to_contain_text("<script>window.harm = 1</script>")
    upload(page, "<img src=x onerror='window.harm = 1'>.txt", b"short")
    expect(page.locator(".notes")).to_contain_text("<img src=x onerror=")
    assert desk(page).locator("script, img, b, [onerror]").count() == desk(page).locator("figcaption b").count()
    assert page.evaluate("window.harm") is None


BAD = [
    ("photo.txt", PNG, "'photo.txt' is a PNG picture"),
    ("wide.txt", RHYME.encode("utf-32"), "'wide.txt' is UTF-32; save it as UTF-8"),
    ("empty.txt", b"", "'empty.txt' is empty"),
]


def test_what_is_no_text_is_named_and_the_run_goes_on(visit: Open):
    page = arrived(visit("/text"))
    picture = board(page).element_handle()
    for taken, (name, data, sentence) in enumerate(BAD, 1):
        one_step(page)
        upload(page, name, data)
        expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()
        expect(page.locator(".source")).to_contain_text("Sonnets")
        assert drawn(page) == taken
        assert picture.evaluate("e => e.isConnected"), "the picture was replaced"
    one_step(page)


def test_a_file_that_is_too_large_is_refused_by_name_and_size(visit: Open, tmp_path: Path):
    """2.1 MB and 5.1 MB, which the server would take or not, and 50 MB, which nobody should have to send."""
    page = arrived(visit("/text"))
    one_step(page)
    picture = board(page).element_handle()
    for size in (2_100_000, 5_100_000, 50_000_000):
        file = tmp_path / f"large-{size}.txt"
        file.write_bytes(b"0123456789" * (size // 10))
        button(page, "Your own text").click()
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
        note = page.get_by_role("status").filter(has_text=f"'large-{size}.txt' has {size:,} bytes")
        expect(note).to_contain_text("a text may have 2,000,000: cut a part out of it. The text before stays.")
        expect(page.get_by_test_id("stFileUploader")).to_have_count(0)  # the window has closed, so that it is read
        expect(page.locator(".source")).to_contain_text("Sonnets")
        assert step(page) == 1
    assert picture.evaluate("e => e.isConnected"), "the picture was replaced"
    upload(page, "rhyme.txt", RHYME.encode())
    learned(page, "rhyme.txt")
    expect(page.get_by_role("status").filter(has_text="cut a part")).to_have_count(0)


def test_the_window_closes_where_the_server_never_knew_it_open(visit: Open, server: Server, tmp_path: Path):
    """On a slow server what was brought comes before any run has said that the window is open."""
    (tmp_path / "large.txt").write_bytes(b"0123456789" * 210_000)
    page = arrived(visit("/text"))
    button(page, "Your own text").click()
    expect(page.get_by_label("Or paste one")).to_be_visible()  # the browser has what it needs of Streamlit's scripts
    page.reload()
    arrived(page)
    with stopped(server):
        paste(page, RHYME)
    learned(page, "The pasted text")
    with stopped(server):
        button(page, "Your own text").click()
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(tmp_path / "large.txt")
    expect(page.get_by_role("status").filter(has_text="2,100,000 bytes")).to_be_visible()
    expect(page.get_by_label("Or paste one")).to_have_count(0)


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def test_every_script_is_at_home_and_what_one_sees_as_one_character_has_one_colour(visit: Open):
    """The network reads code points; the eye reads graphemes, from the right where the script does."""
    page = arrived(visit("/text"))
    paste(page, "السلام عليكم 🙂👩\u200d👩\u200d👧 こんにちは 🇩🇪👍🏽 שלום e\u0323\u0301 क्षि\n" * 20)
    learned(page, "The pasted text")
    one_step(page)
    coloured, typed = desk(page).locator(".coloured"), desk(page).get_by_label("Type a beginning")
    line = ["🇩🇪", "👍🏽", " ", *"שלום", " ", "\u1eb9\u0301", " ", "क्षि", "↵\n"]
    expect(coloured.locator("span").first).to_be_attached()
    spans = coloured.locator("span").all_text_contents()
    assert "👩\u200d👩\u200d👧" in spans
    found = spans.index("🇩🇪")
    assert spans[found : found + len(line)] == line
    assert coloured.evaluate("e => getComputedStyle(e).direction") == "rtl"
    for width in (1440, 390):
        resize(page, width)
        typed.fill("السلام 🙂")
        expect(desk(page).locator(".cards .letter").last).to_have_text("🙂")
        expect(desk(page).locator(".cards .letter").first).to_have_text("ا")
        expect(coloured).to_contain_text("السلام")
        typed.fill("👩\u200d👩")
        expect(desk(page).locator(".cards .letter")).to_have_text(["👩", "ZWJ", "👩"])
        assert overflow(page) <= 0


def test_what_is_typed_presses_no_button_and_a_unit_colours_the_text(visit: Open):
    page = arrived(visit("/text"))
    one_step(page, 2)
    field = desk(page).get_by_label("Type a beginning")
    field.fill("")
    field.press_sequentially("roses are s")
    expect(desk(page).locator(".cards li")).to_have_count(11)
    expect(desk(page).locator(".cards .letter")).to_have_text(list("roses␣are␣s"))
    assert drawn(page) == 2
    expect(field).to_have_value("roses are s")
    expect(desk(page).locator(".samples .start").first).to_have_text("roses are s")
    expect(desk(page).locator(".row.came")).to_have_count(10)  # of the last letter it is not known what comes
    coloured = desk(page).locator(".coloured")
    expect(coloured.locator(".below, .above").first).to_be_attached()
    before = coloured.inner_html()
    which = desk(page).get_by_label("Unit", exact=True)
    chosen = which.input_value()
    desk(page).get_by_role("button", name="the next unit").click()
    eventually(lambda: coloured.inner_html() != before, "other colours", page)
    assert which.input_value() != chosen
    expect(desk(page).locator(".unit .note")).to_contain_text(f"Unit {int(which.input_value()) + 1} ")
    desk(page).get_by_label("Over", exact=True).select_option("typed")
    expect(coloured).to_have_text(desk(page).get_by_label("Type a beginning").input_value())
    coloured.locator("span").first.hover()
    expect(coloured.locator("span").first).to_have_attribute("title", re.compile(r"after “.”: −?\d\.\d\d"))


def test_the_unrolled_network_stands_above_its_text(visit: Open):
    page = arrived(visit("/text"))
    one_step(page)
    page.get_by_text("Show it unrolled").click()
    expect(page.locator(".board[data-step='1']")).to_be_visible()
    button(page, "Step").click()
    expect(page.locator(".board[data-step='2']")).to_be_visible()


BOXES = """chart => [chart, ...[".nsewdrag", ".annotation-text"].flatMap((what) => [...chart.querySelectorAll(what)])]
    .map((e) => e.getBoundingClientRect().toJSON())"""


def test_the_rules_names_stand_beside_the_curve_and_apart(visit: Open):
    page = arrived(visit("/text"))
    paste(page, "ab" * 300)  # bigram and 5-gram are as good
    learned(page, "600 characters")
    chart = page.locator(".chart")

    def side_by_side() -> bool:
        """Read in one go: the chart may be drawn anew at any time."""
        edge, inside, *names = chart.evaluate(BOXES)
        upper, lower = sorted(names, key=lambda box: float(box["top"]))
        apart = bool(upper["top"] + 12 <= lower["top"])
        return apart and all(inside["right"] <= name["left"] and name["right"] <= edge["right"] for name in names)

    for width in (1440, 390):
        resize(page, width)
        eventually(side_by_side, "two names right of the line, one below the other", page)
