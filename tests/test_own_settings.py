"""The pages with settings of their own: each stands in the address, a copied link opens the same, nonsense is said."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rnn_core.config import Field
from tests.every import every
from tests.test_address import HOSTILE
from tests.visiting import ROOT, address, html, press, session, undisturbed, visit, whole
from ui.frame.address import plain, read_own, tidy_own
from ui.series import view as series
from ui.series.desk import OWN, SeriesDesk
from ui.series.parts import HOLD_OUT
from ui.text import view as text

__all__ = ["undisturbed"]  # a fixture that is used here as well
ROOMY = series.fields_of(SeriesDesk().room("sunspots", "sunspots", HOLD_OUT))
PAGES: dict[str, tuple[str, str, dict[str, Field]]] = {
    "text": (text.HERE, text.PREFIX, text.FIELDS),
    "series": (series.HERE, series.PREFIX, ROOMY),
}
ALL = [(page, name) for page, (_, _, fields) in PAGES.items() for name in fields]


def runs(app: AppTest, page: str) -> dict[str, Any]:
    """What every setting of the page stands at, in what runs."""
    here, _, fields = PAGES[page]
    s = app.session_state[here]
    places = [getattr(s, "parts", None), s.config, s]
    found = {name: next(getattr(p, name) for p in places if hasattr(p, name)) for name in fields}
    return found | ({"source": found["source"].capitalize()} if "source" in found else {})


def another(field: Field) -> Any:
    """A value that is not the default."""
    if field.kind == "choice":
        return next(option for option in field.options if option != field.default)
    if field.kind == "flag":
        return not field.default
    return next(end for end in (type(field.default)(field.screen[1]), field.low) if end != field.default)


def anothers(page: str) -> dict[str, Any]:
    """Values that go together, none of them the default."""
    changed = {name: another(field) for name, field in PAGES[page][2].items()}
    small = {"hidden_size": 9, "length": 7, "batch_size": 3}
    apart = {"source": "Airline", "window": 17, "horizon": 5, "hold_out": 31, "period": 7}
    return changed | {name: value for name, value in (small | apart).items() if name in changed}


@every(of=ALL)
def test_every_setting_may_stand_in_the_address_with_its_prefix_or_without(of: tuple[str, str]):
    page, name = of
    _, prefix, fields = PAGES[page]
    value = another(fields[name])
    right = {prefix + name: [plain(value)]}
    for asked in (right, {name: [plain(value)]}):
        values, said = read_own(asked, fields, prefix)
        assert (values, said) == ({n: f.default for n, f in fields.items()} | {name: value}, ())
        assert tidy_own(asked, values, fields, prefix) == right


@pytest.mark.parametrize("page", PAGES)
def test_one_setting_in_the_address_runs_and_stays_there(page: str):
    _, prefix, _ = PAGES[page]
    app = visit(page, **{prefix + "hidden_size": "9"})
    assert runs(app, page)["hidden_size"] == 9
    assert address(app) == {prefix + "hidden_size": "9"}
    assert not app.session_state[PAGES[page][0]].notes


@pytest.mark.parametrize("page", PAGES)
def test_all_together_open_again_and_the_prefix_may_be_left_out(page: str):
    _, prefix, _ = PAGES[page]
    wanted = anothers(page)
    app = visit(page, **{name: plain(value) for name, value in wanted.items()}, utm="1")
    assert runs(app, page) == wanted
    assert address(app) == {prefix + name: plain(value) for name, value in wanted.items()} | {"utm": "1"}
    again = visit(page, **address(app))
    assert (runs(again, page), address(again)) == (wanted, address(app))
    press(app, "step")
    press(again, "step")
    one, other = (found.session_state[PAGES[page][0]].run.last.loss for found in (app, again))
    assert one == other


WIDGETS = {
    **dict.fromkeys(("cell", "source", "learn"), "selectbox"),
    **dict.fromkeys(("hidden_size", "hold_out", "batch_size", "layers"), "slider"),
    **dict.fromkeys(("length", "seed", "window", "horizon", "period"), "number_input"),
    "learning_rate": "select_slider",
    "unrolled": "toggle",
}


@pytest.mark.parametrize("page", PAGES)
def test_what_is_set_runs_and_so_does_the_default_again(page: str):
    """That the address follows is the browser's part: tests/browser/test_own_settings.py."""
    _, prefix, fields = PAGES[page]
    app = visit(page, **{prefix + "hidden_size": "9"})  # a small network, until its own turn comes, the last
    assert set(fields) == {*WIDGETS, *text.UNSEEN} & {*fields}
    for name in sorted(fields.keys() & WIDGETS.keys(), key=lambda name: (name == "hidden_size", name)):
        for chosen in (anothers(page)[name], fields[name].default):
            shown = str(chosen).lower() if name == "source" else chosen
            whole(getattr(app, WIDGETS[name])(key=prefix + name).set_value(shown).run())
            assert runs(app, page)[name] == chosen


@pytest.mark.parametrize("page", PAGES)
def test_a_run_tells_no_widget_a_value_and_so_puts_nothing_back_that_somebody_sets_meanwhile(page: str):
    _, prefix, fields = PAGES[page]
    app = visit(page)
    for cell in ("lstm", "rnn"):
        whole(app.selectbox(key=prefix + "cell").set_value(cell).run())
        for name in fields.keys() & WIDGETS.keys():
            assert not getattr(app, WIDGETS[name])(key=prefix + name).proto.set_value, name


@every(of=ALL)
def test_whatever_stands_in_the_address_becomes_a_value_on_offer_and_one_sentence(of: tuple[str, str]):
    page, name = of
    _, prefix, fields = PAGES[page]
    for asked in HOSTILE:
        values, said = read_own({prefix + name: [asked]}, fields, prefix)
        field = fields[name]
        field._replace(low=field.screen[0], high=field.screen[1]).check(values[name])
        assert len(said) <= 1 and all(name in s and "\n" not in s and len(s) < 400 for s in said)
        assert said or plain(field.parse(asked)) == plain(values[name])
        assert {n: v for n, v in values.items() if n != name} == {
            n: f.default for n, f in fields.items() if n != name
        }  # nothing else is lost


def in_turn(page: str, start: int) -> dict[str, str]:
    """Another hostile text for every setting."""
    return {name: HOSTILE[(start + k) % len(HOSTILE)] for k, name in enumerate(PAGES[page][2])}


@pytest.mark.parametrize("page", PAGES)
def test_any_address_is_put_right_at_once(page: str):
    _, prefix, fields = PAGES[page]
    for start in range(len(HOSTILE)):
        asked = {prefix + name: [text] for name, text in in_turn(page, start).items()}
        values, _ = read_own(asked, fields, prefix)
        again = read_own(tidy_own(asked, values, fields, prefix), fields, prefix)
        assert again == (values, ()), asked


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("start", [HOSTILE.index("-1"), HOSTILE.index("<script>alert(1)</script>")])
def test_any_address_gives_a_page_that_runs(page: str, start: int):
    _, prefix, fields = PAGES[page]
    app = visit(page, **{prefix + name: text for name, text in in_turn(page, start).items()})
    assert "<script" not in html(app)
    assert all(len(s) < 400 for s in app.session_state[PAGES[page][0]].notes)
    press(app, "step")
    _, said = read_own({name: [value] for name, value in address(app).items()}, fields, prefix)
    assert not said, "the address was not put right"


def test_what_a_series_has_no_room_for_is_said_with_its_own_limits():
    app = visit("series", **{"series-hold_out": "5", "series-horizon": "60", "series-window": "x"})
    s = app.session_state[series.HERE]
    assert "horizon is &#x27;60&#x27;; it must be a whole number from 1 to 15, so 15 is used." in html(app)
    assert f"window is &#x27;x&#x27;; it must be a whole number from 1 to 60, so {s.parts.window} is used." in html(app)
    assert (s.parts.hold_out, s.parts.horizon) == (5, 15)


def test_a_misspelt_setting_is_pointed_out():
    assert "did you mean hidden_size?" in html(visit("text", **{"text-hiden_size": "9"}))


def test_each_page_has_its_own_settings_and_the_playground_has_others():
    app = visit("text", **{"text-cell": "lstm", "cell": "lstm", "text-seed": "5"})
    assert session(app).config.cell == "rnn" and address(app) == {"text-cell": "lstm", "text-seed": "5"}
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    whole(app.selectbox(key="cell").set_value("gru").run())
    whole(app.switch_page(str(ROOT / "pages/series.py")).run())
    assert runs(app, "series")["seed"] == 1
    whole(app.number_input(key="series-seed").set_value(8).run())
    whole(app.switch_page(str(ROOT / "pages/text.py")).run())
    assert (runs(app, "text")["cell"], runs(app, "text")["seed"]) == ("lstm", 5)
    assert {"text-cell": "lstm", "text-seed": "5"}.items() <= address(app).items()
    whole(app.switch_page(str(ROOT / "pages/series.py")).run())
    assert runs(app, "series")["seed"] == 8
    whole(app.switch_page(str(ROOT / "pages/playground.py")).run())
    assert session(app).config.cell == "gru"


def test_the_way_back_leads_to_what_ran_there():
    app = visit("text", **{"text-cell": "lstm"})
    whole(app.switch_page(str(ROOT / "pages/about.py")).run())
    links = {link.proto.label: link.proto.query_string for link in app.sidebar.get("page_link")}
    assert (links["Text"], links["Series"]) == ("text-cell=lstm", "")


def test_a_series_of_ones_own_leaves_its_name_out_of_the_address():
    app = visit("series", **{"series-source": "Airline", "series-seed": "4"})
    rows = "\n".join(f"{(7 * k) % 23},{k % 5}" for k in range(90))
    whole(app.file_uploader[0].set_value(("secret.csv", f"mine,other\n{rows}".encode(), "text/csv")).run())
    assert app.session_state[series.HERE].parts.source == OWN
    whole(app.run())
    assert address(app).keys() <= {"series-own", "series-seed", "series-window", "series-horizon"}
    whole(app.selectbox(key="series-source").set_value("airline").run())
    assert address(app) == {"series-source": "Airline", "series-seed": "4"}


MINE = {
    "text": ("mine.txt", b"to and fro, up and down. " * 20, "text/plain"),
    "series": ("mine.csv", "\n".join(str((7 * k) % 23) for k in range(90)).encode(), "text/csv"),
}


@pytest.mark.parametrize("page", PAGES)
def test_what_a_reload_took_away_is_said(page: str):
    _, prefix, _ = PAGES[page]
    app = visit(page)
    whole(app.file_uploader[0].set_value(MINE[page]).run())
    whole(app.run())
    assert address(app)[prefix + "own"] == "true"
    again = visit(page, **address(app))  # a reload is a new visit by the same address
    assert "It stays in the memory of one visit" in html(again)
    assert prefix + "own" not in address(again)
    assert "It stays in the memory" not in html(visit(page, **address(again)))


def test_after_a_divergence_what_was_clipped_stands_in_the_address():
    app = visit("text", **{"text-learning_rate": "10"})
    s = app.session_state[text.HERE]
    s.run.trainer.theta[:] = float("nan")
    press(app, "step")
    press(app, "continue")
    assert s.config.clip_threshold == 0.5
    assert address(app)["text-clip_threshold"] == "0.5"
    assert runs(visit("text", **address(app)), "text") == runs(app, "text")
