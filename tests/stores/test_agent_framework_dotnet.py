"""Agent Framework for .NET beyond the corpus: fan-ins, values, indexes of every kind, serialized sessions."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.dotnet_document import split_key, type_name
from ckpt_tui.stores.dotnet_index import ids_of, parse_index
from ckpt_tui.stores.dotnet_sessions import SessionStore
from ckpt_tui.stores.registry import open_store

CORPUS = Path(__file__).parent.parent / "data" / "dotnet"
SESSION = "b5f72a1ccbfb7831b380324253baf9e5"


def document(checkpoint: str) -> dict[str, Any]:
    [path] = (CORPUS / "af_dotnet").glob(f"*{checkpoint}*")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def refs_of(path: Path) -> list[CheckpointRef]:
    entries = collect(open_store(path).scan()).values()
    return sorted((entry for entry in entries if isinstance(entry, CheckpointRef)), key=lambda ref: ref.rank)


class TestIndex:
    def test_names_are_read_whatever_their_case_and_twice_is_once(self) -> None:
        index = parse_index(
            b'\xef\xbb\xbf{"SessionId":"s","CheckpointId":"a"}\r\n\r\n{"sessionId":"s","checkpointId":"a"}\r\n'
            b'{"RunId":"s","CheckpointId":"b"}\n'
        )
        assert [(line.checkpoint, line.generation) for line in index.lines] == [("a", 1), ("b", 0)]
        assert index.faults == ()

    def test_only_the_last_line_can_be_torn(self) -> None:
        index = parse_index(b'nonsense\n{"sessionId":"s","checkpointId":"a"}\n{"sessionId":"s","che')
        assert (len(index.lines), len(index.faults), index.torn) == (1, 2, True)
        assert not parse_index(b"nonsense\n").torn

    def test_file_names_are_escaped_as_dotnet_does_it(self) -> None:
        [line] = parse_index(
            b'{"checkpointInfo":{"sessionId":"tenant/42:chat","checkpointId":"x.y"},"hasParentMetadata":true}'
        ).lines
        assert line.file_names[0] == "tenant%2F42%3Achat_x%2Ey%2Ejson"
        assert line.parent is None
        assert ids_of(line.file_names[0]) == ("tenant/42:chat", "x.y")

    def test_a_line_without_its_file_is_a_problem(self, tmp_path: Path) -> None:
        copy = tmp_path / "store"
        shutil.copytree(CORPUS / "af_dotnet_v1_0", copy)
        victim = min(copy.glob("*%2Ejson"))
        victim.unlink()
        [problem] = [entry for entry in collect(open_store(copy).scan()).values() if isinstance(entry, Problem)]
        assert (problem.file, problem.kind) == (victim.name, "vanished")
        assert "index.jsonl names it" in problem.reason

    def test_the_index_is_read_while_another_program_holds_it(self, tmp_path: Path) -> None:
        fcntl = pytest.importorskip("fcntl")
        copy = tmp_path / "store"
        shutil.copytree(CORPUS / "af_dotnet", copy)
        with (copy / "index.jsonl").open("r+b") as index:
            fcntl.flock(index, fcntl.LOCK_EX | fcntl.LOCK_NB)
            assert len(refs_of(copy)) == 14
            store = open_store(copy)
            for entry in collect(store.scan()).values():
                store.load(entry.file)
        with (copy / "index.jsonl").open("r+b") as index:
            # Nothing of ours is left that would keep the program from opening it.
            fcntl.flock(index, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def test_a_half_written_file_without_a_line_says_both(self, tmp_path: Path) -> None:
        copy = tmp_path / "store"
        shutil.copytree(CORPUS / "af_dotnet", copy)
        (copy / f"{SESSION}_{'f' * 32}%2Ejson").write_text('{"stepNumber": 9')
        [problem] = [entry for entry in collect(open_store(copy).scan()).values() if isinstance(entry, Problem)]
        assert problem.kind == "truncated"
        assert "no line in index.jsonl" in problem.reason


class TestValues:
    def test_executors_that_wait_for_others_show_what_has_come(self, tmp_path: Path) -> None:
        top = document("0b92b5d3")
        moved = top["runnerData"]["queuedMessages"].popitem()
        state = next(iter(top["edgeStateData"].values()))["value"]
        envelope = {**moved[1][0], "source": {"id": "Researcher"}}
        state["pendingMessages"], state["unseen"] = [envelope], ["FactChecker"]
        top["runnerData"]["queuedMessages"] = {}
        (tmp_path / f"s_{'a' * 32}.json").write_text(json.dumps(top))
        (tmp_path / "index.jsonl").write_text(json.dumps({"sessionId": "s", "checkpointId": "a" * 32}) + "\n")
        [ref] = refs_of(tmp_path)
        assert ref.facts is not None
        assert (ref.facts.edges, ref.status) == (True, "open")
        [(name, found)] = to_json(open_store(tmp_path).load(ref.file).state)["_edge_state"].items()
        assert name == 'FanInEdgeGroup:[["Researcher","Writer"],["FactChecker","Writer"]]'
        assert list(found["buffer"]) == ["Researcher"]
        assert found["unseen"] == ["FactChecker"]

    def test_objects_have_their_type_and_what_dotnet_defines_is_plain(self) -> None:
        store = open_store(CORPUS / "af_dotnet")
        ref = next(ref for ref in refs_of(CORPUS / "af_dotnet") if ref.id.startswith("99709d88"))
        checkpoint = store.load(ref.file)
        state = to_json(checkpoint.state)
        assert state["Intake"]["IntakeExecutor.State"]["$type"] == "ContentSample:ContentSample.Brief"
        assert state["@content"]["notes"] == "One file per checkpoint."
        [request] = to_json(checkpoint.pending).values()
        assert request["request_type"] == "ContentSample:ContentSample.Draft"
        assert request["response_type"] == "System.Boolean"
        assert request["data"]["revision"] == 1

    @pytest.mark.parametrize(
        ("key", "parts"),
        [
            ("Judge||JudgeExecutorState", ["Judge", "", "JudgeExecutorState"]),
            ("Researcher|@content|notes", ["Researcher", "@content", "notes"]),
            ("a||b|@s|k", ["a|b", "@s", "k"]),
            ("plain", ["plain"]),
        ],
    )
    def test_keys_of_state_have_three_parts(self, key: str, parts: list[str]) -> None:
        assert split_key(key) == parts

    @pytest.mark.parametrize(
        ("key", "executors", "parts"),
        [
            ("a||b||State", ("a",), ["a", "", "b|State"]),
            ("a||b||State", ("a|b",), ["a|b", "", "State"]),
            ("a||b||State", (), ["a|b", "", "State"]),
            ("a||b|@shared|topic", ("a|b",), ["a|b", "@shared", "topic"]),
            ("a||||State", ("a|",), ["a|", "", "State"]),
            ("a||b||c||d", ("a|b",), ["a|b", "", "c|d"]),
            ("Judge|@a||b|c", ("Judge",), ["Judge", "@a|b", "c"]),
        ],
    )
    def test_an_id_with_a_bar_is_the_executor_that_there_is_else_the_longest(
        self, key: str, executors: tuple[str, ...], parts: list[str]
    ) -> None:
        assert split_key(key, executors) == parts

    def test_state_of_an_executor_whose_id_holds_a_bar_is_under_it(self, tmp_path: Path) -> None:
        top = document("ce8700d2")
        executors = top["workflow"]["executors"]
        executors["team|judge"] = next(iter(executors.values()))
        top["stateData"] = {"team||judge||score": {"typeId": {"typeName": "System.Int32"}, "value": 3}}
        (tmp_path / f"s_{'a' * 32}.json").write_text(json.dumps(top))
        (tmp_path / "index.jsonl").write_text(json.dumps({"sessionId": "s", "checkpointId": "a" * 32}) + "\n")
        [ref] = refs_of(tmp_path)
        assert to_json(open_store(tmp_path).load(ref.file).state)["team|judge"] == {"score": 3}

    def test_a_property_that_occurs_twice_is_read_and_said(self, tmp_path: Path) -> None:
        top = document("ce8700d2")
        value = {"typeId": {"typeName": "System.Int32"}, "value": 3}
        top["stateData"] = {"Intake||n": value, "Intake||m": value | {"value": 4}}
        text = json.dumps(top).replace("Intake||m", "Intake||n")
        (tmp_path / f"s_{'a' * 32}.json").write_text(text)
        (tmp_path / "index.jsonl").write_text(json.dumps({"sessionId": "s", "checkpointId": "a" * 32}) + "\n")
        [ref] = refs_of(tmp_path)
        checkpoint = open_store(tmp_path).load(ref.file)
        assert to_json(checkpoint.state)["Intake"] == {"n": 4}
        assert any("Intake||n" in warning for warning in checkpoint.warnings)
        [finding] = [one for one in examine(open_store(tmp_path)).findings if one.kind == "repeated-keys"]
        assert "longest" in finding.fix

    def test_a_repeated_member_of_the_document_itself_is_no_unknown_one(self, tmp_path: Path) -> None:
        text = json.dumps(document("ce8700d2")).replace('"stepNumber"', '"stepNumber": 9, "stepNumber"', 1)
        (tmp_path / f"s_{'a' * 32}.json").write_text(text)
        (tmp_path / "index.jsonl").write_text(json.dumps({"sessionId": "s", "checkpointId": "a" * 32}) + "\n")
        found = [one for one in examine(open_store(tmp_path)).findings if one.severity == "warning"]
        assert [one.kind for one in found] == ["repeated-keys"]
        assert "executor" not in found[0].fix

    def test_a_run_that_is_put_back_goes_on_counting_and_that_is_no_hole(self, tmp_path: Path) -> None:
        top = document("ce8700d2")
        lines = []
        for number, (step, above) in enumerate([(0, None), (1, 0), (2, 1), (3, 0), (7, 3)]):
            parent = {} if above is None else {"parent": {"sessionId": "s", "checkpointId": f"{above:032x}"}}
            own = {key: value for key, value in top.items() if key != "parent"} | {"stepNumber": step} | parent
            (tmp_path / f"s_{number:032x}.json").write_text(json.dumps(own))
            lines.append(json.dumps({"sessionId": "s", "checkpointId": f"{number:032x}"}))
        (tmp_path / "index.jsonl").write_text("\n".join(lines) + "\n")
        holes = [one.file for one in examine(open_store(tmp_path)).findings if one.kind == "hole"]
        assert holes == [f"s_{4:032x}.json"]

    def test_names_of_generic_types_leave_versions_out(self) -> None:
        name = "System.Collections.Generic.List`1[[My.Type, My, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]]"
        found = type_name({"assemblyName": "System.Private.CoreLib, Version=10.0.0.0", "typeName": name})
        assert found == "System.Collections.Generic.List`1[[My.Type]]"

    def test_a_number_may_be_a_text_and_unknown_members_are_noted(self, tmp_path: Path) -> None:
        top = document("ce8700d2") | {"stepNumber": "7", "novel": {"a": 1}}
        (tmp_path / f"s_{'a' * 32}.json").write_text(json.dumps(top))
        (tmp_path / "index.jsonl").write_text(json.dumps({"sessionId": "s", "checkpointId": "a" * 32}) + "\n")
        [ref] = refs_of(tmp_path)
        assert ref.iteration == 7
        assert "novel" in ref.note
        assert to_json(open_store(tmp_path).load(ref.file).metadata)["novel"] == {"a": 1}


class TestSessions:
    def write(self, path: Path) -> Path:
        """A session file with the checkpoints of a session of the corpus, as the framework serializes them."""
        lines = parse_index((CORPUS / "af_dotnet" / "index.jsonl").read_bytes()).lines
        own = [line for line in lines if line.session == SESSION]
        path.parent.mkdir(parents=True, exist_ok=True)
        store = {
            "checkpointIndex": [{"sessionId": SESSION, "checkpointId": line.checkpoint} for line in own],
            "cache": {f"{SESSION}|{line.checkpoint}": document(line.checkpoint) for line in own},
        }
        top = {
            "sessionId": SESSION, "lastCheckpoint": store["checkpointIndex"][-1],  # type: ignore[index]
            "checkpointManager": {"store": {SESSION: store}}, "stateBag": {"mood": "calm"},
        }  # fmt: skip
        path.write_text(json.dumps(top), encoding="utf-8")
        return path

    def test_a_session_file_is_a_run_with_its_forks(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "c-chat.json")
        store = open_store(path)
        assert isinstance(store, SessionStore)
        assert store.kind == "agent-framework-dotnet-session"
        refs = refs_of(CORPUS / "af_dotnet")
        expected = [ref for ref in refs if ref.store_metadata and ref.store_metadata.run == SESSION]
        found = refs_of(path)
        assert [(ref.id, ref.parent, ref.step, ref.facts) for ref in found] == [
            (ref.id, ref.parent, ref.step, ref.facts) for ref in expected
        ]
        [run] = arrange(found)
        assert len([node for node in run.nodes if node.fork]) == 1
        files = open_store(CORPUS / "af_dotnet")
        for one, other in zip(found, expected, strict=True):
            mine, theirs = store.load(one.file), files.load(other.file)
            assert to_json(mine.state) == to_json(theirs.state)
            assert mine.topology == theirs.topology
            assert to_json(mine.metadata)["session"]["stateBag"] == {"mood": "calm"}

    def test_a_directory_of_sessions_opens_whole(self, tmp_path: Path) -> None:
        self.write(tmp_path / "a-helper" / "u-ada" / "c-one.json")
        self.write(tmp_path / "a-helper" / "c-two.json")
        store = open_store(tmp_path)
        assert isinstance(store, SessionStore)
        files = {entry.file.partition("#")[0] for entry in collect(store.scan()).values()}
        assert files == {"a-helper/u-ada/c-one.json", "a-helper/c-two.json"}

    def test_checkpoints_that_the_index_of_a_session_leaves_out_are_shown(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "c-chat.json")
        expected = [(ref.id, ref.parent, ref.step) for ref in refs_of(path)]
        top = json.loads(path.read_text(encoding="utf-8"))
        listed = top["checkpointManager"]["store"][SESSION]["checkpointIndex"]
        del listed[:]
        path.write_text(json.dumps(top), encoding="utf-8")
        found = refs_of(path)
        assert sorted((ref.id, ref.parent, ref.step) for ref in found) == sorted(expected)
        assert all("the index of its session does not name it" in ref.note for ref in found)
        assert not [node for run in arrange(found) for node in run.nodes if node.irregular or node.guessed]

    def test_a_session_that_is_cut_off_is_a_problem(self, tmp_path: Path) -> None:
        path = self.write(tmp_path / "c-chat.json")
        path.write_bytes(path.read_bytes()[:-30])
        [problem] = collect(open_store(path).scan()).values()
        assert isinstance(problem, Problem)
        assert problem.kind == "truncated"
