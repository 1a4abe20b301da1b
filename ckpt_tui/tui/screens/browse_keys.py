"""The browser's controllers, and its keys: each key goes to the controller whose concern it is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.screen import Screen

from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.controllers.checkpoint_list import CheckpointList
from ckpt_tui.tui.controllers.opened_checkpoint import OpenedCheckpoint
from ckpt_tui.tui.controllers.overviews_shown import Overviews
from ckpt_tui.tui.controllers.pane_borders import PaneBorders
from ckpt_tui.tui.controllers.paused_run import PausedRun
from ckpt_tui.tui.controllers.resume_entry import ResumeEntry
from ckpt_tui.tui.controllers.status_bars import StatusBars
from ckpt_tui.tui.controllers.value_search import ValueSearch
from ckpt_tui.tui.helpers.match_text import SEARCH
from ckpt_tui.tui.helpers.pane_widths import SHARED
from ckpt_tui.tui.helpers.pending_edits import PendingEdits
from ckpt_tui.tui.jobs import Jobs
from ckpt_tui.tui.library import Library
from ckpt_tui.tui.screens.browse_port import BrowsePort
from ckpt_tui.tui.screens.made_late import MadeLate
from ckpt_tui.tui.store_follower import StoreFollower

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.controllers.bookmarks import Bookmarks
    from ckpt_tui.tui.controllers.export_entry import Exports
    from ckpt_tui.tui.controllers.parent_diff import ParentDiff
    from ckpt_tui.tui.controllers.pickle_opcodes import PickleOpcodes
    from ckpt_tui.tui.controllers.prune_entry import PruneEntry
    from ckpt_tui.tui.controllers.queries import Queries
    from ckpt_tui.tui.controllers.replay_entry import ReplayEntry
    from ckpt_tui.tui.controllers.step_graph import StepGraph
    from ckpt_tui.tui.controllers.unfinished_run import UnfinishedRun
    from ckpt_tui.tui.controllers.value_edits import ValueEdits
    from ckpt_tui.tui.controllers.value_reading import ValueReading
    from ckpt_tui.tui.controllers.value_texts import ValueTexts
    from ckpt_tui.tui.helpers.run_graphs import RunGraphs


_NO_STREAMS = "No stream of events is beside this store."


class BrowseKeys(Screen[None]):
    """The browser without its widgets and messages, which `Browse` adds.

    Args:
        store: The store.
        at: Id of the checkpoint to open at; None follows the newest.
        steps: Labels of the place to open at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere"), *bindings("paused")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (SHARED, "-normal")]  # noqa: RUF012 Textual's convention

    bookmarks: MadeLate[Bookmarks] = MadeLate("bookmarks", "Bookmarks")
    exports: MadeLate[Exports] = MadeLate("export_entry", "Exports")
    parent_diff: MadeLate[ParentDiff] = MadeLate("parent_diff", "ParentDiff")
    pickle_opcodes: MadeLate[PickleOpcodes] = MadeLate("pickle_opcodes", "PickleOpcodes")
    prune_entry: MadeLate[PruneEntry] = MadeLate("prune_entry", "PruneEntry")
    queries: MadeLate[Queries] = MadeLate("queries", "Queries")
    replay_entry: MadeLate[ReplayEntry] = MadeLate("replay_entry", "ReplayEntry")
    step_graph: MadeLate[StepGraph] = MadeLate("step_graph", "StepGraph")
    unfinished_run: MadeLate[UnfinishedRun] = MadeLate("unfinished_run", "UnfinishedRun")
    value_edits: MadeLate[ValueEdits] = MadeLate("value_edits", "ValueEdits")
    value_reading: MadeLate[ValueReading] = MadeLate("value_reading", "ValueReading")
    value_texts: MadeLate[ValueTexts] = MadeLate("value_texts", "ValueTexts")

    def __init__(self, store: Store, at: str | None = None, steps: tuple[str, ...] = ()) -> None:
        # The class that its width gives it later: a change would style every widget again.
        super().__init__(classes=f"-list {'-normal' if self.app.size.width >= SHARED else '-narrow'}")
        self.store = store
        self.port = port = BrowsePort(self, following=at is None)
        self.library = Library(lambda: port.selection.following)
        self.panes, self.selection = port.panes, port.selection
        self.bars = StatusBars(port)
        self.borders = PaneBorders(port)
        self.checkpoints = CheckpointList(port, at)
        self.edits = PendingEdits()
        self.opened = OpenedCheckpoint(port, steps)
        self.overviews = Overviews(port)
        self.value_search = ValueSearch(port)
        self.resume_entry = ResumeEntry(port)
        self.paused_run = PausedRun(port)
        self._set_store(store)

    @cached_property
    def graphs(self) -> RunGraphs:
        """The graph of each run, as far as it is known."""
        from ckpt_tui.tui.helpers.run_graphs import RunGraphs  # late: the first row does not need it

        return RunGraphs()

    def open_instead(self, store: Store) -> None:
        """Show a store that has all checkpoints of the open one, and more; known entries stay in the list."""
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

    def explain(self, text: str) -> None:
        """Show why a key did nothing."""
        self.bars.say(text, "dim")

    def why_idle(self, command: str) -> str:
        """Why a command does nothing now, as its key shows it; "" where it works."""
        why = {
            "run.show": lambda: self.resume_entry.why_no_run(self.unfinished_run.file),
            "diff.compare": lambda: self.parent_diff.why_nothing,
            "run.compare": lambda: self.parent_diff.why_no_outcomes, "replay.open": lambda: self.replay_entry.why_none,
            "store.streams": lambda: "" if self.port.streams else _NO_STREAMS,
            "paused.step": lambda: "" if self.resume_entry.live else self.paused_run.why_not,
            "paused.continue": lambda: self.paused_run.why_not, "paused.to": lambda: self.paused_run.why_not,
            "paused.change": lambda: self.paused_run.why_not,
        }.get(command)  # fmt: skip
        return why() if why is not None else ""

    # -- the list ----------------------------------------------------------------------------------------------------

    def action_follow(self) -> None:
        self.checkpoints.toggle_following()

    def action_step(self, direction: int) -> None:
        count = self.panes.lines.take_count()
        if not self.paused_run.move(direction, count):
            self.panes.step(direction * count)

    # -- a run that is paused ----------------------------------------------------------------------------------------

    def action_run_step(self) -> None:
        self.paused_run.step()

    def action_run_on(self) -> None:
        self.paused_run.go_on()

    def action_run_to(self) -> None:
        self.paused_run.ask_run_to()

    def action_change_run(self) -> None:
        self.paused_run.ask_change()

    # -- the selected checkpoint -------------------------------------------------------------------------------------

    def action_reveal(self) -> None:
        self.opened.toggle_secrets()

    # -- changes -----------------------------------------------------------------------------------------------------

    def action_compare(self) -> None:
        self.parent_diff.compare()

    def action_compare_outcomes(self) -> None:
        self.parent_diff.compare_selected_outcomes()

    # -- steps -------------------------------------------------------------------------------------------------------

    def action_replay(self) -> None:
        self.replay_entry.open()

    # -- values ------------------------------------------------------------------------------------------------------

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

    def action_search_next(self, direction: int) -> None:
        if not self.queries.next_match(direction):
            self.value_search.next(direction)

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

    def action_streams(self) -> None:
        if self.port.streams:
            self.port.open.streams(self.port.streams)
        else:
            self.bars.say(_NO_STREAMS, "dim")

    def action_prune(self) -> None:
        self.prune_entry.open()

    def action_resume(self) -> None:
        self.resume_entry.open()

    def action_show_run(self) -> None:
        self.resume_entry.show_run(self.unfinished_run.file)

    # -- panes, and going back ---------------------------------------------------------------------------------------

    def action_other_pane(self, direction: int) -> None:
        self.panes.focus_other(direction)

    def action_move_border(self, direction: int) -> None:
        self.borders.move(direction)

    def action_zoom(self) -> None:
        self.panes.toggle_zoom()

    def action_pick_tab(self, name: str) -> None:
        if not self.panes.pick_tab(name) and self.panes.detail.has_tabs:
            self.bars.say(f"{name.capitalize()} is shown already.", "dim")
        self.bars.say_tab()

    def action_next_tab(self, direction: int) -> None:
        self.panes.next_tab(direction)
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
