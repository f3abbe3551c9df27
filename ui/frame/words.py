"""What the browser's part translates with (static/words.js): Python sends it, once a page."""

from functools import cache
from gettext import GNUTranslations
from typing import Any

from rnn_core.words import catalogue

NUMBERS = 200  # a rule for plurals knows a larger number by its last two digits


@cache
def words() -> dict[str, Any] | None:
    """messages: by the English one, of plural ones a list of their forms; form (200,): the form that each number takes.
    None where all is English.
    """
    result = catalogue("browser")
    if not isinstance(result, GNUTranslations):
        return None
    messages: dict[str, Any] = {}
    kept = vars(result)  # gettext has no other way to go through all of them
    for key, message in sorted(kept["_catalog"].items(), key=str):
        if key and isinstance(key, str):  # "": of the file itself
            messages[key] = message
        elif key:
            messages.setdefault(key[0], []).append(message)
    return {"messages": messages, "form": [int(kept["plural"](number)) for number in range(NUMBERS)]}
