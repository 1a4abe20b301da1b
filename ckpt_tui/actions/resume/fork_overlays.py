"""Where the checkpoints of a resume go, and how they are found again: `STORE.forks/ID-N` beside the store.

Beside them is `ckpt-tui-fork.jsonl`: one line for each resume, with where it came from and what was changed. It is
no `.json`, so that the framework does not take it for a checkpoint.
"""

from __future__ import annotations

import os

from ckpt_tui.stores.base import Store
from ckpt_tui.stores.composite import CompositeStore
from ckpt_tui.stores.fork_directories import SUFFIX as SUFFIX
from ckpt_tui.stores.fork_directories import is_plain, keeps_databases, overlay
from ckpt_tui.stores.fork_directories import root_of as root_of
from ckpt_tui.stores.fork_directories import with_forks as with_forks
from ckpt_tui.stores.postgres_address import absolute, is_postgres


def fork_directory(store: str, name: str, suffix: str = "") -> str:
    """A place for new checkpoints that is not taken yet; it is not made.

    Args:
        store: The original store.
        name: A short name of the checkpoint that is resumed.
        suffix: How the place's name ends: that of a database, or nothing for a directory.
    """
    stem = "".join(char if char.isalnum() or char in "-_" else "_" for char in name[:8])
    number = 1
    while os.path.lexists(path := os.path.join(root_of(store) + SUFFIX, f"{stem}-{number}{suffix}")):
        number += 1
    return path


def protected(store: str) -> list[str]:
    """Directories that a run must not change: the original store and all of its forks."""
    root = root_of(store)
    own = [] if is_postgres(store) else [os.path.abspath(store)]
    return list(dict.fromkeys((*own, root, root + SUFFIX)))


def with_directory(store: Store, directory: str) -> Store | None:
    """The store with another directory of forks; None where it is a part of it already, or cannot be one."""
    known = list(store.members) if isinstance(store, CompositeStore) else [store]
    paths = [absolute(member.path) for member in known]
    if os.path.abspath(directory) in paths or not (isinstance(store, CompositeStore) or is_plain(store)):
        return None
    if isinstance(store, CompositeStore) and not store.together:
        return None
    first = known[0] if keeps_databases(known[0].path) else known[0].path
    return overlay(first, [*(member.path for member in known[1:]), directory])
