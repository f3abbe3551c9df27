"""Lint and types are tests like the others, so that one command runs everything and none is forgotten."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lacking import lacking

ROOT = Path(__file__).resolve().parents[1]
# Outside the checkout, so that a fresh clone finds what the last one knew: types take a second then, and not twenty.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "unrolled" / "mypy"
COLUMNS, LITERAL = 120, re.compile("[`\"/].{60,}")  # a string or a pattern that is long
SCRIPTS = ["static/**/*.js", "tests/js/*.mjs", "*.js"]
FROM_NPM = {
    "tsc": ["--incremental", "--tsBuildInfoFile", str(CACHE.with_name("tsc"))],
    "eslint": ["--cache", "--cache-location", str(CACHE.with_name("eslint")), *SCRIPTS],
    "prettier": ["--cache", "--cache-location", str(CACHE.with_name("prettier")), "--check", *SCRIPTS],
}


@pytest.mark.parametrize(
    "tool", [["ruff", "check", "--no-cache"], ["mypy", "--cache-dir", str(CACHE)]], ids=["ruff", "mypy"]
)
def test_finds_nothing(tool: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, f"{' '.join(tool)}\n{run.stdout}{run.stderr}"


@pytest.mark.parametrize("tool", FROM_NPM)
def test_finds_nothing_in_the_browsers_part(tool: str) -> None:
    """Types from JSDoc, lint and form of static/, by the versions that package.json names."""
    program = ROOT / "node_modules" / ".bin" / tool
    if not program.exists():
        lacking(f"{tool} is not installed: run npm install")
    run = subprocess.run([program, *FROM_NPM[tool]], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_browsers_part_keeps_to_120_columns():
    """A sentence or a path that is one string may be longer."""
    files = [*(ROOT / "static").rglob("*.js"), *(ROOT / "tests" / "js").glob("*.mjs")]
    own = [file for file in files if file.parent.name != "vendor" and file.name != "loader.js"]  # which travels
    lines = [(file, line) for file in own for line in file.read_text("utf-8").splitlines() if len(line) > COLUMNS]
    assert len(own) > 40 and [(str(file), line) for file, line in lines if not LITERAL.search(line)] == []
