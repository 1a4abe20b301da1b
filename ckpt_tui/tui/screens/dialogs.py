"""Screens over the browser: help, a whole value, an unexpected failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from ckpt_tui.tui.commands import COMMANDS, COPY_KEYS
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines


class TextScreen(ModalScreen[None]):
    """A text over the screen; escape, q or Enter closes it.

    Args:
        title: What it is; may hold anything.
        paragraphs: The text.
        copy: What `y` copies, or None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q,enter", "dismiss", "close"),
        ("y", "copy", "copy"),
        ("slash", "ignore", ""),
    ]

    DEFAULT_CSS = """
    TextScreen { align: center middle; background: $background 60%; }
    TextScreen > Vertical {
        width: 90%; height: 85%; max-width: 110;
        border: round $ck-edge-focus;
        border-title-color: $foreground;
        border-subtitle-color: $ck-dim;
        background: $background;
        padding: 0 1;
    }
    """

    def __init__(self, title: str, paragraphs: list[Paragraph], copy: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._title = title
        self._paragraphs = paragraphs
        self._copy = copy

    def compose(self) -> ComposeResult:
        box = Vertical()
        box.border_title = Content(self._title)
        box.border_subtitle = Content("esc closes · y copies" if self._copy else "esc closes")
        with box:
            yield TextLines()

    def on_mount(self) -> None:
        """Show the text."""
        lines = self.query_one(TextLines)
        lines.show(self._paragraphs)
        lines.focus()

    def action_copy(self) -> None:
        """Copy what is shown."""
        if self._copy is not None:
            self._copy()

    def action_ignore(self) -> None:
        """Keep a key from the screen below."""


SCOPES = {
    "any list": "In every list", "list": "Checkpoints", "value": "Values", "diff": "Changes",
    "compare": "Comparing two checkpoints", "run": "A run", "replay": "Replay", "everywhere": "Everywhere",
}  # fmt: skip

_SIGNS = (
    ("○", "entry: the input is in flight, nothing ran yet"),
    ("●", "superstep: executors ran; their messages are in flight"),
    ("‖", "waiting for an answer"),
    ("↩", "answered: answers are in flight"),
    ("✓", "done: nothing is left to do"),
    ("✗", "a file that cannot be shown, with the reason"),
    ("±", "changes since the parent; + added, - removed, ~ changed, → moved; ◆ marked for a comparison"),
    ("~", "the parent is guessed: Agent Framework 1.9 and older did not write it after a resume"),
    ("!", "something is odd; Meta tells what"),
)


def help_paragraphs(keys: dict[str, str] | None = None) -> list[Paragraph]:
    """The help screen: keys by scope, then the signs.

    Args:
        keys: Command id → keys, where the person changed them.
    """
    out: list[Paragraph] = []
    for scope, title in SCOPES.items():
        out.append(Paragraph(("" if not out else "\n") + title, "heading"))
        for command in COMMANDS:
            if command.scope == scope:
                shown = (keys or {}).get(command.id) or command.shown or command.keys
                out.append(Paragraph(command.title, "plain", 14, f"  {shown}", "label"))
        if scope == "value":
            text = ", ".join(f"{key} {name}" for key, name in COPY_KEYS.items())
            out.append(Paragraph(f"what to copy: {text}", "dim", 14, "  y then"))
    out.append(Paragraph("\nSigns", "heading"))
    out += [Paragraph(text, "plain", 14, f"  {sign}", "accent") for sign, text in _SIGNS]
    return out
