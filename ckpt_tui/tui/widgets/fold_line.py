"""One line that stands for folded widgets; Enter unfolds them."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ckpt_tui.core.text import clean


class FoldLine(Static, can_focus=True):
    """A line that unfolds the widgets below it.

    Args:
        text: Names the folded widgets.
        id: Its id.
    """

    DEFAULT_CSS = """
    FoldLine { height: 1; width: 1fr; color: $ck-dim; }
    FoldLine:focus { background: $ck-cursor; color: $foreground; }
    """

    @dataclass
    class Toggled(Message):
        """It is unfolded or folded."""

        fold: FoldLine

    def __init__(self, text: str, id: str | None = None) -> None:
        super().__init__(markup=False, id=id)
        self.text = text
        self.is_open = False

    def on_mount(self) -> None:
        """Draw it."""
        self.show(self.text)

    def show(self, text: str) -> None:
        """Show another text about the folded widgets."""
        self.text = text
        self.update(Content(f"{'▾' if self.is_open else '▸'} {clean(text)}"))

    def toggle(self) -> None:
        """Unfold or fold."""
        self.is_open = not self.is_open
        self.show(self.text)
        self.post_message(self.Toggled(self))

    def on_key(self, event: events.Key) -> None:
        """Enter, space and the arrows unfold or fold."""
        wanted = {"enter": not self.is_open, "space": not self.is_open, "right": True, "left": False}.get(event.key)
        if wanted is not None:
            event.stop()
            if wanted != self.is_open:
                self.toggle()

    def on_click(self) -> None:
        """Unfold or fold."""
        self.toggle()
