"""Searching the pane that has the focus, and filtering the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from ckpt_tui.tui.jobs import Jobs
from ckpt_tui.tui.messages import MatchesReady, RowsFound
from ckpt_tui.tui.screens.opcodes import Opcodes
from ckpt_tui.tui.view import matches
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.status import Part

if TYPE_CHECKING:
    from ckpt_tui.core.reading.search import Positions
    from ckpt_tui.tui.widgets.row_tree import RowTree

SEARCH_HINT = "search: a text; an upper case letter makes it strict about case"
_HINTS = {
    "search": SEARCH_HINT,
    "note": "a note on this checkpoint; empty takes it away",
    "bisect": "first checkpoint where: an expression such as state.score > `0.8`",
    "filter": "filter: id, workflow, executor, waiting, done …; empty shows all",
}


def match_word(at: int, total: int, match: str) -> Part:
    """Which match is shown, in words."""
    if not total:
        return (f" No match for {match!a}. ", "warn")
    return (f" match {at:,} of {total:,} for {match!a} · n next · N previous · esc ends ", "plain")


class Searching(Opcodes):
    """Values that can be searched, and a list that can be searched and filtered."""

    jobs: Jobs

    def __init__(self) -> None:
        super().__init__()
        self.match = ""
        self._places: list[Positions] = []
        self._complete = True
        self._searched: object = None
        self._way = 1
        self._ask = ""

    def action_search(self) -> None:
        """Ask what to search for in the pane."""
        self._open_ask("search", self.match)

    def on_checkpoints_filter_asked(self) -> None:
        """Ask what to filter by."""
        self._open_ask("filter", self.list.view.filter)

    @property
    def is_asking(self) -> bool:
        """Whether the line for a text is open."""
        return bool(self._ask)

    def _open_ask(self, what: str, value: str) -> None:
        self._ask = what
        ask = self.query_one("#ask", Input)
        ask.placeholder = _HINTS[what]
        ask.value = value
        ask.select_on_focus = what != "bisect"  # a path that is to be completed
        ask.cursor_position = len(value)
        ask.display = True
        self.set_focus(ask)  # at once: the next key may be on its way

    def close_ask(self) -> None:
        """Close the line for a text."""
        pane = self.pane
        self._ask = ""
        self.query_one("#ask").display = False
        self.focus_pane(pane)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what the text was asked for."""
        event.stop()
        what, text = self._ask, event.value
        self.close_ask()
        if what == "filter":
            self.set_filter(text)
            return
        if what == "note":
            self.take_note(text)
            return
        if what == "bisect":
            self.bisect(text)
            return
        self.set_match(text)
        if text:
            self.action_search_next(1)

    if TYPE_CHECKING:  # what others that are mixed in do; a body here would stand before theirs

        def take_note(self, text: str) -> None:
            """Keep a note on the checkpoint."""

        def bisect(self, text: str) -> None:
            """Go to the first checkpoint of the branch where an expression is true."""

        def set_filter(self, text: str) -> None:
            """Show only checkpoints that contain a text; "" shows all."""

    def set_match(self, text: str) -> None:
        """Mark a text in values; "" marks nothing."""
        self.match = text
        self._searched = None
        for pane in self.details:
            pane.rows.match = text
            pane.rows.changed()
            pane.mark_changes(text)

    def action_search_next(self, way: int) -> None:
        """Go to the next or previous match in the pane."""
        if not self.match:
            self.say("Nothing to search for: / asks.", "dim")
            return
        from ckpt_tui.tui.widgets.text_lines import TextLines

        lines, tree = self.lines, self.value_tree
        way *= lines.take_count()
        if tree is not None:
            value = tree.outline.value
            if self._searched is not value:
                self._way = way
                self.say("searching …", "dim")
                self.jobs.search(value, self.match)
            else:
                self._go(tree, way)
        elif isinstance(lines, Checkpoints):
            self._search_list(lines, 1 if way > 0 else -1)
        elif isinstance(lines, TextLines):
            step = 1 if way > 0 else -1
            found = lines.find(self.match, lines.cursor + step, step)
            if found is None:
                self.say(f"No match for {self.match!a}.", "warn")
            else:
                lines.move_to(found)
        else:
            self._search_changes(lines, way)

    def _search_changes(self, lines: LineList, way: int) -> None:
        from ckpt_tui.tui.widgets.diff_rows import DiffRows  # late: the first screen does without

        if not isinstance(lines, DiffRows):
            self.say("There is nothing to search in here.", "dim")
            return
        if lines.match != self.match:
            lines.set_match(self.match)
        rows = lines.unsearched()
        if rows is None:
            self._tell_match(*lines.next_match(way))
        else:
            self._way = way
            self.say("searching …", "dim")
            self.jobs.search_rows(rows, self.match, lines.reveal)

    def on_rows_found(self, event: RowsFound) -> None:
        """A search in changes ended: go to the match that is next."""
        from ckpt_tui.tui.widgets.diff_rows import DiffRows  # late, too

        lines = self.lines
        if event.text == self.match and isinstance(lines, DiffRows) and event.rows is lines.unsearched():
            lines.take_found(event.rows, event.places)
            self._tell_match(*lines.next_match(self._way))

    def _tell_match(self, at: int, total: int) -> None:
        text, style = match_word(at, total, self.match)
        self.say(text.strip(), style)

    def _search_list(self, lines: Checkpoints, step: int) -> None:
        rows = lines.view.rows
        for index in range(1, len(rows) + 1):
            at = (lines.cursor + index * step) % len(rows)
            if matches(rows[at], self.match):
                lines.move_to(at)
                self.say(f"{self.match!a}: n next · N previous · f shows only what contains it")
                return
        self.say(f"No match for {self.match!a}.", "warn")

    def on_matches_ready(self, event: MatchesReady) -> None:
        """A search ended: go to the match nearest to the cursor."""
        tree = self.value_tree
        if event.text != self.match or tree is None or tree.outline.value is not event.value:
            return
        self._searched, self._places, self._complete = event.value, event.places, event.complete
        self._go(tree, self._way)

    def _go(self, tree: RowTree, way: int) -> None:
        order = tree.outline.order_of
        places = sorted(self._places, key=order)
        if not places:
            self.say(f"No match for {self.match!a}.", "warn")
            return
        row = tree.row
        here = order(tree.outline.positions(row)) if row else ()
        after = sum(1 for place in places if order(place) < here or (way > 0 and order(place) == here))
        at = (after + way - 1 if way > 0 else after + way) % len(places)
        tree.go_to(places[at])
        more = "" if self._complete else "+"
        self.say(f"match {at + 1:,} of {len(places):,}{more} for {self.match!a} · n next · N previous · esc ends")
