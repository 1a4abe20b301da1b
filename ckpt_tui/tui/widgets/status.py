"""The lines at the top and bottom: what is open and how it is; what is going on and which keys there are."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from ckpt_tui.tui.themes import readable_style
from ckpt_tui.tui.widgets.fitting import fit

Part = tuple[str, str]
"""A text that is safe for a terminal, and the name of its style."""


def revealed(reveal: bool) -> Part:
    """What there is to say when secrets are shown, or masked again."""
    return ("Secrets are shown; ! masks them.", "warn") if reveal else ("Secrets are masked.", "dim")


class BarLine(Widget):
    """One line with a left and a right part; the right part stays whole when it gets narrow."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar-line--plain", "bar-line--strong", "bar-line--dim", "bar-line--good", "bar-line--warn", "bar-line--error",
        "bar-line--key",
    }  # fmt: skip

    DEFAULT_CSS = """
    BarLine {
        height: 1;
        background: $panel;
        color: $foreground;
    }
    BarLine > .bar-line--strong { text-style: bold; color: $primary; }
    BarLine > .bar-line--dim { color: $ck-dim; }
    BarLine > .bar-line--good { color: $success; }
    BarLine > .bar-line--warn { color: $warning; }
    BarLine > .bar-line--error { color: $error; text-style: bold; }
    BarLine > .bar-line--key { color: $ck-label; text-style: bold; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: list[Part] = []
        self._right: list[Part] = []
        self._message: list[Part] = []

    def cover(self, text: str) -> None:
        """Show a message in place of both texts, until "" takes it back."""
        cover: list[Part] = [(f" {text} ", "dim")] if text else []
        if cover != self._message:
            self._message = cover
            self.refresh()

    def show(self, left: list[Part], right: list[Part]) -> None:
        """Show other texts."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    @property
    def shown(self) -> str:
        """The whole text, for tests."""
        return "".join(text for text, _ in self._message or [*self._left, *self._right])

    def style(self, name: str) -> Style:
        """The style of a part."""
        return readable_style(self.rich_style + self.get_component_rich_style(f"bar-line--{name}", partial=True))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        shown, beside = (self._message, []) if self._message else (self._left, self._right)
        room = max(width - sum(cell_len(text) for text, _ in beside), 0)
        segments = []
        for text, name in shown:
            cells = cell_len(text)
            if cells > room:
                text = fit(text, room)
                cells = room
            segments.append(Segment(text, self.style(name)))
            room -= cells
        segments.append(Segment(" " * room, self.rich_style))
        segments += [Segment(text, self.style(name)) for text, name in beside]
        return Strip(segments).adjust_cell_length(width, self.rich_style)
