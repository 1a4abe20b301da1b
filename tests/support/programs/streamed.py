"""A run that is iterated: `async for event in workflow.run(..., stream=True)`."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

STORE = Path(__file__).parent / "checkpoints"


class Upper(Executor):
    @handler
    async def upper(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(text.upper())


class Reverse(Executor):
    @handler
    async def reverse(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(text[::-1])


async def main() -> None:
    upper, reverse = Upper(id="upper"), Reverse(id="reverse")
    workflow = (
        WorkflowBuilder(name="streamed", start_executor=upper, output_from=[reverse]).add_edge(upper, reverse).build()
    )
    async for event in workflow.run("tea", stream=True, checkpoint_storage=FileCheckpointStorage(STORE)):
        if event.type == "output":
            print(event.data)
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
