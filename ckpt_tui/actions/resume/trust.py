"""Whether a file that chooses a program to start belongs to the person."""

from __future__ import annotations

import os
import stat

from ckpt_tui.actions.resume.fork_overlays import protected


def doubt(path: str, store: str) -> str:
    """Why a file is not trusted, as the end of a sentence; "" when it is.

    Files inside a store came with the store; others control the files that they own or may write.

    Args:
        path: A file or a directory; it may be missing.
        store: The directory of checkpoints.
    """
    if is_inside(path, store):
        return "lies inside the store"
    if not hasattr(os, "geteuid"):
        return ""
    me = os.geteuid()
    real = os.path.realpath(path)
    try:
        own, above = os.stat(real), os.stat(os.path.dirname(real))
    except OSError:
        return ""
    if own.st_uid != me:
        return "belongs to another user"
    if above.st_uid not in (me, 0):
        return "lies in a directory of another user"
    if own.st_mode & stat.S_IWOTH:
        return "can be changed by every user"
    if above.st_mode & stat.S_IWOTH:
        return "lies in a directory that every user can write to"
    return ""


def is_inside(path: str, store: str) -> bool:
    """Whether a path is a store or one of its forks, or lies in one."""
    if not store:
        return False
    seen = {os.path.abspath(path), os.path.realpath(path)}
    for directory in protected(store):
        for barred in (directory, os.path.realpath(directory)):
            if any(each == barred or each.startswith(barred.rstrip(os.sep) + os.sep) for each in seen):
                return True
    return False


def is_owned(directory: str) -> bool:
    """Whether a directory belongs to this user or to the system, and no other user may write to it."""
    try:
        found = os.stat(directory)
    except OSError:
        return False
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid in (os.geteuid(), 0) and not found.st_mode & stat.S_IWOTH
