"""One step of each classic cell, forward and back, worked out by hand: the arithmetic stands beside the numbers.

Six decimals, from a pocket calculator's exp. The formulas are Elman's (1990) and those of torch.nn.LSTM's and
torch.nn.GRU's documentation.
"""

import numpy as np
import pytest

from rnn_core import CELLS, backpropagate, unroll
from rnn_core.losses import mean_loss
from rnn_core.step import LOSSES


def column(*numbers: float) -> np.ndarray:
    return np.array(numbers)[:, None]


def near(*numbers):
    return pytest.approx(np.array(numbers), abs=2e-6)


def test_elman():
    """Two units, one input. x = 1, h_0 = (0.5, −0.5), and the loss asks ∂L/∂h_1 = (1, −2).

    a_1 = 0.5·1 + 0.1·0.5 + 0.2·(−0.5) + 0.0 =  0.45      h_1 = tanh( 0.45) =  0.421899
    a_2 = −1.0·1 + 0.3·0.5 − 0.4·(−0.5) + 0.1 = −0.55     h_2 = tanh(−0.55) = −0.500520
    ∂L/∂a_1 =  1·(1 − 0.421899²) =  1·0.822001 =  0.822001
    ∂L/∂a_2 = −2·(1 − 0.500520²) = −2·0.749479 = −1.498959
    ∂L/∂W_hh = ∂L/∂a h_0ᵀ = [[0.411001, −0.411001], [−0.749479, 0.749479]]
    ∂L/∂h_0 = W_hhᵀ ∂L/∂a = (0.1·0.822001 − 0.3·1.498959, 0.2·0.822001 + 0.4·1.498959) = (−0.367488, 0.763984)
    ∂L/∂x = 0.5·0.822001 + 1.0·1.498959 = 1.909960
    """
    p = {"W_xh": column(0.5, -1.0), "W_hh": np.array([[0.1, 0.2], [0.3, -0.4]]), "b_h": np.array([0.0, 0.1])}
    tape = unroll(CELLS["rnn"], p, np.ones((1, 1, 1)), [column(0.5, -0.5)])
    assert tape.h[0, :, 0] == near(0.421899, -0.500520)
    flow = backpropagate(CELLS["rnn"], p, tape, column(1.0, -2.0)[None])
    assert flow.dh[0, :, 0] == near(1, -2)
    assert flow.params["b_h"] == near(0.822001, -1.498959)
    assert flow.params["W_xh"][:, 0] == near(0.822001, -1.498959)
    assert flow.params["W_hh"] == near([0.411001, -0.411001], [-0.749479, 0.749479])
    assert flow.state[0][:, 0] == near(-0.367488, 0.763984)
    assert flow.dx[0, :, 0] == near(1.909960)


def test_elman_twice():
    """One unit, two steps, the same weights: W_xh = 1, W_hh = 0.5, b_h = 0, x = (0.6, −0.2), ∂L/∂h_2 = 1, nothing else.

    h_1 = tanh(0.6) = 0.537050      h_2 = tanh(−0.2 + 0.5·0.537050) = tanh(0.068525) = 0.068418
    ∂L/∂a_2 = 1 − 0.068418² = 0.995319            ∂L/∂h_1 = 0.5·0.995319 = 0.497660
    ∂L/∂a_1 = 0.497660·(1 − 0.537050²) = 0.354123
    ∂L/∂W_xh = 0.995319·(−0.2) + 0.354123·0.6 = 0.013410      ∂L/∂b_h = 0.995319 + 0.354123 = 1.349442
    ∂L/∂W_hh = 0.995319·0.537050 + 0.354123·0 = 0.534536
    """
    p = {"W_xh": np.array([[1.0]]), "W_hh": np.array([[0.5]]), "b_h": np.zeros(1)}
    tape = unroll(CELLS["rnn"], p, np.array([0.6, -0.2])[:, None, None])
    assert tape.h[:, 0, 0] == near(0.537050, 0.068418)
    flow = backpropagate(CELLS["rnn"], p, tape, np.array([0.0, 1.0])[:, None, None])
    assert flow.dh[:, 0, 0] == near(0.497660, 1)
    assert [float(flow.params[name].item()) for name in ("W_xh", "W_hh", "b_h")] == near(0.013410, 0.534536, 1.349442)


def test_relu():
    """The same as in test_elman, with max(0, a): a = (0.45, −0.55), so the second unit is off."""
    p = {"W_xh": column(0.5, -1.0), "W_hh": np.array([[0.1, 0.2], [0.3, -0.4]]), "b_h": np.array([0.0, 0.1])}
    tape = unroll(CELLS["rnn-relu"], p, np.ones((1, 1, 1)), [column(0.5, -0.5)])
    assert tape.h[0, :, 0] == near(0.45, 0)
    flow = backpropagate(CELLS["rnn-relu"], p, tape, column(1.0, -2.0)[None])
    assert flow.params["b_h"] == near(1, 0)
    assert flow.state[0][:, 0] == near(0.1, 0.2)


def test_residual():
    """test_elman's a, added to h_0: h_1 = (0.5 + 0.421899, −0.5 − 0.500520); ∂L/∂h_0 is test_elman's plus ∂L/∂h_1."""
    p = {"W_xh": column(0.5, -1.0), "W_hh": np.array([[0.1, 0.2], [0.3, -0.4]]), "b_h": np.array([0.0, 0.1])}
    tape = unroll(CELLS["residual"], p, np.ones((1, 1, 1)), [column(0.5, -0.5)])
    assert tape.h[0, :, 0] == near(0.921899, -1.000520)
    flow = backpropagate(CELLS["residual"], p, tape, column(1.0, -2.0)[None])
    assert flow.state[0][:, 0] == near(1 - 0.367488, -2 + 0.763984)


def test_lstm():
    """One unit. x = 1, h_0 = 0.5, c_0 = −1; rows i, f, g, o. ∂L/∂h_1 = 1, and nothing asks for c_1 directly.

    a_i =  0.2 + 0.4·0.5 + 0.1 =  0.5     i = σ( 0.5) = 0.622459
    a_f = −0.3 + 0.2·0.5 + 1.2 =  1.0     f = σ( 1.0) = 0.731059
    a_g =  0.6 − 0.2·0.5 + 0.0 =  0.5     g = tanh(0.5) = 0.462117
    a_o =  0.1 + 0.6·0.5 − 0.6 = −0.2     o = σ(−0.2) = 0.450166
    c_1 = 0.731059·(−1) + 0.622459·0.462117 = −0.443409     tanh c_1 = −0.416467     h_1 = o·tanh c_1 = −0.187479
    ∂L/∂c_1 = o (1 − tanh² c_1) = 0.450166·0.826556 = 0.372087
    ∂L/∂a_i = 0.372087·g·i(1 − i) = 0.372087·0.462117·0.235004 = 0.040408
    ∂L/∂a_f = 0.372087·c_0·f(1 − f) = −0.372087·0.196612 = −0.073157
    ∂L/∂a_g = 0.372087·i·(1 − g²) = 0.372087·0.622459·0.786448 = 0.182149
    ∂L/∂a_o = tanh c_1·o(1 − o) = −0.416467·0.247517 = −0.103082
    ∂L/∂c_0 = 0.372087·f = 0.272018
    ∂L/∂h_0 = 0.4·0.040408 − 0.2·0.073157 − 0.2·0.182149 − 0.6·0.103082 = −0.096747
    """
    W_xh, W_hh = column(0.2, -0.3, 0.6, 0.1), column(0.4, 0.2, -0.2, 0.6)
    p = {"W_xh": W_xh, "W_hh": W_hh, "b_h": np.array([0.1, 1.2, 0.0, -0.6])}
    tape = unroll(CELLS["lstm"], p, np.ones((1, 1, 1)), [column(0.5), column(-1.0)])
    assert [tape[name].item() for name in ("i", "f", "g", "o")] == near(0.622459, 0.731059, 0.462117, 0.450166)
    assert [tape[name].item() for name in ("c", "h")] == near(-0.443409, -0.187479)
    flow = backpropagate(CELLS["lstm"], p, tape, np.ones((1, 1, 1)))
    assert flow.dc.item() == pytest.approx(0.372087, abs=2e-6)
    assert flow.params["b_h"] == near(0.040408, -0.073157, 0.182149, -0.103082)
    assert flow.params["W_hh"][:, 0] == near(0.020204, -0.036578, 0.091074, -0.051541)
    assert [state.item() for state in flow.state] == near(-0.096747, 0.272018)


def test_gru():
    """One unit. x = 1, h_0 = 0.5; rows r, z, n; ∂L/∂h_1 = 1. The reset gate comes after the product and its bias b_hn.

    a_r = 0.3 + 0.4·0.5 + 0.0 = 0.5                    r = σ(0.5) = 0.622459
    a_z = −0.6 + 0.2·0.5 − 0.5 = −1.0                  z = σ(−1.0) = 0.268941
    m = 0.8·0.5 + 0.2 = 0.6
    a_n = 0.1 + 0.1 + 0.622459·0.6 = 0.573476          n = tanh(0.573476) = 0.517907
    h_1 = 0.731059·0.517907 + 0.268941·0.5 = 0.513091
    ∂L/∂a_n = (1 − z)(1 − n²) = 0.731059·0.731772 = 0.534968
    ∂L/∂m = 0.534968·r = 0.332996                      this is ∂L/∂b_hn
    ∂L/∂a_r = 0.534968·m·r(1 − r) = 0.534968·0.6·0.235004 = 0.075432
    ∂L/∂a_z = (h_0 − n) z(1 − z) = −0.017907·0.196612 = −0.003521
    ∂L/∂W_hn = 0.332996·0.5 = 0.166498 (∂L/∂m, not ∂L/∂a_n, times h_0)
    ∂L/∂h_0 = z + 0.4·0.075432 − 0.2·0.003521 + 0.8·0.332996 = 0.564807
    """
    W_xh, W_hh = column(0.3, -0.6, 0.1), column(0.4, 0.2, 0.8)
    p = {"W_xh": W_xh, "W_hh": W_hh, "b_h": np.array([0.0, -0.5, 0.1]), "b_hn": np.array([0.2])}
    tape = unroll(CELLS["gru"], p, np.ones((1, 1, 1)), [column(0.5)])
    assert [tape[name].item() for name in ("r", "z", "n", "h")] == near(0.622459, 0.268941, 0.517907, 0.513091)
    flow = backpropagate(CELLS["gru"], p, tape, np.ones((1, 1, 1)))
    assert flow.params["b_h"] == near(0.075432, -0.003521, 0.534968)
    assert flow.params["b_hn"] == near(0.332996)
    assert flow.params["W_hh"][:, 0] == near(0.037716, -0.001760, 0.166498)
    assert flow.state[0].item() == pytest.approx(0.564807, abs=2e-6)


def test_the_losses():
    """Two steps, one sequence, two outputs; only the second step answers.

    cross-entropy of logits (1, 0) for class 2: ln(e + 1) = 1.313262; softmax (0.731059, 0.268941) less (0, 1)
    squared error of (1, 0) from (0, 1): (1 + 1) / 2 = 1; ∂L/∂y = 2/2·(1, −1)
    binary of (1, 0) for (0, 1): (ln(1 + e) + ln 2) / 2 = (1.313262 + 0.693147) / 2; ∂L/∂y = (σ(1), σ(0) − 1) / 2
    """
    y, mask = np.array([[[5.0], [5.0]], [[1.0], [0.0]]]), np.array([[0.0], [1.0]])
    target = np.array([[[1.0], [0.0]], [[0.0], [1.0]]])
    wanted = {
        "cross-entropy": (1.313262, (0.731059, -0.731059), (0.731059, 0.268941)),
        "squared-error": (1.0, (1.0, -1.0), (1.0, 0.0)),
        "binary-cross-entropy": (1.003204, (0.365529, -0.25), (0.731059, 0.5)),
    }
    assert wanted.keys() == LOSSES.keys()
    for name, (loss, dy, y_hat) in wanted.items():
        found = mean_loss(name, y, target, mask)
        assert found.loss_t == near(0, loss)
        assert found.dy[:, :, 0] == near((0, 0), dy)
        assert found.y_hat[1, :, 0] == near(*y_hat)
