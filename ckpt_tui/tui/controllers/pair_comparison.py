"""The comparison of two checkpoints: started, followed, shown."""

from __future__ import annotations

from typing import Protocol

from ckpt_tui.core.model import CheckpointRef, parts_of
from ckpt_tui.core.text import clean
from ckpt_tui.tui.comparer import Compared
from ckpt_tui.tui.messages import Comparing, DifferenceReady
from ckpt_tui.tui.widgets.diff_rows import DiffRows
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.status import Part


class ComparisonPort(Protocol):
    """The part of its screen that it uses."""

    pair: tuple[CheckpointRef, CheckpointRef]
    """The checkpoints that are compared."""

    @property
    def rows(self) -> DiffRows:
        """The changes."""

    def known_comparison(self, before: CheckpointRef, after: CheckpointRef) -> Compared | None:
        """The comparison under the present rules, if it was made; else None."""

    def start_comparing(self, before: CheckpointRef, after: CheckpointRef) -> None:
        """Compare in a worker; progress goes to `PairComparison.take_progress`, the answer to `PairComparison.take`."""

    def report(self, part: Part | None) -> None:
        """Show a text in the place of the keys; None shows the keys again."""

    def draw(self) -> None:
        """Draw the lines around the changes."""

    def compared_anew(self) -> None:
        """Other changes are shown."""


class PairComparison:
    """Compares the pair of its screen and shows the changes.

    Args:
        port: The screen.

    Attributes:
        compared: The comparison; None until it is made.
    """

    def __init__(self, port: ComparisonPort) -> None:
        self._port = port
        self.compared: Compared | None = None

    def begin(self) -> None:
        """Compare the pair, or show a cached comparison at once."""
        before, after = self._port.pair
        self.compared = None
        known = self._port.known_comparison(before, after)
        if known is not None:
            self._show(known)
        else:
            self._port.rows.show_text("comparing …")
            self._port.draw()
            self._port.start_comparing(before, after)

    def take_progress(self, event: Comparing) -> None:
        """Show how far it is."""
        if event.total:
            self._port.report(
                (f" {event.done:,} of {event.total:,} steps compared · {keys_of('app.back')} cancels ", "warn")
            )
        elif self.compared is None:
            self._port.report((f" {event.done:,} values compared · {keys_of('app.back')} cancels ", "warn"))

    def take(self, event: DifferenceReady) -> None:
        """Show the changes, or why they are not known."""
        before, after = self._port.pair
        if event.files != (before.file, after.file):
            return
        if event.compared is None:
            self._port.rows.show_text(f"{clean(event.error)} {clean(event.hint)}")
            self._port.report((" not compared ", "error"))
            return
        self._port.report(None)
        self._show(event.compared)

    def _show(self, compared: Compared) -> None:
        self.compared = compared
        difference, rows = compared.difference, self._port.rows
        if difference.shown:
            rows.show(difference, parts_of(compared.after))
        else:
            rows.show_text(
                difference.incomplete or "Nothing differs." + (" i shows the rules." if difference.ignored else "")
            )
        self._port.compared_anew()
        if difference.incomplete:
            self._port.report((f" ! {difference.incomplete} ", "warn"))
        else:
            self._port.draw()
