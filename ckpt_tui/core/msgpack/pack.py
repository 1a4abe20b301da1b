"""Inert values of plain kinds become MessagePack again; encoded values are put in as they are."""

from __future__ import annotations

import struct
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.value import Map, Value

DEPTH = 64
"""Levels of values; the body of a checkpoint has four."""

_LEAST, _MOST = -(1 << 63), (1 << 64) - 1


class Encoded(NamedTuple):
    """A value that is encoded already."""

    data: bytes


def pack(value: Value, depth: int = DEPTH) -> bytes:
    """The bytes of a value: None, booleans, numbers, texts, bytes, lists, mappings, and what is encoded already.

    Raises:
        ValueError: it is of another kind, or holds one.
    """
    if type(value) is Encoded:
        return value.data
    value = resolve(value)
    if value is None or type(value) is bool:
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if type(value) is int:
        return _integer(value)
    if type(value) is float:
        return b"\xcb" + struct.pack(">d", value)
    if type(value) is str:
        return _sized(value.encode("utf-8", "surrogatepass"), 0xD9)
    if type(value) in (bytes, bytearray):
        return _sized(bytes(value), 0xC4)
    if depth and type(value) in (list, tuple):
        return _counted(len(value), 0xDC) + b"".join(pack(item, depth - 1) for item in value)
    if depth and type(value) is dict:
        members = [pack(item, depth - 1) for pair in value.items() for item in pair]
        return _counted(len(value), 0xDE) + b"".join(members)
    if depth and type(value) is Map:
        return _counted(len(value.kv) // 2, 0xDE) + b"".join(pack(item, depth - 1) for item in value.kv)
    raise ValueError(f"a value of the kind {type(value).__name__}")


def _integer(value: int) -> bytes:
    if not _LEAST <= value <= _MOST:
        raise ValueError("an integer of more than 64 bits")
    if value < 0:
        return b"\xd3" + struct.pack(">q", value)
    return bytes([value]) if value < 0x80 else b"\xcf" + struct.pack(">Q", value)


def _sized(data: bytes, code: int) -> bytes:
    """Text or bytes: `code` is that for sizes of one byte, the next ones for two and four."""
    size = len(data)
    if size < 1 << 8:
        return struct.pack(">BB", code, size) + data
    return struct.pack(">BH" if size < 1 << 16 else ">BI", code + (1 if size < 1 << 16 else 2), size) + data


def _counted(count: int, code: int) -> bytes:
    """The head of a list or mapping: `code` is that for counts of two bytes, the next one for four."""
    return struct.pack(">BH" if count < 1 << 16 else ">BI", code + (count >= 1 << 16), count)
