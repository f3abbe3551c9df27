"""Shakespeare's sonnets, character by character: read so far, say the next one."""

from functools import cache

import numpy as np

from rnn_core.tasks import typed
from rnn_core.tasks.settings import Settings
from rnn_core.tasks.task import DATA, Batch, Task, one_hot
from rnn_core.tasks.text import text_task
from rnn_core.words import t


@cache
def sonnets() -> str:
    """All 154, with their numbers. Source and licence: data/SOURCES.md."""
    return (DATA / "sonnets.txt").read_text("utf-8")


@cache
def whole() -> Task:
    """The task of this text, made when it is first asked for: reading it takes time."""
    return text_task(sonnets())


def stream(config: Settings, step: int, split: str) -> Batch:
    """As in any text: the readers go on from step to step."""
    read_on = whole().stream
    assert read_on
    return read_on(config, step, split)


def encode_sonnets(text: str, config: Settings) -> Batch:
    """A line, character by character: at each the answer is the next one, and after the last one nobody knows it."""
    alphabet = whole().symbols(config)
    assert alphabet
    line = text.replace("’", "'").replace(" ", "␣") if text.strip() else ""
    result = np.array(typed.characters(line, alphabet, typed.room(config)))
    O, N = len(alphabet), len(result)
    batch = typed.sequence(one_hot(result[:, None], O, config.dtype)[..., 0], config, O)
    batch.y[: N - 1], batch.mask[: N - 1] = batch.x[1:N], 1
    return batch._replace(answered=np.arange(config.length)[:, None] < N)


SONNETS = Task(
    name="sonnets",
    title=t("Sonnets: the next character"),
    shape="many-to-many",
    loss="cross-entropy",
    metric="accuracy",
    question=lambda config: t(
        "The network reads Shakespeare's sonnets and must predict the next character at each step."
    ),
    baseline=lambda config: whole().baseline(config),
    sizes=lambda config: whole().sizes(config),
    draw=lambda rng, config, split: whole().draw(rng, config, split),
    stream=stream,
    check=lambda config: whole().check(config),
    read=lambda x: whole().read(x),
    symbols=lambda config: whole().symbols(config),
    encode=encode_sonnets,
    typing=lambda config: t(
        "up to {length} characters of a line, such as: {example}",
        length=config.length, example=typed.such(config.length, "shall i compare thee", "shall i", "shall", "o")
    ),
    defaults={"cell": "gru", "hidden_size": 48, "length": 25, "batch_size": 32, "learning_rate": 0.005},
    finite=True,
)
