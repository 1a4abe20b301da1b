"""Databases of LangGraph of any size: a thread that its saver wrote, again and again under other names."""

from __future__ import annotations

import random
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parent.parent / "data" / "langgraph" / "1.2.24" / "messages.sqlite"
"""One conversation: ten checkpoints, fourteen writes."""

FIRST = 0x1F1EC1A0_0000_000
"""100-nanosecond steps of the first id: 2026-11-29."""

BETWEEN = 20_000
"""Such steps between two checkpoints."""

AT_ONCE = 50
"""Threads that are written to in turns."""


def write_threads(path: Path, threads: int) -> str:
    """Write so many threads of ten checkpoints, with what their tasks wrote; the name of the newest thread."""
    with closing(sqlite3.connect(f"file:{SAMPLE}?mode=ro&immutable=1", uri=True)) as source:
        schema = [sql for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
        rows = source.execute("SELECT * FROM checkpoints ORDER BY checkpoint_id").fetchall()
        writes = source.execute("SELECT * FROM writes").fetchall()
    names = random.Random(11)
    with closing(sqlite3.connect(path)) as target:
        target.execute("PRAGMA synchronous = OFF")
        target.execute("PRAGMA journal_mode = OFF")
        for sql in schema:
            target.execute(sql)
        number, last = 0, ""
        for start in range(0, threads, AT_ONCE):
            some = [str(uuid.UUID(int=names.getrandbits(128), version=4)) for _ in range(min(AT_ONCE, threads - start))]
            new_rows, new_writes = [], []
            known: dict[str, dict[str, str]] = {name: {} for name in some}
            for step, row in enumerate(rows):
                for name in some:
                    ids = known[name]
                    ids[row[2]] = checkpoint_id(number, step - 1)
                    new_rows.append((name, row[1], ids[row[2]], ids.get(row[3]), *row[4:]))
                    number += 1
                    last = name
            for name in some:
                new_writes += [(name, one[1], known[name][one[2]], *one[3:]) for one in writes]
            _insert(target, "checkpoints", new_rows)
            _insert(target, "writes", new_writes)
        target.commit()
        target.execute("PRAGMA journal_mode = WAL")
    return last


def add_checkpoint(path: Path, thread: str) -> str:
    """Save one more checkpoint of a thread, as a program does that goes on; its id."""
    with closing(sqlite3.connect(path)) as target:
        last = target.execute(
            "SELECT * FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id DESC LIMIT 1", (thread,)
        ).fetchone()
        count = target.execute("SELECT max(rowid) FROM checkpoints").fetchone()[0]
        own = checkpoint_id(2 * count, int(last[2][19:23], 16) & 0x3FFF)
        _insert(target, "checkpoints", [(thread, "", own, last[2], *last[4:])])
        target.commit()
    return own


def checkpoint_id(number: int, step: int) -> str:
    """The id of the checkpoint that was saved after so many others."""
    ticks = f"{FIRST + number * BETWEEN:015x}"
    tail = random.Random(number).getrandbits(48)
    return f"{ticks[:8]}-{ticks[8:12]}-6{ticks[12:]}-{0x8000 | step & 0x3FFF:04x}-{tail:012x}"


def _insert(target: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
