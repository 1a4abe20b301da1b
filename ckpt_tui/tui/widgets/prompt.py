"""A question in the lines at the bottom: its title, the line for the answer, and its keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from ckpt_tui.core.text import clean
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.widgets.status import BarLine, Part, hints


class Prompted(NamedTuple):
    """A question.

    Attributes:
        title: The name of the text, in two or three words.
        hint: The kind of text.
        verb: The effect of Enter.
    """

    title: str
    hint: str
    verb: str


SEARCH = Prompted("search", "text; an upper-case letter makes it case-sensitive", "searches")


def focus_after_question(widget: Widget) -> None:
    """Focus a widget soon, as `Widget.focus` does; while its screen asks for a text, once that question is closed."""

    def focus() -> None:
        if widget.is_attached:
            asking = next((prompt for prompt in widget.screen.query(Prompt) if prompt.is_open), None)
            if asking is None:
                widget.screen.set_focus(widget)
            else:
                asking.go_back_to(widget)

    widget.app.call_later(focus)


class Prompt(Vertical):
    """Asks for a line of text over the hints of its screen; hidden while no question is open.

    It closes when the focus goes elsewhere, as by a click.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()["app.back"].keys, "close", "leave the prompt", show=False, id="app.back")
    ]
    SCOPED_CSS = False  # the hints of the screen make room
    DEFAULT_CSS = """
    Screen.-asking #foot { display: none; }
    Prompt { dock: bottom; height: 2; display: none; background: $panel; }
    Prompt Horizontal { height: 1; }
    Prompt Static { width: auto; height: 1; padding: 0 1; color: $ck-label; text-style: bold; }
    Prompt Input { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    """

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self._question: Prompted | None = None
        self._take: Callable[[str], bool | None] | None = None
        self._back: Widget | None = None

    def _make(self) -> None:
        """Make its parts with the first question, so that the first screen does not wait for them."""
        line = Horizontal()
        self.mount(line, BarLine(id="ask-foot"))
        line.mount(Static("", markup=False), Input(id="ask", compact=True))

    @property
    def is_open(self) -> bool:
        """Whether a question is open."""
        return self._question is not None

    def ask(self, question: Prompted, value: str, take: Callable[[str], bool | None], select: bool = True) -> None:
        """Ask.

        Args:
            question: What is asked.
            value: The text of the line at first.
            take: Gets the answer when Enter is pressed; False leaves the question open, to mend the answer.
            select: Typing replaces that text; otherwise it continues it.
        """
        if not self.is_open:
            self._back = self.screen.focused
        self._question, self._take = question, take
        if not self.children:
            self._make()
        self.query_one(Static).update(Content(question.title))
        line = self.query_one(Input)
        line.value = value
        line.select_on_focus = select
        line.cursor_position = len(value)
        self.display = True
        self.screen.add_class("-asking")
        self.say("")
        self.screen.set_focus(line)  # at once: the next key may be on its way

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text in the place of the keys; "" shows the keys again."""
        question = self._question
        if question is None:
            return
        parts: list[Part] = [(f" {clean(text)} ", style)]
        if not text:
            parts = [*hints(("⏎", question.verb), ("app.back", "leaves")), (f" {question.hint} ", "dim")]
        self.query_one(BarLine).show(parts, [])

    def go_back_to(self, widget: Widget) -> None:
        """Give a widget the focus when the question is closed."""
        self._back = widget

    def close(self) -> None:
        """Close the question and restore the focus."""
        if not self.is_open:
            return
        back = self._back
        self._hide()
        self.screen.set_focus(back if back is not None and back.is_attached and back.display else None)

    def _hide(self) -> None:
        self._question = self._take = self._back = None
        self.display = False
        self.screen.remove_class("-asking")

    @on(events.DescendantBlur)
    def _lost(self) -> None:
        # Without a focused widget, the terminal itself has lost the focus.
        focused = self.screen.focused
        if self.is_open and focused is not None and self not in focused.ancestors:
            self._hide()

    def action_close(self) -> None:
        """Close the question."""
        self.close()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.say("")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        take = self._take
        # The receiver of the answer may ask another question.
        if take is not None and take(event.value) is not False and self._take is take:
            self.close()
