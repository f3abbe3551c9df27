"""What the page says once a run stands still by itself, and the doors that lead on from there."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from html import escape
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from rnn_core import TASKS, Config
from rnn_core.tasks.guides import GUIDES, Next
from rnn_core.words import t
from ui.controls.controls import AGAIN, settle
from ui.frame.address import mend, written
from ui.frame.navigation import page_of
from ui.run.session import Session
from ui.run.visit import address, first_minute, show_everything

FIRST = t(
    "It reads a letter and must predict the one before, from its memory: the hidden state. At step 0 it knows nothing: "
    "guessing gets 1 in 5."
)


def sentence(s: Session) -> str:
    """Why a Session that has `ended` stands still."""
    kind, step = s.ended if s.ended else ("", 0)
    if kind == "overfitting":
        return t("Overfitting since step {step}: the {judged} loss was least there. Since then it has risen, and the "
                 "training loss has fallen. Play goes on.", step=f"{step:,}", judged=s.judged)
    if kind == "learned" and is_first_task(s.config):
        return t("Learned in {step} steps: its hidden state now remembers the letter before.", step=f"{step:,}")
    numbers = s.task.metric == "rmse"
    if kind == "budget":
        wrong = not numbers and s.status.held_out_metric < 1
        why = t("the held-out loss is not steadily small yet")
        if wrong:
            why = t("some held-out predictions are still wrong")
        return t("Step {step}: {why}. Play goes on, and so does another press of Skip ahead.",
                 step=f"{step:,}", why=why)
    since = t("every held-out prediction is right")
    if numbers:
        since = t("the {judged} loss is at most a hundredth of the baseline", judged=s.judged)
    return t("Learned in {step} steps: since then {since}. Play goes on.", step=f"{step:,}", since=since)


def is_first_task(config: Config) -> bool:
    """Whether this is what FIRST is about, in the first minute."""
    return first_minute() and (config.task, config.k) == ("echo", 1)


def ended(s: Session, name: str) -> None:
    """The sentence and its doors, in the room of the question. name: the page's heading, which is heard only."""
    with st.container(horizontal=True, vertical_alignment="center", key="ended"):
        st.html(f'{name}<p role="status">{escape(sentence(s))}</p>')
        for label, press, *args in doors(s):
            st.button(label, key=f"door-{label}", on_click=press, args=args)
        if first_minute():
            st.page_link(page_of("Shapes"), label=t("The five shapes"))


def doors(s: Session) -> list[tuple[Any, ...]]:
    """What each button says, and what it calls with which arguments."""
    result: list[tuple[Any, ...]] = []
    if s.can_go_back and s.ended and s.ended.kind == "overfitting":
        result.append((t("Back to step {step}", step=f"{s.ended.step:,}"), s.ask, "best"))
    if first_minute():
        result.append((t("How did one step work?"), explain, s))
    if step := next_step(s.config) if s.task.name in GUIDES else None:
        result.append((step.label, take, s, step))
    return result


def next_step(config: Config) -> Next | None:
    """What the task's guide offers after this: the first thing that is not so already, another task last."""
    if config.task not in GUIDES:
        return None
    values = asdict(config)
    reached = [k for k, n in enumerate(GUIDES[config.task].nexts) if is_so_already(values, n)]
    after = GUIDES[config.task].nexts[max(reached, default=-1) + 1 :]
    other = Next(t("Try another task: parity"), {"task": "parity"}) if config.task != "parity" else None
    return next(iter(after), other)


def is_so_already(values: Mapping[str, Any], step: Next) -> bool:
    """Whether what a step's button says, the first of its changes, is so already, or more than that."""
    name, wanted = next(iter(step.changes.items()))
    return values[name] >= wanted if name in ("k", "length", "horizon") else bool(values[name] == wanted)


def changed_by(config: Config, step: Next) -> Config:
    """The settings after a step: these with its changes, or those that another task wants."""
    task = str(step.changes.get("task", config.task))
    kept = asdict(config) if task == config.task else {"task": task, **TASKS[task].defaults, "seed": config.seed}
    return mend({**kept, **step.changes})[0]


def take(s: Session, step: Next) -> None:
    """Run what the step says, on the whole board, and play it."""
    config = changed_by(s.config, step)
    settle(config)
    own_settings = written(config)
    others = {name: texts for name, texts in address().items() if name != "first" and name not in Config.fields()}
    with suppress(StreamlitAPIException):  # one entry in the browser's history, where no widget holds any of these
        st.query_params.from_dict({**others, **own_settings})
    for name in Config.fields():  # a widget that is new on the page believes the address
        with suppress(StreamlitAPIException):  # one that is there holds its own
            if name in own_settings:
                st.query_params[name] = own_settings[name]
            else:
                st.query_params.pop(name, None)
    st.session_state[AGAIN] = True
    show_everything()
    s.apply(config)
    s.ask("play")


def explain(s: Session) -> None:
    """The next training step, stage by stage, on the whole board."""
    show_everything()
    settle(s.config)
    s.ask("slowly")
