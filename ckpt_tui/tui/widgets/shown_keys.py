"""Keys as a footer writes them: their texts, words for terminals without signs, and the keys that clicks press."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.keys import _character_to_key
from textual.style import Style

from ckpt_tui.tui.ascii import draws_ascii
from ckpt_tui.tui.commands import by_id

_NAMES = {
    "⏎": "enter", "⇥": "tab", "⇧⇥": "shift+tab", "esc": "escape", "⌫": "backspace", "space": "space", "Del": "delete",
    "Ins": "insert",    "Home": "home", "End": "end", "PgUp": "pageup", "PgDn": "pagedown",
    "↑": "up", "↓": "down", "←": "left", "→": "right", "enter": "enter", "tab": "tab",
}  # fmt: skip
"""Textual's name of a key → its text; a single character is written as itself."""

_WORDS = {"⇧⇥": "shift+tab", "⏎": "enter", "⇥": "tab", "⌫": "backspace", "⇧": "shift+"}
"""Signs of keys as words, for a terminal whose locale has no signs: none of them is an ASCII letter, which is a key."""

_ARROWS = "↑↓←→"

_WRITTEN = {key: name for name, key in reversed(_NAMES.items())}
"""Textual's name of a key → its text; the sign where there is a word as well."""

_CHARACTERS = {_character_to_key(char): char for char in map(chr, range(33, 127))}
"""The character that a key types, by Textual's name."""


_COMMANDS = by_id()

_changed: dict[str, str] = {}
"""Command id → keys, where the person changed them."""


def use_keys(changed: Mapping[str, str]) -> None:
    """Set the keys that texts name from now on: command id → keys, where the person changed them."""
    _changed.clear()
    _changed.update(changed)


def keys_of(*names: str) -> str:
    """The keys of commands as a footer writes them: the first of each, as in `[ ]` or `↑↓`.

    Args:
        names: Ids of commands; a key that belongs to none, as it is written.
    """
    found = [names_of(name)[0] if name in _COMMANDS else name for name in names]
    return ("" if all(key in _ARROWS for key in found) else " ").join(found)


def names_of(name: str) -> list[str]:
    """All keys of a command, as they are written: those of the table, or those that the person chose."""
    if name in _changed:
        return [written(key.strip()) for key in _changed[name].split(",")]
    return _COMMANDS[name].shown.split()


def written(key: str) -> str:
    """The text of a key, by Textual's name."""
    if re.fullmatch(r"f\d+", key):
        return key.upper()
    return _WRITTEN.get(key) or _CHARACTERS.get(key, key)


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
    return events.Key(key, " " if key == "space" else _CHARACTERS.get(key))


def key_places(text: str) -> list[KeyPlace]:
    """The keys of a text that holds only keys, such as `[ ]` or `↑↓ 1-9`; a range of keys is none."""
    found = []
    for word in re.finditer(r"\S+", text):
        start = cell_len(text[: word.start()])
        names = [word[0]] if _key(word[0]) else list(word[0]) if all(char in _ARROWS for char in word[0]) else []
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
        if count and (not is_message or keys[0] in _in_messages()):
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


def _in_messages() -> set[str]:
    """Keys that a message may name beside text of the store: a click on other words there presses nothing."""
    return {keys_of(name) for name in ("search.next", "search.previous", "app.back")}


def _key(word: str) -> str:
    """The key that is written so, as Textual names it; "" where a word names none."""
    if word in _NAMES:
        return _NAMES[word]
    held = re.fullmatch(r"((?:ctrl\+|alt\+|shift\+)+)(\S+)", word)
    if held:
        return held[1] + _NAMES.get(held[2], held[2])
    if re.fullmatch(r"\^\S", word):
        return f"ctrl+{word[1:]}"
    if re.fullmatch(r"F\d+", word):
        return word.lower()
    return _character_to_key(word) if len(word) == 1 and word.isascii() else ""
