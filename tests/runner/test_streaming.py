"""`ckpt_tui.runner.streaming`, with the framework of the tests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler

from ckpt_tui.runner.langgraph.graph_events import modes_of
from ckpt_tui.runner.streaming import run_iterated, streams_in


class Asker(Executor):
    @handler
    async def ask(self, text: str, ctx: WorkflowContext[None, bool]) -> None:
        await ctx.yield_output(ctx.is_streaming())


@pytest.mark.parametrize("is_streamed", [True, False])
def test_executors_see_the_mode_of_the_programs_own_call_while_events_come_one_by_one(is_streamed: bool) -> None:
    workflow = WorkflowBuilder(start_executor=Asker(id="asker")).build()

    async def seen() -> list[object]:
        return [
            event.data async for event in run_iterated(workflow, is_streamed, message="tea") if event.type == "output"
        ]

    assert asyncio.run(seen()) == [is_streamed]

    async def own() -> list[object]:
        return (await workflow.run("tea")).get_outputs()

    assert asyncio.run(own()) == [False]  # its own calls are as they were


@pytest.mark.parametrize(
    ("source", "streams"),
    [
        ("await workflow.run('tea')", False),
        ("await workflow.run('tea', stream=False)", False),
        ("async for each in workflow.run('tea', stream=True): ...", True),
        ("workflow.run('tea', stream=wanted)", True),
        ("agent.ask(stream=True)", False),
        ("def broken(", False),
    ],
)
def test_a_module_streams_where_a_run_in_it_asks_for_that(tmp_path: Path, source: str, streams: bool) -> None:
    path = tmp_path / "app.py"
    path.write_text(source)
    assert streams_in(str(path)) is streams


@pytest.mark.parametrize("asked", ["messages", ["updates", "messages"]])
def test_models_of_a_graph_are_streamed_where_its_program_streams_them(asked: object) -> None:
    assert "messages" in modes_of(asked)


@pytest.mark.parametrize("asked", [None, "values", ["updates", "custom"]])
def test_models_of_a_graph_are_called_as_ever_where_its_program_streams_no_messages(asked: object) -> None:
    assert "messages" not in modes_of(asked)
