"""The runs of a large directory with forks beside it: what is said of them is what a list of all checkpoints says."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores import directory
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_forks
from ckpt_tui.stores.registry import open_store
from ckpt_tui.stores.store_groups import Groups, ListedGroups
from tests.stores.saving import save
from tests.stores.watched_groups import Watching

LENGTH = 4


@pytest.fixture(autouse=True)
def every_directory_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs of a directory of two files are listed first."""
    monkeypatch.setattr(directory, "LISTED", 1)


def save_one(store: Path, number: int, parent: int | None, minute: int | None = None) -> None:
    store.mkdir(parents=True, exist_ok=True)
    save(
        store, f"c{number:02}", previous_checkpoint_id=None if parent is None else f"c{parent:02}",
        iteration_count=0 if parent is None else 1,
        timestamp=f"2026-03-01T00:{number if minute is None else minute:02}:00+00:00",
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three runs of four checkpoints; a fork goes on from the first run, with a copy of where it begins."""
    made = tmp_path / "store"
    for number in range(3 * LENGTH):
        save_one(made, number, number - 1 if number % LENGTH else None)
    fork = fork_of(made, "a")
    save_one(fork, 20, 2)
    save_one(fork, 21, 20)
    shutil.copy2(made / "c02.json", fork)
    return made


def fork_of(store: Path, name: str) -> Path:
    return Path(f"{store}.forks") / name


def opened(path: Path) -> Store:
    return with_forks(open_store(path))


def groups_of(path: Path) -> Groups:
    found = opened(path).groups()
    assert found is not None
    return found


def said(groups: Groups) -> dict[str, tuple[object, ...]]:
    """What is said of each run but its status, which bodies say, and the files in it."""
    known = {group.id: group for batch in groups.scan() for group in batch.groups}
    return {name: facts(groups, name, (*group._replace(status=None),)) for name, group in known.items()}


def facts(groups: Groups, name: str, group: tuple[object, ...]) -> tuple[object, ...]:
    files = tuple(sorted(one.file for one in groups.entries(name) if isinstance(one, CheckpointRef)))
    assert {groups.home(file) for file in files} == {name}
    return (*group, files)


def of_list(path: Path) -> dict[str, tuple[object, ...]]:
    return said(ListedGroups(opened(path)))


def save_two(one: Path, other: Path, parent: int) -> None:
    save_one(one, 40, parent)
    save_one(other, 41, parent)


@pytest.mark.parametrize(
    "change",
    [
        lambda store: None,
        lambda store: save_one(fork_of(store, "b"), 30, 21),
        lambda store: save_one(fork_of(store, "b"), 30, 7),
        lambda store: save_one(fork_of(store, "a"), 30, 3, minute=3),
        lambda store: save_two(store, fork_of(store, "b"), 99),
        lambda store: (store / "c03.json").unlink(),
    ],
)  # fmt: skip
def test_what_forks_add_is_in_the_run_that_it_goes_on_from(store: Path, change: Callable[[Path], object]) -> None:
    change(store)
    assert said(groups_of(store)) == of_list(store)


@pytest.mark.parametrize(
    "change",
    [
        lambda store: save_one(fork_of(store, "b"), 30, None),
        lambda store: (fork_of(store, "a") / "c20.json").unlink(),
    ],
)
def test_a_run_that_begins_in_a_fork_is_one_of_its_own(store: Path, change: Callable[[Path], object]) -> None:
    change(store)
    found, listed = said(groups_of(store)), of_list(store)
    assert [(*one[:-2], one[-1]) for one in found.values()] == [
        (*listed[name][:-2], listed[name][-1]) for name in found
    ]
    assert len(found) == len(listed) == 4


def test_a_name_is_looked_for_in_the_directory_and_in_all_that_forks_add(store: Path) -> None:
    groups = groups_of(store)
    list(groups.scan())
    first = groups.home("c00.json")
    assert groups.holders("c05") == [groups.home("c05.json"), first]
    assert set(groups.newest(1) or ()) == {groups.home("c11.json"), first}
    assert groups.matching("c21") == [first]


def counts_of(path: Path) -> dict[str, int]:
    return {name: len(found[-1]) for name, found in of_list(path).items()}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        lambda store: save_one(fork_of(store, "a"), 22, 21),
        lambda store: save_one(fork_of(store, "a"), 22, 5),
        lambda store: save_one(fork_of(store, "a"), 22, None),
        lambda store: (fork_of(store, "a") / "c21.json").unlink(),
        lambda store: save_one(store, 12, 3),
        lambda store: save_one(store, 20, 2),
        lambda store: (store / "c03.json").unlink(),
    ],
)
def test_whatever_happens_it_says_what_the_list_says(store: Path, change: Callable[[Path], object]) -> None:
    watching = Watching(groups_of(store))
    try:
        watching.until(lambda: sorted(watching.counts.values()) == [4, 4, 6])
        change(store)
        wanted = counts_of(store)
        watching.until(lambda: watching.counts == wanted)
    finally:
        watching.end()


def test_a_run_of_a_fork_that_is_gone_is_not_listed_any_more(store: Path) -> None:
    alone = fork_of(store, "b")
    save_one(alone, 30, None)
    watching = Watching(groups_of(store))
    try:
        watching.until(lambda: len(watching.counts) == 4)
        os.unlink(alone / "c30.json")
        watching.until(lambda: sorted(watching.counts.values()) == [4, 4, 6])
    finally:
        watching.end()
