"""Checkpoints of Agent Framework before 1.0.0b260212: four layouts, read only."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.cli.command_line import run
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.show_document import show_document
from ckpt_tui.stores.agent_framework_legacy import LEGACY_KIND, store_kind, typed
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store
from tests.support.oracle import AGENT_FRAMEWORK, DATA

LEGACY = DATA / "agent-framework-legacy"
VERSIONS = {
    "1.0.0b251001": "1.0.0b251001–b251016 (era A)",
    "1.0.0b251028": "1.0.0b251028 (era B)",
    "1.0.0b251120": "1.0.0b251104–b260130 (era C)",
    "1.0.0b260210": "1.0.0b260210 (era D)",
}
STORES = sorted(path for path in LEGACY.glob("*/*") if path.is_dir())


def refs_of(directory: Path) -> list[CheckpointRef]:
    entries = collect(open_store(directory).scan()).values()
    assert not [entry for entry in entries if isinstance(entry, Problem)]
    return [entry for entry in entries if isinstance(entry, CheckpointRef)]


def run_of(directory: Path) -> Run:
    (run,) = arrange(refs_of(directory))
    return run


def checkpoints(directory: Path) -> list[Checkpoint]:
    return [open_store(directory).load(node.ref.file) for node in run_of(directory).nodes]


def name(path: Path) -> str:
    return str(path.relative_to(LEGACY))


# -- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", STORES, ids=name)
def test_every_file_is_a_checkpoint_with_the_header_its_file_gives(store: Path) -> None:
    refs = {ref.file: ref for ref in refs_of(store)}
    assert refs.keys() == {path.name for path in store.glob("*.json")}
    for path in store.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        ref = refs[path.name]
        assert (ref.id, ref.inner, ref.parent) == (path.stem, "", None)
        assert ref.timestamp == document["timestamp"] and ref.when > 0
        assert ref.iteration == document["iteration_count"]
        assert ref.graph == document["metadata"]["graph_signature"]
        assert ref.chain == document["workflow_id"]
        assert ref.workflow == f"workflow {document['workflow_id'][:8]}"
        assert ref.size == path.stat().st_size


@pytest.mark.parametrize("version", VERSIONS)
def test_the_versions_that_wrote_a_file_are_named_in_its_note_and_its_warnings(version: str) -> None:
    found = list(checkpoints(LEGACY / version / "linear"))
    assert found
    for checkpoint in found:
        assert checkpoint.ref.note.startswith(f"Agent Framework {VERSIONS[version]}, read only")
        assert checkpoint.warnings[0].startswith(f"Agent Framework {VERSIONS[version]}, read only")


@pytest.mark.parametrize("store", STORES, ids=name)
def test_the_facts_are_counted_as_for_later_files(store: Path) -> None:
    for checkpoint in checkpoints(store):
        facts = checkpoint.ref.facts
        assert facts is not None
        document = show_document(checkpoint)
        assert facts.messages == sum(map(len, document["messages"].values()))
        assert facts.pending == len(document["pending"])
        assert set(facts.sources) == {source for source, sent in document["messages"].items() if sent}


# -- lineage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", STORES, ids=name)
def test_checkpoints_of_one_workflow_follow_each_other_and_all_parents_are_guesses(store: Path) -> None:
    nodes = run_of(store).nodes
    assert nodes[0].parent is None and not nodes[0].guessed
    assert all(node.parent is not None and node.guessed for node in nodes[1:])
    assert not any(node.irregular for node in nodes)


def test_a_checkpoint_resumed_twice_has_three_branches() -> None:
    nodes = run_of(LEGACY / "1.0.0b260210" / "fork").nodes
    assert [node.ref.iteration for node in nodes] == [*range(11), *range(6, 11), *range(6, 11)]
    fifth = nodes[5].ref.id
    assert [nodes[index].parent for index in (6, 11, 16)] == [fifth, fifth, fifth]


@pytest.mark.parametrize("version", ["1.0.0b251001", "1.0.0b251028", "1.0.0b251120"])
def test_an_answer_follows_the_checkpoint_that_waited_for_it_though_the_count_begins_again(version: str) -> None:
    nodes = run_of(LEGACY / version / "hitl").nodes
    assert [node.ref.iteration for node in nodes] == [0, 1, 0, 1]
    assert [node.ref.status for node in nodes] == ["open", "waiting", "open", "done"]
    assert [node.parent for node in nodes[1:]] == [node.ref.id for node in nodes[:3]]


def test_an_answer_is_distinguished_from_the_superstep_after_it() -> None:
    nodes = run_of(LEGACY / "1.0.0b260210" / "hitl_answered").nodes
    roles = ["superstep", "waiting", "response", "superstep", "superstep", "waiting", "response", "final"]
    assert [node.ref.role for node in nodes] == roles
    assert [node.parent for node in nodes[1:]] == [node.ref.id for node in nodes[:-1]]


def test_later_checkpoints_in_the_same_directory_keep_their_own_parents() -> None:
    later = refs_of(AGENT_FRAMEWORK / "1.23.0" / "fork")
    alone = {node.ref.id: (node.parent, node.guessed) for run in arrange(later) for node in run.nodes}
    mixed = arrange([*refs_of(LEGACY / "1.0.0b260210" / "fork"), *later])
    together = {node.ref.id: (node.parent, node.guessed) for run in mixed for node in run.nodes}
    assert together.items() >= alone.items()


def test_a_store_is_legacy_when_all_its_checkpoints_are() -> None:
    legacy, later = refs_of(LEGACY / "1.0.0b251028" / "hitl"), refs_of(AGENT_FRAMEWORK / "1.23.0" / "linear")
    assert store_kind(legacy) == LEGACY_KIND
    assert store_kind([*legacy, *later]) == store_kind(later) == store_kind([]) == "agent-framework"


def test_ls_names_the_kind_of_the_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(LEGACY / "1.0.0b251028" / "hitl", tmp_path, dirs_exist_ok=True)
    assert run(["ls", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["store"]["kind"] == "agent-framework-legacy"
    shutil.copytree(AGENT_FRAMEWORK / "1.23.0" / "linear", tmp_path, dirs_exist_ok=True)
    assert run(["ls", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["store"]["kind"] == "agent-framework"


# -- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", STORES, ids=name)
def test_the_values_are_those_of_the_file_with_its_objects_typed(store: Path) -> None:
    for checkpoint in checkpoints(store):
        file = json.loads((store / checkpoint.ref.file).read_text(encoding="utf-8"))
        document = show_document(checkpoint, reveal=True)
        assert document["messages"] == as_shown(file["messages"])
        state = file.get("state", file.get("shared_state"))
        if "executor_states" in file:
            state["_executor_state"] = file["executor_states"]
        assert document["state"] == as_shown(state)
        if "pending_request_info_events" in file:
            assert document["pending"] == as_shown(file["pending_request_info_events"])
        assert document["metadata"].items() >= file["metadata"].items()
        assert document["metadata"]["workflow_id"] == file["workflow_id"]


def as_shown(value: Any) -> Any:
    """What `show` says about a legacy value, stated from the file's JSON."""
    if isinstance(value, list):
        return [as_shown(item) for item in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return {
            "$type": "builtins:float",
            "$value": {float("inf"): "Infinity", float("-inf"): "-Infinity"}.get(value, "NaN"),
        }
    if not isinstance(value, dict):
        return value
    if value.keys() == {"__af_dataclass__", "value"} and isinstance(value["value"], dict):
        return {"$type": value["__af_dataclass__"], **as_shown(value["value"])}
    if value.keys() == {"__af_model__", "strategy", "value"} and value["strategy"] == "to_dict":
        return {"$type": value["__af_model__"], **as_shown(value["value"])}
    return {key: as_shown(item) for key, item in value.items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_waiting_checkpoint_asks_is_reported_in_every_era(version: str) -> None:
    (waiting, *_) = [
        checkpoint
        for store in sorted((LEGACY / version).glob("hitl*"))
        for checkpoint in checkpoints(store)
        if checkpoint.ref.status == "waiting"
    ]
    request = requests(waiting.pending)[0]
    assert request.executor == waiting.ref.facts.askers[0] != ""  # type: ignore[union-attr]
    assert request.request_type.endswith("ApprovalRequest")
    data = to_json(request.data)
    assert data["$type"].endswith(":ApprovalRequest") and data["draft"]


def test_a_model_written_as_json_text_is_read() -> None:
    model = {"__af_model__": "m:Model", "strategy": "to_json", "value": '{"a": [1, {"b": 2}]}'}
    assert to_json(typed({"x": [model]})) == {"x": [{"$type": "m:Model", "a": [1, {"b": 2}]}]}


@pytest.mark.parametrize("text", ["no json", "", "[1", '"\ud800"'])
def test_a_model_whose_json_text_cannot_be_read_keeps_the_text(text: str) -> None:
    model = {"__af_model__": "m:Model", "strategy": "to_json", "value": text}
    assert to_json(typed([model])) == [{"$type": "m:Model", "$args": [text]}]


def test_a_marker_without_attributes_keeps_its_value_as_an_argument() -> None:
    marked = {"__af_dataclass__": "m:C", "value": [1, {"__af_dataclass__": "m:D", "value": {}}]}
    assert to_json(typed(marked)) == {"$type": "m:C", "$args": [[1, {"$type": "m:D"}]]}


def test_a_mapping_that_only_resembles_a_marker_is_a_mapping() -> None:
    lookalike = {"__af_dataclass__": "m:C", "value": {}, "more": 1}
    assert to_json(typed(dict(lookalike))) == lookalike


def test_a_marker_whose_class_is_no_text_is_shown_all_the_same() -> None:
    assert to_json(typed({"__af_dataclass__": 7, "value": {"a": 1}})) == {"$type": "?:?", "a": 1}


# -- damage -----------------------------------------------------------------------------------------------------------


def write(directory: Path, **changes: Any) -> CheckpointRef:
    source = next((LEGACY / "1.0.0b260210" / "linear").glob("*.json"))
    document = json.loads(source.read_text(encoding="utf-8")) | changes
    (directory / "x.json").write_text(json.dumps({key: value for key, value in document.items() if value != ...}))
    (ref,) = refs_of(directory)
    return ref


@pytest.mark.parametrize(
    ("key", "value", "note"),
    [
        ("workflow_id", None, "workflow_id is not a string"),
        ("timestamp", "yesterday", "timestamp is not a date"),
        ("timestamp", 5, "timestamp is not a string"),
        ("iteration_count", "3", "iteration_count is not an integer"),
        ("messages", [], "messages is not an object"),
        ("state", 1, "state is not an object"),
        ("pending_request_info_events", [], "pending_request_info_events is not an object"),
    ],
)
def test_members_of_the_wrong_kind_are_noted_and_the_checkpoint_is_listed(
    tmp_path: Path, key: str, value: Any, note: str
) -> None:
    assert note in write(tmp_path, **{key: value}).note
    assert open_store(tmp_path).load("x.json").ref.id == "x"


def test_a_renamed_file_says_the_id_inside(tmp_path: Path) -> None:
    ref = write(tmp_path)
    assert ref.id == "x" and len(ref.inner) == 36
    assert any(ref.inner in warning for warning in open_store(tmp_path).load("x.json").warnings)


def test_members_that_are_missing_are_empty(tmp_path: Path) -> None:
    write(tmp_path, metadata=..., timestamp=..., checkpoint_id=..., state=..., iteration_count=...)
    checkpoint = open_store(tmp_path).load("x.json")
    assert (to_json(checkpoint.state), checkpoint.ref.graph, checkpoint.ref.iteration) == ({}, "", 0)


def test_metadata_that_is_no_object_is_kept(tmp_path: Path) -> None:
    write(tmp_path, metadata=[1])
    assert to_json(open_store(tmp_path).load("x.json").metadata)["metadata"] == [1]
