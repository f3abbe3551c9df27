"""What tests of the Series page share: files, and a visitor's desk."""

from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.visiting import whole
from ui.series.desk import SeriesDesk
from ui.series.scene import picture
from ui.series.view import HERE


def desk(app: AppTest) -> SeriesDesk:
    return app.session_state[HERE]


def wave(n: int = 120) -> list[str]:
    rng = np.random.default_rng(1)
    return [f"{50 + 10 * np.sin(2 * np.pi * t / 12) + rng.normal():.3f}" for t in range(n)]


def file(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def months(values: list[str], name: str = "sales") -> bytes:
    return file(f"month;{name}", *(f"{2000 + k // 12}-{k % 12 + 1:02d};{v}" for k, v in enumerate(values)))


def upload(app: AppTest, data: bytes, name: str = "mine.csv") -> AppTest:
    return whole(app.file_uploader[0].set_value((name, data, "text/csv")).run())


def lines(s: SeriesDesk) -> dict[str, Any]:
    """What the picture draws, by the name in its legend."""
    return {trace.name: trace for trace in picture(s).data if trace.name}
