"""The browser: the list of checkpoints beside what a checkpoint holds. Each key and message goes to its controller."""

from __future__ import annotations

from asyncio import to_thread
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.timer import Timer

from ckpt_tui.tui import messages
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.controllers.bookmarks import Bookmarks
from ckpt_tui.tui.controllers.checkpoint_list import CheckpointList
from ckpt_tui.tui.controllers.export_entry import Exports
from ckpt_tui.tui.controllers.opened_checkpoint import OpenedCheckpoint
from ckpt_tui.tui.controllers.overviews_shown import Overviews
from ckpt_tui.tui.controllers.pane_borders import PaneBorders
from ckpt_tui.tui.controllers.parent_diff import ParentDiff
from ckpt_tui.tui.controllers.pickle_opcodes import PickleOpcodes
from ckpt_tui.tui.controllers.queries import Queries
from ckpt_tui.tui.controllers.replay_entry import ReplayEntry
from ckpt_tui.tui.controllers.resume_entry import ResumeEntry
from ckpt_tui.tui.controllers.status_bars import StatusBars
from ckpt_tui.tui.controllers.step_graph import StepGraph
from ckpt_tui.tui.controllers.value_edits import ValueEdits
from ckpt_tui.tui.controllers.value_reading import ValueReading
from ckpt_tui.tui.controllers.value_search import ValueSearch
from ckpt_tui.tui.controllers.value_texts import ValueTexts
from ckpt_tui.tui.helpers.match_text import SEARCH
from ckpt_tui.tui.helpers.pane_widths import SHARED, WIDE
from ckpt_tui.tui.helpers.pending_edits import PendingEdits
from ckpt_tui.tui.jobs import Jobs
from ckpt_tui.tui.library import Library
from ckpt_tui.tui.screens.browse_port import BrowsePort
from ckpt_tui.tui.store_follower import StoreFollower
from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from ckpt_tui.tui.widgets.detail import Detail
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.status import BarLine
from ckpt_tui.tui.widgets.text_lines import Paragraph
from ckpt_tui.tui.widgets.unread import UnreadRows

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.helpers.run_graphs import RunGraphs
    from ckpt_tui.tui.widgets.diff_rows import DiffRows
    from ckpt_tui.tui.widgets.share_list import ShareList


FIRST_SECONDS = 0.15
"""Longest time that the first picture waits for the first rows."""

PLACE_SECONDS = 0.04
"""Pause after the last move of the cursor in a value before its path is shown."""


class Browse(Screen[None]):
    """The main screen.

    Args:
        store: What to browse.
        at: Id of the checkpoint to open at; None follows the newest.
        steps: Labels of the place to open at.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (SHARED, "-normal")]  # noqa: RUF012 Textual's convention

    def __init__(self, store: Store, at: str | None = None, steps: tuple[str, ...] = ()) -> None:
        # The class that its width would give it later: a change of it would style every widget again.
        super().__init__(classes=f"-list {'-normal' if self.app.size.width >= SHARED else '-narrow'}")
        self.store = store
        self.library = Library()
        self._place_timer: Timer | None = None
        self.port = port = BrowsePort(self, following=at is None)
        self.panes, self.selection = port.panes, port.selection
        self.bars = StatusBars(port)
        self.borders = PaneBorders(port)
        self.checkpoints = CheckpointList(port, at)
        self.edits = PendingEdits()
        self.opened = OpenedCheckpoint(port, steps)
        self.parent_diff = ParentDiff(port)
        self.step_graph = StepGraph(port)
        self.overviews = Overviews(port)
        self.queries = Queries(port)
        self.value_search = ValueSearch(port)
        self.value_reading = ValueReading(port)
        self.value_texts = ValueTexts(port)
        self.value_edits = ValueEdits(port)
        self.pickle_opcodes = PickleOpcodes(port)
        self.bookmarks = Bookmarks(port)
        self.replay_entry = ReplayEntry(port)
        self.resume_entry = ResumeEntry(port)
        self.exports = Exports(port)
        self._set_store(store)

    @cached_property
    def graphs(self) -> RunGraphs:
        """What is known of the graph of each run."""
        from ckpt_tui.tui.helpers.run_graphs import RunGraphs  # late: no first row waits for what learns a graph

        return RunGraphs()

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
        self.bars.draw()
        if self.bookmarks.open(self.store.path) is not None:
            self.port.notes_changed()
        # The first picture has the first rows where they can be had so soon: an empty one takes as long to draw.
        first = await to_thread(self.follower.first_view, FIRST_SECONDS)
        if first is not None:
            self._view_ready(first)

    def on_unmount(self) -> None:
        """Stop reading, and whatever was run from here."""
        self._stop_reading()
        self.resume_entry.end_runs()

    def open_instead(self, store: Store) -> None:
        """Show a store that holds what the open one holds, and more; what was read stays in the list."""
        self._stop_reading()
        self._set_store(store)
        self.follower.follow()

    def _set_store(self, store: Store) -> None:
        self.store = store
        self.jobs = Jobs(self, store)
        self.follower = StoreFollower(self, store, self.library, self.opened.is_loading)

    def _stop_reading(self) -> None:
        self.jobs.stop()
        self.follower.stop()

    async def on_event(self, event: events.Event) -> None:
        """A key after `y` is not a command; any other takes the message back."""
        if isinstance(event, events.Key):
            if self.value_texts.take_key(event.character or ""):
                event.stop()
                return
            self.bars.take_back()
        await super().on_event(event)

    def explain(self, text: str) -> None:
        """Say why a key did nothing."""
        self.bars.say(text, "dim")

    async def on_resize(self) -> None:
        """What fits beside each other depends on the width."""
        await self.panes.widen()
        self.bars.draw()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Take in which pane has the focus."""
        self.panes.take_focus(event.widget)
        self.bars.draw_foot()

    # -- the widgets, for whoever looks at the screen from outside ---------------------------------------------------

    @property
    def is_asking(self) -> bool:
        """Whether a text is asked for."""
        return any(prompt.is_open for prompt in self.query(Prompt))

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
        self.checkpoints.show(event)
        self.replay_entry.show_view(event.view)
        self.resume_entry.keep_up()
        self.opened.keep_up(event.view)
        self.parent_diff.count_soon()
        self.bars.draw()
        self.call_after_refresh(self.follower.go_on)

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

    @on(Checkpoints.Opened)
    def _list_opened(self) -> None:
        self.opened.look_at()

    @on(Checkpoints.Marked)
    def _list_marked(self) -> None:
        self.parent_diff.say_mark()

    @on(Checkpoints.FilterAsked)
    def _filter_asked(self) -> None:
        self.checkpoints.ask_filter()

    def action_follow(self) -> None:
        self.checkpoints.toggle_following()

    def action_step(self, way: int) -> None:
        self.panes.step(way)

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

    def action_reveal(self) -> None:
        self.opened.toggle_secrets()

    # -- changes -----------------------------------------------------------------------------------------------------

    @on(messages.DifferenceReady)
    def _difference_ready(self, event: messages.DifferenceReady) -> None:
        self.parent_diff.take_difference(event)

    @on(messages.ChangesCounted)
    def _changes_counted(self, event: messages.ChangesCounted) -> None:
        self.parent_diff.take_counts(event)

    def on_diff_rows_opened(self, event: DiffRows.Opened) -> None:
        """Do what a change that was chosen asks for; named by its message, whose class is imported with its tab."""
        self.port.open.change(event.change, self.panes.detail.reveal)

    def action_compare(self) -> None:
        self.parent_diff.compare()

    def action_compare_outcomes(self) -> None:
        self.parent_diff.compare_selected_outcomes()

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

    def action_replay(self) -> None:
        self.replay_entry.open()

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

    def action_pager(self) -> None:
        self.value_texts.open_pager()

    def action_editor(self) -> None:
        self.value_texts.open_editor()

    def action_opcodes(self) -> None:
        self.pickle_opcodes.open()

    def action_edit(self) -> None:
        self.value_edits.edit()

    def action_drop(self) -> None:
        self.value_edits.drop()

    # -- searching ---------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.port.prompt.ask(SEARCH, self.value_search.match, self._search)

    def _search(self, text: str) -> None:
        self.queries.leave_for(text)
        self.value_search.mark(text)
        if text:
            self.action_search_next(1)

    def action_search_next(self, way: int) -> None:
        if not self.queries.next_match(way):
            self.value_search.next(way)

    @on(messages.MatchesReady)
    def _matches_ready(self, event: messages.MatchesReady) -> None:
        self.value_search.take_matches(event)

    @on(messages.RowsFound)
    def _rows_found(self, event: messages.RowsFound) -> None:
        self.value_search.take_rows(event)

    # -- queries -----------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        view = self.panes.list.view
        in_vain = "" if view.places else view.filter
        if in_vain:
            self.checkpoints.end_filter()
        self.queries.open_find(in_vain)

    def action_bisect(self) -> None:
        self.queries.ask_bisect()

    def action_measure(self) -> None:
        self.queries.open_sizes()

    def action_doctor(self) -> None:
        self.queries.open_doctor()

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

    def action_bookmark(self) -> None:
        self.bookmarks.toggle()

    def action_note(self) -> None:
        self.bookmarks.ask()

    def action_notes(self) -> None:
        self.bookmarks.open(self.store.path)
        self.bookmarks.show_all()

    def action_export(self) -> None:
        self.exports.open()

    def action_resume(self) -> None:
        self.resume_entry.open()

    def action_show_run(self) -> None:
        self.resume_entry.show_run()

    @on(messages.SourceReady)
    def _source_ready(self, event: messages.SourceReady) -> None:
        self.resume_entry.take_source(event)

    # -- panes, and the way back -------------------------------------------------------------------------------------

    def action_other_pane(self, way: int) -> None:
        self.panes.focus_other(way)

    def action_move_border(self, way: int) -> None:
        self.borders.move(way)

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

    def action_zoom(self) -> None:
        self.panes.toggle_zoom()

    def action_pick_tab(self, name: str) -> None:
        self.panes.pick_tab(name)
        self.bars.say_tab()

    def action_next_tab(self, way: int) -> None:
        self.panes.next_tab(way)
        self.bars.say_tab()

    def action_back(self) -> None:
        """Back out of what was opened last."""
        ways_out = (
            self.value_reading.stop, self.queries.stop_bisecting, self.value_edits.forget, self.queries.end_travel,
            self.value_search.end, self.panes.step_back, self.checkpoints.end_filter,
        )  # fmt: skip
        any(leave() for leave in ways_out)

    async def action_close(self) -> None:
        """Go back to the list; from there, quit."""
        if not self.panes.step_back():
            await self.app.action_quit()

    def action_help(self) -> None:
        """Show keys and signs."""
        self.port.open.help()

    @on(messages.WorkFailed)
    def _work_failed(self, event: messages.WorkFailed) -> None:
        self.opened.forget_load()
        lines = [Paragraph("Something unexpected happened; the app goes on. Please report it.\n", "error")]
        self.port.open.text(f"Failed: {event.doing}", [*lines, Paragraph(event.report)], event.report, "report")
