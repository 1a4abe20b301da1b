"""Words of a command to paste into a shell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.text import clean

_PLAIN = LatePattern(r"[\w@%+=:,./-]+\Z", re.ASCII)
"""A word that means itself to a shell, as `shlex` has it."""


def shell_word(text: str) -> str:
    """The text as one word, safe for a terminal: control and invisible characters are written as bytes."""
    word = text if _PLAIN.compiled.match(text) else "'{}'".format(text.replace("'", "'\"'\"'"))
    if clean(word) == word:
        return word
    data = text.encode("utf-8", "surrogateescape")
    plain = (chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\'" else f"\\x{byte:02x}" for byte in data)
    return f"$'{''.join(plain)}'"


def shell_line(words: Iterable[str]) -> str:
    """A whole command."""
    return " ".join(map(shell_word, words))
