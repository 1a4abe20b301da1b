"""Several stores as one list, and directories that are one lineage."""

import asyncio
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.listing import StoreRow, rows
from ckpt_tui.errors import NotFoundError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.composite import short_names
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.fork_directories import overlay as overlaid
from ckpt_tui.stores.registry import open_store, open_stores
from tests.support.workflows import Answer, answer, fork, human, linear

DATA = Path(__file__).parent.parent / "data"
DOTNET = DATA / "dotnet"


def runs_of(store: Store) -> tuple[Run, ...]:
    entries = collect(store.scan())
    collect(store.fill([file for file, entry in entries.items() if isinstance(entry, CheckpointRef)]), entries)
    return arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))


def test_stores_of_different_kinds_are_one_list_grouped_by_store() -> None:
    store = open_stores([DOTNET / "hpd_hosted", DOTNET / "af_dotnet", DATA / "agent-framework" / "1.23.0" / "loop"])
    runs = runs_of(store)
    assert store.kind == "several"
    assert list(dict.fromkeys(run.store for run in runs)) == ["hpd_hosted", "af_dotnet", "loop"]
    headings = [row for row in rows(runs, []) if isinstance(row, StoreRow)]
    assert [(row.name, row.runs, row.checkpoints) for row in headings] == [
        ("hpd_hosted", 1, 3), ("af_dotnet", 2, 14), ("loop", 1, 20),
    ]  # fmt: skip


def test_a_parent_directory_opens_the_stores_in_it_whatever_else_is_there() -> None:
    store = open_store(DOTNET)
    runs = runs_of(store)
    assert {run.store for run in runs} == {
        name for name in json.loads((DOTNET / "MANIFEST.json").read_text()) if name != "hpd_events"
    }


def test_each_checkpoint_is_loaded_by_its_own_store() -> None:
    store = open_stores([DOTNET / "hpd_hosted", DOTNET / "af_dotnet"])
    runs = runs_of(store)
    assert runs
    for run in runs:
        for node in run.nodes:
            checkpoint = store.load(node.ref.file)
            assert checkpoint.ref == node.ref
            home, file = store.home(node.ref.file)
            assert to_json(home.load(file).state) == to_json(checkpoint.state)
            assert store.capabilities(node.ref.file) == home.capabilities(file)


def test_an_id_in_two_stores_asks_which(tmp_path: Path) -> None:
    source = DATA / "agent-framework" / "1.23.0" / "loop"
    for name in ("one", "two"):
        shutil.copytree(source, tmp_path / name)
    runs = runs_of(open_store(tmp_path))
    assert [run.store for run in runs] == ["one", "two"]
    checkpoint = runs[0].nodes[3].ref.id
    with pytest.raises(IdFault, match=f"one/{checkpoint}"):
        find(checkpoint, runs)
    node = find(f"two/{checkpoint}~1", runs)
    assert (node.ref.id, node.ref.store_metadata and node.ref.store_metadata.store) == (runs[0].nodes[2].ref.id, "two")


def test_a_member_that_is_missing_is_no_reason_to_hide_the_others(tmp_path: Path) -> None:
    store = open_stores([DOTNET / "hpd_hosted", tmp_path / "later"], must_exist=False)
    assert len(runs_of(store)) == 1
    with pytest.raises(NotFoundError):
        open_stores([DOTNET / "hpd_hosted", tmp_path / "later"])
    with pytest.raises(NotFoundError):
        list(open_stores([tmp_path / "later", tmp_path / "never"], must_exist=False).scan())


def test_problems_carry_the_name_of_their_store() -> None:
    store = open_stores([DOTNET / "af_dotnet_torn", DOTNET / "af_dotnet"])
    problems = [entry for entry in collect(store.scan()).values() if isinstance(entry, Problem)]
    assert [problem.file for problem in problems] == ["af_dotnet_torn/index.jsonl"]
    assert b"checkpointInfo" in store.peek(problems[0].file)


def test_a_change_in_any_member_is_reported(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        asyncio.run(linear(tmp_path / name))
    store = open_stores([tmp_path / "one", tmp_path / "two"])
    seen: set[str] = set(collect(store.scan()))
    stop = threading.Event()
    watching = store.watch(stop)
    wanted = {f"two/{name}.json" for name in asyncio.run(linear(tmp_path / "two"))}
    assert wanted and not wanted & seen
    while not wanted <= seen:  # its batches go on until it is stopped
        seen |= {entry.file for entry in next(watching).entries}
    stop.set()


class TestOverlay:
    """A run that was resumed into another directory."""

    async def resumed(self, tmp_path: Path) -> tuple[Path, Path, list[str], list[str]]:
        original, overlay = tmp_path / "original", tmp_path / "overlay"
        original.mkdir()
        first = await human(original)
        shutil.copytree(original, overlay)
        then = await answer(overlay, first[-1], Answer(True, "fine"))
        return original, overlay, first, then

    async def test_the_checkpoints_of_both_are_one_lineage(self, tmp_path: Path) -> None:
        original, overlay, first, then = await self.resumed(tmp_path)
        for name in first:  # as a runner does that leaves the parents where they are
            (overlay / f"{name}.json").unlink()
        store = overlaid(str(original), [str(overlay)])
        [run] = runs_of(store)
        assert [node.ref.id for node in run.nodes] == [*first, *then]
        assert store.kind == "agent-framework"
        assert not any(node.irregular for node in run.nodes)
        assert {node.ref.file.partition("/")[0] for node in run.nodes if node.ref.id in then} == {"overlay"}

    async def test_a_copy_of_a_parent_is_shown_once(self, tmp_path: Path) -> None:
        original, overlay, first, then = await self.resumed(tmp_path)
        [run] = runs_of(overlaid(str(original), [str(overlay)]))
        assert [node.ref.id for node in run.nodes] == [*first, *then]
        assert all("/" not in node.ref.file for node in run.nodes if node.ref.id in first)

    async def test_a_second_answer_is_a_second_branch(self, tmp_path: Path) -> None:
        original, overlay, first, then = await self.resumed(tmp_path)
        second = tmp_path / "second"
        shutil.copytree(original, second)
        other = await answer(second, first[-1], Answer(False, "no"))
        [run] = runs_of(overlaid(str(original), [str(overlay), str(second)]))
        assert {node.ref.id for node in run.nodes} == {*first, *then, *other}
        assert len([node for node in run.nodes if node.fork]) == 1

    async def test_a_directory_that_does_not_exist_yet_is_waited_for(self, tmp_path: Path) -> None:
        original = tmp_path / "original"
        original.mkdir()
        first = await human(original)
        store = overlaid(str(original), [str(tmp_path / "later")])
        assert [node.ref.id for node in runs_of(store)[0].nodes] == first


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/x", "b/y"], ["x", "y"]),
        (["/a/x", "/b/x"], ["a·x", "b·x"]),
        (["/a/x", "/a/x"], ["a·x", "a·x 2"]),
        (["/", "/a"], ["/", "a"]),
    ],
)
def test_names_are_as_short_as_they_may_be(paths: list[str], names: list[str]) -> None:
    found: Any = short_names(paths)
    assert [name.replace("/", "") for name in found] == [name.replace("/", "") for name in names]


def test_one_path_is_no_list_of_stores() -> None:
    path = DATA / "agent-framework" / "1.23.0" / "loop"
    assert isinstance(open_stores([path]), DirectoryStore)
    assert isinstance(open_stores([path, path]), DirectoryStore)


async def test_a_fork_of_a_fork_in_an_overlay_keeps_its_place(tmp_path: Path) -> None:
    original, overlay = tmp_path / "original", tmp_path / "overlay"
    original.mkdir()
    first = await linear(original)
    shutil.copytree(original, overlay)
    then = await fork(overlay, first[1])
    [run] = runs_of(overlaid(str(original), [str(overlay)]))
    parents = {node.ref.id: node.parent for node in run.nodes}
    assert parents[then[0]] == first[1]
