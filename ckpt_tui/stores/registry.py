"""Finds the store that reads a path, by the files there, never by a name in a payload.

Readers of other formats come by entry point (`extension_readers`); one is imported only for a path that no reader here
knows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module

from ckpt_tui.core.model import Problem
from ckpt_tui.core.shell_words import shell_word
from ckpt_tui.errors import NotFoundError, UsageError
from ckpt_tui.stores import event_streams
from ckpt_tui.stores.base import OpenedPath, Store, place_error
from ckpt_tui.stores.composite import CompositeStore, short_names
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.extension_readers import extensions as extensions
from ckpt_tui.stores.extension_readers import first_store, named_store
from ckpt_tui.stores.files import FILE_SUFFIX, FileTrouble, is_json_name, read_ends
from ckpt_tui.stores.foreign_files import SQLITE, recognised
from ckpt_tui.stores.fork_directories import SERVER, is_fork, overlay, root_of
from ckpt_tui.stores.near_paths import near_path
from ckpt_tui.stores.postgres_address import absolute, is_postgres, shown_place

_OF_DATABASES = ("langgraph:LangGraphStore",)
"""Formats that are SQLite databases: only they are tried for such files, and only for such files."""

_FORMATS = (
    "agent_framework_dotnet:DotnetStore", "hpd:HpdStore", "dotnet_sessions:SessionStore", "langgraph_dev:DevStore",
    "exported_bundle:BundleStore",
)  # fmt: skip
"""Other formats besides directories of Agent Framework, in the order in which they are asked: module and class.

They are imported by name, as the verbs are: a list of Agent Framework's checkpoints does without the other formats.
"""

_NAMES = 64
"""Names of a directory that are read: the files of each format have similar names."""

_ENTRIES = 4_096
"""Entries of a directory among which those names are searched."""

_FOLDERS = 2_000
"""Directories below a parent directory that are searched; a row reports where there are more."""

_LISTED = 100_000
"""Entries of a directory among which directories and databases are searched."""

_LEVELS = 3
"""Levels of directories below it, as in TENANT/USER/CONVERSATION."""

_NEVER = frozenset(("node_modules", "__pycache__", "site-packages"))
"""Directories of programs, which hold no store."""

_HEAD = 4096
"""Bytes of a file that are read."""

_DATABASES = (".db", ".sqlite", ".sqlite3")
"""Suffixes of databases."""


def open_store(path: str | os.PathLike[str], must_exist: bool = True) -> Store:
    """Open a store of checkpoints.

    Args:
        path: A directory of checkpoints, one checkpoint file, a parent directory of stores (which open as one list), or
            `NAME:PLACE` for a reader that came by entry point, or the URL of a PostgreSQL database.
        must_exist: Whether a path that is not there is an error; if not, the store is empty until it is.

    Raises:
        NotFoundError: there is nothing at the path, or something that no reader knows; it is named if it is recognised.
    """
    text = os.fspath(path)
    if is_postgres(text):
        return _open_postgres(text)
    if os.path.isdir(text):
        if _is_empty(text):  # no format has anything to recognise, so none is imported
            return DirectoryStore(text)
        # Else nothing is here, or files of other programs such as a package.json.
        return _sniffed(_directory(text)) or _parent(text) or first_store(text) or DirectoryStore(text)
    if os.path.lexists(text):
        found = _file(text) or first_store(text)
        if found is None:
            what = recognised(text)
            hint = "Name a directory of checkpoints."
            raise NotFoundError(f"{text} is neither a directory nor a .json file{what}.", hint)
        return found
    if error := _denied(text):
        raise place_error(text, error, ("directory", ""))
    named = named_store(text)
    if named is not None:
        return named
    if must_exist:
        near = near_path(text)
        hint = f"Did you mean {near}?" if near else "Name the directory your workflow writes checkpoints to."
        raise NotFoundError(f"No such file or directory: {text or repr(text)}.", hint)
    if text.endswith(_DATABASES):  # of a path that does not exist yet, only the name is known
        return _format(_OF_DATABASES[0])(text)  # type: ignore[call-arg]
    return DirectoryStore(text)


def _open_postgres(url: str) -> Store:
    opened: Store = import_module("ckpt_tui.stores.langgraph_postgres").open_postgres(url)
    return opened


def _denied(path: str) -> PermissionError | None:
    """Why it cannot be seen whether there is something at a path: a directory above it may not be entered."""
    try:
        os.lstat(path)
    except PermissionError as error:
        return error
    except (OSError, ValueError):
        pass
    return None


def open_stores(paths: Sequence[str | os.PathLike[str]], must_exist: bool = True) -> Store:
    """Open one path, or several as one list, each under a name made of the end of its path; the same one only once.

    Raises:
        NotFoundError: there is nothing at one of the paths, or something that no reader knows.
    """
    if len(paths) == 1:
        return open_store(paths[0], must_exist)
    places: dict[str, str] = {}
    for path in paths:
        text = shown_place(os.fspath(path))
        places.setdefault(absolute(text), text)
    texts = list(places.values())
    if len(texts) == 1:
        return open_store(texts[0], must_exist)
    texts, forks = _with_their_forks(texts)
    if len(texts) == 1:
        return overlay(texts[0], forks[texts[0]])
    members = [overlay(text, forks[text]) if text in forks else open_store(text, must_exist) for text in texts]
    names = short_names(texts)
    return CompositeStore(members, names, ", ".join(names))


def _with_their_forks(texts: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The paths without directories of forks whose store is among them, and those by the path of that store."""
    known = {os.path.abspath(text): text for text in texts if os.path.isdir(text) and not is_fork(text)}
    forks: dict[str, list[str]] = {}
    left = []
    for text in texts:
        root = known.get(root_of(text)) if os.path.isdir(text) and is_fork(text) else None
        if root is None or not isinstance(open_store(root), DirectoryStore):
            left.append(text)
        else:
            forks.setdefault(root, []).append(text)
    return left, forks


# -- recognising a path -----------------------------------------------------------------------------------------------


def _sniffed(place: OpenedPath) -> Store | None:
    """The store of the first format that recognises a path, or None."""
    if _is_database(place):
        return _first(_OF_DATABASES, place)
    found = None if place.has_index else DirectoryStore.sniff(place)
    return found or _first(_FORMATS, place) or DirectoryStore.sniff(place)


def _first(formats: Sequence[str], place: OpenedPath) -> Store | None:
    """The store of the first of these formats that recognises a path, or None."""
    return next((found for name in formats if (found := _format(name).sniff(place)) is not None), None)


def _is_database(place: OpenedPath) -> bool:
    return place.head is not None and place.head.startswith(SQLITE)


def _format(name: str) -> type[Store]:
    module, _, cls = name.partition(":")
    kind: type[Store] = getattr(import_module(f"ckpt_tui.stores.{module}"), cls)
    return kind


def _is_empty(path: str) -> bool:
    """Whether a directory can be read and holds nothing."""
    with suppress(OSError), os.scandir(path) as entries:
        return next(entries, None) is None
    return False


def _directory(path: str) -> OpenedPath:
    """The first facts about a directory; the store itself reports why it cannot be read."""
    has_folders = False
    names = []
    with suppress(OSError), os.scandir(path) as entries:
        for _, entry in zip(range(_ENTRIES), entries, strict=False):
            if entry.name.endswith((".json", "%2Ejson")):
                names.append(entry.name)
                if len(names) == _NAMES:
                    break
            else:
                has_folders = has_folders or not entry.is_file()
    return OpenedPath(path, tuple(names), has_folders, os.path.lexists(os.path.join(path, "index.jsonl")))


def _file(path: str) -> Store | None:
    """The store of one checkpoint file, or None."""
    directory, name = os.path.split(path)
    try:
        head = read_ends(path, _HEAD, 0)[1]
    except FileTrouble as trouble:
        if trouble.kind == "unreadable" and not name.endswith(".json"):
            raise NotFoundError(trouble.reason) from None
        head = b""
    place = OpenedPath(path, head=head)
    found = None if _is_database(place) else _format("exported_documents:DocumentsStore").sniff(place)
    found = found or _sniffed(place)
    if found is not None:
        return found
    if name.endswith(".json"):  # the store reports the error
        return DirectoryStore(directory or os.curdir, only=name)
    if not head and name.endswith(_DATABASES) and os.path.isfile(path):  # a program has opened it, and not written yet
        return _format(_OF_DATABASES[0])(path)  # type: ignore[call-arg]
    if event_streams.is_events(head):
        hint = f"`ckpt-tui {shell_word(path)}` shows its events."
        raise UsageError(f"{path} is a stream of events, not a store of checkpoints.", hint)
    return None


def _parent(path: str) -> Store | None:
    """The stores in the directories of a directory, however they are nested, as one list; None where there are none."""
    left = [_FOLDERS]
    found: dict[str, Store | Problem | None] = {**_databases(path), **dict(_below(path, "", left))}
    members = {name: store for name, store in found.items() if isinstance(store, Store)}
    if not members:
        return None
    if list(found) == [SERVER]:
        return members[SERVER]
    closed = {name: DirectoryStore(os.path.join(path, name)) for name, store in found.items() if store is None}
    named = dict(sorted((members | closed).items()))
    reason = f"only {_FOLDERS:,} directories were looked at; name a part of them to see its stores"
    beyond = [problem for problem in found.values() if isinstance(problem, Problem)]
    beyond += [] if left[0] >= 0 else [Problem("…", reason, "directory")]
    return CompositeStore(list(named.values()), list(named), path, problems=beyond)


def stores_at(path: str, left: list[int]) -> list[str]:
    """The names of the stores at or below a directory, "" for itself; searches no more directories than are left."""
    if _sniffed(_directory(path)) is not None:
        return [""]
    return [name for name, store in _below(path, "", left) if not isinstance(store, Problem)]


def _below(path: str, name: str, left: list[int], level: int = 1) -> Iterator[tuple[str, Store | Problem | None]]:
    """The stores below a directory with their relative names; None for a directory that cannot be read."""
    names = folders(os.path.join(path, name))
    for own in names:
        left[0] -= 1
        if left[0] < 0:
            return
        stem, dot, ending = own.rpartition(".")
        is_kept = stem in names or os.path.isfile(os.path.join(path, name, stem))
        if dot and is_kept and ending in ("forks", "trash"):
            continue  # forks are shown with their store, pruned files are not shown
        below = f"{name}/{own}" if name else own
        place = os.path.join(path, below)
        found = _sniffed(_directory(place))
        if found is not None:
            yield below, found
        elif is_closed(place):
            yield below, None
        elif closed := _closed_databases(place):
            for file in closed:
                yield (
                    f"{below}/{file}",
                    Problem(f"{below}/{file}", "a database that may not be read by you", "unreadable"),
                )
            yield from ((f"{below}/{file}", store) for file, store in _databases(place).items())
        elif inside := _databases(place):
            yield from ((below if len(inside) == 1 else f"{below}/{file}", store) for file, store in inside.items())
        elif level < _LEVELS and own not in _NEVER:
            yield from _below(path, below, left, level + 1)


def is_closed(path: str) -> bool:
    """Whether a directory, or every file in it that may be a checkpoint, is kept from us by its permissions."""
    try:
        with os.scandir(path) as entries:
            names = [entry.path for _, entry in zip(range(_NAMES), entries, strict=False) if is_json_name(entry.name)]
    except PermissionError:
        return True
    except OSError:
        return False
    return bool(names) and not any(os.access(name, os.R_OK) for name in names)


def _closed_databases(path: str) -> list[str]:
    """The names of the databases in a directory that are kept from us by their permissions."""
    found = _names_of(path, lambda entry: entry.name.endswith(_DATABASES))
    return [name for name in found if not os.access(os.path.join(path, name), os.R_OK)]


def _databases(path: str) -> dict[str, Store]:
    """The databases in a directory that are stores, by name, and the directory of a LangGraph development server."""
    found: dict[str, Store] = {}
    for name in _names_of(path, lambda entry: entry.is_file() and not entry.name.endswith(FILE_SUFFIX)):
        file = os.path.join(path, name)
        with suppress(FileTrouble):
            head = read_ends(file, len(SQLITE), 0)[1]
            store = _sniffed(OpenedPath(file, head=head)) if head == SQLITE else None
            if store is not None:
                found[name] = store
    server = os.path.join(path, SERVER)
    if os.path.isdir(server):
        found[SERVER] = _format("langgraph_dev:DevStore")(server)  # type: ignore[call-arg]
    return found


def folders(path: str) -> list[str]:
    """The names of the directories in a directory that may be stores, in order; none where it cannot be read."""
    return _names_of(path, lambda entry: entry.is_dir())


def _names_of(path: str, is_meant: Callable[[os.DirEntry[str]], bool]) -> list[str]:
    """The accepted names in a directory that are not hidden, in order; none where it cannot be read."""
    names = []
    with suppress(OSError), os.scandir(path) as entries:
        for _, entry in zip(range(_LISTED), entries, strict=False):
            if not entry.name.startswith(".") and is_meant(entry):
                names.append(entry.name)
    return sorted(names)
