"""One step back: backpropagation through time at one place, where two gradients meet, and at one matrix, where T do."""

import numpy as np

from rnn_core.analysis.exact import last_batch
from rnn_core.analysis.terms import gradient_terms
from rnn_core.config import Config
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.lessons.measure import fresh
from rnn_core.trainer import Trainer
from rnn_core.words import t

SHORT = Config.of_task("echo", k=1, length=6, hidden_size=6, learning_rate=0.02, seed=3)  # every term is seen
ONE_ANSWER = Config.of_task("temporal-order", cell="rnn", length=10, hidden_size=8)
AT = 3  # the column that is spoken of, from 1
WAY_BACK = Stage(SHORT, "slowly", 1, opens=("backward", SHORT.length))


def fork(run: Trainer) -> Verdict:
    trace, now = last_batch(run).backward()[0], run.snapshot()
    parts = trace.dh_output[AT - 1], trace.dh_future[AT - 1]
    output, future, both = (float(norms[AT - 1]) for norms in (now.dh_output, now.dh_future, now.dh_norm))
    claims = {
        t("the two add up"): bool(np.allclose(sum(parts), trace.dh[AT - 1], atol=1e-12)),
        t("both arrive"): output > 0 and future > 0,
        t("the length of the sum is no sum of lengths"): both < 0.999 * (output + future),
    }
    return Verdict("add", {"output": output, "future": future, "both": both, "B": run.config.batch_size}, claims)


def last_column(run: Trainer) -> Verdict:
    now = run.snapshot()
    claims = {
        t("nothing comes from beyond the last column"): now.dh_future[-1] == 0,
        t("its own output asks"): now.dh_output[-1] > 0,
        t("the first has no target"): now.dh_output[0] == 0,
    }
    return Verdict("last", {"last": float(now.dh_output[-1]), "T": len(now.dh_future)}, claims)


def unasked(run: Trainer) -> Verdict:
    now = run.snapshot()
    answered = np.flatnonzero(now.dh_output) + 1
    T = len(now.dh_norm)
    claims = {
        t("only the last column has a target"): list(answered) == [T],
        t("all others hear of it"): bool((now.dh_norm > 0).all()),
    }
    return Verdict("later", {"T": T, "at": AT, "norm": float(now.dh_norm[AT - 1])}, claims)


def one_matrix(run: Trainer) -> Verdict:
    terms = gradient_terms(run)
    summed, total = terms.by_step.sum(axis=0), terms.total["W_hh"]
    nonzero = int((np.abs(terms.by_step).max(axis=(1, 2)) > 0).sum())
    numbers = {"T": len(terms.by_step), "terms": nonzero, "total": 10**terms.log10_total}
    claims = {
        t("the terms add up to the gradient"): bool(np.allclose(summed, total, atol=1e-12)),
        t("all columns but the first have one"): nonzero == len(terms.by_step) - 1,
    }
    return Verdict("sum", numbers, claims)


def update(run: Trainer) -> Verdict:
    """Of one step of SGD, for how many weights it went against the sign of the gradient, and by how much."""
    exact = last_batch(run)
    gradient, before = exact.backward()[2], fresh(run.config).params
    g = np.concatenate([each.ravel() for each in gradient.values()])
    move = np.concatenate([(np.asarray(run.params[name]) - before[name]).ravel() for name in gradient])
    seen = np.abs(g) > 1e-4
    numbers = {
        "g": float(g[np.abs(g).argmax()]),
        "move": float(move[np.abs(g).argmax()]),
        "rate": run.config.learning_rate,
    }
    claims = {
        t("every weight moves against its gradient"): bool((np.sign(move[seen]) == -np.sign(g[seen])).all()),
        t("by the learning rate times it"): bool(np.allclose(move, -run.config.learning_rate * g, atol=1e-6)),
    }
    return Verdict("against", numbers, claims)


LESSON = Lesson(
    "back",
    15,
    (
        Step("fork", Stage(SHORT, "slowly", 1, opens=("backward", AT)), Ask(("add", "multiply", "larger")), fork),
        Step("last-column", WAY_BACK, Ask(("first", "last", "none")), last_column),
        Step("unasked", Stage(ONE_ANSWER, "step", 1, covers=("grad",)), Ask(("nothing", "later", "share")), unasked),
        Step("one-matrix", WAY_BACK, Ask(("sum", "last", "product")), one_matrix),
        Step(
            "update",
            Stage(
                Config.of_task("echo", k=1, length=6, hidden_size=6, optimizer="sgd", learning_rate=0.1, clip="none"),
                "slowly",
                1,
                opens=("update", 0),
            ),
            Ask(("with", "against", "rate")),
            update,
        ),
    ),
    (
        "gradients",
        {"task": "echo", "k": "1", "length": "6", "hidden_size": "6", "gradients-section": t("Check it yourself")},
    ),
)
