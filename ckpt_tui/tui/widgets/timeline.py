"""The path of a replay as a line: the position, forks, bookmarks and breakpoints; a click goes there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ckpt_tui.tui.widgets.part_styles import Look, style_of

_BEFORE = "◀ "
_AFTER = " ▶"

MARKS = {"fork": "┳", "bookmark": "★", "true": "◆"}
"""The marks on the line, the most important last."""

_LOOKS = {
    "past": Look("ck-edge-focus"), "rest": Look("ck-edge"), "here": Look("accent", text="bold"),
    "fork": Look("ck-lane"), "bookmark": Look("warning"), "true": Look("error"), "key": Look("ck-label", text="bold"),
}  # fmt: skip
"""How each part looks, by its name."""


class Timeline(Widget):
    """A line with the steps of a path from left to right."""

    DEFAULT_CSS = """
    Timeline { height: 1; background: $background; }
    """

    @dataclass
    class Seek(Message):
        """The person wants to go to a place of the path."""

        at: int

    @dataclass
    class Stepped(Message):
        """The person clicked on the arrow at one of the ends."""

        direction: int

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._count = 0
        self._at = 0
        self._marks: Mapping[str, Collection[int]] = {}
        self._held = False

    def show(self, count: int, at: int, marks: Mapping[str, Collection[int]]) -> None:
        """Show a path of so many steps at one of them; `marks` has the steps that are a fork, a bookmark, ..."""
        if (count, at, marks) != (self._count, self._at, self._marks):
            self._count, self._at, self._marks = count, at, marks
            self.refresh()

    @property
    def _room(self) -> int:
        return max(self.size.width - len(_BEFORE) - len(_AFTER) - 2, 1)

    def column(self, at: int) -> int:
        """The column of a step."""
        last = max(self._count - 1, 1)
        return 1 + len(_BEFORE) + at * (self._room - 1) // last

    def place(self, column: int) -> int:
        """The step nearest to a column."""
        last = max(self._count - 1, 0)
        offset = column - len(_BEFORE) - 1
        return max(0, min(round(offset * last / max(self._room - 1, 1)), last))

    def render_line(self, y: int) -> Strip:
        here = self.column(self._at)
        signs: dict[int, str] = {}
        for name in MARKS:
            for at in self._marks.get(name, ()):
                signs[self.column(at)] = name
        segments = [Segment(f" {_BEFORE}", self._style("key"))]
        text, style = "", ""
        for column in range(1 + len(_BEFORE), 1 + len(_BEFORE) + self._room):
            name = signs.get(column, "")
            if column == here:
                char, part = "●", "here"
            elif name:
                char, part = MARKS[name], name
            else:
                char, part = ("━", "past") if column < here else ("─", "rest")
            if part != style and text:
                segments.append(Segment(text, self._style(style)))
                text = ""
            text, style = text + char, part
        segments += [Segment(text, self._style(style)), Segment(_AFTER, self._style("key"))]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, name: str) -> Style:
        return self.rich_style + style_of(_LOOKS[name], self.app.theme_variables)

    # -- the mouse ---------------------------------------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the place under the mouse; the arrows at the ends go one step."""
        if event.x <= len(_BEFORE):
            self.post_message(self.Stepped(-1))
        elif event.x >= self.size.width - len(_AFTER) - 1:
            self.post_message(self.Stepped(1))
        else:
            self._held = True
            self.capture_mouse()
            self.post_message(self.Seek(self.place(event.x)))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while its button is held."""
        if self._held:
            self.post_message(self.Seek(self.place(event.x)))

    def on_mouse_up(self) -> None:
        """Let go."""
        self._held = False
        self.release_mouse()

    def on_mouse_scroll_down(self) -> None:
        """One step on."""
        self.post_message(self.Stepped(1))

    def on_mouse_scroll_up(self) -> None:
        """One step back."""
        self.post_message(self.Stepped(-1))
