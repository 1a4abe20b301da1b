"""Where the members of a container are in the layout of `json.dump(indent=2)`, without parsing.

A raw line break cannot occur inside a JSON text, so in this layout a line that begins with exactly two spaces more than
its container is a member of it.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from ckpt_tui.core.paths import Path
from ckpt_tui.core.value import Deferred

Check = Callable[[], None] | None

WINDOW = 1024 * 1024
"""Bytes that one call scans or parses: about a millisecond, during which no other thread runs."""

QUOTE = 0x22
CLOSING = {0x7B: b"}", 0x5B: b"]", QUOTE: b'"'}
"""The first byte of a container or a text → its last byte."""
_BRACE, _BRACKET = b"{["
_NEWLINE, _COMMA = b"\n,"

_NEAR = 4 * 1024
"""Bytes within which most members end: searched first, without a call of `check`."""

_TYPE_LIMIT = 4 * 1024
"""Bytes of the end of an envelope that hold the type it claims."""


def end_of_document(data: bytes) -> int | None:
    """Where the object that a file holds ends, without the white space behind it; None in another layout."""
    end = len(data) - len(data[-64:]) + len(data[-64:].rstrip())
    return end if data.startswith(b'{\n  "') and data.endswith(b"\n}", 0, end) else None


# -- members -----------------------------------------------------------------------------------------------------------


def member_spans(deferred: Deferred, check: Check = None) -> list[tuple[int, int]] | None:
    """Where the members of a container begin, keys included, and end; None when it is not in this layout."""
    data, start, end, level = deferred.data, deferred.start, deferred.end, deferred.level
    closing = CLOSING.get(data[start])
    last = end - 2 * level - 2
    if closing is None or data[start] == QUOTE or not data.endswith(_line(level) + closing, start + 1, end):
        return None
    pad, keys = _line(level + 1), closing == b"}"
    if data[last - 1] == _COMMA or not data.startswith(pad, start + 1):
        return None
    # A container ends where a line closes it that is indented as far as it; all lines within are indented further. The
    # longer what is searched for, the faster the search.
    ends = {opening: pad + close + b"," + pad + (b'"' if keys else b"") for opening, close in CLOSING.items()}
    spans: list[tuple[int, int]] = []
    at = start + 1 + len(pad)
    while True:
        if (keys and data[at] != QUOTE) or data[at] in b" \n]}":
            return None
        line = _find(data, b"\n", at, last, check)
        opening = data[line - 1] if line >= 0 else 0
        if opening in (_BRACE, _BRACKET):
            line = _find(data, ends[opening], line, last, check)
            line += len(pad) + 2 if line >= 0 else 0
        if line < 0:
            spans.append((at, last))
            return spans
        if data[line - 1] != _COMMA or not data.startswith(pad, line):
            return None
        spans.append((at, line - 1))
        at = line + len(pad)


def member_key(data: bytes, start: int, end: int) -> tuple[str, int]:
    """The key of a member of an object, and where its value begins.

    Raises:
        ValueError: there is none.
    """
    found = re.compile(_KEY).match(data, start, min(end, start + _KEY_LIMIT))
    if found is None:
        raise ValueError
    return json.loads(found[0][:-2]), found.end()


_KEY = rb'"(?:[^"\\\n]|\\.)*": '
_KEY_LIMIT = 64 * 1024


def _find(data: bytes, what: bytes, low: int, end: int, check: Check) -> int:
    """Where something occurs next, -1 when nowhere; calls `check` now and then."""
    found = data.find(what, low, min(low + _NEAR, end))
    if found >= 0 or low + _NEAR >= end:
        return found
    for start in range(low, end, WINDOW):
        if check is not None:
            check()
        # Searching from the end shows in a third of the time that a window holds nothing.
        last = data.rfind(what, start, min(start + WINDOW + len(what), end))
        if last >= 0:
            return data.find(what, start, last + len(what))
    return -1


def _line(level: int) -> bytes:
    return b"\n" + b"  " * level


# -- envelopes ---------------------------------------------------------------------------------------------------------


class Pickled(NamedTuple):
    """An envelope in the bytes of a file: its pickle from `start` to `end`, the type it claims, and where it ends."""

    start: int
    end: int
    claimed: str
    stop: int


def pickled(data: bytes, start: int) -> Pickled | None:
    """The envelope that begins at `start`; None where there is none, or one with more than its pickle and type."""
    found = re.compile(_ENVELOPE).match(data, start)
    if found is None:
        return None
    end = data.find(b'"', found.end())
    line = b'",\n' + found[1] + b'"__type__": "'
    if end < 0 or not data.startswith(line, end):
        return None
    begin = end + len(line)
    last = data.find(b"\n", begin)
    claimed = data[begin : last - 1]
    if last < 0 or data[last - 1] != QUOTE or b"\\" in claimed or b'"' in claimed or b"\\" in data[found.end() : end]:
        return None
    closing = b"\n" + found[1][2:] + b"}"
    if not data.startswith(closing, last):
        return None
    return Pickled(found.end(), end, str(claimed, "utf-8", "replace"), last + len(closing))


_ENVELOPE = rb'\{\n( *)"__pickled__": "'


def claimed_type(deferred: Deferred) -> str:
    """The type that an envelope claims, "" for anything else; for people, before it is parsed."""
    data, start, end = deferred.data, deferred.start, deferred.end
    pad = _line(deferred.level + 1)
    if data.startswith(pad + b'"__pickled__": "', start + 1):
        at = data.rfind(pad + b'"__type__": ', max(start, end - _TYPE_LIMIT), end)
        if at >= 0:
            try:
                claimed = json.loads(data[at + len(pad) + 12 : end - 2 * deferred.level - 2])
            except ValueError:
                return ""
            return claimed if type(claimed) is str else ""
    return ""


# -- paths -------------------------------------------------------------------------------------------------------------

PARTS = {"state": b"state", "messages": b"messages", "pending": b"pending_request_info_events"}
"""First step of a path → the key in the file."""


class Slice(NamedTuple):
    """The JSON text of the last value on a path that the file holds as JSON, and the steps that are left below it.

    Where there is nothing at the path, `start` and `end` are 0.
    """

    start: int
    end: int
    rest: Path = ()


ABSENT = Slice(0, 0)


def locate(data: bytes, path: Path) -> Slice | None:
    """Where a path leads in a file; None when the file has another layout, or the path begins with another part.

    Args:
        data: The bytes of the file.
        path: Steps in the JSON of `show`, its part first; a negative index counts from the end.
    """
    part = PARTS.get(path[0]) if path and type(path[0]) is str else None
    if part is None or not data.startswith(b'{\n  "workflow_name": ') or not data.endswith(b"\n}"):
        return None
    start = _member(data, 0, len(data), 0, part)
    if start is None or start < 0:
        return None
    level = 1
    for index, step in enumerate(path[1:], 1):
        end = _end_of(data, start, level)
        if end is None:
            return None
        if data[start] == _BRACE:
            found = _member(data, start, end, level, _key(step)) if type(step) is str else -1
            if found is None:
                return None
            if _member(data, start, end, level, b"__pickled__") != -1:
                return Slice(start, end, path[index:])
            if found < 0:
                return None if type(step) is str and not step.isascii() else ABSENT
            start = found
        elif data[start] == _BRACKET:
            spans = [] if end == start + 2 else member_spans(Deferred(data, start, end, level, _unread))
            if spans is None:
                return None
            if type(step) is not int or not -len(spans) <= step < len(spans):
                return ABSENT
            if len(spans) == 2 and data[spans[0][0]] == QUOTE:
                return Slice(start, end, path[index:])  # a name and its value: the name may make it a secret
            start = spans[step][0]
        else:
            return Slice(start, end, path[index:])
        level += 1
    end = _end_of(data, start, level)
    return None if end is None else Slice(start, end)


def _member(data: bytes, start: int, end: int, level: int, key: bytes) -> int | None:
    """Where the value of a key begins in a container of a level; -1 where it has no such key, None where it has two."""
    line = _line(level + 1) + b'"' + key + b'": '
    found = data.find(line, start, end)
    if found < 0:
        return -1
    begin = found + len(line)
    return None if data.find(line, begin, end) >= 0 else begin


def _end_of(data: bytes, start: int, level: int) -> int | None:
    """Where the value ends that begins at `start`; None where the layout is another."""
    if data[start] != _BRACE and data[start] != _BRACKET:
        end = data.find(b"\n", start)
        if end < 0:
            return None
        return end - 1 if data[end - 1] == _COMMA else end
    closing = CLOSING[data[start]]
    if data[start + 1] == closing[0]:
        return start + 2
    if data[start + 1] != _NEWLINE:
        return None
    line = _line(level) + closing
    end = data.find(line, start)
    return None if end < 0 else end + len(line)


@lru_cache(maxsize=64)  # a question asks each file for the same path
def _key(step: str) -> bytes:
    """A key as the framework writes it, without its quotes."""
    return json.dumps(step, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")


def _unread(deferred: Deferred, check: Check) -> None:
    """Stands for the reader of a container that is only measured."""
