"""Two workflows without names that share most of their executors; only the second keeps checkpoints."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Upper(Executor):
    @handler
    async def upper(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(text.upper())


class Last(Executor):
    @handler
    async def last(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{text}.")


class Mark(Executor):
    @handler
    async def mark(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(f"{text}!")


async def main() -> None:
    upper, last = Upper(id="upper"), Last(id="last")
    await WorkflowBuilder(start_executor=upper, output_from=[last]).add_edge(upper, last).build().run("one")
    upper, mark, last = Upper(id="upper"), Mark(id="mark"), Last(id="last")
    builder = WorkflowBuilder(start_executor=upper, output_from=[last]).add_edge(upper, mark).add_edge(mark, last)
    result = await builder.build().run("two", checkpoint_storage=FileCheckpointStorage("checkpoints"))
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
