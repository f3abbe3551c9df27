"""Every page as Streamlit runs it, without a browser: what stands there, and what pressing and typing does."""

from html import escape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import CELLS, TASKS, Config
from ui.address import plain
from ui.governor import Playing
from ui.session import SPEEDS, Session

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
WILD = {"cell": "rnn-relu", "learning_rate": "10", "clip": "none"}


@pytest.fixture(autouse=True)
def nobody_else_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.session.PLAYING", Playing())


def visit(page: str = "playground", **address: Any) -> AppTest:
    """A first visit to a page, at this address."""
    app = AppTest.from_string(
        f"import runpy\nrunpy.run_path({str(ROOT / 'app.py')!r}, run_name='__main__')", default_timeout=20
    )
    for name, text in address.items():
        app.query_params[name] = text
    app.run()
    if page != "playground":
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    return whole(app)


def whole(app: AppTest) -> AppTest:
    """The same, after looking that nothing went wrong in it."""
    assert not app.exception
    assert not [button for button in app.button if button.key == "start-over"]
    return app


def session(app: AppTest) -> Session:
    return app.session_state["session"]


def press(app: AppTest, key: str) -> AppTest:
    return whole(app.button(key=key).click().run())


def html(app: AppTest) -> str:
    """What ui/words.py put on the page."""
    return "".join(element.proto.body for element in app.main.get("html"))


def boards(app: AppTest) -> list[bytes]:
    """The films that were handed to the board."""
    protos = [element.proto for element in app.main.get("bidi_component")]
    return [proto.bytes for proto in protos if proto.component_name == "unrolled_board"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands(page: str):
    assert not visit(page).warning


def test_every_page_is_in_the_table():
    source = (ROOT / "ui/navigation.py").read_text("utf-8")
    assert all(f'"{page}.py"' in source for page in PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_goes_through_the_frame_before_it_asks_for_the_session(page: str):
    source = (ROOT / f"pages/{page}.py").read_text("utf-8")
    asks = next(ask for ask in ("session()\n", "desk()\n", "together()\n") if ask in source)
    assert source.index("\nthrough_the_frame()\n") < source.index(asks)


@pytest.mark.parametrize(("task", "cell"), [*((task, "rnn") for task in TASKS), *(("echo", cell) for cell in CELLS)])
def test_every_task_and_cell_plays(task: str, cell: str):
    app = visit(task=task, cell=cell, autoplay="true", speed="steady", hidden_size="4")
    s = session(app)
    assert (s.config.task, s.config.cell) == (task, cell)
    assert s.playing
    assert s.trainer.step > 0
    assert s.trainer.step % 5 == 0  # so many a tick at this speed
    assert escape(TASKS[task].question(s.config)) in html(app)
    assert f"{TASKS[task].baseline(s.config).loss:.3g}" in html(app)
    (film,) = boards(app)
    assert film.startswith(b"URF")


def test_a_visitor_who_does_not_play_trains_nothing_and_sets_no_timer():
    app = visit()
    whole(app.run())
    assert session(app).trainer.step == 0
    assert session(app).film == 1  # and nothing is drawn anew


def test_a_projector_gets_the_transport_and_the_board_alone():
    app = visit(presentation="true")
    assert "To beat" not in html(app) and boards(app) and app.button(key="play")
    assert "To beat" in html(visit(presentation="no"))


def test_step_takes_exactly_one():
    app = visit()
    for step in (1, 2, 3):
        press(app, "step")
        assert session(app).trainer.step == step
        whole(app.run())
        assert session(app).trainer.step == step
    assert not session(app).playing


def test_play_is_one_button_whose_label_changes():
    app = visit(speed="slow")
    assert app.button(key="play").label == "Play"
    press(app, "play")
    assert app.button(key="play").label == "Pause"
    press(app, "play")
    assert app.button(key="play").label == "Play"
    taken = session(app).trainer.step
    whole(app.run())
    assert session(app).trainer.step == taken > 0


def test_a_tick_too_soon_after_another_trains_nothing():
    s = Session(Config(hidden_size=2))
    s.play()
    s.tick(100.0)
    film, step = s.film, s.trainer.step
    s.tick(100.0 + 0.3 * s.pace.period)
    assert (s.film, s.trainer.step) == (film, step)
    s.tick(100.0 + s.pace.period)
    assert s.film == film + 1
    assert s.trainer.step > step


@pytest.mark.parametrize(("speed", "rate"), [(name, rate) for name, rate in SPEEDS.items() if rate])
def test_a_slow_speed_takes_its_few_steps_a_second(speed: str, rate: int):
    s = Session(Config(hidden_size=2))
    s.play()
    s.speed = speed
    moment = 0.0
    for _ in range(20):
        s.tick(moment)
        moment += s.pace.period
    assert s.trainer.step == pytest.approx(rate * moment, rel=0.1)


def test_reset_goes_back_to_the_same_start():
    app = visit()
    start = session(app).last.loss
    press(app, "step")
    press(app, "reset")
    s = session(app)
    assert (s.trainer.step, s.playing, s.last.loss) == (0, False, start)


def test_learning_rate_and_clipping_act_on_the_running_network():
    app = visit()
    press(app, "step")
    run = session(app).run
    app.select_slider(key="learning_rate").set_value(0.1)
    app.select_slider(key="clip_threshold").set_value(0.5)
    app.button_group(key="clip").set_value("value")
    whole(app.run())
    s = session(app)
    assert (s.config.learning_rate, s.config.clip_threshold, s.config.clip) == (0.1, 0.5, "value")
    assert (s.run, s.trainer.step) == (run, 1)
    press(app, "step")
    assert s.trainer.history["learning_rate"][-1] == 0.1


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("slider", "hidden_size", 5),
        ("slider", "length", 9),
        ("slider", "batch_size", 2),
        ("slider", "k", 4),
        ("selectbox", "cell", "lstm"),
        ("selectbox", "optimizer", "sgd"),
        ("number_input", "seed", 7),
        ("selectbox", "task", "adding"),
    ],
)
def test_everything_else_starts_a_new_run_and_the_page_says_so(kind: str, key: str, value: object):
    app = visit()
    press(app, "step")
    run = session(app).run
    getattr(app, kind)(key=key).set_value(value)
    whole(app.run())
    s = session(app)
    assert (getattr(s.config, key), s.run, s.trainer.step) == (value, run + 1, 0)
    assert f"{key.replace('_', ' ')} {value}" in app.sidebar.caption[0].value
    press(app, "step")
    assert s.trainer.step == 1


def test_new_seed_is_another_start():
    app = visit()
    before, loss = session(app).config.seed, session(app).last.loss
    press(app, "new-seed")
    assert session(app).config.seed != before
    assert session(app).last.loss != loss


def test_a_task_brings_what_it_wants_and_leaves_what_was_chosen():
    app = visit(hidden_size="5")
    wanted = TASKS["adding"].defaults
    whole(app.selectbox(key="task").set_value("adding").run())
    config = session(app).config
    assert config.hidden_size == 5
    assert all(getattr(config, name) == value for name, value in wanted.items() if name != "hidden_size")
    whole(app.selectbox(key="task").set_value("echo").run())
    assert session(app).config == Config(hidden_size=5)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("length", ["1", "60"])
def test_a_task_that_does_not_go_with_what_was_chosen_runs_all_the_same(task: str, length: str):
    app = visit(task="digits" if task != "digits" else "adding", length=length)
    whole(app.selectbox(key="task").set_value(task).run())
    assert session(app).config.task == task
    assert session(app).refused == ""


def test_the_address_reopens_the_same_run():
    app = visit(
        task="adding",
        cell="gru",
        hidden_size="7",
        learning_rate="0.0123",
        clip="value",
        clip_threshold="0.25",
        length="11",
        batch_size="3",
        optimizer="momentum",
        seed="42",
    )
    config = session(app).config
    assert config == Config(
        task="adding",
        cell="gru",
        hidden_size=7,
        learning_rate=0.0123,
        clip="value",
        clip_threshold=0.25,
        length=11,
        batch_size=3,
        optimizer="momentum",
        seed=42,
    )
    again = visit(**dict(app.query_params.items()))
    assert session(again).config == config


@pytest.mark.parametrize("name", [n for n in Config.fields() if n not in ("task", "cell")])
def test_every_field_may_stand_in_the_address(name: str):
    field = Config.fields()[name]
    value = {"choice": field.options[-1:], "flag": (not field.default,)}.get(field.kind, (field.screen or (1, 1)))[0]
    app = visit(**{name: plain(value), **({"k": "1"} if name == "length" else {})})
    assert getattr(session(app).config, name) == value


@pytest.mark.parametrize("page", PAGES)
def test_only_the_playground_shows_its_controls(page: str):
    app = visit(page)
    drawn = {widget.key for widget in (*app.sidebar.selectbox, *app.sidebar.slider, *app.sidebar.select_slider)}
    assert bool(drawn & {*Config.fields()}) == (page == "playground")


def test_another_page_and_back_keeps_run_settings_and_address_and_pauses(monkeypatch: pytest.MonkeyPatch):
    playing = Playing()
    monkeypatch.setattr("ui.session.PLAYING", playing)
    app = visit(autoplay="true", speed="slow", task="adding", hidden_size="8", layers="2")
    s, address = session(app), dict(app.query_params)
    assert s.playing
    assert playing.tick("another", 0.0, 1e9) == 2
    app.switch_page(str(ROOT / "pages/about.py")).run()
    taken = s.trainer.step
    whole(app.run())
    assert session(app) is s
    assert not s.playing
    assert playing.tick("another", 0.0, 1e9) == 1  # the governor shares nothing with it
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    assert session(app) is s
    assert (s.run, s.trainer.step) == (1, taken)
    assert (app.selectbox(key="task").value, app.slider(key="hidden_size").value) == ("adding", 8)
    assert s.config == Config(task="adding", hidden_size=8, layers=2)
    assert dict(app.query_params) == address
    assert app.button(key="play").label == "Play"


def test_a_divergence_is_said_and_offers_exactly_two_ways_on():
    app = visit(**WILD, autoplay="true")
    s = session(app)
    assert s.trainer.diverged
    assert not s.playing
    main = [button.label for button in app.main.button]
    assert main == [f"Clip and continue from step {s.trainer.step}", "Reset"]
    assert f"in step {s.trainer.diverged.step}, " in html(app)
    assert "left the finite numbers" in html(app)
    press(app, "continue")
    assert (s.config.clip, s.config.clip_threshold, s.config.learning_rate) == ("norm", 1.0, 0.01)
    assert app.select_slider(key="learning_rate").value == 0.01
    assert app.button_group(key="clip").value == "norm"
    assert s.playing
    assert s.trainer.diverged is None
    assert s.trainer.step > 0
    assert "left the finite" not in html(app)


def test_reset_after_a_divergence():
    app = visit(**WILD)
    while not session(app).trainer.diverged:
        press(app, "step")
    press(app, "reset")
    assert session(app).trainer.diverged is None
    assert app.button(key="play").label == "Play"


HOSTILE: list[dict[str, Any]] = [
    {"hidden_size": "<script>alert(1)</script>"},
    {"hidden_size": "x" * 10_000},
    {"hidden_size": ["4", "8", "-1"]},
    {"learning_rate": "nan"},
    {"learning_rate": "inf"},
    {"learning_rate": "1e999"},
    {"learning_rate": "-1"},
    {"length": "1000"},
    {"seed": "9" * 300},
    {"seed": "-1"},
    {"task": "' OR 1=1"},
    {"cell": ""},
    {"clip": "**bold** $x$ [a](javascript:b)"},
    {"k": "19", "length": "5"},
    {"batch_size": "1e3"},
    {"dtype": "object"},
    {"session": "1", "": "2", "speed": "warp"},
    {"autoplay": "perhaps", "play": "true"},
    {"embed": "true"},
    {"x" * 5000: "y" * 5000},
    {"hiden_size": "4"},
    {"clip_threshold": "\x00\u202e"},
    {"layers": "99"},
    {"bptt_window": "-3"},
    {"teacher_forcing": "2"},
]


@pytest.mark.parametrize(
    "address", [*HOSTILE, {n: t for a in HOSTILE for n, t in a.items()}], ids=lambda a: next(iter(a))[:20]
)
def test_any_address_gives_a_page_that_runs(address: dict[str, Any]):
    app = visit(**address)
    assert isinstance(session(app).config, Config)
    said = html(app)
    assert "<script>" not in said
    assert len(said) < 6000
    press(app, "step")
    assert session(app).trainer.step == 1


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_whatever_the_address(page: str):
    visit(page, **{n: t for a in HOSTILE for n, t in a.items()})


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            {"hidden_size": "<b>1</b>"},
            "hidden_size is &#x27;&lt;b&gt;1&lt;/b&gt;&#x27;; it must be a whole number from 1 to 64, so 16 is used.",
        ),
        ({"k": "19", "length": "5"}, "So k is 3."),
    ],
)
def test_what_could_not_be_is_said_in_one_escaped_sentence(address: dict[str, str], said: str):
    assert said in html(visit(**address))


def test_the_address_is_put_right():
    app = visit(hidden_size="1000", learning_rate="1e-3", task="nothing", utm="1")
    address = {name: text if isinstance(text, str) else text[-1] for name, text in app.query_params.items()}
    assert address == {"hidden_size": "64", "learning_rate": "0.001", "utm": "1"}


def test_controls_that_do_not_go_together_are_said_and_the_run_goes_on():
    app = visit()
    press(app, "step")
    run = session(app).run
    whole(app.slider(key="length").set_value(3).run())
    assert "k is 3 with length 3" in html(app)
    assert (session(app).run, session(app).config.length) == (run, 20)
    press(app, "step")
    assert session(app).trainer.step == 2
    whole(app.slider(key="length").set_value(30).run())
    assert session(app).config.length == 30
    assert "k is 3" not in html(app)


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
    assert session(app).trainer.step == 0


def test_a_tick_that_breaks_is_caught_too(monkeypatch: pytest.MonkeyPatch):
    app = visit()
    monkeypatch.setattr(Session, "tick", lambda self, now: 1 / 0)
    app.run()
    assert not app.exception
    assert "Something went wrong" in app.warning[0].value
