"""One of a few: all are seen, the arrows choose."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ckpt_tui.core.text import clean


class Choice(Widget, can_focus=True):
    """Options on one line, at most one of them chosen.

    Args:
        options: What is shown of each.
        chosen: The one that is chosen at first, or "".
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "choose(-1)", "previous", show=False),
        Binding("right,l,space", "choose(1)", "next", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--on", "choice--off", "choice--focus"}
    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    Choice > .choice--on { color: $foreground; text-style: bold; }
    Choice > .choice--off { color: $ck-dim; }
    Choice > .choice--focus { background: $ck-cursor; }
    """

    class Changed(Message):
        """Another option is chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The widget."""
            return self.choice

    class Submitted(Message):
        """Enter was pressed."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, options: tuple[str, ...], chosen: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.options = options
        self.value = chosen

    def action_choose(self, way: int) -> None:
        """Choose the next or previous option."""
        at = self.options.index(self.value) if self.value in self.options else -1 if way > 0 else 0
        self.choose(self.options[(at + way) % len(self.options)])

    def choose(self, option: str) -> None:
        """Choose one."""
        self.value = option
        self.refresh()
        self.post_message(self.Changed(self))

    def on_key(self, event: events.Key) -> None:
        """Enter goes on."""
        if event.key == "enter":
            event.stop()
            self.post_message(self.Submitted(self))

    def on_click(self, event: events.Click) -> None:
        """Choose what is clicked."""
        left = 0
        for option in self.options:
            width = cell_len(clean(option)) + 6
            if left <= event.x < left + width:
                self.choose(option)
            left += width

    def on_focus(self) -> None:
        """Show where the focus is."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that it is gone."""
        self.refresh()

    def _part(self, name: str) -> Style:
        style = self.rich_style + self.get_component_rich_style(f"choice--{name}", partial=True)
        return style + self.get_component_rich_style("choice--focus", partial=True) if self.has_focus else style

    def render_line(self, y: int) -> Strip:
        segments = []
        for option in self.options:
            on = option == self.value
            segments.append(Segment(f"({'•' if on else ' '}) {clean(option)}  ", self._part("on" if on else "off")))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
