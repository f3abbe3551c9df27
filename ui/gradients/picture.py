"""A picture with what belongs to it: what to look for in these numbers, what not to conclude, and the numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from re import sub
from typing import Any

import pandas as pd
import streamlit as st

from rnn_core.words import t
from ui.chart.chart import chart
from ui.figures.house import Figure
from ui.gradients.settings import PREFIX, Look
from ui.run.session import Session

HEIGHT = 340
MANY = 6  # weight matrices, of which a picture is as tall as others


@dataclass(frozen=True)
class Picture:
    """name: for its key and its file. look: a sentence with these numbers; caution: what cannot be concluded.
    figure None: there is none for this run, and look says why. table: its numbers, columns by name. pick(x, y): the
    settings that a click at a point of the figure asks for. points: whether its x are training steps, which the board
    follows. below: HTML under the words. costly: while the run plays it is made anew only where it is seen.
    """

    name: str
    title: str
    figure: Figure | None
    look: str
    caution: str = ""
    table: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    height: int = HEIGHT
    wide: bool = False
    pick: Callable[[float, float], dict[str, Any]] | None = None
    points: bool = False
    below: str = ""
    costly: bool = False


def tall(names: Sequence[str]) -> int:
    """The height of a picture with a row for each weight matrix."""
    return HEIGHT if len(names) <= MANY else 124 + 32 * len(names)


def step_clicked(x: float, y: float) -> dict[str, Any]:
    """A click where x is a time step."""
    return {"t": round(x)}


def refused(name: str, title: str, problem: object) -> Picture:
    """In a picture's place, why there is none."""
    words = str(problem).rstrip(".")
    return Picture(name, title, None, f"{words[0].upper()}{words[1:]}.")


def show(s: Session, view: Look, pictures: Sequence[Picture], period: float | None) -> list[str]:
    """Two in a row, a wide one by itself; tables only while nothing plays -> the keys of the charts."""
    keys, row = [], None
    for picture in pictures:
        if picture.wide or row is None:
            columns = st.columns(1 if picture.wide else 2, gap="medium")
            place, row = columns[0], None if picture.wide else columns[1]
        else:
            place, row = row, None
        with place:
            keys += panel(s, view, picture, period)
    return keys


def panel(s: Session, view: Look, picture: Picture, period: float | None) -> list[str]:
    """One picture -> the key of its chart, if it has one."""
    key = PREFIX + picture.name
    with st.container(gap=None):
        drawn(s, view, picture, key, period)
        if picture.table and s.playing:
            st.html('<p class="waits">' + t("Numbers: when it stands still") + "</p>")
        elif picture.table:
            numbers(picture, key)
    return [key] if picture.figure is not None else []


def drawn(s: Session, view: Look, picture: Picture, key: str, period: float | None) -> None:
    """The title, the chart and the words."""
    st.html(f'<h2 class="pictured">{in_words(picture.title)}</h2>')
    if picture.figure is not None:
        data, pick = {"film": s.film, "step": s.status.step}, picture.pick
        chart(
            picture.figure,
            f"{picture.title}. {picture.look}",
            key=key,
            height=picture.height,
            data=data,
            playing=s.playing,
            period=period or 1.0,
            points=picture.points,
            picked=None if pick is None else lambda x, y: view.picked.update(pick(x, y)),
            sight=(lambda seen: view.sees(picture.name, seen)) if picture.costly else None,
            seen=picture.name not in view.unseen,
        )
    caution = ""
    if picture.caution:
        caution = t("<b>Not to conclude:</b> {caution}", caution=in_words(picture.caution))
        caution = f'<p class="caution">{caution}</p>'
    beside = "" if picture.wide else " beside"
    st.html(f'<div class="seen{beside}"><p>{in_words(picture.look)}</p>{caution}{picture.below}</div>')


def in_words(text: str) -> str:
    """Text as HTML, the index of a symbol of one letter below the line: h_10, W_hh, σ_max, h_{t−1}."""
    return sub(r"\b([a-zA-Zσρ])_(?:\{([^}]+)\}|(\w+))", r"\1<sub>\2\3</sub>", escape(text))


def numbers(picture: Picture, key: str) -> None:
    """The table behind a picture, and the same as a file."""
    with st.expander(t("Numbers")):
        table = pd.DataFrame(picture.table)
        st.dataframe(table, hide_index=True, key=f"{key}-table", height=246)
        st.download_button(
            t("Save as CSV"),
            lambda: table.to_csv(index=False),
            f"unrolled-{picture.name}.csv",
            "text/csv",
            key=f"{key}-csv",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )
