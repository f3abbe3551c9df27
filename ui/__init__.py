"""All that imports Streamlit. Every page imports from here first, before NumPy is loaded."""

import os
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"  # the browser's part

# One BLAS thread: these matrices are small, and with a class on the server a second thread only waits for the first
# (32 units, 2 busy cores: a step took up to 4 times as long with two threads).
for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
