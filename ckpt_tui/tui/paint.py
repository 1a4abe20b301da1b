"""Writes only changed cells to the terminal, so that moving the cursor stays quick over a slow line.

Textual redraws a whole widget when anything in it changed, and the whole screen when a dialog opens or closes;
it writes all that it draws, with all colours before each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import (  # the private parts of an update: Textual has no public access to them
    ChopsUpdate,
    CompositorUpdate,
    LayoutUpdate,
)


class Look(NamedTuple):
    """The style of a text as control sequences: attributes such as bold, foreground, background.

    Attributes:
        link: The address that the text leads to, or "".
    """

    attributes: str = ""
    colour: str = ""
    behind: str = ""
    link: str = ""


class Part(NamedTuple):
    """A text on a row of the screen.

    Attributes:
        start: Its first cell.
        end: The cell behind it.
        segment: The text and its style, as they are drawn.
        look: The style as control sequences.
    """

    start: int
    end: int
    segment: Segment
    look: Look


class Patch(CompositorUpdate):
    """Texts, each written in its place; only differences of their looks are written."""

    def __init__(self, parts: Mapping[int, Sequence[Part]]) -> None:
        self.parts = parts
        """The parts of each row."""

    def render_segments(self, console: Console) -> str:
        pieces: list[str] = []
        look = Look()
        for y, parts in self.parts.items():
            at = -1
            for part in parts:
                if part.start != at:
                    pieces.append(Control.move_to(part.start, y).segment.text)
                at = part.end
                if part.look.link and part.segment.style is not None:
                    pieces += (
                        _change(look, Look()),
                        part.segment.style.render(part.segment.text, color_system=console._color_system),
                    )
                    look = Look()
                    continue
                pieces += _change(look, part.look), part.segment.text
                look = part.look
        return "".join([*pieces, _change(look, Look())])


def _change(before: Look, after: Look) -> str:
    """The control sequence that changes a terminal from one look to another."""
    if before == after:
        return ""
    if after == Look():
        return "\x1b[0m"
    if before.attributes != after.attributes:
        return f"\x1b[{';'.join(filter(None, ('0', *after[:3])))}m"
    codes = [after.colour or "39"] if before.colour != after.colour else []
    codes += [after.behind or "49"] if before.behind != after.behind else []
    return f"\x1b[{';'.join(codes)}m"


_CODES = re.compile(r"\x1b\[([0-9;]*)m")
_BEHIND = re.compile(r"(?:^|;)((?:4[0-7]|49|10[0-7])|48;2;\d+;\d+;\d+|48;5;\d+)$")
_COLOUR = re.compile(r"(?:^|;)((?:3[0-7]|39|9[0-7])|38;2;\d+;\d+;\d+|38;5;\d+)$")


@lru_cache(maxsize=4_096)
def look_of(style: Style | None, system: ColorSystem | None) -> Look:
    """The look of a style on a terminal with so many colours."""
    if style is None:
        return Look()
    found = _CODES.search(style.render("x", color_system=system))
    attributes, colour, behind = found[1] if found else "", "", ""
    if match := _BEHIND.search(attributes):
        attributes, behind = attributes[: match.start()], match[1]
    if match := _COLOUR.search(attributes):
        attributes, colour = attributes[: match.start()], match[1]
    return Look(attributes, colour, behind, style.link or "")


class Painter:
    """Keeps track of the content of the terminal, and finds the parts of an update that differ."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Part]] = {}
        """The known content: the parts of each row by their first cell."""

    def forget(self) -> None:
        """Forget the content of the terminal."""
        self._rows.clear()

    def changed(self, update: ChopsUpdate | LayoutUpdate, system: ColorSystem | None) -> Patch:
        """The parts of an update that differ from the content of the terminal, which is updated."""
        found: dict[int, list[Part]] = {}
        for y, x, segments in _drawn(update):
            if parts := self._take(y, _parts(x, segments, system)):
                found.setdefault(y, []).extend(parts)
        return Patch(found)

    def _take(self, y: int, parts: Sequence[Part]) -> list[Part]:
        """Record that these adjacent parts are drawn on a row; returns those that have to be written."""
        if not parts:
            return []
        row = self._rows.setdefault(y, {})
        first, end = parts[0].start, parts[-1].end
        covered = [part for part in row.values() if part.start < end and part.end > first]
        whole = any(_is_of_doubtful_width(part.segment.text) for part in (*covered, *parts))
        changed = list(parts) if whole else [part for part in parts if not _is_shown(part, row.get(part.start))]
        for part in covered:
            del row[part.start]
        row.update((part.start, part) for part in parts)
        return changed


def _drawn(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """The content of an update: a row, a cell of it, and the parts from there on."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, [segment for strip in strips for segment in strip]
        return
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < last and end > first:
                yield y, x, strip if end <= last else strip.crop(0, last - x)


def _parts(x: int, segments: Iterable[Segment], system: ColorSystem | None) -> list[Part]:
    found: list[Part] = []
    for segment in segments:
        if segment.control or not segment.text:
            continue
        found.append(Part(x, x := x + segment.cell_length, segment, look_of(segment.style, system)))
    return found


def _is_shown(part: Part, before: Part | None) -> bool:
    return before is not None and before.segment.text == part.segment.text and before.look == part.look


_DOUBTFUL = re.compile("[\u200b-\u200f\ufe00-\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")


def _is_of_doubtful_width(text: str) -> bool:
    """Whether terminals differ in how many cells a text takes: the text after it is then written again, too."""
    return not text.isascii() and _DOUBTFUL.search(text) is not None
