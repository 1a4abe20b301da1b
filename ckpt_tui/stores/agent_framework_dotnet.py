"""Agent Framework for .NET: a FileSystemJsonCheckpointStore, one flat directory with an index.

Nothing is locked and nothing is written: a lock of ours would make the program's own opening of the index fail. The
format has no times; the file's are shown, in the order of the index.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Facts, Problem, Told
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Capabilities, Entry, Place, problem_error
from ckpt_tui.stores.dotnet_document import Digest, digest, is_document, parts
from ckpt_tui.stores.dotnet_index import INDEX, Index, Line, ids_of, parse_index
from ckpt_tui.stores.files import FileTrouble, Stamp, read_ends, read_whole, stamp_of
from ckpt_tui.stores.polled import PolledStore

KIND = "agent-framework-dotnet"

RESUME = (
    "a .NET program resumes these: InProcessExecution.ResumeStreamingAsync(workflow,"
    ' new CheckpointInfo("{session}", "{checkpoint}"), manager)'
)
"""Why Python resumes none of these, and what does."""

UNINDEXED = "no line in index.jsonl names it: the program ended between the two writes, and .NET does not see it"

_HEAD = 65536


_NAME = re.compile(r".*(?:%2Ejson|_[0-9a-f]{32}\.json)\Z", re.DOTALL | re.IGNORECASE).match


class DotnetStore(PolledStore):
    """A flat directory of checkpoints with an `index.jsonl`, of any of the four generations.

    Args:
        path: The directory.
        only: The name of the one file to show, or None for all.
    """

    kind = KIND

    def __init__(self, path: str, only: str | None = None) -> None:
        super().__init__(path)
        self.only = only
        self._digests: dict[str, tuple[Stamp, Digest | Problem]] = {}

    @classmethod
    def sniff(cls, place: Place) -> DotnetStore | None:
        """A directory with an index or with files of this format, or such a file."""
        if place.head is not None:
            directory, name = os.path.split(place.path)
            found = _NAME(name) and b'"stepNumber"' in place.head
            return cls(directory or os.curdir, only=name) if found else None
        if place.has_index and _is_index(os.path.join(place.path, "index.jsonl")):
            return cls(place.path)
        names = [name for name in place.names if _NAME(name)]
        return cls(place.path) if any(_is_one(os.path.join(place.path, name)) for name in names[:4]) else None

    def fresh(self) -> DotnetStore:
        """The same directory as if nothing were known of it yet."""
        return DotnetStore(self.path, self.only)

    def capabilities(self, file: str = "") -> Capabilities:
        """The graph is exact; a .NET program resumes."""
        ids = ids_of(file) or ("SESSION", "CHECKPOINT")
        return Capabilities(
            RESUME.format(session=ids[0], checkpoint=ids[1]),
            "the .NET program holds the index that names its files",
            True,
        )

    def mark(self) -> object:
        """The stamps of everything in the directory."""
        return self._listed(), self._index_stamp()

    def count(self) -> int:
        """How many files there are."""
        return len(self._listed())

    def names(self) -> list[str]:
        """The names of everything in the directory."""
        try:
            return os.listdir(self.path) if self.only is None else []
        except OSError:
            return []

    def read(self) -> Iterator[Entry]:
        """Checkpoints by index line, then files that no line names; what is wrong with the index is a problem."""
        listed = self._listed()
        index, trouble = self._index()
        faults = [*index.faults, *([trouble.reason] if trouble else [])]
        lines: list[tuple[Line, str]] = []
        taken: set[str] = set()
        for line in index.lines:
            name = next((name for name in line.file_names if name in listed), line.file_names[0])
            lines.append((line, name))
            taken.add(name)
        orphans = sorted((stamp.mtime_ns, name) for name, stamp in listed.items() if name not in taken)
        for number, (_, name) in enumerate(orphans, len(lines) + 1):
            session, checkpoint = ids_of(name) or ("", name)
            lines.append((Line(session, checkpoint, "", 0 if trouble else 2, number), name))
        chain = Chain()
        for position, (line, name) in enumerate(lines):
            if name not in listed:
                reason = f"line {line.number:,} of {INDEX} names it, but there is no such file"
                entry: Entry = Problem(name, reason, "vanished")
            else:
                found = self._digest(name, listed[name])
                orphan = name not in taken and trouble is None
                if isinstance(found, Problem):
                    entry = found._replace(reason=f"{found.reason}; {UNINDEXED}") if orphan else found
                else:
                    note = "; ".join(text for text in (found.note, UNINDEXED if orphan else "") if text)
                    entry = chain.ref(line, name, found, listed[name], position, note)
            if self.only in (None, name):
                yield entry
        if faults and self.only is None:
            yield Problem(INDEX, "; ".join(faults), "torn-index" if index.torn else "index")

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        path = self.place(file)
        try:
            _, data = read_whole(path)
            document = parse(data)
        except FileTrouble as trouble:
            raise problem_error(Problem(file, trouble.reason.removeprefix(f"{path} "), trouble.kind)) from None
        except DocumentFault as fault:
            raise problem_error(Problem(file, fault.reason, fault.kind)) from None
        if not is_document(document.value):
            raise problem_error(_foreign(file))
        known = self._known.get(file)
        if not isinstance(known, CheckpointRef):
            for entry in self.read():
                if entry.file == file and isinstance(entry, CheckpointRef):
                    known = entry
        if not isinstance(known, CheckpointRef):
            raise problem_error(Problem(file, "it is no file of this store", "foreign"))
        found = parts(document.value)
        warnings = [*document.notes, *([known.note] if known.note else [])]
        return Checkpoint(
            known, found.messages, found.state, found.pending, found.metadata, tuple(warnings), (), data, found.topology
        )

    # -- the directory -----------------------------------------------------------------------------------------------

    def _listed(self) -> dict[str, Stamp]:
        listed = {}
        with os.scandir(self.path) as entries:
            for entry in entries:
                name = entry.name
                if name.endswith((".json", "%2Ejson")) and ids_of(name) is not None:
                    try:
                        listed[name] = stamp_of(entry.stat())
                    except OSError:  # a broken link: reading it tells
                        listed[name] = Stamp(0, 0, 0)
        return listed

    def _index_stamp(self) -> Stamp | None:
        try:
            return stamp_of(os.stat(os.path.join(self.path, INDEX)))
        except OSError:
            return None

    def _index(self) -> tuple[Index, FileTrouble | None]:
        path = os.path.join(self.path, INDEX)
        try:
            return parse_index(read_whole(path)[1]), None
        except FileTrouble as trouble:
            if trouble.kind == "vanished":
                words = "there is no index: the order is that of the files' times"
            else:
                words = f"{trouble.reason.removeprefix(f'{path} ')} Until then the order is that of the files' times"
            return Index(()), FileTrouble(trouble.kind, words)

    def _digest(self, name: str, stamp: Stamp) -> Digest | Problem:
        known = self._digests.get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        path = self.place(name)
        found: Digest | Problem
        try:
            read, data = read_whole(path)
            value = parse(data).value
            found = digest(value) if is_document(value) else _foreign(name, len(data))
        except FileTrouble as trouble:
            return Problem(name, trouble.reason.removeprefix(f"{path} "), trouble.kind)
        except DocumentFault as fault:
            read, found = stamp, Problem(name, fault.reason, fault.kind, stamp.size)
        self._digests[name] = (read, found)
        return found


def _foreign(name: str, size: int = 0) -> Problem:
    return Problem(name, "no checkpoint of Agent Framework for .NET: it has no stepNumber", "foreign", size)


class _Place(NamedTuple):
    """What is kept of a checkpoint for those that follow it."""

    depth: int
    targets: tuple[str, ...]
    askers: tuple[str, ...]


class Chain:
    """Makes headers of checkpoints that come in the order of commit: parents before children."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}
        self._last: dict[str, str] = {}
        self._when = 0.0

    def ref(
        self, line: Line, name: str, found: Digest, stamp: Stamp, position: int, note: str = "", size: int | None = None
    ) -> CheckpointRef:
        """The header of the next checkpoint; files' times never run backwards in it, as the order is known."""
        facts = found.facts
        parent = found.parent if line.parent == "" else line.parent
        before = self._last.get(line.session, "") if line.generation == 0 and parent is None else ""
        above = self._places.get(parent or before)
        ran, answered = _ran(found, above)
        place = _Place(above.depth + 1 if above else 0, found.targets, facts.askers)
        self._places[line.checkpoint] = place
        self._last[line.session] = line.checkpoint
        self._when = max(self._when, stamp.mtime_ns / 1e9)
        told = Told(
            run=line.session or "?",
            title=f"session {_short(line.session)}",
            label=_label(ran, answered, facts),
            role="waiting" if facts.pending and not facts.messages else None,
            step=place.depth,
            before=before,
            ran=ran,
            has_file_time=True,
        )
        timestamp = datetime.fromtimestamp(self._when, UTC).isoformat()
        return CheckpointRef(
            line.checkpoint, name, "", found.graph, parent, timestamp, self._when, found.step,
            stamp.size if size is None else size, facts, note, position=position, told=told,
        )  # fmt: skip


def _ran(found: Digest, above: _Place | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The executors that ran for a checkpoint, and the ports whose requests were answered before it."""
    if above is None:
        return ((found.start,) if found.start else ()), ()
    answered = tuple(port for port in above.askers if port not in found.facts.askers)
    return (*above.targets, *(port for port in answered if port not in above.targets)), answered


def _label(ran: tuple[str, ...], answered: tuple[str, ...], facts: Facts) -> str:
    names = [f"{name} answered" if name in answered else name for name in ran if name not in facts.askers]
    parts = [", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")] if names else []
    if facts.pending:
        parts.append(f"{', '.join(facts.askers[:2])} waiting {facts.pending}".strip())
    elif facts.edges and not facts.messages:
        parts.append("joining")
    elif not facts.messages:
        parts.append("done")
    return " · ".join(parts)


_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z")


def _short(name: str) -> str:
    """An id short enough to read: 8 characters of a random one."""
    return name[:8] if _GUID.match(name) else clean(name, 40)


def _is_index(path: str) -> bool:
    """Whether a file is the index of such a store; an empty one is, too."""
    try:
        head = read_ends(path, _HEAD, 0)[1]
    except FileTrouble as trouble:
        return trouble.kind == "unreadable"  # on Windows a running program keeps others out
    return not head.strip() or b"checkpointid" in head.lower()


def _is_one(path: str) -> bool:
    """Whether a file of a directory without an index is such a checkpoint."""
    try:
        return b'"stepNumber"' in read_ends(path, _HEAD, 0)[1]
    except FileTrouble:
        return False
