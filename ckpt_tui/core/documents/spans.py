"""Where the members of a container stand in the framework's own layout, `json.dump(indent=2)`, told without parsing.

A raw line break cannot stand inside a JSON text, so in this layout a line that begins with exactly two spaces more than
its container is a member of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ckpt_tui.core.value import Deferred

Check = Callable[[], None] | None

WINDOW = 1024 * 1024
"""Bytes that one call scans or parses: about a millisecond, during which no other thread runs."""

QUOTE = 0x22
CLOSING = {0x7B: b"}", 0x5B: b"]", QUOTE: b'"'}
"""What begins a container or a text → what ends it."""

_COMMA = 0x2C

_MANY = 10_000
_DENSE = 200
"""Members after which, with so few bytes a member, it is faster to look at every line than to step over them."""

_NEAR = 4 * 1024
"""Bytes in which most members end: looked at first, and without asking whether to go on."""


def member_spans(deferred: Deferred, check: Check) -> list[tuple[int, int]] | None:
    """Where the members of a container begin and end; None when it is not in this layout."""
    data, start, end, level = deferred.data, deferred.start, deferred.end, deferred.level
    closing = CLOSING.get(data[start])
    last = end - 2 * level - 2
    if closing is None or data[start] == QUOTE or not data.endswith(b"\n" + b"  " * level + closing, start + 1, end):
        return None
    indent = 2 * level + 2
    if data[last - 1] == _COMMA:
        return None
    spans, is_dense = _steps(data, start + 1, last, b"\n" + b" " * indent, closing == b"}", check)
    if spans is not None or not is_dense:
        return spans
    starts = _lines(data, start + 1, last, indent, closing == b"}", check)
    if not starts or starts[0] != start + 2 + indent:
        return None
    ends = [at - indent - 2 for at in starts[1:]]
    if any(data[at] != _COMMA for at in ends):
        return None
    return list(zip(starts, [*ends, last], strict=True))


def _steps(
    data: bytes, start: int, last: int, pad: bytes, keys: bool, check: Check
) -> tuple[list[tuple[int, int]] | None, bool]:
    """Where the members begin and end that `pad` precedes, stepping over each in one search for its end.

    A container ends where a line closes it that is indented as far as it; all lines within are indented further. The
    longer what is searched for, the faster the search. None when the layout is another one, or when there are so many
    small members that another way is faster; the second value tells which.
    """
    spans: list[tuple[int, int]] = []
    if not data.startswith(pad, start):
        return None, False
    at = start + len(pad)
    quote = b'"' if keys else b""
    ends = {opening: (pad + close, pad + close + b"," + pad + quote) for opening, close in CLOSING.items()}
    while at < last:
        if (keys and data[at] != QUOTE) or data[at] in b" \n]}":
            return None, False
        line = _find(data, b"\n", at, last, check)
        if line < 0:
            spans.append((at, last))
            return spans, False
        if data[line - 1] in b"{[":
            close, between = ends[data[line - 1]]
            end = _find(data, between, line, last, check)
            if end < 0:
                spans.append((at, last))
                return spans, False
            end += len(close)
            spans.append((at, end))
            at = end + 1 + len(pad)
        else:
            if data[line - 1] != _COMMA or not data.startswith(pad, line):
                return None, False
            spans.append((at, line - 1))
            at = line + len(pad)
            if len(spans) == _MANY and at - start < _MANY * _DENSE:
                return None, True
    return None, False


def _find(data: bytes, what: bytes, low: int, end: int, check: Check) -> int:
    """Where something stands next, -1 when nowhere; asks `check` now and then."""
    found = data.find(what, low, min(low + _NEAR, end))
    if found >= 0 or low + _NEAR >= end:
        return found
    for start in range(low, end, WINDOW):
        if check is not None:
            check()
        # Searching from the end tells in a third of the time that a window holds nothing.
        last = data.rfind(what, start, min(start + WINDOW + len(what), end))
        if last >= 0:
            return data.find(what, start, last + len(what))
    return -1


def _lines(data: bytes, start: int, end: int, indent: int, keys_only: bool, check: Check) -> list[int]:
    """Where the first character stands on the lines that are indented so far."""
    found: list[int] = []
    pad = b"\n" + b" " * indent
    size = len(pad)
    if keys_only:
        wanted = pad + b'"'
        for low in range(start, end, WINDOW):
            if check is not None:
                check()
            high = min(low + WINDOW + size, end)
            at = data.find(wanted, low, high)
            while at >= 0:
                found.append(at + size)
                at = data.find(wanted, at + size, high)
        return found
    pattern = re.compile(re.escape(pad) + rb"[^ \n}\]]")
    for low in range(start, end, WINDOW):
        if check is not None:
            check()
        found += [match.end() - 1 for match in pattern.finditer(data, low, min(low + WINDOW + size, end))]
    return found
