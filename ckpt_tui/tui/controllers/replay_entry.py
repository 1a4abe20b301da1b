"""Opens the replay of a run from the browser, and returns to the checkpoint that was shown there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ckpt_tui.tui.helpers.port import Opener, Port

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ckpt_tui.actions.notebook import Notebook
    from ckpt_tui.actions.run_graph import RunGraph
    from ckpt_tui.core.paths import Path
    from ckpt_tui.core.runs.lineage import Node, Run
    from ckpt_tui.tui.helpers.run_graphs import RunGraphs
    from ckpt_tui.tui.view import View


class OpenReplay(Protocol):
    """A replay that is open, or was."""

    @property
    def choices(self) -> Mapping[str, str]:
        """Branches that were chosen at forks: id of a checkpoint → id of the one that follows it."""

    def show_view(self, view: View) -> None:
        """Apply a change of the store."""


class ReplayOpener(Opener, Protocol):
    """Opens replays."""

    def replay(
        self, run: Run, node: Node, learned: RunGraph, book: Notebook | None, choices: Mapping[str, str],
        then: Callable[[tuple[str, Path] | None], None],
    ) -> OpenReplay:  # fmt: skip
        """Open the replay of a run from a checkpoint on; `then` takes the file and the place to go to."""


class ReplayEntryPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def graphs(self) -> RunGraphs:
        """The graph of each run, as far as it is known."""

    @property
    def notebook(self) -> Notebook | None:
        """The notes on the store; None where they cannot be read."""

    def notes_changed(self) -> None:
        """Draw the marks of bookmarks and notes again."""

    @property
    def open(self) -> ReplayOpener:
        """Opens screens over this one."""


class ReplayEntry:
    """Opens replays, and remembers the branches that were chosen in them.

    Args:
        port: The screen.
    """

    def __init__(self, port: ReplayEntryPort) -> None:
        self._port = port
        self._open: OpenReplay | None = None
        self._choices: dict[str, str] = {}

    def open(self) -> None:
        """Replay the run of the selected checkpoint from there on."""
        port = self._port
        found = port.selection.node
        if found is None:
            port.say(self.why_none, "dim")
            return
        port.selection.following = False
        port.redraw_foot()
        learned = port.graphs.learned(found[0])
        self._open = port.open.replay(*found, learned, port.notebook, self._choices, self._come_back)

    @property
    def why_none(self) -> str:
        """Why there is nothing to replay, or ""."""
        return "No checkpoint is selected." if self._port.selection.node is None else ""

    def show_view(self, view: View) -> None:
        """Pass a change of the store on to an open replay."""
        if self._open is not None:
            self._open.show_view(view)

    def _come_back(self, result: tuple[str, Path] | None) -> None:
        replay, self._open = self._open, None
        if replay is not None:
            self._choices.update(replay.choices)
            self._port.notes_changed()
        if result is None:
            return
        file, path = result
        if self._port.selection.select(file) and path:
            self._port.selection.show_place(file, path)
