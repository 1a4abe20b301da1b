"""`ckpt-tui run` starts programs with a graph of LangGraph as they are, in several releases of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.resume.plan import GraphThread, Source, Target, make_plan
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store
from tests.runner.langgraph.graphs import PROGRAMS, Resumed, digests, recorded
from tests.support.debug_session import DebugSession
from tests.support.langgraph_releases import NEWEST, RELEASES, interpreter

OLDEST, MIDDLE, _ = RELEASES
ALL = [
    (OLDEST, "none", "invoke"), (MIDDLE, "async", "astream"),
    (NEWEST, "memory", "ainvoke"), (NEWEST, "sqlite", "stream"),
]  # fmt: skip


def run(
    home: Path, program: str, *options: str, arguments: Sequence[str] = (), commands: Sequence[dict[str, Any]] = (),
    release: str = NEWEST,
) -> Resumed:  # fmt: skip
    """Run a program in a directory with `ckpt-tui run … --json`; it is copied there, if it is not there yet."""
    if not (home / program).exists():
        shutil.copyfile(PROGRAMS / program, home / program)
    words = [sys.executable, "-m", "ckpt_tui", "run", program, "--python", interpreter(release), "--json", "--yes"]
    done = subprocess.run(
        [*words, *options, *(["--", *arguments] if arguments else [])],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        input="".join(f"{json.dumps(each)}\n" for each in commands),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    return Resumed(done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr)


def refs_in(database: Path) -> list[CheckpointRef]:
    """The checkpoints of a database, the oldest first."""
    entries = collect(open_store(database).scan()).values()
    found = [each for each in entries if isinstance(each, CheckpointRef) and each.id.count("/") == 1]
    return sorted(found, key=lambda ref: ref.id)


@pytest.mark.parametrize(("release", "saver", "how"), ALL)
def test_a_program_is_run_as_it_is_whatever_its_saver_and_its_call(
    release: str, saver: str, how: str, tmp_path: Path
) -> None:
    done = run(tmp_path, "begins.py", arguments=[saver, how], release=release)
    into = tmp_path / ".ckpt-tui" / "begins-1.sqlite"
    assert f"checkpoints go to {into}" in done.said
    assert done.code == 0, done.lines[-3:]
    assert done.ran == ["write", "review"]
    assert done.output == {"topic": "tea", "draft": "about tea", "log": ["written", "reviewed about tea"]}
    assert [ref.id for ref in refs_in(into)] == [line["id"] for line in done.of_kind("checkpoint")]
    assert [ref.iteration for ref in refs_in(into)] == [-1, 0, 1, 2]
    assert done.of_kind("end")[0]["last"] == refs_in(into)[-1].id
    assert refs_in(into)[0].id.startswith("draft%2F1/")
    assert "the program went on" not in json.dumps(done.lines)
    own = tmp_path / "own.sqlite"
    assert not own.exists() or own.stat().st_size == 0


def test_a_chat_goes_on_with_the_thread_of_its_own_database_which_is_only_read(tmp_path: Path) -> None:
    made = recorded(NEWEST, "chat", "hello", "there")
    before = digests(made.store)
    done = run(made.store.parent, "chat.py", "--into", str(tmp_path), arguments=["made.sqlite", "you"])
    assert digests(made.store) == before
    assert done.output["messages"][-1]["content"] == "You said hello and there and you."
    into = tmp_path / "chat-1.sqlite"
    known = {ref.id for ref in made.refs.values()}
    assert known < {ref.id for ref in refs_in(into)}
    new = [line["id"] for line in done.of_kind("checkpoint")]
    assert known.isdisjoint(new)
    assert done.of_kind("checkpoint")[0]["parent"] == refs_in(made.store)[-1].id


def test_a_run_in_steps_is_changed_taken_back_and_answered(tmp_path: Path) -> None:
    done = run(
        tmp_path, "approval.py", "--step",
        commands=[
            {"do": "step"},
            {"do": "edit", "path": "state.order.amount", "value": 99.5},
            {"do": "step"},
            {"do": "answer", "responses": {"approve": "no"}},
            {"do": "continue"},
        ],
    )  # fmt: skip
    paused = done.of_kind("paused")
    assert [(each["reason"], each["iteration"], each["next"]) for each in paused[:2]] == [
        ("step", 0, ["take"]), ("step", 1, ["approve"]),
    ]  # fmt: skip
    assert done.of_kind("resumed")[0]["checkpoint"] == paused[1]["checkpoint"]
    assert done.output["log"] == ["taken", "answered no", "refused 99.5 for ada"]
    first = tmp_path / ".ckpt-tui" / "approval-1.sqlite"
    (fork,) = (tmp_path / ".ckpt-tui" / "approval-1.sqlite.forks").glob("*.sqlite")
    assert paused[1]["checkpoint"] in {ref.id for ref in refs_in(first)} & {ref.id for ref in refs_in(fork)}
    assert not (tmp_path / "orders.sqlite").exists() or not (tmp_path / "orders.sqlite").stat().st_size


def test_a_changed_run_that_waits_says_the_database_in_which_it_goes_on(tmp_path: Path) -> None:
    commands: list[dict[str, Any]] = [
        {"do": "step"}, {"do": "edit", "path": "state.order.amount", "value": 99.5}, {"do": "continue"}
    ]  # fmt: skip
    done = run(tmp_path, "approval.py", "--step", commands=commands)
    assert done.code == 6
    (fork,) = (tmp_path / ".ckpt-tui" / "approval-1.sqlite.forks").glob("*.sqlite")
    assert f"answer it: ckpt-tui resume {fork}" in done.said


def session_of(home: Path, program: str, *arguments: str) -> DebugSession:
    """A session of a program with a graph, stopping after every step."""
    shutil.copyfile(PROGRAMS / program, home / program)
    target = Target(str(home / program), interpreter(NEWEST), arguments=arguments, directory=str(home))
    source = Source("", "", "", thread=GraphThread("", "", ""))
    return DebugSession(make_plan(source, target, str(home / "made.sqlite")), step=True)


def test_a_run_that_is_taken_back_or_changed_at_its_end_gets_no_second_input(tmp_path: Path) -> None:
    session = session_of(tmp_path, "begins.py", "none", "invoke")
    first = session.until("paused")
    for _ in range(2):
        session.do("step")
        last = session.until("paused")
    assert (first["next"], last["next"], last["iteration"]) == (["write"], [], 2)
    session.do("goto", id=first["checkpoint"])
    assert session.until("paused")["next"] == ["write"]
    for _ in range(2):
        session.do("step")
        last = session.until("paused")
    assert (last["next"], last["iteration"]) == ([], 2)
    session.do("edit", path="state.draft", value="by hand")
    session.do("continue")
    assert session.until("resumed")["checkpoint"] == last["checkpoint"]
    assert session.until("end")["outcome"] == "done"
    events = [line for line in session.lines if line["kind"] == "event"]
    assert [line["executor_id"] for line in events if line["type"] == "executor_invoked"] == ["write", "review"] * 2
    assert [line["data"] for line in events if line["type"] == "output"][-1] == {
        "topic": "tea", "draft": "by hand", "log": ["written", "reviewed about tea"],
    }  # fmt: skip
    assert len(list((tmp_path / "made.sqlite.forks").glob("*.sqlite"))) == 2


def test_a_breakpoint_holds_before_a_node_and_where_an_expression_becomes_true(tmp_path: Path) -> None:
    done = run(
        tmp_path, "begins.py", "--break", "node:review", "--break", "state.draft", arguments=["none", "ainvoke"],
        commands=[{"do": "continue"}, {"do": "continue"}],
    )  # fmt: skip
    assert [(each["reason"], each["breakpoint"]) for each in done.of_kind("paused")] == [
        ("breakpoint", "state.draft"), ("breakpoint", "node:review"),
    ]  # fmt: skip
    assert done.code == 0


def test_a_database_that_is_there_is_never_added_to(tmp_path: Path) -> None:
    into = tmp_path / "there.sqlite"
    into.write_bytes(b"")
    done = run(tmp_path, "begins.py", "--into", str(into), arguments=["none", "invoke"])
    assert done.code == 5
    assert f"{into} is there already" in done.of_kind("error")[0]["what"]
    assert into.read_bytes() == b""


def test_a_state_that_cannot_be_written_is_said_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "locked.py").write_text(
        "from threading import Lock\nfrom typing import Any\nfrom langgraph.graph import StateGraph\n"
        "from typing_extensions import TypedDict\n"
        "class S(TypedDict, total=False):\n    lock: Any\n    count: int\n"
        "b = StateGraph(S)\nb.add_node('take', lambda s: {'lock': Lock()})\n"
        "b.add_node('count', lambda s: {'count': 1})\n"
        "b.add_edge('__start__', 'take')\nb.add_edge('take', 'count')\nb.compile().invoke({'count': 0})\n"
    )
    done = run(tmp_path, "locked.py")
    assert [line["iteration"] for line in done.of_kind("checkpoint")] == [-1, 0]
    assert [line["iteration"] for line in done.of_kind("checkpoint_failed")] == [1, 2]
    assert "lock" in done.of_kind("checkpoint_failed")[0]["reason"]
    assert done.output["count"] == 1
    assert done.code == 0


def test_a_saver_that_cannot_be_awaited_is_a_warning(tmp_path: Path) -> None:
    done = run(tmp_path, "begins.py", arguments=["sqlite", "ainvoke"])
    assert done.code == 0
    assert "own saver cannot be read, so its thread begins empty: NotImplementedError" in done.problems[0]
