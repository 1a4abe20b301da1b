"""Every command line that a resume prints can be pasted into a shell as it is."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ckpt_tui.actions.resume.command_lines import again, completed, onward, unique_beginning
from ckpt_tui.actions.resume.plan import Plan, Source, Target
from ckpt_tui.actions.resume.preview import preview_lines
from tests.cli.commands import Done, here
from tests.support.resumes import checkpoints

PROGRAM = '''
import asyncio, enum, sys
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Optional
from uuid import UUID
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler, response_handler
from pydantic import BaseModel, Field

class Level(enum.Enum):
    LOW = "low"
    HIGH = "high"

@dataclass
class Ask:
    question: str
    about: str = "it's \\"quoted\\" & $HOME"

@dataclass
class Decision:
    approved: bool
    level: Level
    when: datetime
    reason: str = "none"

class Review(BaseModel):
    score: int = Field(ge=1)
    stars: Literal[1, 2]
    key: UUID
    parts: list[int]
    note: Optional[str] = None

KINDS = (bool, str, int, float, Decision, Review, list, dict, list[Decision], datetime, Level, dict[str, int])

class Desk(Executor):
    @handler
    async def begin(self, kind: int, ctx: WorkflowContext[str, str]) -> None:
        await ctx.request_info(Ask(f"what about {kind}?"), KINDS[kind], request_id=sys.argv[3] or None)

    async def done(self, question, answer, ctx):
        await ctx.yield_output(f"got {answer!r}")

for number, kind in enumerate(KINDS):
    async def answer(self, question: Ask, answer: kind, ctx: WorkflowContext[str, str]) -> None:
        await self.done(question, answer, ctx)
    setattr(Desk, f"answer_{number}", response_handler(answer))

class Relay(Executor):
    """Asks twice, so that a resume waits again."""

    @handler
    async def begin(self, topic: str, ctx: WorkflowContext[str, str]) -> None:
        await ctx.request_info(Ask(f"may {topic} go on?"), bool)

    @response_handler
    async def answered(self, question: Ask, yes: bool, ctx: WorkflowContext[str, str]) -> None:
        if question.about == "last":
            await ctx.yield_output("done")
        else:
            await ctx.request_info(Ask("really?", "last"), bool)

def build(more=""):
    desk = Desk(id="desk")
    return WorkflowBuilder(name="pasting", start_executor=desk).build()

def twice(more=""):
    assert more in ("", "it's"), more
    relay = Relay(id="relay")
    return WorkflowBuilder(name="twice", start_executor=relay).build()

def fails():
    class Failing(Relay):
        @response_handler
        async def answered(self, question: Ask, yes: bool, ctx: WorkflowContext[str, str]) -> None:
            await ctx.request_info(Ask("really?", "last"), bool)
            raise ValueError("no more")
    Failing.__name__ = Failing.__qualname__ = "Relay"
    return WorkflowBuilder(name="twice", start_executor=Failing(id="relay")).build()

def storage(directory):
    names = ("Ask", "Decision", "Level", "Review")
    more = ["types:GenericAlias", "typing:Optional"]
    return FileCheckpointStorage(directory, allowed_checkpoint_types=[*(f"desks:{each}" for each in names), *more])

if __name__ == "__main__":
    import desks
    for word in sys.argv[2].split(","):
        message = int(word) if word.isdigit() else word
        flow = desks.build() if isinstance(message, int) else desks.twice()
        asyncio.run(flow.run(message, checkpoint_storage=desks.storage(sys.argv[1])))
'''


KINDS = 12


def program(above: Path) -> Path:
    """A directory with the program, whose name needs quoting."""
    directory = above / "it's here"
    directory.mkdir()
    (directory / "desks.py").write_text(PROGRAM)
    return directory


@pytest.fixture
def desks(tmp_path: Path) -> Path:
    return program(tmp_path)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The program, and the checkpoint that waits for an answer of each kind."""
    directory = program(tmp_path_factory.mktemp("asked"))
    written(directory, ",".join(map(str, range(KINDS))))
    found = [each for each in checkpoints(directory / "store") if each["pending_request_info_events"]]
    return directory, [each["checkpoint_id"] for each in found]


def written(directory: Path, messages: str, name: str = "") -> str:
    """Run the program; returns the checkpoint that waits."""
    words = [sys.executable, "-W", "ignore", "desks.py", "store", messages, name]
    subprocess.run(words, cwd=directory, check=True, capture_output=True)
    return str(checkpoints(directory / "store")[-1]["checkpoint_id"])


def pasted(line: str, directory: Path) -> Done:
    """Paste a command line into a shell, with a yes: what the shell makes of it is run."""
    assert line.startswith("ckpt-tui resume "), line
    shell = f"ckpt_tui() {{ printf '%s\\0' \"$@\"; }}\n{line.replace('ckpt-tui ', 'ckpt_tui ', 1)}"
    words = subprocess.run(["sh", "-c", shell], cwd=directory, capture_output=True, check=True).stdout
    verb, *given = words.decode().split("\0")[:-1]
    return here(verb, "--yes", *given, directory=directory)


def printed(done: Done, before: str) -> str:
    """The command line that follows some words."""
    (line,) = (line.partition(before)[2] for line in done.err.splitlines() if before in line)
    return line


def checked(directory: Path, identifier: str, name: str, *words: str) -> Done:
    return here(
        "resume", directory / "store", identifier, "--workflow", f"{directory / 'desks.py'}:{name}", "--storage",
        f"{directory / 'desks.py'}:storage", "--python", sys.executable, *words,
    )  # fmt: skip


@pytest.mark.parametrize("kind", range(KINDS))
def test_the_line_that_answers_a_question_answers_it(kind: int, asked: tuple[Path, list[str]]) -> None:
    desks, waiting = asked
    done = checked(desks, waiting[kind], "build", "--check")
    assert done.code == 6, done.err
    assert "! desk asks for " in done.err and f": what about {kind}? · about:" in done.err
    after = pasted(printed(done, "→ "), desks)
    assert after.code == 0, after.err
    assert "got " in after.out


@pytest.mark.parametrize("name", ["-x", "a=b", "it's", "review", "--yes"])
def test_ids_that_a_shell_or_the_command_line_would_mistake_are_written_so_that_they_are_not(
    name: str, desks: Path
) -> None:
    done = checked(desks, written(desks, "0", name), "build", "--check")
    after = pasted(printed(done, "→ "), desks)
    assert after.code == 0, after.err


def test_a_checkpoint_whose_id_begins_with_a_dash_is_resumed(desks: Path) -> None:
    identifier = written(desks, "0")
    path = desks / "store" / f"{identifier}.json"
    text = path.read_text().replace(identifier, "-dash")
    path.unlink()
    (desks / "store" / "-dash.json").write_text(text)
    done = here(
        "resume", "--workflow", f"{desks / 'desks.py'}:build", "--storage", f"{desks / 'desks.py'}:storage", "--check",
        "--", desks / "store", "-dash",
    )  # fmt: skip
    assert done.code == 6, done.err
    after = pasted(printed(done, "→ "), desks)
    assert after.code == 0, after.err


@pytest.mark.parametrize("into", [(), ("--into", "some where")])
def test_a_run_that_waits_prints_the_line_that_goes_on(
    into: tuple[str, ...], desks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desks)
    done = checked(desks, written(desks, "kettles"), "twice", "--check", "--arg", 'more="it\'s"', *into)
    line = printed(done, "→ ")
    assert (f"--into {shlex.quote(str(desks / 'some where'))}" in line) == bool(into)
    first = pasted(line, desks)
    assert first.code == 6, first.err
    assert "ckpt-tui: relay asks for bool: really? · about:" in first.err
    second = pasted(printed(first, "answer it: "), desks)
    assert second.code == 0, second.err
    assert "done" in second.out


def test_a_run_that_failed_prints_the_line_that_goes_on(desks: Path) -> None:
    done = checked(desks, written(desks, "kettles"), "fails", "--check")
    failed = pasted(printed(done, "→ "), desks)
    assert failed.code == 5
    line = printed(failed, "go on from the last checkpoint: ")
    after = pasted(line.replace(":fails", ":twice"), desks)
    assert after.code in (0, 6), after.err


PLAN = Plan(
    Source("/s", "id", "g"), Target("app.py", "/py", {"n": 1}, "", ("a:B",), ("--x", "y z"), ("line",)), "/s.forks/id-1"
)


def test_a_line_for_a_program_as_it_is_has_its_arguments_last() -> None:
    assert again(PLAN, ["c:D"], {"r": True}) == (
        "ckpt-tui resume /s id --workflow app.py --python /py --arg n=1 --allow a:B --allow c:D --response r=true "
        "--input line -- --x 'y z'"
    )
    assert onward(PLAN, "new") == (
        "ckpt-tui resume /s.forks/id-1 new --workflow app.py --python /py --arg n=1 --allow a:B --input line "
        "-- --x 'y z'"
    )
    assert json.loads(
        onward(PLAN, "n", [{"request_id": "r", "example": {"a": [1]}}]).partition("r=")[2].partition("'")[0]
    )


def test_types_to_allow_are_a_whole_line_that_is_said_once() -> None:
    problems = [
        {"level": "error", "about": "type", "name": name, "what": f"{name} is not allowed to be loaded",
         "fix": f"--allow {name}"}
        for name in ("m:One", "m:Two")
    ]  # fmt: skip
    said = list(preview_lines(PLAN, {"check": {"ok": False, "problems": problems}}, to_paste=True))
    assert [each.fix for each in said if each.fix] == [again(PLAN, ["m:One", "m:Two"])]
    short = list(preview_lines(PLAN, {"check": {"ok": False, "problems": problems}}))
    assert [each.fix for each in short if each.fix] == ["--allow m:One --allow m:Two"]


def test_what_a_line_lacks_is_put_where_it_belongs() -> None:
    line = again(PLAN).removesuffix(" -- --x 'y z'")
    assert completed(PLAN, "ask nobody") == "ask nobody"
    assert completed(PLAN, "set it: KEY=… ckpt-tui resume …") == f"set it: KEY=… {line} -- --x 'y z'"
    assert completed(PLAN, "give: ckpt-tui resume … --input 'LINE'") == f"give: {line} --input 'LINE' -- --x 'y z'"
    assert completed(PLAN, "ckpt-tui resume … -- --topic TOPIC") == f"{line} -- --x 'y z' --topic TOPIC"


def test_long_ids_are_shortened_to_what_distinguishes_them() -> None:
    ids = [
        "7d27b55f-18c2-4acd-8547-93b88361110c",
        "7d27b55f-2",
        "review_request",
        "7d27b55f-19c2-4acd-8547-93b88361110c",
    ]
    assert [unique_beginning(each, ids) for each in ids] == [
        "7d27b55f-18", "7d27b55f-2", "review_request", "7d27b55f-19",
    ]  # fmt: skip


def test_a_line_that_answers_leaves_out_answers_to_what_does_not_wait() -> None:
    problems = [
        {"level": "error", "about": "answer", "name": "RID", "what": "no request RID waits for an answer"},
        {"level": "warning", "about": "pending", "name": "aaaa-1", "what": "asks"},
    ]
    requests = [{"request_id": name, "executor": "desk", "example": True} for name in ("aaaa-1", "bbbb-2")]
    plan = replace(PLAN, responses={"RID": 1, "bbbb": False})
    check = {"ok": False, "problems": problems, "requests": requests}
    [line] = [each.fix for each in preview_lines(plan, {"check": check}, to_paste=True) if "--response" in each.fix]
    assert "RID" not in line and "--response bbbb=false" in line and "--response aaaa-1=true" in line
