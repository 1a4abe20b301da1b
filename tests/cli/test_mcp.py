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
            tools.list_checkpoints(),
        ):
            assert len(text) < ANSWER + 200

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
        assert tools == {"list_checkpoints", "overview", "show", "diff", "history", "find", "doctor"}
        result = await session.call_tool("show", {"checkpoint": "latest", "fields": "state.draft.score"})
        assert json.loads(_text(result))["state"] == {"draft": {"score": 0.9}}
        failed = await session.call_tool("show", {"checkpoint": "nothing"})
        assert "No checkpoint" in _text(failed)


def _text(result: CallToolResult) -> str:
    (part,) = result.content
    assert isinstance(part, TextContent)
    return part.text
