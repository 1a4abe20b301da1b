"""The browser: the list of checkpoints beside the values of one. Each message goes to its controller."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.timer import Timer

from ckpt_tui.tui import messages
from ckpt_tui.tui.helpers.pane_widths import WIDE
from ckpt_tui.tui.screens.browse_keys import BrowseKeys
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.detail import Detail
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.status import BarLine
from ckpt_tui.tui.widgets.text_lines import Paragraph
from ckpt_tui.tui.widgets.unread import UnreadRows

if TYPE_CHECKING:
    from ckpt_tui.tui.view import View
    from ckpt_tui.tui.widgets.diff_rows import DiffRows
    from ckpt_tui.tui.widgets.share_list import ShareList


FIRST_SECONDS = 0.15
"""Longest time that the first picture waits for the first rows."""

PLACE_SECONDS = 0.04
"""Pause after the last move of the cursor in a value before its path is shown."""


class Browse(BrowseKeys):
    """The main screen; see `BrowseKeys`."""

    _place_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        # No containers around the panes: every widget in between is drawn again with each scrolled line.
        yield BarLine(id="head")
        yield BarLine(id="foot")
        yield Checkpoints(id="checkpoints")
        yield Prompt()
        yield Detail("detail")
        if self.app.size.width >= WIDE:
            yield Detail("second", tab="talk")

    async def on_mount(self) -> None:
        """Give the list the focus, and read the store."""
        self.follower.follow()
        self.panes.focus_pane(self.panes.list)
        # The first picture has the first rows if they come soon: an empty one takes as long to draw.
        first = await to_thread(self.follower.first_view, FIRST_SECONDS)
        if self.follower.workers.stopped.is_set():
            return
        if first is None:
            self.bars.draw()
        else:
            self._show_view(first)
            self.call_after_refresh(self._keep_up, first.view)  # once it is drawn: no first row waits for it
        self.call_after_refresh(self._open_bookmarks)

    def _open_bookmarks(self) -> None:
        if self.bookmarks.open(self.store.path) is not None:
            self.port.notes_changed()

    def on_unmount(self) -> None:
        """Stop reading, and end the runs of this browser."""
        self._stop_reading()
        self.resume_entry.end_runs()

    def on_screen_resume(self) -> None:
        """Show the states of runs, which may have changed while another screen was over this one."""
        self.port.show_runs()

    async def on_event(self, event: events.Event) -> None:
        """A key after `y` is not a command; any other removes the message."""
        if isinstance(event, events.Key):
            if self.value_texts.take_key(event.character or ""):
                event.stop()
                return
            self.bars.take_back()
        await super().on_event(event)

    async def on_resize(self) -> None:
        """Lay out the panes for the width."""
        await self.panes.widen()
        self.bars.draw()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Note which pane has the focus."""
        self.panes.take_focus(event.widget)
        self.bars.draw_foot()

    # -- the widgets, for other classes ------------------------------------------------------------------------------

    @property
    def list(self) -> Checkpoints:
        """The list of checkpoints."""
        return self.panes.list

    @property
    def details(self) -> tuple[Detail, ...]:
        """The panes that show a checkpoint, the main one first."""
        return self.panes.details

    # -- the list ----------------------------------------------------------------------------------------------------

    @on(messages.ViewReady)
    def _view_ready(self, event: messages.ViewReady) -> None:
        if event.view is self.panes.list.view:  # the first one, shown already
            return
        self._show_view(event)
        self._keep_up(event.view)

    def _show_view(self, event: messages.ViewReady) -> None:
        self.checkpoints.show(event)
        self.resume_entry.keep_up()
        self.paused_run.show()
        self.opened.keep_up(event.view)
        self.overviews.keep_up()
        self.bars.draw()
        self.call_after_refresh(self.follower.go_on)

    def _keep_up(self, view: View) -> None:
        self.replay_entry.show_view(view)
        self.unfinished_run.keep_up()
        self.prune_entry.keep_up()
        self.parent_diff.count_soon()

    @on(messages.StoreRead)
    def _store_read(self, event: messages.StoreRead) -> None:
        self.checkpoints.take_progress(event)
        self.bars.draw_head()

    @on(messages.BodiesWanted)
    def _bodies_wanted(self) -> None:
        self.follower.read_bodies()

    @on(messages.DangersWanted)
    def _dangers_wanted(self) -> None:
        self.follower.judge_list()

    @on(messages.DangersFound)
    def _dangers_found(self, event: messages.DangersFound) -> None:
        self.checkpoints.show_dangers(event.dangers)
        self.bars.draw()

    @on(LineList.Moved, "#checkpoints")
    def _row_selected(self, event: LineList.Moved) -> None:
        event.stop()
        if event.by_hand:
            self.checkpoints.leave_newest()
            self.resume_entry.take_move()
        self.opened.load_soon()

    @on(Checkpoints.Scrolled)
    def _list_scrolled(self, event: Checkpoints.Scrolled) -> None:
        event.stop()
        self.parent_diff.count_soon()
        self.checkpoints.describe_soon()

    @on(Checkpoints.Folded)
    def _run_folded(self, event: Checkpoints.Folded) -> None:
        self.checkpoints.set_folded(event.file, event.is_folded)

    @on(messages.FoldedRead)
    def _folded_read(self, event: messages.FoldedRead) -> None:
        self.checkpoints.show_ends(event)

    @on(messages.LookedUp)
    def _looked_up(self, event: messages.LookedUp) -> None:
        self.checkpoints.take_looked_up(event)

    @on(Checkpoints.Opened)
    def _list_opened(self) -> None:
        self.opened.look_at()

    @on(Checkpoints.Marked)
    def _list_marked(self) -> None:
        self.prune_entry.say_marks()

    @on(Checkpoints.FilterAsked)
    def _filter_asked(self) -> None:
        self.checkpoints.ask_filter()

    # -- the selected checkpoint -------------------------------------------------------------------------------------

    @on(messages.CheckpointReady)
    def _checkpoint_ready(self, event: messages.CheckpointReady) -> None:
        self.opened.take_checkpoint(event)

    @on(messages.AlarmsReady)
    def _alarms_ready(self, event: messages.AlarmsReady) -> None:
        self.opened.take_alarms(event)
        self.checkpoints.show_alarms(event)
        self.bars.draw_head()

    @on(messages.PeekReady)
    def _peek_ready(self, event: messages.PeekReady) -> None:
        self.opened.take_peek(event)

    # -- changes -----------------------------------------------------------------------------------------------------

    @on(messages.DifferenceReady)
    def _difference_ready(self, event: messages.DifferenceReady) -> None:
        self.parent_diff.take_difference(event)

    @on(messages.ChangesCounted)
    def _changes_counted(self, event: messages.ChangesCounted) -> None:
        self.parent_diff.take_counts(event)

    def on_diff_rows_opened(self, event: DiffRows.Opened) -> None:
        """Open a change that was chosen; named after its message, whose class is imported with its tab."""
        self.port.open.change(event.change, self.panes.detail.reveal)

    # -- steps -------------------------------------------------------------------------------------------------------

    @on(Detail.GraphWanted)
    def _graph_wanted(self, event: Detail.GraphWanted) -> None:
        self.step_graph.want(event.detail)

    @on(Detail.OverviewWanted)
    def _overview_wanted(self, event: Detail.OverviewWanted) -> None:
        self.overviews.want(event.detail, event.whole, event.by_hand)

    @on(messages.OverviewReady)
    def _overview_ready(self, event: messages.OverviewReady) -> None:
        self.overviews.take(event)

    @on(messages.StepReady)
    def _step_ready(self, event: messages.StepReady) -> None:
        self.step_graph.take_step(event)

    # -- values ------------------------------------------------------------------------------------------------------

    @on(LineList.Moved)
    def _cursor_moved(self) -> None:
        # Once it rests: a line of text costs as much as the move itself.
        if self._place_timer is not None:
            self._place_timer.stop()
        self._place_timer = self.set_timer(PLACE_SECONDS, self.bars.draw_foot)

    @on(RowTree.Notice)
    def _said(self, event: RowTree.Notice) -> None:
        self.bars.say(event.text)

    @on(UnreadRows.Wanted)
    def _value_wanted(self, event: UnreadRows.Wanted) -> None:
        event.stop()
        self.value_reading.want(event.value, event.further)

    @on(messages.ValueRead)
    def _value_read(self, event: messages.ValueRead) -> None:
        self.value_reading.take_value(event)

    @on(RowTree.Opened)
    def _value_opened(self, event: RowTree.Opened) -> None:
        self.value_texts.open(event)

    @on(RowTree.CopyAsked)
    def _copy_asked(self) -> None:
        self.value_texts.ask_copy()

    # -- searching ---------------------------------------------------------------------------------------------------

    @on(messages.MatchesReady)
    def _matches_ready(self, event: messages.MatchesReady) -> None:
        self.value_search.take_matches(event)

    @on(messages.RowsFound)
    def _rows_found(self, event: messages.RowsFound) -> None:
        self.value_search.take_rows(event)

    # -- queries -----------------------------------------------------------------------------------------------------

    @on(RowTree.HistoryAsked)
    def _history_asked(self) -> None:
        self.queries.open_history()

    @on(Detail.SizesWanted)
    def _sizes_wanted(self, event: Detail.SizesWanted) -> None:
        self.queries.measure(event.detail)

    @on(messages.SharesReady)
    def _shares_ready(self, event: messages.SharesReady) -> None:
        self.queries.take_shares(event)

    def on_share_list_opened(self, event: ShareList.Opened) -> None:
        self.selection.show_place(self.selection.file, event.path)

    @on(messages.QueryProgress)
    def _asking(self, event: messages.QueryProgress) -> None:
        self.queries.take_progress(event)

    @on(messages.BisectReady)
    def _bisect_ready(self, event: messages.BisectReady) -> None:
        self.queries.take_bisection(event)

    @on(messages.QueryFailed)
    def _question_failed(self, event: messages.QueryFailed) -> None:
        self.queries.take_failure(event)

    # -- bookmarks and resumes ---------------------------------------------------------------------------------------

    @on(messages.SourceReady)
    def _source_ready(self, event: messages.SourceReady) -> None:
        self.resume_entry.take_source(event)

    # -- panes, and going back ---------------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A border is dragged from where it is pressed."""
        if self.borders.take_down(event.screen_offset):
            event.stop()
            self.panes.list.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The border that is dragged follows."""
        self.borders.take_drag(event.screen_offset)

    def on_mouse_up(self) -> None:
        """The border stays where it was let go."""
        if self.borders.take_up():
            self.panes.list.release_mouse()

    @on(messages.WorkFailed)
    def _work_failed(self, event: messages.WorkFailed) -> None:
        self.opened.forget_load()
        lines = [Paragraph("Something unexpected happened; the app goes on. Please report it.\n", "error")]
        self.port.open.text(f"Failed: {event.doing}", [*lines, Paragraph(event.report)], event.report, "report")
