"""Whether two JSON texts in the framework's own layout say the same, told without parsing them.

They are read side by side from one place where they part to the next, each of which tells by its lines what it is (see
`ckpt_tui.core.documents.lazy`). What is left in doubt is said to be: whoever asks has to parse both.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from ckpt_tui.core.documents.envelope import open_envelope
from ckpt_tui.core.documents.slices import pickled
from ckpt_tui.core.steps.same import same
from ckpt_tui.core.value import Envelope, Value

_PAIRS = 1_000
"""Pickles that differ between two texts before these are parsed after all."""

_KEPT = 64
_KEPT_SIZE = 16 * 1024
"""Pickles kept decoded, and the characters of the longest: each is compared with the one before and after it."""

_WINDOW = 64 * 1024

_MEMBER = re.compile(rb'\n( *)"(?:[^"\\\n]|\\.)*": ')
_CLOSING_LINE = re.compile(rb"\n( *)[]}]")
_BRACE, _BRACKET = b"{["
_CLOSES = {_BRACE: ord("}"), _BRACKET: ord("]")}
_NEWLINE, _COMMA = b"\n,"


def same_unparsed(one: bytes, other: bytes) -> bool | None:
    """Whether two texts say the same, as `core.steps.same` tells it of their values; None where that is in doubt.

    They surely differ where a container goes on in one and ends in the other, where a member with the same key has
    another number, text, true, false or null, and where two pickles do. Members in another order are in doubt.
    """
    pairs: list[tuple[bytes, bytes]] = []
    at = at_other = 0
    while (length := _same_length(one, at, other, at_other)) is not None:
        here, there = at + length, at_other + length
        if here == len(one) or there == len(other) or len(pairs) == _PAIRS:
            return None
        begin = one.rfind(b"\n", at, here) - 1
        found = pickled(one, begin) if begin >= at else None
        found_in_other = pickled(other, begin - at + at_other) if found is not None and found.start <= here else None
        if found is None or found_in_other is None:
            return False if _differ(one, at, other, at_other, length) else None
        pairs.append((one[found.start : found.end], other[found_in_other.start : found_in_other.end]))
        at, at_other = found.end, found_in_other.end
    return all(same(_opened(text), _opened(text_of_other)) for text, text_of_other in pairs)


def _same_length(one: bytes, at: int, other: bytes, at_other: int) -> int | None:
    """How far two texts are the same from two places on; None when to their ends."""
    size, length = 256, 0
    while True:
        part, part_of_other = one[at : at + size], other[at_other : at_other + size]
        if part != part_of_other:
            break
        if len(part) < size:
            return None
        at, at_other, length = at + size, at_other + size, length + size
        size = min(size * 4, _WINDOW)
    low, high = 0, min(len(part), len(part_of_other))
    if part[:high] == part_of_other[:high]:
        return length + high
    while high - low > 1:
        middle = (low + high) // 2
        if part[low:middle] == part_of_other[low:middle]:
            low = middle
        else:
            high = middle
    return length + low


def _differ(one: bytes, at: int, other: bytes, at_other: int, length: int) -> bool:
    """Whether the values surely differ that part after so many characters."""
    here, there = at + length, at_other + length
    marks = one[here], other[there]
    before = one[here - 1] if here else _COMMA
    if _NEWLINE in marks:
        # No text holds a line break, so what is before it is a whole value, or the bracket that begins a container.
        mark = marks[0] if marks[1] == _NEWLINE else marks[1]
        if before in _CLOSES:
            return mark == _CLOSES[before]
        if mark == _COMMA:
            last = _CLOSING_LINE.match(one, here) or _CLOSING_LINE.match(other, there)
            return last is not None and not _has_pickle(one, other, len(last[1]) + 2)
    start = one.rfind(b"\n", at, here)
    key = _MEMBER.match(one, start) if start >= 0 else None
    if key is None or key.end() > here or _has_pickle(one, other, len(key[1])):
        return False
    values = _scalar(one, key.end(), here), _scalar(other, key.end() - at + at_other, there)
    return None not in values and values[0] != values[1]


def _has_pickle(one: bytes, other: bytes, indent: int) -> bool:
    """Whether there are envelopes whose members are indented so far: what else is in one does not count."""
    line = b"\n" + b" " * indent + b'"__pickled__": '
    return line in one or line in other


def _scalar(text: bytes, start: int, at: int) -> tuple[type, str] | None:
    """What tells the number, text, true, false or null that begins at `start` from others; None for anything else."""
    end = text.find(b"\n", at)
    value = text[start : end if end >= 0 else len(text)].removesuffix(b",")
    if value[:1] in (b"", b"{", b"["):
        return None
    try:
        found = json.loads(value.decode())
    except ValueError:
        return None
    return type(found), repr(found)


def _opened(text: bytes) -> Value:
    return _decoded(text) if len(text) <= _KEPT_SIZE else _decode(text)


def _decode(text: bytes) -> Value:
    return open_envelope(Envelope(str(text, "utf-8", "replace"), ""))


_decoded = lru_cache(maxsize=_KEPT)(_decode)
