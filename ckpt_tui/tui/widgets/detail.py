"""One checkpoint through tabs: its overview, its parts as a tree, its conversation, changes, graph and file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from ckpt_tui.core.model import PARTS
from ckpt_tui.core.overview.line import Overview
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.arrangement import PART_LABELS
from ckpt_tui.core.reading.members import locate
from ckpt_tui.tui.widgets import tab_texts
from ckpt_tui.tui.widgets.tab_bodies import TabBodies
from ckpt_tui.tui.widgets.tab_contents import TabContents
from ckpt_tui.tui.widgets.tabs import Tab, TabLine
from ckpt_tui.tui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.diff.comparison import Marks
    from ckpt_tui.core.model import Checkpoint
    from ckpt_tui.core.reading.conversation import Conversation
    from ckpt_tui.core.sizes.shares import Shares
    from ckpt_tui.core.steps.learned_graph import Graph
    from ckpt_tui.core.steps.steps import Step
    from ckpt_tui.tui.widgets.line_list import LineList
    from ckpt_tui.tui.widgets.overview_lines import OverviewLines
    from ckpt_tui.tui.widgets.row_tree import RowTree


class Detail(Widget):
    """The tabs of one checkpoint. Rows that are unfolded in a tab are unfolded in the next checkpoint, too."""

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

    @dataclass(eq=False, repr=False)
    class GraphWanted(Message):
        """The tab of the graph is shown: the step to the checkpoint is to be reported."""

        detail: Detail

    @dataclass(eq=False, repr=False)
    class OverviewWanted(Message):
        """A checkpoint is shown: its overview is to be made.

        With `whole`, from all of its run; `by_hand` where the person asked for it, however large it is.
        """

        detail: Detail
        whole: bool
        by_hand: bool = False

    @dataclass(eq=False, repr=False)
    class SizesWanted(Message):
        """The tab of the sizes is shown: the checkpoint is to be measured."""

        detail: Detail

    def __init__(self, id: str, tab: str = "overview") -> None:
        super().__init__(id=id)
        self.tab = tab
        self.bodies = TabBodies(self)
        self._contents = TabContents(self.bodies)
        self._file_view = tab_texts.FILE_VIEWS[0]

    def compose(self) -> ComposeResult:
        yield TabLine(self.tabs, tab_texts.COUNTED, id="tabs")
        views = TabLine(tab_texts.file_tabs(), id="views")
        views.display = False
        yield views
        yield self.bodies.first(self.tab == "overview")

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint; None where a text is in its place."""
        return self._contents.checkpoint

    @property
    def reveal(self) -> bool:
        """Whether secrets are shown."""
        return self._contents.reveal

    @property
    def rows(self) -> RowTree:
        """The tree of the tabs that show a value."""
        return self.bodies.tree

    @property
    def is_tree(self) -> bool:
        """Whether the tab shows a value."""
        return bool(self.rows.display)

    @property
    def has_tabs(self) -> bool:
        """Whether its tabs are shown: not where a text is in the place of a checkpoint."""
        return bool(self.query_one("#tabs", TabLine).display)

    @property
    def body(self) -> LineList:
        """The lines that are shown."""
        return self.bodies.current

    def show_difference(self, difference: Difference | None, marks: Marks | None, why: str = "") -> None:
        """Mark the changes since the parent, and show them in their tab.

        Args:
            difference: The changes; None where there is nothing to compare with, or not yet.
            marks: The changes, by place; None where `difference` is.
            why: The text to show then.
        """
        contents = self._contents
        contents.difference, contents.marks, contents.no_difference = difference, marks, why
        self._contents.mark(self.tab)
        self.rows.changed()
        self._show_tabs()
        if self.tab == "diff":
            self._contents.draw("diff")

    def _show_tabs(self) -> None:
        is_file = self.tab in tab_texts.FILE_VIEWS
        self.query_one("#tabs", TabLine).show(self.tabs, "file" if is_file else self.tab)
        views = self.query_one("#views", TabLine)
        views.display = is_file and self.checkpoint is not None
        if is_file:
            self._file_view = self.tab
            views.pick(self.tab)

    def mark_changes(self, text: str) -> None:
        """Mark a text in the tab of the changes, if that was ever shown."""
        if self.bodies.diff is not None:
            self.bodies.diff.set_match(text)

    def show_shares(self, shares: Shares) -> None:
        """Show the sizes of the checkpoint, in their tab."""
        view = self.bodies.size
        if view is not None and self.tab == "size":
            view.show(shares)

    def show_step(self, step: Step, graph: Graph, known: int, total: int) -> None:
        """Show the step to the checkpoint in the tab of the graph."""
        view = self.bodies.graph
        if view is not None and self.tab == "graph":
            view.show_learned(graph, step, known, total)

    def show(self, checkpoint: Checkpoint | None) -> None:
        """Show another checkpoint, at the same place as far as it has one."""
        self._remember()
        self.render_tab(keep_place=self._contents.take(checkpoint))
        if checkpoint is not None:
            self.post_message(self.OverviewWanted(self, self.tab == "overview"))

    def show_overview(self, overview: Overview, talk: Conversation) -> None:
        """Show the overview of the checkpoint, and count the turns of the conversation."""
        known = self._contents
        known.overview, known.talk, known.is_large = overview, talk, False
        self._show_tabs()
        if self.tab in ("overview", "talk") and self.checkpoint is not None:
            known.draw(self.tab, keep_place=True)

    def show_large(self, overview: Overview) -> None:
        """Show that the checkpoint is so large that its overview is only read on request."""
        self._contents.overview, self._contents.is_large = overview, True
        if self.tab in ("overview", "talk"):
            self.render_tab()

    def on_overview_lines_opened(self, event: OverviewLines.Opened) -> None:
        """Go to the place that a line of the overview is about."""
        event.stop()
        if event.tab == "overview":
            self.post_message(self.OverviewWanted(self, whole=True, by_hand=True))
        elif event.tab in tab_texts.TABS or event.tab in PARTS:
            self.pick(event.tab)
        elif event.path:
            self.go_path(event.path)

    def go_path(self, path: Path) -> None:
        """Go to a place of the checkpoint, as far as there is one: the name of a part, then steps below it."""
        if not path or path[0] not in PARTS:
            return
        self.pick("state")
        positions = locate(self._contents.parts, path)
        if self.is_tree and positions:
            self.rows.go_to(positions)

    def alarm(self, alarms: tuple[str, ...]) -> None:
        """Show the dangers of the checkpoint, in the title and among the warnings of the file."""
        self._contents.alarms = alarms
        self.border_title = tab_texts.title_of(self.checkpoint, alarms)
        if self.tab in ("meta", "overview"):
            self.render_tab(keep_place=True)

    def show_text(self, title: str, paragraphs: list[Paragraph]) -> None:
        """Show a text instead of a checkpoint: why there is none."""
        self._remember()
        self._contents.checkpoint = None
        for line in self.query(TabLine):
            line.display = False
        self.border_title = Content(title)
        self.bodies.switch("text")
        self.bodies.text.show(paragraphs)

    def pick(self, tab: str) -> None:
        """Show another tab, or the part of the checkpoint that has this name."""
        if tab in PARTS and tab not in tab_texts.TABS:
            self.go_path((tab,))
            if self.is_tree and self.rows.path == (tab,):
                self.rows.open_part()
            else:
                self.body.idle(
                    {"pending": "No request waits for an answer here."}.get(tab, f"There are no {tab} here.")
                )
            return
        if tab == "file":
            tab = self._file_view
        self._remember()
        self.tab = tab
        if self.checkpoint is None:  # the next one opens in this tab; a text in its place stays
            if self.has_tabs:
                self._show_tabs()
            return
        self.render_tab(keep_place=True)
        overview = self._contents.overview
        if tab == "overview" and not (overview and overview.complete):
            self.post_message(self.OverviewWanted(self, True))

    def next_tab(self, direction: int) -> None:
        """Show the next or previous tab that has something to show."""
        self.pick(tab_texts.next_view(self.tab, direction, self.tabs))

    def pick_again(self, tab: str) -> None:
        """Show another tab; that of the file, where it is shown, goes to the next view of it."""
        self.pick(tab_texts.next_file_view(self.tab) if tab == "file" and self.tab in tab_texts.FILE_VIEWS else tab)

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
        self._contents.reveal = self.rows.reveal = reveal
        self.rows.changed()
        if self.tab in ("raw", "talk") and self.checkpoint is not None:
            self.render_tab(keep_place=True)
        if self.tab == "diff" and self.checkpoint is not None:
            self._contents.draw("diff")

    def _remember(self) -> None:
        if self.checkpoint is not None and self.is_tree:
            self._contents.memory.remember(self.tab, self.rows)

    def on_row_tree_folded(self) -> None:
        """From the first fold by hand on, folds are kept from checkpoint to checkpoint."""
        self._contents.memory.keep_folds(self.tab, self.rows)
        self._show_part()

    def _show_part(self) -> None:
        text = tab_texts.part_text(self.rows.value_tree, self.size.width - 4) if self.is_tree else ""
        self.border_subtitle = Content(text)

    def on_tab_line_picked(self, event: TabLine.Picked) -> None:
        """Show the tab that was clicked."""
        event.stop()
        self.pick(event.name)

    def render_tab(self, keep_place: bool = False) -> None:
        """Draw the tab that is picked."""
        self.query_one("#tabs", TabLine).display = True
        self._show_tabs()
        self.border_title = tab_texts.title_of(self.checkpoint, self._contents.alarms)
        self._contents.draw(self.tab, keep_place)
        if self.checkpoint is None:
            return
        if self.tab == "graph":
            self.post_message(self.GraphWanted(self))
        elif self.tab == "size":
            self.post_message(self.SizesWanted(self))
        self._show_part()

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs, with how much is in those that are counted."""
        return tab_texts.tabs_of(self._contents.talk, self._contents.difference)

    @property
    def place(self) -> tuple[str, str]:
        """Size and path of the value under the cursor; empty where there is none."""
        return self.bodies.place(self.tab) if self.checkpoint is not None else ("", "")
