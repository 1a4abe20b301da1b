"""The path that was probably meant by one that does not exist."""

from __future__ import annotations

import os
from contextlib import suppress

from ckpt_tui.core.near_names import near_name

_LIKENESS = 0.75
"""Share of characters that two names have in common: a letter or two are wrong, or one is left out."""

_ENTRIES = 4_096
"""Entries of a directory among which a name is searched."""

_LEVELS = 4
"""Directories of a path that may be missing, the last name among them."""


def near_path(path: str) -> str:
    """A path, written as the given one is, at which there is something; "" where no name is nearly the same.

    Args:
        path: A path at which nothing is.
    """
    above, names = path.rstrip(os.sep), list[str]()
    while above and not os.path.lexists(above):
        if len(names) == _LEVELS:
            return ""
        above, name = os.path.split(above)
        names.append(name)
    if not names or not names[-1]:
        return ""
    for name in reversed(names):
        there = os.path.join(above, name)
        above = there if os.path.lexists(there) else _beside(above, name)
        if not above:
            return ""
    return above


def _beside(directory: str, name: str) -> str:
    """The path of an entry with nearly this name in a directory, or ""."""
    found = []
    with suppress(OSError, ValueError), os.scandir(directory or os.curdir) as entries:
        for _, entry in zip(range(_ENTRIES), entries, strict=False):
            if entry.name.startswith(".") == name.startswith("."):
                found.append(entry.name)
    near = near_name(name, found, _LIKENESS)
    return os.path.join(directory, near) if near else ""
