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


def is_pipe(path: str) -> bool:
    """Whether there is a pipe at a path, as `<(kubectl …)` of a shell makes one."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
