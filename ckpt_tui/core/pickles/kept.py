"""A cache of decoded pickles: a chat repeats its messages in every checkpoint.

The limit holds for the whole process. Decoded values never change, so that one value may be in many checkpoints.
"""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.budgets import PickleBudget
from ckpt_tui.core.byte_digests import digest_of
from ckpt_tui.core.cache import SharedCache
from ckpt_tui.core.value import Decoded, Envelope, Value

KEPT_BYTES = 48 * 1024 * 1024
"""About how many bytes the decoded values that are kept may take in all."""

_OBJECT_BYTES = 120
"""About how many bytes a container or an object takes beside its texts."""

_SHORT = 4_096
"""Characters of a base64 text that identifies itself; of a longer one only the digest is kept."""

Key = tuple[str | bytes, int]
"""A key of a pickle, and how often it was met before in its document: within one, no two places share a value."""


class DecodedPickles:
    """Decoded pickles, those used longest ago dropped first; any thread may call `get` and `put`.

    Args:
        limit: About how many bytes they may take.
    """

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._kept: SharedCache[Key, tuple[Decoded, PickleBudget]] = SharedCache(limit)

    def get(self, key: Key, limits: PickleBudget) -> Decoded | None:
        """The value of the pickle with this key, where decoding it within these limits would give the same."""
        found = self._kept.get(key)
        if found is None:
            return None
        decoded, before = found
        is_within = (
            decoded.opcodes <= limits.opcodes and decoded.objects <= limits.objects and decoded.end <= limits.bytes
        )
        # The limits of single operations are nearly always the usual ones.
        return decoded if is_within and before[_SINGLE:_MOST] == limits[_SINGLE:_MOST] else None

    def put(self, key: Key, decoded: Decoded, limits: PickleBudget) -> Decoded:
        """Keep a value that was read to its end; returns it as it is kept."""
        if decoded.fault or decoded.is_cut or decoded.trailing:
            return decoded
        decoded = decoded._replace(facts={})
        self._kept.put(key, (decoded, limits), len(key[0]) + decoded.end + _OBJECT_BYTES * decoded.objects)
        return decoded

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


_SINGLE = PickleBudget._fields.index("memo_gap")
_MOST = PickleBudget._fields.index("most_opcodes")

DECODED = DecodedPickles()
"""The cache of this process."""


def identity(text: str | memoryview) -> str | bytes:
    """A key of the base64 text of a pickle: the text itself, or the digest of a long one."""
    return text if isinstance(text, str) and len(text) <= _SHORT else digest(text)


def digest(text: str | memoryview) -> bytes:
    """A key of the base64 text of a pickle, 32 bytes long."""
    return digest_of(text if isinstance(text, memoryview) else text.encode("utf-8", "surrogatepass"))


def facts_of(value: Value) -> dict[str, Any]:
    """Results derived from the value of a decoded envelope alone, by name, shared by all places of its pickle.

    Callers may add results that do not change any more. For any other value it is empty, and nothing is kept.
    """
    decoded = value.decoded if type(value) is Envelope else None
    return decoded.facts if decoded is not None and decoded.facts is not None else {}
