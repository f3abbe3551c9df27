"""A race for the tests: small, wild, and trained as its page trains it."""

from typing import Any

from rnn_core import Config, Trainer
from ui.compare.race import Race, Setup

SMALL = Config(hidden_size=3, length=5, k=1, batch_size=2)
WILD = Config.of_task("latch", cell="rnn-relu", length=12, hidden_size=4, initializer="identity", optimizer="sgd",
                      learning_rate=10.0)  # fmt: skip


def race(field: str = "cell", values: tuple[Any, ...] = ("rnn", "gru"), base: Config = SMALL, **more: Any) -> Race:
    return Race(Setup(base, field, values, **more))


def trained(r: Race) -> list[list[Trainer]]:
    """What trains, of every contestant."""
    return [lane.trainers for lane in r.run.lanes]


def steps(r: Race) -> set[int]:
    """At which steps its runs stand, as the page has them."""
    found = {step for lane in r.lanes for step in lane.steps}
    assert found == {t.step for trainers in trained(r) for t in trainers}
    return found


def played(r: Race, ticks: int = 10_000) -> Race:
    """Until it pauses by itself."""
    r.play()
    moment = 0.0
    for _ in range(ticks):
        if not r.playing:
            break
        r.tick(moment)
        moment += r.pace.period
    return r
