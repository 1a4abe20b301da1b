"""Exports the selection of the browser."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from ckpt_tui.tui.helpers.port import Opener, Port

if TYPE_CHECKING:
    from collections.abc import Callable

    from ckpt_tui.core.runs.lineage import Node, Run


class ExportOpener(Opener, Protocol):
    """Opens the choice of what to export."""

    def export(self, runs: tuple[Run, ...], run: Run, node: Node, then: Callable[[str | None], None]) -> None:
        """Ask what to export and where to; `then` takes the result as text, or None."""


class ExportPort(Port, Protocol):
    """The part of its screen that it uses."""

    @property
    def open(self) -> ExportOpener:
        """What opens screens over this one."""


class Exports:
    """Opens the choice, and reports the written file.

    Args:
        port: The screen.
    """

    def __init__(self, port: ExportPort) -> None:
        self._port = port

    def open(self, then: Callable[[], None] | None = None) -> None:
        """Ask what to export at the selected checkpoint; `then` is called once the written file was reported."""
        found = self._port.selection.node
        if found is None:
            self._port.say("Select a checkpoint first.", "dim")
        else:
            # Of a store whose runs are listed first, a few are known: the whole is not offered.
            runs = self._port.selection.runs
            is_whole = len(runs) == self._port.panes.list.view.run_count
            self._port.open.export(runs if is_whole else (found[0],), *found, partial(self._written, then))

    def _written(self, then: Callable[[], None] | None, what: str | None) -> None:
        if what:
            self._port.say(f"Written: {what}", "good")
            if then is not None:
                then()
