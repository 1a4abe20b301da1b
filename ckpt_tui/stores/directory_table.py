"""The files of a large directory in a table: reads their headers into it, and finds those that have changed since."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.header_table import GONE, MARK, NO_CHECKPOINT, RACY, HeaderTable, mark_of
from ckpt_tui.stores.files import entries_of, listing
from ckpt_tui.stores.header_reading import Listed, read_files
from ckpt_tui.stores.headers import read_header_with_status
from ckpt_tui.stores.listed_names import ListedNames

if TYPE_CHECKING:
    from ckpt_tui.stores.base import Entry

COMPARED_AT_ONCE = 2048
"""Files that are compared between two reports."""

_LATEST = (1 << 63) - 1

RACY_NS = 3_000_000_000
"""Age in nanoseconds of a file's last change from which its header is kept for the next start."""

Change = tuple[int, "tuple[object, ...] | None", "tuple[object, ...] | None"]
"""The number of a file that was read, and the facts of its checkpoint before and now."""


class DirectoryTable:
    """The table of the files of one directory. Only one thread may change it; `lock` is held meanwhile.

    Args:
        directory: The directory.

    Attributes:
        headers: The headers.
        problems: Files that cannot be shown as checkpoints, by name.
        lock: Held while the table is changed, and while a name is looked up.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.prefix = os.path.join(directory, "")
        self.headers = HeaderTable()
        self.problems: dict[str, Problem] = {}
        self.lock = threading.RLock()

    # -- reading -----------------------------------------------------------------------------------------------------

    def read(
        self, wanted: Listed, whole: bool = False, by_time: bool = False
    ) -> tuple[list[Entry], list[str], list[Change]]:
        """Read files, with their bodies or without.

        Args:
            wanted: The files.
            whole: With their bodies.
            by_time: Take them in by the time of their checkpoints, parents before their children; else in the order in
                which they are listed, which is the one in which they are found again.

        Returns:
            Their entries, the names of missing ones, and the changes of the table.
        """
        began = time.time_ns()
        found: list[tuple[str, os.stat_result | None, Entry | None]] = []
        for name, is_regular in wanted:
            known = None if whole else read_header_with_status(self.prefix + name, name, is_regular)
            if known is None:
                status = _status(self.prefix + name)  # before it is read, or a change would go unseen
                entries = read_files(self.prefix, [(name, False)], True).entries
                found.append((name, status, entries[0] if entries else None))
            else:
                found.append((name, *known))
        if by_time:
            found.sort(key=_when)
        with self.lock:
            if not self.headers.is_hashed:
                parents = (entry.parent for _, _, entry in found if isinstance(entry, CheckpointRef) and entry.parent)
                self.headers.look_up([*(name for name, _, _ in found), *(f"{parent}.json" for parent in parents)])
            changes = [self._take(name, status, entry, began) for name, status, entry in found]
        gone = [name for name, _, entry in found if entry is None]
        return [entry for _, _, entry in found if entry is not None], gone, changes

    def _take(self, name: str, status: os.stat_result | None, entry: Entry | None, began: int) -> Change:
        headers = self.headers
        number = headers.number(name)
        before = self._facts(number)
        self.problems.pop(name, None)
        if isinstance(entry, CheckpointRef):
            number = headers.put(entry)
        elif entry is not None:
            number = headers.put_problem(name)
            self.problems[name] = entry
        elif number >= 0:
            headers.drop(name)
        if status is not None and entry is not None:
            headers.stamp(number, *_stamp(status))
            if max(status.st_mtime_ns, status.st_ctime_ns) + RACY_NS > began:
                headers.flags[number] |= RACY
        return number, before, self._facts(number)

    def _facts(self, number: int) -> tuple[object, ...] | None:
        if number < 0 or self.headers.flags[number] & NO_CHECKPOINT:
            return None
        return self.headers.facts(number)

    # -- comparing ---------------------------------------------------------------------------------------------------

    def compare_names(self, names: ListedNames) -> Iterator[int]:
        """Compare the names of all files with those that are known; yields how many were compared so far.

        Args:
            names: Collects the differences.

        Raises:
            OSError: the directory cannot be listed.
        """
        with entries_of(self.directory) as entries:
            yield from names.compare(map(attrgetter("name"), entries))

    def compare(self) -> Iterator[tuple[list[str], int]]:
        """Compare all files with what is known of them.

        Yields:
            The names of files that are new or have changed, some at a time, and how many files were looked at so far;
            at last the names of those that are gone.

        Raises:
            OSError: the directory cannot be listed.
        """
        headers = self.headers
        seen = bytearray(len(headers))
        done = following = 0
        with listing(self.directory) as listed:
            while entries := list(islice(listed, COMPARED_AT_ONCE)):
                done += len(entries)
                names = [entry.name for entry in entries]
                numbers: Sequence[int] = range(following, following + len(names))
                # A directory lists what it has in an order that mostly stays.
                if not headers.names.begin_with(following, names):
                    headers.hash_names()
                    numbers = list(map(headers.number, names))
                following = max(numbers[-1], -1) + 1
                yield self._compared(entries, numbers, seen), done
        yield self._lost(seen), done

    def _compared(self, entries: Sequence[os.DirEntry[str]], numbers: Sequence[int], seen: bytearray) -> list[str]:
        """The names of files that are new or have changed; all that are known are noted as seen."""
        headers = self.headers
        if isinstance(numbers, range):
            first, end = numbers.start, numbers.stop
            seen[first:end] = b"\1" * len(entries)
            with suppress(OSError):
                found = map(os.DirEntry.stat, entries)
                # Without a call of `mark_of` for each, which is a tenth of the time of a whole comparison.
                stamps = [(one.st_mtime_ns, hash((one.st_ino, one.st_size, one.st_ctime_ns)) & MARK) for one in found]
                if stamps == list(zip(headers.changed[first:end], headers.marks[first:end], strict=True)):
                    return []
        changed = []
        for number, entry in zip(numbers, entries, strict=True):
            if 0 <= number < len(seen):
                seen[number] = 1
            try:
                status = entry.stat()
            except OSError:
                status = None
            if not self._is_same(number, status):
                changed.append(entry.name)
        return changed

    def _is_same(self, number: int, status: os.stat_result | None) -> bool:
        """Whether a file is as it was when it was read; without a status, as little was known of it then."""
        headers = self.headers
        if number < 0:
            return False
        if status is None:
            return not headers.changed[number] and not headers.flags[number] & GONE
        return (headers.changed[number], headers.marks[number]) == _stamp(status)

    def _lost(self, seen: bytearray) -> list[str]:
        """The names of files that are not there any more."""
        flags, lost = self.headers.flags, []
        at = seen.find(0)  # most are there: not tested one by one
        while at >= 0:
            if not flags[at] & GONE:
                lost.append(at)
            at = seen.find(0, at + 1)
        return list(self.headers.names.some(lost))

    def differences(self) -> list[str]:
        """The names of all files that are new, have changed or are gone since they were read.

        Raises:
            OSError: the directory cannot be listed.
        """
        return [name for some, _ in self.compare() for name in some]

    # -- as a mapping of stamps, for whoever reads bodies ------------------------------------------------------------

    def modified(self, name: str) -> int | None:
        """When a file was changed as it was read last, in nanoseconds since 1970; None where it is not known."""
        with self.lock:
            if not self.headers.is_hashed:
                return 0  # nothing was read yet since the last start: the present time is as good
            number = self.headers.number(name)
            return None if number < 0 or self.headers.flags[number] & GONE else self.headers.changed[number]

    def numbers(self, names: Sequence[str]) -> list[int]:
        """The numbers of files that are checkpoints."""
        with self.lock:
            return [number for number in map(self.headers.checkpoint, names) if number >= 0]


def _when(found: tuple[str, os.stat_result | None, Entry | None]) -> float:
    entry = found[2]
    return entry.when if isinstance(entry, CheckpointRef) else 0.0


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def _stamp(status: os.stat_result) -> tuple[int, int]:
    written = max(-_LATEST, min(status.st_mtime_ns, _LATEST))  # a column holds no time of other centuries
    return written, mark_of(status.st_ino, status.st_size, status.st_ctime_ns)
