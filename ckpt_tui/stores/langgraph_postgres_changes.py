"""The tables of LangGraph's PostgresSaver, and what in them is new.

The tables of a ShallowPostgresSaver, which keeps the newest checkpoint of a thread alone, have fewer columns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ckpt_tui.stores.langgraph_container import News
from ckpt_tui.stores.langgraph_records import PAGE, Header, Key
from ckpt_tui.stores.postgres import Look, PostgresDatabase, Table, identifier

TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")

_REQUIRED: Mapping[str, Mapping[str, str]] = {
    "checkpoints": {"thread_id": "text", "checkpoint_ns": "text", "checkpoint": "jsonb", "metadata": "jsonb"},
    "checkpoint_blobs": {
        "thread_id": "text", "checkpoint_ns": "text", "channel": "text", "type": "text", "blob": "bytea"
    },
    "checkpoint_writes": {
        "thread_id": "text", "checkpoint_ns": "text", "checkpoint_id": "text", "task_id": "text", "idx": "integer",
        "channel": "text", "type": "text", "blob": "bytea",
    },
}  # fmt: skip
"""Columns and their types that the tables have in every release, also of a ShallowPostgresSaver."""

LISTED = 200_000
"""Checkpoints that are listed, the newest: about 150 MB."""

WHOLE_SECONDS = 1.0
"""Shortest time between two looks through all rows; between them only the ends of the tables are looked at."""

WHOLE_SHARE = 0.05
"""Share of time that looks through all rows may take."""

WHOLE_BLOCKS = 1 << 15
"""Blocks of the largest table that is looked through: 256 MB. Of a larger one the end shows what is new."""


class Tables(NamedTuple):
    """Where a saver keeps its rows, as statements have it.

    Attributes:
        schema: The schema.
        checkpoints: The table of checkpoints.
        blobs: That of the values of channels.
        writes: That of what tasks have written.
        is_shallow: Whether only the newest checkpoint of a thread is kept.
        has_paths: Whether the paths of tasks are kept.
        rows: How many checkpoints the server takes there to be.
    """

    schema: str
    checkpoints: str
    blobs: str
    writes: str
    is_shallow: bool
    has_paths: bool
    rows: int


def tables_of(found: Iterable[Table]) -> list[Tables]:
    """The sets of tables that are LangGraph's, one for each schema that has one, in the order given."""
    schemas: dict[str, dict[str, Table]] = {}
    for table in found:
        schemas.setdefault(table.schema, {})[table.name] = table
    made = []
    for schema, own in schemas.items():
        if not all(name in own and _REQUIRED[name].items() <= own[name].columns.items() for name in TABLES):
            continue
        checkpoints, blobs, writes = (f"{identifier(schema)}.{identifier(name)}" for name in TABLES)
        columns = own["checkpoints"].columns
        is_shallow = "checkpoint_id" not in columns
        if not is_shallow and (columns.get("parent_checkpoint_id"), own["checkpoint_blobs"].columns.get("version")) != (
            "text", "text",
        ):  # fmt: skip
            continue
        has_paths = own["checkpoint_writes"].columns.get("task_path") == "text"
        made.append(Tables(schema, checkpoints, blobs, writes, is_shallow, has_paths, own["checkpoints"].rows))
    return made


_NEWER = "age(xmin) <= age((%s::bigint & 4294967295)::text::xid)"
"""Rows that transactions from one on have saved; numbers of transactions wrap around, ages do not."""


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
    """

    def __init__(self, database: PostgresDatabase, tables: Tables) -> None:
        self.database, self.tables = database, tables
        self._since: _Since | None = None
        self._seen: dict[Key, int] = {}  # the transaction that saved each checkpoint
        self._written: dict[Key, int] = {}  # the last one that wrote to it, since the first look
        self._is_counted = True
        self._order = 0
        self._whole_at = self._whole_took = 0.0
        self._is_behind = False  # whether only the ends of the tables were looked at
        self._id = "checkpoint->>'id'" if tables.is_shallow else "checkpoint_id"
        parent = "NULL::text" if tables.is_shallow else "parent_checkpoint_id"
        self._header = f"xmin::text::bigint, thread_id, checkpoint_ns, {self._id}, {parent}, pg_column_size(checkpoint)"

    def mark(self) -> tuple[str, float]:
        """What transactions are to be seen: it differs after every commit to any table of the server.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        snapshot = str(self.database.value("SELECT pg_catalog.txid_current_snapshot()::text"))
        return snapshot, time.monotonic() if self._is_behind and self._is_due() else 0.0

    def news(self) -> Iterator[News]:
        """What is new since the last time, a page at a time; everything at first.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        if self._since is None:
            yield from self._all()
        else:
            yield self._changed(self._since)

    def _all(self) -> Iterator[News]:
        since = self.database.read(self._moment)
        self._seen.clear()
        oldest, remark, total = "", "", max(self.tables.rows, 0)
        if total > LISTED and not self.tables.is_shallow:
            oldest = self.database.read(self._oldest_listed)
            remark = f"only the newest {LISTED:,} of about {total:,} checkpoints are listed"
        names = "thread_id, checkpoint_ns" + ("" if self.tables.is_shallow else ", checkpoint_id")
        marks = "%s, %s" if self.tables.is_shallow else "%s, %s, %s"
        start = f"SELECT {self._header} FROM {self.tables.checkpoints} WHERE {self._id} >= %s"
        end = f" ORDER BY {names} LIMIT {PAGE}"
        statement, values = start + end, [oldest]
        while True:
            rows = self.database.read(asking(statement, values))
            yield News(self._headers(rows), total=min(total, LISTED), remark=remark)
            if len(rows) < PAGE:
                break
            statement = f"{start} AND ({names}) > ({marks}){end}"
            values = [oldest, *rows[-1][1 : 3 if self.tables.is_shallow else 4]]
        self._is_counted = not oldest
        self._since = since

    def _oldest_listed(self, look: Look) -> str:
        rows = look.rows(
            f"SELECT checkpoint_id FROM {self.tables.checkpoints} ORDER BY checkpoint_id DESC OFFSET %s LIMIT 1",
            (LISTED - 1,),
        )
        return str(rows[0][0]) if rows else ""

    def _moment(self, look: Look) -> _Since:
        blocks = "pg_relation_size(%s::regclass) / current_setting('block_size')::bigint"
        row = look.rows(
            "SELECT txid_current_snapshot()::text, txid_snapshot_xmin(txid_current_snapshot()), "
            f"{blocks}, {blocks}", (self.tables.checkpoints.replace("%%", "%"), self.tables.writes.replace("%%", "%")),
        )[0]  # fmt: skip
        return _Since(*row)

    def _is_due(self) -> bool:
        """Whether all rows may be looked through again."""
        return time.monotonic() - self._whole_at >= max(WHOLE_SECONDS, self._whole_took / WHOLE_SHARE)

    def _changed(self, since: _Since) -> News:
        """What transactions since have written: at the ends of the tables, and now and then anywhere in them."""
        is_whole = self._is_due()
        began = time.monotonic()

        def ask(look: Look) -> tuple[_Since, list[Any], list[Any], int]:
            now = self._moment(look)
            found = []
            for columns, group, table, blocks, blocks_now in (
                (self._header, "", self.tables.checkpoints, since.checkpoints, now.checkpoints),
                (
                    "max(xmin::text::bigint), thread_id, checkpoint_ns, checkpoint_id", " GROUP BY 2, 3, 4",
                    self.tables.writes, since.writes, now.writes,
                ),
            ):  # fmt: skip
                statement = f"SELECT {columns} FROM {table} WHERE {_NEWER}"
                values: list[Any] = [since.oldest]
                if not is_whole or blocks_now > WHOLE_BLOCKS:
                    statement += " AND ctid >= %s::tid"
                    values.append(f"({max(blocks - 1, 0)},0)")
                found.append(look.rows(statement + group, values))
            count = -1
            if is_whole and self._is_counted and now.checkpoints <= WHOLE_BLOCKS:
                count = look.rows(f"SELECT count(*) FROM {self.tables.checkpoints}")[0][0]
            return now, found[0], found[1], count

        now, changed, written, count = self.database.read(ask)
        headers = self._headers([row for row in changed if self._seen.get(Key(*row[1:4])) != row[0]])
        touched = [(Key(*map(text_of, row[1:])), row[0]) for row in written]
        touched = [(key, number) for key, number in touched if self._written.get(key) != number]
        self._written.update(touched)
        gone = self._vanished() if count >= 0 and count != len(self._seen) else []
        self._is_behind = not is_whole
        if is_whole:
            self._whole_at = time.monotonic()
            self._whole_took = self._whole_at - began
            self._since = now
        else:  # what is elsewhere in the tables is still to be found
            self._since = now._replace(oldest=since.oldest)
        return News(headers, [key for key, _ in touched], gone, len(self._seen))

    def _vanished(self) -> list[Key]:
        statement = f"SELECT thread_id, checkpoint_ns, {self._id} FROM {self.tables.checkpoints}"
        left = {Key(*map(text_of, row)) for row in self.database.read(asking(statement))}
        gone = [key for key in self._seen if key not in left]
        for key in gone:
            del self._seen[key]
        return gone

    def _headers(self, rows: Sequence[tuple[Any, ...]]) -> list[Header]:
        found = []
        for number, *row in rows:
            self._order += 1
            header = header_of(self._order, row)
            if header.key is not None:
                self._seen[header.key] = number
            found.append(header)
        return found


def asking(statement: str, values: Sequence[Any] = ()) -> Callable[[Look], list[tuple[Any, ...]]]:
    """What asks for all rows of a statement."""
    return lambda look: look.rows(statement, values)


def header_of(number: int, row: Sequence[Any]) -> Header:
    """The header of thread, namespace, id, parent and size."""
    thread, space, name, parent, size = row
    key = Key(thread, space, name) if type(thread) is type(space) is type(name) is str and name else None
    return Header(number, key, parent if type(parent) is str and parent else None, "json", int(size or 0))


def text_of(value: Any) -> str:
    """The text of a column; "" where it has none."""
    return value if type(value) is str else ""
