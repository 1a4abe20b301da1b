"""Agent Framework for .NET: a FileSystemJsonCheckpointStore, one flat directory with an index.

Nothing is locked and nothing is written: a lock of ours would make the program's own opening of the index fail. The
format has no times; the file's are shown, in the order of the index.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Collection, Iterator

from ckpt_tui.core.doctor.copies import originals
from ckpt_tui.core.doctor.severity import Finding
from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.stores.base import Capabilities, Entry, OpenedPath, problem_error
from ckpt_tui.stores.dotnet_document import DotnetDigest, digest, is_document, parts
from ckpt_tui.stores.dotnet_findings import (
    blocked_finding,
    copy_finding,
    copy_words,
    index_findings,
    lost_words,
    unwritten_finding,
)
from ckpt_tui.stores.dotnet_index import INDEX, Index, IndexLine, ids_of, parse_index
from ckpt_tui.stores.dotnet_lineage import Chain, Unindexed, lines_for, parent_of, parents_first, step_parents
from ckpt_tui.stores.files import FileTrouble, Stamp, read_ends, read_whole, stamp_of
from ckpt_tui.stores.json_files import problem_of, read_document
from ckpt_tui.stores.polled import PolledStore
from ckpt_tui.stores.side_files import explained

KIND = "agent-framework-dotnet"

RESUME = (
    "a .NET program resumes these: InProcessExecution.ResumeStreamingAsync(workflow,"
    ' new CheckpointInfo("{session}", "{checkpoint}"), manager)'
)
"""Why Python cannot resume these, and which call can."""

UNINDEXED = "no line in index.jsonl names it, so .NET does not see it"

BEING_WRITTEN = "not written yet: its line in index.jsonl comes first, and the program is a moment from writing this"

WAIT_SECONDS = 0.25
"""Seconds that an indexed file may be empty before that is shown."""

YOUNG_SECONDS = 5.0
"""Age in seconds from which an indexed file without content does not count as being written."""

_HEAD = 65536


_NAME = LatePattern(r".*(?:%2Ejson|_[0-9a-f]{32}\.json)\Z", re.DOTALL | re.IGNORECASE)


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
        self._digests: dict[str, tuple[Stamp, DotnetDigest | Problem]] = {}
        self._unfinished: tuple[str, ...] = ()
        self._lost: list[IndexLine] = []
        self._copies: dict[str, tuple[str, str]] = {}
        self._unwritten: dict[str, tuple[Problem, int]] = {}

    @classmethod
    def sniff(cls, place: OpenedPath) -> DotnetStore | None:
        """A directory with an index or with files of this format, or such a file."""
        if place.head is not None:
            directory, name = os.path.split(place.path)
            found = _NAME.compiled.match(name) and b'"stepNumber"' in place.head
            return cls(directory or os.curdir, only=name) if found else None
        if place.has_index and _is_index(os.path.join(place.path, "index.jsonl")):
            return cls(place.path)
        names = [name for name in place.names if _NAME.compiled.match(name) and not name.startswith("._")]
        return cls(place.path) if any(_is_one(os.path.join(place.path, name)) for name in names[:4]) else None

    def fresh(self) -> DotnetStore:
        """A new store of the same directory that knows nothing yet."""
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
        """The stamps of everything in the directory, and which files are still being written."""
        listed = self._listed()
        young = [name for name in self._unfinished if name in listed and _is_young(listed[name])]
        return listed, self._index_stamp(), young

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
        """Checkpoints, parents before children: by index line, then those that no line names; then what is wrong."""
        listed = self._listed()
        index, trouble = self._index()
        indexed = [
            (line, next((name for name in line.file_names if name in listed), line.file_names[0]))
            for line in index.lines
        ]
        taken = {name for _, name in indexed}
        newest = {line.session: name for line, name in indexed}
        self._unfinished = tuple(
            name
            for name in newest.values()
            if name in listed and self._wait_for(name, listed) and _is_young(listed[name])
        )
        found = {name: self._digest(name, stamp) for name, stamp in listed.items()}
        lines = [*indexed, *self._unindexed(index, listed, found, taken)]
        parents = {name: parent_of(line, found.get(name)) for line, name in lines}
        parents |= step_parents(lines, {name: one.step for name, one in found.items() if isinstance(one, DotnetDigest)})
        missing = "" if trouble or not taken else UNINDEXED
        known = {(line.session, line.checkpoint) for line, _ in lines}
        copies = {name: _copied(line, known) for line, name in lines if name not in taken}
        self._copies = {name: copied for name, copied in copies.items() if copied is not None}
        self._unwritten = {}
        chain = Chain()
        for position, (line, name) in enumerate(parents_first(lines, parents)):
            entry = self._entry(chain, line, name, listed.get(name), found.get(name), position)
            if name in self._copies and isinstance(entry, CheckpointRef):
                entry = entry._replace(note="; ".join(filter(None, (entry.note, copy_words(*self._copies[name])))))
            elif name not in taken and missing:
                if isinstance(entry, Problem) and entry.kind != "side-file":
                    entry = entry._replace(reason=f"{entry.reason}; {missing}")
                elif isinstance(entry, CheckpointRef):
                    entry = entry._replace(note="; ".join(filter(None, (entry.note, missing))))
            if self.only in (None, name):
                yield entry
        if self.only is None:
            self._lost = [
                line
                for line, name in lines
                if name not in taken and name not in self._copies and isinstance(found[name], DotnetDigest)
            ]
            faults = [*index.faults, *([trouble.reason] if trouble else [])]
            if self._lost and trouble is None:
                faults.append(lost_words(len(self._lost), len(taken)))
            if faults:
                yield Problem(INDEX, "; ".join(faults), "torn-index" if index.torn else "index")

    def findings(self) -> tuple[Finding, ...]:
        """Copies of checkpoints, and the lines that the index lacks, ready to be put back."""
        index, trouble = self._index()
        if self.only is not None:
            return ()
        found = [copy_finding(name, *copied) for name, copied in self._copies.items()]
        found += [unwritten_finding(*unwritten) for unwritten in self._unwritten.values()]
        if trouble is None or trouble.kind == "vanished":
            found += index_findings(index, trouble is None, self._lost)
        elif trouble.kind in ("not-a-file", "broken-link"):
            found.append(blocked_finding(trouble.reason, self._lost))
        return tuple(found)

    def _entry(
        self,
        chain: Chain,
        line: IndexLine,
        name: str,
        stamp: Stamp | None,
        found: DotnetDigest | Problem | None,
        position: int,
    ) -> Entry:
        if stamp is None or found is None:
            return Problem(name, f"line {line.number:,} of {INDEX} names it, but there is no such file", "vanished")
        if isinstance(found, DotnetDigest):
            return chain.ref(line, name, found, stamp, position, found.note)
        if name in self._unfinished and found.kind in ("empty", "truncated"):
            return found._replace(reason=BEING_WRITTEN, kind="being-written")
        if not line.is_made and found.kind in ("empty", "truncated"):
            if found.kind == "empty":
                words = f"the program ended after it wrote line {line.number:,} of {INDEX}"
                found = found._replace(reason=f"{found.reason}: {words}")
            self._unwritten[name] = found, line.number
        return found

    def _unindexed(
        self, index: Index, listed: dict[str, Stamp], found: dict[str, DotnetDigest | Problem], taken: set[str]
    ) -> list[tuple[IndexLine, str]]:
        files = []
        for name, stamp in listed.items():
            if name not in taken:
                own = found[name]
                step, parent = (own.step, own.parent) if isinstance(own, DotnetDigest) else (0, None)
                files.append(Unindexed(name, stamp.mtime_ns, step, parent))
        generation = index.lines[-1].generation if index.lines else None
        return lines_for(files, generation, len(index.lines) + 1)

    def _wait_for(self, name: str, listed: dict[str, Stamp]) -> bool:
        """Whether an indexed file is still without its content; .NET writes the line first and the content after it."""
        until = time.monotonic() + WAIT_SECONDS
        while _is_young(listed[name]) and isinstance(found := self._digest(name, listed[name]), Problem):
            if found.kind not in ("empty", "truncated"):
                return False
            if time.monotonic() > until:
                return True
            time.sleep(WAIT_SECONDS / 10)
            try:
                listed[name] = stamp_of(os.stat(self.place(name)))
            except OSError:
                return False
        return False

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        data, document = read_document(self.place(file), file)
        if not is_document(document.value):
            raise problem_error(_foreign(file))
        known = self._known.get(file)
        if not isinstance(known, CheckpointRef):
            for entry in self.read():
                if entry.file == file and isinstance(entry, CheckpointRef):
                    known = entry
        if not isinstance(known, CheckpointRef):
            raise problem_error(Problem(file, "it is not a file of this store", "foreign"))
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
                    except OSError:  # a broken link: reading it shows
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
                words = "there is no index, so .NET sees none of these; the order is that of their parents and times"
            else:
                words = f"{trouble.reason.removeprefix(f'{path} ')} Until then the order is that of parents and times"
            return Index(()), FileTrouble(trouble.kind, words)

    def _digest(self, name: str, stamp: Stamp) -> DotnetDigest | Problem:
        known = self._digests.get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        path = self.place(name)
        found: DotnetDigest | Problem
        try:
            read, data = read_whole(path)
            value = parse(data).value
            found = digest(value) if is_document(value) else _foreign(name, len(data))
        except FileTrouble as trouble:
            return problem_of(path, name, trouble)
        except DocumentFault as fault:
            read, found = stamp, explained(Problem(name, fault.reason, fault.kind, stamp.size), data)
        self._digests[name] = (read, found)
        return found


def _copied(line: IndexLine, known: Collection[tuple[str, str]]) -> tuple[str, str] | None:
    """The checkpoint that a file is a copy of by its name, and what makes such copies."""
    pairs = originals(line.checkpoint)
    return next(((name, words) for name, words in pairs if (line.session, name) in known), None)


def _is_young(stamp: Stamp) -> bool:
    return abs(time.time() - stamp.mtime_ns / 1e9) < YOUNG_SECONDS


def _foreign(name: str, size: int = 0) -> Problem:
    return Problem(name, "not a checkpoint of Agent Framework for .NET: it has no stepNumber", "foreign", size)


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
