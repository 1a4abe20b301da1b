"""The state of a directory, and the sweep that compares the stamps of all its files."""

import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from ckpt_tui.stores.files import Stamp, each_json, packed, stamp_of

SWEEP_SECONDS = 5.0
"""Shortest time between two sweeps of a quiet directory: edits in place that no event shows are seen this late."""

POLLED_SHARE = 0.003
"""Share of time that sweeps of a quiet directory may take when there are no events: in all below 0.5 % of a core."""

WATCHED_SHARE = 0.001
"""The same when there are events, which cost some time themselves; a sweep then only finds what a full queue dropped or
what another machine edited in place."""

HURRIED_SHARE = 0.1
"""Share of time that sweeps may take while the directory changes in ways that no event explains: 10,000 files can be
swept twice a second. Listeners are spared the same work."""

RACY_SECONDS = 0.05
"""Seconds in which a directory that was read may change without a new mtime: clock ticks are 10 ms at most."""

COARSE_SECONDS = 2.0
"""The same where the mtime is a whole number of seconds: FAT counts in steps of two."""


class DirectoryChange(NamedTuple):
    """A change of the directory.

    Attributes:
        names: file names (no paths) that were added, changed or deleted; None when that is unknown: read everything.
        missing: there is no such directory now (or something else has its name).
    """

    names: frozenset[str] | None
    missing: bool


class DirectoryState(NamedTuple):
    """The state of the directory itself."""

    identity: tuple[int, int]
    mtime_ns: int


class ReadFiles(Protocol):
    """The files of a directory as they were read last, by a reader of each reported file."""

    def differences(self) -> list[str]:
        """The names of all files that are new, have changed or are gone since they were read.

        Raises:
            OSError: the directory cannot be listed.
        """
        ...


class Sweep:
    """Compares the stamps of all files with those last reported; exact, but its cost grows with the directory.

    Args:
        directory: The directory.
        read: The stamps of the files as they were read last, packed, by a reader of each reported file; None where the
            sweep has to keep the reported stamps itself.
    """

    def __init__(self, directory: str, read: Mapping[str, int] | ReadFiles | None = None) -> None:
        self.directory = directory
        self.known: dict[str, int] | None = None
        self.read = read
        self.due_at = 0.0
        self.not_before = 0.0
        self.again_at = 0.0

    def start(self, *, watched: bool) -> None:
        """Take the present stamps as reported: all files are read now."""
        if self.read is not None:
            self.due_at = self.not_before = time.monotonic() + SWEEP_SECONDS
            return
        self.known = None
        self.take(watched=watched)

    def take(self, *, watched: bool) -> DirectoryChange | None:
        """Return the changes since the last report, None when there are none or the directory cannot be read.

        The next sweep of a quiet directory is due the later, the longer this one took and if events are `watched`.
        """
        began = time.monotonic()
        change = self._compared() if self.read is None else self._compared_with(self.read)
        self.rest(time.monotonic() - began, watched=watched)
        if began < self.again_at:
            self.due_at = min(self.due_at, max(self.again_at, self.not_before))
        return change

    def rest(self, took: float, *, watched: bool) -> None:
        """Note that all files were just compared, in this many seconds: by a sweep, or by their reader."""
        now = time.monotonic()
        self.not_before = now + took / HURRIED_SHARE
        self.due_at = now + max(SWEEP_SECONDS, took / (WATCHED_SHARE if watched else POLLED_SHARE))

    def _compared_with(self, read: Mapping[str, int] | ReadFiles) -> DirectoryChange | None:
        """The changes since the files were read, without a second stamp or name of any file."""
        try:
            if isinstance(read, Mapping):
                changed, gone = differences(lambda: each_json(self.directory), read)
                changed += gone
            else:
                changed = read.differences()
        except OSError:  # the next state of the directory shows why
            return None
        return DirectoryChange(frozenset(changed), missing=False) if changed else None

    def _compared(self) -> DirectoryChange | None:
        """The changes since the last report."""
        try:
            found: dict[str, int] | None = {name: _digest(stamp) for name, stamp in each_json(self.directory)}
        except OSError:
            found = None
        known, self.known = self.known, found
        if found is None or found == known:
            return None
        if known is None:
            return DirectoryChange(None, missing=False)
        return DirectoryChange(frozenset(name for name, _ in found.items() ^ known.items()), missing=False)

    def hurry(self, here: DirectoryState) -> None:
        """Sweep as soon as the budget allows, and again when no further change can hide behind the mtime of `here`."""
        now = time.monotonic()
        self.due_at = self.not_before
        if here.mtime_ns % 1_000_000_000 == 0:
            self.again_at = now + COARSE_SECONDS
        elif time.time_ns() - here.mtime_ns < RACY_SECONDS * 1e9:
            self.again_at = now + RACY_SECONDS

    def is_due(self) -> bool:
        """Whether the next sweep is due."""
        return time.monotonic() >= self.due_at

    def note(self, names: set[str]) -> None:
        """Take the present stamps of `names`, which are about to be reported, so that no sweep repeats them."""
        if self.known is None:
            return
        for name in names:
            path = os.path.join(self.directory, name)
            try:
                self.known[name] = _digest(stamp_of(os.stat(path)))
            except (OSError, ValueError):
                if os.path.lexists(path):
                    self.known[name] = _digest(None)
                else:
                    self.known.pop(name, None)


def differences(
    listed: Callable[[], Iterable[tuple[str, Stamp | None]]], read: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    """The names of files that are new or have changed since they were read, and of those that are gone.

    Args:
        listed: Gives the files of the directory as they are now; listed again where one seems to be gone.
        read: The packed stamps of the files as they were read.

    Raises:
        OSError: the directory cannot be listed.
    """
    changed = []
    known = 0
    for name, stamp in listed():
        before = read.get(name)
        known += before is not None
        if before != packed(stamp):
            changed.append(name)
    gone = set(read) - {name for name, _ in listed()} if known < len(read) else ()
    return changed, list(gone)


def _digest(stamp: Stamp | None) -> int:
    # A number in the place of a stamp, of which there may be a hundred thousand: a fifth of the memory.
    return 0 if stamp is None else hash(stamp)


def directory_state(directory: str) -> DirectoryState | None:
    """Return the state of the directory and its content, None when there is no directory."""
    try:
        status = os.stat(directory)
    except (OSError, ValueError):
        return None
    if not stat.S_ISDIR(status.st_mode):
        return None
    return DirectoryState((status.st_dev, status.st_ino), status.st_mtime_ns)
