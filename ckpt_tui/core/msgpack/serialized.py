"""A value as LangGraph's serializers store it, a word for the encoding beside the bytes, becomes an inert value."""

from __future__ import annotations

from collections.abc import Callable

from ckpt_tui.core.budgets import DEFAULT_MESSAGE, DEFAULT_PICKLE, MessageBudget
from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.msgpack import unpack
from ckpt_tui.core.msgpack.extensions import Namer
from ckpt_tui.core.msgpack.langchain_json import revive
from ckpt_tui.core.pickles import unpickle
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Decoded, Opaque, Value


def decode(
    encoding: str, data: bytes, budget: MessageBudget = DEFAULT_MESSAGE, check: Callable[[], None] | None = None
) -> Decoded:
    """Decode a stored value; nothing is imported, called or looked up.

    Args:
        encoding: The word beside it: `msgpack`, `json`, `null`, `bytes`, `pickle`, `msgpack+aes`, ...
        data: Its bytes.
        budget: What it may cost.
        check: Called now and then; whatever it raises ends the decoding.

    Returns:
        What is encrypted, or written by another serializer, is an `Opaque` that says so.
    """
    if encoding == "msgpack":
        return unpack.decode(data, budget, check)
    if encoding == "json":
        return _json(data, budget)
    if encoding in ("null", "empty"):
        return Decoded(None, 1, "", 0)
    if encoding == "bytes":
        return Decoded(data, 1, "", 0)
    if encoding == "bytearray":
        return Decoded(bytearray(data), 1, "", 0)
    if encoding == "pickle":
        limits = DEFAULT_PICKLE._replace(bytes=budget.bytes, opcodes=budget.values, objects=budget.objects)
        return unpickle.decode(data, limits, check)
    plain, plus, cipher = encoding.partition("+")
    if plus and plain:
        reason = f"encrypted ({clean(cipher, 40)})"
    else:
        reason = f"written by a serializer that is not LangGraph's ({clean(encoding, 40) or 'without a name'})"
    return Decoded(Opaque(reason, len(data)), 1, reason, 0)


def is_closed(encoding: str) -> bool:
    """Whether values of this encoding cannot be read at all (encrypted, or of an unknown serializer)."""
    return encoding not in ("msgpack", "json", "null", "empty", "bytes", "bytearray", "pickle")


def _json(data: bytes, budget: MessageBudget) -> Decoded:
    if len(data) > budget.bytes:
        return _unread(data, f"JSON of {len(data):,} bytes; at most {budget.bytes:,} are read", is_cut=True)
    try:
        document = parse(data, budget.values / DEFAULT_MESSAGE.values)
    except DocumentFault as fault:
        return _unread(data, fault.reason, is_cut=fault.kind == "too-large")
    namer = Namer(budget.class_name)
    opaque: list[str] = []
    value: Value = revive(document.value, namer, opaque)
    return Decoded(value, document.work, "", 0, refs=namer.refs, opaque=tuple(dict.fromkeys(opaque)), end=len(data))


def _unread(data: bytes, reason: str, is_cut: bool) -> Decoded:
    return Decoded(Opaque(reason, len(data)), 0, reason, 0, is_cut)
