"""Each colour is stated once, in static/theme.css, and Streamlit's own theme says the same."""

import re
import tomllib
from pathlib import Path

import pytest

from ui import STATIC
from ui.board import board

ROOT = Path(__file__).resolve().parents[1]
THEME = ROOT / "static" / "theme.css"
SOURCES = sorted(
    p for p in (ROOT / "app.py", *(q for d in ("static", "ui", "pages") for q in (ROOT / d).rglob("*")))
    if "vendor" not in p.parts and p.suffix in (".css", ".js", ".py")
)  # fmt: skip
HEX = r"(?<!url\()#[0-9a-fA-F]{3,8}\b"
# What .streamlit/config.toml calls them.
SAME = {
    "input": "greenColor", "negative": "blueColor", "positive": "redColor", "output": "orangeColor",
    "gradient": "violetColor", "ink": "textColor", "paper": "backgroundColor", "accent": "primaryColor",
}  # fmt: skip


def code(path: Path) -> str:
    """A file without its comments."""
    text = path.read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"(^|\s)//.*|(^|\s\s)# .*", "", text) if path.suffix != ".css" else text


def stated() -> list[tuple[str, str]]:
    """Every variable of theme.css that is a colour by its number: name and value."""
    found = re.findall(rf"--([\w-]+):\s*({HEX});", code(THEME))
    return [(name, value.lower()) for name, value in found]


def test_no_colour_has_two_names_and_no_name_two_colours():
    names, values = zip(*stated(), strict=True)
    assert len(set(names)) == len(names) == len(set(values))


def test_only_the_theme_states_a_colour():
    others = {path.relative_to(ROOT).as_posix(): re.findall(HEX, code(path)) for path in SOURCES if path != THEME}
    assert {path: colours for path, colours in others.items() if colours} == {}
    assert {"app.py", "static/frame/house.css", "static/board/board.js", "pages/text.py"} <= others.keys()


@pytest.mark.parametrize("name", ["board", "shapes", "compare", "text", "series", "chart"])
def test_every_picture_reads_the_theme_and_its_loader_follows_it(name: str):
    reads, seen = [ROOT / "static" / name / f"{name}.css"], set()
    while reads:
        seen.add(path := reads.pop())
        reads += [(path.parent / found).resolve() for found in re.findall(r'@import url\("(.+?)"\)', path.read_text())]
    assert THEME in seen
    told = board.loader(f"{name}/{name}", (name, "shapes", "chart", "board"))
    assert all(f"'{path.relative_to(STATIC).as_posix()}'" in told for path in seen if path.stem != name)


def test_every_variable_that_is_used_is_stated():
    texts = [code(path) for path in SOURCES]
    given = {
        name for text in texts for name in re.findall(r"""(?:(?<!\w)|setProperty\(["'])--([\w-]+)(?=:|["'],)""", text)
    }
    used = {name for text in texts for name in re.findall(r"""(?:var\(|Value\(["'])--([\w-]+)""", text)}
    assert {name for name in used if not name.startswith("st-")} - given == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_streamlit_is_told_the_same_colours(scheme: str):
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    for name, value in stated():
        if scheme == "light" or name not in ("ink", "paper", "accent"):
            assert theme[scheme][SAME[name]].lower() == value, name
    assert {value.lower() for name, value in stated() if name not in ("ink", "paper", "accent")} <= {
        value.lower() for value in theme["chartCategoricalColors"]
    }
