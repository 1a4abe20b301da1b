"""A workflow that calls `sys.exit` has failed: neither did anybody stop it, nor does anything run on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.commands import here
from tests.runner.stores import lines, of_kind, store
from tests.support.langgraph_releases import NEWEST, interpreter

LOOP = """import asyncio, sys
from tests.support.workflows import Check, Improve, build_loop

async def execute(self, *given, **more):
    sys.exit(7)

Improve.execute = Check.execute = execute

async def main():
    await build_loop(3, 0.0).run("go")

"""
GRAPH = """import asyncio, sys
from typing import TypedDict
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import StateGraph

class Number(TypedDict):
    n: int

def add(state):
    return {"n": state["n"] + 1}

def leave(state):
    if len(sys.argv) > 1:
        sys.exit(7)

builder = StateGraph(Number)
builder.add_node("add", add).add_node("leave", leave)
builder.set_entry_point("add").add_edge("add", "leave")
config = {"configurable": {"thread_id": "t"}}
"""


@pytest.mark.parametrize(
    "call",
    ["asyncio.run(main())", "asyncio.new_event_loop().run_until_complete(main())"],
)
def test_an_executor_that_ends_the_program_is_a_failure_with_its_place(call: str, tmp_path: Path) -> None:
    directory, ids = store("loop")
    program = tmp_path / "app.py"
    program.write_text(LOOP + call + "\n")
    done = here("resume", directory, ids[2], "--workflow", program, "--into", tmp_path / "new", "--yes", "--json")
    (error,) = of_kind(lines(done), "error")
    assert error["what"] == "SystemExit: 7"
    assert (error["file"], error["line"]) == (str(program), 5)
    assert (of_kind(lines(done), "end")[0]["outcome"], done.code) == ("failed", 5)


SYNC = """with SqliteSaver.from_conn_string(DATABASE) as saver:
    builder.compile(checkpointer=saver).invoke({"n": 1}, config)
"""
ASYNC = """async def main():
    async with AsyncSqliteSaver.from_conn_string(DATABASE) as saver:
        await builder.compile(checkpointer=saver).ainvoke({"n": 1}, config)

asyncio.run(main())
"""


@pytest.mark.parametrize("call", [SYNC, ASYNC])
def test_a_node_that_ends_the_program_is_a_failure(call: str, tmp_path: Path) -> None:
    program, database, python = tmp_path / "app.py", tmp_path / "made.sqlite", interpreter(NEWEST)
    program.write_text(GRAPH + call.replace("DATABASE", repr(str(database))))
    subprocess.run([python, program], check=True)
    (before,) = (each for each in here("ls", database, "--json").document["checkpoints"] if each["iteration"] == 1)
    done = here(
        "resume", database, before["id"], "--workflow", program, "--python", python, "--into", tmp_path / "new.sqlite",
        "--yes", "--json", "--", "leave",
    )  # fmt: skip
    assert of_kind(lines(done), "error")[0]["what"] == "SystemExit: 7"
    assert (of_kind(lines(done), "end")[0]["outcome"], done.code) == ("failed", 5)
