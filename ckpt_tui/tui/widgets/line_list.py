"""The base of every list of data: draws only the lines that are visible, whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.themes import readable_style
from ckpt_tui.tui.widgets.part_styles import Look, style_of
from ckpt_tui.tui.widgets.scrolled_lines import ScrolledLines

_STRIPS = 400
"""Drawn lines that are kept: several screens."""

SCROLL_LINES = 4
"""Lines that the list scrolls by when the cursor leaves it: a scrolled line costs three times a moved cursor."""

_COUNTED = 1_000
"""The largest number of rows that are counted one by one; more than that is to the end."""

_COUNT_LIMIT = 9_999_999
"""The largest number typed before a motion."""


class LineList(ScrolledLines, can_focus=True):
    """A list with a cursor, drawn line by line.

    A subclass counts its lines (`line_count`), draws one (`draw`), and calls `changed` when they change.
    """

    BINDINGS = bindings("any list")

    LOOKS: ClassVar[Mapping[str, Look]] = {
        "plain": Look(), "text": Look("ck-text"), "number": Look("ck-number"), "word": Look("ck-word"),
        "type": Look("ck-type"), "label": Look("ck-label"), "dim": Look("ck-dim"), "lane": Look("ck-lane"),
        "heading": Look("foreground", text="bold"), "good": Look("success"), "warn": Look("warning"),
        "error": Look("error"), "accent": Look("accent"),
        "match": Look(background="ck-match", text="ck-match-style"),
        "cursor": Look(background="ck-cursor", text="ck-cursor-style"),
        "cursor-blur": Look(background="ck-cursor-blur", text="ck-blur-style"),
    }  # fmt: skip
    """How each part of a line looks, by its name; `cursor` and `cursor-blur` come over the others."""

    DEFAULT_CSS = """
    LineList {
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; overflow-x: hidden; overflow-y: auto;
        scrollbar-color: $ck-edge; scrollbar-color-hover: $ck-edge-focus; scrollbar-color-active: $ck-edge-focus;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    """

    cursor: var[int] = var(0)

    @dataclass(eq=False, repr=False)
    class Idle(Message):
        """A key did nothing here, and why."""

        text: str

    @dataclass(eq=False, repr=False)
    class Moved(Message):
        """The cursor is on another line; `by_hand` where a person moved it."""

        lines: LineList
        by_hand: bool

        @property
        def control(self) -> LineList:
            """The list."""
            return self.lines

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: LRUCache[tuple[int, int, str], Strip] = LRUCache(_STRIPS)
        self._styles: dict[tuple[str, str], Style] = {}
        self._seen: tuple[Size, Offset, list[Strip]] | None = None
        """The lines that `changed_rows` left on the screen; None when something else has drawn since."""
        self.typed = 0
        """The number typed before a motion; 0 for none."""
        self._drawn_width = -1
        """Cells of a line while lines are drawn; -1 at any other time."""
        self._is_pressed = False
        """Whether the mouse button was pressed on a row."""

    # -- defined by a subclass ---------------------------------------------------------------------------------------

    @property
    def line_count(self) -> int:
        """Lines in all."""
        return 0

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        """One line as (text, style name) pairs: texts safe for a terminal, together cut or filled to `width`."""
        raise NotImplementedError

    def mark(self, index: int, cells: int = 1) -> tuple[str, str]:
        """The beginning of a row: an arrow where the cursor is, which is seen without colours, too."""
        return ("▸" if index == self.cursor else "").ljust(cells), "accent"

    def selectable(self, index: int) -> bool:
        """Whether the cursor may be on a line."""
        return True

    # -- drawing -----------------------------------------------------------------------------------------------------

    def changed(self, is_same: Callable[[int], bool] | None = None) -> None:
        """Lines changed: draw again, keep the cursor inside; those that look as before are not made again."""
        self._seen = None
        if is_same is None:
            self._strips.clear()
        else:
            for key in [key for key in self._strips.keys() if not is_same(key[0])]:  # noqa: SIM118 it is not a dict
                self._strips.discard(key)
        if self.take_line_count(self.line_count):
            self.call_after_refresh(self.show_cursor)
        self.refresh()

    def changed_rows(self) -> None:
        """Rows changed, most of them perhaps not: only those that look different are drawn on the screen again."""
        self._strips.clear()
        self.take_line_count(self.line_count)
        size = self.scrollable_content_region.size
        seen, self._seen = self._seen, (size, self.scroll_offset, [self.render_line(y) for y in range(size.height)])
        if seen is None or seen[:2] != self._seen[:2]:
            self.refresh()
            return
        for y, (was, now) in enumerate(zip(seen[2], self._seen[2], strict=True)):
            if was != now:
                self.refresh(Region(0, y, size.width, 1))

    def redraw(self, indexes: Collection[int]) -> None:
        """These lines look different; all others are as they were."""
        for key in [key for key in self._strips.keys() if key[0] in indexes]:  # noqa: SIM118 it is not a dict
            self._strips.discard(key)
        self._refresh_lines(*indexes)

    def style(self, name: str, over: str = "") -> Style:
        """The style of a part, `over` the background of the cursor or of nothing."""
        found = self._styles.get((name, over))
        if found is None:
            # A match is seen in the selected row, too.
            names = (name, over, "match") if name == "match" else (name, over)
            variables = self.app.theme_variables
            found = sum((style_of(self.LOOKS[each], variables) for each in names if each), self.rich_style)
            found = readable_style(found, bool(over) or name == "match")
            self._styles[name, over] = found
        return found

    def notify_style_update(self) -> None:
        """Colours changed: forget what was drawn with the old ones."""
        self._styles.clear()
        self._strips.clear()
        self._seen = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The framed lines of a part of the widget."""
        self._drawn_width = self.scrollable_content_region.width  # once: it takes as long as a line that is kept
        try:
            return super().render_lines(crop)
        finally:
            self._drawn_width = -1

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        index = y + self.scroll_offset.y
        width = self._drawn_width if self._drawn_width >= 0 else self.scrollable_content_region.width
        if index >= self.line_count:
            return Strip.blank(width, self.style("plain"))
        over = ""
        if index == self.cursor and self.selectable(index):
            over = "cursor" if self.has_focus else "cursor-blur"
        key = (index, width, over)
        strip = self._strips.get(key)
        if strip is None:
            parts = self.draw(index, width)
            strip = Strip([Segment(text, self.style(name, over)) for text, name in parts if text])
            if strip.cell_length > width:
                strip = Strip([*strip.crop(0, max(width - 1, 0)), Segment("…"[:width], self.style("dim", over))])
            strip = strip.adjust_cell_length(width, self.style("plain", over)).simplify()
            self._strips[key] = strip
        return strip

    def on_focus(self) -> None:
        """Draw the cursor as the active one."""
        self._refresh_lines(self.cursor)

    def on_blur(self) -> None:
        """Draw the cursor as a resting one."""
        self.typed = 0
        self._refresh_lines(self.cursor)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.call_after_refresh(self.show_cursor)

    def _refresh_lines(self, *indexes: int) -> None:
        self._seen = None
        top = self.scroll_offset.y
        for index in indexes:
            if top <= index < top + self.size.height:
                self.refresh(Region(0, index - top, self.size.width, 1))

    # -- the cursor --------------------------------------------------------------------------------------------------

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a line that exists."""
        return max(0, min(cursor, self.line_count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw the two lines."""
        self._refresh_lines(old, new)

    def settle(self, index: int, direction: int) -> int:
        """The line nearest to `index` that the cursor may be on, looking in `direction` first."""
        count = self.line_count
        index = max(0, min(index, count - 1))
        for step in (direction, -direction):
            here = index
            while 0 <= here < count and not self.selectable(here):
                here += step
            if 0 <= here < count:
                return here
        return index

    def move_to(self, index: int, by_hand: bool = True, direction: int = 1) -> None:
        """Put the cursor on a line, or on the next one it may be on in `direction`."""
        if not self.line_count:
            return
        index = self.settle(index, direction)
        moved = index != self.cursor
        self.cursor = index
        self.show_cursor()
        if moved or not by_hand:
            self.post_message(self.Moved(self, by_hand))

    def show_cursor(self) -> None:
        """Scroll so that the cursor is in sight, with a line of context where there is room."""
        height = self.scrollable_content_region.height
        if height <= 0:
            return
        top = self.scroll_offset.y
        margin = 1 if height > 6 else 0  # the heading above a group's first line comes into sight with it
        ahead = SCROLL_LINES - 1 if height > 4 * SCROLL_LINES else 0
        if self.cursor - margin < top:
            self.scroll_to(y=max(self.cursor - margin - ahead, 0), animate=False, immediate=True)
        elif self.cursor + margin >= top + height:
            last = max(self.line_count - height, 0)
            self.scroll_to(y=min(self.cursor + margin + ahead - height + 1, last), animate=False, immediate=True)

    def take_count(self, default: int = 1) -> int:
        """The number typed before this motion, which is used up by it."""
        typed, self.typed = self.typed, 0
        return typed or default

    def on_key(self, event: events.Key) -> None:
        """Digits before a motion are its count."""
        digit = event.character or ""
        if len(digit) == 1 and digit in "0123456789" and (digit != "0" or self.typed):
            self.typed = min(self.typed * 10 + int(digit), _COUNT_LIMIT)
            event.stop()
            event.prevent_default()

    def action_cursor(self, direction: int) -> None:
        """Move by one row, or as many as were typed; lines that the cursor skips are not counted."""
        count = self.take_count()
        if count > _COUNTED:
            self._go(self.cursor + direction * count, direction)
            return
        index = found = self.cursor
        while count and 0 <= (index := index + direction) < self.line_count:
            if self.selectable(index):
                found = index
                count -= 1
        self._go(found if found != self.cursor else self.cursor + direction, direction)

    def action_page(self, direction: int) -> None:
        """Move by a page."""
        self._page(direction * max(self.scrollable_content_region.height - 1, 1))

    def action_half_page(self, direction: int) -> None:
        """Move by half a page."""
        self._page(direction * max(self.scrollable_content_region.height // 2, 1))

    def _page(self, by: int) -> None:
        self._go(self.cursor + by * self.take_count(), 1 if by > 0 else -1)

    def _go(self, index: int, direction: int) -> None:
        """Move to a line, or show that there is no other."""
        before = self.cursor, self.scroll_offset
        self.move_to(index, direction=direction)
        if before == (self.cursor, self.scroll_offset):
            is_last = self.settle(self.line_count - 1, -1) == self.cursor
            is_first = self.settle(0, 1) == self.cursor
            place = "only" if is_first and is_last else "last" if is_last else "first" if is_first else "same"
            self.idle(f"This is the {place} row." if self.line_count else "There is no row.")

    def idle(self, text: str) -> None:
        """Show why a key did nothing."""
        self.post_message(self.Idle(text))

    def action_first(self) -> None:
        """Move to the first row, or to the one whose number was typed."""
        self._go(self.numbered(self.take_count()), 1)

    def action_last(self) -> None:
        """Move to the last row, or to the one whose number was typed."""
        number = self.take_count(0)
        self._go(self.numbered(number) if number else self.line_count - 1, -1)

    def numbered(self, number: int) -> int:
        """The line of the row with a number, from 1: lines that the cursor skips have none. Else the last line."""
        for index in range(self.line_count):
            number -= self.selectable(index)
            if not number:
                return index
        return self.line_count - 1

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Note where the button is pressed: a drag from the border is not a click on a row."""
        self._is_pressed = event.get_content_offset(self) is not None

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; a second click opens."""
        place = event.get_content_offset(self)
        if place is None or not self._is_pressed:  # a border
            return
        index = place.y + self.scroll_offset.y
        if index < self.line_count and self.selectable(index):
            self.move_to(index)
            self.clicked(index, place.x, event.chain)

    def clicked(self, index: int, x: int, times: int) -> None:
        """A line was clicked at a column, so many times in a row."""
