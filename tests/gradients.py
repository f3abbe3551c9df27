"""What the tests of the Gradients page share: a small run, and what a section shows of it without a browser."""

import json
import re
from typing import Any

from rnn_core import Config
from ui.chart.chart import message
from ui.gradients import past
from ui.gradients.page import PARTS, made
from ui.gradients.picture import Picture
from ui.gradients.settings import SECTIONS, Look, fields_of
from ui.run.session import Session

OF_RUN = [section for section in SECTIONS if PARTS[section].of_run]
SMALL: dict[str, Any] = {"task": "temporal-order", "cell": "rnn", "hidden_size": 5, "length": 10, "batch_size": 4}


def pictures(s: Session, section: str, **chosen: Any) -> dict[str, Picture]:
    """What a section shows of a run, by name, without a browser."""
    values = {name: field.default for name, field in fields_of(s).items()} | {"at": past.NOW} | chosen
    return {picture.name: picture for picture in made(s, Look(), values | {"section": section})}


def run_of(steps: int = 2, **config: Any) -> Session:
    s = Session(Config(**SMALL | config), recorded=True)
    for _ in range(steps):
        s.step()
    return s


def traces(picture: Picture) -> dict[str, Any]:
    assert picture.figure is not None, picture.look
    return {trace.name: trace for trace in picture.figure.data if trace.name}


def sound(found: dict[str, Picture]) -> None:
    """Every number finite on the screen, every picture with its sentences and its table."""
    for picture in found.values():
        words = f"{picture.title} {picture.look} {picture.caution}"
        assert not re.search(r"\b(nan|inf|None)\b", words), words
        assert picture.look.endswith((".", ".)")), picture.look
        if picture.figure is not None:
            json.dumps(message(picture.figure, words), allow_nan=False)
            assert picture.caution and picture.table, picture.name
        assert len({len(column) for column in picture.table.values()}) <= 1, picture.name
