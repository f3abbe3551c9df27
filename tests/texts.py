"""What tests of the text page bring to it, and what it tells the browser then."""

import json
from typing import Any

from ui.text.desk import TextDesk
from ui.text.scene import scene

RHYME = "the cat sat on the mat; the rat ate the cat's hat.\n" * 20
SCRIPT = "<script>alert('x')</script> & <img src=x onerror=alert(1)>\n" * 20
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4


def told(s: TextDesk) -> dict[str, Any]:
    """What the picture gets."""
    s.refresh(0)
    return json.loads(scene(s))


def small(text: str = RHYME) -> TextDesk:
    s = TextDesk("a text", text, {"hidden_size": 16})
    s.step()
    s.refresh(0)
    return s
