"""Files of Agent Framework: headers from their ends, facts, whole checkpoints, and whatever is odd about them."""

import base64
import pickle
import uuid
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.stores import agent_framework, agent_framework_body
from ckpt_tui.stores.agent_framework import entry_from_bytes, read_entry
from ckpt_tui.stores.agent_framework_body import load
from tests.stores.framework_files import HOSTILE, ONE, SAMPLES, document, whole, written


def problem(data: bytes) -> Problem:
    entry = entry_from_bytes("x.json", data)
    assert isinstance(entry, Problem), entry
    return entry


class TestFacts:
    def test_large_files_are_counted_without_parsing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / ONE.name
        path.write_bytes(ONE.read_bytes())
        expected = read_entry(str(path), ONE.name)[1]
        monkeypatch.setattr(agent_framework, "PARSE_LIMIT", 100)
        monkeypatch.setattr(agent_framework, "parse", pytest.fail)
        counted = read_entry(str(path), ONE.name)[1]
        assert isinstance(expected, CheckpointRef)
        assert isinstance(counted, CheckpointRef)
        assert counted.facts is not None
        assert expected.facts is not None
        assert counted == expected._replace(facts=expected.facts._replace(askers=(), gist=""))

    def test_a_waiting_checkpoint_names_who_asks(self) -> None:
        refs = [whole(path.read_bytes()) for path in ONE.parent.glob("*.json")]
        assert [ref.facts.askers for ref in refs if ref.facts and ref.facts.pending] == [("review",)]


class TestRoles:
    @pytest.mark.parametrize(
        ("changes", "role", "status"),
        [
            ({"pending_request_info_events": {"r": 1}}, "waiting", "waiting"),
            ({"messages": {"internal:a": [1]}, "iteration_count": 0}, "entry", "open"),
            ({"messages": {"internal:a": [1]}, "iteration_count": 4}, "response", "open"),
            ({"messages": {"internal:a": [1], "b": [1]}}, "superstep", "open"),
            ({"state": {"_edge_state": {"x": 1}}, "iteration_count": 4}, "superstep", "open"),
            ({"messages": {"a": []}, "iteration_count": 4}, "final", "done"),
        ],
    )
    def test_the_body_says_role_and_status(self, changes: dict[str, Any], role: str, status: str) -> None:
        base: dict[str, Any] = {"messages": {}, "state": {}, "pending_request_info_events": {}}
        ref = whole(written(document(**{**base, **changes})))
        assert (ref.role, ref.status) == (role, status)


class TestOddFiles:
    @pytest.mark.parametrize(
        ("data", "kind", "reason"),
        [
            (b"", "empty", "the file is empty"),
            (b"null", "foreign", "no checkpoint: a JSON null"),
            (b"[]", "foreign", "no checkpoint: a JSON array"),
            (b"{}", "foreign", "no checkpoint: an empty object"),
            (b"3", "foreign", "no checkpoint: a JSON number"),
            (b'{"name": "x"}', "foreign", "not a checkpoint: JSON of another program (its keys: name)"),
            (b"hello", "not-json", "not JSON: Expecting value, line 1, column 1"),
        ],
    )  # fmt: skip
    def test_what_is_no_checkpoint_is_a_problem_with_a_reason(self, data: bytes, kind: str, reason: str) -> None:
        assert problem(data) == Problem("x.json", reason, kind, len(data))

    def test_a_file_cut_off_anywhere_is_a_problem(self) -> None:
        data = ONE.read_bytes()
        for length in range(1, len(data)):
            assert problem(data[:length]).kind in ("truncated", "not-json"), length

    def test_nulls_everywhere_are_noted(self) -> None:
        ref = whole((HOSTILE / "null_everything.json").read_bytes())
        assert "is no" in ref.note

    def test_members_of_the_wrong_kind_are_noted_and_replaced(self) -> None:
        ref = whole(written(document(timestamp=5, iteration_count="2", previous_checkpoint_id=[], messages=[])))
        assert (ref.timestamp, ref.when, ref.iteration, ref.parent) == ("", 0.0, 0, None)
        for part in ("timestamp", "iteration_count", "previous_checkpoint_id", "messages"):
            assert part in ref.note

    def test_repeated_keys_are_noted_and_the_last_counts(self) -> None:
        data = written(document()).replace(
            b'{\n  "workflow_name"', b'{\n  "workflow_name": "first",\n  "workflow_name"', 1
        )
        ref = whole(data)
        assert ref.workflow == "hitl"
        assert "repeated keys (workflow_name)" in ref.note

    def test_a_missing_iteration_is_the_first(self) -> None:
        value = document()
        del value["iteration_count"]
        assert whole(written(value)).iteration == 0


class TestLoad:
    def test_every_sample_is_decoded_without_a_fault(self) -> None:
        for path in SAMPLES:
            found = load(str(path), path.name)
            assert isinstance(found, Checkpoint), path
            assert (found.faults, found.warnings) == ((), ()), path

    def test_a_vanished_file_is_a_problem(self, tmp_path: Path) -> None:
        found = load(str(tmp_path / "x.json"), "x.json")
        assert isinstance(found, Problem)
        assert found.kind == "vanished"
        assert str(tmp_path) not in found.reason

    def test_another_id_inside_is_a_warning(self) -> None:
        found = load(str(HOSTILE / "id_mismatch.json"), "id_mismatch.json")
        assert isinstance(found, Checkpoint)
        assert any("the framework loads this file as id_mismatch" in warning for warning in found.warnings)

    def test_members_of_a_later_version_are_kept_and_reported(self, tmp_path: Path) -> None:
        path = tmp_path / "x.json"
        path.write_bytes(written(document(checkpoint_id="x", novelty=[1], metadata={"a": 1})))
        found = load(str(path), "x.json")
        assert isinstance(found, Checkpoint)
        assert found.metadata == {"metadata": {"a": 1}, "novelty": [1]}
        assert found.warnings == ("members no known version writes: novelty; the framework cannot load it",)

    def test_a_faulty_pickle_is_a_fault_with_its_place_and_nothing_else_is_lost(self) -> None:
        found = load(str(HOSTILE / "bad_base64.json"), "bad_base64.json")
        assert isinstance(found, Checkpoint)
        assert len(found.faults) == 1
        assert found.faults[0].startswith("state.")
        assert "not base64" in found.faults[0]
        assert found.state["topic"] == "kettles"

    def test_faults_far_behind_are_found_when_everything_is_asked_for(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(agent_framework_body, "DECODE_AHEAD", 10)
        bad = {"__pickled__": "!" * 100, "__type__": "a:B"}
        path = tmp_path / "x.json"
        path.write_bytes(written(document(checkpoint_id="x", state={"bad": bad})))
        ahead, everything = load(str(path), "x.json"), load(str(path), "x.json", everything=True)
        assert isinstance(ahead, Checkpoint)
        assert isinstance(everything, Checkpoint)
        assert ahead.faults == ()
        assert [fault.partition(":")[0] for fault in everything.faults] == ["state.bad"]

    def test_loading_can_be_given_up(self, tmp_path: Path) -> None:
        class GivenUp(Exception):
            pass

        def check() -> None:
            raise GivenUp

        # A pickle that was decoded before is not decoded again.
        data = pickle.dumps([f"{uuid.uuid4()} {number}" for number in range(20_000)])
        envelope = {"__pickled__": base64.b64encode(data).decode(), "__type__": "builtins:list"}
        path = tmp_path / "x.json"
        path.write_bytes(written(document(state={"many": envelope})))
        with pytest.raises(GivenUp):
            load(str(path), path.name, check, everything=True)
