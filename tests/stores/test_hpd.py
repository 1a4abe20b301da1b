"""HPD-Agent stores beyond the corpus: what the format says wrongly, parts of runs, definitions, other files."""

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.listing import run_title
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.hpd import HpdStore, part_of
from ckpt_tui.stores.hpd_document import node_of
from ckpt_tui.stores.hpd_graph import condition, read_definition
from ckpt_tui.stores.registry import open_store

CORPUS = Path(__file__).parent.parent / "data" / "dotnet"


def runs_of(path: Path) -> tuple[HpdStore, tuple[Run, ...]]:
    store = open_store(path)
    assert isinstance(store, HpdStore)
    refs = [entry for entry in collect(store.scan()).values() if isinstance(entry, CheckpointRef)]
    return store, arrange(refs)


def save(root: Path, execution: str, number: int, **members: Any) -> Path:
    """Write a checkpoint file as the store names and shapes them."""
    folder = root / "checkpoints" / quote(execution, safe="~")
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{number:032x}"
    top: dict[str, Any] = {
        "checkpointId": name, "executionId": execution, "graphId": "g",
        "createdAt": f"2026-07-15T10:00:{number:02}.1234567+00:00", "completedNodes": [], "nodeOutputs": {},
        "contextJson": "{}", "nodeStateMetadata": {}, "metadata": {"trigger": "LayerCompleted", "completedLayer": 0},
        "schemaVersion": "1.0", "currentIteration": 0, "pendingDirtyNodes": [],
    }  # fmt: skip
    path = folder / f"{639197073000000000 + number:020}-{name}.checkpoint.json"
    path.write_text(json.dumps(top | members), encoding="utf-8")
    return path


class TestTraps:
    @pytest.mark.parametrize("name", ["run-0000-copy", "run-0001-copy"])  # before and behind the folder that counts
    def test_a_copy_of_an_execution_is_reported_and_hides_nothing(self, tmp_path: Path, name: str) -> None:
        shutil.copytree(CORPUS / "hpd_hosted", tmp_path / "store")
        folder = tmp_path / "store" / "checkpoints"
        shutil.copytree(folder / "run-0001", folder / name)
        entries = collect(open_store(tmp_path / "store").scan())
        problems = {file: entry for file, entry in entries.items() if isinstance(entry, Problem)}
        assert {file.split("/")[1] for file in problems} == {name}
        assert len(problems) == len(entries) - len(problems) == 3
        for file, problem in problems.items():
            original = file.replace(name, "run-0001")
            assert problem.kind == "copy"
            assert problem.reason == f"the same checkpoint as {original}"
            assert isinstance(entries[original], CheckpointRef)

    def test_of_two_files_with_one_checkpoint_in_a_folder_the_first_counts(self, tmp_path: Path) -> None:
        one = save(tmp_path, "run", 1)
        other = one.with_name(one.name.replace("0" * 19 + "1", "0" * 19 + "2", 1).replace("00001-", "00009-", 1))
        shutil.copy(one, other)
        entries = collect(open_store(tmp_path).scan())
        assert [type(entry).__name__ for _, entry in sorted(entries.items())] == ["CheckpointRef", "Problem"]

    def test_a_layer_that_is_one_too_high_is_corrected_and_said(self) -> None:
        store, runs = runs_of(CORPUS / "hpd_full_history")
        late = next(run for run in runs if run.id.startswith("742c0d20"))
        assert [node.ref.step for node in late.nodes] == [0, 1, 2, 3]
        for number, node in enumerate(late.nodes):
            checkpoint = store.load(node.ref.file)
            assert to_json(checkpoint.metadata)["completedLayer"] == number + 1
            assert any("one too high" in warning for warning in checkpoint.warnings)
        right = next(run for run in runs if run.id.startswith("5843d96d"))
        assert not any(store.load(node.ref.file).warnings for node in right.nodes)

    def test_the_iteration_of_a_suspension_goes_on_from_the_file_before(self) -> None:
        store, runs = runs_of(CORPUS / "hpd_full_history")
        last = next(run for run in runs if run.id.startswith("2efef45d")).nodes[-1].ref
        assert last.iteration == 2
        checkpoint = store.load(last.file)
        assert to_json(checkpoint.metadata)["currentIteration"] == 0
        assert any("as every suspension does" in warning for warning in checkpoint.warnings)

    def test_an_outcome_that_stays_pending_is_answered_where_the_run_went_on(self, tmp_path: Path) -> None:
        asked = {
            "trigger": "Suspension", "completedLayer": 1, "suspendedNodeId": "review", "suspendToken": "t",
            "suspensionOutcome": "Pending",
        }  # fmt: skip
        save(tmp_path, "run", 1, completedNodes=["a"])
        first = save(tmp_path, "run", 2, completedNodes=["a"], metadata=asked)
        store, [run] = runs_of(tmp_path)
        assert run.nodes[-1].ref.status == "waiting"
        save(tmp_path, "run", 3, completedNodes=["a", "review"])
        store, [run] = runs_of(tmp_path)
        assert [node.ref.facts and node.ref.facts.pending for node in run.nodes] == [0, 0, 0]
        checkpoint = store.load(run.nodes[1].ref.file)
        assert to_json(checkpoint.pending) == {}
        assert any("was answered" in warning for warning in checkpoint.warnings)
        assert run.nodes[1].ref.file.endswith(first.name)

    def test_a_node_without_output_is_named(self) -> None:
        store, runs = runs_of(CORPUS / "hpd_latest_only")
        file = next(run for run in runs if run.id.startswith("1626c1cc")).nodes[0].ref.file
        assert any(warning.startswith("publish: complete without output") for warning in store.load(file).warnings)

    def test_duplicates_in_a_file_are_neither_shown_nor_trusted(self, tmp_path: Path) -> None:
        save(
            tmp_path, "run", 1, completedNodes=["a"], nodeOutputs={"node_output:a:port:0": {"answer": "yes"}},
            contextJson=json.dumps({"CompletedNodes": ["a", "b"]}),
            nodeStateMetadata={"a": {"nodeId": "a", "version": "1.0", "stateJson": '{"answer":"no"}'}},
        )  # fmt: skip
        store, [run] = runs_of(tmp_path)
        checkpoint = store.load(run.nodes[0].ref.file)
        assert to_json(checkpoint.state) == {"a": {"answer": "yes"}}
        assert len([warning for warning in checkpoint.warnings if "shown" in warning]) == 2
        assert "stateJson" not in json.dumps(to_json(checkpoint.metadata))


class TestRuns:
    def test_parts_of_a_run_are_under_it(self, tmp_path: Path) -> None:
        save(tmp_path, "run", 9, completedNodes=["m"])
        for number, execution in enumerate(("run:m[1]", "run:m[0]", "run:m[0]:deep[3]", "other"), 1):
            save(tmp_path, execution, number, completedNodes=["x"])
        _, runs = runs_of(tmp_path)
        found = [(run.id, run.level) for run in runs]
        assert found.index(("run:m[1]", 1)) == found.index(("run", 0)) + 1
        assert found[found.index(("run:m[0]", 1)) + 1] == ("run:m[0]:deep[3]", 2)
        assert run_title(runs[found.index(("run:m[0]", 1))])[0] == "└ m[0]"

    def test_a_part_whose_run_has_no_checkpoints_says_whose_it_is(self) -> None:
        _, runs = runs_of(CORPUS / "hpd_full_history")
        titles = [run_title(run)[0] for run in runs if run.above]
        assert titles == ["summaries[0] of ea62a991", "summaries[1] of ea62a991"]

    @pytest.mark.parametrize(
        ("run", "known", "found"),
        [
            ("r", {"r"}, ("", "r")),
            ("r:n[0]", {"r"}, ("r", "n[0]")),
            ("r:a:b[0]", {"r"}, ("r", "a:b[0]")),
            ("r:n:__partition_map[2]", set(), ("r", "n:__partition_map[2]")),
            ("r:a[0]:b[1]", {"r", "r:a[0]"}, ("r:a[0]", "b[1]")),
            ("time:12:30", set(), ("", "time:12:30")),
        ],
    )
    def test_the_run_of_a_part_is_reported_by_its_id(self, run: str, known: set[str], found: tuple[str, str]) -> None:
        assert part_of(run, known) == found

    def test_latest_only_replaces_its_file_and_the_watch_reports(self, tmp_path: Path) -> None:
        first = save(tmp_path, "run", 1, completedNodes=["a"])
        store, _ = runs_of(tmp_path)
        save(tmp_path, "run", 2, completedNodes=["a", "b"])
        first.unlink()
        [batch] = list(store.scan())
        assert [entry.file.rpartition("-")[2] for entry in batch.entries] == [f"{2:032x}.checkpoint.json"]
        assert [file.rpartition("-")[2] for file in batch.gone] == [f"{1:032x}.checkpoint.json"]

    @pytest.mark.parametrize("below", ["", "checkpoints", "checkpoints/run-0001"])
    def test_the_root_its_checkpoints_and_one_execution_open(self, below: str) -> None:
        _, [run] = runs_of(CORPUS / "hpd_hosted" / below)
        assert (run.id, len(run.nodes)) == ("run-0001", 3)

    def test_one_file_opens_with_what_the_others_say_about_it(self) -> None:
        [path] = (CORPUS / "hpd_hosted" / "checkpoints").rglob("*ad13b0b2*")
        _, [run] = runs_of(path)
        assert [node.ref.iteration for node in run.nodes] == [2]


class TestBeside:
    def test_execution_and_log_are_with_the_checkpoints_they_belong_to(self) -> None:
        store, [run] = runs_of(CORPUS / "hpd_hosted")
        first, *_, last = (to_json(store.load(node.ref.file).metadata) for node in run.nodes)
        assert [line["message"] for line in first["log"]] == ["Execution started."]
        assert "execution" not in first
        assert last["execution"]["suspensionMessage"] == "Approve publishing this draft?"
        assert [line["source"] for line in last["log"]] == ["ExecutionManager"]

    def test_a_definition_gives_the_exact_graph_with_its_conditions(self) -> None:
        store, [run] = runs_of(CORPUS / "hpd_hosted")
        topology = store.load(run.nodes[0].ref.file).topology
        assert topology is not None
        assert [node.id for node in topology.nodes] == ["plan", "research", "facts", "write", "review", "START", "END"]
        assert {edge.condition for edge in topology.edges} == {"", "verdict == revise", "verdict == approve"}
        assert topology.layers() == [["START"], ["plan"], ["research", "facts"], ["write"], ["review"], ["END"]]
        assert run.workflow == "Content pipeline · run-0001 · Suspended"

    def test_a_definition_in_yaml_is_the_same(self, tmp_path: Path) -> None:
        yaml = pytest.importorskip("yaml")
        copy = tmp_path / "store"
        shutil.copytree(CORPUS / "hpd_hosted", copy)
        [path] = (copy / "definitions").iterdir()
        document = json.loads(path.read_text(encoding="utf-8"))
        path.with_suffix(".yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        as_json = read_definition(str(path), "x", "g")
        path.unlink()
        store, [run] = runs_of(copy)
        assert store.load(run.nodes[0].ref.file).topology == as_json.topology

    @pytest.mark.parametrize("text", ["a: [1", "a: &x [1]\nb: *x\n", "!!python/object/apply:os.system ['id']\n", "[]"])
    def test_yaml_that_cannot_be_read_is_a_problem_and_runs_nothing(self, tmp_path: Path, text: str) -> None:
        pytest.importorskip("yaml")
        save(tmp_path, "run", 1, completedNodes=["a"])
        (tmp_path / "definitions").mkdir()
        (tmp_path / "definitions" / "g.graph.yaml").write_text(text)
        entries = collect(open_store(tmp_path).scan())
        [problem] = [entry for entry in entries.values() if isinstance(entry, Problem)]
        assert (problem.file, problem.kind) == ("definitions/g.graph.yaml", "definition")
        assert len(entries) == 2

    @pytest.mark.parametrize(
        ("found", "words"),
        [
            ({"type": "Always"}, ""),
            ({"type": "FieldExists", "field": "x"}, "x exists"),
            ({"type": "FieldContainsAny", "field": "x", "values": ["a", "b"]}, "x contains any of a, b"),
            (
                {
                    "type": "All",
                    "all": [
                        {"type": "FieldEquals", "field": "x", "value": 1},
                        {"type": "Not", "not": {"type": "Default"}},
                    ],
                },
                "x == 1 and not Default",
            ),
            ({"type": "SomethingNewer", "field": "x"}, "SomethingNewer"),
        ],
    )  # fmt: skip
    def test_a_condition_is_said_in_a_few_words(self, found: dict[str, Any], words: str) -> None:
        assert condition(found) == words


def test_no_run_can_be_resumed_and_the_reason_is_said() -> None:
    store, [run] = runs_of(CORPUS / "hpd_hosted")
    assert "does not promise to resume" in store.capabilities(run.nodes[0].ref.file).resume
    assert "POST /workflows/content/pipeline/resume/6e41c73c" in store.capabilities(run.nodes[-1].ref.file).resume


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("node_output:a:port:0", ("a", 0)), ("node_output:a:port:2", ("a", 2)), ("node_output:a", ("a", 0)),
        ("node_output:a:b:port:1:port:3", ("a:b:port:1", 3)), ("node_output:a:port:x", ("a:port:x", 0)),
    ],
)  # fmt: skip
def test_both_eras_of_keys_are_read(key: str, found: tuple[str, int]) -> None:
    assert node_of(key) == found


def test_a_newer_schema_is_named_and_shown_as_far_as_it_is_known(tmp_path: Path) -> None:
    save(tmp_path, "run", 1, completedNodes=["a"], schemaVersion="2.0", extra={"b": 1})
    store, [run] = runs_of(tmp_path)
    assert "schema 2.0" in run.nodes[0].ref.note
    assert to_json(store.load(run.nodes[0].ref.file).metadata)["extra"] == {"b": 1}


def test_a_broken_file_is_a_problem_and_the_run_goes_on(tmp_path: Path) -> None:
    save(tmp_path, "run", 1, completedNodes=["a"])
    save(tmp_path, "run", 2, completedNodes=["a", "b"]).write_text('{"checkpointId": "x"')
    save(tmp_path, "run", 3, completedNodes=["a", "b", "c"])
    entries = collect(open_store(tmp_path).scan())
    assert sorted(type(entry).__name__ for entry in entries.values()) == ["CheckpointRef", "CheckpointRef", "Problem"]


def test_an_id_of_half_a_character_is_read(tmp_path: Path) -> None:
    save(tmp_path, "run-1", 1, graphId="\ud800")
    _, runs = runs_of(tmp_path)
    assert len(runs) == 1
