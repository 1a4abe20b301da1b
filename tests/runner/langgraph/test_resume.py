"""Threads of LangGraph are resumed, answered, answered again and edited, in several releases of it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.fork_directories import with_forks
from ckpt_tui.stores.registry import open_store
from tests.runner.langgraph.graphs import Made, recorded, resume
from tests.support.langgraph_releases import NEWEST, RELEASES

NO = ("--response", 'approve="no"')


@pytest.mark.parametrize("release", list(RELEASES))
def test_another_answer_at_an_answered_checkpoint_counts(release: str, tmp_path: Path) -> None:
    made = recorded(release, "approval", "yes")
    found = resume(made, made.waiting, "approval.py:graph", *NO, into=tmp_path / "new.sqlite")
    assert found.problems == []
    assert found.ran == ["approve", "ship"]
    assert found.output["log"] == ["taken", "answered no", "refused 12.5 for ada"]
    assert found.code == 0
    forked = {ref.id: ref for ref in refs_of(tmp_path / "new.sqlite")}
    first, last = [line["id"] for line in found.of_kind("checkpoint")]
    assert forked[first].parent == made.waiting
    assert forked[last].parent == first
    assert found.of_kind("end")[0]["last"] == last


@pytest.mark.parametrize("release", [next(iter(RELEASES)), NEWEST])
class TestOldestAndNewest:
    def test_an_earlier_answer_and_what_was_done_beside_it_stay(self, release: str, tmp_path: Path) -> None:
        made = recorded(release, "research", "a", "b")
        found = resume(
            made, made.waiting, "research.py:graph", "--response", 'research="x"', into=tmp_path / "new.sqlite"
        )
        assert found.problems == []
        assert found.ran == ["research", "research/check", "join"]
        assert found.output["facts"] == [
            "found sure", "checked sure alone", "found tea", "checked tea: a, x", "joined 4"
        ]  # fmt: skip

    def test_after_a_failure_only_the_failed_node_runs_again(self, release: str, tmp_path: Path) -> None:
        made = recorded(release, "flaky")
        identifier = made.refs[0].id
        failed = resume(made, identifier, "flaky.py:graph", into=tmp_path / "failed.sqlite")
        assert failed.code == 5
        assert failed.ran == ["shaky"]
        assert "there is no file mended" in failed.of_kind("error")[0]["what"]
        (made.store.parent / "mended").touch()
        mended = resume(made, identifier, "flaky.py:builder", into=tmp_path / "mended.sqlite")
        assert mended.ran == ["shaky", "join"]
        assert sorted(mended.output["log"]) == ["joined 2", "shaky", "steady"]
        os.remove(made.store.parent / "mended")

    def test_a_chat_goes_on_with_what_its_program_says_next(self, release: str, tmp_path: Path) -> None:
        made = recorded(release, "chat", "hello", "there")
        found = resume(made, made.refs[1].id, "chat.py", into=tmp_path / "new.sqlite", arguments=["made.sqlite", "you"])
        assert found.problems == []
        assert found.ran == ["reply"]
        assert found.output["messages"][-1]["content"] == "You said hello and you."


def refs_of(path: Path) -> list[CheckpointRef]:
    """The checkpoints of a store that are not of graphs within the graph."""
    entries = collect(with_forks(open_store(path)).scan()).values()
    return [each for each in entries if isinstance(each, CheckpointRef) and each.id.count("/") == 1]


@pytest.fixture(scope="module")
def answered() -> Made:
    return recorded(NEWEST, "approval", "yes")


@pytest.mark.parametrize(
    "target",
    ["approval.py", "approval:graph", "approval.py:make_builder", "approval.py:make_graph", "langgraph.json:approval"],
)
def test_targets_of_every_kind_are_resumed(answered: Made, target: str, tmp_path: Path) -> None:
    found = resume(answered, answered.waiting, target, *NO, into=tmp_path / "new.sqlite")
    assert found.problems == []
    assert found.output["log"][-1] == "refused 12.5 for ada"
    assert "the program went on" not in json.dumps(found.lines)


def test_a_check_runs_no_node_makes_nothing_and_shows_what_is_asked(answered: Made, tmp_path: Path) -> None:
    into = tmp_path / "new.sqlite"
    found = resume(answered, answered.waiting, "approval.py:graph", "--check", into=into)
    assert found.code == 6
    assert found.of_kind("event") == []
    assert not into.exists()
    (request,) = found.check["requests"]
    assert request["executor"] == "approve"
    assert [each["value"] for each in request["form"]["options"]] == ["yes", "no"]
    assert request["request_id"] in found.check["problems"][0]["fix"]
    names = {each["type"] for each in found.check["types"]}
    assert "__main__:Order" in names
    graph = found.of_kind("graph")[0]
    assert list(graph["executors"]) == ["take", "approve", "ship"]
    assert {"source": "approve", "target": "ship"}.items() <= graph["edges"][1].items()


def test_forks_are_beside_the_database_and_are_shown_with_it(answered: Made) -> None:
    for answer in ("no", "perhaps"):
        assert resume(answered, answered.waiting, "approval.py:graph", "--response", f'approve="{answer}"').code == 0
    forks = answered.store.parent / "made.sqlite.forks"
    assert sorted(each.suffix for each in forks.iterdir()) == [".jsonl", ".sqlite", ".sqlite"]
    children = [ref for ref in refs_of(answered.store) if ref.parent == answered.waiting]
    assert len(children) == 3
    lines = (forks / "ckpt-tui-fork.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["checkpoint"] == answered.waiting
    assert with_forks(open_store(answered.store.parent)).kind == "several"


def test_a_value_is_changed_first_and_nothing_else(answered: Made, tmp_path: Path) -> None:
    found = resume(
        answered, answered.waiting, "approval.py:graph", *NO, "--set", "state.order.amount=99.5",
        into=tmp_path / "new.sqlite",
    )  # fmt: skip
    assert found.check["edits"] == [{"path": "state.order.amount", "before": 12.5, "after": 99.5, "absent": False}]
    assert found.output["log"] == ["taken", "answered no", "refused 99.5 for ada"]


def test_an_edit_that_does_not_fit_is_refused_before_anything_runs(answered: Made, tmp_path: Path) -> None:
    into = tmp_path / "new.sqlite"
    found = resume(answered, answered.waiting, "approval.py:graph", *NO, "--set", 'state.nothing="x"', into=into)
    assert found.code == 5
    assert "the graph has no channel nothing" in found.problems[0]
    assert not into.exists()


def test_a_run_replayed_from_its_middle_asks_again(answered: Made, tmp_path: Path) -> None:
    found = resume(answered, answered.refs[0].id, "approval.py:graph", into=tmp_path / "new.sqlite")
    assert found.ran == ["take", "approve"]
    assert found.code == 6
    (pending,) = found.of_kind("end")[0]["pending"]
    assert pending["data"]["question"] == "Approve the order?"
    onward = resume(
        answered._replace(store=tmp_path / "new.sqlite"), found.of_kind("end")[0]["last"],
        str(answered.store.parent / "approval.py:graph"), *NO, into=tmp_path / "onward.sqlite",
    )  # fmt: skip
    assert onward.output["log"] == ["taken", "answered no", "refused 12.5 for ada"]


def test_the_graph_of_another_program_is_named_as_one(answered: Made, tmp_path: Path) -> None:
    found = resume(answered, answered.waiting, "research.py:graph", "--check", into=tmp_path / "new.sqlite")
    assert found.code == 5
    assert "approve runs next, and the graph has no such node: it would never run" in found.problems


def test_what_the_program_writes_into_the_original_goes_to_a_copy(answered: Made, tmp_path: Path) -> None:
    found = resume(
        answered, answered.waiting, "approval.py", *NO, into=tmp_path / "new.sqlite", arguments=["made.sqlite"]
    )
    assert found.code == 0
    assert found.output["log"][-1] == "refused 12.5 for ada"


def test_a_class_that_nothing_has_imported_is_not_loaded(answered: Made, tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text(
        "from langgraph.graph import StateGraph\nfrom typing import Any\nfrom typing_extensions import TypedDict\n"
        "class S(TypedDict, total=False):\n    order: Any\n    approved: bool\n    log: list\n"
        "b = StateGraph(S)\nb.add_node('take', lambda s: {})\nb.add_node('approve', lambda s: {})\n"
        "b.add_edge('__start__', 'take')\nb.add_edge('take', 'approve')\ngraph = b.compile()\n"
    )
    found = resume(answered, answered.waiting, f"{tmp_path}/plain.py:graph", "--check", into=tmp_path / "new.sqlite")
    assert found.code == 5
    assert "__main__:Order cannot be imported" in found.problems[0]


def test_a_step_of_a_graph_within_the_graph_is_refused_with_the_reason() -> None:
    made = recorded(NEWEST, "research", "a", "b")
    entries = collect(open_store(made.store).scan()).values()
    inner = next(each.id for each in entries if isinstance(each, CheckpointRef) and each.id.count("/") == 2)
    found = resume(made, inner, "research.py:graph")
    assert found.code == 5
    assert "resume from the checkpoint that it was called from" in found.said


def test_a_stored_value_that_would_act_is_never_loaded(answered: Made, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    command = f"touch {canary}".encode()
    call = b"\x93\xa2os\xa6system\xd9" + bytes([len(command)]) + command
    store = tmp_path / "hostile.sqlite"
    shutil.copyfile(answered.store, store)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(
            "INSERT INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, value)"
            " VALUES ('order/1', '', ?, 'other', 0, 'log', 'msgpack', ?)",
            (answered.waiting.rpartition("/")[2], b"\xc8" + len(call).to_bytes(2, "big") + b"\x00" + call),
        )
        connection.commit()
    hostile = answered._replace(store=store)
    target = str(answered.store.parent / "approval.py:graph")
    for options in ((), ("--allow", "os:path")):
        found = resume(hostile, answered.waiting, target, *NO, *options, into=tmp_path / f"new{len(options)}.sqlite")
        assert found.code == 5
        assert any("os:system" in each for each in found.problems)
    assert not canary.exists()


def test_a_resume_in_steps_pauses_after_each_superstep_and_not_before_the_first(answered: Made, tmp_path: Path) -> None:
    into = tmp_path / "new.sqlite"
    found = resume(answered, answered.refs[0].id, "approval.py:graph", "--step", into=into, commands='{"do": "step"}')
    first = found.of_kind("paused")[0]
    assert (first["reason"], first["ran"], first["iteration"]) == ("step", ["take"], 1)
    assert first["next"] == ["approve"]


def test_a_breakpoint_stops_where_a_request_begins_to_wait(answered: Made, tmp_path: Path) -> None:
    options = ("approval.py:graph", "--break", "request")
    command = '{"do": "continue"}'  # waits until the run is paused
    found = resume(answered, answered.refs[0].id, *options, into=tmp_path / "new.sqlite", commands=command)
    (paused,) = found.of_kind("paused")
    (asked,) = [line for line in found.of_kind("event") if line["type"] == "request_info"]
    assert (paused["reason"], paused["breakpoint"], paused["iteration"]) == ("request", "request", 1)
    assert (paused["checkpoint"], paused["lights"]) == (found.of_kind("checkpoint")[-1]["id"], {"approve": "waiting"})
    assert asked["seq"] < paused["seq"]
    assert found.of_kind("end")[-1]["outcome"] == "waiting"
