"""Where a run comes from: the settings of its page beside those of Config, and what it learned from if somebody brought
that.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import NamedTuple

from ui.kept.record import WORD, Value, cut
from ui.run.session import Session
from ui.series.desk import OWN, SeriesDesk
from ui.text.desk import SONNETS, TextDesk


class Origin(NamedTuple):
    """page: its title. settings: of the page alone. data: a text or table of somebody's own; nothing of others."""

    page: str
    settings: Mapping[str, Value] = MappingProxyType({})
    data: bytes = b""


def origin(s: Session) -> Origin:
    """Of what runs on a page."""
    if isinstance(s, TextDesk):
        own = b"" if s.source == SONNETS else s.text.encode()
        return Origin("Text", {"text": cut(s.source, WORD), "characters": len(s.text)}, own)
    if isinstance(s, SeriesDesk):
        parts = asdict(s.parts)
        source = parts.pop("source")
        table = s.table
        if source != OWN:
            return Origin("Series", {"series": source, **parts})
        reading = json.dumps(table.given, separators=(",", ":"))
        return Origin("Series", {"series": cut(table.name, WORD), "reading": reading, **parts}, table.data)
    return Origin("Playground")
