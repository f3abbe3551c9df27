"""Sentences about what a run shows now, the most telling first. Each is true of its last Snapshot and its History."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnn_core.history import History
from rnn_core.losses import accuracy
from rnn_core.snapshot import Snapshot
from rnn_core.tasks import Baseline
from rnn_core.words import plural, t

if TYPE_CHECKING:
    from rnn_core.trainer import Trainer

VANISHED = 1e-6  # of the largest gradient
RECENT = 10  # training steps, of which clipping is told
WORSE, FALLEN = 1.1, 0.9  # of the held-out loss against its least, of the training loss since then
NOTABLE, CLEARLY = 0.02, 0.95  # of the baseline: a rise that counts, a loss that is clearly below


class Run(NamedTuple):
    """What is spoken of. metric: a key of METRICS; finite: whether the training examples are a set with an end. right:
    of what a decoder answers, step by step, the share of held-out sequences in which it is right; empty without one.
    """

    now: Snapshot
    history: History
    baseline: Baseline
    metric: str
    finite: bool = True
    right: tuple[float, ...] = ()

    @classmethod
    def of(cls, trainer: "Trainer", now: Snapshot) -> "Run":
        """A Trainer's run, whose last Snapshot this is."""
        task = trainer.task
        right = right_by_step(trainer) if now.shown.encoder_steps and task.metric == "accuracy" else ()
        return cls(now, trainer.history, task.baseline(trainer.config), task.metric, task.finite, right)


def comment(run: Run) -> str:
    """The first sentence that applies; "" where none does."""
    with np.errstate(all="ignore"):
        return next((text for rule in RULES if (text := rule(run))), "")


def untrained(run: Run) -> str:
    if run.now.step:
        return ""
    return t("Untrained: the held-out loss is {loss}, the baseline {baseline}.",
             loss=f"{run.now.held_out_loss:.3g}", baseline=f"{run.baseline.loss:.3g}")  # fmt: skip


def overfitting(run: Run) -> str:
    best = best_before_overfitting(run)
    if best is None:
        return ""
    return t(
        "Overfitting: the held-out loss was least at step {step}, {loss}. Since then it has risen, and the training "
        "loss has fallen.", step=best.step, loss=f"{best.loss:.3g}"
    )  # fmt: skip


class Best(NamedTuple):
    """The training step with the least held-out loss, and that loss."""

    step: int
    loss: float


def best_before_overfitting(run: Run) -> Best | None:
    """Where the held-out loss was least, if it has risen since while the training loss has fallen. Where every batch is
    drawn anew nothing is learned by heart: None.
    """
    steps, held_out, loss = (run.history[name] for name in ("step", "held_out_loss", "loss"))
    if not (run.finite and np.isfinite(held_out).any()):
        return None
    best = int(np.nanargmin(held_out))
    then, now = loss[max(0, best - RECENT) : best + RECENT].mean(), loss[-2 * RECENT :].mean()
    risen = run.now.held_out_loss > max(WORSE * held_out[best], held_out[best] + NOTABLE * run.baseline.loss)
    if len(loss) - best < 4 * RECENT or not risen or now > FALLEN * then:
        return None
    return Best(int(steps[best]), float(held_out[best]))


def learned(run: Run) -> str:
    if run.metric == "rmse" or run.now.held_out_metric < 1:
        return ""
    return t("Every held-out prediction is right.")


def right_by_step(trainer: "Trainer") -> tuple[float, ...]:
    """Of each step that is answered in every held-out sequence, the share of them in which it is right."""
    batch, _, loss = trainer.reader.read(trainer.held_out)
    parts = (slice(at, at + 1) for at in np.flatnonzero(batch.mask.all(axis=1)))
    return tuple(accuracy(loss.y_hat[at], batch.y[at], batch.mask[at]) for at in parts)


def right_so_far(run: Run) -> str:
    """How many answers of a decoder, from its first, are right in every held-out sequence."""
    first = next((k for k, share in enumerate(run.right) if share < 1), 0)
    if not first:
        return ""
    return plural(
        "So far the first answer is right, of {all}, in every held-out sequence.",
        "So far the first {count} answers are right, of {all}, in every held-out sequence.",
        first, count=first, all=len(run.right),
    )  # fmt: skip


def clipping(run: Run) -> str:
    """What clipping did in the last steps, where it cut most of them."""
    kept = run.history.last("clip_ratio", RECENT)
    cut = kept[kept < 0.9995]
    if 2 * len(cut) <= len(kept):
        return ""
    return t("Clipping cut {some} of the last {steps} steps, to {left} % of the gradient's norm.",
             some=len(cut), steps=len(kept), left=f"{100 * cut.mean():.0f}")  # fmt: skip


def vanishing(run: Run) -> str:
    """The first steps, whose gradient is less than a millionth of the largest."""
    norms = run.now.dh_norm
    if not (np.isfinite(norms).all() and norms.max() > 0):
        return ""
    largest, far = int(norms.argmax()), int((norms >= VANISHED * norms.max()).argmax())
    if far < 2:
        return ""
    return t("The gradient at steps 1 to {far} is less than a millionth of that at step {largest}.",
             far=far, largest=largest + 1)  # fmt: skip


def passed(run: Run) -> str:
    """Since when the held-out loss is below the baseline, if it is clearly below."""
    if not run.now.held_out_loss < CLEARLY * run.baseline.loss:
        return ""
    held_out = run.history["held_out_loss"]
    above = np.flatnonzero(held_out >= run.baseline.loss)
    looked = np.flatnonzero(held_out < run.baseline.loss)
    since = looked[looked > (above[-1] if len(above) else -1)]
    if not len(since):
        return ""
    return t("Below the baseline since step {step}.", step=f"{run.history['step'][since[0]]:.0f}")


def not_yet(run: Run) -> str:
    return t("No better than the baseline yet.") if run.now.held_out_loss >= run.baseline.loss else ""


RULES: tuple[Callable[[Run], str], ...] = (
    untrained, overfitting, learned, right_so_far, clipping, vanishing, passed, not_yet,
)  # fmt: skip
