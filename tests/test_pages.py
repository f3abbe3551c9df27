"""Every page as Streamlit runs it, without a browser: what stands there, and what its buttons do."""

import re
import tomllib
from html import escape

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import CELLS, SHAPES, TASKS, Config
from tests.engine.small import ALL_CELLS, of_shape, paired
from tests.visiting import PAGES, ROOT, boards, html, press, session, undisturbed, visit, whole
from ui.playground.words import way_back
from ui.run.governor import Playing
from ui.run.session import SPEEDS, Session

__all__ = ["undisturbed"]  # a fixture that is used here as well

WILD = {"cell": "rnn-relu", "learning_rate": "10", "clip": "none"}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands(page: str):
    assert not visit(page).warning


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_at_its_end_that_its_run_is_complete_and_which_films_it_sent(page: str):
    app = visit(page)
    for run in (1, 2):
        said = [element.proto.body for element in app.main.get("html")][-1]
        numbers, films = re.findall(r'data-run="(\d+)" data-films="([\d ]*)"', said)[0]
        assert int(numbers) == run
        assert films == " ".join(map(str, sent(app, page)))
        whole(app.run())


def sent(app: AppTest, page: str) -> list[int]:
    """The numbers of the films that a page's pictures got."""
    mounts = [element.proto for element in app.main.get("bidi_component")]
    if page == "shapes":
        (films,) = [proto.bytes for proto in mounts if proto.bytes and proto.bytes[:1] != b"{"]
        return [int(film) for film in re.findall(rb'"film":(\d+)', films)]
    films = [int(film) for proto in mounts for film in re.findall(rb'"film":(\d+)', proto.bytes)]
    return sorted(set(films)) if page in ("gradients", "compare") else films  # one, in every picture


def test_every_page_is_in_the_table():
    source = (ROOT / "ui/frame/navigation.py").read_text("utf-8")
    assert all(f'"{page}.py"' in source for page in PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_goes_through_the_frame_before_it_asks_for_the_session(page: str):
    source = (ROOT / f"pages/{page}.py").read_text("utf-8")
    asks = next(ask for ask in ("session()\n", "desk()\n", "together()\n", "race()\n") if ask in source)
    assert source.index("\nthrough_the_frame()\n") < source.index(asks)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_task_and_cell_plays(shape: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Session, "slice", lambda self: 60.0)  # seconds: no machine is too slow for five steps
    app = visit(speed="steady", hidden_size="4")
    s = session(app)
    for task, cell in paired(of_shape(shape), ALL_CELLS):
        whole(app.selectbox(key="task").set_value(task).run())
        app.selectbox(key="cell").set_value(cell)
        press(app, "play")
        assert (s.config.task, s.config.cell) == (task, cell)
        assert s.playing
        assert s.run.trainer.step > 0
        assert s.run.trainer.step % 5 == 0  # so many a tick at this speed
        assert escape(TASKS[task].question(s.config)) in html(app)
        assert f"{TASKS[task].baseline(s.config).loss:.3g}" in html(app)
        (film,) = boards(app)
        assert film.startswith(b"URF")
        assert ("write" in [button.key for button in app.button]) == (TASKS[task].writing is not None), task
        press(app, "play")


def test_a_link_may_start_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Session, "slice", lambda self: 60.0)
    s = session(visit(task="adding", cell="lstm", autoplay="true", speed="steady"))
    assert (s.config.task, s.config.cell) == ("adding", "lstm")
    assert s.playing and s.run.trainer.step == 5


def test_a_visitor_who_does_not_play_trains_nothing_and_sets_no_timer():
    app = visit()
    whole(app.run())
    assert session(app).run.trainer.step == 0
    assert session(app).film == 1  # and nothing is drawn anew


def test_the_way_back_is_told_with_every_state_that_h_goes_into():
    for name, cell in CELLS.items():
        assert (r"\partial c_{t+1}" in way_back(cell)) == ("c" in cell.states), name
        assert r"\partial h_{t+1}" in way_back(cell)


def test_a_fresh_server_never_shows_the_names_of_files():
    assert tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["client"]["showSidebarNavigation"] is False


def test_a_projector_gets_a_line_of_the_task_the_transport_and_the_board_alone():
    app = visit(presentation="true")
    assert TASKS["echo"].title in html(app) and "Baseline" not in html(app) and boards(app) and app.button(key="play")
    assert "Baseline" in html(visit(presentation="no"))


def test_step_takes_exactly_one():
    app = visit()
    for step in (1, 2, 3):
        press(app, "step")
        assert session(app).run.trainer.step == step
        whole(app.run())
        assert session(app).run.trainer.step == step
    assert not session(app).playing


def test_play_is_one_button_whose_label_changes():
    app = visit(speed="slow")
    assert app.button(key="play").label == "Play"
    press(app, "play")
    assert app.button(key="play").label == "Pause"
    press(app, "play")
    assert app.button(key="play").label == "Play"
    taken = session(app).run.trainer.step
    whole(app.run())
    assert session(app).run.trainer.step == taken > 0


def test_a_tick_too_soon_after_another_trains_nothing():
    s = Session(Config(hidden_size=2))
    s.play()
    s.tick(100.0)
    film, step = s.film, s.run.trainer.step
    s.tick(100.0 + 0.3 * s.pace.period)
    assert (s.film, s.run.trainer.step) == (film, step)
    s.tick(100.0 + s.pace.period)
    assert s.film == film + 1
    assert s.run.trainer.step > step


@pytest.mark.parametrize(("speed", "rate"), [(name, rate) for name, rate in SPEEDS.items() if rate and name != "story"])
def test_a_slow_speed_takes_its_few_steps_a_second(speed: str, rate: int):
    s = Session(Config(hidden_size=2))
    s.play()
    s.speed = speed
    moment = 0.0
    for _ in range(20):
        s.tick(moment)
        moment += s.pace.period
    assert s.run.trainer.step == pytest.approx(rate * moment, rel=0.1)


def test_reset_goes_back_to_the_same_start():
    app = visit()
    start = session(app).run.last.loss
    press(app, "step")
    press(app, "reset")
    s = session(app)
    assert (s.run.trainer.step, s.playing, s.run.last.loss) == (0, False, start)


@pytest.mark.parametrize("page", PAGES)
def test_only_the_playground_shows_its_controls(page: str):
    app = visit(page)
    drawn = {widget.key for widget in (*app.sidebar.selectbox, *app.sidebar.slider, *app.sidebar.select_slider)}
    assert bool(drawn & {*Config.fields()}) == (page == "playground")


def test_another_page_and_back_keeps_run_settings_and_address_and_pauses(monkeypatch: pytest.MonkeyPatch):
    playing = Playing()
    monkeypatch.setattr("ui.run.plays.PLAYING", playing)
    app = visit(autoplay="true", speed="slow", task="adding", hidden_size="8", layers="2")
    s, address = session(app), dict(app.query_params)
    assert s.playing
    assert playing.tick("another", 0.0, 1e9) == 2
    app.switch_page(str(ROOT / "pages/about.py")).run()
    taken = s.run.trainer.step
    whole(app.run())
    assert session(app) is s
    assert not s.playing
    assert playing.tick("another", 0.0, 1e9) == 1  # the governor shares nothing with it
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    assert session(app) is s
    assert (s.restarts, s.run.trainer.step) == (1, taken)
    assert (app.selectbox(key="task").value, app.slider(key="hidden_size").value) == ("adding", 8)
    assert s.config == Config(**{"task": "adding", **TASKS["adding"].defaults, "hidden_size": 8, "layers": 2})
    assert dict(app.query_params) == address
    assert app.button(key="play").label == "Play"


def test_a_divergence_is_said_and_offers_exactly_two_ways_on():
    app = visit(**WILD, autoplay="true", speed="full")
    s = session(app)
    assert s.run.trainer.diverged
    assert not s.playing
    main = [button.label for button in app.main.button]
    assert main == [f"Clip and continue from step {s.run.trainer.sound_step}", "Reset"]
    assert f"in step {s.run.trainer.diverged.step}, " in html(app)
    assert "became infinite or NaN" in html(app)
    press(app, "continue")
    assert (s.config.clip, s.config.clip_threshold, s.config.learning_rate) == ("norm", 1.0, 0.01)
    assert app.select_slider(key="learning_rate").value == 0.01
    assert app.button_group(key="clip").value == "norm"
    assert s.playing
    assert s.run.trainer.diverged is None
    assert s.run.trainer.step > 0
    assert "left the finite" not in html(app)


def test_reset_after_a_divergence():
    app = visit(**WILD)
    while not session(app).run.trainer.diverged:
        press(app, "step")
    press(app, "reset")
    assert session(app).run.trainer.diverged is None
    assert app.button(key="play").label == "Play"


@pytest.mark.parametrize("cell", CELLS)
def test_about_shows_the_engines_own_code_and_checks_its_gradients(cell: str):
    app = visit("about", cell=cell, hidden_size="3", length="5")
    shown = "\n".join(block.value for block in app.code)
    assert "def unroll(" in shown
    assert "def backpropagate(" in shown
    assert f"def {CELLS[cell].forward.__name__}(" in shown
    press(app, "check")
    assert len(app.table) == 1
    assert any("agree" in text.value and "do not" not in text.value for text in app.markdown)


def test_the_unexpected_is_one_sentence_and_a_way_out(monkeypatch: pytest.MonkeyPatch):
    app = visit()

    def broken(self: Session) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(Session, "step", broken)
    app.button(key="step").click().run()
    assert not app.exception
    assert "Something went wrong" in app.warning[0].value
    assert "nobody thought of this" not in app.warning[0].value
    monkeypatch.undo()
    press(app, "start-over")
    assert session(app).run.trainer.step == 0


def test_a_tick_that_breaks_is_caught_too(monkeypatch: pytest.MonkeyPatch):
    app = visit()
    monkeypatch.setattr(Session, "shown", lambda self, screen, now: 1 / 0)
    app.run()
    assert not app.exception
    assert "Something went wrong" in app.warning[0].value
