"""Searching the changes of a comparison: a line that asks for a text, and the way from match to match."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual import on
from textual.screen import Screen
from textual.widgets import Input

from ckpt_tui.tui.jobs import Jobs
from ckpt_tui.tui.messages import RowsFound
from ckpt_tui.tui.screens.searching import match_word
from ckpt_tui.tui.widgets.diff_rows import DiffRows
from ckpt_tui.tui.widgets.status import Part

Result = TypeVar("Result")


class SearchingChanges(Screen[Result], Generic[Result]):
    """A screen of changes that can be searched; it has `DiffRows` and an input `#ask`."""

    jobs: Jobs
    reveal = False
    said: Part | None = None
    """What there is to say in the place of the keys."""
    _way = 1

    @property
    def rows(self) -> DiffRows:
        """The changes."""
        return self.query_one(DiffRows)

    def draw(self) -> None:
        """Draw the lines around the changes."""

    def action_search(self) -> None:
        """Ask what to search for."""
        ask = self.query_one("#ask", Input)
        ask.value = self.rows.match
        ask.display = True
        self.set_focus(ask)  # at once: the next key may be on its way

    def _close_ask(self) -> None:
        self.query_one("#ask").display = False
        self.set_focus(self.rows)

    @on(Input.Submitted, "#ask")
    def _asked(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_ask()
        self.rows.set_match(event.value)
        self.said = None
        if event.value:
            self.search(1)
        self.draw()

    def search(self, way: int) -> None:
        """Go on by so many matches, once they are known."""
        self._way = way
        rows = self.rows.unsearched()
        if rows is None:
            self._tell_match()
        else:
            self.said = (" searching … ", "dim")
            self.draw()
            self.jobs.search_rows(rows, self.rows.match, self.reveal)

    def on_rows_found(self, event: RowsFound) -> None:
        """A search ended: go to the match that is next."""
        if event.text == self.rows.match and event.rows is self.rows.unsearched():
            self.rows.take_found(event.rows, event.places)
            self._tell_match()

    def _tell_match(self) -> None:
        self.said = match_word(*self.rows.next_match(self._way), self.rows.match)
        self.draw()

    def end_search(self) -> bool:
        """Close the line for a text, or search no more; False when there was no search."""
        if self.query_one("#ask").display:
            self._close_ask()
        elif self.rows.match:
            self.rows.set_match("")
            self.said = None
            self.draw()
        else:
            return False
        return True
