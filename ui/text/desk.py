"""A text and the network that learns it: a Session that also keeps what was written, and how perplexed it was when."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import exp
from typing import Any, NamedTuple

import numpy as np

from rnn_core import Config
from rnn_core.tasks import Task
from rnn_core.tasks.sonnets import sonnets
from rnn_core.tasks.text import OTHER, Letters, counted, letters, task_of
from rnn_core.words import t
from ui.run.desk import Desk
from ui.run.governor import SHORTEST
from ui.run.places import place
from ui.text.run import SHOWN, Measured, TextRun
from ui.text.upload import as_text, pasted, reading_note, too_large

SONNETS = t("Shakespeare’s Sonnets")
DEFAULTS: dict[str, Any] = {
    "task": "sonnets",
    "cell": "gru",
    "hidden_size": 96,
    "length": 40,
    "batch_size": 16,
    "learning_rate": 0.003,
    "start": "carried",
}
TEMPERATURES = (0.3, 0.7, 1.0)
EARLIER = 1  # of the temperatures, whose samples are kept as the run goes on
TYPED = 200  # characters of a beginning that are read
PATIENCE = 4.0  # periods between two samples: that long one may read one
FEWEST = 2.0  # seconds between two samples
WRITING = 0.25  # of the time that there is for training, what samples may take in a class
OPENING = 12  # characters of a beginning that nobody typed
EARLIER_BY = 2.0  # so much sooner where it has taken twice as many steps since
LOOK = 5.0  # seconds between two looks at the held-out sequences in a class
POINTS = 200  # of the held-out curve


class Sample(NamedTuple):
    """What the network wrote after a step, one text for each of TEMPERATURES, each after `start`."""

    step: int
    start: str
    texts: tuple[str, ...]


class Study(NamedTuple):
    """A text in numbers, and the losses of the counting rules on its held-out passage."""

    letters: Letters
    counted: np.ndarray


class TextDesk(Desk):
    """A run on a text. source: what the text is called. points: (step, perplexity of the held-out passage).

    samples: the last, and earlier ones, each at about twice the step of the one before. measured: how the held-out
    passage was read last. beginning: what somebody typed; unit: which one they chose, from 0, None: the one that
    follows something most clearly; over: "held-out" or "typed". wanted: a text's name, and its characters or a file's
    bytes. texts: how many were learned. closed: how often the page itself closed the window for them.
    """

    run: TextRun
    measured: Measured

    def __init__(self, source: str, text: str, settings: Mapping[str, Any] | None = None) -> None:
        """settings: what the address wants of Config, else than DEFAULTS."""
        self.beginning, self.over = "", "held-out"
        self._opening = ""
        self.unit: int | None = None
        self.texts = self.closed = 0
        self._refreshed, self._rests, self._auto = float("-inf"), 0.0, 0
        self._looked = float("-inf")
        self._read(source, text, study(text))
        self._forget()
        super().__init__(Config(**self._suited(DEFAULTS | dict(settings or {}))))

    def make(self, config: Config) -> TextRun:
        return place().make(TextRun, config, self.letters)

    @property
    def task(self) -> Task:
        return self._task

    @property
    def room(self) -> int:
        """The longest stretch that the held-out part has room for."""
        return len(self.letters.codes) - self.letters.cut - 1

    def bring(self) -> str:
        """As every desk does."""
        wanted, self.wanted = self.wanted, None
        if wanted is None:
            return ""
        source, text = wanted
        self.closed += 1
        self.take(source, as_text(source, text) if isinstance(text, bytes) else pasted(text))
        self.texts += 1
        return reading_note(source, text) if isinstance(text, bytes) else ""

    def too_large(self, name: str, size: int) -> str:
        return too_large(name, size)

    def stays(self, problem: str) -> str:
        self.closed += 1
        return t("{problem}. The text before stays.", problem=problem)

    def take(self, source: str, text: str) -> None:
        """Learn another text, from a new start. Raises ValueError, and changes nothing, if it cannot be learned."""
        result = study(text)
        with self.lock:
            self.pause()
            self._read(source, text, result)
            self._forget()
            self.remake(replace(self.config, **self._suited({"length": self.config.length})))
        self.notes, self.refused = (), ""
        self.news = t("A new run started on another text.")

    def _read(self, source: str, text: str, studied: Study) -> None:
        result, counts = studied
        self.source, self.text, self.letters = source, text, result
        self._task = task_of(result)
        self.baselines = {t("bigram"): exp(counts[1]), t("5-gram"): exp(counts[-1])}
        self.passage = text[result.cut : result.cut + SHOWN]
        self.unit = None
        if self.beginning == self._opening:  # nobody has typed another
            known = result.decode(result.codes[result.cut : result.cut + SHOWN]).split(OTHER)
            self._opening = self.beginning = opening(max(known, key=len))

    def _suited(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields with a length that this text's held-out part has room for."""
        return {**fields, "length": min(fields["length"], self.room)}

    def start(self, config: Config) -> None:
        """As for every session; what was measured and written goes."""
        self._forget()
        super().start(config)

    def _forget(self) -> None:
        self.points: list[tuple[int, float]] = []
        self.earlier: list[Sample] = []
        self.sample = Sample(-1, "", ("",) * len(TEMPERATURES))
        self._of: tuple[object, ...] = ()

    def cut_back(self) -> None:
        """What was written later goes."""
        step = self.status.step
        self.points = [point for point in self.points if point[0] <= step]
        self.earlier = [sample for sample in self.earlier if sample.step <= step]

    def keep_pace(self, now: float) -> None:
        """A film of one frame where no board shows it, in a class only now and then: every frame costs a look at the
        held-out sequences.
        """
        super().keep_pace(now)
        if not self.unrolled:
            looks = self.pace.period <= SHORTEST or self.goal is not None or now - self._looked >= LOOK
            self._looked = now if looks else self._looked
            self.pace = self.pace._replace(frames=int(looks))

    def refresh(self, now: float) -> None:
        """Write, measure and read again, if there is something new to show and the last was long enough ago; and, while
        it plays, not as a part of the whole page, which is to be quick.
        """
        step, start = self.status.step, self.beginning
        since = now - self._refreshed
        soon = since < max(FEWEST, PATIENCE * self.pace.period, self._rests)
        early = step >= 2 * max(1, self.sample.step) and since >= self._rests / EARLIER_BY
        state = (self.restarts, step, start)
        if state == self._of or (self.playing and soon and not early and start == self._of[-1]):
            return
        if self.playing and self.whole and self._of[:1] == state[:1]:
            return
        self._refreshed, spent, begin = now, self.spent, time.thread_time()
        if self._of[:2] != state[:2]:
            self._measure(step)
        self._of = state
        self._write(step, start)
        cost = self.spent - spent if self.there else time.thread_time() - begin
        self._rests = cost * self.pace.period / (WRITING * self.pace.slice)
        self.often = self.pace.period / max(self.pace.period, self._rests)

    def _measure(self, step: int) -> None:
        self.measured = self.run.measure()
        self.points = [*(p for p in self.points if p[0] < step), (step, self.measured.perplexity)]
        if len(self.points) > POINTS:
            self.points = [*self.points[:-1:2], self.points[-1]]

    def _write(self, step: int, start: str) -> None:
        codes = self.letters.encode(start)
        start = self.letters.decode(codes)  # without the characters that the text has not
        if not len(codes):
            codes, start = self.letters.encode("\n"), ""
        if not len(codes):
            codes = np.bincount(self.letters.codes).argmax()[None]
        self.sample = Sample(step, start, self.run.sample(codes, TEMPERATURES))
        if not self.earlier or step >= 2 * max(1, self.earlier[-1].step):
            self.earlier.append(self.sample)

    @property
    def perplexity(self) -> float:
        """Of the held-out passage, when it was last measured."""
        return self.points[-1][1] if self.points else float(len(self.letters.symbols))

    @property
    def seen_unit(self) -> int:
        """The unit that is shown: the one chosen, or the clearest; another takes its place only if it is clearly so."""
        if self.unit is not None and self.unit < self.config.hidden_size:
            return self.unit
        clear = [abs(r) for _, r in self.measured.follows]
        if self._auto >= len(clear) or max(clear) > clear[self._auto] + 0.1:
            self._auto = int(np.argmax(clear))
        return self._auto

    def units(self) -> tuple[str, np.ndarray]:
        """The text that is coloured, and every unit after each of its characters, (T,H)."""
        if self.over == "typed" and self.beginning:
            codes = self.letters.encode(self.beginning)
            return self.letters.decode(codes), self.run.units(codes)
        return self.passage, self.measured.h

    def look(self, state: Any) -> None:
        """Take what the viewer typed and chose. It comes from a browser, so whatever is no choice changes nothing."""
        try:
            view = state["view"]
            self.beginning = str(view.get("beginning", self.beginning))[-TYPED:]
            self.over = "typed" if view.get("over") == "typed" else "held-out"
            unit = int(view.get("unit", -1))
            if view.get("texts") == self.texts and 0 <= unit < self.config.hidden_size:
                self.unit = unit
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return


def opening(passage: str) -> str:
    """A beginning to start from: the first whole words of the second line."""
    line = next((line.strip() for line in passage.split("\n")[1:] if len(line.strip()) > OPENING), passage.strip())
    words = line[: OPENING + 1].rpartition(" ")[0] or line[:OPENING]
    return words.translate(dict.fromkeys(map(ord, "\n\t"), " " if " " in passage else ""))


def study(text: str) -> Study:
    """A text in numbers, and its counts. Nobody's text is kept here but the Sonnets, with which all begin."""
    return studied_sonnets() if text is sonnets() else Study(result := letters(text), counted(result))


@cache
def studied_sonnets() -> Study:
    return Study(result := letters(sonnets()), counted(result))
