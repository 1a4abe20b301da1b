"""LangGraph's checkpoints in SQLite: stores that LangGraph wrote, and the format's corners."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.doctor.alarms import alarms
from ckpt_tui.core.doctor.chains import broken_chains
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.reading.conversation import conversation
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import masked
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.listing import run_title
from ckpt_tui.core.runs.short_ids import id_text, short_id
from ckpt_tui.core.steps.snapshots import take_snapshot
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores import langgraph, langgraph_rows
from ckpt_tui.stores.base import Batch, Store, collect
from ckpt_tui.stores.composite import CompositeStore
from ckpt_tui.stores.conformance import Conformance
from ckpt_tui.stores.langgraph import LangGraphStore
from ckpt_tui.stores.langgraph_names import encoded, key_of, saved_at, step_of
from ckpt_tui.stores.langgraph_records import Key
from ckpt_tui.stores.registry import open_store
from tests.stores.langgraph_saving import SCHEMA, checkpoint_id, connect, save, save_many, save_two, write
from tests.stores.reading import read
from tests.support.patience import PATIENCE

DATA = Path(__file__).parent.parent / "data" / "langgraph"


def runs_of(store: Store) -> dict[str, Run]:
    entries = read(store)
    assert not [entry for entry in entries.values() if isinstance(entry, Problem)]
    return {run.id: run for run in arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))}


def labels(run: Run) -> list[str]:
    return [node.ref.store_metadata.label for node in run.nodes if node.ref.store_metadata]


def roles(run: Run) -> list[str | None]:
    return [node.ref.role for node in run.nodes]


def opened(name: str) -> LangGraphStore:
    store = open_store(DATA / f"{name}.sqlite")
    assert isinstance(store, LangGraphStore)
    return store


def load(store: Store, run: Run, at: int = -1) -> Checkpoint:
    return store.load(run.nodes[at].ref.file)


class TestStoresOfLangGraph:
    @pytest.mark.parametrize(
        "path", sorted(DATA.glob("*/*.sqlite")), ids=lambda path: f"{path.parent.name}-{path.stem}"
    )
    def test_every_value_is_decoded_or_explained(self, path: Path) -> None:
        store = open_store(path)
        entries = read(store)
        assert entries
        for file, entry in entries.items():
            assert isinstance(entry, CheckpointRef), entry
            checkpoint = store.load(file, everything=True)
            assert checkpoint.ref == entry
            if path.stem == "encrypted":
                assert checkpoint.faults[0] == "state: encrypted (aes)"
                assert alarms(checkpoint) == ()  # they say the same of the same places
                assert entry.note == "encrypted (aes)"
                assert entry.when
            else:
                assert not checkpoint.faults
                assert type(checkpoint.state) is dict

    def test_a_thread_is_a_run_and_says_what_waits_and_who_was_answered(self) -> None:
        store = opened("1.2.24/interrupts")
        runs = runs_of(store)
        assert list(runs) == ["waiting", "answered", "breakpoint"]
        waiting = runs["waiting"]
        assert run_title(waiting)[0] == "thread waiting"
        assert roles(waiting) == ["entry", "superstep", "waiting"]
        assert labels(waiting) == ["input", "start", "take · approve waiting"]
        [request] = requests(load(store, waiting).pending)
        assert (request.executor, request.request_type, request.response_type) == ("approve", "interrupt", "any value")
        assert to_json(request.data)["question"] == "Approve the order?"
        assert roles(runs["answered"]) == ["entry", "superstep", "superstep", "response", "final", "response", "final"]
        assert [node.fork for node in runs["answered"].nodes] == [False] * 5 + [True, False]
        for at in range(len(runs["answered"].nodes)):
            assert not load(store, runs["answered"], at).pending
        assert runs["breakpoint"].nodes[-1].ref.status == "open"

    def test_a_second_question_of_a_node_waits_although_there_is_an_answer(self) -> None:
        store = opened("1.2.24/two-questions")
        runs = runs_of(store)
        [request] = requests(load(store, runs["t1"]).pending)
        assert request.executor == "ask"
        assert to_json(request.data) == {"q": "second?"}
        assert runs["t1"].nodes[-1].ref.status == "waiting"
        assert runs["t2"].nodes[-1].ref.status == "done"

    def test_two_questions_of_one_step_are_two_requests(self) -> None:
        store = opened("1.2.24/parallel-interrupts")
        runs = runs_of(store)
        found = requests(load(store, runs["both-wait"]).pending)
        assert sorted(request.executor for request in found) == ["finance", "legal"]
        assert labels(runs["both-wait"])[-1] == "start · finance, legal waiting"
        assert [node.ref.store_metadata.ran for node in runs["both-answered"].nodes if node.ref.store_metadata][2:] == [
            ("finance", "legal"),
            ("join",),
        ]

    def test_answers_that_only_graphs_within_the_graph_keep_are_with_the_step_that_took_them(self) -> None:
        store = opened("1.2.24/answered-by-id")
        run = runs_of(store)["tea"]
        assert roles(run) == ["entry", "superstep", "superstep", "response", "final"]
        answered = to_json(load(store, run, 3).metadata)["interrupts_answered"]
        assert [(one["node"], one["question"]["question"], one["answers"]) for one in answered] == [
            ("research", "Is tea right?", ["yes 0"]),
            ("research", "Is rum right?", ["yes 1"]),
        ]
        assert "interrupts_answered" not in to_json(load(store, run).metadata)

    def test_what_a_node_raised_and_nobody_answered_is_no_answer(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "raised.db")
        parent = save(connection, 0, seen={"__start__": {}})
        write(connection, parent, "t1", -3, "__interrupt__", [{"value": "wait", "id": "placeholder-id"}], node="ask")
        save(connection, 1, parent, seen={"ask": {"branch:to:ask": "1"}}, values={"branch:to:next": None})
        connection.close()
        run = runs_of(open_store(tmp_path / "raised.db"))["t"]
        assert roles(run)[-1] == "superstep"

    def test_a_question_that_two_tasks_of_a_functional_workflow_hold_is_asked_once(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "functional.db")
        asked = save(connection, 0, source="input", values={"__start__": 3})
        question = [{"value": "sure?", "id": "one"}]
        write(connection, asked, "t1", -3, "__interrupt__", question)
        write(connection, asked, "t2", -3, "__interrupt__", question, node="flow")
        connection.close()
        store = open_store(tmp_path / "functional.db")
        [request] = requests(load(store, runs_of(store)["t"]).pending)
        assert (request.id, request.executor) == ("one", "flow")

    def test_a_secret_by_its_type_is_masked_whatever_its_name(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "secret.db")
        secret = {"lc": 2, "type": "constructor", "id": ["pydantic", "types", "SecretStr"], "args": ["hush"]}
        save(connection, 0, values={"pw": secret})
        connection.close()
        store = open_store(tmp_path / "secret.db")
        state = load(store, runs_of(store)["t"]).state
        assert "hush" not in summary(state)
        assert "hush" not in str(masked(to_json(state)))

    def test_what_waits_for_several_nodes_is_asked_for_by_each_of_them(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "join.db")
        save(connection, 0, values={"join:a+b:end": ["a", "b"]}, seen={"a": {}, "b": {}})
        connection.close()
        store = open_store(tmp_path / "join.db")
        assert to_json(load(store, runs_of(store)["t"]).messages) == {
            "a": [{"source_id": "a", "target_id": "end", "data": None}],
            "b": [{"source_id": "b", "target_id": "end", "data": None}],
        }

    def test_a_thread_that_keeps_its_last_checkpoint_alone_has_nothing_wrong(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "exit.db")
        first = save(connection, 5, seen={"n": {"branch:to:n": "1"}})
        save(connection, 9, first, seen={"n": {"branch:to:n": "2"}})
        connection.close()
        entries = read(open_store(tmp_path / "exit.db")).values()
        assert broken_chains(entry for entry in entries if isinstance(entry, CheckpointRef)) == []

    def test_a_subgraph_is_a_run_below_its_thread_and_its_question_is_asked_once(self) -> None:
        store = opened("1.2.24/subgraph")
        runs = runs_of(store)
        [below] = [run for run in runs.values() if run.above == "paused"]
        assert (below.workflow, below.level) == ("research", 1)
        assert list(runs).index(below.id) == list(runs).index("paused") + 1
        assert runs["paused"].nodes[-1].ref.status == "waiting"
        inside = load(store, below)
        assert not inside.pending
        assert inside.ref.facts
        assert inside.ref.facts.pending == 0
        assert "paused" in inside.warnings[0]
        assert [request.executor for request in requests(load(store, runs["paused"]).pending)] == ["research"]

    def test_a_graph_that_is_left_by_a_command_to_the_one_above_has_come_to_its_end(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "left.db")
        caller = save(connection, 1, values={"branch:to:research": None})
        inner: dict[str, Any] = {"space": "research:task-1", "parents": {"": caller}}
        entry = save(connection, 2, source="input", values={"__start__": {}}, **inner)
        last = save(connection, 3, entry, values={"branch:to:find": None}, **inner)
        store = open_store(tmp_path / "left.db")
        run = runs_of(store)["t/research:task-1"]
        assert roles(run) == ["entry", "superstep"]
        write(connection, caller, "task-1", 0, "facts", ["one"])
        connection.close()
        changed = collect(store.scan())[run.nodes[-1].ref.file]
        assert isinstance(changed, CheckpointRef)
        assert changed.id.endswith(last)
        assert (changed.role, changed.status) == ("final", "done")
        assert roles(runs_of(open_store(tmp_path / "left.db"))["t/research:task-1"]) == ["entry", "final"]

    def test_what_is_counted_for_each_channel_is_no_change_of_interest(self) -> None:
        store = opened("1.2.24/forks")
        [run] = runs_of(store).values()
        found = diff_checkpoints(store.load(run.nodes[2].ref.file), store.load(run.nodes[3].ref.file))
        ignored = {str(change.path[1]) for change in found.changes if change.ignored_by == "channel-versions"}
        assert ignored == {"channel_versions", "versions_seen", "updated_channels"}
        assert {str(change.path[1]) for change in found.changes if change.path[0] == "state"} == {"score", "notes"}

    def test_a_row_says_what_the_nodes_wrote_that_ran(self) -> None:
        [run] = runs_of(opened("1.2.24/messages")).values()
        said = [node.ref.facts.gist for node in run.nodes if node.ref.facts]
        assert said[:5] == [
            "messages “Paris”", "messages “Paris”", "messages lookup(“Paris”)", "messages “sunny”",
            "messages “It is sunny.”",
        ]  # fmt: skip
        [run] = runs_of(opened("1.2.24/forks")).values()
        gists = {node.ref.role: node.ref.facts.gist for node in run.nodes if node.ref.facts}
        assert gists["final"] == "notes “judged 3” score 0.9"
        assert gists["forked"] == ""
        assert gists["edited"] == "score 0.1"

    def test_edits_and_forks_are_roles_of_their_own(self) -> None:
        [run] = runs_of(opened("1.2.24/forks")).values()
        assert roles(run).count("forked") == 1
        assert roles(run).count("edited") == 2
        assert sum(node.fork for node in run.nodes) == 2
        assert [node.ref.step for node in run.nodes[:4]] == [-1, 0, 1, 2]

    def test_a_failure_is_said_with_the_node_and_its_error(self) -> None:
        runs = runs_of(opened("0.2.76/fanout-failure"))
        last = runs["failed"].nodes[-1].ref
        assert (last.role, last.status) == ("failed", "failed")
        assert labels(runs["failed"])[-1] == "failed work: ValueError('cannot work on bad')"

    def test_nodes_that_were_sent_to_ran_and_what_they_are_sent_is_in_flight(self) -> None:
        store = opened("0.2.76/fanout-failure")
        run = runs_of(store)["good"]
        ran = [node.ref.store_metadata.ran for node in run.nodes if node.ref.store_metadata]
        assert ran[2:5] == [("split",), ("work",), ("join",)]
        sent = take_snapshot(load(store, run, 2)).sent
        assert [(one.source, one.target, to_json(one.data)) for one in sent] == [
            ("split", "work", {"item": item}) for item in "abc"
        ]

    def test_a_functional_workflow_keeps_its_value_and_asks(self) -> None:
        store = opened("0.2.76/functional")
        run = runs_of(store)["f"]
        assert roles(run) == ["entry", "final", "waiting"]
        assert to_json(load(store, run, 1).state)["__previous__"] == {"a": 6, "ok": True, "previous": None}
        assert [request.executor for request in requests(load(store, run).pending)] == ["flow"]

    def test_a_channel_that_stores_changes_has_the_value_that_the_graph_has(self) -> None:
        store = opened("1.2.24/delta")
        [run] = runs_of(store).values()
        expected = {one["id"]: one["values"] for one in json.loads((DATA / "1.2.24/delta.expected.json").read_text())}
        for node in run.nodes:
            checkpoint = store.load(node.ref.file)
            own = expected[node.ref.id.rpartition("/")[2]]
            assert to_json(checkpoint.state).get("log", []) == own["log"]
            stored = "log" not in " ".join(checkpoint.warnings)
            assert stored == (node.ref.step in (-1, 3, 7) or own["log"] == [])

    def test_chat_messages_read_as_a_conversation(self) -> None:
        store = opened("1.2.24/messages")
        [run] = runs_of(store).values()
        found = conversation(load(store, run)).turns
        assert [turn.role for turn in found][:5] == ["system", "user", "assistant", "assistant", "user"]
        assert [turn.text for turn in found][:5] == ["Be brief.", "Paris", "", "It is sunny.", "Oslo"]
        assert found[2].extras == ('lookup({"city": "Paris"}) → sunny',)

    def test_objects_of_older_releases_are_the_same_as_of_newer_ones(self) -> None:
        states = []
        for name in ("0.2.0/types", "1.2.24/types"):
            store = opened(name)
            [run] = runs_of(store).values()
            states.append(to_json(load(store, run).state)["v"])
        old, new = states
        for key in ("uuid", "set", "frozenset", "bytes", "enum", "dt", "delta", "tz", "order", "pyd"):
            assert old[key] == new[key], key


class TestJavaScript:
    def test_a_failure_says_what_failed_and_not_what_was_aborted_for_it(self) -> None:
        run = runs_of(opened("js-1.7.3/several"))["failed"]
        assert labels(run)[-1] == "failed Error: cannot work on bad"

    def test_a_task_that_has_joined_is_of_the_node_that_it_names(self) -> None:
        store = opened("js-1.7.3/several")
        run = runs_of(store)["fan"]
        assert labels(run)[-1] == "split · sub waiting"
        written = load(store, run).metadata["task_writes"]
        assert [name.partition(" ")[0] for name in written] == ["work", "sub", "work"]


class TestNames:
    def test_an_id_says_when_and_in_which_step_it_was_saved(self) -> None:
        assert saved_at("1f1ec1a0-0a37-6b38-bfff-4b49729bc82e") == pytest.approx(1795973184.9214, abs=0.001)
        assert step_of("1f1ec1a0-0a37-6b38-bfff-4b49729bc82e") == -1
        assert step_of("1f1ec1a0-0a3e-641e-8000-12c3d22ea33b") == 0
        assert (saved_at("custom"), step_of("custom")) == (0.0, 0)

    def test_an_id_of_javascript_for_the_step_before_the_first_says_it_too(self) -> None:
        own = "1f1ecf75-e077-63e0-ffff-64fe10d88f53"
        assert saved_at(own) == pytest.approx(1796068260.382, abs=0.001)
        assert step_of(own) == -1
        assert short_id(own) == "e07763e0"

    @pytest.mark.parametrize("thread", ["t", "", "a/b", "50%", "%2F", "\udcff", "\x1b[31m"])
    @pytest.mark.parametrize("space", ["", "node:1|in/ner:2"])
    def test_a_name_stands_for_one_key(self, thread: str, space: str) -> None:
        key = Key(thread, space, "1f1e")
        assert key_of(encoded(key)) == key

    def test_short_ids_differ_and_are_understood(self) -> None:
        store = opened("1.2.24/interrupts")
        runs = tuple(runs_of(store).values())
        nodes = [node for run in runs for node in run.nodes]
        shorts = {id_text(node.ref) for node in nodes}
        assert len(shorts) == len(nodes)
        for node in nodes:
            own = node.ref.id.rpartition("/")[2]
            for name in (node.ref.id, own, node.ref.id[:-12], own[:18], id_text(node.ref), own[9:18]):
                assert find(name, runs) is node
        assert find("waiting/latest", runs) is runs[0].nodes[-1]
        assert find("waiting/latest~1", runs) is runs[0].nodes[-2]
        with pytest.raises(IdFault):
            find("nothing/latest", runs)

    def test_a_copied_thread_has_the_same_ids_and_is_another_run(self, tmp_path: Path) -> None:
        with_copy = connect(tmp_path / "a.db")
        for thread in ("t", "copy"):
            first = save(with_copy, 0, thread=thread, source="input")
            save(with_copy, 1, first, thread=thread)
        with_copy.close()
        runs = runs_of(open_store(tmp_path / "a.db"))
        assert [(run.id, len(run.nodes)) for run in runs.values()] == [("t", 2), ("copy", 2)]
        assert find(f"copy/{first}", tuple(runs.values())).ref.id == f"copy/{first}"
        with pytest.raises(IdFault):
            find(first, tuple(runs.values()))


class TestPlaces:
    def test_a_database_is_known_by_its_tables_and_not_by_its_name(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "notes.txt")
        connection.execute("CREATE TABLE store (prefix TEXT, key TEXT)")
        connection.close()
        assert len(runs_of(open_store(tmp_path / "notes.txt"))["t"].nodes) == 2

    def test_a_database_of_somebody_else_is_not_found(self, tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "checkpoints.sqlite")
        connection.execute("CREATE TABLE checkpoints (thread_id TEXT, body BLOB)")
        connection.close()
        with pytest.raises(NotFoundError, match="SQLite database without the tables"):
            open_store(tmp_path / "checkpoints.sqlite")

    @pytest.mark.parametrize(
        "schema",
        [
            "CREATE VIEW checkpoints AS SELECT 1 AS thread_id;",
            SCHEMA.replace("checkpoint BLOB", "checkpoint BLOB AS (zeroblob(1000000000))"),
            SCHEMA.replace("checkpoint_id)\n)", "checkpoint_id)\n) WITHOUT ROWID", 1),
        ],
    )
    def test_a_schema_that_runs_something_is_not_langgraphs(self, tmp_path: Path, schema: str) -> None:
        connect(tmp_path / "a.db", schema.split("ALTER")[0]).close()
        with pytest.raises(NotFoundError):
            open_store(tmp_path / "a.db")

    def test_a_directory_lists_the_databases_in_it_and_in_its_folders(self, tmp_path: Path) -> None:
        save_two(tmp_path / "one.db").close()
        (tmp_path / "two").mkdir()
        save_two(tmp_path / "two" / "memory").close()
        (tmp_path / "notes.md").write_text("notes")
        sqlite3.connect(tmp_path / "foreign.db").execute("CREATE TABLE t (x)").connection.close()
        store = open_store(tmp_path)
        assert isinstance(store, CompositeStore)
        assert list(store.member_names) == ["one.db", "two"]
        entries = read(store)
        assert len(entries) == 4
        for file in entries:
            assert store.load(file).state is not None

    def test_a_damaged_database_is_a_row_with_the_reason(self, tmp_path: Path) -> None:
        save_two(tmp_path / "a.db").close()
        data = (tmp_path / "a.db").read_bytes()
        (tmp_path / "a.db").write_bytes(data[:4096])
        [problem] = read(open_store(tmp_path / "a.db")).values()
        assert isinstance(problem, Problem)
        assert (problem.file, problem.kind) == ("a.db", "damaged")

    def test_a_locked_database_is_a_row_until_it_can_be_read(self, tmp_path: Path) -> None:
        save_two(tmp_path / "a.db").close()
        writer = sqlite3.connect(tmp_path / "a.db")
        writer.execute("PRAGMA journal_mode=DELETE")
        store = open_store(tmp_path / "a.db")
        writer.execute("BEGIN EXCLUSIVE")
        [problem] = collect(store.scan()).values()
        assert isinstance(problem, Problem)
        assert problem.kind == "locked"
        assert isinstance(store, LangGraphStore)
        assert store.mark() is None
        writer.rollback()
        writer.close()
        batches = list(store.scan())
        assert [file for batch in batches for file in batch.gone] == ["a.db"]
        assert len([entry for batch in batches for entry in batch.entries]) == 2

    def test_rows_that_langgraph_does_not_write_are_problems_and_hide_nothing(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "a.db")
        rows: list[tuple[Any, ...]] = [
            (b"\xff", "", "x", None, "json", b"{}", b"{}"),
            ("t", "", "no-body", None, "json", None, None),
            ("t", "", "number", None, "json", 7, b"{}"),
            ("t", "", "list", None, "json", b"[1]", b"{}"),
            ("t", "", "cut", None, "msgpack", b"\x83\xa1v", b"{}"),
            ("t", "", "ours", None, "acme", b"\x01", b"not json"),
        ]
        connection.executemany("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
        connection.close()
        entries = read(open_store(tmp_path / "a.db"))
        problems = {file: entry.kind for file, entry in entries.items() if isinstance(entry, Problem)}
        assert problems == {
            "row 3": "foreign", "t/no-body": "damaged", "t/number": "damaged", "t/list": "foreign", "t/cut": "damaged",
        }  # fmt: skip
        closed = entries["t/ours"]
        assert isinstance(closed, CheckpointRef)
        assert closed.note == "written by a serializer that is not LangGraph's (acme)"

    def test_a_text_body_is_read_as_its_bytes(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "a.db")
        connection.execute(
            "UPDATE checkpoints SET checkpoint = CAST(checkpoint AS TEXT), metadata = CAST(metadata AS TEXT)"
        )
        connection.commit()
        connection.close()
        assert labels(runs_of(open_store(tmp_path / "a.db"))["t"]) == ["input", "start"]

    def test_parents_that_were_pruned_are_said_to_be_missing(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "a.db")
        connection.execute("DELETE FROM checkpoints WHERE parent_checkpoint_id IS NULL")
        connection.commit()
        connection.close()
        [node] = runs_of(open_store(tmp_path / "a.db"))["t"].nodes
        assert node.irregular == "parent missing"


class TestDangers:
    def test_what_langgraph_would_call_when_it_loads_a_value_is_said(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "a.db")
        name = save(connection, 0, values={"at": _call("datetime", "datetime", "2026-01-02T03:04:05", "fromisoformat")})
        bad = save(connection, 1, name, values={"x": _call("os", "system", "touch canary")})
        write(connection, name, "task", 0, "x", _call("builtins", "eval", "1"), node="n")
        connection.close()
        store = open_store(tmp_path / "a.db")
        [one, other] = runs_of(store)["t"].nodes
        assert one.ref.note == ""
        assert other.ref.note.startswith("LangGraph calls os:system (starts programs or changes files)")
        assert store.load(f"t/{bad}").warnings == (other.ref.note,)
        assert "builtins:eval" in store.load(f"t/{name}").warnings[0]


def _call(module: str, name: str, argument: str, method: str | None = None) -> dict[str, Any]:
    return {"lc": 2, "type": "constructor", "id": [module, name], "method": method, "args": [argument], "kwargs": {}}


class TestFormat:
    def test_state_whose_value_is_its_own_name_is_state(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "a.db")
        save(connection, 0, values={"draft": "draft", "branch:to:x": None, "join:a+b:c": ["a"]})
        connection.close()
        store = open_store(tmp_path / "a.db")
        run = runs_of(store)["t"]
        assert load(store, run).state == {"draft": "draft"}
        facts = run.nodes[0].ref.facts
        assert facts
        assert (facts.messages, facts.edges) == (1, True)

    def test_an_answer_given_after_the_question_leaves_it_open(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "a.db")
        name = checkpoint_id(1, 0)
        write(connection, name, "task-1", -3, "__interrupt__", [{"value": "ok?", "id": "q1"}], node="count")
        store = open_store(tmp_path / "a.db")
        assert runs_of(store)["t"].nodes[-1].ref.status == "waiting"
        write(connection, name, "00000000-0000-0000-0000-000000000000", -4, "__resume__", "yes")
        connection.close()
        last = runs_of(store.fresh())["t"].nodes[-1].ref
        assert last.status == "open"
        assert not store.load(last.file).pending

    def test_a_question_with_a_schema_says_which_answer_it_takes(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "a.db")
        schema = {"title": "Approval", "type": "object", "properties": {"ok": {"type": "boolean"}}}
        asked = [{"value": "ok?", "id": "q1", "response_schema": schema}]
        write(connection, checkpoint_id(1, 0), "task-1", -3, "__interrupt__", asked)
        connection.close()
        store = open_store(tmp_path / "a.db")
        checkpoint = load(store, runs_of(store)["t"])
        [request] = requests(checkpoint.pending)
        assert (request.executor, request.response_type) == ("count", "Approval")
        assert checkpoint.pending["q1"]["response_schema"] == schema

    @pytest.mark.parametrize(
        ("writes", "said"),
        [
            ([["b"], ["c"]], ["a", "b", "c"]),
            ([["b"], "c"], {"seed": ["a"], "writes": [["b"], "c"]}),
            (
                [[{"id": "1", "type": "ai"}], [{"id": "1", "type": "ai"}]],
                {"seed": ["a"], "writes": [[{"id": "1", "type": "ai"}], [{"id": "1", "type": "ai"}]]},
            ),
        ],
    )
    def test_changes_are_joined_only_where_that_is_what_the_graph_does(
        self, tmp_path: Path, writes: list[Any], said: Any
    ) -> None:
        connection = connect(tmp_path / "a.db")
        name = save(connection, 0, values={"log": ["a"]})
        for number, value in enumerate(writes, 1):
            write(connection, name, f"task-{number}", 0, "log", value)
            name = save(connection, number, name, counters_since_delta_snapshot={"log": [number, number]})
        connection.close()
        store = open_store(tmp_path / "a.db")
        checkpoint = load(store, runs_of(store)["t"])
        assert checkpoint.state["log"] == said
        assert "not stored here" in checkpoint.warnings[0]

    def test_a_new_row_of_an_old_checkpoint_is_not_reported_as_gone(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "a.db")
        store = open_store(tmp_path / "a.db")
        read(store)
        save(connection, 0, source="input", values={"__start__": {"n": 5}})
        connection.close()
        batches = list(store.scan())
        assert not [batch.gone for batch in batches if batch.gone]
        assert len(read(store.fresh())) == 2

    def test_a_commit_makes_only_what_it_touches_be_reported(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "a.db")
        for thread in ("one", "two"):
            name: str | None = None
            for number in range(20):
                name = save(connection, number, name, thread=thread, values={"branch:to:x": None})
        store = open_store(tmp_path / "a.db")
        read(store)
        save(connection, 20, name, thread="two")
        scanned = [entry.file for batch in store.scan() for entry in batch.entries]
        assert sorted(scanned) == sorted([f"two/{name}", f"two/{checkpoint_id(20, 19)}"])
        write(connection, str(name), "task", -1, "__error__", "ValueError()", thread="two")
        assert [entry.file for batch in store.scan() for entry in batch.entries] == [f"two/{name}"]
        connection.close()

    def test_many_checkpoints_are_reported_in_small_batches(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "a.db")
        connection.executemany(
            "INSERT INTO checkpoints VALUES ('t', '', ?, NULL, 'json', x'7b7d', x'7b7d')",
            [(checkpoint_id(number, number % 8_000),) for number in range(5_000)],
        )
        connection.commit()
        connection.close()
        batches = list(open_store(tmp_path / "a.db").scan())
        assert sum(len(batch.entries) for batch in batches) == 5_000
        assert max(len(batch.entries) for batch in batches) <= 512
        assert [batch.done >= batch.total for batch in batches] == [False] * (len(batches) - 1) + [True]


WRITER = """
import sys
from pathlib import Path
from tests.stores import langgraph_saving as saving

path = Path(sys.argv[1])
connection = saving.save_two(path)
print("ready", flush=True)
last = saving.checkpoint_id(1, 0)
for number, line in enumerate(sys.stdin, 2):
    if line == "add\\n":
        last = saving.save(connection, number, last)
    elif line == "remove\\n":
        connection.execute("DELETE FROM checkpoints WHERE parent_checkpoint_id IS NOT NULL")
    else:
        connection.execute("UPDATE checkpoints SET checkpoint = x'7b' WHERE parent_checkpoint_id IS NOT NULL")
    connection.commit()
    print("done", flush=True)
connection.close()
"""


class _Closed(Conformance):
    def open(self, place: Path) -> Store:
        save_two(place / "memory.db").close()
        return LangGraphStore(str(place / "memory.db"))

    def add(self, place: Path) -> None:
        connection = connect(place / "memory.db", "")
        save(connection, 2, checkpoint_id(1, 0))
        connection.close()

    def open_many(self, place: Path) -> Store:
        save_many(place / "many.db", 30, 10)
        return LangGraphStore(str(place / "many.db"))

    def _execute(self, place: Path, statement: str) -> None:
        connection = connect(place / "memory.db", "")
        connection.execute(statement)
        connection.commit()
        connection.close()

    def remove(self, place: Path) -> None:
        self._execute(place, "DELETE FROM checkpoints WHERE parent_checkpoint_id IS NOT NULL")

    def spoil(self, place: Path) -> None:
        self._execute(place, "UPDATE checkpoints SET checkpoint = x'7b' WHERE parent_checkpoint_id IS NOT NULL")

    def missing(self, place: Path) -> Store:
        return LangGraphStore(str(place / "memory.db"))


class TestClosedDatabase(_Closed):
    """A database that no program has open between its writes."""


class TestLiveDatabase(_Closed):
    """A database that another program has open, with a write-ahead log."""

    program: subprocess.Popen[str] | None = None

    def open(self, place: Path) -> Store:
        root = Path(__file__).parent.parent.parent
        self.program = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(place / "memory.db")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root,
        )  # fmt: skip
        assert self.program.stdout
        assert self.program.stdout.readline() == "ready\n"
        assert (place / "memory.db-wal").stat().st_size
        return LangGraphStore(str(place / "memory.db"))

    def _tell(self, word: str) -> None:
        assert self.program
        assert self.program.stdin
        assert self.program.stdout
        print(word, file=self.program.stdin, flush=True)
        assert self.program.stdout.readline() == "done\n"

    def add(self, place: Path) -> None:
        self._tell("add")

    def remove(self, place: Path) -> None:
        self._tell("remove")

    def spoil(self, place: Path) -> None:
        self._tell("spoil")

    def teardown_method(self) -> None:
        if self.program is not None:
            self.program.communicate()
        super().teardown_method()


class TestWatch:
    def test_a_question_that_is_answered_changes_its_row(self, tmp_path: Path) -> None:
        connection = save_two(tmp_path / "a.db")
        store = open_store(tmp_path / "a.db")
        read(store)
        stop = threading.Event()
        statuses: list[str | None] = []
        asked = threading.Event()
        answered = threading.Event()

        def follow() -> None:
            batch: Batch
            for batch in store.watch(stop):
                for entry in batch.entries:
                    if isinstance(entry, CheckpointRef) and entry.id == f"t/{checkpoint_id(1, 0)}":
                        statuses.append(entry.status)
                        (asked if entry.status == "waiting" else answered).set()

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            name = checkpoint_id(1, 0)
            write(connection, name, "task-1", -3, "__interrupt__", [{"value": "ok?", "id": "q1"}], node="count")
            assert asked.wait(PATIENCE)
            answered.clear()
            save(connection, 2, name, seen={"count": {"branch:to:count": "2"}})
            assert answered.wait(PATIENCE)
        finally:
            stop.set()
            thread.join(PATIENCE)
            connection.close()
        assert statuses[0] == "waiting"
        assert statuses[-1] == "open"


def test_peek_gives_the_beginning_of_a_body_or_of_the_database(tmp_path: Path) -> None:
    save_two(tmp_path / "a.db").close()
    store = open_store(tmp_path / "a.db")
    assert store.peek(f"t/{checkpoint_id(0, -1)}").startswith(b'{"v": 4')
    assert store.peek("a.db").startswith(b"SQLite format 3")


def test_a_checkpoint_that_is_gone_is_explained(tmp_path: Path) -> None:
    save_two(tmp_path / "a.db").close()
    store = open_store(tmp_path / "a.db")
    shutil.copy(tmp_path / "a.db", tmp_path / "b.db")
    os.remove(tmp_path / "a.db")
    with pytest.raises(CkptError):
        store.load(f"t/{checkpoint_id(0, -1)}")


def test_what_cannot_be_done_has_a_reason() -> None:
    store = opened("1.2.24/subgraph")
    refs = [entry for entry in collect(store.scan()).values() if isinstance(entry, CheckpointRef)]
    inner = next(ref for ref in refs if ref.file.count("/") == 2)
    assert "a graph within the graph" in store.capabilities(inner.file).resume
    outer = next(ref for ref in refs if ref.file.count("/") == 1)
    assert not store.capabilities(outer.file).resume
    assert store.capabilities().prune


def test_facts_that_were_read_for_nobody_are_reported_again() -> None:
    store = opened("1.2.24/subgraph")
    files = [entry.file for entry in collect(store.scan()).values()]
    next(iter(store.fill(files)))  # a reader that is stopped takes no more
    filled = collect(store.fill(files))
    assert filled
    assert all(isinstance(entry, CheckpointRef) and entry.facts is not None for entry in filled.values())
    assert set(filled) == set(files)


def test_a_database_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    store = open_store(tmp_path / "later.sqlite", must_exist=False)
    assert isinstance(store, LangGraphStore)
    stop = threading.Event()
    missing, found = threading.Event(), threading.Event()

    def follow() -> None:
        for batch in store.watch(stop):
            if batch.missing:
                missing.set()
            if any(isinstance(entry, CheckpointRef) for entry in batch.entries):
                found.set()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        assert missing.wait(PATIENCE)
        connection = save_two(tmp_path / "later.sqlite")
        assert found.wait(PATIENCE)
        connection.close()
    finally:
        stop.set()
        thread.join(PATIENCE)


def test_what_is_deleted_where_others_are_saved_goes_with_the_next_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = save_two(tmp_path / "memory.db")
    store = LangGraphStore(str(tmp_path / "memory.db"))
    known = collect(store.scan())
    connection.execute("DELETE FROM checkpoints WHERE parent_checkpoint_id IS NULL")
    save(connection, 7, checkpoint_id(1, 0))  # commits both
    first = list(store.scan())
    assert [entry.file for batch in first for entry in batch.entries] == [f"t/{checkpoint_id(7, 6)}"]
    assert not any(batch.gone for batch in first)
    monkeypatch.setattr(langgraph, "COUNT_SECONDS", 0.0)
    gone = {file for batch in store.scan() for file in batch.gone}
    assert len(gone) == 1
    assert gone < set(known)
    connection.close()


def test_a_row_that_is_used_again_shows_the_new_checkpoint(tmp_path: Path) -> None:
    connection = save_two(tmp_path / "memory.db")
    store = LangGraphStore(str(tmp_path / "memory.db"))
    entries = collect(store.scan())
    before = set(entries)
    connection.execute("DELETE FROM checkpoints WHERE parent_checkpoint_id IS NOT NULL")
    save(connection, 7, checkpoint_id(1, 0))  # in the row of the one that is gone
    after = set(collect(store.scan(), entries))
    assert after - before == {f"t/{checkpoint_id(7, 6)}"}
    assert len(before - after) == 1
    connection.execute("DELETE FROM checkpoints WHERE parent_checkpoint_id IS NOT NULL")
    connection.commit()
    assert len(collect(store.scan(), entries)) == 1
    save(connection, 8, checkpoint_id(1, 0))
    assert set(collect(store.scan(), entries)) - before == {f"t/{checkpoint_id(8, 7)}"}
    connection.close()


def test_a_first_look_that_took_long_does_not_delay_the_next_ones(tmp_path: Path) -> None:
    store = LangGraphStore(str(tmp_path / "memory.db"))
    assert store.pause(took=100.0, quiet=0.0) <= 0.1
    assert store.pause(took=100.0, quiet=1_000.0) <= 0.25


def test_a_watch_says_when_everything_was_shown_though_the_last_page_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_two(tmp_path / "memory.db").close()
    monkeypatch.setattr(langgraph, "PAGE", 2)
    monkeypatch.setattr(langgraph_rows, "PAGE", 2)
    stop = threading.Event()
    for batch in LangGraphStore(str(tmp_path / "memory.db")).watch(stop):
        if batch.done >= batch.total:
            stop.set()
    assert stop.is_set()
