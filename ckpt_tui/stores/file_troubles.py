"""Why a file cannot be read, as a sentence that says what to do."""

from __future__ import annotations

import errno
import os
import stat
from math import ceil
from typing import Literal

from ckpt_tui.core.documents.json_cost import allowed

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Bytes of the largest file that is read whole: the biggest genuine checkpoints seen are 100 MB, and decoding takes
several times a file's size in memory, so anything beyond would sooner exhaust a laptop than show a value."""

Kind = Literal["vanished", "unreadable", "not-a-file", "broken-link", "too-large", "changing", "name"]


class FileTrouble(Exception):
    """A file that cannot be read.

    Attributes:
        kind: one of `Kind`.
        reason: a sentence for people: what, where and what to do. It has no markup and holds the raw path, so it must
            be escaped before a terminal sees it.
    """

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(kind, reason)
        self.kind: Kind = kind
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def not_a_file(path: str, mode: int) -> FileTrouble:
    """The fault of something that is not a regular file, by its mode."""
    what = next(
        (
            words
            for test, words in (
                (stat.S_ISDIR, "a directory"),
                (stat.S_ISFIFO, "a named pipe (FIFO)"),
                (stat.S_ISSOCK, "a socket"),
                (stat.S_ISCHR, "a character device"),
                (stat.S_ISBLK, "a block device"),
            )
            if test(mode)
        ),
        "something special",
    )
    return FileTrouble("not-a-file", f"{path} is {what}, not a file, and is left alone. Checkpoints are regular files.")


def too_large(path: str, size: int, limit: int) -> FileTrouble:
    """The fault of a file of more bytes than are read at once."""
    usual = limit / allowed()
    more = f"; `show --limit {ceil(size / usual)}` reads it" if usual >= MAX_FILE_BYTES else ""
    return FileTrouble(
        "too-large",
        f"{path} has {size:,} bytes, more than the {limit:,} that are read at once. "
        f"Check whether it is a checkpoint{more}.",
    )


# (kind, fault and hint) by errno, for errors that need no second access to the disk.
_TROUBLES: dict[int, tuple[Kind, str]] = {
    errno.ENOENT: ("vanished", "is gone: it was deleted or renamed. Reload the list."),
    errno.ENOTDIR: ("vanished", "is gone: a directory on its path is now a file. Check the path."),
    errno.ELOOP: ("broken-link", "is a link that leads back to itself. Point it at a file or delete it."),
    errno.EACCES: ("unreadable", "may not be read by you. Check its permissions."),
    errno.EPERM: ("unreadable", "may not be read by you. Check its permissions."),
    errno.EISDIR: ("not-a-file", "is a directory, not a file, and is left alone. Checkpoints are regular files."),
    errno.ENXIO: (
        "not-a-file",
        "is a socket or a device, not a file, and is left alone. Checkpoints are regular files.",
    ),
    errno.ENODEV: ("not-a-file", "is a device, not a file, and is left alone. Checkpoints are regular files."),
    errno.ENAMETOOLONG: ("name", "has a name that is too long for this system. Rename it."),
    errno.EILSEQ: ("name", "has a name that this file system does not accept. Rename it."),
    errno.EAGAIN: ("unreadable", "is locked by another program. Reload when that program is done."),
    errno.EMFILE: (
        "unreadable",
        "could not be opened: too many files are open. Close some programs or raise ulimit -n.",
    ),
    errno.ENFILE: ("unreadable", "could not be opened: the system has too many open files. Close some programs."),
    errno.EIO: ("unreadable", "could not be read: the disk or its connection reports an error. Check the drive."),
}
# Not every system has these numbers: a server that forgot the file, and macOS opening a socket.
for _name, _like in (("ESTALE", errno.ENOENT), ("EOPNOTSUPP", errno.ENXIO)):
    if hasattr(errno, _name):
        _TROUBLES[getattr(errno, _name)] = _TROUBLES[_like]
if os.name == "nt":  # a character such as < in the name
    _TROUBLES[errno.EINVAL] = _TROUBLES[errno.EILSEQ]


def trouble_of(path: str, error: OSError | ValueError) -> FileTrouble:
    """Translate an error of the system; accesses the disk again only to tell a dead link from a vanished file."""
    if isinstance(error, ValueError):  # a NUL byte, or a character that no file name can hold
        return FileTrouble("name", f"{path} is not a possible file name on this system. Check the path.")
    number = error.errno
    if number == errno.ENOENT and os.path.islink(path):
        return FileTrouble(
            "broken-link", f"{path} is a link to a file that does not exist. Restore it or delete the link."
        )
    if number in _TROUBLES:
        kind, words = _TROUBLES[number]
        return FileTrouble(kind, f"{path} {words}")
    return FileTrouble("unreadable", f"{path} could not be read: {error.strerror or error}. Try again later.")
