"""The text page without a browser: what may be brought, what is refused and how, and what the picture is told."""

import base64
import json
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import Trainer
from rnn_core.analysis.probes import next_letters, units_over
from rnn_core.tasks.sonnets import sonnets
from rnn_core.tasks.text import OTHER, letters, text_task
from tests.every import every
from tests.test_text_upload import REFUSED
from tests.texts import PNG, RHYME, SCRIPT, small, told
from tests.visiting import ROOT, boards, html, press, undisturbed, visit, whole
from ui.run.governor import FILM, Playing
from ui.text.desk import SONNETS, TEMPERATURES, TextDesk, opening
from ui.text.scene import CARDS, scene, spread, verdict
from ui.text.view import HERE, PREFIX, as_text_file

__all__ = ["undisturbed"]  # a fixture that is used here as well


def page() -> AppTest:
    return visit("text")


def of(app: AppTest) -> TextDesk:
    return app.session_state[HERE]


def bring(app: AppTest, name: str, text: str | bytes) -> AppTest:
    """As the uploader and the button do."""
    of(app).want(name, text)
    return whole(app.run())


def test_the_picture_is_told_what_the_network_says():
    s = small()
    s.beginning = "the c?"
    found = told(s)
    codes = s.letters.encode("the c")
    p = next_letters(s.run.trainer.network, s.run.trainer.params, codes)
    assert [card["letter"] for card in found["next"]["cards"]] == ["t", "h", "e", "␣", "c"]
    for t, card in enumerate(found["next"]["cards"]):
        assert card["top"][0][1] == pytest.approx(p[t].max(), rel=1e-3)
        assert [share for _, share in card["top"]] == sorted((share for _, share in card["top"]), reverse=True)
        if t + 1 < len(codes):
            assert card["came"] == ["the␣c"[t + 1], pytest.approx(p[t, codes[t + 1]], rel=1e-3)]
    assert found["next"]["cards"][-1]["came"] is None
    assert found["next"]["unknown"] == ["?"]
    assert found["next"]["instead"] == ""
    assert found["sample"]["start"] == "the c" and [t for t, _ in found["sample"]["texts"]] == list(TEMPERATURES)
    s.beginning = "cat " * 20
    assert (len(told(s)["next"]["cards"]), told(s)["next"]["hidden"]) == (CARDS, 80 - CARDS)


def test_the_colours_are_the_units_own_numbers():
    s = small()
    s.look({"view": {"unit": 3, "texts": 0, "over": "held-out"}})
    found = told(s)["unit"]
    values = np.frombuffer(base64.b64decode(found["values"]), "i1") / 127 * found["scale"]
    h = units_over(s.run.trainer.network, s.run.trainer.params, s.letters.encode(s.passage))[:, 3]
    assert found["unit"] == 3 and np.abs(values - h).max() < 0.005
    s.beginning = "the rat"
    s.look({"view": {"unit": 3, "texts": 0, "over": "typed"}})
    assert told(s)["unit"]["text"] == "the rat"


def test_a_unit_without_bounds_is_coloured_by_its_largest_number():
    s = small()
    s.measured = s.measured._replace(h=10 * s.measured.h + 5)
    found = told(s)["unit"]
    values = np.frombuffer(base64.b64decode(found["values"]), "i1") / 127 * found["scale"]
    assert found["scale"] > 4 and np.abs(values - s.measured.h[:, found["unit"]]).max() < 0.05


def test_whatever_a_browser_sends_is_a_choice_or_nothing():
    s = small()
    views = [None, 3, {"unit": "x"}, {"unit": 1e400, "texts": 0}, {"unit": 10**9, "texts": 0}]
    for state in [None, {}, *({"view": v} for v in [*views, {"beginning": "a" * 10**5, "over": "script"}])]:
        s.look(state)
        told(s)
    assert s.unit is None and s.over == "held-out" and len(s.beginning) <= 200
    s.look({"view": {"unit": 2, "texts": 7}})  # of another text
    assert s.unit is None


def test_the_words_say_who_is_ahead():
    s = TextDesk("a text", RHYME)
    s.refresh(0)
    assert "Untrained" in verdict(s, 3.0)
    bigram, fifth = s.baselines.values()
    s.step()
    ahead = {bigram + 1: "Counting pairs is still better", (bigram + fifth) / 2: "5-gram", fifth / 2: "Ahead of both"}
    for mine, words in ahead.items():
        s.points = [(1, mine)]
        assert words in verdict(s, 3.0)
    s.run.trainer.step, s.points = 9, [(1, 2.0), (9, 3.0)]
    assert "lower learning rate" in verdict(s, 3.0)  # its loss in training is no better
    s.points = [(1, 90.0), (9, 99.0)]
    assert "by heart" in verdict(s, 3.0)


def test_the_curve_and_the_samples_go_on_with_the_run():
    s = TextDesk("a text", RHYME)
    s.refresh(0)
    for _ in range(5):
        s.step()
        s.refresh(0)
    steps = [step for step, _ in s.points]
    assert steps == [0, 1, 2, 3, 4, 5]
    assert [sample.step for sample in s.earlier] == [0, 2, 4]
    first = s.sample
    s.refresh(99)
    assert s.sample is first  # nothing new
    s.reset()
    s.refresh(100)
    assert [step for step, _ in s.points] == [0]
    assert [sample.step for sample in spread([first._replace(step=k) for k in range(40)])][::8] == [0, 39]


def test_while_it_plays_there_is_time_to_read_a_sample():
    s = small()
    s.run.trainer.advance(30)
    s.refresh(0)
    s.play()
    s.run.trainer.advance()
    before = s.sample
    s.refresh(0.5)
    assert s.sample is before
    s.refresh(60)
    assert s.sample.step == s.run.trainer.step


def test_in_a_class_held_out_sequences_are_read_now_and_then_alone_at_every_tick(undisturbed: Playing):
    desk = TextDesk("rhyme", RHYME)
    assert looks(desk, 4) == [1, 1, 1, 1]
    for k in range(30):
        undisturbed.tick(str(k), 0.0, 99.0)
    assert looks(desk, 5) == [1, 0, 0, 0, 1]
    desk.unrolled = True
    assert looks(desk, 2) > [1, 1]


def looks(desk: TextDesk, seconds: int) -> list[int]:
    """The frames of a tick each second."""
    desk._looked = -99.0
    found = []
    for second in range(seconds):
        desk.keep_pace(float(1.3 * second))
        found.append(desk.pace.frames)
    return found


def test_a_tick_trains_less_by_what_it_writes(monkeypatch: pytest.MonkeyPatch):
    clock, slices = [0.0], []
    monkeypatch.setattr("ui.run.session.time.thread_time", lambda: clock[0])
    monkeypatch.setattr(TextDesk, "refresh", lambda self, now: clock.__setitem__(0, clock[0] + 0.1))
    monkeypatch.setattr(TextDesk, "tick", lambda self, now: slices.append((self.pace.slice, self.cost, self.slice())))
    monkeypatch.setattr("ui.run.plays.BRIEF", 9.9)
    monkeypatch.setattr("ui.text.view.scene", lambda s: b"{}")
    press(page(), "play")
    paced, cost, left = slices[-1]
    assert cost == pytest.approx(0.1) and left == pytest.approx(paced - 0.1 + FILM)


def test_while_it_plays_the_whole_page_writes_nothing_and_is_quick():
    s = small()
    s.play()
    s.run.trainer.advance(30)
    s.whole = True
    s.refresh(60)
    assert s.sample.step == 1
    s.whole = False
    s.refresh(60)
    assert s.sample.step == 31


def test_the_same_run_writes_the_same():
    one, two = small(), small()
    assert one.sample == two.sample and one.points == two.points


def test_a_text_that_cannot_be_learned_changes_nothing():
    s = small()
    before = (s.text, s.source, s.run.trainer, s.restarts, s.sample)
    for name, (data, _) in REFUSED.items():
        s.want(name, data)
        with pytest.raises(ValueError):
            s.bring()
        s.bring()  # it is asked once
    assert (s.text, s.source, s.run.trainer, s.restarts, s.sample) == before


def test_of_thousands_of_kinds_the_rare_ones_are_never_written_nor_in_the_beginning(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ui.text.desk.letters", lambda text: letters(text, 12))
    s = small("".join(chr(0x4E00 + k % 7 + 7 * (k % 90 == 0) * k) for k in range(3000)))
    assert s.letters.left_out > 20 and OTHER in s.letters.symbols
    s.run.trainer.params["b_y"][s.letters.rare] = 50.0  # it expects nothing else
    s.run.restarts, s.whole = s.run.restarts + 1, False
    s.refresh(1e3)
    assert OTHER not in "".join(s.sample.texts) + s.beginning + s.passage
    assert set(s.beginning) <= set(s.text)


@every(text=["春眠不觉晓，\n处处闻啼鸟。\n夜来风雨声，\n花落知多少。\n", "ab\ncd\n", "a b\ncd\n", "a\tb\nc d e f\n"])
def test_the_beginning_has_nothing_that_the_text_lacks(text: str):
    assert "\n" not in opening(text * 9) and set(opening(text * 9)) <= set(text)


def test_a_diverged_run_is_told_without_a_number_that_json_lacks():
    s = TextDesk("a text", RHYME)
    s.run.trainer.theta[:] = np.inf
    s.refresh(0)
    json.loads(scene(s))
    s.run.trainer.theta[:] = 1e4
    s._of = ()
    json.loads(scene(s))


def test_the_page_starts_with_the_sonnets_untrained():
    app = page()
    s = of(app)
    assert s.source == SONNETS and s.text == sonnets() and s.run.trainer.step == 0
    assert s.config.start == "carried"
    assert "95,611 characters of 62 kinds" in html(app)
    assert [e.proto.component_name for e in app.main.get("bidi_component")][-1] == "unrolled_text"


def test_a_link_may_start_it():
    app = visit("text", autoplay="true")
    assert of(app).playing and of(app).run.trainer.step > 0


def test_step_play_and_reset_are_the_playgrounds():
    app = page()
    press(app, "step")
    assert of(app).run.trainer.step == 1
    press(app, "play")
    assert of(app).playing
    press(app, "play")
    taken = of(app).run.trainer.step
    assert not of(app).playing and taken > 0
    press(app, "reset")
    assert of(app).run.trainer.step == 0


def test_the_network_reads_on_where_it_was():
    app = page()
    press(app, "step")
    s = of(app)
    twin = Trainer(s.config, text_task(sonnets()))
    assert twin.advance().loss == s.run.last.loss
    assert twin.state is not None


def test_a_setting_starts_a_new_run_and_the_learning_rate_does_not():
    app = page()
    press(app, "step")
    restarts = of(app).restarts
    app.select_slider(key=PREFIX + "learning_rate").set_value(0.01).run()
    assert (of(whole(app)).restarts, of(app).config.learning_rate) == (restarts, 0.01)
    app.selectbox(key=PREFIX + "cell").set_value("lstm").run()
    assert (of(whole(app)).restarts, of(app).config.cell, of(app).status.step) == (restarts + 1, "lstm", 0)


def test_an_upload_is_learned_and_a_bad_one_leaves_it():
    app = bring(page(), "rhyme.txt", RHYME.encode())
    s = of(app)
    assert s.text == RHYME and "rhyme.txt" in html(app)
    press(app, "step")
    loss = s.run.last.loss
    bring(app, "photo.txt", PNG)
    assert "'photo.txt' is a PNG picture" in html(app).replace("&#x27;", "'")
    assert (s.text, s.run.trainer.step, s.run.last.loss) == (RHYME, 1, loss)


def test_a_paste_is_learned_by_its_button():
    app = page()
    app.text_area(key=f"{PREFIX}paste-0").set_value(RHYME).run()
    app.button(key=PREFIX + "learn").click().run()
    assert of(whole(app)).text == RHYME
    app.button(key=PREFIX + "sonnets").click().run()
    assert of(whole(app)).source == SONNETS


def test_a_refused_paste_is_still_there_to_be_mended():
    app = page()
    app.text_area(key=f"{PREFIX}paste-0").set_value("too short").run()
    app.button(key=PREFIX + "learn").click().run()
    assert of(whole(app)).source == SONNETS
    assert app.text_area(key=f"{PREFIX}paste-0").value == "too short"
    assert "has 9 characters" in html(app)


def test_a_short_text_has_a_length_that_fits_and_a_slider_that_knows():
    app = bring(page(), "short.txt", ("abcde fghij " * 20).encode())
    assert of(app).config.length == 23
    assert app.number_input(key=PREFIX + "length").max == 23
    press(app, "step")


def test_nothing_of_a_text_or_its_name_is_markup():
    app = bring(page(), "<script>alert(1)</script>.txt", SCRIPT.encode())
    assert "<script" not in html(app) and "&lt;script&gt;" in html(app)
    bring(app, "<img src=x onerror=alert(1)>", b"")
    assert "<img" not in html(app)
    assert all("<script" not in e.value for e in (*app.markdown, *app.caption))


def test_another_page_and_back_keeps_text_run_and_settings():
    app = bring(page(), "rhyme.txt", RHYME.encode())
    app.slider(key=PREFIX + "hidden_size").set_value(20).run()
    press(app, "step")
    s = of(app)
    app.switch_page(str(ROOT / "pages" / "about.py")).run()
    app.switch_page(str(ROOT / "pages" / "text.py")).run()
    assert of(whole(app)) is s and s.run.trainer.step == 1
    assert app.slider(key=PREFIX + "hidden_size").value == 20


def test_after_a_divergence_the_way_on_is_offered():
    app = page()
    s = of(app)
    s.run.trainer.theta[:] = np.nan
    press(app, "step")
    assert s.run.trainer.diverged and app.button(key="continue")


def test_what_is_saved_is_what_was_written():
    s = small(SCRIPT)
    text = as_text_file(s)
    assert all(written in text for written in s.sample.texts)
    assert text.count("---") >= 2 * len(TEMPERATURES)


def test_a_scene_is_quickly_made():
    """Not a benchmark: a tick that took a second would stop a class."""
    s = small()
    begin = time.process_time()
    for _ in range(5):
        scene(s)
    assert time.process_time() - begin < 2


def test_a_step_that_is_taken_slowly_is_seen_on_the_board():
    app = page()
    assert not boards(app)
    press(app, "slowly")
    assert of(app).unrolled and app.toggle(key=PREFIX + "unrolled").value
    assert len(boards(app)) == 1
    app.toggle(key=PREFIX + "unrolled").set_value(False).run()
    assert not boards(whole(app))
