"""Dialogs over the screen of a run: texts, questions, choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import Screen

from ckpt_tui.core.running.secret_lines import masked_copy
from ckpt_tui.core.running.session_lines import OUTCOMES, pause_text
from ckpt_tui.core.text import clean
from ckpt_tui.tui.screens.copied_text import copied
from ckpt_tui.tui.screens.dialogs import TextScreen
from ckpt_tui.tui.screens.row_picker import RowPicker
from ckpt_tui.tui.screens.yes_no import start_question
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.status import Part
from ckpt_tui.tui.widgets.text_lines import Paragraph


class RunDialogs(Screen[None]):
    """A screen that opens them."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""
        raise NotImplementedError

    def ask_to_start(
        self, why: str, starts: Sequence[tuple[str, str]], answered: Callable[[bool | None], None]
    ) -> None:
        """Ask whether to start a program that the person did not choose."""
        self.app.push_screen(start_question(why, starts), answered)

    def show_line(self, text: str, copy: Callable[[], None]) -> None:
        """Show one line of the log."""
        self.show_text("One line of the log", text, copy)

    def show_call(self, title: str, text: str) -> None:
        """Show a call."""
        self.show_text(title, text, lambda: self.copy(text, "call"))

    def show_comparison(self, text: str) -> None:
        """Show the comparison of runs."""
        self.show_text("The same input again", text, lambda: self.copy(text, "comparison"))

    def announce(self, line: dict[str, Any]) -> None:
        """Show over another screen that the run is paused, or has ended."""
        news = ""
        if line["kind"] == "paused":
            news = f"is {pause_text(masked_copy(line))}"
        elif line["kind"] == "end":
            news = f"ended: {OUTCOMES.get(line['outcome'], '?')}"
        if news:
            self.app.notify(f"The run {news}; {keys_of('run.show')} goes there.", markup=False)

    def compute(self, work: Callable[[], object]) -> None:
        """Call something in a thread."""
        self.run_worker(work, thread=True, exit_on_error=False)

    def pick(self, title: str, keys: str, rows: Sequence[list[Part]], then: Callable[[int | None], None]) -> None:
        """Ask for one of these rows; `then` takes its number, or None."""
        self.app.push_screen(RowPicker(title, keys, rows), then)

    def show_text(self, title: str, text: str, copy: Callable[[], None]) -> None:
        """Show a text; `copy` copies all of it."""
        self.app.push_screen(TextScreen(title, [Paragraph(clean(line)) for line in text.split("\n")], copy))

    def copy(self, text: str, what: str) -> None:
        """Copy a text, and show that."""
        said, style = copied(self.app, text, what)
        self.say(said.strip(), style)
