"""Shakespeare's sonnets, character by character: read so far, say the next one."""

from functools import cache
from typing import TYPE_CHECKING

from rnn_core.tasks.task import DATA, Batch, Task
from rnn_core.tasks.text import text_task

if TYPE_CHECKING:
    from rnn_core.config import Config


@cache
def sonnets() -> str:
    """All 154, with their numbers. Source and licence: data/SOURCES.md."""
    return (DATA / "sonnets.txt").read_text("utf-8")


@cache
def whole() -> Task:
    """The task of this text, made when it is first asked for: reading it takes time."""
    return text_task(sonnets())


def stream(config: "Config", step: int, split: str) -> Batch:
    """As in any text: the readers go on from step to step."""
    read_on = whole().stream
    assert read_on
    return read_on(config, step, split)


SONNETS = Task(
    name="sonnets",
    title="Sonnets: the next character",
    shape="many-to-many",
    loss="cross-entropy",
    metric="right",
    question=lambda config: "The network reads Shakespeare's sonnets and must say the next character at each step.",
    baseline=lambda config: whole().baseline(config),
    sizes=lambda config: whole().sizes(config),
    draw=lambda rng, config, split: whole().draw(rng, config, split),
    stream=stream,
    check=lambda config: whole().check(config),
    read=lambda x: whole().read(x),
    symbols=lambda config: whole().symbols(config),
    defaults={"cell": "gru", "hidden_size": 48, "length": 25, "batch_size": 32, "learning_rate": 0.005},
)
