"""Screens over the browser: help, a whole value, an unexpected failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ckpt_tui.core.reading.json_in_text import formatted
from ckpt_tui.tui.commands import COMMANDS, COPY_KEYS, by_id
from ckpt_tui.tui.helpers.match_text import match_word
from ckpt_tui.tui.widgets.dialog_box import DialogBox
from ckpt_tui.tui.widgets.prompt import SEARCH, Prompt, focus_after_question
from ckpt_tui.tui.widgets.shown_keys import key_text, keys_of, names_of
from ckpt_tui.tui.widgets.text_lines import WHOLE_LIMIT, Paragraph, TextLines


class TextScreen(ModalScreen[None]):
    """A text over the screen, which can be searched; escape, q or Enter closes it.

    Args:
        title: The title; may hold any characters.
        paragraphs: The text.
        copy: The text that `y` copies, or None.
        match: A searched text to open it at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "close", show=False),
        Binding("f", "format", "formatted JSON, or the text as it is", show=False),
        *(
            Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name)
            for name, action in {
                "app.back": "back", "app.close": "dismiss", "value.copy": "copy", "search.open": "search",
                "search.next": "search_next(1)", "search.previous": "search_next(-1)",
            }.items()
        ),
    ]  # fmt: skip

    DEFAULT_CSS = """
    TextScreen { align: center middle; background: $background 60%; }
    TextScreen > DialogBox { width: 90%; height: 85%; }
    """

    def __init__(
        self, title: str, paragraphs: list[Paragraph], copy: Callable[[], None] | None = None, match: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._paragraphs = paragraphs
        self._copy = copy
        self._match = match
        self._has_searched = False
        self._is_formatted = False
        self._explained = ""

    def compose(self) -> ComposeResult:
        with DialogBox(self._title):
            yield TextLines(limit=WHOLE_LIMIT)
            yield Prompt()

    def on_mount(self) -> None:
        """Show the text, at the match."""
        self._lines.show(self._paragraphs)
        focus_after_question(self._lines)
        self._say("")
        if self._match:
            self.call_after_refresh(self._search, self._match, 0)

    @property
    def _lines(self) -> TextLines:
        return self.query_one(TextLines)

    def explain(self, text: str) -> None:
        """Show why a key did nothing."""
        self._explained = text
        self._say(text)

    async def on_event(self, event: events.Event) -> None:
        """Why a key did nothing is shown until the next one."""
        if isinstance(event, events.Key) and self._explained:
            self._explained = ""
            self._say("")
        await super().on_event(event)

    def _say(self, text: str) -> None:
        """Show a text in the lower edge; "" shows the keys there."""
        keys = [f"{keys_of('search.open')} search"]
        keys += [f"{keys_of('search.next', 'search.previous')} next"] if self._match else []
        keys += [f"{keys_of('value.copy')} copies"] if self._copy else []
        if self._is_formatted:
            keys.append("f as it is")
        elif self._json is not None:
            keys.append("f formats its JSON")
        box = self.query_one(DialogBox)
        if text:
            box.say(text)
        else:
            box.show_keys(" · ".join([*keys, f"{keys_of('app.back')} closes"]))

    @cached_property
    def _json(self) -> str | None:
        """The text with its JSON indented; None where it holds none."""
        if any(paragraph.style != "plain" or paragraph.indent for paragraph in self._paragraphs):
            return None
        shown = formatted(self._lines.plain_text)
        return None if shown == self._lines.plain_text else shown

    def action_format(self) -> None:
        """Show the JSON in the text indented, or the text as it is."""
        if self._json is None:
            self._say("There is no JSON in it.")
            return
        self._is_formatted = not self._is_formatted
        shown = [Paragraph(line) for line in self._json.split("\n")] if self._is_formatted else self._paragraphs
        self._lines.show(shown)
        self._say("")

    def action_copy(self) -> None:
        """Copy what is shown."""
        if self._copy is not None:
            self._copy()

    def action_search(self) -> None:
        """Ask for a text to search for."""
        self.query_one(Prompt).ask(SEARCH, self._match, self._begin)

    def _begin(self, text: str) -> None:
        self._has_searched = bool(text)
        self._search(text, 0)

    def _search(self, text: str, direction: int) -> None:
        self._match = text
        self._lines.set_match(text)
        if text:
            self.action_search_next(direction)
        else:
            self._say("")

    def action_search_next(self, direction: int) -> None:
        """Go to the next or previous match."""
        if self._match:
            back = "ends" if self._has_searched else "closes"
            self._say(match_word(*self._lines.next_match(direction), self._match, back)[0].strip())
        else:
            self._say(f"No search yet: {keys_of('search.open')} starts one.")

    def action_back(self) -> None:
        """End the search, or close."""
        if self._has_searched:
            self._begin("")
        else:
            self.dismiss()


SCOPES = {
    "any list": "In every list", "list": "Checkpoints", "value": "Values", "diff": "Changes",
    "compare": "Comparing two checkpoints", "run": "A run", "paused": "Beside a paused run", "replay": "Replay",
    "delete": "Deleting checkpoints", "everywhere": "Everywhere",
}  # fmt: skip

_SIGNS = (
    ("○", "entry: the input is in flight, nothing ran yet"),
    ("●", "superstep: executors or nodes ran; their messages are in flight"),
    ("‖", "waiting for an answer"),
    ("↩", "answered: answers are in flight"),
    ("✓", "done: nothing is left to do"),
    ("✎", "LangGraph: somebody edited the state"),
    ("◇", "LangGraph: a copy to run again from"),
    ("+", "at the left edge: a run from here has just written it"),
    ("☠", "would run code when it is loaded: its row says how, and it cannot be resumed"),
    ("✗", "a file that cannot be shown, with the reason; or a step that failed"),
    ("·", "not read yet"),
    ("±", "changes since the parent; + added, - removed, ~ changed, → moved"),
    ("◆", "at the left edge: marked, to compare another one with it, to export or to delete it"),
    ("~", "the parent is guessed: Agent Framework 1.9 and older did not write it after a resume"),
    ("!", "something is irregular; the File tab says what"),
)


def help_paragraphs(here: Sequence[str] = ()) -> list[Paragraph]:
    """The help screen: the keys of the present place, then of the other places, then the signs.

    Args:
        here: The scopes of the present place, the narrowest first; they come first.
    """
    out: list[Paragraph] = []
    for scope in [*here, *(scope for scope in SCOPES if scope not in here)]:
        title = f"Here: {SCOPES[scope][0].lower()}{SCOPES[scope][1:]}" if scope in here else SCOPES[scope]
        out.append(Paragraph(("" if not out else "\n") + title, "heading"))
        for command in COMMANDS:
            if command.scope == scope:
                shown = key_text(" ".join(names_of(command.id)))
                out.append(Paragraph(command.title, "plain", 14, f"  {shown}", "label"))
        if scope == "value":
            text = ", ".join(f"{key} {name}" for key, name in COPY_KEYS.items())
            out.append(Paragraph(f"what to copy: {text}", "dim", 14, "  y then"))
    out.append(Paragraph("\nSigns", "heading"))
    out += [Paragraph(text, "plain", 14, f"  {sign}", "accent") for sign, text in _SIGNS]
    return out


def help_screen(here: Sequence[str]) -> TextScreen:
    """The help, beginning with the present place."""
    return TextScreen("Keys and signs", help_paragraphs(here))


def failure_screen(doing: str, report: str) -> TextScreen:
    """The report of an unexpected failure; the app goes on."""
    intro = "Something unexpected happened; the app goes on. Please report it.\n"
    return TextScreen(f"Failed: {doing}", [Paragraph(intro, "error"), Paragraph(report)])
