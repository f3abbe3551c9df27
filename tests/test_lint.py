"""Lint and types are tests like the others, so that one command runs everything and none is forgotten."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("tool", [["ruff", "check", "--no-cache"], ["mypy"]], ids=["ruff", "mypy"])
def test_finds_nothing(tool: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, f"{' '.join(tool)}\n{run.stdout}{run.stderr}"
