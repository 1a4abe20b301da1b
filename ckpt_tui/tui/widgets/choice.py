"""One of a few: all are seen, on as many lines as they need; the arrows choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.part_styles import Look, style_of

_MOVES = "hl"
"""Letters that move from option to option."""

_LOOKS = {"on": Look("foreground", text="bold"), "off": Look("ck-dim"), "focus": Look(background="ck-cursor")}
"""How each part looks, by its name."""


class Choice(Widget, can_focus=True):
    """Options, at most one of them chosen.

    Args:
        options: Their labels.
        chosen: The one that is chosen at first, or "".
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "choose(-1)", "previous", show=False),
        Binding("right,l,space", "choose(1)", "next", show=False),
    ]
    DEFAULT_CSS = """
    Choice { height: auto; width: 1fr; }
    """

    @dataclass
    class Changed(Message):
        """Another option is chosen."""

        choice: Choice

        @property
        def control(self) -> Choice:
            """The widget."""
            return self.choice

    @dataclass
    class Submitted(Message):
        """Enter was pressed."""

        choice: Choice

    def __init__(self, options: tuple[str, ...], chosen: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.options = options
        self.value = chosen

    @property
    def initials(self) -> dict[str, str]:
        """Letter → the option that begins with it, where it is the only one and no key that moves."""
        letters = [option[:1].lower() for option in self.options]
        return {
            letter: option
            for letter, option in zip(letters, self.options, strict=True)
            if letter.isalpha() and letters.count(letter) == 1 and letter not in _MOVES
        }

    def action_choose(self, direction: int) -> None:
        """Choose the next or previous option; where none is chosen, only the first one can be moved to."""
        if self.value in self.options:
            at = self.options.index(self.value)
            self.choose(self.options[(at + direction) % len(self.options)])
        elif direction > 0:
            self.choose(self.options[0])

    def choose(self, option: str) -> None:
        """Choose one."""
        self.value = option
        self.refresh()
        self.post_message(self.Changed(self))

    def on_key(self, event: events.Key) -> None:
        """Enter goes on, a letter chooses the option that begins with it: y and n."""
        option = self.initials.get(event.character or "")
        if event.key == "enter":
            event.stop()
            self.post_message(self.Submitted(self))
        elif option is not None:
            event.stop()
            self.choose(option)

    def on_click(self, event: events.Click) -> None:
        """Choose what is clicked."""
        lines = self._lines(self.size.width)
        left = 0
        for option in lines[event.y] if event.y < len(lines) else ():
            width = _width(option)
            if left <= event.x < left + width:
                self.choose(option)
            left += width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the options need."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[list[str]]:
        """The options of each line."""
        lines: list[list[str]] = [[]]
        left = width
        for option in self.options:
            if lines[-1] and _width(option) - 2 > left:
                lines.append([])
                left = width
            lines[-1].append(option)
            left -= _width(option)
        return lines

    def _part(self, name: str) -> Style:
        style = self.rich_style + style_of(_LOOKS[name], self.app.theme_variables)
        return style + style_of(_LOOKS["focus"], self.app.theme_variables) if self.has_focus else style

    def render_line(self, y: int) -> Strip:
        segments = []
        lines = self._lines(self.size.width)
        for option in lines[y] if y < len(lines) else ():
            on = option == self.value
            segments.append(Segment(f"({'•' if on else ' '}) {clean(option)}  ", self._part("on" if on else "off")))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)


def _width(option: str) -> int:
    """Cells of an option, with its mark and the space behind it."""
    return cell_len(clean(option)) + 6
