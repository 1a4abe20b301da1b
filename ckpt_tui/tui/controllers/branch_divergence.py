"""The step where the branches of two checkpoints diverge, and moving there and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ckpt_tui.core.diff.divergence import CommonAncestor, fork
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.runs.outcomes import Beginnings, beginnings
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.text import clean
from ckpt_tui.tui.messages import DivergenceReady
from ckpt_tui.tui.widgets.status import Part

Pair = tuple[CheckpointRef, CheckpointRef]


class DivergencePort(Protocol):
    """The part of its screen that it uses."""

    pair: Pair
    """The checkpoints that are compared."""

    def find_divergence(self, found: CommonAncestor) -> None:
        """Find in a worker where two branches diverge; the answer goes to `BranchDivergence.take`."""

    def compare_pair(self, pair: Pair) -> None:
        """Compare two other checkpoints."""

    def report(self, part: Part | None) -> None:
        """Show a text in the place of the keys; None shows the keys again."""


class BranchDivergence:
    """Leads to the first step in which two branches differ, and back.

    Args:
        port: The screen.
        runs: The runs of the store.
    """

    def __init__(self, port: DivergencePort, runs: Sequence[Run]) -> None:
        self._port = port
        self._runs = runs
        self._tips: Pair | None = None
        self.word = ""
        """The place of the divergence, while that is shown; else ""."""

    def beginnings(self) -> Beginnings | None:
        """The beginnings of the branches of the pair; None where they do not diverge."""
        found = fork(self._runs, *(ref.id for ref in self._port.pair))
        return beginnings(found.first, found.second) if found.ancestor is not None else None

    def toggle(self) -> None:
        """Find the step in which the branches diverge; where that is shown, go back."""
        if self._tips is not None:
            tips, self._tips, self.word = self._tips, None, ""
            self._port.report(None)
            self._port.compare_pair(tips)
            return
        before, after = self._port.pair
        found = fork(self._runs, before.id, after.id)
        if found.ancestor is None:
            self._port.report((" They have no common ancestor. ", "warn"))
        elif not found.parts:
            first, last = (before, after) if found.second else (after, before)
            steps = len(found.first) + len(found.second)
            text = f" {id_text(last)} descends from {id_text(first)}, {steps:,} steps: no fork. "
            self._port.report((text, "warn"))
        else:
            self._port.report((" looking for the step where they diverge … ", "dim"))
            self._port.find_divergence(found)

    def take(self, event: DivergenceReady) -> None:
        """Show the step in which the branches diverge."""
        ancestor = event.fork.ancestor
        assert ancestor is not None
        word = f" common ancestor {id_text(ancestor.ref)} · step {ancestor.ref.step}"
        if event.error:
            self._port.report((f" {clean(event.error)} {clean(event.hint)} ", "error"))
        elif event.divergence is None:
            steps = min(len(event.fork.first), len(event.fork.second))
            self._port.report((f"{word} · the {steps:,} steps that both have are equal ", "good"))
        else:
            parted = event.divergence
            place = shown_path(parted.difference.shown[0].path, 60)
            self._tips = self._port.pair
            self.word = f"{word} · they diverge in step {parted.step:,} after it, at {place} "
            self._port.report(None)
            self._port.compare_pair((parted.first.ref, parted.second.ref))
