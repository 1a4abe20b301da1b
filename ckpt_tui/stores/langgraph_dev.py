"""LangGraph's checkpoints in the files of its development server (`langgraph dev`), and of any `PersistentDict`.

The server keeps everything in memory. Now and then, and when it ends, it writes three pickles in `.langgraph_api`:
checkpoints, writes of tasks, and values of channels. They are decoded like any pickle: nothing is imported or
called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ckpt_tui.core.budgets import DEFAULT_PICKLE
from ckpt_tui.core.langgraph_layout import INTERRUPT, NULL_TASK, RESUME
from ckpt_tui.core.pickles import unpickle
from ckpt_tui.core.value import Map, Obj, Opaque, Value
from ckpt_tui.stores.base import OpenedPath
from ckpt_tui.stores.database_fault import DatabaseFault
from ckpt_tui.stores.files import FileTrouble, read_ends
from ckpt_tui.stores.fork_directories import SERVER
from ckpt_tui.stores.langgraph_container import News
from ckpt_tui.stores.langgraph_container_store import ContainerStore
from ckpt_tui.stores.langgraph_document import version_text
from ckpt_tui.stores.langgraph_records import Body, Header, Key, StoredValue, Write

FILES = (".langgraph_checkpoint.1.pckl", ".langgraph_checkpoint.2.pckl", ".langgraph_checkpoint.3.pckl")
"""Names of the files: checkpoints; writes of tasks; values of channels."""

MOST_BYTES = 512 * 1024 * 1024
"""Bytes of the largest file that is read."""

_BUDGET = DEFAULT_PICKLE._replace(bytes=MOST_BYTES, most_opcodes=50_000_000, most_objects=10_000_000)

Typed = tuple[str, bytes]
"""An encoding, and the bytes."""


class _Saved(NamedTuple):
    """A checkpoint as it is saved."""

    body: Typed
    metadata: Typed
    parent: str | None


class _Content(NamedTuple):
    """The content of the three files.

    Attributes:
        checkpoints: The checkpoints, in the order in which threads and they were first saved.
        writes: Checkpoint → the writes of tasks, in the order of saving.
        values: Thread, namespace, channel and version → a value.
        remark: The parts that could not be read, or "".
        rows: Checkpoint → its place among them.
    """

    checkpoints: Mapping[Key, _Saved]
    writes: Mapping[Key, tuple[Write, ...]]
    values: Mapping[tuple[str, str, str, str], Typed]
    remark: str
    rows: Mapping[Key, int]


class DevRows:
    """The rows in the files of one server.

    Args:
        path: Its directory, `.langgraph_api`.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._content: _Content | None = None
        self._mark: object = None
        self._reported: _Content | None = None

    def mark(self) -> object:
        """The stamps of the files.

        Raises:
            OSError: the directory is not there.
        """
        os.stat(self.path)
        stamps: list[tuple[int, int, int] | None] = []
        for name in FILES:
            try:
                status = os.stat(os.path.join(self.path, name))
            except FileNotFoundError:
                stamps.append(None)
            else:
                stamps.append((status.st_ino, status.st_mtime_ns, status.st_size))
        return tuple(stamps)

    def _read(self) -> _Content:
        """The present content of the files; the former content where none has changed.

        Raises:
            DatabaseFault: one cannot be read.
            OSError: the directory is not there.
        """
        mark = self.mark()
        if self._content is None or mark != self._mark:
            self._content, self._mark = _content(self.path), mark
        return self._content

    def news(self) -> Iterator[News]:
        """The changes since the last call: files are rewritten as a whole, and compared with their former content.

        Raises:
            DatabaseFault: a file cannot be read.
            OSError: the directory is not there.
        """
        before = self._reported
        now = self._read()
        self._reported = now
        headers = [
            _header(now.rows[key], key, saved)
            for key, saved in now.checkpoints.items()
            if before is None or before.checkpoints.get(key) != saved
        ]
        written = [] if before is None else [key for key, own in now.writes.items() if before.writes.get(key) != own]
        gone = [] if before is None else [key for key in before.checkpoints if key not in now.checkpoints]
        yield News(headers, written, gone, len(now.checkpoints), now.remark)

    def thread(self, name: str) -> list[Header]:
        """The checkpoints of one thread.

        Raises:
            DatabaseFault: a file cannot be read.
            OSError: the directory is not there.
        """
        content = self._read()
        return [
            _header(content.rows[key], key, saved) for key, saved in content.checkpoints.items() if key.thread == name
        ]

    def bodies(self, keys: Iterable[Key], most: int) -> dict[Key, Body]:
        """The bodies of those that are there, with the values of their channels.

        Raises:
            DatabaseFault: a file cannot be read.
            OSError: the directory is not there.
        """
        content = self._read()
        found = {}
        for key in keys:
            saved = content.checkpoints.get(key)
            if saved is None:
                continue
            header = _header(content.rows[key], key, saved)
            data = saved.body[1] if header.size <= most else None
            encoding, metadata = saved.metadata
            found[key] = Body(header, data, metadata, _values_of(content, key), metadata_encoding=encoding)
        return found

    def writes(self, keys: Iterable[Key], most: int, only: Sequence[str] = ()) -> dict[Key, list[Write]]:
        """The writes of tasks that ran from these checkpoints, in the order in which they are applied.

        Raises:
            DatabaseFault: a file cannot be read.
            OSError: the directory is not there.
        """
        content = self._read()
        return {
            key: sorted(own, key=lambda one: (one.path, one.task, one.number))
            for key in keys
            if (own := content.writes.get(key))
        }

    def answers_below(self, key: Key, task: str, most: int) -> list[Write]:
        """The answers that graphs took which a task called, in the order in which they were given.

        Raises:
            DatabaseFault: a file cannot be read.
            OSError: the directory is not there.
        """
        written = self._read().writes.items()
        below = (own for other, own in written if other.thread == key.thread and f":{task}" in other.space)
        return [one for own in below for one in own if one.channel == RESUME and one.task != NULL_TASK]

    def has_child(self, key: Key) -> bool:
        """Whether a checkpoint is the parent of another one."""
        return any(saved.parent == key.id and other[:2] == key[:2] for other, saved in self._read().checkpoints.items())

    def start(self, key: Key, most: int) -> bytes:
        """The first bytes of a checkpoint's body; none where it is not there."""
        saved = self._read().checkpoints.get(key)
        return saved.body[1][:most] if saved is not None else b""


class DevStore(ContainerStore):
    """The checkpoints of one development server.

    Args:
        path: Its directory, `.langgraph_api`.
    """

    MISSING = ("directory", "Name the directory in which `langgraph dev` runs.")
    PRUNE = "the files belong to the server that writes them; they are only ever read"

    def __init__(self, path: str) -> None:
        super().__init__(path, DevRows(path), SERVER)

    @classmethod
    def sniff(cls, place: OpenedPath) -> DevStore | None:
        """The directory of a server; one without checkpoints yet has its other files."""
        if place.head is not None or os.path.basename(os.path.abspath(place.path)) != SERVER:
            return None
        return cls(place.path)


# -- the content of the files ------------------------------------------------------------------------------------------


def _content(path: str) -> _Content:
    faults: list[str] = []
    checkpoints: dict[Key, _Saved] = {}
    for thread, spaces in _pairs(_decoded(path, FILES[0], faults)):
        for space, ids in _pairs(spaces):
            for name, saved in _pairs(ids):
                key, made = _key(thread, space, name), _saved(saved)
                if key is not None and made is not None:
                    checkpoints[key] = made
    writes = {}
    for place, tasks in _pairs(_decoded(path, FILES[1], faults)):
        key = _key(*place) if type(place) is tuple and len(place) == 3 else None
        if key is not None:
            writes[key] = tuple(_writes(tasks))
    values = {}
    for place, value in _pairs(_decoded(path, FILES[2], faults)):
        typed = _typed(value)
        if type(place) is tuple and len(place) == 4 and all(type(part) is str for part in place[:3]) and typed:
            values[(*place[:3], version_text(place[3]))] = typed
    rows = {key: number for number, key in enumerate(checkpoints, 1)}
    return _Content(checkpoints, writes, values, "; ".join(faults), rows)


def _header(number: int, key: Key, saved: _Saved) -> Header:
    return Header(number, key, saved.parent, saved.body[0], len(saved.body[1]))


def _decoded(path: str, name: str, faults: list[str]) -> Value:
    """The value that a file holds; None where it is not there.

    Raises:
        DatabaseFault: it cannot be read at all.
    """
    place = os.path.join(path, name)
    if not os.path.lexists(place):
        return None
    try:
        stamp, data, _ = read_ends(place, MOST_BYTES, 0)
    except FileTrouble as trouble:
        raise DatabaseFault(trouble.kind, f"{name}: {trouble.reason}") from None
    if stamp.size > MOST_BYTES:
        raise DatabaseFault("large", f"{name} has {stamp.size:,} bytes; at most {MOST_BYTES:,} are read")
    decoded = unpickle.decode(data, _BUDGET)
    if decoded.fault:
        faults.append(f"{name} is not read to its end: {decoded.fault}")
        partial = decoded.value.partial if type(decoded.value) is Opaque else []
        return partial[0] if partial else None
    return decoded.value


def _pairs(value: Value) -> Iterator[tuple[Value, Value]]:
    """Keys and values of a mapping, of whatever class."""
    pairs: Sequence[Value] = ()
    if type(value) is dict:
        yield from value.items()
    elif type(value) is Map:
        pairs = value.kv
    elif type(value) is Obj:
        pairs = value.pairs or ()
    yield from zip(pairs[::2], pairs[1::2], strict=False)


def _key(thread: Value, space: Value, name: Value) -> Key | None:
    is_named = type(thread) is type(space) is type(name) is str
    return Key(thread, space, name) if is_named and name else None


def _typed(value: Value) -> Typed | None:
    if type(value) is tuple and len(value) == 2 and type(value[0]) is str and type(value[1]) in (bytes, bytearray):
        return value[0], bytes(value[1])
    return None


def _saved(value: Value) -> _Saved | None:
    """A checkpoint, its metadata and, except in the oldest releases, the id of its parent."""
    if type(value) is not tuple or len(value) not in (2, 3):
        return None
    body, metadata = _typed(value[0]), _typed(value[1])
    parent = value[2] if len(value) == 3 else None
    if body is None or metadata is None:
        return None
    return _Saved(body, metadata, parent if type(parent) is str else None)


def _writes(tasks: Value) -> Iterator[Write]:
    """The writes of tasks, interrupts last: a repeated one takes the place of the first."""
    found = []
    for place, value in _pairs(tasks):
        if type(place) is not tuple or len(place) != 2 or type(value) is not tuple or len(value) < 3:
            continue
        (task, number), channel, typed = place, value[1], _typed(value[2])
        path = value[3] if len(value) > 3 and type(value[3]) is str else ""
        if type(task) is type(channel) is str and type(number) is int and typed is not None:
            found.append(Write(0, task, path, number, channel, *typed))
    found.sort(key=lambda write: write.channel == INTERRUPT)
    for row, write in enumerate(found, 1):
        yield write._replace(row=row)


def _values_of(content: _Content, key: Key) -> Callable[[Mapping[str, str]], Mapping[str, StoredValue]]:
    def found(versions: Mapping[str, str]) -> Mapping[str, StoredValue]:
        typed = {
            channel: content.values.get((key.thread, key.space, channel, version))
            for channel, version in versions.items()
        }
        return {channel: StoredValue(*one, len(one[1])) for channel, one in typed.items() if one is not None}

    return found
