"""Reads one file, or one directory's names, so that nothing found on a disk can block, flood or end the program."""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from operator import attrgetter, methodcaller
from typing import NamedTuple

from ckpt_tui.core.documents.json_cost import allowed
from ckpt_tui.stores.file_troubles import MAX_FILE_BYTES, not_a_file, too_large, trouble_of
from ckpt_tui.stores.file_troubles import FileTrouble as FileTrouble

COMPARED_BYTES = 32 * 1024 * 1024
"""Bytes of the largest file that is compared with what was read before, when its mtime proves nothing."""

BLOCK_BYTES = 1024 * 1024
"""Bytes of a block of a file that is read block by block."""

READ_TRIES = 4
"""Attempts (one and three more) at a file that changes while it is read: a writer in place is done by then or never."""

RETRY_SECONDS = 0.012
"""Pause between attempts: longer than the coarsest kernel clock tick (10 ms), so a new write shows in the mtime."""

RACY_NS = 20_000_000
"""Age in nanoseconds below which an mtime proves nothing: a second write within one clock tick leaves it unchanged."""

FILE_SUFFIX = ".json"
"""What the framework's `glob("*.json")` asks for; pathlib ignores case on Windows only, and so do we."""
_WINDOWS = os.name == "nt"

# A FIFO must not block, a terminal must not become ours, a child must not inherit, Windows must not translate CR LF.
_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))


class Stamp(NamedTuple):
    """Differs where the content of a file does: inode (0 on Windows), mtime in nanoseconds, size in bytes."""

    inode: int
    mtime_ns: int
    size: int


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp of a stat result; comparable wherever the result came from."""
    # DirEntry.stat has no inode on Windows while fstat has, and the two must compare equal.
    return Stamp(0 if _WINDOWS else status.st_ino, status.st_mtime_ns, status.st_size)


def stamp_now(path: str) -> Stamp | None:
    """The stamp of a file, or of what a link leads to; None where the system gives no status."""
    try:
        return stamp_of(os.stat(path))
    except (OSError, ValueError):
        return None


def packed(stamp: Stamp | None) -> int:
    """A stamp as one number, in a third of the memory: 0 for none, ordered by the time of the change (`>> 128`)."""
    return 0 if stamp is None else stamp.mtime_ns << 128 | stamp.inode << 64 | stamp.size


def packed_status(status: os.stat_result) -> int:
    """The same of the stamp of a stat result, without making one."""
    return status.st_mtime_ns << 128 | (0 if _WINDOWS else status.st_ino) << 64 | status.st_size


def is_json_name(name: str) -> bool:
    """Whether the framework's `glob("*.json")` would take this file name (no path)."""
    return (name.lower() if _WINDOWS else name).endswith(FILE_SUFFIX)


def read_ends(path: str, head: int = 512, tail: int = 256, is_regular: bool = False) -> tuple[Stamp, bytes, bytes]:
    """Read at most the first `head` and the last `tail` bytes of a regular file.

    Args:
        path: The file.
        head: Bytes of its beginning.
        tail: Bytes of its end.
        is_regular: It was a regular file a moment ago, when a directory was listed: its status is not read before it is
            opened, which saves a fifth of the time.

    Returns:
        (stamp, head, tail); when the file has no more than head + tail bytes, head is the whole file and tail is b"".

    Raises:
        FileTrouble: when it is not a readable regular file.
    """
    status, first, last = read_ends_with_status(path, head, tail, is_regular)
    return stamp_of(status), first, last


def read_ends_with_status(
    path: str, head: int, tail: int, is_regular: bool = False
) -> tuple[os.stat_result, bytes, bytes]:
    """The same with the status of the file after it was opened, before it was read.

    Raises:
        FileTrouble: when it is not a readable regular file.
    """
    try:
        descriptor, status = _open(path, is_regular)
        try:
            size = status.st_size
            if size <= head + tail:
                return status, _read_at(descriptor, head + tail, 0), b""
            first = _read_at(descriptor, head, 0)
            return status, first, _read_at(descriptor, tail, size - tail)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise trouble_of(path, error) from error


def read_whole(path: str, limit: int | None = None) -> tuple[Stamp, bytes]:
    """Read a regular file of at most `limit` bytes, all of it from one moment as far as stamps show.

    The default limit is `MAX_FILE_BYTES`, or as many times more as `--limit` allows.

    Returns:
        (stamp, content).

    Raises:
        FileTrouble: when it is not a readable regular file, is larger than `limit`, or changes whenever it is read.
    """
    earlier: bytes | None = None
    limit = int(MAX_FILE_BYTES * allowed()) if limit is None else limit
    for attempt in range(READ_TRIES):
        if attempt:
            time.sleep(RETRY_SECONDS)
        began = time.time_ns()
        before, after, content = _read_once(path, limit)
        # Files of /proc have size 0 and a content all the same.
        whole = before == after and len(content) == (after.size or len(content))
        if whole and (abs(began - after.mtime_ns) >= RACY_NS or content == earlier):
            return after, content
        # A large file takes longer to read than its clock takes to tick; two of them would fill the memory.
        earlier = content if whole and len(content) <= COMPARED_BYTES else None
        del content
    raise FileTrouble(
        "changing",
        f"{path} changed each of the {READ_TRIES} times it was read: a program is writing to it in place. "
        "Reload when that program is done.",
    )


def read_blocks(path: str, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Read a regular file in blocks, as it is at the time of each; nothing keeps it from changing meanwhile.

    Raises:
        FileTrouble: when it is not a readable regular file, or larger than `MAX_FILE_BYTES`.
    """
    try:
        descriptor, status = _open(path)
        try:
            if status.st_size > MAX_FILE_BYTES:
                raise too_large(path, status.st_size, MAX_FILE_BYTES)
            left = status.st_size  # a file that grows is not followed
            while left > 0 and (block := os.read(descriptor, min(size, left))):
                left -= len(block)
                yield block
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise trouble_of(path, error) from error


def list_json(directory: str) -> Iterator[tuple[str, bool]]:
    """The names that the framework's `glob("*.json")` would take, and whether each is a regular file and no link.

    Raises:
        OSError: as os.scandir does.
    """
    with os.scandir(directory) as entries:
        for entry in entries:
            if is_json_name(entry.name):
                try:
                    is_regular = entry.is_file(follow_symlinks=False)
                except OSError:
                    is_regular = False
                yield entry.name, is_regular


def has_more_names(directory: str, count: int) -> bool:
    """Whether there are more than so many names that the framework's `glob("*.json")` would take.

    Raises:
        OSError: as os.scandir does.
    """
    with os.scandir(directory) as entries:
        # Without a call of Python for each, and without the names of so few entries: the first screen waits for it.
        first = list(islice(entries, count + 1))
        if len(first) <= count:
            return False
        names = map(attrgetter("name"), chain(first, entries))
        found = filter(is_json_name if _WINDOWS else methodcaller("endswith", FILE_SUFFIX), names)
        return next(islice(found, count, None), None) is not None


def each_json(directory: str) -> Iterator[tuple[str, Stamp | None]]:
    """The entries that the framework's `glob("*.json")` would take, in the order the system gives them.

    Directories, links and devices with such a name are included, for the caller to report.

    Yields:
        (name, stamp) pairs; names are str with surrogate escapes; the stamp is that of a link's target, and None when
        there is none to be had (a broken link, a loop, an entry just deleted).

    Raises:
        FileNotFoundError, NotADirectoryError, PermissionError, OSError: as os.scandir does.
    """
    with os.scandir(directory) as entries:
        for entry in entries:
            name = entry.name
            if not is_json_name(name):
                continue
            try:
                stamp = stamp_of(entry.stat())
            except OSError:
                stamp = None
            yield name, stamp


@contextmanager
def entries_of(directory: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """All entries as the system gives them, where possible so that access to one begins in the directory.

    Their paths are not to be used.

    Raises:
        OSError: as os.scandir does.
    """
    if os.scandir not in os.supports_fd:
        with os.scandir(directory) as entries:
            yield entries
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with os.scandir(descriptor) as entries:
            yield entries
    finally:
        os.close(descriptor)


@contextmanager
def listing(directory: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """Those of the same entries that the framework's `glob("*.json")` would take.

    Raises:
        OSError: as os.scandir does.
    """
    with entries_of(directory) as entries:
        if _WINDOWS:
            yield (entry for entry in entries if is_json_name(entry.name))
        else:  # without a call of Python for each
            yield (entry for entry in entries if entry.name.endswith(FILE_SUFFIX))


def _open(path: str, is_regular: bool = False) -> tuple[int, os.stat_result]:
    """Return a descriptor and its status; raise FileTrouble, OSError or ValueError."""
    # A status first leaves devices and pipes undisturbed (opening one can wake a writer or start a watchdog); the
    # status of the opened file makes it certain.
    if not is_regular:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            raise not_a_file(path, mode)
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise not_a_file(path, status.st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def _read_once(path: str, limit: int) -> tuple[Stamp, Stamp, bytes]:
    """Return the stamps before and after reading, and what was read; raise FileTrouble."""
    try:
        descriptor, status = _open(path)
        try:
            if status.st_size > limit:
                raise too_large(path, status.st_size, limit)
            parts: list[bytes] = []
            length = 0
            # One byte more than fstat promised: a file that grew is noticed, and most need one read only.
            want = status.st_size + 1
            while part := os.read(descriptor, min(want, limit + 1 - length)):
                parts.append(part)
                length += len(part)
                if length > limit:
                    raise too_large(path, length, limit)
                # With less than was asked for, its end was reached. With more than was promised it grew, so this is not
                # its content; it may grow faster than we read.
                if length >= status.st_size > 0:
                    break
                want = max(status.st_size + 1 - length, 65536)
            content = parts[0] if len(parts) == 1 else b"".join(parts)
            return stamp_of(status), stamp_of(os.fstat(descriptor)), content
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise trouble_of(path, error) from error


def _seek_and_read(descriptor: int, count: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, count)


_read_at: Callable[[int, int, int], bytes] = getattr(os, "pread", _seek_and_read)  # Windows has no pread
