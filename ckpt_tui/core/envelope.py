"""The framework's envelope, `{"__pickled__": base64, "__type__": "module:qualname"}`, and what is inside it.

Source: agent_framework/_workflows/_checkpoint_encoding.py.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.unpickle import decode
from ckpt_tui.core.value import Deferred, Envelope, Opaque, Value

PICKLED = "__pickled__"
TYPE = "__type__"


def open_envelope(
    envelope: Envelope, budget: PickleBudget = DEFAULT_PICKLE, check: Callable[[], None] | None = None
) -> Value:
    """The value inside an envelope, decoded once and kept."""
    if envelope.ready:
        return envelope.value
    if len(envelope.text) * 3 // 4 > budget.bytes:
        reason = f"a pickle of {len(envelope.text) * 3 // 4:,} bytes; at most {budget.bytes:,} are decoded"
        value, warning = Opaque(reason, len(envelope.text)), reason
    else:
        value, warning = _decode(envelope.text, budget, check)
    envelope.value, envelope.warning = value, warning
    envelope.ready = True
    return value


def _decode(text: str | memoryview, budget: PickleBudget, check: Callable[[], None] | None) -> tuple[Value, str]:
    try:
        data = b64decode(text, validate=True) if isinstance(text, str) else _base64(text, check)
    except (Base64Error, ValueError) as error:
        reason = f"not base64: {error}"
        return Opaque(reason, len(text)), reason
    if not data:
        return Opaque("an empty pickle", 0), "an empty pickle"
    decoded = decode(data, budget, check)
    if decoded.trailing and not decoded.fault:
        return decoded.value, f"{decoded.trailing:,} bytes after the end of the pickle"
    return decoded.value, decoded.fault


def _base64(text: memoryview, check: Callable[[], None] | None) -> bytes:
    """The bytes of a long base64 text, in pieces: one call would hold the interpreter's lock for a tenth of a second.

    Raises:
        ValueError: it is no base64.
    """
    parts = []
    for start in range(0, len(text), _PIECE):
        if check is not None:
            check()
        piece = text[start : start + _PIECE]
        parts.append(a2b_base64(piece, strict_mode=True))
        if start + _PIECE < len(text) and piece[-1] == _PADDING:
            raise ValueError("Excess data after padding")
    return b"".join(parts)


_PIECE = 1024 * 1024
"""Characters of base64 decoded at once, a multiple of 4: about 4 ms."""

_PADDING = ord("=")


def open_deferred(deferred: Deferred, check: Callable[[], None] | None = None) -> Value:
    """The value of a part of a large file, parsed once, one level deep, and kept."""
    if not deferred.ready:
        deferred.value = deferred.read(deferred, check)
        deferred.ready = True
    return deferred.value


def parsed(value: Value, check: Callable[[], None] | None = None) -> Value:
    """The value itself, or what a part of a large file holds; envelopes stay closed."""
    while type(value) is Deferred:
        value = open_deferred(value, check)
    return value


def unread(value: Value) -> int:
    """Characters of the file that must be parsed or decoded before anything is known of a value; 0 for most."""
    while type(value) is Deferred and value.ready:
        value = value.value
    if type(value) is Deferred:
        return value.end - value.start
    return len(value.text) if type(value) is Envelope and not value.ready else 0


def resolve(value: Value, check: Callable[[], None] | None = None) -> Value:
    """The value itself, or what is inside it when it is an envelope or a part of a large file."""
    kind = type(value)
    while kind is Envelope or kind is Deferred:
        if value.ready:
            value = value.value
        else:
            value = open_envelope(value, check=check) if kind is Envelope else open_deferred(value, check)
        kind = type(value)
    return value
