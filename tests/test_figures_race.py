"""The figures of Compare: races, kept runs beside them, maps."""


import numpy as np
import pytest

from tests.test_figures import EXAMPLES, STEPS
from ui.figures.map import outcome_map
from ui.figures.race import COLOURS, CUT, MARKS, STROKES, Beside, Course, losses, smoothed, spread, thinned
from ui.figures.race import gradients as race_gradients


def test_a_race_has_a_line_for_each_with_a_band_over_its_seeds_and_a_cross_where_one_diverged():
    figure = EXAMPLES["losses"]()
    named = {trace.name: trace for trace in figure.data if trace.name}
    assert list(named) == ["baseline: ln 5", "rnn", "gru", "gru: diverged"]
    assert np.allclose(10 ** np.array(named["rnn"].y, float), [3, 2, 0.5], rtol=1e-4)  # the mean of those that are left
    assert named["rnn"].text[0] == "3 (2 to 4)" and named["rnn"].text[2] == "0.5000"
    strokes = [(named[n].line.color, named[n].line.dash) for n in ("rnn", "gru")]
    assert strokes == list(zip(COLOURS[:2], STROKES[:2], strict=True))
    (band,) = [trace for trace in figure.data if trace.fill]
    assert band.legendgroup == "rnn" and np.allclose(10 ** np.array(band.y, float), [4, 3, 0.5, 0.5, 1, 2], rtol=1e-4)
    assert named["gru: diverged"].x == (15,) and 10 ** named["gru: diverged"].y[0] == pytest.approx(1, rel=1e-4)
    assert {trace.legendgroup for trace in figure.data} == {"rnn", "gru", None}


def test_a_loss_that_explodes_does_not_press_the_others_flat_and_is_told():
    held_out = np.array([[1.0], [1e30], [1.0]])
    figure = losses(STEPS, [Course("a", held_out, held_out)], {"base": 0.5})
    assert CUT < figure.layout.yaxis.range[1] < CUT + 0.5
    assert figure.layout.annotations[-1].text == "the axis ends here; the largest loss is 1.0·10³⁰"
    assert len(EXAMPLES["losses"]().layout.annotations) == 1  # the baseline's name
    figure = losses(STEPS, [Course("a", held_out[[0, 1, 1]], held_out, [25])], {"base": 0.5})
    (cross,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert cross.y[0] <= figure.layout.yaxis.range[1], "where it diverged is marked within the picture"


def test_a_kept_run_is_drawn_over_a_race_with_marks_of_its_own_and_what_is_smoothed_stays_visible():
    steps, held = np.array([10, 20, 40]), np.array([1.0, np.nan, 0.01])
    runs = [Beside("id", "mine", 2, 1, steps, held, held + 1), Beside("none", "empty", 3, 2, *[np.empty(0)] * 3)]
    course = Course("rnn", np.array([[1.0], [0.1], [0.1]]), np.ones((3, 1)))
    figure = losses(STEPS, [course], {}, "kept", runs)
    (mine,) = [trace for trace in figure.data if trace.name == "mine"]
    assert (list(mine.x), list(mine.y), list(mine.text)) == ([10, 40], [0, -2], ["1", "0.01000"])
    assert (mine.legendgroup, mine.line.color, mine.marker.symbol) == ("id", COLOURS[2], MARKS[1])
    assert figure.layout.xaxis.range[1] == 50, "the axis has room for it"
    smooth = losses(STEPS, [course], {}, "kept", runs, 0.5)
    lines = [trace for trace in smooth.data if trace.name == "rnn" or trace.legendgroup == "rnn"]
    assert [list(trace.y) for trace in lines if trace.line.width == 1][1:] == [[0, -1, -1]], "as it is, behind"
    (thick,) = [trace for trace in lines if trace.name]
    assert list(thick.y) == pytest.approx([0, -1 / 1.5, -1.5 / 1.75], rel=1e-4)
    assert len(smooth.data) == len(figure.data) + 3
    assert np.array_equal(smoothed(held, 0.0), held, equal_nan=True)


def test_a_gradient_that_is_exactly_0_has_no_place_on_a_log_scale_and_is_told():
    figure = race_gradients({"a": np.ones((2, 3)), "b": np.zeros((2, 3))})
    assert [note.text for note in figure.layout.annotations] == ["exactly 0 at every step: b"]
    assert not EXAMPLES["gradients"]().layout.annotations


def test_no_curve_of_a_race_has_many_points_and_its_last_is_always_there():
    for n in (1, 2, 199, 200, 201, 850):
        kept = thinned(n)
        assert kept[-1] == n - 1 and len(kept) <= 201 and (np.diff(kept) > 0).all()
    assert np.isnan(spread(np.array([[np.nan, np.inf]])).mean[0])


def test_a_map_has_a_colour_and_words_for_each_cell_and_a_frame_around_one():
    figure = EXAMPLES["outcome_map"]()
    heat, other = figure.data
    assert (heat.zmin, heat.zmax) == (-3, 3), "no growth and no decay is the colour in the middle"
    assert heat.text[0] == ["0.001", "100"] or list(heat.text[0]) == ["0.001", "100"]
    assert (other.x, other.y, other.text) == ((0,), (1,), ("diverged",)), "and a cell without a number has its words"
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, -0.5, 0.5)
    assert list(figure.layout.yaxis.range) == [1.5, -0.5], "the first value is on top"
    plain = outcome_map(np.array([[0.5, 0.5]]), [["a", "b"]], ("k", ["1", "2"]), ("c", ["x"]))
    assert plain.data[0].zmin < 0.5 < plain.data[0].zmax
