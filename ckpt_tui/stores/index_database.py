"""The file that keeps the headers of one directory between two starts: SQLite, the user's own, deleted on any doubt.

Every failure here is a `Doubt`: the caller reads the files themselves, as without an index. No row is believed for
being in a database: each chunk has a check sum, which depends on the version of the program and the directory it was
written for, and each header is taken only for a file that still has its key.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from zlib import crc32

from ckpt_tui.stores.cache_files import BESIDE, DATABASE, Doubt, check_owner, delete, folder, make_folder
from ckpt_tui.stores.header_chunks import CHUNK, Chunk, Row, by_time, pack, unpack
from ckpt_tui.version import VERSION

SCHEMA = 1

BUSY_SECONDS = 0.2
"""How long another program may hold the index before we go without."""

SORTED_AT_ONCE = 4 * CHUNK


class IndexDatabase:
    """The index of one directory.

    Args:
        directory: The status of the directory, which names the index.
    """

    def __init__(self, directory: os.stat_result) -> None:
        self.device = directory.st_dev
        self.path = os.path.join(folder(), f"{directory.st_dev:x}-{directory.st_ino:x}{DATABASE}")
        python = ".".join(map(str, sys.version_info[:2]))
        label = f"{SCHEMA} {VERSION} {python} {sys.byteorder} {directory.st_dev} {directory.st_ino}"
        self._label = label
        self._seed = crc32(label.encode())

    def read(self) -> tuple[int, list[Chunk]]:
        """A number that grows with each change, and all stored headers; later ones replace former ones.

        Raises:
            Doubt: it cannot be read or believed.
        """
        if not os.path.isabs(self.path) or not os.path.lexists(self.path):
            return 0, []
        with self._opened() as connection:
            change = _change(connection, self._label)
            rows = connection.execute("SELECT sum, data FROM chunks ORDER BY number")
            return change, [self._checked(total, data) for total, data in rows]

    def _checked(self, total: object, data: object) -> Chunk:
        if not isinstance(data, bytes) or crc32(data, self._seed) != total:
            raise Doubt("its content is not what was written", True)
        return unpack(data)

    def write(self, rows: Sequence[Row], change: int, replace: bool) -> int:
        """Add headers to those stored, or put them in their place; returns the number of the change.

        Raises:
            Doubt: it cannot be written, or has been written by another program since it was read.
        """
        self._make()
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if change == 0 and not _has_tables(connection):
                connection.execute("CREATE TABLE about (label TEXT NOT NULL, change INTEGER NOT NULL)")
                connection.execute("INSERT INTO about VALUES (?, 0)", (self._label,))
                connection.execute(
                    "CREATE TABLE chunks (number INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL)"
                )
            if _change(connection, self._label) != change:
                raise Doubt("another program has written to it meanwhile")
            if replace:
                connection.execute("DELETE FROM chunks")
            for some in _chunks(rows):
                data = pack(some)
                connection.execute("INSERT INTO chunks (sum, data) VALUES (?, ?)", (crc32(data, self._seed), data))
            connection.execute("UPDATE about SET change = ?", (change + 1,))
            connection.commit()
        self.use()
        return change + 1

    def use(self) -> None:
        """Note that it was used just now, which keeps it longest when indexes are deleted."""
        with suppress(OSError):
            os.utime(self.path)

    def drop(self) -> None:
        """Delete it."""
        delete(self.path)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection that is closed at the end; what is not committed by then was never written."""
        check_owner(folder(), stat.S_IFDIR)
        for ending in BESIDE:
            if os.path.lexists(self.path + ending):
                check_owner(self.path + ending, stat.S_IFREG)
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = OFF")  # the content after a crash of the system is checked
                yield connection
            finally:
                connection.close()
        except sqlite3.OperationalError as error:  # locked, a full disk, a place that may not be written
            raise Doubt(str(error), _is_damaged(error)) from None
        except (sqlite3.Error, OSError, ValueError, IndexError, ArithmeticError, TypeError) as error:
            raise Doubt(str(error), not isinstance(error, OSError)) from None
        except Exception as error:
            if isinstance(error, Doubt):
                raise
            raise Doubt(str(error), True) from None

    def _make(self) -> None:
        """Make the file and its directory, both for the user alone.

        Raises:
            Doubt: it cannot be made, or would be in a place of somebody else.
        """
        try:
            make_folder()
            if not os.path.lexists(self.path):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as error:
            raise Doubt(str(error)) from None


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows a chunk at a time, most beside their parents."""
    # Sorted some at a time: no other thread runs while Python sorts.
    for start in range(0, len(rows), SORTED_AT_ONCE):
        some = sorted(rows[start : start + SORTED_AT_ONCE], key=lambda row: by_time(row.ref))
        for first in range(0, len(some), CHUNK):
            yield some[first : first + CHUNK]


def _is_damaged(error: sqlite3.OperationalError) -> bool:
    """Whether an error means that the file is not such a database, and not that it cannot be used just now."""
    text = str(error)
    return "no such" in text or "malformed" in text or "already exists" in text


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None


def _change(connection: sqlite3.Connection, label: str) -> int:
    """The number of the last change.

    Raises:
        Doubt: it was written by another version, or for another place.
    """
    found = connection.execute("SELECT label, change FROM about").fetchall()
    if len(found) != 1 or found[0][0] != label or type(found[0][1]) is not int:
        raise Doubt("another version wrote it", True)
    return int(found[0][1])
