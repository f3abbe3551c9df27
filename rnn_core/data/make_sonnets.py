"""Makes sonnets.txt from the package shakespeare: python rnn_core/data/make_sonnets.py
FOLDER_OF_THE_UNPACKED_SOURCE.
"""

import sys
from pathlib import Path


def main(package: Path) -> None:
    """The 154 sonnets with their numbers; without the title, and without spaces at the ends of lines."""
    text = (package / "shksprdata" / "texts" / "sonnets_gut.txt").read_text("utf-8")
    lines = [line.rstrip() for line in text.splitlines()]
    kept = "\n".join(lines[lines.index("I") :]).rstrip() + "\n"
    Path(__file__).with_name("sonnets.txt").write_text(kept, "utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
