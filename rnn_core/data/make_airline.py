"""Makes airline.csv from the package aeon: python rnn_core/data/make_airline.py FOLDER_OF_THE_UNPACKED_PACKAGE."""

import sys
from pathlib import Path


def main(package: Path) -> None:
    """The package's Airline.csv, its heading in lower case."""
    heading, *rows = (package / "datasets" / "data" / "Airline" / "Airline.csv").read_text("utf-8").split()
    text = "\n".join([heading.lower(), *rows]) + "\n"
    Path(__file__).with_name("airline.csv").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
