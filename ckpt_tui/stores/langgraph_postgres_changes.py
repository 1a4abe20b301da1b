"""The changes in the tables of LangGraph's PostgresSaver, by the transactions that saved the rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from ckpt_tui.stores.database_fault import DatabaseFault
from ckpt_tui.stores.document_values import text
from ckpt_tui.stores.langgraph_postgres_tables import Tables, header_of
from ckpt_tui.stores.langgraph_records import Header, Key
from ckpt_tui.stores.postgres import Look, PostgresDatabase

WHOLE_SECONDS = 1.0
"""Shortest time in seconds between two scans of all rows; between them only the ends of the tables are read."""

WHOLE_SHARE = 0.05
"""Share of time that scans of all rows may take."""

WHOLE_BLOCKS = 1 << 15
"""Blocks of the largest table that is scanned: 256 MB. Changes of a larger one are found by its end and its index."""

WATCHED = 64
"""Threads of a larger table that every poll queries for new rows, which may take freed space anywhere."""

_LATE = 3
"""How far before the newest id an id may be that is saved later, in units of 27 seconds: clocks differ."""

_NEWER = "age(xmin) <= age((%s::bigint & 4294967295)::text::xid)"
"""Rows that transactions from one on have saved; numbers of transactions wrap around, ages do not."""


class Changed(NamedTuple):
    """The changes by transactions since the last poll.

    Attributes:
        headers: Checkpoints that are new, or were saved again.
        written: Checkpoints whose tasks have written.
        checkpoints: How many checkpoints there are; -1 where they were not counted.
    """

    headers: list[Header]
    written: list[Key]
    checkpoints: int


class _Since(NamedTuple):
    """The point up to which everything was read.

    Attributes:
        snapshot: The visible transactions.
        oldest: All transactions before it had ended.
        checkpoints: Blocks of the table of checkpoints.
        writes: Blocks of the table of writes.
    """

    snapshot: str
    oldest: int
    checkpoints: int
    writes: int


class _Found(NamedTuple):
    """The rows that one poll has found, as the statements give them."""

    now: _Since
    rows: list[Any]
    written: list[Any]
    checkpoints: int


class PostgresChanges:
    """The changes in the tables of one saver.

    Args:
        database: The database.
        tables: Its tables.
        keeps_all: Whether every known checkpoint is kept; else only those that may be found again.
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
        self._is_slow = False  # whether the index is too large to be looked through
        self.newest = ""
        """The largest id that is known."""
        self._watched: dict[str, str] = {}  # the largest id of a thread; the one that was written to last comes last

    def mark(self) -> tuple[str, float]:
        """The visible transactions: differs after every commit to any table of the server.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        snapshot = str(self._database.value("SELECT pg_catalog.txid_current_snapshot()::text"))
        return snapshot, time.monotonic() if self._is_behind and self._is_due() else 0.0

    def has_begun(self) -> bool:
        """Whether a starting point was set."""
        return self._since is not None

    def begin(self, look: Look) -> None:
        """Set the starting point: rows that this transaction does not see are new."""
        self._since = self._moment(look)
        self._is_behind = False

    def _moment(self, look: Look) -> _Since:
        blocks = "pg_relation_size(%s::regclass) / current_setting('block_size')::bigint"
        tables = (self._tables.checkpoints.replace("%%", "%"), self._tables.writes.replace("%%", "%"))
        current = "txid_current_snapshot()::text, txid_snapshot_xmin(txid_current_snapshot())"
        return _Since(*look.rows(f"SELECT {current}, {blocks}, {blocks}", tables)[0])

    def _is_due(self) -> bool:
        """Whether all rows may be scanned again."""
        return time.monotonic() - self._whole_at >= max(WHOLE_SECONDS, self._whole_took / WHOLE_SHARE)

    def changed(self) -> Changed:
        """The changes: at the ends of the tables, and now and then anywhere in them.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        assert self._since is not None, "begin() comes first"
        # Changes of a large table that are quickly found are reported first.
        is_whole = self._is_due() and (self._is_behind or self._since.checkpoints <= WHOLE_BLOCKS)
        began = time.monotonic()
        try:
            found = self._database.read(lambda look: self._found(look, is_whole))
        except DatabaseFault as fault:
            if fault.kind != "slow" or not is_whole or self._is_slow:
                raise
            self._is_slow = True
            found = self._database.read(lambda look: self._found(look, is_whole))
        headers = list({(one := header_of(row)).key or one.row: one for row in found.rows}.values())
        new = [one for one in headers if one.key is None or self.seen.get(one.key) != one.row]
        touched = {Key(*map(text, row[1:])): int(row[0]) for row in found.written}
        keys = [key for key, number in touched.items() if self._written.get(key) != number]
        if is_whole:
            # Only the rows found now can be found again.
            self._written = touched
            if not self._keeps_all:
                self.seen.clear()
            self._whole_at = time.monotonic()
            self._whole_took = self._whole_at - began
            self._since = found.now
        else:  # rows elsewhere in the tables are still to be found
            self._written |= touched
            self._since = found.now._replace(oldest=self._since.oldest)
        self.take(headers)
        self.watch(headers)
        self._is_behind = not is_whole
        return Changed(new, keys, found.checkpoints)

    def _found(self, look: Look, is_whole: bool) -> _Found:
        since, now, tables = self._since, self._moment(look), self._tables
        assert since is not None, "begin() comes first"
        newer: list[Any] = [since.oldest]

        def ask(columns: str, table: str, blocks: int, blocks_now: int, group: str = "") -> list[Any]:
            statement, values = f"SELECT {columns} FROM {table} WHERE {_NEWER}", newer
            if not is_whole or blocks_now > WHOLE_BLOCKS:
                statement += " AND ctid >= %s::tid"
                values = [*newer, f"({max(blocks - 1, 0)},0)"]
            return look.rows(statement + group, values)

        rows = ask(tables.header, tables.checkpoints, since.checkpoints, now.checkpoints)
        written = ask(_WRITTEN, tables.writes, since.writes, now.writes, _OF_ONE)
        is_large = now.checkpoints > WHOLE_BLOCKS
        watched = [list(self._watched), list(self._watched.values())]
        if is_large and not tables.is_shallow:
            of_each = "SELECT found.* FROM unnest(%s::text[], %s::text[]) AS k(thread, name), LATERAL"
            own = "thread_id = k.thread AND checkpoint_ns = '' AND checkpoint_id"
            new = f"SELECT {tables.header} FROM {tables.checkpoints} WHERE {own} > k.name"
            wrote = f"SELECT {_WRITTEN} FROM {tables.writes} WHERE {own} >= k.name AND {_NEWER}{_OF_ONE}"
            rows += look.rows(f"{of_each} ({new}) AS found", watched)
            written += look.rows(f"{of_each} ({wrote}) AS found", [*watched, *newer])
            if is_whole and not self._is_slow:
                statement = f"SELECT {tables.header} FROM {tables.checkpoints} WHERE checkpoint_id > %s AND {_NEWER}"
                rows += look.rows(statement, [_before(self.newest), *newer])
        count = -1
        if is_whole and not (is_large and (self._is_slow or tables.is_shallow)):
            count = look.rows(f"SELECT count(*) FROM {tables.checkpoints}")[0][0]
        return _Found(now, rows, written, count)

    def watch(self, headers: Sequence[Header]) -> None:
        """Query the threads of these checkpoints for new rows at every poll."""
        for one in headers:
            if one.key is not None and not one.key.space:
                last = self._watched.pop(one.key.thread, "")
                self._watched[one.key.thread] = max(last, one.key.id)
        for thread in list(self._watched)[:-WATCHED]:
            del self._watched[thread]

    def take(self, headers: Sequence[Header]) -> None:
        """Mark these checkpoints as known."""
        self.seen.update((one.key, one.row) for one in headers if one.key is not None)
        self.newest = max(self.newest, max((one.key.id for one in headers if one.key is not None), default=""))


_WRITTEN = "max(xmin::text::bigint), thread_id, checkpoint_ns, checkpoint_id"
_OF_ONE = " GROUP BY thread_id, checkpoint_ns, checkpoint_id"


def _before(name: str) -> str:
    """An id that comes some time before one that begins with the time; any other one itself."""
    try:
        return f"{max(int(name[:8], 16) - _LATE, 0):08x}"
    except ValueError:
        return name
