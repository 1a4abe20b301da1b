"""The thread that a program's own call continues: read from the program's saver, which is never written to."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from typing import Any

from ckpt_tui.core.langgraph_layout import ERROR, INTERRUPT, RESUME

MOST = 1_000
"""Checkpoints of a thread that are read, the newest; all where values are stored as additions to earlier ones."""

_SINGLE = frozenset((ERROR, INTERRUPT, RESUME, "__scheduled__"))
"""Channels whose writes have an index of their own, independent of other writes of their task."""

_TABLE = "SELECT 1 FROM sqlite_master WHERE name = 'checkpoints'"


async def read_thread(saver: Any, thread: Any, is_async: bool) -> list[Any]:
    """The checkpoints of a thread with those of graphs within it, oldest first; none where it is new.

    Args:
        saver: The saver of the program's graph.
        thread: Its id, as the program gives it.
        is_async: Whether the program awaits its graph, and so its saver.

    Raises:
        Exception: The error of a saver that cannot be read like this.
    """
    is_blocking = isinstance(getattr(saver, "conn", None), sqlite3.Connection)
    if not (is_async and is_blocking) and not await _has_tables(saver):  # the others raise an error
        return []
    config = {"configurable": {"thread_id": thread}}
    found: list[Any] = []
    if is_async:
        async for each in saver.alist(config):
            found.append(each)
            if _is_enough(found):
                break
    else:
        for each in saver.list(config):
            found.append(each)
            if _is_enough(found):
                break
    return found[::-1]


def _is_enough(found: list[Any]) -> bool:
    return len(found) >= MOST and not (found[-1].metadata or {}).get("counters_since_delta_snapshot")


async def _has_tables(saver: Any) -> bool:
    """Whether a database was ever saved to: a saver makes its tables in one that was not as soon as it reads."""
    connection: Any = getattr(saver, "conn", None)
    if isinstance(connection, sqlite3.Connection):
        return connection.execute(_TABLE).fetchone() is not None
    if type(connection).__module__.startswith("aiosqlite"):
        with contextlib.suppress(ValueError):  # it is not open yet
            async with connection.execute(_TABLE) as cursor:
                return await cursor.fetchone() is not None
    return True


def write_thread(saver: Any, found: Iterable[Any], thread: str) -> None:
    """Save the checkpoints of a thread, and the writes of their tasks, into another saver."""
    for each in found:
        place, parent = each.config["configurable"], (each.parent_config or {}).get("configurable") or {}
        names = {"thread_id": thread, "checkpoint_ns": place.get("checkpoint_ns", "")}
        config = {"configurable": {**names, "checkpoint_id": parent.get("checkpoint_id")}}
        versions = each.checkpoint.get("channel_versions") or {}
        saved = saver.put(config, each.checkpoint, each.metadata or {}, versions)
        writes = each.pending_writes or ()
        for task in dict.fromkeys(write[0] for write in writes):
            own = [(channel, value) for name, channel, value in writes if name == task]
            # An answer comes before all that its task has written since.
            others = [write for write in own if write[0] not in _SINGLE]
            answers = [write for write in own if write[0] == RESUME]
            for group in (*([write] for write in own if write[0] in _SINGLE - {RESUME}), [*answers, *others]):
                if group:
                    saver.put_writes(saved, group, task)
