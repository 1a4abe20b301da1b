"""Where the checkpoints of a resume go, and how they are found again: `STORE.forks/ID-N` beside the store.

Beside them stands `ckpt-tui-fork.jsonl`: one line for each resume, with where it came from and what was changed. It is
no `.json`, so that the framework does not take it for a checkpoint.
"""

from __future__ import annotations

import os

from ckpt_tui.stores.base import Store
from ckpt_tui.stores.composite import CompositeStore
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.registry import open_overlay

SUFFIX = ".forks"


def root_of(store: str) -> str:
    """The original store of a directory of forks; the directory itself when it is none."""
    path = os.path.abspath(store)
    above = os.path.dirname(path)
    return above.removesuffix(SUFFIX) if above.endswith(SUFFIX) else path


def forks_of(store: str) -> list[str]:
    """The directories of forks that stand beside a store, by name; none for anything that is no directory."""
    try:
        with os.scandir(root_of(store) + SUFFIX) as entries:
            return sorted(entry.path for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []


def fork_directory(store: str, checkpoint_id: str) -> str:
    """A directory for new checkpoints that is not taken yet; it is not made."""
    stem = "".join(char if char.isalnum() or char in "-_" else "_" for char in checkpoint_id[:8])
    number = 1
    while os.path.lexists(path := os.path.join(root_of(store) + SUFFIX, f"{stem}-{number}")):
        number += 1
    return path


def protected(store: str) -> list[str]:
    """Directories that a run must not change: the original store and all of its forks."""
    root = root_of(store)
    return list(dict.fromkeys((os.path.abspath(store), root, root + SUFFIX)))


def with_forks(store: Store) -> Store:
    """The store with the forks that stand beside it, as one lineage; the store itself where there are none."""
    found = forks_of(store.path) if _is_plain(store) else []
    return _overlay(store.path, [path for path in found if path != os.path.abspath(store.path)]) if found else store


def with_directory(store: Store, directory: str) -> Store | None:
    """The store with another directory of forks; None where it is a part of it already, or cannot be one."""
    known = list(store.members) if isinstance(store, CompositeStore) else [store]
    paths = [os.path.abspath(member.path) for member in known]
    if os.path.abspath(directory) in paths or not (isinstance(store, CompositeStore) or _is_plain(store)):
        return None
    if isinstance(store, CompositeStore) and not store.together:
        return None
    return _overlay(known[0].path, [*(member.path for member in known[1:]), directory])


def _is_plain(store: Store) -> bool:
    """Whether a store is a whole directory of the framework's files."""
    return type(store) is DirectoryStore and store.only is None


def _overlay(path: str, directories: list[str]) -> Store:
    return open_overlay(path, *directories)
