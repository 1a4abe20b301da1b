"""Stores behind Agent Framework's `CheckpointStorage` protocol: in memory, in a database, a team's own.

The storage is an object of the user's program. Its methods are called in the event loop it belongs to, from the thread
that reads; nothing of the framework is imported here.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.errors import CkptError, UndecodableError
from ckpt_tui.stores.agent_framework import entry_from_bytes
from ckpt_tui.stores.agent_framework_body import checkpoint_from_bytes
from ckpt_tui.stores.base import Batch, Capabilities, Entry
from ckpt_tui.stores.budgeted_store import BudgetedStore
from ckpt_tui.stores.polled import PolledStore
from ckpt_tui.stores.storage_calls import (
    AT_ONCE,
    FIRST_PAGE,
    AsyncCall,
    CheckpointStorage,
    Header,
    Loaded,
    StorageCalls,
    awaited,
    own_loop,
    reason_of,
)
from ckpt_tui.stores.storage_latest import chain_of_latest

KIND = "memory"

AGAIN_SECONDS = 5.0
"""Seconds after which a checkpoint that could not be loaded is requested again; twice as long after each failure."""

AGAIN_AT_MOST = 300.0
"""Longest such time."""

NEARBY_SECONDS = 0.005
"""A storage that lists its ids in fewer seconds is in this program or on this machine; polling it is cheap."""

QUIET_SECONDS = 15.0
"""Longest time in seconds between two polls of a storage in which nothing changes; each poll may cost money."""

QUIET_SHARE = 0.5
"""The pause before the next poll, as a share of the time in which nothing changed."""

if TYPE_CHECKING:
    from ckpt_tui.core.document_budget import DocumentBudget


class ProtocolStore(BudgetedStore, PolledStore):
    """The checkpoints of some workflows in a storage.

    Args:
        storage: The storage.
        workflow_names: The workflows.
        call: Runs a coroutine where the storage lives and gives its result; called from any thread but the loop's own.
        path: The path to show.
        poll: Seconds between two polls; None for a quarter of a second where the storage answers at once, else up to
            `QUIET_SECONDS` while nothing changes.
    """

    kind = KIND
    BATCH = AT_ONCE

    def __init__(
        self, storage: CheckpointStorage, workflow_names: Sequence[str], call: AsyncCall, path: str = "memory",
        poll: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(path)
        self._poll = poll
        self.storage = storage
        self.workflow_names = tuple(workflow_names)
        self._call = call
        self._calls = StorageCalls(storage, self.workflow_names, call, path)
        if self._calls.has_pages:
            self.BATCH = FIRST_PAGE
            self.fills_on_sight = True
        self._listed: tuple[list[str], list[str]] | None = None
        """The ids of the last poll, until they are read: each list may cost money."""
        self._is_read = False
        self._changes = 0
        self._total = 0
        self._failed: dict[str, tuple[float, float]] = {}
        """Ids that could not be loaded → when to try again, and the length of that pause."""
        self._entries: dict[str, Entry] = {}

    def fresh(self) -> ProtocolStore:
        """A new store of the same storage that knows nothing yet."""
        return ProtocolStore(self.storage, self.workflow_names, self._call, self.path, self._poll)

    def capabilities(self, file: str = "") -> Capabilities:
        """Objects of another program are read; a recorded copy can be run from."""
        resume = (
            "these checkpoints live in a running program; ckpt_tui.record(storage, directory) keeps copies to run from"
        )
        return Capabilities(resume, "these checkpoints belong to a program")

    def mark(self) -> object:
        """The present ids of the storage, and how many of those that failed are to be tried again."""
        due = len(self._due())
        if self._is_read and self._calls.has_changes:
            self._take_changes()
            return self._changes, due
        self._listed = self._calls.ids(with_newest=not self._entries)
        return tuple(self._listed[0]), due

    def pause(self, took: float, quiet: float) -> float:
        """Seconds until the next poll: the longer, the longer nothing changed, for a slow storage."""
        if self._poll is not None:
            return self._poll
        usual = super().pause(self._calls.looked, quiet)
        if self._calls.looked < NEARBY_SECONDS:
            return usual
        return max(usual, min(quiet * QUIET_SHARE, QUIET_SECONDS))

    def count(self) -> int:
        """How many checkpoints there are."""
        return max(len(self._entries), self._total)

    def read(self) -> Iterator[Entry]:
        """Each checkpoint once, the newest first where the storage has an order; known ones are not loaded again."""
        is_first = not self._is_read
        if is_first and self._calls.has_changes:
            self._take_changes()  # before the list: later changes are in the next answer
        if is_first and self._calls.has_pages:
            yield from self._read_pages()
        elif is_first or not self._calls.has_changes:
            yield from self._read_ids()
        else:
            due = set(self._due())
            yield from [entry for name, entry in self._entries.items() if name not in due]
            yield from self._loaded_entries(list(due))
        self._is_read = True

    def _read_pages(self) -> Iterator[Entry]:
        for headers in self._calls.pages():
            found = {entry.file.removesuffix(".json"): entry for entry in map(_entry_of_header, headers)}
            new = {name: entry for name, entry in found.items() if name not in self._entries}
            self._entries.update(new)
            yield from new.values()

    def _read_ids(self) -> Iterator[Entry]:
        listed, self._listed = self._listed, None
        ids, newest = self._calls.ids(with_newest=not self._entries) if listed is None else listed
        self._total = len(ids)
        self._forget_ids(self._entries.keys() - ids)
        unknown = {name for name in ids if name not in self._entries} | set(self._due())
        yield from [self._entries[name] for name in ids if name not in unknown]
        # Most storages list in the order of writing.
        yield from self._loaded_entries(list(dict.fromkeys(
            name for name in (*newest, *reversed(ids)) if name in unknown
        )))  # fmt: skip

    def _take_changes(self) -> None:
        changed = self._calls.changes()
        gone = [name for name in changed.gone if name in self._entries]
        self._forget_ids(gone)
        is_new = False
        for entry in map(_entry_of_header, changed.headers):
            name = entry.file.removesuffix(".json")
            # A storage may give the last ones again, to be sure; they need not be loaded once more.
            if _header_of(self._entries.get(name)) != _header_of(entry):
                self._entries[name] = entry
                is_new = True
        self._changes += bool(is_new or gone)

    def _due(self) -> list[str]:
        """Ids that could not be loaded and are to be tried again."""
        now = time.monotonic()
        return [name for name, (due, _) in self._failed.items() if due <= now]

    def _loaded_entries(self, names: Sequence[str], stop: threading.Event | None = None) -> Iterator[Entry]:
        """The entries of checkpoints, which are loaded side by side."""
        for start in range(0, len(names), AT_ONCE):
            if stop is not None and stop.is_set():
                return
            some = names[start : start + AT_ONCE]
            for name, found in zip(some, self._calls.loaded(some), strict=True):
                self._entries[name] = self._entry(name, found)
                if not isinstance(found, BaseException):
                    self._failed.pop(name, None)
                    continue
                wait = min(2 * self._failed[name][1], AGAIN_AT_MOST) if name in self._failed else AGAIN_SECONDS
                self._failed[name] = time.monotonic() + wait, wait
            yield from (self._entries[name] for name in some)

    def _forget_ids(self, gone: Iterable[str]) -> None:
        for name in list(gone):
            self._entries.pop(name, None)
            self._failed.pop(name, None)

    def latest_chain(self) -> Sequence[Entry] | None:
        """The latest checkpoint of the storage and its ancestors; None where it lists headers page by page."""
        return None if self._calls.has_pages else chain_of_latest(self._calls, self._loaded_entries)

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Load the checkpoints of which only the headers are known, side by side, in the order given."""
        known = {file: entry for file in files if isinstance(entry := self._known.get(file), CheckpointRef)}
        done = [entry for entry in known.values() if entry.facts is not None]
        yield Batch(tuple(done), (), len(done), len(files) + 1)
        names = [file.removesuffix(".json") for file, entry in known.items() if entry.facts is None]
        some: list[Entry] = []
        for number, entry in enumerate(self._loaded_entries(names, stop), 1):
            with self._lock:
                self._known[entry.file] = entry
            some.append(entry)
            if len(some) == AT_ONCE:
                yield Batch(tuple(some), (), len(done) + number, len(files) + 1)
                some = []
        if stop is None or not stop.is_set():
            yield Batch(tuple(some), (), len(files), len(files))

    def _load(
        self, file: str, budget: DocumentBudget | None, check: Callable[[], None] | None, everything: bool
    ) -> Checkpoint:
        name = file.removesuffix(".json")
        [found] = self._calls.loaded([name])
        if isinstance(found, BaseException):
            raise UndecodableError(f"{name} cannot be loaded: {reason_of(found)}.", "It may be deleted by now.")
        data, faults = found
        checkpoint = checkpoint_from_bytes(file, data, check, everything, budget)
        if isinstance(checkpoint, Problem):
            raise UndecodableError(f"{name} cannot be shown: {checkpoint.reason}.")
        return checkpoint._replace(faults=(*checkpoint.faults, *faults))

    def _entry(self, name: str, found: Loaded) -> Entry:
        if isinstance(found, BaseException):
            reason = f"the storage does not return it: {reason_of(found)}; it is asked again"
            return Problem(f"{name}.json", reason, "unreadable")
        data, faults = found
        entry = entry_from_bytes(f"{name}.json", data)
        if faults and isinstance(entry, CheckpointRef):
            note = f"{len(faults)} value{'s' if len(faults) > 1 else ''} that cannot be pickled"
            entry = entry._replace(note="; ".join(text for text in (entry.note, note) if text))
        return entry


def _entry_of_header(header: Header) -> Entry:
    """The entry of a checkpoint of which only the header is known."""
    known = (
        header if isinstance(header, Mapping) else {name: getattr(header, name, None) for name in (*_HEADER, "size")}
    )
    given = {name: value for name in _HEADER if (value := known.get(name)) is not None}
    name = given.get("checkpoint_id")
    if not isinstance(name, str):
        return Problem("?.json", "the storage lists a header without a checkpoint_id", "unreadable")
    data = json.dumps({**_HEADER, **given, **_NO_BODY}, default=_plain).encode()
    entry = entry_from_bytes(f"{name}.json", data)
    size = known.get("size")
    return entry if isinstance(entry, Problem) else entry._replace(facts=None, size=size if type(size) is int else 0)


def _header_of(entry: Entry | None) -> object:
    return entry._replace(facts=None, size=0, note="") if isinstance(entry, CheckpointRef) else entry


_HEADER: Mapping[str, Any] = {
    "workflow_name": "", "graph_signature_hash": "", "checkpoint_id": "", "previous_checkpoint_id": None,
    "timestamp": "", "iteration_count": 0, "version": "1.0",
}  # fmt: skip
"""The members of a header, with defaults for those that a storage does not give."""

_NO_BODY: Mapping[str, Any] = {"messages": {}, "state": {}, "pending_request_info_events": {}, "metadata": {}}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


# -- from a shell ------------------------------------------------------------------------------------------------------


def open_factory(target: str, workflow_names: Sequence[str], poll: float | None = None) -> ProtocolStore:
    """The storage that a function of the user's makes: `module:factory` is imported and called, in this process.

    Args:
        target: `module:factory`; the module is looked for in the current directory, too. The factory may be a function,
            an async function or the storage itself.
        workflow_names: The workflows whose checkpoints are shown.
        poll: Seconds between two polls, or None.

    Raises:
        CkptError: it cannot be imported, fails, or does not return a storage.
    """
    module, _, name = target.partition(":")
    if not module or not name:
        raise CkptError(
            f"--storage {target} is not of the form module:factory.",
            "For example: --storage shop.checkpoints:make_storage",
        )
    if not workflow_names:
        raise CkptError(
            "A storage lists the checkpoints of one workflow by its name.", "Give it: --workflow-name NAME."
        )
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    call = own_loop()
    try:
        made: Any = importlib.import_module(module)
        for part in name.split("."):
            made = getattr(made, part)
        if callable(made) and not is_storage(made):
            made = made()
        if inspect.isawaitable(made):
            made = call(awaited(made))
    except Exception as error:  # the user's own code
        raise CkptError(
            f"{target} failed: {reason_of(error)}.", "It is imported and called in this process."
        ) from error
    if not is_storage(made):
        raise CkptError(f"{target} gives a {type(made).__qualname__}, which is not a CheckpointStorage.")
    return ProtocolStore(made, workflow_names, call, target, poll)


def is_storage(made: Any) -> bool:
    """Whether an object has the methods of the protocol that reading needs."""
    return not isinstance(made, type) and all(
        callable(getattr(made, name, None)) for name in ("load", "list_checkpoint_ids")
    )
