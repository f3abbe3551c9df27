"""The five shapes' page: five runs that play as one, cost what one costs, and go on in the playground."""

import json
import struct

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import SHAPES, TASKS, Config
from tests.visiting import ROOT, press, session, undisturbed, visit, whole
from ui.controls.controls import MAIN, MORE
from ui.gallery.gallery import IN_AND_OUT
from ui.gallery.thumbnails import thumbnail
from ui.run.governor import LEAST, Playing, pace
from ui.run.session import Session
from ui.run.together import Together
from ui.shapes.shapes import CARDS, SHOWN, cards, config

__all__ = ["undisturbed"]  # a fixture that is used here as well


def five(app: AppTest) -> Together:
    together: Together = app.session_state["together"]
    return together


def steps(app: AppTest) -> list[int]:
    return [run.run.trainer.step for run in five(app).runs.values()]


def unpacked(data: bytes) -> list[bytes]:
    """The films that stand in one another's row."""
    found = []
    while data:
        (length,) = struct.unpack_from("<I", data)
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found


def sent(app: AppTest) -> dict[str, bytes]:
    """What the page's two mounts got: the cards, and the films."""
    protos = [e.proto for e in app.main.get("bidi_component") if e.proto.component_name == "unrolled_shapes"]
    return {"cards" if p.bytes.startswith(b"{") else "films": p.bytes for p in protos}


def test_every_shape_has_a_task_of_its_own_with_that_tasks_defaults():
    assert list(SHOWN) == list(SHAPES)
    for shape, own in SHOWN.items():
        task = TASKS[str(own["task"])]
        assert task.shape == shape
        wanted = {**task.defaults, **own}
        assert config(shape) == Config(**wanted)  # type: ignore[arg-type]


def test_every_shape_has_its_card_with_title_sentence_and_picture():
    told = json.loads(cards())["shapes"]
    assert [card["name"] for card in told] == list(SHAPES)
    for card in told:
        task = config(card["name"]).task
        assert (card["title"], card["words"]) == (SHAPES[card["name"]].title, IN_AND_OUT[card["name"]])
        assert (card["task"], card["svg"]) == (TASKS[task].title, thumbnail(task))


def test_the_page_shows_five_films_and_stands_still():
    app = visit("shapes")
    films = unpacked(sent(app)["films"])
    assert len(films) == len(SHAPES)
    assert all(film.startswith(b"URF") and len(film) % 4 == 0 for film in films)
    assert sent(app)["cards"] == cards()
    whole(app.run())
    assert steps(app) == [0] * len(SHAPES)
    assert unpacked(sent(app)["films"]) == films


def test_one_button_plays_all_of_them_and_pauses_all_of_them(undisturbed: Playing):
    app = press(visit("shapes"), "play")
    assert app.button(key="play").label == "Pause"
    assert all(step > 0 for step in steps(app))
    assert undisturbed.tick("another", 0.0, 1e9) == 2  # five runs are one visitor
    press(app, "play")
    taken = steps(app)
    whole(app.run())
    assert (app.button(key="play").label, steps(app)) == ("Play", taken)
    assert undisturbed.tick("another", 0.0, 1e9) == 1
    press(app, "reset")
    assert steps(app) == [0] * len(SHAPES)


def test_all_five_share_one_slice(monkeypatch: pytest.MonkeyPatch):
    spent: list[float] = []
    monkeypatch.setattr(Session, "train", lambda self: spent.append(self.pace.slice))
    together = Together({shape: config(shape) for shape in SHOWN})
    together.play()
    together.tick(0.0)
    assert len(spent) == len(SHAPES)
    assert sum(spent) == pytest.approx(pace(1).slice)
    together.tick(0.1)  # too soon
    assert len(spent) == len(SHAPES)


def test_in_a_class_where_a_slice_is_short_they_take_turns(undisturbed: Playing, monkeypatch: pytest.MonkeyPatch):
    trained: list[str] = []
    monkeypatch.setattr(Session, "train", lambda self: trained.append(self.name))
    together = Together({shape: config(shape) for shape in SHOWN})
    for k in range(29):
        undisturbed.tick(f"visitor {k}", 0.0, 1e9)
    together.play()
    moment = 0.0
    for tick in range(1, len(SHAPES) + 1):
        together.tick(moment)
        moment += together.pace.period
        assert len(trained) <= tick * max(1, int(together.pace.slice / LEAST))
    assert len(set(trained)) == len(SHAPES)


def test_a_film_that_is_the_same_is_not_packed_again():
    together = Together({shape: config(shape) for shape in SHOWN})
    first = unpacked(together.packed())
    next(iter(together.runs.values())).step()
    second = unpacked(together.packed())
    assert [a is b or a == b for a, b in zip(first, second, strict=True)] == [False, True, True, True, True]


def test_another_page_pauses_them_and_back_they_stand_where_they_were():
    app = press(visit("shapes"), "play")
    whole(app.switch_page(str(ROOT / "pages/about.py")).run())
    taken = steps(app)
    assert not five(app).playing
    whole(app.switch_page(str(ROOT / "pages/shapes.py")).run())
    assert steps(app) == taken
    assert app.button(key="play").label == "Play"


@pytest.mark.parametrize("shape", ["one-to-one", "encoder-decoder"])
def test_a_card_opens_its_run_in_the_playground_at_the_same_step(shape: str):
    app = visit(cell="lstm", hidden_size="5", layers="2")
    whole(app.switch_page(str(ROOT / "pages/shapes.py")).run())
    press(app, "play")
    press(app, "play")
    run = five(app).runs[shape]
    taken, weights = run.run.trainer.step, run.run.trainer.theta.copy()
    five(app).to_open = shape
    whole(app.run())
    s = session(app)
    assert s.config == config(shape)
    assert (s.run.trainer.step, s.playing) == (taken, False)
    assert (s.run.trainer.theta == weights).all()
    assert "comes from Shapes" in app.sidebar.caption[0].value
    drawn = {w.key: w.value for w in (*app.selectbox, *app.slider, *app.select_slider, *app.number_input)}
    assert {name: drawn[name] for name in (*MAIN, *MORE) if name in drawn} == {
        name: getattr(s.config, name) for name in (*MAIN, *MORE) if name in drawn
    }
    app.switch_page(str(ROOT / "pages/playground.py")).run()  # where the browser is by now
    press(app, "step")
    assert s.run.trainer.step == taken + 1
    assert (run.run.trainer.step, (run.run.trainer.theta == weights).all()) == (taken, True)  # a copy went on
    assert run.run.trainer.advance().loss == s.run.last.loss  # to the very same numbers


def test_every_cards_run_goes_on_in_the_playground_to_the_very_same_numbers():
    together = Together({shape: config(shape) for shape in SHOWN})
    for shape, run in together.runs.items():
        run.step()
        playground = Session(Config(cell="lstm", hidden_size=5, layers=2))
        playground.continue_with(run.run.save(), "from Shapes")
        assert (playground.config, playground.run.trainer.step, playground.playing) == (config(shape), 1, False)
        playground.step()
        assert run.run.trainer.step == 1  # a copy went on
        assert run.run.trainer.advance().loss == playground.run.last.loss, shape


def test_a_run_that_plays_pauses_first_and_then_goes_on_playing_in_the_playground():
    app = press(visit("shapes"), "play")
    five(app).to_open = "many-to-many"
    whole(app.run())
    assert app.button(key="play").label == "Play"  # and no timer
    assert not session(app).playing
    taken = five(app).runs["many-to-many"].run.trainer.step
    five(app).to_open = "many-to-many"  # the browser asks again
    whole(app.run())
    assert session(app).config == config("many-to-many")
    assert session(app).playing
    assert session(app).run.trainer.step > taken
    assert not five(app).playing


def test_a_card_is_asked_for_until_the_page_is_left_and_no_longer(monkeypatch: pytest.MonkeyPatch):
    """Under load another run of the page may come between the press and the other page: then its way there is lost."""
    app = press(visit("shapes"), "play")
    five(app).to_open = "many-to-one"
    whole(app.run())
    five(app).to_open = "many-to-one"
    with monkeypatch.context() as patch:
        patch.setattr("ui.shapes.shapes.st.switch_page", lambda *page, **more: None)
        whole(app.run())
    assert five(app).to_open == "many-to-one"
    whole(app.run())
    assert session(app).config == config("many-to-one") and session(app).playing
    whole(app.switch_page(str(ROOT / "pages/shapes.py")).run())
    whole(app.run())
    assert (five(app).to_open, five(app).goes_on) == ("", False)
    assert app.button(key="play").label == "Play" and not session(app).playing


def test_the_cards_key_is_none_of_the_other_mounts():
    assert CARDS not in ("films", "board", "gallery")
