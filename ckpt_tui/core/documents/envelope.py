"""The framework's envelope, `{"__pickled__": base64, "__type__": "module:qualname"}`, and what is inside it.

Source: agent_framework/_workflows/_checkpoint_encoding.py.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable, Collection

from ckpt_tui.core.budgets import DEFAULT_PICKLE, FURTHER, INLINE_PICKLE, INLINE_SPAN, PickleBudget
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.pickles.kept import DECODED, identity
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.text import counted
from ckpt_tui.core.value import Decoded, Deferred, Envelope, Map, Opaque, Value

PICKLED = "__pickled__"
TYPE = "__type__"


def open_envelope(
    envelope: Envelope, check: Callable[[], None] | None = None, budget: DocumentBudget | None = None
) -> Value:
    """The value inside an envelope, decoded once and kept.

    Args:
        envelope: The envelope.
        check: Called now and then; whatever it raises ends the decoding.
        budget: The work that may be done for its whole document; None for the usual limits of one pickle.
    """
    if envelope.ready:
        return envelope.value
    limits = DEFAULT_PICKLE if budget is None else budget.pickle()
    if limits is None:
        size = len(envelope.text) * 3 // 4
        reason = f"not decoded: what may be decoded of one file is used up; a higher limit decodes these {size:,} bytes"
        return _keep(envelope, Opaque(reason, size), reason, None, True)
    value = _decode(envelope, limits, check)
    if budget is not None:
        done = envelope.decoded
        used = (done.opcodes, done.objects, done.end) if done is not None else ()
        budget.spend_pickle(len(envelope.text), *used)
        budget.is_cut = budget.is_cut or envelope.is_cut
    return value


def names_of(envelope: Envelope, check: Callable[[], None] | None = None) -> Collection[tuple[str, str]]:
    """(module, qualname) of every class and function that the pickle of an envelope names, each once."""
    open_envelope(envelope, check)
    return envelope.decoded.refs.keys() if envelope.decoded is not None else ()


def decode_further(envelope: Envelope, check: Callable[[], None] | None = None) -> Value:
    """Decode an envelope again that was cut, within `FURTHER` times the limits that cut it.

    Its value is replaced; whoever walks the document has to start again.
    """
    envelope.factor = max(envelope.factor * FURTHER, 1)
    usual, factor = DEFAULT_PICKLE, envelope.factor
    limits = usual._replace(
        bytes=usual.bytes * factor, opcodes=usual.opcodes * factor, objects=usual.objects * factor,
        memo_gap=usual.memo_gap * factor,
    )  # fmt: skip
    return _decode(envelope, limits, check)


def cut_envelope(value: Value) -> Envelope | None:
    """The value if it is an envelope that a limit cut and `decode_further` can show more of; else None."""
    while type(value) is Deferred and value.ready:
        value = value.value
    return value if type(value) is Envelope and value.is_cut else None


def _decode(envelope: Envelope, limits: PickleBudget, check: Callable[[], None] | None) -> Value:
    text = envelope.text
    if len(text) * 3 // 4 > limits.bytes:
        reason = f"a pickle of {len(text) * 3 // 4:,} bytes; at most {limits.bytes:,} are decoded"
        return _keep(envelope, Opaque(reason, len(text)), reason, None, True)
    own, number = identity(text), 0
    if envelope.met is not None:
        number = envelope.met.get(own, 0)
        envelope.met[own] = number + 1
    key = own, number
    known = DECODED.get(key, limits)
    if known is not None:
        return _keep(envelope, known.value, "", known)
    try:
        data = a2b_base64(text, strict_mode=True) if isinstance(text, str) else _base64(text, check)
    except (Base64Error, ValueError) as error:
        reason = f"not base64: {error}"
        return _keep(envelope, Opaque(reason, len(text)), reason, None)
    if not data:
        return _keep(envelope, Opaque("an empty pickle", 0), "an empty pickle", None)
    decoded = DECODED.put(key, decode(data, limits, check), limits)
    warning = decoded.fault
    if decoded.trailing and not warning:
        warning = f"{counted(decoded.trailing, 'byte')} after the end of the pickle"
    return _keep(envelope, decoded.value, warning, decoded, decoded.is_cut)


def _keep(envelope: Envelope, value: Value, warning: str, decoded: Decoded | None, is_cut: bool = False) -> Value:
    envelope.value, envelope.warning, envelope.decoded, envelope.is_cut = value, warning, decoded, is_cut
    envelope.factor = envelope.factor or (1 if decoded is not None else 0)
    envelope.ready = True
    return value


def _base64(text: memoryview, check: Callable[[], None] | None) -> bytes:
    """The bytes of a long base64 text, in pieces: one call would hold the interpreter's lock for a tenth of a second.

    Raises:
        ValueError: it is not base64.
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
    """How many characters of the file must be parsed or decoded before anything is known of a value; 0 for most."""
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
            value = open_envelope(value, check) if kind is Envelope else open_deferred(value, check)
        kind = type(value)
    return value


def named_members(value: Value) -> dict[str, Value] | None:
    """The members of a mapping with text keys, as JSON or a pickle has it; None for anything else."""
    value = resolve(value)
    if type(value) is dict:
        return value
    if type(value) is Map and value.has_text_keys():
        return dict(zip(value.kv[::2], value.kv[1::2], strict=True))
    return None


def is_unopened(value: Value) -> bool:
    """Whether a value is a large pickle, or a large part of a large file, that has not been read yet."""
    kind = type(value)
    if kind is Deferred:
        return is_unopened(value.value) if value.ready else value.end - value.start > INLINE_SPAN
    return kind is Envelope and not value.ready and len(value.text) > INLINE_PICKLE


def is_long_text(value: Value) -> bool:
    """Whether a value is a long text that has not been read yet; it is known to have no members."""
    return type(value) is Deferred and not value.ready and value.is_text
