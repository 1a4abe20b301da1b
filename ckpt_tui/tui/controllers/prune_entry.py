"""Opens deleting checkpoints from the browser, and explains the marks in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.port import Opener, Port
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ckpt_tui.core.runs.lineage import Node, Run


class OpenPrune(Protocol):
    """The choice of what to delete, while it is open."""

    def keep_up(self) -> None:
        """Take in that other checkpoints are in the list."""


class PruneOpener(Opener, Protocol):
    """Opens the choice of what to delete."""

    def why_nothing_goes(self) -> str:
        """Why no checkpoint of the store can be deleted; "" where one can."""
        ...

    def prune(
        self, runs: Callable[[], Sequence[Run]], here: Callable[[], tuple[Run, Node] | None], marked: Collection[str],
        in_use: Callable[[], Collection[str]], gone: Callable[[Collection[str]], None], then: Callable[[str], None],
    ) -> OpenPrune:  # fmt: skip
        """Ask what to delete, and delete it.

        Args:
            runs: Gives the runs of the list as they are now.
            here: Gives the selected checkpoint as it is now; None where none is selected.
            marked: The files that are marked.
            in_use: Gives the ids of checkpoints that runs use which go on.
            gone: Takes the files that were deleted.
            then: Takes the result as text, once the choice is closed; "" for none.
        """


class PruneEntryPort(Port, Protocol):
    """The part of its screen that it uses."""

    def checkpoints_in_use(self) -> Collection[str]:
        """Ids of the checkpoints that runs use which were started here and go on."""
        ...

    def redraw_head(self) -> None:
        """Draw the line at the top again, as its content has changed."""

    @property
    def open(self) -> PruneOpener:
        """Opens screens over this one."""


class PruneEntry:
    """Opens the choice of what to delete.

    Args:
        port: The screen.
    """

    def __init__(self, port: PruneEntryPort) -> None:
        self._port = port
        self._opened: OpenPrune | None = None

    def say_marks(self) -> None:
        """Show the use of the marks, or that there is none."""
        rows = self._port.panes.list
        count = len(rows.marked)
        deletes, exports, unmarks = (keys_of(name) for name in ("store.prune", "store.export", "list.unmark"))
        if count == 1:
            others = f"{deletes} deletes · {exports} exports · {unmarks} unmarks"
            self._port.say(f"Marked: {keys_of('diff.compare')} on another one compares them · {others}")
        elif count:
            self._port.say(f"{count:,} are marked: {deletes} deletes them · {exports} exports them · {unmarks} unmarks")
        else:
            self._port.say("No checkpoint is marked.")
        self._port.redraw_head()

    def open(self) -> None:
        """Ask what to delete, or show why no checkpoint of this store can be deleted."""
        barred = self._port.open.why_nothing_goes()
        if barred:
            text = f"Nothing can be deleted here: {clean(barred)}."
            self._port.open.text("Delete checkpoints", [Paragraph(text)], text, "reason")
            return
        selection, rows = self._port.selection, self._port.panes.list
        marked = [file for file in rows.marked if rows.view.holds(file)]
        file = selection.file
        self._opened = self._port.open.prune(
            lambda: selection.runs, lambda: selection.node_of(file), marked, self._port.checkpoints_in_use,
            self._forget, self._close,
        )  # fmt: skip

    def keep_up(self) -> None:
        """Take in that other checkpoints are in the list."""
        if self._opened is not None:
            self._opened.keep_up()

    def _forget(self, files: Collection[str]) -> None:
        """Take the marks of deleted files back."""
        rows = self._port.panes.list
        if not rows.marked.isdisjoint(files):
            rows.marked -= set(files)
            self._port.redraw_head()

    def _close(self, what: str) -> None:
        self._opened = None
        if what:
            self._port.say(what, "good")
