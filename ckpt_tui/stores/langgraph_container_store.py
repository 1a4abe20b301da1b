"""Checkpoints of LangGraph in other containers than a SqliteSaver's database, read by the same decoder.

A container gives rows and their changes; they are interpreted like those of an SQLite database.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import BATCH, PEEK_BYTES, Batch, Capabilities, Entry, problem_error
from ckpt_tui.stores.database_fault import DatabaseFault
from ckpt_tui.stores.langgraph import RESUME_REASON, LangGraphStore
from ckpt_tui.stores.langgraph_container import Container
from ckpt_tui.stores.langgraph_copies import FAILED, copy_thread
from ckpt_tui.stores.langgraph_entries import entry_of, parent_of
from ckpt_tui.stores.langgraph_names import encoded, key_of
from ckpt_tui.stores.langgraph_reader import LangGraphReader
from ckpt_tui.stores.langgraph_records import Header, Key
from ckpt_tui.stores.store_groups import Groups


class ContainerStore(LangGraphStore):
    """The checkpoints in a container.

    Args:
        path: Where it is, as it may be shown.
        container: The container of the rows.
        name: Its name in the list where it cannot be read.
    """

    PRUNE = "the checkpoints belong to the program that writes them; they are only ever read"

    def __init__(self, path: str, container: Container, name: str) -> None:
        super().__init__(path)
        self._name = name
        self._container = container
        self._rows = container  # type: ignore[assignment]  # the reader of whole checkpoints uses nothing else of it
        self._reader = LangGraphReader(container)
        self._remark: Problem | None = None

    def capabilities(self, file: str = "") -> Capabilities:
        """Checkpoints of a thread can be resumed; those of graphs within its graph cannot, and none can be pruned."""
        key = key_of(file) if file else None
        return Capabilities(RESUME_REASON if key is not None and key.space else "", self.PRUNE)

    def groups(self) -> Groups | None:
        """None: threads are made of the listed checkpoints."""
        return None

    def mark(self) -> object:
        """The mark of the container; None while it cannot be read."""
        try:
            mark = self._container.mark()
        except DatabaseFault:
            return None
        return None if self._trouble is not None else mark

    def peek(self, file: str) -> bytes:
        """The first bytes of a checkpoint's body.

        Raises:
            UndecodableError: it cannot be read.
        """
        key = key_of(file)
        try:
            return b"" if key is None else self._container.start(key, PEEK_BYTES)
        except DatabaseFault as fault:
            raise problem_error(Problem(file, fault.reason, fault.kind)) from None

    def _pass(self, stop: threading.Event | None = None) -> Iterator[Batch]:
        """New or changed entries since the last pass."""
        is_first = not self._known
        touched: dict[str, None] = {}
        new: set[str] = set()
        done = 0
        remark = ""
        try:
            for news in self._container.news():
                entries = self._taken(news.headers, touched)
                new.update(entry.file for entry in entries)
                touched.update(dict.fromkeys(map(encoded, news.written)))
                gone = self._lost(news.gone)
                done += len(news.headers)
                remark = news.remark or remark
                for at in range(0, len(entries), BATCH):
                    total = max(news.total, done) + 1  # only the last batch of a pass is complete
                    yield Batch(tuple(entries[at : at + BATCH]), (), done, total)
                if gone:
                    yield Batch((), gone, done, max(news.total, done) + 1)
                if stop is not None and stop.is_set():
                    return
            entries = [] if is_first else self.changed(touched, new)
        except DatabaseFault as fault:
            yield from self._said(self.problem_of(fault))
            return
        cleared = self._cleared(remark)
        count = len(self._known)
        yield Batch((*entries, *(() if self._remark is None else (self._remark,))), cleared, count, count)

    def problem_of(self, fault: DatabaseFault) -> Problem:
        """The problem row with the reason why the container cannot be read."""
        return Problem(self._name, fault.reason, fault.kind)

    def _said(self, problem: Problem) -> Iterator[Batch]:
        news = (problem,) if problem != self._trouble else ()
        self._trouble = problem
        yield Batch(news, (), len(self._known), len(self._known))

    def _cleared(self, remark: str) -> tuple[str, ...]:
        """The files of problems that are over."""
        gone = () if self._trouble is None else (self._trouble.file,)
        self._trouble = None
        if remark:
            self._remark = Problem("…", remark, "limit")
        return gone

    def _taken(self, headers: Sequence[Header], touched: dict[str, None]) -> list[Entry]:
        """The entries of new rows; `touched` gets the files of parents that have a child now."""
        entries: list[Entry] = []
        with self._lock:
            for header in headers:
                entry = entry_of(header, self._known.get(parent_of(header) or ""))
                parent = entry.parent if isinstance(entry, CheckpointRef) else None
                if parent is not None and parent not in self._children:
                    self._children.add(parent)
                    touched[parent] = None
                self._known[entry.file] = entry
                entries.append(entry)
        return entries

    def _lost(self, keys: Sequence[Key]) -> tuple[str, ...]:
        if not keys:
            return ()
        with self._lock:
            files = tuple(file for key in keys if self._known.pop(file := encoded(key), None) is not None)
            refs = [entry for entry in self._known.values() if isinstance(entry, CheckpointRef)]
            self._children = {ref.parent for ref in refs if ref.parent is not None}
        return files

    def copy_for_resume(self, file: str) -> str:
        """A private database with the rows that a resume needs; it is deleted with this process.

        Raises:
            CkptError: it cannot be copied; the reason is for people, the exit code 5.
        """
        key = key_of(file)
        if key is None:
            raise problem_error(Problem(file, "no such checkpoint is in the store", "vanished"))
        directory = tempfile.mkdtemp(prefix="ckpt-tui-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
        path = os.path.join(directory, "thread.sqlite")
        try:
            known = {one.key: one.parent for one in self._container.thread(key.thread) if one.key is not None}
            copy_thread(self._container, known, key, path)
        except DatabaseFault as fault:
            raise CkptError(f"It cannot be copied: {fault.reason}.", exit_code=FAILED) from None
        return path

    def read(self) -> Iterator[Entry]:
        """Look for changes; returns all entries."""
        for _ in self._pass():
            pass
        yield from list(self._known.values())
