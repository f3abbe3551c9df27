"""static/board/film.d.ts says what a film's header and arrays are: what Python packs and what the browser reads
are held to it.
"""

import re
from functools import cache
from typing import Any

from rnn_core import Trainer
from rnn_core.analysis.dissection import dissect
from rnn_core.cells import CELLS
from rnn_core.snapshot import Divergence
from tests.test_film import unpack
from tests.test_slow import ALL
from ui import STATIC
from ui.board import film, slow
from ui.board.film import Choice

TOLD = (STATIC / "board" / "film.d.ts").read_text("utf-8").replace("Record<string, any>", "object")
FIELD = re.compile(r"^  (?:\[\w+: `(\w+) \$\{string\}`\]|(\w+)): (.+);$", re.M)  # a name, or the first word of several
SCHEMA = {
    part: {f"{several} *" if several else name: kind for several, name, kind in FIELD.findall(body)}
    for part, body in re.findall(r"^interface (\w+) \{\n(.*?)^\}$", TOLD, re.M | re.S)
}
HEADERS, ARRAYS = ("Header", "StepHeader"), ("FilmArrays", "StepArrays", "StillArrays")
WEIGHTS = {"W_hy", "b_y", *(name for cell in CELLS.values() for name in cell.weights)}
WEIGHT = re.compile(rf"(decoder_)?({'|'.join(WEIGHTS)})(_\d)?")


def kind(value: Any) -> str:
    """TypeScript's word for it; of a list that of its elements."""
    if isinstance(value, list):
        kinds = sorted({kind(each) for each in value})
        return (f"({' | '.join(kinds)})" if len(kinds) > 1 else kinds[0]) + "[]"
    names = {bool: "boolean", int: "number", float: "number", str: "string", dict: "object", type(None): "null"}
    return names[type(value)]


def fits(value: Any, told: str) -> bool:
    if value == []:
        return told.endswith("[]")
    return kind(value) in ([told] if told.startswith("(") else told.split(" | "))


@cache
def packed() -> list[tuple[str, dict[str, Any], set[str]]]:
    """Films of every task, cell and kind of run: which header, what is in it, the arrays' names."""
    found = []
    for config in ALL:
        trainer = Trainer(config)
        last, step = trainer.advance(2), None
        for playing in (True, False):
            seen = Choice(show=trainer.network.cell.states[-1])
            told = {"film": 1, "run": 1, "playing": playing, "period": 0.5, "params": trainer.params, "choice": seen,
                    "dh_last": last.dh_norm if playing else None}
            found.append(("Header", *unpack(film.pack(config, [last], trainer.history, **told))))  # type: ignore[arg-type]
        last, step = dissect(trainer)
        assert step
        found.append(("StepHeader", *unpack(slow.pack(step, last, trainer.task, film=1, run=1))))
    return [(part, header, set(arrays)) for part, header, arrays in found]


def named(name: str) -> str:
    """As the schema has it."""
    return f"{name.partition(' ')[0]} *" if " " in name else name


def test_every_header_and_every_array_is_as_the_schema_says():
    for part, header, arrays in packed():
        told = SCHEMA["Header"] | SCHEMA[part]
        wrong = {name: value for name, value in header.items() if name not in told or not fits(value, told[name])}
        assert not wrong, (part, wrong)
        known = {*SCHEMA["FilmArrays"], *SCHEMA["StepArrays" if part == "StepHeader" else "StillArrays"]}
        assert not {name for name in arrays if named(name) not in known and not WEIGHT.fullmatch(name)}
        assert not arrays & header.keys(), "an array would take the place of a header's field"


def test_nothing_in_the_schema_is_missing_in_all_films():
    headers = {name for _, header, _ in packed() for name in header}
    arrays = {named(name) for _, _, names in packed() for name in names}
    assert headers == {name for part in HEADERS for name in SCHEMA[part]}
    assert arrays >= {name for part in ARRAYS for name in SCHEMA[part]}


def test_a_film_of_a_run_that_diverged_has_the_same_header():
    trainer = Trainer(ALL[0])
    last = trainer.advance(2)
    gone = last.__class__(**{**vars(last), "diverged": Divergence("loss", 2, 1)})
    header, _ = unpack(film.pack(trainer.config, [gone], trainer.history, film=1, run=1, playing=False, period=0))
    assert fits(header["diverged"], SCHEMA["Header"]["diverged"]) and header["diverged"]


def scripts() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(STATIC.rglob("*.js")) if "vendor" not in path.parts)


def test_no_field_travels_for_nothing():
    words = set(re.findall(r"\w+", re.sub(r"//.*", "", scripts())))
    assert not {name.partition(" ")[0] for part in SCHEMA.values() for name in part} - words


def test_the_browser_reads_no_field_that_is_not_there():
    plain = {name for part in SCHEMA.values() for name in part if " " not in name}  # with what unpack.js makes
    read = set(re.findall(r"\bfilm\.([A-Za-z_]+)\b(?!\()", re.sub(r"//.*", "", scripts())))
    assert not {name for name in read - plain if not WEIGHT.fullmatch(name)}
