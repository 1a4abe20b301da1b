"""The operations of a pickle in the order of its bytes, to check the decoder against.

Reads names and arguments; runs and keeps nothing, and uses no table of another module. Source of the
table: CPython's Lib/pickletools.py.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from struct import unpack_from
from typing import Any, NamedTuple

from ckpt_tui.core.budgets import PickleBudget
from ckpt_tui.core.pickles.literals import unescaped
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import is_secret_key, masked
from ckpt_tui.core.text import clean

SHOWN = 5_000
"""Operations reported for one pickle: a hundred screens, a few milliseconds."""

_ARGUMENT = 120
"""Characters of an argument that are shown."""

_LINE = 200
"""Bytes of an argument that are read."""

_LOOKED_AT = 50_000
"""Operations and values searched for secrets: ten times as many as are shown, below 0.1 s."""


class Operation(NamedTuple):
    """One operation.

    Attributes:
        position: Its byte in the pickle.
        name: The name in pickletools; "" for a byte that is not an operation, or is cut off.
        argument: For people, on one line, safe for a terminal; the reason where it cannot be read.
        marks: Marks that are open before it.
        memo: The number it stores a value under, or None.
    """

    position: int
    name: str
    argument: str
    marks: int
    memo: int | None = None


# name and argument: a letter of struct for a number, t text or b bytes with the width of the length before it, l a line
_TABLE: dict[int, tuple[str, str]] = {
    0x28: ("MARK", ""), 0x29: ("EMPTY_TUPLE", ""), 0x2E: ("STOP", ""), 0x30: ("POP", ""), 0x31: ("POP_MARK", ""),
    0x32: ("DUP", ""), 0x42: ("BINBYTES", "b4"), 0x43: ("SHORT_BINBYTES", "b1"), 0x46: ("FLOAT", "l"),
    0x47: ("BINFLOAT", ">d"), 0x49: ("INT", "l"), 0x4A: ("BININT", "<i"), 0x4B: ("BININT1", "<B"), 0x4C: ("LONG", "l"),
    0x4D: ("BININT2", "<H"), 0x4E: ("NONE", ""), 0x50: ("PERSID", "l"), 0x51: ("BINPERSID", ""), 0x52: ("REDUCE", ""),
    0x53: ("STRING", "l"), 0x54: ("BINSTRING", "b4"), 0x55: ("SHORT_BINSTRING", "b1"), 0x56: ("UNICODE", "l"),
    0x58: ("BINUNICODE", "t4"), 0x5D: ("EMPTY_LIST", ""), 0x61: ("APPEND", ""), 0x62: ("BUILD", ""),
    0x63: ("GLOBAL", "ll"), 0x64: ("DICT", ""), 0x65: ("APPENDS", ""), 0x67: ("GET", "l"), 0x68: ("BINGET", "<B"),
    0x69: ("INST", "ll"), 0x6A: ("LONG_BINGET", "<I"), 0x6C: ("LIST", ""), 0x6F: ("OBJ", ""), 0x70: ("PUT", "l"),
    0x71: ("BINPUT", "<B"), 0x72: ("LONG_BINPUT", "<I"), 0x73: ("SETITEM", ""), 0x74: ("TUPLE", ""),
    0x75: ("SETITEMS", ""), 0x7D: ("EMPTY_DICT", ""), 0x80: ("PROTO", "<B"), 0x81: ("NEWOBJ", ""), 0x82: ("EXT1", "<B"),
    0x83: ("EXT2", "<H"), 0x84: ("EXT4", "<i"), 0x85: ("TUPLE1", ""), 0x86: ("TUPLE2", ""), 0x87: ("TUPLE3", ""),
    0x88: ("NEWTRUE", ""), 0x89: ("NEWFALSE", ""), 0x8A: ("LONG1", "n1"), 0x8B: ("LONG4", "n4"),
    0x8C: ("SHORT_BINUNICODE", "t1"), 0x8D: ("BINUNICODE8", "t8"), 0x8E: ("BINBYTES8", "b8"), 0x8F: ("EMPTY_SET", ""),
    0x90: ("ADDITEMS", ""), 0x91: ("FROZENSET", ""), 0x92: ("NEWOBJ_EX", ""), 0x93: ("STACK_GLOBAL", ""),
    0x94: ("MEMOIZE", ""), 0x95: ("FRAME", "<Q"), 0x96: ("BYTEARRAY8", "b8"), 0x97: ("NEXT_BUFFER", ""),
    0x98: ("READONLY_BUFFER", ""),
}  # fmt: skip
NAMES = {code: name for code, (name, _) in _TABLE.items()}
"""Every operation of protocols 0 to 5 by its byte."""

_WIDTHS = {"<B": 1, "<H": 2, "<i": 4, "<I": 4, "<Q": 8, ">d": 8}
_CLOSING = frozenset((
    "APPENDS", "SETITEMS", "ADDITEMS", "TUPLE", "LIST", "DICT", "FROZENSET", "OBJ", "INST", "POP_MARK",
))  # fmt: skip


_NO_VALUES = frozenset((
    "BINGET", "BINPUT", "EXT1", "EXT2", "EXT4", "FRAME", "GET", "GLOBAL", "INST", "LONG_BINGET", "LONG_BINPUT", "PROTO",
    "PUT",
))  # fmt: skip
"""Operations whose argument is a name, or a number that is not a value."""

MASK = "••••••"
"""Stands for a secret."""


def hidden_in(data: bytes) -> frozenset[bytes]:
    """The texts, bytes and numbers of a pickle that are secrets in its value, texts as they are in its bytes."""
    found: list[Any] = []
    masked(to_json(decode(data, PickleBudget(opcodes=_LOOKED_AT)).value, nodes=_LOOKED_AT), hidden=found)
    texts = [item for item in found if type(item) is str]
    numbers = [str(item) for item in found if type(item) is not str]
    out = {text.encode("utf-8", "surrogatepass") for text in (*texts, *numbers)}
    for text in texts:  # the base64 of bytes, or a text that looks like some
        with suppress(ValueError):
            out.add(b64decode(text, validate=True))
    return frozenset(out)


class _Secrets:
    """Masks texts that are secrets by their place, and, where that is not known, the text after the name of a secret.

    Args:
        hidden: Texts and bytes that are masked wherever they are.
    """

    def __init__(self, hidden: frozenset[bytes]) -> None:
        self._hidden = hidden
        self._stored: set[int] = set()
        self._is_name = False  # the operation before is such a name, and may be stored by this one
        self._is_next = False  # the next text is a secret

    def shown(self, name: str, kind: str, argument: str, memo: int | None, raw: bytes) -> str:
        """The argument, or a mask; `raw` are the bytes of a text."""
        if (raw or argument.encode()) in self._hidden and name not in _NO_VALUES:
            self._is_next = self._is_name = False
            return MASK
        if memo is not None:
            if self._is_name:
                self._stored.add(memo)
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            self._is_next = argument.isdigit() and int(argument) in self._stored
            self._is_name = False
        elif kind[:1] in ("t", "b", "l"):
            if self._is_next:
                self._is_next = self._is_name = False
                return MASK
            self._is_next = self._is_name = is_secret_key(argument.strip("\"'"))
        elif kind:
            self._is_next = self._is_name = False
        else:
            self._is_name = False
        return argument


def operations(data: bytes, most: int = SHOWN, reveal: bool = True) -> Iterator[Operation]:
    """The operations of a pickle: up to its end, to the first that cannot be read, or to the limit.

    Args:
        data: The bytes.
        reveal: Show the text after the name of a secret (`ckpt_tui.core.redact`) instead of masking it.
        most: Operations reported; where there are more, the last one has no name and says how many bytes were left out.
    """
    at = marks = stored = 0
    size = len(data)
    secrets = _Secrets(frozenset() if reveal else hidden_in(data))
    for _ in range(most):
        known = _TABLE.get(data[at]) if at < size else None
        if known is None:
            reason = f"0x{data[at]:02x} is not a pickle operation" if at < size else "the pickle ends too early"
            yield Operation(at, "", reason, marks)
            return
        name, kind = known
        end, argument = _argument(data, at + 1, kind)
        if end > size or end < 0:
            yield Operation(at, "", f"{name} claims more bytes than there are", marks)
            return
        memo = stored if name == "MEMOIZE" else None
        if name in ("BINPUT", "LONG_BINPUT", "PUT") and argument.isdigit():
            memo = int(argument)
        stored += memo is not None
        if not reveal:
            raw = data[at + 1 + int(kind[1]) : end] if kind[:1] in ("t", "b") else b""
            raw = _line_value(name, data[at + 1 : end - 1]) if kind == "l" else raw
            argument = secrets.shown(name, kind, argument, memo, raw)
        yield Operation(at, name, argument, marks, memo)
        at = end
        if name == "STOP":
            break
        marks = marks + 1 if name == "MARK" else max(marks - 1, 0) if name in _CLOSING else marks
    else:
        yield Operation(at, "", f"{size - at:,} more bytes; {most:,} operations are shown", marks)
        return
    if at < size:
        yield Operation(at, "", f"{size - at:,} bytes after the end of the pickle", 0)


def _line_value(name: str, written: bytes) -> bytes:
    """The text or the number that an operation of the first protocol writes on a line, in UTF-8."""
    if name == "UNICODE":
        return written.decode("raw-unicode-escape", "replace").encode("utf-8", "surrogatepass")
    if name == "STRING":
        return unescaped(written.strip(b" \t\r")[1:-1])
    return written.rstrip(b"L")


def _argument(data: bytes, at: int, kind: str) -> tuple[int, str]:
    """Where the argument ends, beyond the data when it is cut off, and its text."""
    if not kind:
        return at, ""
    beyond = len(data) + 1
    if kind in _WIDTHS:
        end = at + _WIDTHS[kind]
        return end, str(unpack_from(kind, data, at)[0]) if end <= len(data) else ""
    if kind[0] == "l":
        parts = []
        for _ in kind:
            end = data.find(b"\n", at)
            if end < 0:
                return beyond, ""
            parts.append(_text(data[at : min(end, at + _LINE)], end - at))
            at = end + 1
        return at, " ".join(parts)
    width = int(kind[1])
    if at + width > len(data):
        return beyond, ""
    size = int.from_bytes(data[at : at + width], "little", signed=kind == "n4")
    at += width
    if size < 0 or at + size > len(data):
        return beyond, ""
    some = data[at : at + min(size, _LINE)]
    if kind[0] == "t":
        return at + size, f'"{_text(some, size)}"'
    if kind[0] == "n":
        known = size <= _LINE // 4
        return at + size, str(int.from_bytes(some, "little", signed=True)) if known else f"an integer of {size:,} bytes"
    shown = some[:24].hex(" ")
    return at + size, f"{size:,} bytes: {shown}{'…' if size > 24 else ''}" if size else "0 bytes"


def _text(some: bytes, size: int) -> str:
    text = clean(some.decode("utf-8", "ignore" if size > len(some) else "backslashreplace"))
    if len(text) > _ARGUMENT or size > len(some):
        return f"{text[:_ARGUMENT]}… ({size:,} bytes)"
    return text


def line(operation: Operation) -> str:
    """One operation on a line: its byte, its name set in by the marks around it, its argument, its number if stored."""
    lead = f"{operation.position:>9,}  {'· ' * min(operation.marks, 20)}"
    if not operation.name:
        return f"{lead}{operation.argument}"
    stored = f"  → {operation.memo}" if operation.memo is not None else ""
    return f"{lead}{operation.name}  {operation.argument}".rstrip() + stored
