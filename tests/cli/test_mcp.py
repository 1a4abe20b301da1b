"""`ckpt-tui mcp`: an agent reads a store; the server is asked by the SDK's own client, in a process of its own."""

import json
import sys
from pathlib import Path

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import CallToolResult, TextContent

from ckpt_tui.cli.reading_tools import ANSWER, ReadingTools
from ckpt_tui.errors import CkptError
from tests.cli.commands import NEW, ROOT, command, without
from tests.support.small_stores import write

STORY = ROOT / "ckpt_tui" / "demo" / "recorded" / "store"


class TestTheTools:
    """The answers, without the SDK."""

    def test_answer_what_an_agent_asks(self) -> None:
        tools = ReadingTools((str(STORY),))
        listed = json.loads(tools.list_checkpoints(newest=3))
        assert len(listed["shown"]) == 3 and listed["checkpoints"] > 3
        latest = listed["shown"][-1]["id"]
        assert any(line.startswith("now: ") for line in json.loads(tools.overview())["overview"])
        assert json.loads(tools.show(latest, "state.draft.score"))["state"] == {"draft": {"score": 0.9}}
        assert json.loads(tools.show(query="state.draft.score"))["result"] == 0.9
        assert [one["value"] for one in json.loads(tools.history("state.draft.score"))["values"]][1:] == [
            0.0,
            0.3,
            0.6,
            0.9,
        ]
        assert json.loads(tools.diff())["changes"] and json.loads(tools.find("Lumen"))["matches"]
        assert json.loads(tools.doctor())["files"] > 3
        whole_run = json.loads(tools.list_checkpoints(run=latest))
        assert whole_run["runs"] == 1 and len(whole_run["shown"]) == whole_run["checkpoints"]

    def test_say_since_when_and_whether_all_is_as_a_person_wrote(self, tmp_path: Path) -> None:
        tools = ReadingTools((str(STORY),))
        found = json.loads(tools.bisect("state.draft.score > `0.8`"))
        assert found["first"]["step"] == 9 and found["previous"]["step"] == 8 and found["flips"] == 1
        assert any(change["path"] == "state.draft.score" for change in found["changes"])
        assert json.loads(tools.bisect("state.nothing"))["first"] is None
        checks = tmp_path / "checks.toml"
        checks.write_text('[[check]]\nsafe = true\n[[check]]\npath = "state.draft.score"\nat_least = 0.95\n')
        checked = json.loads(tools.check(str(checks)))
        assert checked["passed"] == 1 and checked["all"] == 1
        assert checked["failed"][0]["value"] == 0.9 and checked["failed"][0]["path"] == "state.draft.score"
        with pytest.raises(CkptError, match="No such file"):
            tools.check(str(tmp_path / "nothing.toml"))

    def test_a_secret_cannot_be_guessed_by_bisecting(self) -> None:
        tools = ReadingTools((str(NEW / "run_kwargs"),))
        assert json.loads(tools.bisect("contains(to_string(@), 'sk-')"))["first"] is None

    def test_answers_are_small_whatever_the_store_holds(self, tmp_path: Path) -> None:
        state = {f"k{number}": {"a": {"b": "x" * 200}} for number in range(400)}
        write(tmp_path, "a", state=state)
        write(tmp_path, "b", previous_checkpoint_id="a", iteration_count=1, state={})
        tools = ReadingTools((str(tmp_path),))
        for text in (
            tools.show("a"),
            tools.diff("b"),
            tools.history("state"),
            tools.find("x"),
            tools.bisect("iteration || checkpoint.iteration > `0`"),
            tools.list_checkpoints(),
        ):
            assert len(text) < ANSWER + 200

    def test_a_list_of_very_many_says_that_it_is_cut_and_stays_json(self, tmp_path: Path) -> None:
        for number in range(200):
            write(tmp_path, f"checkpoint-{number:04}", timestamp=f"2026-11-20T10:{number // 60:02}:{number % 60:02}Z")
        text = ReadingTools((str(tmp_path),)).list_checkpoints(newest=100_000)
        answer = json.loads(text)
        assert len(text) <= ANSWER and answer["checkpoints"] == 200
        assert f"the {len(answer['shown'])} newest" in answer["cut"] and len(answer["shown"]) > 20
        assert answer["shown"][-1]["id"] == "checkpoint-0199"

    def test_an_answer_to_an_expression_is_cut_too(self, tmp_path: Path) -> None:
        write(tmp_path, "a", state={"text": "x" * 50_000})
        text = ReadingTools((str(tmp_path),)).show(query="state")
        assert len(text) <= ANSWER and "cut at 12,000 of" in text

    def test_no_answer_holds_the_secret_in_an_id(self, tmp_path: Path) -> None:
        secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
        write(tmp_path, secret)
        write(tmp_path, f"b-{secret}", previous_checkpoint_id=secret, iteration_count=1, state={"n": 1})
        (tmp_path / f"broken-{secret}.json").write_text("{")
        checks = tmp_path.parent / "checks.toml"
        checks.write_text('[[check]]\npath = "state.n"\nequals = 2\n')
        tools = ReadingTools((str(tmp_path),))
        latest = f"b-{secret}"
        for text in (
            tools.list_checkpoints(), tools.list_checkpoints(run=latest), tools.overview(latest), tools.show(latest),
            tools.show(latest, query="state"), tools.diff(latest), tools.history("state.n", latest), tools.find("n"),
            tools.bisect("state.n", latest), tools.check(str(checks), latest), tools.doctor(),
        ):  # fmt: skip
            assert secret not in text

    def test_secrets_are_masked_and_errors_are_words(self) -> None:
        tools = ReadingTools((str(NEW / "run_kwargs"),))
        assert "sk-" not in tools.show(depth=9)
        with pytest.raises(CkptError, match="nothing"):
            tools.show("nothing")


def test_without_the_sdk_it_says_how_to_get_it(tmp_path: Path) -> None:
    done = command("mcp", str(STORY), PYTHONPATH=without("mcp", tmp_path))
    assert done.code == 2 and 'pip install "ckpt-tui[mcp]"' in done.err


async def test_the_sdks_own_client_reads_a_store() -> None:
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "ckpt_tui", "mcp", str(STORY)], env={"PYTHONPATH": str(ROOT)}
    )
    async with stdio_client(server) as (reader, writer), ClientSession(reader, writer) as session:
        await session.initialize()
        tools = {tool.name for tool in (await session.list_tools()).tools}
        assert tools == {
            "list_checkpoints", "overview", "show", "diff", "history", "find", "bisect", "check", "doctor",
        }  # fmt: skip
        result = await session.call_tool("show", {"checkpoint": "latest", "fields": "state.draft.score"})
        assert json.loads(_text(result))["state"] == {"draft": {"score": 0.9}}
        failed = await session.call_tool("show", {"checkpoint": "nothing"})
        assert "No checkpoint" in _text(failed)


async def test_a_storage_of_the_users_code_is_read_whatever_it_prints(tmp_path: Path) -> None:
    (tmp_path / "own_storage.py").write_text(
        f"SAVED = {_saved(tmp_path)!r}\n"
        "print('imported')\n"
        "class Storage:\n"
        "    async def list_checkpoint_ids(self, *, workflow_name):\n"
        "        print('asked')\n"
        "        return ['a']\n"
        "    async def load(self, checkpoint_id):\n"
        "        return SAVED\n"
        "def make():\n"
        "    print('made')\n"
        "    return Storage()\n"
    )
    server = StdioServerParameters(
        command=sys.executable, cwd=str(tmp_path), env={"PYTHONPATH": str(ROOT)},
        args=["-m", "ckpt_tui", "mcp", "--storage", "own_storage:make", "--workflow-name", "w"],
    )  # fmt: skip
    async with stdio_client(server) as (reader, writer), ClientSession(reader, writer) as session:
        await session.initialize()
        for _ in range(2):
            result = await session.call_tool("show", {"fields": "state.score"})
            assert json.loads(_text(result))["state"] == {"score": 7}


def _saved(directory: Path) -> dict[str, object]:
    """A checkpoint as a storage returns it."""
    write(directory / "written", "a", state={"score": 7})
    saved: dict[str, object] = json.loads((directory / "written" / "a.json").read_text())
    return saved


def _text(result: CallToolResult) -> str:
    (part,) = result.content
    assert isinstance(part, TextContent)
    return part.text
