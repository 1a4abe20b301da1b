"""Where one of two compared values is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.members import escape_name
from ckpt_tui.core.redact import SECRET, secrecy
from ckpt_tui.core.secret_items import NOTHING
from ckpt_tui.core.secret_names import is_key_of_service
from ckpt_tui.core.value import Value


class ValuePosition(NamedTuple):
    """Where a value is: its parent's position, the steps from there, how far it is a secret, and its level."""

    above: ValuePosition | None
    steps: Path
    secrecy: int
    level: int

    def named(self, name: str, escape: bool = False, beside: Mapping[int | str, str] = NOTHING) -> ValuePosition:
        """The position of a member with a name; `beside` holds the members that others make secrets."""
        step = escape_name(name) if escape else name
        secret = self._secrecy_of(name)
        if name in beside:
            secret = max(secret, secrecy(beside[name]))
        return ValuePosition(self, (step,), max(self.secrecy, secret), self.level + 1)

    def item(self, steps: Path, index: int, beside: Mapping[int | str, str]) -> ValuePosition:
        """The position of an item of a list; `beside` holds the items that others make secrets."""
        secret = max(self.secrecy, secrecy(beside[index])) if index in beside else self.secrecy
        return ValuePosition(self, (*steps, index), secret, self.level + 1)

    def at(self, steps: Path) -> ValuePosition:
        """The position of a member without a name."""
        return ValuePosition(self, steps, self.secrecy, self.level + 1)

    def entry(self, kv: list[Value], index: int, *more: int) -> ValuePosition:
        """The position of an entry of a mapping, key, value, key, value, ..., or of its value."""
        secret = max(self.secrecy, self._secrecy_of(key_name(kv[index])))
        return ValuePosition(self, ("$entries", index // 2, *more), secret, self.level + 1)

    def _secrecy_of(self, name: str) -> int:
        return SECRET if self.steps and is_key_of_service(self.steps[-1], name) else secrecy(name)


def key_name(key: Value) -> str:
    """The name that a key gives its value; "" for a key that is not a text."""
    return key if type(key) is str else ""
