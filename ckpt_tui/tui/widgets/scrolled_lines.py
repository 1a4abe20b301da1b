"""Draws the lines of a list cheaply while it scrolls and grows.

A list that is scrolled draws the same lines at other places. Textual keeps framed lines by their place, so that each of
them is framed, coloured and cut again, which takes several times as long as drawing it; and it lays out the whole
screen when a list becomes longer. Only what Textual documents is used for both.
"""

from __future__ import annotations

from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, Any

from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

if TYPE_CHECKING:
    from typing import Self

_KEPT = 200
"""Framed lines that are kept: a few screens."""


class ScrolledLines(ScrollView):
    """Lines that keep their frames, in a screen that is laid out again only when the scroll bar comes or goes."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._framed: LRUCache[int, tuple[Strip, Strip]] = LRUCache(_KEPT)
        """Identity of a line → the line, which keeps its identity valid, and the framed line."""
        self._frame_look: object = None
        """The values that a frame depends on besides its line."""
        self._row_strips: dict[int, Strip] = {}
        """Row of the widget → the line that was drawn there, until it has to be drawn again."""
        self._row_sizes: object = None
        """The sizes for which they were drawn."""

    def notify_style_update(self) -> None:
        """Colours changed: forget what was framed with the old ones."""
        self._framed.clear()
        self._row_strips.clear()
        super().notify_style_update()

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Draw some regions again, or everything."""
        if regions and self._row_strips:
            top = self.content_offset.y
            for region in regions:
                for y in region.line_range:
                    self._row_strips.pop(top + y, None)
        elif options.get("repaint", True):
            self._row_strips.clear()
        return super().refresh(*regions, **options)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The framed lines of a part of the widget; those that were framed before as they were."""
        whole = self.outer_size
        sizes = whole, self.content_size
        if sizes != self._row_sizes:
            self._row_sizes = sizes
            self._row_strips.clear()
        wanted = [y for y in crop.line_range if y not in self._row_strips]
        if wanted:
            self._draw_rows(wanted)
        strips = [self._row_strips[y] for y in crop.line_range]
        first, last = crop.column_span
        return strips if (first, last) == (0, whole.width) else [strip.crop(first, last) for strip in strips]

    def _draw_rows(self, wanted: list[int]) -> None:
        """Draw these rows, in ascending order."""
        whole, height, top = self.outer_size, self.content_size.height, self.content_offset.y
        look = (
            self._row_sizes, top, self.styles.border, self.styles.outline, self.styles.padding, self.background_colors,
            self.opacity, list(self.get_line_filters()),
        )  # fmt: skip
        if look != self._frame_look:
            self._frame_look = look
            self._framed.clear()
        unknown: dict[int, Strip | None] = {}
        for y in wanted:
            line = self.render_line(y - top) if 0 <= y - top < height else None
            known = None if line is None else self._framed.get(id(line))
            if known is not None and known[0] is line:
                self._row_strips[y] = known[1]
            else:
                unknown[y] = line
        # Rows side by side together: each call of Textual looks up all styles first.
        for _, together in groupby(enumerate(unknown), key=lambda pair: pair[1] - pair[0]):
            rows = [y for _, y in together]
            for y, strip in zip(rows, super().render_lines(Region(0, rows[0], whole.width, len(rows))), strict=True):
                self._row_strips[y] = strip
                if (line := unknown[y]) is not None:
                    self._framed[id(line)] = line, strip

    def take_line_count(self, count: int) -> bool:
        """Set the number of lines; returns whether the screen is laid out for it, before which nothing scrolls."""
        size = Size(0, count)
        if self.virtual_size == size:
            return False
        has_bar = count > self.container_size.height
        if not self.container_size or has_bar != self.show_vertical_scrollbar or self.styles.auto_dimensions:
            self.virtual_size = size
            return True
        self.set_reactive(ScrollView.virtual_size, size)
        self.scroll_y = self.validate_scroll_y(self.scroll_y)
        if has_bar:
            self._move_bar()
        return False

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Draw other lines, and the scroll bar where it looks different."""
        if self.show_vertical_scrollbar:
            self._move_bar()
        if round(old) != round(new):
            self.refresh(self.size.region)

    def _move_bar(self) -> None:
        """Have the scroll bar show the place, where that can be seen: it takes as long to draw as all lines."""
        bar, count, at = self.vertical_scrollbar, self.virtual_size.height, self.scroll_y
        height = self.container_size.height
        drawn = _bar(height, bar.window_size, bar.window_virtual_size, bar.position)
        now = _bar(height, bar.window_size, count, at)
        if bar.grabbed or _looks_moved(drawn, now, at >= count - bar.window_size):
            bar.window_virtual_size, bar.position = count, at


_STEPS = 8
"""Places within a cell at which the ends of a scroll bar can be seen."""


def _bar(height: int, window: int, count: int, at: float) -> tuple[float, int]:
    """Where a scroll bar begins and how long it is, in eighths of a cell, as `textual.scrollbar.ScrollBarRender` says.

    It is drawn where the eighth of its beginning begins.
    """
    if count <= window or not height:
        return 0, 0
    length = max(1, window * height / count)
    return (height - length) * at / (count - window) * _STEPS, ceil(length * _STEPS)


def _looks_moved(drawn: tuple[float, int], now: tuple[float, int], is_end: bool) -> bool:
    """Whether a scroll bar that was drawn at one place looks wrong at another.

    A new line below the end moves it by too little to be seen until the list is scrolled to its new end, so it is not
    drawn twice.
    """
    if (int(drawn[0]), drawn[1]) == (int(now[0]), now[1]):
        return False
    return is_end or drawn[1] != now[1] or abs(drawn[0] - now[0]) >= 1 / 2
