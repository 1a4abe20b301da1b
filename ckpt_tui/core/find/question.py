"""The search for a text in checkpoints: the question, the matcher, and the matches as they are reported.

Every match has the path of a member (of a key) or of a leaf (of a value), as the JSON of `show` has them. The search
itself is in `ckpt_tui.core.find.finder`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.paths import Path
from ckpt_tui.core.runs.unread_files import Unread
from ckpt_tui.core.shown_names import masked_name, masked_path

_SHOWN, _BEFORE = 160, 40
"""Characters shown of a long text, and how many of them before the match."""

Spot = tuple[int, int]
"""Where a match begins and ends in a text."""

Matcher = Callable[[str], Spot | None]
"""Finds the first match in a text."""


class Question(NamedTuple):
    """What to find.

    Attributes:
        text: The text, or the regular expression. Without an upper case letter, case does not matter.
        regex: It is a regular expression.
        keys: Look in keys.
        values: Look in values.
        reveal: Look in secrets, too, and show them.
    """

    text: str
    regex: bool = False
    keys: bool = True
    values: bool = True
    reveal: bool = False


class Hit(NamedTuple):
    """One match in a checkpoint.

    Attributes:
        path: Where it is in the JSON of `show`.
        where: In a key, or in a value.
        text: The key, or the text around the match, cut with `…` where it is long.
        spot: Where the match is in `text`.
    """

    path: Path
    where: Literal["key", "value"]
    text: str
    spot: Spot


class Match(NamedTuple):
    """A match and its checkpoint."""

    ref: CheckpointRef
    hit: Hit


def text_matcher(text: str) -> Matcher:
    """Finds a text; case matters when it has an upper case letter."""
    size = len(text)
    if text != text.lower():

        def strict(where: str) -> Spot | None:
            at = where.find(text)
            return None if at < 0 else (at, at + size)

        return strict

    def relaxed(where: str) -> Spot | None:
        at = where.find(text)
        if at < 0:
            lower = where.lower()
            at = lower.find(text)
            if at >= 0 and len(lower) != len(where):  # a letter that is two in lower case: close is good enough
                at = min(at, max(len(where) - size, 0))
        return None if at < 0 else (at, min(at + size, len(where)))

    return relaxed


def excerpt(text: str, spot: Spot) -> tuple[str, Spot]:
    """The excerpt of a text around a match, cut with `…` where it is long, and where the match is in it."""
    begin, end = spot
    if len(text) > _SHOWN:
        low = max(min(begin - _BEFORE, len(text) - _SHOWN), 0)
        high = min(low + _SHOWN, len(text))
        before = "…" if low else ""
        begin, end = begin - low + len(before), min(end, high) - low + len(before)
        text = before + text[low:high] + ("…" if high < len(text) else "")
    return text, (begin, end)


def find_document(
    matches: Iterable[Match], truncated: bool, checkpoints: int, unread: Iterable[Unread] = ()
) -> dict[str, Any]:
    """The document of `find --json`; `unread` is what could not be searched."""
    document: dict[str, Any] = {
        "schema": "ckpt-tui/find@1",
        "matches": [
            {"id": masked_name(ref.id), "path": masked_path(hit.path), "in": hit.where, "text": hit.text} | _store(ref)
            for ref, hit in matches
        ],
        "truncated": truncated,
        "checkpoints": checkpoints,
    }
    missed = [gap._asdict() for gap in unread]
    return document | {"unread": missed} if missed else document


def _store(ref: CheckpointRef) -> dict[str, str]:
    """The store of a checkpoint where several are searched as one."""
    return {"store": ref.store_metadata.store} if ref.store_metadata is not None and ref.store_metadata.store else {}
