"""The frame of a dialog: its title in the upper edge, its keys or a message in the lower one."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content

from ckpt_tui.tui.widgets.shown_keys import named_keys


class DialogBox(Vertical):
    """A framed column of widgets over a screen.

    Args:
        title: The title; safe for a terminal.
        keys: The keys, as text.
    """

    DEFAULT_CSS = """
    DialogBox {
        width: 90%; max-width: 110; padding: 0 1; background: $background;
        border: round $ck-edge-focus; border-title-color: $foreground; border-subtitle-color: $ck-dim;
    }
    """

    def __init__(self, title: str, keys: str = "") -> None:
        super().__init__()
        self.border_title = Content(title)
        if keys:
            self.show_keys(keys)

    def show_keys(self, keys: str) -> None:
        """Name keys in the lower edge."""
        self.border_subtitle = named_keys(keys)

    def say(self, text: str) -> None:
        """Show a message in the lower edge; safe for a terminal."""
        self.border_subtitle = Content(text)
