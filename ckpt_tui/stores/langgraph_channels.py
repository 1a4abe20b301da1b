"""Puts values of channels that are stored beside a checkpoint, as by every saver but that of SQLite, into its body."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress

from ckpt_tui.core.budgets import MessageBudget
from ckpt_tui.core.documents.envelope import named_members
from ckpt_tui.core.msgpack.serialized import decode
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Decoded, Opaque, Value
from ckpt_tui.stores.langgraph_document import version_text
from ckpt_tui.stores.langgraph_records import Body

_SENDS = "pending_sends"


def with_values(decoded: Decoded, body: Body, budget: MessageBudget) -> Decoded:
    """A body with the values among its channels that are stored beside it, in the order of their versions in it.

    Args:
        decoded: The body, decoded; one that cannot be read stays as it is.
        body: Its row.
        budget: The limits of all of it together; values beyond it are shown as not decoded, with the reason.
    """
    top = named_members(decoded.value)
    if top is None or decoded.fault:
        return decoded
    parts = _Parts(decoded, budget)
    channels = dict(named_members(top.get("channel_values")) or {})
    versions = {name: version_text(of) for name, of in (named_members(top.get("channel_versions")) or {}).items()}
    values = body.values(versions) if body.values is not None else {}
    for name in sorted(values, key=list(versions).index if values.keys() <= versions.keys() else None):
        encoding, data, size = values[name]
        if encoding != "empty":
            channels[name] = parts.value(name, encoding, data, size)
    top = {**top, "channel_values": channels}
    stored = top.get(_SENDS)
    if type(stored) is list and len(stored) == 2 and all(type(part) is str for part in stored):
        with suppress(ValueError):
            data = b64decode(stored[1])
            top[_SENDS] = parts.value(_SENDS, stored[0], data, len(data))
    elif not stored and body.sends:
        top[_SENDS] = [parts.value(_SENDS, encoding, data, len(data)) for encoding, data in body.sends]
    return decoded._replace(
        value=top, opcodes=parts.work, refs=parts.refs, opaque=tuple(dict.fromkeys(parts.opaque))
    )  # fmt: skip


class _Parts:
    """Decodes the values of one checkpoint.

    Attributes:
        work: Values decoded.
        refs: The classes and functions that they name.
        opaque: Reasons why parts cannot be shown.
    """

    def __init__(self, decoded: Decoded, budget: MessageBudget) -> None:
        self._budget = budget
        self.work, self.refs, self.opaque = decoded.opcodes, dict(decoded.refs), list(decoded.opaque)

    def value(self, name: str, encoding: str, data: bytes | None, size: int) -> Value:
        """One value; an `Opaque` with the reason where it is missing or beyond the budget."""
        if data is None:
            reason = f"{size:,} bytes; at most {self._budget.bytes:,} are read of one checkpoint"
            self.opaque.append(f"{clean(name, 60)}: {reason}")
            return Opaque(reason, size)
        found = decode(encoding, data, self._budget._replace(values=max(self._budget.values - self.work, 1)))
        self.work += found.opcodes
        self.refs.update(found.refs)
        self.opaque += found.opaque or ([f"{clean(name, 60)}: {found.fault}"] if found.fault else [])
        return found.value
