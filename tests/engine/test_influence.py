"""How far a state reaches, against finite differences through the network, autograd, and numbers known exactly."""

import autograd
import numpy as np
import pytest
from autograd import numpy as anp
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import CELLS, Trainer
from rnn_core.analysis import influence, jacobian, jacobians, singular_values
from rnn_core.analysis.cell_state import cell_state_paths
from rnn_core.analysis.exact import held_out_sequence
from rnn_core.analysis.products import log10_influence, norms_between, singular_value_fan
from rnn_core.analysis.spectrum import BOUNDS, log10_textbook_bound, spectra
from tests.engine import oracle
from tests.engine.runs import KINDS, differences_along, ended, run, waiting
from tests.engine.small import ALL_CELLS, relative, small


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_jacobians_and_their_products_are_finite_differences_through_the_network(cell: str, kind: str):
    trainer = run(cell, hidden_size=2, seed=3, **KINDS[kind])
    i, H = ended(trainer), 2
    wanted = differences_along(trainer, i)
    J, norms = jacobians(trainer, i), influence(trainer, i)
    T = len(J)
    assert J.shape == (T, H * len(CELLS[cell].states), H * len(CELLS[cell].states)) and J.dtype == np.float64
    assert norms.shape == (T + 1, T + 1)
    for t in range(T):
        assert J[t] == pytest.approx(wanted[t + 1, t], abs=1e-8)
    for s in range(T + 1):
        assert np.isnan(norms[:s, s]).all()
        for t in range(s, T + 1):
            block = wanted[t, s, :H, :H]
            values = np.linalg.svd(block, compute_uv=False)
            assert norms[t, s] == pytest.approx(values[0], rel=1e-6, abs=1e-8)
            assert singular_values(trainer, i, s, t) == pytest.approx(values, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_influence_is_autograds_in_a_network_written_a_second_time(cell: str, kind: str):
    trainer = run(cell, hidden_size=2, seed=5, **KINDS[kind])
    i = ended(trainer)
    exact = held_out_sequence(trainer, i)
    config, batch, params = trainer.config, exact.batch, exact.params
    setting = oracle.Setting(cell, layers=config.layers, skip=config.layer_skip)
    T, S, read = len(batch.x), len(CELLS[cell].states), batch.encoder_steps
    steps = T if not read else read if batch.lengths is None else int(batch.lengths[0])

    def tops(added):
        """Of the top layer h_1 … h_T less what a skip adds, where `added` (T+1,H) is added to h_0 … h_T."""
        def zeros(layer):
            rest = np.zeros((T, S - 1, 2))
            top = layer == config.layers - 1
            return anp.concatenate([added[1:, None] if top else np.zeros((T, 1, 2)), rest], axis=1)

        zero = [zeros(layer) for layer in range(config.layers)]
        state = [(np.zeros(2),) * S for _ in range(config.layers - 1)]
        state.append((added[0], *[np.zeros(2)] * (S - 1)))
        h, now = oracle.read(params, "", list(batch.x[:steps, :, 0]), range(steps), state, zero, setting)
        if read:
            h += oracle.read(params, "decoder_", list(batch.x[read:, :, 0]), range(read, T), now, zero, setting)[0]
        return anp.stack(h)

    slopes = autograd.jacobian(tops)(np.zeros((T + 1, 2)))  # (steps, H, T+1, H)
    at = np.flatnonzero(~waiting(exact)) + 1
    found = influence(trainer, i)
    for row, t in enumerate(at):
        for s in [s for s in (0, *at) if s <= t]:
            wanted = np.linalg.norm(slopes[row, :, s], 2)
            assert found[t, s] == pytest.approx(wanted, rel=1e-9, abs=1e-14), (t, s)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ALL_CELLS)
def test_the_fan_is_the_last_row_and_has_the_singular_values_of_every_column(cell: str, kind: str):
    trainer = run(cell, **KINDS[kind])
    fan, norms, T = singular_value_fan(trainer, 2), influence(trainer, 2), trainer.config.length
    assert fan.log10_values.shape == (T + 1, 3) and fan.log10_bound.shape == (T + 1,)
    assert 10**fan.log10_norm == pytest.approx(norms[-1], rel=1e-12)
    assert 10 ** log10_influence(trainer, 2) == pytest.approx(norms, rel=1e-12, nan_ok=True)
    for t in (0, T // 2, T - 1, T):
        assert 10 ** fan.log10_values[t] == pytest.approx(singular_values(trainer, 2, t, T), rel=1e-9, abs=1e-15)
    assert (fan.log10_values[-1] == 0).all() and fan.log10_bound[-1] == 0
    assert 10**fan.log10_floor == pytest.approx(3 * 2.0**-52 * norms[-1], rel=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cell=st.sampled_from(ALL_CELLS), kind=st.sampled_from(sorted(KINDS)), scale=st.sampled_from([0.01, 0.5, 2.0]),
       H=st.integers(1, 4), seed=st.integers(0, 99))
def test_a_bound_is_a_bound(cell: str, kind: str, scale: float, H: int, seed: int):
    trainer = run(cell, scale, seed, hidden_size=H, **KINDS[kind])
    fan = singular_value_fan(trainer, seed % 64)
    assert (fan.log10_norm <= fan.log10_bound + 1e-9).all()
    if cell in BOUNDS:
        assert (fan.log10_bound <= log10_textbook_bound(trainer, seed % 64) + 1e-9).all()


def test_every_textbook_bound_is_of_a_cell_and_a_cell_without_one_is_refused():
    assert BOUNDS.keys() <= CELLS.keys()
    for cell in CELLS.keys() - BOUNDS.keys():
        with pytest.raises(ValueError, match=f"cell is {cell}, for which there is no textbook bound"):
            log10_textbook_bound(run(cell))


def test_the_textbook_bound_is_the_formula_of_the_paper():
    trainer = run("rnn")
    exact = held_out_sequence(trainer, 0)
    h = exact.forward().h[..., 0]
    each = np.linalg.norm(trainer.params["W_hh"], 2) * np.abs(1 - h**2).max(axis=1)
    wanted = [np.prod(each[t:]) for t in range(len(h) + 1)]
    assert 10 ** log10_textbook_bound(trainer) == pytest.approx(wanted, rel=1e-12)


def one_unit(cell: str, w: float, T: int) -> Trainer:
    """A network of one unit that reads nothing: h_t = tanh(w h_{t−1}) from 0, or the cell's own of that."""
    trainer = Trainer(small(cell=cell, length=T, hidden_size=1, dtype="float64"))
    for name, array in trainer.params.items():
        trainer.params[name] = np.full_like(array, w if name == "W_hh" else 0)
    return trainer


@pytest.mark.parametrize(("cell", "w", "factor"), [("rnn", 0.01, 0.01), ("residual", 9.0, 10.0)])
def test_four_hundred_steps_neither_underflow_nor_overflow_unsaid(cell: str, w: float, factor: float):
    trainer, lag = one_unit(cell, w, 400), np.subtract.outer(np.arange(401), np.arange(401))
    below = lag >= 0
    exact = lag[below] * np.log10(factor)
    norms = norms_between(jacobians(trainer), 1)
    assert norms.log10[below] == pytest.approx(exact, abs=1e-9)
    assert singular_value_fan(trainer).log10_norm == pytest.approx(exact[-401:], abs=1e-9)
    found, held = norms.float64[below], (exact > -323) & (exact < 308)
    assert (found > 0).all() and np.isfinite(found).all()
    assert found[held] == pytest.approx(10 ** exact[held], rel=1e-9, abs=0)
    assert (found[exact < -324] == 5e-324).all() and (found[exact > 309] == np.finfo(float).max).all()
    assert singular_values(trainer, 0, 0, 400) == pytest.approx(found[lag[below] == 400])


def test_what_is_exactly_zero_reads_zero_and_not_small():
    trainer = run("rnn-relu")
    trainer.params["b_h"] = np.full(3, -1e6)  # no unit is ever active
    T = trainer.config.length
    strictly = np.tril_indices(T + 1, -1)
    assert (influence(trainer)[strictly] == 0).all() and (np.diag(influence(trainer)) == 1).all()
    assert (log10_influence(trainer)[strictly] == -np.inf).all()
    assert (singular_values(trainer, 0, 0, T) == 0).all()
    assert (log10_textbook_bound(trainer)[:-1] == -np.inf).all()


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_one_time_step_and_one_unit(cell: str):
    trainer = run(cell, hidden_size=1, task="digits", length=1)
    assert jacobians(trainer).shape == (1, len(CELLS[cell].states), len(CELLS[cell].states))
    assert influence(trainer)[1, 0] == pytest.approx(abs(jacobians(trainer)[0, 0, 0]))
    assert singular_value_fan(trainer).log10_values.shape == (2, 1)


def test_a_matrix_that_is_not_normal_grows_first():
    trainer = Trainer(small(length=40, hidden_size=2, dtype="float64"))
    for name, array in trainer.params.items():
        trainer.params[name] = 0 * array
    trainer.params["W_hh"] = [[0.9, 5], [0, 0.9]]
    norms = influence(trainer)[:, 0]
    assert norms[[1, 2, 9, 20, 40]] == pytest.approx([5.16, 9.07, 19.38, 13.5, 3.3], rel=0.01)
    assert spectra(trainer).now["h"].spectral_radius == pytest.approx(0.9)


HAVE_C = [cell for cell in ALL_CELLS if "c" in CELLS[cell].states]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", HAVE_C)
def test_the_cell_states_paths_are_finite_differences_and_the_product_of_the_forget_gates(cell: str, kind: str):
    trainer = run(cell, hidden_size=2, **KINDS[kind])
    i = ended(trainer)
    exact, T, c = held_out_sequence(trainer, i), trainer.config.length, slice(2, 4)
    found, wanted = cell_state_paths(trainer, i), differences_along(trainer, i)[T][:, c, c]
    f = np.concatenate([tapes[-1]["f"][..., 0] for tapes in exact.forward().tapes])
    f[waiting(exact)] = 1
    for t in range(T + 1):
        direct = np.prod(f[t:], axis=0)
        assert 10 ** found.direct[t] == pytest.approx(direct, rel=1e-12)
        assert 10 ** found.whole[t] == pytest.approx(np.linalg.norm(wanted[t], 2), rel=1e-6, abs=1e-8)
        rest = np.linalg.norm(wanted[t] - np.diag(direct), 2)
        assert 10 ** found.rest[t] == pytest.approx(rest, rel=1e-6, abs=1e-8)
    assert (found.rest[-2:] == -np.inf).all()  # c_{T−1} reaches c_T on the direct path alone


@pytest.mark.parametrize("cell", sorted(CELLS.keys() - set(HAVE_C)))
def test_a_cell_without_a_cell_state_is_refused(cell: str):
    with pytest.raises(ValueError, match=f"cell is {cell}, which has no cell state c"):
        cell_state_paths(run(cell))


@pytest.mark.parametrize(("bias", "over_ten"), [(-2, 5.8e-10), (1, 0.044), (3, 0.62)])
def test_forget_bias_alone_decides_the_direct_path_where_weights_are_zero(bias: float, over_ten: float):
    trainer = Trainer(small(cell="lstm", length=10, dtype="float64"))
    for name, array in trainer.params.items():
        trainer.params[name] = 0 * array
    trainer.params["b_h"] = np.repeat([0.0, bias, 0, 0], 3)
    assert 10 ** cell_state_paths(trainer).direct[0] == pytest.approx(over_ten, rel=0.02, abs=0)


def test_four_hundred_closed_forget_gates_are_told():
    trainer = run("lstm", length=400)
    trainer.params["b_h"] = np.repeat([0.0, -30, 0, 0], 3)
    found = cell_state_paths(trainer)
    assert found.direct[0].max() < -4000 and np.isfinite(found.direct).all() and np.isfinite(found.whole).all()


@pytest.mark.parametrize("cell", ALL_CELLS)
@pytest.mark.parametrize("kind", ["one layer", "encoder, two layers"])
def test_eigenvalues_now_and_at_the_start(cell: str, kind: str):
    trainer = Trainer(small(cell=cell, learning_rate=0.1, **KINDS[kind]))
    stack = "decoder_" if trainer.network.decoder else ""
    name = f"{stack}W_hh" + ("_2" if trainer.config.layers == 2 else "")
    start = trainer.params[name].astype(float)
    trainer.advance(5)
    trainer.set(learning_rate=0.01, clip="none")
    now, found = trainer.params[name].astype(float), spectra(trainer, stack)
    assert tuple(found.now) == tuple(found.start) == CELLS[cell].gates
    for spectrum, W in ((found.now, now), (found.start, start)):
        for k, one in enumerate(spectrum.values()):
            block = W[3 * k : 3 * k + 3]
            assert sorted(one.eigenvalues, key=lambda z: (z.real, z.imag)) == pytest.approx(
                sorted(np.linalg.eigvals(block), key=lambda z: (z.real, z.imag))
            )
            assert one.spectral_radius == np.abs(one.eigenvalues[0]) <= one.norm * (1 + 1e-9)
            assert one.norm == pytest.approx(np.linalg.svd(block, compute_uv=False)[0])


@pytest.mark.parametrize("cell", ALL_CELLS)
def test_a_long_sequence_is_taken_in_pieces_that_change_nothing(cell: str, monkeypatch: pytest.MonkeyPatch):
    trainer = run(cell)
    whole = jacobians(trainer)
    monkeypatch.setattr(jacobian, "COLUMNS", 7)
    assert jacobians(trainer) == pytest.approx(whole, abs=1e-15)


def test_a_run_in_float32_is_read_in_float64_and_is_not_changed():
    trainer = Trainer(small("reverse", cell="lstm"))
    trainer.advance(3)
    before, step = trainer.theta.copy(), trainer.step
    twin = run("lstm", task="reverse")
    for name, array in trainer.params.items():
        twin.params[name] = array
    assert relative(jacobians(trainer), jacobians(twin)) < 1e-12
    assert (trainer.theta == before).all() and trainer.step == step
    assert trainer.advance(4).loss == Trainer(trainer.config).advance(7).loss
