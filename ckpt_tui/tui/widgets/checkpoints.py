"""The list of checkpoints: runs, their lineage as a gutter like a commit graph, and problems."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.message import Message

from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.line_list import LineList

_SIGN_STYLES = {
    "waiting": "warn",
    "response": "accent",
    "final": "good",
    "entry": "label",
    "failed": "error",
    "edited": "accent",
    "forked": "accent",
}


_MEASURED = 200
"""Names of problems that are measured to line up their reasons."""

COUNT_WIDTH = 50
"""Cells from which there is a column for the changes since the parent."""


class Checkpoints(LineList):
    """The rows of a `View`; the selection is a file name and survives every change of the view."""

    BINDINGS = bindings("list")

    class Opened(Message):
        """The person wants to look at the selected checkpoint."""

    class FilterAsked(Message):
        """The person wants to filter the list."""

    class Marked(Message):
        """The mark was set or taken back."""

    class Scrolled(Message):
        """Other rows are on the screen."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = View()
        self._names_width = 0
        self.counts: dict[str, int] = {}
        """Changes since the parent, by file, where they are known."""
        self.marked = ""
        """File name of the marked row, or ""."""
        self.selected = ""
        """File name of the selected row, or "" while there is none."""
        self.marks: dict[str, str] = {}
        """Id of a checkpoint → the sign of its bookmark or note."""

    @property
    def line_count(self) -> int:
        return len(self.view.rows)

    def selectable(self, index: int) -> bool:
        return isinstance(self.view.rows[index], listing.NodeRow | listing.ProblemRow)

    def show(self, view: View, follow: bool) -> None:
        """Show another view; the selected file keeps its place on the screen, or the newest is followed."""
        old_top = self.scroll_offset.y
        old = self.cursor
        self.view = view
        problems = view.rows[-view.problems :][:_MEASURED] if view.problems else ()
        names = [clean(row.problem.file) for row in problems if isinstance(row, listing.ProblemRow)]
        self._names_width = max(map(cell_len, names), default=0)
        self.changed()
        if follow and view.newest in view.places:
            self.select(view.newest, by_hand=False)
            return
        place = view.places.get(self.selected)
        if place is None:
            if not view.places:
                self.selected = ""
                self.post_message(self.Moved(self, by_hand=False))
                return
            # The selected file is gone: its neighbour takes its place.
            self.move_to(min(old, len(view.rows) - 1), by_hand=False, way=-1)
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

    def move_to(self, index: int, by_hand: bool = True, way: int = 1) -> None:
        """Move the cursor, and remember the file it stands on."""
        if not self.view.places:
            return
        before = self.selected
        # The name is set before the message of the base class is on its way.
        index = self.settle(index, way)
        self.selected = self.file_at(index)
        super().move_to(index, by_hand and self.selected != before, way)

    def file_at(self, index: int) -> str:
        """The file name of a row, or ""."""
        row = self.view.rows[index]
        if isinstance(row, listing.NodeRow):
            return row.node.ref.file
        return row.problem.file if isinstance(row, listing.ProblemRow) else ""

    @property
    def row(self) -> listing.Row | None:
        """The selected row."""
        return self.view.rows[self.cursor] if self.cursor < len(self.view.rows) and self.selected else None

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Tell that other rows are on the screen."""
        super().watch_scroll_y(old, new)
        self.post_message(self.Scrolled())

    @property
    def visible_nodes(self) -> list[tuple[Run, Node]]:
        """The checkpoints on the screen with their runs, those nearest to the cursor first."""
        rows = self.view.rows
        top = min(int(self.scroll_offset.y), max(len(rows) - 1, 0))
        start = top
        while start > 0 and not isinstance(rows[start], listing.RunRow):
            start -= 1
        run: Run | None = None
        found: list[tuple[int, Run, Node]] = []
        for index in (start, *range(top, min(top + self.size.height, len(rows)))) if rows else ():
            row = rows[index]
            if isinstance(row, listing.RunRow):
                run = row.run
            elif isinstance(row, listing.NodeRow) and run is not None:
                found.append((abs(index - self.cursor), run, row.node))
        found.sort(key=lambda item: item[0])
        return [(run, node) for _, run, node in found]

    def show_counts(self, counts: dict[str, int]) -> None:
        """Take in how much changed in some checkpoints."""
        news = {file: count for file, count in counts.items() if self.counts.get(file) != count}
        self.counts.update(news)
        self.redraw([self.view.places[file] for file in news if file in self.view.places])

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        row = self.view.rows[index]
        if isinstance(row, listing.RunRow):
            name, rest = listing.run_title(row.run)
            if cell_len(name) + cell_len(rest) + 3 > width:
                name, rest = listing.run_title(row.run, short=True)
            name = name if cell_len(name) < width else fit(name, width)
            return [(name, "heading"), (" · " + rest, "dim")]
        if isinstance(row, listing.JoinRow):
            return [(" ", "plain"), (listing.join_gutter(row), "lane")]
        if isinstance(row, listing.StoreRow):
            name, rest = listing.store_title(row)
            return [
                ("▌ ", "accent"),
                (fit(name, min(cell_len(name), max(width - 4, 1))), "heading"),
                (f" · {rest}", "dim"),
            ]
        if isinstance(row, listing.ProblemsRow):
            return [("problems", "heading"), (f" · {row.number:,}", "dim")]
        mark = "▸" if index == self.cursor else " "
        if isinstance(row, listing.NodeRow) and row.node.ref.file == self.marked:
            mark = "◆"
        if isinstance(row, listing.ProblemRow):
            return self._problem(row, mark, width)
        return self._node(row, mark, width)

    def _problem(self, row: listing.ProblemRow, mark: str, width: int) -> list[tuple[str, str]]:
        name = clean(row.problem.file)
        reason = clean(row.problem.reason)
        name = fit(name, min(self._names_width, width // 2))
        return [(mark, "accent"), ("✗ ", "error"), (name, "plain"), ("  " + reason, "dim")]

    def _node(self, row: listing.NodeRow, mark: str, width: int) -> list[tuple[str, str]]:
        ref = row.node.ref
        gutter = listing.node_gutter(row.node)
        lanes = min(self.view.lanes, max(width // 6, 1))
        own = min(row.node.lane, listing.MAX_LANES - 1) * 2
        parts: list[tuple[str, str]] = [(mark, "accent")]
        if own + 1 > lanes * 2:  # too narrow for the whole gutter: the sign matters most
            gutter, own = listing.SIGNS[ref.role], 0
        sign = _SIGN_STYLES.get(ref.role or "", "plain")
        rest = gutter[own + 1 :].ljust(max(lanes * 2 - own - 1, 1))[: max(lanes * 2 - own - 1, 1)]
        parts += [(gutter[:own], "lane"), (gutter[own], sign), (rest, "lane")]
        step = f"{ref.step:>3} "
        parts.append((step, "dim"))
        used = 1 + lanes * 2 + len(step)
        size = f"{size_text(ref.size):>6}" if width >= 44 else ""
        when = f"{listing.when_text(row):>9}" if width >= 36 else ""
        count = self.counts.get(ref.file)
        changes = "" if width < COUNT_WIDTH else f"{'' if count is None else f'±{count:,}':>6}"
        room = width - used - len(size) - len(when) - len(changes)
        style = {"waiting": "warn", "final": "good", "failed": "error"}.get(ref.role or "", "plain")
        mark = self.marks.get(ref.id, "")
        parts.append((fit(f"{mark} {listing.summary(row)}" if mark else listing.summary(row), max(room, 4)), style))
        parts += [(changes, "label" if count else "dim"), (when, "dim"), (size, "dim")]
        return parts

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Look at the selected checkpoint."""
        self.typed = 0
        if self.selected:
            self.post_message(self.Opened())

    def action_mark(self) -> None:
        """Mark the selected checkpoint, or take the mark back."""
        self.typed = 0
        if isinstance(self.row, listing.NodeRow):
            self.marked = "" if self.marked == self.selected else self.selected
            self.changed()
            self.post_message(self.Marked())

    def action_filter(self) -> None:
        """Ask for a filter."""
        self.post_message(self.FilterAsked())

    def action_section(self, way: int) -> None:
        """Go to the first checkpoint of the next or previous run."""
        for _ in range(self.take_count()):
            index = self._heading(way)
            if index is None:
                return
            self.move_to(index + 1)

    def _heading(self, way: int) -> int | None:
        rows = self.view.rows
        here = self.cursor
        if way < 0:  # the heading of this run first
            while here >= 0 and not isinstance(rows[here], listing.RunRow | listing.ProblemsRow):
                here -= 1
        here += way
        while 0 <= here < len(rows):
            if isinstance(rows[here], listing.RunRow | listing.ProblemsRow):
                return here
            here += way
        return None

    def action_parent(self) -> None:
        """Go to the checkpoint this one came from."""
        for _ in range(self.take_count()):
            row = self.row
            if not isinstance(row, listing.NodeRow) or row.node.parent is None:
                return
            for index in range(self.cursor - 1, -1, -1):
                other = self.view.rows[index]
                if isinstance(other, listing.NodeRow) and other.node.ref.id == row.node.parent:
                    self.move_to(index)
                    break
            else:
                return

    def clicked(self, index: int, x: int, times: int) -> None:
        if times == 2:
            self.action_open()


def fit(text: str, width: int) -> str:
    """The text in exactly so many cells, cut with `…` where it is longer."""
    if cell_len(text) > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"[:width]
    return set_cell_size(text, width)
