"""The file that keeps the headers of one directory between two starts: SQLite, the user's own, deleted on any doubt.

Whatever fails here is a `Doubt`: whoever asked reads the files themselves, as without an index. No row is believed for
being in a database: each chunk has a check sum, which depends on the version of the program and the directory it was
written for, and each header is taken only for a file that still has its key.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from zlib import crc32

from ckpt_tui.stores.header_chunks import CHUNK, Chunk, Row, by_time, pack, unpack
from ckpt_tui.user_directories import cache_directory
from ckpt_tui.version import VERSION

SCHEMA = 1

BUSY_SECONDS = 0.2
"""How long another program may hold the index before we go without."""

MOST_BYTES = 1024 * 1024 * 1024
"""Bytes that the indexes of all directories may take: those of six million headers."""

MOST_DAYS = 90
"""Days after which an index that nobody used is deleted."""

SORTED_AT_ONCE = 4 * CHUNK

FOLDER = "headers"
_ENDING = ".sqlite"
_BESIDE = ("", "-wal", "-shm", "-journal")
_HAS_OWNERS = hasattr(os, "geteuid")


class Doubt(Exception):
    """The index cannot be used, or not be believed; `is_damaged` says whether what is there must go."""

    def __init__(self, reason: str, is_damaged: bool = False) -> None:
        super().__init__(reason)
        self.is_damaged = is_damaged


def folder() -> str:
    """The directory of all indexes."""
    return os.path.join(cache_directory(), FOLDER)


class IndexDatabase:
    """The index of one directory.

    Args:
        directory: The status of the directory, which it is named by.
    """

    def __init__(self, directory: os.stat_result) -> None:
        self.device = directory.st_dev
        self.path = os.path.join(folder(), f"{directory.st_dev:x}-{directory.st_ino:x}{_ENDING}")
        python = ".".join(map(str, sys.version_info[:2]))
        label = f"{SCHEMA} {VERSION} {python} {sys.byteorder} {directory.st_dev} {directory.st_ino}"
        self._label = label
        self._seed = crc32(label.encode())

    def read(self) -> tuple[int, list[Chunk]]:
        """A number that grows with each change, and all that is stored; what comes later holds instead of the former.

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
        _delete(self.path)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection that is closed at the end; what is not committed by then was never written."""
        _check_owner(folder(), stat.S_IFDIR)
        for ending in _BESIDE:
            if os.path.lexists(self.path + ending):
                _check_owner(self.path + ending, stat.S_IFREG)
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = OFF")  # what a crash of the system leaves is checked
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
        place = folder()
        if not os.path.isabs(place):  # no directory of the user's, and perhaps one of checkpoints
            raise Doubt(f"{place} is not an absolute path")
        try:
            if not os.path.isdir(place):
                _check_above(place)
                os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
                os.mkdir(place, 0o700)
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


def _check_owner(path: str, kind: int) -> None:
    """Whether something is of the kind it should be, and the user's alone.

    Raises:
        Doubt: it is not.
    """
    try:
        status = os.lstat(path)
    except OSError as error:
        raise Doubt(str(error)) from None
    if stat.S_IFMT(status.st_mode) != kind:
        raise Doubt(f"{path} is something else", kind == stat.S_IFREG)
    if _HAS_OWNERS and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
        raise Doubt(f"{path} is not the user's alone", kind == stat.S_IFREG)


def _check_above(path: str) -> None:
    """Whether the directory in which something is to be made belongs to the user: not as root in another one's home.

    Raises:
        Doubt: it does not.
    """
    while not os.path.isdir(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    if _HAS_OWNERS and os.stat(path).st_uid != os.geteuid():
        raise Doubt(f"{path} belongs to somebody else")


def _delete(path: str) -> None:
    for ending in _BESIDE:
        with suppress(OSError):
            os.unlink(path + ending)


def trim(kept: str) -> None:
    """Delete the indexes that nobody used for long, and the oldest while all take more than they may; never `kept`."""
    found: list[tuple[float, int, str]] = []
    with suppress(OSError), os.scandir(folder()) as entries:
        for entry in entries:
            base = next((entry.path.removesuffix(ending) for ending in _BESIDE[1:] if entry.name.endswith(ending)), "")
            if base and not os.path.lexists(base):  # left by a program that was killed
                _delete(base)
            elif entry.name.endswith(_ENDING) and entry.path != kept:
                status = entry.stat(follow_symlinks=False)
                found.append((status.st_mtime, status.st_size, entry.path))
    with suppress(OSError):
        left = MOST_BYTES - os.stat(kept).st_size
        oldest = time.time() - MOST_DAYS * 86_400
        for used, size, path in sorted(found, reverse=True):
            left -= size
            if left < 0 or used < oldest:
                _delete(path)
