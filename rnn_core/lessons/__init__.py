"""Lessons on recurrent networks, as data: name -> Lesson, in the order in which they are taken."""

from rnn_core.lessons import (
    alone,
    back,
    bug,
    by_heart,
    echo,
    exploding,
    gates,
    limits,
    loss,
    memory,
    open_path,
    remembers,
    slider,
    truncation,
    unrolled,
    vanishing,
)
from rnn_core.lessons.lesson import Ask, Lesson, Stage, Step, Verdict
from rnn_core.registry import Registry

__all__ = ["LESSONS", "Ask", "Lesson", "Stage", "Step", "Verdict"]

LESSONS = Registry(
    "lesson",
    {
        module.LESSON.name: module.LESSON
        for module in (
            unrolled,
            loss,
            back,
            bug,
            vanishing,
            remembers,
            exploding,
            gates,
            open_path,
            truncation,
            alone,
            by_heart,
            limits,
            slider,
            echo,
            memory,
        )
    },
)
