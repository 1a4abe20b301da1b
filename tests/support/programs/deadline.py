"""A deadline for the run, long over when a person has read what would happen (`--patient`: none)."""

import asyncio
import sys
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="time", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    try:
        async with asyncio.timeout(None if "--patient" in sys.argv else 0):
            print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    except TimeoutError:
        Path("cleaned.txt").write_text("too late")
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
