"""A workflow that is used as an agent whose updates are streamed."""

import asyncio
from pathlib import Path

from agent_framework import (
    AgentResponseUpdate,
    Content,
    Executor,
    FileCheckpointStorage,
    Message,
    WorkflowBuilder,
    WorkflowContext,
    handler,
)


class Split(Executor):
    @handler
    async def split(self, messages: list[Message], ctx: WorkflowContext[list[str]]) -> None:
        print("executor", self.id)
        await ctx.send_message(messages[-1].text.split())


class Speak(Executor):
    @handler
    async def speak(self, words: list[str], ctx: WorkflowContext[None, AgentResponseUpdate]) -> None:
        print("executor", self.id)
        for word in words:
            await ctx.yield_output(AgentResponseUpdate(role="assistant", contents=[Content.from_text(word)]))


async def main() -> None:
    split, speak = Split(id="split"), Speak(id="speak")
    builder = WorkflowBuilder(name="speech", start_executor=split, output_from=[speak]).add_edge(split, speak)
    agent = builder.build().as_agent("Speaker")
    storage = FileCheckpointStorage("checkpoints")
    async for update in agent.run("one two three", stream=True, checkpoint_storage=storage):
        print(update.text)
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
