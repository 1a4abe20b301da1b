"""Annotations that are text, `from __future__ import annotations`, on handlers of a workflow that asks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import (
    Executor,
    FileCheckpointStorage,
    WorkflowBuilder,
    WorkflowContext,
    handler,
    response_handler,
)


@dataclass
class Question:
    text: str


@dataclass
class Answer:
    good: bool
    reason: str | None = None


class Prepare(Executor):
    @handler
    async def prepare(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(text.title())


class Ask(Executor):
    @handler
    async def ask(self, text: str, ctx: WorkflowContext[str, str]) -> None:
        print("executor", self.id)
        await ctx.request_info(Question(text), Answer)

    @response_handler
    async def answered(self, asked: Question, answer: Answer, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{asked.text}: {answer.good}, {answer.reason}")


async def main() -> None:
    types = [f"{__name__}:Question", f"{__name__}:Answer"]
    prepare, ask = Prepare(id="prepare"), Ask(id="ask")
    workflow = WorkflowBuilder(name="future", start_executor=prepare, output_from=[ask]).add_edge(prepare, ask).build()
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=types)
    print((await workflow.run("tea time", checkpoint_storage=storage)).get_request_info_events())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
