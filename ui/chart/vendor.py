"""plotly.js for the browser: a copy of the installed package's, below static/, so that nothing comes from elsewhere.

    python -m ui.chart.vendor

does the same beforehand, for a server whose files cannot be written (docs/hosting.md).
"""

import logging
import os
import shutil
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from ui import STATIC

TARGET = STATIC / "vendor" / "plotly.min.js"


@cache
def plotly_version() -> str:
    """The version of Plotly's package: another one is another address for the browser."""
    return version("plotly")


def place(target: Path = TARGET) -> None:
    """Copy plotly.js there, unless it is there already: in one go, for another process may do the same."""
    mark = target.with_suffix(".version")
    if target.exists() and mark.exists() and mark.read_text("utf-8") == plotly_version():
        return
    spec = find_spec("plotly")
    assert spec is not None and spec.origin is not None, "Plotly is in requirements.txt"
    made = target.with_suffix(f".{os.getpid()}")
    try:
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(Path(spec.origin).parent / "package_data" / "plotly.min.js", made)
        made.replace(target)
        mark.write_text(plotly_version(), "utf-8")
    except OSError as problem:
        with suppress(OSError):
            made.unlink()
        logging.getLogger(__name__).warning(
            "Charts will be missing: %s could not be written (%s). Run `python -m ui.chart.vendor` where it can.",
            target,
            problem,
        )


if __name__ == "__main__":
    place()
