"""Audit events of Python that change files, start programs or send something, and the places that they name."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .filesystem import STARTING, entry_of, file_of

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
"""Flags of an event `open` that may change a file."""

MAKING = frozenset(("os.mkdir", "os.link", "os.symlink"))
"""Events of what fails where there is something already."""

NEEDING = frozenset(("os.remove", "os.rmdir"))
"""Events of what fails where there is nothing."""

AUDITED: dict[str, Callable[[tuple[Any, ...]], list[str | None]]] = {
    **dict.fromkeys(
        ("os.remove", "os.rmdir", "os.mkdir"),
        lambda args: [entry_of(args[0], args[-1] if isinstance(args[-1], int) else None)],
    ),
    "shutil.rmtree": lambda args: [entry_of(args[0])],
    **dict.fromkeys(
        ("os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr", "os.lchown"),
        lambda args: [file_of(args[0])],
    ),
    "os.rename": lambda args: [entry_of(args[0], args[2]), entry_of(args[1], args[3])],
    "os.link": lambda args: [entry_of(args[1], args[3])],
    "os.symlink": lambda args: [entry_of(args[1], args[2])],
    "shutil.move": lambda args: [entry_of(args[0]), entry_of(args[1])],
    "sqlite3.connect": lambda args: [None if "mode=ro" in str(args[0]) else file_of(args[0])],
}
"""Audit event → the places that it changes."""

WATCHED = frozenset(("open", "socket.connect", "socket.sendto", *STARTING, *AUDITED))
"""All events that are handled: thousands of others come, among them one for each class that a pickle names."""


def is_act(event: str, args: tuple[Any, ...]) -> bool:
    """Whether an event starts, sends or writes something; bytecode and the null device do not count."""
    if event != "open":
        return event in STARTING or event in AUDITED or event in ("socket.connect", "socket.sendto")
    if not (isinstance(args[2], int) and args[2] & WRITES):
        return False
    place = file_of(args[0])
    return place is not None and place != os.devnull and not place.endswith(".pyc") and "__pycache__" not in place
