"""Searching the pane that has the focus: a value, the list of checkpoints, a text, or changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from ckpt_tui.tui.helpers.match_text import match_word, ways_on
from ckpt_tui.tui.view import matches
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.overview_lines import OverviewLines
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.text_lines import TextLines

if TYPE_CHECKING:
    from ckpt_tui.core.reading.search import Positions
    from ckpt_tui.tui.helpers.port import Port
    from ckpt_tui.tui.messages import MatchesReady, RowsFound
    from ckpt_tui.tui.widgets.diff_rows import DiffRows
    from ckpt_tui.tui.widgets.line_list import LineList


class ValueSearch:
    """A text that is searched, and moving from match to match.

    Args:
        port: The screen.

    Attributes:
        match: The text, or "".
    """

    def __init__(self, port: Port) -> None:
        self._port = port
        self.match = ""
        self._places: list[Positions] = []
        self._complete = True
        self._searched: object = None
        self._direction = 1

    def mark(self, text: str) -> None:
        """Mark a text in values, and search for it from now on; "" ends the search."""
        self.match = text
        self._searched = None
        for pane in self._port.panes.details:
            pane.rows.match = text
            pane.rows.changed()
            pane.mark_changes(text)

    def end(self) -> bool:
        """End the search; return False when there is none."""
        if not self.match:
            return False
        self.mark("")
        return True

    def next(self, direction: int) -> None:
        """Go to the next or previous match in the pane; `direction` is 1 or -1."""
        if not self.match:
            self._port.say("No search yet: / starts one.", "dim")
            return
        lines = self._port.panes.lines
        direction *= lines.take_count()
        if isinstance(lines, RowTree):
            self._search_value(lines, direction)
        elif isinstance(lines, Checkpoints):
            self._search_list(lines, 1 if direction > 0 else -1)
        elif isinstance(lines, TextLines | OverviewLines):
            self._search_text(lines, 1 if direction > 0 else -1)
        elif _are_changes(lines):
            self._search_changes(lines, direction)
        else:
            self._port.say("There is nothing to search in here.", "dim")

    # -- a value -----------------------------------------------------------------------------------------------------

    def _search_value(self, tree: RowTree, direction: int) -> None:
        value = tree.value_tree.value
        if self._searched is value:
            self._go(tree, direction)
            return
        self._direction = direction
        self._port.say("searching …", "dim")
        self._port.jobs.search(value, self.match)

    def take_matches(self, event: MatchesReady) -> None:
        """A search ended: go to the match nearest to the cursor."""
        tree = self._port.panes.value_tree
        if event.text != self.match or tree is None or tree.value_tree.value is not event.value:
            return
        self._searched, self._places, self._complete = event.value, event.places, event.complete
        self._go(tree, self._direction)

    def _go(self, tree: RowTree, direction: int) -> None:
        order = tree.value_tree.order_of
        places = sorted(self._places, key=order)
        if not places:
            self._port.say(f"No match for {self.match!a}.", "warn")
            return
        row = tree.row
        here = order(tree.value_tree.positions(row)) if row else ()
        after = sum(1 for place in places if order(place) < here or (direction > 0 and order(place) == here))
        at = (after + direction - 1 if direction > 0 else after + direction) % len(places)
        tree.go_to(places[at])
        more = "" if self._complete else "+"
        said = f"match {at + 1:,} of {len(places):,}{more} for {self.match!a} · {ways_on()}"
        self._port.say(said)

    # -- rows of other kinds -----------------------------------------------------------------------------------------

    def _search_list(self, lines: Checkpoints, step: int) -> None:
        rows = lines.view.rows
        for index in range(1, len(rows) + 1):
            at = (lines.cursor + index * step) % len(rows)
            if matches(rows[at], self.match):
                lines.move_to(at)
                self._port.say(f"{self.match!a}: n next · N previous · f shows only what contains it")
                return
        self._port.say(f"No match for {self.match!a}.", "warn")

    def _search_text(self, lines: TextLines | OverviewLines, step: int) -> None:
        found = lines.find(self.match, lines.cursor + step, step)
        if found is None:
            self._port.say(f"No match for {self.match!a}.", "warn")
        else:
            lines.move_to(found)

    def _search_changes(self, lines: DiffRows, direction: int) -> None:
        if lines.match != self.match:
            lines.set_match(self.match)
        rows = lines.unsearched()
        if rows is None:
            self._say_match(lines, direction)
        else:
            self._direction = direction
            self._port.say("searching …", "dim")
            self._port.jobs.search_rows(rows, self.match, lines.reveal)

    def take_rows(self, event: RowsFound) -> None:
        """A search in changes ended: go to the match that is next."""
        lines = self._port.panes.lines
        if event.text == self.match and _are_changes(lines) and event.rows is lines.unsearched():
            lines.take_found(event.rows, event.places)
            self._say_match(lines, self._direction)

    def _say_match(self, lines: DiffRows, direction: int) -> None:
        text, style = match_word(*lines.next_match(direction), self.match)
        self._port.say(text.strip(), style)


def _are_changes(lines: LineList) -> TypeGuard[DiffRows]:
    """Whether these are the lines of the tab of changes, whose class is imported on first use."""
    return lines.id == "diff"
