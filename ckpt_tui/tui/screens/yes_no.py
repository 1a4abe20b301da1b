"""A question that `y` alone agrees to; the default is no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.dialog_box import DialogBox

_LABEL = 13


class YesNoScreen(ModalScreen[bool]):
    """Asks a question; closes with the answer, False unless `y` was pressed.

    Args:
        title: The title.
        keys: The keys, as text.
        paragraphs: The question, and the facts for its answer; safe for a terminal.
        width: The widest that it gets, in cells.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "dismiss(True)", "yes"),
        ("escape,n,q,enter,ctrl+c,ctrl+q", "dismiss(False)", "no"),
    ]
    DEFAULT_CSS = """
    YesNoScreen { align: center middle; background: $background 60%; }
    YesNoScreen > DialogBox {
        height: auto; max-height: 90%; overflow-y: auto; padding: 1 2;
        border: round $warning; border-title-color: $warning;
    }
    YesNoScreen Static { height: auto; width: 1fr; margin: 0 0 1 0; }
    YesNoScreen Static:last-child { margin: 0; }
    """

    def __init__(self, title: str, keys: str, paragraphs: Sequence[str], width: int) -> None:
        super().__init__()
        self._title, self._keys, self._paragraphs, self._width = title, keys, paragraphs, width

    def compose(self) -> ComposeResult:
        box = DialogBox(self._title, self._keys)
        box.styles.max_width = self._width
        with box:
            for paragraph in self._paragraphs:
                yield Static(Content(paragraph), markup=False)


def quit_question(runs: Sequence[str]) -> YesNoScreen:
    """The question whether to quit while runs go on, with a text for each of them."""
    one = len(runs) == 1
    asked = "A run is going on: end it and quit?" if one else f"{len(runs):,} runs are going on: end them?"
    listed = "\n".join([asked, *(f"  {clean(run)}" for run in runs)])
    return YesNoScreen("Quit?", f"y ends {'it' if one else 'them'} and quits · n esc stay", [listed], 72)


def start_question(why: str, starts: Sequence[tuple[str, str]]) -> YesNoScreen:
    """The question whether to start a program that was not chosen: the reason, and labelled facts about it."""
    paragraphs = [
        f"{clean(why)} Whoever put it there chose what would be started as you:",
        "\n".join(f"{label:<{_LABEL}}{clean(text)}" for label, text in starts),
        "Start it?  y yes   n no (as Enter does)",
    ]
    return YesNoScreen("Start what you did not choose?", "y starts it · ⏎ n esc leave it", paragraphs, 110)
