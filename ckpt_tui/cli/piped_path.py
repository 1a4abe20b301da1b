"""Pipes in the place of a store: the file that holds what came in is shown as standard input, not by its path."""

from __future__ import annotations

import os
import stat

NAME = "standard input"

_paths: list[str] = []


def remember(path: str) -> None:
    """Show a path as standard input from now on."""
    _paths.append(path)


def shown_input(text: str) -> str:
    """A text with standard input named where it names the file that holds it."""
    for path in _paths:
        text = text.replace(path, NAME)
    return text


_DESCRIPTORS = ("/dev/fd", "/proc/self/fd")
"""Where a shell's `<(…)` is. Opening a named pipe anywhere else waits until somebody writes to it, perhaps for ever."""


def is_pipe(path: str) -> bool:
    """Whether a path is a pipe that is open in this process, as `<(kubectl …)` of a shell makes one."""
    if os.path.dirname(path) not in _DESCRIPTORS:
        return False
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
