"""The widths of the browser's panes: which are side by side, and where their borders can be."""

from __future__ import annotations

from typing import NamedTuple

SHARED = 100
"""Columns from which the list and a checkpoint are side by side."""

LEAST = 40
"""Columns of the narrowest of two panes that can still be read."""

ROOMY = 60
"""Columns that each of three panes has at least."""

WIDE = 3 * ROOMY
"""Columns from which a third pane, of the conversation, is shown beside the values."""

_LIST = 76
"""Columns of the list at most, unless it is widened by hand."""


class PaneWidths(NamedTuple):
    """Columns of each pane.

    Attributes:
        list: Those of the list.
        detail: Those of the checkpoint.
        second: Those of the third pane; 0 where there is none.
    """

    list: int
    detail: int
    second: int = 0


def pane_widths(width: int, list_share: int = 0, second_share: int = 0) -> PaneWidths | None:
    """The columns of each pane; None where one pane has the whole width.

    Args:
        width: Columns of the screen.
        list_share: Columns that are wanted for the list; 0 where its border was not moved.
        second_share: The same for the third pane.
    """
    if width < SHARED:
        return None
    if width >= WIDE:
        first = max(list_share or min(width // 3, _LIST), ROOMY)
        if first <= width - 2 * ROOMY:
            rest = width - first
            second = min(max(second_share or rest // 2, ROOMY), rest - ROOMY)
            return PaneWidths(first, rest - second, second)
    first = min(max(list_share or min(width // 2, _LIST), LEAST), width - LEAST)
    return PaneWidths(first, width - first)
