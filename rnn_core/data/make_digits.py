"""Makes digits.npz from the package scikit-learn: python rnn_core/data/make_digits.py
FOLDER_OF_THE_UNPACKED_PACKAGE.
"""

import sys
from pathlib import Path

import numpy as np


def main(package: Path) -> None:
    """Read the package's digits.csv.gz (1797 rows: 64 pixels from 0 to 16, the class) and write it as small
    integers.
    """
    table = np.loadtxt(package / "datasets" / "data" / "digits.csv.gz", delimiter=",", dtype=np.uint8)
    np.savez_compressed(Path(__file__).with_name("digits.npz"), images=table[:, :64], classes=table[:, 64])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
