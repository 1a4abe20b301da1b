"""The browser as its controllers see it: what they share, and the screens that they open.

A screen is imported when it is opened, here and nowhere else: all of them take 100 ms, which the first rows would wait
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckpt_tui.tui.helpers.panes import Panes
from ckpt_tui.tui.helpers.selection import Place, Selection
from ckpt_tui.tui.screens.copying import copied
from ckpt_tui.tui.widgets.prompt import Prompt, Question
from ckpt_tui.tui.widgets.status import BarLine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import App
    from textual.geometry import Size
    from textual.timer import Timer

    from ckpt_tui.actions.notes import Notebook
    from ckpt_tui.actions.resume.plan import Edit, Source
    from ckpt_tui.core.diff.ignore_rules import IgnoreRules
    from ckpt_tui.core.doctor.findings import Finding
    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.core.paths import Path
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.comparing import Comparer
    from ckpt_tui.tui.helpers.pending_edits import PendingEdits
    from ckpt_tui.tui.helpers.run_graphs import RunGraphs
    from ckpt_tui.tui.helpers.store_search import Scope, StoreSearch
    from ckpt_tui.tui.inquiries import Inquiries, Known
    from ckpt_tui.tui.jobs import Jobs
    from ckpt_tui.tui.learning import Learned
    from ckpt_tui.tui.library import Library
    from ckpt_tui.tui.screens.browse import Browse
    from ckpt_tui.tui.screens.compare import Place as ComparedPlace
    from ckpt_tui.tui.screens.replay import ReplayScreen
    from ckpt_tui.tui.screens.resume import ResumeScreen
    from ckpt_tui.tui.store_follower import StoreFollower
    from ckpt_tui.tui.view import View
    from ckpt_tui.tui.widgets.text_lines import Paragraph

_NOTE = Question("note", "on this checkpoint; empty takes it away", "keeps it")


class BrowsePort:
    """Fits the port of each controller of the browser.

    Args:
        screen: The browser.

    Attributes:
        panes: The panes.
        selection: The selected checkpoint.
    """

    def __init__(self, screen: Browse, following: bool) -> None:
        self._screen = screen
        self.panes = Panes(screen)
        self.selection = Selection(self.panes, self.say, following)

    # -- what is there -----------------------------------------------------------------------------------------------

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
        """What is known of it."""
        return self._screen.library

    @property
    def jobs(self) -> Jobs:
        """What starts workers on it."""
        return self._screen.jobs

    @property
    def follower(self) -> StoreFollower:
        """What reads it."""
        return self._screen.follower

    @property
    def graphs(self) -> RunGraphs:
        """What is known of the graph of each run."""
        return self._screen.graphs

    @property
    def edits(self) -> PendingEdits:
        """Changes that a run is to begin with."""
        return self._screen.edits

    @property
    def size(self) -> Size:
        """The size of the screen."""
        return self._screen.size

    @property
    def progress(self) -> tuple[int, int]:
        """Files looked at and files in all while the store is read; zeros otherwise."""
        return self._screen.checkpoints.progress

    @property
    def changed_at(self) -> float:
        """When checkpoints came or went last."""
        return self._screen.checkpoints.changed_at

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
        """What asks for a text."""
        return self._screen.query_one(Prompt)

    def ref_at_hand(self) -> CheckpointRef | None:
        """The selected checkpoint, its notes open."""
        return self.selection.ref if self.notebook is not None else None

    def make_inquiries(self) -> Inquiries:
        """What starts workers that ask."""
        from ckpt_tui.tui.inquiries import Inquiries, Known

        return Inquiries(self._screen, Known(self.store))

    def bar(self, name: str) -> BarLine:
        """The line `head` or `foot`."""
        return self._screen.query_one(f"#{name}", BarLine)

    # -- what can be done --------------------------------------------------------------------------------------------

    def say(self, text: str, style: str = "plain") -> None:
        """Show a message in the line at the bottom."""
        self._screen.bars.say(text, style)

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
        """Copy a text and say where it went."""
        self.say(*copied(self._screen.app, text, what))

    def shown(self, file: str) -> None:
        """The panes show a checkpoint: go to the place in it that is waited for, and show what changed in it."""
        self.selection.open_wanted(file)
        self._screen.parent_diff.show(file)

    def come_to_front(self) -> None:
        """Close whatever is over the browser."""
        while self.app.screen is not self._screen:
            self.app.pop_screen()

    def open_instead(self, store: Store) -> None:
        """Show a store that holds what the open one holds, and more."""
        from ckpt_tui.tui.screens.browse_wiring import set_store

        self.jobs.stop()
        self.follower.stop()
        set_store(self._screen, store)
        self.follower.follow()

    def ask_note(self, text: str) -> None:
        """Ask for the text of a note."""
        self.prompt.ask(_NOTE, text, self._screen.bookmarks.take)

    def notes_changed(self) -> None:
        """Draw the marks of bookmarks and notes again."""
        book = self._screen.bookmarks.book
        marks = {name: "★" if note.bookmark else "✎" for name, note in (book.notes if book else {}).items()}
        if marks != self.panes.list.marks:
            self.panes.list.marks = marks
            self.panes.list.changed()

    # -- screens -----------------------------------------------------------------------------------------------------

    def open_text(self, title: str, paragraphs: list[Paragraph], text: str, what: str) -> None:
        """Open a text over the screen; `y` copies."""
        from ckpt_tui.tui.screens.dialogs import TextScreen

        self.app.push_screen(TextScreen(title, paragraphs, lambda: self.copy(text, what)))

    def open_help(self) -> None:
        """Open keys and signs."""
        from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs

        keys: dict[str, str] = getattr(self.app, "changed_keys", {})
        self.app.push_screen(TextScreen("Keys and signs", help_paragraphs(keys)))

    def open_notes(self, book: Notebook) -> None:
        """Open the list of bookmarks and notes."""
        from ckpt_tui.tui.screens.notes import NotesScreen

        def picked(checkpoint: str | None) -> None:
            if checkpoint is not None:
                self.selection.go_to_id(checkpoint)

        self.app.push_screen(NotesScreen(book), picked)

    def open_compare(
        self, comparer: Comparer, runs: Sequence[Run], before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules,
        then: Callable[[Place, IgnoreRules], None],
    ) -> None:  # fmt: skip
        """Open the Compare screen."""
        from ckpt_tui.tui.screens.compare import CompareScreen

        def closed(place: ComparedPlace | None) -> None:
            if place is not None:
                then(Place(place.file, place.path), place.ignore)

        screen = CompareScreen(self.store, comparer, runs, before, after, ignore, self.panes.detail.reveal)
        self.app.push_screen(screen, closed)

    def open_history(
        self, known: Known, run: Run, nodes: Sequence[Node], path: Path, then: Callable[[Place | None], None]
    ) -> None:
        """Open the values of a path."""
        from ckpt_tui.tui.screens.history import HistoryScreen

        screen = HistoryScreen(self.store, known, run, nodes, path, self.selection.file, self.panes.detail.reveal)
        self.app.push_screen(screen, then)

    def open_find(
        self, known: Known, nodes: Callable[[Scope], Sequence[Node]], search: StoreSearch,
        then: Callable[[Place | None], None],
    ) -> None:  # fmt: skip
        """Open a search over checkpoints."""
        from ckpt_tui.tui.screens.find import FindScreen

        self.app.push_screen(FindScreen(self.store, known, nodes, search, self.panes.detail.reveal), then)

    def open_sizes(self, known: Known, run: Run, then: Callable[[Place | None], None]) -> None:
        """Open the sizes of a run."""
        from ckpt_tui.tui.screens.sizes import SizesScreen

        self.app.push_screen(SizesScreen(self.store, known, run, self.selection.file), then)

    def open_doctor(self, then: Callable[[Finding | None], None]) -> None:
        """Examine the store."""
        from ckpt_tui.tui.screens.doctor import DoctorScreen

        self.app.push_screen(DoctorScreen(self.store), then)

    def open_replay(
        self, run: Run, node: Node, learned: Learned, book: Notebook | None, choices: Mapping[str, str],
        then: Callable[[tuple[str, Path] | None], None],
    ) -> _OpenReplay:  # fmt: skip
        """Open the replay of a run."""
        from ckpt_tui.tui.screens.replay import ReplayScreen

        screen = ReplayScreen(self.store, run, node, learned, book, choices, play=True)
        self.app.push_screen(screen, then)
        return _OpenReplay(screen)

    def open_resume(
        self, source: Source, edits: tuple[Edit, ...], begun: Callable[[str], None], again: Callable[[], None]
    ) -> _OpenResume:
        """Open the preview of a resume."""
        from ckpt_tui.tui.screens.resume import ResumeScreen

        compare = self._screen.parent_diff.compare_outcomes
        screen = ResumeScreen(
            source, edits, begun, compare, self.graphs.take, again, self.panes.detail.reveal
        )  # fmt: skip
        self.app.install_screen(screen, f"run-{id(screen)}")
        self.app.push_screen(screen)
        return _OpenResume(screen)

    def open_edit(self, title: str, text: str, hint: str, then: Callable[[str | None], None]) -> None:
        """Ask for another text of a value."""
        from ckpt_tui.tui.screens.editing import EditScreen

        self.app.push_screen(EditScreen(title, text, hint), then)

    def edit_outside(self, document: Any, then: Callable[[Any], None]) -> None:
        """Open a document in $EDITOR."""
        from ckpt_tui.tui.screens.editing import NotEdited, edited_json

        try:
            after = edited_json(self.app, document)
        except NotEdited as reason:
            self.say(str(reason), "warn")
        else:
            then(after)


class _OpenReplay:
    """A replay, as what opened it sees it."""

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen

    @property
    def choices(self) -> Mapping[str, str]:
        """Ways that were chosen at forks."""
        return self._screen.position.track.choices

    def show_view(self, view: View) -> None:
        """Go on with a store that changed."""
        if self._screen.is_mounted:
            self._screen.show_view(view)


class _OpenResume:
    """A resume, as what opened it sees it."""

    def __init__(self, screen: ResumeScreen) -> None:
        self._screen = screen

    @property
    def has_begun(self) -> bool:
        """Whether the workflow was asked to run."""
        return self._screen.run is not None and self._screen.run.begun

    def show(self) -> None:
        """Show it again."""
        self._screen.app.push_screen(self._screen)

    def kill(self) -> None:
        """End its process."""
        if self._screen.run is not None:
            self._screen.run.session.kill()
