"""Reading a log of events: searched, filtered, a line of it shown in full or copied, its secrets masked or shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.running.event_lines import parse_line
from ckpt_tui.core.running.secret_lines import masked_line
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.prompt import SEARCH, Prompt, Prompted


class LogReaderPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def log_lines(self) -> LogLines:
        """The log."""
        ...

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        ...

    def draw(self) -> None:
        """Draw the lines at the top and bottom."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""

    def show_line(self, text: str, copy: Callable[[], None]) -> None:
        """Show a line in full; `copy` copies it."""

    def copy(self, text: str, what: str) -> None:
        """Copy a text, and say where it went."""


class LogReader:
    """Reads a log.

    Args:
        port: The screen.
        noun: The word for a line: line, event.
        filters: The fields to filter by.
    """

    def __init__(self, port: LogReaderPort, noun: str, filters: str) -> None:
        self._port = port
        self._noun = noun
        self._filter = Prompted("filter", f"{filters}; empty shows all", "filters")

    def ask_search(self) -> None:
        """Ask for a text to search for."""
        self._port.prompt.ask(SEARCH, self._port.log_lines.match, self._search)

    def _search(self, text: str) -> None:
        log = self._port.log_lines
        log.match = text
        log.changed()
        if text:
            self.go_on(1)

    def go_on(self, direction: int) -> None:
        """Go to the next or previous match."""
        log = self._port.log_lines
        found = log.find(log.match, direction) if log.match else None
        if found is not None:
            log.move_to(found)
        else:
            self._port.say(f"No match for {log.match!a}." if log.match else "No search yet: / starts one.", "warn")

    def ask_filter(self) -> None:
        """Ask for a text to filter by."""
        self._port.prompt.ask(self._filter, self._port.log_lines.filter, self._take_filter)

    def _take_filter(self, text: str) -> None:
        self._port.log_lines.set_filter(text)
        self._port.draw()

    def back(self) -> bool:
        """End the filter, then the search; False when there was neither."""
        log = self._port.log_lines
        if log.filter:
            log.set_filter("")
        elif log.match:
            log.match = ""
            log.changed()
        else:
            return False
        self._port.draw()
        return True

    def open(self) -> None:
        """Show the line under the cursor in full, as JSON."""
        raw = self._raw()
        if raw is not None:
            text = _document(raw)
            self._port.show_line(text, lambda: self._port.copy(text, self._noun))

    def copy(self, as_written: bool = False) -> None:
        """Copy the line under the cursor, as JSON for people or as it was written."""
        raw = self._raw()
        if raw is not None:
            self._port.copy(raw.decode("utf-8", "replace") if as_written else _document(raw), self._noun)

    def _raw(self) -> bytes | None:
        """The line under the cursor, its secrets masked unless they are shown."""
        log = self._port.log_lines
        raw = log.raw(log.cursor)
        return raw if raw is None or log.reveal else masked_line(raw)


def _document(raw: bytes) -> str:
    document = parse_line(raw)
    return dumps(document.get("envelope", document))
