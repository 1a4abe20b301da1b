"""A directory of checkpoint files: what is in it, what changed, and each file's entry."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator

from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.errors import CkptError, NotFoundError, UndecodableError
from ckpt_tui.stores import agent_framework
from ckpt_tui.stores.base import Batch, Entry
from ckpt_tui.stores.files import Stamp, list_json, read_whole

BATCH = 256
"""Entries of one batch: few enough to show at once (about 5 ms), enough to be worth a message."""

READ_AT_ONCE = 64
"""Changed files that are read whole at once; more are shown by their headers first."""


class DirectoryStore:
    """A flat directory of `*.json` checkpoints.

    Args:
        path: The directory.
        only: The name of the one file to show, or None for all.
    """

    kind = agent_framework.KIND

    def __init__(self, path: str, only: str | None = None) -> None:
        self.path = path
        self.only = only
        self._stamps: dict[str, Stamp | None] = {}
        self._lock = threading.Lock()

    def scan(self) -> Iterator[Batch]:
        """Read the headers of everything.

        Raises:
            NotFoundError: there is no such directory, or it may not be read.
        """
        try:
            yield from self._look(None)
        except FileNotFoundError:
            raise NotFoundError(f"No such directory: {self.path}.", "Name a directory of checkpoints.") from None
        except NotADirectoryError:
            raise NotFoundError(f"{self.path} is no directory.", "Name a directory or a .json file.") from None
        except OSError as error:
            raise NotFoundError(f"{self.path} cannot be read: {error.strerror}.", "Check its permissions.") from None

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Read these files whole, for the facts of their bodies."""
        entries: list[Entry] = []
        for done, name in enumerate(files, 1):
            if stop is not None and stop.is_set():
                return
            stamp, entry = agent_framework.read_entry(self._join(name), name)
            with self._lock:
                # A file that changed meanwhile is told by the watch, and newer than what was read here.
                if stamp is not None and self._stamps.get(name) != stamp:
                    continue
            entries.append(entry)
            if len(entries) >= BATCH // 4:
                yield Batch(tuple(entries), (), done, len(files))
                entries = []
        yield Batch(tuple(entries), (), len(files), len(files))

    def watch(self, stop: threading.Event) -> Iterator[Batch]:
        """Everything first, then what changes, until `stop` is set."""
        from ckpt_tui.stores.watch import watch  # watchfiles takes 50 ms to import

        for change in watch(self.path, stop):
            if change.missing:
                yield Batch(gone=self._forget(), missing=True)
                continue
            try:
                yield from self._look(change.names)
            except OSError as error:
                # Gone again before it was read; the next change tells.
                missing = isinstance(error, FileNotFoundError | NotADirectoryError)
                yield Batch(gone=self._forget(), missing=missing)

    def load(self, file: str, check: Callable[[], None] | None = None) -> Checkpoint:
        """Read and decode one checkpoint.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        found = agent_framework.load(self._join(file), file, check)
        if isinstance(found, Problem):
            raise problem_error(found)
        return found

    def raw(self, file: str) -> bytes:
        """The bytes of one file.

        Raises:
            FileTrouble: it cannot be read.
        """
        return read_whole(self._join(file))[1]

    def _join(self, name: str) -> str:
        return os.path.join(self.path, name)

    def _forget(self) -> tuple[str, ...]:
        with self._lock:
            gone = tuple(self._stamps)
            self._stamps.clear()
        return gone

    def _look(self, names: frozenset[str] | None) -> Iterator[Batch]:
        """Compare stamps and read what is new; `names` are the files known to have changed, None for all."""
        if names is None:
            found = dict(list_json(self.path))
            known = self._stamps
            gone = tuple(name for name in known if name not in found)
            wanted = [name for name, stamp in found.items() if name not in known or known[name] != stamp]
        else:
            present = {name for name in names if os.path.lexists(self._join(name))}
            gone = tuple(name for name in names if name not in present and name in self._stamps)
            wanted = sorted(present)
        if self.only is not None:
            wanted = [name for name in wanted if name == self.only]
        with self._lock:
            for name in gone:
                self._stamps.pop(name, None)
        whole = names is not None and len(wanted) <= READ_AT_ONCE
        yield from self._read(wanted, gone, agent_framework.read_entry if whole else agent_framework.read_header)

    def _read(
        self, wanted: list[str], gone: tuple[str, ...], read: Callable[[str, str], tuple[Stamp | None, Entry]]
    ) -> Iterator[Batch]:
        prefix = os.path.join(self.path, "")
        for start in range(0, len(wanted), BATCH):
            entries = []
            for name in wanted[start : start + BATCH]:
                stamp, entry = read(prefix + name, name)
                if isinstance(entry, Problem) and entry.kind == "vanished":
                    gone = (*gone, name)
                    with self._lock:
                        self._stamps.pop(name, None)
                    continue
                with self._lock:
                    self._stamps[name] = stamp
                entries.append(entry)
            yield Batch(tuple(entries), gone, min(start + BATCH, len(wanted)), len(wanted))
            gone = ()
        if not wanted:
            yield Batch(gone=gone)


def problem_error(problem: Problem) -> CkptError:
    """The error of a command that was asked for a file that cannot be shown."""
    from ckpt_tui.core.text import clean

    what = f"{clean(problem.file)} cannot be shown: {clean(problem.reason)}."
    return UndecodableError(what, "`ckpt-tui ls` lists what else is in the store.")


def collect(batches: Iterable[Batch]) -> dict[str, Entry]:
    """All entries of a pass, by file name."""
    entries: dict[str, Entry] = {}
    for batch in batches:
        for name in batch.gone:
            entries.pop(name, None)
        for entry in batch.entries:
            entries[entry.file] = entry
    return entries
