"""Large files in the framework's own layout, `json.dump(indent=2)`: parsed where and when a value is looked at.

A raw line break cannot stand inside a JSON text, so in this layout a line that begins with exactly two spaces more than
its container is a member of it. Cutting at those lines takes no parser. What is cut out is parsed or cut further when
it is opened, so that every byte is verified before it is shown as a value: pieces that are JSON, between commas and
brackets, make the same value as the whole.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable

from ckpt_tui.core.budgets import INLINE_SPAN, JSON_VALUES
from ckpt_tui.core.document import Document, DocumentFault, joined, parse_pairs, repeated_note
from ckpt_tui.core.document import parse as parse_whole
from ckpt_tui.core.envelope import PICKLED, TYPE, open_deferred, parsed
from ckpt_tui.core.value import Deferred, Envelope, Map, Opaque, Value

Check = Callable[[], None] | None

_WINDOW = 1024 * 1024
"""Bytes that one call scans or parses: about a millisecond, during which no other thread runs."""

_MANY = 10_000
_DENSE = 200
"""Members after which, with so few bytes a member, it is faster to look at every line than to step over them."""

_NEAR = 4 * 1024
"""Bytes in which most members end: looked at first, and without asking whether to go on."""

_SMALL = 512
"""Bytes of a container that is parsed with the one around it: less than what deferring it costs."""

_SCALAR = 64 * 1024
"""Bytes of a text or number that is parsed with the container around it."""

_GROUP = 64 * 1024
"""Bytes of small members that are parsed together."""

_KEY = re.compile(rb'"(?:[^"\\\n]|\\.)*": ')
_KEY_LIMIT = 64 * 1024
_TYPE_LIMIT = 4 * 1024

_QUOTE = 0x22
_COMMA = 0x2C
_CLOSING = {0x7B: b"}", 0x5B: b"]", _QUOTE: b'"'}


def parse(data: bytes, check: Check = None) -> Document:
    """Parse a checkpoint file; in the framework's own layout only its first level, with `Deferred` below.

    Args:
        data: The file.
        check: Called now and then; whatever it raises ends the parsing.

    Raises:
        DocumentFault: the bytes are no JSON document that can be shown.
    """
    end = len(data) - len(data[-64:]) + len(data[-64:].rstrip())
    if data.startswith(b'{\n  "') and data.endswith(b"\n}", 0, end) and _is_utf8(data, check):
        value = _container(Deferred(data, 0, end, 0, read_part), check)
        if type(value) is dict:
            return Document(value, ())
        if type(value) is Map:
            keys = value.kv[::2]
            return Document(value, (repeated_note({key for key in keys if keys.count(key) > 1}),))
    return parse_whole(data)


def _is_utf8(data: bytes, check: Check) -> bool:
    if data.isascii():  # 4 ms for 100 MB
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_clean = True
    try:
        for start in range(0, len(data), _WINDOW):
            if check is not None:
                check()
            piece = data[start : start + _WINDOW]
            if not is_clean or not piece.isascii():
                decoder.decode(piece)
                is_clean = not decoder.getstate()[0]
    except UnicodeDecodeError:
        return False
    return is_clean


def read_part(deferred: Deferred, check: Check) -> Value:
    """One level of a part of a file."""
    data, start, end = deferred.data, deferred.start, deferred.end
    if end - start > INLINE_SPAN:
        value = _text(data, start, end, check) if deferred.is_text else _container(deferred, check)
        if value is not None:
            return value
    return _whole(data, start, end)


def read_members(deferred: Deferred, check: Check) -> Value:
    """One level of a part of a file, however small it is, for whoever compares it with another one."""
    value = None if deferred.is_text else _container(deferred, check)
    return read_part(deferred, check) if value is None else value


def _whole(data: bytes, start: int, end: int) -> Value:
    try:
        return parse_whole(data[start:end]).value
    except DocumentFault as fault:
        return Opaque(fault.reason, end - start)


# -- containers ------------------------------------------------------------------------------------------------------


def _container(deferred: Deferred, check: Check) -> Value:
    """The members of a container; None when it is in another layout or damaged."""
    spans = _spans(deferred, check)
    if spans is None:
        return None
    if len(spans) > JSON_VALUES:
        reason = f"a container of {len(spans):,} values; at most {JSON_VALUES:,} are read"
        return Opaque(reason, deferred.end - deferred.start)
    pieces = _Pieces(deferred, check)
    try:
        for start, end in spans:
            pieces.add(start, end)
        pieces.flush()
    except (DocumentFault, ValueError):
        return None
    return pieces.items if pieces.is_list else _object(pieces.pairs, check)


def _object(pairs: list[tuple[str, Value]], check: Check) -> Value:
    members = dict(pairs)
    if PICKLED not in members or TYPE not in members or len(members) != len(pairs):
        return joined(pairs)
    text, claimed = members[PICKLED], parsed(members[TYPE], check)
    if type(text) is Deferred and text.is_text:
        inner = memoryview(text.data)[text.start + 1 : text.end - 1]
        if text.data.find(b"\\", text.start, text.end) < 0:
            return Envelope(inner, claimed if type(claimed) is str else "")
        text = open_deferred(text, check)
    return joined(list({**members, PICKLED: text, TYPE: claimed}.items()))


def _spans(deferred: Deferred, check: Check) -> list[tuple[int, int]] | None:
    """Where the members of a container begin and end; None when it is not in this layout."""
    data, start, end, level = deferred.data, deferred.start, deferred.end, deferred.level
    closing = _CLOSING.get(data[start])
    last = end - 2 * level - 2
    if closing is None or data[start] == _QUOTE or not data.endswith(b"\n" + b"  " * level + closing, start + 1, end):
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
    ends = {opening: (pad + close, pad + close + b"," + pad + quote) for opening, close in _CLOSING.items()}
    while at < last:
        if (keys and data[at] != _QUOTE) or data[at] in b" \n]}":
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
    for start in range(low, end, _WINDOW):
        if check is not None:
            check()
        # Searching from the end tells in a third of the time that a window holds nothing.
        last = data.rfind(what, start, min(start + _WINDOW + len(what), end))
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
        for low in range(start, end, _WINDOW):
            if check is not None:
                check()
            high = min(low + _WINDOW + size, end)
            at = data.find(wanted, low, high)
            while at >= 0:
                found.append(at + size)
                at = data.find(wanted, at + size, high)
        return found
    pattern = re.compile(re.escape(pad) + rb"[^ \n}\]]")
    for low in range(start, end, _WINDOW):
        if check is not None:
            check()
        found += [match.end() - 1 for match in pattern.finditer(data, low, min(low + _WINDOW + size, end))]
    return found


class _Pieces:
    """Makes the members of a container from their spans: small ones together, large ones deferred."""

    def __init__(self, parent: Deferred, check: Check) -> None:
        self.data = parent.data
        self.level = parent.level + 1
        self.check = check
        self.is_list = parent.data[parent.start] == 0x5B
        self.items: list[Value] = []
        self.pairs: list[tuple[str, Value]] = []
        self.begin = -1
        self.end = -1

    def add(self, start: int, end: int) -> None:
        """Take the next member.

        Raises:
            DocumentFault, ValueError: it is no JSON.
        """
        size = end - start
        if size <= _SMALL or (size <= _SCALAR and self.data[end - 1] not in b"}]"):
            if self.begin < 0:
                self.begin = start
            elif end - self.begin > _GROUP:
                self.flush()
                self.begin = start
            self.end = end
            return
        self.flush()
        key = ""
        if not self.is_list:
            found = _KEY.match(self.data, start, min(end, start + _KEY_LIMIT))
            if found is None:
                raise ValueError
            key = json.loads(found[0][:-2])
            start = found.end()
        closing = _CLOSING.get(self.data[start])
        if closing is not None:
            if self.data[end - 1] != closing[0]:
                raise ValueError
            value: Value = Deferred(self.data, start, end, self.level, read_part)
            if end - start > INLINE_SPAN:
                value.claimed = _claimed(value)
        else:
            value = parse_whole(self.data[start:end]).value
        if self.is_list:
            self.items.append(value)
        else:
            self.pairs.append((key, value))

    def flush(self) -> None:
        """Parse the small members that were taken.

        Raises:
            DocumentFault, ValueError: they are no JSON.
        """
        if self.begin < 0:
            return
        if self.check is not None:
            self.check()
        text = self.data[self.begin : self.end]
        self.begin = -1
        if self.is_list:
            self.items += parse_whole(b"[" + text + b"]").value
        else:
            self.pairs += parse_pairs(b"{" + text + b"}")


def _claimed(deferred: Deferred) -> str:
    """The type that an envelope claims, "" for anything else; for people, before it is parsed."""
    data, start, end = deferred.data, deferred.start, deferred.end
    pad = b"\n" + b"  " * (deferred.level + 1)
    if data.startswith(pad + b'"__pickled__": "', start + 1):
        at = data.rfind(pad + b'"__type__": ', max(start, end - _TYPE_LIMIT), end)
        if at >= 0:
            try:
                claimed = json.loads(data[at + len(pad) + 12 : end - 2 * deferred.level - 2])
            except ValueError:
                return ""
            return claimed if type(claimed) is str else ""
    return ""


# -- long texts ------------------------------------------------------------------------------------------------------


def _text(data: bytes, start: int, end: int, check: Check) -> Value:
    """A long text, parsed in pieces; None when that does not work."""
    parts = []
    at, last = start + 1, end - 1
    if data[last] != _QUOTE:
        return None
    try:
        while at < last:
            if check is not None:
                check()
            cut = _cut(data, at, last)
            part = json.loads(b'"' + data[at:cut] + b'"')
            if type(part) is not str:
                return None
            parts.append(part)
            at = cut
    except ValueError:
        return None
    return "".join(parts)


def _cut(data: bytes, start: int, end: int) -> int:
    """Where to cut a text: in no character, no escape and no pair of escapes."""
    high = start + _WINDOW
    if high >= end:
        return end
    for cut in range(high, max(high - 4096, start), -1):
        before = data[max(cut - 12, start) : cut]
        escaped = (len(before) - len(before.rstrip(b"\\"))) % 2
        if data[cut] & 0xC0 != 0x80 and not escaped and b"\\u" not in before:
            return cut
    return end
