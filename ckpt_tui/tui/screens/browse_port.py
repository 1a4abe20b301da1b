"""The browser as its controllers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.tui.helpers.panes import Panes
from ckpt_tui.tui.helpers.selection import Selection
from ckpt_tui.tui.screens.copied_text import copied
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted
from ckpt_tui.tui.widgets.status import BarLine, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from textual.app import App
    from textual.geometry import Size
    from textual.timer import Timer

    from ckpt_tui.actions.notebook import Notebook
    from ckpt_tui.actions.resume.document_edits import Edit
    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.controllers.resume_entry import OpenResume
    from ckpt_tui.tui.helpers.pending_edits import PendingEdits
    from ckpt_tui.tui.helpers.run_graphs import RunGraphs
    from ckpt_tui.tui.jobs import Jobs
    from ckpt_tui.tui.library import Library
    from ckpt_tui.tui.screens.browse_keys import BrowseKeys
    from ckpt_tui.tui.screens.browse_opener import BrowseOpener
    from ckpt_tui.tui.store_follower import StoreFollower

_NOTE = Prompted("note", "on this checkpoint; empty removes it", "keeps it")


_PARTS = ("#head", "#checkpoints", "#detail", "#foot")
"""Widgets that show the states of runs."""


class BrowsePort:
    """Fits the port of each controller of the browser.

    Args:
        screen: The browser.

    Attributes:
        panes: The panes.
        selection: The selected checkpoint.
    """

    def __init__(self, screen: BrowseKeys, following: bool) -> None:
        self._screen = screen
        self._opener: BrowseOpener | None = None
        self.panes = Panes(screen)
        self.selection = Selection(
            self.panes, self.say, following, lambda file: self._screen.checkpoints.reveal(file),
            lambda name: self._screen.checkpoints.look_up(name),
        )  # fmt: skip

    # -- state -------------------------------------------------------------------------------------------------------

    @property
    def app(self) -> App[object]:
        """The application."""
        return self._screen.app

    @property
    def store(self) -> Store:
        """The store that is open."""
        return self._screen.store

    @property
    def library(self) -> Library:
        """The known part of it."""
        return self._screen.library

    @property
    def jobs(self) -> Jobs:
        """Starts workers on it."""
        return self._screen.jobs

    @property
    def follower(self) -> StoreFollower:
        """Reads it."""
        return self._screen.follower

    @property
    def graphs(self) -> RunGraphs:
        """The graph of each run, as far as it is known."""
        return self._screen.graphs

    @property
    def edits(self) -> PendingEdits:
        """Changes that a run is to begin with."""
        return self._screen.edits

    def change_run(self, identifier: str, edits: Sequence[Edit]) -> bool:
        """Have the run that is paused at a checkpoint make these changes when it goes on; False where none is."""
        return self._screen.paused_run.change(identifier, edits)

    @property
    def size(self) -> Size:
        """The size of the screen."""
        return self._screen.size

    @property
    def progress(self) -> tuple[int, int]:
        """Files read and files in all while the store is read; zeros otherwise."""
        return self._screen.checkpoints.progress

    @property
    def has_looked(self) -> bool:
        """Whether any part of the store was read."""
        return self._screen.checkpoints.has_looked

    @property
    def streams(self) -> Sequence[str]:
        """Paths of the streams of events beside the store."""
        found: Sequence[str] = getattr(self.app, "streams_beside", ())
        return found

    @property
    def changed_at(self) -> float:
        """When checkpoints came or went last."""
        return self._screen.checkpoints.changed_at

    @property
    def is_landing(self) -> bool:
        """Whether the cursor will go to the named checkpoint."""
        return self._screen.checkpoints.is_landing

    @property
    def match(self) -> str:
        """The text that is marked in values."""
        return self._screen.value_search.match

    @property
    def notebook(self) -> Notebook | None:
        """The notes on the store; None where they cannot be read."""
        return self._screen.bookmarks.open(self.store.path)

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        return self._screen.query_one(Prompt)

    def ref_at_hand(self) -> CheckpointRef | None:
        """The selected checkpoint, its notes open."""
        return self.selection.ref if self.notebook is not None else None

    def bar(self, name: str) -> BarLine:
        """The line `head` or `foot`."""
        return self._screen.query_one(f"#{name}", BarLine)

    @property
    def open(self) -> BrowseOpener:
        """Opens screens over the browser."""
        if self._opener is None:
            # Late: it imports every screen, which takes 60 ms, and the first rows do not need it.
            from ckpt_tui.tui.screens.browse_opener import BrowseOpener

            self._opener = BrowseOpener(self._screen)
        return self._opener

    # -- commands ----------------------------------------------------------------------------------------------------

    def say(self, text: str, style: str = "plain") -> None:
        """Show a message in the line at the bottom."""
        self._screen.bars.say(text, style)

    @property
    def runs_beside(self) -> Sequence[OpenResume]:
        """The runs that were started here and go on."""
        return self._screen.resume_entry.live

    @property
    def has_runs(self) -> bool:
        """Whether a run was started or prepared here."""
        return self._screen.resume_entry.has_runs

    def keep_up_with(self, run: object) -> None:
        """Have the cursor follow what a run writes, until it is moved by hand."""
        self._screen.resume_entry.keep_up_with(run)

    @property
    def is_in_front(self) -> bool:
        """Whether no other screen hides the browser."""
        return self._screen.is_current

    def show_runs(self) -> None:
        """Show the states of the runs that were started here, where that is visible."""
        is_whole = all(self._screen.query(name) for name in _PARTS)  # when the app ends, widgets go one by one
        if is_whole and self._screen.is_current:
            self._screen.paused_run.show()
            self._screen.overviews.show_again()
            self._screen.bars.draw()

    def paused_at(self, identifier: str) -> str:
        """Where a run from here is that is paused at a checkpoint, as text; "" where none is."""
        return self._screen.paused_run.said_at(identifier)

    def failure_after(self, identifier: str) -> str:
        """Why a run from here failed whose last checkpoint this is; "" where none did."""
        return self._screen.resume_entry.failure_after(identifier)

    def pause_parts(self, room: int, is_tree: bool) -> list[Part]:
        """Where a run is paused and how it goes on, in so many cells; empty while none is paused."""
        return self._screen.paused_run.parts(room, is_tree)

    @property
    def run_status(self) -> Part:
        """The state of a run that was started from here; "" while none goes on."""
        return self._screen.resume_entry.status

    def checkpoints_in_use(self) -> Collection[str]:
        """Ids of the checkpoints that runs use which were started here and go on."""
        return self._screen.resume_entry.checkpoints_in_use

    def begun_at(self, identifier: str) -> str:
        """Id of the checkpoint that was resumed when a run from here wrote another one; "" where none did."""
        return self._screen.resume_entry.begun_at(identifier)

    def redraw_head(self) -> None:
        """Draw the line at the top again."""
        self._screen.bars.draw_head()

    def redraw_foot(self) -> None:
        """Draw the line at the bottom again."""
        self._screen.bars.draw_foot()

    def later(self, seconds: float, then: Callable[[], object]) -> Timer:
        """Call something in so many seconds."""
        return self._screen.set_timer(seconds, then)

    def after_refresh(self, then: Callable[[], object]) -> None:
        """Call something once the screen is drawn."""
        self._screen.call_after_refresh(then)

    def mark(self, text: str) -> None:
        """Mark a text in values."""
        self._screen.value_search.mark(text)

    def copy(self, text: str, what: str) -> None:
        """Copy a text and show where it went."""
        self.say(*copied(self._screen.app, text, what))

    def shown(self, file: str) -> None:
        """Called once the panes show a checkpoint: go to the awaited place in it, and show its changes."""
        self.selection.open_wanted(file)
        self._screen.parent_diff.show(file)

    def come_to_front(self) -> None:
        """Close whatever is over the browser."""
        while self.app.screen is not self._screen:
            self.app.pop_screen()

    def ask_note(self, text: str) -> None:
        """Ask for the text of a note."""
        self.prompt.ask(_NOTE, text, self._screen.bookmarks.take)

    def open_notes(self, book: Notebook) -> None:
        """Open the list of bookmarks and notes."""
        self.open.notes(book)

    def notes_changed(self) -> None:
        """Draw the marks of bookmarks and notes again."""
        book = self._screen.bookmarks.book
        marks = {name: "★" if note.bookmark else "✎" for name, note in (book.notes if book else {}).items()}
        if marks != self.panes.list.marks:
            self.panes.list.marks = marks
            self.panes.list.changed()
