"""Where the value of a plain path stands in the bytes of a checkpoint file, without parsing them.

Works for the framework's own layout, `json.dump(indent=2)`: a raw line break cannot stand inside a JSON text, so a line
that begins with exactly two spaces more than its container is a member of it (see `ckpt_tui.core.documents.lazy`).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

from ckpt_tui.core.paths import Path

PARTS = {"state": b"state", "messages": b"messages", "pending": b"pending_request_info_events"}
"""First step of a path → the key in the file."""

_BEGIN = b'{\n  "workflow_name": '
_ENVELOPE = b'"__pickled__": '
_BRACE, _BRACKET = b"{["
_CLOSING = {_BRACE: b"}", _BRACKET: b"]"}
_NEWLINE, _COMMA, _QUOTE = b'\n,"'


class Slice(NamedTuple):
    """The JSON text of the last value on a path that stands in the file as JSON, and the steps that are left below it.

    Where there is nothing at the path, `start` and `end` are 0.
    """

    start: int
    end: int
    rest: Path = ()


ABSENT = Slice(0, 0)


class Pickled(NamedTuple):
    """An envelope in the bytes of a file: its pickle from `start` to `end`, the type it claims, and where it ends."""

    start: int
    end: int
    claimed: str
    stop: int


def pickled(data: bytes, start: int) -> Pickled | None:
    """The envelope that begins at `start`; None where there is none, or one with more than its pickle and type."""
    found = _ENVELOPE_BEGIN.match(data, start)
    if found is None:
        return None
    end = data.find(b'"', found.end())
    line = b'",\n' + found[1] + b'"__type__": "'
    if end < 0 or not data.startswith(line, end):
        return None
    begin = end + len(line)
    last = data.find(b"\n", begin)
    claimed = data[begin : last - 1]
    if last < 0 or data[last - 1] != _QUOTE or b"\\" in claimed or b'"' in claimed or b"\\" in data[found.end() : end]:
        return None
    closing = b"\n" + found[1][2:] + b"}"
    if not data.startswith(closing, last):
        return None
    return Pickled(found.end(), end, str(claimed, "utf-8", "replace"), last + len(closing))


_ENVELOPE_BEGIN = re.compile(rb'\{\n( *)"__pickled__": "')


def is_own_layout(data: bytes) -> bool:
    """Whether a file begins and ends as the framework writes it."""
    return data.startswith(_BEGIN) and data.endswith(b"\n}")


def locate(data: bytes, path: Path) -> Slice | None:
    """Where a path leads in a file; None when the file has another layout, or the path begins with another part.

    Args:
        data: The bytes of the file.
        path: Steps in the JSON of `show`, its part first; a negative index counts from the end.
    """
    part = PARTS.get(path[0]) if path and type(path[0]) is str else None
    if part is None or not is_own_layout(data):
        return None
    start = member(data, 0, len(data), 0, part)
    if start is None or start < 0:
        return None
    return descend(data, start, 1, path[1:])


def descend(data: bytes, start: int, level: int, path: Path, end: int | None = None) -> Slice | None:
    """Where a path leads from the value that begins at `start`, a member of a container of so many levels less one.

    `end` is where that value ends, if it is known.
    """
    for index, step in enumerate(path):
        end = end_of(data, start, level) if end is None else end
        if end is None:
            return None
        first = data[start]
        if first == _BRACE:
            if data.startswith(_ENVELOPE, start + 2 * level + 4):
                return Slice(start, end, path[index:])
            found = member(data, start, end, level, _key(step)) if type(step) is str else -1
            if found is None:
                return None
            if found < 0:
                if member(data, start, end, level, b"__pickled__") != -1:
                    return Slice(start, end, path[index:])
                return None if type(step) is str and not step.isascii() else ABSENT
            start = found
        elif first == _BRACKET:
            if type(step) is not int:
                return ABSENT
            starts = items(data, start, end, level)
            if not -len(starts) <= step < len(starts):
                return ABSENT
            if len(starts) == 2 and data[starts[0]] == _QUOTE:
                return Slice(start, end, path[index:])  # a name and its value: the name may make it a secret
            start = starts[step]
        else:
            return Slice(start, end, path[index:])
        level += 1
        end = None
    end = end_of(data, start, level) if end is None else end
    return None if end is None else Slice(start, end)


def member(data: bytes, start: int, end: int, level: int, key: bytes) -> int | None:
    """Where the value of a key begins in a container of a level; -1 where it has no such key, None where it has two."""
    line = _line(level, key)
    found = data.find(line, start, end)
    if found < 0:
        return -1
    begin = found + len(line)
    return None if data.find(line, begin, end) >= 0 else begin


def items(data: bytes, start: int, end: int, level: int) -> list[int]:
    """Where the items of a list begin."""
    return [match.end() - 1 for match in _item_lines(level).finditer(data, start, end)]


def members(data: bytes, start: int, end: int, level: int) -> list[tuple[bytes, int]]:
    """The keys of an object as the file writes them, quoted, and where their values begin."""
    return [(match[1], match.end()) for match in _key_lines(level).finditer(data, start, end)]


def end_of(data: bytes, start: int, level: int) -> int | None:
    """Where the value ends that begins at `start`; None where the layout is another."""
    closing = _CLOSING.get(data[start])
    if closing is None:
        end = data.find(b"\n", start)
        if end < 0:
            return None
        return end - 1 if data[end - 1] == _COMMA else end
    if data[start + 1] == closing[0]:
        return start + 2
    if data[start + 1] != _NEWLINE:
        return None
    line = b"\n" + b"  " * level + closing
    end = data.find(line, start)
    return None if end < 0 else end + len(line)


@lru_cache(maxsize=1024)
def _key(step: str) -> bytes:
    """A key as the framework writes it, without its quotes."""
    return json.dumps(step, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")


@lru_cache(maxsize=4096)
def _line(level: int, key: bytes) -> bytes:
    return b"\n" + b"  " * (level + 1) + b'"' + key + b'": '


@lru_cache(maxsize=256)
def _item_lines(level: int) -> re.Pattern[bytes]:
    return re.compile(b"\n" + b"  " * (level + 1) + rb"[^ \n}\]]")


@lru_cache(maxsize=256)
def _key_lines(level: int) -> re.Pattern[bytes]:
    return re.compile(b"\n" + b"  " * (level + 1) + rb'("(?:[^"\\\n]|\\.)*"): ')
