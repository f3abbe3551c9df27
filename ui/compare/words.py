"""A race in words: what it is about, what was measured of a preset, the table's rows, and its charts' labels."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import isfinite

from rnn_core.presets import PRESETS, SEEDS, Preset
from rnn_core.sweep.runs import EVERY
from rnn_core.tasks import TASKS
from ui.compare.race import Race, Setup
from ui.compare.run import Lane
from ui.compare.settings import preset_of
from ui.controls.control import label_of
from ui.figures.numbers import short
from ui.playground.glossary import HTML, linked
from ui.playground.words import heading

HEADS = (
    ("network", ""),
    ("H", ""),
    ("parameters", ""),
    ("steps", ""),
    ("CPU a step", "Processor time of one training step on this server, without the looks at the held-out sequences."),
    ("held-out loss", ""),
    ("score", ""),
    ("beats baseline", f"The first of the training steps {EVERY}, {2 * EVERY}, … at which the held-out loss is below "
     "the baseline, the dashed line."),
    ("clipped", "The share of training steps whose gradient was clipped."),
    ("hears back", "How many steps back the last answer's gradient reaches: the largest lag at which ‖∂L/∂h(T − lag)‖ "
     "is still a hundredth of its largest, averaged over the held-out sequences; L is the error of that answer alone. "
     "While many play it is asked now and then, of one run at a time."),
)  # fmt: skip


def about(race: Race) -> str:
    """The page's heading, and in a sentence what is raced, as HTML."""
    setup, name = race.setup, preset_of(race.setup)
    if name:
        words = f"{escape(PRESETS[name].sentence)} <span class='measured'>{escape(measured(PRESETS[name]))}</span>"
    else:
        lane = race.lanes[0]
        asked = lane.task.question(lane.config)
        words = escape(
            f"{len(race.lanes)} networks that differ in {label_of(setup.field).lower()} alone, from the same "
            f"seed{'s' if setup.seeds > 1 else ''}, on the same batches, step for step. {asked}"
        )
    return f'<div class="says"><div>{heading("Compare")}<p>: {linked(words, HTML)}</p></div></div>'


def measured(preset: Preset) -> str:
    """What came out for each value, over the seeds."""
    task = TASKS[preset.base.task]
    share = preset.outcome == "metric" and task.metric != "rmse"
    parts = []
    for value, (low, high) in preset.measured.items():
        a, b = (f"{100 * x:.0f}" if share else f"{x:g}" for x in (low, high))
        both = f"{a} to {b}" if a != b else a
        name = Setup(preset.base, preset.field, ()).name(value)
        parts.append(f"{name} {both}{' %' if share else ''}")
    what = task.metric if preset.outcome == "metric" else "held-out loss"
    of = f"after {preset.steps:,} steps, seeds {SEEDS[0]} to {SEEDS[-1]}"
    return f"Measured {of}, {what}: {', '.join(parts)}."


def heads(race: Race) -> list[tuple[str, str]]:
    """The table's columns, each with what it means where that is not plain."""
    metric = race.lanes[0].task.metric
    return [(metric, "") if name == "score" else (name, help) for name, help in HEADS]


def cells(lane: Lane, step: int) -> list[str]:
    """A contestant's row after its name at this training step, a string for each column."""
    n = len(lane.steps)
    gone = lane.diverged
    loss = over(lane.losses[-1], short)
    if gone:
        first = min(gone, key=lambda found: found.step)
        which = f"{'' if n == 1 else f'{len(gone)} of {n} '}diverged at step {first.step:,} ({first.array})"
        loss = which if len(gone) == n else f"{loss}, {which}"
    share = lane.task.metric != "rmse"
    score = over(lane.scores[-1], percent if share else short)
    score = score.replace(" (", " % (") if share and "(" in score else f"{score} %" if share and score != "–" else score
    steps = sorted({min(step, at) for at in lane.steps})
    return [
        f"{lane.config.hidden_size}",
        f"{lane.parameters:,}",
        f"{steps[0]:,}" if len(steps) == 1 else f"{steps[0]:,} to {steps[-1]:,}",
        f"{1000 * lane.seconds / lane.taken:.2f} ms" if lane.taken else "–",
        loss,
        score,
        beats(lane.beats),
        f"{100 * lane.clipped:.0f} %" if lane.config.clip != "none" else "–",
        reach(lane),
    ]


def over(values: Iterable[float], write: Callable[[float], str]) -> str:
    """The mean over the seeds that have one and, where they differ, the least and the largest."""
    known = [float(v) for v in values if isfinite(v)]
    if not known:
        return "–"
    mean, low, high = (write(v) for v in (sum(known) / len(known), min(known), max(known)))
    return mean if low == high else f"{mean} ({low} to {high})"


def percent(share: float) -> str:
    return f"{100 * share:.0f}"


def beats(steps: Sequence[int | None]) -> str:
    """When the baseline was beaten, and by how many of the seeds if not by all."""
    known = sorted(step for step in steps if step is not None)
    if not known:
        return "not yet"
    when = f"at {known[0]:,}" if known[0] == known[-1] else f"at {known[0]:,} to {known[-1]:,}"
    return when if len(known) == len(steps) else f"{when}, {len(known)} of {len(steps)}"


def reach(lane: Lane) -> str:
    """How many steps back it hears."""
    known = sorted(steps for _, steps in lane.reach if steps is not None)
    if not known:
        return "–"
    mean = sum(known) / len(known)
    steps = f"{known[0]}" if known[0] == known[-1] else f"{mean:.0f} ({known[0]} to {known[-1]})"
    return f"{steps} of {lane.lags}"


def caption(race: Race) -> str:
    """What the table's numbers are of."""
    n = len(race.lanes[0].steps)
    seeds = f"Mean over {n} seeds, in brackets the least and the largest." if n > 1 else "One seed."
    ended = "" if race.playing or race.step < race.goal or not race.step else " The race has come to its end."
    return f"After {race.step:,} training steps; losses and scores as of step {race.looks[-1]:,}. {seeds}{ended}"


def losses_in_words(race: Race) -> str:
    """What the first chart shows, for who hears it."""
    last = {lane.name: [loss for loss in lane.losses[-1] if isfinite(loss)] for lane in race.lanes}
    means = {name: short(sum(found) / len(found)) if found else "diverged" for name, found in last.items()}
    parts = [f"{name} {mean}" for name, mean in means.items()]
    return f"Loss over training steps, held out, on a log scale. After {race.looks[-1]} steps: {', '.join(parts)}."


def gradients_in_words(race: Race) -> str:
    """What the second chart shows."""
    parts = []
    for lane in race.lanes:
        mean = lane.gradients.mean(axis=0)
        parts.append(f"{lane.name} {short(float(mean[0]))} at step 1, {short(float(mean[-1]))} at step {len(mean)}")
    return f"‖∂L/∂h‖ over the time steps, before clipping, on a log scale: {'; '.join(parts)}."
