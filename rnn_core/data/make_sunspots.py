"""Makes sunspots.csv from the package statsmodels: python rnn_core/data/make_sunspots.py
FOLDER_OF_THE_UNPACKED_PACKAGE.
"""

import sys
from pathlib import Path


def main(package: Path) -> None:
    """The module's sunspots.csv under a heading of our own."""
    _, *rows = (package / "datasets" / "sunspots" / "sunspots.csv").read_text("utf-8").split()
    text = "\n".join(["year,sunspots", *rows]) + "\n"
    Path(__file__).with_name("sunspots.csv").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
