"""The cache directory of indexes of large directories: private to the user, of a bounded size."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress

from ckpt_tui.configuration import load
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.caching import is_switched_off
from ckpt_tui.user_directories import cache_directory

MOST_BYTES = 1024 * 1024 * 1024
"""Bytes that the indexes of all directories may take: those of six million headers."""

MOST_DAYS = 90
"""Days after which an index that nobody used is deleted."""

FOLDER = "headers"
DATABASE, RUNS = ".sqlite", ".runs"
"""How the files of the index of headers end, and those of the runs that the browser lists."""

FRESH = ".new"
"""How a file ends that is being written, to be renamed."""

BESIDE = ("", "-wal", "-shm", "-journal")
_FRESH_SECONDS = 3600.0
_HAS_OWNERS = hasattr(os, "geteuid")


class Doubt(Exception):
    """The index cannot be used, or not be believed; `is_damaged` says whether what is there must go."""

    def __init__(self, reason: str, is_damaged: bool = False) -> None:
        super().__init__(reason)
        self.is_damaged = is_damaged


def is_wanted() -> bool:
    """Whether indexes of stores are kept between two starts."""
    try:
        return not is_switched_off() and load().cache
    except UsageError:  # the error is reported where the configuration is read
        return False


def folder() -> str:
    """The directory of all indexes."""
    return os.path.join(cache_directory(), FOLDER)


def make_folder() -> None:
    """Make the directory of all indexes, for the user alone.

    Raises:
        Doubt: it would be in a directory of another user.
        OSError: it cannot be made.
    """
    place = folder()
    if not os.path.isabs(place):  # relative to the current directory, which may hold checkpoints
        raise Doubt(f"{place} is not an absolute path")
    if not os.path.isdir(place):
        _check_above(place)
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        os.mkdir(place, 0o700)


def check_owner(path: str, kind: int) -> None:
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


def delete(path: str) -> None:
    """Delete a file with what SQLite keeps beside it."""
    for ending in BESIDE:
        with suppress(OSError):
            os.unlink(path + ending)


def trim(kept: str) -> None:
    """Delete indexes that were not used for long, and the oldest while all take more than the limit; never `kept`."""
    found: list[tuple[float, int, str]] = []
    with suppress(OSError), os.scandir(folder()) as entries:
        for entry in entries:
            base = next((entry.path.removesuffix(ending) for ending in BESIDE[1:] if entry.name.endswith(ending)), "")
            if base and not os.path.lexists(base):  # left by a program that was killed
                delete(base)
            elif entry.name.endswith((DATABASE, RUNS, FRESH)) and entry.path != kept:
                status = entry.stat(follow_symlinks=False)
                if entry.name.endswith(FRESH):  # being written, or left by a program that was killed
                    if status.st_mtime < time.time() - _FRESH_SECONDS:
                        delete(entry.path)
                    continue
                found.append((status.st_mtime, status.st_size, entry.path))
    with suppress(OSError):
        left = MOST_BYTES - os.stat(kept).st_size
        oldest = time.time() - MOST_DAYS * 86_400
        for used, size, path in sorted(found, reverse=True):
            left -= size
            if left < 0 or used < oldest:
                delete(path)
