"""What draws the lines of a list cheaply while it scrolls and grows.

A list that is scrolled draws the same lines at other places. Textual keeps framed lines by their place, so that each of
them is framed, coloured and cut again, which takes several times as long as drawing it; and it lays out the whole
screen when a list becomes longer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual._styles_cache import StylesCache  # a widget's own; Textual has no other way to it
from textual.cache import LRUCache
from textual.color import Color
from textual.css.styles import StylesBase
from textual.geometry import Size, Spacing
from textual.scroll_view import ScrollView
from textual.strip import Strip

_KEPT = 200
"""Framed lines that are kept: a few screens."""


class FramedLines(StylesCache):
    """Frames lines, and knows those that it framed before by the line itself."""

    def __init__(self) -> None:
        super().__init__()
        self._framed: LRUCache[int, tuple[Strip, Strip]] = LRUCache(_KEPT)
        """Identity of a line → it, so that its identity stays its own, and the framed line."""
        self._look: object = None
        """All that a frame depends on besides its line."""

    def forget(self) -> None:
        """Forget what was framed: the styles are others now."""
        self._framed.clear()

    def render_line(
        self, styles: StylesBase, y: int, size: Size, content_size: Size, padding: Spacing, base_background: Color,
        background: Color, render_content_line: Callable[[int], Strip], *rest: Any,
    ) -> Strip:  # fmt: skip
        """The framed line at a place of the widget."""
        gutter = styles.gutter
        at = y - gutter.top
        if at < 0 or at >= content_size.height or y >= size.height - gutter.bottom:
            return super().render_line(
                styles, y, size, content_size, padding, base_background, background, render_content_line, *rest
            )
        line = render_content_line(at)
        look = (size.width, content_size.width, padding, base_background, background, styles.border, rest[2:])
        if look != self._look:
            self._look = look
            self.forget()
        known = self._framed.get(id(line))
        if known is not None and known[0] is line:
            return known[1]
        made = super().render_line(
            styles, y, size, content_size, padding, base_background, background, lambda _: line, *rest
        )
        self._framed[id(line)] = line, made
        return made


class ScrolledLines(ScrollView):
    """Lines that keep their frames, in a screen that is laid out again only when the scroll bar comes or goes."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles_cache = self._frames = FramedLines()

    def notify_style_update(self) -> None:
        """Colours changed: forget what was framed with the old ones."""
        self._frames.forget()
        super().notify_style_update()

    def take_line_count(self, count: int) -> None:
        """Take in how many lines there are."""
        size = Size(0, count)
        if self.virtual_size == size:
            return
        has_bar = count > self.container_size.height
        if not self.container_size or has_bar != self.show_vertical_scrollbar or self.styles.auto_dimensions:
            self.virtual_size = size
        else:
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
