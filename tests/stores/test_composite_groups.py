"""Several stores as one list, some of them large: the runs of each are those that listing all of them gives."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores import composite_groups, directory
from ckpt_tui.stores.composite_groups import CompositeGroups
from ckpt_tui.stores.registry import open_store, open_stores
from ckpt_tui.stores.store_groups import Groups, ListedGroups
from tests.stores.saving import save
from tests.stores.watched_groups import Watching, listed

LENGTH = 4


@pytest.fixture(autouse=True)
def some_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Directories of more than eight files give their runs first."""
    monkeypatch.setattr(directory, "LISTED", 8)


def save_one(store: Path, number: int, parent: int | None = None) -> Path:
    return save(
        store, f"c{number:02}", previous_checkpoint_id=None if parent is None else f"c{parent:02}",
        iteration_count=0 if parent is None else number % LENGTH,
        timestamp=f"2026-03-01T00:{number:02}:00+00:00",
    )  # fmt: skip


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A directory of a large store, a small one, and another large one."""
    for name, runs in (("a", 3), ("b", 1), ("c", 4)):
        (tmp_path / "all" / name).mkdir(parents=True)
        for number in range(runs * LENGTH):
            save_one(tmp_path / "all" / name, number, number - 1 if number % LENGTH else None)
    return tmp_path / "all"


def groups_of(path: Path) -> Groups:
    found = open_store(path).groups()
    assert isinstance(found, CompositeGroups)
    return found


@pytest.fixture
def watching(parent: Path) -> Iterator[Watching]:
    found = Watching(groups_of(parent))
    found.until(lambda: found.is_complete)
    yield found
    found.end()


def test_the_runs_are_those_of_the_list(parent: Path) -> None:
    found = listed(groups_of(parent))
    said = listed(ListedGroups(open_store(parent)))
    assert {name: group[:7] for name, group in found.items()} == {name: group[:7] for name, group in said.items()}
    assert {name: group[-1] for name, group in found.items()} == {name: group[-1] for name, group in said.items()}
    assert {group[8] for group in found.values()} == {"a", "b", "c"}


def test_several_that_are_named_go_the_same_way_and_small_ones_are_listed(parent: Path) -> None:
    both = open_stores([parent / "a", parent / "b"])
    assert isinstance(both.groups(), CompositeGroups)
    assert open_stores([parent / "b", parent / "b", str(parent / "b")]).groups() is None
    (parent / "d").mkdir()
    save_one(parent / "d", 1)
    assert open_stores([parent / "b", parent / "d"]).groups() is None


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_what_comes_and_goes_is_seen_in_its_store(parent: Path, watching: Watching, name: str) -> None:
    before = dict(watching.counts)
    home = watching.groups.home(f"{name}/c03.json")
    path = save_one(parent / name, 30, 3)
    watching.until(lambda: watching.counts.get(home) == LENGTH + 1)
    path.unlink()
    watching.until(lambda: watching.counts.get(home) == LENGTH)
    assert watching.counts == before


def test_a_checkpoint_is_found_by_its_id_in_the_store_that_is_named_and_in_all(parent: Path) -> None:
    groups = groups_of(parent)
    list(groups.scan())
    homes = {name: groups.home(f"{name}/c03.json") for name in "abc"}
    assert set(groups.holders("c03") or ()) == set(homes.values())
    assert groups.holders("b/c03") == [homes["b"]]
    assert list(groups.holders("no-such-id") or ()) == []
    assert set(groups.matching("c03")) == set(homes.values())
    assert groups.home("c/c15.json") in (groups.newest(1) or ())
    entries = [one for one in groups.entries(homes["c"]) if isinstance(one, CheckpointRef)]
    assert sorted(one.file for one in entries) == [f"c/c{number:02}.json" for number in range(LENGTH)]
    assert {one.store_metadata.store for one in entries if one.store_metadata is not None} == {"c"}
    assert groups.home("nowhere") == ""
    assert groups.entries("nowhere") == []


def test_a_problem_is_named_by_its_store(parent: Path) -> None:
    (parent / "a" / "broken.json").write_text("{")
    (parent / "b" / "broken.json").write_text("{")
    groups = groups_of(parent)
    *_, last = groups.scan()
    assert last.done >= last.total
    assert {problem.file for problem in groups.problems()} == {"a/broken.json", "b/broken.json"}


def test_a_store_that_may_not_be_read_is_a_problem(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (parent / "b").iterdir():
        path.unlink()
    monkeypatch.setattr(composite_groups, "why_closed", lambda path: "closed" if path.endswith("b") else "")
    watching = Watching(CompositeGroups(open_stores([parent / name for name in "abc"]), [None] * 3))  # type: ignore[arg-type]
    watching.until(
        lambda: ("b/", "closed") in [(e.file, getattr(e, "reason", "")) for b in watching.batches for e in b.entries]
    )
    watching.end()


def test_a_store_that_goes_away_leaves_the_others(parent: Path, watching: Watching) -> None:
    for path in (parent / "a").iterdir():
        path.unlink()
    (parent / "a").rmdir()
    watching.until(lambda: any(batch.store == "a" and batch.starts for batch in watching.batches[-40:]))
