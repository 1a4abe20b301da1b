"""The prompt for a text to search, and the text about its matches."""

from __future__ import annotations

from ckpt_tui.tui.widgets.prompt import Prompted
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.status import Part

SEARCH = Prompted("search", "text; an upper-case letter makes it case-sensitive", "searches")


def match_word(at: int, total: int, match: str, back: str = "ends") -> Part:
    """Which match is shown, as text; `at` counts from 1, `back` is what Escape does."""
    if not total:
        return (f" No match for {match!a}. ", "warn")
    return (f" match {at:,} of {total:,} for {match!a} · {ways_on(back)} ", "plain")


def ways_on(back: str = "ends") -> str:
    """The keys that go to other matches, and what Escape does."""
    names = ("search.next", "search.previous", "app.back")
    return " · ".join(f"{keys_of(name)} {word}" for name, word in zip(names, ("next", "previous", back), strict=True))
