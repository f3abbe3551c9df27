"""A visit to the app as Streamlit runs it, without a browser: what tests of pages open, press and read."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui.governor import Playing
from ui.session import Session

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


@pytest.fixture(autouse=True)
def nobody_else_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.session.PLAYING", Playing())


def visit(page: str = "playground", **address: Any) -> AppTest:
    """A first visit to a page, at this address."""
    app = AppTest.from_string(
        f"import runpy\nrunpy.run_path({str(ROOT / 'app.py')!r}, run_name='__main__')", default_timeout=20
    )
    for name, text in address.items():
        app.query_params[name] = text
    app.run()
    if page != "playground":
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    return whole(app)


def whole(app: AppTest) -> AppTest:
    """The same, after looking that nothing went wrong in it."""
    assert not app.exception
    assert not [button for button in app.button if button.key == "start-over"]
    return app


def session(app: AppTest) -> Session:
    return app.session_state["session"]


def press(app: AppTest, key: str) -> AppTest:
    return whole(app.button(key=key).click().run())


def html(app: AppTest) -> str:
    """What ui/words.py put on the page."""
    return "".join(element.proto.body for element in app.main.get("html"))


def boards(app: AppTest) -> list[bytes]:
    """The films that were handed to the board."""
    protos = [element.proto for element in app.main.get("bidi_component")]
    return [proto.bytes for proto in protos if proto.component_name == "unrolled_board"]
