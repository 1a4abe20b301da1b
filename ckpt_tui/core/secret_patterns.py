"""Shared by the modules that find secrets in texts: patterns that are compiled late, and the masks."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from itertools import islice

from ckpt_tui.core.late_patterns import LatePattern

MASK = "••••••"
"""The mask that people see in the place of a secret."""

MOST_SECRETS = 20_000
"""Secrets of one sort in one text that are masked one by one; of a text that holds more, the rest is not shown."""

MOST_MATCHES = 100_000
"""Places of one text that are examined for one sort of secrets."""

NOT_LOOKED_AT = f"{MASK} (not shown: not looked through for secrets)"
"""Stands for a text that was not searched, because very many before it held secrets."""


def withheld(characters: int) -> str:
    """The text that stands for the rest of a text that was not searched."""
    return f"{MASK} ({characters:,} more characters are not shown: they were not looked through for secrets)"


class SecretPattern(LatePattern[str]):
    """A regular expression that finds secrets, compiled late: most texts need none, and all take 10 ms."""

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
"""The beginnings of values that only name a secret: a variable, a placeholder, an annotation, or a mask."""
