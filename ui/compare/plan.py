"""What a map is made of: two settings with their values, seeds, steps, and the outcome that is shown."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite, log10
from typing import Any, NamedTuple

import numpy as np

from rnn_core import TASKS, Config
from rnn_core.presets import FIVE
from rnn_core.registry import Registry
from rnn_core.sweep import Result, grid
from rnn_core.words import t
from ui.compare.race import counted
from ui.compare.settings import DIFFER, PREFIX, parsed, suggested
from ui.controls.control import label_of
from ui.figures.powers import power
from ui.frame.address import Notes, plain, quoted

MOST, SEEDS, STEPS = 12, 3, 10_000  # values of a setting; seeds; training steps of a run
CROSS = "✕"
MAP = t("Map")  # as the address says that a map is shown
Cell = tuple[int, int]  # column and row


class Plan(NamedTuple):
    """A run for every pair of values of the fields across and down, with base's seed and the next ones."""

    base: Config
    across: str
    xs: tuple[Any, ...]
    down: str
    ys: tuple[Any, ...]
    seeds: int = 1
    steps: int = 500
    outcome: str = "metric"

    def configs(self) -> dict[Config, Cell]:
        """Every run and its cell, row by row, first seed first. Raises ValueError in a sentence for what cannot be."""
        if self.across == self.down:
            both = label_of(self.across)
            raise ValueError(t("{setting} is chosen for both sides; a map has two settings", setting=both))
        for name, values in ((self.across, self.xs), (self.down, self.ys)):
            if not 1 < len(values) <= MOST:
                raise ValueError(t("{counted}; a map has 2 to {most} on each side",
                                   counted=counted(name, values), most=MOST))  # fmt: skip
        seeds = [self.base.seed + k for k in range(1 if "seed" in (self.across, self.down) else self.seeds)]
        fields: dict[str, Sequence[Any]] = {"seed": seeds, self.down: self.ys, self.across: self.xs}
        runs = grid(self.base, fields)
        columns, rows = len(self.xs), len(self.ys)
        return {run: (k % columns, k // columns % rows) for k, run in enumerate(runs)}


class Outcome(NamedTuple):
    """title; of: its number in a Result, None for none; write: a number in words. log: its natural scale is
    logarithmic; around: 1 is neither growth nor decay.
    """

    title: str
    of: Callable[[Result], float | None]
    write: Callable[[float], str] = lambda x: power(log10(x)) if x > 0 else "0"
    log: bool = False
    around: bool = False


OUTCOMES = Registry("outcome", {
    "metric": Outcome(t("Score on held-out sequences"), lambda r: r.metric, lambda x: f"{x:.2f}"),
    "loss": Outcome(t("Held-out loss"), lambda r: r.loss, log=True),
    "beats": Outcome(t("Steps to beat the baseline"), lambda r: r.beats_baseline_at, lambda x: f"{x:,.0f}"),
    "ratio": Outcome(t("Gradient ratio ‖∂L/∂h₁‖ / ‖∂L/∂h_T‖"), lambda r: r.gradient_ratio, log=True, around=True),
    "diverged": Outcome(t("Share of runs that diverged"), lambda r: float(r.diverged is not None),
                        lambda x: f"{100 * x:.0f} %"),
})  # fmt: skip

EXPLODES = Config.of_task("temporal-order", cell="rnn", length=20, recurrent_scale=1.5, optimizer="sgd")
MAPS: Registry[tuple[str, Plan]] = Registry("map", {
    "size-lag": (
        t("What k letters take to remember: hidden size against the lag k of echo, after 1,000 steps."),
        Plan(Config.of_task("echo"), "hidden_size", (2, 4, 8, 16, 32), "k", (1, 2, 3, 4, 6, 8), 1, 1000, "metric"),
    ),
    "rate-threshold": (
        t("Learning rate against clipping threshold, by norm, where gradients explode."),
        Plan(EXPLODES, "learning_rate", (0.01, 0.03, 0.1, 0.3, 1.0), "clip_threshold", (0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
             1, 500, "metric"),
    ),
    "radius-length": (
        t("Spectral radius of W_hh against length, after one training step: where gradients vanish, where they "
          "explode."),
        Plan(Config.of_task("temporal-order", cell="rnn"), "length", (10, 20, 30, 40, 60), "recurrent_scale",
             (0.5, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0), 1, 1, "ratio"),
    ),
    "lag-cell": (
        t("How far back each cell remembers: the lag k of echo against the cell, after 1,000 steps."),
        Plan(Config.of_task("echo", length=30), "k", (1, 2, 3, 4, 6, 8, 10), "cell", FIVE, 1, 1000, "metric"),
    ),
})  # fmt: skip
FIRST = MAPS["size-lag"][1]
SETTINGS = ("across", "down", "outcome")  # of these the address has the names, of the values lists
NUMBERS = {"map_seeds": ("seeds", 1, SEEDS), "map_steps": ("steps", 1, STEPS)}


def numbers_of(results: Sequence[Result], outcome: Outcome) -> list[float]:
    """The outcome of each run that has one."""
    hits = [outcome.of(result) for result in results if result.error is None]
    return [float(value) for value in hits if value is not None and isfinite(value)]


def shown(results: Sequence[Result], outcome: Outcome) -> tuple[float, str]:
    """A cell: what its colour tells, NaN for nothing, and its words, with a cross where a run diverged; "" where no run
    is done.
    """
    if not results:
        return np.nan, ""
    known = numbers_of(results, outcome)
    if not known:
        if any(r.error for r in results):
            return np.nan, t("error")
        return np.nan, t("diverged") if results[0].diverged else t("never")
    mean = sum(known) / len(known)
    z = mean if not outcome.log else float(np.log10(mean)) if mean > 0 else np.nan
    return z, outcome.write(mean) + (f" {CROSS}" if any(r.diverged for r in results) else "")


def read_plan(query: Mapping[str, list[str]], base: Config) -> tuple[Plan, Notes]:
    """A map out of an address, for a race's base, and what was put right; the first of MAPS where none is asked for."""
    texts = {name.removeprefix(PREFIX): texts[-1] for name, texts in query.items() if texts}
    name = texts.get("map", "")
    if name in MAPS:
        return MAPS[name][1], ()
    notes = []
    if name:
        notes.append(t("map is {value}; it must be one of {options}.", value=quoted(name), options=", ".join(MAPS)))
    if not texts.keys() & {*SETTINGS, *NUMBERS, "xs", "ys"}:
        result = FIRST._replace(base=base)
        return result if "k" in TASKS[base.task].fields and goes(result) else of_rate(base), tuple(notes)
    own: dict[str, Any] = {"base": base}
    options = {"across": DIFFER, "down": DIFFER, "outcome": tuple(OUTCOMES)}
    for key in SETTINGS:
        text = texts.get(key, getattr(FIRST, key))
        if text in options[key]:
            own[key] = text
        else:
            notes.append(t("{name} is {value}; it must be one of {options}.",
                          name=key, value=quoted(text), options=", ".join(options[key])))  # fmt: skip
    for key, (name, low, high) in NUMBERS.items():
        text = texts.get(key, str(getattr(FIRST, name)))
        if text.isdecimal() and low <= int(text) <= high:
            own[name] = int(text)
        else:
            notes.append(t("{name} is {value}; it must be a whole number from {low} to {high}.",
                          name=key, value=quoted(text), low=low, high=high))  # fmt: skip
    plan = FIRST._replace(**own)
    for key, field in (("xs", plan.across), ("ys", plan.down)):
        own[key] = several(field, base)
        try:
            own[key] = parsed(field, texts[key]) if key in texts else own[key]
        except ValueError as problem:
            notes.append(t("{problem}. So it has other values.", problem=problem))
    plan = FIRST._replace(**own)
    try:
        plan.configs()
    except ValueError as problem:
        return FIRST, (*notes, t("{problem}. So another map is shown.", problem=problem))
    return plan, tuple(notes)


def of_rate(base: Config) -> Plan:
    """A map that goes with any task."""
    return FIRST._replace(base=base, down="learning_rate", ys=MAPS["rate-threshold"][1].xs)


def goes(plan: Plan) -> bool:
    """Whether it can be run."""
    try:
        plan.configs()
    except ValueError:
        return False
    return True


def several(name: str, base: Config) -> tuple[Any, ...]:
    """Values of a field for a map to begin with: those of a preset, if one has them."""
    for _, plan in MAPS.values():
        for field, values in ((plan.across, plan.xs), (plan.down, plan.ys)):
            if field == name:
                return values
    return suggested(name, base)


def plan_in_address(plan: Plan) -> dict[str, str]:
    """What of a map stands in the address: all that is not as in the first one, its base aside."""
    own = {"across": plan.across, "down": plan.down, "outcome": plan.outcome,
           "map_seeds": str(plan.seeds), "map_steps": str(plan.steps)}  # fmt: skip
    first = {"across": FIRST.across, "down": FIRST.down, "outcome": FIRST.outcome,
             "map_seeds": str(FIRST.seeds), "map_steps": str(FIRST.steps)}  # fmt: skip
    result = {PREFIX + name: text for name, text in own.items() if text != first[name]}
    for key, field, values in (("xs", plan.across, plan.xs), ("ys", plan.down, plan.ys)):
        if values != several(field, plan.base):
            result[PREFIX + key] = ",".join(map(plain, values))
    return result

