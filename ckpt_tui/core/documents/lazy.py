"""Large files in the framework's own layout: parsed where and when a value is used.

A container is cut into its members without a parser (`core.documents.indented`). What is cut out is parsed or cut
further when it is opened, so that every byte is verified before it is shown as a value: pieces that are JSON, between
commas and brackets, make the same value as the whole.
"""

from __future__ import annotations

import codecs
import json

from ckpt_tui.core.budgets import INLINE_SPAN, JSON_SPANS
from ckpt_tui.core.documents.document import Document, DocumentFault, joined, parse_pairs, repeated_keys, repeated_note
from ckpt_tui.core.documents.document import parse as parse_whole
from ckpt_tui.core.documents.envelope import PICKLED, TYPE, open_deferred, parsed
from ckpt_tui.core.documents.indented import (
    CLOSING,
    QUOTE,
    WINDOW,
    Check,
    claimed_type,
    end_of_document,
    member_key,
    member_spans,
)
from ckpt_tui.core.value import Deferred, Envelope, Opaque, Value

_SMALL = 512
"""Bytes of a container that is parsed with the one around it: less than what deferring it costs."""

_SCALAR = 64 * 1024
"""Bytes of a text or number that is parsed with the container around it."""

_GROUP = 64 * 1024
"""Bytes of small members that are parsed together."""


def parse(data: bytes, check: Check = None) -> Document:
    """Parse a checkpoint file; in the framework's own layout only its first level, with `Deferred` below.

    Args:
        data: The file.
        check: Called now and then; whatever it raises ends the parsing.

    Raises:
        DocumentFault: the bytes are not a JSON document that can be shown.
    """
    end = end_of_document(data)
    if end is not None and _is_utf8(data, check):
        value = _container(Deferred(data, 0, end, 0, read_part, {}), check)
        if type(value) is dict:
            repeated = repeated_keys(value)
            return Document(value, (repeated_note(repeated),) if repeated else ())
    return parse_whole(data)


def _is_utf8(data: bytes, check: Check) -> bool:
    if data.isascii():  # 4 ms for 100 MB
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_clean = True
    try:
        for start in range(0, len(data), WINDOW):
            if check is not None:
                check()
            piece = data[start : start + WINDOW]
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
    return _whole(deferred)


def _whole(deferred: Deferred) -> Value:
    try:
        return parse_whole(deferred.data[deferred.start : deferred.end], met=deferred.met).value
    except DocumentFault as fault:
        return Opaque(fault.reason, deferred.end - deferred.start)


# -- containers ------------------------------------------------------------------------------------------------------


def _container(deferred: Deferred, check: Check) -> Value:
    """The members of a container; None when it is in another layout or damaged."""
    spans = member_spans(deferred, check)
    if spans is None:
        return None
    if len(spans) > JSON_SPANS:
        reason = f"a container of {len(spans):,} values; at most {JSON_SPANS:,} are read"
        return Opaque(reason, deferred.end - deferred.start)
    pieces = _Pieces(deferred, check)
    try:
        for start, end in spans:
            pieces.add(start, end)
        pieces.flush()
    except (DocumentFault, ValueError):
        return None
    return pieces.items if pieces.is_list else _object(pieces.pairs, deferred.met, check)


def _object(pairs: list[tuple[str, Value]], met: dict[str | bytes, int] | None, check: Check) -> Value:
    members = dict(pairs)
    if PICKLED not in members or TYPE not in members or len(members) != len(pairs):
        return joined(pairs, met)
    text, claimed = members[PICKLED], parsed(members[TYPE], check)
    if type(text) is Deferred and text.is_text:
        inner = memoryview(text.data)[text.start + 1 : text.end - 1]
        if text.data.find(b"\\", text.start, text.end) < 0:
            return Envelope(inner, claimed if type(claimed) is str else "", met)
        text = open_deferred(text, check)
    return joined(list({**members, PICKLED: text, TYPE: claimed}.items()), met)


class _Pieces:
    """Makes the members of a container from their spans: small ones together, large ones deferred."""

    def __init__(self, parent: Deferred, check: Check) -> None:
        self.data = parent.data
        self.level = parent.level + 1
        self.met = parent.met
        self.check = check
        self.is_list = parent.data[parent.start] == 0x5B
        self.items: list[Value] = []
        self.pairs: list[tuple[str, Value]] = []
        self.begin = -1
        self.end = -1

    def add(self, start: int, end: int) -> None:
        """Take the next member.

        Raises:
            DocumentFault, ValueError: it is not valid JSON.
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
            key, start = member_key(self.data, start, end)
        closing = CLOSING.get(self.data[start])
        if closing is not None:
            if self.data[end - 1] != closing[0]:
                raise ValueError
            value: Value = Deferred(self.data, start, end, self.level, read_part, self.met)
            if end - start > INLINE_SPAN:
                value.claimed = claimed_type(value)
        else:
            value = parse_whole(self.data[start:end], met=self.met).value
        if self.is_list:
            self.items.append(value)
        else:
            self.pairs.append((key, value))

    def flush(self) -> None:
        """Parse the small members that were taken.

        Raises:
            DocumentFault, ValueError: they are not valid JSON.
        """
        if self.begin < 0:
            return
        if self.check is not None:
            self.check()
        text = self.data[self.begin : self.end]
        self.begin = -1
        if self.is_list:
            self.items += parse_whole(b"[" + text + b"]", met=self.met).value
        else:
            self.pairs += parse_pairs(b"{" + text + b"}", self.met)


# -- long texts ------------------------------------------------------------------------------------------------------


def _text(data: bytes, start: int, end: int, check: Check) -> Value:
    """A long text, parsed in pieces; None when that does not work."""
    parts = []
    at, last = start + 1, end - 1
    if data[last] != QUOTE:
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
    high = start + WINDOW
    if high >= end:
        return end
    for cut in range(high, max(high - 4096, start), -1):
        before = data[max(cut - 12, start) : cut]
        escaped = (len(before) - len(before.rstrip(b"\\"))) % 2
        if data[cut] & 0xC0 != 0x80 and not escaped and b"\\u" not in before:
            return cut
    return end
