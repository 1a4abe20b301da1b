"""`ckpt_tui.actions.pruning`, on real files: forks, several stores, what is in use."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from ckpt_tui.actions.debugging.session_record import note_begin, note_end
from ckpt_tui.actions.pruning import IN_USE, bring_back, last_deleted, move_to_trash, plan, why_none
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.actions.trash import trash_of
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.prune_plan import UNREAD, Wish
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_forks
from ckpt_tui.stores.registry import open_store

DATA = Path(__file__).parents[1] / "data"
SAMPLES = DATA / "agent-framework" / "1.23.0"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / "fork", tmp_path / "store"))


@pytest.fixture
def forked(place: Path) -> Path:
    """The store, with what was the newest branch moved to a fork beside it."""
    fork = place.parent / "store.forks" / "abcdef12-1"
    fork.mkdir(parents=True)
    newest = read_store(open_store(str(place)))[0][0].nodes[-1].ref
    (place / newest.file).rename(fork / newest.file)
    return place


def opened(place: Path) -> Store:
    return with_forks(open_store(str(place)))


def tree(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def refs(store: Store, wish: Wish) -> list[CheckpointRef]:
    return [node.ref for node in plan(store, read_store(store.fresh())[0], wish).gone]


def test_a_fork_goes_to_the_trash_of_its_store_and_comes_back(forked: Path) -> None:
    before, store = tree(forked.parent), opened(forked)
    file = read_store(store.fresh())[0][0].nodes[-1].ref.file
    assert file.startswith("abcdef12-1/")
    moved = move_to_trash(store, refs(store, Wish(files=[file])))
    assert moved.files == (file,) and not moved.left
    assert [str(path.relative_to(forked.parent)) for path in Path(moved.directory).rglob("*.json")] == [
        f"store.trash/1/{file}"
    ]
    last = last_deleted(store)
    assert last is not None and last.files == 1 and abs(last.when - time.time()) < 3_600
    assert bring_back(store).files == (file,)
    assert tree(forked.parent) == before and last_deleted(store) is None


def test_a_whole_run_with_its_fork_is_one_prune(forked: Path) -> None:
    before, store = tree(forked.parent), opened(forked)
    (run, *_) = read_store(store.fresh())[0]
    moved = move_to_trash(store, refs(store, Wish(runs=[run.key])))
    assert len(moved.files) == len(run.nodes) and not list(forked.rglob("*.json"))
    assert len(bring_back(store).files) == len(run.nodes)
    assert tree(forked.parent) == before


def test_a_run_that_is_debugged_keeps_its_run(forked: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = opened(forked)
    fork = str(forked.parent / "store.forks" / "abcdef12-1")
    runs = read_store(store.fresh())[0]
    wish = Wish(runs=[runs[0].key], force=True)
    note_begin(fork, "/flow.py", (), False)
    assert plan(store, runs, wish).gone  # what is there is older than the run
    (file,) = Path(fork).iterdir()
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"timestamp": "2999-01-01T00:00:00+00:00"}))
    runs = read_store(store.fresh())[0]
    found = plan(store, runs, wish)
    assert not found.gone and {reason for _, reason in found.barred} == {IN_USE}
    assert len(found.barred) == len(runs[0].nodes)
    note_end(fork, "done")
    assert plan(store, runs, wish).gone


def test_what_a_run_here_began_from_stays(place: Path) -> None:
    store = opened(place)
    runs = read_store(store.fresh())[0]
    root = runs[0].nodes[0].ref.id
    assert not plan(store, runs, Wish(keep=0, force=True), [root]).gone
    assert plan(store, runs, Wish(keep=0, force=True)).gone


def test_what_may_wait_stays_while_only_headers_are_read(tmp_path: Path) -> None:
    place = Path(shutil.copytree(SAMPLES / "hitl_pending", tmp_path / "store"))
    store = opened(place)
    runs = read_store(store.fresh(), fast=True)[0]
    assert all(node.ref.facts is None for run in runs for node in run.nodes)
    found = plan(store, runs, Wish(keep=0, force=True))
    assert not found.gone and {reason for _, reason in found.barred} == {UNREAD}
    found = plan(store, read_store(store.fresh())[0], Wish(keep=0, force=True))
    assert [node.ref.status for node in found.waiting] == ["waiting"] and found.gone


def test_each_of_several_stores_has_its_own_trash_and_one_prune_comes_back_whole(tmp_path: Path) -> None:
    for name in ("linear", "loop"):
        shutil.copytree(SAMPLES / name, tmp_path / "all" / name)
    shutil.copytree(DATA / "dotnet" / "af_dotnet", tmp_path / "all" / "dotnet")
    before, store = tree(tmp_path), opened(tmp_path / "all")
    assert not why_none(store)
    runs = read_store(store.fresh())[0]
    found = plan(store, runs, Wish(keep=1, force=True))
    assert {reason for _, reason in found.barred} == {"the .NET program holds the index that names its files"}
    moved = move_to_trash(store, [node.ref for node in found.gone])
    assert not moved.left and len(moved.files) == len(found.gone)
    assert {path.name for path in (tmp_path / "all").iterdir() if path.name.endswith(".trash")} == {
        "linear.trash",
        "loop.trash",
    }
    last = last_deleted(store)
    assert last is not None and last.files == len(found.gone)
    assert len(bring_back(store).files) == len(found.gone)
    assert tree(tmp_path) == before
    with pytest.raises(NotFoundError):
        bring_back(store)


def test_a_single_file_and_a_store_of_a_program_say_why(place: Path) -> None:
    assert "single file" in why_none(open_store(str(next(place.glob("*.json")))))
    assert "only ever read" in why_none(open_store(str(DATA / "langgraph" / "1.2.24" / "forks.sqlite")))
    assert not why_none(open_store(str(place)))
    assert why_none(open_store(str(place.parent / "nothing-here"), must_exist=False)) == "it is not a directory"


def test_a_store_that_cannot_be_written_to_says_so(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ckpt_tui.actions.pruning.os.access", lambda path, mode: path != str(place))
    assert why_none(open_store(str(place))) == "its directory cannot be written to"


def test_a_prune_of_which_nothing_went_leaves_no_trash(place: Path) -> None:
    store = opened(place)
    found = refs(store, Wish(keep=0, force=True))
    for ref in found:
        (place / ref.file).write_text("{}")
    assert len(move_to_trash(store, found).left) == len(found)
    assert not os.path.exists(trash_of(str(place)))


def test_a_trash_that_cannot_be_made_is_an_error(place: Path) -> None:
    store = opened(place)
    Path(trash_of(str(place))).write_text("in the way")
    with pytest.raises(CkptError, match="cannot be made"):
        move_to_trash(store, refs(store, Wish(keep=0, force=True)))
    assert len(refs(store, Wish(keep=0, force=True))) == len(list(place.glob("*.json")))
