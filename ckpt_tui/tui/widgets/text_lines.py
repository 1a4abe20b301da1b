"""Wrapped text in a list of lines: conversations, raw files, whole values, help."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from ckpt_tui.core.text import clean_lines
from ckpt_tui.tui.widgets.line_list import LineList

PARAGRAPH_LIMIT = 20_000
"""Characters of one paragraph that are wrapped; the rest is counted and named."""

WHOLE_LIMIT = 10_000_000
"""The same where a value was opened in full."""

MATCH_LIMIT = 100_000
"""Matches of one search; a longer list would not be stepped through."""

Parts = list[tuple[str, str]]


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


class _Source(NamedTuple):
    """A line of a paragraph before it is wrapped: its safe text, and whether it is the first of its paragraph."""

    text: str
    paragraph: Paragraph
    is_first: bool


class TextLines(LineList):
    """Paragraphs, wrapped to the width of the widget and wrapped again when it changes.

    Args:
        id: The id of the widget.
        limit: Characters of one paragraph that are shown.
    """

    def __init__(self, id: str | None = None, limit: int = PARAGRAPH_LIMIT) -> None:
        super().__init__(id=id)
        self._limit = limit
        self._paragraphs: Sequence[Paragraph] = ()
        self._sources: list[_Source] = []
        self._rows: list[tuple[int, int, int]] = []  # which source, and where in it the row begins and ends
        self._wrapped_to = -1
        self._wrap = True
        self._pattern: re.Pattern[str] | None = None
        self._matches: list[tuple[int, int]] = []  # which source, and where in it a match begins

    @property
    def line_count(self) -> int:
        return len(self._rows)

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
        self._sources = [source for paragraph in paragraphs for source in _sources(paragraph, self._limit)]
        self._wrap = wrap
        self._wrapped_to = -1
        if self._pattern is not None:
            self._find_all()
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
        if width <= 0:
            self._rows = []  # those of another text; the width comes later
            return
        if width == self._wrapped_to:
            return
        # The share of the text that is above stays above.
        share = self.cursor / max(len(self._rows), 1)
        was = len(self._rows)
        self._rows = [
            (at, begin, end)
            for at, source in enumerate(self._sources)
            for begin, end in _row_ends(source.text, _room(source, width), self._wrap)
        ]
        self._wrapped_to = width
        self.changed()
        if was:
            self.cursor = round(share * len(self._rows)) if was != len(self._rows) else self.cursor
        self.cursor = self.validate_cursor(self.cursor)

    def draw(self, index: int, width: int) -> Parts:
        at, begin, end = self._rows[index]
        source = self._sources[at]
        style = source.paragraph.style
        parts: Parts = [_lead(source, begin)]
        for first, last in self._spans(at, begin, end):
            parts += [(source.text[begin:first], style), (source.text[first:last], "match")]
            begin = last
        return [*parts, (source.text[begin:end], style)]

    def _spans(self, at: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of a row that belong to matches, those that go on from or to another row, too."""
        if self._pattern is None:
            return
        index = max(bisect_left(self._matches, (at, begin)) - 1, 0)
        for source, first in self._matches[index:]:
            found = self._pattern.match(self._sources[source].text, first) if source == at else None
            if source > at or (source == at and first >= end):
                return
            if found is not None and found.end() > begin:
                yield max(first, begin), min(found.end(), end)

    # -- searching ---------------------------------------------------------------------------------------------------

    def set_match(self, text: str) -> int:
        """Mark every place of a text, "" none; upper case in it makes it strict about case.

        Returns:
            How many places there are.
        """
        self._pattern = re.compile(re.escape(text), 0 if text != text.lower() else re.IGNORECASE) if text else None
        self._find_all()
        self.changed()
        return len(self._matches)

    def _find_all(self) -> None:
        self._matches = []
        if self._pattern is None:
            return
        for at, source in enumerate(self._sources):
            self._matches += [(at, found.start()) for found in self._pattern.finditer(source.text)]
            if len(self._matches) >= MATCH_LIMIT:
                break

    def next_match(self, direction: int) -> tuple[int, int]:
        """Go on by so many matches, round the end; 0 goes to the first at or after the cursor.

        Returns:
            Which match it is, counted from 1, and how many there are; zeros for none.
        """
        if not self._matches or not self._rows:
            return 0, 0
        at, begin, end = self._rows[self.cursor]
        if direction > 0:
            index = bisect_left(self._matches, (at, end)) + direction - 1
        else:
            index = bisect_left(self._matches, (at, begin)) + direction
        index %= len(self._matches)
        source, first = self._matches[index]
        self.move_to(bisect_right(self._rows, (source, first, WHOLE_LIMIT + 1)) - 1)
        return index + 1, len(self._matches)

    def find(self, text: str, start: int, direction: int) -> int | None:
        """The next line that contains a text, from a line on, round the end; None when there is none."""
        strict = text != text.lower()
        count = len(self._rows)
        for step in range(count):
            index = (start + direction * step) % count
            line = "".join(part for part, _ in self.draw(index, 0))
            if text in (line if strict else line.lower()):
                return index
        return None


def wrap(paragraph: Paragraph, width: int, wrapped: bool = True) -> Iterator[Parts]:
    """The lines of a paragraph, as (text, style name) pairs."""
    for source in _sources(paragraph, PARAGRAPH_LIMIT):
        for begin, end in _row_ends(source.text, _room(source, width), wrapped):
            yield [_lead(source, begin), (source.text[begin:end], source.paragraph.style)]


def _sources(paragraph: Paragraph, limit: int) -> Iterator[_Source]:
    """The lines of a paragraph, made safe; characters beyond the limit are counted in a line of their own."""
    body = paragraph.text
    more = len(body) - limit
    for number, text in enumerate(clean_lines(body[:limit] if more > 0 else body)):
        yield _Source(text, paragraph, not number)
    if more > 0:
        count = f"… {more:,} more characters; open the value to read on"
        yield _Source(count, Paragraph("", "dim", paragraph.indent), True)


def _room(source: _Source, width: int) -> int:
    return max(width - source.paragraph.indent - 1, 8)


def _lead(source: _Source, begin: int) -> tuple[str, str]:
    paragraph = source.paragraph
    if source.is_first and not begin and paragraph.lead:
        return paragraph.lead + " " * max(paragraph.indent - cell_len(paragraph.lead), 0), paragraph.lead_style
    return " " * paragraph.indent, paragraph.lead_style


def _row_ends(text: str, room: int, wrapped: bool) -> Iterator[tuple[int, int]]:
    """Where the rows of a line begin and end: broken after a space where there is one, inside of a word else."""
    count = len(text)
    if not wrapped or (count <= room and (text.isascii() or cell_len(text) <= room)):
        yield 0, count
        return
    is_ascii = text.isascii()
    begin = 0
    while begin < count:
        end = min(begin + room, count)
        while not is_ascii and end > begin + 1 and (over := cell_len(text[begin:end]) - room) > 0:
            end -= max(over // 2, 1)
        if end < count and text[end] != " ":
            space = text.rfind(" ", begin, end)
            end = space + 1 if space > begin else end
        yield begin, end
        begin = end
        while begin < count and text[begin] == " " and text[begin - 1] != " ":
            begin += 1
