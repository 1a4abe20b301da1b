"""Databases as LangGraph's SqliteSaver lays them out, with bodies in JSON as its JavaScript version writes them."""

import json
import sqlite3
from pathlib import Path
from typing import Any

SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS checkpoints (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    parent_checkpoint_id TEXT, type TEXT, checkpoint BLOB, metadata BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
);
CREATE TABLE IF NOT EXISTS writes (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    task_id TEXT NOT NULL, idx INTEGER NOT NULL, channel TEXT NOT NULL, type TEXT, value BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
);
ALTER TABLE writes ADD COLUMN task_path TEXT NOT NULL DEFAULT '';
"""

FIRST = 0x1F1EC1A0_0000_000
"""100-nanosecond steps of the first id: 2026-11-29."""


def checkpoint_id(number: int, step: int) -> str:
    """The id of the checkpoint saved so many milliseconds after the first."""
    ticks = f"{FIRST + number * 10_000:015x}"
    return f"{ticks[:8]}-{ticks[8:12]}-6{ticks[12:]}-{0x8000 | step & 0x3FFF:04x}-0123456789ab"


def connect(path: Path, schema: str = SCHEMA) -> sqlite3.Connection:
    """A connection to a new database that stays open until it is closed."""
    connection = sqlite3.connect(path)
    connection.executescript(schema)
    return connection


def save(
    connection: sqlite3.Connection,
    number: int,
    parent: str | None = None,
    *,
    thread: str = "t",
    space: str = "",
    source: str = "loop",
    values: dict[str, Any] | None = None,
    seen: dict[str, Any] | None = None,
    name: str | None = None,
    **metadata: Any,
) -> str:
    """Save a checkpoint as the saver does, and commit; its id. The step is `number` - 1."""
    own = checkpoint_id(number, number - 1) if name is None else name
    body = {
        "v": 4, "ts": "2026-11-29T17:26:24.000000+00:00", "id": own, "channel_values": values or {},
        "channel_versions": {}, "versions_seen": {"__input__": {}, **(seen or {})}, "updated_channels": [],
    }  # fmt: skip
    about = {"source": source, "step": number - 1, "parents": {}, **metadata}
    connection.execute(
        "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, 'json', ?, ?)",
        (thread, space, own, parent, json.dumps(body).encode(), json.dumps(about).encode()),
    )
    connection.commit()
    return own


def write(
    connection: sqlite3.Connection,
    name: str,
    task: str,
    number: int,
    channel: str,
    value: Any,
    *,
    node: str = "",
    thread: str = "t",
    space: str = "",
) -> None:
    """Save what a task wrote that runs from a checkpoint, and commit."""
    path = f"~__pregel_pull, {node}" if node else ""
    connection.execute(
        "INSERT OR REPLACE INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, value,"
        " task_path) VALUES (?, ?, ?, ?, ?, ?, 'json', ?, ?)",
        (thread, space, name, task, number, channel, json.dumps(value).encode(), path),
    )
    connection.commit()


def save_two(path: Path) -> sqlite3.Connection:
    """An input and what ran from it."""
    connection = connect(path)
    first = save(connection, 0, source="input", values={"__start__": {"n": 0}})
    save(connection, 1, first, values={"n": 0, "branch:to:count": None}, seen={"__start__": {"__start__": "1"}})
    return connection


def save_many(path: Path, threads: int, checkpoints: int) -> None:
    """Save threads, each with so many checkpoints in turns with the others, the last of them in a graph it called."""
    connection = connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    last: dict[str, str] = {}
    number = 1
    for step in range(checkpoints):
        for one in range(threads):
            thread = f"thread {one:03}"
            space = "research:1" if step == checkpoints - 1 else ""
            last[thread] = save(connection, number, None if space else last.get(thread), thread=thread, space=space)
            number += 1
    connection.close()
