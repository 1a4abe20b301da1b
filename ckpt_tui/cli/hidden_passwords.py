"""Passwords on the command line: taken from the arguments before anything else sees them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress

from ckpt_tui.stores.postgres_address import is_postgres, shown_place

_START, _END = 47, 48
"""Where a process's arguments begin and end, among what follows its name in /proc/PID/stat; counted from 0 at pid."""


def hide_passwords(args: list[str]) -> list[str]:
    """The arguments with URLs as they are shown; the process remembers the passwords.

    They go from `sys.argv` too, and from the list of processes, where the system lets a process change it (Linux).
    """
    hidden = {arg: shown_place(arg) for arg in args if is_postgres(arg)}
    changed = {arg: shown for arg, shown in hidden.items() if arg != shown}
    if changed:
        sys.argv[:] = [changed.get(arg, arg) for arg in sys.argv]
        sys.orig_argv[:] = [changed.get(arg, arg) for arg in sys.orig_argv]
        with suppress(OSError, ValueError, IndexError):
            _rewrite_title(changed.items())
    return [changed.get(arg, arg) for arg in args]


def _rewrite_title(changed: Iterable[tuple[str, str]]) -> None:
    """Write over the arguments where the kernel shows them; no longer than they were."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[_START - 2]), int(fields[_END - 2])
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        title = memory.read(end - start)
        for arg, shown in changed:
            own, new = arg.encode("utf-8", "surrogateescape"), shown.encode("utf-8", "surrogateescape")
            title = title.replace(own, new[: len(own)].ljust(len(own), b"*"))
        memory.seek(start)
        memory.write(title)
