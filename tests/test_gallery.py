"""The gallery's cards: every task has a picture that its own generator drew, in the group of its shape."""

import dataclasses
import json
import re
from xml.etree import ElementTree

import pytest

from rnn_core import SHAPES, TASKS, Config
from rnn_core.tasks.guides import GUIDES
from tests.every import every
from tests.visiting import undisturbed, visit, whole
from ui.gallery.gallery import IN_AND_OUT, cards
from ui.gallery.thumbnails import HEIGHT, RIBBON, STYLE, WIDTH, drawn, example, thumbnail

__all__ = ["undisturbed"]  # a fixture that is used here as well
ROLES = {"in": {"in", "read", "strip"}, "out": {"out", "said"}}


def parts(svg: str) -> list[tuple[str, dict[str, str], str]]:
    """Each element's class, attributes and text. Raises ParseError for what is no XML."""
    return [(e.get("class") or "", dict(e.attrib), e.text or "") for e in ElementTree.fromstring(svg).iter()][1:]


def count(svg: str, *roles: str) -> int:
    return sum(role in roles for role, _, _ in parts(svg))


@every(task=TASKS)
def test_every_task_has_a_picture_of_inputs_states_and_outputs(task: str):
    svg = thumbnail(task)
    assert all(count(svg, *names) >= 1 for names in ROLES.values())
    assert count(svg, "cell") >= 1
    assert len(svg) < 12_000
    assert not re.search(r"nan|inf", re.sub(r">[^<]*<", "><", svg).replace('class="in"', ""))
    assert {role for role, _, _ in parts(svg) if role} <= set(re.findall(r"\.(\w+) \{", STYLE))


@every(task=TASKS)
def test_a_picture_stays_inside_its_frame(task: str):
    for _, a, _ in parts(thumbnail(task)):
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", a.get("d", ""))] if a.get("class") != "ink" else []
        xs, ys = numbers[::2], numbers[1::2]
        if "width" in a:
            xs += [float(a["x"]), float(a["x"]) + float(a["width"])]
            ys += [float(a["y"]), float(a["y"]) + float(a["height"])]
        assert all(0 <= x <= WIDTH for x in xs)
        assert all(0 <= y <= HEIGHT for y in ys)


@every(task=TASKS)
def test_what_stands_in_a_picture_is_what_the_generator_drew(task: str):
    one = example(TASKS[task])
    words = {*one.inputs, *one.targets, "⋯"}
    spoken = "".join(one.inputs).replace("␣", " "), " ".join(one.inputs), "".join(one.targets)
    for _, _, text in parts(thumbnail(task)):
        assert not text or text in words or any(text.rstrip("…") in said for said in spoken)


@every(task=TASKS)
def test_a_picture_shows_its_shape(task: str):
    svg, shape = thumbnail(task), TASKS[task].shape
    assert (count(svg, "cell") == 1) == (shape == "one-to-one")
    if shape in ("one-to-one", "one-to-many"):
        assert count(svg, *ROLES["in"]) == 1
    if shape in ("one-to-one", "many-to-one"):
        assert count(svg, *ROLES["out"]) == 1


def test_a_stranger_is_drawn_too_and_its_letters_are_no_markup():
    letters = tuple(f"<{c}>" for c in "abcde")
    task = dataclasses.replace(
        TASKS["echo"], name="mine", read=lambda x: letters[int(x.argmax())], symbols=lambda c: letters
    )
    svg = drawn(dataclasses.replace(task, name="echo"))
    assert "&lt;a&gt;" in svg or "&lt;b&gt;" in svg
    assert any(text in letters for _, _, text in parts(svg))
    long = dataclasses.replace(TASKS["echo"], read=lambda x: "wonderful")
    assert any(len(text) == RIBBON and text.endswith("…") for _, _, text in parts(drawn(long)))


def test_a_task_that_cannot_be_drawn_is_named():
    def never(*_: object) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="echo draws nothing at the lengths 6, "):
        drawn(dataclasses.replace(TASKS["echo"], draw=never))  # type: ignore[arg-type]


def test_every_task_stands_once_in_the_group_of_its_shape_with_its_question():
    told = json.loads(cards("adding"))
    assert told["now"] == "adding"
    assert [group["title"] for group in told["shapes"]] == [shape.title for shape in SHAPES.values()]
    shown = {card["name"]: (group["title"], card) for group in told["shapes"] for card in group["cards"]}
    assert sorted(shown) == sorted(TASKS)
    for name, (group, card) in shown.items():
        task = TASKS[name]
        assert group == SHAPES[task.shape].title
        assert card["title"] == task.title
        assert card["question"] == task.question(Config(task=name, **task.defaults))  # type: ignore[arg-type]
        assert card["svg"] == thumbnail(name)
        assert GUIDES[name].breaks[1:] in card["guide"] and card["keywords"] == GUIDES[name].keywords
    assert set(told["start"]) <= set(TASKS) and told["start"]["latch"]


def test_the_sidebars_card_shows_what_was_just_chosen():
    app = visit()
    whole(app.selectbox(key="task").set_value("adding").run())
    (shown,) = [e.proto.bytes for e in app.sidebar.get("bidi_component") if e.proto.bytes.startswith(b'{"now"')]
    assert json.loads(shown)["now"] == "adding"


def test_every_shape_has_its_sentences():
    assert list(IN_AND_OUT) == list(SHAPES)
    assert sum(len(cards(task)) for task in ("adding",)) < 200_000  # one message, which the browser keeps
