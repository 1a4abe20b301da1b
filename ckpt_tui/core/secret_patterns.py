"""What ways to find secrets in texts share: patterns that are compiled late, and what is shown in a secret's place."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from itertools import islice

from ckpt_tui.core.late_patterns import LatePattern

MASK = "••••••"
"""What people see in the place of a secret."""

MOST_SECRETS = 20_000
"""Secrets of one sort in one text that are masked one by one; of a text that holds more, the rest is not shown."""

MOST_MATCHES = 100_000
"""Places of one text that are looked at for one sort of secrets."""

NOT_LOOKED_AT = f"{MASK} (not shown: not looked through for secrets)"
"""What stands for a text that was not looked through, because very many before it held secrets."""


def withheld(characters: int) -> str:
    """What stands for the rest of a text that was not looked through."""
    return f"{MASK} ({characters:,} more characters are not shown: they were not looked through for secrets)"


class SecretPattern(LatePattern[str]):
    """A regular expression that finds secrets: most texts need none, and compiling all takes 10 ms."""

    def replaced(self, masked: Callable[[re.Match[str]], str] | str, text: str) -> str:
        """A text with what matches replaced; where it matches too often, the rest of the text is withheld."""
        found, count = self.compiled.subn(masked, text, MOST_MATCHES)
        if count < MOST_MATCHES:
            return found
        last = deque(islice(self.compiled.finditer(text), count), maxlen=1)[0].end()
        rest = len(text) - last
        return found[: len(found) - rest] + withheld(rest) if rest else found


NO_VALUE = SecretPattern(
    r"(?:none|null|true|false|nil|undefined|os\.|getenv|process\.env|env\.|self\.|settings\.|config\.|str\b|"
    r"%(?![0-9A-F]{2})|[$<{\[(•]|\*{3}|\.{3}|…|x{4,}\b|your[_-])",
    re.IGNORECASE,
)
"""How what only names a secret begins: a variable, a placeholder, an annotation, or a mask."""
