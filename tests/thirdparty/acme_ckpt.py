"""A team's own store, written from docs/adding-a-store.md alone: checkpoints of orders in an SQLite database."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Facts, Problem, StoreMetadata, parse_time
from ckpt_tui.errors import UndecodableError
from ckpt_tui.stores.polled import PolledStore
from ckpt_tui.stores.sqlite import SqliteFault, SqliteFile


class AcmeStore(PolledStore):
    kind = "acme"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._database = SqliteFile(path)

    def _rows(self, where: str = "", *values: Any) -> list[tuple[Any, ...]]:
        query = f"SELECT id, parent, run, step, created, body FROM checkpoints {where}"
        try:
            return self._database.read(lambda look: look.rows(query, values))
        except SqliteFault as fault:
            raise OSError(errno.EIO, fault.reason) from None

    def mark(self) -> object:
        return self._database.mark()

    def read(self) -> Iterator[CheckpointRef | Problem]:
        for position, row in enumerate(self._rows("ORDER BY created, rowid")):
            yield self._entry(row, position)

    def _entry(self, row: tuple[Any, ...], position: int = 0) -> CheckpointRef | Problem:
        name, parent, run, step, created, body = row
        try:
            state = json.loads(body)
        except ValueError as error:
            return Problem(name, f"its body is not valid JSON: {error}", "not-json", len(body))
        waiting = state.get("asks")
        return CheckpointRef(
            id=name, file=name, workflow="acme", graph="", parent=parent, timestamp=created, when=parse_time(created),
            iteration=step, size=len(body), position=position,
            facts=Facts(messages=0, pending=int(bool(waiting)), sources=(), askers=(), edges=False),
            store_metadata=StoreMetadata(run=run, title=f"order {run}", label=state.get("did", "")),
        )  # fmt: skip

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        rows = self._rows("WHERE id = ?", file)
        entry = self._entry(rows[0]) if rows else None
        if not isinstance(entry, CheckpointRef):
            raise UndecodableError(f"{file} is not there or cannot be read.")
        known = self._known.get(file)
        ref = known if isinstance(known, CheckpointRef) else entry
        state = json.loads(rows[0][5])
        asks = state.pop("asks", None)
        pending = {"q1": {"source_executor_id": "clerk", "request_type": "str", "response_type": "bool", "data": asks}}
        return Checkpoint(
            ref, messages={}, state=state, pending=pending if asks else {}, metadata={}, warnings=(), faults=(),
            raw=rows[0][5].encode(),
        )  # fmt: skip


def open_acme(place: str) -> AcmeStore | None:
    return AcmeStore(place) if place.endswith(".acme") and os.path.exists(place) else None


# -- for the tests -----------------------------------------------------------------------------------------------------


def write(path: str | os.PathLike[str], count: int, run: str = "A-17") -> None:
    """Write checkpoints that follow each other, the last one waiting for an answer; more of them the next time."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS checkpoints (id, parent, run, step, created, body)")
        [(start,)] = database.execute("SELECT COUNT(*) FROM checkpoints")
        for step in range(start, start + count):
            body: dict[str, Any] = {"did": f"packed {step} boxes", "boxes": step, "customer": {"name": "Ada"}}
            if step == start + count - 1:
                body["asks"] = "Ship it?"
            parent = f"{run}-{step - 1}" if step else None
            row = (f"{run}-{step}", parent, run, step, f"2026-07-15T10:{step:02}:00+00:00", json.dumps(body))
            database.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", row)
        database.commit()


def execute(path: str | os.PathLike[str], statement: str) -> None:
    """Change the database."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()
