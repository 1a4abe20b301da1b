"""Tests that every store must pass, for authors of stores; docs/adding-a-store.md shows how to use them.

```python
from ckpt_tui.stores.conformance import Conformance

class TestMyStore(Conformance):
    def open(self, place):          # place: an empty directory (pathlib.Path)
        write_some_checkpoints(place)
        return MyStore(str(place))
```

pytest collects the tests of the subclass. Nothing here imports pytest: a test that a store leaves out is skipped with
`unittest.SkipTest`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import SkipTest

from ckpt_tui.core.json_text import pieces
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, Opaque, Ref, SetOf, Value
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.base import Batch, Capabilities, Entry, Store
from ckpt_tui.stores.conformance_groups import GroupsConformance
from ckpt_tui.stores.conformance_watch import PATIENCE, WatchedInThread

SMALL = 512
"""Entries of a batch at most: a batch is drawn at once."""

_INERT = (
    type(None), bool, int, float, str, bytes, bytearray, list, tuple, dict, Map, SetOf, Ref, Obj, Opaque, Envelope,
    Deferred,
)  # fmt: skip
_NODES = 100_000


class Conformance(GroupsConformance):
    """The tests. A subclass opens a store, and changes it where that is possible."""

    # -- defined by a subclass ---------------------------------------------------------------------------------------

    def open(self, place: Path) -> Store:
        """Write at least two checkpoints, the second a child of the first, and open the store they are in.

        Args:
            place: An empty directory of this test.
        """
        raise NotImplementedError

    def add(self, place: Path) -> None:
        """Write one more checkpoint to the store that `open` opened there."""
        raise SkipTest("add() is not written")

    def remove(self, place: Path) -> None:
        """Delete a checkpoint from the store that `open` opened there."""
        raise SkipTest("remove() is not written")

    def spoil(self, place: Path) -> None:
        """Damage the file of one checkpoint, in the store that `open` opened there."""
        raise SkipTest("spoil() is not written")

    def missing(self, place: Path) -> Store:
        """A store at a place where there is nothing."""
        raise SkipTest("missing() is not written")

    # -- the tests ---------------------------------------------------------------------------------------------------

    def setup_method(self) -> None:
        """A directory for each test."""
        self._place = Path(tempfile.mkdtemp(prefix="ckpt-tui-conformance-"))

    def teardown_method(self) -> None:
        """No trace is left."""
        shutil.rmtree(self._place, ignore_errors=True)

    def _opened(self) -> Store:
        return self.open(self._place)

    def _watched(self) -> _Watching:
        """A watch that has reported everything."""
        store = self._opened()
        everything = _entries(store.fresh()).keys()
        watching = _Watching(store)
        watching.until(lambda known: known.keys() >= everything)
        return watching

    def test_it_says_what_it_is(self) -> None:
        """`kind` and `path` are texts; scripts compare the kind."""
        store = self._opened()
        assert isinstance(store.kind, str)
        assert store.kind == store.kind.strip().lower() != ""
        assert isinstance(store.path, str)

    def test_a_scan_reports_everything_once_in_small_batches(self) -> None:
        """Only the last batch of a pass is complete, and no file is reported twice."""
        batches = list(self._opened().scan())
        assert batches, "a scan of an empty place yields one empty batch"
        assert all(isinstance(batch, Batch) for batch in batches)
        assert all(len(batch.entries) <= SMALL for batch in batches)
        assert [batch.done >= batch.total for batch in batches] == [False] * (len(batches) - 1) + [True]
        files = [entry.file for batch in batches for entry in batch.entries]
        assert len(files) == len(set(files)), "a file is reported twice"
        assert len(files) >= 2, "open() writes at least two checkpoints"

    def test_headers_are_complete(self) -> None:
        """Ids are unique, times are numbers, texts are texts."""
        refs = _refs(_entries(self._opened()))
        ids = [(ref.store_metadata.store if ref.store_metadata else "", ref.id) for ref in refs]
        assert len(set(ids)) == len(ids), "an id appears twice"
        for ref in refs:
            for text in (ref.id, ref.file, ref.workflow, ref.graph, ref.timestamp, ref.note):
                assert isinstance(text, str)
            assert ref.id
            assert ref.file
            assert ref.parent is None or isinstance(ref.parent, str)
            assert isinstance(ref.when, float)
            assert isinstance(ref.iteration, int)
            assert isinstance(ref.size, int)
            assert ref.parent != ref.id

    def test_facts_are_reported_at_once_or_by_filling(self) -> None:
        """After `fill`, every header has the facts of its body."""
        store = self._opened()
        entries = _entries(store)
        missing = [ref.file for ref in _refs(entries) if ref.facts is None]
        batches = list(store.fill(missing))
        assert batches
        assert batches[-1].done >= batches[-1].total
        _take(batches, entries)
        assert all(ref.facts is not None for ref in _refs(entries))

    def test_checkpoints_form_runs(self) -> None:
        """Each is in one run, once, parents before children, and at least one has its parent in the store."""
        refs = _refs(_entries(self._opened()))
        runs = arrange(refs)
        nodes = [node for run in runs for node in run.nodes]
        assert sorted(node.ref.file for node in nodes) == sorted(ref.file for ref in refs)
        assert any(node.parent for node in nodes), "open() writes a checkpoint and its child"
        seen: set[str] = set()
        for node in nodes:
            assert node.parent is None or node.parent in seen
            seen.add(node.ref.id)
        assert not [node.irregular for node in nodes if node.irregular]

    def test_every_checkpoint_loads_as_inert_values(self) -> None:
        """Loaded values have only the types of `ckpt_tui.core.value`, and their documents are JSON."""
        store = self._opened()
        for ref in _refs(_entries(store)):
            for everything in (False, True):
                checkpoint = store.load(ref.file, None, everything)
                assert isinstance(checkpoint, Checkpoint)
                assert (checkpoint.ref.file, checkpoint.ref.id) == (ref.file, ref.id)
                assert isinstance(checkpoint.raw, bytes)
                for part in (checkpoint.messages, checkpoint.state, checkpoint.pending, checkpoint.metadata):
                    _assert_inert(part)
                assert all(isinstance(text, str) for text in (*checkpoint.warnings, *checkpoint.faults))
                assert "".join(pieces(show_document(checkpoint)))

    def test_what_is_not_there_is_a_ckpt_error(self) -> None:
        """A file that does not exist is explained, not crashed on."""
        store = self._opened()
        _entries(store)
        try:
            store.load("no such file of any store")
        except CkptError:
            return
        raise AssertionError("load() of a file that is not there must raise a CkptError")

    def test_capabilities_are_reported_for_the_store_and_for_each_checkpoint(self) -> None:
        """Each operation that is not possible has a reason."""
        store = self._opened()
        for file in ("", *_entries(store)):
            found = store.capabilities(file)
            assert isinstance(found, Capabilities)
            assert isinstance(found.resume, str)
            assert isinstance(found.prune, str)

    def test_a_second_scan_says_nothing_new_and_a_fresh_store_reports_everything(self) -> None:
        """Stores remember what they reported."""
        store = self._opened()
        first = _entries(store)
        again = list(store.scan())
        assert not any(batch.gone for batch in again)
        assert all(first.get(entry.file) == entry for batch in again for entry in batch.entries)
        assert _entries(store.fresh()).keys() == first.keys()

    def test_checkpoints_load_in_any_thread(self) -> None:
        """The browser scans in one thread and loads in another."""
        store = self._opened()
        [file, *_] = [ref.file for ref in _refs(_entries(store))]
        found: list[Any] = []

        def load() -> None:
            try:
                found.append(store.load(file))
            except BaseException as error:
                found.append(error)

        thread = threading.Thread(target=load)
        thread.start()
        thread.join(PATIENCE)
        assert found
        assert isinstance(found[0], Checkpoint), found[0]

    def test_reading_changes_nothing(self) -> None:
        """A viewer leaves no trace: no new file, no changed byte."""
        store = self._opened()
        before = _snapshot(self._place)
        for ref in _refs(_entries(store)):
            store.load(ref.file, None, True)
        watching = _Watching(store.fresh())
        watching.until(lambda known: len(known) >= 2)
        watching.end()
        assert _snapshot(self._place) == before

    def test_a_watch_ends_when_it_is_asked_to(self) -> None:
        """Also when nothing happens."""
        watching = _Watching(self._opened())
        watching.until(lambda known: len(known) >= 2)
        assert watching.end(), "a watch must end soon after `stop` is set"

    def test_a_new_checkpoint_is_reported(self) -> None:
        """Live, without being asked."""
        watching = self._watched()
        before = set(watching.known)
        try:
            self.add(self._place)
            watching.until(lambda known: bool(set(known) - before))
        finally:
            watching.end()

    def test_a_deleted_checkpoint_is_gone(self) -> None:
        """Live, without being asked."""
        watching = self._watched()
        before = len(_refs(watching.known))
        try:
            self.remove(self._place)
            watching.until(lambda known: len(_refs(known)) < before)
        finally:
            watching.end()

    def test_what_is_damaged_is_a_problem_and_hides_nothing_else(self) -> None:
        """A broken checkpoint is reported with a reason; the others stay."""
        store = self._opened()
        before = _entries(store)
        self.spoil(self._place)
        store = store.fresh()
        entries = _entries(store)
        _take(list(store.fill([ref.file for ref in _refs(entries) if ref.facts is None])), entries)
        problems = [entry for entry in entries.values() if isinstance(entry, Problem)]
        assert problems, "a damaged checkpoint must be reported as a Problem"
        assert all(problem.reason and problem.kind for problem in problems)
        assert len(_refs(entries)) >= len(_refs(before)) - len(problems)
        for problem in problems:
            with suppress(CkptError):
                assert isinstance(store.peek(problem.file), bytes)

    def test_a_place_where_nothing_is_is_not_found(self) -> None:
        """`scan` raises an error; `watch` waits."""
        store = self.missing(self._place)
        try:
            list(store.scan())
        except NotFoundError:
            pass
        else:
            raise AssertionError("scan() of a missing place must raise a NotFoundError")
        watching = _Watching(store)
        watching.until(lambda known: watching.is_missing)
        assert watching.end()


class _Watching(WatchedInThread[Batch, Entry]):
    """A store that is watched in a thread, as the browser does."""

    def __init__(self, store: Store) -> None:
        self.is_missing = False
        super().__init__(store.watch)

    def take(self, batch: Batch) -> None:
        _take([batch], self.known)
        self.is_missing = batch.missing


def _entries(store: Store) -> dict[str, Entry]:
    return _take(list(store.scan()), {})


def _take(batches: list[Batch], entries: dict[str, Entry]) -> dict[str, Entry]:
    for batch in batches:
        for file in batch.gone:
            entries.pop(file, None)
        for entry in batch.entries:
            assert isinstance(entry, CheckpointRef | Problem)
            entries[entry.file] = entry
    return entries


def _refs(entries: dict[str, Entry]) -> list[CheckpointRef]:
    return [entry for entry in entries.values() if isinstance(entry, CheckpointRef)]


def _assert_inert(value: Value) -> None:
    todo = [value]
    seen: dict[int, Value] = {}
    while todo and len(seen) < _NODES:
        item = todo.pop()
        assert type(item) in _INERT, f"{type(item).__module__}.{type(item).__qualname__} is not an inert value"
        if id(item) in seen or type(item) in (Envelope, Deferred):
            continue
        seen[id(item)] = item
        if type(item) is dict:
            assert all(type(key) is str for key in item), "a dict has str keys; a Map has keys of any type"
        below = members(item)
        todo.extend(below.value(index) for index in range(len(below)))


def _snapshot(place: Path) -> dict[str, tuple[int, bytes]]:
    return {path: (os.stat(path).st_mtime_ns, _bytes(path)) for path in _files(place)}


def _files(place: Path) -> Iterator[str]:
    for directory, _, names in os.walk(place):
        for name in names:
            yield os.path.join(directory, name)


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
