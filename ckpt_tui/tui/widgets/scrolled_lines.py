"""What draws the lines of a list cheaply while it scrolls and grows.

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
        """Identity of a line → it, so that its identity stays its own, and the framed line."""
        self._look: object = None
        """All that a frame depends on besides its line."""
        self._stale: set[int] = set()
        """Rows that Textual makes anew when it is asked for them; of all others it may give what was there before."""

    def notify_style_update(self) -> None:
        """Colours changed: forget what was framed with the old ones."""
        self._framed.clear()
        super().notify_style_update()

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Draw again what is in some regions, or everything."""
        if options.get("repaint", True):
            if regions:
                top = self.content_offset.y
                self._stale.update(top + y for region in regions for y in region.line_range)
            else:
                self._stale.update(range(self.outer_size.height))
        return super().refresh(*regions, **options)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The framed lines of a part of the widget; those that were framed before as they were."""
        whole, height, top = self.outer_size, self.content_size.height, self.content_offset.y
        look = (
            whole, height, top, self.styles.border, self.styles.outline, self.styles.padding, self.background_colors,
            self.opacity, list(self.get_line_filters()),
        )  # fmt: skip
        if look != self._look:
            self._look = look
            self._framed.clear()
            self._stale.update(range(whole.height))
        lines = {y: self.render_line(y - top) for y in crop.line_range if 0 <= y - top < height}
        found = {y: self._framed_before(lines.get(y)) for y in crop.line_range}
        for is_known, rows in groupby(crop.line_range, key=lambda y: found[y] is not None):
            if not is_known:
                wanted = list(rows)
                made = super().render_lines(Region(0, wanted[0], whole.width, len(wanted)))
                for y, strip in zip(wanted, made, strict=True):
                    found[y] = strip
                    if y in self._stale and y in lines:
                        self._framed[id(lines[y])] = lines[y], strip
                self._stale.difference_update(wanted)
        strips = [strip for strip in found.values() if strip is not None]
        first, last = crop.column_span
        return strips if (first, last) == (0, whole.width) else [strip.crop(first, last) for strip in strips]

    def _framed_before(self, line: Strip | None) -> Strip | None:
        """The framed line, where it was framed before."""
        known = None if line is None else self._framed.get(id(line))
        return known[1] if known is not None and known[0] is line else None

    def take_line_count(self, count: int) -> bool:
        """Take in how many lines there are; whether the screen is laid out for it, before which nothing scrolls."""
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
        now = _bar(height, bar.window_size, count, at)
        if bar.grabbed or now != _bar(height, bar.window_size, bar.window_virtual_size, bar.position):
            bar.window_virtual_size, bar.position = count, at


_STEPS = 8
"""Places within a cell at which the ends of a scroll bar can be seen."""


def _bar(height: int, window: int, count: int, at: float) -> tuple[int, int]:
    """Where a scroll bar begins and ends, in eighths of a cell: as `textual.scrollbar.ScrollBarRender` draws it."""
    if count <= window or not height:
        return 0, 0
    length = max(1, window * height / count)
    start = int((height - length) * at / (count - window) * _STEPS)
    return start, start + ceil(length * _STEPS)
