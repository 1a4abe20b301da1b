"""The framework's envelope, `{"__pickled__": base64, "__type__": "module:qualname"}`, and what is inside it.

Source: agent_framework/_workflows/_checkpoint_encoding.py.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable

from ckpt_tui.core.budgets import DEFAULT_PICKLE, PickleBudget
from ckpt_tui.core.unpickle import decode
from ckpt_tui.core.value import Envelope, Opaque, Value

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


def _decode(text: str, budget: PickleBudget, check: Callable[[], None] | None) -> tuple[Value, str]:
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        reason = f"not base64: {error}"
        return Opaque(reason, len(text)), reason
    if not data:
        return Opaque("an empty pickle", 0), "an empty pickle"
    decoded = decode(data, budget, check)
    if decoded.trailing and not decoded.fault:
        return decoded.value, f"{decoded.trailing:,} bytes after the end of the pickle"
    return decoded.value, decoded.fault


def resolve(value: Value) -> Value:
    """The value itself, or what is inside it when it is an envelope."""
    while type(value) is Envelope:
        value = value.value if value.ready else open_envelope(value)
    return value
