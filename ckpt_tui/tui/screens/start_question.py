"""The question before something is started that the person did not choose: what it is, in full; the default is no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ckpt_tui.core.text import clean

_LABEL = 13


class StartScreen(ModalScreen[bool]):
    """Asks whether something is to be started; closes with the answer, False unless `y` was pressed.

    Args:
        why: Why it is asked.
        starts: What would be started: pairs of a label and a text.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "dismiss(True)", "start it"),
        ("escape,n,q,enter", "dismiss(False)", "leave it"),
    ]
    DEFAULT_CSS = """
    StartScreen { align: center middle; background: $background 60%; }
    StartScreen > Vertical {
        width: 90%; max-width: 110; height: auto; max-height: 90%; overflow-y: auto;
        border: round $warning; border-title-color: $warning; border-subtitle-color: $ck-dim;
        background: $background; padding: 1 2;
    }
    StartScreen Static { height: auto; width: 1fr; }
    StartScreen .start-text { margin: 0 0 1 0; }
    """

    def __init__(self, why: str, starts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._why, self._starts = why, starts

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = Content("Start what you did not choose?")
        box.border_subtitle = Content("y starts it · ⏎ n esc leave it")
        with box:
            text = f"{clean(self._why)} Whoever put it there chose what would be started as you:"
            yield Static(Content(text), classes="start-text", markup=False)
            lines = [f"{label:<{_LABEL}}{clean(text)}" for label, text in self._starts]
            yield Static(Content("\n".join(lines)), classes="start-text", markup=False)
            yield Static(Content("Start it?  y yes   n no (as Enter does)"), markup=False)
