"""What is new in the tables of LangGraph's PostgresSaver, by the transactions that saved the rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from ckpt_tui.stores.langgraph_postgres_tables import Tables, header_of, text_of
from ckpt_tui.stores.langgraph_records import Header, Key
from ckpt_tui.stores.postgres import Look, PostgresDatabase

WHOLE_SECONDS = 1.0
"""Shortest time between two looks through all rows; between them only the ends of the tables are looked at."""

WHOLE_SHARE = 0.05
"""Share of time that looks through all rows may take."""

WHOLE_BLOCKS = 1 << 15
"""Blocks of the largest table that is looked through: 256 MB. Of a larger one the end shows what is new."""

_NEWER = "age(xmin) <= age((%s::bigint & 4294967295)::text::xid)"
"""Rows that transactions from one on have saved; numbers of transactions wrap around, ages do not."""


class Changed(NamedTuple):
    """What transactions since the last look have written.

    Attributes:
        headers: Checkpoints that are new, or were saved again.
        written: Checkpoints whose tasks have written.
        checkpoints: How many checkpoints there are; -1 where they were not counted.
    """

    headers: list[Header]
    written: list[Key]
    checkpoints: int


class _Since(NamedTuple):
    """Up to where everything was read.

    Attributes:
        snapshot: What transactions were to be seen.
        oldest: All transactions before it had ended.
        checkpoints: Blocks of the table of checkpoints.
        writes: Blocks of the table of writes.
    """

    snapshot: str
    oldest: int
    checkpoints: int
    writes: int


class PostgresChanges:
    """What is new in the tables of one saver.

    Args:
        database: The database.
        tables: Its tables.
        keeps_all: Whether every checkpoint that was ever seen is remembered; else those that may be seen again.
    """

    def __init__(self, database: PostgresDatabase, tables: Tables, keeps_all: bool) -> None:
        self._database, self._tables = database, tables
        self._keeps_all = keeps_all
        self._since: _Since | None = None
        self.seen: dict[Key, int] = {}
        """Checkpoints that were seen, with the transaction that saved each."""
        self._written: dict[Key, int] = {}  # the last one that wrote to a checkpoint
        self._whole_at = self._whole_took = 0.0
        self._is_behind = False  # whether only the ends of the tables were looked at

    def mark(self) -> tuple[str, float]:
        """What transactions are to be seen: it differs after every commit to any table of the server.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        snapshot = str(self._database.value("SELECT pg_catalog.txid_current_snapshot()::text"))
        return snapshot, time.monotonic() if self._is_behind and self._is_due() else 0.0

    def has_begun(self) -> bool:
        """Whether there is a moment from which on something may be new."""
        return self._since is not None

    def begin(self, look: Look) -> None:
        """Let what a look does not see be new."""
        self._since = self._moment(look)
        self._is_behind = False

    def _moment(self, look: Look) -> _Since:
        blocks = "pg_relation_size(%s::regclass) / current_setting('block_size')::bigint"
        tables = (self._tables.checkpoints.replace("%%", "%"), self._tables.writes.replace("%%", "%"))
        current = "txid_current_snapshot()::text, txid_snapshot_xmin(txid_current_snapshot())"
        return _Since(*look.rows(f"SELECT {current}, {blocks}, {blocks}", tables)[0])

    def _is_due(self) -> bool:
        """Whether all rows may be looked through again."""
        return time.monotonic() - self._whole_at >= max(WHOLE_SECONDS, self._whole_took / WHOLE_SHARE)

    def changed(self) -> Changed:
        """What is new: at the ends of the tables, and now and then anywhere in them.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        since = self._since
        assert since is not None, "begin() comes first"
        is_whole = self._is_due()
        began = time.monotonic()

        def ask(look: Look) -> tuple[_Since, list[Any], list[Any], int]:
            now = self._moment(look)
            found = []
            for columns, group, table, blocks, blocks_now in (
                (self._tables.header, "", self._tables.checkpoints, since.checkpoints, now.checkpoints),
                (
                    "max(xmin::text::bigint), thread_id, checkpoint_ns, checkpoint_id", " GROUP BY 2, 3, 4",
                    self._tables.writes, since.writes, now.writes,
                ),
            ):  # fmt: skip
                statement = f"SELECT {columns} FROM {table} WHERE {_NEWER}"
                values: list[Any] = [since.oldest]
                if not is_whole or blocks_now > WHOLE_BLOCKS:
                    statement += " AND ctid >= %s::tid"
                    values.append(f"({max(blocks - 1, 0)},0)")
                found.append(look.rows(statement + group, values))
            count = -1
            if is_whole and now.checkpoints <= WHOLE_BLOCKS:
                count = look.rows(f"SELECT count(*) FROM {self._tables.checkpoints}")[0][0]
            return now, found[0], found[1], count

        now, rows, written, count = self._database.read(ask)
        headers = list(map(header_of, rows))
        new = [one for one in headers if one.key is None or self.seen.get(one.key) != one.row]
        touched = {Key(*map(text_of, row[1:])): int(row[0]) for row in written}
        keys = [key for key, number in touched.items() if self._written.get(key) != number]
        if is_whole:
            # What was found now is all that can be found again.
            self._written = touched
            if not self._keeps_all:
                self.seen.clear()
            self._whole_at = time.monotonic()
            self._whole_took = self._whole_at - began
            self._since = now
        else:  # what is elsewhere in the tables is still to be found
            self._written |= touched
            self._since = now._replace(oldest=since.oldest)
        self.take(headers)
        self._is_behind = not is_whole
        return Changed(new, keys, count)

    def take(self, headers: Sequence[Header]) -> None:
        """Take in that these checkpoints are known."""
        self.seen.update((one.key, one.row) for one in headers if one.key is not None)
