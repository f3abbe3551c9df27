"""Every mistake turns the gradients wrong that it must and leaves the others right, in every cell it can be made in."""

import numpy as np
import pytest

from rnn_core import CELLS
from rnn_core.analysis.exact import Exact, last_batch
from rnn_core.analysis.mistakes import MISTAKES, check_mistakes, unanswered
from rnn_core.step import LOSSES
from tests.engine.runs import KINDS, run
from tests.engine.small import ALL_CELLS

READ_OUT = {"W_hy", "b_y"}
IN_BACKWARD = sorted(name for name, mistake in MISTAKES.items() if mistake.backward)
IN_DY = sorted(name for name, mistake in MISTAKES.items() if mistake.dy and not mistake.several)
WRONG = {"no-transpose": "xhb", "no-slope": "xhb", "no-future": "xhb", "no-output": "xhb", "same-step": "h"}


def wrong(report) -> set[str]:
    return {name for name, error in report.errors.items() if error > report.tolerance}


def expected(cell: str, letters: str) -> set[str]:
    """Of one layer's weights those of W_xh (x), W_hh (h) and the biases (b)."""
    kinds = {"x": ("W_xh",), "h": ("W_hh",), "b": ("b_h", *CELLS[cell].biases)}
    return {name for letter in letters for name in kinds[letter]}


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_each_mistake_in_the_backward_pass_has_its_own_pattern(cell: str):
    reports = check_mistakes(run(cell, length=5, batch_size=3))
    assert reports["none"].ok
    cells = {name: MISTAKES[name].cells for name in (*IN_BACKWARD, "no-output")}
    assert {*reports} - {"none"} == {name for name, some in cells.items() if some is None or cell in some}
    for name in reports.keys() - {"none"}:
        assert wrong(reports[name]) == expected(cell, WRONG[name]), name
        assert all(error < 1e-6 for error in reports["none"].errors.values())
        assert min(reports[name].errors[weight] for weight in wrong(reports[name])) > 0.005, name


@pytest.mark.parametrize(("T", "hidden"), [(1, {"no-transpose", "no-future"}), (2, set())])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_short_sequence_hides_some(cell: str, T: int, hidden: set[str]):
    reports = check_mistakes(run(cell, length=T, task="digits") if T == 1 else run(cell, length=T, k=1))
    assert reports["none"].ok
    for name in reports.keys() & hidden:
        assert reports[name].ok, name
    for name in reports.keys() & {"no-transpose", "no-future"} - hidden:
        assert wrong(reports[name]) == expected(cell, "xb"), name  # of W_hh only the last step counts, h_0 being 0
    if "no-slope" in reports:
        assert wrong(reports["no-slope"]) == expected(cell, "xb" if T == 1 else "xhb")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_read_out_is_right_in_every_shape(cell: str, kind: str):
    reports = check_mistakes(run(cell, batch_size=3, **KINDS[kind]), entries=4)
    assert reports["none"].ok
    for name in IN_BACKWARD:
        if name in reports:
            assert wrong(reports[name]) and not wrong(reports[name]) & READ_OUT, name


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_loss_at_every_step_turns_everything_wrong_where_only_the_last_is_read(cell: str):
    T = 10
    trainer = run(cell, scale=0.3, task="latch", length=T, batch_size=4, hidden_size=8)
    reports = check_mistakes(trainer)
    for name in IN_DY:
        assert wrong(reports[name]) == reports[name].errors.keys()
    assert reports["answer-at-every-step"].errors["b_y"] == pytest.approx(T - 1)  # T times too large, exactly


@pytest.mark.parametrize("task", ["echo", "reverse"])
def test_where_many_steps_are_read_it_is_no_mistake(task: str):
    assert not set(IN_DY) & check_mistakes(run(task=task)).keys()


def test_the_loss_at_every_step_is_the_exact_gradient_of_the_wrong_loss():
    exact = last_batch(run("rnn", task="temporal-order", batch_size=3))
    found, batch = MISTAKES["loss-at-every-step"].gradients(exact), exact.batch
    assert unanswered(batch)[:-1].all() and not unanswered(batch)[-1].any()

    def wrong_loss(params) -> float:
        y = exact._replace(params=params).forward().y
        return LOSSES[exact.loss](y, np.broadcast_to(batch.y[-1:], y.shape))[0].sum() / 3

    for name, grad in found.items():
        for at in [(0,) * grad.ndim, tuple(n - 1 for n in grad.shape)]:
            slopes = []
            for sign in (1, -1):
                params = {k: array.copy() for k, array in exact.params.items()}
                params[name][at] += sign * 1e-6
                slopes.append(wrong_loss(params))
            assert grad[at] == pytest.approx((slopes[0] - slopes[1]) / 2e-6, rel=1e-5, abs=1e-8), (name, at)


SLOPES = {"rnn": lambda h, h_prev: 1 - h**2, "rnn-relu": lambda h, h_prev: h > 0,
          "residual": lambda h, h_prev: 1 - (h - h_prev) ** 2}  # fmt: skip


@pytest.mark.parametrize("cell", SLOPES)
@pytest.mark.parametrize("mistake", IN_BACKWARD)
def test_a_mistake_is_the_loop_with_that_one_thing_wrong(mistake: str, cell: str):
    exact = last_batch(run(cell, length=5, batch_size=3, hidden_size=6))
    trace, p = exact.forward(), exact.params
    dy, x = exact.network.loss(exact.loss, trace, exact.batch).dy, exact.batch.x
    h = np.concatenate([np.zeros((1, 6, 3)), trace.h])
    W = p["W_hh"] if mistake == "no-transpose" else p["W_hh"].T
    wanted, dh_next = {name: np.zeros_like(p[name]) for name in ("W_xh", "W_hh", "b_h")}, np.zeros((6, 3))
    for t in reversed(range(5)):
        dh = p["W_hy"].T @ dy[t] + dh_next * (mistake != "no-future")
        da = dh if mistake == "no-slope" else dh * SLOPES[cell](h[t + 1], h[t])
        wanted["W_xh"] += da @ x[t].T
        wanted["W_hh"] += da @ h[t + (mistake == "same-step")].T
        wanted["b_h"] += da.sum(axis=1)
        dh_next = W @ da + (dh if cell == "residual" else 0)
    found = MISTAKES[mistake].gradients(exact)
    for name, grad in wanted.items():
        assert found[name] == pytest.approx(grad, abs=1e-12), name


@pytest.mark.parametrize("task", ["echo", "reverse"])
def test_forgetting_the_outputs_is_the_gradient_of_the_last_answers_loss_and_the_right_read_out(task: str):
    exact = last_batch(run("gru", task=task, batch_size=3))
    mask = np.where(np.arange(len(exact.batch.mask))[:, None] == len(exact.batch.mask) - 1, exact.batch.mask, 0)
    found, right = MISTAKES["no-output"].gradients(exact), exact.backward()[2]
    trace = exact.forward()
    dy = exact.network.loss(exact.loss, trace, exact.batch).dy
    last = exact.network.backward(exact.params, trace, exact.batch, np.where(mask[:, None], dy, 0))
    for name in found:
        if task == "echo" or name in READ_OUT:  # reversed words end at different steps
            assert found[name] == pytest.approx((right if name in READ_OUT else last)[name], abs=1e-12), name


def test_forgetting_the_future_is_truncated_bptt_with_a_window_of_one():
    exact: Exact = last_batch(run("gru", task="reverse", layers=2))
    found, wanted = MISTAKES["no-future"].gradients(exact), exact.backward(window=1)[2]
    assert all(found[name] == pytest.approx(wanted[name], abs=1e-15) for name in wanted)


def test_the_cells_of_the_house_and_the_run_stay_as_they_are():
    trainer = run("rnn", task="latch")
    before, backward = trainer.theta.copy(), {name: cell.backward for name, cell in CELLS.items()}
    check_mistakes(trainer)
    assert (trainer.theta == before).all() and {name: cell.backward for name, cell in CELLS.items()} == backward
    assert trainer.step == 0


def test_every_mistake_names_cells_that_there_are():
    for mistake in MISTAKES.values():
        assert mistake.cells is None or set(mistake.cells) <= CELLS.keys()
        assert bool(mistake.backward) != bool(mistake.dy) and mistake.title


def test_a_window_of_the_run_is_no_mistake_here():
    found = check_mistakes(run("rnn", bptt_window=2))
    assert found["none"].ok
    assert found == check_mistakes(run("rnn"))


def test_fewer_than_one_entry_is_refused():
    with pytest.raises(ValueError, match="entries is 0; of each parameter at least 1 must be tried"):
        check_mistakes(run(), entries=0)
