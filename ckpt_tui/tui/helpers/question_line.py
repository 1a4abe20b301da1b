"""The line that asks for a text, in the place of the line at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.widgets import Input

from ckpt_tui.tui.helpers.panes import Panes


class QuestionLine:
    """Asks for one text at a time.

    Args:
        screen: The screen; it has an input `#ask`.
        panes: Where the focus goes once the line is closed.
    """

    def __init__(self, screen: Screen[Any], panes: Panes) -> None:
        self._screen = screen
        self._panes = panes
        self._then: Callable[[str], None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a text is asked for."""
        return self._then is not None

    def ask(self, hint: str, text: str, then: Callable[[str], None], select: bool = True) -> None:
        """Ask for a text.

        Args:
            hint: What is asked for, shown while the line is empty.
            text: The text to begin with.
            then: Called with the answer.
            select: The text to begin with is selected: what is typed takes its place. Otherwise it is gone on with.
        """
        self._then = then
        line = self._screen.query_one("#ask", Input)
        line.placeholder = hint
        line.value = text
        line.select_on_focus = select
        line.cursor_position = len(text)
        line.display = True
        self._screen.set_focus(line)  # at once: the next key may be on its way

    def answer(self, text: str) -> None:
        """Close the line, and hand on what was answered."""
        then = self._then
        self.close()
        if then is not None:
            then(text)

    def close(self) -> None:
        """Close the line."""
        self._then = None
        self._screen.query_one("#ask").display = False
        self._panes.focus_pane(self._panes.pane)
