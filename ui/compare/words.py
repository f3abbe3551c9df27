"""A race in words: what it is about, what was measured of a preset, the table's rows, and its charts' labels."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import isfinite

from rnn_core.presets import PRESETS, SEEDS, Preset
from rnn_core.sweep.runs import EVERY
from rnn_core.tasks import TASKS
from rnn_core.words import plural, t
from ui.compare.race import Race, Setup
from ui.compare.run import Lane
from ui.compare.settings import preset_of
from ui.controls.names import name_of
from ui.figures.numbers import metric_name, short, whole_percent
from ui.playground.glossary import HTML, linked
from ui.playground.words import heading

HEADING, SCORE = t("Compare"), t("score")
HEADS = (
    (t("network"), ""),
    ("H", ""),
    (t("parameters"), ""),
    (t("steps"), ""),
    (t("CPU a step"),
     t("Processor time of one training step on this server, without the looks at the held-out sequences.")),
    (t("held-out loss"), ""),
    (SCORE, ""),
    (t("beats baseline"), t("The first of the training steps {first}, {second}, … at which the held-out loss is below "
     "the baseline, the dashed line.", first=EVERY, second=2 * EVERY)),
    (t("clipped"), t("The share of training steps whose gradient was clipped.")),
    (t("hears back"), t("How many steps back the last answer's gradient reaches: the largest lag at which "
     "‖∂L/∂h(T − lag)‖ is still a hundredth of its largest, averaged over the held-out sequences; L is the error of "
     "that answer alone. While many play it is asked now and then, of one run at a time.")),
)  # fmt: skip


def about(race: Race) -> str:
    """The page's heading, and in a sentence what is raced, as HTML."""
    setup, name = race.setup, preset_of(race.setup)
    if name:
        words = f"{escape(PRESETS[name].sentence)} <span class='measured'>{escape(measured(PRESETS[name]))}</span>"
    else:
        lane = race.lanes[0]
        question = lane.task.question(lane.config)
        words = escape(plural(
            "{networks} networks that differ in {setting} alone, from the same seed, on the same batches, step for "
            "step. {question}",
            "{networks} networks that differ in {setting} alone, from the same seeds, on the same batches, step for "
            "step. {question}",
            setup.seeds, networks=len(race.lanes), setting=name_of(setup.field), question=question
        ))  # fmt: skip
    return f'<div class="says"><div>{heading(HEADING)}<p>: {linked(words, HTML)}</p></div></div>'


def measured(preset: Preset) -> str:
    """What came out for each value, over the seeds."""
    task = TASKS[preset.base.task]
    share = preset.outcome == "metric" and task.metric != "rmse"
    parts = []
    for value, (low, high) in preset.measured.items():
        a, b = (f"{100 * x:.0f}" if share else f"{x:g}" for x in (low, high))
        both = t("{low} to {high}", low=a, high=b) if a != b else a
        name = Setup(preset.base, preset.field, ()).name(value)
        parts.append(f"{name} {both}{' %' if share else ''}")
    what = metric_name(task.metric) if preset.outcome == "metric" else t("held-out loss")
    return t("Measured after {steps} steps, seeds {first} to {last}, {outcome}: {values}.", steps=f"{preset.steps:,}",
             first=SEEDS[0], last=SEEDS[-1], outcome=what, values=", ".join(parts))  # fmt: skip


def heads(race: Race) -> list[tuple[str, str]]:
    """The table's columns, each with what it means where that is not plain."""
    metric = race.lanes[0].task.metric
    return [(metric_name(metric), "") if name == SCORE else (name, help) for name, help in HEADS]


def cells(lane: Lane, step: int) -> list[str]:
    """A contestant's row after its name at this training step, a string for each column."""
    n = len(lane.steps)
    gone = lane.diverged
    loss = over(lane.losses[-1], short)
    if gone:
        first = min(gone, key=lambda result: result.step)
        where = {"step": f"{first.step:,}", "array": first.array}
        which = (
            t("diverged at step {step} ({array})", **where) if n == 1
            else t("{some} of {all} diverged at step {step} ({array})", some=len(gone), all=n, **where)
        )  # fmt: skip
        loss = which if len(gone) == n else f"{loss}, {which}"
    share = lane.task.metric != "rmse"
    score = over(lane.scores[-1], whole_percent, " %") if share else over(lane.scores[-1], short)
    steps = sorted({min(step, at) for at in lane.steps})
    return [
        f"{lane.config.hidden_size}",
        f"{lane.parameters:,}",
        f"{steps[0]:,}" if len(steps) == 1 else t("{low} to {high}", low=f"{steps[0]:,}", high=f"{steps[-1]:,}"),
        f"{1000 * lane.seconds / lane.taken:.2f} ms" if lane.taken else "–",
        loss,
        score,
        beats(lane.beats),
        f"{100 * lane.clipped:.0f} %" if lane.config.clip != "none" else "–",
        reach(lane),
    ]


def over(values: Iterable[float], write: Callable[[float], str], unit: str = "") -> str:
    """The mean over the seeds that have one, with its unit, and, where they differ, the least and the largest."""
    known = [float(v) for v in values if isfinite(v)]
    if not known:
        return "–"
    mean, low, high = (write(v) for v in (sum(known) / len(known), min(known), max(known)))
    return mean + unit if low == high else t("{mean} ({low} to {high})", mean=mean + unit, low=low, high=high)


def beats(steps: Sequence[int | None]) -> str:
    """When the baseline was beaten, and by how many of the seeds if not by all."""
    known = sorted(step for step in steps if step is not None)
    if not known:
        return t("not yet")
    low, high = f"{known[0]:,}", f"{known[-1]:,}"
    when = t("at {step}", step=low) if low == high else t("at {low} to {high}", low=low, high=high)
    if len(known) == len(steps):
        return when
    return t("{when}, {some} of {all}", when=when, some=len(known), all=len(steps))


def reach(lane: Lane) -> str:
    """How many steps back it hears."""
    known = sorted(steps for _, steps in lane.reach if steps is not None)
    if not known:
        return "–"
    mean = sum(known) / len(known)
    low, high = known[0], known[-1]
    steps = f"{low}" if low == high else t("{mean} ({low} to {high})", mean=f"{mean:.0f}", low=low, high=high)
    return t("{steps} of {lags}", steps=steps, lags=lane.lags)


def caption(race: Race) -> str:
    """What the table's numbers are of."""
    n = len(race.lanes[0].steps)
    parts = [
        t("After {step} training steps; losses and scores as of step {look}.",
          step=f"{race.step:,}", look=f"{race.looks[-1]:,}"),
        t("Mean over {seeds} seeds, in brackets the least and the largest.", seeds=n) if n > 1 else t("One seed."),
    ]  # fmt: skip
    if not race.playing and race.step >= race.goal and race.step:
        parts.append(t("The race has come to its end."))
    return " ".join(parts)


def losses_in_words(race: Race) -> str:
    """What the first chart shows, for who hears it."""
    last = {lane.name: [loss for loss in lane.losses[-1] if isfinite(loss)] for lane in race.lanes}
    means = {name: short(sum(result) / len(result)) if result else t("diverged") for name, result in last.items()}
    parts = [f"{name} {mean}" for name, mean in means.items()]
    return t("Loss over training steps, held out, on a log scale. After {steps} steps: {losses}.",
             steps=race.looks[-1], losses=", ".join(parts))  # fmt: skip


def gradients_in_words(race: Race) -> str:
    """What the second chart shows."""
    parts = []
    for lane in race.lanes:
        mean = lane.gradients.mean(axis=0)
        parts.append(t("{name} {first} at step 1, {last} at step {steps}", name=lane.name, first=short(float(mean[0])),
                       last=short(float(mean[-1])), steps=len(mean)))  # fmt: skip
    return t("‖∂L/∂h‖ over the time steps, before clipping, on a log scale: {networks}.", networks="; ".join(parts))
