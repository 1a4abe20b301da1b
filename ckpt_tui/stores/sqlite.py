"""SQLite databases of other programs, read without a trace: the base of every reader of one.

```python
database = SqliteFile("memory.db")
rows = database.read(lambda look: look.rows("SELECT id, body FROM notes ORDER BY rowid"))
```

A look is one short-lived connection. Nothing is written, locked for longer than the look, or left beside the database,
and nothing of its schema is executed: only ordinary tables are read, and the caller writes the statements. (A writer
that ends in the very millisecond of a look may leave its log behind, empty or not; the next program that opens the
database clears it.)
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import quote

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.stores.database_fault import DatabaseFault

MAGIC = b"SQLite format 3\0"
"""The first bytes of every SQLite database."""

BUSY_SECONDS = 0.25
"""Seconds that a look waits for a writer that has locked the database."""

LOOKS = 4
"""Attempts at a database that changes while it is read without locks."""

SETTLED_SECONDS = 2.0
"""Seconds after a write in which a commit may still become visible."""

COPIED_BYTES = 256 * 1024 * 1024
"""Bytes of the largest database that is copied aside where it cannot be read in place."""

_HEADER = 100
_WAL_VERSION = 2

Kind = Literal["damaged", "locked", "encrypted", "interrupted", "being-written", "foreign", "unreadable"]
Answer = TypeVar("Answer")


class SqliteFault(DatabaseFault):
    """An SQLite database that cannot be read; its kind is a `Kind`."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(kind, reason)


class Mark(NamedTuple):
    """Differs after each change.

    Attributes:
        main: Inode, time in nanoseconds and bytes of the database.
        log: The same of its write-ahead log; None where there is none.
        moment: Zero; or a unique number, where a write is so recent that it may not be committed yet.
    """

    main: tuple[int, int, int]
    log: tuple[int, int, int] | None
    moment: int = 0


class Table(NamedTuple):
    """An ordinary table.

    Attributes:
        name: As the schema has it.
        columns: Its columns, without those that an expression of the schema computes.
        has_rowid: Whether its rows have a `rowid`, whose order is the order of inserting.
    """

    name: str
    columns: tuple[str, ...]
    has_rowid: bool


class Look:
    """One connection, as long as one query.

    Attributes:
        note: The parts that the look cannot see, as text for people, or "".
    """

    def __init__(self, connection: sqlite3.Connection, note: str = "") -> None:
        self._connection = connection
        self.note = note

    def tables(self, *names: str) -> dict[str, Table]:
        """The ordinary tables by name: no views, no virtual tables, none of SQLite's own.

        Args:
            names: Those that are wanted; all where none are named.
        """
        found = {}
        for name, sql in self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
            if type(name) is not str or type(sql) is not str or name.startswith("sqlite_"):
                continue
            if names and name not in names:
                continue
            if not _ORDINARY.compiled.match(sql):
                continue
            columns = self.rows(f"PRAGMA table_xinfo({quoted(name)})")
            own = tuple(str(row[1]) for row in columns if row[6] == 0)
            lowered = {one.lower() for one in own}
            has_rowid = not _WITHOUT_ROWID.compiled.search(sql) and not {"rowid", "_rowid_", "oid"} & lowered
            found[name] = Table(name, own, has_rowid)
        return found

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a statement gives; text that is not UTF-8 has surrogate escapes."""
        return self._connection.execute(statement, values).fetchall()

    def iterate(self, statement: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows one after the other; they must all be taken before the look ends."""
        return self._connection.execute(statement, values)


_ORDINARY = LatePattern(r"\s*CREATE\s+TABLE\b", re.IGNORECASE)
_WITHOUT_ROWID = LatePattern(r"\bWITHOUT\s+ROWID\b", re.IGNORECASE)


class SqliteFile:
    """One database file.

    Args:
        path: Where it is; it need not be there yet.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._copy: _Copy | None = None

    def mark(self) -> Mark:
        """A cheap test: another value after every commit, and for `SETTLED_SECONDS` after it.

        Raises:
            OSError: the database is not there or cannot be read.
        """
        mark = self._stamps()
        written = mark.main[1] if mark.log is None else max(mark.main[1], mark.log[1])
        # A commit shows in no file's time: it is what follows when the log was written and made durable.
        is_settled = abs(time.time_ns() - written) > SETTLED_SECONDS * 1e9
        return mark if is_settled else mark._replace(moment=time.monotonic_ns())

    def _stamps(self) -> Mark:
        main = _stamp(self.path)
        try:
            return Mark(main, _stamp(self.path + "-wal"))
        except OSError:
            return Mark(main, None)

    def read(self, ask: Callable[[Look], Answer]) -> Answer:
        """Open the database, run queries, and close it.

        Args:
            ask: Gets the look; its result must not need the connection any more. It may be called again where
                the database changed meanwhile.

        Raises:
            SqliteFault: it cannot be read; the reason is for people.
            OSError: it is not there.
        """
        for attempt in range(1, LOOKS + 1):
            mark = self._stamps()
            try:
                with self._opened(mark) as (look, is_guarded):
                    answer = ask(look)
            except (sqlite3.Error, OSError) as error:
                if attempt < LOOKS and self._stamps() != mark:
                    continue  # the log came or went meanwhile
                raise (_fault(error) if isinstance(error, sqlite3.Error) else error) from None
            if is_guarded or attempt == LOOKS or self._stamps() == mark:
                return answer
        raise AssertionError("the last attempt returns or raises")

    # -- opening -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _opened(self, mark: Mark) -> Iterator[tuple[Look, bool]]:
        """A connection that leaves no trace, and whether SQLite's locks guard it against writers."""
        if not self._keeps_log():
            # Locks of a rollback journal are not files; a journal left by a crash makes this fail.
            with _connected(self.path, "mode=ro") as connection:
                yield Look(connection), True
        elif mark.log is None or mark.log[2] == 0:
            # Everything is in the file; opening it in the usual way would leave -wal and -shm beside it.
            with _connected(self.path, "mode=ro&immutable=1") as connection:
                yield Look(connection), False
        elif os.path.exists(self.path + "-shm"):
            # A program has it open, or was killed: its index of the log is read and not written.
            with _connected(self.path, "mode=ro&readonly_shm=1") as connection:
                yield Look(connection), True
        else:
            path, note = self._copied(mark)
            with _connected(path, "mode=ro&immutable=1" if note else "mode=ro") as connection:
                yield Look(connection, note), False

    def _keeps_log(self) -> bool:
        """Whether its last writer used a write-ahead log."""
        with open(self.path, "rb") as file:
            head = file.read(_HEADER)
        if not head.startswith(MAGIC):
            reason = "it is encrypted, or not an SQLite database" if head else "it is empty"
            raise SqliteFault("encrypted" if head else "being-written", reason)
        if len(head) < _HEADER:
            raise SqliteFault("damaged", f"it ends after {len(head)} bytes")
        return _WAL_VERSION in head[18:20]

    def _copied(self, mark: Mark) -> tuple[str, str]:
        """The path to read for a database whose log has no index, and a note on missing parts.

        SQLite would make the index beside it, so a copy is read.
        """
        assert mark.log is not None
        if mark.main[2] + mark.log[2] > COPIED_BYTES:
            return self.path, f"what is in {os.path.basename(self.path)}-wal is not shown: too large to be copied"
        with self._lock:
            if self._copy is None or self._copy.mark != mark:
                self._copy = _Copy(self.path, mark)
            return self._copy.path, ""


class _Copy:
    """A database and its log in a private directory, which ends with this object.

    Args:
        path: The database.
        mark: The mark of the version that was copied.
    """

    def __init__(self, path: str, mark: Mark) -> None:
        self.mark = mark
        directory = tempfile.mkdtemp(prefix="ckpt-tui-")
        weakref.finalize(self, shutil.rmtree, directory, ignore_errors=True)
        self.path = os.path.join(directory, "copy")
        shutil.copyfile(path, self.path)
        shutil.copyfile(path + "-wal", self.path + "-wal")


def is_sqlite(head: bytes | None) -> bool:
    """Whether a file that begins so is an SQLite database."""
    return head is not None and head.startswith(MAGIC)


def quoted(name: str) -> str:
    """A name of a table or column as a statement has it."""
    return '"' + name.replace('"', '""') + '"'


def _stamp(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return status.st_ino, status.st_mtime_ns, status.st_size


@contextmanager
def _connected(path: str, how: str) -> Iterator[sqlite3.Connection]:
    """A connection that can neither write nor run code of the schema."""
    place = quote(os.fsencode(os.path.abspath(path)))
    name = f"file:{'' if place.startswith('/') else '/'}{place}?{how}"
    with closing(
        sqlite3.connect(name, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    ) as connection:
        connection.text_factory = _text
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in ("query_only = 1", "trusted_schema = 0", "cell_size_check = 1", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")  # all statements of one look see the same state
        yield connection


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


_REASONS: dict[int, tuple[Kind, str]] = {
    sqlite3.SQLITE_BUSY: ("locked", "another program has locked it"),
    sqlite3.SQLITE_LOCKED: ("locked", "another program has locked it"),
    sqlite3.SQLITE_NOTADB: ("encrypted", "it is encrypted, or not an SQLite database"),
    sqlite3.SQLITE_CORRUPT: ("damaged", "it is damaged"),
    sqlite3.SQLITE_READONLY: ("interrupted", "a write was interrupted; the program that wrote it has to open it first"),
    sqlite3.SQLITE_CANTOPEN: ("unreadable", "it cannot be opened"),
}


def _fault(error: sqlite3.Error) -> SqliteFault:
    """The reason of an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", None)
    kind, reason = _REASONS.get(code & 0xFF if type(code) is int else -1, ("unreadable", "it cannot be read"))
    return SqliteFault(kind, f"{reason} ({error})")
