"""The figures of the Gradients page: what is drawn of a run's numbers."""


import numpy as np
import pytest

from rnn_core.analysis.cliff import descend
from tests.test_figures import EXAMPLES, PRESET, SURFACE, lines
from ui.figures.cliff import cliff_from_above
from ui.figures.over_training import earliest, over_training


def test_a_norm_is_drawn_as_its_logarithm_and_exactly_0_is_marked_and_said():
    figure = EXAMPLES["over_time"]()
    shown = lines(figure)
    assert shown["norm"].text == ("0", "1.0·10⁻⁴⁰⁰", "0.0010", "1.0") and np.isnan(shown["norm"].y[0])
    assert list(shown["float64 ends"].y) == [-323.0] * 4
    assert list(shown["exactly 0"].x) == [0] and shown["bound"].line.dash != "solid" == shown["norm"].line.dash
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == 2 and figure.layout.annotations[0].text == "t = 2"
    assert figure.layout.yaxis.range[0] < -400


def test_a_fan_draws_what_is_above_the_floor_and_names_the_norm():
    shown = lines(EXAMPLES["fan"]())
    assert list(shown["largest, the norm"].y) == [-1.0, -0.5, 0.0]
    (others,) = [trace for trace in EXAMPLES["fan"]().data if trace.hoverinfo == "skip" and trace.fill is None]
    assert list(others.x) == [0, 1, 2, None] and np.isnan(others.y[:2]).all() and others.y[2] == 0
    (grey,) = [trace for trace in EXAMPLES["fan"]().data if trace.fill == "toself"]
    assert list(grey.y[:3]) == list(shown["below: rounding"].y)


def test_the_map_is_even_about_a_norm_of_1_says_its_numbers_and_marks_what_it_cuts_off():
    heat = EXAMPLES["reach_map"]().data[0]
    assert (heat.zmin, heat.zmax) == (-3, 3) and heat.text[2][1] == "316" and heat.text[2][0] == "0"
    assert heat.z[2][1] == pytest.approx(2.5) and np.isnan(heat.z[1][2])  # to step 2, from step 1
    assert heat.colorbar.ticktext[0].startswith("≤ ") and not heat.colorbar.ticktext[-1].startswith("≥")


def test_eigenvalues_stand_in_one_scale_with_the_unit_circle():
    figure = EXAMPLES["eigenvalues"]()
    assert figure.layout.yaxis.scaleanchor == "x" and figure.layout.shapes[0].type == "circle"
    assert figure.layout.xaxis.range[1] > 1.5
    start, now = figure.data
    assert (start.name, now.name) == ("at the start", "now")
    assert (list(start.x), list(now.x)) == ([0.5, -0.5], [1.5, 0.3])
    assert start.marker.symbol != now.marker.symbol, "not told by colour alone"


def test_clipping_shows_both_lengths_and_windows_where_a_line_is_cut():
    before, after = EXAMPLES["lengths_by_weight"]().data
    assert (list(before.x), list(after.x)) == ([2, 0], [1, 0]) and before.text == ("2.0", "0")
    before, after = EXAMPLES["before_and_after"]().data
    assert list(before.x) == [1, 2, 3, 4] and after.text == ("0", "1.0·10⁻⁴⁰¹", "1.0·10⁻⁴", "0.10")
    marks = [trace for trace in EXAMPLES["carried_and_cut"]().data if trace.mode == "markers"]
    assert [len(trace.x) for trace in marks[:-1]] == [1, 1, 1, 3, 3, 3, 3, 3]  # of state and gradient in four rows
    assert (list(marks[-1].x), marks[-1].name) == (list(range(1, 1 + len(marks[-1].x))), "window")
    assert marks[-1].text[0].startswith("1 to ") and len(set(marks[-1].text)) == 3


def test_the_check_shows_the_right_gradient_and_the_wrong_one_on_both_sides_of_what_is_tolerated():
    right, wrong = EXAMPLES["check_errors"]().data
    assert (right.name, wrong.name) == ("right", "no slope") and list(right.y) == list(wrong.y) == ["W_xh", "b_y"]
    np.testing.assert_allclose(right.x, [-9, -16])
    np.testing.assert_allclose(wrong.x, [np.log10(0.3), -16])
    assert [shape.x0 for shape in EXAMPLES["check_errors"]().layout.shapes] == [-4]


def test_a_walk_that_leaves_the_window_says_where_it_is():
    assert "plain is at w −3.4" in EXAMPLES["cliff_from_above"]().layout.annotations[0].text
    inside = {name: descend(PRESET.start, 1.0, 3, limit) for name, limit in (("plain", None), ("clipped", 1.0))}
    assert not cliff_from_above(SURFACE, inside).layout.annotations
    plain = [trace for trace in EXAMPLES["cliff_in_space"]().data if trace.name == "plain"]
    assert len(plain[0].x) == 10  # of 13 points, those before it is thrown


def test_a_map_over_training_leaves_zeros_empty_and_says_how_far_back_the_gradient_comes():
    figure = EXAMPLES["over_training"]()
    heat, reach = figure.data[:2]
    assert np.isnan(heat.z[0]).tolist() == [True, True, False] and heat.z[3, 0] == 0
    assert heat.zmin > -13 and heat.colorbar.ticktext[0].startswith("≤ ")  # −20 and −400 are no colours of their own
    np.testing.assert_array_equal(reach.y, [4, 4, 2])
    np.testing.assert_array_equal(earliest(np.full((1, 3), -np.inf)), [np.nan])
    upright = [shape for shape in figure.layout.shapes if shape.x0 == shape.x1]
    assert [shape.x0 for shape in upright] == [8] and "now" in [note.text for note in figure.layout.annotations]
    assert {trace.name for trace in figure.data if trace.yaxis == "y3"} == {"r", "z"}
    few = over_training([0, 1], np.array([[-3.3, -2.2]] * 2), {}, {}, {}, None, 1, {})
    assert few.layout.xaxis.dtick == 1 and len(few.data[0].colorbar.tickvals) > 2  # within two powers of ten
