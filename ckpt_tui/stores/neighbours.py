"""Entries beside checkpoints that can be opened otherwise: event streams, databases, other stores."""

import os
from contextlib import suppress
from typing import NamedTuple

from ckpt_tui.core.text import counted
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.composite import why_closed
from ckpt_tui.stores.dotnet_index import INDEX
from ckpt_tui.stores.event_streams import HEAD_BYTES, is_events
from ckpt_tui.stores.exported_documents import looks_exported
from ckpt_tui.stores.files import FileTrouble, read_ends
from ckpt_tui.stores.fork_directories import SUFFIX, is_plain
from ckpt_tui.stores.registry import open_store, stores_at

_LOOKED_AT = 200
"""Entries of a directory that are tested besides checkpoints."""

_OURS = ("ckpt-tui-fork.jsonl", "ckpt-tui-prune.jsonl", "ckpt-tui.toml", INDEX)
_NEVER = (".json", "%2Ejson", ".tmp", "~")
"""Suffixes of checkpoints and of their temporary files."""

_SQLITE = b"SQLite format 3\0"


class Neighbour(NamedTuple):
    """One entry beside the checkpoints of a store.

    Attributes:
        name: Its name.
        what: What it is, as text for people.
        opens: Whether `ckpt-tui` opens it by its path.
    """

    name: str
    what: str
    opens: bool = True


def neighbours(store: Store) -> list[Neighbour]:
    """The entries beside the checkpoints of a directory, by name; none for any other store."""
    members = [(name, member) for name, member in zip(store.member_names, store.members, strict=True)]
    known = set(store.member_names)
    if members:
        first = store.together
        found = [
            one if first and not number else one._replace(name=f"{name}/{one.name}")
            for number, (name, member) in enumerate(members)
            for one in neighbours(member)
        ]
        return found if first else [*(one for one in _beside(store.path, False) if one.name not in known), *found]
    if not os.path.isdir(store.path) or store.only is not None:
        return []
    return _beside(store.path, folders=is_plain(store))


def _beside(path: str, folders: bool) -> list[Neighbour]:
    found = []
    with suppress(OSError), os.scandir(path) as entries:
        looked_at = 0
        left = [_LOOKED_AT]
        for entry in entries:
            if entry.name.endswith(_NEVER) or entry.name in _OURS or looked_at >= _LOOKED_AT:
                continue
            looked_at += 1
            one = (_directory(entry, left) if folders else None) if entry.is_dir() else _file(entry)
            if one is not None:
                found.append(one)
    return sorted(found)


def _directory(entry: os.DirEntry[str], left: list[int]) -> Neighbour | None:
    name = entry.name
    if name.startswith(".") or name.endswith((SUFFIX, ".trash")):
        return None
    if reason := why_closed(entry.path):
        return Neighbour(name, f"a directory that {reason}", opens=False)
    found = stores_at(entry.path, left)
    if not found:
        return None
    if found == [""]:
        return Neighbour(name, "another store of checkpoints")
    return Neighbour(name, f"a directory of {counted(len(found), 'other store')}")


def _file(entry: os.DirEntry[str]) -> Neighbour | None:
    try:
        head = read_ends(entry.path, HEAD_BYTES, 0)[1]
    except FileTrouble as trouble:
        if trouble.kind == "unreadable" and not entry.name.startswith("."):
            return Neighbour(entry.name, "a file that cannot be read", opens=False)
        return None
    if head.startswith(_SQLITE):
        try:
            open_store(entry.path)
        except CkptError:
            return Neighbour(entry.name, "an SQLite database of another program", opens=False)
        return Neighbour(entry.name, "a database of checkpoints")
    if looks_exported(head, are_lines=True):
        return Neighbour(entry.name, "exported checkpoints, a document each")
    if is_events(head) and not entry.name.endswith((".yaml", ".yml", ".toml", ".py", ".md")):
        return Neighbour(entry.name, "a stream of events")
    return None
