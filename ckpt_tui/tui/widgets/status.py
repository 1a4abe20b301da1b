"""The lines at the top and bottom of a screen: titles, states, messages and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.text import clean
from ckpt_tui.tui.themes import readable_style
from ckpt_tui.tui.widgets.fitting import fit, fit_end
from ckpt_tui.tui.widgets.part_styles import Look, style_of
from ckpt_tui.tui.widgets.shown_keys import KeyPlace, key_event, key_places, key_text, keys_of, named_places

Part = tuple[str, str]
"""A text that is safe for a terminal, and the name of its style: `key` is for names of keys, which can be clicked."""


def hints(*keys: tuple[str, str]) -> list[Part]:
    """Keys with their effects, as parts of a line.

    Args:
        keys: Ids of commands, or keys as they are written, with blanks between them; and a word for what they do.
    """
    return [part for names, word in keys for part in ((f" {keys_of(*names.split())}", "key"), (f" {word} ", "dim"))]


def revealed(reveal: bool) -> Part:
    """The message when secrets are shown, or masked again."""
    if reveal:
        return f"Secrets are shown; {keys_of('view.reveal')} masks them.", "warn"
    return "Secrets are masked.", "dim"


class BarLine(Widget):
    """One line with a left and a right part; the right part stays whole when it gets narrow.

    A click on a key, or on the word beside one, presses the key.
    """

    LOOKS: ClassVar[Mapping[str, Look]] = {
        "plain": Look(), "strong": Look("primary", text="bold"), "dim": Look("ck-dim"), "good": Look("success"),
        "warn": Look("warning"), "error": Look("error", text="bold"), "key": Look("ck-label", text="bold"),
        "name": Look("ck-label", text="bold"),
    }  # fmt: skip
    """How each part looks, by its name."""

    DEFAULT_CSS = """
    BarLine {
        height: 1;
        background: $panel;
        color: $foreground;
    }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: list[Part] = []
        self._right: list[Part] = []
        self._message: list[Part] = []
        self._styles: dict[str, Style] = {}

    def cover(self, text: str) -> None:
        """Show a message in place of both texts, until "" takes it back."""
        cover: list[Part] = [(f" {key_text(text)} ", "dim")] if text else []
        if cover != self._message:
            self._message = cover
            self.refresh()

    def show(self, left: list[Part], right: list[Part]) -> None:
        """Show other texts."""
        left, right = _drawable(left), _drawable(right)
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    @property
    def shown(self) -> str:
        """The whole text, for tests."""
        return "".join(text for text, _ in self._message or [*self._left, *self._right])

    def style(self, name: str) -> Style:
        """The style of a part."""
        found = self._styles.get(name)
        if found is None:
            found = readable_style(self.rich_style + style_of(self.LOOKS[name], self.app.theme_variables))
            self._styles[name] = found
        return found

    def notify_style_update(self) -> None:
        """Colours changed: forget the old ones."""
        self._styles.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        segments = [Segment(text, self.style(name)) for text, name in self._fitted()]
        return Strip(segments).adjust_cell_length(self.size.width, self.style("plain"))

    def _fitted(self) -> list[Part]:
        """The parts as they are drawn, with the gap between left and right."""
        shown, beside = (self._message, []) if self._message else (self._left, self._right)
        room = max(self.size.width - sum(cell_len(text) for text, _ in beside), 0)
        parts = []
        for text, name in shown:
            cells = cell_len(text)
            if cells > room:
                text = fit(text, room)
                cells = room
            parts.append((text, name))
            room -= cells
        return [*parts, (" " * room, "plain"), *beside]

    def key_at(self, x: int) -> str:
        """The key that a click in this column presses, as Textual names it; "" for none."""
        return next((place.key for place in self._key_places() if place.start <= x < place.end), "")

    def _key_places(self) -> list[KeyPlace]:
        found: list[KeyPlace] = []
        start, is_word = 0, False
        for text, name in self._fitted():
            end = start + cell_len(text)
            if is_word and name != "key":  # the effect of the one key before it
                found[-1] = found[-1]._replace(end=end)
            here = key_places(text) if name == "key" else [] if is_word else named_places(text, is_message=True)
            is_word = name == "key" and len(here) == 1
            found += [place._replace(start=start + place.start, end=start + place.end) for place in here]
            start = end
        return found

    def on_click(self, event: events.Click) -> None:
        """A click on a key presses it."""
        key = self.key_at(event.x)
        if key:
            event.stop()
            self.app.post_message(key_event(key).set_sender(self.app))


def titled_path(title: str, path: str, width: int, right: list[Part]) -> list[Part]:
    """The left of the line at the top: the title of a screen, and the end of a path, as far as `right` leaves room."""
    room = width - 14 - len(title) - sum(len(text) for text, _ in right)
    shown = fit_end(clean(masked_text(path)), max(room, _LEAST_PATH))
    return [(" ckpt-tui ", "strong"), (f" {title} ", "name"), (f" {shown} ", "plain")]


_LEAST_PATH = 9
"""Cells that a path has at least."""


def _drawable(parts: list[Part]) -> list[Part]:
    """The parts with the names of keys as the terminal can draw them."""
    return [(key_text(text), name) for text, name in parts]
