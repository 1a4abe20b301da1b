"""Serialized workflow sessions of Agent Framework for .NET: one JSON file holds all checkpoints of a conversation.

A workflow used as an agent without a checkpoint store of its own keeps its checkpoints in the session, which
FileSystemAgentSessionStore writes as `a-AGENT/u-USER/c-CONVERSATION.json`, the first two parts optional.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Capabilities, Entry, OpenedPath, problem_error
from ckpt_tui.stores.document_values import items, members, text
from ckpt_tui.stores.dotnet_document import digest, is_document, parts
from ckpt_tui.stores.dotnet_index import IndexLine
from ckpt_tui.stores.dotnet_lineage import Chain, parents_first
from ckpt_tui.stores.files import FileTrouble, Stamp, read_ends, read_whole, stamp_of
from ckpt_tui.stores.json_files import problem_of
from ckpt_tui.stores.polled import PolledStore

KIND = "agent-framework-dotnet-session"

RESUME = "these checkpoints live in a session file; the .NET program that wrote it resumes from its last one"

_LEVELS = 3
"""Folders down to a conversation: agent, user, file."""

_FILES = 20_000
_HEAD = 1024 * 1024


class SessionStore(PolledStore):
    """A session file, or a directory of them.

    An entry's file is `PATH#CHECKPOINT`, the path relative to the directory.

    Args:
        path: The file or directory.
    """

    kind = KIND

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._read: dict[str, tuple[Stamp, list[Entry]]] = {}

    @classmethod
    def sniff(cls, place: OpenedPath) -> SessionStore | None:
        """A directory in which one of the first conversations is such a session, or its file."""
        if place.head is not None:
            found = place.path.endswith(".json") and b'"sessionId"' in place.head and is_session(place.path)
            return cls(place.path) if found else None
        if not any(name.startswith("c-") for name in place.names) and (place.names or not place.has_folders):
            return None
        try:
            names = session_files(place.path)
        except OSError:
            return None
        return cls(place.path) if any(is_session(os.path.join(place.path, name)) for name in names[:4]) else None

    def capabilities(self, file: str = "") -> Capabilities:
        """The graph is exact; a .NET program resumes."""
        return Capabilities(RESUME, "a checkpoint is a part of its session file", True)

    def mark(self) -> object:
        """The stamps of the session files."""
        return dict(self._files())

    def place(self, file: str) -> str:
        """The session file of an entry."""
        name = file.rpartition("#")[0] or file
        return os.path.join(self.path, name) if os.path.isdir(self.path) else self.path

    def read(self) -> Iterator[Entry]:
        """The checkpoints of each session, in the order of its index."""
        position = 0
        for name, stamp in self._files():
            known = self._read.get(name)
            if known is None or known[0] != stamp:
                known = self._read[name] = stamp, list(self._entries(name, stamp))
            for entry in known[1]:
                yield entry._replace(position=position) if isinstance(entry, CheckpointRef) else entry
                position += 1

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """One checkpoint of a session file.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        name = file.rpartition("#")[0]
        found = self._checkpoints(name)
        if isinstance(found, Problem):
            raise problem_error(found)
        ref = next((entry for entry in self.read() if entry.file == file), None)
        if isinstance(ref, Problem):
            raise problem_error(ref)
        for line, value in found[0]:
            if ref is not None and _file(name, line) == file and value is not None:
                read = parts(value)
                metadata = {**read.metadata, "session": found[1]} if type(read.metadata) is dict else read.metadata
                data = _json(value)
                return Checkpoint(
                    ref, read.messages, read.state, read.pending, metadata, (ref.note,) if ref.note else (), (), data,
                    read.topology,
                )  # fmt: skip
        raise problem_error(Problem(file, "it is no longer in its session file", "vanished"))

    def _files(self) -> Iterator[tuple[str, Stamp]]:
        if not os.path.isdir(self.path):
            yield os.path.basename(self.path), stamp_of(os.stat(self.path))
            return
        for name in session_files(self.path):
            try:
                yield name, stamp_of(os.stat(os.path.join(self.path, name)))
            except OSError:
                continue

    def _checkpoints(self, name: str) -> tuple[list[tuple[IndexLine, dict[str, Any] | None]], dict[str, Any]] | Problem:
        """The checkpoints of a session file in order, and the other members of the session."""
        path = self.place(f"{name}#")
        try:
            top = members(parse(read_whole(path)[1]).value)
        except FileTrouble as trouble:
            return problem_of(path, name, trouble)
        except DocumentFault as fault:
            return Problem(name, fault.reason, fault.kind)
        found: list[tuple[IndexLine, dict[str, Any] | None]] = []
        stores = members(members(top.get("checkpointManager")).get("store"))
        for session, store in stores.items():
            cache = members(members(store).get("cache"))
            listed = [members(one) for one in items(members(store).get("checkpointIndex"))]
            left = dict(cache)
            for number, info in enumerate(listed, 1):
                owner, checkpoint = text(info.get("sessionId")) or session, text(info.get("checkpointId"))
                value = left.pop(_key(owner, checkpoint), None)
                line = IndexLine(owner, checkpoint, "", 2, number)
                found.append((line, value if is_document(value) else None))
            found += _unindexed(left, session, len(listed))
        rest = {key: value for key, value in top.items() if key != "checkpointManager"}
        return found, rest

    def _entries(self, name: str, stamp: Stamp) -> Iterator[Entry]:
        found = self._checkpoints(name)
        if isinstance(found, Problem):
            yield found
            return
        if not found[0]:
            yield Problem(name, "a session without checkpoints", "foreign", stamp.size)
        chain = Chain()
        for position, (line, value) in enumerate(found[0]):
            file = _file(name, line)
            if value is None and line.is_made:
                yield Problem(file, "not a checkpoint of Agent Framework for .NET: it has no stepNumber", "foreign")
            elif value is None:
                yield Problem(file, "the index of its session names it, but the session does not hold it", "vanished")
            else:
                note = _UNINDEXED if line.is_made else ""
                yield chain.ref(line, file, digest(value), stamp, position, note, size=len(_json(value)))


_UNINDEXED = "the index of its session does not name it, so .NET does not see it"


def _key(session: str, checkpoint: str) -> str:
    """The name of a checkpoint in the cache of a session."""
    return f"{session.replace('|', '||')}|{checkpoint.replace('|', '||')}"


def _unindexed(cache: dict[str, Any], session: str, listed: int) -> list[tuple[IndexLine, Any]]:
    """The checkpoints of a session that its index does not name, parents before children."""
    made: list[tuple[IndexLine, str]] = []
    for number, key in enumerate(cache, listed + 1):
        owner, _, checkpoint = key.rpartition("|")
        made.append((IndexLine(owner.replace("||", "|") or session, checkpoint, "", 2, number, "", True), key))
    parents = {key: digest(cache[key]).parent for _, key in made if is_document(cache[key])}
    return [(line, cache[key] if key in parents else None) for line, key in parents_first(made, parents)]


def _file(name: str, line: IndexLine) -> str:
    return f"{name}#{line.checkpoint}"


def _json(value: Any) -> bytes:
    """A checkpoint of a session as JSON, as its own file would be."""
    return dumps(to_json(value)).encode("utf-8", "backslashreplace")


def session_files(directory: str) -> list[str]:
    """The names of session files in a directory and the folders of agents and users, relative, in order."""
    found: list[str] = []
    todo = [("", 0)]
    while todo and len(found) < _FILES:
        below, level = todo.pop()
        try:
            with os.scandir(os.path.join(directory, below)) as entries:
                for entry in entries:
                    name = os.path.join(below, entry.name)
                    if entry.name.startswith("c-") and entry.name.endswith(".json"):
                        found.append(name)
                    elif level < _LEVELS and entry.name.startswith(("a-", "u-")) and entry.is_dir():
                        todo.append((name, level + 1))
        except OSError:
            if not level:
                raise
    return sorted(found)


def is_session(path: str) -> bool:
    """Whether a file is a serialized session of a workflow with checkpoints."""
    try:
        head = read_ends(path, _HEAD, 0)[1]
    except (FileTrouble, CkptError):
        return False
    return b'"sessionId"' in head and b'"checkpointManager"' in head
