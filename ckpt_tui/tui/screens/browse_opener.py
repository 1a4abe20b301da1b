"""Opens screens over the browser, and another store in its place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ckpt_tui.actions.pruning import why_none
from ckpt_tui.tui.helpers.selection import SelectedPlace
from ckpt_tui.tui.query_jobs import QueryCache, QueryJobs
from ckpt_tui.tui.screens.compare import CompareScreen
from ckpt_tui.tui.screens.dialogs import TextScreen, help_screen
from ckpt_tui.tui.screens.doctor import DoctorScreen
from ckpt_tui.tui.screens.event_files import EventFilesScreen
from ckpt_tui.tui.screens.export import ExportScreen
from ckpt_tui.tui.screens.find import FindScreen
from ckpt_tui.tui.screens.full_change import change_screen
from ckpt_tui.tui.screens.history import HistoryScreen
from ckpt_tui.tui.screens.notes import NotesScreen
from ckpt_tui.tui.screens.prune import PruneScreen
from ckpt_tui.tui.screens.replay import ReplayScreen
from ckpt_tui.tui.screens.resume import ResumeScreen
from ckpt_tui.tui.screens.resume_handle import ResumeHandle
from ckpt_tui.tui.screens.sizes import SizesScreen
from ckpt_tui.tui.screens.value_editor import EditScreen, NotEdited, edited_json
from ckpt_tui.tui.store_jobs import StoreJobs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from ckpt_tui.actions.notebook import Notebook
    from ckpt_tui.actions.resume.plan import Edit, Source
    from ckpt_tui.actions.run_graph import RunGraph
    from ckpt_tui.core.diff.changes import Change
    from ckpt_tui.core.diff.ignore_rules import IgnoreRules
    from ckpt_tui.core.doctor.findings import Finding
    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.core.paths import Path
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.comparer import Comparer
    from ckpt_tui.tui.helpers.store_search import Scope, StoreSearch
    from ckpt_tui.tui.screens.browse_keys import BrowseKeys
    from ckpt_tui.tui.screens.compare import ComparePlace
    from ckpt_tui.tui.view import View
    from ckpt_tui.tui.widgets.text_lines import Paragraph


class BrowseOpener:
    """Opens the screens that the controllers of the browser request.

    Args:
        screen: The browser.
    """

    def __init__(self, screen: BrowseKeys) -> None:
        self._screen = screen

    @property
    def _store(self) -> Store:
        return self._screen.store

    @property
    def _reveal(self) -> bool:
        return self._screen.panes.detail.reveal

    def query_jobs(self) -> QueryJobs:
        """Return the jobs of queries."""
        return QueryJobs(self._screen, QueryCache(self._store))

    def store(self, store: Store) -> None:
        """Show a store that has all checkpoints of the open one, and more."""
        self._screen.open_instead(store)

    def text(self, title: str, paragraphs: list[Paragraph], text: str, what: str, match: str = "") -> None:
        """Open a text over the screen, at `match`; `y` copies."""
        self._screen.app.push_screen(TextScreen(title, paragraphs, lambda: self._screen.port.copy(text, what), match))

    def change(self, change: Change, reveal: bool) -> None:
        """Open a change in full."""
        self._screen.app.push_screen(change_screen(change, reveal))

    def help(self) -> None:
        """Open keys and signs."""
        panes = self._screen.panes
        scope = "list" if panes.pane is panes.list else "value" if panes.detail.is_tree else "any list"
        beside = ("paused",) if self._screen.resume_entry.live else ()
        self._screen.app.push_screen(help_screen((*beside, scope)))

    def notes(self, book: Notebook) -> None:
        """Open the list of bookmarks and notes."""

        def picked(checkpoint: str | None) -> None:
            if checkpoint is not None:
                self._screen.selection.go_to_id(checkpoint)

        self._screen.app.push_screen(NotesScreen(book, self._store), picked)

    def compare(
        self, comparer: Comparer, runs: Sequence[Run], before: CheckpointRef, after: CheckpointRef, ignore: IgnoreRules,
        then: Callable[[SelectedPlace, IgnoreRules], None],
    ) -> None:  # fmt: skip
        """Open the Compare screen."""

        def closed(place: ComparePlace | None) -> None:
            if place is not None:
                then(SelectedPlace(place.file, place.path), place.ignore)

        screen = CompareScreen(self._store, comparer, runs, before, after, ignore, self._reveal)
        self._screen.app.push_screen(screen, closed)

    def history(
        self,
        known: QueryCache,
        run: Run,
        nodes: Sequence[Node],
        path: Path,
        then: Callable[[SelectedPlace | None], None],
    ) -> None:
        """Open the values of a path."""
        screen = HistoryScreen(self._store, known, run, nodes, path, self._screen.selection.file, self._reveal)
        self._screen.app.push_screen(screen, then)

    def find(
        self, known: QueryCache, nodes: Callable[[Scope], Sequence[Node]], search: StoreSearch,
        then: Callable[[SelectedPlace | None], None],
    ) -> None:  # fmt: skip
        """Open a search over checkpoints."""
        self._screen.app.push_screen(FindScreen(self._store, known, nodes, search, self._reveal), then)

    def sizes(self, known: QueryCache, run: Run, then: Callable[[SelectedPlace | None], None]) -> None:
        """Open the sizes of a run."""
        self._screen.app.push_screen(SizesScreen(self._store, known, run, self._screen.selection.file), then)

    def export(
        self, runs: tuple[Run, ...], run: Run, node: Node, then: Callable[[str | None], None],
        marked: Sequence[Node], is_whole: bool,
    ) -> None:  # fmt: skip
        """Ask what to export, and where to."""
        self._screen.app.push_screen(ExportScreen(self._store, runs, run, node, marked, is_whole), then)

    def streams(self, paths: Sequence[str]) -> None:
        """Open the list of streams of events, all in one directory."""
        screen = EventFilesScreen(os.path.dirname(paths[0]), [os.path.basename(path) for path in paths])
        self._screen.app.push_screen(screen)

    def why_nothing_goes(self) -> str:
        """Why no checkpoint of the store can be deleted; "" where one can."""
        return why_none(self._store)

    def prune(
        self, runs: Callable[[], Sequence[Run]], here: Callable[[], tuple[Run, Node] | None], marked: Collection[str],
        in_use: Callable[[], Collection[str]], gone: Callable[[Collection[str]], None], then: Callable[[str], None],
    ) -> PruneScreen:  # fmt: skip
        """Ask what to delete, and delete it."""
        screen = PruneScreen(self._store, runs, here, marked, in_use, gone)
        self._screen.app.push_screen(screen, lambda done: then(done or ""))
        return screen

    def doctor(self, then: Callable[[Finding | None], None]) -> None:
        """Examine the store."""
        self._screen.app.push_screen(DoctorScreen(self._store), then)

    def replay(
        self, run: Run, node: Node, learned: RunGraph, book: Notebook | None, choices: Mapping[str, str],
        then: Callable[[tuple[str, Path] | None], None],
    ) -> _OpenReplay:  # fmt: skip
        """Open the replay of a run."""
        screen = ReplayScreen(self._store, run, node, learned, book, choices, True, _ReplayQueries(self._screen))
        self._screen.app.push_screen(screen, then)
        return _OpenReplay(screen)

    def source(self, file: str, nodes: Sequence[Node]) -> None:
        """Read a checkpoint whole, to resume from."""
        StoreJobs(self._screen, self._store).source(file, nodes)

    def resume(
        self, source: Source, edits: tuple[Edit, ...], begun: Callable[[str], None], again: Callable[[], None],
        left: Callable[[], None], changed: Callable[[dict[str, Any]], bool],
    ) -> ResumeHandle:  # fmt: skip
        """Open the preview of a resume."""
        compare = self._screen.parent_diff.compare_outcomes
        graph = self._screen.graphs.take
        screen = ResumeScreen(source, edits, begun, compare, graph, again, left, changed, self._reveal)
        self._screen.app.install_screen(screen, f"run-{id(screen)}")
        self._screen.app.push_screen(screen)
        return ResumeHandle(screen)

    def edit(self, title: str, text: str, hint: str, then: Callable[[str | None], None]) -> None:
        """Ask for another text of a value."""
        self._screen.app.push_screen(EditScreen(title, text, hint), then)

    def edit_outside(self, document: Any, then: Callable[[Any], None]) -> None:
        """Open a document in $EDITOR."""
        try:
            after = edited_json(self._screen.app, document)
        except NotEdited as reason:
            self._screen.bars.say(str(reason), "warn")
        else:
            then(after)


class _ReplayQueries:
    """The browser's commands for a replay over it."""

    def __init__(self, screen: BrowseKeys) -> None:
        self._screen = screen
        self._file = ""

    def _select(self, file: str) -> bool:
        """Select the checkpoint of the replay in the list."""
        self._screen.selection.following = False
        if not self._screen.selection.select(file):
            return False
        self._file = file
        self._screen.panes.focus_pane(self._screen.panes.list)
        return True

    def _ask(self, file: str, question: Callable[[], object]) -> None:
        """Run a command on a checkpoint; where it does nothing, the replay shows why, as it is in front."""
        self._screen.bars.take_back()
        if self._select(file):
            question()
        if isinstance(self._screen.app.screen, ReplayScreen):
            self._explain()

    def _explain(self) -> None:
        """Let the replay, if there is one, show the message of the browser behind it."""
        for each in self._screen.app.screen_stack:
            if self._screen.bars.said and isinstance(each, ReplayScreen):
                each.explain(self._screen.bars.said)
                self._screen.bars.take_back()

    def compare(self, file: str) -> None:
        """Compare with the parent, or with the marked checkpoint."""
        self._ask(file, self._screen.parent_diff.compare)

    def measure(self, file: str) -> None:
        """Open the sizes of the run."""
        self._ask(file, self._screen.queries.open_sizes)

    def examine(self, file: str) -> None:
        """Open the doctor."""
        self._ask(file, self._screen.queries.open_doctor)

    def export(self, file: str) -> None:
        """Ask what to export."""
        self._ask(file, lambda: self._screen.exports.open(self._explain))

    def find(self, file: str) -> None:
        """Open the search over checkpoints."""
        self._ask(file, self._screen.queries.open_find)

    def bisect(self, text: str) -> None:
        """Go to the first checkpoint of the branch where an expression is true."""
        self._screen.queries.bisect(text)

    @property
    def has_left(self) -> bool:
        """Whether the browser has moved to another place since."""
        panes = self._screen.panes
        return bool(self._file) and (self._screen.selection.file != self._file or panes.pane is not panes.list)


class _OpenReplay:
    """A replay, for its opener."""

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen

    @property
    def choices(self) -> Mapping[str, str]:
        """Branches that were chosen at forks."""
        return self._screen.position.track.choices

    def show_view(self, view: View) -> None:
        """Apply a change of the store."""
        if self._screen.is_mounted:
            self._screen.show_view(view)
