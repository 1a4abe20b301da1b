"""Headers of many files as bytes and back: columns, because a million of them are read in a second or two.

A chunk holds the headers of up to `CHUNK` files, and for each file the key that must match before its header is taken.
It holds only numbers and texts; the sum of its bytes is checked before it is read.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from itertools import accumulate, chain, pairwise, repeat
from operator import itemgetter
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from ckpt_tui.core.model import CheckpointRef

if TYPE_CHECKING:
    import os

CHUNK = 4096
"""Headers of one chunk."""

KEY_BYTES = 32
"""Bytes of the key of one file."""

_KEY = struct.Struct("=QqqQ")
_LENGTHS = struct.Struct("=9Q")
_NONE, _ANSWERS, _TEXT = -1, -2, -3
"""Where the parent of a header is instead of in the same chunk: nowhere, nowhere and its first message is from
outside, or from here downwards among the texts."""


class Row(NamedTuple):
    """The header of one file.

    Attributes:
        key: The key that must match (`key_of`).
        ref: The header.
    """

    key: bytes
    ref: CheckpointRef


class Chunk(NamedTuple):
    """Headers read back.

    Attributes:
        keys: The keys of the files, `KEY_BYTES` each.
        refs: Their headers, in the same order.
    """

    keys: bytes
    refs: list[CheckpointRef]


def key_of(status: os.stat_result) -> bytes:
    """A key that differs where the content of a file does: inode, both its times in nanoseconds, size.

    The time of the last change of its inode is set by the system alone: it differs where a file is overwritten with as
    many bytes and the other time is restored. Empty where a number is too large.
    """
    try:
        return _KEY.pack(status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
    except struct.error:
        return b""


def can_be_packed(ref: CheckpointRef) -> bool:
    """Whether a header is as the framework writes them: read from the ends of its file, each text on one line."""
    return (
        ref.facts is None
        and ref.store_metadata is None
        and not ref.note
        and not ref.chain
        and ref.file == f"{ref.id}.json"
        and "\n" not in f"{ref.file}{ref.parent}{ref.timestamp}{ref.inner}{ref.workflow}{ref.graph}"
    )


def pack(rows: Sequence[Row]) -> bytes:
    """The bytes of at most `CHUNK` headers for which `can_be_packed` holds."""
    refs = [row.ref for row in rows]
    places = {ref.id: index for index, ref in enumerate(refs)}
    others: list[str] = []
    parents = array("i")
    for ref in refs:
        if ref.parent is None:
            parents.append(_ANSWERS if ref.carries_answers else _NONE)
        elif ref.parent in places:
            parents.append(places[ref.parent])
        else:
            parents.append(_TEXT - len(others))
            others.append(ref.parent)
    kinds = {kind: number for number, kind in enumerate(dict.fromkeys((ref.workflow, ref.graph) for ref in refs))}
    sections = (
        b"".join(row.key for row in rows),
        array("d", (ref.when for ref in refs)).tobytes(),
        array("q", (ref.iteration for ref in refs)).tobytes(),
        array("i", (kinds[ref.workflow, ref.graph] for ref in refs)).tobytes(),
        parents.tobytes(),
        _text(ref.file for ref in refs),
        _text(ref.timestamp for ref in refs),
        _text(chain(*kinds)),
        _text([*others, *((ref.inner for ref in refs) if any(ref.inner for ref in refs) else ())]),
    )
    return _LENGTHS.pack(*map(len, sections)) + b"".join(sections)


def _text(lines: Any) -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def unpack(data: bytes) -> Chunk:
    """The headers that `pack` made these bytes of.

    Raises:
        ValueError, IndexError, struct.error: these are other bytes.
    """
    ends = accumulate(_LENGTHS.unpack_from(data), initial=_LENGTHS.size)
    sections = [data[start:end] for start, end in pairwise(ends)]
    keys, whens, iterations, numbers, parents, names, stamps, kinds, more = sections
    files = _lines(names)
    ids = [name[:-5] for name in files]
    named, texts = _lines(kinds), _lines(more)
    for index, text in enumerate(named):
        named[index] = intern(text)
    parent_numbers = _numbers("i", parents)
    first = sum(1 for number in parent_numbers if number <= _TEXT)
    # A number from -1 downwards counts from the end: nothing, nothing, the texts.
    above: list[str | None] = [*ids, *reversed(texts[:first]), None, None]
    of_kind = _numbers("i", numbers)
    size = _numbers("Q", keys)[3::4]
    inner: Any = texts[first:] if len(texts) > first and any(texts[first:]) else repeat("")
    return Chunk(keys, list(map(tuple.__new__, repeat(CheckpointRef), zip(
        ids, files, map(named[::2].__getitem__, of_kind), map(named[1::2].__getitem__, of_kind),
        map(above.__getitem__, parent_numbers), _lines(stamps), _numbers("d", whens), _numbers("q", iterations), size,
        repeat(None), repeat(""), inner, repeat(""), repeat(0), repeat(None), map(_ANSWERS.__eq__, parent_numbers),
        strict=False,
    ))))  # fmt: skip


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "surrogatepass").split("\n")


def _numbers(kind: str, data: bytes) -> array[Any]:
    found: array[Any] = array(kind)
    found.frombytes(data)
    return found


by_time = itemgetter(CheckpointRef._fields.index("when"), CheckpointRef._fields.index("file"))
"""Orders headers so that most parents are in the chunk of their children."""
