"""One case for many values, where each is a moment's work: it tells of every value that fails, and how."""

from collections.abc import Callable, Collection
from typing import Any

import pytest


def every(**named: Collection[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """In place of parametrize: @every(task=ALL_TASKS) calls the test with each task, all in one case."""
    ((name, values),) = named.items()

    def of(test: Callable[..., None]) -> Callable[[], None]:
        def all_of_them() -> None:
            problems: list[BaseException] = []
            for value in values:
                try:
                    test(**{name: value})
                except (Exception, pytest.fail.Exception) as problem:
                    problem.add_note(f"with {name} = {str(value)[:60]!r}")
                    problems.append(problem)
            assert values, f"there is no {name}"
            if problems:
                raise BaseExceptionGroup(f"{len(problems)} of {len(values)} fail", problems)

        all_of_them.__name__, all_of_them.__doc__ = test.__name__, test.__doc__
        return all_of_them

    return of
