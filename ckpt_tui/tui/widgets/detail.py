"""One checkpoint through tabs: its overview, its parts as a tree, its conversation, changes, graph and file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from ckpt_tui.core.diff.comparison import Marks
from ckpt_tui.core.model import PARTS, Checkpoint, parts_of
from ckpt_tui.core.overview.overview import Overview, alarm_lines
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.reading.arrangement import PART_LABELS
from ckpt_tui.core.reading.conversation import Conversation
from ckpt_tui.core.reading.members import locate
from ckpt_tui.core.reading.tree import Folds, Tree
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.runs.listing import id_text
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Value
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.widgets.diff_rows import DiffRows
from ckpt_tui.tui.widgets.graph_view import GraphView
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.overview_lines import OverviewLines
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.share_list import ShareList
from ckpt_tui.tui.widgets.step_text import step_notes
from ckpt_tui.tui.widgets.tab_texts import conversation_paragraphs, meta_value, raw_paragraphs
from ckpt_tui.tui.widgets.tabs import Tab, TabLine
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines

if TYPE_CHECKING:
    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.sizes.shares import Shares
    from ckpt_tui.core.steps.learned_graph import Graph
    from ckpt_tui.core.steps.steps import Step

TABS = ("overview", "state", "talk", "diff", "graph", "file")

FILE_VIEWS = ("meta", "size", "raw")
"""What the last tab shows of the file, one at a time."""

_STOPS = (*TABS[:-1], *FILE_VIEWS)

_COUNTED = ("talk", "diff")
"""Tabs that say how much is in them."""

_LARGE_TALK = "This checkpoint is large: Enter in its overview reads it, and what was said in it."

PLACE_NODES = 4_000
"""Values looked at for the size of the value under the cursor: about 2 ms a key."""


class FileLines(TextLines):
    """A conversation, or the lines of a file; another program can open the file."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("value", "value.pager", "value.editor")


class Detail(Widget):
    """The tabs of one checkpoint. What was unfolded in a tab is unfolded in the next checkpoint too."""

    DEFAULT_CSS = """
    Detail {
        layout: vertical;
        border: round $ck-edge;
        border-title-color: $foreground;
        background: $background;
        padding: 0 1;
    }
    Detail:focus-within {
        border: round $ck-edge-focus;
    }
    Detail RowTree, Detail TextLines, Detail GraphView, Detail DiffRows,
    Detail ShareList { height: 1fr; }
    """

    class GraphWanted(Message):
        """The tab of the graph is shown: the step to the checkpoint is to be reported."""

        def __init__(self, detail: Detail) -> None:
            super().__init__()
            self.detail = detail

    class OverviewWanted(Message):
        """A checkpoint is shown: what there is to say of it is to be found out.

        With `whole`, from all of its run; `by_hand` where the person asked for it, however large it is.
        """

        def __init__(self, detail: Detail, whole: bool, by_hand: bool = False) -> None:
            super().__init__()
            self.detail = detail
            self.whole = whole
            self.by_hand = by_hand

    class SizesWanted(Message):
        """The tab of the sizes is shown: the checkpoint is to be measured."""

        def __init__(self, detail: Detail) -> None:
            super().__init__()
            self.detail = detail

    def __init__(self, id: str, tab: str = "overview") -> None:
        super().__init__(id=id)
        self.tab = tab
        self.checkpoint: Checkpoint | None = None
        self.reveal = False
        self._file_view = FILE_VIEWS[0]
        self._parts: dict[str, Value] = {}
        self._folds: dict[str, Folds] = {}
        self._places: dict[str, tuple[str, ...]] = {}
        self._overview: Overview | None = None
        self._talk: Conversation | None = None
        """What was said; None while that is not known."""
        self._is_large = False
        self._show_none = False
        self._difference: Difference | None = None
        self._untold = ""
        """Why there is no difference to the parent."""
        self._alarms: tuple[str, ...] = ()
        """What in the checkpoint could run code, once that was looked for."""

    def compose(self) -> ComposeResult:
        yield TabLine(self._tabs(), _COUNTED, id="tabs")
        views = TabLine(tuple(Tab(name, name.capitalize()) for name in FILE_VIEWS), id="views")
        views.display = False
        yield views
        overview = OverviewLines(id="overview")
        overview.display = self.tab == "overview"
        yield overview
        rows = RowTree(id="tree")
        rows.display = self.tab != "overview"
        yield rows
        text = FileLines(id="text")
        text.display = False
        yield text

    @property
    def rows(self) -> RowTree:
        """The tree of the tabs that show a value."""
        return self.query_one(RowTree)

    @property
    def lines(self) -> TextLines:
        """The lines of the tabs that show text."""
        return self.query_one("#text", TextLines)

    @property
    def is_tree(self) -> bool:
        """Whether the tab shows a value."""
        return bool(self.rows.display)

    @property
    def body(self) -> LineList:
        """The lines that are shown."""
        return next((lines for lines in self.query(LineList) if lines.display), self.rows)

    @property
    def _line(self) -> TabLine:
        return self.query_one("#tabs", TabLine)

    @property
    def _graph_view(self) -> GraphView | None:
        return next((lines for lines in self.query(LineList) if lines.id == "graph"), None)  # type: ignore[return-value]

    def show_difference(self, difference: Difference | None, why: str = "") -> None:
        """Mark what changed since the parent, and show it in its tab.

        Args:
            difference: What changed; None where there is nothing to compare with, or not yet.
            why: What to say then.
        """
        self._difference, self._untold = difference, why
        self.rows.marks = None if difference is None or self.tab == "meta" else Marks(difference)
        self.rows.changed()
        self._show_tabs()
        if self.tab == "diff":
            self._show_diff()

    def _show_tabs(self) -> None:
        is_file = self.tab in FILE_VIEWS
        self._line.show(self._tabs(), "file" if is_file else self.tab)
        views = self.query_one("#views", TabLine)
        views.display = is_file and self.checkpoint is not None
        if is_file:
            self._file_view = self.tab
            views.pick(self.tab)

    def _show_diff(self) -> None:
        self._switch("diff")
        view = self.query_one("#diff", DiffRows)
        view.reveal = self.reveal
        if self._difference is None or self.checkpoint is None:
            view.tell(self._untold)
        elif not self._difference.shown:
            left_out = (
                f"; {self._difference.ignored:,} hidden by rules, d shows them" if self._difference.ignored else ""
            )
            view.tell(self._difference.incomplete or f"Nothing changed since the parent{left_out}.")
        else:
            view.show(self._difference, parts_of(self.checkpoint))

    def mark_changes(self, text: str) -> None:
        """Mark a text in the tab of the changes, if that was ever shown."""
        for lines in self.query(LineList):
            if lines.id == "diff":
                lines.set_match(text)  # type: ignore[attr-defined]

    def show_shares(self, shares: Shares) -> None:
        """Show where the characters of the checkpoint are, in the tab of the sizes."""
        view = next((lines for lines in self.query(LineList) if lines.id == "size"), None)
        if view is not None and self.tab == "size":
            view.show(shares)  # type: ignore[attr-defined]

    def show_step(self, step: Step, graph: Graph, known: int, total: int) -> None:
        """Show the step to the checkpoint in the tab of the graph."""
        view = self._graph_view
        if view is not None and self.tab == "graph":
            view.show(graph, step, step_notes(step, known, total))

    def show(self, checkpoint: Checkpoint | None) -> None:
        """Show another checkpoint, at the same place as far as it has one."""
        self._remember()
        same = (
            checkpoint is not None
            and self.checkpoint is not None
            and checkpoint.ref.workflow == self.checkpoint.ref.workflow
        )
        if not same:
            self._folds.clear()
            self._places.clear()
        self.checkpoint = checkpoint
        self._parts = parts_of(checkpoint) if checkpoint is not None else {}
        self._alarms = ()
        self._difference, self._untold = None, "comparing with the parent …"
        self.rows.marks = None
        self._talk, self._is_large = None, False
        if not same:
            self._overview = None
        self.render_tab(keep_place=same)
        if checkpoint is not None:
            self.post_message(self.OverviewWanted(self, self.tab == "overview"))

    def show_overview(self, overview: Overview, talk: Conversation) -> None:
        """Show what there is to say of the checkpoint, and count what was said."""
        self._overview, self._talk, self._is_large = overview, talk, False
        self._show_tabs()
        if self.tab == "overview":
            self._render_overview(keep_place=True)
        elif self.tab == "talk":
            self._show_talk(keep_place=True)

    def show_large(self, overview: Overview) -> None:
        """Show that the checkpoint is so large that its overview is only read on request."""
        self._overview, self._is_large = overview, True
        if self.tab in ("overview", "talk"):
            self.render_tab()

    def _render_overview(self, keep_place: bool = False) -> None:
        self._switch("overview")
        overview = self._overview
        if overview is not None:
            alarms = alarm_lines(self._alarms)
            overview = overview._replace(lines=(*alarms, *overview.lines))
        self.query_one(OverviewLines).tell(overview, keep_place)

    def _show_talk(self, keep_place: bool = False) -> None:
        self._switch("text")
        if self._talk is not None:
            paragraphs = conversation_paragraphs(self._talk, self.reveal)
        else:
            paragraphs = [Paragraph(_LARGE_TALK if self._is_large else "reading …", "dim")]
        self.lines.show(paragraphs, keep_place=keep_place)

    def on_overview_lines_opened(self, event: OverviewLines.Opened) -> None:
        """Go to what a line of the overview speaks of."""
        event.stop()
        if event.tab == "overview":
            self.post_message(self.OverviewWanted(self, whole=True, by_hand=True))
        elif event.tab in TABS or event.tab in PARTS:
            self.pick(event.tab)
        elif event.path:
            self.go_path(event.path)

    def go_path(self, path: Path) -> None:
        """Go to a place of the checkpoint, as far as there is one: the name of a part, then steps below it."""
        if not path or path[0] not in PARTS:
            return
        self.pick("state")
        positions = locate(self._parts, path)
        if self.is_tree and positions:
            self.rows.go_to(positions)

    def alarm(self, told: tuple[str, ...]) -> None:
        """Show what in the checkpoint could run code, in the title and among the warnings of the file."""
        self._alarms = told
        self.border_title = self._title()
        if self.tab in ("meta", "overview"):
            self.render_tab(keep_place=True)

    def tell(self, title: str, paragraphs: list[Paragraph]) -> None:
        """Show a text instead of a checkpoint: why there is none."""
        self._remember()
        self.checkpoint = None
        for line in self.query(TabLine):
            line.display = False
        self.border_title = Content(title)
        self._switch("text")
        self.lines.show(paragraphs)

    def pick(self, tab: str) -> None:
        """Show another tab, or the part of a checkpoint that has this name."""
        if tab in PARTS and tab not in TABS:
            self.go_path((tab,))
            return
        if tab == "file":
            tab = self._file_view
        self._remember()
        self.tab = tab
        self.render_tab(keep_place=True)
        if tab == "overview" and self.checkpoint is not None and not (self._overview and self._overview.complete):
            self.post_message(self.OverviewWanted(self, True))

    def next_tab(self, way: int) -> None:
        """Show the next or previous tab that has something to show."""
        empty = {tab.name for tab in self._tabs() if tab.number == 0}
        at = _STOPS.index(self.tab) if self.tab in _STOPS else 0
        following = [_STOPS[(at + way * step) % len(_STOPS)] for step in range(1, len(_STOPS))]
        self.pick(next(name for name in following if name not in empty))

    def pick_again(self, tab: str) -> None:
        """Show another tab; once more, the next view of the file."""
        if tab == "file" and self.tab in FILE_VIEWS:
            tab = FILE_VIEWS[(FILE_VIEWS.index(self.tab) + 1) % len(FILE_VIEWS)]
        self.pick(tab)

    def go_to(self, steps: tuple[str, ...]) -> bool:
        """Go to the value that labels lead to, the part's name first; False when there is none."""
        if not steps or steps[0] not in PARTS:
            return False
        self.pick("state")
        if not self.is_tree:
            return False
        part, *labels = steps
        return self.rows.open_labels(tuple(labels) if part == "state" else (PART_LABELS[part], *labels))

    def set_reveal(self, reveal: bool) -> None:
        """Show secrets or mask them."""
        self.reveal = reveal
        self.rows.reveal = reveal
        self.rows.changed()
        if self.tab in ("raw", "talk") and self.checkpoint is not None:
            self.render_tab(keep_place=True)
        if self.tab == "diff" and self.checkpoint is not None:
            self._show_diff()

    def _remember(self) -> None:
        if self.checkpoint is not None and self.is_tree:
            tree = self.rows
            self._show_none = tree.outline.show_none
            self._places[self.tab] = tree.labels
            if self.tab in self._folds:
                self._folds[self.tab] = tree.outline.folds()

    def on_row_tree_folded(self) -> None:
        """From the first fold by hand on, folds are kept from checkpoint to checkpoint."""
        self._folds[self.tab] = self.rows.outline.folds()

    def on_tab_line_picked(self, event: TabLine.Picked) -> None:
        """Show the tab that was clicked."""
        event.stop()
        self.pick(event.name)

    def _tabs(self) -> tuple[Tab, ...]:
        counts = {
            "talk": len(self._talk.turns) if self._talk is not None else None,
            "diff": len(self._difference.shown) if self._difference else None,
        }
        return tuple(Tab(name, name.capitalize(), counts.get(name)) for name in TABS)

    def _switch(self, current: str) -> None:
        found = {lines.id: lines for lines in self.query(LineList)}
        if current == "graph" and current not in found:
            found[current] = GraphView("graph", share=0.7)
            found[current].display = False
            self.mount(found[current])
        if current == "diff" and current not in found:
            found[current] = DiffRows("diff")
            found[current].display = False
            self.mount(found[current])
        if current == "size" and current not in found:
            found[current] = ShareList("size")
            found[current].display = False
            self.mount(found[current])
        focused = any(lines.has_focus for lines in found.values())
        for name, lines in found.items():
            lines.display = name == current
        if focused and not found[current].has_focus:
            found[current].focus()

    def render_tab(self, keep_place: bool = False) -> None:
        """Draw the tab that is picked."""
        checkpoint = self.checkpoint
        self._line.display = True
        self._show_tabs()
        self.border_title = self._title()
        if checkpoint is None:
            self._switch("text")
            self.lines.show([])
            return
        if self.tab == "overview":
            self._render_overview(keep_place)
        elif self.tab == "talk":
            if self._talk is not None or not keep_place:
                self._show_talk(keep_place)
            else:
                self._switch("text")
        elif self.tab == "diff":
            self._show_diff()
        elif self.tab == "graph":
            self._switch("graph")
            self.post_message(self.GraphWanted(self))
        elif self.tab == "size":
            self._switch("size")
            self.post_message(self.SizesWanted(self))
        elif self.tab == "raw":
            self._switch("text")
            self.lines.show(raw_paragraphs(checkpoint.raw, self.reveal), wrap=False, keep_place=keep_place)
        else:
            self._switch("tree")
            is_parts = self.tab == "state"
            value = self._parts if is_parts else meta_value(checkpoint, self._alarms)
            if self._difference is not None:
                self.rows.marks = Marks(self._difference) if is_parts else None
            outline = Tree(value, self._folds.get(self.tab), self._show_none, is_parts)
            if not len(outline):
                self._switch("text")
                self.lines.show([Paragraph("Empty.", "dim")])
            else:
                self.rows.show(outline, self._places.get(self.tab) if keep_place else None)

    def _title(self) -> Content:
        if self.checkpoint is None:
            return Content("")
        ref = self.checkpoint.ref
        own_step = ref.told is not None and ref.told.step is not None
        count = f"step {ref.step}" if own_step else f"iteration {ref.iteration}"
        mark = " · ! see File" if self.checkpoint.warnings or self.checkpoint.faults or self._alarms else ""
        danger = any(told.startswith("danger") for told in self._alarms)
        text = f"{id_text(ref)} · {count} · {ref.role}"
        return Content.assemble(text, (" · ✗ danger, see File", "$error")) if danger else Content(f"{text}{mark}")

    @property
    def place(self) -> tuple[str, str]:
        """Size and path of the value under the cursor; empty where there is none."""
        if self.tab == "diff" and self.body.id == "diff":
            return "", getattr(self.body, "place", "")
        row = self.rows.row if self.is_tree and self.checkpoint is not None else None
        if row is None:
            return "", ""
        size = size_of(row.member.value, PLACE_NODES).text
        # Beside a path a bare number would show nothing.
        return f"{size} B" if size[-1:].isdigit() else size, clean(expression(self.rows.path))
