"""A workflow that is used as an agent and asks a person."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import (
    Executor,
    FileCheckpointStorage,
    Message,
    WorkflowBuilder,
    WorkflowContext,
    handler,
    response_handler,
)


@dataclass
class Question:
    text: str


class Greeter(Executor):
    @handler
    async def greet(self, messages: list[Message], ctx: WorkflowContext) -> None:
        print("executor", self.id)
        await ctx.request_info(Question(messages[-1].text), bool)

    @response_handler
    async def answered(self, asked: Question, polite: bool, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"good day, {asked.text}" if polite else "hm")


async def main() -> None:
    greeter = Greeter(id="greeter")
    agent = WorkflowBuilder(name="greetings", start_executor=greeter, output_from=[greeter]).build().as_agent("Greeter")
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Question"])
    print(await agent.run("world", checkpoint_storage=storage))
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
