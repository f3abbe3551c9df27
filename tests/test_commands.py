"""The README's two lines, CI's line and the requirements say the same thing."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def block(heading: str) -> str:
    """The first code block under a heading of the README."""
    found = re.search(rf"^## {heading}\n.*?^```bash\n(.*?)^```", README, re.M | re.S)
    assert found, heading
    return found[1].strip()


def test_ci_runs_the_line_that_the_readme_gives():
    run = subprocess.run([str(ROOT / ".ci/run"), "--print"], capture_output=True, text=True, check=True, timeout=10)
    assert run.stdout.strip() == block("Test it")


def test_each_line_is_one_line_that_does_its_own_set_up():
    for heading, end in {"Run it": "streamlit run app.py", "Test it": "python -m pytest"}.items():
        line = block(heading)
        assert "\n" not in line
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install")
        assert line.endswith(end)
        assert all((ROOT / name).is_file() for name in re.findall(r"-r (\S+)", line))


def test_what_the_readme_names_exists():
    names = re.findall(r"\]\(([\w./-]+)\)", README) + re.findall(r"`(rnn_core/[\w./]+)`", README)
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_the_app_needs_four_packages_and_the_tests_a_few_more():
    def names(file: str) -> set[str]:
        return set(re.findall(r"^([\w-]+)[<>=]", (ROOT / file).read_text("utf-8"), re.M))

    assert names("requirements.txt") == {"streamlit", "numpy", "plotly", "pandas"}
    assert {"pytest", "hypothesis", "autograd", "playwright", "ruff", "mypy"} <= names("requirements-dev.txt")


def test_this_python_is_one_that_the_readme_names():
    low, high = re.findall(r"3\.(\d+) to 3\.(\d+)", README)[0]
    assert int(low) <= sys.version_info.minor <= int(high)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert settings["tool"]["ruff"]["target-version"] == f"py3{low}"
    assert settings["tool"]["mypy"]["python_version"] == f"3.{low}"
