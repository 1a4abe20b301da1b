"""The places of the file system that a call affects: its paths, and arguments of commands."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from typing import Any

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]


def entry_of(path: Any, descriptor: Any = None) -> str | None:
    """The real place of the directory entry that a path names; a link is not followed. None for what is not a path.

    Args:
        path: A path as the functions of `os` take it; not a descriptor.
        descriptor: The open directory that it is relative to; None for the current one.
    """
    text = _absolute(path, descriptor)
    if text is None:
        return None
    head, tail = os.path.split(text.rstrip(os.sep) or text)
    return os.path.join(os.path.realpath(head), tail) if tail not in ("", ".", "..") else os.path.realpath(text)


def file_of(path: Any, descriptor: Any = None) -> str | None:
    """The real place of the file that a path leads to; the arguments are those of `entry_of`."""
    text = _absolute(path, descriptor)
    return os.path.realpath(text) if text is not None else None


def _absolute(path: Any, descriptor: Any) -> str | None:
    if isinstance(path, int):
        return None
    try:
        text = os.fsdecode(path)
    except TypeError:
        return None
    if not os.path.isabs(text):
        base = os.getcwd() if not isinstance(descriptor, int) or descriptor < 0 else directory_of(descriptor)
        text = os.path.join(base, text)
    return text


def directory_of(descriptor: int) -> str:
    """The directory that a descriptor stands for; the root where the system cannot name it."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    with contextlib.suppress(Exception):
        found = fcntl.fcntl(descriptor, 50, b"\0" * 1024)  # F_GETPATH of macOS
        return os.fsdecode(found.rstrip(b"\0"))
    return os.sep


STARTING = frozenset(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"))
"""Audit events of programs that are started."""

_REMOVERS = frozenset(("rm", "rmdir", "mv", "find", "shred", "rsync"))
"""Programs that act on whole directories."""


def given_to(event: str, args: tuple[Any, ...], forbids: Callable[[str], bool], holds: Callable[[str], bool]) -> str:
    """The protected place that a program is given, in its arguments or as its current directory; "" for none.

    Args:
        event: One of `STARTING`.
        args: Of the event.
        forbids: Whether nothing may be changed at a place.
        holds: Whether a place is above one where nothing may be changed.
    """
    words = _words(*args[:2])
    directory = args[2] if event == "subprocess.Popen" else None
    base = (file_of(directory) if directory is not None else None) or os.path.realpath(os.getcwd())
    if forbids(base):
        return base
    removes = any(os.path.basename(word) in _REMOVERS for word in words)
    for word in words:
        for part in filter(None, (word, word.partition("=")[2])):
            place = os.path.realpath(os.path.join(base, os.path.expanduser(part)))
            if forbids(place) or (removes and holds(place)):
                return place
    return ""


def _words(*parts: Any) -> list[str]:
    """The words of a command line, however it was given; those of a text for a shell, too."""
    words: list[str] = []
    for part in parts:
        for each in part if isinstance(part, (list, tuple)) else [part]:
            try:
                text = os.fsdecode(each)
            except TypeError:
                continue
            words += re.split(r"""[\s;&|<>()'"`]+""", text.replace("*", "")) if re.search(r"\s", text) else [text]
    return [word for word in words if word]
