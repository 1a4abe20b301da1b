"""Keys as they are written in a footer: which key a click on one presses, and how a terminal without signs names it."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.keys import _character_to_key
from textual.style import Style

from ckpt_tui.tui.ascii import draws_ascii

_NAMES = {
    "⏎": "enter", "⇥": "tab", "⇧⇥": "shift+tab", "esc": "escape", "⌫": "backspace", "space": "space", "Del": "delete",
    "Home": "home", "End": "end", "PgUp": "pageup", "PgDn": "pagedown",
    "↑": "up", "↓": "down", "←": "left", "→": "right", "enter": "enter", "tab": "tab",
}  # fmt: skip
"""How a key is written, as Textual names it; a single character is written as itself."""

_WORDS = {"⇧⇥": "shift+tab", "⏎": "enter", "⇥": "tab", "⌫": "backspace", "⇧": "shift+"}
"""Signs of keys as words, for a terminal whose locale has no signs: none of them is an ASCII letter, which is a key."""

_IN_MESSAGES = ("n", "N", "esc")
"""Keys that a message may name beside text of the store: a click on other words there presses nothing."""


class KeyPlace(NamedTuple):
    """Cells of a text in which a click presses a key, from the first to the one after the last."""

    start: int
    end: int
    key: str


def key_text(text: str) -> str:
    """A text that names keys as the terminal can draw it: words in place of signs where it draws ASCII alone."""
    if not text.isascii() and draws_ascii(os.environ):
        for sign, word in _WORDS.items():
            text = text.replace(sign, word)
    return text


def key_event(key: str) -> events.Key:
    """The press of a key as Textual names it."""
    names = [char for char in map(chr, range(33, 127)) if _character_to_key(char) == key]
    return events.Key(key, " " if key == "space" else names[0] if names else None)


def key_places(text: str) -> list[KeyPlace]:
    """The keys of a text that holds nothing else, such as `[ ]` or `↑↓ 1-9`; what is a range of keys is none."""
    found = []
    for word in re.finditer(r"\S+", text):
        start = cell_len(text[: word.start()])
        names = [word[0]] if _key(word[0]) else list(word[0]) if all(char in "↑↓←→" for char in word[0]) else []
        for name in names:
            end = start + cell_len(name)
            found.append(KeyPlace(start, end, _key(name)))
            start = end
    return found


def named_places(text: str, *, is_message: bool = False) -> list[KeyPlace]:
    """The keys of `y copies · n N next · esc closes`: each with the words for what it does, where those are of one.

    Args:
        text: Parts with ` · ` between them.
        is_message: It may hold text of the store, in which a letter is not a key.
    """
    found, start = [], 0
    for part in text.split(" · "):
        words = part.split(" ")
        keys = [word for word in words if word]
        count = next((at for at, word in enumerate(keys) if not _key(word)), len(keys))
        if count and (not is_message or keys[0] in _IN_MESSAGES):
            lead = part.index(keys[0])
            places = key_places(part[:lead] + " ".join(keys[:count]))
            if len(places) == 1:
                places = [places[0]._replace(end=cell_len(part))]
            found += [KeyPlace(start + place.start, start + place.end, place.key) for place in places]
        start += cell_len(part) + 3
    return found


def named_keys(text: str) -> Content:
    """A line of keys for the edge of a dialog; a click on one presses it."""
    text = key_text(text)
    content, at = Content(""), 0
    for place in named_places(text):
        content += Content(text[at : place.start])
        click = Style.from_meta({"@click": f"app.press_key('{place.key}')"})
        content += Content.styled(text[place.start : place.end], click)
        at = place.end
    return content + Content(text[at:])


def _key(word: str) -> str:
    """The key that is written so, as Textual names it; "" where a word names none."""
    if word in _NAMES:
        return _NAMES[word]
    if re.fullmatch(r"(ctrl|alt|shift)\+\S+", word):
        return word
    if re.fullmatch(r"\^\S", word):
        return f"ctrl+{word[1:]}"
    if re.fullmatch(r"F\d+", word):
        return word.lower()
    return _character_to_key(word) if len(word) == 1 and word.isascii() else ""
