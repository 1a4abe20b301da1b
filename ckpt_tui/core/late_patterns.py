"""Regular expressions that are compiled when they are first used: most runs need few of them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Generic, TypeVar

Text = TypeVar("Text", str, bytes)


class LatePattern(Generic[Text]):
    """A regular expression that is compiled when it is first used.

    Args:
        text: The expression.
        flags: Those of `re.compile`.
    """

    def __init__(self, text: Text, flags: int = 0) -> None:
        self._text: Text = text
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[Text]:
        """The expression, compiled."""
        return re.compile(self._text, self._flags)
