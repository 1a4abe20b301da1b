"""The targets of the keys for runs and parents in the list of checkpoints, and why there are none."""

from __future__ import annotations

from collections.abc import Sequence

from ckpt_tui.core.runs import listing
from ckpt_tui.tui.view import View

_HEADINGS = listing.RunRow | listing.ProblemsRow | listing.FoldedRow
"""Rows that begin a run, or the problems."""


def heading_from(rows: Sequence[listing.Row], here: int, direction: int) -> int | None:
    """The index of the row that begins the next or the previous run.

    Args:
        rows: The rows of the list.
        here: The index of the cursor's row.
        direction: 1 for the next, -1 for the previous.
    """
    if direction < 0:  # the heading of this run first
        here = next((at for at in range(here, -1, -1) if isinstance(rows[at], _HEADINGS)), -1)
    places = range(here + 1, len(rows)) if direction > 0 else range(here - 1, -1, -1)
    return next((at for at in places if isinstance(rows[at], _HEADINGS)), None)


def why_no_run(view: View, direction: int) -> str:
    """Why there is no run after this one (`direction` 1), or before it (-1)."""
    where = "after" if direction > 0 else "before"
    word = view.terms.run
    return f"There is one {word}." if view.run_count == 1 else f"No {word} is {where} this one."


def parent_from(rows: Sequence[listing.Row], here: int) -> int | None:
    """The index of the parent of the checkpoint at an index; None where the list does not show it."""
    row = rows[here] if here < len(rows) else None
    if not isinstance(row, listing.NodeRow) or row.node.parent is None:
        return None
    for index in range(here - 1, -1, -1):
        other = rows[index]
        if isinstance(other, listing.NodeRow) and other.node.ref.id == row.node.parent:
            return index
    return None


def why_no_parent(row: listing.Row | None) -> str:
    """Why a row has no parent; "" where it has one."""
    if not isinstance(row, listing.NodeRow):
        return "This row is not a checkpoint."
    return "This checkpoint has no parent: the run begins here." if row.node.parent is None else ""
