"""The board's pure JavaScript has its own tests, run by Node.js; here they are tests like the others."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_node_finds_nothing() -> None:
    node = shutil.which("node")
    if node is None:
        missing = "no Node.js found; this installs one: sudo apt-get install -y nodejs (or your system's own way)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    files = sorted(str(path) for path in (ROOT / "tests/js").glob("*.test.*js"))
    assert files
    run = subprocess.run([node, "--test", *files], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^. pass [1-9]", run.stdout, re.M), run.stdout
