"""For every test: English, and one BLAS thread, as in the app, set before NumPy is loaded. Two test processes with two
threads each on two cores wait for one another: some tests took fifty times as long.
"""

import os

os.environ.pop("UNROLLED_LANGUAGE", None)

import ui  # noqa: F401
