"""What ways to find secrets in texts share: patterns that are compiled late, and what is shown in a secret's place."""

from __future__ import annotations

import re

MASK = "••••••"
"""What people see in the place of a secret."""


class LatePattern:
    """A regular expression that is compiled when it is first used: most texts need none, and all take 10 ms."""

    __slots__ = ("_flags", "_known", "_text")

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags
        self._known: re.Pattern[str] | None = None

    @property
    def known(self) -> re.Pattern[str]:
        """The expression, compiled."""
        if self._known is None:
            self._known = re.compile(self._text, self._flags)
        return self._known


NO_VALUE = LatePattern(
    r"(?:none|null|true|false|nil|undefined|os\.|getenv|process\.env|env\.|self\.|settings\.|config\.|str\b|"
    r"%(?![0-9A-F]{2})|[$<{\[(•])",
    re.IGNORECASE,
)
"""How what only names a secret begins: a variable, a placeholder, an annotation, or a mask."""
