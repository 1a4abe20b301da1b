"""Every store of the corpus of .NET stores, against its manifest."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.stores.base import Entry, Store, collect
from ckpt_tui.stores.registry import open_store

CORPUS = Path(__file__).parent.parent / "data" / "dotnet"
MANIFEST: dict[str, Any] = json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8"))
DOTNET = [name for name in MANIFEST if name.startswith("af_dotnet")]
HPD = [name for name in MANIFEST if name.startswith("hpd") and "runs" in MANIFEST[name]]


def opened(name: str) -> tuple[Store, dict[str, Entry], tuple[Run, ...]]:
    store = open_store(CORPUS / name)
    entries = collect(store.scan())
    return store, entries, arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))


def headers(entries: dict[str, Entry]) -> list[CheckpointRef]:
    return [entry for entry in entries.values() if isinstance(entry, CheckpointRef)]


@pytest.mark.parametrize("name", DOTNET)
class TestAgentFrameworkForDotnet:
    def test_checkpoints_order_parents_steps_and_pending_are_those_of_the_manifest(self, name: str) -> None:
        store, entries, _ = opened(name)
        orphan = MANIFEST[name].get("unindexedFile")
        found = [
            {
                "sessionId": ref.store_metadata and ref.store_metadata.run, "checkpointId": ref.id,
                "parent": ref.parent, "file": ref.file,
                "stepNumber": ref.iteration, "pendingRequests": ref.facts and ref.facts.pending,
            }
            for ref in sorted(headers(entries), key=lambda ref: ref.rank)
            if ref.file != orphan
        ]  # fmt: skip
        assert store.kind == "agent-framework-dotnet"
        assert found == MANIFEST[name]["checkpoints"]

    def test_forks_and_runs_are_those_of_the_manifest(self, name: str) -> None:
        _, _, runs = opened(name)
        listed = MANIFEST[name]["checkpoints"]
        assert [run.id for run in runs] == list(dict.fromkeys(one["sessionId"] for one in listed))
        parents = [one["parent"] for one in listed if one["parent"]]
        forks = {parent for parent in parents if parents.count(parent) > 1}
        drawn = [node for run in runs for node in run.nodes if node.fork]
        assert {node.parent for node in drawn} == forks
        assert len(drawn) == sum(parents.count(parent) - 1 for parent in forks)

    def test_a_step_is_the_depth_and_never_starts_again(self, name: str) -> None:
        _, _, runs = opened(name)
        for run in runs:
            depths: dict[str, int] = {}
            for node in run.nodes:
                depths[node.ref.id] = depths[node.parent] + 1 if node.parent else 0
                assert node.ref.step == depths[node.ref.id]

    def test_every_checkpoint_is_decoded_with_its_exact_graph(self, name: str) -> None:
        store, entries, _ = opened(name)
        for ref in headers(entries):
            checkpoint = store.load(ref.file, everything=True)
            assert checkpoint.ref == ref
            assert checkpoint.topology is not None
            assert checkpoint.topology.start == "Intake"
            assert not checkpoint.faults
            pending = to_json(checkpoint.pending)
            assert ref.facts is not None
            assert len(pending) == ref.facts.pending
            assert sum(map(len, to_json(checkpoint.messages).values())) == ref.facts.messages


@pytest.mark.parametrize("name", HPD)
class TestHpd:
    def test_checkpoints_and_their_order_are_those_of_the_manifest(self, name: str) -> None:
        store, entries, runs = opened(name)
        assert store.kind == "hpd"
        assert {run.id: [node.ref.id for node in run.nodes] for run in runs} == {
            run["executionId"]: [one["checkpointId"] for one in run["checkpoints"]] for run in MANIFEST[name]["runs"]
        }
        assert not any(node.fork or node.irregular or node.guessed for run in runs for node in run.nodes)
        assert not [entry for entry in entries.values() if isinstance(entry, Problem)]

    def test_what_the_files_say_is_that_of_the_manifest(self, name: str) -> None:
        store, entries, _ = opened(name)
        for run in MANIFEST[name]["runs"]:
            for said in run["checkpoints"]:
                metadata = to_json(store.load(said["file"], everything=True).metadata)
                assert metadata["trigger"] == said["trigger"]
                assert metadata["currentIteration"] == said["iteration"]
                assert metadata["completedNodes"] == said["completed"]
                assert metadata.get("suspendedNodeId") == said["suspendedNodeId"]
                ref = entries[said["file"]]
                assert isinstance(ref, CheckpointRef)
                assert (ref.id, ref.graph) == (said["checkpointId"], run["graphId"])

    def test_only_a_suspension_that_nothing_followed_waits(self, name: str) -> None:
        _, entries, _ = opened(name)
        expected = {
            run["checkpoints"][-1]["file"]
            for run in MANIFEST[name]["runs"]
            if run["checkpoints"][-1]["trigger"] == "Suspension"
        }
        assert {ref.file for ref in headers(entries) if ref.facts and ref.facts.pending} == expected


class TestProblems:
    def test_a_torn_index_line_is_a_problem_and_the_file_without_a_line_is_shown_with_a_note(self) -> None:
        _, entries, runs = opened("af_dotnet_torn")
        problems = [entry for entry in entries.values() if isinstance(entry, Problem)]
        assert [(problem.file, problem.kind) for problem in problems] == [("index.jsonl", "torn-index")]
        orphan = entries[MANIFEST["af_dotnet_torn"]["unindexedFile"]]
        assert isinstance(orphan, CheckpointRef)
        assert "no line in index.jsonl" in orphan.note
        assert runs[0].nodes[-1].ref == orphan

    def test_temporary_files_are_no_checkpoints_and_the_doctor_finds_them(self) -> None:
        from ckpt_tui.actions.store_examination import examine

        report = examine(open_store(CORPUS / "hpd_full_history"))
        leftovers = [finding.file for finding in report.findings if finding.kind == "leftover"]
        assert len(leftovers) == MANIFEST["hpd_full_history"]["temporaryFiles"]
        assert all(name.endswith(".tmp") for name in leftovers)

    def test_the_token_that_waits_is_the_one_of_the_manifest(self) -> None:
        store, _, runs = opened("hpd_hosted")
        last = runs[0].nodes[-1].ref
        pending = to_json(store.load(last.file).pending)
        assert list(pending) == [MANIFEST["hpd_hosted"]["pending"]]
        assert pending[MANIFEST["hpd_hosted"]["pending"]]["data"] == "Approve publishing this draft?"


def test_a_store_is_read_from_a_copy_with_other_times_in_the_same_order(tmp_path: Path) -> None:
    import os

    copy = tmp_path / "copy"
    shutil.copytree(CORPUS / "af_dotnet", copy)
    for number, path in enumerate(sorted(copy.iterdir(), reverse=True)):
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    found = headers(collect(open_store(copy).scan()))
    ids = [ref.id for ref in sorted(found, key=lambda ref: ref.rank)]
    assert ids == [one["checkpointId"] for one in MANIFEST["af_dotnet"]["checkpoints"]]
