"""Searching the changes of a comparison, and moving from match to match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ckpt_tui.core.diff.comparison import DiffRow
from ckpt_tui.tui.helpers.match_text import match_word
from ckpt_tui.tui.messages import RowsFound
from ckpt_tui.tui.widgets.diff_rows import DiffRows
from ckpt_tui.tui.widgets.prompt import SEARCH, Prompt
from ckpt_tui.tui.widgets.status import Part


class ChangeSearchPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def rows(self) -> DiffRows:
        """The changes."""
        ...

    @property
    def prompt(self) -> Prompt:
        """The prompt for the text."""
        ...

    def search_rows(self, rows: Sequence[DiffRow], text: str) -> None:
        """Search rows in a worker; the matches go to `ChangeSearch.take`."""

    def report(self, part: Part | None) -> None:
        """Show a text in the place of the keys; None shows the keys again."""


class ChangeSearch:
    """Finds a text in the changes.

    Args:
        port: The screen.
    """

    def __init__(self, port: ChangeSearchPort) -> None:
        self._port = port
        self._direction = 1

    def ask(self) -> None:
        """Ask for a text to search for."""
        self._port.prompt.ask(SEARCH, self._port.rows.match, self._begin)

    def _begin(self, text: str) -> None:
        self._port.rows.set_match(text)
        self._port.report(None)
        if text:
            self.go_on(1)

    def go_on(self, direction: int) -> None:
        """Go on by so many matches, once they are known."""
        self._direction = direction
        rows = self._port.rows
        unsearched = rows.unsearched()
        if unsearched is None:
            self._report_match()
        else:
            self._port.report((" searching … ", "dim"))
            self._port.search_rows(unsearched, rows.match)

    def take(self, event: RowsFound) -> None:
        """A search ended: go to the match that is next."""
        rows = self._port.rows
        if event.text == rows.match and event.rows is rows.unsearched():
            rows.take_found(event.rows, event.places)
            self._report_match()

    def _report_match(self) -> None:
        rows = self._port.rows
        self._port.report(match_word(*rows.next_match(self._direction), rows.match))

    def end(self) -> bool:
        """Search no more; False when there was no search."""
        if not self._port.rows.match:
            return False
        self._port.rows.set_match("")
        self._port.report(None)
        return True
