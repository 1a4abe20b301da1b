"""The widgets below the line of tabs: one set of lines for each sort of tab."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.widget import Widget

from ckpt_tui.core.model import Checkpoint, parts_of
from ckpt_tui.core.overview.line import Overview, alarm_lines
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.overview_lines import OverviewLines
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.tab_texts import conversation_paragraphs
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines

if TYPE_CHECKING:
    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.reading.conversation import Conversation
    from ckpt_tui.tui.widgets.diff_rows import DiffRows
    from ckpt_tui.tui.widgets.graph_view import GraphView
    from ckpt_tui.tui.widgets.share_list import ShareList


class FileLines(TextLines):
    """A conversation, or the lines of a file; another program can open the file."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("value", "value.pager", "value.editor")


class TabBodies:
    """The lines of the tabs of one checkpoint, of which one set is shown; those of rare tabs are made when they are.

    Args:
        owner: The widget that has them as its children.
    """

    def __init__(self, owner: Widget) -> None:
        self._owner = owner

    def first(self, is_overview: bool) -> LineList:
        """The lines that are there from the beginning: the overview or the tree."""
        return OverviewLines(id="overview") if is_overview else RowTree(id="tree")

    @property
    def overview(self) -> OverviewLines:
        """The overview."""
        return cast("OverviewLines", self._found("overview"))

    @property
    def tree(self) -> RowTree:
        """The rows of a value."""
        return cast("RowTree", self._found("tree"))

    @property
    def text(self) -> TextLines:
        """A conversation, a file, or why there is nothing to show."""
        return cast("TextLines", self._found("text"))

    @property
    def diff(self) -> DiffRows | None:
        """The changes since the parent, once they were wanted."""
        return cast("DiffRows | None", self._rare("diff"))

    @property
    def graph(self) -> GraphView | None:
        """The graph, once it was wanted."""
        return cast("GraphView | None", self._rare("graph"))

    @property
    def size(self) -> ShareList | None:
        """The sizes, once they were wanted."""
        return cast("ShareList | None", self._rare("size"))

    def _rare(self, name: str) -> Widget | None:
        return next(iter(self._owner.query(f"#{name}")), None)

    def _found(self, name: str) -> LineList:
        """These lines; they are made, not shown yet, where they were not wanted before."""
        found = next((lines for lines in self._owner.query(LineList) if lines.id == name), None)
        if found is None:
            found = _made(name)
            found.display = False
            self._owner.mount(found)
        return found

    @property
    def current(self) -> LineList:
        """The lines that are shown."""
        return next((lines for lines in self._owner.query(LineList) if lines.display), self.tree)

    def switch(self, name: str) -> None:
        """Show other lines: overview, tree, text, diff, graph or size; the focus goes with them."""
        wanted = self._found(name)
        others = [lines for lines in self._owner.query(LineList) if lines is not wanted]
        is_focused = any(lines.has_focus for lines in others)
        wanted.display = True
        for lines in others:
            lines.display = False
        if is_focused:
            wanted.focus()

    def place(self, tab: str) -> tuple[str, str]:
        """Size and path of the value under the cursor of a tab; empty where there is none."""
        if tab == "diff" and self.current.id == "diff":
            return "", getattr(self.current, "place", "")
        tree = self.tree
        row = tree.row if tree.display else None
        if row is None:
            return "", ""
        size = size_of(row.member.value, PLACE_NODES).text
        # Beside a path a bare number would show nothing.
        return f"{size} B" if size[-1:].isdigit() else size, shown_path(tree.path)

    def show_overview(self, overview: Overview | None, alarms: Sequence[str], keep_place: bool) -> None:
        """Show the overview of a checkpoint, dangers first."""
        self.switch("overview")
        if overview is not None:
            overview = overview._replace(lines=(*alarm_lines(alarms), *overview.lines))
        self.overview.show(overview, keep_place)

    def show_changes(
        self, difference: Difference | None, why_none: str, checkpoint: Checkpoint | None, reveal: bool
    ) -> None:
        """Show the changes since the parent, or why they are not known."""
        self.switch("diff")
        view = cast("DiffRows", self._rare("diff"))
        view.reveal = reveal
        if difference is None or checkpoint is None:
            view.show_text(why_none)
        elif not difference.shown:
            hidden = (
                f"; {difference.ignored:,} hidden by rules, {keys_of('diff.compare')} shows them"
                if difference.ignored
                else ""
            )
            view.show_text(difference.incomplete or f"Nothing changed since the parent{hidden}.")
        else:
            view.show(difference, parts_of(checkpoint))

    def show_talk(self, talk: Conversation | None, is_large: bool, reveal: bool, keep_place: bool) -> None:
        """Show the conversation, or that it is not read yet."""
        self.switch("text")
        if talk is not None:
            paragraphs = conversation_paragraphs(talk, reveal)
        else:
            paragraphs = [Paragraph(_LARGE_TALK if is_large else "reading …", "dim")]
        self.text.show(paragraphs, keep_place=keep_place)


PLACE_NODES = 4_000
"""Values measured for the size of the value under the cursor: about 2 ms a key."""

_LARGE_TALK = "This checkpoint is large: Enter in its overview reads it, and what was said in it."


def _made(name: str) -> LineList:
    if name in _RARE:
        module, kind = _RARE[name]
        rare: LineList = getattr(import_module(module), kind)(name)
        return rare
    return {"overview": OverviewLines, "tree": RowTree, "text": FileLines}[name](id=name)


_RARE = {
    "diff": ("ckpt_tui.tui.widgets.diff_rows", "DiffRows"),
    "graph": ("ckpt_tui.tui.widgets.graph_view", "GraphView"),
    "size": ("ckpt_tui.tui.widgets.share_list", "ShareList"),
}
"""Rare tab → module and class of its lines: imported when it is shown: the first screen does not wait."""
