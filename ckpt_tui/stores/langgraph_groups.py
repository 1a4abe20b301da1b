"""The threads of a database of LangGraph first, by query: a million checkpoints are never read one by one.

The queries themselves are those of the database (`langgraph_threads.Threads`).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import Problem
from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.stores.base import Entry, place_error, problem_error
from ckpt_tui.stores.database_fault import DatabaseFault
from ckpt_tui.stores.langgraph_entries import entry_of, parent_of
from ckpt_tui.stores.langgraph_names import encoded, key_of, run_named, saved_at, title_of
from ckpt_tui.stores.langgraph_records import Header, Key
from ckpt_tui.stores.langgraph_threads import ThreadNews, ThreadRows, Threads
from ckpt_tui.stores.overlay_groups import OverlayGroups
from ckpt_tui.stores.store_groups import GroupBatch, Groups

if TYPE_CHECKING:
    from ckpt_tui.stores.composite import CompositeStore
    from ckpt_tui.stores.langgraph import LangGraphStore

COUNT_SECONDS = 5.0
"""Seconds that deleted or replaced checkpoints may stay in the list while others are saved."""

LISTED_SHARE = 0.05
"""Share of time that listing all threads again may take."""

RECENT = 2_000
"""Threads that may be written to before all are listed again: each takes half a kilobyte."""

FOUND = 200
"""Threads that a search for an id gives."""

_PARENTS = LatePattern(r"(.*)~\d{1,6}\Z", re.DOTALL)


class LangGraphGroups(Groups):
    """The threads of one database.

    Args:
        store: The store of it.
        threads: The queries of its threads.
    """

    def __init__(self, store: LangGraphStore, threads: Threads) -> None:
        self._store = store
        self._threads = threads
        self._total = 0
        self._recent: dict[str, ThreadRows] = {}
        """Threads that were written to since all were listed."""
        self._listed = -1.0  # when all threads were listed last, and how long it took
        self._took = 0.0
        self._counted = 0.0
        self._is_stale = True
        """Whether all threads have to be listed again."""
        self._asking = threading.Lock()
        self._is_known_large: bool | None = None
        self._first: tuple[list[ThreadRows], int] | None = None
        """The answers that `look_ahead` read, until they are used."""

    def with_forks(self, store: CompositeStore) -> Groups:
        """Threads are named in files, also those of forks."""
        return OverlayGroups(store, self)

    def is_large(self) -> bool:
        """Whether there are more checkpoints than are listed one by one."""
        with self._asking:
            found, self._is_known_large = self._is_known_large, None
        try:
            return self._threads.is_large() if found is None else found
        except (DatabaseFault, OSError):
            return False

    def look_ahead(self, publish: Callable[[Self], None]) -> None:
        """Read what a browser shows first.

        Args:
            publish: Called with this object once its queries wait for the answers.
        """
        with self._asking, suppress(DatabaseFault, OSError):  # an error is reported when the answer is needed
            publish(self)
            self._is_known_large = self._threads.is_large()
            if self._is_known_large:
                self._first = self._threads.recent()

    # -- the list ----------------------------------------------------------------------------------------------------

    def scan(self) -> Iterator[GroupBatch]:
        """All threads, the newest first.

        Raises:
            NotFoundError: the database is not there.
        """
        try:
            yield from self._list()
        except OSError as error:
            raise place_error(self._store.path, error, self._store.MISSING) from None
        except DatabaseFault as fault:
            yield GroupBatch(starts=True, entries=(self._problem(fault),))

    def watch(self, stop: threading.Event) -> Iterator[GroupBatch]:
        """All threads first, then those that are written to."""
        seen: object = self  # differs from every mark
        changed = time.monotonic()
        trouble: Problem | None = None
        while not stop.is_set():
            began = time.monotonic()
            mark = None
            try:
                mark = self._threads.mark()
                if mark is None or mark != seen or self._is_due():
                    for batch in self._look():
                        changed = time.monotonic()
                        yield batch
                    seen, trouble = mark, None
            except DatabaseFault as fault:
                if fault.kind == "locked":  # asked again at the next look
                    seen = self
                else:
                    seen, self._is_stale, problem = mark, True, self._problem(fault)
                    if problem != trouble:  # the listed threads stay: the database may be back soon
                        yield GroupBatch(starts=self._listed < 0, entries=(problem,))
                    trouble = problem
            except OSError:
                if seen is not None:
                    yield GroupBatch(starts=True, missing=True)
                seen, trouble, self._is_stale = None, None, True
            now = time.monotonic()
            stop.wait(self._store.pause(now - began, now - changed))

    def _is_due(self) -> bool:
        """Whether all threads are to be listed again, which must not take all the time."""
        return self._is_stale and time.monotonic() - self._listed >= self._took / LISTED_SHARE

    def _look(self) -> Iterator[GroupBatch]:
        """The changes since the last poll."""
        if self._is_due():
            yield from self._list()
            return
        news = self._threads.news(time.monotonic() - self._counted >= COUNT_SECONDS)
        self._total += len(news.headers)
        self._is_stale |= not news.is_certain
        if news.checkpoints >= 0:
            self._counted = time.monotonic()
            self._is_stale |= news.checkpoints != self._total
        if news.headers or news.written:
            yield self._taken(news)
        if self._is_due():
            yield from self._list()

    def _taken(self, news: ThreadNews) -> GroupBatch:
        """The threads that new rows belong to, and the entries of the rows."""
        headers = news.headers
        added: dict[str, list[Header]] = {}
        for header in headers:
            if header.key is not None:
                added.setdefault(header.key.thread, []).append(header)
        unknown = [name for name in added if name not in self._recent]
        self._recent.update((one.thread, one) for one in self._threads.some(unknown))
        for name in added.keys() - set(unknown):
            self._recent[name] = _grown(self._recent[name], added[name])
        self._is_stale |= len(self._recent) > RECENT
        entries = self._store.take_headers(headers)
        parents = [parent for header in headers if (parent := parent_of(header)) is not None]
        entries += self._store.changed([*map(encoded, news.written), *parents], {entry.file for entry in entries})
        groups = [self._group(self._recent[name]) for name in added if name in self._recent]
        return GroupBatch(tuple(groups), False, tuple(entries), (), self._total, self._total)

    def _list(self) -> Iterator[GroupBatch]:
        """All threads; those that were written to last at once."""
        began = time.monotonic()
        if self._listed < 0:
            ahead, self._first = self._first, None
            recent, expected = ahead or self._threads.recent()
            first = tuple(map(self._group, recent))
            done = sum(group.checkpoints for group in first)
            yield GroupBatch(first, False, (), (), done, max(expected, done + 1))

        def pack(threads: Iterator[ThreadRows]) -> PackedGroups:
            packed = PackedGroups()
            packed.add(map(self._group, threads))
            return packed

        packed = self._threads.all(pack)
        self._total = packed.checkpoints
        problems = tuple(self.problems())
        self._total += len(problems)
        self._recent = {}
        self._is_stale = False
        self._listed = self._counted = time.monotonic()
        self._took = self._listed - began
        yield GroupBatch(packed, True, problems, (), self._total, self._total)

    def _group(self, rows: ThreadRows) -> Group:
        name, _, space = rows.last.partition("\n")
        when = saved_at(name)
        key = Key(rows.thread, space, name)
        if not when:  # these ids do not begin with the time: the last row is the newest
            key = self._threads.last(rows) or key
        return Group(
            run_named(rows.thread, ""), title_of(key._replace(space="")), rows.checkpoints, saved_at(rows.first), when,
            encoded(key), rows.row,
        )  # fmt: skip

    def _problem(self, fault: DatabaseFault) -> Problem:
        return self._store.problem_of(fault)

    def problems(self) -> Sequence[Problem]:
        """Rows that hold no name as LangGraph writes them.

        Raises:
            CkptError: the database cannot be read.
        """
        try:
            entries = [entry_of(header) for header in self._threads.problems()]
        except DatabaseFault as fault:
            raise problem_error(self._problem(fault)) from None
        return [entry for entry in entries if isinstance(entry, Problem)]

    # -- one thread --------------------------------------------------------------------------------------------------

    def entries(self, group: str, keeps: bool = True) -> Sequence[Entry]:
        """The checkpoints of a thread and of the graphs that its graph has called.

        Raises:
            CkptError: the database cannot be read.
        """
        key = key_of(f"{group}/-")
        try:
            return [] if key is None else self._store.take_headers(self._threads.headers(key.thread), keeps)
        except DatabaseFault as fault:
            raise problem_error(self._problem(fault)) from None
        except OSError as error:
            raise place_error(self._store.path, error, self._store.MISSING) from None

    def home(self, file: str) -> str:
        """The thread that is named in it."""
        key = key_of(file)
        return "" if key is None else run_named(key.thread, "")

    # -- searches ----------------------------------------------------------------------------------------------------

    def holders(self, name: str) -> Sequence[str] | None:
        """The threads in which a name means what it means in all of them."""
        try:
            found = self._holders(name)
        except (DatabaseFault, OSError):
            return None
        return None if found is None else [run_named(thread, "") for thread in found]

    def _holders(self, name: str) -> Sequence[str] | None:
        key = key_of(name)
        if key is not None and self._threads.has(key):
            return [key.thread]
        parents = _PARENTS.compiled.match(name)
        name = (parents[1] if parents else name).removesuffix(".json")
        if name == "latest":
            return self._newest(1)
        if not name:
            return None
        head, slash, _ = name.partition("/")
        key = key_of(f"{head}/-")
        if slash:
            # The rest is searched in the thread alone.
            return [key.thread] if key is not None and self._threads.has_thread(key.thread) else None
        if key is None or self._threads.begins(key.thread):  # then it means all checkpoints of such threads
            return None
        digits = name.replace("-", "")
        return self._threads.named(name, digits)

    def newest(self, count: int) -> Sequence[str] | None:
        """The threads of the newest checkpoints, by the time in their ids."""
        try:
            found = self._newest(count)
        except (DatabaseFault, OSError):
            return None
        return None if found is None else [run_named(thread, "") for thread in found]

    def _newest(self, count: int) -> Sequence[str] | None:
        found = self._threads.newest(count)
        times = [saved_at(name) for _, name in found]
        if not all(times):  # an id that does not begin with the time may sort before all that do
            return None
        return list(dict.fromkeys(thread for thread, _ in found))

    def matching(self, text: str) -> Sequence[str]:
        """The threads with an id that contains a text."""
        try:
            found = self._threads.containing(text, text != text.lower(), FOUND)
        except (DatabaseFault, OSError):
            return ()
        return [run_named(thread, "") for thread in found]


def _grown(rows: ThreadRows, headers: Sequence[Header]) -> ThreadRows:
    """The rows of a thread, with new ones added."""
    last, row = rows.last, rows.row
    for header in headers:
        assert header.key is not None
        last = max(last, f"{header.key.id}\n{header.key.space}")
        row = max(row, header.row)
    return ThreadRows(rows.thread, rows.checkpoints + len(headers), rows.first, last, row)
