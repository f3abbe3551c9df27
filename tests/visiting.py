"""A visit to the app as Streamlit runs it, without a browser: what tests of pages open, press and read."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from ui.run.governor import Playing
from ui.run.session import Session

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


@pytest.fixture(autouse=True)
def undisturbed(monkeypatch: pytest.MonkeyPatch) -> Playing:
    """Nobody else plays, and nothing is waited for that no test looks at."""
    playing = Playing()
    monkeypatch.setattr("ui.run.plays.PLAYING", playing)
    monkeypatch.setattr("ui.run.visit.newcomer", lambda: False)
    monkeypatch.setattr("ui.run.ticking.SENT", 0.0)  # there is no browser to which the page is on its way
    monkeypatch.setattr("ui.text.run.WRITTEN", 40)
    # Streamlit would look for components in every installed package, which is half of a visit.
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **how: None)
    return playing


def visit(page: str = "playground", **address: Any) -> AppTest:
    """A link to a page, opened by somebody who was never here."""
    app = AppTest.from_string(
        f"import runpy\nrunpy.run_path({str(ROOT / 'app.py')!r}, run_name='__main__')", default_timeout=20
    )
    for name, text in address.items():
        app.query_params[name] = text
    if page != "playground":
        app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    return whole(app.run())


def whole(app: AppTest) -> AppTest:
    """The same, after looking that nothing went wrong in it."""
    assert not app.exception
    assert not [button for button in app.button if button.key == "start-over"]
    return app


def session(app: AppTest) -> Session:
    return app.session_state["session"]


def press(app: AppTest, key: str) -> AppTest:
    return whole(app.button(key=key).click().run())


def address(app: AppTest) -> dict[str, str]:
    """What stands in the browser's address."""
    return {name: text if isinstance(text, str) else text[-1] for name, text in app.query_params.items()}


def html(app: AppTest) -> str:
    """What ui/playground/words.py put on the page."""
    return "".join(element.proto.body for element in app.main.get("html"))


def boards(app: AppTest) -> list[bytes]:
    """The films that were handed to the board."""
    protos = [element.proto for element in app.main.get("bidi_component")]
    return [proto.bytes for proto in protos if proto.component_name == "unrolled_board"]
