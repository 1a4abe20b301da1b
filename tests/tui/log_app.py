"""An app with nothing but a log."""

from __future__ import annotations

from textual.app import App, ComposeResult

from ckpt_tui.actions.resume.log import EventLog
from ckpt_tui.tui.themes import DARK
from ckpt_tui.tui.widgets.event_log import LogLines


class LogApp(App[None]):
    """The log of a run, and nothing else.

    Args:
        log: Its lines.
    """

    def __init__(self, log: EventLog) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self._lines = log

    def compose(self) -> ComposeResult:
        """The log."""
        yield LogLines()

    def on_mount(self) -> None:
        """Show it."""
        self.query_one(LogLines).show(self._lines)
