"""A session that learns what somebody brought: a text, or a series."""

from abc import abstractmethod
from typing import Any

import streamlit as st

from ui.run.session import Session


class Desk(Session):
    """wanted: what was brought and waits to be taken; uploads: how many files came. unrolled: whether the board is
    shown; opened: the film for which a slow step opened it.
    """

    wanted: tuple[Any, ...] | None = None
    uploads = opened = 0
    unrolled = False

    def want(self, *brought: Any) -> None:
        """Somebody brought this."""
        self.wanted = brought

    @abstractmethod
    def bring(self) -> str:
        """Take what is wanted, once -> what is to be known of it. Raises ValueError in one sentence where that cannot
        be, and what was learned before goes on.
        """

    @abstractmethod
    def stays(self, problem: str) -> str:
        """What could not be, and what is there all the same."""

    @abstractmethod
    def too_large(self, name: str, size: int) -> str:
        """Why a file of this name and so many bytes is not read."""

    def took(self, spinner: str) -> bool:
        """Take what is wanted, with these words meanwhile, or say in one sentence why not -> whether it was taken."""
        if self.wanted is None:
            return False
        with st.spinner(spinner):
            try:
                note = self.bring()
            except ValueError as problem:
                self.notes = (self.stays(str(problem)),)
                return False
        self.notes = (note,) if note else ()
        return True

    def unroll(self, key: str) -> None:
        """Show the board where a step is taken slowly, which is seen on it; key: of the widget that says so."""
        if self.status.slow and self.opened != self.film:
            self.opened, st.session_state[key] = self.film, True
