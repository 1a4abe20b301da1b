"""The operations of the pickle machine that put one text, bytes or number on the stack; see `opcodes`."""

from __future__ import annotations

import codecs
import re

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.pickles.machine import Machine, Operation, PickleFault
from ckpt_tui.core.value import Value

# Protocol 0 strings use this codec; looked up here so that decoding itself never triggers the import of a codec.
_raw_unicode_escape = codecs.lookup("raw-unicode-escape").decode


# -- texts and bytes --------------------------------------------------------------------------------------------------


def _binbytes(width: int) -> Operation:
    def run(m: Machine, i: int) -> int:
        value, i = m.sized(i, width)
        m.stack.append(value)
        return i

    return run


def _binunicode(width: int) -> Operation:
    def run(m: Machine, i: int) -> int:
        value, i = m.sized(i, width)
        m.stack.append(str(value, "utf-8", "surrogatepass"))
        return i

    return run


def _bytearray8(m: Machine, i: int) -> int:
    value, i = m.sized(i, 8)
    m.stack.append(bytearray(value))
    return i


def _binstring(width: int) -> Operation:
    def run(m: Machine, i: int) -> int:
        value, i = m.sized(i, width)
        m.stack.append(_old_text(value))
        return i

    return run


def _old_text(value: bytes) -> Value:
    # Python 2 wrote both text and bytes this way; CPython reads them as ASCII and fails on anything else.
    return value.decode("ascii") if value.isascii() else value


def _string(m: Machine, i: int) -> int:
    line, i = m.line(i)
    line = line.strip(b" \t\r")
    if len(line) < 2 or line[0] != line[-1] or line[:1] not in (b"'", b'"'):
        raise PickleFault("text without its quotes", m.position)
    m.stack.append(_old_text(unescaped(line[1:-1])))
    return i


def unescaped(text: bytes) -> bytes:
    """The bytes that a text in quotes stands for, its quotes left out."""
    return _ESCAPE.compiled.sub(_unescaped, text)


_ESCAPE = LatePattern(rb"\\(x[0-9A-Fa-f]{2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def _unescaped(match: re.Match[bytes]) -> bytes:
    # codecs.escape_decode does the same, but warns of unknown escapes, and showing a warning reads source files.
    code = match[1]
    if code in _ESCAPED:
        return _ESCAPED[code]
    if code in (b"\\", b"'", b'"'):
        return code
    if code[:1] == b"x" and len(code) == 3:
        return bytes((int(code[1:], 16),))
    return bytes((int(code, 8) & 0xFF,)) if code[:1].isdigit() and code < b"8" else match[0]


def _unicode(m: Machine, i: int) -> int:
    line, i = m.line(i)
    m.stack.append(_raw_unicode_escape(line)[0])
    return i


# -- numbers ----------------------------------------------------------------------------------------------------------


def _long1(m: Machine, i: int) -> int:
    value, i = m.sized(i, 1)
    m.stack.append(int.from_bytes(value, "little", signed=True))
    return i


def _long4(m: Machine, i: int) -> int:
    head, i = m.take(i, 4)
    value, i = m.take(i, int.from_bytes(head, "little", signed=True))
    if len(value) > m.budget.binary_integer:
        # Its digits would take quadratic time; its bytes, the lowest first, are all there is to it.
        m.stack.append(m.no_value(f"an integer of {len(value):,} bytes", len(value), [value]))
    else:
        m.stack.append(int.from_bytes(value, "little", signed=True))
    return i


def _text_integer(m: Machine, line: bytes) -> Value:
    if len(line) > m.budget.text_integer:
        return m.no_value(f"an integer of {len(line):,} digits", len(line), [line.decode("ascii", "replace")])
    return int(line)


def _int(m: Machine, i: int) -> int:
    line, i = m.line(i)
    m.stack.append(False if line == b"00" else True if line == b"01" else _text_integer(m, line))
    return i


def _long_text(m: Machine, i: int) -> int:
    line, i = m.line(i)
    m.stack.append(_text_integer(m, line[:-1] if line.endswith(b"L") else line))
    return i


def _float(m: Machine, i: int) -> int:
    line, i = m.line(i)
    m.stack.append(float(line))
    return i


LITERALS: dict[int, Operation] = {
    0x8D: _binunicode(8),
    0x43: _binbytes(1),  # SHORT_BINBYTES
    0x42: _binbytes(4),  # BINBYTES
    0x8E: _binbytes(8),  # BINBYTES8
    0x96: _bytearray8,
    0x55: _binstring(1),  # SHORT_BINSTRING
    0x54: _binstring(4),  # BINSTRING
    0x53: _string,
    0x56: _unicode,
    0x8A: _long1,
    0x8B: _long4,
    0x49: _int,
    0x4C: _long_text,
    0x46: _float,
}
"""Operation by its byte."""
