"""Wrapped text in a list of lines: conversations, raw files, whole values, help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.line_list import LineList

PARAGRAPH_LIMIT = 20_000
"""Characters of one paragraph that are wrapped; the rest is counted and named."""


class Paragraph(NamedTuple):
    """A piece of text that is wrapped to the width.

    Attributes:
        text: The text; made safe for a terminal when it is wrapped.
        style: The name of its style.
        indent: Cells to the left of every line.
        lead: A text before the first line, in the style `lead_style`.
    """

    text: str
    style: str = "plain"
    indent: int = 0
    lead: str = ""
    lead_style: str = "dim"


class TextLines(LineList):
    """Paragraphs, wrapped to the width of the widget and wrapped anew when it changes."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paragraphs: Sequence[Paragraph] = ()
        self._lines: list[list[tuple[str, str]]] = []
        self._wrapped_to = -1
        self._wrap = True

    @property
    def line_count(self) -> int:
        return len(self._lines)

    @property
    def plain_text(self) -> str:
        """All paragraphs as they were given."""
        return "\n".join(paragraph.text for paragraph in self._paragraphs)

    def text_at(self, index: int) -> str:
        """The paragraph at a position, where none is wrapped; "" beyond the ends."""
        return self._paragraphs[index].text if 0 <= index < len(self._paragraphs) else ""

    def show(self, paragraphs: Sequence[Paragraph], wrap: bool = True, keep_place: bool = False) -> None:
        """Show these paragraphs; `keep_place` leaves the cursor on its line."""
        self._paragraphs = paragraphs
        self._wrap = wrap
        self._wrapped_to = -1
        if not keep_place:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, immediate=True)
        self._layout()

    def add(self, paragraphs: Sequence[Paragraph]) -> None:
        """Show more paragraphs at the end."""
        self.show([*self._paragraphs, *paragraphs], self._wrap, keep_place=True)

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self._layout()
        super().on_resize()

    def _layout(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0 or width == self._wrapped_to:
            return
        # The share of the text that is above stays above.
        share = self.cursor / max(len(self._lines), 1)
        was = len(self._lines)
        self._lines = [line for paragraph in self._paragraphs for line in wrap(paragraph, width, self._wrap)]
        self._wrapped_to = width
        self.changed()
        if was:
            self.cursor = round(share * len(self._lines)) if was != len(self._lines) else self.cursor
        self.cursor = self.validate_cursor(self.cursor)

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        return self._lines[index]

    def find(self, text: str, start: int, way: int) -> int | None:
        """The next line that contains a text, from a line on, round the end; None when there is none."""
        strict = text != text.lower()
        count = len(self._lines)
        for step in range(count):
            index = (start + way * step) % count
            line = "".join(part for part, _ in self._lines[index])
            if text in (line if strict else line.lower()):
                return index
        return None


def wrap(paragraph: Paragraph, width: int, wrapped: bool = True) -> Iterator[list[tuple[str, str]]]:
    """The lines of a paragraph, as (text, style name) pairs."""
    body = paragraph.text
    more = len(body) - PARAGRAPH_LIMIT
    if more > 0:
        body = body[:PARAGRAPH_LIMIT]
    room = max(width - paragraph.indent - 1, 8)
    first = True
    for line in body.replace("\r\n", "\n").replace("\t", "    ").split("\n"):
        for piece in _pieces(clean(line), room, wrapped):
            pad = " " * paragraph.indent
            if first and paragraph.lead:
                pad = paragraph.lead + " " * max(paragraph.indent - cell_len(paragraph.lead), 0)
            yield [(pad, paragraph.lead_style), (piece, paragraph.style)]
            first = False
    if more > 0:
        yield [(" " * paragraph.indent + f"… {more:,} more characters; open the value to read on", "dim")]


def _pieces(line: str, room: int, wrapped: bool) -> Iterable[str]:
    if not wrapped or cell_len(line) <= room:
        return [line]
    console = Console(width=room, color_system=None, force_terminal=False, legacy_windows=False)
    return [piece.plain.rstrip() for piece in Text(line).wrap(console, room)]
