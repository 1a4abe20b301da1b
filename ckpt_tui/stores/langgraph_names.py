"""Names of LangGraph's checkpoints: the time and step in an id; thread, namespace and id as one name."""

from __future__ import annotations

from functools import lru_cache

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.stores.langgraph_records import Key

_VERSION_6 = LatePattern(r"([0-9a-f]{8})-([0-9a-f]{4})-6([0-9a-f]{3})-([89ab][0-9a-f]{3}|ffff)-[0-9a-f]{12}\Z")
"""An id of version 6; in JavaScript the step before the first sets the bits of the variant, too."""

_GREGORIAN = 0x01B21DD213814000
"""100-nanosecond steps from 1582-10-15, where the time of a UUID begins, to 1970."""

_CLOCK = 1 << 14


def saved_at(name: str) -> float:
    """When a checkpoint was saved, in seconds since 1970, from its id; 0.0 where the id has no time."""
    found = _VERSION_6.compiled.match(name)
    if found is None:
        return 0.0
    ticks = (int(found[1], 16) << 28 | int(found[2], 16) << 12 | int(found[3], 16)) - _GREGORIAN
    return ticks / 1e7 if 0 < ticks < 2_500_000_000 * 10**7 else 0.0


def step_of(name: str) -> int:
    """The step that an id was made for, -1 for the first input; 0 where the id has none."""
    found = _VERSION_6.compiled.match(name)
    if found is None:
        return 0
    clock = int(found[4], 16) & (_CLOCK - 1)
    return clock - _CLOCK if clock >= _CLOCK // 2 else clock


def encoded(key: Key) -> str:
    """One name for a checkpoint: `THREAD/ID`, or `THREAD/NAMESPACE/ID` in a subgraph."""
    return f"{run_named(key.thread, key.space)}/{_escaped(key.id)}"


@lru_cache(1024)
def run_named(thread: str, space: str) -> str:
    """The id of the run of a thread, or of one call of a subgraph in it; the same object for one after the other."""
    return f"{_escaped(thread)}/{_escaped(space)}" if space else _escaped(thread)


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F") if "/" in part or "%" in part else part


def key_of(file: str) -> Key | None:
    """The key of such a name; None where it is not one."""
    parts = [part.replace("%2F", "/").replace("%25", "%") for part in file.split("/")]
    if len(parts) == 2:
        return Key(parts[0], "", parts[1])
    return Key(*parts) if len(parts) == 3 else None


def above(space: str) -> str | None:
    """The namespace that a namespace was called from; None for that of the graph itself."""
    return space.rpartition("|")[0] if space else None


def run_of(key: Key) -> str:
    """The id of the run that a checkpoint belongs to: its thread, or one call of a subgraph in it."""
    return run_named(key.thread, key.space)


def title_of(key: Key) -> str:
    """The name of that run for people: the thread, or the node that is the subgraph."""
    if not key.space:
        return f"thread {key.thread}"
    return key.space.rpartition("|")[2].partition(":")[0]
