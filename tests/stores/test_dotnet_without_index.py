"""Stores of Agent Framework for .NET whose index is missing, empty or stale, or a line ahead of its file."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.ids import latest
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.stores.agent_framework_dotnet import YOUNG_SECONDS, DotnetStore
from ckpt_tui.stores.base import Entry, collect
from ckpt_tui.stores.dotnet_index import parse_index
from ckpt_tui.stores.registry import open_store
from tests.support.patience import PATIENCE

CORPUS = Path(__file__).parent.parent / "data" / "dotnet"
WITH_PARENTS = ["af_dotnet", "af_dotnet_v1_0", "af_dotnet_rc1"]
LONG_AGO = 1_764_000_000


def entries_of(store: Path) -> dict[str, Entry]:
    return collect(open_store(store).scan())


def runs_of(store: Path) -> tuple[Run, ...]:
    return arrange(entry for entry in entries_of(store).values() if isinstance(entry, CheckpointRef))


def tree_of(runs: tuple[Run, ...]) -> dict[str, tuple[str | None, int, object]]:
    """Parent, step and executors of each checkpoint."""
    return {
        node.ref.id: (node.parent, node.ref.step, node.ref.store_metadata and node.ref.store_metadata.ran)
        for run in runs
        for node in run.nodes
    }


def cloned(name: str, to: Path, order: str) -> Path:
    """A copy as git, a download or an archive leaves it: file times say nothing."""
    shutil.copytree(CORPUS / name, to)
    names = sorted(path.name for path in to.iterdir())
    for number, file in enumerate(names if order == "names" else reversed(names)):
        tick = 0 if order == "equal" else number * 1_000_000
        os.utime(to / file, ns=(LONG_AGO * 10**9 + tick, LONG_AGO * 10**9 + tick))
    return to


@pytest.mark.parametrize("order", ["names", "reversed", "equal"])
@pytest.mark.parametrize("name", WITH_PARENTS)
@pytest.mark.parametrize("index", ["missing", "empty"])
class TestNoUsableIndex:
    def test_parents_steps_and_executors_are_as_with_the_index(
        self, tmp_path: Path, name: str, order: str, index: str
    ) -> None:
        store = cloned(name, tmp_path / "store", order)
        (store / "index.jsonl").unlink()
        if index == "empty":
            (store / "index.jsonl").touch()
        runs = runs_of(store)
        assert tree_of(runs) == tree_of(runs_of(CORPUS / name))
        assert not [node.ref.id for run in runs for node in run.nodes if node.irregular or node.guessed]

    def test_the_doctor_says_it_with_the_lines_of_the_index(
        self, tmp_path: Path, name: str, order: str, index: str
    ) -> None:
        store = cloned(name, tmp_path / "store", order)
        lines = (store / "index.jsonl").read_text(encoding="utf-8").splitlines()
        (store / "index.jsonl").unlink()
        if index == "empty":
            (store / "index.jsonl").touch()
        report = examine(open_store(store))
        [finding] = [one for one in report.findings if one.severity == "warning"]
        assert (finding.kind, finding.file) == ("index", "index.jsonl")
        assert "sees none" in finding.reason
        if name != "af_dotnet_v1_0":  # of 1.0 to 1.10, whose lines name no parents; later ones do
            assert sorted(finding.lines) == sorted(lines)
        restored = parse_index("\n".join((*finding.lines, "")).encode()).lines
        assert {line.file_names[0] for line in restored} == {path.name for path in store.glob("*json")}
        assert not report.is_grave

    def test_the_lines_mend_the_index(self, tmp_path: Path, name: str, order: str, index: str) -> None:
        store = cloned(name, tmp_path / "store", order)
        (store / "index.jsonl").unlink()
        if index == "empty":
            (store / "index.jsonl").touch()
        [finding] = examine(open_store(store)).findings[:1]
        (store / "index.jsonl").write_text("".join(f"{line}\n" for line in finding.lines), encoding="utf-8")
        assert not [one for one in examine(open_store(store)).findings if one.kind == "index"]
        assert tree_of(runs_of(store)) == tree_of(runs_of(CORPUS / name))


class TestPreviews:
    @pytest.mark.parametrize("order", ["names", "reversed", "equal"])
    def test_without_parents_the_steps_give_the_order(self, tmp_path: Path, order: str) -> None:
        store = cloned("af_dotnet_preview", tmp_path / "store", order)
        (store / "index.jsonl").unlink()
        runs = runs_of(store)
        steps = [node.ref.iteration for run in runs for node in run.nodes]
        if len(set(steps)) == len(steps):
            assert [node.ref.id for run in runs for node in run.nodes] == [
                line.checkpoint
                for line in parse_index((CORPUS / "af_dotnet_preview" / "index.jsonl").read_bytes()).lines
            ]
        for run in runs:
            nodes = {node.ref.id: node.ref for node in run.nodes}
            assert all(nodes[node.parent].iteration == node.ref.iteration - 1 for node in run.nodes if node.parent)

    def test_lines_are_those_of_the_previews(self, tmp_path: Path) -> None:
        store = cloned("af_dotnet_preview", tmp_path / "store", "equal")
        lines = (store / "index.jsonl").read_text(encoding="utf-8").splitlines()
        (store / "index.jsonl").unlink()
        [finding] = [one for one in examine(open_store(store)).findings if one.kind == "index"]
        assert sorted(finding.lines) == sorted(lines)


class TestAStaleIndex:
    @pytest.mark.parametrize("kept", [slice(0, 5), slice(5, None), slice(None, None, 2)])
    def test_files_without_a_line_are_where_their_parents_say(self, tmp_path: Path, kept: slice) -> None:
        store = cloned("af_dotnet", tmp_path / "store", "names")
        lines = (store / "index.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (store / "index.jsonl").write_text("".join(lines[kept]), encoding="utf-8")
        assert tree_of(runs_of(store)) == tree_of(runs_of(CORPUS / "af_dotnet"))
        [finding] = [one for one in examine(open_store(store)).findings if one.kind == "index"]
        assert sorted(finding.lines) == sorted(
            {line.strip() for line in lines} - {line.strip() for line in lines[kept]}
        )

    def test_latest_is_the_end_of_the_branch_and_no_parent(self, tmp_path: Path) -> None:
        store = cloned("af_dotnet_v1_0", tmp_path / "store", "reversed")
        (store / "index.jsonl").unlink()
        nodes = [node for run in runs_of(store) for node in run.nodes]
        assert latest(nodes).ref.id not in {node.parent for node in nodes}


class TestCopies:
    @pytest.mark.parametrize("ending", [" (1)", " 2", ".sync-conflict-20261120-100001-ABCDEFG", " - Copy"])
    def test_a_copy_is_reported_as_one_and_no_line_of_the_index_is_missing(self, tmp_path: Path, ending: str) -> None:
        store = cloned("af_dotnet_rc1", tmp_path / "store", "names")
        line = parse_index((store / "index.jsonl").read_bytes()).lines[-1]
        name = line.file_names[0].removesuffix(".json") + f"{ending}.json"
        shutil.copyfile(store / line.file_names[0], store / name)
        entry = entries_of(store)[name]
        assert isinstance(entry, CheckpointRef)
        assert f"a copy of {line.checkpoint}" in entry.note
        [finding] = examine(open_store(store)).findings
        assert (finding.kind, finding.file, finding.lines) == ("copy", name, ())


class TestSideFiles:
    @pytest.mark.parametrize("has_index", [True, False])
    def test_those_of_macos_are_named_and_hide_no_store(self, tmp_path: Path, has_index: bool) -> None:
        store = cloned("af_dotnet_v1_0", tmp_path / "store", "names")
        names = [path.name for path in store.glob("*%2Ejson")]
        for name in names:
            (store / f"._{name}").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X" + b"\0" * 60)
        if not has_index:
            (store / "index.jsonl").unlink()
        entries = entries_of(store)
        assert isinstance(open_store(store), DotnetStore)
        problems = [entry for entry in entries.values() if isinstance(entry, Problem) and entry.file != "index.jsonl"]
        assert {(entry.file, entry.kind) for entry in problems} == {(f"._{name}", "side-file") for name in names}
        assert not any("index" in entry.reason for entry in problems)
        assert not examine(open_store(store)).is_grave


class TestALineAheadOfItsFile:
    def ahead(self, tmp_path: Path) -> tuple[Path, bytes]:
        """A store whose newest indexed file is empty, and what is to be in it."""
        store = tmp_path / "store"
        shutil.copytree(CORPUS / "af_dotnet_v1_0", store)
        line = parse_index((store / "index.jsonl").read_bytes()).lines[-1]
        newest = store / line.file_names[0]
        data = newest.read_bytes()
        newest.write_bytes(b"")
        return newest, data

    def test_it_is_waited_for(self, tmp_path: Path) -> None:
        newest, data = self.ahead(tmp_path)
        writer = threading.Timer(0.05, newest.write_bytes, [data])
        writer.start()
        entry = entries_of(newest.parent)[newest.name]
        writer.join()
        assert isinstance(entry, CheckpointRef)

    def test_it_is_called_unwritten_not_damaged_while_it_is_young(self, tmp_path: Path) -> None:
        newest, _ = self.ahead(tmp_path)
        entry = entries_of(newest.parent)[newest.name]
        assert isinstance(entry, Problem)
        assert entry.kind == "being-written"
        assert not examine(open_store(newest.parent)).is_grave

    def test_an_old_one_is_what_a_program_left_that_ended_between_its_two_writes(self, tmp_path: Path) -> None:
        newest, _ = self.ahead(tmp_path)
        then = time.time() - 2 * YOUNG_SECONDS
        os.utime(newest, (then, then))
        entry = entries_of(newest.parent)[newest.name]
        assert isinstance(entry, Problem)
        assert entry.kind == "empty"
        assert "the program ended after it wrote line" in entry.reason

    def test_a_watch_shows_it_once_it_is_written(self, tmp_path: Path) -> None:
        newest, data = self.ahead(tmp_path)
        stop = threading.Event()
        known: dict[str, Entry] = {}
        deadline = time.monotonic() + PATIENCE
        for batch in open_store(newest.parent).watch(stop):
            collect([batch], known)
            entry = known.get(newest.name)
            if isinstance(entry, Problem) and newest.stat().st_size == 0:
                newest.write_bytes(data)
            if isinstance(entry, CheckpointRef) or time.monotonic() > deadline:
                stop.set()
        assert isinstance(known[newest.name], CheckpointRef)


class TestAdvice:
    def test_a_merge_within_the_index_is_named_with_its_lines(self, tmp_path: Path) -> None:
        store = cloned("af_dotnet", tmp_path / "store", "names")
        index = store / "index.jsonl"
        lines = index.read_text(encoding="utf-8").splitlines()
        merged = ["<<<<<<< HEAD", *lines[:3], "=======", *lines[3:], ">>>>>>> theirs", ""]
        index.write_text("\n".join(merged), encoding="utf-8")
        [finding] = [one for one in examine(open_store(store)).findings if one.severity == "warning"]
        assert finding.reason.startswith("it holds both sides of a merge that was not resolved: lines 1, 5 and")
        assert f"delete lines 1, 5 and {len(lines) + 3} of index.jsonl; the others are whole" in finding.fix
        assert tree_of(runs_of(store)) == tree_of(runs_of(CORPUS / "af_dotnet"))

    @pytest.mark.parametrize("content", ["", '{"stepNumber": 3, "work'])
    def test_a_file_that_was_never_written_goes_with_its_line(self, tmp_path: Path, content: str) -> None:
        store = cloned("af_dotnet_rc1", tmp_path / "store", "names")
        last = parse_index((store / "index.jsonl").read_bytes()).lines[-1]
        file = store / last.file_names[0]
        file.write_text(content, encoding="utf-8")
        os.utime(file, (LONG_AGO, LONG_AGO))
        [finding] = [one for one in examine(open_store(store)).findings if one.file == file.name]
        assert f"delete line {last.number} of index.jsonl" in finding.fix

    def test_steps_order_the_previews_where_the_index_names_only_the_last(self, tmp_path: Path) -> None:
        store = cloned("af_dotnet_preview", tmp_path / "store", "reversed")
        index = store / "index.jsonl"
        index.write_text(index.read_text(encoding="utf-8").splitlines()[-1] + "\n", encoding="utf-8")
        assert tree_of(runs_of(store)) == tree_of(runs_of(CORPUS / "af_dotnet_preview"))

    def test_a_guessed_parent_is_said_to_be_of_a_preview_of_dotnet(self, tmp_path: Path) -> None:
        store = cloned("af_dotnet_preview", tmp_path / "store", "names")
        fixes = {one.fix for one in examine(open_store(store)).findings if one.kind == "guessed-parent"}
        assert fixes == {"Agent Framework for .NET 1.0.0-rc1 and later write the parent."}


@pytest.mark.parametrize("how", ["utf-16", "utf-16-le", "utf-16-be", "a directory"])
def test_an_index_that_net_cannot_read_comes_back_by_writing_the_lines_that_the_doctor_prints(
    tmp_path: Path, how: str
) -> None:
    store = cloned("af_dotnet", tmp_path / "store", "equal")
    index = store / "index.jsonl"
    was = parse_index(index.read_bytes()).lines
    tree = tree_of(runs_of(store))
    if how == "a directory":
        index.unlink()
        index.mkdir()
    else:
        index.write_bytes(index.read_text(encoding="utf-8").encode(how))
    [finding] = [one for one in examine(open_store(store)).findings if one.file == "index.jsonl"]
    assert len(finding.lines) == len(was) and "delete" not in finding.fix and "UTF-8" in finding.fix
    index.rename(tmp_path / "old")
    index.write_text("".join(f"{line}\n" for line in finding.lines), encoding="utf-8")
    assert tree_of(runs_of(store)) == tree
    assert not [one for one in examine(open_store(store)).findings if one.file == "index.jsonl"]


def test_a_file_that_only_the_index_names_is_to_be_restored_and_nothing_else(tmp_path: Path) -> None:
    store = cloned("af_dotnet", tmp_path / "store", "equal")
    next(store.glob("*2Ejson")).unlink()
    [fix] = [one.fix for one in examine(open_store(store)).findings if one.kind == "vanished"]
    assert fix.startswith("Restore it from a copy") and "move it out" not in fix
