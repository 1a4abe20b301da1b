"""Channels that store additions instead of their value (`DeltaChannel`), rebuilt as far as possible.

A value is the nearest one that an ancestor stores, with all later writes to the channel. How a write is added is a
function of the graph, which no store holds; where all are lists they are joined, with a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.value import Obj, Value

MISSING = object()
"""Stands for no stored value."""


class DeltaHistory(NamedTuple):
    """The parts of a channel's value.

    Attributes:
        seed: The nearest stored value, or `MISSING` where it began empty.
        writes: The writes to it since, oldest first.
        is_whole: Whether every ancestor up to the seed, or to the first, is in the store.
    """

    seed: Value
    writes: Sequence[Value]
    is_whole: bool


def rebuilt(history: DeltaHistory) -> tuple[Value, str]:
    """The rebuilt value of the channel, and a warning about it.

    Returns:
        The joined list; or, where that may not be what the graph has, `seed` and `writes` as they are stored.
    """
    seed = [] if history.seed is MISSING else resolve(history.seed)
    lists = [resolve(write) for write in history.writes]
    reason = "an ancestor is not in the store" if not history.is_whole else ""
    if not reason and not all(type(part) is list for part in (seed, *lists)):
        reason = "what was written is not lists alone"
    if not reason:
        whole = [item for part in (seed, *lists) for item in part]
        names = [name for item in whole if type(name := attribute(item, "id")) is str]
        if len(set(names)) == len(names) and not any(_removes(item) for item in whole):
            return whole, "not stored here; what was written since the last stored value is joined to it"
        reason = "messages were replaced or removed"
    parts: dict[str, Value] = {} if history.seed is MISSING else {"seed": history.seed}
    parts["writes"] = list(history.writes)
    return parts, f"not stored here, and only the graph can rebuild it ({reason}); its parts are shown"


def _removes(item: Value) -> bool:
    return type(resolve(item)) is Obj and attribute(item, "type") == "remove"
