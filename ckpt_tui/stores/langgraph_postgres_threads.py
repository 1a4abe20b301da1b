"""The threads of LangGraph's PostgresSaver: their numbers of checkpoints, and searches in them.

All of it is answered by the index of the table of checkpoints, of the tables of a shallow saver by its few rows.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from typing import Any

from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.stores.langgraph_postgres_changes import PostgresChanges
from ckpt_tui.stores.langgraph_postgres_tables import Tables, asking, header_of
from ckpt_tui.stores.langgraph_records import Header, Key
from ckpt_tui.stores.langgraph_threads import MANY, PROBLEMS, RECENT_ROWS, RECENT_THREADS, Made, ThreadNews, ThreadRows
from ckpt_tui.stores.postgres import Look, PostgresDatabase

THREADS_AT_ONCE = 2_000
"""Threads that are read in one statement."""

RECENT_BLOCKS = 64
"""Blocks at the end of the table in which the last rows are searched."""

_PACKED = 64
"""Threads that are packed together while they are put in order."""


class PostgresThreads:
    """The threads of one saver.

    Args:
        database: The database. Listing and following all threads has a connection of its own.
        tables: The saver's tables.

    Every method raises `DatabaseFault` where the server cannot be reached, or does not answer.
    """

    def __init__(self, database: PostgresDatabase, tables: Tables) -> None:
        self._database, self._tables = database, tables
        self._listing = PostgresDatabase(database.address)
        self._changes = PostgresChanges(self._listing, tables, keeps_all=False)
        name = tables.id
        # Ids and namespaces are compared by their bytes, whatever the collation of the database.
        self._columns = (
            f'SELECT thread_id, count(*), min({name} COLLATE "C"), '
            f"max(({name} || chr(10) || checkpoint_ns) COLLATE \"C\"), 0 FROM {tables.checkpoints} WHERE {name} <> ''"
        )

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._database.read(asking(statement, values))

    def mark(self) -> object:
        """The visible transactions."""
        return self._changes.mark()

    def is_large(self) -> bool:
        """Whether there are more checkpoints than are listed one by one."""
        [(count,)] = self._rows(
            f"SELECT count(*) FROM (SELECT 1 FROM {self._tables.checkpoints} LIMIT {FOLDED + 1}) AS few"
        )
        return bool(count > FOLDED)

    # -- all of them -------------------------------------------------------------------------------------------------

    def recent(self) -> tuple[list[ThreadRows], int]:
        """The threads of the last rows, and about how many checkpoints there are."""
        name = self._tables.checkpoints.replace("%%", "%")
        size = "pg_relation_size(%s::regclass) / current_setting('block_size')::bigint"

        def ask(look: Look) -> list[ThreadRows]:
            [(blocks,)] = look.rows(f"SELECT {size}", (name,))
            last = look.rows(
                f"SELECT thread_id FROM {self._tables.checkpoints} WHERE ctid >= %s::tid ORDER BY ctid DESC "
                f"LIMIT {RECENT_ROWS}",
                (f"({max(blocks - RECENT_BLOCKS, 0)},0)",),
            )
            return self._some(look, list(dict.fromkeys(thread for (thread,) in last))[:RECENT_THREADS])

        # Longer queries have a connection of their own, so that they do not delay the first rows.
        return self._database.read(ask), max(self._tables.rows, 0)

    def all(self, make: Callable[[Iterator[ThreadRows]], Made]) -> Made:
        """The result of `make` for all threads, the newest first; `news` gives later changes.

        They are read by their names, a page at a time, so that no statement takes long however many there are, and put
        in order here: a page is packed until it is merged with the others.
        """
        after = f"{self._columns} AND thread_id > %s GROUP BY thread_id ORDER BY thread_id LIMIT {THREADS_AT_ONCE}"
        first = after.replace(" AND thread_id > %s", "")

        def ask(look: Look) -> list[list[bytes]]:
            self._changes.begin(look)
            # A page follows the index; a plan that sorts the whole table would do so for every page.
            look.rows("SELECT set_config(name, 'off', true) FROM unnest(%s::text[]) AS name", (_DETOURS,))
            pages = []
            rows = look.rows(first)
            while rows:
                pages.append(_packed(rows))
                newest = max(row[3].partition("\n")[0] for row in rows)
                self._changes.newest = max(self._changes.newest, newest)
                rows = look.rows(after, (rows[-1][0],)) if len(rows) == THREADS_AT_ONCE else []
            return pages

        pages = self._listing.read(ask)
        return make(merge(*map(_unpacked, pages), key=lambda one: one.last, reverse=True))

    def news(self, counts: bool) -> ThreadNews:
        """The changes; checkpoints are counted where all rows are scanned."""
        return ThreadNews(*self._changes.changed())

    def last(self, rows: ThreadRows) -> Key | None:
        """None: rows have no order."""
        return None

    # -- some of them ------------------------------------------------------------------------------------------------

    def some(self, threads: Sequence[str]) -> list[ThreadRows]:
        """These threads, as far as they are there."""
        return self._database.read(lambda look: self._some(look, threads)) if threads else []

    def _some(self, look: Look, threads: Sequence[str]) -> list[ThreadRows]:
        rows = look.rows(f"{self._columns} AND thread_id = ANY(%s::text[]) GROUP BY thread_id", (list(threads),))
        return sorted((ThreadRows(*row) for row in rows), key=lambda one: one.last, reverse=True)

    def headers(self, thread: str) -> list[Header]:
        """The checkpoints of a thread, in the order of their ids, which begin with the time."""
        table = self._tables.checkpoints
        statement = (
            f'SELECT {self._tables.header} FROM {table} WHERE thread_id = %s ORDER BY {self._tables.id} COLLATE "C"'
        )
        headers = list(map(header_of, self._rows(statement, thread)))
        self._changes.watch(headers)
        return headers

    def has(self, key: Key) -> bool:
        """Whether there is a checkpoint of this name."""
        return self._any(f"thread_id = %s AND checkpoint_ns = %s AND {self._tables.id} = %s", *key)

    def has_thread(self, thread: str) -> bool:
        """Whether there is a thread of this name."""
        return self._any("thread_id = %s", thread)

    def begins(self, text: str) -> bool:
        """Whether the name of a thread begins with a text."""
        return self._any("left(thread_id, length(%s)) = %s", text, text)

    def _any(self, condition: str, *values: Any) -> bool:
        return bool(self._rows(f"SELECT 1 FROM {self._tables.checkpoints} WHERE {condition} LIMIT 1", *values))

    def named(self, text: str, digits: str) -> list[str] | None:
        """The threads with an id that begins so, or whose middle has these digits; None where they are many."""
        condition = (
            f"left({self._tables.id}, length(%s)) = %s "
            f"OR (%s <> '' AND substr(replace({self._tables.id}, '-', ''), 9, length(%s)) = %s)"
        )
        names = self._names(condition, MANY + 1, text, text, digits, digits, digits)
        return names if len(names) <= MANY else None

    def containing(self, text: str, is_strict: bool, limit: int) -> list[str]:
        """The threads with an id of a checkpoint that contains a text, at most so many; `is_strict` about case."""
        name = self._tables.id if is_strict else f"lower({self._tables.id})"
        return self._names(f"strpos({name}, %s) > 0", limit, text)

    def _names(self, condition: str, limit: int, *values: Any) -> list[str]:
        statement = f"SELECT DISTINCT thread_id FROM {self._tables.checkpoints} WHERE {condition} LIMIT %s"
        return [thread for (thread,) in self._rows(statement, *values, limit)]

    def newest(self, count: int) -> list[tuple[str, str]]:
        """Thread and id of the checkpoints with the largest ids, of one more than so many."""
        name = self._tables.id
        statement = (
            f"SELECT thread_id, {name} FROM {self._tables.checkpoints} WHERE {name} <> '' "
            f'ORDER BY {name} COLLATE "C" DESC LIMIT %s'
        )
        return [(thread, found) for thread, found in self._rows(statement, count + 1)]

    def problems(self) -> list[Header]:
        """Rows that hold no id."""
        name = self._tables.id
        statement = (
            f"SELECT {self._tables.header} FROM {self._tables.checkpoints} WHERE {name} = '' OR {name} IS NULL LIMIT %s"
        )
        return list(map(header_of, self._rows(statement, PROBLEMS)))


_DETOURS = ["enable_hashagg", "enable_sort", "enable_seqscan", "enable_bitmapscan"]
"""Settings of the planner that let it read the whole table where an index has the order."""


def _packed(rows: Sequence[Sequence[Any]]) -> list[bytes]:
    """Threads, the newest first, in some 100 bytes for each."""
    ordered = sorted(rows, key=lambda row: str(row[3]), reverse=True)
    return [zlib.compress(json.dumps(ordered[at : at + _PACKED]).encode(), 1) for at in range(0, len(rows), _PACKED)]


def _unpacked(packed: Sequence[bytes]) -> Iterator[ThreadRows]:
    for some in packed:
        yield from (ThreadRows(*row) for row in json.loads(zlib.decompress(some)))
