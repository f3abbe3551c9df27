"""What clipping does to a gradient and what truncation keeps of it: angles, lengths, shares; where they are exact."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import Trainer
from rnn_core.analysis import clipping_angle
from rnn_core.analysis.clipping import clip, clip_last_step
from rnn_core.analysis.exact import last_batch
from rnn_core.analysis.truncation import gradient_with_resets, truncation
from rnn_core.step import CLIPPING
from rnn_core.weights import Weights
from tests.engine.runs import KINDS, run
from tests.engine.small import ALL_CELLS, relative, small


def by_name(*arrays) -> dict[str, np.ndarray]:
    return {f"W_{k}": np.array(array, float) for k, array in enumerate(arrays)}


@pytest.mark.parametrize(("a", "b", "degrees"), [
    (by_name([1, 0], [0]), by_name([0, 1], [0]), 90),
    (by_name([1, 0], [0]), by_name([1, 0], [1]), 45),
    (by_name([1, 2], [3]), by_name([-2, -4], [-6]), 180),
    (by_name([1, 2], [3]), by_name([1e-300, 2e-300], [3e-300]), 0),
    (by_name([1, 0]), by_name([1, 1e-9]), np.degrees(1e-9)),
    (by_name([1e300, 1e300]), by_name([1e-320, 0]), 45),
    (by_name([0, 0], [0]), by_name([0, 0], [0]), 0),
    (by_name([1, 0], [0]), by_name([0, 0], [0]), 0),
])
def test_the_angle_is_that_of_the_whole_vectors(a, b, degrees: float):
    assert clipping_angle(a, b) == pytest.approx(degrees, rel=1e-6, abs=1e-12)
    assert clipping_angle(b, a) == pytest.approx(degrees, rel=1e-6, abs=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 999), rows=st.integers(1, 5), threshold=st.sampled_from([1e-3, 0.1, 1.0, 100.0]))
def test_by_norm_keeps_the_direction_and_by_value_turns_it(seed: int, rows: int, threshold: float):
    rng = np.random.default_rng(seed)
    g = {"W_hh": rng.normal(size=(rows, rows)), "b_h": rng.normal(size=rows)}
    length = np.sqrt(sum((array**2).sum() for array in g.values()))
    by_norm, by_value, none = (clip(g, rule, threshold) for rule in ("norm", "value", "none"))
    assert by_norm.angle == clipping_angle(g, by_norm.clipped) == pytest.approx(0, abs=1e-12)
    assert by_norm.kept == pytest.approx(min(1, threshold / length))
    assert by_norm.kept_by_weight == pytest.approx(dict.fromkeys(g, by_norm.kept))
    assert none.kept == 1 and none.angle == 0
    cut = {name: np.clip(array, -threshold, threshold) for name, array in g.items()}
    assert all((by_value.clipped[name] == cut[name]).all() for name in g)
    whole, left = (np.concatenate([array.ravel() for array in both.values()]) for both in (g, cut))
    cosine = whole @ left / np.linalg.norm(whole) / np.linalg.norm(left)
    assert by_value.angle == clipping_angle(g, cut) == pytest.approx(np.degrees(np.arccos(min(1, cosine))), abs=1e-5)
    if threshold < 0.2:
        assert by_value.angle > 0.5 and by_value.kept < 1
    for name in g:
        assert by_value.kept_by_weight[name] == pytest.approx(np.linalg.norm(cut[name]) / np.linalg.norm(g[name]))


@pytest.mark.parametrize("rule", CLIPPING)
def test_a_gradient_of_zero_is_kept_whole(rule: str):
    found = clip(by_name([0, 0], [[0]]), rule, 0.1)
    assert found.kept == 1 and found.angle == 0
    assert set(found.kept_by_weight.values()) == {1} and set(found.angle_by_weight.values()) == {0}


@pytest.mark.parametrize("rule", CLIPPING)
def test_a_gradient_at_the_ends_of_float64_is_clipped_as_any_other(rule: str):
    huge, tiny = by_name([3e300, 4e300]), by_name([3e-300, 4e-300])
    assert clip(huge, "norm", 1.0).clipped["W_0"] == pytest.approx([0.6, 0.8])
    assert clip(tiny, rule, 1.0).kept == 1
    assert clip(tiny, "norm", 5e-301).kept == pytest.approx(0.1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_last_step_under_its_own_rule_is_the_step_that_was_taken(cell: str, kind: str):
    trainer = run(cell, clip="norm", clip_threshold=0.05, bptt_window=4, **KINDS[kind])
    snapshot = trainer.advance(3)
    found = clip_last_step(trainer, "norm", 0.05)
    assert found.clipped.kept == pytest.approx(snapshot.clip_ratio)
    assert {round(share, 9) for share in found.kept_by_step} <= {1.0, round(snapshot.clip_ratio, 9)}  # 1: it is 0
    sgd = Trainer(dataclasses.replace(trainer.config, optimizer="sgd", clip="value", clip_threshold=0.001))
    sgd.params = trainer.params
    before = sgd.theta.copy()
    sgd.advance(1)
    moved = {name: (array - sgd.params[name]) / sgd.config.learning_rate
             for name, array in Weights(before, sgd.params).items()}  # fmt: skip
    left = clip_last_step(sgd, "value", 0.001).clipped.clipped
    assert all(relative(left[name], moved[name]) < 1e-9 for name in moved)


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_terms_that_by_value_leaves_add_up_to_what_it_leaves(cell: str):
    trainer = run(cell)
    exact = last_batch(trainer)
    trace, _, grads = exact.backward()
    terms = trace.flows[0][-1].W_hh_shares()
    left = np.clip(grads["W_hh"], -0.01, 0.01)
    factor = np.divide(left, grads["W_hh"], out=np.ones_like(left), where=grads["W_hh"] != 0)
    assert (terms * factor).sum(axis=0) == pytest.approx(left, abs=1e-14)
    wanted = [np.linalg.norm(term * factor) / np.linalg.norm(term) if term.any() else 1 for term in terms]
    assert clip_last_step(trainer, "value", 0.01).kept_by_step == pytest.approx(wanted)
    assert min(wanted) < 1


@pytest.mark.parametrize(("rule", "threshold", "g", "sentence"), [
    ("both", 1.0, by_name([1]), "clip is 'both'; it must be one of none, value, norm"),
    ("norm", 0, by_name([1]), "threshold is 0; it must be a finite number above 0"),
    ("norm", np.nan, by_name([1]), "threshold is nan; it must be a finite number above 0"),
    ("norm", 1.0, by_name([1, np.nan]), "W_0 of gradient has 1 numbers that are not finite; all must be"),
    ("norm", 1.0, [1.0], "gradient is [1.0]; it must be a dict of arrays by name, as trainer.params is"),
    ("norm", 1.0, {}, "gradient has nothing; it must have one array at least"),
])
def test_what_cannot_be_clipped_is_refused_in_a_sentence(rule, threshold, g, sentence: str):
    with pytest.raises(ValueError) as refusal:
        clip(g, rule, threshold)
    assert str(refusal.value) == sentence


def test_gradients_of_different_networks_have_no_angle():
    with pytest.raises(ValueError, match=r"gradient has W_0 \(2,\) and clipped has W_0 \(3,\); names and shapes must"):
        clipping_angle(by_name([1, 2]), by_name([1, 2, 3]))


# Truncation.


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_window_of_the_whole_sequence_keeps_everything(cell: str, kind: str):
    found = truncation(run(cell, bptt_window=2, **KINDS[kind]), 40)
    for kept in (found.cut, found.reset):
        assert kept.norm_ratio == 1 and kept.angle == 0
        assert all((kept.gradient[name] == found.true[name]).all() for name in found.true)


@pytest.mark.parametrize("window", [1, 3, 4])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_cut_is_the_gradient_that_such_a_run_trains_on(cell: str, kind: str, window: int):
    trainer = run(cell, bptt_window=window, clip="none", optimizer="sgd", **KINDS[kind])
    found, before = truncation(trainer, window), trainer.theta.copy()
    trainer.advance()
    moved = Weights((before - trainer.theta) / trainer.config.learning_rate, trainer.params)
    assert all(relative(found.cut.gradient[name], moved[name]) < 1e-8 for name in moved)
    whole = [np.concatenate([g[name].ravel() for name in found.true]) for g in (found.cut.gradient, found.true)]
    assert found.cut.norm_ratio == pytest.approx(np.linalg.norm(whole[0]) / np.linalg.norm(whole[1]))
    assert found.cut.angle == clipping_angle(found.true, found.cut.gradient)
    assert found.cut.norm_ratio_by_weight["b_y"] == 1 and found.cut.angle_by_weight["W_hy"] == 0


@pytest.mark.parametrize("carried", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_reset_windows_are_sequences_of_their_own(cell: str, layers: int, carried: bool):
    trainer = run(cell, length=6, layers=layers, start="carried" if carried else "zero")
    trainer.advance(3)
    exact, w = last_batch(trainer), 3
    assert bool(exact.state) == carried
    batch = exact.batch

    def beside(array: np.ndarray) -> np.ndarray:
        return np.concatenate([array[t : t + w] for t in range(0, 6, w)], axis=-1)

    first = exact.state and [tuple(np.concatenate([part, 0 * part], axis=1) for part in layer) for layer in exact.state]
    apart = batch._replace(x=beside(batch.x), y=beside(batch.y), mask=beside(batch.mask))
    wanted = exact._replace(batch=apart, state=first).backward()[2]
    found = gradient_with_resets(exact, w)
    assert all(relative(found[name], wanted[name]) < 1e-9 for name in wanted)
    whole = truncation(trainer, 6)
    assert whole.reset.norm_ratio == 1 and whole.cut.norm_ratio == 1


@pytest.mark.parametrize("window", [0, 1001, 2.5, True])
def test_a_window_that_cannot_be_is_refused(window):
    with pytest.raises(ValueError, match=r"window is .*; it must be a whole number from 1 to 1000"):
        truncation(Trainer(small()), window)
