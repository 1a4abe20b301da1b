"""`ckpt_tui.actions.debugging`, with the real framework: each test runs a program in a process of its own."""

from __future__ import annotations

import json
import queue
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.debugging.breakpoints import parse_breakpoint
from ckpt_tui.actions.debugging.debugger import Debugger
from ckpt_tui.actions.resume.plan import Source, Target, make_plan
from ckpt_tui.actions.resume.sources import source_of
from ckpt_tui.actions.state_files import StateTable
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.registry import open_store
from tests.support.debug_session import DebugSession
from tests.support.frameworks import DEBUGGED, NEWEST, OLDEST, interpreter
from tests.support.patience import PATIENCE
from tests.support.program_stores import PROGRAMS as PROGRAM_SHAPES
from tests.support.program_stores import SHAPES, Shape
from tests.support.resumes import checkpoints

PROGRAMS = Path(__file__).parents[2] / "support" / "debugged"


class Driven(DebugSession):
    """A session of one of the programs."""

    def __init__(
        self, program: str, into: Path, release: str = NEWEST, breaks: Sequence[str] = (), step: bool = False
    ) -> None:
        target = Target(str(PROGRAMS / program), interpreter(release))
        plan = make_plan(Source("", "", ""), target, str(into))
        super().__init__(plan, [parse_breakpoint(each) for each in breaks], step)

    def outputs(self) -> list[Any]:
        return [each["data"] for each in self.lines if each["kind"] == "event" and each["type"] == "output"]

    def called(self) -> list[str]:
        return [
            each["executor_id"] for each in self.lines if each["kind"] == "event" and each["type"] == "executor_invoked"
        ]


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "saved"


Drive = Callable[..., Driven]
"""Starts a session of a program, `(program, release, breaks, step)`; it is ended with its test."""


@pytest.fixture
def drive(into: Path) -> Iterator[Drive]:
    made: list[Driven] = []

    def start(program: str, *given: Any, **named: Any) -> Driven:
        made.append(Driven(program, into, *given, **named))
        return made[-1]

    yield start
    for each in made:
        each.debugger.kill()


@pytest.mark.parametrize("release", DEBUGGED)
def test_a_loop_is_stepped_one_superstep_at_a_time(into: Path, release: str, drive: Drive) -> None:
    run = drive("loop.py", release, step=True)
    first = run.until("paused")
    if release != OLDEST:  # later releases save before anything ran
        assert first["next"] == ["writer"] and not run.called()
        run.do("step")
        first = run.until("paused")
    assert (first["reason"], first["next"], run.called()) == ("step", ["reviewer"], ["writer"])
    run.do("step")
    second = run.until("paused")
    assert (second["next"], run.called()) == (["writer"], ["writer", "reviewer"])
    assert second["checkpoint"] == checkpoints(into)[-1]["checkpoint_id"]
    run.do("continue")
    assert run.until("end")["outcome"] == "done"
    assert run.outputs() == ["tea!!!"]


@pytest.mark.parametrize("release", DEBUGGED)
def test_an_expression_stops_where_it_becomes_true_and_not_again(release: str, drive: Drive) -> None:
    run = drive("loop.py", release, ["state.score > `0.3`"])
    found = run.until("paused")
    assert (found["reason"], found["breakpoint"], len(run.called())) == ("breakpoint", "state.score > `0.3`", 4)
    run.do("continue")
    assert run.until("end")["outcome"] == "done"


def test_a_path_stops_where_its_value_changes(drive: Drive) -> None:
    run = drive("loop.py", breaks=["changes:state.score"])
    steps = []
    for _ in range(4):
        steps.append(run.until("paused")["iteration"])
        run.do("continue")
    assert steps == [2, 4, 6, 8]
    run.until("end")


@pytest.mark.parametrize("release", DEBUGGED)
def test_an_executor_stops_before_it_is_called_with_its_message(release: str, drive: Drive) -> None:
    run = drive("loop.py", release, ["executor:reviewer"])
    found = run.until("paused")
    assert (found["executor"], found["source"], found["data"]["text"]) == ("reviewer", "writer", "tea")
    assert (found["next"], found["lights"]) == (["reviewer"], {"writer": "ran", "reviewer": "next"})
    assert "reviewer" not in run.called()
    run.do("break", set=[])
    run.do("continue")
    assert run.until("end")["outcome"] == "done"


@pytest.mark.parametrize("release", DEBUGGED)
def test_an_error_stops_and_the_run_goes_on_from_before_it_once_its_cause_is_changed(
    release: str, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOO_GOOD", "0.9")
    run = drive("loop.py", release, ["error"])
    found = run.until("paused")
    assert found["reason"] == "error" and "too good" in found["what"]
    assert (Path(found["file"]).name, found["failed"], found["lights"]) == (
        "loop.py",
        "reviewer",
        {"reviewer": "failed"},
    )
    assert 'raise ValueError("too good")' in Path(found["file"]).read_text().split("\n")[found["line"] - 1]
    run.do("edit", path="messages.writer[0].data.score", value=0.85)
    run.do("continue")
    assert run.until("end")["outcome"] == "done"
    assert run.outputs() == ["tea!!!"]


@pytest.mark.parametrize("release", DEBUGGED)
def test_a_message_in_flight_and_the_state_are_changed_at_a_pause(into: Path, release: str, drive: Drive) -> None:
    run = drive("loop.py", release, ["state.score == `0.4`"])
    paused = run.until("paused")
    run.do("edit", path="messages.reviewer[0].data.text", value="coffee")
    assert run.until("edited")["path"] == "messages.reviewer[0].data.text"
    run.do("edit", path="messages.reviewer[0].data.score", value=0.6)
    run.do("continue")
    assert run.until("end")["outcome"] == "done"
    assert run.outputs() == ["coffee!"]
    if release != OLDEST:  # which writes no parent after a resume
        assert paused["checkpoint"] in [each["previous_checkpoint_id"] for each in checkpoints(into)[-2:]]
    recorded = json.loads((into / "ckpt-tui-fork.jsonl").read_text().splitlines()[-1])
    assert sorted(each["path"].rpartition(".")[2] for each in recorded["edits"]) == ["score", "text"]


@pytest.mark.parametrize("release", DEBUGGED)
def test_messages_in_flight_are_dropped_at_a_pause_and_the_others_are_delivered(
    into: Path, release: str, drive: Drive
) -> None:
    run = drive("letters.py", release, ["state.sent"])
    paused = run.until("paused")
    run.do("drop", path="messages.sender[0]")
    assert run.until("dropped")["path"] == "messages.sender[0]"
    run.do("drop", path="messages.sender[1]")
    run.do("edit", path="messages.sender[2].data", value="z")
    run.do("continue")
    assert run.until("end")["outcome"] == "done"
    assert run.outputs() == ["z"]
    record = json.loads((into / "ckpt-tui-fork.jsonl").read_text().splitlines()[-1])
    assert record["checkpoint"] == paused["checkpoint"]
    assert [(each["path"], each.get("dropped", False)) for each in record["edits"]] == [
        ("messages.sender[2].data", False), ("messages.sender[1]", True), ("messages.sender[0]", True),
    ]  # fmt: skip
    assert [each["before"]["data"] for each in record["edits"][1:]] == ["b", "a"]
    (kept,) = [each for each in checkpoints(into) if each["checkpoint_id"] == paused["checkpoint"]]
    assert len(kept["messages"]["sender"]) == 3


@pytest.mark.parametrize("release", DEBUGGED)
def test_a_run_whose_only_message_is_dropped_ends(release: str, drive: Drive) -> None:
    run = drive("loop.py", release, ["state.score == `0.4`"])
    run.until("paused")
    run.do("drop", path="messages.reviewer[0]")
    run.do("continue")
    assert run.until("end")["outcome"] == "done"
    assert run.outputs() == []


def test_a_message_that_is_not_in_flight_cannot_be_dropped(drive: Drive) -> None:
    run = drive("loop.py", breaks=["state.score == `0.4`"])
    paused = run.until("paused")
    run.do("drop", path="messages.reviewer")
    assert "messages.writer[0]" in run.until("error")["fix"]
    run.do("drop", path="messages.reviewer[1]")
    run.do("continue")
    assert run.until("error")["what"].startswith("messages.reviewer[1]: ")
    assert run.until("paused")["checkpoint"] == paused["checkpoint"]
    run.do("continue")
    run.until("end")
    assert run.outputs() == ["tea!!!"]


@pytest.mark.parametrize("release", DEBUGGED)
def test_each_call_shows_its_input_what_it_printed_its_output_and_its_time_in_this_order(
    release: str, drive: Drive
) -> None:
    run = drive("loop.py", release)
    run.until("end")
    first = next(each["call"] for each in run.lines if each.get("executor_id") == "reviewer")
    lines = [each for each in run.lines if each.get("call") == first]
    assert [each.get("type") or each["kind"] for each in lines] == ["executor_invoked", "log", "executor_completed"]
    assert [each["executor_id"] for each in lines] == ["reviewer"] * 3
    assert (lines[0]["data"]["text"], lines[1]["text"], lines[2]["data"][0]["text"]) == ("tea", "reviewed tea", "tea")
    assert 0 < lines[2]["seconds"] < PATIENCE
    numbers = [each["call"] for each in run.lines if each.get("type") == "executor_invoked"]
    assert numbers == list(range(1, 9))


@pytest.mark.parametrize("release", DEBUGGED)
def test_what_calls_print_at_the_same_time_can_be_distinguished(release: str, drive: Drive) -> None:
    run = drive("prints.py", release)
    run.until("end")
    printed: dict[str, list[str]] = {}
    for each in run.lines:
        if each["kind"] == "log":
            printed.setdefault(str(each.get("executor_id")), []).append(each["text"])
    expected = {name: [f"{name} {number}" for number in range(3)] + [f"{name} ends"] for name in ("one", "two")}
    assert {name: printed[name] for name in expected} == expected
    assert printed["None"] == ["before any call"]


def test_a_pause_before_one_of_several_shows_those_that_ran_and_those_that_run(drive: Drive) -> None:
    run = drive("prints.py", breaks=["executor:late"])
    found = run.until("paused")
    assert found["next"] == ["late"] and {"one", "two"} <= {*found["ran"], *found["running"]}
    run.do("continue")
    run.until("end")


def test_the_tokens_of_an_agent_are_those_that_the_framework_gives(drive: Drive) -> None:
    run = drive("agent.py")
    run.until("end")
    (end,) = [each for each in run.lines if each.get("type") == "executor_completed" and each["executor_id"] == "poet"]
    assert end["tokens"] == {"input": 12, "output": 34, "total": 46}


@pytest.mark.parametrize("release", DEBUGGED)
def test_the_tokens_of_agents_that_an_executor_runs_are_counted_once(release: str, drive: Drive) -> None:
    run = drive("asks_agents.py", release)
    assert run.until("end")["outcome"] == "done"
    used = {each["executor_id"]: each.get("tokens") for each in run.lines if each.get("type") == "executor_completed"}
    assert used == {
        "editor": {"input": 24, "output": 68, "total": 92}, "poet": {"input": 12, "output": 34, "total": 46},
    }  # fmt: skip


@pytest.mark.parametrize("release", DEBUGGED)
def test_a_client_that_cannot_stream_is_not_asked_to(release: str, drive: Drive) -> None:
    run = drive("cannot_stream.py", release)
    assert run.until("end")["outcome"] == "done"
    assert run.called() == ["poet"]


@pytest.mark.parametrize("release", DEBUGGED)
def test_each_warning_of_the_program_stops_the_run_once_after_its_superstep(release: str, drive: Drive) -> None:
    run = drive("warns.py", release, ["warning"])
    for called, text in ((["a", "b"], "the score is low"), (["a", "b", "a", "b"], "the score is lower")):
        paused = run.until("paused")
        assert (paused["reason"], paused["breakpoint"], run.called()) == ("breakpoint", "warning", called)
        said = [each for each in run.lines if each["kind"] == "log" and each["level"] == "WARNING"]
        assert len(said) == len(called) // 2 and text in said[-1]["text"]
        run.do("continue")
    assert run.until("end")["outcome"] == "done"


@pytest.mark.parametrize("stops", [{"breaks": ["warning"]}, {"step": True}])
def test_a_run_stops_where_its_checkpoint_cannot_be_saved(into: Path, stops: dict[str, Any], drive: Drive) -> None:
    run = drive("cannot_be_saved.py", **stops)
    paused = run.until("paused")
    while not paused.get("unsaved"):
        run.do("continue" if "breaks" in stops else "step")
        paused = run.until("paused")
    assert (paused["iteration"], paused["next"]) == (1, ["second"])
    assert paused["checkpoint"] == checkpoints(into)[-1]["checkpoint_id"], "the one before"
    run.do("run_to", end=True)
    assert run.until("end")["outcome"] == "done"


def test_a_change_that_does_not_fit_is_refused_and_the_run_stays_paused(drive: Drive) -> None:
    run = drive("loop.py", breaks=["state.score == `0.4`"])
    paused = run.until("paused")
    run.do("edit", path="messages.reviewer[0].data.text", value="coffee")
    run.do("edit", path="messages.reviewer[0].data.score", value={"no": "number"})
    run.do("continue")
    assert run.until("error")["where"] == "command"
    assert run.until("edited")["value"] == "coffee"  # what fits stays
    again = run.until("paused")
    assert (again["checkpoint"], again["reason"]) == (paused["checkpoint"], "breakpoint")
    run.do("continue")
    assert run.until("end")["outcome"] == "done"
    assert run.outputs() == ["coffee!!"]


def test_going_back_makes_a_fork_and_what_came_after_stays(into: Path, drive: Drive) -> None:
    run = drive("loop.py", breaks=["state.score == `0.7`"])
    run.until("paused")
    before = checkpoints(into)
    back = next(each for each in before if each["iteration_count"] == 2)
    run.do("goto", id=back["checkpoint_id"][:8])
    there = run.until("paused")
    assert (there["checkpoint"], there["lights"]) == (back["checkpoint_id"], {"writer": "next"})
    run.do("edit", path="messages.reviewer[0].data.text", value="milk")
    run.do("break", set=[])
    run.do("continue")
    end = run.until("end")
    assert end["outcome"] == "done"
    assert run.outputs() == ["milk!!!"]
    after = checkpoints(into)
    assert end["checkpoints"] == len(after)  # those of both processes
    assert {each["checkpoint_id"] for each in before} < {each["checkpoint_id"] for each in after}
    assert len([each for each in after if each["previous_checkpoint_id"] == back["checkpoint_id"]]) == 2


@pytest.mark.parametrize("release", DEBUGGED)
def test_a_request_stops_and_is_answered_at_the_pause(into: Path, release: str, drive: Drive) -> None:
    run = drive("asks.py", release, ["request"])
    paused = run.until("paused")
    assert paused["reason"] == "request"
    (request,) = checkpoints(into)[-1]["pending_request_info_events"]
    run.do("answer", request_id=request, value=True)
    assert run.until("end")["outcome"] == "done"
    assert run.outputs() == ["the answer is yes"]


def test_an_answer_that_does_not_fit_ends_a_run_that_nobody_commands_any_more(drive: Drive) -> None:
    run = drive("asks.py", breaks=["request"])
    run.until("paused")
    run.do("answer", request_id="another", value=True)
    run.debugger.release()
    assert run.until("error")["where"] == "response"
    assert run.until("end")["outcome"] == "waiting"


def test_a_run_that_nobody_commands_ends_where_it_waits_for_an_answer(drive: Drive) -> None:
    run = drive("asks.py")
    run.until("waiting")
    run.debugger.release()
    end = run.until("end")
    assert (end["outcome"], end["code"]) == ("waiting", 6)


@pytest.mark.parametrize("release", DEBUGGED)
def test_a_fan_in_is_next_once_all_have_sent(release: str, drive: Drive) -> None:
    run = drive("fan_in.py", release, step=True)
    seen = []
    while True:
        line = json.loads(run._queue.get(timeout=PATIENCE))
        if line["kind"] == "paused":
            seen.append(line["next"])
            run.do("step")
        elif line["kind"] == "end":
            break
    assert seen[-3:] == [["one", "two"], ["joiner"], []]


def test_a_killed_session_goes_on_from_its_last_checkpoint(into: Path, drive: Drive) -> None:
    run = drive("loop.py", step=True)
    run.until("paused")
    run.do("step")
    last = run.until("paused")["checkpoint"]
    run.debugger.kill()
    assert run.until("end")["outcome"] == "stopped"
    assert run.debugger.paused is None
    store = open_store(str(into))
    source = source_of(str(into), store.load(f"{last}.json", everything=True))
    lines: queue.Queue[bytes] = queue.Queue()
    again = Debugger(make_plan(source, run.debugger.plan.target, str(into)), lines.put)
    again.start()
    assert again.wait(PATIENCE)
    assert again.outcome == "done"


def test_the_end_of_a_run_is_noted_before_its_last_line_is_given(into: Path) -> None:
    """Who reads the last line may leave at once, and then the next start would offer to go on with the run."""
    noted: list[str] = []

    def take(raw: bytes) -> None:
        if raw.startswith(b'{"kind":"end"'):
            noted.append(StateTable("sessions.json", 100).read()[str(into)]["outcome"])

    plan = make_plan(Source("", "", ""), Target(str(PROGRAMS / "loop.py"), interpreter(NEWEST)), str(into))
    debugger = Debugger(plan, take)
    debugger.start()
    assert debugger.wait(PATIENCE)
    assert (debugger.outcome, noted) == ("done", ["done"])


def test_a_command_that_cannot_be_done_is_reported_and_the_run_goes_on(drive: Drive) -> None:
    run = drive("loop.py", step=True)
    run.until("paused")
    for command in ({"do": "dance"}, {"do": "edit", "path": "state"}, {"do": "goto", "id": "zzz"}, {"do": "run_to"}):
        run.debugger.send(command)
        assert run.until("error")["where"] == "command"
    run.do("run_to", end=True)
    assert run.until("end")["outcome"] == "done"


@pytest.mark.skipif(find_spec("debugpy") is not None, reason="debugpy is installed in the environment of the tests")
def test_a_missing_debugpy_is_reported_with_the_command_that_installs_it(into: Path) -> None:
    lines: queue.Queue[bytes] = queue.Queue()
    plan = make_plan(Source("", "", ""), Target(str(PROGRAMS / "loop.py"), interpreter(NEWEST)), str(into))
    debugger = Debugger(replace(plan, debugpy=5678), lines.put)
    debugger.start()
    assert debugger.wait(PATIENCE)
    (error,) = [each for each in map(json.loads, lines.queue) if each["kind"] == "error"]
    assert error["where"] == "debugpy" and "pip install debugpy" in error["fix"]
    assert debugger.outcome == "refused"


STEPPED = (
    "two workflows gathered", "an agent, streamed", "functional, to its end", "a workflow inside another",
    "no storage, no name", "a loop in a thread", "streamed", "executors of functions", "two workflows in a task group",
    "context variables", "anyio", "a package with a main",
)  # fmt: skip
"""Kinds of programs of which it is shown that pauses change nothing."""


@pytest.mark.parametrize("name", STEPPED)
def test_stepping_changes_nothing(tmp_path: Path, name: str) -> None:
    free = _events_and_saves(SHAPES[name], tmp_path / "free", step=False)
    stepped = _events_and_saves(SHAPES[name], tmp_path / "stepped", step=True)
    assert free[0] and free[1]
    assert stepped == free


def _events_and_saves(shape: Shape, directory: Path, step: bool) -> tuple[list[str], list[tuple[int, int]]]:
    """The events of a run, and the saves with their iterations and requests; ids, times and addresses left out."""
    source = PROGRAM_SHAPES / (shape.files or shape.words[-1])
    directory.mkdir()
    if source.is_dir():
        shutil.copytree(source, directory / (source.name if shape.words[0] == "-m" else ""), dirs_exist_ok=True)
    else:
        shutil.copy(source, directory / shape.words[-1])
    target = Target(
        shape.words[-1], interpreter(NEWEST), arguments=shape.arguments, inputs=shape.inputs, directory=str(directory)
    )
    lines: queue.Queue[bytes] = queue.Queue()
    plan = make_plan(Source("", "", ""), target, str(directory / "saved"))
    debugger = Debugger(plan, lines.put, step=step, is_answered=False)
    debugger.start()
    events, saves, pauses = [], [], 0
    while True:
        line = json.loads(lines.get(timeout=PATIENCE))
        if line["kind"] == "event":
            text = json.dumps([line["type"], line["executor_id"], line["data"]]).replace(str(directory), "")
            events.append(_PASSING.sub("", text))
        elif line["kind"] == "checkpoint":
            saves.append((line["iteration"], line["pending"]))
        elif line["kind"] == "paused":
            pauses += 1
            debugger.send({"do": "step"})
        elif line["kind"] == "end":
            break
    assert pauses == (len(saves) if step else 0)
    return sorted(events), saves


_PASSING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|call_\w+|\d{4}-\d\d-\d\dT[\d:.]+Z?|0x[0-9a-f]+")
"""What differs between any two runs."""


@pytest.mark.parametrize("spec", ["executor:", "changes:nowhere", "state.[", ""])
def test_a_breakpoint_that_means_nothing_is_refused(spec: str) -> None:
    with pytest.raises(UsageError):
        parse_breakpoint(spec)
