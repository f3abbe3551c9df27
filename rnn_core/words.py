"""Words that a person reads, in the language of this process: English is the key, a catalogue of gettext's the rest.

UNROLLED_LANGUAGE names a folder of locale/ in which LC_MESSAGES/unrolled.mo is; without it, or without a catalogue
there, English. docs/languages.md says how one is made. A message has named places, "step {step}", which are filled once
it is translated: what stands in braces and is no value's name stays, so that LaTeX may be in it.
"""

import gettext
import os
import re
from pathlib import Path

ENGLISH = "en"
LANGUAGE = os.environ.get("UNROLLED_LANGUAGE", ENGLISH)
LOCALE = Path(__file__).parents[1] / "locale"
PLACE = re.compile(r"\{(\w+)\}")


def catalogue(domain: str, language: str = LANGUAGE) -> gettext.NullTranslations:
    """What translates the messages of a domain, "unrolled" or the browser's; what leaves all as it is where there is no
    catalogue.
    """
    file = LOCALE / language / "LC_MESSAGES" / f"{domain}.mo"
    if not file.is_file():
        return gettext.NullTranslations()
    with file.open("rb") as opened:
        return gettext.GNUTranslations(opened)


WORDS = catalogue("unrolled")


def t(message: str, /, **values: object) -> str:
    """The message, translated, its places filled with values."""
    return fill(WORDS.gettext(message) if message else "", values)


def plural(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for one thing or for many; {count} is the number, with commas, if the values have no other."""
    return fill(WORDS.ngettext(one, many, count), {"count": f"{count:,}", **values})


def fill(message: str, values: dict[str, object]) -> str:
    return PLACE.sub(lambda place: str(values.get(place[1], place[0])), message) if values else message
