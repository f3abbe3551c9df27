"""The pictures of the Gradients page and their sentences: what rnn_core.analysis says of a run, whatever it is."""

import json
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rnn_core import SHAPES, Config, Trainer
from rnn_core.analysis.cell_state import cell_state_paths
from rnn_core.analysis.clipping import clip_last_step
from rnn_core.analysis.distributions import distances_to_saturation, log10_gradient_norms
from rnn_core.analysis.mistakes import check_mistakes
from rnn_core.analysis.products import log10_influence, singular_value_fan
from rnn_core.analysis.spectrum import log10_textbook_bound, spectra
from rnn_core.analysis.terms import gradient_terms
from rnn_core.analysis.truncation import truncation
from tests.engine.small import ALL_CELLS, of_shape, paired
from tests.gradients import OF_RUN, SMALL, pictures, run_of, sound, traces
from ui.figures.numbers import short
from ui.figures.powers import power
from ui.gradients import past
from ui.gradients.levers import stops_of
from ui.gradients.page import made
from ui.gradients.picture import Picture, in_words
from ui.gradients.settings import ARROWS, Look, fields_of, settings
from ui.gradients.through_time import float_floor
from ui.gradients.weights import histogram
from ui.run.session import Session


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_and_cell_has_every_section(shape: str):
    for task, cell in paired(of_shape(shape)[:1], ALL_CELLS):
        s = Session(Config(task=task, cell=cell, hidden_size=3, batch_size=3), recorded=True)
        s.step()
        for section in OF_RUN:
            found = pictures(s, section)
            sound(found)
            assert "none" not in found, found["none"].look
            assert any(picture.figure for picture in found.values())


@pytest.mark.parametrize("bad", [
    {"task": "echo", "k": 1, "length": 2}, {"hidden_size": 1}, {"initializer": "normal", "init_scale": 0.0},
    {"recurrent_scale": 5.0}, {"task": "digits", "length": 20}, {"batch_size": 1}, {"layers": 2, "cell": "gru"},
    {"cell": "rnn-relu", "initializer": "normal", "init_scale": 0.0}, {"clip": "none"}, {"bptt_window": 3},
    {"task": "surnames"}, {"cell": "rnn-relu", "recurrent_scale": 10.0, "length": 60},
    {"cell": "rnn-relu", "recurrent_scale": 10.0, "length": 400}, {"cell": "lstm", "forget_bias": -20.0, "length": 60},
], ids=str)  # fmt: skip
def test_what_is_exactly_0_or_one_or_huge_is_finite_on_the_screen(bad: dict[str, Any]):
    for steps in (0, 1):
        s = run_of(steps, **bad)
        for section in OF_RUN:
            sound(pictures(s, section))


def test_of_sequences_without_a_gradient_none_is_counted_among_those_that_have_one():
    norms = np.array([[-np.inf, -np.inf, -2.0, -1.0], [-3.0, -3.0, -1.0, -1.0]])
    look = histogram(norms, 1).look
    assert "At t = 1, 2 of the 4 sequences of this batch have ‖∂L/∂h_t‖ from 0.010 to 0.10, half" in look
    assert "In 2 it is exactly 0 or below 5e−324 at t = 1" in look and "exactly" not in histogram(norms, 2).look
    assert "At t =" not in histogram(np.full((2, 4), -np.inf), 1).look


def test_the_end_of_float64_is_marked_where_a_curve_comes_near_it_and_not_where_it_is_0():
    assert float_floor(np.array([-310.0, -5.0, 0.0])) is not None
    assert float_floor(np.array([-np.inf, -5.0, 0.0])) is None
    assert "float64 ends" not in traces(pictures(run_of(0, initializer="normal", init_scale=0.0), OF_RUN[0])["reach"])


def test_the_textbooks_bound_is_said_as_it_is_for_the_cell():
    for cell, said in (("rnn", "the textbook’s σ_max"), ("residual", "the textbook’s 1 + σ_max")):
        s = run_of(cell=cell)
        textbook = log10_textbook_bound(s.run.trainer)[3]
        assert f"{said}(W_hh) times the largest slope {power(textbook)}" in pictures(s, OF_RUN[0], t=3)["reach"].look


def test_a_slider_stops_at_what_somebody_asked_for():
    stops = stops_of("recurrent_scale", 0, 5, 1.234, 0)
    assert {0, 0.9, 1, 1.2, 1.234, 1.5, 2, 5} <= set(stops) and stops == sorted(stops) and len(stops) == 102
    assert stops_of("init_scale", 0, 10, 0.003)[:4] == [0, 0.001, 0.002, 0.003]
    assert stops_of("forget_bias", -5, 5)[0] == -5 and {-2, 1, 3} <= set(stops_of("forget_bias", -5, 5))


def test_the_cliffs_preset_throws_the_plain_walk_and_lets_the_clipped_one_arrive():
    found = pictures(run_of(0), "The cliff")
    sound(found)
    said = found["cliff-above"].look
    assert "The plain walk has loss 0.250 after 40 steps and does not arrive in 200 steps" in said
    assert "arrives (loss below 0.001) after 27 steps" in said and "plain 9.0, clipped 1.0." in said
    flat = pictures(run_of(0), "The cliff", w=0.2, b=-0.5, walked=0)
    sound(flat)
    assert "plain is at" not in str(flat["cliff-above"].figure)


def test_weights_that_are_not_finite_give_a_sentence_and_no_picture():
    s = run_of()
    s.run.trainer.params["W_hh"][:] = np.nan
    for section in OF_RUN:
        found = pictures(s, section)
        sound(found)
        if section not in ("Levers", "Over training"):  # which are of another network, and of what was before
            assert "not finite" in found["none"].look


def test_what_takes_too_long_is_left_out_in_one_sentence_that_says_how_to_see_it():
    s = Session(Config(**SMALL | {"length": 400, "hidden_size": 64, "batch_size": 16}))
    found = pictures(s, "Back through time")
    assert found["map"].figure is None and "Set the length to 67 or less" in found["map"].look
    assert found["reach"].figure is not None
    terms = pictures(s, "What reaches the weights")["by-lag"]
    assert terms.figure is None and "Set the length to" in terms.look


def test_the_numbers_are_those_of_the_analyses():
    s, t = run_of(), 3
    time, weights = pictures(s, "Back through time", t=t), pictures(s, "What reaches the weights", t=t)
    fan = singular_value_fan(s.run.trainer, 0)
    np.testing.assert_array_equal(traces(time["reach"])["‖∂h<sub>T</sub>/∂h<sub>t</sub>‖"].y, fan.log10_norm)
    assert f"is {10 ** fan.log10_norm[t]:.2g}" in time["reach"].look
    np.testing.assert_array_equal(
        np.stack([time["map"].table[f"log10, from s = {k}"] for k in range(11)], axis=1),
        log10_influence(s.run.trainer, 0),
    )
    terms = gradient_terms(s.run.trainer)
    shown = traces(weights["by-lag"])["terms by lag"].y
    np.testing.assert_array_equal(shown[:-1], terms.log10_by_lag[:-1])
    assert np.isnan(shown[-1]) and terms.log10_by_lag[-1] == -np.inf  # h_0 is 0: a cross, not a line
    clipped = clip_last_step(s.run.trainer, "value", 0.01).clipped
    found = pictures(s, "Clipping", rule="value", threshold=0.01)["clip-weights"]
    assert f"turns it by {clipped.angle:.1f}°" in found.look
    cut = truncation(s.run.trainer, 3).cut
    said = f"{cut.norm_ratio:.0%} of the true length, turned by {cut.angle:.0f}°"
    assert said in pictures(s, "Truncation", window=3)["lanes"].look
    for title, name in list(ARROWS.items())[1:3]:
        wrong = [k for k, e in check_mistakes(s.run.trainer)[name].errors.items() if e > 1e-4]
        assert f"{', '.join(wrong)} are wrong" in pictures(s, "Check it yourself", mistake=title)["check"].look


def test_a_sentence_back_through_time_has_the_numbers_of_its_picture():
    s, t, T = run_of(cell="lstm", recurrent_scale=1.5), 3, 10
    found, fan = pictures(s, "Back through time", t=t), singular_value_fan(s.run.trainer)
    each = power(float(fan.log10_norm[t]))
    ratio = 10 ** (fan.log10_norm[t] / (T - t))
    kind = "it shrinks" if ratio < 1 else "it grows"
    assert f"‖∂h_10/∂h_3‖ is {each}: {kind}, by × {ratio:.2f} a step on average over 7 steps" in found["reach"].look
    assert f"largest singular value allows {power(float(fan.log10_bound[t]))}" in found["reach"].look
    speak = [int((row >= row[0] - 2).sum()) for row in fan.log10_values]
    assert f"h_3 may change, {speak[t]} " in found["directions"].look and len(set(speak[1:])) > 1
    assert f"at t = 1 it is {speak[1]}, at t = 9 it is {speak[9]}." in found["directions"].look
    paths = cell_state_paths(s.run.trainer)
    whole, direct, rest = (power(float(line[t])) for line in (paths.whole, paths.direct_norm, paths.rest))
    said = f"‖∂c_10/∂c_3‖ is {whole}; the direct path through the forget gates has {direct}, the paths through h"
    assert said in found["cell-state"].look and f"the gates {rest}: the whole" in found["cell-state"].look
    norms = log10_influence(s.run.trainer)
    near = np.median([norms[k + 1, k] for k in range(T)])
    far = np.median([norms[k + 5, k] for k in range(T - 4)])
    assert f"is {power(float(near))} over 1 step, {power(float(far))} over 5 steps" in found["map"].look
    s.run.trainer.params["W_hh"][:] *= 1.5
    gates = spectra(s.run.trainer)
    look = pictures(s, "Back through time")["eigenvalues"].look
    for gate, now in gates.now.items():
        sizes = f"ρ {now.spectral_radius:.2f} (start {gates.start[gate].spectral_radius:.2f}), σ_max {now.norm:.2f}"
        assert f"{gate}: {sizes}" in look


def test_a_sentence_on_what_reaches_the_weights_has_the_numbers_of_its_picture():
    s, t = run_of(recurrent_scale=3.0, input_scale=3.0), 3
    found, terms = pictures(s, "What reaches the weights", t=t), gradient_terms(s.run.trainer)
    by_lag, by_step = terms.by_lag["W_hh"], [power(float(v)) for v in terms.log10_by_step]
    share = np.linalg.norm(by_lag[:3].sum(axis=0)) / np.linalg.norm(by_lag.sum(axis=0))
    assert f"terms of lag 0 to 2 alone add up to {share:.0%} of that" in found["by-lag"].look
    assert f"The term of lag 7 has norm {np.linalg.norm(by_lag[7]):.2g}" in found["by-lag"].look
    assert f"in step 3 adds a term of norm {by_step[2]}. The largest comes from step" in found["by-step"].look
    distances = distances_to_saturation(s.run.trainer)["h"]
    near, middle = float((distances[2] < 0.05).mean()), float(np.median(distances[2]))
    assert 0 < near < 1 and near != 0.5
    assert f"in brackets how far the middle one is: h {near:.0%} ({short(middle, 2)})" in found["saturation"].look
    assert f"The most anywhere is {(distances < 0.05).mean(axis=(1, 2)).max():.0%}, of h." in found["saturation"].look
    np.testing.assert_allclose(traces(found["saturation"])["h"].y, np.median(distances, axis=(1, 2)))
    norms = log10_gradient_norms(s.run.trainer)
    low, half, high = (power(float(q)) for q in np.quantile(norms[2], [0, 0.5, 1]))
    assert f"from {low} to {high}, half of them below {half}" in found["histogram"].look
    in_front = traces(found["histogram"])["step t = 3"]
    assert in_front.x[0] - in_front.width / 2 <= norms[2].min() <= in_front.x[0] + in_front.width / 2


def test_a_sentence_on_levers_has_the_numbers_of_starts_that_nobody_trained():
    s = run_of(3)
    starts = [Trainer(replace(s.config, recurrent_scale=1.5, seed=s.config.seed + k)) for k in range(5)]
    norms = [float(singular_value_fan(start).log10_norm[1]) for start in starts]
    found = pictures(s, "Levers", lever_recurrent_scale=1.5, t=4)["levers"]
    said = f"∂h_10/∂h_1 has norm {power(norms[0])} with this seed, {power(min(norms))} to {power(max(norms))} over 5"
    assert said in found.look
    own = traces(found)["the run now"].y
    np.testing.assert_array_equal(own, singular_value_fan(s.run.trainer).log10_norm)


def test_a_sentence_on_clipping_and_windows_has_the_numbers_of_its_picture():
    s, t = run_of(5, clip="norm", clip_threshold=1.2, initializer="orthogonal", learning_rate=0.1), 4
    found = pictures(s, "Clipping", rule="value", threshold=0.02, t=t)
    step = clip_last_step(s.run.trainer, "value", 0.02)
    said = f"At t = 4, clipping by value at 0.02 leaves {step.kept_by_step[3]:.0%} of the term"
    assert said in found["clip-steps"].look
    ends = power(float(step.log10_terms[1] - step.log10_terms[-1]))
    assert f"The term of step 2 over that of step 10: {ends} before clipping" in found["clip-steps"].look
    norm = clip_last_step(s.run.trainer, "norm", 0.02).clipped
    said = f"by value turns this gradient by {step.clipped.angle:.1f}° and leaves {step.clipped.kept:.0%}; by norm"
    assert f"{said} turns it by 0.0° and leaves {norm.kept:.0%}" in found["clip-angle"].look
    clipped = s.run.trainer.history["clip_ratio"][s.run.trainer.history["step"] > 0] < 1
    assert 0 < clipped.mean() < 1 and clipped.mean() != 0.5
    assert f"{clipped.mean():.0%} of 5 training steps on record were clipped" in found["clip-history"].look
    before, after = (traces(found["clip-steps"])[name] for name in ("before", "after"))
    np.testing.assert_allclose(before.y[1:] + before.base, step.log10_terms[1:])
    np.testing.assert_allclose(10 ** (after.y - before.y)[1:], step.kept_by_step[1:])
    found, cuts = pictures(s, "Truncation", window=4, t=t), {w: truncation(s.run.trainer, w).cut for w in range(1, 11)}
    assert "step 4 gets gradient only from losses up to step 4 (its window is 1 to 4)" in found["lanes"].look
    first = next(w for w, cut in cuts.items() if cut.angle < 10)
    assert f"turned by {cuts[4].angle:.0f}°, at w = 1 by {cuts[1].angle:.0f}°" in found["windows-angle"].look
    assert f"w = {first} is the first that turns it by less than 10°" in found["windows-angle"].look
    most = max(cuts[4].angle_by_weight, key=cuts[4].angle_by_weight.__getitem__)
    assert f"Most turned is {most}, by {cuts[4].angle_by_weight[most]:.0f}°." in found["windows-weights"].look


def shapes(picture: Picture) -> list[dict[str, Any]]:
    assert picture.figure is not None
    return list(json.loads(picture.figure.to_json())["layout"].get("shapes", []))


def test_the_cursor_is_where_it_says_in_every_picture():
    s, t = run_of(cell="lstm"), 3
    over_lags, upright = {"by-lag": 7}, {"map", "clip-angle", "windows-angle", "windows-length", "grows-first"}
    seen = 0
    for section in ("Back through time", "What reaches the weights", "Clipping", "Truncation", "Levers"):
        for name, picture in pictures(s, section, t=t).items():
            lines = [each["x0"] for each in shapes(picture) if each["x0"] == each["x1"]]
            if lines and name not in upright:
                seen += 1
                assert lines == [over_lags.get(name, t)], name
    assert seen == 9
    both = shapes(pictures(s, OF_RUN[0], t=t)["map"])
    assert [(each["x0"], each["y0"]) for each in both] == [(t, -0.5), (-0.5, t)]
    training = shapes(pictures(s, "Over training", t=t)["over-training"])
    assert [each["y0"] for each in training if each["yref"] == "y"] == [t]


def test_by_norm_early_over_late_is_unchanged_and_the_angle_is_0():
    s = run_of()
    found = pictures(s, "Clipping", rule="norm", threshold=0.001)
    assert "turns it by 0.0°" in found["clip-weights"].look and "before clipping, the same" in found["clip-steps"].look
    assert not np.any(np.round(found["clip-angle"].table["angle by norm in degrees"], 6))


def test_a_matrix_that_is_not_normal_grows_first():
    first = pictures(run_of(0), "Levers")["grows-first"].look
    assert "is 19.4 at k = 9 and below 1 only from k = 55" in first


def test_an_index_stands_below_the_line_and_what_was_typed_is_text():
    assert in_words("∂h_20/∂h_{t−1}, decoder_W_hh < 5") == "∂h<sub>20</sub>/∂h<sub>t−1</sub>, decoder_W_hh &lt; 5"


def test_a_shorter_sequence_brings_the_cursor_with_it():
    s, view = run_of(length=12), Look(chosen={"t": 12, "window": 11, "section": "Levers"})
    assert settings(s, view)["t"] == 12
    s.apply(Config(**SMALL | {"length": 10}))
    assert (settings(s, view)["t"], settings(s, view)["window"]) == (10, 10)


def test_nothing_is_computed_twice_for_the_same_run(monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []

    def question(trainer: Any) -> int:
        asked.append(trainer.step)
        return len(asked)

    s, view = run_of(0), Look()
    assert [view.ask(s, question), view.ask(s, question)] == [1, 1]
    s.step()
    assert view.ask(s, question) == 2
    s.look_at(1)
    assert view.ask(s, question) == 3 and asked == [0, 1, 1]


def test_what_is_remembered_of_a_run_that_stands_is_small():
    s, view = run_of(hidden_size=32), Look()
    values = {name: field.default for name, field in fields_of(s).items()} | {"at": past.NOW}
    for section in ("Clipping", "Truncation"):
        for k in range(4):
            made(s, view, values | {"section": section, "threshold": 0.1 + k, "rule": "value"})
    whole_gradient = s.run.trainer.theta.size * 8
    assert view.answers and max(len(pickle.dumps(answer)) for answer in view.answers.values()) < whole_gradient


def test_a_refusal_is_raised_anew_each_time():
    def question(trainer: Any) -> int:
        raise ValueError("no")

    s, view, depths = run_of(0), Look(), set()
    for _ in range(5):
        with pytest.raises(ValueError, match=r"^no$") as caught:
            view.ask(s, question)
        depths.add(len(caught.traceback))
    assert len(depths) == 1


def test_levers_are_drawn_whatever_the_run_started_from():
    s = run_of(0, start_weights="non-normal", hidden_size=4)
    chosen = {"lever_recurrent_scale": 2.0, "lever_initializer": "normal"}
    assert "ρ(W_hh) is 2.00" in pictures(s, "Levers", **chosen)["levers"].look


def test_a_click_and_pictures_that_rest():
    s, view = run_of(0), Look()
    clicks = {"by-lag": {"t": 7}, "clip-angle": {"threshold": 1000.0}, "windows-angle": {"window": 3}}
    for section in OF_RUN:
        for name, picture in pictures(s, section).items():
            if name in clicks:
                assert picture.pick and picture.pick(3.2, 0.5) == clicks[name]
    of, again, other = ("run", 1), ("run later", 1), ("run later", 2)
    assert view.pictures(of, lambda: 1, 60.0) == 1 == view.pictures(again, lambda: 2, 60.0)  # it plays: they rest
    assert view.pictures(other, lambda: 3, 60.0) == 3  # a setting is another
    assert view.pictures(of[:1] + other[1:], lambda: 4, 0.0) == 4  # it stands still


def test_what_nobody_sees_is_not_made_anew_while_the_run_plays():
    s, view = run_of(0), Look()
    values = {name: field.default for name, field in fields_of(s).items()} | {"at": past.NOW}

    def shown() -> Picture:
        return next(picture for picture in made(s, view, values) if picture.name == "map")

    assert [each.name for each in made(s, view, values) if each.costly] == ["map"]
    first = shown()
    view.sees("map", False)
    s.play()
    s.run.trainer.advance()
    assert shown() is first
    view.sees("map", True)
    assert shown().look != first.look
    view.sees("map", False)
    s.pause()
    s.run.trainer.advance()
    assert shown() is not first and shown().look == shown().look != first.look  # it stands still: all is as the run is
