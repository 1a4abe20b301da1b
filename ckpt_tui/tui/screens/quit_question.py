"""The question before the browser ends together with a run that goes on; the default is no."""

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


class QuitScreen(ModalScreen[bool]):
    """Asks whether to quit while runs go on; closes with the answer, False unless `y` was pressed.

    Args:
        runs: What goes on, a text for each run.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "dismiss(True)", "end it and quit"),
        ("escape,n,q,enter,ctrl+c,ctrl+q", "dismiss(False)", "stay"),
    ]
    DEFAULT_CSS = """
    QuitScreen { align: center middle; background: $background 60%; }
    QuitScreen > Vertical {
        width: 90%; max-width: 72; height: auto; max-height: 90%; overflow-y: auto;
        border: round $warning; border-title-color: $warning; border-subtitle-color: $ck-dim;
        background: $background; padding: 1 2;
    }
    QuitScreen Static { height: auto; width: 1fr; }
    """

    def __init__(self, runs: Sequence[str]) -> None:
        super().__init__()
        self._runs = runs

    def compose(self) -> ComposeResult:
        one = len(self._runs) == 1
        box = Vertical()
        box.border_title = Content("Quit?")
        box.border_subtitle = Content(f"y ends {'it' if one else 'them'} and quits · n esc stay")
        with box:
            text = "A run is going on: end it and quit?" if one else f"{len(self._runs):,} runs are going on: end them?"
            yield Static(Content("\n".join([text, *(f"  {clean(run)}" for run in self._runs)])), markup=False)
