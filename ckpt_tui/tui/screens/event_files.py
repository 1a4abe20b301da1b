"""The streams of events in a directory, to choose one from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from ckpt_tui.core.runs.time_texts import clock_text, date_text
from ckpt_tui.core.text import clean, counted, size_text
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.screens.dialogs import help_screen
from ckpt_tui.tui.screens.event_file import EventsScreen
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.status import BarLine, Part, hints, titled_path

_KEYS = {
    "list.open": "open", "app.close": "back", "app.back": "back", "app.help": "help", "app.quit": "app.quit",
    "app.suspend": "app.suspend_process",
}  # fmt: skip
"""Commands of the table that this screen has, and their actions here."""

_HINTS = (("move.up move.down", "move"), ("list.open", "its events"), ("app.help", "help"))


class EventFiles(LineList):
    """The files: name, size, and when each was written.

    Args:
        directory: The directory.
        names: Names of the files.
    """

    def __init__(self, directory: str, names: Sequence[str]) -> None:
        super().__init__(id="files")
        self._files = [(name, *_looks(os.path.join(directory, name))) for name in names]
        self._width = max((len(clean(name)) for name in names), default=0)

    @property
    def line_count(self) -> int:
        return len(self._files)

    @property
    def name(self) -> str | None:
        """Name of the file under the cursor."""
        return self._files[self.cursor][0] if self.cursor < len(self._files) else None

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        name, size, written = self._files[index]
        return [self.mark(index, 2), (clean(name).ljust(self._width), "plain"), (f"{size:>8}", "number"),
                (f"  file written {written}", "dim")]  # fmt: skip

    def clicked(self, index: int, x: int, times: int) -> None:
        screen = self.screen
        if times == 2 and isinstance(screen, EventFilesScreen):
            screen.action_open()


def _looks(path: str) -> tuple[str, str]:
    """The size of a file, and when it was written."""
    try:
        found = os.stat(path)
    except OSError:
        return "?", "?"
    return size_text(found.st_size), f"{date_text(found.st_mtime)[:10]} {clock_text(found.st_mtime)}"


class EventFilesScreen(Screen[None]):
    """Asks which stream of events to show.

    Args:
        directory: Where they are.
        names: Names of the files that `ckpt_tui.stores.event_streams` reads.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name) for name, action in _KEYS.items()
    ]
    DEFAULT_CSS = """
    EventFilesScreen #files {
        border: round $ck-edge-focus; border-title-color: $foreground; padding: 0 1; height: 1fr;
    }
    """

    def __init__(self, directory: str, names: Sequence[str]) -> None:
        super().__init__()
        self._directory, self._names = directory, names

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield EventFiles(self._directory, self._names)
        yield BarLine(id="foot")

    def on_mount(self) -> None:
        """Show them."""
        files = self.query_one(EventFiles)
        where = "no checkpoints are here" if len(self.app.screen_stack) == 1 else "beside the store"
        files.border_title = Content(f"Streams of events: {where}")
        files.changed()
        files.focus()
        count = len(self._names)
        right: list[Part] = [(f" {counted(count, 'stream')} ", "dim")]
        self.query_one("#head", BarLine).show(titled_path("events", self._directory, self.size.width, right), right)
        way_out = ("app.close", "quit") if len(self.app.screen_stack) == 1 else ("app.back", "back")
        self.query_one("#foot", BarLine).show(hints(*_HINTS, way_out), [])

    def action_open(self) -> None:
        """Show the events of the file under the cursor."""
        name = self.query_one(EventFiles).name
        if name is not None:
            self.app.push_screen(EventsScreen(os.path.join(self._directory, name)))

    def action_back(self) -> None:
        """Go back to the browser; where the list was opened by itself, quit."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
        else:
            self.app.exit()

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(help_screen(("any list",)))


def events_screen(path: str, names: Sequence[str]) -> Screen[None]:
    """The screen of a stream of events, or of the list of those in a directory.

    Args:
        path: The file, or the directory.
        names: Names of the streams in the directory.
    """
    return EventFilesScreen(path, names) if names else EventsScreen(path)
