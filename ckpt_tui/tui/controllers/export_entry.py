"""Exports the selection of the browser."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from ckpt_tui.actions.exports import in_order
from ckpt_tui.tui.helpers.port import Opener, Port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ckpt_tui.core.runs.lineage import Node, Run


class ExportOpener(Opener, Protocol):
    """Opens the choice of what to export."""

    def export(
        self, runs: tuple[Run, ...], run: Run, node: Node, then: Callable[[str | None], None],
        marked: Sequence[Node], is_whole: bool,
    ) -> None:  # fmt: skip
        """Ask what to export and where to.

        Args:
            runs: The runs that something can be exported of.
            run: The run of the selected checkpoint.
            node: The selected checkpoint.
            then: Takes what was written, or None.
            marked: The checkpoints that are marked.
            is_whole: These are all runs of the store.
        """


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
        """Ask what to export at the selected checkpoint; `then` is called once it was said what was written."""
        selection, rows = self._port.selection, self._port.panes.list
        found = selection.node
        if found is None:
            self._port.say("Select a checkpoint first.", "dim")
            return
        # A replay shows one checkpoint, whatever is marked in the list behind it.
        files = [] if then is not None else [file for file in rows.marked if rows.view.holds(file)]
        marked = [place for file in files if (place := selection.node_of(file)) is not None]
        # Of a store whose runs are listed first, a few are known: the whole is not offered.
        is_whole = len(selection.runs) == rows.view.run_count
        some = {id(run): run for run, _ in (found, *marked)}
        runs = selection.runs if is_whole else tuple(some.values())
        nodes = in_order(runs, [node for _, node in marked])
        self._port.open.export(runs, *found, partial(self._written, then), nodes, is_whole)

    def _written(self, then: Callable[[], None] | None, what: str | None) -> None:
        if what:
            self._port.say(f"Written: {what}", "good")
            if then is not None:
                then()
