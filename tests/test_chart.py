"""The component that shows a figure: what a browser says of it, and the file of plotly.js that it needs."""

import math
from pathlib import Path

import pytest

from ui.chart import vendor
from ui.chart.chart import of_browser


def test_a_click_comes_from_a_browser_and_may_be_anything():
    assert of_browser({"picked": {"x": 3, "y": "0.5", "clicks": 1}}) == (3.0, 0.5)
    x, y = of_browser({"picked": {"x": 3, "y": None}}) or (0, 0)
    assert x == 3 and math.isnan(y)  # on no first y axis
    for state in (None, {}, {"picked": None}, {"picked": {"x": "a", "y": 1}}, {"picked": {"x": math.inf, "y": 0}}):
        assert of_browser(state) is None


def test_plotly_js_is_copied_once_and_anew_for_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "vendor" / "plotly.min.js"
    vendor.place(target)
    assert target.stat().st_size > 1_000_000
    assert {path.name for path in target.parent.iterdir()} == {"plotly.min.js", "plotly.min.version"}
    target.write_text("mine")
    vendor.place(target)
    assert target.read_text() == "mine", "copied again"
    monkeypatch.setattr(vendor, "plotly_version", lambda: "0.0")
    vendor.place(target)
    assert target.stat().st_size > 1_000_000


def test_a_server_whose_files_cannot_be_written_says_what_to_do(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "vendor").write_text("a file where the folder would be")
    vendor.place(tmp_path / "vendor" / "plotly.min.js")
    (record,) = caplog.records
    assert "python -m ui.chart.vendor" in record.getMessage()
