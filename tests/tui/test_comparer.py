"""Diffs that are kept: by what the checkpoints are, so that the second question reads and decodes nothing."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from ckpt_tui.core.diff.ignore_rules import BUILT_IN, IgnoreRules
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.tui.comparer import KEPT, Comparer
from tests.stores.saving import save


class Watched(DirectoryStore):
    """A store that records what was read."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.loaded: list[str] = []

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        self.loaded.append(file)
        return super().load(file, check, everything)


def go_on() -> None:
    """Nobody cancels."""


@pytest.fixture
def store(tmp_path: Path) -> Watched:
    for index in range(KEPT + 8):
        save(tmp_path, f"c{index:02}", state={"n": index, "updated_at": f"2026-01-01T10:00:{index:02}Z"})
    return Watched(str(tmp_path))


def refs(store: Watched) -> list[CheckpointRef]:
    entries = collect(store.scan())
    return sorted((entry for entry in entries.values() if isinstance(entry, CheckpointRef)), key=lambda ref: ref.id)


def test_the_second_question_reads_nothing(store: Watched) -> None:
    comparer, found, ignore = Comparer(store), refs(store), IgnoreRules()
    one = comparer.compare(found[0], found[1], ignore, go_on)
    assert store.loaded == ["c00.json", "c01.json"]
    assert comparer.compare(found[0], found[1], ignore, go_on) is one
    assert comparer.known(found[0], found[1], IgnoreRules()) is one
    assert comparer.tally(found[0], found[1], ignore, go_on) == 1
    assert len(store.loaded) == 2


def test_a_chain_is_read_once(store: Watched) -> None:
    comparer, found, ignore = Comparer(store), refs(store), IgnoreRules()
    for before, after in itertools.pairwise(found):
        assert comparer.tally(before, after, ignore, go_on) == 1
    assert len(store.loaded) == len(found)


def test_other_rules_and_other_content_are_other_questions(store: Watched, tmp_path: Path) -> None:
    comparer, found = Comparer(store), refs(store)
    assert comparer.tally(found[0], found[1], IgnoreRules(), go_on) == 1
    assert comparer.tally(found[0], found[1], IgnoreRules(()), go_on) == 2
    save(tmp_path, "c01", state={"n": 0}, timestamp="2027-01-01T00:00:00+00:00")
    again = refs(Watched(str(tmp_path)))
    assert comparer.count(again[0], again[1], IgnoreRules()) is None
    assert comparer.tally(again[0], again[1], IgnoreRules(()), go_on) == 1


def test_only_so_many_are_kept(store: Watched) -> None:
    comparer, found, ignore = Comparer(store), refs(store), IgnoreRules(BUILT_IN)
    for after in found[1:]:
        comparer.compare(found[0], after, ignore, go_on)
    assert comparer.known(found[0], found[1], ignore) is None
    assert comparer.known(found[0], found[-1], ignore) is not None
    assert comparer.count(found[0], found[1], ignore) == 1


def test_a_job_that_is_cancelled_ends(store: Watched) -> None:
    class Cancelled(Exception):
        pass

    def stop() -> None:
        raise Cancelled

    big = {f"key{index}": list(range(50)) for index in range(3_000)}
    save(Path(store.path), "big", state=big)
    save(
        Path(store.path), "bigger", state={**big, "key7": list(range(51)), "more": [[index] for index in range(9_000)]}
    )
    comparer = Comparer(store)
    found = {ref.id: ref for ref in refs(store)}
    with pytest.raises(Cancelled):
        comparer.compare(found["big"], found["bigger"], IgnoreRules(), stop)
    assert comparer.known(found["big"], found["bigger"], IgnoreRules()) is None
