"""LangGraph's checkpoints in an SQLite database, as its SqliteSaver and AsyncSqliteSaver write them.

A thread is a run; each call of a subgraph is a run below it. A database is recognised by its tables.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from ckpt_tui.core.budgets import DEFAULT_MESSAGE, MessageBudget
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.langgraph_layout import ERROR, INTERRUPT, SENDS
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.stores.base import BATCH, PEEK_BYTES, Batch, Capabilities, Entry, OpenedPath, problem_error
from ckpt_tui.stores.database_fault import DatabaseFault
from ckpt_tui.stores.files import FileTrouble, read_ends
from ckpt_tui.stores.langgraph_entries import entry_of, full_entry_of, parent_of
from ckpt_tui.stores.langgraph_groups import LangGraphGroups
from ckpt_tui.stores.langgraph_loading import checkpoint_of
from ckpt_tui.stores.langgraph_names import encoded, key_of
from ckpt_tui.stores.langgraph_reader import LangGraphReader, Reading
from ckpt_tui.stores.langgraph_records import PAGE, Header
from ckpt_tui.stores.langgraph_rows import LangGraphRows, is_langgraph
from ckpt_tui.stores.langgraph_sqlite_threads import SqliteThreads
from ckpt_tui.stores.polled import POLL_SECONDS, PolledStore
from ckpt_tui.stores.sqlite import is_sqlite
from ckpt_tui.stores.store_groups import Groups

KIND = "langgraph"

RESUME_REASON = "it is a step of a graph within the graph; resume from the checkpoint that it was called from"
PRUNE_REASON = "the database belongs to the program that writes it; it is only ever read"

BUSY_SECONDS = 0.1
"""Seconds between two polls of a database that was written to lately."""

QUIET_SECONDS = 60.0
"""Seconds after which a write does not count as recent."""

COUNT_SECONDS = 5.0
"""How long checkpoints that are deleted in the same commit in which others are saved may stay in the list."""

AT_ONCE = 64
"""Checkpoints whose bodies are read in one transaction."""

_SMALL = ("", INTERRUPT, ERROR, SENDS)
"""Channels whose written values decide what the list shows; the first stands for none."""


class LangGraphStore(PolledStore):
    """The checkpoints of one database.

    Args:
        path: Its file.
    """

    kind = KIND
    MISSING = ("file", "Name the database of a SqliteSaver.")

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._rows = LangGraphRows(path)
        self._reader = LangGraphReader(self._rows)
        self._headers: dict[int, str] = {}
        self._children: set[str] = set()  # files that have a child
        self._last_row = 0
        self._last_write = -1
        self._counted = 0.0  # when the checkpoints were counted last
        self._trouble: Problem | None = None
        self._opened: set[str] = set()  # threads that somebody looks into, where threads are listed first
        self._called: dict[str, set[str]] = {}  # file of a caller → files of graphs within it that have not returned

    def groups(self) -> Groups | None:
        """Its threads, by query."""
        return LangGraphGroups(self, SqliteThreads(self.path))

    @classmethod
    def sniff(cls, place: OpenedPath) -> LangGraphStore | None:
        """A database with LangGraph's two tables, whatever its name; one that cannot be read says why in its list."""
        if not is_sqlite(place.head):
            return None
        rows = LangGraphRows(place.path)
        try:
            return cls(place.path) if is_langgraph(rows.recognise()) else None
        except DatabaseFault:
            return cls(place.path)
        except OSError:
            return None

    def capabilities(self, file: str = "") -> Capabilities:
        """Checkpoints of a thread can be resumed; those of graphs within its graph cannot, and none can be pruned."""
        key = key_of(file) if file else None
        return Capabilities(RESUME_REASON if key is not None and key.space else "", PRUNE_REASON)

    def mark(self) -> object:
        """The stamps of the database and of its log; None while another program has locked it."""
        mark = self._rows.mark()
        return None if self._trouble is not None and self._trouble.kind == "locked" else mark

    def pause(self, took: float, quiet: float) -> float:
        """A tenth of a second while a program writes: a poll reads only new rows, however long the first one took."""
        return BUSY_SECONDS if quiet < QUIET_SECONDS else POLL_SECONDS

    def place(self, file: str) -> str:
        """The database."""
        return self.path

    def peek(self, file: str) -> bytes:
        """The first bytes of a checkpoint's body, or of the database.

        Raises:
            UndecodableError: it cannot be read.
        """
        key = key_of(file)
        try:
            if key is not None:
                return self._rows.start(key, PEEK_BYTES)
            return read_ends(self.path, PEEK_BYTES, 0)[1]
        except (DatabaseFault, FileTrouble) as fault:
            raise problem_error(Problem(file, fault.reason, fault.kind)) from None

    # -- the list ----------------------------------------------------------------------------------------------------

    def read(self) -> Iterator[Entry]:
        """Look for changes; returns all entries."""
        for _ in self._pass():
            pass
        yield from list(self._known.values())

    def _pass(self, stop: threading.Event | None = None) -> Iterator[Batch]:
        """New or changed entries since the last pass, by row: a commit does not cause everything to be read again."""
        lost: set[str] = set()
        try:
            last_is_gone = self._last_is_gone()
            if last_is_gone is None:
                lost = set(self._forget())
            is_first = not self._headers
            touched: dict[str, None] = {}
            while True:
                counts = is_first or bool(last_is_gone) or time.monotonic() - self._counted >= COUNT_SECONDS
                newer = self._rows.newer(self._last_row, self._last_write, counts)
                entries = self._take(newer.headers, touched)
                touched.update(dict.fromkeys(map(encoded, newer.written)))
                if len(newer.headers) == PAGE:
                    yield from self._batches(entries, newer.last)
                    if stop is not None and stop.is_set():
                        return
                    continue
                self._last_write = newer.last_write
                gone: tuple[str, ...] = ()
                if newer.checkpoints >= 0:
                    self._counted = time.monotonic()
                    gone = self._vanished(newer.checkpoints)
                gone = (*gone, *(lost - set(self._known)))
                break
            entries += self.changed(touched if not is_first else {}, {entry.file for entry in entries})
        except DatabaseFault as fault:
            problem = self.problem_of(fault)
            news = (problem,) if problem != self._trouble else ()
            self._trouble = problem
            yield Batch(news, (), len(self._headers), len(self._headers))
            return
        if self._trouble is not None:
            gone = (*gone, self._trouble.file)
            self._trouble = None
        rest = len(entries) % BATCH or min(len(entries), BATCH)
        yield from self._batches(entries[: len(entries) - rest], newer.last)
        yield Batch(tuple(entries[len(entries) - rest :]), gone, len(self._headers), len(self._headers))

    def _last_is_gone(self) -> bool | None:
        """Whether the last row that was read is gone; None where it is another checkpoint's: rows are used again."""
        file = self._headers.get(self._last_row)
        if file is None:
            return False
        key = self._rows.key_at(self._last_row)
        return True if key is None else False if encoded(key) == file else None

    def _batches(self, entries: list[Entry], last: int) -> Iterator[Batch]:
        for at in range(0, len(entries), BATCH):
            done = len(self._headers)
            yield Batch(tuple(entries[at : at + BATCH]), (), done, max(last, done) + 1)

    def _take(self, headers: list[Header], touched: dict[str, None]) -> list[Entry]:
        """The entries of new rows; `touched` gets the files of parents that have a child now."""
        entries: list[Entry] = []
        with self._lock:
            for header in headers:
                self._last_row = header.row
                entry = entry_of(header, self._known.get(parent_of(header) or ""))
                self._headers[header.row] = entry.file
                parent = entry.parent if isinstance(entry, CheckpointRef) else None
                if parent is not None:
                    self._children.add(parent)
                    touched[parent] = None
                self._known[entry.file] = entry
                entries.append(entry)
        return entries

    def take_headers(self, headers: Sequence[Header], keeps: bool = False) -> list[Entry]:
        """The entries of rows of threads, with the known facts of their bodies.

        Args:
            headers: The rows.
            keeps: Bodies of their threads will be read; then the files with children are kept.
        """
        entries: list[Entry] = []
        with self._lock:
            if keeps:
                self._opened.update(header.key.thread for header in headers if header.key is not None)
            for header in headers:
                parent = parent_of(header)
                entry = entry_of(header, entries[-1] if entries else None)
                known = self._known.get(entry.file)
                if isinstance(known, CheckpointRef) and _facts_of(known) and known.position == header.row:
                    entry = known
                is_opened = header.key is not None and header.key.thread in self._opened
                if parent is not None and (is_opened or parent in self._known):
                    self._children.add(parent)
                entries.append(entry)
        return entries

    def problem_of(self, fault: DatabaseFault) -> Problem:
        """The problem row with the reason why the database cannot be read."""
        return Problem(os.path.basename(self.path), fault.reason, fault.kind)

    def changed(self, touched: Iterable[str], new: Collection[str]) -> list[Entry]:
        """The entries, but for new ones, that have changed since these were written to or got a child."""
        files = dict.fromkeys(touched)
        inner = [each for file in files for each in self._called.pop(file, ())]
        files = dict.fromkeys(file for file in (*files, *inner) if file not in new)
        return self._filled([file for file in files if _facts_of(self._known.get(file))])

    def _vanished(self, count: int) -> tuple[str, ...]:
        """The files of rows that are gone; there are some where the count differs from the rows read."""
        if count == len(self._headers):
            return ()
        left = self._rows.rows_left()
        with self._lock:
            gone = {row: file for row, file in self._headers.items() if row not in left}
            for row in gone:
                del self._headers[row]
            # A row that was replaced is a row that is gone, and a new one of the same checkpoint.
            kept = set(self._headers.values())
            files = tuple(file for file in dict.fromkeys(gone.values()) if file not in kept)
            for file in files:
                self._known.pop(file, None)
            self._last_row = max(left, default=0)  # the rows after it are used again
            refs = [entry for entry in self._known.values() if isinstance(entry, CheckpointRef)]
            self._children = {ref.parent for ref in refs if ref.parent is not None}
        return files

    def _forget(self) -> tuple[str, ...]:
        self._headers.clear()
        self._children.clear()
        self._called.clear()
        self._reader.forget()
        self._last_row, self._last_write = 0, -1
        return super()._forget()

    # -- the facts of bodies -----------------------------------------------------------------------------------------

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Read the bodies of these checkpoints, so that their entries show nodes that ran, requests and failures."""
        unread = [file for file in files if not _facts_of(self._known.get(file))]
        # A former call may have been stopped before it returned the entries that it read.
        known = [entry for file in files if _facts_of(entry := self._known.get(file)) and entry is not None]
        if known:
            yield Batch(tuple(known), (), 0, len(files) + 1)
        for at in range(0, len(unread), AT_ONCE):
            if stop is not None and stop.is_set():
                return
            try:
                entries = self._filled(unread[at : at + AT_ONCE])
            except DatabaseFault as fault:
                entries = [Problem(file, fault.reason, fault.kind) for file in unread[at : at + AT_ONCE]]
            except OSError:
                break
            yield Batch(tuple(entries), (), at, len(files) + 1)
        yield Batch((), (), len(files), len(files))

    def _filled(self, files: list[str]) -> list[Entry]:
        """The entries of these files with the facts of their bodies."""
        keys = [key for file in files if (key := key_of(file)) is not None]
        entries: list[Entry] = []
        for read in self._reader.read(keys, DEFAULT_MESSAGE, _SMALL):
            key = read.body.header.key
            assert key is not None
            entry = self._entry(read, encoded(key) in self._children)
            with self._lock:
                self._known[entry.file] = entry
            entries.append(entry)
        return entries

    def _entry(self, read: Reading, has_child: bool) -> Entry:
        """The entry of a checkpoint that was read; that of a caller is updated once its subgraph has returned."""
        caller, has_returned = (None, False) if has_child else self._reader.caller_of(read)
        entry = full_entry_of(read.body.header, read, has_child, has_returned)
        if caller is not None and not has_returned:
            with self._lock:
                self._called.setdefault(encoded(caller), set()).add(entry.file)
        return entry

    # -- one checkpoint ----------------------------------------------------------------------------------------------

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        return self._load(file, DEFAULT_MESSAGE)

    def load_within(self, file: str, budget: DocumentBudget, check: Callable[[], None] | None = None) -> Checkpoint:
        """Read and decode one checkpoint, as far as a budget for the whole of it goes.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        limits = budget.pickle()
        usual = DEFAULT_MESSAGE
        if limits is not None:
            usual = usual._replace(
                bytes=limits.bytes, values=max(limits.opcodes, usual.values), objects=max(limits.objects, usual.objects)
            )
        checkpoint = self._load(file, usual)
        budget.read(checkpoint.ref.size)
        return checkpoint

    def _load(self, file: str, budget: MessageBudget) -> Checkpoint:
        key = key_of(file)
        try:
            read = next(self._reader.read([key], budget, ()), None) if key is not None else None
            if read is None or key is None:
                raise problem_error(Problem(file, "no such checkpoint is in the store", "vanished"))
            has_child = file in self._children or (not self._headers and self._rows.has_child(key))
            entry = self._entry(read, has_child)
            if isinstance(entry, Problem):
                raise problem_error(entry)
            return checkpoint_of(key, entry, read, self._reader, budget)
        except DatabaseFault as fault:
            raise problem_error(Problem(file, fault.reason, fault.kind)) from None
        except OSError as error:
            raise problem_error(Problem(file, error.strerror or "it cannot be read", "unreadable")) from None


def _facts_of(entry: Entry | None) -> bool:
    return isinstance(entry, CheckpointRef) and entry.facts is not None
