"""A search over checkpoints in its present state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ckpt_tui.core.find.question import Match
    from ckpt_tui.tui.widgets.status import Part

Scope = Literal["store", "run", "checkpoint"]


@dataclass
class StoreSearch:
    """A search over checkpoints; the browser keeps it, so that it can be shown again and travelled through.

    Attributes:
        text: The text or the regular expression.
        scope: The scope.
        where: An index of keys and values, keys, values.
        regex: The text is a regular expression.
        matches: The matches.
        at: The match that was gone to, or -1.
        counts: How many matches were found, as the line at the top shows it.
    """

    text: str = ""
    scope: Scope = "store"
    where: int = 0
    regex: bool = False
    matches: list[Match] = field(default_factory=list)
    at: int = -1
    counts: list[Part] = field(default_factory=list)
