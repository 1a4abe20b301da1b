"""The choice of a theme: each is shown as the cursor comes to it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from ckpt_tui.tui.configuration_check import theme_names
from ckpt_tui.tui.widgets.dialog_box import DialogBox
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.step_text import Parts


class ThemeLines(LineList):
    """One line a theme."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names

    @property
    def line_count(self) -> int:
        return len(self.names)

    def draw(self, index: int, width: int) -> Parts:
        return [self.mark(index, 2), (self.names[index], "text")]

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        if self.is_mounted:
            self.app.theme = self.names[new]

    def clicked(self, index: int, x: int, times: int) -> None:
        screen = self.screen
        if times == 2 and isinstance(screen, ThemePicker):
            screen.action_keep()


class ThemePicker(ModalScreen[str | None]):
    """Shows themes; closes with the name of the one that was taken, or None with the former one back."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q", "leave", "as before"), ("enter", "keep", "take it")]

    DEFAULT_CSS = """
    ThemePicker { align: right middle; }
    ThemePicker > DialogBox { width: 40; height: 80%; }
    ThemePicker ThemeLines { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._before = ""

    def compose(self) -> ComposeResult:
        with DialogBox("Theme", "⏎ takes it · esc as before"):
            yield ThemeLines(theme_names())

    def on_mount(self) -> None:
        """Begin at the theme that is used."""
        self._before = self.app.theme
        lines = self.query_one(ThemeLines)
        lines.changed()
        lines.focus()
        if self._before in lines.names:
            lines.cursor = lines.names.index(self._before)

    def action_keep(self) -> None:
        """Take the theme that is shown."""
        self.dismiss(self.app.theme)

    def action_leave(self) -> None:
        """Show the former theme again."""
        self.app.theme = self._before
        self.dismiss(None)
