"""A drawing of each cell as the article has it: x_t comes from below, the state from the left and goes on to the right.

Boxes are a product with the weights, a sum and the function that is named;
round ones multiply or add element by element. A cell without a drawing has its equations alone.
"""

import re
from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

from rnn_core import CELLS
from rnn_core.words import t

WIDTH, HEIGHT = 240, 128
NAMES = {"residual": t("Residual RNN")}  # in place of Cell.title
GATES = {  # each with rows of its own in the weights
    "lstm": t("f, i, o = σ(W_xh x_t + W_hh h_{t−1} + b_h), and g with tanh in place of σ"),
    "gru": "r, z = σ(W_xh x_t + W_hh h_{t−1} + b_h)",
}
HEAD = (
    "<style>.way, .box, .each { fill: none; stroke: currentColor; stroke-width: 1.2 }"
    "text { font: 12px system-ui, sans-serif }</style>"
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker>'
)


def line(*points: tuple[float, float], tip: bool = True) -> str:
    """A line through these points, with an arrow at its end."""
    path = "M" + "L".join(f"{x} {y}" for x, y in points)
    return f'<path class="way" d="{path}"{" marker-end=" + chr(34) + "url(#tip)" + chr(34) if tip else ""}/>'


def box(x: float, y: float, text: str, wide: float = 34) -> str:
    """A product with the weights, a sum, and a function."""
    left = x - wide / 2
    return f'<rect class="box" x="{left}" y="{y - 11}" width="{wide}" height="22" rx="5"/>{word(x, y + 4, text)}'


def each(x: float, y: float, sign: str) -> str:
    """× or + of each unit's numbers."""
    return f'<circle class="each" cx="{x}" cy="{y}" r="9"/>' + word(x, y + 4.5, sign)


def word(x: float, y: float, text: str, anchor: str = "middle") -> str:
    """Text; what stands after _ is set low."""
    name, _, low = escape(text).partition("_")
    under = f'<tspan dy="3" font-size="9">{low}</tspan>' if low else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{name}{under}</text>'


def simple(function: str) -> Sequence[str]:
    return (
        line((28, 52), (92, 52)), line((120, 108), (120, 65)), line((148, 52), (216, 52)), box(120, 52, function, 54),
        line((182, 52), (182, 16)), word(60, 46, "W_hh"), word(126, 90, "W_xh", "start"),
        word(188, 30, "W_hy", "start"), word(120, 122, "x_t"), word(0, 56, "h_t−1", "start"),
        word(WIDTH, 56, "h_t", "end"),
    )  # fmt: skip


def residual() -> Sequence[str]:
    return (
        line((28, 40), (165, 40)), line((183, 40), (216, 40)), each(174, 40, "+"),
        line((48, 40), (48, 82), (88, 82)), box(112, 82, "tanh", 46), line((135, 82), (174, 82), (174, 51)),
        line((112, 114), (112, 95)), word(67, 76, "W_hh"), word(118, 110, "W_xh", "start"),
        word(108, 126, "x_t", "end"), word(0, 44, "h_t−1", "start"), word(WIDTH, 44, "h_t", "end"),
    )  # fmt: skip


def lstm() -> Sequence[str]:
    gates = [(48, "f"), (84, "i"), (122, "g"), (168, "o")]
    return (
        line((28, 22), (39, 22)), line((57, 22), (94, 22)), line((112, 22), (216, 22)), each(48, 22, "×"),
        each(103, 22, "+"), *(box(x, 82, name, 28) for x, name in gates),
        line((28, 108), (168, 108), tip=False), *(line((x, 108), (x, 95)) for x, _ in gates),
        line((168, 120), (168, 108), tip=False), word(174, 124, "x_t", "start"),
        line((48, 71), (48, 33)), line((84, 71), (84, 56), (94, 56)), line((122, 71), (122, 56), (112, 56)),
        each(103, 56, "×"), line((103, 47), (103, 33)), line((190, 22), (190, 47)), each(190, 56, "×"),
        word(196, 40, "tanh", "start"),
        line((168, 71), (168, 56), (179, 56)), line((199, 56), (216, 56)),
        word(0, 26, "c_t−1", "start"), word(0, 112, "h_t−1", "start"), word(WIDTH, 26, "c_t", "end"),
        word(WIDTH, 60, "h_t", "end"),
    )  # fmt: skip


def gru() -> Sequence[str]:
    return (
        line((28, 22), (59, 22)), line((77, 22), (175, 22)), line((193, 22), (216, 22)), each(68, 22, "×"),
        each(184, 22, "+"), box(68, 84, "z", 28), box(112, 84, "r", 28), box(184, 84, "n", 34),
        line((126, 84), (166, 84)),
        line((42, 22), (42, 110), (184, 110), tip=False), *(line((x, 110), (x, 97)) for x in (68, 112, 184)),
        line((68, 73), (68, 33)), line((184, 73), (184, 63)), each(184, 53, "×"), line((184, 44), (184, 33)),
        line((68, 53), (174, 53)), word(126, 48, "1 − z"), line((184, 122), (184, 110), tip=False),
        word(190, 126, "x_t", "start"), word(0, 26, "h_t−1", "start"), word(WIDTH, 26, "h_t", "end"),
    )  # fmt: skip


DRAWINGS: dict[str, Callable[[], Sequence[str]]] = {
    "rnn": lambda: simple("tanh"),
    "rnn-relu": lambda: simple("ReLU"),
    "residual": residual,
    "lstm": lstm,
    "gru": gru,
}


def drawing(name: str) -> str:
    """The cell as HTML: its name, its drawing where there is one, and its equations."""
    cell = CELLS[name]
    title = NAMES.get(name, cell.title)
    lines = [GATES[name]] if name in GATES else []
    lines += [text for text in cell.equation if not re.search(r"(?<!_)\{", text)]
    return (
        f'<figure class="cell"><figcaption>{escape(title)}</figcaption>{svg(name, title)}'
        + "".join(f"<p>{lowered(text)}</p>" for text in lines)
        + "</figure>"
    )


def svg(name: str, title: str) -> str:
    """The drawing as a mask: Streamlit lets no SVG into a page's text, and so it has the page's own colour."""
    if name not in DRAWINGS:
        return ""
    states = CELLS[name].states
    named = t("{first} and {second}", first=states[0], second=states[1]) if len(states) > 1 else states[0]
    label = escape(t(
        "{title}: {states} of the step before and the input go in, the new {states} comes out",
        title=title, states=named
    ))
    parts = "".join(DRAWINGS[name]())
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{HEAD}{parts}</svg>'
    mask = f"url('data:image/svg+xml,{quote(picture)}')"
    return f'<div role="img" aria-label="{label}" style="mask-image: {mask}; -webkit-mask-image: {mask}"></div>'


def lowered(text: str) -> str:
    """An equation with its subscripts set low."""
    return re.sub(r"_(?:\{([^}]*)\}|([\w−]+))", lambda m: f"<sub>{m[1] or m[2]}</sub>", escape(text))
