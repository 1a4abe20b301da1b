"""The log of a run: as many lines as come, drawn only where they are seen."""

from __future__ import annotations

import time
from collections.abc import Iterable

from rich.cells import cell_len

from ckpt_tui.actions.resume.log import EventLog
from ckpt_tui.core.running.event_lines import EventLine, line_of
from ckpt_tui.core.running.secret_lines import SHOWN, shown_line
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.fitting import fit
from ckpt_tui.tui.widgets.line_list import LineList

FILTER_SECONDS = 0.02
"""Seconds spent on filtering in one turn; the rest waits for the next."""

_WHO = 20
"""Cells of the executor's name at most."""

_STYLES = {
    "plain": "plain", "dim": "dim", "good": "good", "warn": "warn", "error": "error", "key": "accent",
}  # fmt: skip


class LogLines(LineList):
    """The lines of an `EventLog`; the newest is followed until the cursor moves away from the end.

    Attributes:
        filter: The text that lines must contain, or "".
        paused: Whether new lines wait.
        following: Whether the newest line is kept in sight.
        match: The searched text, or "".
        reveal: Whether secrets are shown; else neither the filter nor a search finds them.
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.log_lines = EventLog()
        self.filter = ""
        self.paused = False
        self.following = True
        self.match = ""
        self.reveal = False
        self._end = 0
        self._first = 0
        self._kept: list[int] = []
        self._looked = 0
        self._who = 0
        """Cells of the longest executor's name, so that the texts line up."""

    @property
    def line_count(self) -> int:
        return len(self._kept) if self.filter else self._end - self._first

    @property
    def waiting(self) -> int:
        """Lines that came while paused."""
        return len(self.log_lines) - self._end

    def show(self, log: EventLog) -> None:
        """Show another log."""
        self.log_lines = log
        self._end = self._first = self._looked = 0
        self._kept = []
        self.take()

    def line_up(self, names: Iterable[str]) -> None:
        """Line up the texts of these executors."""
        self._who = min(max((cell_len(clean(name)) for name in names), default=0), _WHO)

    def take(self) -> bool:
        """Add new lines; returns whether anything changed."""
        log = self.log_lines
        first, end = log.first, self._end if self.paused else len(log)
        if (first, end) == (self._first, self._end) and (not self.filter or self._looked >= end):
            return False
        dropped = max(first - self._first, 0)
        self._first, self._end = first, max(end, first)
        if self.filter:
            dropped = self._take_filtered(first)
        if dropped:
            self.set_reactive(LineList.cursor, max(self.cursor - dropped, 0))
            self.scroll_to(y=max(self.scroll_offset.y - dropped, 0), animate=False, immediate=True)
        self.changed()
        self._follow()
        return True

    def _follow(self) -> None:
        """Keep the newest line in sight, once there is room for it: the size of the list is not known before."""
        if self.following:
            self.move_to(self.line_count - 1, by_hand=False, direction=-1)
            self.call_after_refresh(self.show_cursor)

    def _take_filtered(self, first: int) -> int:
        """Filter new lines, for as long as a turn may take; returns how many kept ones were dropped."""
        before = len(self._kept)
        if self._kept and self._kept[0] < first:
            self._kept = [number for number in self._kept if number >= first]
        dropped = before - len(self._kept)
        end = time.perf_counter() + FILTER_SECONDS
        number, lines = self.log_lines.since(self._looked)
        for raw in lines:
            if number >= self._end or time.perf_counter() > end:
                break
            if contains(raw, self.filter, self.reveal):
                self._kept.append(number)
            number += 1
        self._looked = number
        return dropped

    def set_filter(self, text: str) -> None:
        """Show only lines that contain a text; "" shows all."""
        here = self._number(self.cursor)
        self.filter = text
        self._kept, self._looked = [], self.log_lines.first
        while text and self._looked < self._end and len(self._kept) < 1:
            self._take_filtered(self.log_lines.first)
        self.take()
        self.changed()
        if not text and not self.following:
            self.move_to(here - self._first, by_hand=False)

    def set_reveal(self, reveal: bool) -> None:
        """Show secrets, or mask them again."""
        self.reveal = reveal
        if self.filter:
            self.set_filter(self.filter)
        self.changed()

    def _number(self, index: int) -> int:
        if self.filter:
            return self._kept[index] if 0 <= index < len(self._kept) else -1
        return self._first + index

    def raw(self, index: int) -> bytes | None:
        """A line as it came."""
        return self.log_lines.get(self._number(index))

    def find(self, text: str, direction: int) -> int | None:
        """The next line that contains a text, from the cursor on, round the end; None when there is none."""
        count = self.line_count
        for step in range(1, count + 1):
            index = (self.cursor + direction * step) % count
            raw = self.raw(index)
            if raw is not None and contains(raw, text, self.reveal):
                return index
        return None

    def on_resize(self) -> None:
        """Keep a followed end in sight."""
        super().on_resize()
        self._follow()

    def move_to(self, index: int, by_hand: bool = True, direction: int = 1) -> None:
        """Move the cursor; by hand, the newest line is followed only from the end."""
        super().move_to(index, by_hand, direction)
        if by_hand:
            self.following = self.cursor >= self.line_count - 1

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        raw = self.raw(index)
        if raw is None:
            return [("…", "dim")]
        line = line_of(shown_line(raw, self.reveal, SHOWN))
        return self.parts(line, index == self.cursor, width)

    def parts(self, line: EventLine, here: bool, width: int) -> list[tuple[str, str]]:
        """One line of the log."""
        style = _STYLES[line.tone]
        clock = line.clock if width >= 60 else _short_clock(line.clock)
        parts = [("▸" if here else " ", "accent"), (f"{clock} ", "dim"), (f"{line.step:>3} ", "number")]
        loud = line.kind == "checkpoint_failed"
        parts.append((f"{line.sign} ", "error" if loud else style))
        if line.who:
            who = fit(line.who, self._who) if width >= 60 and cell_len(line.who) <= self._who else clean(line.who, _WHO)
            parts.append((f"{who} ", "label"))
        return [*parts, *self._marked(line.text, style)]

    def _marked(self, text: str, style: str) -> list[tuple[str, str]]:
        if not self.match:
            return [(text, style)]
        strict = self.match != self.match.lower()
        found = (text if strict else text.lower()).find(self.match)
        if found < 0:
            return [(text, style)]
        end = found + len(self.match)
        return [(text[:found], style), (text[found:end], "match"), (text[end:], style)]


def _short_clock(clock: str) -> str:
    """Minutes and seconds, or the year of a day that stands for an impossible time."""
    return clock[3:8] if ":" in clock else f"{clock[:4]:5}"


def contains(raw: bytes, text: str, reveal: bool = False) -> bool:
    """Whether the text of a line contains a text; upper case in the latter makes it strict about case."""
    strict = text != text.lower()
    # The text shows only words of the event's line, save "asks for"; testing the line is far quicker.
    is_word = text.isascii() and text.isalpha() and len(text) > 4
    if is_word and raw.startswith(b'{"kind":"event"') and text.lower().encode() not in raw.lower():
        return False
    line = line_of(shown_line(raw, reveal, SHOWN))
    shown = f"{line.clock} {line.step} {line.who} {line.kind} {line.text}"
    return text in shown if strict else text in shown.lower()
