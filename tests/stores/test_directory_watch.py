"""A directory that is watched: what is new, changed and deleted is reported."""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.stores.base import Batch, Entry, Store
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.registry import open_store
from tests.stores.saving import ref_of, save
from tests.support.patience import PATIENCE


class Watching:
    """A watch in a thread; batches come through a queue, and what they add up to is kept."""

    def __init__(self, store: Store) -> None:
        self.entries: dict[str, Entry] = {}
        self.missing = False
        self._stop = threading.Event()
        self._batches: queue.Queue[Batch] = queue.Queue()
        self._thread = threading.Thread(target=self._run, args=(store,), daemon=True)
        self._thread.start()

    def _run(self, store: Store) -> None:
        for batch in store.watch(self._stop):
            self._batches.put(batch)

    def until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            batch = self._batches.get(timeout=PATIENCE)
            self.missing = batch.missing
            for name in batch.gone:
                self.entries.pop(name, None)
            for entry in batch.entries:
                self.entries[entry.file] = entry

    def has(self, *names: str) -> None:
        self.until(lambda: sorted(self.entries) == sorted(names) and not self.missing)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def watching() -> Iterator[Callable[[Store], Watching]]:
    started: list[Watching] = []

    def start(store: Store) -> Watching:
        started.append(Watching(store))
        return started[-1]

    yield start
    for one in started:
        one.end()


class TestWatch:
    def test_what_is_there_comes_first_then_what_is_new_changed_and_deleted(
        self, tmp_path: Path, watching: Callable[[Store], Watching]
    ) -> None:
        save(tmp_path, "a", iteration_count=0)
        watch = watching(DirectoryStore(str(tmp_path)))
        watch.has("a.json")
        save(tmp_path, "b")
        watch.has("a.json", "b.json")
        assert ref_of(watch.entries["b.json"]).facts is not None  # read whole at once
        save(tmp_path, "a", iteration_count=8)
        watch.until(lambda: ref_of(watch.entries["a.json"]).iteration == 8)
        (tmp_path / "b.json").unlink()
        watch.has("a.json")

    def test_a_file_that_breaks_and_is_repaired_is_reported_both_times(
        self, tmp_path: Path, watching: Callable[[Store], Watching]
    ) -> None:
        save(tmp_path, "a")
        watch = watching(DirectoryStore(str(tmp_path)))
        watch.has("a.json")
        (tmp_path / "other.tmp").write_text("{")
        os.replace(tmp_path / "other.tmp", tmp_path / "a.json")
        watch.until(lambda: isinstance(watch.entries["a.json"], Problem))
        save(tmp_path, "a")
        watch.until(lambda: isinstance(watch.entries["a.json"], CheckpointRef))

    def test_a_directory_deleted_and_made_again_is_followed(
        self, tmp_path: Path, watching: Callable[[Store], Watching]
    ) -> None:
        folder = tmp_path / "store"
        folder.mkdir()
        save(folder, "a")
        watch = watching(DirectoryStore(str(folder)))
        watch.has("a.json")
        (folder / "a.json").unlink()
        folder.rmdir()
        watch.until(lambda: watch.missing)
        assert watch.entries == {}
        folder.mkdir()
        save(folder, "b")
        watch.has("b.json")

    def test_a_missing_directory_is_waited_for(self, tmp_path: Path, watching: Callable[[Store], Watching]) -> None:
        watch = watching(open_store(tmp_path / "later", must_exist=False))
        watch.until(lambda: watch.missing)
        (tmp_path / "later").mkdir()
        save(tmp_path / "later", "a")
        watch.has("a.json")

    def test_a_store_of_one_file_says_nothing_of_others(
        self, tmp_path: Path, watching: Callable[[Store], Watching]
    ) -> None:
        save(tmp_path, "a", iteration_count=0)
        watch = watching(open_store(tmp_path / "a.json"))
        watch.has("a.json")
        save(tmp_path, "b")
        save(tmp_path, "a", iteration_count=5)
        watch.until(lambda: ref_of(watch.entries["a.json"]).iteration == 5)
        assert list(watch.entries) == ["a.json"]

    def test_a_burst_is_reported_whole(self, tmp_path: Path, watching: Callable[[Store], Watching]) -> None:
        watch = watching(DirectoryStore(str(tmp_path)))
        names = [save(tmp_path, f"c{number}").name for number in range(300)]
        watch.has(*names)
