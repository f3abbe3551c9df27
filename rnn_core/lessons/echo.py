"""A challenge: an echo by hand, k = 1, H = 10, tanh: a shift register of two blocks of five units."""

from collections.abc import Mapping

import numpy as np

from rnn_core.cells import Params
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Hand, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import SOLVED, accuracy
from rnn_core.trainer import Trainer
from rnn_core.words import t

CONFIG = Config.of_task("echo", cell="rnn", k=1, hidden_size=10)
REGISTER = Config.of_task("echo", cell="rnn", k=1, hidden_size=10, start_weights="shift-register")
BLOCKS = {"first": (1, 0), "second": (0, 1), "both": (1, 1)}
CARRIED = {"off": ((0, 0), (0, 0)), "stay": ((1, 0), (0, 1)), "shift": ((0, 0), (1, 0))}


def register(chosen: Mapping[str, str]) -> Params:
    """W_xh (10,5) 3 where the letter is written, W_hh (10,10) as large as chosen from block to block, W_hy (5,10) 10
    from what is read.
    """
    one, zero = np.eye(5), np.zeros
    strength = float(chosen.get("strength", "3"))
    return {
        "W_xh": 3 * np.kron(np.array(BLOCKS[chosen.get("write", "first")])[:, None], one),
        "W_hh": strength * np.kron(np.array(CARRIED[chosen.get("carry", "shift")]), one),
        "W_hy": 10 * np.kron(np.array(BLOCKS[chosen.get("read", "second")])[None], one),
        "b_h": zero(10),
        "b_y": zero(5),
    }


BY_BLOCKS = Hand({"write": tuple(BLOCKS), "carry": tuple(CARRIED), "read": tuple(BLOCKS)}, register)
BY_STRENGTH = Hand({"strength": ("3", "1", "0.3", "0.1")}, register)


def echoes(run: Trainer) -> Verdict:
    """Which block is read, and of a network that does not echo which letter it names instead."""
    batch, score = run.held_out, accuracy(run)
    y = np.asarray(run.network.forward(run.params, batch).y)
    present = float((y.argmax(axis=1) == batch.x.argmax(axis=1))[batch.mask > 0].mean())
    numbers = {"accuracy": score, "present": present}
    if score <= SOLVED:
        silent, piled = np.ptp(y, axis=1).max() == 0, np.diag(run.params["W_hh"]).any()
        does = "silent" if silent else "piled" if piled else "present"
        return Verdict(does, numbers, done=False)
    first, second = np.split(np.abs(run.params["W_hy"]).sum(axis=0) > 0, 2)
    right = "both" if first.any() and second.any() else "second" if second.any() else "first"
    return Verdict(right, numbers, {t("the letter of the same column is right by chance only"): present < 0.35})


def probability(run: Trainer) -> float:
    """What the right letter gets, as a geometric mean."""
    return float(np.exp(-run.evaluate()[0]))


def faint(run: Trainer) -> Verdict:
    W_hh, score = float(run.params["W_hh"].max()), accuracy(run)
    if W_hh > 0.2:
        return Verdict("all", done=False)
    numbers = {
        "W_hh": round(W_hh, 3),
        "accuracy": score,
        "p": probability(run),
        "before": probability(Trainer(REGISTER)),
    }
    right = "all" if score > SOLVED else "half" if score > 0.4 else "guesses"
    return Verdict(right, numbers, {t("it is less sure"): numbers["p"] < 0.5 < 0.95 < numbers["before"]})


def radius(run: Trainer) -> Verdict:
    W_hh = np.asarray(run.params["W_hh"], float)
    score, largest = accuracy(run), float(np.abs(np.linalg.eigvals(W_hh)).max())
    right = "three" if largest > 2 else "one" if largest > 0.5 else "zero"
    claims = {t("W_hh times itself is 0"): not (W_hh @ W_hh).any(), t("all letters are right"): score > SOLVED}
    return Verdict(right, {"radius": largest, "accuracy": score}, claims)


LESSON = Lesson(
    "echo",
    8,
    (
        Step(
            "blocks",
            Stage(CONFIG, "set", hand=BY_BLOCKS, settings={"write": "first", "carry": "shift", "read": "second"}),
            Ask(("first", "second", "both")),
            echoes,
        ),
        Step(
            "faint",
            Stage(CONFIG, "set", hand=BY_STRENGTH, settings={"strength": "0.1"}),
            Ask(("all", "half", "guesses")),
            faint,
        ),
        Step("radius", Stage(REGISTER), Ask(("three", "one", "zero")), radius),
    ),
    ("playground", {"task": "echo", "cell": "rnn", "k": "3", "hidden_size": "20", "start_weights": "shift-register"}),
)
