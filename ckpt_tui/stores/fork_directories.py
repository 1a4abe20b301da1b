"""The forks beside a store, `STORE.forks/ID-N`, and a store shown with them.

Forks of a directory are directories; those of a database are databases, `ID-N.sqlite`. Those of a database behind a URL
are in our state directory.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import Problem
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.composite import CompositeStore, short_names, why_closed
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.postgres_address import absolute, is_postgres

SUFFIX = ".forks"

SERVER = ".langgraph_api"
"""The directory in which `langgraph dev` keeps its files."""

DATABASE = ".sqlite"
"""The suffix of forks of a database."""


def root_of(store: str) -> str:
    """The original store of a directory of forks; any other directory itself.

    A database behind a URL has a place in our state directory instead, and its forks are beside that.
    """
    if is_postgres(store):
        root: str = _databases().root_of_url(store)
        return root
    path = os.path.abspath(store)
    above = os.path.dirname(path)
    return above.removesuffix(SUFFIX) if above.endswith(SUFFIX) else path


def listed_forks(store: str) -> tuple[list[str], list[Problem]]:
    """The forks beside a store, and a row for each link that was not read through."""
    place = root_of(store) + SUFFIX
    of_file = keeps_databases(store)
    is_link = os.path.islink(place)
    left = [_BEHIND_LINKS]
    found, closed = [], []
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                left[0] -= is_link
                if left[0] < 0:
                    return [], [_unfollowed(place, os.path.basename(place))]
                if entry.name.startswith(".") or not (
                    entry.name.endswith(DATABASE) and entry.is_file() if of_file else entry.is_dir()
                ):
                    continue
                if is_link and not _NAME.compiled.fullmatch(entry.name.removesuffix(DATABASE)):
                    continue
                if not of_file and (is_link or entry.is_symlink()) and not _is_small(entry.path, left):
                    closed.append(_unfollowed(entry.path, f"{os.path.basename(place)}/{entry.name}"))
                    continue
                found.append(entry.path)
    except OSError:
        return [], []
    return sorted(found), sorted(closed)


_BEHIND_LINKS = 2_000
"""Entries that are read, in all, of directories to which links lead."""

_NAME = LatePattern(r".+-[0-9]{1,9}")
"""The name of a fork: the id of a checkpoint and a number."""


def _is_small(path: str, left: list[int]) -> bool:
    """Whether a directory holds no more entries than are left."""
    with suppress(OSError), os.scandir(path) as entries:
        for _ in entries:
            left[0] -= 1
            if left[0] < 0:
                return False
    return True


def _unfollowed(place: str, name: str) -> Problem:
    reason = (
        f"a link to {clean(os.path.realpath(place))}, behind which are more than {_BEHIND_LINKS:,} entries: "
        "it was not read; open the directory by its own path"
    )
    return Problem(f"{name}/", reason, "large-link")


def is_fork(path: str) -> bool:
    """Whether a path is a directory of forks of some store."""
    return not is_postgres(path) and root_of(path) != os.path.abspath(path)


def keeps_databases(store: str) -> bool:
    """Whether the forks of a store are databases; else they are directories."""
    return is_postgres(store) or os.path.basename(store) == SERVER or os.path.isfile(root_of(store))


def is_plain(store: Store) -> bool:
    """Whether a store may have forks: a whole directory of the framework's files, or a database."""
    return (type(store) is DirectoryStore and store.only is None) or store.kind == "langgraph"


def is_overlay(store: Store) -> bool:
    """Whether a store is a directory that is shown with its forks, as one lineage."""
    return isinstance(store, CompositeStore) and store.together


def overlay(first: str | Store, directories: list[str], problems: Sequence[Problem] = ()) -> Store:
    """A store and others whose checkpoints continue its own: they are one lineage."""
    path = first if isinstance(first, str) else first.path
    own = _opened(path, path) if isinstance(first, str) else first.fresh()
    members = [own, *(_opened(path, text) for text in directories)]
    return CompositeStore(members, short_names([path, *directories]), path, True, problems)


def _opened(root: str, path: str) -> Store:
    """A store, or a fork of it: databases where it is one."""
    if not keeps_databases(root):
        return DirectoryStore(path)
    found: Store = _databases().open_database(path)
    return found


def _databases() -> Any:
    from ckpt_tui.stores import database_forks  # late: Agent Framework's checkpoints do not need the other formats

    return database_forks


def with_forks(store: Store) -> Store:
    """The store with the forks beside it, as one lineage; each of several with its own."""
    if isinstance(store, CompositeStore) and not store.together:
        members = [member if is_fork(member.path) else with_forks(member) for member in store.members]
        changed = any(new is not old for new, old in zip(members, store.members, strict=True))
        return CompositeStore(members, store.member_names, store.path, problems=store.problems) if changed else store
    if not is_plain(store):
        return store
    listed, unread = listed_forks(store.path)
    found = [path for path in listed if path != absolute(store.path)]
    closed = [*_closed_forks(store.path), *unread]
    return overlay(store if keeps_databases(store.path) else store.path, found, closed) if found or closed else store


def _closed_forks(store: str) -> list[Problem]:
    """The directory of forks as a row, where it is there and may not be read."""
    place = root_of(store) + SUFFIX
    reason = why_closed(place)
    return [Problem(f"{os.path.basename(place)}/", reason, "directory")] if reason else []


def with_own_forks(store: Store) -> Store:
    """The same for a store that is named on the command line: a directory of forks that is named stays by itself."""
    return store if is_plain(store) and is_fork(store.path) else with_forks(store)
