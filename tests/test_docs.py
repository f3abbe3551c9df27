"""What README and docs/ say of files, settings and addresses is so."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from rnn_core import CELLS, OPTIMIZERS, TASKS, Config
from ui.frame.address import OURS, read
from ui.series.reading import files, grid, series
from ui.text import upload

ROOT = Path(__file__).resolve().parents[1]
TEACHERS, HOSTING = (ROOT / "docs" / name for name in ("teachers.md", "hosting.md"))
PAGES = [ROOT / "README.md", TEACHERS, HOSTING, ROOT / "bench" / "README.md"]
ADDRESS = re.compile(r"`?(/?\w*\?[\w&=.,-]+)`?")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_linked_and_named_is_there(page: Path):
    text = page.read_text("utf-8")
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert urlsplit(link).scheme or (page.parent / link).exists(), link
    for name in re.findall(r"`((?:rnn_core|ui|docs|bench|tests|static|pages)/[\w/.-]*)`", text):
        assert (ROOT / name).exists(), name
    for module in re.findall(r"python -m bench\.(\w+)", text):
        assert (ROOT / "bench" / f"{module}.py").exists(), module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_numbered_lists_count_up(page: Path):
    count = 0
    for line in page.read_text("utf-8").splitlines():
        if found := re.match(r"(\d+)\. ", line):
            assert int(found[1]) == count + 1, line
            count += 1
        elif line.startswith("#"):
            count = 0


def test_every_setting_and_every_choice_is_told_to_teachers():
    told = set(re.findall(r"`([\w-]+)(?:=\w+)?`", TEACHERS.read_text("utf-8")))
    assert {*TASKS, *CELLS, *OPTIMIZERS, *Config.fields(), *OURS} <= told


def test_every_address_for_a_class_opens_as_it_is():
    found = ADDRESS.findall(TEACHERS.read_text("utf-8"))
    assert len(found) >= 6
    for address in found:
        assert read(parse_qs(urlsplit(address).query))[1] == (), address


@pytest.mark.parametrize("page", [TEACHERS, HOSTING], ids=lambda page: page.name)
def test_limits_of_uploads_are_those_that_hold(page: Path):
    text = " ".join(page.read_text("utf-8").split())
    for limit in (
        f"to {upload.LIMIT // 1_000_000} MB",
        f"to {files.BYTES // 1_000_000} MB",
        f"{grid.ROWS:,} rows",
        f"{series.COLUMNS:,} columns",
    ):
        assert limit in text, limit
    assert f"{upload.LEAST} characters" in TEACHERS.read_text("utf-8")


def test_every_picture_is_shown_and_light():
    text = (ROOT / "README.md").read_text("utf-8")
    for picture in (ROOT / "docs").glob("*.png"):
        assert f"(docs/{picture.name})" in text
        assert picture.stat().st_size < 300_000, picture.name
