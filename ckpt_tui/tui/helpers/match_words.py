"""What there is to say of a search in a pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ckpt_tui.tui.widgets.status import Part

SEARCH_HINT = "search: a text; an upper case letter makes it strict about case"


def match_word(at: int, total: int, match: str, back: str = "ends") -> Part:
    """Return which match is shown, in words, and the style; `at` counts from 1, `back` is what Escape does."""
    if not total:
        return (f" No match for {match!a}. ", "warn")
    return (f" match {at:,} of {total:,} for {match!a} · n next · N previous · esc {back} ", "plain")
