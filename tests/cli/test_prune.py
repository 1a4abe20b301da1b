"""`ckpt-tui prune`, as a process."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import NEW, here

DOTNET = Path(__file__).parents[1] / "data" / "dotnet"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = next(each for each in sorted(NEW.iterdir()) if each.is_dir() and len(list(each.glob("*.json"))) > 3)
    return Path(shutil.copytree(source, tmp_path / "store"))


def files(store: Path) -> set[str]:
    return {path.name for path in store.glob("*.json")}


def test_a_dry_run_shows_and_changes_nothing(store: Path) -> None:
    before = files(store)
    done = here("prune", store, "--keep", "1", "--force", "--dry-run")
    assert (
        done.code == 0
        and "would go" in done.err
        and re.search(r"1 checkpoint would lose its|s would lose their", done.err)
    )
    assert "1 checkpoint stays: a request waits" in done.err
    assert files(store) == before


def test_it_needs_a_yes_and_a_wish(store: Path) -> None:
    assert here("prune", store, "--keep", "1", "--force").code == 2
    assert here("prune", store, "--yes").code == 2
    assert here("prune", store, "--older-than", "soon", "--yes").code == 2


@pytest.mark.parametrize(
    "args",
    [
        ("--keep", "1", "--run", "latest"), ("--keep", "1", "--older-than", "1d"), ("--older-than", "1d", "--id", "x"),
        ("--undo", "--dry-run"), ("--undo", "--keep", "1"), ("--undo", "--run", "latest"), ("--undo", "--force"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_wishes_that_could_mean_two_things_delete_and_restore_nothing(store: Path, args: tuple[str, ...]) -> None:
    assert here("prune", store, "--id", "latest", "--yes").code == 0
    before = files(store)
    done = here("prune", store, *args, "--yes")
    assert done.code == 2 and "Give " in done.err
    assert files(store) == before


def test_one_checkpoint_that_is_needed_is_told_in_the_singular(store: Path) -> None:
    done = here("prune", store, "--id", "latest~1", "--dry-run")
    assert "1 checkpoint stays: kept ones descend from it (--force)" in done.err


def test_what_went_is_brought_back(store: Path) -> None:
    before = files(store)
    done = here("prune", store, "--keep", "1", "--force", "--yes", "--json")
    assert done.code == 0
    document = done.document
    assert {each["file"] for each in document["gone"]} == before - files(store) == set(document["moved"])
    assert here("prune", store, "--undo").code == 0
    assert files(store) == before


def test_without_force_what_is_kept_keeps_its_ancestors(store: Path) -> None:
    before = files(store)
    done = here("prune", store, "--keep", "1", "--yes", "--json")
    assert done.document["needed"] and files(store) == before - {each["file"] for each in done.document["gone"]}


def test_a_store_that_must_not_be_pruned_says_why() -> None:
    done = here("prune", next(each for each in sorted(DOTNET.iterdir()) if each.is_dir()), "--keep", "1", "--yes")
    assert done.code == 2 and "Nothing can be deleted here" in done.err


def test_checkpoints_are_named_by_id(store: Path) -> None:
    before = files(store)
    listed = here("ls", store, "--json").document["checkpoints"]
    parents = {each["parent"] for each in listed}
    tip = next(each for each in listed if each["id"] not in parents)
    done = here("prune", store, "--id", tip["id"][:8], "--id", tip["parent"], "--yes", "--json")
    assert [each["id"] for each in done.document["gone"]] == [tip["parent"], tip["id"]]
    assert files(store) == before - {f"{tip['id']}.json", f"{tip['parent']}.json"}
    assert here("prune", store, "--id", "no-such-id", "--yes").code == 3
    assert here("prune", store, "--undo").code == 0
    done = here("prune", store, "--id", tip["parent"], "--dry-run", "--json")
    assert not done.document["gone"] and done.document["needed"] == [tip["parent"]]


def test_a_single_file_is_not_pruned(store: Path) -> None:
    done = here("prune", next(store.glob("*.json")), "--keep", "0", "--yes")
    assert done.code == 2 and "open its directory" in done.err


def test_a_file_that_cannot_be_read_and_may_descend_from_what_goes_is_named(store: Path) -> None:
    (store / "cut.json").write_text('{"workflow_name": "flow", "previous_chec')
    done = here("prune", store, "--keep", "1", "--force", "--dry-run")
    assert "not read, and may descend from what goes: cut.json: cut off" in done.err
