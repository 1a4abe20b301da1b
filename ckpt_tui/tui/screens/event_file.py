"""A saved stream of events in the log that runs are shown in."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from ckpt_tui.actions.resume.log import EventLog
from ckpt_tui.core.running.event_lines import parse_line
from ckpt_tui.core.text import clean, counted
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.controllers.log_reader import LogReader
from ckpt_tui.tui.messages import EventsRead, WorkFailed
from ckpt_tui.tui.screens.copied_text import copied
from ckpt_tui.tui.screens.dialogs import TextScreen, help_screen
from ckpt_tui.tui.store_jobs import StoreJobs
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt, focus_after_question
from ckpt_tui.tui.widgets.status import BarLine, Part, hints, revealed, titled_path
from ckpt_tui.tui.widgets.text_lines import Paragraph

TICK = 0.1
"""Seconds between two updates of the log."""

_KEYS = {
    "list.open": "open", "search.open": "search", "search.next": "search_next(1)", "search.previous": "search_next(-1)",
    "list.filter": "filter", "value.copy": "copy", "view.reveal": "reveal", "app.back": "back", "app.close": "close",
    "app.help": "help", "app.quit": "app.quit", "app.suspend": "app.suspend_process",
}  # fmt: skip
"""Commands of the table that this screen has, and their actions here."""

_HINTS = (
    ("move.up move.down", "move"),
    ("list.open", "whole event"),
    ("list.filter", "filter"),
    ("search.open", "search"),
    ("value.copy", "copy"),
    ("app.help", "help"),
    ("app.close", "quit"),
)


class EventsScreen(Screen[None]):
    """The events of a file.

    Args:
        path: A file that `ckpt_tui.stores.event_streams` reads.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name) for name, action in _KEYS.items()
    ]
    DEFAULT_CSS = """
    EventsScreen #log { border: round $ck-edge; border-title-color: $foreground; padding: 0 1; height: 1fr; }
    EventsScreen #log:focus { border: round $ck-edge-focus; }
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self._jobs = StoreJobs(self, DirectoryStore(os.path.dirname(path) or os.curdir))
        self._log = EventLog()
        self.log_reader = LogReader(self, "event", "agent, kind, text")
        self._said: Part | None = None
        self._reading = True

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield LogLines(id="log")
        yield BarLine(id="foot")
        yield Prompt()

    def on_mount(self) -> None:
        """Begin to read."""
        self.log_lines.border_title = Content("Events")
        self.log_lines.following = False
        self.log_lines.show(self._log)
        focus_after_question(self.log_lines)
        self._jobs.read_events(self.path, self._log)
        self.set_interval(TICK, self._tick)
        self.draw()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._jobs.stop()

    @property
    def log_lines(self) -> LogLines:
        """The log."""
        return self.query_one("#log", LogLines)

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        return self.query_one(Prompt)

    def _tick(self) -> None:
        if self.log_lines.take():
            self.draw()

    def on_events_read(self, event: EventsRead) -> None:
        """Show that the file is read, or why it cannot be."""
        self._reading = False
        names = {parse_line(raw).get("executor_id") for raw in self._log.since(0)[1][:2_000]}
        self.log_lines.line_up(str(name) for name in names if name)
        self.log_lines.changed()
        self._tick()
        if event.error:
            self.say(event.error, "error")
        self.draw()

    def on_work_failed(self, event: WorkFailed) -> None:
        """Report an unexpected failure; the app goes on."""
        self.app.push_screen(TextScreen("Failed: events", [Paragraph(event.report)]))

    # -- drawing -----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Draw the lines for the width."""
        self.draw()

    @on(LineList.Moved)
    def _moved(self) -> None:
        self._said = None
        self.draw()

    def say(self, text: str, style: str = "plain") -> None:
        self._said = (f" {clean(text)} ", style) if text else None
        self.prompt.say(text, style)
        self.draw()

    def draw(self) -> None:
        if not self.is_mounted:
            return
        count = len(self._log)
        state: Part = (" reading ", "warn") if self._reading else (f" {counted(count, 'event')} ", "dim")
        self.query_one("#head", BarLine).show(titled_path("events", self.path, self.size.width, [state]), [state])
        right: list[Part] = [(f" filter: {clean(self.log_lines.filter, 20)} ", "warn")] if self.log_lines.filter else []
        self.query_one("#foot", BarLine).show([self._said] if self._said else hints(*_HINTS), right)

    def show_line(self, text: str, copy: Callable[[], None]) -> None:
        title = f"Event {self.log_lines.cursor + 1:,}"
        self.app.push_screen(TextScreen(title, [Paragraph(each) for each in text.split("\n")], copy))

    def copy(self, text: str, what: str) -> None:
        said, style = copied(self.app, text, what)
        self.say(said.strip(), style)

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Show the whole event, as it is in the file."""
        self.log_reader.open()

    def action_copy(self) -> None:
        """Copy the event as JSON."""
        self.log_reader.copy()

    def action_reveal(self) -> None:
        """Show secrets, or mask them again."""
        reveal = not self.log_lines.reveal
        self.log_lines.set_reveal(reveal)
        self.say(*revealed(reveal))

    def action_search(self) -> None:
        """Ask for a text to search for."""
        self.log_reader.ask_search()

    def action_filter(self) -> None:
        """Ask for a text to filter by."""
        self.log_reader.ask_filter()

    def action_search_next(self, direction: int) -> None:
        """Go to the next or previous match."""
        self.log_reader.go_on(direction)

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(help_screen(("any list",)))

    def action_back(self) -> None:
        """Back out of the filter or the search, then to the list of files, if there is one."""
        if not self.log_reader.back() and len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def action_close(self) -> None:
        """Back to the list of files; without one, quit."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        else:
            self.app.exit()
