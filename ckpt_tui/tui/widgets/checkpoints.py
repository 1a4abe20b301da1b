"""The list of checkpoints: runs, their lineage as a gutter like a commit graph, and problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.columns import Around
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.sections import Rows, is_choice
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.checkpoint_rows import EDGE, checkpoint, edge, folded, heading, problem
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.list_columns import ListColumns
from ckpt_tui.tui.widgets.run_ends import RunEnds
from ckpt_tui.tui.widgets.run_moves import heading_from, parent_from, why_no_parent, why_no_run
from ckpt_tui.tui.widgets.shown_keys import keys_of

_MEASURED = 200
"""Names of problems that are measured to line up their reasons."""


_CHECKPOINTS = listing.NodeRow | listing.FoldedRow
"""Rows that can be marked."""


class Checkpoints(LineList):
    """The rows of a `View`; the selection is a file name and survives every change of the view."""

    BINDINGS = bindings("list")

    class Opened(Message):
        """The person wants to open the selected checkpoint."""

    class Folded(Message):
        """The selected run is to be folded, or unfolded."""

        def __init__(self, file: str, is_folded: bool) -> None:
            super().__init__()
            self.file = file
            self.is_folded = is_folded

    class FilterAsked(Message):
        """The person wants to filter the list."""

    class Marked(Message):
        """Marks were set or taken back."""

    class Scrolled(Message):
        """Other rows are on the screen."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = View()
        self._names_width = 0
        self.counts: dict[str, int] = {}
        """Changes since the parent, by file, where they are known."""
        self.marked: set[str] = set()
        """File names of the marked checkpoints: to compare with, or to delete."""
        self.selected = ""
        """File name of the selected row, or "" while there is none."""
        self.marks: dict[str, str] = {}
        """Id of a checkpoint → the sign of its bookmark or note."""
        self.new: frozenset[str] = frozenset()
        """Ids of checkpoints that a run from here has just written."""
        self._paused = ""
        """Id of the checkpoint at which a run from here is paused."""
        self._later: frozenset[str] = frozenset()
        """Ids of the checkpoints after the one that this run goes on from."""
        self._ends = RunEnds()
        self._columns = ListColumns()
        self.dangers: dict[str, str] = {}
        """File of a checkpoint that would run code when it is loaded → the effect."""

    @property
    def line_count(self) -> int:
        return len(self.view.rows)

    def selectable(self, index: int) -> bool:
        return is_choice(self.view.rows[index])

    def numbered(self, number: int) -> int:
        rows = self.view.rows
        return rows.numbered(number) if isinstance(rows, Rows) else super().numbered(number)

    def show(self, view: View, follow: bool) -> None:
        """Show another view; the selected file keeps its place on the screen, or the newest is followed."""
        old_top = self.scroll_offset.y
        old = self.cursor
        before, self.view = self.view, view
        problems = view.rows[-view.problems :][:_MEASURED] if view.problems else ()
        names = [shown_name(row.problem.file) for row in problems if isinstance(row, listing.ProblemRow)]
        width = max(map(cell_len, names), default=0)
        has_same_columns = before.widths == view.widths
        is_alike = has_same_columns and width == self._names_width
        self._names_width = width
        self.changed((lambda index: view.has_row_of(before, index)) if is_alike else None)
        self._name_columns()
        if follow and view.newest in view.places:
            self.select(view.newest, by_hand=False)
            return
        place = view.places.get(self.selected)
        if place is None:
            if not view.places:
                self.selected = ""
                self.post_message(self.Moved(self, by_hand=False))
                return
            # The selected file is gone: the row nearest to it takes its place.
            file = view.nearest(before, old)
            place = view.places[file] if file else len(view.rows) - 1
            self.move_to(place, by_hand=False, direction=-1)
            self.scroll_to(y=max(old_top + place - before.places.get(file, old), 0), animate=False, immediate=True)
            self.show_cursor()
            return
        self.cursor = place
        if place != old:
            self.scroll_to(y=max(old_top + place - old, 0), animate=False, immediate=True)

    def select(self, file: str, by_hand: bool = True) -> bool:
        """Put the cursor on a file's row; False when it is not shown."""
        place = self.view.places.get(file)
        if place is None:
            return False
        self.move_to(place, by_hand=by_hand)
        return True

    def move_to(self, index: int, by_hand: bool = True, direction: int = 1) -> None:
        """Move the cursor, and remember the file it is on."""
        if not self.view.places:
            return
        before = self.selected
        # The name is set before the base class posts its message.
        index = self.settle(index, direction)
        self.selected = self.file_at(index)
        super().move_to(index, by_hand and self.selected != before, direction)

    def file_at(self, index: int) -> str:
        """The file name of a row, or ""."""
        return self.view.file_at(index)

    @property
    def row(self) -> listing.Row | None:
        """The selected row."""
        return self.view.rows[self.cursor] if self.cursor < len(self.view.rows) and self.selected else None

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Report that other rows are on the screen."""
        super().watch_scroll_y(old, new)
        self.post_message(self.Scrolled())

    @property
    def _on_screen(self) -> range:
        """The indices of the rows on the screen."""
        count = len(self.view.rows)
        top = min(int(self.scroll_offset.y), max(count - 1, 0))
        return range(top, min(top + self.size.height, count))

    @property
    def visible_nodes(self) -> list[tuple[Run, Node]]:
        """The checkpoints on the screen with their runs, those nearest to the cursor first."""
        found: list[tuple[int, Run, Node]] = []
        for index in self._on_screen:
            row, run = self.view.rows[index], self.view.run_at(index)
            if isinstance(row, listing.NodeRow) and run is not None:
                found.append((abs(index - self.cursor), run, row.node))
        found.sort(key=lambda item: item[0])
        return [(run, node) for _, run, node in found]

    @property
    def unread_ends(self) -> list[str]:
        """The newest checkpoints of folded runs on the screen that are not read yet."""
        return self._ends.missing(self.view.rows[index] for index in self._on_screen)

    def show_ends(self, refs: Sequence[CheckpointRef]) -> None:
        """Show the present state of checkpoints, some of which are the newest of folded runs."""
        self._ends.take(refs)
        self.redraw([self.view.places[ref.file] for ref in refs if ref.file in self.view.places])

    def show_counts(self, counts: dict[str, int]) -> None:
        """Show the numbers of changes of some checkpoints."""
        news = {file: count for file, count in counts.items() if self.counts.get(file) != count}
        self.counts.update(news)
        self.redraw([self.view.places[file] for file in news if file in self.view.places])

    def show_dangers(self, dangers: Mapping[str, str]) -> None:
        """Show which checkpoints would run code, and the effects; "" for one that would not, or no longer."""
        news = [file for file, reason in dangers.items() if self.dangers.get(file, "") != reason]
        for file in news:
            if dangers[file]:
                self.dangers[file] = dangers[file]
            else:
                self.dangers.pop(file, None)
        self._ends.forget_dangers()
        if news and self.view.is_folded:
            self.changed()
        self.redraw([self.view.places[file] for file in news if file in self.view.places])

    def show_new(self, ids: frozenset[str]) -> None:
        """Mark checkpoints as new, and no others."""
        if ids != self.new:
            self.new = ids
            self.changed()

    def show_paused(self, paused: str, later: frozenset[str]) -> None:
        """Show at which checkpoint a run is paused, and those that come after the one it goes on from dim."""
        if (paused, later) != (self._paused, self._later):
            self._paused, self._later = paused, later
            self.changed()

    @property
    def is_new(self) -> bool:
        """Whether the selected checkpoint is marked as new."""
        return isinstance(self.row, listing.NodeRow) and self.row.node.ref.id in self.new

    @property
    def danger_count(self) -> int:
        """Checkpoints of the list that would run code when they are loaded."""
        return sum(self.view.holds(file) for file in self.dangers)

    def on_resize(self) -> None:
        """Lay out the columns for the width."""
        self._name_columns()

    def _name_columns(self) -> None:
        """Name the columns in the first row of the list, which is its border."""
        title = Content(self._columns.title(self.view, self.scrollable_content_region.width))
        if self.border_title != title:
            self.border_title = title

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        row = self.view.rows[index]
        if isinstance(row, listing.FoldedRow):
            newest = self._ends.of(row)
            return [*self._edge(index, newest, row.group.id), *folded(row, newest, width - EDGE)]
        if not isinstance(row, listing.NodeRow | listing.ProblemRow):
            return heading(row, width)
        signs = self._edge(index, row)
        if isinstance(row, listing.ProblemRow):
            return [*signs, *problem(row, width, self._names_width)]
        around, danger = Around(changes=self.counts), self.dangers.get(row.node.ref.file, "")
        identifier = row.node.ref.id
        status = "paused" if identifier == self._paused else ""
        parts = checkpoint(row, self._columns.of(self.view, width), around, danger, status)
        return [*signs, *([(text, "dim") for text, _ in parts] if identifier in self._later else parts)]

    def _edge(
        self, index: int, row: listing.NodeRow | listing.ProblemRow | None, group: str = ""
    ) -> list[tuple[str, str]]:
        """The signs at the left edge of a row; of a folded run those of its newest, and whether any is dangerous."""
        own = "▸" if index == self.cursor else ""
        if isinstance(row, listing.NodeRow):
            ref = row.node.ref
            own = "◆" if ref.file in self.marked else own
            is_danger = ref.file in self.dangers or self._ends.is_dangerous(group, self.view, self.dangers)
            return edge(row, own, self.marks.get(ref.id, ""), is_danger, ref.id in self.new)
        own = "◆" if self.marked and self.file_at(index) in self.marked else own
        return edge(row, own)

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Open the selected checkpoint, or unfold the selected run."""
        self.typed = 0
        if isinstance(self.row, listing.FoldedRow):
            self.post_message(self.Folded(self.selected, False))
        elif self.selected:
            self.post_message(self.Opened())

    def action_fold(self) -> None:
        """Fold the run of the selected checkpoint."""
        self.typed = 0
        if self.selected:
            self.post_message(self.Folded(self.selected, True))

    def action_mark(self) -> None:
        """Mark the selected checkpoint and those below it, as many as were typed; or remove their marks."""
        count, rows = self.take_count(), self.view.rows
        if isinstance(self.row, _CHECKPOINTS):
            places = (at for at in range(self.cursor, len(rows)) if isinstance(rows[at], _CHECKPOINTS))
            self._mark([self.file_at(at) for at in islice(places, count)])

    def action_mark_run(self) -> None:
        """Mark all checkpoints of the selected run, or unmark them where all of them are marked."""
        self.typed = 0
        if self.selected:
            self._mark(self.view.files_around(self.cursor))

    def action_unmark(self) -> None:
        """Remove all marks."""
        self.typed = 0
        self.show_marks(())

    def _mark(self, files: Sequence[str]) -> None:
        """Mark these; where all of them are marked, unmark them."""
        if files:
            self.show_marks(self.marked - set(files) if self.marked.issuperset(files) else self.marked.union(files))

    def show_marks(self, files: Iterable[str]) -> None:
        """Mark these and no others."""
        self.marked = set(files)
        self.changed()
        self.post_message(self.Marked())

    def action_filter(self) -> None:
        """Ask for a filter."""
        self.post_message(self.FilterAsked())

    def action_section(self, direction: int) -> None:
        """Go to the first checkpoint of the next or previous run."""
        for _ in range(self.take_count()):
            index = heading_from(self.view.rows, self.cursor, direction)
            if index is None:
                self.idle(why_no_run(self.view, direction))
                return
            self.move_to(index if self.selectable(index) else index + 1)

    def why_idle(self, command: str) -> str:
        """Why a command does nothing now, as its key shows it; "" where it works."""
        if command == "list.parent":
            return why_no_parent(self.row)
        direction = {"list.next_run": 1, "list.previous_run": -1}.get(command, 0)
        is_idle = direction and heading_from(self.view.rows, self.cursor, direction) is None
        return why_no_run(self.view, direction) if is_idle else ""

    def action_parent(self) -> None:
        """Go to the checkpoint this one came from."""
        for _ in range(self.take_count()):
            why = why_no_parent(self.row)
            index = parent_from(self.view.rows, self.cursor)
            if why or index is None:
                hidden = f"; {keys_of('app.back')} shows all rows" if self.view.filter else ""
                self.idle(why or f"Its parent is not in the list{hidden}.")
                return
            self.move_to(index)

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.action_open()
