"""Faults of a configuration: unknown names, each with the one that was probably meant."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from textual.keys import Keys, _character_to_key
from textual.theme import BUILTIN_THEMES

from ckpt_tui.configuration import MEMBERS, Config
from ckpt_tui.core.diff.ignore_rules import PatternFault, configured
from ckpt_tui.core.near_names import near_name
from ckpt_tui.tui.changed_keys import accept_keys
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.themes import DARK, LIGHT


class Complaint(NamedTuple):
    """Something wrong.

    Attributes:
        where: The table or key.
        reason: The fault.
        hint: The fix; may be empty.
    """

    where: str
    reason: str
    hint: str = ""

    @property
    def text(self) -> str:
        """All of it on one line."""
        return f"{self.where}: {self.reason}" + (f"; {self.hint}" if self.hint else "")


def complaints(config: Config) -> list[Complaint]:
    """Everything wrong in a configuration that could be read."""
    return list(_complaints(config))


def theme_names() -> list[str]:
    """The names of all themes, our own first."""
    return [DARK.name, LIGHT.name, *sorted(BUILTIN_THEMES)]


def _complaints(config: Config) -> Iterator[Complaint]:
    for name in config.unknown:
        yield Complaint(name, "unknown table or key", _meant(name, MEMBERS))
    if config.theme and config.theme not in theme_names():
        yield Complaint("theme", f"there is no theme {config.theme}", _meant(config.theme, theme_names()))
    names = by_id()
    for name, keys in config.keys.items():
        if name not in names:
            yield Complaint(f"keys.{name}", "unknown command", _meant(name, names) or "docs/keys.md lists them")
            continue
        for key in keys.split(","):
            if not is_key(key.strip()):
                hint = _meant(key.strip(), _SPECIAL) or "names such as ctrl+e, full_stop, question_mark"
                yield Complaint(f"keys.{name}", f"there is no key {key.strip() or 'without a name'}", hint)
    for text in accept_keys(config.keys)[1]:
        if "unknown command" not in text:
            where, _, reason = text.removeprefix("[keys] ").partition(" = ")
            yield Complaint(f"keys.{where}", reason)
    try:
        configured(config.ignore)
    except PatternFault as fault:
        yield Complaint("ignore", str(fault))


def _meant(word: str, names: Iterable[str]) -> str:
    found = near_name(word, names)
    return f"did you mean {found}?" if found else ""


_SPECIAL = frozenset(key.value for key in Keys if not key.value.startswith("<"))
_NAMED = frozenset(_character_to_key(char) for char in string.printable)


def is_key(name: str) -> bool:
    """Whether Textual knows a key by this name: `e`, `ctrl+e`, `shift+tab`, `question_mark`."""
    base = name
    for modifier in ("ctrl+", "shift+", "alt+", "super+", "meta+", "hyper+"):
        base = base.removeprefix(modifier)
    if len(base) == 1 or name in _SPECIAL or base in _SPECIAL or base in _NAMED:
        return bool(base.strip())
    if " " in base:
        return False
    try:
        unicodedata.lookup(base.replace("_", " "))
    except KeyError:
        return False
    return True
