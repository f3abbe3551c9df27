"""Lint and types are tests like the others, so that one command runs everything and none is forgotten."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Outside the checkout, so that a fresh clone finds what the last one knew: types take a second then, and not twenty.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "unrolled" / "mypy"


@pytest.mark.parametrize(
    "tool", [["ruff", "check", "--no-cache"], ["mypy", "--cache-dir", str(CACHE)]], ids=["ruff", "mypy"]
)
def test_finds_nothing(tool: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, f"{' '.join(tool)}\n{run.stdout}{run.stderr}"
