"""What the text page shows at a moment, as bytes: JSON, in which whatever a person brought is text and nothing else."""

import base64
import json
from collections.abc import Sequence
from math import exp, isfinite, log2
from typing import Any

import numpy as np

from rnn_core.tasks.text import OTHER, names, seen
from rnn_core.words import t
from ui.chart.chart import message
from ui.figures.numbers import short
from ui.figures.perplexity import perplexity
from ui.text.desk import EARLIER, TEMPERATURES, Sample, TextDesk
from ui.text.run import Expected, Likely

CARDS = 24  # typed characters whose next letters are shown
LIKELIEST = 5
LINES, LINE = 9, 160  # earlier samples, and characters of each


def scene(s: TextDesk) -> bytes:
    """Everything at once, so that a page that comes back finds all of it."""
    with np.errstate(all="ignore"):  # what is not finite is left out below
        content = whole(s)
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


def whole(s: TextDesk) -> dict[str, Any]:
    """The same before it is bytes."""
    expected = s.run.expected(s.letters.encode(s.beginning), CARDS, LIKELIEST)
    return {
        "film": s.film,
        "step": s.status.step,
        "run": s.restarts,
        "playing": s.playing,
        "period": s.pace.period,
        "loss": finite(s.status.loss),
        "perplexity": finite(s.perplexity) if s.points else None,
        "chart": chart(s, expected),
        "numbers": numbers(s, expected.recent),
        "verdict": verdict(s, expected.recent),
        "texts": s.texts,
        "sample": {
            "step": s.sample.step,
            "start": s.sample.start,
            "texts": list(zip(TEMPERATURES, s.sample.texts, strict=True)),
        },
        "earlier": {
            "temperature": TEMPERATURES[EARLIER],
            "lines": [(sample.step, sample.texts[EARLIER].strip()[:LINE]) for sample in spread(s.earlier)],
        },
        "beginning": s.beginning,
        "next": cards(s, expected.likely),
        "unit": unit(s),
    }


def spread(samples: Sequence[Sample]) -> list[Sample]:
    """At most LINES of them, the first and the last among them."""
    places = np.linspace(0, len(samples) - 1, min(LINES, len(samples)))
    return [samples[round(place)] for place in places]


def chart(s: TextDesk, expected: Expected) -> dict[str, Any]:
    """Perplexity over the training steps: of the batches, and of the held-out passage."""
    step, training = s.status.step, np.exp(expected.losses.astype(float))
    figure = perplexity(expected.steps, training, s.points, s.baselines, len(s.letters.symbols), step)
    values = ", ".join(f"{name} {short(value)}" for name, value, _ in numbers(s, expected.recent) if value is not None)
    return message(
        figure,
        t(
            "Perplexity over the training steps. Step {step}. {values}. {verdict}",
            step=step, values=values, verdict=verdict(s, expected.recent)
        ),
    )


def numbers(s: TextDesk, recent: float) -> list[tuple[str, float | None, str]]:
    """The table: name, perplexity, and what it is."""
    trained = exp(min(recent, 700.0))
    return [
        (t("network"), finite(s.perplexity), bits(max(s.perplexity, 1))),
        *((name, finite(value), bits(value)) for name, value in s.baselines.items()),
        (t("in training"), finite(trained) if s.status.step else None, t("on the last batches")),
    ]


def bits(perplexity: float) -> str:
    return t("{bits} bits a character", bits=f"{log2(perplexity):.2f}")


def verdict(s: TextDesk, recent: float) -> str:
    """Who is ahead, plainly."""
    mine, (bigram, fifth), step = s.perplexity, s.baselines.values(), s.status.step
    best = min(s.points, key=lambda point: point[1], default=(0, mine))
    if step == 0:
        return t(
            "Untrained: it chooses among about {count} characters, of {kinds} kinds.",
            count=f"{mine:.0f}", kinds=len(s.letters.symbols)
        )
    if best[1] < 0.95 * mine and step > 1.5 * best[0]:
        before = {"step": f"{best[0]:,}", "perplexity": short(best[1])}
        if exp(min(recent, 700.0)) < best[1]:
            return t(
                "It was better at step {step} ({perplexity}). Since then it learns the training part by heart.",
                **before
            )
        return t(
            "It was better at step {step} ({perplexity}). Since then it does not get on; try a lower learning rate.",
            **before
        )
    if mine > bigram:
        return t("Counting pairs is still better: the bigram has {bigram}.", bigram=short(bigram))
    if mine > fifth:
        return t(
            "Ahead of the bigram. Counting four characters back is still better: the 5-gram has {five_gram}.",
            five_gram=short(fifth),
        )
    return t(
        "Ahead of both: the bigram has {bigram}, the 5-gram {five_gram}.", bigram=short(bigram), five_gram=short(fifth)
    )


def cards(s: TextDesk, likely: Sequence[Likely]) -> dict[str, Any]:
    """For each typed character, the likeliest next ones, and how likely was the one that came."""
    shown = names(s.letters.symbols)
    result = [
        {
            "letter": shown[one.code],
            "top": [(shown[k], finite(p)) for k, p in one.top],
            "came": one.came and (shown[one.came[0]], finite(one.came[1])),
        }
        for one in likely
    ]
    unknown = list(names(tuple(sorted(set(s.beginning) - set(s.letters.symbols)))))
    instead = seen(OTHER) if s.letters.left_out else ""
    hidden = max(0, len(s.letters.encode(s.beginning)) - CARDS)
    return {"cards": result, "hidden": hidden, "unknown": unknown, "instead": instead}


def unit(s: TextDesk) -> dict[str, Any]:
    """The coloured text, the unit's number after each character as a byte, and what every unit follows."""
    text, h = s.units()
    k = s.seen_unit
    values = h[:, k].astype(float) if len(h) else np.empty(0)
    sound = np.isfinite(values).all()
    scale = max(1.0, float(np.abs(values).max(initial=0))) if sound else 1.0
    whole = np.rint(127 * values / scale).astype("i1") if sound else np.zeros(len(values), "i1")
    order = sorted(range(len(s.measured.follows)), key=lambda u: -abs(s.measured.follows[u][1]))
    return {
        "text": text,
        "values": base64.b64encode(whole.tobytes()).decode(),
        "scale": scale,
        "unit": k,
        "chosen": s.unit is not None,
        "over": s.over,
        "options": [(u, s.measured.follows[u][0], round(s.measured.follows[u][1], 2)) for u in order],
        "after": extremes(text, values) if sound else "",
    }


def extremes(text: str, values: np.ndarray) -> str:
    """After which characters the unit is highest and lowest on average, in words."""
    kinds = [c for c in sorted(set(text)) if text.count(c) > 2]
    if len(kinds) < 4:
        return ""
    letters = np.array(list(text))
    mean = sorted((float(values[letters == c].mean()), c) for c in kinds)
    pairs = [" ".join(f"“{name}”" for name in names(tuple(c for _, c in part))) for part in (mean[:-4:-1], mean[:3])]
    return t("Highest after {highest} and lowest after {lowest}, on average.", highest=pairs[0], lowest=pairs[1])


def finite(value: float) -> float | None:
    """A number that JSON knows, or nothing."""
    return float(f"{value:.5g}") if isfinite(value) else None
