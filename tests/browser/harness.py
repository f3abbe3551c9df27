"""A server and a browser for whoever looks at the app from outside: journeys, bench, screenshot."""

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from playwright.sync_api import Browser, Error, Locator, Page, Playwright, expect

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
DEBIAN = "apt-get update && apt-get install -y chromium"


def chromium(playwright: Playwright) -> str | None:
    """The browser found: on PATH, or the one that Playwright installed for itself."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    own = playwright.chromium.executable_path
    return next(filter(None, map(shutil.which, names)), own if Path(own).exists() else None)


def how_to_get_chromium() -> str:
    """The one command that installs a browser here."""
    if platform.system() == "Linux" and platform.freedesktop_os_release()["ID"] == "debian":
        return DEBIAN if os.geteuid() == 0 else f"sudo sh -c '{DEBIAN}'"
    return f"{sys.executable} -m playwright install chromium"


def launch(playwright: Playwright, *flags: str) -> Browser:
    """A headless Chromium that asks nothing of the network by itself."""
    return playwright.chromium.launch(executable_path=chromium(playwright), args=[*FLAGS, *flags])


@dataclass
class Server:
    """A running app: its address and what it has printed so far."""

    url: str
    log: Path
    pid: int

    def printed(self, since: int = 0) -> str:
        """The log from byte `since` on."""
        return self.log.read_bytes()[since:].decode("utf-8", "replace")

    def cpu_seconds(self) -> float:
        """CPU time that the server's process has used; NaN where there is no /proc to read it from."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return float("nan")
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serve(
    log: Path,
    script: str = "app.py",
    seconds: float = 60,
    path: str = "",
    port: int = 0,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Server]:
    """`streamlit run script` on this port, 0: a free one, below a path, while the block runs. environment: beside this
    process's own. RuntimeError if it does not start.
    """
    port = port or free_port()
    settings = {
        "headless": "true", "port": port, "address": "127.0.0.1", "fileWatcherType": "none", "baseUrlPath": path,
    }  # fmt: skip
    command = [sys.executable, "-m", "streamlit", "run", script]
    command += [f"--server.{name}={value}" for name, value in settings.items()]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    server = Server(f"http://127.0.0.1:{port}/{path}".rstrip("/"), log, process.pid)
    try:
        deadline = time.monotonic() + seconds
        while not _healthy(server.url):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)  # its end is an answer too
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the app did not start:\n{server.printed()}")
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def board(page: Page) -> Locator:
    """The live board's root."""
    return page.locator("[role=img][data-step]")


def number(page: Page, name: str) -> float:
    """data-step, data-loss or data-frames of the first board; NaN while there is none."""
    root = board(page).first
    return float(root.get_attribute(f"data-{name}") or "nan") if root.count() else float("nan")


def step(page: Page) -> float:
    return number(page, "step")


FRAME = "() => new Promise((drawn) => { requestAnimationFrame(drawn); setTimeout(drawn, 1000); })"  # or none is drawn
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
RUN = "() => Number(document.querySelector('.complete')?.dataset.run ?? 0)"  # of the page, how many are complete
# Every picture of a page: each is in a shadow root of its own.
PICTURES = """[...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].flatMap(
    (host) => [...(host.shadowRoot?.querySelectorAll("[role=img][data-step], [role=img][data-rest]") ?? [])])"""
UNTIL = f"""([name, sign, wanted]) => {{
  const [board] = {PICTURES}, now = Number(board?.dataset[name] ?? NaN);
  return {{ ">": now > wanted, ">=": now >= wanted, "==": now === wanted, "<": now < wanted }}[sign];
}}"""
# The page's run is complete, and each picture has drawn the film that it ended with and answers what it was asked.
DRAWN = f"""(still) => {{
  const app = document.querySelector("[data-testid=stApp]"), run = document.querySelector(".complete");
  if (app?.dataset.testScriptState !== "notRunning" || !run) return false;
  const films = run.dataset.films.split(" ").filter(Boolean), pictures = {PICTURES};
  const rests = ({{ film, rest }}, sent) => Number(film) >= Number(sent) && (!still || rest === "true");
  const drawn = ({{ dataset }}, i) => rests(dataset, films[i] ?? films[0]);
  const moves = (a) => a.playState === "running" && a.effect.getComputedTiming().endTime !== Infinity;
  const places = [document, ...pictures.map((picture) => picture.getRootNode())];
  if (still && places.some((place) => place.getAnimations().some(moves))) return false;
  return pictures.length >= films.length && pictures.every(drawn);
}}"""


def eventually(condition: Callable[[], object], what: str, page: Page, seconds: float = 40) -> None:
    """Look at every frame that the page draws until `condition` holds. Raises AssertionError naming `what`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        with suppress(Error):  # the page is another one now
            page.evaluate(FRAME)


def until(page: Page, condition: str, seconds: float = 40) -> None:
    """Wait for a number of the board: "step > 20", "frames >= 1", "step == 0", "perplexity < 8"."""
    name, sign, wanted = condition.split()
    page.wait_for_function(UNTIL, arg=[name, sign, float(wanted)], timeout=1000 * seconds)


def drawn(page: Page, still: bool = False, seconds: float = 40) -> float:
    """The step that stays, once it is paused: the page's run is complete, and what it sent is drawn."""
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    page.wait_for_function(DRAWN, arg=still, timeout=1000 * seconds)
    return step(page)


def at_rest(page: Page) -> float:
    """The same once nothing moves any more, for who looks at places: a scale that is too large waits, then shrinks."""
    page.evaluate(TWO_FRAMES)  # a window of another size is laid out in the first and drawn in the second
    return drawn(page, still=True)


def resize(page: Page, width: int, height: int = 900) -> None:
    """Another size of the window, once the page stands in it."""
    if page.viewport_size == {"width": width, "height": height}:
        return
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("([w, h]) => innerWidth === w && innerHeight === h", arg=[width, height])
    at_rest(page)


@contextmanager
def rerun(page: Page, seconds: float = 40) -> Iterator[None]:
    """Around what makes the page at rest run anew: wait until that run is complete and drawn."""
    before = page.evaluate(RUN)
    yield
    page.wait_for_function(f"(before) => ({RUN})() > before", arg=before, timeout=1000 * seconds)
    drawn(page)
