"""The cached headers of a large directory: a start opens only the files that are new or have changed.

A header of the index is taken only where its file is now a regular one on the same device with the same inode, times
and size, and where the file was old enough when it was read that every later change shows in its times. Any other file
is read. So the list is the same with an index as without one.
"""

from __future__ import annotations

import logging
import os
import stat
from operator import attrgetter
from typing import TYPE_CHECKING

from ckpt_tui.stores.cache_files import Doubt, is_wanted, trim
from ckpt_tui.stores.files import packed_status
from ckpt_tui.stores.header_chunks import CHUNK, KEY_BYTES, Row, can_be_packed, key_of
from ckpt_tui.stores.index_database import IndexDatabase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ckpt_tui.core.model import CheckpointRef
    from ckpt_tui.stores.header_chunks import Chunk

RACY_NS = 3_000_000_000
"""Nanoseconds that a file must have been left alone before its header is kept: FAT counts seconds in steps of two, and
a second write within a tick of the clock leaves the times as they are."""

SAVED_AT_ONCE = 16 * CHUNK
"""Headers read before they are written, so that an interrupted first scan is not lost."""

_file = attrgetter("file")

_log = logging.getLogger("ckpt_tui.index")


class HeaderIndex:
    """The stored headers of the files of one directory, and those that were read since.

    Args:
        directory: Its path.

    Raises:
        OSError: there is no such directory.
    """

    def __init__(self, directory: str) -> None:
        self._database: IndexDatabase | None = IndexDatabase(os.stat(directory))
        self._device = self._database.device
        self._chunks: list[Chunk] = []
        self._places: dict[str, int] = {}
        self._used = bytearray()
        self._stored = self._change = 0
        self._new: list[Row] = []
        self._has_added = False

    def load(self) -> None:
        """Read the stored headers; none in any doubt about them."""
        if self._database is None:
            return
        try:
            self._change, self._chunks = self._database.read()
        except Doubt as doubt:
            self._doubt(doubt)
            return
        for number, chunk in enumerate(self._chunks):
            start = number * CHUNK
            self._places.update(zip(map(_file, chunk.refs), range(start, start + CHUNK), strict=False))
            self._stored += len(chunk.refs)
        self._used = bytearray(len(self._chunks) * CHUNK)

    def headers(self, prefix: str, names: Sequence[tuple[str, bool]]) -> list[tuple[int, CheckpointRef] | None]:
        """For each file its stamp, packed, and its header, if it has not changed since that was read; else None.

        Each file may be requested once.

        Args:
            prefix: What precedes the name of a file in its path.
            names: The names of the files, and whether each was a regular file as the directory was listed.
        """
        found: list[tuple[int, CheckpointRef] | None] = []
        # This loop is most of the time of a second scan of a large directory: one call less for each file is a tenth of
        # it.
        places, chunks, used, device, look, is_regular = (
            self._places, self._chunks, self._used, self._device, os.stat, stat.S_ISREG,
        )  # fmt: skip
        for name, was_regular in names:
            known = None
            place = places.pop(name, None) if was_regular else None
            if place is not None:
                try:
                    status = look(prefix + name, follow_symlinks=False)
                except (OSError, ValueError):
                    found.append(None)
                    continue
                keys, refs = chunks[place // CHUNK]
                index = place % CHUNK
                if (
                    keys[index * KEY_BYTES : (index + 1) * KEY_BYTES] == key_of(status)
                    and status.st_dev == device
                    and is_regular(status.st_mode)
                ):
                    used[place] = 1
                    known = packed_status(status), refs[index]
            found.append(known)
        return found

    def note(self, status: os.stat_result, ref: CheckpointRef, began: int) -> None:
        """Add a header that was read.

        Args:
            status: The status of its file before it was read.
            ref: The header.
            began: Nanoseconds since 1970 at some moment before that.
        """
        latest = max(status.st_mtime_ns, status.st_ctime_ns)
        if self._database is None or latest + RACY_NS > began or status.st_dev != self._device:
            return
        key = key_of(status)
        if key and can_be_packed(ref):
            self._new.append(Row(key, ref))
        if len(self._new) >= SAVED_AT_ONCE:
            self._write(self._new, replace=False)

    def save(self) -> None:
        """Write the headers that were read; drops those of deleted files where there are many."""
        if self._database is None:
            return
        is_crowded = len(self._chunks) > 2 * (self._stored // CHUNK) + 16
        is_outdated = self._stored - self._used.count(1) > (self._stored + len(self._new)) // 4
        if (is_crowded or is_outdated) and not self._has_added:
            kept = [
                Row(chunk.keys[index * KEY_BYTES : (index + 1) * KEY_BYTES], ref)
                for number, chunk in enumerate(self._chunks)
                for index, ref in enumerate(chunk.refs)
                if self._used[number * CHUNK + index]
            ]
            self._write([*kept, *self._new], replace=True)
        elif self._new:
            self._write(self._new, replace=False)
        else:
            self._database.use()

    def _write(self, rows: list[Row], replace: bool) -> None:
        if self._database is None:
            return
        try:
            self._change = self._database.write(rows, self._change, replace)
            self._has_added = True
            trim(self._database.path)
        except Doubt as doubt:
            self._doubt(doubt)
            self._database = None
        self._new = []

    def _doubt(self, doubt: Doubt) -> None:
        """Go without an index; one that is damaged, or of another version, is deleted and made anew."""
        _log.debug("no index of headers: %s", doubt)
        if self._database is not None and doubt.is_damaged:
            self._database.drop()
        else:
            self._database = None


def open_index(directory: str) -> HeaderIndex | None:
    """The index of a directory, nothing of it read yet; None where none is wanted."""
    try:
        return HeaderIndex(directory) if is_wanted() else None
    except OSError:  # the error is reported when the directory is read
        return None
